"""Small programs of busybox, coreutils and util-linux that none of the others goes with."""

from __future__ import annotations

from ..capabilities import NAMES
from ..dates import strftime
from ..kernel import procfs
from ..kernel.errors import Errno
from .operands import Arguments, each_of, exists, find, missing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..kernel.process import Process, Program

_SYS_ADMIN = 1 << NAMES.index("SYS_ADMIN")
_WEEK = ("Su Mo Tu We Th Fr Sa", "Mo Tu We Th Fr Sa Su")
_WIDTH = 20  # of a month of cal


def _is_busybox(process: Process) -> bool:
    return process.space.shell == "ash"


def _clear(process: Process) -> int:
    if not process.env.get("TERM") and not _is_busybox(process):
        process.write("TERM environment variable not set.\n", 2)
        return 1
    process.write("\x1b[H\x1b[J" if _is_busybox(process) else "\x1b[H\x1b[2J\x1b[3J")
    return 0


def _reset(process: Process) -> int:
    process.write("\x1bc\x1b(B\x1b[0m\x1b[J\x1b[?25h")
    return 0


def _usleep(process: Process) -> int | None:
    if process.memory is None:
        if len(process.argv) < 2 or not process.argv[1].isdigit():
            return process.complain(f"invalid number '{''.join(process.argv[1:2])}'")
        process.memory = process.kernel.now + int(process.argv[1]) / 1e6
    if process.kernel.now < process.memory:
        process.wait(until=process.memory)
        return None
    return 0


def _unlink(process: Process) -> int:
    given = Arguments(process)
    if len(given.words) != 1:
        return missing(process)

    def remove(path: str) -> None:
        place = find(process, path, False)
        if place.inode is not None and place.inode.kind == "d":
            raise Errno("EISDIR")
        process.space.tree.remove(place, process.user, process.kernel.now)

    return each_of(process, given.words, remove, "cannot unlink '{0}'")


def _link(process: Process) -> int:
    given = Arguments(process)
    if len(given.words) != 2:
        return missing(process)
    old, new = given.words

    def link(path: str) -> None:
        inode = process.space.tree.lookup(old, process.cwd, process.user).inode
        assert inode is not None  # lookup has it
        process.space.tree.link(inode, find(process, path), process.user, process.kernel.now)

    return each_of(process, [new], link, f"cannot create link '{{0}}' to '{old}'")


def _line_ends(to_dos: bool) -> Program:
    """Return the program of dos2unix or unix2dos: it changes files in their place, or what it reads."""

    def changed(data: bytes) -> bytes:
        data = data.replace(b"\r\n", b"\n")
        return data.replace(b"\n", b"\r\n") if to_dos else data

    def run(process: Process) -> int | None:
        names = [word for word in process.argv[1:] if word[:1] != "-"]
        if not names:
            if process.memory is None:
                process.memory = bytearray()
            while (data := process.read()) is not None:
                if not data:
                    process.write(changed(bytes(process.memory)))
                    return 0
                process.memory += data
            return None

        def change(path: str) -> None:
            data = changed(process.read_file(path))
            process.open(path, "w").write(process.kernel, data)

        return each_of(process, names, change, "{0}")

    return run


def _users(process: Process) -> int:
    """Nobody has logged in to a container."""
    if _is_busybox(process):
        process.write("\n" if process.argv[0].endswith("users") else
                      "USER            TTY             IDLE    TIME            HOST\n")
    return 0


def _w(process: Process) -> int:
    now, up = strftime("%H:%M:%S", process.kernel.now), int((process.kernel.now - process.space.started) // 60)
    head = "USER\t\tTTY\t\tIDLE\tTIME\t\t HOST\n" if _is_busybox(process) else (
        f" {now} up {up} min,  0 users,  load average: 0.00, 0.00, 0.00\n"
        "USER     TTY      FROM             LOGIN@   IDLE   JCPU   PCPU WHAT\n")
    process.write(head)
    return 0


def _logname(process: Process) -> int:
    return process.complain("getlogin: No such file or directory" if _is_busybox(process) else "no login name")


def _hostid(process: Process) -> int:
    """glibc makes it of the host's address, musl has none (gethostid(3))."""
    parts = process.space.net.address.split(".")
    if _is_busybox(process) or len(parts) != 4:
        process.write("00000000\n")
    else:
        process.write("".join(f"{int(parts[at]):02x}" for at in (1, 0, 3, 2)) + "\n")
    return 0


def _mountpoint(process: Process) -> int:
    given = Arguments(process)
    if len(given.words) != 1:
        process.write("Usage: mountpoint [-q] { [-dn] DIR | -x DEVICE }\n", 2)
        return 1
    path = given.words[0]
    try:
        place = process.space.tree.lookup(path, process.cwd, process.user)
    except Errno as error:
        return process.complain(f"{path}: {error.message}")
    inside = any(place.path == each for _, each, _, _ in procfs.mounts(process))
    if not given.has("q"):
        process.write(f"{path} is {'' if inside else 'not '}a mountpoint\n")
    return 0 if inside else 1 if _is_busybox(process) else 32


def _umount(process: Process) -> int:
    given = Arguments(process, "t")
    if not given.words:
        return missing(process)
    for path in given.words:
        inside = any(path.rstrip("/") == each for _, each, _, _ in procfs.mounts(process))
        if _is_busybox(process):
            why = "Operation not permitted" if not process.space.capable & _SYS_ADMIN else "Resource busy"
            process.complain(f"can't unmount {path}: {why if inside else 'Invalid argument'}")
        else:
            why = "must be superuser to unmount" if not process.space.capable & _SYS_ADMIN else "target is busy"
            process.complain(f"{path}: {why if inside else 'not mounted'}.")
    return 1 if _is_busybox(process) else 32


def _sysctl(process: Process) -> int:
    """sysctl [-n] NAME, sysctl -w NAME=VALUE: only who is privileged may change anything, of the own container."""
    given = Arguments(process, "p")
    if not given.words:
        return process.complain("kubesim plays it for settings that are named") + 125
    status = 0
    for word in given.words:
        name, equals, value = word.partition("=")
        path = "/proc/sys/" + name.strip().replace(".", "/")
        if equals and exists(process, path) is not None:
            if process.user.uid or not process.space.capable & _SYS_ADMIN:
                status = process.complain(
                    f"error setting key '{name}': Read-only file system" if _is_busybox(process) else
                    f'setting key "{name}": Read-only file system')
                continue
            process.space.settings[name.strip().replace("/", ".")] = value.strip()
            if not given.has("q"):
                process.write(f"{name.strip()} = {value.strip()}\n")
            continue
        try:
            text = process.read_file(path).decode().strip()
        except Errno as error:
            status = process.complain(f"error: '{name}' is an unknown key" if _is_busybox(process) else
                                      f"cannot stat {path}: {error.message}")
            continue
        process.write(f"{text}\n" if given.has("n") else f"{name} = {text}\n")
    return status


def _dmesg(process: Process) -> int:
    return process.complain("klogctl: Operation not permitted" if _is_busybox(process) else
                            "read kernel buffer failed: Operation not permitted")


def _crontab(process: Process) -> int:
    given = Arguments(process, "u")
    if given.has("l"):
        user = given.values.get("u") or "root"
        return process.complain(f"can't open '{user}': No such file or directory" if _is_busybox(process) else
                                f"no crontab for {user}")
    return process.complain("kubesim plays no cron") + 125


def _logger(process: Process) -> int:
    """Nobody listens at /dev/log: busybox's says nothing of that."""
    if _is_busybox(process):
        return 0
    return process.complain("socket /dev/log: No such file or directory")


def _dir(process: Process) -> int | None:
    from . import program

    process.argv = ["ls", *(("-l",) if process.argv[0].endswith("vdir") else ()), *process.argv[1:]]
    process.program = program("ls")
    return process.program(process)


def _dpkg(process: Process) -> int:
    if "--print-architecture" in process.argv:
        process.write("amd64\n")
        return 0
    return process.complain("kubesim does not play what is asked for") + 125


def _cal(process: Process) -> int:
    """cal [-m] [[MONTH] YEAR]"""
    import calendar

    given = Arguments(process)
    year, month = (int(strftime(form, process.kernel.now)) for form in ("%Y", "%m"))
    words = given.words
    if any(not word.isdigit() for word in words) or len(words) > 2:
        return process.complain(f"invalid number '{next((word for word in words if not word.isdigit()), words[-1])}'")
    if words:
        year = int(words[-1])
        if len(words) == 2 and not 1 <= int(words[0]) <= 12:
            return process.complain(f"number {words[0]} is not in 1..12 range")
        month = int(words[0]) if len(words) == 2 else 0
    if not 1 <= year <= 9999:
        return process.complain(f"number {year} is not in 1..9999 range")
    monday = given.has("m")
    shown = calendar.Calendar(0 if monday else 6)

    def weeks(number: int) -> list[str]:
        rows = [" ".join(f"{day:2}" if day else "  " for day in week).rstrip()
                for week in shown.monthdayscalendar(year, number)]
        return [_WEEK[monday], *rows, *[""] * (6 - len(rows))]

    if month and not given.has("y"):
        title = f"{calendar.month_name[month]} {year}"
        process.write("\n".join([" " * ((_WIDTH - len(title)) // 2) + title, *weeks(month)]) + "\n")
        return 0
    lines = [f"{year:^64}".rstrip(), ""]
    for first in range(1, 13, 3):
        lines.append("  ".join(f"{calendar.month_name[each]:^{_WIDTH}}" for each in range(first, first + 3)).rstrip())
        lines += ["  ".join(f"{part:<{_WIDTH}}" for part in row).rstrip()
                  for row in zip(*(weeks(each) for each in range(first, first + 3)))]
    process.write("\n".join(lines) + "\n")
    return 0


PROGRAMS: dict[str, Program] = {
    "clear": _clear, "reset": _reset, "usleep": _usleep, "unlink": _unlink, "link": _link,
    "dos2unix": _line_ends(False), "unix2dos": _line_ends(True), "who": _users, "users": _users, "last": _users,
    "w": _w, "logname": _logname, "hostid": _hostid, "mountpoint": _mountpoint, "umount": _umount, "sysctl": _sysctl,
    "dmesg": _dmesg, "crontab": _crontab, "logger": _logger, "dir": _dir, "vdir": _dir, "dpkg": _dpkg, "cal": _cal}
