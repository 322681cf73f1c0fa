"""Finds kubesim's modules where they are, at the first look.

Python looks into each folder of a path for a module that might be an extension, a package, or without a source. For a
command of a hundred small modules that is a good part of its time, and ours are none of those: plain `.py` files, each
in its package's one folder. How their code is loaded, and when it counts as outdated, stays as it is.
"""

from __future__ import annotations

import os
import sys
from _frozen_importlib import ModuleSpec
from _frozen_importlib_external import SourceFileLoader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

_OURS = ("kubesim_cli.", "ruamel.yaml.")  # packages without anything but plain modules


def find_spec(name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
    """Return how to load a module of a package whose folder is `path`'s only one; None leaves it to others
    (importlib.abc.MetaPathFinder)."""
    if path is None or len(path) != 1 or not name.startswith(_OURS):
        return None
    base = f"{path[0]}{os.sep}{name.rpartition('.')[2]}"
    for source, is_package in ((base + ".py", False), (f"{base}{os.sep}__init__.py", True)):
        try:
            os.stat(source)
        except OSError:
            continue
        spec = ModuleSpec(name, SourceFileLoader(name, source), origin=source, is_package=is_package)
        spec.has_location = True
        if is_package:
            spec.submodule_search_locations = [base]
        return spec
    return None


def install() -> None:
    """Ask here before Python's own finders."""
    sys.meta_path.insert(0, sys.modules[__name__])  # type: ignore[arg-type]
