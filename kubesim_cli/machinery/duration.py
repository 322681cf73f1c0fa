"""Durations as people read them (apimachinery's util/duration)."""

from __future__ import annotations


def human(seconds: float) -> str:
    """Return an age such as `45s`, `3m20s`, `26h` or `2y30d` (HumanDuration); `<invalid>` from two seconds ahead."""
    s = int(seconds)
    if s < 120:
        if s < -1:
            return "<invalid>"
        return f"{s}s" if s > 0 else "0s"
    minutes = s // 60
    if minutes < 10:
        return _pair(minutes, "m", s % 60, "s")
    if minutes < 180:
        return f"{minutes}m"
    hours = minutes // 60
    if hours < 8:
        return _pair(hours, "h", minutes % 60, "m")
    if hours < 48:
        return f"{hours}h"
    days = hours // 24
    if days < 8:
        return _pair(days, "d", hours % 24, "h")
    if days < 730:
        return f"{days}d"
    years = days // 365
    if years < 8:
        return _pair(years, "y", days % 365, "d")
    return f"{years}y"


def _pair(major: int, major_unit: str, minor: int, minor_unit: str) -> str:
    return f"{major}{major_unit}{minor}{minor_unit}" if minor else f"{major}{major_unit}"
