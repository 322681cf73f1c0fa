"""The values of documents beyond Python's own: their order, and their form in files (MongoDB's extended JSON).

A document is a dict, an array a list; int and float are numbers, whichever of BSON's they are.
"""

from __future__ import annotations

import json
from typing import Any


class MongoError(Exception):
    """What a server refuses: its number, the number's name, and the message. `index`: of the document in a batch."""

    def __init__(self, code: int, name: str, message: str, index: int | None = None):
        super().__init__(message)
        self.code, self.name, self.message, self.index = code, name, message, index


def bad(message: str) -> MongoError:
    """Return the error of a value that cannot be."""
    return MongoError(2, "BadValue", message)


class Scalar:
    """A value with one text or number inside; equal where class and inside are."""

    __slots__ = ("inside",)

    def __init__(self, inside: Any):
        self.inside = inside

    def __eq__(self, other: object) -> bool:
        return self.__class__ is other.__class__ and self.inside == other.inside

    def __hash__(self) -> int:
        return hash((self.__class__.__name__, self.inside))


class ObjectId(Scalar):
    """`inside`: 24 hexadecimal digits, of which the first 8 are the seconds since 1970."""


class Date(Scalar):
    """`inside`: milliseconds since 1970."""


class Long(Scalar):
    """`inside`: an integer that the shell shows as Long."""


class Decimal(Scalar):
    """`inside`: a decimal number as text."""


class Uuid(Scalar):
    """`inside`: 36 characters."""


class Timestamp(Scalar):
    """`inside`: (seconds, counter)."""


class Regex(Scalar):
    """`inside`: (pattern, flags)."""

    def matches(self, text: str) -> bool:
        """Tell whether the pattern is found in a text."""
        return self.compiled().search(text) is not None

    def compiled(self) -> Any:
        """Return it as Python's."""
        import re

        pattern, flags = self.inside
        given = sum({"i": re.I, "m": re.M, "s": re.S, "x": re.X}.get(flag, 0) for flag in flags)
        try:
            return re.compile(pattern.replace("(?<", "(?P<").replace("(?P<=", "(?<=").replace("(?P<!", "(?<!"), given)
        except re.error as error:
            raise MongoError(51091, "Location51091", f"Regular expression is invalid: {error}") from None


_TAGS: dict[str, Any] = {
    "$oid": ObjectId,
    "$date": Date,
    "$numberLong": Long,
    "$numberDecimal": Decimal,
    "$uuid": Uuid,
    "$timestamp": Timestamp,
    "$regularExpression": Regex,
}
_NAMES = {kind: tag for tag, kind in _TAGS.items()}


def encode(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, Scalar):
        return {_NAMES[type(value)]: value.inside}
    if isinstance(value, dict):
        return {name: encode(each) for name, each in value.items()}
    return [encode(each) for each in value] if isinstance(value, list) else value


def decode(value: Any) -> Any:
    """Return what `encode` made JSON of."""
    if isinstance(value, list):
        return [decode(each) for each in value]
    if isinstance(value, dict):
        if len(value) == 1:
            ((tag, inside),) = value.items()
            if tag in _TAGS:
                return _TAGS[tag](tuple(inside) if isinstance(inside, list) else inside)
        return {name: decode(each) for name, each in value.items()}
    return value


def copied(value: Any) -> Any:
    """Return a value that shares nothing with another that can be changed."""
    if isinstance(value, dict):
        return {name: copied(each) for name, each in value.items()}
    return [copied(each) for each in value] if isinstance(value, list) else value


def is_number(value: Any) -> bool:
    """Tell whether it is one, of any kind."""
    return isinstance(value, (int, float, Long, Decimal)) and not isinstance(value, bool)


def number(value: Any) -> Any:
    """Return a number as Python's."""
    if isinstance(value, Long):
        return int(value.inside)
    if isinstance(value, Decimal):
        return plain(float(value.inside))
    return value


def plain(value: float) -> int | float:
    """Return a number without a fraction as an int."""
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1 << 53 else value


# The order of kinds (docs/reference/bson-type-comparison-order): (its place, the name of the kind, its number).
_KINDS: tuple[tuple[Any, int, str, int], ...] = (
    (type(None), 2, "null", 10),
    (bool, 8, "bool", 8),
    (int, 3, "int", 16),
    (float, 3, "double", 1),
    (Long, 3, "long", 18),
    (Decimal, 3, "decimal", 19),
    (str, 4, "string", 2),
    (dict, 5, "object", 3),
    (list, 6, "array", 4),
    (Uuid, 7, "binData", 5),
    (ObjectId, 7, "objectId", 7),
    (Date, 9, "date", 9),
    (Timestamp, 10, "timestamp", 17),
    (Regex, 11, "regex", 11),
)


def kind(value: Any) -> tuple[int, str, int]:
    """Return (place in the order of kinds, name, number) of a value's kind."""
    for cls, place, name, code in _KINDS:
        if value.__class__ is cls:
            if name == "int" and not -(1 << 31) <= value < 1 << 31:
                return place, "long", 18
            return place, name, code
    return 1, "missing", 6


def order(value: Any) -> tuple[Any, ...]:
    """Return a key by which values of all kinds are sorted and compared."""
    place = kind(value)[0]
    if place == 3:
        return (3, number(value))
    if isinstance(value, dict):
        return (place, [(kind(each)[0], name, order(each)) for name, each in value.items()])
    if isinstance(value, list):
        return (place, [order(each) for each in value])
    return (place, value.inside if isinstance(value, Scalar) else value if value is not None else 0)


def same(one: Any, other: Any) -> bool:
    """Tell whether two values are equal, as the server compares them."""
    return order(one) == order(other)


def told(value: Any) -> str:
    """Return a value as messages of the server show it: `{ a: 1, b: "x" }`."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name}: {told(each)}" for name, each in value.items()) + " }" if value else "{}"
    if isinstance(value, list):
        return "[ " + ", ".join(map(told, value)) + " ]" if value else "[]"
    if isinstance(value, ObjectId):
        return f"ObjectId('{value.inside}')"
    if isinstance(value, Date):
        return f"new Date({value.inside})"
    if isinstance(value, (Long, Decimal, Uuid)):
        return str(value.inside)
    if isinstance(value, Regex):
        return f"/{value.inside[0]}/{value.inside[1]}"
    return json.dumps(value, ensure_ascii=False)


def iso(milliseconds: int) -> str:
    """Return a date as ISO 8601 has it."""
    from ...dates import strftime

    seconds, rest = divmod(milliseconds, 1000)
    return strftime("%Y-%m-%dT%H:%M:%S", seconds) + f".{rest:03}Z"


def instant(text: str) -> int | None:
    """Return the milliseconds of a date as text, None where it is none."""
    from datetime import datetime, timezone

    words = text.strip().replace("Z", "+00:00").replace("/", "-")
    for form in (
        "%Y-%m-%dT%H:%M:%S.%f%z",
        "%Y-%m-%dT%H:%M:%S%z",
        "%Y-%m-%dT%H:%M:%S.%f",
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%dT%H:%M%z",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%d",
        "%Y-%m",
        "%Y",
        "%b %d, %Y",
        "%B %d, %Y",
    ):
        try:
            found = datetime.strptime(words, form)
        except ValueError:
            continue
        if found.tzinfo is None:
            found = found.replace(tzinfo=timezone.utc)
        return round(found.timestamp() * 1000)
    return None
