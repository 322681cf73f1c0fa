"""Which commands take the place of the process that runs them, for nothing comes after them.

Who is process 1 of a container, and so whom its SIGTERM reaches, hangs on this: dash (0.5.12, of Debian 12 and 13)
stays for every command of `sh -c`, busybox's ash goes for the last one wherever it stands (shell/ash.c, EV_EXIT), bash
for a plain one (builtins/evalstring.c, should_suppress_fork and optimize_connection_fork).
"""

from __future__ import annotations

from . import syntax

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .syntax import AndOr, Node, Sequence


def of_text(program: Sequence, text: str, dialect: str) -> set[int]:
    """Return the id() of those commands of a text that stood behind -c."""
    if dialect == "dash" or not program.items or program.items[-1][1] or not _ends(text, dialect):
        return set()
    if dialect == "ash":
        return {id(node) for node in _tails(program) if not _has_document(node)}
    item = program.items[-1][0]
    before = [each for each in program.items[:-1] if _line(each[0]) == _line(item)]
    return _of_bash([*before, program.items[-1]])


def of_process(node: Node, dialect: str) -> set[int]:
    """Return the id() of those commands of what a subshell, a background job or a part of a pipeline runs."""
    if dialect != "bash":
        return {id(each) for each in _tails(node)}
    if isinstance(node, syntax.Sequence):
        only = _only(node)
        if only is not None:
            return {id(only)}
        return _of_bash(node.items)
    return {id(node)} if isinstance(node, (syntax.Simple, syntax.Subshell)) else set()


def of_job(item: AndOr, dialect: str) -> set[int]:
    """Return the id() of those commands of a background job: bash goes for a job of one command alone."""
    if dialect != "bash":
        return {id(each) for each in _tails(item)}
    only = _only(syntax.Sequence([(item, False)]))
    return set() if only is None else {id(only)}


def _of_bash(items: list[tuple[AndOr, bool]]) -> set[int]:
    """bash looks at the command behind the last operator of a line, and forks for one with redirections."""
    item = items[-1][0]
    if len(items) > 1 and (item.rest or items[-2][1]):
        return set()
    pipeline = item.rest[-1][1] if item.rest else item.first
    command = _command(pipeline)
    return {id(command)} if isinstance(command, syntax.Simple) and not command.redirects else set()


def _only(node: Sequence) -> Node | None:
    """Return the command of a sequence that is nothing but that."""
    if len(node.items) != 1 or node.items[0][1] or node.items[0][0].rest:
        return None
    command = _command(node.items[0][0].first)
    return command if isinstance(command, (syntax.Simple, syntax.Subshell)) else None


def _command(pipeline: syntax.Pipeline) -> Node | None:
    """Return the command of a pipeline whose exit code is that command's."""
    if len(pipeline.commands) != 1 or pipeline.negated or pipeline.timed:
        return None
    found: Node = pipeline.commands[0]
    return found


def _tails(node: Node | None) -> Iterator[Node]:
    """Yield the commands that may be the last ones of a command."""
    if isinstance(node, (syntax.Simple, syntax.Subshell)):
        yield node
    elif isinstance(node, syntax.Sequence):
        if node.items and not node.items[-1][1]:
            yield from _tails(node.items[-1][0])
    elif isinstance(node, syntax.AndOr):
        yield from _tails(_command(node.rest[-1][1] if node.rest else node.first))
    elif isinstance(node, syntax.Group):
        yield from _tails(node.body)
    elif isinstance(node, syntax.If):
        for _, body in node.branches:
            yield from _tails(body)
        yield from _tails(node.otherwise)
    elif isinstance(node, syntax.Case):
        for _, body, end in node.clauses:
            if end == ";;":
                yield from _tails(body)


def _ends(text: str, dialect: str) -> bool:
    """Tell whether a shell knows at the last command that the text is over: ash reads no line end behind it, bash one
    at most."""
    lines = text.split("\n")
    if dialect == "bash" and len(lines) > 1 and not lines[-1]:
        lines.pop()
    return lines[-1].strip(" \t")[:1] not in ("", "#")


def _has_document(node: Node) -> bool:
    return isinstance(node, syntax.Simple) and any(each.operator == "<<" for each in node.redirects)


def _line(item: AndOr) -> int:
    line: int = (item.rest[-1][1] if item.rest else item.first).line
    return line
