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
_LARGE = 1 << 16
_TAIL = f".{sys.implementation.cache_tag}.pyc"
_BINARY = getattr(os, "O_BINARY", 0)  # of Windows
# Whether compiled modules stand in __pycache__ under their plain names.
_USUAL = sys.pycache_prefix is None and not sys.flags.optimize and not sys.flags.dev_mode


class Loader(SourceFileLoader):
    """Loads one module from its source, or from what it was compiled to when the source was as it is."""

    def __init__(self, name: str, path: str, found: os.stat_result, cached: str):
        """`found`: the source file, as it is now; `cached`: where it would stand compiled."""
        super().__init__(name, path)
        self._found, self._cached = found, cached

    def get_code(self, fullname: str) -> CodeType | None:
        """Return the module's code (importlib.abc.InspectLoader)."""
        if not self._found.st_size:
            return _nothing.__code__
        return (self._compiled() if _USUAL else None) or super().get_code(fullname)

    def _compiled(self) -> CodeType | None:
        try:
            file = os.open(self._cached, os.O_RDONLY | _BINARY)
        except OSError:
            return None
        try:
            packed = os.read(file, _LARGE)
        finally:
            os.close(file)
        # PEP 552: the magic number, four bytes of flags, and with none of them set the source's time and size.
        stamp = b"%b\0\0\0\0%b%b" % (MAGIC_NUMBER, _word(int(self._found.st_mtime)), _word(self._found.st_size))
        if packed[:16] != stamp or len(packed) == _LARGE:
            return None
        code: CodeType = loads(memoryview(packed)[16:])
        return code if code.co_filename == self.path else None


def _word(number: int) -> bytes:
    return (number & 0xFFFFFFFF).to_bytes(4, "little")


def _nothing() -> None:
    """What an empty module does."""


def find_spec(name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
    """Return how to load a module of a package whose folder is `path`'s only one; None leaves it to others
    (importlib.abc.MetaPathFinder)."""
    if path is None or len(path) != 1 or not name.startswith(_OURS):
        return None
    base = f"{path[0]}{os.sep}{name.rpartition('.')[2]}"
    for folder, last, is_package in ((path[0], name.rpartition(".")[2], False), (base, "__init__", True)):
        source = f"{folder}{os.sep}{last}.py"
        try:
            found = os.stat(source)
        except OSError:
            continue
        cached = f"{folder}{os.sep}__pycache__{os.sep}{last}{_TAIL}"
        spec = ModuleSpec(name, Loader(name, source, found, cached), origin=source, is_package=is_package)
        spec.has_location = True
        if _USUAL:
            spec.cached = cached
        if is_package:
            spec.submodule_search_locations = [base]
        return spec
    return None


def install() -> None:
    """Ask here before Python's own finders."""
    sys.meta_path.insert(0, sys.modules[__name__])  # type: ignore[arg-type]
