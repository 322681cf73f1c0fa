"""Programs that tell who and where one is: id, whoami, hostname, uname, free and their kin."""

from __future__ import annotations

from ..accounts import names
from ..kernel import procfs
from ..kernel.files import User
from ..kernel.terminal import Terminal
from .accountfiles import Accounts, is_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..kernel.process import Process


def _id(process: Process) -> int:
    words = "".join(word[1:] for word in process.argv[1:] if word[:1] == "-")
    name = next((word for word in process.argv[1:] if word[:1] != "-"), "")
    user = process.user
    if name:
        found = _user(process, name)
        if found is None:
            return process.complain(f"unknown user {name}" if process.space.shell == "ash" else
                                    f"'{name}': no such user")
        user = found
    users, groups = names(process, "passwd"), names(process, "group")
    if "u" in words:
        process.write((users.get(user.uid, str(user.uid)) if "n" in words else str(user.uid)) + "\n")
    elif "G" in words:
        process.write(" ".join(groups.get(each, str(each)) if "n" in words else str(each)
                               for each in _every_group(process, user)) + "\n")
    elif "g" in words:
        process.write((groups.get(user.gid, str(user.gid)) if "n" in words else str(user.gid)) + "\n")
    else:
        def told(number: int, known: dict[int, str]) -> str:
            return f"{number}({known[number]})" if number in known else str(number)

        every = ",".join(told(each, groups) for each in _every_group(process, user))
        process.write(f"uid={told(user.uid, users)} gid={told(user.gid, groups)} groups={every}\n")
    return 0


def _user(process: Process, name: str) -> User | None:
    """Return the user of a name or a number, None where there is none."""
    accounts = Accounts(process)
    line = accounts.line("passwd", name) or (accounts.by_number("passwd", int(name)) if is_number(name) else None)
    if line is None:
        return None
    return User(int(line[2]), int(line[3]), tuple(int(each[2]) for each in accounts.groups_of(line[0])))


def _every_group(process: Process, user: User) -> list[int]:
    """Return a user's groups as id lists them: the kernel sorts them, coreutils puts the user's own first."""
    every = sorted({user.gid, *user.groups})
    if process.space.shell != "ash":
        every.sort(key=lambda each: each != user.gid)
    return every


def _whoami(process: Process) -> int:
    found = names(process, "passwd").get(process.user.uid)
    if found is None:
        return process.complain(f"cannot find name for user ID {process.user.uid}: No such file or directory")
    process.write(found + "\n")
    return 0


def _groups(process: Process) -> int:
    users = process.argv[1:] or [""]
    status = 0
    for name in users:
        process.argv = ["id", "-Gn", *([name] if name else [])]
        if name and process.space.shell != "ash" and _user(process, name) is not None:
            process.write(f"{name} : ")
        status = max(status, _id(process))
    return status


def _hostname(process: Process) -> int:
    name, space = process.space.hostname, process.space
    options = "".join(word.lstrip("-") for word in process.argv[1:] if word.startswith("-"))
    if "i" in options or "I" in options:
        process.write(space.net.address + (" \n" if "I" in options else "\n"))
        return 0
    if "f" in options or "d" in options:
        from . import resolver

        name = next((each for each in resolver.aliases(process, name).split() if "." in each), name)
    if "d" in options:
        name = name.partition(".")[2]
    process.write((name.partition(".")[0] if "s" in options else name) + "\n")
    return 0


def _uname(process: Process) -> int:
    words = "".join(word.lstrip("-") for word in process.argv[1:]) or "s"
    parts = {"s": "Linux", "n": process.space.hostname, "r": "6.6.0", "v": "#1 SMP PREEMPT_DYNAMIC", "m": "x86_64",
             "o": "GNU/Linux"}
    chosen = "snrvmo" if "a" in words else [letter for letter in "snrvmo" if letter in words]
    process.write(" ".join(parts[letter] for letter in chosen) + "\n")
    return 0


def _said(text: str):  # type: ignore[no-untyped-def]
    def say(process: Process) -> int:
        process.write(text)
        return 0

    return say


def _free(process: Process) -> int:
    unit = 1 << 20 if "-m" in process.argv else 1 << 30 if "-g" in process.argv else 1024
    total, used = procfs.MEMORY // unit, procfs.USED // unit
    process.write(f"{'':15}total        used        free      shared  buff/cache   available\n"
                  f"Mem:     {total:11} {used:11} {total - used:11} {0:11} {0:11} {total - used:11}\n"
                  f"Swap:    {0:11} {0:11} {0:11}\n")
    return 0


def _tty(process: Process) -> int:
    what = process.fds.get(0)
    terminal = what is not None and what.terminal
    process.write("/dev/pts/0\n" if terminal else "not a tty\n")
    return int(not terminal)


def _mount(process: Process) -> int:
    for device, path, kind, options in procfs.mounts(process):
        process.write(f"{device} on {path} type {kind} ({options})\n")
    return 0


def _stty(process: Process) -> int:
    what = process.fds.get(0)
    if not isinstance(what, Terminal):
        return process.complain("standard input: Not a tty" if process.space.shell == "ash" else
                                "'standard input': Inappropriate ioctl for device")
    for word in process.argv[1:]:
        if word == "size":
            process.write(f"{what.size[1]} {what.size[0]}\n")
        elif word in ("echo", "-echo", "sane"):
            what.echo = word != "-echo"
    if len(process.argv) < 2 or process.argv[1] == "-a":
        echo = "echo" if what.echo else "-echo"
        process.write(f"speed 38400 baud; rows {what.size[1]}; columns {what.size[0]}; line = 0;\n{echo}\n")
    return 0


PROGRAMS = {"id": _id, "whoami": _whoami, "groups": _groups, "hostname": _hostname, "uname": _uname,
            "arch": _said("x86_64\n"),
            "nproc": _said(f"{procfs.CPUS}\n"), "sync": _said(""), "free": _free, "tty": _tty, "stty": _stty,
            "mount": _mount}
