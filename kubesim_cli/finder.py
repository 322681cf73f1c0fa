"""Finds and loads kubesim's modules where they are, at the first look.

Python looks into each folder of a path for a module that might be an extension, a package, or without a source. For a
command of a hundred small modules that is a good part of its time, and ours are none of those: plain `.py` files, each
in its package's one folder. What it has compiled before is read here, too, in few steps; when that counts as outdated
stays as it is, and whatever is not as expected is left to Python, as is all compiling.
"""

from __future__ import annotations

import os
import sys
from _frozen_importlib import ModuleSpec
from _frozen_importlib_external import MAGIC_NUMBER, SourceFileLoader
from marshal import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import CodeType, ModuleType

_OURS = ("kubesim_cli.", "ruamel.yaml.")  # packages without anything but plain modules
_TAIL = f".{sys.implementation.cache_tag}.pyc"
_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0)
_START = MAGIC_NUMBER + b"\0\0\0\0"  # PEP 552: no flags, that is, the source's time and size follow
# Whether compiled modules stand in __pycache__ under their plain names.
_USUAL = sys.pycache_prefix is None and not sys.flags.optimize and not sys.flags.dev_mode

_Module: type[ModuleType] = type(sys)


class Loader(SourceFileLoader):
    """Loads one module from its source, or from what it was compiled to when the source was as it is."""

    def __init__(self, name: str, path: str, found: os.stat_result, cached: str):
        """`found`: the source file, as it is now; `cached`: where it would stand compiled."""
        self.name, self.path, self._found, self._cached = name, path, found, cached

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return a module that has what importlib would look for, and make an exception of when it is missing
        (importlib.abc.Loader)."""
        module = _Module(spec.name)
        vars(module)["__file__"] = self.path
        if spec.cached:
            vars(module)["__cached__"] = spec.cached
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's code (importlib.abc.Loader)."""
        if self._found.st_size:
            code = (_USUAL and self._compiled()) or self.get_code(self.name)
            assert code
            exec(code, module.__dict__)

    def _compiled(self) -> CodeType | None:
        """Return what Python has compiled of the source as it is, or None."""
        time, size = int(self._found.st_mtime) & 0xFFFFFFFF, self._found.st_size & 0xFFFFFFFF
        most = 3 * size + 4096
        try:
            file = os.open(self._cached, _FLAGS)
        except OSError:
            return None
        try:
            packed = os.read(file, most)
        finally:
            os.close(file)
        if packed[:16] != _START + time.to_bytes(4, "little") + size.to_bytes(4, "little") or len(packed) == most:
            return None
        code: CodeType = loads(memoryview(packed)[16:])
        return code if code.co_filename == self.path else None


def find_spec(name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
    """Return how to load a module of a package whose folder is `path`'s only one; None leaves it to others
    (importlib.abc.MetaPathFinder)."""
    if path is None or len(path) != 1 or not name.startswith(_OURS):
        return None
    folder, last, packages = path[0], name[name.rfind(".") + 1:], None
    source = f"{folder}{os.sep}{last}.py"
    try:
        found = os.stat(source)
    except OSError:
        folder, last = f"{folder}{os.sep}{last}", "__init__"
        packages = [folder]
        source = f"{folder}{os.sep}{last}.py"
        try:
            found = os.stat(source)
        except OSError:
            return None
    cached = f"{folder}{os.sep}__pycache__{os.sep}{last}{_TAIL}"
    spec = ModuleSpec(name, Loader(name, source, found, cached), origin=source)
    spec.submodule_search_locations = packages
    spec.has_location = True
    spec.cached = cached if _USUAL else None
    return spec


def install() -> None:
    """Ask here before Python's own finders."""
    sys.meta_path.insert(0, sys.modules[__name__])  # type: ignore[arg-type]
