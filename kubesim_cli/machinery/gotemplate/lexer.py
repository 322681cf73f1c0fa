"""Tokens of Go's template language (text/template/parse/lex.go)."""

from __future__ import annotations

import re

from ...go.fmt import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

KEYWORDS = {".", "block", "break", "continue", "define", "else", "end", "if", "nil", "range", "template", "with"}
_SPACES = " \t\r\n"


class Token:
    """`kind` is a keyword's own text, or: text left right space assign declare pipe string rawstring variable char
    field dot number complex identifier bool ( ) punctuation eof error."""

    __slots__ = ("kind", "line", "pos", "value")

    def __init__(self, kind: str, pos: int, value: str, line: int) -> None:
        self.kind, self.pos, self.value, self.line = kind, pos, value, line

    def __str__(self) -> str:
        if self.kind == "eof":
            return "EOF"
        if self.kind == "error":
            return self.value
        if self.kind in KEYWORDS:
            return f"<{self.value}>"
        if len(self.value.encode("utf-8", "surrogateescape")) > 10:
            return quote(self.value[:10]) + "..."
        return quote(self.value)


class LexError(Exception):
    """Where scanning ends; the text goes into a last token of kind `error`."""


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a template, the last of kind `eof` or `error`."""
    return _Lexer(text).run()


class _Lexer:
    def __init__(self, text: str) -> None:
        self.text, self.start, self.at, self.depth = text, 0, 0, 0

    def run(self) -> Iterator[Token]:
        try:
            while self.at < len(self.text):
                yield from self._outside()
        except LexError as error:
            yield self._token("error", str(error))
            return
        yield self._token("eof", "")

    def _token(self, kind: str, value: str | None = None) -> Token:
        """Make a token of what was scanned since the last one."""
        line = 1 + self.text.count("\n", 0, self.start)
        token = Token(kind, self.start, self.text[self.start:self.at] if value is None else value, line)
        self.start = self.at
        return token

    def _outside(self) -> Iterator[Token]:
        """Scan text up to the next action, and that action."""
        opening = self.text.find("{{", self.at)
        if opening < 0:
            self.at = len(self.text)
            yield self._token("text")
            return
        trims = self.text[opening + 2:opening + 3] == "-" and self.text[opening + 3:opening + 4] in tuple(_SPACES)
        self.at = self.start + len(self.text[self.start:opening].rstrip(_SPACES)) if trims else opening
        if self.at > self.start:
            yield self._token("text")
        self.start = opening
        inside = opening + 4 if trims else opening + 2
        if self.text.startswith("/*", inside):
            self._comment(inside)
            return
        self.at = opening + 2
        yield self._token("left")
        self.start = self.at = inside
        self.depth = 0
        yield from self._inside()

    def _comment(self, at: int) -> None:
        self.start = at
        end = self.text.find("*/", at + 2)
        if end < 0:
            raise LexError("unclosed comment")
        self.at = end + 2
        if not self._at_right():
            raise LexError("comment ends before closing delimiter")
        self._pass_right()

    def _at_right(self) -> bool:
        return self.text.startswith("}}", self.at) or self._trims()

    def _trims(self) -> bool:
        return (self.text[self.at:self.at + 1] in tuple(_SPACES) and self.text.startswith("-}}", self.at + 1))

    def _pass_right(self) -> None:
        """Step over a right delimiter, and over the spaces after it where it trims them."""
        trims = self._trims()
        self.at += 4 if trims else 2
        if trims:
            while self.text[self.at:self.at + 1] in tuple(_SPACES):
                self.at += 1
        self.start = self.at

    def _inside(self) -> Iterator[Token]:
        text = self.text
        while True:
            if self._at_right():
                if self.depth:
                    raise LexError("unclosed left paren")
                self.start = self.at
                trims = self._trims()
                token = self._token("right", "}}")
                token.pos += 2 if trims else 0
                self._pass_right()
                yield token
                return
            char = text[self.at:self.at + 1]
            self.at += 1
            if not char:
                raise LexError("unclosed action")
            if char in _SPACES:
                while text[self.at:self.at + 1] in tuple(_SPACES) and not self._trims():
                    self.at += 1
                yield self._token("space")
            elif char == "=":
                yield self._token("assign")
            elif char == ":":
                self.at += 1
                if text[self.at - 1:self.at] != "=":
                    raise LexError("expected :=")
                yield self._token("declare")
            elif char == "|":
                yield self._token("pipe")
            elif char == '"':
                yield self._quoted('"', "string", "unterminated quoted string")
            elif char == "'":
                yield self._quoted("'", "char", "unterminated character constant")
            elif char == "`":
                end = text.find("`", self.at)
                if end < 0:
                    raise LexError("unterminated raw quoted string")
                self.at = end + 1
                yield self._token("rawstring")
            elif char == "$":
                yield self._word("variable")
            elif char == "." and self.at < len(text) and not "0" <= text[self.at] <= "9":
                yield self._word("field")
            elif char in "+-.0123456789":
                self.at -= 1
                yield self._number()
            elif _alphanumeric(char):
                yield self._word("identifier")
            elif char in "()":
                self.depth += 1 if char == "(" else -1
                if self.depth < 0:
                    raise LexError("unexpected right paren")
                yield self._token(char)
            elif " " <= char <= "~":
                yield self._token("punctuation")
            else:
                raise LexError(f"unrecognized character in action: {_unicode(char)}")

    def _quoted(self, mark: str, kind: str, complaint: str) -> Token:
        match = re.compile(rf"(?:[^{mark}\\\n]|\\[^\n])*{mark}", re.DOTALL).match(self.text, self.at)
        if not match:
            raise LexError(complaint)
        self.at = match.end()
        return self._token(kind)

    def _word(self, kind: str) -> Token:
        """Scan an identifier, a field or a variable, whose first character has been taken."""
        while _alphanumeric(self.text[self.at:self.at + 1]):
            self.at += 1
        after = self.text[self.at:self.at + 1]
        if after and after not in _SPACES + ".,|:()" and not self.text.startswith("}}", self.at):
            raise LexError(f"bad character {_unicode(after)}")
        word = self.text[self.start:self.at]
        if word in KEYWORDS:
            return self._token(word)
        return self._token("bool" if word in ("true", "false") else kind)

    def _number(self) -> Token:
        self._scan_number()
        kind = "number"
        if self.text[self.at:self.at + 1] in ("+", "-"):
            self._scan_number()
            kind = "complex"
            if self.text[self.at - 1] != "i":
                self._bad_number()
        return self._token(kind)

    _NUMBER = re.compile(r"[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|0[oO][0-7_]*"
                         r"(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?")

    def _scan_number(self) -> None:
        match = self._NUMBER.match(self.text, self.at)
        assert match
        self.at = match.end()
        if _alphanumeric(self.text[self.at:self.at + 1]):
            self.at += 1
            self._bad_number()

    def _bad_number(self) -> None:
        raise LexError(f"bad number syntax: {quote(self.text[self.start:self.at])}")


def _alphanumeric(char: str) -> bool:
    return char == "_" or char.isalpha() or char.isdecimal()


def _unicode(char: str) -> str:
    """A character as %#U prints it."""
    return f"U+{ord(char):04X}" + (f" '{char}'" if char.isprintable() else "")
