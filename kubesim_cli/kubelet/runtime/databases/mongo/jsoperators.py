"""What operators of JavaScript make of values."""

from __future__ import annotations

import math
from typing import Any

from .jsvalues import (
    UNDEFINED,
    numeric,
)
from .values import Long, plain


def arithmetic(mark: str, one: Any, other: Any) -> Any:
    """Return what -, *, / and their kin give."""
    if mark in ("&", "|", "^", "<<", ">>", ">>>"):
        a, b = (0 if each != each else int(each) & 0xFFFFFFFF for each in (one, other))
        made = {
            "&": a & b,
            "|": a | b,
            "^": a ^ b,
            "<<": a << (b & 31),
            ">>>": a >> (b & 31),
            ">>": (a - (a >> 31 << 32)) >> (b & 31),
        }[mark] & 0xFFFFFFFF
        return made if mark == ">>>" else made - (made >> 31 << 32)
    try:
        if mark == "/":
            return plain(one / other)
        if mark == "%":
            return plain(math.fmod(one, other))
        if mark == "**":
            return plain(one**other) if abs(other) < 10_000 else float("inf")
        return plain(one - other if mark == "-" else one * other)
    except ZeroDivisionError:
        return float("nan") if mark == "%" or one == 0 or one != one else math.copysign(float("inf"), one)
    except (ValueError, OverflowError):
        return float("nan")


def strictly(one: Any, other: Any) -> bool:
    """Tell whether === holds."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return one == other
    return one == other if isinstance(one, str) and isinstance(other, str) else one is other


def loosely(one: Any, other: Any) -> bool:
    """Tell whether == holds."""
    none = (None, UNDEFINED)
    if any(one is each for each in none) or any(other is each for each in none):
        return any(one is each for each in none) and any(other is each for each in none)
    if isinstance(one, (int, float, Long, bool)) != isinstance(other, (int, float, Long, bool)) and all(
        isinstance(each, (int, float, str, bool, Long)) for each in (one, other)
    ):
        return bool(numeric(one) == numeric(other))
    return one == other if isinstance(one, Long) else strictly(one, other)
