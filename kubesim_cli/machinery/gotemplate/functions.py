"""The functions of Go's template language (text/template/funcs.go), and kubectl's `exists` and `base64decode`.

Arguments are Go values: None is a nil interface, MISSING no value at all (a zero reflect.Value).
"""

from __future__ import annotations

from ...go.fmt import Byte, Int, sprint, type_name
from .printf import sprint_all, sprintf

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..types import Json


class _Missing:
    __slots__ = ()


MISSING = _Missing()
ELEMENT = object()  # stands for an index that is an element of a map or a list, which `slice` does not look into
_INTEGERS = (int, Int, Byte)


class CallError(Exception):
    """What a function complains of."""


def is_true(value: Json) -> bool:
    """Tell whether `if` takes the value for true: not empty, zero or nil."""
    return value is not None and value is not MISSING and bool(value)


def index(item: Json, *indexes: Json) -> Json:
    if item is None or item is MISSING:
        raise CallError("index of untyped nil")
    for key in indexes:
        if item is None:
            raise CallError("index of nil pointer")
        if type(item) is dict:
            if key is None or key is MISSING:
                raise CallError("value is nil; should be of type string")
            if type(key) is not str:
                raise CallError(f"value has type {type_name(key)}; should be string")
            item = item.get(key)
        elif type(item) in (list, str):
            octets = item.encode("utf-8", "surrogateescape") if type(item) is str else item
            at = _index(key, len(octets))
            if at == len(octets):
                raise CallError(f"reflect: {'string' if type(item) is str else 'slice'} index out of range")
            item = Byte(octets[at]) if type(item) is str else octets[at]
        else:
            raise CallError(f"can't index item of type {type_name(item)}")
    return item


def _index(key: Json, size: int) -> int:
    if key is None or key is MISSING:
        raise CallError("cannot index slice/array with nil")
    if key is ELEMENT:
        raise CallError("cannot index slice/array with type interface {}")
    if type(key) not in _INTEGERS:
        raise CallError(f"cannot index slice/array with type {type_name(key)}")
    if not 0 <= key <= size:
        raise CallError(f"index out of range: {int(key)}")
    return int(key)


def slice_(item: Json, *indexes: Json) -> Json:
    if item is None or item is MISSING:
        raise CallError("slice of untyped nil")
    if len(indexes) > 3:
        raise CallError(f"too many slice indexes: {len(indexes)}")
    if type(item) is str:
        if len(indexes) == 3:
            raise CallError("cannot 3-index slice a string")
        item = item.encode("utf-8", "surrogateescape")
    elif type(item) is not list:
        raise CallError(f"can't slice item of type {type_name(item)}")
    bounds = [0, len(item)]
    for i, key in enumerate(indexes):
        bounds[i:i + 1] = [_index(key, len(item))]
    for low, high in zip(bounds, bounds[1:]):  # noqa: RUF007 (pairwise is an import more)
        if low > high:
            raise CallError(f"invalid slice index: {low} > {high}")
    part = item[bounds[0]:bounds[1]]
    return part.decode("utf-8", "surrogateescape") if type(part) is bytes else part


def length(item: Json) -> Int:
    if item is None:
        raise CallError("len of nil pointer")
    if item is MISSING:
        raise CallError("reflect: call of reflect.Value.Type on zero Value")
    if type(item) is str:
        return Int(len(item.encode("utf-8", "surrogateescape")))
    if type(item) in (dict, list):
        return Int(len(item))
    raise CallError(f"len of type {type_name(item)}")


def call(*args: Json) -> None:
    """Nothing in an object is a function, so there is nothing to call."""
    if args[0] is None or args[0] is MISSING:
        raise CallError("call of nil")
    raise CallError(f"non-function of type {type_name(args[0])}")


_KINDS = {bool: "bool", int: "int", Int: "int", Byte: "int", float: "float", complex: "complex", str: "string"}


def equal(first: Json, *others: Json) -> bool:
    if not others:
        raise CallError("missing argument for comparison")
    return any(_equal(first, other) for other in others)


def _equal(a: Json, b: Json) -> bool:
    a, b = (MISSING if value is None else value for value in (a, b))
    kind, other = _KINDS.get(type(a)), _KINDS.get(type(b))
    if kind != other:
        if a is MISSING or b is MISSING:
            return False
        raise _incompatible(a, b)
    if kind:
        return bool(a == b)
    if a is MISSING or b is MISSING:
        return a is b
    if type(a) is not type(b):
        raise CallError(f"non-comparable types {sprintf('%s', [a])}: {type_name(a)}, {type_name(b)}: {sprint(b)}")
    raise CallError(f"non-comparable type {sprintf('%s', [b])}: {type_name(b)}")


def _incompatible(a: Json, b: Json) -> CallError:
    return CallError(f"incompatible types for comparison: {type_name(a)} and {type_name(b)}")


def less(a: Json, b: Json) -> bool:
    kind, other = _KINDS.get(type(a)), _KINDS.get(type(b))
    if not kind or not other:
        raise CallError("invalid type for comparison")
    if kind != other:
        raise _incompatible(a, b)
    if kind in ("bool", "complex"):
        raise CallError("invalid type for comparison")
    return bool(a < b)


def less_or_equal(a: Json, b: Json) -> bool:
    return less(a, b) or _equal(a, b)


def exists(item: Json, *indexes: Json) -> bool:
    """Tell whether `index` would find something (kubectl's addition)."""
    missing = object()
    for key in indexes:
        if type(item) is dict and type(key) is str:
            item = item.get(key, missing)
        elif type(item) in (list, str) and type(key) in _INTEGERS and 0 <= key < len(item):
            item = item[key]
        else:
            return False
        if item is None or item is missing:
            return False
    return True


def base64decode(text: str) -> str:
    import base64
    import re

    clean = text.replace("\r", "").replace("\n", "")
    valid = re.match("(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?", clean)
    assert valid
    if valid.end() < len(clean):
        raise CallError(f"base64 decode failed: illegal base64 data at input byte {_bad_byte(clean)}")
    return base64.b64decode(clean).decode("utf-8", "surrogateescape")


def _bad_byte(text: str) -> int:
    """Where encoding/base64 stops: at the first wrong byte, or where the last group of four begins."""
    for i, char in enumerate(text):
        group = i % 4
        if char == "=" and group >= 2:
            if group == 2 and text[i + 1:i + 2] != "=":
                return i if text[i + 1:] else len(text)
            return i + (2 if group == 2 else 1)
        if not (char.isalnum() and char.isascii()) and char not in "+/":
            return i
    return len(text) - len(text) % 4


def _printable(args: Json) -> str:
    return sprint_all(["<no value>" if arg is None else arg for arg in args])


def html(*args: Json) -> str:
    text = _printable(args)
    for char, escape in (("&", "&amp;"), ("\0", "\ufffd"), ('"', "&#34;"), ("'", "&#39;"), ("<", "&lt;"),
                         (">", "&gt;")):
        text = text.replace(char, escape)
    return text


def javascript(*args: Json) -> str:
    out = []
    for char in _printable(args):
        if char in "\\'\"":
            out.append("\\" + char)
        elif char in "<>&=" or char < " " or (char > "~" and not char.isprintable()):
            out.append(f"\\u{ord(char):04X}")
        else:
            out.append(char)
    return "".join(out)


def urlquery(*args: Json) -> str:
    from urllib.parse import quote_plus

    return quote_plus(_printable(args), safe="", errors="surrogateescape")


class Function:
    """A function and its parameters: types of the fixed ones, and of the rest (`more`, "" for none).

    Types are `value` (anything, MISSING too), `any` (MISSING comes as None) and `string`.
    """

    __slots__ = ("call", "fixed", "more")

    def __init__(self, call_: Callable[..., Json] | None, fixed: tuple[str, ...] = (), more: str = "") -> None:
        self.call, self.fixed, self.more = call_, fixed, more


_TWO = ("value", "value")
FUNCTIONS = {
    "and": Function(None, ("value",), "value"), "or": Function(None, ("value",), "value"),
    "call": Function(call, ("value",), "value"), "html": Function(html, (), "any"),
    "index": Function(index, ("value",), "value"), "slice": Function(slice_, ("value",), "value"),
    "js": Function(javascript, (), "any"), "len": Function(length, ("value",)),
    "not": Function(lambda value: not is_true(value), ("value",)),
    "print": Function(lambda *args: sprint_all(list(args)), (), "any"),
    "printf": Function(lambda text, *args: sprintf(text, list(args)), ("string",), "any"),
    "println": Function(lambda *args: sprint_all(list(args), line=True), (), "any"),
    "urlquery": Function(urlquery, (), "any"), "eq": Function(equal, ("value",), "value"),
    "ne": Function(lambda a, b: not _equal(a, b), _TWO), "lt": Function(less, _TWO),
    "le": Function(less_or_equal, _TWO), "gt": Function(lambda a, b: not less_or_equal(a, b), _TWO),
    "ge": Function(lambda a, b: not less(a, b), _TWO), "exists": Function(exists, ("any",), "any"),
    "base64decode": Function(base64decode, ("string",)),
}
