"""Snapshots: what a store held at a time, each in a file `snapshots/NAME.jsonl` beside the log.

Such a file is a compacted log of its own, so that whatever reads logs reads it; its commit line tells more:
"snapshot": {"at": what the clock showed, "saved": when that was by the wall clock}, both in seconds since 1970.
"""

from __future__ import annotations

import os

from ..go import jsontext
from ..machinery import files
from . import log as logs
from . import past, scanning, timers
from .compaction import compacted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..machinery.types import Object

FOLDER, ENDING = "snapshots", ".jsonl"


class Snapshot:
    """A snapshot that is read; `index` tells of its log, `told` is what "snapshot" does above.

    Raises FileNotFoundError where there is none of the name, StoreError where it is not as it was written.
    """

    def __init__(self, folder: str, name: str):
        self.path = path_of(folder, name)
        if os.path.lexists(self.path) and not os.path.isfile(self.path):  # a pipe would be waited for
            raise logs.Damaged(self.path, ": it is no file")
        self._file = open(self.path, "rb")
        try:
            generation, _ = logs.read_header(self.path, self._file.readline(logs.LONGEST_HEADER))
            size = os.fstat(self._file.fileno()).st_size
            commit = self._last_line(size)
            crc, _ = logs.seal_of(commit)
            self.index = scanning.scanned(self.path, self._file, generation, size, crc)
            self.told: Object = jsontext.loads(commit)["snapshot"]
        except BaseException as problem:
            files.let_go(self._file)
            if isinstance(problem, (ValueError, KeyError, TypeError)):
                raise logs.Damaged(self.path, "") from None
            raise

    def _last_line(self, size: int) -> bytes:
        length = 1 << 12
        while True:
            start = max(0, size - length)
            self._file.seek(start)
            rows = self._file.read(size - start).splitlines(keepends=True)
            if len(rows) > 1 or not start:
                return rows[-1] if rows else b""
            length *= 4

    def close(self) -> None:
        files.let_go(self._file)

    def row(self, entry: logs.Entry) -> bytes:
        """Return the line of an entry."""
        self._file.seek(entry[1])
        return self._file.read(entry[2])

    def object(self, resource: str, key: str) -> Object:
        """Return an object of the snapshot."""
        found: Object = jsontext.loads(self.row(self.index.entries(resource).get(key)))["object"]
        return found

    @property
    def size(self) -> int:
        """How many bytes the file has; the blobs that it names are not counted."""
        return self.index.size

    def counts(self) -> list[tuple[str, int]]:
        """Return how many objects there are of which resource."""
        return [(resource, len(self.index.entries(resource))) for resource in self.index.resources()]

    @property
    def objects(self) -> int:
        """How many objects there are."""
        return sum(count for _, count in self.counts())

    def records(self, now: logs.Index) -> Iterator[Object]:
        """Yield records of what has to be written over a state of which `now` tells to have it as the snapshot's.

        They are of the form that Store.take_over wants, which may write them as they come.
        """
        mine = self.index
        for resource in (*sorted({*mine.resources(), *now.resources()}), ""):  # "" is for the parts
            here, there = ((now.entries(resource), mine.entries(resource)) if resource else (now.parts, mine.parts))
            gone = [key for key, _ in here.items() if there.get(key) is None]
            other = [entry for key, entry in there.items() if not _same(entry, here.get(key))]
            for key in gone:
                yield {"absent": [resource, key]} if resource else {"part": key, "value": None}
            for entry in other:
                yield jsontext.loads(self.row(entry))
        for place in sorted({*mine.timers.places(), *now.timers.places()}):
            if mine.timers.get(*place) != now.timers.get(*place):
                yield timers.record_of(*place, *mine.timers.get(*place))


def _same(entry: logs.Entry, other: logs.Entry | None) -> bool:
    """Tell whether two entries are of equal lines; where they stand makes no difference."""
    return other is not None and (entry[0], *entry[2:]) == (other[0], *other[2:])


def path_of(folder: str, name: str) -> str:
    """Return the file of a snapshot."""
    return os.path.join(folder, FOLDER, name + ENDING)


def names(folder: str) -> list[str]:
    """Return the names of the snapshots, in order."""
    try:
        there = os.listdir(os.path.join(folder, FOLDER))
    except FileNotFoundError:
        return []
    return sorted(name[:-len(ENDING)] for name in there if name.endswith(ENDING))


def save(folder: str, name: str, index: logs.Index, told: Object) -> None:
    """Write a snapshot of the store's log, of which `index` tells, over one of the same name; `told`: see Snapshot.

    Raises OSError or StoreError.
    """
    files.private_folder(os.path.join(folder, FOLDER))
    path = os.path.join(folder, logs.LOG)
    log = open(path, "rb")

    def read(offset: int, length: int) -> bytes:
        log.seek(offset)
        return log.read(length)

    try:
        rows = compacted(path, index, read, {"snapshot": told})[1]
        files.replace(path_of(folder, name), rows, durable=True)
    finally:
        files.let_go(log)
    files.sync_folder(folder)


def named_blobs(folder: str) -> set[str]:
    """Return the names of the blobs that snapshots name. Raises OSError."""
    found: set[str] = set()
    for path in (path_of(folder, name) for name in names(folder)):
        if os.path.isfile(path):
            with open(path, "rb") as file:
                found |= past.blobs_of_rows(file)
    return found
