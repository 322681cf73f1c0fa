"""How sqlglot reads the two kinds of SQL: functions stay what the statement calls them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from sqlglot import errors, exp
from sqlglot.dialects.mysql import MySQL
from sqlglot.dialects.postgres import Postgres

from .errors import SqlError

if TYPE_CHECKING:
    from sqlglot.tokens import Token


logging.getLogger("sqlglot").setLevel(logging.CRITICAL)  # it warns of statements that it only knows the first word of


_MYSQL: Any = MySQL  # what sqlglot has of types is not what it is
_POSTGRES: Any = Postgres


class _MySQL(_MYSQL):
    class Parser(_MYSQL.Parser):
        FUNCTIONS: Any = {}


class _Postgres(_POSTGRES):
    class Parser(_POSTGRES.Parser):
        FUNCTIONS: Any = {}
        FUNCTION_PARSERS: Any = {name: each for name, each in _POSTGRES.Parser.FUNCTION_PARSERS.items()
                                 if name != "DATE_PART"}


_DIALECTS: dict[bool, Any] = {True: _MySQL(), False: _Postgres()}


def tokens(text: str, mysql: bool) -> list[Token]:
    """Return a text's tokens; raise SqlError."""
    try:
        found: list[Token] = _DIALECTS[mysql].tokenize(text)
    except errors.SqlglotError:
        raise syntax(text, text, mysql) from None
    return found


def syntax(text: str, rest: str, mysql: bool, maria: bool = True) -> SqlError:
    """Return the error of a statement that is none from `rest` on."""
    if mysql:
        line = text[:len(text) - len(rest)].count("\n") + 1
        return SqlError(
            1064,
            "42000",
            "You have an error in your SQL syntax; check the manual that corresponds to your "
            f"{'MariaDB' if maria else 'MySQL'} server version for the right syntax to use near "
            f"'{rest[:80]}' at line {line}",
        )
    if not rest.strip():
        return SqlError(0, "42601", "syntax error at end of input", position=len(text))
    word = rest.split()[0] if not rest[0].isalnum() else next(
        rest[:at] for at in range(1, len(rest) + 1) if at == len(rest) or not (rest[at].isalnum() or rest[at] == "_"))
    word = (
        rest[: rest.find("'", 1) + 1] or rest
        if rest[0] == "'"
        else word
        if word[0].isalnum() or word[0] == "_"
        else word[0]
    )
    return SqlError(0, "42601", f'syntax error at or near "{word}"', position=len(text) - len(rest))


def parse(text: str, mysql: bool, maria: bool = True) -> exp.Expression:
    """Return what a statement is; raise SqlError where it is none."""
    try:
        parsed = [each for each in _DIALECTS[mysql].parse(text) if each is not None]
    except errors.ParseError as error:
        found = error.errors[0] if error.errors else {}
        after = _place(text, found)
        raise syntax(text, text[after:], mysql, maria) from None
    except errors.SqlglotError:
        raise syntax(text, text, mysql, maria) from None
    if len(parsed) != 1:
        raise syntax(text, "", mysql, maria)
    if not mysql:
        for each in parsed[0].find_all(exp.Identifier):
            if not each.args.get("quoted"):
                each.set("this", each.this.lower())
    only: exp.Expression = parsed[0]
    return only


def _place(text: str, error: dict[str, Any]) -> int:
    """Return where in a text an error of sqlglot is; its column is that of the token's last letter."""
    word = error.get("highlight") or ""
    lines = text.split("\n")
    line = min(int(error.get("line") or 1), len(lines))
    end = sum(len(each) + 1 for each in lines[:line - 1]) + int(error.get("col") or 0)
    at = text.rfind(word, 0, max(end + 1, len(word))) if word else -1
    return at if at >= 0 else len(text)


def split(text: str, mysql: bool) -> tuple[list[str], str]:
    """Return the statements that a text has, each without its `;`, and what has no end yet."""
    found: list[str] = []
    start, at, quote = 0, 0, ""
    while at < len(text):
        letter = text[at]
        if quote:
            if letter == "\\" and mysql and quote != "`":
                at += 1
            elif text.startswith(quote, at):
                at += len(quote) - 1
                quote = ""
        elif letter in "'\"`":
            quote = letter
        elif letter == "$" and not mysql and "$" in text[at + 1:]:
            tag = text[at:text.index("$", at + 1) + 1]
            if tag[1:-1].replace("_", "a").isalnum() or tag == "$$":
                quote = tag
                at += len(tag) - 1
        elif text.startswith("--", at) or (letter == "#" and mysql):
            end = text.find("\n", at)
            if end < 0:
                break
            at = end
        elif text.startswith("/*", at):
            end = text.find("*/", at)
            if end < 0:
                return found, text[start:]
            at = end + 1
        elif letter == ";":
            found.append(text[start:at].strip())
            start = at + 1
        at += 1
    return [each for each in found if each], text[start:]


def projections(text: str, mysql: bool) -> list[str]:
    """Return what a SELECT's columns are called where they have no name: their text."""
    found: list[str] = []
    depth, start, selected = 0, -1, False
    those = tokens(text, mysql)
    for at, token in enumerate(those):
        word = token.text.upper()
        if word in ("(", "[") or (word == "CASE" and selected):
            depth += 1
        elif word in (")", "]") or (word == "END" and depth and selected):
            depth -= 1
        if word == "SELECT" and depth == 0 and not selected:
            selected = True
            continue
        if not selected:
            continue
        if start < 0:
            if word in ("DISTINCT", "ALL"):
                continue
            start = token.start
        if depth == 0 and (word in (",", "FROM", "WHERE", "LIMIT", "UNION", "INTO", "ORDER", "GROUP", ";")
                           and token.token_type.name not in ("STRING", "IDENTIFIER")):
            found.append(text[start:those[at - 1].end + 1])
            start = -1
            if word != ",":
                return found
    if start >= 0:
        found.append(text[start:those[-1].end + 1])
    return found
