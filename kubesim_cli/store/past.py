"""What was before: the previous values of what the last commands have changed, so that they can be undone.

The log has them, in lines that are outdated, until it is compacted. Then they go to a file `past-G.jsonl` of their own,
where G is the generation of the log that they came before:

    {"kubesim": "past", "generation": G}                                         the first line
    a line of the log, or {"absent": [RESOURCE, KEY]}                            what was there before a step
    {"commit": N, "meta": {}, "command": {"did": WORDS, "at": SECONDS}, "crc": C}    before which step that was

A step is a command that changed something, with what time did until the next one. The commit that begins it tells so
(`command`, in the log as here): `did` is what the user said, `at` what the clock showed before, null before there was
anything. One that takes back N steps has "undo": N, one that takes that back "redo": N. So a plain command costs some
bytes of its commit line and no more, and what is kept here is renewed when the log is. The file is whole before the log
of its generation is in its place, and one of another generation counts for nothing.
"""

from __future__ import annotations

import os
import sys
from zlib import crc32

from ..go import jsontext
from ..machinery import files
from . import log as logs
from . import timers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO, TypeAlias

    from ..machinery.types import Object

    Place: TypeAlias = tuple[str, ...]  # ("object", resource, key), ("timer", controller, key) or ("part", name)
    Row: TypeAlias = tuple[BinaryIO, int, int] | None  # where a line stands: file, offset, length; None: nothing was

COMMANDS = 100         # that can be undone
STEPS = 3 * COMMANDS   # that are kept: taking back counts as a step, too
MOST = 64 << 20        # bytes of previous values that are kept


class Step:
    """A command and what came of it: its marker, and revision, meta and previous values from before."""

    def __init__(self, command: Object | None, revision: int, meta: Object):
        """`command`: see above; None where it was time alone that did something, after what no step is known of."""
        self.command, self.revision, self.meta = command, revision, meta
        self.rows: dict[Place, Row] = {}

    def take_in(self, later: Step) -> None:
        """Be this step and a later one."""
        for place, row in later.rows.items():
            self.rows.setdefault(place, row)

    @property
    def size(self) -> int:
        """How many bytes the previous values have."""
        return sum(row[2] if row else len(_absent(place)) for place, row in self.rows.items())


class Past:
    """The steps that are known of the store in `folder`, whose log is as `index` tells; the oldest is the first.

    It holds files open until `close`. Raises OSError or StoreError where the log cannot be read.
    """

    def __init__(self, folder: str, index: logs.Index):
        self._folder, self._index = folder, index
        self._files: list[BinaryIO] = []
        self.steps: list[Step] = []
        if index.format < logs.SEALED:
            return
        try:
            self.steps += self._kept()
            for step in self._of_log():
                if step.command is None and self.steps:
                    self.steps[-1].take_in(step)
                else:
                    self.steps.append(step)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the files."""
        for file in self._files:
            files.let_go(file)
        self._files = []

    def _open(self, path: str) -> BinaryIO:
        file = open(path, "rb")
        self._files.append(file)
        return file

    def _kept(self) -> Iterator[Step]:
        """Yield the steps of the file; none where it is not as it was written."""
        try:
            file = self._open(path_of(self._folder, self._index.generation))
        except FileNotFoundError:
            return
        found: list[Step] = []
        header = _header(self._index.generation)
        if file.read(len(header)) != header:
            return
        for _, rows, good in logs.Scan(len(header), crc32(header)).transactions(file):
            if not good:
                return
            told = jsontext.loads(rows[-1][1])
            step = Step(told["command"], told["commit"], told["meta"])
            for offset, row in rows[:-1]:
                step.rows[_place(row)] = (file, offset, len(row))
            found.append(step)
        yield from found

    def _of_log(self) -> list[Step]:
        """Return the steps since the log was begun."""
        try:
            file = self._open(os.path.join(self._folder, logs.LOG))
        except FileNotFoundError:  # a store that nothing was written to
            return []
        start, before = self._begin(file)
        changed: dict[Place, Place] = {}  # each once in memory, whatever how often it was written
        places = [changed.setdefault(place, place) for place in (
            _place(row) for _, row in self._lines(file, start, self._index.size) if not _is_commit(row))]
        known: dict[Place, Row] = {}
        for offset, row in self._lines(file, len(logs.header(self._index.generation)), start):
            if not _is_commit(row) and (known_as := changed.get(_place(row))):
                known[known_as] = None if _is_deletion(row) else (file, offset, len(row))
        found: list[Step] = []
        written: dict[Place, Row] = {}  # by the transaction that is being read
        upcoming = iter(places)
        for offset, row in self._lines(file, start, self._index.size):
            if not _is_commit(row):
                written[next(upcoming)] = None if _is_deletion(row) else (file, offset, len(row))
                continue
            told = jsontext.loads(row)
            if not found or told.get("command"):
                found.append(Step(told.get("command"), before["commit"], before["meta"]))
            for place in written:
                found[-1].rows.setdefault(place, known.get(place))
            known.update(written)
            written, before = {}, told
        return found

    def _lines(self, file: BinaryIO, start: int, end: int) -> Iterator[tuple[int, bytes]]:
        """Yield the lines of a file between two offsets, each with its own."""
        file.seek(start)
        while start < end and (row := file.readline()):
            yield start, row
            start += len(row)

    def _begin(self, file: BinaryIO) -> tuple[int, Object]:
        """Return where in the log the first of the last steps begins, and the commit before it.

        What a log begins with is no step, unless a command did it.
        """
        start = len(logs.header(self._index.generation))
        begins: list[tuple[int, bytes]] = []
        last = b'{"commit":0,"meta":{}}'
        for offset, row in self._lines(file, start, self._index.size):
            if _is_commit(row):
                if b',"command":{' in row and jsontext.loads(row).get("command"):
                    begins = [*begins[1 - STEPS:], (start, last)]
                start, last = offset + len(row), row
                if not begins:
                    begins.append((start, last))
        start, last = begins[0] if begins else (start, last)
        return start, jsontext.loads(last)

    # What can be done with them

    def undoable(self) -> list[tuple[int, str]]:
        """Return the commands that can be undone, the last at the end: (before which step that leads, its words)."""
        return self._stacks()[0][-COMMANDS:]

    def redoable(self) -> list[tuple[int, str]]:
        """Return the commands that were undone and can be done again, the next one at the end, as `undoable`."""
        return self._stacks()[1]

    def _stacks(self) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
        done: list[tuple[int, str]] = []
        undone: list[tuple[int, str]] = []
        for number, step in enumerate(self.steps):
            command, here = step.command, number
            if command is None:
                continue
            if "undo" not in command and "redo" not in command:
                done.append((here, command["did"]))
                undone = []
            source, target = (done, undone) if "undo" in command else (undone, done)
            for _ in range(command.get("undo") or command.get("redo") or 0):
                if source:  # else it is forgotten, what was taken back here
                    there, did = source.pop()
                    target.append((here, did))
                    here = there
        return done, undone

    def before(self, number: int) -> Step:
        """Return what was before a step: as the step itself, with the previous values of all that changed since."""
        first = self.steps[number]
        found = Step(first.command, first.revision, first.meta)
        for step in self.steps[number:]:
            found.take_in(step)
        return found

    @staticmethod
    def records(step: Step) -> Iterator[Object]:
        """Yield the records of a step's previous values: {"absent": [RESOURCE, KEY]}, or as the log has them."""
        for place, row in step.rows.items():
            yield jsontext.loads(_read(place, row))

    def keep(self, generation: int) -> None:
        """Write the file for the log of a generation that will follow, with as many of the last steps as are kept."""
        steps, left = self.steps[-STEPS:], MOST
        while steps and steps[0].command is None:
            steps = steps[1:]
        for number in reversed(range(len(steps))):
            left -= steps[number].size + self._blobs_size(steps[number])
            if left < 0:
                steps = steps[number + 1:]
                break
        if steps:
            files.replace(path_of(self._folder, generation), _lines_of(steps, generation), durable=True)

    def _blobs_size(self, step: Step) -> int:
        """Return how many bytes the blobs have that a step's previous values name."""
        found = 0
        for place, row in step.rows.items():
            for name in jsontext.loads(_read(place, row)).get("blobs", ()) if place[0] == "part" else ():
                try:
                    found += os.path.getsize(os.path.join(self._folder, logs.BLOBS, name))
                except FileNotFoundError:
                    pass
        return found


def path_of(folder: str, generation: int) -> str:
    """Return the file of what was before the log of a generation."""
    return os.path.join(folder, f"past-{generation}.jsonl")


def is_sound(path: str, generation: int) -> bool:
    """Tell whether a file, if it is there, is as it was written for the log of a generation."""
    try:
        with open(path, "rb") as file:
            header = _header(generation)
            return file.read(len(header)) == header and all(
                good for _, _, good in logs.Scan(len(header), crc32(header)).transactions(file))
    except FileNotFoundError:
        return True


def named_blobs(folder: str) -> set[str]:
    """Return the names of the blobs that what is kept of the past names. Raises OSError."""
    found: set[str] = set()
    for name in _names(folder):
        with open(os.path.join(folder, name), "rb") as file:
            found |= blobs_of_rows(file)
    return found


def blobs_of_rows(rows: Iterable[bytes]) -> set[str]:
    """Return the names of the blobs that the parts among some lines name; nobody goes back to damaged ones."""
    found: set[str] = set()
    for row in rows:
        if row.startswith(b'{"part":'):
            try:
                found.update(jsontext.loads(row).get("blobs", ()))
            except ValueError:
                continue
    return found


def sweep(folder: str, generation: int) -> None:
    """Remove what was kept for logs of other generations. Raises OSError."""
    for name in _names(folder):
        if name != os.path.basename(path_of("", generation)):
            os.unlink(os.path.join(folder, name))


def _names(folder: str) -> list[str]:
    return [name for name in os.listdir(folder) if name.startswith("past-") and name.endswith(".jsonl")]


def _lines_of(steps: list[Step], generation: int) -> Iterator[bytes]:
    """Yield a whole file."""
    header = _header(generation)
    yield header
    crc = crc32(header)
    for step in steps:
        for place, each in step.rows.items():
            row = _read(place, each)
            crc = crc32(row, crc)
            yield row
        seal, crc = logs.sealed({"commit": step.revision, "meta": step.meta, "command": step.command}, crc)
        yield seal


def _header(generation: int) -> bytes:
    return logs.line({"kubesim": "past", "generation": generation})


def _read(place: Place, row: Row) -> bytes:
    if row is None:
        return _absent(place)
    file, offset, length = row
    file.seek(offset)
    return file.read(length)


def _is_commit(row: bytes) -> bool:
    return row.startswith(logs.COMMIT)


def _is_deletion(row: bytes) -> bool:
    """Tell whether a line of the log deletes an object; parts and timers that go tell so themselves."""
    return row.startswith(b'{"rv":') and b',"type":"DELETED",' in row.partition(b',"object":')[0]


def _place(row: bytes) -> Place:
    """Return what a line is about; of an object's only the beginning is decoded."""
    if row.startswith(b'{"rv":'):
        head = jsontext.loads(row.partition(b',"object":')[0] + b"}")
        return "object", sys.intern(head["resource"]), head["key"]
    if row.startswith(b'{"part":'):
        return "part", jsontext.loads(row.partition(b',"value":')[0] + b"}")["part"]
    record = jsontext.loads(row)
    return ("object", *record["absent"]) if "absent" in record else ("timer", record["controller"], record["timer"])


def _absent(place: Place) -> bytes:
    """Return the line of what was not there."""
    if place[0] == "object":
        return logs.line({"absent": place[1:]})
    if place[0] == "timer":
        return logs.line(timers.record_of(place[1], place[2], None, None))
    return logs.line({"part": place[1], "value": None})
