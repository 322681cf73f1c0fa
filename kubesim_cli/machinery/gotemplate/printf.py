"""Go's fmt.Sprintf for the values a template can hold."""

from __future__ import annotations

import re

from ...go.fmt import Byte, Int, format_complex, format_float, go_syntax, quote, sprint, type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..types import Json

_MOST = 1_000_000  # as a width or a precision
_INDEX = r"(\[(?:[^\]]*\])?)?"
_SPEC = re.compile(rf"%([#0+\- ]*){_INDEX}(\*|\d+)?(\.)?(?:(?<=\.){_INDEX}(\*|\d+)?)?{_INDEX}", re.ASCII)


def sprintf(format_: str, args: list[Json]) -> str:
    """Format as fmt.Sprintf does, complaints such as `%!d(string=x)` included. None is a nil interface."""
    out, at = [], 0
    arguments = _Arguments(args)
    while True:
        start = format_.find("%", at)
        if start < 0:
            out.append(format_[at:])
            break
        out.append(format_[at:start])
        match = _SPEC.match(format_, start)
        assert match
        if _is_too_long(match[3]) or _is_too_long(match[6]):  # and Go reads no further
            out.append("%!(NOVERB)")
            break
        at = match.end()
        out.append(_directive(match, format_[at:at + 1], arguments))
        at += 1
    if not arguments.reordered and arguments.next < len(args):
        extra = [f"{type_name(arg)}={sprint(arg)}" if arg is not None else "<nil>" for arg in args[arguments.next:]]
        out.append(f"%!(EXTRA {', '.join(extra)})")
    return "".join(out)


def _is_too_long(width: str | None) -> bool:
    """Whether a width or precision is beyond what Go reads, which looks before it takes in each digit (parsenum)."""
    return width is not None and width != "*" and int(width.lstrip("0")[:-1][:9] or 0) > _MOST


class _Arguments:
    """The operands and which of them is next."""

    def __init__(self, args: list[Json]) -> None:
        self.args, self.next, self.reordered, self.good = args, 0, False, True

    def select(self, index: str | None) -> None:
        """Follow an explicit index such as `[2]`."""
        if index:
            self.reordered = True
            digits = index[1:-1]
            self.good = self.good and digits.isdecimal() and 0 < int(digits) <= len(self.args)
            if self.good:
                self.next = int(digits) - 1

    def integer(self) -> int | None:
        """Take the operand of a `*`."""
        if self.next >= len(self.args):
            return None
        value = self.args[self.next]
        self.next += 1
        return int(value) if type(value) in (int, Int, Byte) and abs(value) <= _MOST else None


def _directive(match: re.Match[str], verb: str, arguments: _Arguments) -> str:
    flags = Flags()
    for char in match[1]:
        flags.set(char)
    text = ""
    arguments.good = True
    _, index, width, point, precision_index, precision, last_index = match.groups()
    arguments.select(index)
    if width == "*":
        flags.width = arguments.integer()
        if flags.width is None:
            text = "%!(BADWIDTH)"
        elif flags.width < 0:
            flags.width, flags.minus, flags.zero = -flags.width, True, False
    elif width:
        flags.width = int(width)
    if index and (width or point) and width != "*":  # an index belongs right before its verb
        arguments.good = False
    arguments.select(precision_index)
    if precision == "*":
        flags.precision = arguments.integer()
        if flags.precision is None or flags.precision < 0:
            flags.precision = None
            text += "%!(BADPREC)"
    elif point:
        flags.precision = int(precision or 0)
    arguments.select(last_index)
    if not verb:
        return text + "%!(NOVERB)"
    if verb == "%":
        return text + "%"
    if not arguments.good:
        return f"{text}%!{verb}(BADINDEX)"
    if arguments.next >= len(arguments.args):
        return f"{text}%!{verb}(MISSING)"
    value = arguments.args[arguments.next]
    arguments.next += 1
    return text + format_value(value, verb, flags)


class Flags:
    """The flags of one directive; `width` and `precision` are None where not given."""

    def __init__(self) -> None:
        self.sharp = self.zero = self.plus = self.minus = self.space = False
        self.width: int | None = None
        self.precision: int | None = None

    def set(self, char: str) -> None:
        setattr(self, {"#": "sharp", "0": "zero", "+": "plus", "-": "minus", " ": "space"}[char], True)

    def pad(self, text: str, zero: bool | None = None) -> str:
        missing = (self.width or 0) - len(text)
        if missing <= 0:
            return text
        if self.minus:
            return text + " " * missing
        return ("0" if (self.zero if zero is None else zero) else " ") * missing + text


def format_value(value: Json, verb: str, flags: Flags) -> str:
    """Format one operand with one verb."""
    kind = type(value)
    if verb == "T":
        return flags.pad(type_name(value))
    if value is None:
        return flags.pad("<nil>") if verb == "v" else f"%!{verb}(<nil>)"
    if verb == "v" and flags.sharp and kind in (dict, list):
        return go_syntax(value)
    if kind is dict:
        inner = [f"{format_value(key, verb, flags)}:{_element(value[key], verb, flags)}" for key in sorted(value)]
        return "map[" + " ".join(inner) + "]"
    if kind is list:
        return "[" + " ".join([_element(item, verb, flags) for item in value]) + "]"
    text = _FORMATS[kind](value, verb, flags)  # type: ignore[operator]
    return f"%!{verb}({type_name(value)}={format_value(value, 'v', flags)})" if text is None else text


def _element(value: Json, verb: str, flags: Flags) -> str:
    return flags.pad("<nil>") if value is None else format_value(value, verb, flags)


def _bool(value: bool, verb: str, flags: Flags) -> str | None:
    return flags.pad("true" if value else "false") if verb in "tv" else None


_BASES = {"v": "d", "d": "d", "b": "b", "o": "o", "O": "o", "x": "x", "X": "X"}


def _int(value: int, verb: str, flags: Flags) -> str | None:
    value = int(value)
    if verb == "c":
        return flags.pad(_rune(value))
    if verb == "q":
        return flags.pad(quote(_rune(value), "'", flags.plus))
    if verb == "U":
        text = f"U+{value % 2 ** 64:0{max(4, flags.precision or 0)}X}"
        if flags.sharp and 0 <= value <= 0x10FFFF and chr(value).isprintable():
            text += f" '{chr(value)}'"
        return flags.pad(text, zero=False)
    if verb not in _BASES:
        return None
    sign = "-" if value < 0 else "+" if flags.plus and verb != "v" else " " if flags.space else ""
    digits = format(abs(value), _BASES[verb])
    if flags.precision is not None:
        if flags.precision == 0 and value == 0:
            return " " * (flags.width or 0)
        digits = digits.zfill(flags.precision)
    elif flags.zero and not flags.minus and flags.width:
        digits = digits.zfill(flags.width - len(sign))
    prefix = "0o" if verb == "O" else ""
    if flags.sharp and verb != "v":
        prefix = {"b": "0b", "o": "" if digits[0] == "0" else "0", "x": "0x", "X": "0X"}.get(verb, prefix)
    return flags.pad(sign + prefix + digits, zero=False)


def _rune(code: int) -> str:
    return chr(code) if 0 <= code <= 0x10FFFF and not 0xD800 <= code < 0xE000 else "\ufffd"


def _float(value: float, verb: str, flags: Flags) -> str | None:
    if verb in "xX":
        text = _hex_float(value)
        return flags.pad(text.upper() if verb == "X" else text)
    if verb not in ("v", "e", "E", "f", "F", "g", "G"):
        return None
    precision = flags.precision
    if precision is None and verb in "eEfF":
        precision = 6
    text = format_float(value, "g" if verb == "v" else verb.lower(), precision)
    if verb in "EG":
        text = text.upper()
    if text[0] not in "+-":
        text = ("+" if flags.plus and verb != "v" else " " if flags.space else "") + text
    elif text == "+Inf" and not flags.plus:
        text = " Inf" if flags.space else text
    if flags.zero and not flags.minus and flags.width and text.lstrip("+- ")[0].isdigit():
        sign = text[:1] if text[0] in "+- " else ""
        return sign + text[len(sign):].zfill(flags.width - len(sign))
    return flags.pad(text, zero=False)


def _hex_float(value: float) -> str:
    mantissa, _, power = value.hex().partition("p")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{mantissa}p{int(power):+03d}"


def _complex(value: complex, verb: str, flags: Flags) -> str | None:
    if verb not in "veEfFgG":
        return None
    precision = flags.precision
    if precision is None and verb in "eEfF":
        precision = 6
    return flags.pad(format_complex(value, "g" if verb == "v" else verb.lower(), precision))


def _string(value: str, verb: str, flags: Flags) -> str | None:
    if verb in "vs" and not (verb == "v" and flags.sharp):
        return flags.pad(value if flags.precision is None else value[:flags.precision])
    if verb in "vq":
        cut = value if flags.precision is None else value[:flags.precision]
        if flags.sharp and verb == "q" and not re.search("[\0-\x08\n-\x1f\x7f`\ufeff]", cut):
            return flags.pad(f"`{cut}`")
        return flags.pad(quote(cut, ascii_only=flags.plus and verb == "q"))
    if verb not in "xX":
        return None
    octets = value.encode("utf-8", "surrogateescape")[:flags.precision]
    parts = [f"{octet:02x}" for octet in octets]
    prefix = "0x" if flags.sharp and octets else ""
    text = (" " + prefix).join(parts) if flags.space else "".join(parts)
    text = prefix + text
    return flags.pad(text.upper() if verb == "X" else text)


_FORMATS = {bool: _bool, int: _int, Int: _int, Byte: _int, float: _float, complex: _complex, str: _string}


def sprint_all(args: list[Json], line: bool = False) -> str:
    """Join operands as fmt.Sprint does: a space between two that are no strings; `line` is fmt.Sprintln."""
    out = []
    for i, arg in enumerate(args):
        if i and (line or not (isinstance(arg, str) or isinstance(args[i - 1], str))):
            out.append(" ")
        out.append(sprint(arg))
    return "".join(out) + ("\n" if line else "")
