"""The parse tree of a template; `str(node)` is how error messages show it (text/template/parse/node.go)."""

from __future__ import annotations

from ...go.fmt import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..types import Json


class Node:
    """`pos` is the place in the template's text."""

    __slots__ = ("pos",)

    def __init__(self, pos: int) -> None:
        self.pos = pos


class Text(Node):
    __slots__ = ("text",)

    def __init__(self, pos: int, text: str) -> None:
        self.pos, self.text = pos, text


class Action(Node):
    """A pipeline whose value is printed."""

    __slots__ = ("pipe",)

    def __init__(self, pos: int, pipe: Pipe) -> None:
        self.pos, self.pipe = pos, pipe

    def __str__(self) -> str:
        return f"{{{{{self.pipe}}}}}"


class Branch(Node):
    """`if`, `with` and `range`; `otherwise` is None without {{else}}."""

    __slots__ = ("body", "keyword", "otherwise", "pipe")

    def __init__(self, pos: int, keyword: str, pipe: Pipe, body: list[Json], otherwise: list[Json] | None) -> None:
        self.pos, self.keyword, self.pipe, self.body, self.otherwise = pos, keyword, pipe, body, otherwise


class Template(Node):
    __slots__ = ("name", "pipe")

    def __init__(self, pos: int, name: str, pipe: Pipe | None) -> None:
        self.pos, self.name, self.pipe = pos, name, pipe

    def __str__(self) -> str:
        return f"{{{{template {quote(self.name)}{f' {self.pipe}' if self.pipe else ''}}}}}"


class Keyword(Node):
    """break, continue, and what ends a list: end, else."""

    __slots__ = ("word",)

    def __init__(self, pos: int, word: str) -> None:
        self.pos, self.word = pos, word

    def __str__(self) -> str:
        return f"{{{{{self.word}}}}}"


class Pipe(Node):
    """Commands, and the variables they set: `declared` names, or assigned ones where `assigns`."""

    __slots__ = ("assigns", "commands", "declared")

    def __init__(self, pos: int) -> None:
        self.pos = pos
        self.declared: list[str] = []
        self.assigns = False
        self.commands: list[Command] = []

    def __str__(self) -> str:
        commands = " | ".join(map(str, self.commands))
        return f"{', '.join(self.declared)} {'=' if self.assigns else ':='} {commands}" if self.declared else commands


class Command(Node):
    __slots__ = ("args",)

    def __init__(self, pos: int) -> None:
        self.pos = pos
        self.args: list[Node] = []

    def __str__(self) -> str:
        return " ".join([f"({arg})" if isinstance(arg, Pipe) else str(arg) for arg in self.args])


class Dot(Node):
    __slots__ = ()

    def __str__(self) -> str:
        return "."


class Nil(Node):
    __slots__ = ()

    def __str__(self) -> str:
        return "nil"


class Identifier(Node):
    """A function's name."""

    __slots__ = ("name",)

    def __init__(self, pos: int, name: str) -> None:
        self.pos, self.name = pos, name

    def __str__(self) -> str:
        return self.name


class Field(Node):
    __slots__ = ("names",)

    def __init__(self, pos: int, names: list[str]) -> None:
        self.pos, self.names = pos, names

    def __str__(self) -> str:
        return "".join(["." + name for name in self.names])


class Variable(Node):
    """A variable and the fields taken of it; `names[0]` has the dollar sign."""

    __slots__ = ("names",)

    def __init__(self, pos: int, names: list[str]) -> None:
        self.pos, self.names = pos, names

    def __str__(self) -> str:
        return ".".join(self.names)


class Chain(Node):
    """Fields of something else, as in `(index .items 0).metadata.name`."""

    __slots__ = ("names", "node")

    def __init__(self, pos: int, node: Node) -> None:
        self.pos, self.node = pos, node
        self.names: list[str] = []

    def __str__(self) -> str:
        node = f"({self.node})" if isinstance(self.node, Pipe) else str(self.node)
        return ".".join([node, *self.names])


class Constant(Node):
    """A bool, string or number: `value` is its Go value, `text` what stands in the template."""

    __slots__ = ("text", "value")

    def __init__(self, pos: int, text: str, value: Json) -> None:
        self.pos, self.text, self.value = pos, text, value

    def __str__(self) -> str:
        return self.text
