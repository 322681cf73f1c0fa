"""Timers: when which control loop wants to look at which of its keys again.

With it, or without, stands a note: what the loop has to know then and can read nowhere else.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeVar

    from ..machinery.types import Object

    Value = TypeVar("Value")


class Timers:
    """`due`: controller -> key -> seconds since 1970; `notes`: controller -> key -> object."""

    __slots__ = ("due", "notes")

    def __init__(self, due: dict[str, dict[str, float]] | None = None,
                 notes: dict[str, dict[str, Object]] | None = None):
        self.due, self.notes = due or {}, notes or {}

    def get(self, controller: str, key: str) -> tuple[float | None, Object | None]:
        """Return when a timer is due and what its note is; None for what is not there."""
        due, notes = self.due.get(controller), self.notes.get(controller)
        return due.get(key) if due is not None else None, notes.get(key) if notes is not None else None

    def set(self, controller: str, key: str, due: float | None, note: Object | None = None) -> None:
        """Set a timer and a note, or drop them with None."""
        _put(self.due, controller, key, due)
        _put(self.notes, controller, key, note)

    def first(self, default: float) -> float:
        """Return when the first one is due, `default` where there is none."""
        return min([min(keys.values()) for keys in self.due.values()], default=default)

    def controllers(self) -> list[str]:
        """Return the names of the controllers that have timers."""
        return list(self.due)

    def places(self) -> list[tuple[str, str]]:
        """Return (controller, key) of each timer or note."""
        return list({(controller, key): None for table in (self.due, self.notes)
                     for controller, keys in table.items() for key in keys})

    def copy(self) -> Timers:
        """Return timers of their own."""
        return Timers({name: dict(keys) for name, keys in self.due.items()},
                      {name: dict(keys) for name, keys in self.notes.items()})

    def __iter__(self) -> Iterator[tuple[str, str, float]]:
        """Yield each timer as (controller, key, due)."""
        for controller, keys in self.due.items():
            for key, due in keys.items():
                yield controller, key, due

    def __bool__(self) -> bool:
        return bool(self.due)


def _put(table: dict[str, dict[str, Value]], controller: str, key: str, value: Value | None) -> None:
    """Set a key of a controller, or drop it with None; a controller without keys is not in the table."""
    keys = table.get(controller)
    if value is not None:
        if keys is None:
            keys = table[controller] = {}
        keys[key] = value
    elif keys is not None and keys.pop(key, None) is not None and not keys:
        del table[controller]


def record_of(controller: str, key: str, due: float | None, note: Object | None) -> Object:
    """Return the log's record of a timer."""
    record = {"timer": key, "controller": controller, "due": due}
    return record if note is None else {**record, "note": note}
