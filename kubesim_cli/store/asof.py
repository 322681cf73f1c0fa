"""A resource's objects as they were at a revision, and what became of them since, as far as the log goes back: what
lists in pages show, and watches from there on."""

from __future__ import annotations

from ..go import jsontext
from .log import COMMIT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

    from ..machinery.types import Key, Object


class Past:
    """What a log knows of a resource at a revision: the `oldest` revision that it knows, whether the one that is asked
    for is not older (`known`), and when the first command was given that changed anything since (`then`, in seconds
    since 1970; None: no such is known)."""

    def __init__(self, log: BinaryIO, size: int, resource: str, revision: int):
        """What is committed of the open log is its first `size` bytes."""
        self.known, self.oldest = False, 0
        self.then: float | None = None
        self._before: list[bytes] = []
        self._since: list[bytes] = []  # since the last commit that was not later; undoing goes back to one
        log.seek(0)
        wanted = b'"resource":"%b",' % resource.encode()
        for row in log.read(size).splitlines(keepends=True):
            if not row.startswith(COMMIT):
                if wanted in row[:200]:
                    self._since.append(row)
                continue
            seal = jsontext.loads(row)
            self.oldest = self.oldest or seal["commit"]
            if seal["commit"] <= revision:
                self._before += self._since
                self.known, self.then, self._since = True, None, []
            elif self.then is None:
                self.then = (seal.get("command") or {}).get("at")

    def objects(self) -> dict[Key, Object]:
        """Return the objects of then by their keys, in order."""
        found: dict[Key, Object] = {}
        for record in map(jsontext.loads, self._before):
            if record["type"] == "DELETED":
                found.pop(record["key"], None)
            else:
                found[record["key"]] = record["object"]
        return dict(sorted(found.items()))

    def changes(self) -> list[tuple[str, Object]]:
        """Return what was written since: type and object."""
        return [(record["type"], record["object"]) for record in map(jsontext.loads, self._since)]
