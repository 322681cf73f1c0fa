"""A look at a store that believes nothing: what is wrong with it, what is lost, and what can be saved."""

from __future__ import annotations

import os
import re
from zlib import crc32

from ..go import jsontext
from ..machinery import files
from . import compaction, log, past, reading, scanning, snapshots
from .blobs import Blobs, named_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

    from ..machinery.types import Object

    Rows = list[tuple[int, bytes]]

_OBJECT = re.compile(rb'"resource":"([^"]+)","key":"([^"]+)"')


class Diagnosis:
    """What is found out about the store in `folder`. Nothing is changed."""

    def __init__(self, folder: str):
        self.folder = folder
        self.path = os.path.join(folder, log.LOG)
        self.wrong: list[str] = []     # what has to be repaired
        self.lost: list[str] = []      # what no repair brings back
        self.doubtful: list[str] = []  # what a repair takes over as it is found, though nothing vouches for it
        self.notes: list[str] = []     # what mends itself
        self.snapshots: list[str] = []  # that are as they were written
        self.index: log.Index | None = None  # what can be saved; None for nothing
        self.exists = os.path.lexists(folder) and bool(os.listdir(folder) if os.path.isdir(folder) else True)
        self._unsure: dict[tuple[str, str], bool] = {}  # objects whose newest line nothing vouches for
        self._gone: dict[tuple[str, str], int] = {}     # objects that were deleted, and when
        self._last: int | None = None  # the revision that was found last; None where they do not follow each other
        self._unread = 0               # lines since then that cannot be read
        if self.exists:
            self._look()

    def _look(self) -> None:
        committed = reading.committed_size(self.folder)
        try:
            file = open(self.path, "rb")
        except OSError as error:
            self.wrong.append(f"{log.LOG}: {(error.strerror or str(error)).lower()}")
            return
        with file:
            first = file.readline(log.LONGEST_HEADER)
            if committed is None and not first.strip(b"\0"):
                self.notes.append(f"{log.LOG} is empty: nothing was ever committed")
                return
            generation, form = committed[0] if committed else 0, log.FORMAT
            try:
                generation, form = log.read_header(self.path, first)
            except log.Damaged:
                self.wrong.append(f"{log.LOG}: its first line is not a kubesim store's")
            except log.StoreError as error:
                self.wrong.append(str(error))
                return
            self.index = log.Index(generation, len(first), crc=crc32(first))
            self.index.format = form
            size = committed[1] if committed and committed[0] == generation else 0
            self._read(file, form, size)
            missing = size - os.fstat(file.fileno()).st_size
            if missing > 0:
                self.wrong.append(f"{log.LOG}: {missing} bytes are missing at its end")
                self.lost.append(f"what was written last: {missing} bytes")
        lost = Blobs(self.folder).lost(self.index)
        if lost:
            self.wrong.append(f"blobs: {len(lost)} are missing or not as they were written")
            self.lost += [f"contents of files in containers and volumes, blob {name}" for name in lost]
        self.doubtful += [f"{resource} {key}" for resource, key in sorted(self._unsure)]
        self._look_beside(generation)

    def _read(self, file: BinaryIO, form: int, size: int) -> None:
        """Take in all that is committed, and all of what is damaged that can be read."""
        assert self.index is not None
        waiting: list[tuple[int, Rows]] = []  # transactions that are not right, until it is known what became of them
        sealed = form >= log.FORMAT
        for start, rows, good in (log.Scan(self.index.size, self.index.crc).transactions(file) if sealed
                                  else scanning.unsealed(file, self.index.size)):
            if not good:
                waiting.append((start, rows))
                continue
            for each in waiting:
                self._save(*each)
            waiting = []
            for offset, row in rows:
                self._take(offset, row, sure=True)
        for start, rows in waiting:
            if start < size:
                self._save(start, rows)
            else:
                length = sum(len(row) for _, row in rows)
                self.notes.append(f"{log.LOG}: {length} bytes from byte {start} on were never committed; "
                                  "the next write drops them")

    def _save(self, start: int, rows: Rows) -> None:
        """Take what can be read of a damaged transaction."""
        end = rows[-1][0] + len(rows[-1][1])
        self.wrong.append(f"{log.LOG}: bytes {start} to {end} are not as they were written")
        for offset, row in rows:
            self._take(offset, row, sure=False)

    def _take(self, offset: int, row: bytes, sure: bool) -> None:
        assert self.index is not None
        try:
            record = jsontext.loads(row)
            if not _is_whole(record):
                raise ValueError
            if record.get("object"):
                log.names_of(record["resource"], record["object"])  # which the index is to have
        except (ValueError, LookupError, TypeError, AttributeError):
            if sure:
                self.wrong.append(f"{log.LOG}: the line at byte {offset} cannot be read")
            found = ["{} {}".format(*(part.decode("utf-8", "replace") for part in parts))
                     for parts in _OBJECT.findall(row)]
            what = f" of {' and '.join(found)}" if found else ""
            self.lost.append(f"a change{what}, {len(row)} bytes at byte {offset}")
            self._unread += 1
            return
        self._miss(record)
        self.index.apply(record, offset, row)
        self.index.revision = max(self.index.revision, record.get("rv", 0))
        if "rv" in record:
            place = record["resource"], record["key"]
            self._unsure.pop(place, None)
            if record["type"] == "DELETED":
                self._gone[place] = record["rv"]
            elif not sure:
                self._unsure[place] = True

    def _miss(self, record: Object) -> None:
        """Tell of revisions that are not there. What a compaction has left does not follow each other."""
        next_ = record.get("rv", record.get("commit", 0) + 1)
        if self._last is not None and self.wrong and next_ - 1 - self._last > self._unread:
            self.lost.append(f"the changes of revisions {self._last + 1} to {next_ - 1}")
        if "commit" in record or ("rv" in record and self._last is not None):
            self._last = record.get("rv", record.get("commit"))
            self._unread = 0

    def _compare(self, index: log.Index) -> None:
        """Tell what the index knows of, and the log does not have any more."""
        assert self.index is not None
        for resource in index.resources():
            there = self.index.entries(resource)
            for key, entry in index.entries(resource).items():
                if max((there.get(key) or (0,))[0], self._gone.get((resource, key), 0)) < entry[0]:
                    self.lost.append(f"the newest state of {resource} {key}")

    def _look_beside(self, generation: int) -> None:
        head = os.path.join(self.folder, log.HEAD)
        if os.path.lexists(head) and reading.committed_size(self.folder) is None:
            self.notes.append(f"{log.HEAD} is not as it was written; the next write makes it anew")
        other = False
        try:
            with open(os.path.join(self.folder, log.INDEX), "rb") as file:
                packed = file.read()
            index, other = log.Index.unpack(packed), _is_of_another_format(packed)
            fits = index is not None and index.generation == generation and index.sound
            if index is not None and fits and self.wrong:
                self._compare(index)
        except OSError:
            fits = not os.path.lexists(os.path.join(self.folder, log.INDEX))
        if other:
            self.notes.append(f"{log.INDEX} was written by another version of kubesim; the next write makes it anew")
        elif not fits:
            self.notes.append(f"{log.INDEX} is not as it was written for this log; it is not used, and made anew")
        self._look_back(generation)
        left = [name for name in os.listdir(self.folder) if name.endswith(files.TEMPORARY)]
        if left:
            self.notes.append(f"{', '.join(sorted(left))}: left behind by a command that was killed")
        if os.name != "nt" and os.stat(self.folder).st_mode & 0o077:
            self.notes.append(f"{self.folder} is open to others than its owner")

    def _look_back(self, generation: int) -> None:
        """Look at the snapshots, and at what is kept to be undone."""
        for name in snapshots.names(self.folder):
            try:
                snapshot = snapshots.Snapshot(self.folder, name)
            except (OSError, log.StoreError):
                self.wrong.append(f"{snapshots.FOLDER}/{name}{snapshots.ENDING} is not as it was written")
                self.lost.append(f"snapshot {name}")
                continue
            lost = Blobs(self.folder).lost(snapshot.index)
            snapshot.close()
            if lost:
                self.wrong.append(f"blobs: {len(lost)} of snapshot {name} are missing or not as they were written")
            self.snapshots.append(name)
        path = past.path_of(self.folder, generation)
        if not past.is_sound(path, generation):
            self.notes.append(f"{os.path.basename(path)} is not as it was written; older commands cannot be undone")

    @property
    def objects(self) -> int:
        """How many objects there are, or can be saved."""
        return sum(len(self.index.entries(resource)) for resource in self.index.resources()) if self.index else 0

    def repair(self, folder: str) -> None:
        """Write what can be saved into a folder that is not there yet; raises StoreError or OSError."""
        if self.index is None:
            raise log.StoreError(f"nothing in {self.folder} can be saved")
        if os.path.lexists(folder) and (not os.path.isdir(folder) or os.listdir(folder)):
            raise log.StoreError(f"{folder} is there already, and not empty")
        with open(self.path, "rb") as file:

            def read(offset: int, length: int) -> bytes:
                file.seek(offset)
                return file.read(length)

            files.private_folder(os.path.abspath(folder))
            rows = compaction.compacted(self.path, self.index, read)[1]
            files.replace(os.path.join(folder, log.LOG), rows, durable=True)
        for name in self.snapshots:
            files.private_folder(os.path.join(folder, snapshots.FOLDER))
            with open(snapshots.path_of(self.folder, name), "rb") as file:
                files.replace(snapshots.path_of(folder, name), file, durable=True)
        here, there = Blobs(self.folder), Blobs(folder)
        for name in named_in(self.index) | snapshots.named_blobs(folder):
            data = here.get(name)
            if data is not None:
                there.add(name, data)
        there.write()


def _is_whole(record: object) -> bool:
    """Tell whether a record has all that its kind needs."""
    if not isinstance(record, dict):
        return False
    if "rv" in record:
        obj: Object = record.get("object") or {}
        meta = obj.get("metadata") if isinstance(obj, dict) else None
        return (isinstance(record["rv"], int) and isinstance(record.get("type"), str)
                and isinstance(record.get("resource"), str) and isinstance(record.get("key"), str)
                and isinstance(meta, dict) and meta.get("name") == record["key"].rpartition("/")[2]
                and meta.get("resourceVersion") == str(record["rv"]))
    if "part" in record:
        return isinstance(record["part"], str) and "value" in record and isinstance(record.get("blobs", []), list)
    if "timer" in record:
        return isinstance(record["timer"], str) and isinstance(record.get("due"), (int, float, type(None)))
    return isinstance(record.get("commit"), int) and isinstance(record.get("meta"), dict)


def _is_of_another_format(packed: bytes) -> bool:
    """Tell whether an index file, by its first line, was written by a version that writes another one."""
    head = packed[:packed.find(b"\n") + 1]
    return log.seal_of(head)[1] and jsontext.loads(head).get("format") != log.INDEX_FORMAT
