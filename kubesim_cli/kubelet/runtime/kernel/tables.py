"""What the tables have that tell of made-up files: /proc (procfs.py) and /sys (sysfs.py). Each entry is one of

    a dict       a folder          a function of no arguments    a file, whose text it gives
    a Process    its folder        a Target                      a link
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Union

    from .process import Process

    Entry = Union[dict[str, "Entry"], Process, "Target", Callable[[], str]]  # noqa: UP007

PATHS = ("/proc", "/sys")


class Target:
    """A link; `leads()` tells where to."""

    __slots__ = ("leads",)

    def __init__(self, leads: Callable[[], str]):
        self.leads = leads
