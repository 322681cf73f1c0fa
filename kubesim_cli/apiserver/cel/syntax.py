"""From text to tree.

A node is a tuple (kind, offset, ...), the offset being that of the token by which complaints point at it:
`literal` value; `ident` name; `select` operand, field, optional, test-only; `call` function, target or None, arguments;
`list` items; `map` entries (key, value); `message` its type, entries (field as a literal, value);
`comprehension` macro, range, variables, arguments; `bind` variable, its value, what is evaluated with it.
"""

from __future__ import annotations

import re

from .errors import CompileError
from .values import UInt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn, TypeAlias

    from .values import Value

    Node: TypeAlias = tuple[Any, ...]

_TOKEN = re.compile(r"""
    (?P<space>[\t\ \r\n\f]+|//[^\n]*)
  | (?P<bytes>[bB][rR]?(?:\"{3}(?:\\.|[^\\])*?\"{3}|'{3}(?:\\.|[^\\])*?'{3}
      |"(?:\\.|[^\\"\n\r])*"|'(?:\\.|[^\\'\n\r])*'))
  | (?P<string>[rR](?:\"{3}.*?\"{3}|'{3}.*?'{3}|"[^"\n\r]*"|'[^'\n\r]*')
      |\"{3}(?:\\.|[^\\])*?\"{3}|'{3}(?:\\.|[^\\])*?'{3}|"(?:\\.|[^\\"\n\r])*"|'(?:\\.|[^\\'\n\r])*')
  | (?P<float>\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?)
  | (?P<uint>0x[0-9a-fA-F]+[uU]|\d+[uU])
  | (?P<int>0x[0-9a-fA-F]+|\d+)
  | (?P<ident>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<quoted>`[A-Za-z0-9_.\-/ ]+`)
  | (?P<op>==|!=|<=|>=|&&|\|\||[<>\[\]{}().,\-!?:+*/%])
""", re.VERBOSE | re.DOTALL)
_RESERVED = {"as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
             "namespace", "return", "var", "void", "while"}
_RELATIONS = {"<": "_<_", "<=": "_<=_", ">": "_>_", ">=": "_>=_", "==": "_==_", "!=": "_!=_", "in": "@in"}
_SUMS = {"+": "_+_", "-": "_-_"}
_PRODUCTS = {"*": "_*_", "/": "_/_", "%": "_%_"}
_STARTS = ("{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, "
           "IDENTIFIER}")
# Macros on a range: name -> (least, most) arguments.
_MACROS = {"all": (2, 3), "exists": (2, 3), "exists_one": (2, 3), "existsOne": (3, 3), "map": (2, 3), "filter": (2, 2),
           "transformList": (3, 4), "transformMap": (3, 4), "transformMapEntry": (3, 4)}
_SORTED = "@__sortBy_input__"  # what a sortBy is about, which is evaluated once
_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def parse(text: str) -> Node:
    """Return the tree of an expression. Raises CompileError."""
    parser = _Parser(text)
    node = parser.expression()
    if parser.kind != "end":
        following = parser.tokens[parser.at + 1][0]
        word = "extraneous" if following == "end" else "mismatched"
        parser.fail(f"{word} input {parser.shown()} expecting <EOF>")
    return node


class _Parser:
    def __init__(self, text: str):
        self.text = text
        self.tokens = self._lex()
        self.at = 0

    def _lex(self) -> list[tuple[str, str, int]]:
        tokens, at = [], 0
        while at < len(self.text):
            match = _TOKEN.match(self.text, at)
            if match is None:
                raise CompileError(self.text, [(at, f"Syntax error: token recognition error at: '{self.text[at]}'")])
            if match.lastgroup != "space":
                tokens.append((match.lastgroup or "", match[0], at))
            at = match.end()
        return [*tokens, ("end", "<EOF>", len(self.text))]

    @property
    def kind(self) -> str:
        return self.tokens[self.at][0]

    @property
    def word(self) -> str:
        return self.tokens[self.at][1]

    @property
    def place(self) -> int:
        return self.tokens[self.at][2]

    def shown(self) -> str:
        return f"'{self.word}'"

    def fail(self, message: str) -> NoReturn:
        raise CompileError(self.text, [(self.place, f"Syntax error: {message}")])

    def is_op(self, *words: str) -> bool:
        return self.kind == "op" and self.word in words

    def accept(self, word: str) -> bool:
        if self.is_op(word):
            self.at += 1
            return True
        return False

    def expect(self, word: str) -> None:
        if not self.accept(word):
            self.fail(f"missing '{word}' at {self.shown()}" if self.kind == "end"
                      else f"mismatched input {self.shown()} expecting '{word}'")

    def expression(self) -> Node:
        condition = self._binary(0)
        if not self.is_op("?"):
            return condition
        place = self.place
        self.at += 1
        then = self._binary(0)
        self.expect(":")
        return ("call", place, "_?_:_", None, [condition, then, self.expression()])

    def _operator(self, level: int) -> str | None:
        word = self.word
        if level == 0:
            return "_||_" if self.is_op("||") else None
        if level == 1:
            return "_&&_" if self.is_op("&&") else None
        if level == 2:
            return _RELATIONS.get(word) if self.kind == "op" or (self.kind, word) == ("ident", "in") else None
        return (_SUMS if level == 3 else _PRODUCTS).get(word) if self.kind == "op" else None

    def _binary(self, level: int) -> Node:
        if level == 5:
            return self._unary()
        left = self._binary(level + 1)
        while (operator := self._operator(level)) is not None:
            place = self.place
            self.at += 1
            left = ("call", place, operator, None, [left, self._binary(level + 1)])
        return left

    def _unary(self) -> Node:
        place = self.place
        for sign, operator in (("!", "!_"), ("-", "-_")):
            if not self.is_op(sign):
                continue
            following = self.tokens[self.at + 1]
            if sign == "-" and following[0] in ("int", "float"):
                break
            count = 0
            while self.accept(sign):
                count += 1
            operand = self._member()
            return ("call", place, operator, None, [operand]) if count % 2 else operand
        return self._member()

    def _member(self) -> Node:
        node = self._primary()
        while self.is_op(".", "[", "{"):
            place = self.place
            if self.is_op("{"):
                name = qualified(node)
                if not name:
                    break
                self.at += 1
                node = ("message", place, name, self._message_entries())
                continue
            if self.accept("["):
                optional = self.accept("?")
                index = self.expression()
                self.expect("]")
                node = ("call", place, "_[?_]" if optional else "_[_]", None, [node, index])
                continue
            self.at += 1
            optional = self.accept("?")
            name = self._field_name()
            if self.is_op("(") and not optional:
                node = self._call(name, node)
            else:
                node = ("select", place, node, name, optional, False)
        return node

    def _field_name(self) -> str:
        if self.kind == "quoted":
            name = self.word[1:-1]
        elif self.kind == "ident" and self.word not in ("in", "true", "false", "null"):
            name = self.word
        else:
            self.fail(f"no viable alternative at input '.{'' if self.kind == 'end' else self.word}'")
        self.at += 1
        return name

    def _arguments(self) -> list[Node]:
        self.expect("(")
        arguments = []
        while not self.is_op(")"):
            arguments.append(self.expression())
            if not self.accept(","):
                break
        self.expect(")")
        return arguments

    def _call(self, name: str, target: Node | None) -> Node:
        place = self.place
        arguments = self._arguments()
        if target is None:
            if name == "has" and len(arguments) == 1:
                return self._has(place, arguments[0])
            return ("call", place, name, None, arguments)
        least, most = _MACROS.get(name, (1, 0))
        if least <= len(arguments) <= most:
            return self._macro(place, name, target, arguments)
        if name == "sortBy" and len(arguments) == 2:
            return self._sort_by(place, target, arguments)
        if name in ("optMap", "optFlatMap") and len(arguments) == 2:
            return ("comprehension", place, name, target, [self._variable(arguments[0])], arguments[1:])
        return ("call", place, name, target, arguments)

    def _has(self, place: int, argument: Node) -> Node:
        if argument[0] != "select":
            raise CompileError(self.text, [(place, "invalid argument to has() macro")])
        return ("select", place, argument[2], argument[3], argument[4], True)

    def _macro(self, place: int, name: str, target: Node, arguments: list[Node]) -> Node:
        """One variable or two come first: `map` and the like take a filter as well, which has to be told apart."""
        two = name in ("existsOne", "transformList", "transformMap", "transformMapEntry") or (
            name in ("all", "exists", "exists_one") and len(arguments) == 3)
        count = 2 if two else 1
        variables = [self._variable(argument) for argument in arguments[:count]]
        return ("comprehension", place, name, target, variables, arguments[count:])

    def _sort_by(self, place: int, target: Node, arguments: list[Node]) -> Node:
        """`bind(list, list.@sortByAssociatedKeys(list.map(variable, key)))`."""
        if target[0] in ("literal", "map"):
            raise CompileError(self.text, [(target[1], "sortBy can only be applied to a list, identifier, "
                                                       "comprehension, call or select expression")])
        source: Node = ("ident", place, _SORTED)
        keys = self._macro(place, "map", ("ident", place, _SORTED), arguments)
        return ("bind", place, _SORTED, target, ("call", place, "@sortByAssociatedKeys", source, [keys]))

    def _variable(self, node: Node) -> str:
        if node[0] != "ident":
            raise CompileError(self.text, [(node[1], "argument must be a simple name")])
        name: str = node[2]
        return name

    def _primary(self) -> Node:
        kind, word, place = self.tokens[self.at]
        if kind == "ident" and word not in ("in", "true", "false", "null"):
            if word in _RESERVED:
                raise CompileError(self.text, [(place, f"reserved identifier: {word}")])
            self.at += 1
            return self._call(word, None) if self.is_op("(") else ("ident", place, word)
        if kind == "op" and word in "([{.":
            self.at += 1
            return {"(": self._nested, "[": self._list, "{": self._map, ".": self._rooted}[word](place)
        negative = self.accept("-")
        kind, word, _ = self.tokens[self.at]
        if kind in ("int", "float", "uint", "string", "bytes") or word in ("true", "false", "null"):
            self.at += 1
            return ("literal", place, _literal(kind, word, negative))
        self.fail(f"mismatched input {self.shown()} expecting {_STARTS}")

    def _nested(self, place: int) -> Node:
        node = self.expression()
        self.expect(")")
        return node

    def _rooted(self, place: int) -> Node:
        return self._primary()

    def _list(self, place: int) -> Node:
        items = []
        while not self.is_op("]"):
            optional = self.accept("?")
            items.append((self.expression(), optional))
            if not self.accept(","):
                break
        self.expect("]")
        return ("list", place, items)

    def _message_entries(self) -> list[tuple[Node, Node, bool]]:
        entries = []
        while not self.is_op("}"):
            optional = self.accept("?")
            field = self._field_name()
            place = self.place
            self.expect(":")
            entries.append((("literal", place, field), self.expression(), optional))
            if not self.accept(","):
                break
        self.expect("}")
        return entries

    def _map(self, place: int) -> Node:
        entries = []
        while not self.is_op("}"):
            optional = self.accept("?")
            key = self.expression()
            self.expect(":")
            entries.append((key, self.expression(), optional))
            if not self.accept(","):
                break
        self.expect("}")
        return ("map", place, entries)


def qualified(node: Node) -> str:
    """Return `a.b` for a plain chain of names, "" for anything else."""
    if node[0] == "ident":
        name: str = node[2]
        return name
    if node[0] == "select" and not node[4] and not node[5]:
        prefix = qualified(node[2])
        return f"{prefix}.{node[3]}" if prefix else ""
    return ""


def _literal(kind: str, word: str, negative: bool) -> Value:
    if kind == "int":
        number = int(word, 16 if word.startswith("0x") else 10)
        return -number if negative else number
    if kind == "float":
        return -float(word) if negative else float(word)
    if kind == "uint":
        return UInt(int(word[:-1], 16 if word.startswith("0x") else 10))
    if kind in ("string", "bytes"):
        return _string(word, kind == "bytes")
    return {"true": True, "false": False, "null": None}[word]


def _string(word: str, as_bytes: bool) -> str | bytes:
    if as_bytes:
        word = word[1:]
    raw = word[0] in "rR"
    word = word[1:] if raw else word
    quotes = 3 if word[:3] in ('"""', "'''") and len(word) >= 6 else 1
    body = word[quotes:-quotes]
    if not raw:
        body = re.sub(r"\\(x[0-9a-fA-F]{2}|X[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2}|.)", _unescape,
                      body, flags=re.DOTALL)
    return body.encode("latin-1" if "\\x" in word else "utf-8") if as_bytes else body


def _unescape(match: re.Match[str]) -> str:
    code = match[1]
    if code[0] in "xXuU":
        return chr(int(code[1:], 16))
    if len(code) == 3:
        return chr(int(code, 8))
    return _ESCAPES.get(code, code)
