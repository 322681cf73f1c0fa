"""df, as coreutils and busybox print it."""

from __future__ import annotations

from ..kernel.errors import Errno
from ..kernel.made import VOLUME
from .listing import human as rounded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..kernel.process import Process

_DISK = 62725623 * 1024  # bytes of a node's disk, and what is used of it
_USED = 9 << 30


def _df(process: Process) -> int:
    letters = "".join(word[1:] for word in process.argv[1:] if word[:1] == "-" and word[:2] != "--")
    mounts, status = _mounts(process), 0
    words = [word for word in process.argv[1:] if word[:1] != "-"]
    found = [] if words else mounts
    for word in words:
        try:
            where = process.space.tree.find(word, process.cwd, process.user)
            if where.inode is None:
                raise Errno("ENOENT")
        except Errno as error:
            ash = process.space.shell == "ash"
            status = process.complain(f"{word}: {'can' + chr(39) + 't find mount point' if ash else error.message}")
            continue
        found.append(max((row for row in mounts if f"{where.path}/".startswith(row[4].rstrip("/") + "/")),
                         key=lambda row: len(row[4])))
    if process.space.shell == "ash":
        process.write(_busybox(found, letters))
    elif found:
        process.write(_coreutils(found, letters))
    return status


Row = tuple[str, str, int, int, str]  # device, type, bytes, bytes that are used, path


def _mounts(process: Process) -> list[Row]:
    tree = process.space.tree
    rows = []
    for path, inode in [("/", tree.root), *sorted(tree.mounts.items())]:
        volume = inode.volume
        if volume is not VOLUME and inode.kind == "d":
            whole, used = (volume.capacity, volume.used) if volume.capacity else (_DISK, _USED)
            device, kind = ("overlay", "overlay") if path == "/" else ("/dev/vda1", "ext4")
            rows.append((device, kind, whole, used, path))
    return rows


def _coreutils(rows: list[Row], letters: str) -> str:
    human, posix, typed = "h" in letters, "P" in letters, "T" in letters
    size = "Size" if human else "1024-blocks" if posix else "1K-blocks"
    table = [["Filesystem", "Type", size, "Used", "Avail" if human else "Available",
              "Capacity" if posix else "Use%", "Mounted on"]]
    for device, kind, whole, used, path in rows:
        told = [rounded(each) if human else str(-(-each // 1024)) for each in (whole, used, whole - used)]
        table.append([device, kind, *told, f"{-(-used * 100 // whole)}%", path])
    least = (14, 4, 5, 5, 5, 4, 0)
    widths = [max(least[at], *(len(row[at]) for row in table)) for at in range(7)]
    said = ""
    for row in table:
        cells = [cell.ljust(width) if at < 2 else cell.rjust(width)
                 for at, (cell, width) in enumerate(zip(row, widths, strict=True)) if at != 1 or typed]
        said += " ".join([*cells[:-1], row[-1]]) + "\n"
    return said


def _busybox(rows: list[Row], letters: str) -> str:
    human, posix, typed = "h" in letters, "P" in letters, "T" in letters
    size = "     Size" if human else "1M-blocks" if "m" in letters else "1024-blocks" if posix else "1K-blocks"
    said = f"Filesystem           {'Type       ' if typed else ''}{size:<15}"
    said += f"Used Available {'Capacity' if posix else 'Use%'} Mounted on\n"
    for device, kind, whole, used, path in rows:
        told = [_units(each) if human else str(each // (1 << 20 if "m" in letters else 1024))
                for each in (whole, used, whole - used)]
        share = (used * 100 + whole // 2) // whole
        cells = "".join(f" {each:>9}" for each in told)
        said += f"{device:<20}{f' {kind:<10}' if typed else ''}{cells} {share:>3}% {path}\n"
    return said


def _units(size: float) -> str:
    """Return a size as busybox does: one decimal, whatever the unit, but for 0."""
    if not size:
        return "0"
    for unit in ("", "K", "M", "G"):
        if size < 1024:
            return f"{size:.1f}{unit}"
        size /= 1024
    return f"{size:.1f}T"


PROGRAMS = {"df": _df}
