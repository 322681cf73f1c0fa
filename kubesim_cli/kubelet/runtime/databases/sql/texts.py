"""Functions of texts: parts of them, patterns, formats."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from .kinds import Value, rounded
from .values import MOST_TEXT, number_of, text

if TYPE_CHECKING:
    from collections.abc import Callable


def _substring(value: Value, start: Value, count: Value = None) -> str:
    whole, at = text(value), int(start)
    if at < 0:
        at = len(whole) + at + 1
        if at < 1:
            return ""
    elif at == 0:
        return ""
    return whole[at - 1:] if count is None else whole[at - 1:at - 1 + max(int(count), 0)]


def _pg_substring(value: Value, start: Value, count: Value = None) -> str:
    if isinstance(start, str):
        match = re.search(start, text(value))
        return (match[1] if match.groups() else match[0]) if match else _nothing()
    end = None if count is None else max(int(start) - 1 + int(count), 0)
    return text(value)[max(int(start) - 1, 0):end]


def _nothing() -> str:
    raise ValueError


def _left(value: Value, count: Value) -> str:
    return text(value)[:int(count)]


def _right(value: Value, count: Value) -> str:
    count = int(count)
    return text(value)[-count:] if count > 0 else text(value)[-count:] if count < 0 else ""


def _pad(left: bool) -> Callable[..., str]:
    def pad(value: Value, size: Value, fill: Value = " ") -> str:
        whole, size = text(value), min(int(size), MOST_TEXT)
        more = (text(fill) * (size if fill else 0))[:max(size - len(whole), 0)]
        return (more + whole if left else whole + more)[:size]

    return pad


def _repeat(value: Value, count: Value) -> str:
    if len(text(value)) * int(count) > MOST_TEXT:
        raise ValueError
    return text(value) * int(count)


def _substring_index(value: Value, by: Value, count: Value) -> str:
    parts, count = text(value).split(text(by)), int(count)
    return text(by).join(parts[:count] if count > 0 else parts[count:] if count < 0 else [])


def _split_part(value: Value, by: Value, at: Value) -> str:
    parts, at = text(value).split(text(by)), int(at)
    at = at - 1 if at > 0 else len(parts) + at
    return parts[at] if 0 <= at < len(parts) else ""


def _concat_ws(by: Value, *rest: Value) -> Value:
    return None if by is None else text(by).join(text(each) for each in rest if each is not None)


def _translate(value: Value, old: Value, new: Value) -> str:
    return text(value).translate({ord(each): new[at] if at < len(new) else None for at, each in enumerate(old)})


def _trim(value: Value, what: Value = " ", where: Value = "BOTH") -> str:
    whole = text(value)
    while where != "TRAILING" and what and whole.startswith(what):
        whole = whole[len(what):]
    while where != "LEADING" and what and whole.endswith(what):
        whole = whole[:-len(what)]
    return whole


def _pg_trim(value: Value, what: Value = " ", where: Value = "BOTH") -> str:
    whole = text(value)
    whole = whole.lstrip(what) if where != "TRAILING" else whole
    return whole.rstrip(what) if where != "LEADING" else whole


def _conv(value: Value, base: Value, to: Value) -> str:
    number, digits = int(text(value), int(base)), ""
    while number:
        number, rest = divmod(number, int(to))
        digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[rest] + digits
    return digits or "0"


def _format(value: Value, scale: Value) -> str:
    return f"{rounded(number_of(value), max(int(scale), 0)):,}"


def _pg_format(form: Value, *args: Value) -> str:
    rest = iter(args)
    return re.sub(r"%([sIL%])", lambda match: "%" if match[1] == "%" else _quote_as(match[1], next(rest)), text(form))


def _quote_as(how: str, value: Value) -> str:
    if how == "L":
        return "NULL" if value is None else "'" + text(value).replace("'", "''") + "'"
    return "" if value is None else text(value)


@functools.lru_cache(256)
def _like_pattern(pattern: str, escape: str, fold: bool) -> re.Pattern[str]:
    out, at = "", 0
    while at < len(pattern):
        letter = pattern[at]
        if letter == escape and at + 1 < len(pattern):
            at += 1
            out += re.escape(pattern[at])
        else:
            out += ".*" if letter == "%" else "." if letter == "_" else re.escape(letter)
        at += 1
    return re.compile(out, re.DOTALL | (re.IGNORECASE if fold else 0))


def like(pattern: str, value: str, fold: bool, escape: str = "\\") -> bool:
    """Tell whether a text is LIKE a pattern."""
    return _like_pattern(pattern, escape, fold).fullmatch(value) is not None


def _like(fold: bool) -> Callable[..., int]:
    return lambda value, pattern, escape="\\": int(like(text(pattern), text(value), fold, text(escape)))


@functools.lru_cache(256)
def _regex(pattern: str, flags: int) -> re.Pattern[str]:
    for name, inside in (("alpha", "a-zA-Z"), ("digit", "0-9"), ("alnum", "a-zA-Z0-9"), ("space", r"\s"),
                         ("upper", "A-Z"), ("lower", "a-z"), ("punct", r"!-/:-@\[-`{-~")):
        pattern = pattern.replace(f"[:{name}:]", inside)
    return re.compile(pattern, flags)


def _matches(fold: bool) -> Callable[..., int]:
    return lambda value, pattern: int(
        _regex(text(pattern), re.IGNORECASE if fold else 0).search(text(value)) is not None
    )


def _regexp_replace(value: Value, pattern: Value, new: Value, flags: Value = "") -> str:
    form = re.sub(r"\\&", r"\\g<0>", text(new))
    return _regex(text(pattern), re.IGNORECASE if "i" in flags else 0).sub(form, text(value), 0 if "g" in flags else 1)
