"""The values of expressions.

Python's own types stand for bool, int, double (float), string, bytes, null (None), list and map (dict); the other types
have classes here. A list of type set or map compares without regard to the order of its items.
"""

from __future__ import annotations

from .errors import EvaluationError, no_overload

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, TypeAlias

    Value: TypeAlias = Any
    Function: TypeAlias = Callable[..., Value]

MIN_INT, MAX_INT, MAX_UINT = -(2**63), 2**63 - 1, 2**64 - 1


class UInt(int):
    """An unsigned number."""

    __slots__ = ()


class Timestamp:
    """A moment: nanoseconds since 1970, and how many seconds the clocks that it was read from are ahead of UTC's."""

    __slots__ = ("nanos", "offset")

    def __init__(self, nanos: int, offset: int = 0):
        self.nanos, self.offset = nanos, offset

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.nanos == self.nanos

    def __lt__(self, other: Timestamp) -> bool:
        return self.nanos < other.nanos

    def __hash__(self) -> int:
        return hash(self.nanos)


class Duration(Timestamp):
    """A length of time in nanoseconds."""

    __slots__ = ()


class Optional:
    """A value or none."""

    __slots__ = ("present", "value")

    def __init__(self, value: Value = None, present: bool = True):
        self.value, self.present = value, present

    def __eq__(self, other: object) -> bool:
        return type(other) is Optional and other.present == self.present and equal(other.value, self.value)


NONE = Optional(present=False)


class TypeValue:
    """A type as a value, such as `int`."""

    __slots__ = ("name",)

    def __init__(self, name: str):
        self.name = name

    def __eq__(self, other: object) -> bool:
        return type(other) is TypeValue and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)


class Opaque:
    """A value of one of the libraries' types: `type` is its name, `value` what the library makes of it, `text` what it
    was made of."""

    __slots__ = ("text", "type", "value")

    def __init__(self, type_: str, value: Value, text: str = ""):
        self.type, self.value, self.text = type_, value, text

    def __eq__(self, other: object) -> bool:
        return type(other) is Opaque and (other.type, other.value) == (self.type, self.value)


class SetList(list["Value"]):
    """A list of type set."""


class MapList(list["Value"]):
    """A list of type map; `keys` are the fields that tell its items apart."""

    def __init__(self, items: Iterable[Value], keys: Iterable[str]) -> None:
        super().__init__(items)
        self.keys = tuple(keys)

    def key(self, item: Value) -> tuple[Value, ...]:
        return tuple(item.get(key) for key in self.keys)


class Message(dict[str, "Value"]):
    """A structure that an expression made; `type` is its name, as in Object.spec."""

    def __init__(self, type_: str, fields: Iterable[tuple[str, Value]]) -> None:
        super().__init__(fields)
        self.type = type_


def type_name(value: Value) -> str:
    """Return the name of a value's type."""
    if isinstance(value, (Opaque, Message, Timestamp, Optional, TypeValue)):
        if isinstance(value, (Opaque, Message)):
            return value.type
        return {Duration: "google.protobuf.Duration", Timestamp: "google.protobuf.Timestamp", Optional: "optional_type",
                TypeValue: "type"}[type(value)]
    for python, name in ((bool, "bool"), (UInt, "uint"), (int, "int"), (float, "double"), (str, "string"),
                         (bytes, "bytes"), (list, "list"), (dict, "map")):
        if isinstance(value, python):
            return name
    return "null_type"


def is_number(value: Value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def equal(left: Value, right: Value) -> bool:
    """CEL's ==: numbers of all types compare by value, things of different types are never equal."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, (SetList, MapList)) or isinstance(right, (SetList, MapList)):
        return _equal_unordered(left, right)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(equal(a, b) for a, b in zip(left, right, strict=True))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(equal(item, right[key]) for key, item in left.items())
    return bool(left == right)


def _equal_unordered(left: Value, right: Value) -> bool:
    if not isinstance(left, list) or not isinstance(right, list) or len(left) != len(right):
        return False
    return all(any(equal(a, b) for b in right) for a in left)


def compare(left: Value, right: Value) -> int:
    """Return -1, 0 or 1. Raises EvaluationError for what has no order."""
    same = type(left) is type(right) and isinstance(left, (str, bytes, bool, Timestamp))
    if not same and not (is_number(left) and is_number(right)):
        raise no_overload()
    return int(right < left) - int(left < right)


def checked(number: int, like: int) -> int:
    """Return a whole number of the type of `like`, or raise that it does not fit."""
    if isinstance(like, UInt):
        if not 0 <= number <= MAX_UINT:
            raise EvaluationError("unsigned integer overflow")
        return UInt(number)
    if not MIN_INT <= number <= MAX_INT:
        raise EvaluationError("integer overflow")
    return number


def parse_duration(text: str) -> Duration:
    """Read what Go's time.ParseDuration reads, as in `1h30m`. Raises EvaluationError."""
    import re

    units = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9,
             "h": 3600 * 10**9}
    part = r"(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)"
    match = re.fullmatch(rf"([+-]?)(0|(?:{part})+)", text)
    if match is None:
        raise EvaluationError(f'time: invalid duration "{text}"')
    from fractions import Fraction

    total = sum(Fraction(number) * units[unit] for number, unit in re.findall(part, match[2]))
    return Duration(int(-total if match[1] == "-" else total))


def parse_timestamp(text: str) -> Timestamp:
    """Read an RFC 3339 time. Raises EvaluationError."""
    from ...machinery import timestamps

    try:
        timestamps.parse(text)
    except ValueError as error:
        raise EvaluationError(str(error)) from None
    zone = len(text) - (1 if text[-1] == "Z" else 6)
    whole, fraction = text[:19] + text[zone:], text[20:zone]
    hours, minutes = (text[zone + 1:zone + 3], text[zone + 4:]) if text[-1] != "Z" else ("0", "0")
    ahead = int(hours) * 3600 + int(minutes) * 60
    return Timestamp(int(timestamps.parse(whole)) * 10**9 + int(f"{fraction[:9]:0<9}"),
                     -ahead if text[zone] == "-" else ahead)


def text_of(value: Value) -> str:
    """Return what string() makes of a value. Raises EvaluationError."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e21 else repr(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, Duration):
        seconds, rest = divmod(abs(value.nanos), 10**9)
        fraction = f".{rest:09}".rstrip("0") if rest else ""
        return f"{'-' if value.nanos < 0 else ''}{seconds}{fraction}s"
    if isinstance(value, Timestamp):
        return _shown(value)
    if isinstance(value, Opaque):
        return value.text
    raise no_overload()


def _shown(moment: Timestamp) -> str:
    """Return a timestamp as Go's RFC3339Nano has it."""
    from ...machinery import timestamps

    seconds, nanos = divmod(moment.nanos, 10**9)
    text = timestamps.format(seconds + moment.offset)[:-1] + (f".{nanos:09}".rstrip("0") if nanos else "")
    minutes = abs(moment.offset) // 60
    return text + (f"{'-' if moment.offset < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}" if moment.offset else "Z")


def add_lists(left: list[Value], right: list[Value]) -> list[Value]:
    """Concatenate; a set takes what it has not, a list of type map replaces what has the same keys."""
    if isinstance(left, SetList):
        return SetList([*left, *(item for item in right if not any(equal(item, known) for known in left))])
    if isinstance(left, MapList):
        found = {left.key(item): item for item in left}
        found.update({left.key(item): item for item in right})
        return MapList(found.values(), left.keys)
    return [*left, *right]
