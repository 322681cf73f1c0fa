"""Modules that are found by their names; importlib would bring more along than some of them are."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType


def import_module(name: str) -> ModuleType:
    """Import a module by its full name and return it; raises ImportError."""
    __import__(name)
    return sys.modules[name]
