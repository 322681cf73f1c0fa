"""YAML as sigs.k8s.io/yaml writes it, which is go-yaml v2: sorted keys, folded at column 80, literal blocks."""

from __future__ import annotations

import re
from functools import cmp_to_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    from ...machinery.types import Json, Object

    Orders: TypeAlias = dict[tuple[str, ...], list[tuple[str, str | None]]]  # keys -> in order, each as it stands

_WIDTH = 80
_SIMPLE = re.compile(r"[A-Za-z_/][A-Za-z0-9_./-]*")
_WORDS = {form for word in ("y", "yes", "true", "on", "n", "no", "false", "off", "null", ".inf", "+.inf", "-.inf")
          for form in (word, word.capitalize(), word.upper())}
_WORDS |= {"", "~", ".Inf", "+.Inf", "-.Inf", ".nan", ".NaN", ".NAN"}


PIECE = 64  # lines of an item that are made one


def dump(obj: Json) -> str:
    """Return a JSON value as a YAML document, with its last line end."""
    return "".join(pieces(obj))


def pieces(obj: Json) -> list[str]:
    """Return the text of `dump` in pieces; each item of a long list is one."""
    out: list[str] = []
    if type(obj) is dict and obj:
        _mapping(obj, 0, "", out, {})
    elif type(obj) is list and obj:
        _sequence(obj, 0, "", out, {})
    else:
        out.append(_inline(obj, 2, 0).lstrip(" ") + "\n")
    return out


def _mapping(obj: Object, indent: int, lead: str, out: list[str], orders: Orders) -> None:
    """Write a block mapping; its first line starts with `lead` (the dash of a list item) instead of the indent."""
    keys = tuple(obj)
    order = orders.get(keys)
    if order is None:
        order = orders[keys] = [(key, _simple_key(key)) for key in _sorted(keys)]
    pad = " " * indent
    for key, text in order:
        start = lead or pad
        lead = ""
        if text is None:
            out.append(f"{start}?{_string(key, indent + 2, indent + 1)}\n")
            _value(obj[key], indent, f"{pad}:", out, orders)
            continue
        value = obj[key]
        kind = type(value)
        if kind is str and _SIMPLE.fullmatch(value) and value not in _WORDS:
            out.append(f"{start}{text}: {value}\n")
        elif kind is dict and value:
            out.append(f"{start}{text}:\n")
            _mapping(value, indent + 2, "", out, orders)
        elif kind is list and value:
            out.append(f"{start}{text}:\n")
            _sequence(value, indent, "", out, orders)
        else:
            out.append(f"{start}{text}:{_inline(value, indent + 2, indent + len(text) + 1)}\n")


def _sequence(items: list[Json], indent: int, lead: str, out: list[str], orders: Orders) -> None:
    pad = " " * indent + "-"
    for item in items:
        start = len(out)
        _value(item, indent, lead or pad, out, orders)
        if len(out) - start > PIECE:
            out[start:] = ["".join(out[start:])]
        lead = ""


def _value(value: Json, indent: int, lead: str, out: list[str], orders: Orders) -> None:
    """Write what follows a `-` or a lone `:`, with which `lead` ends; blocks start on the same line."""
    kind = type(value)
    if kind is dict and value:
        _mapping(value, indent + 2, lead + " ", out, orders)
    elif kind is list and value:
        _sequence(value, indent + 2, lead + " -", out, orders)
    else:
        out.append(f"{lead}{_inline(value, indent + 2, len(lead))}\n")


def _inline(value: Json, indent: int, column: int) -> str:
    """Return a scalar or an empty collection, a space before it; `column` is where that space goes."""
    kind = type(value)
    if kind is str:
        return _string(value, indent, column)
    if value is None:
        return " null"
    if kind is bool:
        return " true" if value else " false"
    if kind is dict:
        return " {}"
    if kind is list:
        return " []"
    if kind is float:
        from ...go.fmt import format_float
        from ...go.json import number

        text = number(value)  # sigs.k8s.io/yaml goes through JSON
        return f" {int(text)}" if text.lstrip("-").isdigit() else " " + format_float(value)
    return f" {value}"


def _simple_key(key: str) -> str | None:
    """Return a key as it stands before its colon, or None where it is too long for that."""
    if len(key.encode("utf-8", "surrogateescape")) > 128 or "\n" in key:
        return None
    return _string(key, 0, 0, False)[1:]


# What go-yaml's analyze_scalar looks for. (U+2028 and U+2029 are escaped here, go-yaml writes them as they are.)
_SPECIAL = re.compile("[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]")
_INDICATOR = re.compile(r"""---|\.\.\.|[#,\[\]{}&*!|>'"%@`]|[?:-](?: |$)""")
_INNER_INDICATOR = re.compile(r":(?: |$)| #")


def _string(text: str, indent: int, column: int, folds: bool = True) -> str:
    """Return a string in the style go-yaml chooses; a simple key never `folds`."""
    if _SPECIAL.search(text):
        return _double_quoted(text, indent, column, folds)
    if "\n" in text:
        if folds and text[-1] != " " and " \n" not in text:
            return _literal(text, indent)
        return _double_quoted(text, indent, column, folds)
    if _resolves(text):
        return _double_quoted(text, indent, column, folds)
    if text[0] == " " or text[-1] == " " or _INDICATOR.match(text) or _INNER_INDICATOR.search(text, 1):
        text = text.replace("'", "''")
        return " '" + (_fold(text, indent, column + 2) if folds else text) + "'"
    return " " + (_fold(text, indent, column + 1) if folds else text)


def _fold(text: str, indent: int, column: int) -> str:
    """Break lines at single spaces once they reach past column 80 (plain and single quoted scalars)."""
    if column + len(text) <= _WIDTH or " " not in text:
        return text
    out, start = [], 0
    for match in re.finditer("(?<! ) (?! )", text):
        at = match.start()
        if 0 < at < len(text) - 1 and column + at - start > _WIDTH:
            out.append(text[start:at])
            start, column = at + 1, indent
    out.append(text[start:])
    return ("\n" + " " * indent).join(out)


def _literal(text: str, indent: int) -> str:
    hints = "2" if text[0] in " \n" else ""
    if text[-1] != "\n":
        hints += "-"
    elif len(text) == 1 or text[-2] == "\n":
        hints += "+"
    pad = " " * indent
    return f" |{hints}\n" + "\n".join([pad + line if line else "" for line in text.removesuffix("\n").split("\n")])


_CODES = {0: "0", 7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 27: "e", 34: '"', 92: "\\", 0x85: "N",
          0xA0: "_", 0x2028: "L", 0x2029: "P"}


def _double_quoted(text: str, indent: int, column: int, folds: bool) -> str:
    out = [' "']
    column += 2
    spaces = False
    for i, char in enumerate(text):
        if char in '"\\\n' or _SPECIAL.match(char):
            code = ord(char)
            if code in _CODES:
                escape = "\\" + _CODES[code]
            else:
                escape = f"\\x{code:02X}" if code <= 0xFF else f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"
            out.append(escape)
            column += len(escape)
            spaces = False
        elif char == " ":
            if folds and not spaces and column > _WIDTH and 0 < i < len(text) - 1:
                out.append("\n" + " " * indent)
                column = indent
                if text[i + 1] == " ":
                    out.append("\\")
                    column += 1
            else:
                out.append(char)
                column += 1
            spaces = True
        else:
            out.append(char)
            column += 1
            spaces = False
    out.append('"')
    return "".join(out)


_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INT = re.compile(r"[-+]?(0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|[1-9][0-9]*|0)|-0b[-+]?[01]+|0b[-+][01]+")
_BASE60 = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
_TIME = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)(?:[Tt](\d\d?):(\d\d?):(\d\d?)(?:[.,]\d+)?(?:Z|[+-]\d\d:\d\d)"
                   r"| (\d\d?):(\d\d?):(\d\d?)(?:[.,]\d+)?)?")
_POINT_FLOAT = re.compile(r"\.[0-9]+(?:[eE][-+]?[0-9]+)?")


def _resolves(text: str) -> bool:
    """Tell whether a YAML 1.1 reader would take the bare text for something other than a string (go-yaml resolve)."""
    if text in _WORDS:
        return True
    first = text[0]
    if first == ".":
        return bool(_POINT_FLOAT.fullmatch(text))
    if first not in "+-0123456789":
        return False
    plain = text.replace("_", "")
    if _INT.fullmatch(plain):
        return _fits(plain)
    if _FLOAT.fullmatch(plain):
        return float(plain) - float(plain) == 0  # not out of range
    return bool(_BASE60.fullmatch(text)) or is_time(text)


def _fits(plain: str) -> bool:
    """Tell whether an integer is one that 64 bits hold, or else a float."""
    if _FLOAT.fullmatch(plain):
        return True
    sign = -1 if plain[0] == "-" else 1
    digits = plain.lstrip("+-").lower()
    if digits.startswith("0b"):
        digits = "0b" + digits[2:].lstrip("+-")
    elif digits[0] == "0" and digits[1:2].isdigit():
        digits = "0o" + digits
    return -(2 ** 63) <= sign * int(digits, 0) < 2 ** 64


def is_time(text: str) -> bool:
    """Tell whether go-yaml takes the text for a timestamp."""
    match = _TIME.fullmatch(text)
    if not match:
        return False
    year, month, day, *clock = (int(part or 0) for part in match.groups())
    hour, minute, second = (a or b for a, b in zip(clock[:3], clock[3:]))
    if not 1 <= month <= 12 or hour > 23 or minute > 59 or second > 59:
        return False
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 1 <= day <= (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]


def _sorted(keys: tuple[Any, ...]) -> list[str]:
    """Sort keys as go-yaml does: numbers inside by value, letters after anything else."""
    if "".join(keys).isalpha() or len(keys) < 2:
        return sorted(keys)
    return sorted(keys, key=cmp_to_key(_compare))


def _compare(a: str, b: str) -> int:
    for i in range(min(len(a), len(b))):
        x, y = a[i], b[i]
        if x == y:
            continue
        if x.isalpha() or y.isalpha():
            if x.isalpha() and y.isalpha():
                return -1 if x < y else 1
            return -1 if y.isalpha() else 1
        leading = 0
        if "0" in (x, y):  # zeros count when a number is already under way
            j = i - 1
            while j >= 0 and a[j].isdigit():
                if a[j] != "0":
                    leading = 1
                    break
                j -= 1
        (x_value, x_end), (y_value, y_end) = _digits(a, i, leading), _digits(b, i, leading)
        if x_value != y_value:
            return -1 if x_value < y_value else 1
        if x_end != y_end:
            return -1 if x_end < y_end else 1
        return -1 if x < y else 1
    return len(a) - len(b)


def _digits(text: str, at: int, value: int) -> tuple[int, int]:
    while at < len(text) and text[at] in "0123456789":
        value = value * 10 + int(text[at])
        at += 1
    return (value + 2 ** 63) % 2 ** 64 - 2 ** 63, at  # Go's int64 wraps around
