"""flock: runs a program while an open file has a lock (util-linux' sys-utils/flock.c, busybox' util-linux/flock.c)."""

from __future__ import annotations

from ..kernel import locks
from ..kernel.descriptors import OpenFile, OpenFolder
from ..kernel.errors import Errno
from .times import span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..kernel.process import Process, Program

_USAGE, _DATA, _NO_INPUT, _NO_EXEC = 64, 65, 66, 69  # sysexits.h
_LETTERS = {"shared": "s", "exclusive": "x", "unlock": "u", "nonblock": "n", "nb": "n", "close": "o", "no-fork": "F",
            "verbose": "v", "timeout": "w", "wait": "w", "conflict-exit-code": "E"}
_OURS = 3  # the descriptor of the file that it opens itself


def _flock(process: Process) -> int | None:
    """flock [-sxun] [-w SECONDS] [-E CODE] [-o] FILE|FD [-c] [COMMAND ...]"""
    state = process.memory
    if state is None:
        begun = _begin(process)
        if isinstance(begun, int):
            return begun
        state = process.memory = begun
    kernel = process.kernel
    child = state["child"]
    if child is None:
        what: OpenFile = process.fds[state["fd"]]  # type: ignore[assignment]
        if state["unlock"]:
            locks.release(kernel, what, what.inode)
        elif not locks.take(kernel, what, what.inode, not state["shared"]):
            if state["until"] is not None and kernel.now >= state["until"]:
                return int(state["conflict"])
            process.wait(what.inode, until=state["until"])
            return None
        if not state["command"]:
            return 0
        try:
            program = process.space.find(process, state["command"][0])
        except Errno as error:
            if process.space.shell == "ash":
                return process.complain(f"{state['command'][0]}: {error.message}") and 255
            return process.complain(f"failed to execute {state['command'][0]}: {error.message}") and _NO_EXEC
        fds = {fd: each for fd, each in process.fds.items() if fd != state["fd"] or not state["closes"]}
        child = state["child"] = kernel.spawn(process.space, program, state["command"], process.env, process.user,
                                              process.cwd, fds, process)
        kernel.start(child)
    if child.status is None:
        process.wait(child)
        return None
    return int(child.status)


def _begin(process: Process) -> dict[str, Any] | int:
    """Read the arguments and open the file; return what is to be done, or an exit code."""
    busybox = process.space.shell == "ash"
    words = process.argv[1:]
    letters, values = "", dict[str, str]()
    while words and words[0][:1] == "-" and len(words[0]) > 1:
        word = words.pop(0)
        if word == "--":
            break
        if word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            found = _LETTERS.get(name, "")
            if not found:
                return _refuse(process, f"unrecognized option '{word}'")
            rest = value if equals else ""
        else:
            found, rest = word[1], word[2:]
        while found:
            if found not in ("sxun" if busybox else "sxunoFvwE"):
                return _refuse(process, f"invalid option -- '{found}'")
            if found in "wE":
                values[found], rest = rest or (words.pop(0) if words else ""), ""
            letters += found
            found, rest = (rest[0], rest[1:]) if rest and word[:2] != "--" else ("", "")
    wait = span(values.get("w", "0"))
    if "E" in values and not (values["E"].isascii() and values["E"].isdigit() and int(values["E"][:4]) < 256):
        return process.complain(f"invalid exit code: '{values['E']}'") and _USAGE
    if wait is None:
        return process.complain(f"invalid timeout value: '{values['w']}'") and _USAGE
    if not words:
        return _refuse(process, "not enough arguments")
    name, *command = words
    if command[:1] in (["-c"], ["--command"]):
        if len(command) != 2:
            return process.complain("-c takes only one argument" if busybox else "-c requires exactly one command "
                                    "argument") and (1 if busybox else _USAGE)
        command = [process.env.get("SHELL") or "/bin/sh", "-c", command[1]]
    if command:
        try:
            what = process.open(name)
        except Errno as error:
            if error.name == "ENOENT":
                try:
                    process.open(name, "x")
                    what = process.open(name)
                except Errno as refused:
                    return _unopened(process, name, refused)
            else:
                return _unopened(process, name, error)
        fd = next(each for each in range(_OURS, 1 << 10) if each not in process.fds)
        process.install(fd, what)
    elif not name.isdigit():
        return process.complain(f"invalid number '{name}'" if busybox else f"bad file descriptor: '{name}'") and (
            1 if busybox else _USAGE)
    else:
        fd = int(name)
    if not isinstance(process.fds.get(fd), (OpenFile, OpenFolder)):
        return process.complain(": Bad file descriptor" if busybox else f"{fd}: Bad file descriptor") and (
            1 if busybox else _DATA)
    until = process.kernel.now if "n" in letters else process.kernel.now + wait if "w" in letters else None
    return {"fd": fd, "shared": "s" in letters, "unlock": "u" in letters, "closes": "o" in letters, "until": until,
            "conflict": int(values.get("E") or 1), "command": command, "child": None}


def _refuse(process: Process, why: str) -> int:
    process.complain(why)
    if process.space.shell == "ash":
        return 1
    process.write("Try 'flock --help' for more information.\n", 2)
    return _USAGE


def _unopened(process: Process, name: str, error: Errno) -> int:
    if process.space.shell == "ash":
        return process.complain(f"can't open '{name}': {error.message}")
    return process.complain(f"cannot open lock file {name}: {error.message}") and _NO_INPUT


PROGRAMS: dict[str, Program] = {"flock": _flock}
