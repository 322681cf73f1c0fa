"""The log: one JSON document a line, appended only, and the index that finds an object in it.

A cluster's folder holds `objects.jsonl` (the truth), `head.json` (how much of it is known to be committed) and
`index.json` (where each object's newest line stands; made anew from the log whenever it is missing or does not fit).

Lines of the log:
    {"kubesim": "store", "format": 1, "generation": G}                               the first one
    {"rv": N, "type": "ADDED|MODIFIED|DELETED", "resource": R, "key": K, "object": {}}    one write
    {"timer": KEY, "controller": NAME, "due": SECONDS | null, "note": {} | null}         a timer and a note
    {"commit": N, "meta": {}}                                                            what stands before it holds
What follows the last commit line never happened: a crash leaves nothing but such a tail.

Format 1, of kubesim 0.1, has timers as {"timer": "NAME KEY", "due": SECONDS | null}. It is read; the first write brings
the log to the newest format.
"""

from __future__ import annotations

import json
import os

from .timers import Timers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, BinaryIO, TypeAlias

    from ..machinery.types import Key, Object

    Entry: TypeAlias = list[Any]

FORMAT = 2
_READABLE = (1, FORMAT)
LOG, HEAD, INDEX = "objects.jsonl", "head.json", "index.json"
_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


class StoreError(Exception):
    """The store cannot be used as it is on disk; nothing was changed."""


def line(record: Object) -> bytes:
    """Encode one record as a line of the log."""
    return _encode(record).encode("utf-8", "surrogatepass") + b"\n"


def write_file(path: str, chunks: Iterable[bytes], durable: bool) -> None:
    """Replace a file atomically with the concatenation of `chunks` (bytes), mode 0600."""
    temporary = f"{path}.tmp"
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(fd, "wb") as file:
        for chunk in chunks:
            file.write(chunk)
        if durable:
            file.flush()
            os.fsync(file.fileno())
    for attempt in range(100):
        try:
            return os.replace(temporary, path)
        except PermissionError:  # Windows: a reader has the old file open for a moment
            if os.name != "nt" or attempt == 99:
                raise
            import time

            time.sleep(0.01)


class Index:
    """Where everything stands: `entries(resource)` maps a key to [revision, offset, length] of its newest line.

    An entry of an object with ownerReferences goes on with their UIDs: the controller's first ("" for none), then the
    others', so that nobody has to decode objects to find out whose they are.
    """

    def __init__(self, generation: int, size: int, revision: int = 0, meta: Object | None = None):
        self.generation, self.size, self.revision, self.meta = generation, size, revision, meta or {}
        self.format = FORMAT  # of the log
        self.timers = Timers()
        self.checkpoint = 0  # size of the log when the index was last written
        self.weight = 0      # bytes of the index file, to weigh writing it against scanning the log's tail
        self.live = 0        # bytes of the lines that entries point to
        self._entries: dict[str, dict[Key, Entry]] = {}
        self._packed: dict[str, bytes] = {}

    def entries(self, resource: str) -> dict[Key, Entry]:
        """Return the entries of one resource; they are only decoded when asked for."""
        found = self._entries.get(resource)
        if found is None:
            packed = self._packed.pop(resource, None)
            found = self._entries[resource] = json.loads(packed) if packed else {}
        return found

    def resources(self) -> list[str]:
        """Return the resources that have, or had, objects, in order."""
        return sorted({*self._entries, *self._packed})

    def apply(self, record: Object, offset: int, length: int) -> None:
        """Take in one log record that stands at `offset`."""
        if "rv" in record:
            entries = self.entries(record["resource"])
            old = entries.pop(record["key"], None)
            if old is not None:
                self.live -= old[2]
            if record["type"] != "DELETED":
                owners = record["object"]["metadata"].get("ownerReferences")
                entries[record["key"]] = [record["rv"], offset, length, *(_uids(owners) if owners else ())]
                self.live += length
        elif "timer" in record:
            controller, key = record.get("controller"), record["timer"]
            if controller is None:
                controller, _, key = key.partition(" ")  # format 1
            self.timers.set(controller, key, record["due"], record.get("note"))
        elif "commit" in record:
            self.revision, self.meta = record["commit"], record["meta"]

    def pack(self) -> list[bytes]:
        """Encode the index file: a line for the whole, then one per resource."""
        head = {"format": FORMAT, "generation": self.generation, "size": self.size, "live": self.live,
                "revision": self.revision, "meta": self.meta,
                "timers": self.timers.due, "notes": self.timers.notes}
        rows = [line(head)]
        for resource in self.resources():
            packed = self._packed.get(resource)
            body = packed if packed is not None else _encode(self._entries[resource]).encode()
            if body != b"{}":
                rows.append(resource.encode() + b" " + body + b"\n")
        return rows

    @classmethod
    def unpack(cls, data: bytes) -> Index | None:
        """Decode an index file; None where it is not one."""
        rows = data.split(b"\n")
        try:
            head = json.loads(rows[0])
            if head["format"] != FORMAT or rows.pop() != b"":
                return None
            index = cls(head["generation"], head["size"], head["revision"], head["meta"])
            index.timers, index.live = Timers(head["timers"], head["notes"]), head["live"]
            for row in rows[1:]:
                resource, packed = row.split(b" ", 1)
                index._packed[resource.decode()] = packed
        except (ValueError, KeyError, TypeError):
            return None
        index.checkpoint, index.weight = index.size, len(data)
        return index


def _uids(owners: list[Object]) -> list[str]:
    controllers = [owner["uid"] for owner in owners if owner.get("controller")]
    return [controllers[0] if controllers else "", *(o["uid"] for o in owners if o["uid"] not in controllers[:1])]


def header(generation: int) -> bytes:
    """Return the first line of a log."""
    return line({"kubesim": "store", "format": FORMAT, "generation": generation})


def read_header(path: str, first: bytes) -> tuple[int, int]:
    """Check the log's first line and return (generation, format)."""
    try:
        found = json.loads(first)
        if found["kubesim"] != "store":
            raise KeyError
        generation, form = found["generation"], found["format"]
    except (ValueError, KeyError, TypeError):
        raise StoreError(f"{path} is damaged: its first line is not a kubesim store's; nothing was changed") from None
    if form not in _READABLE:
        raise StoreError(f"{path} was written by a newer kubesim (store format {form}, this one knows {FORMAT}); "
                         "nothing was changed")
    return generation, form


def load(folder: str) -> tuple[Index, BinaryIO] | None:
    """Read the state of the last commit: (Index, the open log); None where there is no store yet.

    Raises StoreError when the log is damaged, shorter than what was committed, or of a newer format.
    """
    path = os.path.join(folder, LOG)
    try:
        log = open(path, "rb")
    except FileNotFoundError:
        if os.path.exists(os.path.join(folder, HEAD)):
            raise StoreError(f"{path} is missing, though {HEAD} beside it tells of one; nothing was changed") from None
        return None
    try:
        return _load(folder, path, log), log
    except BaseException:
        log.close()
        raise


def _load(folder: str, path: str, log: BinaryIO) -> Index:
    generation, form = read_header(path, log.readline(4096))
    index = None
    packed = _slurp(os.path.join(folder, INDEX))
    if packed is not None:
        index = Index.unpack(packed)
    if index is None or index.generation != generation:
        index = Index(generation, log.tell())
        index.format = form
    committed = _committed(folder, generation)
    end = log.seek(0, os.SEEK_END)  # after the sizes it is compared with: another process may be appending
    if end < max(index.size, committed):
        raise StoreError(f"{path} is damaged: it has {end} bytes and should have {max(index.size, committed)}; "
                         "nothing was changed")
    log.seek(index.size)
    _scan(path, index, log.read())
    if index.size < committed:
        raise StoreError(f"{path} is damaged after byte {index.size}; nothing was changed")
    return index


def _slurp(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None


def _committed(folder: str, generation: int) -> int:
    """Return how many bytes head.json says are committed; 0 where it says nothing of this generation."""
    try:
        head = json.loads(_slurp(os.path.join(folder, HEAD)) or b"{}")
        return head["size"] if head.get("generation") == generation else 0
    except (ValueError, KeyError, TypeError, AttributeError):
        return 0


def _scan(path: str, index: Index, tail: bytes) -> None:
    """Take the committed part of the log's tail into the index."""
    rows = tail.split(b"\n")
    rows.pop()  # empty, or a line that a crash cut short
    while rows and not rows[-1].startswith(b'{"commit":'):
        rows.pop()
    offset = index.size
    for row in rows:
        try:
            record = json.loads(row)
        except ValueError:
            raise StoreError(f"{path} is damaged at byte {offset}; nothing was changed") from None
        index.apply(record, offset, len(row) + 1)
        offset += len(row) + 1
    index.size = offset


def records(folder: str, generation: int, start: int, end: int) -> Iterator[Object]:
    """Yield the committed writes between two sizes of the log; nothing where it has been compacted since."""
    with open(os.path.join(folder, LOG), "rb") as log:
        if read_header(folder, log.readline(4096))[0] != generation:
            return
        log.seek(start)
        for row in log.read(end - start).splitlines():
            record = json.loads(row)
            if "rv" in record:
                yield record
