"""JSON as Go's encoding/json writes it: keys sorted, `<`, `>` and `&` escaped."""

from __future__ import annotations

from ...go.jsontext import encode_string

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import TypeAlias

    from ...machinery.types import Json

    Order: TypeAlias = Callable[[Iterable[str]], Iterable[str]]  # puts the keys of an object in order


PIECE = 256  # bits of text that are made one


def dump(obj: Json, indent: int = 4, order: Order = sorted) -> str:
    """Return a JSON value as `kubectl -o json` prints it, without a line end; indent 0 is json.Marshal's one line.

    `order` puts the keys of an object in order; `list` leaves them as they are, for what Go holds in structs.
    """
    return "".join(pieces(obj, indent, order))


def pieces(obj: Json, indent: int = 4, order: Order = sorted) -> Iterator[str]:
    """Yield the text of `dump` a piece at a time: a long list is never held more than once."""
    out: list[str] = []
    _write(obj, "\n" if indent else "", " " * indent, out, order)
    while out:
        piece = "".join(out[:PIECE])
        del out[:PIECE]
        yield escape_html(piece)


def dump_struct(obj: Json, indent: int = 4) -> str:
    """Like `dump`, but with keys in the order they have, as Go writes structs (json.MarshalIndent)."""
    import json

    return escape_html(json.dumps(obj, indent=indent, ensure_ascii=False))


def escape_html(text: str) -> str:
    """Escape what Go escapes inside strings, in a whole JSON text."""
    for char, escape in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"), ("\u2028", "\\u2028"),
                         ("\u2029", "\\u2029")):
        if char in text:
            text = text.replace(char, escape)
    return text


def _write(value: Json, newline: str, step: str, out: list[str], order: Order) -> None:
    kind, put = type(value), out.append
    if kind is str:
        put(encode_string(value))
    elif kind is dict:
        if not value:
            put("{}")
            return
        inner = newline + step
        colon = '": ' if step else '":'
        separator = "{" + inner
        for key in order(value):
            put(separator)
            separator = "," + inner
            put(encode_string(key)[:-1] + colon)
            _write(value[key], inner, step, out, order)
        put(newline + "}")
    elif kind is list:
        if not value:
            put("[]")
            return
        inner = newline + step
        separator = "[" + inner
        for item in value:
            put(separator)
            separator = "," + inner
            start = len(out)
            _write(item, inner, step, out, order)
            if len(out) - start > PIECE:
                out[start:] = ["".join(out[start:])]
        put(newline + "]")
    elif value is None:
        put("null")
    elif kind is bool:
        put("true" if value else "false")
    elif kind is float:
        from ...go.json import number

        put(number(value))
    else:
        put(str(value))
