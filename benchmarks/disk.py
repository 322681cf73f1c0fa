"""A disk that loses power: what a trace of system calls may have left on it, by the weakest promises that POSIX makes.

Files are sequences of pages. What was written since a file was last synced may be lost or kept page by page, each page
as it was after any of the writes to it; the size may be any that the file had. Names are made, moved and removed in
their folder, and each such change since the folder was last synced may be lost or kept by itself, a move as a whole.
"""

from __future__ import annotations

import os
import random
import re

PAGE = 4096


class File:
    """A file's content, and what is sure of it: `pages` and `sizes` list what may be there, the surest first."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.pages: dict[int, list[bytes]] = {}  # what each page was since the last sync, the surest first
        self.sizes = [0]

    def write(self, offset: int, data: bytes) -> None:
        if len(self.data) < offset:
            self.data.extend(bytes(offset - len(self.data)))
        first, last = offset // PAGE, (offset + len(data) - 1) // PAGE
        for page in range(first, last + 1):
            self.pages.setdefault(page, [self._page(page)])
        self.data[offset:offset + len(data)] = data
        for page in range(first, last + 1):
            self.pages[page].append(self._page(page))
        self.sizes.append(len(self.data))

    def truncate(self, size: int) -> None:
        old = len(self.data)
        for page in range(size // PAGE, (max(old - 1, 0)) // PAGE + 1):
            self.pages.setdefault(page, [self._page(page)])
        self.data[size:] = bytes(max(size - old, 0))
        for page in range(size // PAGE, (max(old - 1, 0)) // PAGE + 1):
            self.pages[page].append(self._page(page))
        self.sizes.append(size)

    def sync(self) -> None:
        self.pages.clear()
        self.sizes = [len(self.data)]

    def _page(self, number: int) -> bytes:
        return bytes(self.data[number * PAGE:(number + 1) * PAGE])

    def left(self, rng: random.Random) -> bytes:
        """Return one of the contents that a loss of power may leave."""
        size = rng.choice(self.sizes)
        data = bytearray(self.data[:size])
        data.extend(bytes(size - len(data)))
        for page, versions in self.pages.items():
            start = page * PAGE
            if start < size:
                kept = rng.choice(versions)
                data[start:start + PAGE] = kept.ljust(PAGE, b"\0")[:min(PAGE, size - start)]
        return bytes(data)


class Folder:
    """A folder's names, and the changes to them that are not sure yet: each a dict of name -> file, None for gone."""

    def __init__(self) -> None:
        self.sure: dict[str, File] = {}
        self.changes: list[dict[str, File | None]] = []

    def names(self, kept: list[dict[str, File | None]]) -> dict[str, File]:
        names: dict[str, File | None] = dict(self.sure)
        for change in kept:
            names.update(change)
        return {name: file for name, file in names.items() if file is not None}

    def now(self) -> dict[str, File]:
        return self.names(self.changes)

    def sync(self) -> None:
        self.sure, self.changes = self.now(), []

    def left(self, rng: random.Random) -> dict[str, File]:
        """Return names that a loss of power may leave."""
        share = rng.choice((0.0, 0.5, 0.9, 1.0))
        return self.names([change for change in self.changes if rng.random() < share])


class Disk:
    """The folder at `root` and those below it, as system calls change them. A folder's own name is sure when the one
    above it is synced; until then a loss of power may take all that is in it."""

    def __init__(self, root: str):
        self.root = root
        self.folders: dict[str, Folder] = {}
        self._unsure: set[str] = set()  # folders whose name may be lost
        self._open: dict[tuple[str, str], list] = {}  # (process, number) -> [File or folder's path, offset or None]
        self.told = b""  # what was written to file number 1
        self._add(root)

    def _add(self, path: str) -> None:
        """Take in a folder that is there."""
        self.folders[path] = Folder()
        for entry in os.scandir(path):
            if entry.is_dir():
                self._add(entry.path)
            else:
                file = self.folders[path].sure[entry.name] = File()
                with open(entry.path, "rb") as read:
                    file.data = bytearray(read.read())
                file.sync()

    def left(self, rng: random.Random, target: str) -> None:
        """Write what a loss of power may leave into the folder `target`."""
        lost = {path for path in self._unsure if rng.random() < 0.5}
        for path, folder in self.folders.items():
            if any(path == each or path.startswith(each + "/") for each in lost):
                continue
            there = target + path[len(self.root):]
            os.makedirs(there, exist_ok=True)
            for name, file in folder.left(rng).items():
                with open(os.path.join(there, name), "wb") as made:
                    made.write(file.left(rng))

    # System calls

    def apply(self, process: str, call: str, words: list[str], data: bytes, result: int) -> bool:
        """Take in a system call that succeeded; returns whether it changed anything that may be lost."""
        take = getattr(self, f"_{call}", None)
        return bool(take(process, words, data, result)) if take else False

    def _place(self, path: str) -> tuple[Folder, str] | None:
        folder, name = os.path.split(path)
        return (self.folders[folder], name) if folder in self.folders else None

    def _openat(self, process: str, words: list[str], data: bytes, result: int) -> bool:
        path, flags, changed = words[1], words[2], False
        if path in self.folders:
            self._open[process, str(result)] = [path, None]
            return False
        place = self._place(path)
        if place is None:
            self._open.pop((process, str(result)), None)
            return False
        folder, name = place
        file = folder.now().get(name)
        if file is None:
            file = File()
            folder.changes.append({name: file})
            changed = True
        if "O_TRUNC" in flags:
            file.truncate(0)
        self._open[process, str(result)] = [file, None if "O_APPEND" in flags else 0]
        return changed

    def _close(self, process: str, words: list[str], data: bytes, result: int) -> None:
        self._open.pop((process, words[0]), None)

    def _lseek(self, process: str, words: list[str], data: bytes, result: int) -> None:
        at = self._open.get((process, words[0]))
        if at and at[1] is not None:
            at[1] = result

    def _read(self, process: str, words: list[str], data: bytes, result: int) -> None:
        at = self._open.get((process, words[0]))
        if at and at[1] is not None:
            at[1] += result

    def _write(self, process: str, words: list[str], data: bytes, result: int) -> bool:
        at = self._open.get((process, words[0]))
        if not at:
            if words[0] == "1":
                self.told += data[:result]
            return words[0] == "1"
        file, offset = at
        file.write(len(file.data) if offset is None else offset, data[:result])
        if offset is not None:
            at[1] += result
        return True

    def _ftruncate(self, process: str, words: list[str], data: bytes, result: int) -> bool:
        at = self._open.get((process, words[0]))
        if at:
            at[0].truncate(int(words[1]))
        return bool(at)

    def _truncate(self, process: str, words: list[str], data: bytes, result: int) -> bool:
        place = self._place(words[0])
        if place:
            place[0].now()[place[1]].truncate(int(words[1]))
        return bool(place)

    def _fsync(self, process: str, words: list[str], data: bytes, result: int) -> bool:
        at = self._open.get((process, words[0]))
        if at and isinstance(at[0], File):
            at[0].sync()
        elif at:
            self.folders[at[0]].sync()
            self._unsure = {path for path in self._unsure if os.path.dirname(path) != at[0]}
        return bool(at)

    def _rename(self, process: str, words: list[str], data: bytes, result: int) -> bool:
        old, new = (self._place(word) for word in words[:2])
        if not old or not new:
            return False
        assert old[0] is new[0], "a move between folders"
        old[0].changes.append({old[1]: None, new[1]: old[0].now()[old[1]]})
        return True

    def _unlink(self, process: str, words: list[str], data: bytes, result: int) -> bool:
        place = self._place(words[0])
        if place:
            place[0].changes.append({place[1]: None})
        return bool(place)

    def _mkdir(self, process: str, words: list[str], data: bytes, result: int) -> bool:
        if words[0].startswith(self.root + "/"):
            self.folders[words[0]] = Folder()
            self._unsure.add(words[0])
        return words[0].startswith(self.root + "/")


CALLS = ("openat", "close", "lseek", "read", "write", "ftruncate", "truncate", "fsync", "rename", "unlink", "mkdir")
UNKNOWN = ("fdatasync", "pwrite64", "writev", "pwritev", "renameat", "renameat2", "link", "linkat", "symlink",
           "unlinkat", "mkdirat", "sendfile", "copy_file_range", "fallocate", "dup", "dup2", "dup3", "rmdir")
_LINE = re.compile(r"^(?:(\d+) +)?(\w+)\((.*)\) += (-?\d+)")
_STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')


def parse(line: str) -> tuple[str, str, list[str], bytes, int] | None:
    """Return (process, call, words, data, result) of a line of `strace -xx`; None where no call succeeded."""
    found = _LINE.match(line)
    if not found or int(found[4]) < 0:
        return None
    assert found[2] not in UNKNOWN, f"the disk knows no {found[2]}"
    texts: list[bytes] = []

    def keep(text: re.Match[str]) -> str:
        assert not text[2] or found[2] == "read", line[:200]
        texts.append(bytes.fromhex(text[1].replace("\\x", "")))
        return f"\x00{len(texts) - 1}"

    words = [texts[int(word[1:])].decode("utf-8", "surrogateescape") if word.startswith("\x00") else word
             for word in _STRING.sub(keep, found[3]).split(", ")]
    return found[1] or "", found[2], words, texts[0] if texts else b"", int(found[4])
