"""A resource's objects as they were at a revision, and what became of them since, as far as the log goes back: what
lists in pages show, and watches from there on."""

from __future__ import annotations

from ..go import jsontext
from .log import COMMIT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from ..machinery.types import Key, Object

_BATCH = 256  # objects that are decoded at once


class Past:
    """What a log knows of a resource at a revision: the `oldest` revision that it knows, whether the one that is asked
    for is not older (`known`), and when the first command was given that changed anything since (`then`, in seconds
    since 1970; None: no such is known)."""

    def __init__(self, log: BinaryIO, size: int, resource: str, revision: int):
        """What is committed of the open log is its first `size` bytes."""
        self.known, self.oldest = False, 0
        self.then: float | None = None
        self._before: dict[Key, bytes] = {}  # the newest lines of what there was
        self._since: list[bytes] = []
        rows: list[bytes] = []  # of the transaction that is being read
        last, wanted = 0, b'"resource":"%b",' % resource.encode()
        log.seek(0)
        for row in log:
            size -= len(row)
            if size < 0:
                break
            if not row.startswith(COMMIT):
                if wanted in row[:200]:
                    rows.append(row)
                continue
            seal = jsontext.loads(row)
            self.oldest = self.oldest or seal["commit"]
            if seal["commit"] <= revision:  # undoing goes back to one that is not later
                self._keep(self._since + rows)
                self.known, self.then, self._since = True, None, []
            else:
                if not self._since and last < revision:  # a write within a transaction may be the last that one saw
                    self._keep([row for row in rows if last < _revision(row) <= revision])
                    rows = [row for row in rows if not last < _revision(row) <= revision]
                self._since += rows
                if self.then is None:
                    self.then = (seal.get("command") or {}).get("at")
            rows, last = [], seal["commit"]

    def _keep(self, rows: list[bytes]) -> None:
        """Take in lines as part of what there was."""
        for row in rows:
            head = jsontext.loads(row.partition(b',"object":')[0] + b"}")
            if head["type"] == "DELETED":
                self._before.pop(head["key"], None)
            else:
                self._before[head["key"]] = row

    def objects(self, start: Key = "", prefix: str = "") -> Iterator[Object]:
        """Yield the objects of then in the order of their keys, from `start` on and with `prefix`; only some of them
        are held in memory at a time."""
        keys = sorted(key for key in self._before if key >= start and key.startswith(prefix))
        for at in range(0, len(keys), _BATCH):
            rows = b",".join([self._before[key] for key in keys[at:at + _BATCH]])
            yield from (record["object"] for record in jsontext.loads(b"[%b]" % rows))

    def changes(self) -> list[tuple[str, Object]]:
        """Return what was written since: type and object."""
        return [(record["type"], record["object"]) for record in map(jsontext.loads, self._since)]


def _revision(row: bytes) -> int:
    """Return the revision of the line of an object, which begins with it."""
    return int(row[6:row.index(b",")])
