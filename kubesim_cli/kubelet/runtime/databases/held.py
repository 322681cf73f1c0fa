"""What a process holds in memory and can make anew from its files: it is not stored with the process."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Held:
    """`held` is None where it has to be made (freeze.py leaves it out)."""

    __slots__ = ("held",)

    def __init__(self, held: Any = None):
        self.held = held
