"""Timers: when which control loop wants to look at which of its keys again.

A timer may have a note: what its loop has to know then and can read nowhere else. It goes with the timer.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..machinery.types import Object


class Timers:
    """`due`: controller -> key -> seconds since 1970; `notes`, likewise, those of the timers that have one."""

    __slots__ = ("due", "notes")

    def __init__(self, due: dict[str, dict[str, float]] | None = None,
                 notes: dict[str, dict[str, Object]] | None = None):
        self.due, self.notes = due or {}, notes or {}

    def get(self, controller: str, key: str) -> tuple[float | None, Object | None]:
        """Return when a timer is due and what its note is; None for what is not there."""
        due = self.due.get(controller)
        if due is None or key not in due:
            return None, None
        notes = self.notes.get(controller)
        return due[key], notes.get(key) if notes is not None else None

    def set(self, controller: str, key: str, due: float | None, note: Object | None = None) -> None:
        """Set a timer, or drop it with None."""
        _put(self.due, controller, key, due)
        _put(self.notes, controller, key, note if due is not None else None)

    def first(self, default: float) -> float:
        """Return when the first one is due, `default` where there is none."""
        return min([min(keys.values()) for keys in self.due.values()], default=default)

    def controllers(self) -> list[str]:
        """Return the names of the controllers that have any."""
        return list(self.due)

    def copy(self) -> Timers:
        """Return timers of their own."""
        return Timers({name: dict(keys) for name, keys in self.due.items()},
                      {name: dict(keys) for name, keys in self.notes.items()})

    def __iter__(self) -> Iterator[tuple[str, str, float]]:
        """Yield each as (controller, key, due)."""
        for controller, keys in self.due.items():
            for key, due in keys.items():
                yield controller, key, due

    def __bool__(self) -> bool:
        return bool(self.due)


def _put(table: dict, controller: str, key: str, value: object) -> None:
    """Set a key of a controller, or drop it with None; a controller without keys is not in the table."""
    keys = table.get(controller)
    if value is not None:
        if keys is None:
            keys = table[controller] = {}
        keys[key] = value
    elif keys is not None and keys.pop(key, None) is not None and not keys:
        del table[controller]
