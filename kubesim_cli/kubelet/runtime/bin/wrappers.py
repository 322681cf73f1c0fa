"""Programs that run another one in a way of its own: as another user (su, gosu, su-exec), as a child that gets the
signals (tini, dumb-init), each so many seconds (watch), or with other scheduling (ionice, taskset).
"""

from __future__ import annotations

from ..dates import strftime
from ..kernel.errors import Errno
from ..kernel.files import User
from ..unknown import is_known_to_run
from .processes import become
from .times import span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..kernel.process import Process, Program

_HANDED_ON = ("TERM", "INT", "HUP", "QUIT", "USR1", "USR2")


class _Account:
    """A line of /etc/passwd, with the groups that /etc/group adds."""

    def __init__(self, process: Process, fields: list[str]):
        self.name, self.uid, self.gid = fields[0], int(fields[2]), int(fields[3])
        self.home, self.shell = fields[5] or "/", fields[6] or "/bin/sh"
        self.groups = tuple(int(each[2]) for each in _table(process, "group", 4) if self.name in each[3].split(","))

    @property
    def user(self) -> User:
        return User(self.uid, self.gid, self.groups)


def _table(process: Process, kind: str, count: int) -> list[list[str]]:
    try:
        lines = process.read_file(f"/etc/{kind}").decode("utf-8", "replace").splitlines()
    except Errno:
        return []
    return [fields for line in lines if len(fields := line.split(":")) >= count and fields[2].isdigit()]


def _account(process: Process, name: str) -> _Account | None:
    return next((_Account(process, fields) for fields in _table(process, "passwd", 7) if fields[0] == name), None)


def _su(process: Process) -> int | None:
    """su [-] [-s SHELL] [-c COMMAND] [USER [ARGUMENT ...]] (busybox's loginutils/su.c, util-linux's su-common.c)."""
    busybox = process.space.shell == "ash"
    words, rest = process.argv[1:], list[str]()
    login, keeps, command, shell = False, False, None, ""
    while words:
        word = words.pop(0)
        if word in ("-", "-l", "--login"):
            login = True
        elif word in ("-m", "-p", "--preserve-environment"):
            keeps = True
        elif word in ("-c", "--command", "-s", "--shell") and words:
            if word in ("-c", "--command"):
                command = words.pop(0)
            else:
                shell = words.pop(0)
        elif word.startswith(("--command=", "--shell=")):
            name, _, value = word.partition("=")
            command, shell = (value, shell) if name == "--command" else (command, value)
        elif word == "--":
            rest += words
            break
        elif word.startswith("-") and not rest:
            return process.complain(f"invalid option -- '{word[1:]}'")
        else:
            rest.append(word)
    name = rest.pop(0) if rest else "root"
    account = _account(process, name)
    if account is None:
        return process.complain(f"unknown user {name}" if busybox else f"user {name} does not exist or the user entry "
                                "does not contain all the required fields")
    if process.user.uid:
        return process.complain("must be suid to work properly" if busybox else "Authentication failure")
    process.user = account.user
    shell = shell or account.shell
    env = {} if login else dict(process.env)
    if login:
        env = {key: process.env[key] for key in ("TERM",) if key in process.env}
        env["PATH"] = process.env.get("PATH", "/usr/local/bin:/usr/bin:/bin")
        process.cwd = account.home if _is_folder(process, account.home) else "/"
    if not keeps:
        env.update(HOME=account.home, SHELL=shell)
        if account.uid:
            env.update(USER=account.name, LOGNAME=account.name)
    process.env = env
    if shell.rpartition("/")[2] in ("nologin", "false"):
        if shell.endswith("nologin"):
            process.write("This account is not available" + ("\n" if busybox else ".\n"))
        return 1
    return _turn_into(process, [shell, *(("-c", command) if command is not None else ()), *rest])


def _is_folder(process: Process, path: str) -> bool:
    try:
        inode = process.space.tree.find(path, "/", process.user).inode
    except Errno:
        return False
    return inode is not None and inode.kind == "d"


def _turn_into(process: Process, words: list[str]) -> int | None:
    """Become a program; the message of one that cannot be is that of exec(3)."""
    try:
        process.space.find(process, words[0])
    except Errno as error:
        process.complain(f"{words[0]}: {error.message}")
        return 127 if error.name == "ENOENT" else 126
    return become(process, words)


def _gosu(process: Process) -> int | None:
    """gosu USER[:GROUP] COMMAND, and su-exec; numbers need no account."""
    words = process.argv[1:]
    if len(words) < 2:
        process.write(f"Usage: {process.argv[0]} user-spec command [args]\n", 2)
        return 1
    wanted, _, group = words[0].partition(":")
    account = _account(process, wanted)
    groups = {fields[0]: int(fields[2]) for fields in _table(process, "group", 4)}
    if (account is None and not wanted.isdigit()) or (group and group not in groups and not group.isdigit()):
        what = "user" if account is None and not wanted.isdigit() else "group"
        process.write(f"error: failed switching to {words[0]!r}: unable to find {what} "
                      f"{wanted if what == 'user' else group}\n".replace("'", '"'), 2)
        return 1
    if process.user.uid:
        process.write(f"error: failed switching to \"{words[0]}\": operation not permitted\n", 2)
        return 1
    user = account.user if account is not None else User(int(wanted), 0)
    if group:
        user = User(user.uid, groups[group] if group in groups else int(group))
    process.user = user
    process.env = {**process.env, "HOME": account.home if account is not None else "/"}
    return _turn_into(process, words[1:])


def _supervisor(valued: str) -> Program:
    """Return the program of tini or dumb-init: its child gets the signals that come. `valued`: letters of options with
    a value."""

    def run(process: Process) -> int | None:
        state, kernel = process.memory, process.kernel
        if state is None:
            words = process.argv[1:]
            while words and words[0][:1] == "-":
                word = words.pop(0)
                if word == "--":
                    break
                if len(word) == 2 and word[1] in valued and words:
                    words.pop(0)
            if not words:
                process.write(f"{process.argv[0].rpartition('/')[2]}: no program is given\n", 2)
                return 1
            try:
                program = process.space.find(process, words[0])
            except Errno as error:
                process.write(f"[FATAL {process.argv[0].rpartition('/')[2]} ({process.pid})] exec {words[0]} failed: "
                              f"{error.message}\n", 2)
                return 127 if error.name == "ENOENT" else 126
            if not is_known_to_run(program):
                process.argv, process.program = words, program
                return program(process)
            child = kernel.spawn(process.space, program, words, process.env, process.user, process.cwd, process.fds,
                                 process)
            state = process.memory = {"child": child}
            process.trapped = frozenset(_HANDED_ON)
            kernel.start(child)
        while process.pending:
            kernel.kill(state["child"], process.pending.pop(0))
        if state["child"].status is None:
            process.wait(state["child"])
            return None
        return int(state["child"].status)

    return run


def _watch(process: Process) -> int | None:
    """watch [-n SECONDS] [-t] COMMAND ...: it goes on until it is ended (busybox's procps/watch.c)."""
    state, kernel = process.memory, process.kernel
    if state is None:
        words, period, plain = process.argv[1:], 2.0, False
        while words and words[0][:1] == "-" and len(words[0]) > 1:
            word = words.pop(0)
            if word[:2] == "-n" or word.startswith("--interval"):
                text = word.partition("=")[2] if word[:2] == "--" else word[2:]
                text = text or (words.pop(0) if words else "")
                found = span(text)
                if found is None:
                    return process.complain(f"invalid number '{text}'")
                period = max(found, 0.1)
            plain = plain or word in ("-t", "--no-title")
        if not words:
            process.write("Usage: watch [-n SEC] [-t] PROG ARGS\n", 2)
            return 1
        state = process.memory = {"command": " ".join(words), "period": period, "plain": plain, "child": None}
    if state["child"] is not None and state["child"].status is not None:
        state["child"], state["next"] = None, kernel.now + state["period"]
    if state["child"] is None and kernel.now >= state.get("next", 0.0):
        process.write("\x1b[H\x1b[J" + ("" if state["plain"] else _header(process, state)))
        child = kernel.spawn(process.space, process.space.find(process, "sh"), ["sh", "-c", state["command"]],
                             process.env, process.user, process.cwd, process.fds, process)
        state["child"] = child
        kernel.start(child)
    if state["child"] is not None and state["child"].status is None:
        process.wait(state["child"])
    else:
        process.wait(until=state["next"] if state["child"] is None else kernel.now)
    return None


def _header(process: Process, state: dict[str, Any]) -> str:
    now = strftime("%Y-%m-%d %H:%M:%S", process.kernel.now)
    title = f"Every {state['period']:.1f}s: {state['command']}"
    return f"{title:<60.60} {now}\n\n"


def _scheduled(valued: str, operands: int = 0) -> Callable[[Process], int | None]:
    """Return the program of ionice, chrt, taskset ...: it runs what follows its options and `operands`."""

    def run(process: Process) -> int | None:
        words, left = process.argv[1:], operands
        while words and (words[0][:1] == "-" or left):
            word = words.pop(0)
            if word[:1] != "-":
                left -= 1
            elif len(word) == 2 and word[1] in valued and words:
                words.pop(0)
                left = 0 if word == "-c" else left
        return _turn_into(process, words) if words else process.complain("no command is given")

    return run


PROGRAMS: dict[str, Program] = {
    "su": _su, "gosu": _gosu, "su-exec": _gosu, "setuidgid": _gosu, "tini": _supervisor("pe"),
    "tini-static": _supervisor("pe"), "dumb-init": _supervisor("r"), "watch": _watch,
    "ionice": _scheduled("cn"), "chrt": _scheduled("TPD", 1), "taskset": _scheduled("c", 1),
    "linux32": _scheduled(""), "linux64": _scheduled(""), "setarch": _scheduled("", 1)}
