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
    """
    if index.generation == known.generation:
        return list(_records(log, known.size, index.size))
    if index.revision < known.revision:
        return []  # another cluster
    found = _records_after(before, known) if before is not None else []
    seen = int(found[-1]["rv"]) if found else known.revision
    later = [record for record in _records(log, 0, index.size) if record["rv"] > seen]
    return found + sorted(later, key=lambda record: int(record["rv"]))


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
    found = scan.read(log) if index.format >= logs.SEALED else logs.whole("", log, index.size)
    written = [jsontext.loads(row) for transaction in found for _, row in transaction]
    return [record for record in written if "rv" in record]
