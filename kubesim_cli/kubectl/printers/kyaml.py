"""KYAML (KEP-5295): YAML in flow style with quoted strings, as sigs.k8s.io/yaml/kyaml writes it."""

from __future__ import annotations

import re

from ...go.json import number
from .yaml import is_time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Json
    from .json import Order


def dump(obj: Json, order: Order = sorted) -> str:
    """Return a JSON value as one KYAML document, `---` first and with the last line end; `order` is that of
    `json.dump`."""
    return f"---\n{_render(obj, 0, order)}\n"


def _render(value: Json, indent: int, order: Order) -> str:
    if isinstance(value, str):
        return _string(value, indent + 1)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return number(value)
    if isinstance(value, dict):
        if not value:
            return "{}"
        pad = "  " * (indent + 1)
        fields = [f"{pad}{_key(key)}: {_render(value[key], indent + 1, order)},\n" for key in order(value)]
        return "{\n" + "".join(fields) + "  " * indent + "}"
    if isinstance(value, list):
        if all(isinstance(item, (dict, list)) for item in value):  # brackets of collections share lines
            return "[" + ", ".join(_render(item, indent, order) for item in value) + "]"
        pad = "  " * (indent + 1)
        return "[\n" + "".join(f"{pad}{_render(item, indent + 1, order)},\n" for item in value) + "  " * indent + "]"
    return str(value)


def _key(key: str) -> str:
    if "\n" in key or _needs_quotes(key):
        return '"' + "".join(_escape(char, "\\n", "\\t") for char in key) + '"'
    return key


def _string(text: str, indent: int) -> str:
    """Quote a string; one of several lines is folded, each line on its own."""
    if "\n" not in text:
        return '"' + "".join(_escape(char, "", "\t") for char in text) + '"'
    pad = "  " * indent
    out = ['"\\\n']
    start = True
    for char in text:
        if start:  # a leading space would be dropped, so it is escaped; other lines are moved to match
            out.append(pad + ("\\" if char.isspace() and char != "\n" else " "))
        start = char == "\n"
        out.append(_escape(char, "\\n\\\n", "\t"))
    if not start:
        out.append("\\\n")
    return "".join(out) + pad + '"'


_NAMES = {"\a": "\\a", "\b": "\\b", "\f": "\\f", "\r": "\\r", "\v": "\\v", "\0": "\\0", "\x1b": "\\e", "\x85": "\\N",
          "\xa0": "\\_", "\u2028": "\\L", "\u2029": "\\P"}


def _escape(char: str, newline: str, tab: str) -> str:
    if char == "\n":
        return newline
    if char == "\t":
        return tab
    if char in '"\\':
        return "\\" + char
    if char.isprintable():
        return char
    if char in _NAMES:
        return _NAMES[char]
    code = ord(char)
    if code < 0x20 or code == 0x7F:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


_WORDS = {"", "~", "null", "true", "false", "t", "f", "y", "n", "yes", "no", "on", "off"}
_NUMBER = re.compile(
    r"[-+]?(0x[0-9a-f]+|0o?[0-7]+|0b[01]+|(\d+\.?\d*|\.\d+)(e[-+]?\d+)?|\.?inf|infinity|\.?nan)", re.I | re.ASCII)
_SEXAGESIMAL = re.compile(r"[+-]?[1-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?")


def _needs_quotes(key: str) -> bool:
    if key.lower() in _WORDS or _NUMBER.fullmatch(key.replace("_", "")) or _SEXAGESIMAL.fullmatch(key) or is_time(key):
        return True
    last = len(key) - 1
    return not all(char.isalpha() or char.isnumeric() or char == "_" or (char in "-./" and 0 < i < last)
                   for i, char in enumerate(key))
