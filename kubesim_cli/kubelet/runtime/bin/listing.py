"""ls and stat."""

from __future__ import annotations

from ..accounts import names
from ..dates import strftime
from ..kernel.descriptors import DEVICES
from ..kernel.errors import Errno
from ..kernel.files import FOLDER, LINK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..kernel.files import Inode
    from ..kernel.process import Process

_KINDS = {"d": "d", "f": "-", "l": "l", "c": "c", "v": "-", "p": "p"}


def mode_text(inode: Inode) -> str:
    """Return drwxr-xr-x."""
    mode, out = inode.mode, [_KINDS[inode.kind]]
    for shift, special, letter in ((6, 0o4000, "s"), (3, 0o2000, "s"), (0, 0o1000, "t")):
        bits = (mode >> shift) & 7
        execute = bool(bits & 1)
        last = (letter if execute else letter.upper()) if mode & special else "x" if execute else "-"
        out.append(("r" if bits & 4 else "-") + ("w" if bits & 2 else "-") + last)
    return "".join(out)


def _ls(process: Process) -> int:
    letters = "".join(word[1:] for word in process.argv[1:] if word[:1] == "-" and word[:2] != "--" and len(word) > 1)
    words = [word for word in process.argv[1:] if word[:1] != "-" or word == "-"] or ["."]
    tree, user = process.space.tree, process.user
    numeric = "n" in letters
    long = "l" in letters or numeric or "o" in letters or "g" in letters
    users, groups = ({}, {}) if numeric or not long else (names(process, "passwd"), names(process, "group"))
    status = 0

    def rows(entries: list[tuple[str, Inode]]) -> str:
        if "S" in letters:
            entries.sort(key=lambda pair: -pair[1].size)
        elif "t" in letters:
            entries.sort(key=lambda pair: -pair[1].mtime)
        if "r" in letters:
            entries.reverse()
        if not long:
            return "".join((f"{inode.number} " if "i" in letters else "") + name + _suffix(inode, letters) + "\n"
                           for name, inode in entries)
        table = []
        for name, inode in entries:
            size = str(inode.size)
            if "h" in letters:
                size = human(inode.size)
            age = process.kernel.now - inode.mtime
            date = strftime("%b %e %H:%M" if -3600 < age < 15768000 else "%b %e  %Y", inode.mtime,
                            process.env.get("TZ", ""))
            links = str(2 + sum(1 for each in inode.entries.values() if each.kind == FOLDER) if inode.kind == FOLDER
                        else inode.links)
            tail = name + _suffix(inode, letters) + (f" -> {inode.target}" if inode.kind == LINK else "")
            if inode.kind == "c":
                size = "{}, {}".format(*DEVICES[inode.target])
            table.append((mode_text(inode), links, users.get(inode.uid, str(inode.uid)),
                          groups.get(inode.gid, str(inode.gid)), size, date, tail))
        if process.space.shell == "ash":
            return "".join(_of_busybox(row, inode, letters) for row, (_, inode) in zip(table, entries))
        widths = [max((len(row[column]) for row in table), default=0) for column in range(5)]
        return "".join(f"{a} {b:>{widths[1]}} {c:<{widths[2]}} {d:<{widths[3]}} {e:>{widths[4]}} {f} {g}\n" for a, b,
                       c, d, e, f, g in table)

    plain: list[tuple[str, Inode]] = []
    folders: list[str] = []
    for word in sorted(words):
        try:
            place = tree.lookup(word, process.cwd, user, not long or word.endswith("/"))
        except Errno as error:
            status = 1 if process.space.shell == "ash" else 2
            process.complain(f"cannot access '{word}': {error.message}" if process.space.shell != "ash"
                             else f"{word}: {error.message}")
            continue
        assert place.inode is not None
        if place.inode.kind == FOLDER and "d" not in letters:
            folders.append(word)
        else:
            plain.append((word, place.inode))
    out = rows(plain)
    many = len(words) > 1 or "R" in letters
    while folders:
        word = folders.pop(0)
        place = tree.lookup(word, process.cwd, user)
        assert place.inode is not None
        if not place.inode.allows(user, 4):
            status = 1 if process.space.shell == "ash" else 2
            process.complain(f"can't open '{word}': Permission denied" if process.space.shell == "ash"
                             else f"cannot open directory '{word}': Permission denied")
            continue
        entries = [(name, inode) for name, inode in tree.entries(place).items() if "a" in letters or "A" in letters
                   or name[0] != "."]
        entries.sort(key=lambda pair: pair[0])
        if "a" in letters:
            up = tree.find("..", place.path, user)
            entries[:0] = [(".", place.inode), ("..", up.inode or place.inode)]
        if many:
            out += ("\n" if out else "") + f"{word}:\n"
        if long or "s" in letters:
            out += f"total {sum(-(-inode.size // 4096) * 4 for _, inode in entries if inode.kind in 'df')}\n"
        out += rows(entries)
        if "R" in letters:
            folders[:0] = [f"{word.rstrip('/')}/{name}" for name, inode in entries if inode.kind == FOLDER
                           and name not in (".", "..")]
    process.write(out)
    return status


def _of_busybox(row: tuple[str, ...], inode: Inode, letters: str) -> str:
    """Return a line of ls -l in the columns of busybox (coreutils/ls.c, display_single)."""
    mode, links, user, group, size, date, name = row
    if inode.kind == "c":
        size = "{:4}, {:3}".format(*DEVICES[inode.target])
    number = f"{inode.number:7} " if "i" in letters else ""
    owner = "" if "g" in letters else f"{user:<8} "
    return f"{number}{mode:<10} {links:>4} {owner}{group:<8} {size:>{7 if 'h' in letters else 9}} {date} {name}\n"


def _suffix(inode: Inode, letters: str) -> str:
    if "F" not in letters and "p" not in letters:
        return ""
    if inode.kind == FOLDER:
        return "/"
    return "" if "F" not in letters else "@" if inode.kind == LINK else "*" if inode.mode & 0o111 else ""


def human(size: float) -> str:
    """Return a size as coreutils does: rounded up, with a decimal below ten of a unit."""
    for unit in ("", "K", "M", "G"):
        if size < 1024:
            return f"{-(-size * 10 // 1) / 10:.1f}{unit}" if unit and size <= 9.9 else f"{-(-size // 1):.0f}{unit}"
        size /= 1024
    return f"{size:.1f}T"


def _stat(process: Process) -> int:
    words, form, follow, status = process.argv[1:], "", False, 0
    files = []
    while words:
        word = words.pop(0)
        if word in ("-c", "--format") and words:
            form = words.pop(0)
        elif word.startswith(("--format=", "--printf=")):
            form = word.partition("=")[2]
        elif word == "-L":
            follow = True
        elif word[:1] != "-":
            files.append(word)
    users, groups = names(process, "passwd"), names(process, "group")
    for word in files:
        try:
            inode = process.space.tree.lookup(word, process.cwd, process.user, follow).inode
        except Errno as error:
            status = process.complain(f"cannot statx '{word}': {error.message}" if process.space.shell != "ash"
                                      else f"can't stat '{word}': {error.message}")
            continue
        assert inode is not None
        kind = {"d": "directory", "l": "symbolic link", "c": "character special file", "p": "fifo"}.get(
            inode.kind, "regular file" if inode.size else "regular empty file")
        moment = strftime("%Y-%m-%d %H:%M:%S.%N %z", inode.mtime)
        user, group = users.get(inode.uid, "UNKNOWN"), groups.get(inode.gid, "UNKNOWN")
        if not form:
            process.write(f"  File: {word}\n"
                          f"  Size: {inode.size:<10}\tBlocks: {-(-inode.size // 512):<10} IO Block: 4096   {kind}\n"
                          f"Device: 0,50\tInode: {inode.number:<11} Links: {inode.links}\n"
                          f"Access: ({inode.mode:04o}/{mode_text(inode)})  Uid: ({inode.uid:5}/{user:>8})   "
                          f"Gid: ({inode.gid:5}/{group:>8})\n"
                          f"Access: {moment}\nModify: {moment}\nChange: {moment}\n Birth: {moment}\n")
            continue
        values = {"n": word, "s": str(inode.size), "a": f"{inode.mode:o}", "A": mode_text(inode), "u": str(inode.uid),
                  "g": str(inode.gid), "U": user, "G": group, "F": kind, "Y": str(int(inode.mtime)),
                  "X": str(int(inode.mtime)),
                  "Z": str(int(inode.mtime)), "y": moment, "z": moment, "x": moment, "i": str(inode.number),
                  "h": str(inode.links),
                  "N": f"'{word}'" + (f" -> '{inode.target}'" if inode.kind == LINK else ""), "%": "%",
                  "b": str(-(-inode.size // 512)), "B": "512"}
        out, at = [], 0
        while at < len(form):
            if form[at] == "%":
                out.append(values.get(form[at + 1:at + 2], "?"))
                at += 2
            else:
                out.append(form[at])
                at += 1
        process.write("".join(out) + "\n")
    return status


PROGRAMS = {"ls": _ls, "stat": _stat}
