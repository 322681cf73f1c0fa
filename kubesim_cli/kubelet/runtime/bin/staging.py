"""The files of a container as the library sees them that plays text programs: copies of what a call names, and back."""

from __future__ import annotations

from ..kernel.errors import Errno, Exhausted
from ..kernel.files import DEVICE, FIFO, FILE, FOLDER, LINK
from . import awk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..kernel.files import Inode
    from ..kernel.process import Process

    Staged = dict[str, tuple[Inode, bytes]]  # by path, what was copied

MOST_INPUT = 12 << 20
MOST_FILES = 20_000
_OWN = ("/.stdin", "/.devfd")  # files that text.py makes for a call


def named(process: Process, name: str, words: list[str]) -> dict[str, Inode]:
    """Return the files and folders that arguments name: absolute path -> inode."""
    found: dict[str, Inode] = {}
    candidates = [word.partition("=")[2] if "=" in word and "/" in word else word for word in words if word
                  and len(word) < 4096]
    if name in ("find", "du", "tree", "ls") or "-r" in words or "-R" in words or any(word[:1] == "-"
        and "r" in word and name == "grep" for word in words):
        candidates.append(".")
    if name == "sed":
        candidates += [text for word in words for text in _of_sed(word)]
    if name in awk.NAMES and (at := awk.place(words)) < len(words):
        candidates += [text for text in awk.paths(words[at]) if text[-1:] == "/" or not _is_folder(process, text)]
    for word in candidates:
        for text in (word, word[2:] if word[:1] == "-" and word[2:3] == "/" else ""):
            if not text or "\0" in text or "\n" in text:
                continue
            try:
                place = process.space.tree.find(text, process.cwd, process.user, True)
            except Errno:
                continue
            path = text if text.startswith("/") else f"{process.cwd.rstrip('/')}/{text}"
            if place.inode is not None and place.inode.kind == DEVICE and place.inode.target not in ("null", "tty"):
                raise Exhausted("memory")
            if place.inode is not None:
                found[_clean(path)] = place.inode
            elif place.folder.kind == FOLDER and "/" in text:
                found.setdefault(_clean(path).rpartition("/")[0] or "/", place.folder)
    return found


def _of_sed(script: str) -> list[str]:
    """Return the files that the commands r, R, w and W of a script, and the flag w of s, name."""
    if not any(each in script for each in "rwRW"):
        return []
    import re

    return re.findall(r"[rwRW][ \t]+([^\s;}]+)", script)


def quote(word: str) -> str:
    """Return a word as a shell reads it."""
    return "'" + word.replace("'", "'\\''") + "'"


def _is_folder(process: Process, path: str) -> bool:
    try:
        inode = process.space.tree.find(path, process.cwd, process.user).inode
    except Errno:
        return False
    return inode is not None and inode.kind == FOLDER


def _clean(path: str) -> str:
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            parts[-1:] = []
        elif part not in ("", "."):
            parts.append(part)
    return "/" + "/".join(parts)


_MADE_UP = ("/proc/", "/sys/")  # whose files are seen by who names them, not by who comes by


def stage(process: Process, files: Any, paths: dict[str, Inode], staged: Staged) -> None:
    """Copy what the arguments name; `staged` gets the inode of each path, and what is in it."""
    size = 0
    tree = process.space.tree
    for path in sorted(paths):
        for at, inode in (tree.walk(path, process.user) if paths[path].kind == FOLDER else ((path, paths[path]),)):
            if at in staged or at.startswith("/dev/") or (
                    at.startswith(_MADE_UP) and not f"{path}/".startswith(_MADE_UP)):
                continue
            data = b""
            if inode.kind == FOLDER:
                if at != "/":
                    files.mkdir(at, recursive=True)
                    files.chmod(at, inode.mode)
            elif inode.kind == LINK:
                _parents(files, at)
                files.symlink(inode.target, at)
            elif inode.allows(process.user, 4) and inode.kind != FIFO:
                _parents(files, at)
                data = bytes(inode.data)
                size += len(data)
                files.write_file(at, data)
                files.chmod(at, inode.mode)
            staged[at] = inode, data
            if size > MOST_INPUT or len(staged) > MOST_FILES:
                raise Exhausted("memory")


def _parents(files: Any, path: str) -> None:
    folder = path.rpartition("/")[0]
    if folder and not files.exists(folder):
        files.mkdir(folder, recursive=True)


def ages(process: Process, name: str, staged: Staged) -> str:
    """Return commands that give files their age, where a program looks at it."""
    words = process.argv
    if not ((name == "find" and any(word[:2] in ("-m", "-a", "-c", "-n", "-p") and word != "-name"
                                    and word != "-maxdepth" and word != "-print" and word != "-mindepth"
                                    and word != "-and" for word in words)) or name == "tree"):
        return ""
    from time import time

    shift = time() - process.kernel.now if name == "find" else 0.0
    return "".join(f"touch -d @{int(inode.mtime + shift)} {quote(path)}; " for path,
                   (inode, _) in sorted(staged.items(), reverse=True)
                   if inode.kind in (FILE, FOLDER) and path != "/")


def bring_back(process: Process, files: Any, staged: Staged) -> None:
    """Take over what a program has changed in the folders it knew, since that was done last."""
    tree, user, now = process.space.tree, process.user, process.kernel.now
    seen: set[str] = set()

    def look(path: str) -> None:
        for entry in files.read_dir(path):
            at = f"{path.rstrip('/')}/{entry['name']}"
            if at.startswith(_OWN) or at in ("/dev", "/proc", "/sys"):
                continue
            kind = entry["metadata"]["file_type"]
            seen.add(at)
            known = staged.get(at)
            if kind == "directory":
                if known is None and _absent(process, at):
                    tree.create(tree.find(at, "/", user), FOLDER, 0o777 & ~process.umask, user, now)
                look(at)
            elif kind == "symlink":
                if known is None and _absent(process, at):
                    tree.create(tree.find(at, "/", user, False), LINK, 0o777, user, now, files.read_link(at))
            else:
                data = files.read_file(at)
                if known is None or (known[0].kind == FILE and data != known[1]):
                    what = process.open(at, "w")
                    what.write(process.kernel, data)
                    made = tree.find(at, "/", user).inode
                    if known is None and made is not None:
                        made.mode = entry["metadata"]["mode"] & 0o777 or made.mode
                    if made is not None:
                        staged[at] = made, data

    look("/")
    for at in sorted(set(staged) - seen, reverse=True):
        if at != "/" and not at.startswith(("/proc", "/dev", "/sys")) and not files.exists(at):
            try:
                tree.remove(tree.find(at, "/", user, False), user, now)
            except Errno:
                continue


def _absent(process: Process, path: str) -> bool:
    try:
        return process.space.tree.find(path, "/", process.user, False).inode is None
    except Errno:
        return False
