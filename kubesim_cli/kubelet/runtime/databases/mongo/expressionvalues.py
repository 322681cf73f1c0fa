"""Operators of aggregations that get their arguments' values: numbers, comparisons, texts, dates, arrays."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from .match import truth
from .paths import MISSING
from .values import (
    Date,
    Decimal,
    Long,
    MongoError,
    ObjectId,
    instant,
    is_number,
    iso,
    kind,
    number,
    order,
    plain,
    same,
)


def _numbers(name: str, does: Callable[..., Any], none: Any = None) -> Callable[..., Any]:
    """Return an operator of numbers: null where one is missing, an error where one is something else."""

    def run(*values: Any) -> Any:
        if any(each is None or each is MISSING for each in values):
            return none
        for each in values:
            if not is_number(each):
                raise MongoError(14, "TypeMismatch", f"{name} only supports numeric types, not {kind(each)[1]}")
        if any(isinstance(each, Decimal) for each in values):
            from decimal import Decimal as Exact

            return Decimal(
                str(does(*(Exact(str(each.inside if isinstance(each, (Decimal, Long)) else each)) for each in values)))
            )
        found = plain(does(*(number(each) for each in values)))
        return Long(found) if any(isinstance(each, Long) for each in values) and isinstance(found, int) else found

    return run


def _add(*values: Any) -> Any:
    date = next((each for each in values if isinstance(each, Date)), None)
    if date is not None:
        return Date(int(sum(number(each) if is_number(each) else each.inside for each in values)))
    return _numbers("$add", lambda *given: sum(given))(*values)


def _subtract(one: Any, other: Any) -> Any:
    if isinstance(one, Date):
        rest = one.inside - (other.inside if isinstance(other, Date) else number(other))
        return Long(rest) if isinstance(other, Date) else Date(int(rest))
    return _numbers("$subtract", lambda a, b: a - b)(one, other)


def _divide(one: Any, other: Any) -> Any:
    if is_number(other) and number(other) == 0:
        raise MongoError(2, "BadValue", "can't $divide by zero")
    return _numbers("$divide", lambda a, b: a / b)(one, other)


def _round(value: Any, places: Any = 0) -> Any:
    return _numbers("$round", lambda a, b: round(a, int(b)))(value, places)


def _trunc(value: Any, places: Any = 0) -> Any:
    def cut(a: Any, b: Any) -> Any:
        scale = 10 ** int(b)
        return math.trunc(a * scale) / scale

    return _numbers("$trunc", cut)(value, places)


def _compared(good: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def key(value: Any) -> Any:
        return (0, 0) if value is MISSING else order(value)

    return lambda one, other: good(key(one), key(other))


def _texts(name: str, does: Callable[..., Any]) -> Callable[..., Any]:
    def run(*values: Any) -> Any:
        if any(
            each is not None and each is not MISSING and not isinstance(each, (str, Date, int, float))
            for each in values
        ):
            wrong = next(each for each in values if not isinstance(each, (str, Date, int, float)))
            raise MongoError(16007, "Location16007", f"can't convert from BSON type {kind(wrong)[1]} to String")
        return does(*("" if each is None or each is MISSING else to_string(each) for each in values))

    return run


def _concat(*values: Any) -> Any:
    if any(each is None or each is MISSING for each in values):
        return None
    for each in values:
        if not isinstance(each, str):
            raise MongoError(16702, "Location16702", f"$concat only supports strings, not {kind(each)[1]}")
    return "".join(values)


def to_string(value: Any) -> Any:
    """Return a value as $toString makes it."""
    if value is None or value is MISSING:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Date):
        return iso(value.inside)
    return str(value.inside) if isinstance(value, (ObjectId, Long, Decimal)) else str(value)


def _to_number(kind_: str, make: Callable[[float], Any]) -> Callable[[Any], Any]:
    def run(value: Any) -> Any:
        if value is None or value is MISSING:
            return None
        try:
            return make(float(value.inside if isinstance(value, Date) else number(value)))
        except (ValueError, TypeError):
            raise MongoError(
                241, "ConversionFailure", f"Failed to parse number '{value}' in $convert with no onError value"
            ) from None

    return run


def _to_date(value: Any) -> Any:
    if isinstance(value, Date) or value is None or value is MISSING:
        return None if value is MISSING else value
    if isinstance(value, ObjectId):
        return Date(int(value.inside[:8], 16) * 1000)
    found = int(number(value)) if is_number(value) else instant(str(value))
    if found is None:
        raise MongoError(241, "ConversionFailure", f"Error parsing date string '{value}'")
    return Date(found)


def _part(form: str) -> Callable[[Any], Any]:
    from ...dates import strftime

    return lambda value: None if not isinstance(value, Date) else int(strftime(form, value.inside // 1000))


def _at(items: Any, place: Any) -> Any:
    if not isinstance(items, list):
        return None
    place = int(number(place))
    return items[place] if -len(items) <= place < len(items) else MISSING


def _size(items: Any) -> int:
    if not isinstance(items, list):
        raise MongoError(
            17124,
            "Location17124",
            f"The argument to $size must be an array, but was of type: "
            f"{'missing' if items is MISSING else kind(items)[1]}",
        )
    return len(items)


def _slice(items: Any, *where: Any) -> Any:
    if not isinstance(items, list):
        return None
    at = [int(number(each)) for each in where]
    if len(at) == 1:
        return items[: at[0]] if at[0] >= 0 else items[at[0] :]
    start = at[0] if at[0] >= 0 else max(len(items) + at[0], 0)
    return items[start : start + at[1]]


def _many(values: tuple[Any, ...]) -> list[Any]:
    """The values of $sum and its kin: those given, or those of the one array given."""
    return values[0] if len(values) == 1 and isinstance(values[0], list) else list(values)


def total(values: list[Any]) -> Any:
    """Return the sum of what is a number among values."""
    found = [each for each in values if is_number(each)]
    return (
        _numbers(
            "$sum", lambda *given: math.fsum(given) if any(isinstance(each, float) for each in given) else sum(given)
        )(*found)
        if found
        else 0
    )


def average(values: list[Any]) -> Any:
    """Return the mean of what is a number among values, None where nothing is."""
    found = [each for each in values if is_number(each)]
    return _numbers("$avg", lambda *given: sum(given) / len(given))(*found) if found else None


def deviation(values: list[Any], of_sample: bool) -> Any:
    """Return the standard deviation of what is a number among values."""
    found = [number(each) for each in values if is_number(each)]
    if len(found) < 1 + of_sample:
        return None
    mean = sum(found) / len(found)
    return plain(math.sqrt(sum((each - mean) ** 2 for each in found) / (len(found) - of_sample)))


def extreme(values: list[Any], largest: bool) -> Any:
    """Return the largest, or the smallest, of values that are there."""
    found = [each for each in values if each is not None and each is not MISSING]
    return (max if largest else min)(found, key=order) if found else None


def _set_union(*sets: Any) -> list[Any]:
    out: list[Any] = []
    for each in (each for one in sets for each in one):
        if not any(same(each, other) for other in out):
            out.append(each)
    return sorted(out, key=order)


def _merge(*values: Any) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for each in values:
        out.update(each if isinstance(each, dict) else {})
    return out


PLAIN: dict[str, Callable[..., Any]] = {
    "$add": _add,
    "$subtract": _subtract,
    "$divide": _divide,
    "$round": _round,
    "$trunc": _trunc,
    "$multiply": _numbers("$multiply", lambda *given: math.prod(given)),
    "$mod": _numbers(
        "$mod", lambda a, b: math.fmod(a, b) if isinstance(a, float) or isinstance(b, float) else int(math.fmod(a, b))
    ),
    "$abs": _numbers("$abs", abs),
    "$ceil": _numbers("$ceil", math.ceil),
    "$floor": _numbers("$floor", math.floor),
    "$sqrt": _numbers("$sqrt", math.sqrt),
    "$pow": _numbers("$pow", lambda a, b: a**b),
    "$exp": _numbers("$exp", math.exp),
    "$ln": _numbers("$ln", math.log),
    "$log10": _numbers("$log10", math.log10),
    "$eq": _compared(lambda a, b: a == b),
    "$ne": _compared(lambda a, b: a != b),
    "$gt": _compared(lambda a, b: a > b),
    "$gte": _compared(lambda a, b: a >= b),
    "$lt": _compared(lambda a, b: a < b),
    "$lte": _compared(lambda a, b: a <= b),
    "$cmp": lambda one, other: (order(one) > order(other)) - (order(one) < order(other)),
    "$not": lambda value: not truth(value),
    "$ifNull": lambda *given: next(
        (each for each in given[:-1] if each is not None and each is not MISSING), given[-1]
    ),
    "$concat": _concat,
    "$toUpper": _texts("$toUpper", lambda text: text.upper()),
    "$toLower": _texts("$toLower", lambda text: text.lower()),
    "$strLenCP": _texts("$strLenCP", len),
    "$strLenBytes": _texts("$strLenBytes", lambda text: len(text.encode())),
    "$split": lambda text, by: text.split(by) if isinstance(text, str) else None,
    "$substr": lambda text, at, count: (to_string(text) or "")[at : at + count if count >= 0 else None],
    "$substrCP": lambda text, at, count: (to_string(text) or "")[at : at + count],
    "$substrBytes": lambda text, at, count: (
        (to_string(text) or "").encode()[at : at + count].decode("utf-8", "replace")
    ),
    "$trim": lambda given: given["input"].strip(given.get("chars")) if given["input"] else None,
    "$replaceAll": lambda given: (
        given["input"].replace(given["find"], given["replacement"]) if given["input"] else None
    ),
    "$indexOfCP": lambda text, part: text.find(part) if isinstance(text, str) else None,
    "$toString": to_string,
    "$toInt": _to_number("int", int),
    "$toLong": _to_number("long", lambda each: Long(int(each))),
    "$toDouble": _to_number("double", plain),
    "$toDecimal": lambda value: Decimal(to_string(value)),
    "$toBool": truth,
    "$toDate": _to_date,
    "$toObjectId": lambda value: ObjectId(value),
    "$type": lambda value: "missing" if value is MISSING else kind(value)[1],
    "$isNumber": is_number,
    "$isArray": lambda value: isinstance(value, list),
    "$year": _part("%Y"),
    "$month": _part("%m"),
    "$dayOfMonth": _part("%d"),
    "$hour": _part("%H"),
    "$minute": _part("%M"),
    "$second": _part("%S"),
    "$dayOfYear": _part("%j"),
    "$week": _part("%U"),
    "$isoWeek": _part("%V"),
    "$dayOfWeek": lambda value: None if not isinstance(value, Date) else 1 + (value.inside // 86_400_000 + 4) % 7,
    "$arrayElemAt": _at,
    "$size": _size,
    "$slice": _slice,
    "$first": lambda items: _at(items, 0),
    "$last": lambda items: _at(items, -1),
    "$in": lambda value, items: any(same(value, each) for each in items),
    "$concatArrays": lambda *given: (
        None if any(not isinstance(each, list) for each in given) else [item for each in given for item in each]
    ),
    "$reverseArray": lambda items: items[::-1] if isinstance(items, list) else None,
    "$range": lambda start, end, step=1: list(range(start, end, step)),
    "$indexOfArray": lambda items, value: next((at for at, each in enumerate(items) if same(each, value)), -1),
    "$setUnion": _set_union,
    "$setIntersection": lambda one, *more: [
        each for each in _set_union(one) if all(any(same(each, item) for item in other) for other in more)
    ],
    "$setDifference": lambda one, other: [each for each in one if not any(same(each, item) for item in other)],
    "$setIsSubset": lambda one, other: all(any(same(each, item) for item in other) for each in one),
    "$sum": lambda *given: total(_many(given)),
    "$avg": lambda *given: average(_many(given)),
    "$min": lambda *given: extreme(_many(given), False),
    "$max": lambda *given: extreme(_many(given), True),
    "$mergeObjects": _merge,
    "$objectToArray": lambda value: [{"k": name, "v": each} for name, each in value.items()],
    "$arrayToObject": lambda items: {
        each["k"] if isinstance(each, dict) else each[0]: each["v"] if isinstance(each, dict) else each[1]
        for each in items
    },
}
