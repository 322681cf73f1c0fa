"""Loops that can be seen to go on for ever, or for as long as the network says the same, so that nobody need look far
ahead to know.

It is better not to see one than to be wrong. Of a loop for ever the condition must plainly hold, and nothing in it may
leave; one that waits for the network may do nothing that makes its next round another one.
"""

from __future__ import annotations

from .syntax import (
    AndOr,
    Case,
    For,
    Group,
    If,
    Literal,
    Node,
    Parameter,
    Pipeline,
    Redirect,
    Redirected,
    Sequence,
    Simple,
    Subshell,
    Substitution,
    While,
    Word,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_HOLD = {("true",), (":",), ("[", "1", "]"), ("test", "1")}
_NOTHING = frozenset((":", "true", "false", "[", "test"))
_LEAVE = frozenset((".", "break", "eval", "exec", "exit", "kill", "return", "set", "source", "trap"))
# What a loop that waits is made of: programs that ask the network, those that look at nothing else, those that look at
# no more than what is piped into them, if no path is among their words, and what `[` compares with.
_ASK = frozenset(("curl", "dig", "getent", "host", "mariadb", "mariadb-admin", "mysql", "mysqladmin", "nc", "ncat",
                  "netcat", "nslookup", "pg_isready", "ping", "psql", "redis-cli", "telnet", "wget"))
_SAY = frozenset((":", "break", "continue", "echo", "exit", "false", "hostname", "printf", "sleep", "true"))
_SIFT = frozenset(("awk", "cat", "cut", "egrep", "grep", "head", "sed", "sort", "tail", "tr", "wc"))
_COMPARES = frozenset(("-n", "-z", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-a", "-o"))
_CHANGING = frozenset(("RANDOM", "SECONDS", "EPOCHSECONDS", "EPOCHREALTIME", "SRANDOM", "!", "_"))
_BUILT = (AndOr, Case, For, Group, If, Literal, Parameter, Pipeline, Redirect, Redirected, Sequence, Simple, Subshell,
          Substitution, While, Word)


def names(loop: While) -> frozenset[str] | None:
    """Return the commands that an endless loop runs (functions may have their names), None for any other loop.

    Without a `sleep`, a loop that sets variables does not count: it may run out of memory.
    """
    condition = _plain(loop.condition)
    if condition is None or not (condition in _HOLD or condition[0] == "sleep") if not loop.until else (
            condition != ("false",)):
        return None
    found: set[str] = set()
    assigns = False
    for node in _nodes(loop):
        if isinstance(node, Parameter) and node.operator in ("?", ":?"):
            return None
        if isinstance(node, Simple):
            assigns = assigns or bool(node.assignments)
            if node.words:
                name = _text(node.words[0])
                if name is None or name in _LEAVE:
                    return None
                found.add(name)
    return None if assigns and "sleep" not in found else frozenset(found)


def does_nothing(loop: While, commands: frozenset[str]) -> bool:
    """Tell whether an endless loop of these commands only uses the processor."""
    for node in _nodes(loop):
        if isinstance(node, (Redirect, Subshell, Substitution)):
            return False
        if isinstance(node, Pipeline) and len(node.commands) > 1:
            return False
        if isinstance(node, Sequence) and any(background for _, background in node.items):
            return False
    return commands <= _NOTHING


def waits(loop: While) -> frozenset[str] | None:
    """Return the commands of a loop each of whose rounds is the same as the one before, as long as the network is;
    functions may have their names. None for any other loop."""
    found: set[str] = set()
    for node in _nodes(loop):
        if not isinstance(node, _BUILT) or not _is_steady(node):
            return None
        if isinstance(node, Simple) and node.words:
            found.add(_text(node.words[0]) or "")
    if found & {"[", "test"} and "date" in found:
        return None
    return frozenset(found) if found & _ASK else None


def _nodes(loop: While) -> Iterator[Node]:
    """Yield all that a loop's condition and body are made of."""
    waiting: list[Any] = [loop.condition, loop.body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (list, tuple)):
            waiting += node
        elif isinstance(node, Node):
            yield node
            waiting += [getattr(node, slot) for slot in node.fields]


def _is_steady(node: Node) -> bool:
    """Tell whether a part of a loop, but for what is in it, does the same in each round."""
    if isinstance(node, Parameter):
        return node.name not in _CHANGING and node.operator not in ("=", ":=", "?", ":?")
    if isinstance(node, Redirect):
        target = _text(node.target) if isinstance(node.target, Word) else None
        return node.operator in ("<&", ">&") or (target or "").startswith(("/dev/null", "/dev/std"))
    if isinstance(node, Substitution):
        return not node.file
    if isinstance(node, Sequence):
        return not any(background for _, background in node.items)
    return not isinstance(node, Simple) or (not node.assignments and _does_the_same(node))


def _does_the_same(command: Simple) -> bool:
    words = [_text(word) for word in command.words]
    if not words:
        return True
    name = words[0]
    if name in ("[", "test"):
        return all(word is None or word[:1] != "-" or word in _COMPARES for word in words[1:])
    if name == "timeout":
        return not _ASK.isdisjoint(each for each in words if each)
    if name in _SIFT:
        return all(word is not None and "/" not in word for word in words)
    return name in _ASK or name in _SAY or name == "date"


def _plain(sequence: Node) -> tuple[str, ...] | None:
    """Return the words of a sequence that is one plain command."""
    items = sequence.items
    if len(items) != 1 or items[0][1] or items[0][0].rest:
        return None
    pipeline = items[0][0].first
    if pipeline.negated or len(pipeline.commands) != 1 or not isinstance(pipeline.commands[0], Simple):
        return None
    words = [_text(word) for word in pipeline.commands[0].words]
    return tuple(words) if words and None not in words else None  # type: ignore[arg-type]


def _text(word: Word) -> str | None:
    """Return a word that is what stands there, None for any other."""
    if all(isinstance(part, Literal) for part in word.parts):
        return "".join(part.text for part in word.parts)
    return None
