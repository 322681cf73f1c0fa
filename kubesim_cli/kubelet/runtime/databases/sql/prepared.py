"""PREPARE, EXECUTE and DEALLOCATE: statements with places for values, which a session keeps by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .dialects import parse, syntax
from .errors import SqlError
from .results import Result
from .words import Words

if TYPE_CHECKING:
    from .session import Session


_ROWS = ("SELECT", "INSERT", "UPDATE", "DELETE", "VALUES", "WITH")  # statements about rows


def filled(text: str, mysql: bool, literal: Callable[[int], str]) -> str:
    """Return a statement with literals at its places, `?` or `$1`. `literal` is given a place's number, from 0."""
    out, at, quote, count = "", 0, "", 0
    while at < len(text):
        letter = text[at]
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"`":
            quote = letter
        elif letter == "?" and mysql:
            out += literal(count)
            count, at = count + 1, at + 1
            continue
        elif letter == "$" and not mysql and text[at + 1:at + 2].isdigit():
            end = at + 1
            while text[end:end + 1].isdigit():
                end += 1
            out += literal(int(text[at + 1:end]) - 1)
            at = end
            continue
        out += letter
        at += 1
    return out


def places(text: str, mysql: bool) -> int:
    """Return how many values a statement wants."""
    found: list[int] = []

    def noted(place: int) -> str:
        found.append(place)
        return "NULL"

    filled(text, mysql, noted)
    return max(found, default=-1) + 1


def quoted(value: Any, mysql: bool) -> str:
    """Return a value as a literal."""
    if value is None:
        return "NULL"
    if isinstance(value, (int, float)):
        return str(value)
    text = str(value).replace("'", "''")
    return "'" + (text.replace("\\", "\\\\") if mysql else text) + "'"


def _kept(session: Session) -> dict[str, str]:
    found: dict[str, str] = session.state.setdefault("prepared", {})
    return found


# MySQL

def mysql_prepare(session: Session, words: Words) -> Result:
    """PREPARE name FROM 'text' or a variable."""
    words.take()
    name = words.name().lower()
    words.need("FROM")
    text = str(session.variables.get(words.name().lower())) if words.accept("@") else words.name()
    first = Words(text).peek()
    if first not in (*_ROWS, "REPLACE", "CREATE", "ALTER", "DROP", "SET", "SHOW", "CALL", "TRUNCATE", "ANALYZE"):
        raise syntax(text, text, True, session.maria)
    if first in _ROWS:
        parse(filled(text, True, lambda place: "NULL"), True, session.maria)
    _kept(session)[name] = text.strip().rstrip(";")
    return Result(info="Statement prepared")


def mysql_execute(session: Session, words: Words) -> Result:
    """EXECUTE name USING @a, @b."""
    words.take()
    name = words.name()
    text = _kept(session).get(name.lower())
    if text is None:
        raise SqlError(1243, "HY000", f"Unknown prepared statement handler ({name}) given to EXECUTE")
    values: list[Any] = []
    if words.accept("USING"):
        while True:
            words.need("@")
            values.append(session.variables.get(words.name().lower()))
            if not words.accept(","):
                break
    if len(values) != places(text, True):
        raise SqlError(1210, "HY000", "Incorrect arguments to EXECUTE")
    return session.execute(filled(text, True, lambda place: quoted(values[place], True)))


def mysql_deallocate(session: Session, words: Words) -> Result:
    """DEALLOCATE PREPARE name, or DROP PREPARE name."""
    words.take()
    words.need("PREPARE")
    name = words.name()
    if _kept(session).pop(name.lower(), None) is None:
        raise SqlError(1243, "HY000", f"Unknown prepared statement handler ({name}) given to DEALLOCATE PREPARE")
    return Result()


# PostgreSQL

def pg_prepare(session: Session, words: Words) -> Result:
    """PREPARE name (types) AS statement."""
    words.take()
    name = words.name().lower()
    if words.accept("("):
        words.until(")")
        words.need(")")
    words.need("AS")
    if words.peek() not in _ROWS:
        raise words.error()
    text = words.rest()
    parse(filled(text, False, lambda place: "NULL"), False)
    if name in _kept(session):
        raise SqlError(0, "42P05", f'prepared statement "{name}" already exists')
    _kept(session)[name] = text
    return Result(tag="PREPARE")


def pg_execute(session: Session, words: Words) -> Result:
    """EXECUTE name (values)."""
    words.take()
    name = words.name().lower()
    text = _kept(session).get(name)
    if text is None:
        raise SqlError(0, "26000", f'prepared statement "{name}" does not exist')
    values = []
    if words.accept("("):
        while not words.accept(")"):
            values.append(words.until(",", ")"))
            words.accept(",")
    count = places(text, False)
    if len(values) != count:
        raise SqlError(0, "42601", f'wrong number of parameters for prepared statement "{name}"',
                       f"Expected {count} parameters but got {len(values)}.")
    return session.execute(filled(text, False, lambda place: values[place]))


def pg_deallocate(session: Session, words: Words) -> Result:
    """DEALLOCATE name, or ALL."""
    words.take()
    words.accept("PREPARE")
    if words.accept("ALL"):
        _kept(session).clear()
        return Result(tag="DEALLOCATE ALL")
    name = words.name().lower()
    if _kept(session).pop(name, None) is None:
        raise SqlError(0, "26000", f'prepared statement "{name}" does not exist')
    return Result(tag="DEALLOCATE")
