"""Programs that change who may do what with a file: chmod, chown, chgrp."""

from __future__ import annotations

from ..kernel.errors import Errno
from ..kernel.files import FOLDER
from .operands import Arguments, each_of, missing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..kernel.process import Process


def changed_mode(mode: int, text: str, folder: bool, umask: int) -> int | None:
    """Return what chmod makes of a mode: 755, u+x, a=r,g-w; None where the text is none."""
    if text.isdigit():
        return int(text, 8) if all(each in "01234567" for each in text) else None
    for clause in text.split(","):
        at = 0
        while at < len(clause) and clause[at] in "ugoa":
            at += 1
        who = clause[:at]
        masks = {"u": 0o4700, "g": 0o2070, "o": 0o1007, "a": 0o7777}
        mask = 0
        for each in who or "a":
            mask |= masks[each]
        if at >= len(clause):
            return None
        while at < len(clause):
            operator = clause[at]
            if operator not in "+-=":
                return None
            at += 1
            bits = 0
            while at < len(clause) and clause[at] not in "+-=":
                letter = clause[at]
                bits |= {"r": 0o444, "w": 0o222, "x": 0o111, "s": 0o6000, "t": 0o1000,
                         "X": 0o111 if folder or mode & 0o111 else 0}.get(letter, 0)
                at += 1
            bits &= mask & ~(0 if who else umask)
            kept = mode if operator == "+" else mode & ~bits if operator == "-" else mode & ~(mask & 0o777)
            mode = kept if operator == "-" else kept | bits
    return mode


def _chmod(process: Process) -> int:
    words = process.argv[1:]
    deep = False
    while words and words[0] in ("-R", "-f", "-v", "-c", "--recursive", "--"):
        deep = words.pop(0) in ("-R", "--recursive") or deep
    if len(words) < 2:
        return missing(process)
    text, files = words[0], words[1:]
    if changed_mode(0o644, text, False, 0) is None:
        return process.complain(f"invalid mode: '{text}'")

    def change(path: str) -> None:
        place = process.space.tree.lookup(path, process.cwd, process.user)
        inode = place.inode
        assert inode is not None
        if process.user.uid not in (0, inode.uid):
            raise Errno("EPERM")
        if process.space.tree.is_sealed(place):
            raise Errno("EROFS")
        inode.mode = changed_mode(inode.mode, text, inode.kind == FOLDER, process.umask) or 0
        process.space.tree.found = {}
        if deep and inode.kind == FOLDER:
            for name in list(inode.entries):
                change(f"{path}/{name}")

    return each_of(process, files, change, "changing permissions of '{0}'")


def _chown(process: Process) -> int:
    from ..accounts import names

    given = Arguments(process)
    if len(given.words) < 2:
        return missing(process)
    user, colon, group = given.words[0].partition(":")
    if process.argv[0].endswith("chgrp"):
        user, group = "", given.words[0]
    numbers: list[int | None] = []
    for text, kind, told in ((user, "passwd", "user"), (group, "group", "group")):
        if not text or text.isdigit():
            numbers.append(int(text) if text else None)
            continue
        found = next((number for number, name in names(process, kind).items() if name == text), None)
        if found is None:
            return process.complain(f"invalid {told}: '{given.words[0]}'")
        numbers.append(found)
    del colon

    def change(path: str) -> None:
        place = process.space.tree.lookup(path, process.cwd, process.user, not given.has("h"))
        inode = place.inode
        assert inode is not None
        if process.user.uid != 0 and (numbers[0] is not None or process.user.uid != inode.uid):
            raise Errno("EPERM")
        if process.space.tree.is_sealed(place):
            raise Errno("EROFS")
        inode.uid = inode.uid if numbers[0] is None else numbers[0]
        inode.gid = inode.gid if numbers[1] is None else numbers[1]
        if given.has("R") and inode.kind == FOLDER:
            for name in list(inode.entries):
                change(f"{path}/{name}")

    return each_of(process, given.words[1:], change, "changing ownership of '{0}'")


PROGRAMS = {"chmod": _chmod, "chown": _chown, "chgrp": _chown}
