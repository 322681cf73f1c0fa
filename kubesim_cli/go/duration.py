"""Durations as Go reads and writes them (time.Duration)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_UNITS = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
_MAX = 2**63


def parse(text: str) -> float:
    """Return seconds of a Go duration such as `1h30m` or `-1.5s`; ValueError with Go's message."""
    rest = text[1:] if text[:1] in ("-", "+") else text
    if rest == "0":
        return 0.0
    if not rest:
        raise ValueError(f"time: invalid duration {quote(text)}")
    nanos = 0
    while rest:
        digits, rest = _take(rest, str.isdecimal)
        fraction = ""
        dotted = rest[:1] == "."
        if dotted:
            fraction, rest = _take(rest[1:], str.isdecimal)
        if not digits and not fraction:
            raise ValueError(f"time: invalid duration {quote(text)}")
        unit, rest = _take(rest, lambda c: c != "." and not c.isdecimal())
        if not unit:
            raise ValueError(f"time: missing unit in duration {quote(text)}")
        if unit not in _UNITS:
            raise ValueError(f"time: unknown unit {quote(unit)} in duration {quote(text)}")
        nanos += int(digits or "0") * _UNITS[unit] + int(fraction or "0") * _UNITS[unit] // 10 ** len(fraction)
        if nanos >= _MAX:
            raise ValueError(f"time: invalid duration {quote(text)}")
    return (-nanos if text[0] == "-" else nanos) / 1e9


def _take(text: str, wanted: Callable[[str], bool]) -> tuple[str, str]:
    """Split off the leading characters that are ASCII digits, or whatever `wanted` says."""
    end = 0
    while end < len(text) and wanted(text[end]):
        end += 1
    return text[:end], text[end:]


def quote(text: str) -> str:
    """Quote as package time does in all its errors: ASCII as it is, control characters and other bytes as \\xNN."""
    out = []
    for char in text:
        if char in '"\\':
            out.append("\\" + char)
        elif " " <= char <= "\x7f":
            out.append(char)
        else:
            out.extend(f"\\x{byte:02x}" for byte in char.encode("utf-8", "replace"))
    return '"' + "".join(out) + '"'


def format(seconds: float) -> str:
    """Return a duration as Go's Duration.String() does: `1h0m0s`, `1.5s`, `250ms`."""
    nanos = round(seconds * 1e9)
    sign = "-" if nanos < 0 else ""
    nanos = abs(nanos)
    if nanos < 10**9:
        for unit, size in (("ns", 1), ("µs", 10**3), ("ms", 10**6)):
            if 0 < nanos < size * 1000:
                return f"{sign}{_decimal(nanos, size)}{unit}"
        return "0s"
    minutes, rest = divmod(nanos, 60 * 10**9)
    text = f"{_decimal(rest, 10**9)}s"
    if minutes:
        hours, minutes = divmod(minutes, 60)
        text = f"{hours}h{minutes}m{text}" if hours else f"{minutes}m{text}"
    return sign + text


def _decimal(number: int, unit: int) -> str:
    whole, rest = divmod(number, unit)
    if not rest:
        return str(whole)
    return f"{whole}.{str(rest + unit)[1:].rstrip('0')}"
