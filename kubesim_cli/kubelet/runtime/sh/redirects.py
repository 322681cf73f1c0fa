"""Redirections: files, descriptors and here-documents in the place of others."""

from __future__ import annotations

from ..kernel.errors import Blocked, Errno
from . import expand, messages

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..kernel.descriptors import Open
    from .codes import Operation
    from .shell import Saved, Shell
    from .syntax import Redirect

    Opener = Callable[[Shell, Saved], None]

def redirection(node: Redirect) -> Opener:
    """Compile a redirection: a function that makes it and notes what was there before."""
    fd, operator = node.fd, node.operator
    target = expand.text(node.target)

    def move(sh: Shell, saved: Saved, fd: int, what: Open | None) -> None:
        process = sh.process
        before = process.fds.get(fd)
        if before is not None:
            before.users += 1
        saved.append((fd, before))
        if what is None:
            process.close(fd)
        else:
            process.install(fd, what)

    def document(sh: Shell, saved: Saved) -> None:
        from ..kernel.descriptors import Data

        text = target(sh) + ("\n" if operator == "<<<" else "")
        move(sh, saved, fd, Data(text.encode("utf-8", "surrogateescape")))

    def duplicate(sh: Shell, saved: Saved) -> None:
        name = target(sh)
        if name == "-":
            move(sh, saved, fd, None)
        elif name.isdigit():
            what = sh.process.fds.get(int(name))
            if what is None:
                raise Redirected(f"{name}: Bad file descriptor")
            move(sh, saved, fd, what)
        else:
            both(sh, saved)

    def both(sh: Shell, saved: Saved) -> None:
        what = _open(sh, target(sh), "a" if operator == "&>>" else "w")
        move(sh, saved, 1, what)
        move(sh, saved, 2, what)

    how = {"<": "r", ">>": "a", "<>": "+"}.get(operator, "w")

    def plain(sh: Shell, saved: Saved) -> None:
        move(sh, saved, fd, _open(sh, target(sh), "n" if how == "w" and operator == ">" and "C" in sh.options else how))

    if operator in ("<<", "<<<"):
        return document
    if operator in (">&", "<&"):
        return duplicate
    return both if operator in ("&>", "&>>") else plain


def _open(sh: Shell, path: str, how: str) -> Open:
    try:
        return sh.process.open(path, "x" if how == "n" else how)
    except Errno as error:
        raise Redirected(messages.unopened(sh, path, error.message, how != "r")) from None


class Redirected(Exception):
    """A redirection that failed; `message` says why."""

    def __init__(self, message: str):
        super().__init__(message)
        self.message = message


def redirect(sh: Shell, openers: list[Opener], saved: Saved, words: list[str] | None = None) -> bool:
    """Make redirections; where one fails, say so, take back those made, and return False.

    One that has to wait for somebody to open a named pipe raises Blocked; when this is called again it goes on there.
    `words`: of the command, which are worked out once.
    """
    first, earlier, _ = sh.partial or (0, [], None)
    sh.partial = None
    saved += earlier
    try:
        for number, opener in enumerate(openers[first:], first):
            try:
                opener(sh, saved)
            except Blocked:
                sh.partial = number, saved, words or []
                raise
    except (Redirected, Errno) as error:
        sh.restore(saved)
        sh.complain(error.message)
        return False
    return True


def push_redirects(nodes: list[Redirect], line: int, into: int, after: int) -> Operation:
    openers = [redirection(node) for node in nodes]

    def push(sh: Shell) -> int:
        saved: Saved = []
        sh.line = line
        if not redirect(sh, openers, saved):
            sh.status = sh.refused
            return after
        sh.frames[-1].stack.append(("redirects", saved))
        return into

    return push


def pop_redirects(after: int) -> Operation:
    def pop(sh: Shell) -> int:
        sh.restore(sh.frames[-1].stack.pop()[1])
        return after

    return pop


def drop(sh: Shell, saved: Saved) -> None:
    """Let redirections stay."""
    for _, what in saved:
        if what is not None:
            what.users -= 1
            if not what.users:
                what.closed(sh.process.kernel)
