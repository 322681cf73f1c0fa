"""The store: objects by resource and key, with revisions, transactions and timers.

Reading sees the last commit and takes no lock. Writing begins a transaction, which holds the cluster's lock until it is
committed or rolled back. Objects that come out are shared: whoever wants to change one clones it first.
"""

from __future__ import annotations

import builtins
import json
import os

from . import log

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO, TypeAlias

    from ..machinery.types import Object
    from .lock import Lock

    Change: TypeAlias = tuple[str, str, Object]  # type, resource, object

SLACK = 1 << 16         # bytes of log tail that are scanned rather than indexed
SPILL = 1 << 22         # bytes of uncommitted lines that are kept in memory
GARBAGE = 1 << 20       # bytes of outdated lines below which the log is never compacted


class Store:
    """One cluster's objects in `folder`, which need not exist yet."""

    def __init__(self, folder: str):
        self.folder = folder
        self.exists = False
        self.locked = False
        self._followed: builtins.list[Change] | None = None
        self._lock: Lock | None = None
        self._file: BinaryIO | None = None
        self._reset(log.Index(0, 0))
        self.reload()

    def _reset(self, index: log.Index) -> None:
        self._index = index
        self.revision = index.revision
        self.meta: Object = json.loads(json.dumps(index.meta))
        self.timers = index.timers.copy()
        self._cache: dict[str, dict[str, Object]] = {}
        self._owned: dict[str, dict[str, set[str]]] = {}  # resource -> UID of an owner -> keys
        self._written: builtins.list[bytes] = []
        self._held = 0               # bytes in _written
        self._end = index.size       # where the next line will stand
        self._touched: set[tuple[str, str]] = set()  # timers, by controller and key
        self._start_revision = index.revision

    def reload(self) -> bool:
        """Read what is committed now; returns whether that differs from what was known."""
        loaded = log.load(self.folder)
        if loaded is None:
            return False
        index, file = loaded
        same = self.exists and (index.generation, index.size) == (self._index.generation, self._index.size)
        self.exists = True
        if same:
            file.close()
            return False
        known = self._index
        self._close_file()
        self._file = file
        self._reset(index)
        if self._followed is not None:
            self._followed += [(record["type"], record["resource"], record["object"])
                               for record in log.records(self.folder, known.generation, known.size, index.size)]
        return True

    # Reading

    def get(self, resource: str, key: str) -> Object | None:
        """Return an object or None."""
        cache = self._cache.setdefault(resource, {})
        obj = cache.get(key)
        if obj is None:
            entry = self._index.entries(resource).get(key)
            if entry is None:
                return None
            obj = cache[key] = self._decode(self._read(entry[1], entry[2]), entry)
        return obj

    def keys(self, resource: str, namespace: str = "") -> builtins.list[str]:
        """Return the keys of a resource in order, of one namespace or of all."""
        entries = self._index.entries(resource)
        if not namespace:
            return sorted(entries)
        prefix = namespace + "/"
        return sorted(key for key in entries if key.startswith(prefix))

    def list(self, resource: str, namespace: str = "") -> builtins.list[Object]:
        """Return the objects of a resource in the order of their keys."""
        cache = self._cache.setdefault(resource, {})
        entries = self._index.entries(resource)
        keys = self.keys(resource, namespace)
        missing = [key for key in keys if key not in cache]
        if missing:
            self._spill()
            rows = [entries[key] for key in missing]
            first, last = min(row[1] for row in rows), max(row[1] + row[2] for row in rows)
            if last - first < 4 * sum(row[2] for row in rows) + SLACK:
                block = self._read(first, last - first)
                for key, row in zip(missing, rows):
                    cache[key] = self._decode(block[row[1] - first:row[1] - first + row[2]], row)
            else:
                for key, row in zip(missing, rows):
                    cache[key] = self._decode(self._read(row[1], row[2]), row)
        return [cache[key] for key in keys]

    def owned(self, resource: str, uid: str) -> builtins.list[Object]:
        """Return the objects of a resource that have the owner `uid`, in the order of their keys."""
        by_owner = self._owned.get(resource)
        if by_owner is None:
            by_owner = self._owned[resource] = {}
            for key, entry in self._index.entries(resource).items():
                for owner in entry[3:]:
                    by_owner.setdefault(owner, set()).add(key)
        return [obj for obj in (self.get(resource, key) for key in sorted(by_owner.get(uid, ()))) if obj is not None]

    def orphans(self, resource: str, namespace: str) -> builtins.list[Object]:
        """Return the objects of a namespace that have no controller, in the order of their keys."""
        entries = self._index.entries(resource)
        found = [key for key in self.keys(resource, namespace) if not entries[key][3:4] or not entries[key][3]]
        return [obj for obj in (self.get(resource, key) for key in found) if obj is not None]

    def has(self, resource: str) -> bool:
        """Tell whether a resource has any objects."""
        return bool(self._index.entries(resource))

    def resources(self) -> builtins.list[str]:
        """Return the names of the resources that have objects."""
        return [name for name in self._index.resources() if self._index.entries(name)]

    def _read(self, offset: int, length: int) -> bytes:
        if offset + length > self._end - self._held:
            self._spill()
        if self._file is None:
            self._file = open(os.path.join(self.folder, log.LOG), "rb")
        self._file.seek(offset)
        return self._file.read(length)

    def _decode(self, row: bytes, entry: log.Entry) -> Object:
        try:
            record = json.loads(row)
            if record["rv"] == entry[0]:
                obj: Object = record["object"]
                return obj
        except (ValueError, KeyError, TypeError):
            pass
        raise log.StoreError(f"{os.path.join(self.folder, log.LOG)} is damaged at byte {entry[1]}; nothing was changed")

    # Writing

    def begin(self) -> bool:
        """Take the lock and read what is committed now; returns whether that differs from what was known."""
        if self.locked:
            return False
        from .lock import Lock

        os.makedirs(self.folder, mode=0o700, exist_ok=True)
        self._lock = Lock(os.path.join(self.folder, "lock"))
        self._lock.acquire()
        self.locked = True
        try:
            changed = self.reload()
            if self.exists:
                self._truncate()
                if self._index.format != log.FORMAT:
                    self._compact()
                    self._write_head()
        except BaseException:
            self._unlock()
            raise
        return changed

    def put(self, type_: str, resource: str, key: str, obj: Object) -> None:
        """Write an object under the next revision, which its metadata.resourceVersion is set to.

        `type_`: ADDED, MODIFIED or DELETED; a deleted object's last state is kept in the log for watchers.
        """
        assert self.locked, "a write outside a transaction"
        self.revision += 1
        obj["metadata"]["resourceVersion"] = str(self.revision)
        record = {"rv": self.revision, "type": type_, "resource": resource, "key": key, "object": obj}
        entries, by_owner = self._index.entries(resource), self._owned.get(resource)
        if by_owner is not None:
            for owner in entries.get(key, ())[3:]:
                by_owner[owner].discard(key)
        self._append(record)
        if by_owner is not None:
            for owner in entries.get(key, ())[3:]:
                by_owner.setdefault(owner, set()).add(key)
        cache = self._cache.setdefault(resource, {})
        if type_ == "DELETED":
            cache.pop(key, None)
        else:
            cache[key] = obj
        if self._followed is not None:
            self._followed.append((type_, resource, obj))

    def set_timer(self, controller: str, key: str, due: float | None, note: Object | None = None) -> None:
        """Set a timer and a note, or drop them with None; `due` in seconds since 1970."""
        if self.timers.get(controller, key) != (due, note):
            self.timers.set(controller, key, due, note)
            self._touched.add((controller, key))

    def _append(self, record: Object) -> None:
        row = log.line(record)
        self._index.apply(record, self._end, len(row))
        self._written.append(row)
        self._end += len(row)
        self._held += len(row)
        if self._held > SPILL:
            self._spill()

    def _spill(self) -> None:
        """Write held-back lines behind the committed part of the log, where they do not count yet."""
        if not self._written:
            return
        path = os.path.join(self.folder, log.LOG)
        if not self.exists:
            header = log.header(0)
            log.write_file(path, [header], durable=False)  # the commit syncs the same file
            self._shift(len(header))
            self.exists = True
        with open(path, "ab") as file:
            file.write(b"".join(self._written))
        self._written.clear()
        self._held = 0

    def _shift(self, by: int) -> None:
        """Move everything written so far behind the header of a new log."""
        for resource in self._index.resources():
            for entry in self._index.entries(resource).values():
                entry[1] += by
        self._end += by

    @property
    def dirty(self) -> bool:
        """Whether there is anything to commit."""
        return (self.revision != self._start_revision or self.meta != self._index.meta
                or any(self.timers.get(*each) != self._index.timers.get(*each) for each in self._touched))

    def commit(self, durable: bool = True) -> None:
        """Make everything since `begin` durable and visible, all of it or nothing. The lock stays held.

        Without `durable` it is safe from a kill, but not from a loss of power.
        """
        if not self.dirty:
            return
        for each in sorted(self._touched):
            if self.timers.get(*each) != self._index.timers.get(*each):
                self._append(_timer(*each, *self.timers.get(*each)))
        self._touched.clear()
        self._append({"commit": self.revision, "meta": json.loads(json.dumps(self.meta))})
        self._spill()
        if durable:
            with open(os.path.join(self.folder, log.LOG), "r+b") as file:
                os.fsync(file.fileno())
        index = self._index
        index.size, self._start_revision = self._end, self.revision
        if index.size - index.live > max(GARBAGE, index.live):
            self._compact()
        self._write_head()
        if index.size - index.checkpoint > SLACK + index.weight:
            self._write_index()

    def _write_head(self) -> None:
        head = {"format": log.FORMAT, "generation": self._index.generation, "size": self._index.size}
        log.write_file(os.path.join(self.folder, log.HEAD), [log.line(head)], durable=False)

    def _write_index(self) -> None:
        index = self._index
        rows = index.pack()
        log.write_file(os.path.join(self.folder, log.INDEX), rows, durable=False)
        index.checkpoint, index.weight = index.size, sum(map(len, rows))

    def _compact(self) -> None:
        """Write a new log with the newest line of each object only."""
        old = self._index
        index = log.Index(old.generation + 1, 0, old.revision, old.meta)
        index.timers = old.timers
        rows = [log.header(index.generation)]
        offset = len(rows[0])
        for resource in old.resources():
            entries = index.entries(resource)
            for key, (revision, start, length, *owners) in old.entries(resource).items():
                rows.append(self._read(start, length))
                entries[key] = [revision, offset, length, *owners]
                offset += length
        for each in index.timers.places():
            rows.append(log.line(_timer(*each, *index.timers.get(*each))))
        rows.append(log.line({"commit": index.revision, "meta": index.meta}))
        index.size, index.live = sum(map(len, rows)), old.live
        self._close_file()
        log.write_file(os.path.join(self.folder, log.LOG), rows, durable=True)
        self._index, self._end = index, index.size

    def replace(self, meta: Object) -> None:
        """Start over at once: no objects, no timers, and `meta`. The lock stays held."""
        index = log.Index(self._index.generation + 1, 0, 0, json.loads(json.dumps(meta)))
        rows = [log.header(index.generation), log.line({"commit": 0, "meta": index.meta})]
        index.size = sum(map(len, rows))
        self._close_file()
        log.write_file(os.path.join(self.folder, log.LOG), rows, durable=True)
        self.exists = True
        self._reset(index)
        self._write_head()

    def rollback(self) -> None:
        """Forget everything since `begin` or the last commit. The lock stays held."""
        followed, self._followed, committed = self._followed, None, self._start_revision
        self._close_file()
        self._reset(log.Index(0, 0))
        self.exists = False
        self.reload()
        if self.exists:
            self._truncate()
        if followed is not None:
            followed[:] = [change for change in followed if int(change[2]["metadata"]["resourceVersion"]) <= committed]
            self._followed = followed

    def _truncate(self) -> None:
        """Cut off what a crash or a rollback left behind the last commit."""
        path = os.path.join(self.folder, log.LOG)
        if os.path.getsize(path) > self._index.size:
            with open(path, "r+b") as file:
                file.truncate(self._index.size)

    def release(self) -> None:
        """Give the lock back; whatever was not committed is gone."""
        if not self.locked:
            return
        if self.dirty or self._written:
            self.rollback()
        self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock.release()
        self._lock, self.locked = None, False

    def _close_file(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def close(self) -> None:
        """Give back lock and files."""
        self.release()
        self._close_file()

    # Watching

    def follow(self) -> builtins.list[Change]:
        """Return what was written since the first call, in the order of revisions: (type, resource, object).

        It tells the writes of this process and, whenever they are read, those that others committed, but for what they
        wrote before they compacted the log. What is rolled back is taken out again.
        """
        if self._followed is None:
            self._followed = []
        return self._followed


def _timer(controller: str, key: str, due: float | None, note: Object | None) -> Object:
    """Return the log's record of a timer."""
    record = {"timer": key, "controller": controller, "due": due}
    return record if note is None else {**record, "note": note}
