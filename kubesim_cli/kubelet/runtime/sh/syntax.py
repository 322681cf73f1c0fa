"""The parts of a shell program, as parser.py finds them."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class ShellSyntaxError(Exception):
    """`message` is what dash says of it, `line` where. `token`: what should not stand there, or, where more input
    could mend it (`incomplete`), what is missing: a quote, a bracket, or "" for anything."""

    def __init__(self, message: str, line: int, token: str = "", incomplete: bool = False):
        super().__init__(message)
        self.message, self.line, self.token, self.incomplete = message, line, token, incomplete


class Node:
    """Takes the values of its `fields` in their order."""

    fields: tuple[str, ...] = ()

    def __init__(self, *values: Any):
        for name, value in zip(self.fields, values, strict=True):
            setattr(self, name, value)

    if TYPE_CHECKING:
        def __getattr__(self, name: str) -> Any: ...
        def __setattr__(self, name: str, value: Any) -> None: ...


# Words: lists of parts

class Literal(Node):
    """Text as it stands; `quoted`: no pattern, no tilde."""

    fields = ("text", "quoted")


class Parameter(Node):
    """$name or ${...}. `operator`: "", one of - := ? + with or without colon, # ## % %%, / // /# /%, ^ ^^ , ,, : (a
    slice), @ (a transformation); `length`: ${#name}; `indirect`: ${!name}; `subscript`: a Word or None; `word`,
    `second`: what follows the operator."""

    fields = ("name", "subscript", "operator", "word", "second", "length", "indirect", "quoted")


class Substitution(Node):
    """$(...) or `...`; `slot` is where its output will stand; `file`: < or > where a file stands for it: <(...)."""

    fields = ("program", "quoted", "slot", "file")


class Arithmetic(Node):
    """$((...))."""

    fields = ("word", "quoted")


class Word(Node):
    """`parts`; a word of no parts is nothing, while '' is a quoted Literal."""

    fields = ("parts",)


# Commands

class Assignment(Node):
    """name=value, name+=value, name[subscript]=value; `value`: a Word, or a list of (subscript or None, Word)."""

    fields = ("name", "subscript", "append", "value")


class Redirect(Node):
    """`operator`: < > >> >| <> <& >& &> &>> << <<<; `target`: a Word, the document's for <<."""

    fields = ("fd", "operator", "target")


class Simple(Node):
    fields = ("assignments", "words", "redirects", "line")


class Pipeline(Node):
    fields = ("commands", "negated", "timed", "line")


class AndOr(Node):
    """`first`, then `rest`: pairs of && or || and a pipeline."""

    fields = ("first", "rest")


class Sequence(Node):
    """`items`: pairs of an AndOr and whether it runs in the background."""

    fields = ("items",)


class If(Node):
    """`branches`: pairs of condition and body; `otherwise`: a Sequence or None."""

    fields = ("branches", "otherwise")


class While(Node):
    fields = ("condition", "body", "until")


class For(Node):
    """`words`: None for "$@"."""

    fields = ("name", "words", "body", "line")


class CFor(Node):
    """for ((first; condition; step))."""

    fields = ("first", "condition", "step", "body")


class Case(Node):
    """`clauses`: (patterns, body or None, ;; or ;& or ;;&)."""

    fields = ("word", "clauses", "line")


class Subshell(Node):
    fields = ("body",)


class Group(Node):
    fields = ("body",)


class Function(Node):
    fields = ("name", "body")


class Condition(Node):
    """[[ ... ]]: `test` is ("and"|"or", a, b), ("not", a), ("unary", operator, word) or ("binary", operator, a, b)."""

    fields = ("test", "line")


class Compute(Node):
    """(( ... ))."""

    fields = ("word", "line")


class Redirected(Node):
    """A compound command with redirections."""

    fields = ("command", "redirects", "line")
