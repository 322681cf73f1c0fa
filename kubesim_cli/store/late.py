"""Writes that are not history: of each object only its last state is to be stored.

Where time is let pass by days, what was written long before anybody can look again is as when etcd has compacted its
history: who watched finds what has become of it, and not each step on the way.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Key, Object


class Late:
    """What is still to be stored of such writes."""

    def __init__(self) -> None:
        self._gone: dict[tuple[str, Key], Object] = {}  # the deletion of what is stored
        self._last: dict[tuple[str, Key], Object] = {}  # the last write of what is there

    def __bool__(self) -> bool:
        return bool(self._last or self._gone)

    def take(self, record: Object) -> None:
        """Take in the record of a write."""
        place = record["resource"], record["key"]
        before = self._last.pop(place, None)
        if record["type"] != "DELETED":
            self._last[place] = record if before is None else {**record, "type": before["type"]}
        elif before is None or before["type"] == "MODIFIED":
            self._gone[place] = record

    def drain(self) -> list[Object]:
        """Return the records to store, in the order of their revisions, and forget them."""
        records = sorted([*self._gone.values(), *self._last.values()], key=lambda record: int(record["rv"]))
        self._gone.clear()
        self._last.clear()
        return records
