"""Functions of MySQL and PostgreSQL that sqlite does not have, or has otherwise; there each is `k_` and its name."""

from __future__ import annotations

import functools
import json
import math
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from .....machinery.digest import md5, sha1, sha256
from . import times
from .aggregates import _Average, _collate, _Deviation, _Joined, _JoinedDistinct, _JsonMembers
from .errors import SqlError
from .jsonvalues import (
    _any,
    _array_position,
    _array_to_string,
    _contains,
    _element,
    _json_array,
    _json_extract,
    _json_get,
    _json_object,
    _json_remove,
    _json_set,
    _json_type,
    _json_typeof,
    _json_unquote,
    _json_valid,
    _json_without,
    _path,
    _pg_json_set,
    _walk,
)
from .kinds import INTERVAL, Kind, Value, array_text, json_text, rounded, shown, taken
from .texts import (
    _concat_ws,
    _conv,
    _format,
    _left,
    _like,
    _matches,
    _pad,
    _pg_format,
    _pg_substring,
    _pg_trim,
    _quote_as,
    _regexp_replace,
    _repeat,
    _right,
    _split_part,
    _substring,
    _substring_index,
    _translate,
    _trim,
)
from .values import number_of, octets_of, quotient, text, when_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from .data import Data

_ONE_DAY = timedelta(days=1)


def _strict(function: Callable[..., Value]) -> Callable[..., Value]:
    """NULL in, NULL out; what cannot be worked out is NULL, too."""

    @functools.wraps(function)
    def called(*args: Value) -> Value:
        if None in args:
            return None
        try:
            return function(*args)
        except (ValueError, TypeError, OverflowError, ZeroDivisionError, KeyError, IndexError):
            return None

    return called


# Numbers

def _round(value: Value, scale: Value = 0) -> Value:
    number, scale = number_of(value), int(scale)
    if scale <= 0:
        whole = rounded(number / 10 ** -scale, 0) if scale < 0 else rounded(number, 0)
        return int(whole) * 10 ** -scale if isinstance(number, int) or abs(number) < 1e15 else number
    return float(rounded(number, scale))


def _truncate(value: Value, scale: Value = 0) -> Value:
    size = 10.0 ** int(scale)
    found = math.trunc(float(f"{number_of(value) * size:.15g}")) / size
    return int(found) if int(scale) <= 0 else found


def _power(base: Value, exponent: Value) -> Value:
    found = number_of(base) ** number_of(exponent)
    return None if isinstance(found, complex) else float(found)


def _log(*args: Value) -> Value:
    first = math.log(number_of(args[0]))
    return first if len(args) == 1 else math.log(number_of(args[1])) / first


def _extreme(pick: Callable[..., Value], skip: bool) -> Callable[..., Value]:
    def found(*args: Value) -> Value:
        if skip:
            args = tuple(each for each in args if each is not None)
        if not args or None in args:
            return None
        if all(isinstance(each, (int, float)) for each in args):
            return pick(args)
        return pick(args, key=text)

    return found


def _mod(one: Value, other: Value) -> Value:
    one, other = number_of(one), number_of(other)
    return None if not other else math.fmod(one, other) if isinstance(one, float) or isinstance(other, float) else int(
        math.fmod(one, other))


def _int_div(one: Value, other: Value) -> Value:
    one, other = number_of(one), number_of(other)
    return None if not other else int(abs(one) // abs(other)) * (1 if (one < 0) == (other < 0) else -1)


def _zero() -> SqlError:
    return SqlError(0, "22012", "division by zero")


def _pg_int_div(one: Value, other: Value) -> Value:
    if one is None or other is None:
        return None
    if not other:
        raise _zero()
    return _int_div(one, other)


def _pg_mod(one: Value, other: Value) -> Value:
    if other == 0:
        raise _zero()
    return None if one is None or other is None else _mod(one, other)


def _pg_double_div(one: Value, other: Value) -> Value:
    if one is None or other is None:
        return None
    if not other:
        raise _zero()
    return one / other


def _pg_div(one: Value, other: Value, scale: Value) -> Value:
    """A quotient of numerics as text, with the digits that numeric.c (select_div_scale) gives it."""
    if one is None or other is None:
        return None
    if not number_of(other):
        raise _zero()
    return quotient(number_of(one), number_of(other), int(scale))


# Dates


def _shift(value: Value, amount: Value, unit: Value, sign: Value) -> str:
    unit = text(unit).lower()
    amount = text(amount)
    if "_" in unit:
        numbers = [float(each) for each in re.findall(r"\d+", amount)]
        units = {"day_hour": ("day", "hour"), "day_minute": ("day", "hour", "minute"), "year_month": ("year", "month"),
                 "day_second": ("day", "hour", "minute", "second"), "hour_minute": ("hour", "minute"),
                 "hour_second": ("hour", "minute", "second"), "minute_second": ("minute", "second")}[unit]
        amount = " ".join(f"{count} {name}" for count, name in zip(numbers, units, strict=False))
    else:
        amount = f"{number_of(amount)} {unit}"
    found = times.add(value, times.interval(amount), int(sign))
    plain = len(text(value).strip()) <= 10 and unit in ("day", "week", "month", "quarter", "year", "year_month")
    return found.strftime("%Y-%m-%d") if plain else times.text_of(found)


def _plus_days(value: Value, days: Value) -> str:
    return (when_of(value) + timedelta(days=int(days))).strftime("%Y-%m-%d")


def _days_apart(one: Value, other: Value) -> int:
    return (when_of(one).date() - when_of(other).date()).days


def _plus_interval(value: Value, span: Value, sign: Value) -> str:
    return times.text_of(times.add(value, times.interval(text(span)), int(sign)))


def _sum_intervals(one: Value, other: Value, sign: Value) -> str:
    first, second = times.interval(text(one)), times.interval(text(other))
    return times.interval_text(*(int(a + sign * b) if at < 2 else a + sign * b
                                 for at, (a, b) in enumerate(zip(first, second, strict=True))))


def _apart(one: Value, other: Value) -> str:
    span = when_of(one) - when_of(other)
    days = int(span / _ONE_DAY)
    return times.interval_text(0, days, (span - days * _ONE_DAY).total_seconds())


def _part(unit: Value, value: Value) -> Value:
    if re.fullmatch(r"-?\d+:.*", text(value)):
        value = f"2000-01-01 {value}"
    return times.part(when_of(value), text(unit))


def _interval_part(unit: Value, value: Value) -> Value:
    months, days, rest = times.interval(text(value))
    values = {
        "year": int(months / 12),
        "month": months % 12,
        "day": days,
        "hour": int(rest // 3600),
        "second": rest % 60,
        "minute": int(rest % 3600 // 60),
        "epoch": months * 2592000 + days * 86400 + rest,
    }
    return values[text(unit).lower()]


def _to_char(value: Value, form: Value) -> str:
    if isinstance(value, str):
        return times.postgres_format(when_of(value), text(form))
    form = text(form)
    fill, form = not form.startswith("FM"), form.removeprefix("FM")
    whole, _, fraction = form.partition(".")
    number = rounded(value, len(fraction))
    digits = f"{abs(number):,}" if "," in whole else str(abs(number))
    first, dot, rest = digits.partition(".")
    first = first.rjust(whole.count("0"), "0")
    return ("-" if number < 0 else " " if fill else "") + (first.rjust(len(whole)) if fill else first) + dot + rest


# JSON


# Arrays, which are JSON


STRICT: dict[str, Callable[..., Value]] = {
    "upper": lambda value: text(value).upper(), "lower": lambda value: text(value).lower(),
    "bytes": lambda value: len(octets_of(value)), "letters": lambda value: len(text(value)), "substring": _substring,
    "pg_substring": _pg_substring, "left": _left, "right": _right, "lpad": _pad(True), "rpad": _pad(False),
    "repeat": _repeat, "reverse": lambda value: text(value)[::-1], "substring_index": _substring_index,
    "split_part": _split_part, "concat": lambda *args: "".join(map(text, args)), "translate": _translate,
    "trim": _trim, "pg_trim": _pg_trim,
    "replace": lambda value, old, new: text(value).replace(text(old), text(new)) if old else text(value),
    "instr": lambda value, what, at=1: text(value).lower().find(text(what).lower(), int(at) - 1) + 1,
    "strpos": lambda value, what: text(value).find(text(what)) + 1,
    "initcap": lambda value: re.sub(r"[^\W_]+", lambda match: match[0].capitalize(), text(value)),
    "ascii": lambda value: ord(text(value)[0]) if text(value) else 0,
    "chr": lambda *args: "".join(chr(int(x)) for x in args), "space": lambda count: _repeat(" ", count),
    "conv": _conv, "format": _format,
    "strcmp": lambda one, other: (text(one).lower() > text(other).lower()) - (text(one).lower() < text(other).lower()),
    "field": lambda what, *rest: next((at for at, each in enumerate(rest, 1)
        if text(each).lower() == text(what).lower()), 0),
    "elt": lambda at, *rest: rest[int(at) - 1] if 0 < int(at) <= len(rest) else None,
    "find_in_set": lambda what, those: (([*text(those).split(","), text(what)].index(text(what)) + 1)
        % (len(text(those).split(",")) + 1)),
    "insert": lambda value, at, count, new: (text(value)[: int(at) - 1] + text(new) + text(value)[int(at) - 1
        + int(count) :]),
    "quote": lambda value: "'" + text(value).replace("\\", "\\\\").replace("'", "\\'") + "'",
    "quote_literal": lambda value: _quote_as("L", value),
    "quote_ident": lambda value: text(value) if re.fullmatch(r"[a-z_][a-z0-9_]*", text(value)) else f'"{value}"',
    "md5": lambda value: md5(octets_of(value)), "sha1": lambda value: sha1(octets_of(value)),
    "sha2": lambda value, bits=256: sha256(octets_of(value)).hexdigest() if int(bits) in (0, 256) else None,
    "hex": lambda value: f"{value:X}" if isinstance(value, int) else octets_of(value).hex().upper(),
    "unhex": lambda value: bytes.fromhex(text(value)), "to_hex": lambda value: f"{int(value):x}",
    "encode": lambda value, how: {"hex": octets_of(value).hex(), "base64": _base64(value)}[text(how)],
    "base64": lambda value: _base64(value), "unbase64": lambda value: _unbase64(value),
    "bin": lambda value: f"{int(value):b}", "oct": lambda value: f"{int(value):o}", "round": _round,
    "truncate": _truncate, "floor": lambda value: math.floor(number_of(value)),
    "ceil": lambda value: math.ceil(number_of(value)), "abs": lambda value: abs(number_of(value)), "power": _power,
    "sqrt": lambda value: math.sqrt(number_of(value)), "exp": lambda value: math.exp(number_of(value)), "log": _log,
    "log10": lambda value: math.log10(number_of(value)), "log2": lambda value: math.log2(number_of(value)),
    "sign": lambda value: (number_of(value) > 0) - (number_of(value) < 0), "int_div": _int_div,
    "sin": lambda value: math.sin(number_of(value)), "cos": lambda value: math.cos(number_of(value)),
    "tan": lambda value: math.tan(number_of(value)), "asin": lambda value: math.asin(number_of(value)),
    "acos": lambda value: math.acos(number_of(value)),
    "atan": lambda *args: math.atan2(*map(number_of, args)) if len(args) > 1 else math.atan(number_of(args[0])),
    "degrees": lambda value: math.degrees(number_of(value)), "radians": lambda value: math.radians(number_of(value)),
    "crc32": lambda value: _crc32(value), "like": _like(True), "pg_like": _like(False), "regexp": _matches(True),
    "pg_regexp": _matches(False), "regexp_replace": _regexp_replace,
    "date": lambda value: when_of(value).strftime("%Y-%m-%d"), "time": lambda value: times.taken(value, "time", True),
    "part": _part, "interval_part": _interval_part, "dayname": lambda value: when_of(value).strftime("%A"),
    "monthname": lambda value: when_of(value).strftime("%B"),
    "dayofweek": lambda value: when_of(value).isoweekday() % 7 + 1, "weekday": lambda value: when_of(value).weekday(),
    "dayofyear": lambda value: when_of(value).timetuple().tm_yday,
    "week": lambda value, mode=0: int(when_of(value).strftime("%U")), "shift": _shift, "plus_days": _plus_days,
    "datediff": _days_apart, "plus_interval": _plus_interval, "apart": _apart, "sum_intervals": _sum_intervals,
    "timestampdiff": lambda unit, one, other: times.difference(when_of(one), when_of(other), text(unit)),
    "date_format": lambda value, form: times.mysql_format(when_of(value), text(form)),
    "str_to_date": lambda value, form: _read_date(text(value), text(form)),
    "last_day": lambda value: (when := when_of(value)).strftime("%Y-%m-") + str(times.last_day(when.year, when.month)),
    "makedate": lambda year, day: (datetime(int(year), 1, 1) + timedelta(days=int(day) - 1)).strftime("%Y-%m-%d"),
    "unix": times.seconds,
    "from_unix": lambda value, form=None: (times.stamp(number_of(value)) if form is None
        else times.mysql_format(when_of(times.stamp(number_of(value))), text(form))),
    "from_epoch": lambda value: times.stamp(number_of(value), True),
    "sec_to_time": lambda value: f"{int(value) // 3600:02}:{int(value) // 60 % 60:02}:{int(value) % 60:02}",
    "date_trunc": lambda unit, value: times.text_of(times.truncated(when_of(value), text(unit).lower())),
    "to_char": _to_char, "from_text": lambda value: times.text_of(when_of(value)),
    "cbrt": lambda value: math.copysign(round(abs(number_of(value)) ** (1 / 3), 15), number_of(value)),
    "bit_length": lambda value: 8 * len(text(value).encode()),
    "to_date": lambda value, form: times.postgres_read(text(value), text(form)).strftime("%Y-%m-%d"),
    "to_timestamp": lambda value, form: times.text_of(times.postgres_read(text(value), text(form))),
    "age": lambda one, other: times.age(when_of(one), when_of(other)),
    "make_date": lambda year, month, day: f"{int(year):04}-{int(month):02}-{int(day):02}",
    "json_extract": _json_extract, "json_unquote": _json_unquote, "json_get": _json_get, "contains": _contains,
    "json_length": lambda value, path="$": (len(found) if isinstance(found := _walk(json.loads(text(value)),
        _path(path)), (list, dict)) else 1),
    "json_keys": lambda value: json_text(list(json.loads(text(value)))), "json_type": _json_type,
    "json_typeof": _json_typeof, "json_set": _json_set("set"), "json_insert": _json_set("insert"),
    "json_replace": _json_set("replace"), "pg_json_set": _pg_json_set, "json_without": _json_without,
    "json_remove": _json_remove,
    "json_pretty": lambda value: json.dumps(json.loads(text(value)), indent=4, ensure_ascii=False),
    "has_key": lambda value, key: int(text(key) in json.loads(text(value))),
    "json_merge": lambda one, other: json_text({**json.loads(text(one)), **json.loads(text(other))}, True),
    "element": _element, "any": _any, "array_length": lambda array, at=1: len(json.loads(array)) or None,
    "cardinality": lambda array: len(json.loads(array)), "array_to_string": _array_to_string,
    "string_to_array": lambda value, by: json_text(text(value).split(text(by)) if value else []),
    "array_append": lambda array, each: json_text([*json.loads(array), each]),
    "array_cat": lambda one, other: json_text(json.loads(one) + json.loads(other)),
    "pg_size": lambda value: _size(int(value)),
}


def _read_date(value: str, form: str) -> str:
    found = times.mysql_read(value, form)
    return times.text_of(found) if re.search("%[HhIiklSsTr]", form) else found.strftime("%Y-%m-%d")


def _base64(value: Value) -> str:
    from base64 import b64encode

    return b64encode(octets_of(value)).decode()


def _unbase64(value: Value) -> str:
    from base64 import b64decode

    return b64decode(text(value)).decode("utf-8", "replace")


def _crc32(value: Value) -> int:
    from zlib import crc32

    return crc32(octets_of(value))


def _size(count: int) -> str:
    for unit in ("bytes", "kB", "MB", "GB"):
        if abs(count) < 10240 or unit == "GB":
            break
        count = (count + 512) // 1024
    return f"{count} {unit}"


ANY: dict[str, Callable[..., Value]] = {
    "concat_ws": _concat_ws, "pg_concat": lambda *args: "".join(text(each) for each in args if each is not None),
    "pg_format": _pg_format, "greatest": _extreme(max, False), "least": _extreme(min, False),
    "pg_greatest": _extreme(max, True), "pg_least": _extreme(min, True), "json_valid": _json_valid,
    "array_position": _array_position,
    "json_array": _json_array, "json_object": _json_object, "array": lambda *args: json_text(list(args)),
    "json_quote": lambda value: None if value is None else json_text(text(value)),
    "pg_int_div": _pg_int_div, "pg_mod": _pg_mod, "pg_double_div": _pg_double_div, "pg_div": _pg_div,
}


def register(data: Data) -> None:
    """Give sqlite the functions."""
    sqlite = data.sqlite

    def guarded(function: Callable[..., Value]) -> Callable[..., Value]:
        def called(*args: Value) -> Value:
            try:
                return function(*args)
            except SqlError as error:
                data.raised = error
                raise

        return called

    for name, function in STRICT.items():
        sqlite.create_function(f"k_{name}", -1, _strict(function))
    for name, function in ANY.items():
        sqlite.create_function(f"k_{name}", -1, guarded(function))

    def cast(value: Value, kind: str) -> Value:
        return taken(value, Kind.read(json.loads(kind)), data.mysql, explicit=True)

    def as_text(value: Value, kind: str) -> Value:
        return shown(value, Kind.read(json.loads(kind)), data.mysql)

    def divide(how: str, one: Value, other: Value) -> Value:
        """MySQL's /, DIV and MOD: NULL and a warning where the divisor is 0."""
        if one is None or other is None:
            return None
        if not number_of(other):
            if data.session is not None:
                data.session.warnings.append(("Warning", 1365, "Division by 0"))
            return None
        return (
            _int_div(one, other)
            if how == "div"
            else _mod(one, other)
            if how == "mod"
            else number_of(one) / number_of(other)
        )

    def ask(what: str, *args: Value) -> Value:
        assert data.session is not None
        return data.session.ask(what, *args)

    for name, method in (("cast", cast), ("as_text", as_text), ("ask", ask), ("divide", divide)):
        sqlite.create_function(f"k_{name}", -1, guarded(method))
    for name, kind in (("joined", _Joined), ("joined_distinct", _JoinedDistinct), ("average", _Average),
                       ("deviation", _Deviation), ("json_members", _JsonMembers)):
        sqlite.create_aggregate(f"k_{name}", -1, kind)  # type: ignore[arg-type]
    sqlite.create_collation("pg", _collate)


__all__ = ["INTERVAL", "array_text", "register", "text"]
