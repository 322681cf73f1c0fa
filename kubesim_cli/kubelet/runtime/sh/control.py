"""Builtins that decide what is run next: exit, return, eval, source, exec, command.

They get the shell, the arguments, what the redirections have replaced, the operation that follows, and whether a
failure counts; they return what an operation returns (compiler.py).
"""

from __future__ import annotations

from ..kernel.errors import Errno
from .codes import EXEC, FRAME
from .redirects import drop
from .syntax import ShellSyntaxError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .shell import Saved, Shell

    Control = Callable[[Shell, list[str], Saved, int, bool], int]

def then(sh: Shell, saved: Saved, status: int, after: int) -> int:
    sh.restore(saved)
    sh.status = status
    return after


def _exit(sh: Shell, argv: list[str], saved: Saved, after: int, lenient: bool) -> int:
    if len(argv) > 1 and not argv[1].lstrip("-").isdigit():
        sh.complain(f"exit: Illegal number: {argv[1]}" if not sh.bash
                    else f"exit: {argv[1]}: numeric argument required")
        return sh.finish(2)
    if sh.interactive and sh.bash:
        sh.process.write("exit\n", 2)
    if len(argv) > 1:
        return sh.finish(int(argv[1]))
    frame = sh.frames[-1]
    return sh.finish(frame.status if frame.kind in ("trap", "fatal") else
                     sh.ending if frame.kind == "exit" and sh.ending is not None and not sh.status else sh.status)


def _return(sh: Shell, argv: list[str], saved: Saved, after: int, lenient: bool) -> int:
    status = int(argv[1]) & 255 if len(argv) > 1 and argv[1].lstrip("-").isdigit() else sh.status
    sh.restore(saved)
    if not any(frame.kind in ("function", "source") for frame in sh.frames):
        if sh.bash:
            sh.complain("return: can only `return' from a function or sourced script")
            sh.status = 2
            return after
        return sh.finish(status)
    while sh.frames[-1].kind not in ("function", "source"):
        sh.unwind(sh.frames[-1], 0)
        sh.pop()
    sh.unwind(sh.frames[-1], 0)
    sh.status = status
    return sh.pop()


def _eval(sh: Shell, argv: list[str], saved: Saved, after: int, lenient: bool) -> int:
    words = argv[2:] if argv[1:2] == ["--"] else argv[1:]
    try:
        code = sh.code(" ".join(words))
    except ShellSyntaxError as error:
        from .messages import syntax

        syntax(sh, error, " ".join(words), "eval")
        sh.restore(saved)
        if not sh.bash:
            return sh.finish(2)
        sh.status = 2
        return after
    frame = sh.push(code, 0, "eval", lenient)
    sh.frames[-2].pc = after
    frame.saved = saved
    sh.status = 0
    return FRAME


def _source(sh: Shell, argv: list[str], saved: Saved, after: int, lenient: bool) -> int:
    if len(argv) < 2:
        sh.complain(".: filename argument required")
        return then(sh, saved, 2, after)
    path = argv[1]
    try:
        text = sh.process.read_file(path).decode("utf-8", "surrogateescape")
        sh.process.piped.clear()  # the shell goes on, and may read another time
    except Errno as error:
        from .messages import unopened

        sh.complain((f"{argv[0]}: " if not sh.bash else "") + unopened(sh, path, error.message, False))
        if not sh.bash:
            return sh.finish(2)
        return then(sh, saved, 1, after)
    frame = sh.push(sh.code(text), 0, "source", lenient)
    sh.frames[-2].pc = after
    frame.saved = saved
    if len(argv) > 2 and sh.dialect != "dash":
        frame.positional, sh.positional = sh.positional, argv[2:]
    sh.status = 0
    return FRAME


def _exec(sh: Shell, argv: list[str], saved: Saved, after: int, lenient: bool) -> int:
    drop(sh, saved)
    words = argv[1:]
    if not words:
        sh.status = 0
        return after
    process = sh.process
    try:
        program = process.space.find(process, words[0], sh.get("PATH"))
    except Errno as error:
        missing = error.name == "ENOENT"
        sh.complain(f"exec: {words[0]}: {'not found' if missing else error.message}")
        return sh.finish(127 if missing else 126)
    process.env = dict(sh.environment())
    process.program, process.argv, process.memory = program, words, None
    process.trapped, process.pending = frozenset(), []
    return EXEC


def _break(sh: Shell, argv: list[str], saved: Saved, after: int, lenient: bool) -> int:
    return then(sh, saved, 0, after)


CONTROL: dict[str, Callable[[Shell, list[str], Saved, int, bool], int]] = {
    "exit": _exit, "return": _return, "eval": _eval, ".": _source, "source": _source, "exec": _exec,

    "break": _break, "continue": _break,
}
