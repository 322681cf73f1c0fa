"""The words of the shell's language: names, numbers, texts, templates, patterns and marks."""

from __future__ import annotations

import re
from typing import Any

Token = tuple[str, Any, int, int, bool]  # kind, what it is, start, end, whether a line began before it


class Incomplete(Exception):
    """The text may go on."""


class Wrong(Exception):
    """A syntax error, with its place in the text."""

    def __init__(self, message: str, at: int):
        super().__init__(message)
        self.message, self.at = message, at


_TOKEN = re.compile(
    r"(?P<space>(?:\s|//[^\n]*|/\*.*?\*/)+)|(?P<number>0[xX][0-9a-fA-F]+|(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[A-Za-z_$][\w$]*)|(?P<string>\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')"
    r"|(?P<mark>\?\?=|\*\*=|===|!==|\.\.\.|&&=|\|\|=|>>>|=>|==|!=|<=|>=|&&|\|\||\?\?|\?\.(?!\d)|\+\+|--|\+=|-=|\*=|/=|%="
    r"|\*\*|<<|>>|[-+*/%=<>!?:;,.(){}\[\]&|^~])",
    re.S,
)
_REGEX = re.compile(r"/((?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)/([a-z]*)")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}


def unescaped(text: str) -> str:
    """Return what stands between quotes, without backslashes."""

    def one(found: Any) -> str:
        what: str = found.group(1)
        if what[0] in "xu" and len(what) > 1:
            return chr(int(what.lstrip("xu{").rstrip("}"), 16))
        return _ESCAPES.get(what, what)

    return re.sub(r"\\(u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", one, text, flags=re.S)


class Scanner:
    """Reads one text. A template's token has its parts: texts, and lists of the tokens of an expression."""

    def __init__(self, text: str):
        self.text = text
        self.tokens: list[Token] = []

    def scan(self, at: int, until: str = "") -> int:
        """Read tokens; with `until`, up to the brace that closes a template's expression; return where it ended."""
        text, depth, fresh = self.text, 0, False
        while at < len(text):
            char = text[at]
            if char == "`":
                end = self._template(at, fresh)
                at, fresh = end, False
                continue
            if char == "/" and text[at : at + 2] not in ("//", "/*") and self._may_divide() is False:
                found = _REGEX.match(text, at)
                if found:
                    self.tokens.append(("regex", (found.group(1), found.group(2)), at, found.end(), fresh))
                    at, fresh = found.end(), False
                    continue
            found = _TOKEN.match(text, at)
            if found is None:
                if text[at : at + 2] == "/*":
                    raise Incomplete
                raise Wrong("Unterminated string constant." if char in "'\"" else f"Unexpected character '{char}'.", at)
            kind, what = found.lastgroup or "", found.group()
            if kind == "space":
                fresh = fresh or "\n" in what
            else:
                if until and kind == "mark":
                    depth += (what == "{") - (what == "}")
                    if depth < 0:
                        return at
                self.tokens.append((kind, what, at, found.end(), fresh))
                fresh = False
            at = found.end()
        if until:
            raise Incomplete
        self.tokens.append(("end", "", len(text), len(text), True))
        return at

    def _may_divide(self) -> bool:
        if not self.tokens:
            return False
        kind, what = self.tokens[-1][:2]
        return (
            kind in ("number", "string", "template", "regex")
            or what in (")", "]", "}")
            or (kind == "name" and what not in ("return", "typeof", "in", "of", "case", "delete", "void"))
        )

    def _template(self, start: int, fresh: bool) -> int:
        """Read a template."""
        parts: list[str | list[Token]] = []
        at, chunk = start + 1, ""
        while True:
            char = self.text[at : at + 1]
            if not char:
                raise Incomplete
            if char == "`":
                break
            if char == "\\":
                chunk += self.text[at : at + 2]
                at += 2
            elif self.text[at : at + 2] == "${":
                inner = Scanner(self.text)
                end = inner.scan(at + 2, "}")
                parts += [unescaped(chunk), [*inner.tokens, ("end", "", end, end, True)]]
                at, chunk = end + 1, ""
            else:
                chunk += char
                at += 1
        parts.append(unescaped(chunk))
        self.tokens.append(("template", parts, start, at + 1, fresh))
        return at + 1
