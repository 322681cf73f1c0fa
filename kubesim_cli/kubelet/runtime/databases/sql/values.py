"""What values are as text, as bytes, as numbers, and as dates."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from . import times
from .kinds import Value

if TYPE_CHECKING:

    pass


MOST_TEXT = 4 << 20


def text(value: Value) -> str:
    """Return a value as text."""
    if isinstance(value, float):
        return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def octets_of(value: Value) -> bytes:
    return value if isinstance(value, bytes) else text(value).encode("utf-8", "surrogateescape")


def number_of(value: Value) -> float:
    if isinstance(value, (int, float)):
        return value
    match = re.match(r"\s*[+-]?\d*\.?\d*(?:[eE][+-]?\d+)?", text(value))
    return float(match[0]) if match and match[0].strip() not in ("", "+", "-", ".") else 0.0


def quotient(one: float, other: float, scale: int) -> str:
    """Return a quotient to 16 significant digits, counted in groups of four, and to `scale` at least."""
    from decimal import Decimal, localcontext

    groups = []
    for each in (one, other):
        size = Decimal(repr(each)).copy_abs()
        weight = size.adjusted() // 4 if size else 0
        groups.append((weight, int(size.scaleb(-4 * weight))))
    weight = groups[0][0] - groups[1][0] - (groups[0][1] <= groups[1][1])
    digits = min(max(16 - 4 * weight, scale, 0), 1000)
    with localcontext() as context:
        context.prec = 60
        found = Decimal(repr(one)) / Decimal(repr(other))
        return format(found.quantize(Decimal(1).scaleb(-digits), "ROUND_HALF_UP"), "f")


def when_of(value: Value) -> datetime:
    return times.parse(value)
