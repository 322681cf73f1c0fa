"""The log: one JSON document a line, appended only, and the index that finds an object in it.

A cluster's folder holds `objects.jsonl` (the truth), `head.json` (how much of it is known to be committed) and
`index.json` (where each object's newest line stands). The latter two are made anew from the log wherever they are
missing, or are not to the last byte what was written for this very log.

Lines of the log:
    {"kubesim": "store", "format": 3, "generation": G}                               the first one
    {"rv": N, "type": "ADDED|MODIFIED|DELETED", "resource": R, "key": K, "object": {}}    one write
    {"timer": KEY, "controller": NAME, "due": SECONDS | null, "note": {} | null}         a timer and a note
    {"part": NAME, "value": {} | null, "blobs": [HASH ...]}      of what is no object; the blobs that it names
    {"commit": N, "meta": {}, "crc": C}                                                  what stands before it holds
C is the CRC-32 of all that stands before it, but for the checksums: each commit vouches for its own lines and for the
commits before it. What follows the last commit line that is right never happened: a crash, a kill or a loss of power
leaves nothing but such a tail.

Formats 1 (of kubesim 0.1, which has timers as {"timer": "NAME KEY", "due": SECONDS | null}) and 2 have no checksums.
They are read; the first write brings the log to the newest format.
"""

from __future__ import annotations

from zlib import crc32

from ..go import jsontext
from .table import Table
from .timers import Timers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, BinaryIO, TypeAlias

    from ..machinery.types import Key, Object

    Entry: TypeAlias = list[Any]

FORMAT = 3
SEALED = 3              # the first format with checksums
INDEX_FORMAT = 4        # what is of another is made anew from the log; 3 did not know what Services hold
_READABLE = (1, 2, FORMAT)
LOG, HEAD, INDEX, BLOBS = "objects.jsonl", "head.json", "index.json", "blobs"
LONGEST_HEADER = 4096
COMMIT = b'{"commit":'
SLACK = 1 << 14          # bytes of log tail that are scanned rather than indexed (13 us a KB; writing the index: 300)
_OWNERS, _PARTS = "owners", "parts"  # beside the resources of the index file; no resource is called so


class StoreError(Exception):
    """The store cannot be used as it is on disk; nothing was changed."""

    fatal = True  # whoever outlives the failures of others is not to outlive this one


class Damaged(StoreError):
    """The log is not what was written."""

    def __init__(self, path: str, what: str):
        super().__init__(f"{path} is damaged{what}; nothing was changed. `kubesim sim doctor` tells what is lost and "
                         "repairs into a new folder, `kubesim sim reset` starts over")


def line(record: Object) -> bytes:
    """Encode one record as a line of the log."""
    return jsontext.encode(record).encode("utf-8", "surrogatepass") + b"\n"


def sealed(record: Object, crc: int = 0) -> tuple[bytes, int]:
    """Encode a record as a line that ends with the checksum of all before; return it and that checksum.

    `crc`: of what stands before the line, as far as it is to be vouched for.
    """
    body = line(record)[:-2]
    crc = crc32(body, crc)
    return body + end_of(crc), crc


def end_of(crc: int) -> bytes:
    """Return how a sealed line ends."""
    return b',"crc":%d}\n' % crc


def seal_of(row: bytes, crc: int = 0) -> tuple[int, bool]:
    """Return the checksum that a sealed line tells (0 for none), and whether it is right."""
    body, _, told = row.rpartition(b',"crc":')
    if not told[:-2].isdigit() or told[-2:] != b"}\n" or len(told) > 12:
        return 0, False
    return int(told[:-2]), crc32(body, crc) == int(told[:-2])


def names_of(resource: str, obj: Object) -> list[str]:
    """Return the names that an object's entry has, by which it is found: the UIDs of its owners, of an event that of
    what it is about, of a Service what it holds, of an EndpointSlice its Service."""
    if resource in ("services", "endpointslices.discovery.k8s.io"):
        from . import held

        more = held.held_by(obj) if resource == "services" else held.names_of_slice(obj)
        return [*(_uids_of(obj) or [""]), *more] if more else _uids_of(obj)
    return _uids_of(obj)


def _uids_of(obj: Object) -> list[str]:
    owners = obj["metadata"].get("ownerReferences")
    if owners:
        if len(owners) == 1:
            return [owners[0]["uid"]] if owners[0].get("controller") else ["", owners[0]["uid"]]
        controllers = [owner["uid"] for owner in owners if owner.get("controller")]
        return [controllers[0] if controllers else "", *(o["uid"] for o in owners if o["uid"] not in controllers[:1])]
    about = obj.get("involvedObject")
    uid = about.get("uid") if about else None
    return ["", uid] if uid else []


class Index:
    """Where everything stands: `entries(resource)` maps a key to [revision, offset, length, CRC] of its newest line.

    An entry of an object with ownerReferences goes on with their UIDs: the controller's first ("" for none), then the
    others', so that nobody has to decode objects to find out whose they are; that of an event with the UID of what it
    is about, that of a Service with the addresses and node ports that it holds, that of an EndpointSlice with its
    Service (held.py). `owned(uid)` finds them by those.
    """

    def __init__(self, generation: int, size: int, revision: int = 0, meta: Object | None = None, crc: int = 0):
        self.generation, self.size, self.revision, self.meta = generation, size, revision, meta or {}
        self.crc = crc       # of the log up to `size`
        self.format = FORMAT  # of the log
        self.timers = Timers()
        self.checkpoint = 0  # size of the log when the index was last written
        self.weight = 0      # bytes of the index file, to weigh writing it against scanning the log's tail
        self.live = 0        # bytes of the lines that entries point to
        self.mended = False  # whether a part of the index file was found not to be what was written
        self._tables: dict[str, Table] = {}
        self._owners = Table()  # `UID RESOURCE KEY` of each owner of each object
        self.parts = Table()    # name -> [0, offset, length, CRC, hash of each blob that it names ...]
        self._anew: Index | None = None

    def entries(self, resource: str) -> Table:
        """Return the entries of one resource; they are only decoded when asked for."""
        found = self._tables.get(resource)
        if found is None:
            found = self._tables[resource] = Table()
        return found

    def owned(self, uid: str, resource: str = "") -> list[tuple[str, Key]]:
        """Return resource and key of the objects that have an owner, of one resource or of all; in order."""
        prefix = f"{uid} {resource} " if resource else f"{uid} "
        found = [row.split(" ", 2) for row, _ in self._owners.items(prefix)]
        return [(name, key) for _, name, key in found]

    def is_owner(self, uid: str, resource: str, key: Key) -> bool:
        """Tell whether the object is found by that owner."""
        return self._owners.get(f"{uid} {resource} {key}") is not None

    def tables(self) -> list[Table]:
        """Return the entries of all objects and of the parts, in the order in which a compacted log has them."""
        return [*(self._tables[name] for name in self.resources()), self.parts]

    @property
    def counts(self) -> tuple[int, int]:
        """How many objects and parts there are, and how many owners of them."""
        return sum(map(len, self.tables())), len(self._owners)

    def resources(self) -> list[str]:
        """Return the resources that have objects, in order."""
        return sorted(name for name, table in self._tables.items() if table)

    def rest(self) -> None:
        """Take as little memory as may be, until the entries are asked for again."""
        for table in (*self._tables.values(), self._owners, self.parts):
            table.rest()

    @property
    def outdated(self) -> bool:
        """Whether the index file is to be written: the log goes on too far behind it, or a part of it is damaged."""
        return self.mended or self.size - self.checkpoint > SLACK + self.weight // 16

    def apply(self, record: Object, offset: int, row: bytes) -> tuple[Entry, Entry]:
        """Take in one log record, whose line `row` stands at `offset`.

        Returns the entries that the object of the record had before and has now, empty where there is none.
        """
        if "rv" in record:
            return self._apply_object(record, offset, row)
        if "timer" in record:
            controller, key = record.get("controller"), record["timer"]
            if controller is None:
                controller, _, key = key.partition(" ")  # format 1
            self.timers.set(controller, key, record["due"], record.get("note"))
        elif "part" in record:
            old = self.parts.pop(record["part"])
            if old is not None:
                self.live -= old[2]
            if record["value"] is not None:
                self.parts.set(record["part"], [0, offset, len(row), crc32(row), *record.get("blobs", ())])
                self.live += len(row)
        elif "commit" in record:
            self.revision, self.meta = record["commit"], record["meta"]
        return [], []

    def _apply_object(self, record: Object, offset: int, row: bytes) -> tuple[Entry, Entry]:
        resource, key = record["resource"], record["key"]
        entries = self.entries(resource)
        new: Entry = []
        if record["type"] == "DELETED":
            old = entries.pop(key) or []
        else:
            new = [record["rv"], offset, len(row), crc32(row), *names_of(resource, record["object"])]
            old = entries.set(key, new) or []
            self.live += len(row)
        if old:
            self.live -= old[2]
        if old[4:] != new[4:]:
            for uid in old[4:]:
                if uid:
                    self._owners.pop(f"{uid} {resource} {key}")
            for uid in new[4:]:
                if uid:
                    self._owners.set(f"{uid} {resource} {key}", 0)
        return old, new

    def pack(self) -> Iterator[bytes]:
        """Yield the index file: a line for the whole, with the checksums of those that follow, and these.

        The others hold entries, in the order of resources and keys: {"RESOURCE":{KEY: entry}}.
        """
        tables = {name: self._tables[name] for name in self.resources()}
        for name, table in ((_OWNERS, self._owners), (_PARTS, self.parts)):
            if table:
                tables[name] = table
        blocks = {name: [*table.pack()] for name, table in tables.items()}
        self.mended = False
        yield sealed({"format": INDEX_FORMAT, "generation": self.generation, "size": self.size, "log": self.crc,
                      "live": self.live, "revision": self.revision, "meta": self.meta,
                      "timers": self.timers.due, "notes": self.timers.notes,
                      "tables": {name: [(first, crc, len(packed)) for first, crc, packed in found]
                                 for name, found in blocks.items()}})[0]
        for name, found in blocks.items():
            for _, _, packed in found:
                yield b'{"%b":%b}\n' % (name.encode(), packed)

    def take_over(self, old: Index) -> None:
        """Have the entries of another index, whose lines stand in this one's log in their order; that one is gone."""
        offset = len(header(self.generation))
        for table in old.tables():
            for entry in table.amended():
                entry[1] = offset
                offset += entry[2]
        self._tables, self._owners, self.parts = old._tables, old._owners, old.parts

    @classmethod
    def unpack(cls, data: bytes, anew: Callable[[], Index] | None = None) -> Index | None:
        """Decode an index file; None where its first line is not one that was written.

        The others are looked at when they are needed. `anew()` then makes the same index from the log, if they are not
        as they were written; without it they must not be read.
        """
        end = data.find(b"\n") + 1
        if not seal_of(data[:end])[1]:
            return None
        try:
            head = jsontext.loads(data[:end])
            if head["format"] != INDEX_FORMAT:
                return None
            index = cls(head["generation"], head["size"], head["revision"], head["meta"], head["log"])
            index.timers, index.live = Timers(head["timers"], head["notes"]), head["live"]
            for name, places in head["tables"].items():
                table = index._tables[name] = Table(index._mender(name, anew))
                for first, crc, length in places:
                    end += len(name.encode()) + 4
                    table.add_packed(first, crc, data[end:end + length])
                    end += length + 2
        except (ValueError, KeyError, TypeError):
            return None
        if end != len(data):
            return None
        index._owners = index._tables.pop(_OWNERS, index._owners)
        index.parts = index._tables.pop(_PARTS, index.parts)
        index.checkpoint, index.weight = index.size, len(data)
        return index

    def _mender(self, name: str, anew: Callable[[], Index] | None) -> Callable[[], Table]:
        """Return a function that gives a table as it is in an index made of the log."""

        def mend() -> Table:
            if self._anew is None:
                assert anew is not None
                self._anew, self.mended = anew(), True
            own = {_OWNERS: self._anew._owners, _PARTS: self._anew.parts}
            return own.get(name) or self._anew.entries(name)

        return mend

    @property
    def sound(self) -> bool:
        """Whether all of the index file is as it was written, as far as it has been unpacked and nothing changed."""
        return all(table.sound for table in (*self._tables.values(), self._owners, self.parts))


def header(generation: int) -> bytes:
    """Return the first line of a log."""
    return line({"kubesim": "store", "format": FORMAT, "generation": generation})


def read_header(path: str, first: bytes) -> tuple[int, int]:
    """Check the log's first line and return (generation, format)."""
    try:
        found = jsontext.loads(first)
        if found["kubesim"] != "store":
            raise KeyError
        generation, form = found["generation"], found["format"]
    except (ValueError, KeyError, TypeError):
        raise Damaged(path, ": its first line is not a kubesim store's") from None
    if form not in _READABLE:
        raise StoreError(f"{path} was written by a newer kubesim (store format {form}, this one knows {FORMAT}); "
                         "nothing was changed. Use that one, or `kubesim sim reset` to start over beside it")
    return generation, form


def head(generation: int, size: int) -> bytes:
    """Return what head.json holds: the log is committed up to `size`, and synced."""
    return sealed({"format": FORMAT, "generation": generation, "size": size})[0]


class Scan:
    """A look at each line of a log with checksums, from a commit on."""

    def __init__(self, start: int, crc: int):
        """`start`: where to begin, behind a commit line; `crc`: of the log up to there."""
        self.crc = crc
        self.damage: int | None = None  # where the first transaction begins that is not as it was written
        self.goes_on = False            # whether a later one is: then it was committed, and damaged afterwards
        self._offset = start

    def read(self, log: BinaryIO) -> Iterator[list[tuple[int, bytes]]]:
        """Yield the lines of each transaction, with their offsets, as long as they are as they were written."""
        for start, rows, good in self.transactions(log):
            if good and self.damage is None:
                yield rows
            elif good:
                self.goes_on = True
            elif self.damage is None:
                self.damage = start

    def transactions(self, log: BinaryIO) -> Iterator[tuple[int, list[tuple[int, bytes]], bool]]:
        """Yield (offset, lines, whether the checksum is right) of each transaction, and of what follows the last."""
        offset = start = self._offset
        crc = self.crc
        rows: list[tuple[int, bytes]] = []
        for row in log:
            rows.append((offset, row))
            offset += len(row)
            if not row.startswith(COMMIT):
                crc = crc32(row, crc)
                continue
            told, good = seal_of(row, crc)
            if good:
                self.crc = told
            yield start, rows, good
            start, rows, crc = offset, [], told
        if rows:
            yield start, rows, False
