"""The store: objects by resource and key, with revisions, transactions and timers.

Reading (reading.py) sees the last commit and takes no lock. Writing begins a transaction, which holds the cluster's
lock until it is committed or rolled back.
"""

from __future__ import annotations

import builtins
import os
from zlib import crc32

from ..go import jsontext
from ..machinery import files
from . import log, timers
from .reading import Reader, committed_size, load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeAlias

    from ..machinery.types import Object
    from .late import Late
    from .lock import Lock

    Change: TypeAlias = tuple[str, str, Object]  # type, resource, object

SPILL = 1 << 22    # bytes of uncommitted lines that are kept in memory
GARBAGE = 1 << 20  # bytes of outdated lines below which the log is never compacted
MANY = 2048        # objects of one resource that are kept in memory, once one of them is written


class Store(Reader):
    """One cluster's objects in `folder`, which need not exist yet.

    `tell` is called with a line for the user about what is no failure: a wait for another process, and what could not
    be done after a commit, which stands whatever happens then. `fleeting`: see Reader.
    """

    def __init__(self, folder: str, tell: Callable[[str], object] = lambda text: None, fleeting: str = ""):
        super().__init__(folder, fleeting)
        self.tell = tell
        self.lasting = True  # whether what is committed has to outlast a loss of power
        self._followed: builtins.list[Change] | None = None
        self._lock: Lock | None = None
        self._tail: int | None = None  # the log, to write to it; within a transaction
        self._header = log.header(0)   # what a new log begins with
        self._reset(log.Index(0, 0))
        self.reload()

    def _reset(self, index: log.Index) -> None:
        self._index = index
        self.revision = index.revision
        self.meta: Object = jsontext.copied(index.meta)
        self.timers = index.timers.copy()
        self._forget()
        self._written: builtins.list[bytes] = []
        self._held = 0               # bytes in _written
        self._late: Late | None = None  # what is written to the log when the next line is, or with the commit
        if not index.size:
            index.size, index.crc = len(self._header), crc32(self._header)
        self._end = index.size       # where the next line will stand
        self._crc = index.crc        # of the log up to there
        self._touched: set[tuple[str, str]] = set()  # timers, by controller and key
        self._parted = False         # whether parts were written
        self._blobs = None
        self._start_revision = index.revision

    def reload(self) -> bool:
        """Read what is committed now; returns whether that differs from what was known."""
        if self._unchanged():
            return False
        loaded = load(self.folder)
        if loaded is None:
            return False
        index, file = loaded
        same = self.exists and (index.generation, index.size, index.crc) == (
            self._index.generation, self._index.size, self._index.crc)
        self.exists = True
        if same:
            files.let_go(file)
            return False
        known, before = self._index, self._file
        self._file = None
        try:
            if self._followed is not None:
                from . import history

                self._followed += [(record["type"], record["resource"], record["object"])
                                   for record in history.between(known, before, index, file)]
        except OSError as error:
            files.let_go(file)
            raise files.named(error, self.path) from None
        finally:
            files.let_go(before)
        self._file = file
        self._reset(index)
        return True

    def _unchanged(self) -> bool:
        """Tell whether the log is the very file that has been read, ends where it did and with the same commit.

        A commit that could not be synced is taken back, and the next may be as long.
        """
        if self._file is None:
            return False
        try:
            known, found = os.fstat(self._file.fileno()), os.stat(self.path)
            if not os.path.samestat(known, found) or found.st_size != self._index.size:
                return False
            end = log.end_of(self._index.crc)
            self._file.seek(self._index.size - len(end))
            return self._file.read(len(end)) == end
        except OSError:
            return False

    def read(self, offset: int, length: int) -> bytes:
        """Return bytes of the log, whether they are committed or not."""
        if offset + length > self._end - self._held:
            self._spill()
        return super().read(offset, length)

    # Writing

    def begin(self, wait: bool = True) -> bool:
        """Take the lock and read what is committed now; returns whether that differs from what was known.

        Without `wait` it leaves the lock to a process that has it, and `locked` as it is.
        """
        if self.locked:
            return False
        from .lock import Lock

        lock = Lock(os.path.join(self.folder, "lock"), tell=self.tell)
        if not lock.acquire(wait):
            return False
        self._lock, self.locked = lock, True
        try:
            changed = self.reload()
            if self.exists:
                if self._index.format != log.FORMAT:
                    from .rewriting import bring_forward

                    bring_forward(self)
                else:
                    self._truncate(self._index.size)
        except BaseException:
            self._unlock()
            raise
        return changed

    def hold_still(self) -> None:
        """Raise StoreError where the folder is not the one any more that this process has locked."""
        if self._lock is None or not self._lock.holds():
            raise log.StoreError(f"{self.folder} was removed or made anew while this command ran; nothing was changed")

    def put(self, type_: str, resource: str, key: str, obj: Object, history: bool = True) -> None:
        """Write an object under the next revision, which its metadata.resourceVersion is set to.

        `type_`: ADDED, MODIFIED or DELETED; a deleted object's last state is kept in the log for watchers, unless
        nobody will ask for the write as such: without `history` only what comes of it is stored (late.py).
        """
        assert self.locked, "a write outside a transaction"
        self.revision += 1
        obj["metadata"]["resourceVersion"] = str(self.revision)
        record = {"rv": self.revision, "type": type_, "resource": resource, "key": key, "object": obj}
        if history or resource == self._fleeting:
            before, after = self._append(record)
        else:
            if self._late is None:
                from .late import Late

                self._late = Late()
            self._late.take(record)
            before, after = self._index.apply(record, -1, b"")
        self._families.change(resource, key, before, after, obj)
        cache = self._cache.setdefault(resource, {})
        if type_ == "DELETED":
            cache.pop(key, None)
        else:
            cache[key] = obj
            if resource == self._fleeting:
                self._let_pass(key)
            elif len(cache) > MANY and resource not in self._wanted and not self._families.knows(resource):
                cache.clear()  # families would hold them all the same, and what lists them for each write is slow
                self._dropped.add(resource)
        if self._followed is not None:
            self._followed.append((type_, resource, obj))

    def set_part(self, name: str, value: Object | None, blobs: builtins.list[str] | None = None) -> None:
        """Write a part, or drop it with None. `blobs`: hashes of what it names; see Blobs.add."""
        assert self.locked, "a write outside a transaction"
        if value is None and self._index.parts.get(name) is None:
            return
        record: Object = {"part": name, "value": value}
        if blobs:
            record["blobs"] = blobs
        self._append(record)
        self._parted = True

    def set_timer(self, controller: str, key: str, due: float | None, note: Object | None = None) -> None:
        """Set a timer and a note, or drop them with None; `due` in seconds since 1970."""
        if self.timers.get(controller, key) != (due, note):
            self.timers.set(controller, key, due, note)
            self._touched.add((controller, key))

    def _append(self, record: Object) -> tuple[log.Entry, log.Entry]:
        """Write a record; returns what Index.apply does."""
        if self._late:
            for each in self._late.drain():
                self._append_now(each)
        return self._append_now(record)

    def _append_now(self, record: Object) -> tuple[log.Entry, log.Entry]:
        row = log.line(record)
        entries = self._index.apply(record, self._end, row)
        self._crc = crc32(row, self._crc)
        self._hold(row)
        return entries

    def _hold(self, row: bytes) -> None:
        self._written.append(row)
        self._end += len(row)
        self._held += len(row)
        if self._held > SPILL:
            self._spill()

    def _spill(self) -> None:
        """Write held-back lines behind the committed part of the log, where they do not count yet."""
        if not self._written:
            return
        if self._tail is None:
            self.hold_still()
            if not self.exists:
                files.replace(self.path, [self._header], durable=False)  # the commit makes it last
                self.exists = True
            self._open_tail()
        assert self._tail is not None
        try:
            files.write_all(self._tail, b"".join(self._written))
        except OSError as error:
            error.filename = self.path
            raise
        self._written.clear()
        self._held = 0

    def _open_tail(self) -> None:
        flags = os.O_RDWR | os.O_APPEND | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
        self._tail = os.open(self.path, flags)

    @property
    def committed(self) -> int:
        """The revision of the last commit."""
        return self._start_revision

    @property
    def dirty(self) -> bool:
        """Whether there is anything to commit."""
        return (self.revision != self._start_revision or self._parted or self.meta != self._index.meta
                or any(self.timers.get(*each) != self._index.timers.get(*each) for each in self._touched))

    def commit(self, durable: bool = True, command: Object | None = None) -> None:
        """Make everything since `begin` durable and visible, all of it or nothing. The lock stays held.

        Without `durable` it is safe from a kill, but not from a loss of power. `command`: which command does that, as
        the first of what it commits; see past.py. Raises OSError or StoreError where nothing was written; what fails
        afterwards is only told.
        """
        if not self.dirty:
            return
        for record in self._late.drain() if self._late else ():
            self._append_now(record)
        for each in sorted(self._touched):
            if self.timers.get(*each) != self._index.timers.get(*each):
                self._append(timers.record_of(*each, *self.timers.get(*each)))
        self._touched.clear()
        index = self._index
        seal = {"commit": self.revision, "meta": jsontext.copied(self.meta)}
        if command:
            seal["command"] = command
        index.apply(seal, self._end, b"")
        row, self._crc = log.sealed(seal, self._crc)
        try:
            self.hold_still()
            if self._blobs is not None:
                self._blobs.write()
            self._hold(row)
            self._spill()
            if durable:
                self._sync()
        except OSError as error:
            self.rollback()
            error.filename = error.filename or self.path
            raise
        index.size, index.crc, self._start_revision = self._end, self._crc, self.revision
        self._parted = False
        try:
            if index.size - index.live > max(GARBAGE, index.live):
                from .rewriting import compact

                self._forget()  # of thousands of objects there would be too much in memory beside what follows
                compact(self)
            if durable:
                self.write_head()
                if self._index.outdated:
                    self._write_index()
        except (OSError, log.StoreError) as error:
            self.tell(f"Warning: what was done is stored, but not all of the housekeeping behind it: "
                       f"{files.told(error)}\n")

    def _sync(self) -> None:
        """Make the log last, and its name too where no commit has done that yet, as head.json would tell."""
        if not self.lasting:
            return
        assert self._tail is not None
        os.fsync(self._tail)
        committed = committed_size(self.folder)
        if committed is None or committed[0] != self._index.generation:
            files.sync_folder(self.folder)
            above = self.folder
            try:
                for _ in ("clusters", "kubesim's home", "where that is"):
                    above = os.path.dirname(above)
                    files.sync_folder(above)
            except OSError:
                pass

    def write_head(self) -> None:
        """Tell in head.json how much is committed."""
        files.replace(os.path.join(self.folder, log.HEAD), [log.head(self._index.generation, self._index.size)],
                      durable=False)

    def _write_index(self) -> None:
        for name in os.listdir(self.folder):  # what a kill left behind: whoever has the lock is the only one to write
            if name.endswith(files.TEMPORARY):
                os.unlink(os.path.join(self.folder, name))
        index = self._index
        path = os.path.join(self.folder, log.INDEX)
        files.replace(path, index.pack(), durable=False)
        index.checkpoint, index.weight = index.size, os.path.getsize(path)

    def replace(self, meta: Object) -> None:
        """Start over at once: no objects, no timers, and `meta`. The lock stays held."""
        from .rewriting import start_over

        start_over(self, meta)

    def begin_with(self, index: log.Index) -> None:
        """Hold what a log holds that has just come into the place of this one."""
        self.exists = True
        self._reset(index)

    def go_on_with(self, index: log.Index) -> None:
        """Go on with another log, which holds the same; `index` tells where."""
        self._index, self._end, self._crc = index, index.size, index.crc

    def take_over(self, records: Iterable[Object], revision: int, meta: Object) -> None:
        """Have objects, timers and parts be as records of the log say, with the revisions that they tell, and the store
        be at a revision with a meta; what no record is about stays. {"absent": [RESOURCE, KEY]} is a record, too.

        Whoever follows is told of it as of any change. It is part of the transaction, of which it is the whole.
        """
        from .rewriting import changes

        for record in changes(self, records, revision):
            self._append(record)
        self._forget()
        self.revision, self.meta = revision, jsontext.copied(meta)
        self.timers = self._index.timers.copy()
        self._touched.clear()
        self._parted = True

    def rollback(self) -> None:
        """Forget everything since `begin` or the last commit. The lock stays held."""
        followed, self._followed, committed = self._followed, None, self._start_revision
        if self._tail is not None:
            self._truncate(self._index.size)  # a commit that failed may stand behind it
        self.close_file()
        self._reset(log.Index(0, 0))
        self.exists = False
        self.reload()
        if followed is not None:
            followed[:] = [change for change in followed if int(change[2]["metadata"]["resourceVersion"]) <= committed]
            self._followed = followed

    def _truncate(self, size: int) -> None:
        """Cut off what a crash or a rollback left behind the last commit."""
        if self._tail is None:
            if os.path.getsize(self.path) <= size:
                return
            self._open_tail()
        assert self._tail is not None
        os.ftruncate(self._tail, size)

    def release(self) -> None:
        """Give the lock back; whatever was not committed is gone."""
        if not self.locked:
            return
        if self.dirty or self._written:
            self.rollback()
        self._unlock()

    def _unlock(self) -> None:
        self._close_tail()
        if self._lock is not None:
            self._lock.release()
        self._lock, self.locked = None, False

    def close_file(self) -> None:
        """Let go of the log; it is opened again when it is read or written."""
        files.let_go(self._file)
        self._file = None
        self._close_tail()

    def _close_tail(self) -> None:
        if self._tail is not None:
            try:
                os.close(self._tail)
            except OSError:
                pass  # what had to last is synced
            self._tail = None

    def close(self) -> None:
        """Give back lock and files."""
        self.release()
        self.close_file()

    # Watching

    def follow(self) -> builtins.list[Change]:
        """Return what was written since the first call, in the order of revisions: (type, resource, object).

        It tells the writes of this process and, whenever they are read, those that others committed. What is rolled
        back is taken out again.
        """
        if self._followed is None:
            self._followed = []
        return self._followed
