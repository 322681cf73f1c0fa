"""The functions and operators of expressions, by name. Each takes values and returns one, or raises EvaluationError;
an exception of Python's own for arguments of a wrong type counts as `no such overload`."""

from __future__ import annotations

from . import libraries
from .errors import EvaluationError, no_overload
from .values import (
    NONE,
    Duration,
    Optional,
    Timestamp,
    TypeValue,
    UInt,
    add_lists,
    checked,
    compare,
    equal,
    is_number,
    parse_duration,
    parse_timestamp,
    text_of,
    type_name,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .values import Function, Value


def _add(left: Value, right: Value) -> Value:
    if isinstance(left, Timestamp) and isinstance(right, Timestamp):
        both = isinstance(left, Duration) and isinstance(right, Duration)
        return (Duration if both else Timestamp)(left.nanos + right.nanos, left.offset or right.offset)
    if is_number(left) and is_number(right):
        return _number(left + right, left, right)
    if type(left) is type(right) and isinstance(left, (str, bytes)):
        return left + right
    if isinstance(left, list) and isinstance(right, list):
        return add_lists(left, right)
    raise no_overload()


def _subtract(left: Value, right: Value) -> Value:
    if isinstance(left, Timestamp) and isinstance(right, Timestamp):
        if type(left) is type(right):
            return Duration(left.nanos - right.nanos)
        return Timestamp(left.nanos - right.nanos, left.offset)
    return _number(left - right, left, right)


def _number(result: Value, left: Value, right: Value) -> Value:
    """Return a result in the type of its operands, which have to agree."""
    if isinstance(left, bool) or isinstance(right, bool) or type(left) is not type(right):
        raise no_overload()
    return result if isinstance(left, float) else checked(result, left)


def _divide(left: Value, right: Value) -> Value:
    if isinstance(left, float):
        if right == 0:
            return float("nan") if left == 0 or left != left else float("inf") * (1 if left > 0 else -1)
        return _number(left / right, left, right)
    if right == 0:
        raise EvaluationError("division by zero")
    quotient = abs(left) // abs(right)
    return _number(quotient if (left < 0) == (right < 0) else -quotient, left, right)


def _modulo(left: Value, right: Value) -> Value:
    if right == 0:
        raise EvaluationError("modulus by zero")
    rest = abs(left) % abs(right)
    return _number(-rest if left < 0 else rest, left, right)


def _not(value: Value) -> bool:
    if not isinstance(value, bool):
        raise no_overload()
    return not value


def _size(value: Value) -> int:
    if not isinstance(value, (str, bytes, list, dict)):
        raise no_overload()
    return len(value)


# Conversions


def _int(value: Value) -> int:
    if isinstance(value, str):
        try:
            return checked(int(value), 0)
        except ValueError:
            raise EvaluationError(f'strconv.ParseInt: parsing "{value}": invalid syntax') from None
    if isinstance(value, Duration):
        return value.nanos
    if isinstance(value, Timestamp):
        return value.nanos // 10**9
    return checked(int(_real(value)), 0)


def _uint(value: Value) -> int:
    if isinstance(value, str):
        if not value.isdigit():
            raise EvaluationError(f'strconv.ParseUint: parsing "{value}": invalid syntax')
        return checked(int(value), UInt(0))
    return checked(int(_real(value)), UInt(0))


def _real(value: Value) -> Value:
    if not is_number(value):
        raise no_overload()
    return value


def _double(value: Value) -> float:
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            raise EvaluationError(f'strconv.ParseFloat: parsing "{value}": invalid syntax') from None
    return float(_real(value))


def _bool(value: Value) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("1", "t", "T", "TRUE", "true", "True"):
        return True
    if value in ("0", "f", "F", "FALSE", "false", "False"):
        return False
    raise EvaluationError(f'strconv.ParseBool: parsing "{value}": invalid syntax')


def _timestamp(value: Value) -> Timestamp:
    if isinstance(value, str):
        return parse_timestamp(value)
    return Timestamp(value * 10**9) if is_number(value) else value


def _duration(value: Value) -> Duration:
    if isinstance(value, str):
        return parse_duration(value)
    return Duration(value) if is_number(value) else value


# Times


def _calendar(part: Function) -> Function:
    """Return a method of timestamps: `part` is a function of a datetime."""

    def method(value: Value, zone: str = "UTC") -> Value:
        if not isinstance(value, Timestamp) or isinstance(value, Duration):
            raise no_overload()
        from datetime import datetime, timedelta, timezone

        moment = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(microseconds=value.nanos // 1000)
        return part(moment.astimezone(_zone(zone)))

    return method


def _zone(name: str) -> Value:
    import re
    from datetime import timedelta, timezone

    match = re.fullmatch(r"([+-]?)(\d\d):(\d\d)", name)
    if match:
        offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
        return timezone(-offset if match[1] == "-" else offset)
    if name == "UTC":
        return timezone.utc
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise EvaluationError(f"unknown time zone {name}") from None


def _clock(unit: int, part: Function) -> Function:
    """A part of a timestamp's time of day, or of a duration the whole in that unit (of so many nanoseconds)."""
    calendar = _calendar(part)

    def method(value: Value, *zone: Value) -> Value:
        if isinstance(value, Duration):
            whole = abs(value.nanos) // unit
            return -whole if value.nanos < 0 else whole
        return calendar(value, *zone)

    return method


# Strings


def _text(*values: Value) -> None:
    if not all(isinstance(value, str) for value in values):
        raise no_overload()


def _matches(value: Value, pattern: Value) -> bool:
    return libraries.pattern(pattern).matches(value)


def _char_at(value: str, at: int) -> str:
    if not 0 <= at <= len(value):
        raise EvaluationError(f"index out of range: {at}")
    return value[at:at + 1]


def _index_of(whole: Value, part: Value, start: Value = None) -> int:
    if isinstance(whole, list):
        return next((i for i, item in enumerate(whole) if equal(item, part)), -1)
    if start is not None and not 0 <= start <= len(whole):
        raise EvaluationError(f"index out of range: {start}")
    found: int = whole.find(part, start or 0)
    return found


def _last_index_of(whole: Value, part: Value, last: Value = None) -> int:
    if isinstance(whole, list):
        return next((i for i in reversed(range(len(whole))) if equal(whole[i], part)), -1)
    if last is not None and not 0 <= last <= len(whole):
        raise EvaluationError(f"index out of range: {last}")
    found: int = whole.rfind(part) if last is None else whole.rfind(part, 0, last + len(part))
    return found


def _split(value: str, separator: str, limit: int = -1) -> list[str]:
    if limit == 0:
        return []
    if limit == 1:
        return [value]
    if separator == "":
        return list(value) if limit < 0 else [*value[:limit - 1], value[limit - 1:]]
    return value.split(separator, limit - 1 if limit > 0 else -1)


def _replace(value: str, old: str, new: str, limit: int = -1) -> str:
    return value.replace(old, new, limit)


def _substring(value: str, start: int, end: int | None = None) -> str:
    if end is None:
        if not 0 <= start <= len(value):
            raise EvaluationError(f"index out of range: {start}")
        return value[start:]
    if start > end:
        raise EvaluationError(f"invalid substring range. start: {start}, end: {end}")
    for at in (start, end):
        if not 0 <= at <= len(value):
            raise EvaluationError(f"index out of range: {at}")
    return value[start:end]


def _ascii(low: bool) -> Function:
    def method(value: Value) -> Value:
        _text(value)
        return "".join((char.lower() if low else char.upper()) if char.isascii() else char for char in value)

    return method


def _join(values: list[str], separator: str = "") -> str:
    return separator.join(values)


# Lists


def _best(sign: int, name: str) -> Function:
    def method(values: Value) -> Value:
        if not values:
            raise EvaluationError(f"{name} called on empty list")
        best = values[0]
        for value in values[1:]:
            if compare(value, best) == sign:
                best = value
        return best

    return method


def _sum(values: Value) -> Value:
    total = values[0] if values else 0
    for value in values[1:]:
        total = _add(total, value)
    return total


def _is_sorted(values: Value) -> bool:
    return all(compare(values[i], values[i + 1]) <= 0 for i in range(len(values) - 1))


def _sort(values: Value) -> list[Value]:
    from functools import cmp_to_key

    return sorted(values, key=cmp_to_key(compare))


def _sort_by(values: list[Value], keys: list[Value]) -> list[Value]:
    from functools import cmp_to_key

    if any(type_name(key) != type_name(keys[0]) for key in keys):
        raise EvaluationError("list elements must have the same type")
    key = cmp_to_key(compare)
    return [values[i] for i in sorted(range(len(values)), key=lambda i: key(keys[i]))]


def _distinct(values: Value) -> list[Value]:
    found: list[Value] = []
    for value in values:
        if not any(equal(value, known) for known in found):
            found.append(value)
    return found


def _slice(values: list[Value], start: int, end: int) -> list[Value]:
    if start > end:
        raise EvaluationError(f"cannot slice({start}, {end}), start index must be less than or equal to end index")
    if start < 0 or end > len(values):
        raise EvaluationError(f"cannot slice({start}, {end}), list is length {len(values)}")
    return values[start:end]


def _flatten(values: Value) -> list[Value]:
    return [item for value in values for item in (value if isinstance(value, list) else [value])]


def _contains_all(whole: Value, part: Value) -> bool:
    return all(any(equal(item, known) for known in whole) for item in part)


def _string_or_list_contains(whole: Value, part: Value) -> bool:
    _text(whole, part)
    return part in whole


# Optionals


def _non_zero(value: Value) -> Optional:
    return NONE if value is None or value in (0, "", b"", [], {}) else Optional(value)


def _optional_value(optional: Value) -> Value:
    if not optional.present:
        raise EvaluationError("optional.none() dereference")
    return optional.value


def _ordered(test: Function) -> Function:
    return lambda left, right: test(compare(left, right))


FUNCTIONS: dict[str, Function] = {
    "!_": _not, "-_": lambda value: _number(-value, value, value),
    "_+_": _add, "_-_": _subtract, "_*_": lambda left, right: _number(left * right, left, right), "_/_": _divide,
    "_%_": _modulo,
    "_<_": _ordered(lambda order: order < 0), "_<=_": _ordered(lambda order: order <= 0),
    "_>_": _ordered(lambda order: order > 0), "_>=_": _ordered(lambda order: order >= 0),
    "size": _size, "type": lambda value: TypeValue(type_name(value)), "dyn": lambda value: value, "bool": _bool,
    "bytes": lambda value: value.encode() if isinstance(value, str) else value, "double": _double, "int": _int,
    "uint": _uint, "string": text_of, "timestamp": _timestamp, "duration": _duration,
    "contains": _string_or_list_contains, "startsWith": lambda value, part: value.startswith(part),
    "endsWith": lambda value, part: value.endswith(part), "matches": _matches,
    "getFullYear": _calendar(lambda moment: moment.year), "getMonth": _calendar(lambda moment: moment.month - 1),
    "getDayOfYear": _calendar(lambda moment: moment.timetuple().tm_yday - 1),
    "getDayOfMonth": _calendar(lambda moment: moment.day - 1), "getDate": _calendar(lambda moment: moment.day),
    "getDayOfWeek": _calendar(lambda moment: moment.isoweekday() % 7),
    "getHours": _clock(3600 * 10**9, lambda moment: moment.hour),
    "getMinutes": _clock(60 * 10**9, lambda moment: moment.minute),
    "getSeconds": _clock(10**9, lambda moment: moment.second),
    "getMilliseconds": _clock(10**6, lambda moment: moment.microsecond // 1000),
    "charAt": _char_at, "lowerAscii": _ascii(True), "upperAscii": _ascii(False), "trim": lambda value: value.strip(),
    "join": _join, "replace": _replace, "split": _split, "substring": _substring, "indexOf": _index_of,
    "lastIndexOf": _last_index_of, "format": libraries.format_string, "strings.quote": libraries.quote,
    "jsonpatch.escapeKey": libraries.escape_key,
    "isSorted": _is_sorted, "min": _best(-1, "min"), "max": _best(1, "max"), "sum": _sum, "sort": _sort,
    "@sortByAssociatedKeys": _sort_by,
    "distinct": _distinct, "slice": _slice, "flatten": _flatten, "lists.range": lambda count: list(range(count)),
    "reverse": lambda values: list(reversed(values)),
    "sets.contains": _contains_all, "sets.intersects": lambda a, b: any(equal(x, y) for x in a for y in b),
    "sets.equivalent": lambda a, b: _contains_all(a, b) and _contains_all(b, a),
    "find": lambda value, pattern: libraries.find_all(value, pattern, 1, [""])[0], "findAll": libraries.find_all,
    "optional.of": Optional, "optional.ofNonZeroValue": _non_zero, "optional.none": lambda: NONE,
    "hasValue": lambda optional: optional.present, "value": _optional_value,
    **libraries.FUNCTIONS,
}

