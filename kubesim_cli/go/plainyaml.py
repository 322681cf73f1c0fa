"""YAML as people write manifests: block mappings and sequences, plain and quoted scalars, `|` blocks.

Most documents need no more, and for them this is a hundred times as quick as a scanner of all of YAML, which has to be
imported first. Whatever is not plainly of this kind is left to that scanner: an unusual key, a scalar in double quotes
that goes on in the next line, an anchor, a tab, an error above all. So there are no messages here, and nothing is
understood that the scanner would read otherwise (a test compares them).
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
_ESCAPES = 'abfnrtvxuU"'


class NotPlain(Exception):
    """The text has to be read by the scanner of all of YAML."""


def document(text: str) -> Node:
    """Return the node tree of a text that holds one document; raises NotPlain."""
    if not text.replace("\n", "").isprintable():
        raise NotPlain
    reader = _Reader(text)
    if reader.rest == "---" and not reader.column:
        reader.advance()
    if reader.rest:
        node = reader.block(reader.column)
        if not reader.rest:
            return node
    raise NotPlain


def _scalar(value: str, line: int, plain: bool = True) -> Node:
    return ["scalar", "", plain, value, line]


class _Reader:
    """Stands at a row: `rest` is what it has from `column` on, "" behind the last one.

    The text is not cut into rows, of which a block may have millions.
    """

    def __init__(self, text: str):
        self.text = text
        self.line = -1
        self.next = 0  # where the row after this one begins
        self.column, self.rest = 0, ""
        self.advance()

    def _row(self, start: int) -> str:
        end = self.text.find("\n", start)
        return self.text[start:end] if end >= 0 else self.text[start:]

    def advance(self) -> None:
        """Go to the next row that is no comment."""
        while self.next < len(self.text):
            start, text = self.next, self._row(self.next)
            self.line, self.next = self.line + 1, start + len(text) + 1
            rest = text.lstrip(" ")
            if rest and rest[0] != "#":
                if text[0] == "%" or text.startswith("...") or (text.startswith("---") and (
                        text.rstrip(" ") != "---" or self.text[:start].strip())):
                    raise NotPlain
                self.column, self.rest = len(text) - len(rest), rest.rstrip(" ")
                return
        self.column, self.rest = -1, ""

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
            node, end = _flow(text, 0, line)
            _nothing(text[end:])
        elif text[0] in "\"'":
            text = self._enclosed(text, column) if text[0] == "'" else text
            value, end = _quoted(text)
            _nothing(text[end:])
            node = _scalar(value, line, plain=False)
        else:
            value = _plain(text)
            node = _scalar(value if " #" in text else self._folded(value, column), line)
        self.advance()
        if self.column > column:
            raise NotPlain
        return node

    def _folded(self, value: str, column: int) -> str:
        """Return a plain scalar with the rows in which it goes on: those that stand further to the right."""
        parts = [value]
        while (found := self._deeper(column)) is not None:
            row, empty, end = found
            if row[0] == "#":
                break
            if ": " in row or row[-1] == ":" or " #" in row:
                raise NotPlain
            parts += ["\n" * empty or " ", row]
            self.line, self.next = self.line + empty + 1, end
        return "".join(parts)

    def _enclosed(self, text: str, column: int) -> str:
        """Return what begins with a single quote with the rows that it goes on in, until one that has the other."""
        parts = [text]
        row = text[1:]
        while "'" not in row.replace("''", ""):
            found = self._deeper(column)
            if found is None:
                raise NotPlain
            row, empty, end = found
            parts += ["\n" * empty or " ", row]
            self.line, self.next = self.line + empty + 1, end
        return "".join(parts)

    def _deeper(self, column: int) -> tuple[str, int, int] | None:
        """Return the next row that is not empty, where it stands to the right of `column`, how many empty ones come
        before it, and where it ends."""
        at, empty = self.next, 0
        while at < len(self.text):
            row = self._row(at)
            at += len(row) + 1
            rest = row.lstrip(" ")
            if rest:
                return (rest.rstrip(" "), empty, at) if len(row) - len(rest) > column else None
            empty += 1
        return None

    def _literal(self, head: str, column: int) -> Node:
        if head not in ("|", "|-"):
            raise NotPlain
        text, start = self.text, self.next
        first = start
        while text[first:first + 1] == "\n":
            first += 1
        row = self._row(first)
        indent = len(row) - len(row.lstrip(" "))
        if indent <= column or not row.strip(" "):
            raise NotPlain
        end = self._end_of_literal(first, " " * indent)
        line, self.line, self.next = self.line, self.line + text.count("\n", start, end), end
        if text[end - 1] != "\n":
            raise NotPlain
        value = text[start:end if head == "|" else end - 1]
        value = value.replace("\n" + " " * indent, "\n").removeprefix(" " * indent)
        self.advance()
        return _scalar(value, line, plain=False)

    def _end_of_literal(self, at: int, pad: str) -> int:
        """Return where the last row ends, with its line end, that begins with `pad` and more; all before do, or are
        empty, so that they can be cut at once."""
        text, size, last, odd = self.text, len(pad), at, False
        while at < len(text):
            end = text.find("\n", at) + 1 or len(text)
            if text.startswith(pad, at):
                if end - at > size + (text[end - 1] == "\n"):
                    last = end
                    if odd:
                        raise NotPlain
            elif text[at] != "\n":
                if text[at:end].strip(" \n"):
                    break
                odd = True  # blanks, but not enough of them
            at = end
        else:
            if text[-1] != "\n":
                raise NotPlain
        return last


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


def _quoted(text: str, at: int = 0) -> tuple[str, int]:
    """Return a quoted scalar, and where it ends. Of escapes, only those are plain that Python writes alike."""
    quote = text[at]
    end = text.find(quote, at + 1)
    if quote == '"':
        while end > 0 and _backslashes(text, end) % 2:
            end = text.find(quote, end + 1)
    else:
        while end > 0 and text[end + 1:end + 2] == quote:
            end = text.find(quote, end + 2)
    if end < 0:
        raise NotPlain
    value = text[at + 1:end]
    if quote == "'":
        return value.replace("''", "'"), end + 1
    return (_unescaped(value) if "\\" in value else value), end + 1


def _backslashes(text: str, end: int) -> int:
    """Return how many stand before `end`."""
    at = end
    while text[at - 1] == "\\":
        at -= 1
    return end - at


def _unescaped(value: str) -> str:
    others = value.replace("\\\\", "")
    if not value.isascii() or others.count("\\") != sum(others.count("\\" + char) for char in _ESCAPES):
        raise NotPlain
    try:
        found = value.encode().decode("unicode_escape")
    except UnicodeDecodeError:
        raise NotPlain from None
    if not found.isascii() and any("\ud800" <= char <= "\udfff" for char in found):
        raise NotPlain
    return found


def _nothing(rest: str) -> None:
    """See that a row ends, perhaps with a comment."""
    if rest and (rest[0] != " " or rest.lstrip(" ")[0] != "#"):
        raise NotPlain


def _flow(text: str, at: int, line: int) -> tuple[Node, int]:
    """Return a collection in brackets that begins at `at` and ends in the same row, and where it ends."""
    children: list[Node] = []
    is_mapping = text[at] == "{"
    node: Node = ["mapping" if is_mapping else "sequence", "", False, children, line]
    end = "}" if is_mapping else "]"
    at = _past_spaces(text, at + 1)
    if text[at:at + 1] == end:
        return node, at + 1
    while True:
        if is_mapping:
            colon = text.find(": ", at, at + _LONGEST_KEY + 2)
            if colon < 0 or not _is_key(text[at:colon]):
                raise NotPlain
            children.append(_scalar(text[at:colon], line))
            at = _past_spaces(text, colon + 1)
        child, at = _flow_value(text, at, line)
        children.append(child)
        at = _past_spaces(text, at)
        mark = text[at:at + 1]
        if mark == end:
            return node, at + 1
        if mark != ",":
            raise NotPlain
        at = _past_spaces(text, at + 1)


def _flow_value(text: str, at: int, line: int) -> tuple[Node, int]:
    first = text[at:at + 1]
    if first in ("[", "{"):
        return _flow(text, at, line)
    if first in ('"', "'"):
        value, end = _quoted(text, at)
        return _scalar(value, line, plain=False), end
    end = at
    while end < len(text) and text[end] in _FLOW:
        end += 1
    value = text[at:end].rstrip(" ")
    if not value or (value[0] not in _ALNUM and value[0] not in "/.") or value.startswith("..."):
        raise NotPlain
    return _scalar(value, line), end


def _past_spaces(text: str, at: int) -> int:
    while text[at:at + 1] == " ":
        at += 1
    return at
