"""A log without what is outdated, made from one that was read from its first line to its last and found right."""

from __future__ import annotations

from zlib import crc32

from . import log as logs
from . import scanning
from .log import Damaged, Index
from .timers import Timers
from .timers import record_of as timer_record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ..machinery.types import Object


def finished(index: Index, rows: Iterable[bytes], more: Object | None = None) -> Iterator[bytes]:
    """Yield a whole log of `rows`, the first of them its header, with a commit of what `index` tells, and of `more`.

    `index` is told where the log ends, once that is read to its end.
    """
    crc = size = 0
    for row in rows:
        crc, size = crc32(row, crc), size + len(row)
        yield row
    commit, index.crc = logs.sealed({"commit": index.revision, "meta": index.meta, **(more or {})}, crc)
    index.size = size + len(commit)
    yield commit


def compacted(path: str, old: Index, read: Callable[[int, int], bytes],
              more: Object | None = None) -> tuple[Index, Iterator[bytes]]:
    """Return a log of the newest line of each object and part only, as `old` tells of them, and an index for it.

    That one is to take over the entries of `old` when the log is in its place, and is not whole before. The lines are
    read from the old log, which is called `path`, as they are consumed: `read(offset, length)` does it. Reading raises
    StoreError where a line is another one. `more`: what the commit is to tell besides.
    """
    index = Index(old.generation + 1, 0, old.revision, old.meta)
    index.timers, index.live = old.timers, old.live

    def rows() -> Iterator[bytes]:
        yield logs.header(index.generation)
        for table in old.tables():
            for _, (_, start, length, crc, *_) in table.items():
                row = read(start, length)
                if crc32(row) != crc:
                    raise Damaged(path, f" at byte {start}")
                yield row
        for each in index.timers.places():
            yield logs.line(timer_record(*each, *index.timers.get(*each)))

    return index, finished(index, rows(), more)


def verified(path: str, index: Index) -> Index:
    """Return the index of a log as a look at all of it tells: `index`, which says how much is committed, or another
    one where that is not as it has to be. Raises StoreError where the log is not as it was written.
    """
    with open(path, "rb") as log:
        try:
            if _agrees(index, scanning.records(path, log, index)):
                return index
        except (KeyError, TypeError, AttributeError):
            pass  # what is no record is told of below
        return scanning.scanned(path, log, index.generation, index.size, index.crc)


def _agrees(index: Index, records: Iterable[tuple[int, bytes, Object]]) -> bool:
    """Tell whether an index is what a log's records make; all of them are looked at.

    No second index is made, which would take as much memory again.
    """
    good, met, owners, timers = True, 0, 0, Timers()
    unknown: set[tuple[str, str]] = set()  # what the index does not have: it must be deleted further on
    last: Object = {}
    for offset, row, record in records:
        if "commit" in record:
            last = record
            continue
        if "timer" in record:
            timers.set(record["controller"], record["timer"], record["due"], record.get("note"))
            continue
        uids: list[str] = []
        if "part" in record:
            resource, key, gone = "", record["part"], record["value"] is None
            entry, revision, others = index.parts.get(key), 0, record.get("blobs", [])
        else:
            resource, key, gone = record["resource"], record["key"], record["type"] == "DELETED"
            entry, revision = index.entries(resource).get(key), record["rv"]
            others = uids = [] if gone else logs.names_of(resource, record["object"])
        if entry is None:
            (unknown.discard if gone else unknown.add)((resource, key))
        elif entry[1] <= offset:
            good = good and not gone and entry == [revision, offset, len(row), crc32(row), *others]
            good = good and all(index.is_owner(uid, resource, key) for uid in uids if uid)
            met, owners = met + 1, owners + sum(map(bool, uids))
    return (good and not unknown and (met, owners) == index.counts
            and (last.get("commit"), last.get("meta")) == (index.revision, index.meta)
            and (timers.due, timers.notes) == (index.timers.due, index.timers.notes))
