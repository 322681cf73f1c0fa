"""How the shells show values: mongosh as Node's util.inspect, the old mongo as its tojson."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from .jsvalues import UNDEFINED, Fault, Function, Native, text
from .values import Date, Decimal, Long, ObjectId, Regex, Timestamp, Uuid, iso

WIDTH, COMPACT, MOST = 80, 3, 100  # columns; levels that may share a line; elements of an array that are shown


def quoted(value: str) -> str:
    """Return a text in the quotes that it has not."""
    mark = next((each for each in "'\"`" if each not in value), "'")
    out = value.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    return mark + (out.replace("'", "\\'") if mark == "'" else out) + mark


def scalar(value: Any) -> str | None:
    """Return a value that is on one line by its nature; None for documents and arrays."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, ObjectId):
        return f"ObjectId('{value.inside}')"
    if isinstance(value, Date):
        return f"ISODate('{iso(value.inside)}')"
    if isinstance(value, (Long, Decimal, Uuid)):
        return f"{ {Long: 'Long', Decimal: 'Decimal128', Uuid: 'UUID'}[type(value)] }('{value.inside}')"
    if isinstance(value, Timestamp):
        return f"Timestamp({{ t: {value.inside[0]}, i: {value.inside[1]} }})"
    if isinstance(value, Function):
        return f"[Function: {value.node[1]}]" if value.node[1] else "[Function (anonymous)]"
    if isinstance(value, Native):
        return f"[Function: {value.name}]"
    if isinstance(value, Fault):
        return f"{value.name}: {value.message}"
    return None if isinstance(value, (dict, list)) else text(value)


def _is_place(name: str) -> bool:
    return name.isdecimal() and name.isascii() and (name == "0" or name[0] != "0") and len(name) < 10


class _Inspector:
    """`depth`: of what was formatted last, as util.inspect keeps it."""

    def __init__(self, most: float):
        self.depth, self.most = 0, most

    def shown(self, value: Any, level: int, indent: int) -> str:
        """Return a value at a depth and a column."""
        plain = scalar(value)
        if plain is not None:
            return plain
        if level > self.most:
            return "[Array]" if isinstance(value, list) else "[Object]"
        braces = "[]" if isinstance(value, list) else "{}"
        if not value:
            return braces
        self.depth = level
        parts = list(self._parts(value, level, indent))
        return self._joined(parts, braces, level, indent, value if isinstance(value, list) else None)

    def _parts(self, value: Any, level: int, indent: int) -> Iterator[str]:
        if isinstance(value, list):
            for each in value[:MOST]:
                yield self.shown(each, level + 1, indent + 2)
            if len(value) > MOST:
                more = len(value) - MOST
                yield f"... {more} more item{'s' if more > 1 else ''}"
            return
        numbered = sorted((name for name in value if _is_place(name)), key=int)  # JavaScript has these first
        for name in [*numbered, *(name for name in value if not _is_place(name))]:
            each = value[name]
            key = name if name.isidentifier() and name.isascii() else quoted(name)
            yield f"{key}: {self.shown(each, level + 1, indent + 2)}"

    def _joined(self, parts: list[str], braces: str, level: int, indent: int, items: list[Any] | None) -> str:
        count = len(parts)
        if items is not None and count > 6:
            parts = _columns(parts, indent, items)
        if self.depth - level < COMPACT and count == len(parts):
            width = 2 * len(parts) + indent + 11 + sum(map(len, parts))
            if width <= WIDTH and not any("\n" in each for each in parts):
                return f"{braces[0]} {', '.join(parts)} {braces[1]}"
        margin = "\n" + " " * indent
        return f"{braces[0]}{margin}  {f',{margin}  '.join(parts)}{margin}{braces[1]}"


def _columns(parts: list[str], indent: int, items: list[Any]) -> list[str]:
    """Set many short elements in columns, as util.inspect does."""
    count = len(parts) - (len(items) > MOST)
    sizes = [len(each) + 2 for each in parts[:count]]
    widest, total = max(sizes), sum(sizes)
    if widest * 3 + indent >= WIDTH or not (total / widest > 5 or widest <= 8):
        return parts
    bias = math.sqrt(widest - total / len(parts))
    biased = max(widest - 3 - bias, 1)
    wide = min(math.floor(math.sqrt(2.5 * biased * count) / biased + 0.5), (WIDTH - indent) // widest, COMPACT * 4, 15)
    if wide <= 1:
        return parts
    widths = [max(sizes[at] for at in range(column, count, wide)) for column in range(wide)]
    right = all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in items)
    out = []
    for start in range(0, count, wide):
        row = range(start, min(start + wide, count))
        cells = [f"{parts[at]}, " for at in row[:-1]] + [parts[row[-1]]]
        line = ""
        for at, cell in zip(row, cells):
            size = widths[at - start]
            last = at == row[-1]
            if right:
                line += cell.rjust(size - 2 if last else size)
            else:
                line += cell if last else cell.ljust(size)
        out.append(line)
    return out + parts[count:]


def inspected(value: Any, everything: bool = False) -> str:
    """Return a value as mongosh shows it; `everything`: however deep."""
    return _Inspector(math.inf if everything else 6).shown(value, 0, 0)


def tojson(value: Any, indent: str = "", oneline: bool = False) -> str:
    """Return a value as the old shell shows it."""
    import json

    if isinstance(value, ObjectId):
        return f'ObjectId("{value.inside}")'
    if isinstance(value, Date):
        return f'ISODate("{iso(value.inside).replace(".000Z", "Z")}")'
    if isinstance(value, Long):
        return f"NumberLong({value.inside})" if abs(value.inside) < 1 << 31 else f'NumberLong("{value.inside}")'
    if isinstance(value, Decimal):
        return f'NumberDecimal("{value.inside}")'
    if isinstance(value, Uuid):
        return f'UUID("{value.inside}")'
    if isinstance(value, Timestamp):
        return f"Timestamp({value.inside[0]}, {value.inside[1]})"
    if isinstance(value, Regex):
        return text(value)
    inner = indent + "\t"
    start, between, end = (" ", ", ", " ") if oneline else (f"\n{inner}", f",\n{inner}", f"\n{indent}")
    if isinstance(value, list):
        return f"[{start}{between.join(tojson(each, inner, oneline) for each in value)}{end}]" if value else "[ ]"
    if isinstance(value, dict):
        pairs = [f'"{name}" : {tojson(each, inner, oneline)}' for name, each in value.items()]
        return f"{{{start}{between.join(pairs)}{end}}}" if pairs else "{ }"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return "undefined" if value is UNDEFINED else text(value)
