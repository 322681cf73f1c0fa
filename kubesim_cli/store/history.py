"""What was written between two states of a log: the history that watches follow."""

from __future__ import annotations

from ..go import jsontext
from . import log as logs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from ..machinery.types import Object


def between(known: logs.Index, before: BinaryIO | None, index: logs.Index, log: BinaryIO) -> list[Object]:
    """Return the writes from one state, `known`, to a later one, `index`, of a log, in their order.

    Where it has been compacted in between, the first of them stand in the old file, `before`, which is still open.
    Where that happened more than once, as to a process that was stopped for a while, what was outdated again in between
    is gone; objects end as they are all the same.
    """
    if index.generation == known.generation:
        return list(_records(log, known.size, index.size))
    if index.revision < known.revision:
        return []  # another cluster
    found = _records_after(before, known) if before is not None else []
    seen = int(found[-1]["rv"]) if found else known.revision
    later = [record for record in _records(log, 0, index.size) if record["rv"] > seen]
    told = found + sorted(later, key=lambda record: int(record["rv"]))
    if before is not None and index.generation > known.generation + 1:
        told += _vanished(known, before, index, told)
    return told


def kept(index: logs.Index, log: BinaryIO) -> Iterator[tuple[list[Object], int]]:
    """Yield what a log still has: the writes of each transaction, and the revision after it, which undoing lowers."""
    log.seek(0)
    writes: list[Object] = []
    for row in log.read(index.size).splitlines(keepends=True):
        record = jsontext.loads(row)
        if "rv" in record:
            writes.append(record)
        elif "commit" in record:
            yield writes, record["commit"]
            writes = []


def _vanished(known: logs.Index, before: BinaryIO, index: logs.Index, told: list[Object]) -> list[Object]:
    """Return deletions of objects that were known, or told of, and are there no more without a word about it."""
    newest: dict[tuple[str, str], Object] = {(record["resource"], record["key"]): record for record in told}
    for resource in known.resources():
        for key, (_, start, length, *_) in known.entries(resource).items():
            if (resource, key) not in newest and index.entries(resource).get(key) is None:
                before.seek(start)
                newest[resource, key] = jsontext.loads(before.read(length))
    return [_deletion(record, index.revision) for (resource, key), record in newest.items()
            if record["type"] != "DELETED" and index.entries(resource).get(key) is None]


def _deletion(record: Object, revision: int) -> Object:
    metadata = {**record["object"]["metadata"], "resourceVersion": str(revision)}
    return {**record, "rv": revision, "type": "DELETED", "object": {**record["object"], "metadata": metadata}}


def _records(log: BinaryIO, start: int, end: int) -> Iterator[Object]:
    """Yield the committed writes between two sizes of an open log."""
    log.seek(start)
    for row in log.read(end - start).splitlines(keepends=True):
        record = jsontext.loads(row)
        if "rv" in record:
            yield record


def _records_after(log: BinaryIO, index: logs.Index) -> list[Object]:
    """Return the writes that were committed to an open log after what `index` knows of it."""
    log.seek(index.size)
    scan = logs.Scan(index.size, index.crc)
    if index.format >= logs.SEALED:
        found = scan.read(log)
    else:
        from . import scanning

        found = scanning.whole("", log, index.size)
    written = [jsontext.loads(row) for transaction in found for _, row in transaction]
    return [record for record in written if "rv" in record]
