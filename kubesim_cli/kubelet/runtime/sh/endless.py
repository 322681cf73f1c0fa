"""Loops that can be seen to go on for ever, so that nobody need look far ahead to know.

It is better not to see one than to be wrong: the loop's condition must plainly hold, and nothing in it may leave.
"""

from __future__ import annotations

from .syntax import Literal, Node, Parameter, Simple, While, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_HOLD = {("true",), (":",), ("[", "1", "]"), ("test", "1")}
_LEAVE = frozenset((".", "break", "eval", "exec", "exit", "kill", "return", "set", "source", "trap"))


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
    waiting: list[Any] = [loop.condition, loop.body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (list, tuple)):
            waiting += node
        elif isinstance(node, Parameter) and node.operator in ("?", ":?"):
            return None
        elif isinstance(node, Node):
            if isinstance(node, Simple):
                assigns = assigns or bool(node.assignments)
                if node.words:
                    name = _text(node.words[0])
                    if name is None or name in _LEAVE:
                        return None
                    found.add(name)
            waiting += [getattr(node, slot) for slot in node.fields]
    return None if assigns and "sleep" not in found else frozenset(found)


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
