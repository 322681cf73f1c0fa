"""JSON values as Go's fmt and strconv packages print them once they are map[string]interface{} and the like.

Python's int stands for int64, `Int` for Go's int (template constants, len); None is a nil interface.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Int(int):
    """A Go int, as opposed to the int64 that numbers in objects are."""

    __slots__ = ()


class Byte(int):
    """A Go uint8: what indexing a string gives."""

    __slots__ = ()


_NAMES = {str: "string", bool: "bool", int: "int64", Int: "int", Byte: "uint8", float: "float64",
          complex: "complex128", dict: "map[string]interface {}", list: "[]interface {}"}


def type_name(value: Any) -> str:
    """Return the Go type as %T names it."""
    return _NAMES.get(type(value), "<nil>")


def sprint(value: Any) -> str:
    """Return a value as %v prints it: `map[a:1 b:[x y]]`."""
    kind = type(value)
    if isinstance(value, str):
        return value
    if kind is bool:
        return "true" if value else "false"
    if kind is int:
        return str(value)
    if value is None:
        return "<nil>"
    if kind is dict:
        return "map[" + " ".join([f"{key}:{sprint(value[key])}" for key in sorted(value)]) + "]"
    if kind is list:
        return "[" + " ".join([sprint(item) for item in value]) + "]"
    if kind is float:
        return format_float(value)
    return format_complex(value) if kind is complex else str(int(value))


def format_complex(value: complex, verb: str = "g", precision: int | None = None) -> str:
    """Return a complex number as fmt does: `(0+1i)`."""
    real, imaginary = (format_float(part, verb, precision) for part in (value.real, value.imag))
    return f"({real}{imaginary if imaginary[0] in '+-' else '+' + imaginary}i)"


def format_float(value: float, verb: str = "g", precision: int | None = None) -> str:
    """Return a float as strconv.FormatFloat does for verbs e, f and g; precision None is the shortest exact form."""
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "+Inf" if value > 0 else "-Inf"
    if precision is None:
        digits, point = _shortest(abs(value))
        sign = "-" if str(value)[0] == "-" else ""
        if verb == "e" or (verb == "g" and not -4 <= point - 1 < 6):
            fraction = "." + digits[1:] if len(digits) > 1 else ""
            return f"{sign}{digits[0]}{fraction}e{point - 1:+03d}"
        if point <= 0:
            return f"{sign}0.{'0' * -point}{digits}" if digits != "0" else sign + "0"
        if len(digits) <= point:
            return sign + digits + "0" * (point - len(digits))
        return f"{sign}{digits[:point]}.{digits[point:]}"
    return format(value, f".{precision}{verb}")


def _shortest(value: float) -> tuple[str, int]:
    """Split a float into its shortest digits and the place of the decimal point."""
    mantissa, _, power = f"{value!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    if fraction == "0":
        fraction = ""
    point = len(whole) + int(power or 0)
    digits = whole + fraction
    stripped = digits.lstrip("0")
    point -= len(digits) - len(stripped)
    return (stripped.rstrip("0") or "0"), point if stripped else 1


_ESCAPES = {"\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v", "\\": "\\\\"}


def quote(text: str, mark: str = '"', ascii_only: bool = False) -> str:
    """Return a string as strconv.Quote does (`mark` ' for a rune; `ascii_only`: QuoteToASCII)."""
    if text.isascii() and text.isprintable() and mark not in text and "\\" not in text:
        return mark + text + mark
    return mark + "".join([_escape(char, mark, ascii_only) for char in text]) + mark


def _escape(char: str, mark: str, ascii_only: bool) -> str:
    if char == mark:
        return "\\" + char
    if char in _ESCAPES:
        return _ESCAPES[char]
    code = ord(char)
    if 0x20 <= code < 0x7F or (code > 0x7F and char.isprintable() and not ascii_only):
        return char
    if code < 0x80:
        return f"\\x{code:02x}"
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is no UTF-8, kept as surrogateescape does
        return f"\\x{code - 0xDC00:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


_SIMPLE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\"}
_WIDTHS = {"x": 2, "u": 4, "U": 8}


def unescape(text: str, mark: str) -> str:
    """Resolve Go's escapes in what stood between two `mark`s; ValueError("invalid syntax") as strconv has it."""
    import re

    out, at = [], 0
    while at < len(text):
        char = text[at]
        at += 1
        if char == mark:
            raise ValueError("invalid syntax")
        if char != "\\":
            out.append(char)
            continue
        escape = text[at:at + 1]
        at += 1
        if escape in _SIMPLE or escape == mark:
            out.append(_SIMPLE.get(escape, escape))
            continue
        if escape in _WIDTHS:
            digits, base = text[at:at + _WIDTHS[escape]], 16
            at += _WIDTHS[escape]
            complete = len(digits) == _WIDTHS[escape]
        else:
            digits, base = text[at - 1:at + 2], 8
            at += 2
            complete = len(digits) == 3
        if not complete or not re.fullmatch("[0-9a-fA-F]+" if base == 16 else "[0-7]+", digits):
            raise ValueError("invalid syntax")
        code = int(digits, base)
        if escape in ("u", "U"):
            if code > 0x10FFFF or 0xD800 <= code < 0xE000:
                raise ValueError("invalid syntax")
            out.append(chr(code))
        elif code > 0xFF:
            raise ValueError("invalid syntax")
        else:
            out.append(chr(code) if code < 0x80 else chr(0xDC00 + code))
    joined = "".join(out)
    return joined if joined.isascii() else joined.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")


def go_syntax(value: Any) -> str:
    """Return a value as %#v prints it: `map[string]interface {}{"a":1}`."""
    kind = type(value)
    if kind is str:
        return quote(value)
    if kind is dict:
        return "map[string]interface {}{" + ", ".join(
            [f"{quote(key)}:{_element_syntax(value[key])}" for key in sorted(value)]) + "}"
    if kind is list:
        return "[]interface {}{" + ", ".join([_element_syntax(item) for item in value]) + "}"
    return sprint(value)


def _element_syntax(value: Any) -> str:
    return "interface {}(nil)" if value is None else go_syntax(value)
