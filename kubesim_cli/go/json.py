"""JSON as Go's encoding/json reads it, and its words for values. jsonscanner.py tells what is wrong with a text."""

from __future__ import annotations

from . import jsontext
from .jsonscanner import JsonError, find_error, skip, unexpected

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

__all__ = ["JsonError", "OutOfRange", "decode", "loads", "number", "type_word"]


def type_word(value: Any) -> str:
    """Return the word for a value's type in `cannot unmarshal ... into Go value`; a null never is told there."""
    return {dict: "object", list: "array", str: "string", bool: "bool"}.get(type(value), "number")


def number(value: float) -> str:
    """Return a float as json.Marshal writes it: an exponent only below 1e-6 and from 1e21 on."""
    from .fmt import format_float

    if value and not 1e-6 <= abs(value) < 1e21:
        text = format_float(value, "e")
        return text[:-2] + text[-1] if text[-4:-1] == "e-0" else text
    return format_float(value, "f")


def loads(text: str) -> Any:
    """Return the value that makes up the whole text (json.Unmarshal); raises JsonError."""
    value, end = decode(text, 0)
    end = skip(text, end)
    if end < len(text):
        raise unexpected(text, end, "after top-level value")
    return value


def decode(text: str, position: int) -> tuple[Any, int]:
    """Return the value at `position` and where it ends (json.Decoder); raises JsonError, also for no value at all."""
    position = skip(text, position)
    try:
        value, end = _scan(text, position)
    except OutOfRange:
        raise
    except RecursionError:
        raise JsonError("exceeded max depth", len(text)) from None
    except (ValueError, StopIteration):
        raise find_error(text, position) from None
    if "\\ud" in text or "\\uD" in text:
        value = _without_surrogates(value)
    return value, end


def _integer(digits: str) -> int | float:
    value = int(digits) if len(digits) < 25 else float(digits)
    return value if -1 << 63 <= value < 1 << 63 else _float(digits)


class OutOfRange(JsonError):
    """A number that no float64 holds: well-formed, and refused by what decodes it."""


def _float(digits: str) -> float:
    value = float(digits)
    if value - value:  # infinite
        raise OutOfRange(f"json: cannot unmarshal number {digits} into Go value of type float64", 0)
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


_scan = jsontext.scanner(_float, _integer, _no_constant)


def _without_surrogates(value: Any) -> Any:
    """Replace halves of UTF-16 pairs, as Go does."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
    return [_without_surrogates(item) for item in value] if isinstance(value, list) else value
