"""A statement word by word, for those that are about the server and not about data."""

from __future__ import annotations

import re
from typing import NamedTuple

from .dialects import syntax
from .errors import SqlError

_WORD = re.compile(r"""(?P<space>\s+|--[^\n]*|/\*.*?\*/)|'(?P<text>(?:[^'\\]|''|\\.)*)'
                       |"(?P<double>(?:[^"]|"")*)"|`(?P<tick>[^`]*)`
                       |(?P<word>[\w$]+(?:\.\d+)?|:=|@@|.)""", re.DOTALL | re.VERBOSE)


# The first words of MySQL's statements
STATEMENTS = frozenset((
    "ALTER", "ANALYZE", "BEGIN", "CALL", "CHANGE", "CHECK", "COMMIT", "CREATE", "DEALLOCATE", "DELETE", "DESC",
    "DESCRIBE", "DROP", "EXECUTE", "EXPLAIN", "FLUSH", "GRANT", "INSERT", "KILL", "LOCK", "OPTIMIZE",
    "PREPARE", "PURGE", "RELEASE", "RENAME", "REPLACE", "RESET", "REVOKE", "ROLLBACK", "SAVEPOINT", "SELECT",
    "SET", "SHOW", "START", "STOP", "TABLE", "TRUNCATE", "UNLOCK", "UPDATE", "USE", "VALUES", "WITH", "(",
))


class Token(NamedTuple):
    """A word; `start` and `end`: its first and last letter in the statement; `quoted`: how, "" if it is not."""

    text: str
    start: int
    end: int
    quoted: str


def _tokens(text: str) -> list[Token]:
    found = []
    for match in _WORD.finditer(text):
        kind = match.lastgroup or "text"
        if kind == "space":
            continue
        word = match[kind]
        if kind == "text":
            word = re.sub(r"\\(.)", r"\1", word.replace("''", "'"))
        elif kind == "double":
            word = word.replace('""', '"')
        found.append(Token(word, match.start(), match.end() - 1, "" if kind == "word" else kind))
    return found


class Words:
    """The tokens of a statement, from the front."""

    def __init__(self, text: str, mysql: bool = True):
        self.tokens, self.text, self.mysql, self.at = _tokens(text), text, mysql, 0

    def peek(self, ahead: int = 0) -> str:
        """Return a word in upper case, "" at the end; a quoted one is never a keyword."""
        at = self.at + ahead
        if at >= len(self.tokens):
            return ""
        token = self.tokens[at]
        return "'" if token.quoted else token.text.upper()

    def take(self) -> str:
        """Return the next word, in upper case."""
        word = self.peek()
        self.at += 1
        return word

    def accept(self, *words: str) -> bool:
        """Take the next word if it is one of these."""
        if self.peek() in words and self.at < len(self.tokens):
            self.at += 1
            return True
        return False

    def need(self, *words: str) -> None:
        """Take the next word; raise SqlError where it is none of these."""
        if not self.accept(*words):
            raise self.error()

    def error(self, maria: bool = True) -> SqlError:
        """Return the syntax error of what is next."""
        rest = self.text[self.tokens[self.at].start:] if self.at < len(self.tokens) else ""
        return syntax(self.text, rest, self.mysql, maria)

    def name(self) -> str:
        """Return the next word as a name or a text."""
        if self.at >= len(self.tokens):
            raise self.error()
        self.at += 1
        return self.tokens[self.at - 1].text

    def dotted(self) -> tuple[str, str]:
        """Return (schema, name) of a table."""
        first = self.name()
        if self.accept("."):
            return first, self.name()
        return "", first

    def starred(self) -> tuple[str, str]:
        """Return (schema, table) of GRANT's ON, where each may be *."""
        first = self.name()
        return (first, self.name()) if self.accept(".") else ("", first) if first != "*" else ("", "*")

    def until(self, *words: str) -> str:
        """Return the text up to one of the words that stands outside of brackets."""
        start, depth = self.at, 0
        while self.at < len(self.tokens) and (depth or self.peek() not in words):
            depth += {"(": 1, ")": -1}.get(self.peek(), 0)
            self.at += 1
        if start == self.at:
            raise self.error()
        return self.text[self.tokens[start].start:self.tokens[self.at - 1].end + 1]

    def rest(self) -> str:
        """Return the text that is left."""
        if self.at >= len(self.tokens):
            return ""
        found = self.text[self.tokens[self.at].start:]
        self.at = len(self.tokens)
        return found
