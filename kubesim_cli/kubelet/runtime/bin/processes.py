"""Programs that run other programs, or tell of them: env, nohup, xargs, ps and their kin."""

from __future__ import annotations

from ..kernel.errors import Errno, Exhausted
from . import applet, applets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..kernel.process import Process

MOST_INPUT = 12 << 20  # bytes that xargs reads


def become(process: Process, words: list[str]) -> int | None:
    """Turn a process into another program."""
    name = process.argv[0]
    try:
        program = process.space.find(process, words[0])
    except Errno as error:
        process.write(f"{name}: '{words[0]}': {error.message}\n" if name == "env" else
                      f"{name}: failed to run command '{words[0]}': {error.message}\n", 2)
        return 127 if error.name == "ENOENT" else 126
    process.argv, process.program, process.memory = words, program, None
    return program(process)


def _env(process: Process) -> int | None:
    words = process.argv[1:]
    env = dict(process.env)
    while words:
        word = words[0]
        if word in ("-i", "-", "--ignore-environment"):
            env = {}
        elif word in ("-u", "--unset") and len(words) > 1:
            env.pop(words.pop(1), None)
        elif word.startswith("-u"):
            env.pop(word[2:], None)
        elif word == "--":
            words.pop(0)
            break
        elif "=" in word:
            name, _, value = word.partition("=")
            env[name] = value
        elif word[:1] != "-":
            break
        words.pop(0)
    process.env = env
    if words:
        return become(process, words)
    process.write("".join(f"{name}={value}\n" for name, value in env.items()))
    return 0


def _printenv(process: Process) -> int:
    words = [word for word in process.argv[1:] if word[:1] != "-"]
    if not words:
        process.write("".join(f"{name}={value}\n" for name, value in process.env.items()))
        return 0
    status = 0
    for word in words:
        if word in process.env:
            process.write(process.env[word] + "\n")
        else:
            status = 1
    return status


def _prefix(*with_value: str):  # type: ignore[no-untyped-def]
    """Return the program of nohup, nice, setsid ...: it runs what follows its options."""

    def run(process: Process) -> int | None:
        words = process.argv[1:]
        while words and words[0][:1] == "-":
            if words.pop(0) in with_value and words:
                words.pop(0)
        if not words:
            return process.complain("missing operand") and 125
        return become(process, words)

    return run


def _busybox(process: Process) -> int | None:
    """busybox APPLET: one of the programs that its image has by name, too (libbb/appletlib.c)."""
    name = process.argv[0].rpartition("/")[2]
    words = process.argv[1:] if name.startswith("busybox") else [name, *process.argv[1:]]
    if words[:1] == ["--list"]:
        process.write("".join(sorted(f"{word}\n" for word in applets.of(process))))
        return 0
    if not words or words[0] in ("--help", "-h"):
        process.write(f"{applets.version(process)}\n\nUsage: busybox [function [arguments]...]\n"
                      "   or: busybox --list[-full]\n   or: function [arguments]...\n")
        return 0
    if words[0] not in applets.of(process):
        process.write(f"{words[0]}: applet not found\n", 2)
        return 127
    process.argv, process.program, process.memory = words, applet(words[0]), None
    return process.program(process)


def _time(process: Process) -> int | None:
    """Tell how long a program takes (busybox's miscutils/time.c)."""
    state, kernel = process.memory, process.kernel
    if state is None:
        words = process.argv[1:]
        posix = "-p" in words[:1]
        words = words[1:] if posix else words
        if not words:
            return process.complain("missing operand") and 125
        try:
            program = process.space.find(process, words[0])
            child = kernel.spawn(process.space, program, words, process.env, process.user, process.cwd, process.fds,
                                 process)
        except Errno as error:
            process.write(f"time: can't execute '{words[0]}': {error.message}\n", 2)
            return 127 if error.name == "ENOENT" else 126
        state = process.memory = {"child": child, "began": kernel.now, "posix": posix}
        kernel.start(child)
    child = state["child"]
    if child.status is None:
        process.wait(child)
        return None
    took = kernel.now - state["began"]
    if state["posix"]:
        process.write(f"real {took:.2f}\nuser 0.00\nsys 0.00\n", 2)
    else:
        process.write(f"real\t{int(took // 60)}m {took % 60:.2f}s\nuser\t0m 0.00s\nsys\t0m 0.00s\n", 2)
    return int(child.status)


def _xargs(process: Process) -> int | None:
    state = process.memory
    if state is None:
        state = process.memory = {"in": bytearray(), "runs": None, "child": None, "status": 0}
    if state["runs"] is None:
        while True:
            data = process.read()
            if data is None:
                return None
            if not data:
                break
            state["in"] += data
            if len(state["in"]) > MOST_INPUT:
                raise Exhausted("memory")
        state["runs"] = _runs(process, state["in"].decode("utf-8", "surrogateescape"))
    kernel = process.kernel
    while True:
        child = state["child"]
        if child is not None:
            if child.status is None:
                process.wait(child)
                return None
            if child.status == 255:
                return 124
            if child.status:
                state["status"] = 123
            state["child"] = None
        if not state["runs"]:
            return int(state["status"])
        argv = state["runs"].pop(0)
        try:
            program = process.space.find(process, argv[0])
            child = kernel.spawn(process.space, program, argv, process.env, process.user, process.cwd,
                                 {**process.fds, 0: kernel.null()}, process)
        except Errno as error:
            process.complain(f"{argv[0]}: {error.message}")
            return 127 if error.name == "ENOENT" else 126
        state["child"] = child
        kernel.start(child)


def _runs(process: Process, text: str) -> list[list[str]]:
    """Return the commands that xargs runs."""
    words = process.argv[1:]
    most, lines, replace, zero, empty, delimiter = 0, 0, "", False, True, ""
    while words and words[0][:1] == "-" and len(words[0]) > 1:
        word = words.pop(0)
        letter, value = word[1], word[2:]
        if word in ("-0", "--null"):
            zero = True
        elif word in ("-r", "--no-run-if-empty"):
            empty = False
        elif letter in "nLIPdsE":
            value = value or (words.pop(0) if words else "")
            if letter == "n":
                most = int(value)
            elif letter == "L":
                lines = int(value)
            elif letter == "I":
                replace = value
            elif letter == "d":
                delimiter = {"\\n": "\n", "\\0": "\0", "\\t": "\t"}.get(value, value)
    command = words or ["echo"]
    if zero or delimiter:
        items = text.split("\0" if zero else delimiter)
        if items and items[-1] in ("", "\n"):
            items.pop()
    elif replace:
        items = [line.strip() for line in text.split("\n") if line.strip()]
    elif lines:
        kept = [line for line in text.split("\n") if line.strip()]
        return [command + [each for line in kept[at:at + lines] for each in _split(line)]
                for at in range(0, len(kept), lines)]
    else:
        items = _split(text)
    if replace:
        return [[word.replace(replace, item) for word in command] for item in items]
    if not items:
        return [command] if empty else []
    size = most or 5000
    return [command + items[at:at + size] for at in range(0, len(items), size)]


def _split(text: str) -> list[str]:
    import shlex

    try:
        return shlex.split(text, comments=False)
    except ValueError:
        return text.split()


def _pidof(process: Process) -> int:
    found = [str(pid) for pid, each in process.space.seen.items()
             if each.argv[0].rpartition("/")[2] in process.argv[1:] and each is not process]
    if found:
        process.write(" ".join(reversed(found)) + "\n")
    return int(not found)


PROGRAMS = {"env": _env, "printenv": _printenv, "xargs": _xargs, "pidof": _pidof, "nohup": _prefix(),
            "nice": _prefix("-n"), "setsid": _prefix(), "stdbuf": _prefix("-o", "-i", "-e"), "time": _time,
            "busybox": _busybox}
