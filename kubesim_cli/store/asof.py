"""The objects of a resource as they were at a revision, as far as the log goes back: what a list in pages shows."""

from __future__ import annotations

from ..go import jsontext
from .log import COMMIT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

    from ..machinery.types import Key, Object


def state(log: BinaryIO, size: int, resource: str, revision: int) -> tuple[dict[Key, Object] | None, float | None]:
    """Return the objects by their keys, None where the log begins later, and when the first command was given that
    changed anything since, in seconds since 1970 (None: no such is known).

    What is committed of the open log is its first `size` bytes.
    """
    log.seek(0)
    wanted = b'"resource":"%b",' % resource.encode()
    found: dict[Key, Object] = {}
    known, then = False, None
    rows: list[bytes] = []  # since the last commit that was not later; undoing goes back to one
    for row in log.read(size).splitlines(keepends=True):
        if not row.startswith(COMMIT):
            if wanted in row[:200]:
                rows.append(row)
            continue
        seal = jsontext.loads(row)
        if seal["commit"] <= revision:
            for record in map(jsontext.loads, rows):
                if record["type"] == "DELETED":
                    found.pop(record["key"], None)
                else:
                    found[record["key"]] = record["object"]
            known, then, rows = True, None, []
        elif then is None:
            then = (seal.get("command") or {}).get("at")
    return dict(sorted(found.items())) if known else None, then
