"""What a store holds, as of the last commit: objects by resource and key, whose objects they are, and parts. Reading
takes no lock.

Objects that come out are shared: whoever wants to change one clones it first.
"""

from __future__ import annotations

import builtins
import os
from zlib import crc32

from ..go import jsontext
from ..machinery import files
from . import log

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

    from ..machinery.types import Key, Object
    from .asof import Past
    from .blobs import Blobs
    from .log import Entry

    Family = tuple[str, str]  # a resource, and the UID of an owner or what `orphans_of` gives

BATCH = 256             # objects that are decoded at once
READ = 2048             # lines that are read at once, of those that are kept
PASSING = 1024          # fleeting objects that are kept in memory


def orphans_of(namespace: str) -> str:
    """Return the name of the family of a namespace's objects without a controller."""
    return namespace + "/"


def is_orphan(entry: Entry) -> bool:
    """Tell whether an object has no controller, by its entry in the index."""
    return len(entry) < 5 or not entry[4]


class Families:
    """Families by name. They are kept up with every change, so that asking again costs no search."""

    def __init__(self) -> None:
        self._members: dict[Family, dict[Key, Object]] = {}
        self._unordered: set[Family] = set()

    def knows(self, resource: str) -> bool:
        """Tell whether somebody has asked for a family of a resource."""
        return any(family[0] == resource for family in self._members)

    def get(self, family: Family) -> list[Object] | None:
        """Return the objects of a family in the order of their keys, None where nobody has asked for it yet."""
        members = self._members.get(family)
        if members is None:
            return None
        if family in self._unordered:
            self._unordered.discard(family)
            members = self._members[family] = dict(sorted(members.items()))
        return [*members.values()]

    def keep(self, family: Family, members: Iterable[tuple[Key, Object]]) -> list[Object]:
        """Remember the keys and objects of a family, which come in order; returns the objects."""
        self._members[family] = kept = dict(members)
        return [*kept.values()]

    def change(self, resource: str, key: Key, before: Entry, after: Entry, obj: Object) -> None:
        """Take in a change of one object; `before` and `after`: its entries, empty where it was not or is not."""
        if not self._members:
            return
        home = orphans_of(key.rpartition("/")[0])
        now = {*after[4:], home if after and is_orphan(after) else ""}
        for name in {*before[4:], *now, home}:
            members = self._members.get((resource, name))
            if members is None:
                continue
            if name not in now:
                members.pop(key, None)
            else:
                if key not in members and members and key < next(reversed(members)):
                    self._unordered.add((resource, name))
                members[key] = obj


class Reader:
    """The objects and parts that an index tells of, in the log of `folder`.

    `fleeting`: the resource whose objects are many and seldom read again: only the last of them are kept in memory.
    """

    def __init__(self, folder: str, fleeting: str = ""):
        self.folder, self._fleeting = folder, fleeting
        self.exists = False
        self.locked = False                 # whether what is in memory may be more than what is committed
        self._file: BinaryIO | None = None  # the log, to read it
        self._index = log.Index(0, 0)
        self._blobs: Blobs | None = None
        self._forget()

    def _forget(self) -> None:
        """Drop the objects that are in memory."""
        self._cache: dict[str, dict[str, Object]] = {}
        self._families = Families()
        self._passing: dict[str, None] = {}  # keys of fleeting objects in memory
        self._dropped: set[str] = set()      # resources of which what was in memory was dropped to save some
        self._wanted: set[str] = set()       # those among them that were listed again

    @property
    def path(self) -> str:
        """The log."""
        return os.path.join(self.folder, log.LOG)

    @property
    def index(self) -> log.Index:
        """Where everything stands that is committed, for who reads the log itself; not within a transaction."""
        return self._index

    # Objects

    def get(self, resource: str, key: str) -> Object | None:
        """Return an object or None."""
        cache = self._cache.setdefault(resource, {})
        obj = cache.get(key)
        if obj is None:
            entry = self._index.entries(resource).get(key)
            if entry is None:
                return None
            obj, = self._decode(self._lines([entry]))
            cache[key] = obj
            if resource == self._fleeting:
                self._let_pass(key)
        return obj

    def keys(self, resource: str, namespace: str = "") -> builtins.list[str]:
        """Return the keys of a resource in order, of one namespace or of all."""
        return [key for key, _ in self._entries(resource, namespace)]

    def has_few(self, resource: str) -> bool:
        """Tell whether a resource has so few objects that all of their keys are looked at in no time."""
        return self._index.entries(resource).is_short

    def keys_like(self, resource: str, prefix: str) -> builtins.list[str]:
        """Return the keys of a resource that begin with a prefix, in order."""
        return [key for key, _ in self._index.entries(resource).items(prefix)]

    def _entries(self, resource: str, namespace: str) -> Iterator[tuple[str, log.Entry]]:
        return self._index.entries(resource).items(namespace and namespace + "/")

    def list(self, resource: str, namespace: str = "") -> builtins.list[Object]:
        """Return the objects of a resource in the order of their keys."""
        entries = [*self._entries(resource, namespace)]
        return self._objects(resource, entries) if entries else []

    def transactions(self) -> Iterator[tuple[builtins.list[Object], int]]:
        """Yield what is committed and still in the log (history.kept): records of rv, type, resource, key, object."""
        from . import history

        if self.exists:
            with open(self.path, "rb") as file:
                yield from history.kept(self._index, file)

    def as_of(self, resource: str, revision: int) -> Past:
        """Return what is known of a resource at a revision that was committed."""
        from . import asof

        return asof.Past(self._log(), self._index.size, resource, revision)

    def each(self, resource: str, namespace: str = "", start: str = "") -> Iterator[Object]:
        """Yield what `list` returns, from the key `start` on. Outside a transaction only some of it is held in memory
        at a time."""
        entries = [entry for entry in self._entries(resource, namespace) if entry[0] >= start]
        if self.locked or resource in self._cache or len(entries) <= BATCH:
            return iter(self._objects(resource, entries))
        return (obj for i in range(0, len(entries), READ) for _, obj in self._decoded(entries[i:i + READ]))

    def _objects(self, resource: str, entries: builtins.list[tuple[str, log.Entry]]) -> builtins.list[Object]:
        """Return the objects of some keys and their entries."""
        cache = self._cache.setdefault(resource, {})
        missing = sorted((each for each in entries if each[0] not in cache), key=lambda each: each[1][1])
        if missing and resource in self._dropped:
            self._wanted.add(resource)
        for start in range(0, len(missing), READ):
            decoded = self._decoded(missing[start:start + READ])
            if len(missing) > READ:
                from .sharing import Sharing

                decoded = Sharing().each(decoded)
            cache.update(decoded)
        return [cache[key] for key, _ in entries]

    def _decoded(self, entries: builtins.list[tuple[str, log.Entry]]) -> Iterator[tuple[str, Object]]:
        """Yield keys and objects: all lines are read at once, and decoded a batch at a time."""
        placed = sorted(entries, key=lambda each: each[1][1])
        lines = dict(zip((key for key, _ in placed), self._lines([entry for _, entry in placed])))
        for start in range(0, len(entries), BATCH):
            keys = [key for key, _ in entries[start:start + BATCH]]
            yield from zip(keys, self._decode([lines[key] for key in keys]))

    def owned(self, resource: str, uid: str) -> builtins.list[Object]:
        """Return the objects of a resource that have the owner `uid`, in the order of their keys.

        Of events, those about the object with that UID.
        """
        found = self._families.get((resource, uid))
        if found is None:
            table = self._index.entries(resource)
            places = self._index.owned(uid, resource)
            found = self._family((resource, uid), [(key, table.get(key)) for _, key in places])
        return found

    def holds(self, resource: str, name: str) -> bool:
        """Tell whether any object of a resource is found by one of log.names_of; none is decoded for that."""
        return bool(self._index.owned(name, resource))

    def named(self, resource: str, name: str) -> builtins.list[Object]:
        """Return the objects of a resource that are found by one of log.names_of, in the order of their keys."""
        return [obj for _, key in self._index.owned(name, resource) if (obj := self.get(resource, key)) is not None]

    def owning(self, uid: str) -> builtins.list[str]:
        """Return the resources that have objects with the owner `uid`."""
        return sorted({resource for resource, _ in self._index.owned(uid)})

    def orphans(self, resource: str, namespace: str) -> builtins.list[Object]:
        """Return the objects of a namespace that have no controller, in the order of their keys."""
        family = resource, orphans_of(namespace)
        found = self._families.get(family)
        if found is None:
            found = self._family(family, [each for each in self._entries(resource, namespace)
                                          if is_orphan(each[1])])
        return found

    def _family(self, family: tuple[str, str],
                entries: builtins.list[tuple[str, log.Entry]]) -> builtins.list[Object]:
        objects = self._objects(family[0], entries)
        if family[0] == self._fleeting:
            return objects
        return self._families.keep(family, zip((key for key, _ in entries), objects))

    def has(self, resource: str, namespace: str = "") -> bool:
        """Tell whether a resource has any objects, in a namespace or at all."""
        return any(True for _ in self._entries(resource, namespace))

    def resources(self) -> builtins.list[str]:
        """Return the names of the resources that have objects."""
        return self._index.resources()

    def _log(self) -> BinaryIO:
        """Return the open log that the index is about, even if another has taken its place meanwhile."""
        if self._file is None:
            self._file = open(self.path, "rb")
        return self._file

    def read(self, offset: int, length: int) -> bytes:
        """Return bytes of the log."""
        file = self._log()
        try:
            file.seek(offset)
            return file.read(length)
        except OSError as error:
            raise files.named(error, self.path) from None

    def _lines(self, entries: builtins.list[log.Entry]) -> builtins.list[memoryview]:
        """Read the lines of some entries, which stand in the order of their offsets, and check them."""
        if not entries:
            return []
        first, end = entries[0][1], entries[-1][1] + entries[-1][2]
        if end - first < 4 * sum(entry[2] for entry in entries) + log.SLACK:
            block = memoryview(self.read(first, end - first))
            lines = [block[entry[1] - first:entry[1] - first + entry[2]] for entry in entries]
        else:
            lines = [memoryview(self.read(entry[1], entry[2])) for entry in entries]
        for row, entry in zip(lines, entries):
            if crc32(row) != entry[3]:
                raise log.Damaged(self.path, f" at byte {entry[1]}")
        return lines

    def _decode(self, lines: builtins.list[memoryview]) -> builtins.list[Object]:
        """Return the objects of some lines; decoded together they share the strings of their fields' names."""
        return [record["object"] for record in jsontext.loads(b"[%b]" % b",".join(lines))]

    # Parts: JSON objects by name that are none of the API's, such as the state of what runs in containers

    def part(self, name: str) -> Object | None:
        """Return a part or None; it is not kept in memory."""
        return next(iter(self._parts([name]).values()), None)

    def parts(self, prefix: str = "") -> dict[str, Object]:
        """Return the parts whose names begin with `prefix`."""
        return self._parts(self.part_names(prefix))

    def part_names(self, prefix: str = "") -> builtins.list[str]:
        """Return their names, in order; nothing is read for that but the index."""
        return [name for name, _ in self._index.parts.items(prefix)]

    @property
    def has_parts(self) -> bool:
        """Whether there are any."""
        return bool(self._index.parts)

    def _parts(self, names: builtins.list[str]) -> dict[str, Object]:
        table = self._index.parts
        placed = sorted(((name, entry) for name in names if (entry := table.get(name)) is not None),
                        key=lambda each: each[1][1])
        lines = self._lines([entry for _, entry in placed])
        records = jsontext.loads(b"[%b]" % b",".join(lines))
        return {name: record["value"] for (name, _), record in zip(placed, records)}

    @property
    def blobs(self) -> Blobs:
        """What parts name by its hash."""
        if self._blobs is None:
            from .blobs import Blobs

            self._blobs = Blobs(self.folder)
        return self._blobs

    def lost_blobs(self) -> builtins.list[str]:
        """Return the names of blobs that parts name, and that are not there as they were written."""
        return self.blobs.lost(self._index)

    def _let_pass(self, key: str) -> None:
        """Keep only the last fleeting objects in memory; the log has them all."""
        self._passing[key] = None
        if len(self._passing) > PASSING:
            first = next(iter(self._passing))
            del self._passing[first]
            self._cache[self._fleeting].pop(first, None)


# The state of the last commit


def load(folder: str) -> tuple[log.Index, BinaryIO] | None:
    """Read the state of the last commit: (Index, the open log); None where there is no store yet.

    Raises StoreError when the log is damaged, shorter than what was committed, or of a newer format.
    """
    for attempt in range(3):
        try:
            return _open(folder)
        except log.Damaged:
            # Perhaps it was read while a writer cut off what a crash had left: what is really damaged stays so.
            if attempt == 2:
                raise
    raise AssertionError


def _open(folder: str) -> tuple[log.Index, BinaryIO] | None:
    path = os.path.join(folder, log.LOG)
    committed = committed_size(folder)
    try:
        file = open(path, "rb")
    except FileNotFoundError:
        if committed is not None:
            raise log.Damaged(path, f": it is missing, though {log.HEAD} beside it tells of it") from None
        return None
    try:
        index = _load(folder, path, file, committed)
    except BaseException as problem:
        file.close()
        if isinstance(problem, OSError):
            raise files.named(problem, path) from None
        raise
    if index is None:
        file.close()
        return None
    return index, file


def _load(folder: str, path: str, file: BinaryIO, committed: tuple[int, int] | None) -> log.Index | None:
    first = file.readline(log.LONGEST_HEADER)
    if committed is None and not first.strip(b"\0"):
        return None  # made by a command that lost power before it had written anything
    generation, form = log.read_header(path, first)
    size = committed[1] if committed is not None and committed[0] == generation else 0
    index = _indexed(folder, generation, file) if form >= log.SEALED else None
    if index is None:
        index = log.Index(generation, len(first), crc=crc32(first))
        index.format = form
    end = os.fstat(file.fileno()).st_size  # after the size it is compared with: another process may be appending
    if end < size:
        raise log.Damaged(path, f": it has {end} bytes and should have {size}")
    file.seek(index.size)
    scan = log.Scan(index.size, index.crc)
    for transaction in scan.read(file) if form >= log.SEALED else _whole(path, file, index.size):
        for offset, row in transaction:
            try:
                index.apply(jsontext.loads(row), offset, row)
            except (ValueError, KeyError, TypeError, AttributeError):
                raise log.Damaged(path, f" at byte {offset}") from None
        index.size, index.crc = offset + len(row), scan.crc
    if scan.damage is not None and (scan.goes_on or size > scan.damage):
        raise log.Damaged(path, f" at byte {scan.damage}")
    if index.size < size:
        raise log.Damaged(path, f" after byte {index.size}")
    return index


def _indexed(folder: str, generation: int, file: BinaryIO) -> log.Index | None:
    """Return what index.json tells of a log, None where it tells of another one."""
    path, packed = os.path.join(folder, log.LOG), _slurp(os.path.join(folder, log.INDEX))
    if packed is None:
        return None
    index = log.Index.unpack(packed, lambda: _scanned(path, file, generation, size, crc))
    if index is None or index.generation != generation:
        return None
    size, crc = index.size, index.crc
    end = log.end_of(index.crc)
    file.seek(index.size - len(end))
    return index if file.read(len(end)) == end else None


def _whole(path: str, file: BinaryIO, offset: int) -> Iterator[list[tuple[int, bytes]]]:
    from . import scanning

    return scanning.whole(path, file, offset)


def _scanned(path: str, file: BinaryIO, generation: int, size: int, crc: int) -> log.Index:
    from . import scanning

    return scanning.scanned(path, file, generation, size, crc)


def _slurp(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None


def committed_size(folder: str) -> tuple[int, int] | None:
    """Return (generation, bytes that are committed) as head.json tells them, None where it tells nothing."""
    row = _slurp(os.path.join(folder, log.HEAD))
    try:
        head = jsontext.loads(row or b"")
        if head["format"] >= log.SEALED and not log.seal_of(row or b"")[1]:
            return None
        return int(head["generation"]), int(head["size"])
    except (ValueError, KeyError, TypeError):
        return None
