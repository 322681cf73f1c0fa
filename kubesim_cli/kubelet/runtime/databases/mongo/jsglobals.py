"""What the language of the shell has from the start: Math, JSON, Object, Date, ObjectId and the like."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from .jsvalues import UNDEFINED, Fault, Iterated, Native, date, fault, json_text, numeric, text, truthy
from .values import Date, Decimal, Long, ObjectId, Regex, Timestamp, Uuid, decode, encode, plain


def _assign(target: dict[str, Any], *more: Any) -> dict[str, Any]:
    for each in more:
        target.update(each if isinstance(each, dict) else {})
    return target


def _entries(of: Any) -> list[list[Any]]:
    pairs = of.items() if isinstance(of, dict) else enumerate(of)
    return [[text(name), each] for name, each in pairs]


def _parsed(source: Any, *more: Any) -> Any:
    import json

    try:
        return json.loads(text(source))
    except ValueError:
        raise fault("Unexpected token in JSON", "SyntaxError") from None


def _stringified(value: Any, how: Any = None, indent: Any = None) -> Any:
    width = " " * int(indent) if isinstance(indent, int) else indent if isinstance(indent, str) else ""
    found = json_text(value, width)
    return UNDEFINED if found is None else found


def _integer(value: Any, base: Any = 10) -> Any:
    import re

    found = re.match(r"\s*([+-]?)(0[xX])?([0-9a-zA-Z]*)", text(value))
    assert found is not None
    base = 16 if found.group(2) else int(base)
    digits = ""
    for each in found.group(3):
        if not each.isalnum() or int(each, 36) >= base:
            break
        digits += each
    return int(found.group(1) + digits, base) if digits else float("nan")


def _float(value: Any) -> Any:
    import re

    found = re.match(r"\s*[+-]?(\d+\.?\d*([eE][+-]?\d+)?|\.\d+)", text(value))
    return plain(float(found.group())) if found else float("nan")


def _math(chance: Callable[[], float]) -> Native:
    def one(does: Callable[[float], Any]) -> Callable[[Any], Any]:
        def run(value: Any = UNDEFINED) -> Any:
            try:
                return plain(does(numeric(value)))
            except (ValueError, OverflowError):
                return float("nan")

        return run

    members: dict[str, Any] = {"PI": math.pi, "E": math.e}
    functions: dict[str, Callable[[float], Any]] = {
        "floor": math.floor,
        "ceil": math.ceil,
        "abs": abs,
        "sqrt": math.sqrt,
        "trunc": math.trunc,
        "round": lambda value: math.floor(value + 0.5),
        "log": math.log,
        "log2": math.log2,
        "log10": math.log10,
        "exp": math.exp,
        "sin": math.sin,
        "cos": math.cos,
        "tan": math.tan,
        "sign": lambda value: (value > 0) - (value < 0),
    }
    for name, does in functions.items():
        members[name] = Native(name, one(does))
    members["random"] = Native("random", chance)
    members["max"] = Native("max", lambda *given: max(map(numeric, given), default=float("-inf")))
    members["min"] = Native("min", lambda *given: min(map(numeric, given), default=float("inf")))
    members["pow"] = Native("pow", lambda one, other: plain(numeric(one) ** numeric(other)))
    return Native("Math", lambda: UNDEFINED, members)


def _object_id(make: Callable[[], ObjectId], given: Any) -> ObjectId:
    if given is UNDEFINED:
        return make()
    digits = given.inside if isinstance(given, ObjectId) else text(given)
    if len(digits) != 24 or any(each not in "0123456789abcdefABCDEF" for each in digits):
        raise fault("input must be a 24 character hex string, 12 byte Uint8Array, or an integer", "BSONError")
    return ObjectId(digits.lower())


def globals_(
    now: Callable[[], float],
    chance: Callable[[], float],
    object_id: Callable[[], ObjectId],
    call: Callable[[Any, list[Any]], Any],
) -> dict[str, Any]:
    """Return what the language itself has.

    `now`: seconds since 1970; `chance`: from 0 to 1; `call` calls a function.
    """

    def listed(of: Any, function: Any = UNDEFINED) -> list[Any]:
        if isinstance(of, dict):
            items = [UNDEFINED] * min(int(of.get("length", 0)), 100_000)
        else:
            items = list(of.items() if isinstance(of, Iterated) else of)
        return items if function is UNDEFINED else [call(function, [each, at]) for at, each in enumerate(items)]

    def error(name: str) -> Native:
        return Native(name, lambda message="", *more: Fault(name, text(message)))

    def long(value: Any = 0) -> Long:
        return Long(int(numeric(value)))

    def new_date(*given: Any) -> Date:
        if not given:
            return Date(int(now() * 1000))
        if len(given) == 1:
            return date(given[0])
        from calendar import timegm

        parts = [int(numeric(each)) for each in given] + [1, 0, 0, 0, 0][len(given) - 2 :]
        years, month = divmod(parts[1], 12)
        days = timegm((parts[0] + years, month + 1, 1, 0, 0, 0)) + (parts[2] - 1) * 86400
        return Date((days + parts[3] * 3600 + parts[4] * 60 + parts[5]) * 1000 + (parts[6] if len(parts) > 6 else 0))

    new = Native("Date", new_date)
    of_date = {
        "new": new,
        "now": Native("now", lambda: int(now() * 1000)),
        "UTC": Native("UTC", lambda *given: new_date(*given).inside),
    }
    uuid = Native("UUID", lambda given="00000000-0000-4000-8000-000000000000": Uuid(text(given)))
    found: dict[str, Any] = {
        "undefined": UNDEFINED,
        "NaN": float("nan"),
        "Infinity": float("inf"),
        "Math": _math(chance),
        "JSON": Native(
            "JSON",
            lambda: UNDEFINED,
            {"parse": Native("parse", _parsed), "stringify": Native("stringify", _stringified)},
        ),
        "EJSON": Native(
            "EJSON",
            lambda: UNDEFINED,
            {
                "stringify": Native(
                    "stringify",
                    lambda value, *more: _stringified(
                        encode(value), None, next((each for each in more if isinstance(each, int)), None)
                    ),
                ),
                "parse": Native("parse", lambda source, *more: decode(_parsed(source))),
            },
        ),
        "Object": Native(
            "Object",
            lambda value=UNDEFINED: {} if value is UNDEFINED else value,
            {
                "keys": Native("keys", lambda of: [name for name, _ in _entries(of)]),
                "values": Native("values", lambda of: [each for _, each in _entries(of)]),
                "entries": Native("entries", _entries),
                "assign": Native("assign", _assign),
                "fromEntries": Native("fromEntries", lambda of: {text(each[0]): each[1] for each in of}),
                "freeze": Native("freeze", lambda of: of),
            },
        ),
        "Array": Native(
            "Array",
            lambda *given: (
                [UNDEFINED] * min(given[0], 100_000) if len(given) == 1 and isinstance(given[0], int) else list(given)
            ),
            {"isArray": Native("isArray", lambda of: isinstance(of, list)), "from": Native("from", listed)},
        ),
        "String": Native(
            "String",
            lambda value="": text(value),
            {"fromCharCode": Native("fromCharCode", lambda *codes: "".join(map(chr, codes)))},
        ),
        "Number": Native(
            "Number",
            lambda value=0: numeric(value),
            {
                "isInteger": Native("isInteger", lambda value: isinstance(value, int)),
                "MAX_SAFE_INTEGER": (1 << 53) - 1,
                "parseFloat": Native("parseFloat", _float),
                "parseInt": Native("parseInt", _integer),
            },
        ),
        "Boolean": Native("Boolean", truthy),
        "parseInt": Native("parseInt", _integer),
        "parseFloat": Native("parseFloat", _float),
        "isNaN": Native("isNaN", lambda value: numeric(value) != numeric(value)),
        "Date": Native("Date", lambda *given: text(new_date()), of_date),
        "ISODate": new,
        "RegExp": Native("RegExp", lambda pattern, flags="": Regex((text(pattern), flags))),
        "ObjectId": Native("ObjectId", lambda given=UNDEFINED: _object_id(object_id, given)),
        "NumberInt": Native("NumberInt", lambda value=0: int(numeric(value))),
        "Int32": Native("Int32", lambda value=0: int(numeric(value))),
        "Double": Native("Double", lambda value=0: numeric(value)),
        "NumberLong": Native("NumberLong", long),
        "Long": Native("Long", long),
        "NumberDecimal": Native("NumberDecimal", lambda value=0: Decimal(text(value))),
        "Decimal128": Native("Decimal128", lambda value=0: Decimal(text(value))),
        "Timestamp": Native(
            "Timestamp",
            lambda given=0, count=0: Timestamp(
                (given.get("t", 0), given.get("i", 0)) if isinstance(given, dict) else (given, count)
            ),
        ),
        "UUID": uuid,
        **{name: error(name) for name in ("Error", "TypeError", "RangeError", "SyntaxError")},
    }
    for old, new_name in (("ObjectID", "ObjectId"), ("Int64", "Long")):
        found[old] = found[new_name]
    return found
