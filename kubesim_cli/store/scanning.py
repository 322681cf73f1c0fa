"""The whole of a log, read from its first line on: where its index is not to be trusted, or it has no checksums."""

from __future__ import annotations

from zlib import crc32

from ..go import jsontext
from .log import COMMIT, LONGEST_HEADER, Damaged, Index, seal_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from ..machinery.types import Object


def unsealed(log: BinaryIO, offset: int) -> Iterator[tuple[int, list[tuple[int, bytes]], bool]]:
    """Yield (offset, lines, whether it has its commit line) of each transaction of a log without checksums."""
    start = offset
    rows: list[tuple[int, bytes]] = []
    for row in log:
        rows.append((offset, row))
        offset += len(row)
        if row.startswith(COMMIT) and row.endswith(b"\n"):
            yield start, rows, True
            start, rows = offset, []
    if rows:
        yield start, rows, False


def whole(path: str, log: BinaryIO, offset: int) -> Iterator[list[tuple[int, bytes]]]:
    """Yield the lines of each committed transaction of a log without checksums, with their offsets."""
    for _, rows, committed in unsealed(log, offset):
        if committed and b',"crc":' in rows[-1][1]:
            raise Damaged(path, ": its first line tells of another format than it has")
        if committed:
            yield rows


def scanned(path: str, log: BinaryIO, generation: int, size: int, crc: int) -> Index:
    """Return the index of an open log up to `size`, where its checksum is `crc`; who reads the log may go on.

    No transaction is held in memory.
    """
    position = log.tell()
    told = Index(generation, size, crc=crc)
    found = Index(generation, 0)
    for offset, row, record in records(path, log, told):
        try:
            found.apply(record, offset, row)
        except (KeyError, TypeError, AttributeError):
            raise Damaged(path, f" at byte {offset}") from None
    log.seek(position)
    found.size, found.crc = size, crc
    return found


def records(path: str, log: BinaryIO, told: Index) -> Iterator[tuple[int, bytes, Object]]:
    """Yield (offset, line, record) of an open log from its first line on, as far as `told` says that it goes.

    Raises StoreError at the end where that was not the log that `told` is about.
    """
    log.seek(0)
    first = log.readline(LONGEST_HEADER)
    offset, crc = len(first), crc32(first)
    while offset < told.size and (row := log.readline()):
        try:
            record = jsontext.loads(row)
        except ValueError:
            break
        yield offset, row, record
        if row.startswith(COMMIT):
            crc, good = seal_of(row, crc)
            if not good:
                break
        else:
            crc = crc32(row, crc)
        offset += len(row)
    if (offset, crc) != (told.size, told.crc):
        raise Damaged(path, f" at byte {offset}")
