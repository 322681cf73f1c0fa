"""YAML as people write manifests: block mappings and sequences, plain and quoted scalars on one line, `|` blocks.

Most documents need no more, and for them this is a hundred times as quick as a scanner of all of YAML, which has to be
imported first. Whatever is not plainly of this kind is left to that scanner: an unusual key, a scalar that goes on in
the next line, an anchor, a tab, an error above all. So there are no messages here, and nothing is understood that
the scanner would read otherwise (a test compares them).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    Node: TypeAlias = list[Any]  # as of yaml.py: kind (scalar, sequence or mapping), tag, plain, value, line

_ALNUM = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_KEY = _ALNUM | frozenset("-_./")
_FLOW = _KEY | frozenset("+=$~^;@()<> ")  # of plain scalars within brackets
_NO_PLAIN = frozenset("\"'|>&*!%@`#,[]{}?:")  # what no plain scalar begins with, or with care
_LONGEST_KEY = 1000


class NotPlain(Exception):
    """The text has to be read by the scanner of all of YAML."""


def document(text: str) -> Node:
    """Return the node tree of a text that holds one document; raises NotPlain."""
    if not text.replace("\n", "").isprintable():
        raise NotPlain
    reader = _Reader(text)
    if reader.rest == "---":
        reader.advance()
    if reader.rest:
        node = reader.block(reader.column)
        if not reader.rest:
            return node
    raise NotPlain


def _scalar(value: str, line: int, plain: bool = True) -> Node:
    return ["scalar", "", plain, value, line]


class _Reader:
    """Stands at a row: `rest` is what it has from `column` on, "" behind the last one."""

    def __init__(self, text: str):
        self.lines = text.split("\n")
        self.whole = not self.lines[-1]  # whether the last line has its end
        self.line = -1
        self.column, self.rest = 0, ""
        self.advance()

    def advance(self) -> None:
        """Go to the next row that is no comment."""
        for number in range(self.line + 1, len(self.lines)):
            text = self.lines[number]
            rest = text.lstrip(" ")
            if rest and rest[0] != "#":
                if text[0] == "%" or text.startswith("...") or (text.startswith("---") and (
                        text.rstrip(" ") != "---" or any(map(str.strip, self.lines[:number])))):
                    raise NotPlain
                self.line, self.column, self.rest = number, len(text) - len(rest), rest.rstrip(" ")
                return
        self.line, self.column, self.rest = len(self.lines), -1, ""

    def block(self, column: int) -> Node:
        """Read the collection that begins here."""
        return self.sequence(column) if self._at_item() else self.mapping(column)

    def _at_item(self) -> bool:
        return self.rest[:2] in ("-", "- ")

    def mapping(self, column: int) -> Node:
        children: list[Node] = []
        node: Node = ["mapping", "", False, children, self.line]
        while self.column == column and not self._at_item():
            found = _key(self.rest)
            if found is None:
                raise NotPlain
            line = self.line
            children.append(_scalar(found[0], line))
            value = found[1]
            if value:
                children.append(self._value(value, column))
                continue
            self.advance()
            if self.column > column or (self.column == column and self._at_item()):
                children.append(self.block(self.column))
            else:
                children.append(_scalar("", line))
        if self.column > column or not children:
            raise NotPlain
        return node

    def sequence(self, column: int) -> Node:
        children: list[Node] = []
        node: Node = ["sequence", "", False, children, self.line]
        while self.column == column and self._at_item():
            line, item = self.line, self.rest[1:].lstrip(" ")
            if not item or item[0] == "#":
                self.advance()
                children.append(self.block(self.column) if self.column > column else _scalar("", line))
                continue
            inner = column + len(self.rest) - len(item)
            if item[:2] in ("-", "- ") or _key(item) is not None:
                self.column, self.rest = inner, item
                children.append(self.block(inner))
            else:
                children.append(self._value(item, column))
        if self.column > column:
            raise NotPlain
        return node

    def _value(self, text: str, column: int) -> Node:
        """Read a scalar, or a collection in brackets, of a block collection at `column`."""
        if text[0] == "|":
            return self._literal(text, column)
        line = self.line
        if text[0] in "[{":
            node, rest = _flow(text, line)
            _nothing(rest)
        elif text[0] in "\"'":
            value, rest = _quoted(text)
            _nothing(rest)
            node = _scalar(value, line, plain=False)
        else:
            node = _scalar(_plain(text), line)
        self.advance()
        if self.column > column:
            raise NotPlain
        return node

    def _literal(self, head: str, column: int) -> Node:
        if head not in ("|", "|-"):
            raise NotPlain
        start = self.line
        first = start + 1
        while first < len(self.lines) and not self.lines[first]:
            first += 1
        indent = len(self.lines[first]) - len(self.lines[first].lstrip(" ")) if first < len(self.lines) else 0
        if indent <= column or not self.lines[first].strip(" "):
            raise NotPlain
        rows: list[str] = []
        for number in range(start + 1, len(self.lines)):
            text = self.lines[number]
            if text.strip(" ") and len(text) - len(text.lstrip(" ")) < indent:
                break
            rows.append(text[indent:])
            self.line = number
        else:
            if not self.whole:
                raise NotPlain
        while not rows[-1]:
            rows.pop()
        self.advance()
        return _scalar("\n".join(rows) + ("\n" if head == "|" else ""), start, plain=False)


def _key(text: str) -> tuple[str, str] | None:
    """Return a plain key and the text of its value, "" for none in this row; None where no plain key begins."""
    key, colon, value = text.partition(": ")
    if not colon:
        if text[-1] != ":":
            return None
        key = text[:-1]
    if not _is_key(key):
        return None
    value = value.lstrip(" ")
    return key, "" if value[:1] == "#" else value


def _is_key(text: str) -> bool:
    return text[:1] not in ("", "-") and _KEY.issuperset(text) and len(text) < _LONGEST_KEY


def _plain(text: str) -> str:
    """Return the plain scalar that a row ends with, without a comment."""
    if text[0] in _NO_PLAIN or text[:2] in ("-", "- ") or text.startswith(("---", "...")):
        raise NotPlain
    value = text.partition(" #")[0].rstrip(" ")
    if ": " in value or value[-1] == ":":
        raise NotPlain
    return value


def _quoted(text: str) -> tuple[str, str]:
    """Return a quoted scalar in which nothing is escaped, and what follows it."""
    quote = text[0]
    end = text.find(quote, 1)
    value, rest = text[1:end], text[end + 1:]
    if end < 0 or "\\" in value or rest[:1] == "'":
        raise NotPlain
    return value, rest


def _nothing(rest: str) -> None:
    """See that a row ends, perhaps with a comment."""
    if rest and (rest[0] != " " or rest.lstrip(" ")[0] != "#"):
        raise NotPlain


def _flow(text: str, line: int) -> tuple[Node, str]:
    """Return a collection in brackets that ends in the same row, and what follows it."""
    children: list[Node] = []
    is_mapping = text[0] == "{"
    node: Node = ["mapping" if is_mapping else "sequence", "", False, children, line]
    end = "}" if is_mapping else "]"
    text = text[1:].lstrip(" ")
    if text[:1] == end:
        return node, text[1:]
    while True:
        if is_mapping:
            key, colon, text = text.partition(": ")
            if not colon or not _is_key(key):
                raise NotPlain
            children.append(_scalar(key, line))
            text = text.lstrip(" ")
        child, text = _flow_value(text, line)
        children.append(child)
        text = text.lstrip(" ")
        mark, text = text[:1], text[1:].lstrip(" ") if text[:1] == "," else text[1:]
        if mark == end:
            return node, text
        if mark != ",":
            raise NotPlain


def _flow_value(text: str, line: int) -> tuple[Node, str]:
    if text[:1] in ("[", "{"):
        return _flow(text, line)
    if text[:1] in ('"', "'"):
        value, rest = _quoted(text)
        return _scalar(value, line, plain=False), rest
    length = 0
    while length < len(text) and text[length] in _FLOW:
        length += 1
    value = text[:length].rstrip(" ")
    if not value or (value[0] not in _ALNUM and value[0] not in "/.") or value.startswith("..."):
        raise NotPlain
    return _scalar(value, line), text[length:]
