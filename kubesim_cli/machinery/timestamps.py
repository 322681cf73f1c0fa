"""Timestamps: RFC 3339 as the API writes it, and the forms in which kubectl prints time.

Plain arithmetic, for the datetime module costs more to import than a whole `kubectl get` may take.
"""

from __future__ import annotations

import time

_DAYS_BEFORE_MONTH = (0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LAYOUT = "2006-01-02T15:04:05Z07:00"

FIRST, LAST = -62135596800.0, 253402300799.0  # from year 1 to 9999: what RFC 3339 has room for

_texts: dict[float, str] = {}    # whole seconds -> text; at one instant many things happen
_midnights: dict[str, int] = {}  # date text -> seconds; a listing has few distinct dates
_parsed: dict[str, float] = {}   # text -> seconds since 1970; objects are full of the same few times
_MOST = 4096                     # texts that are kept


def parse(text: str) -> float:
    """Return the seconds since 1970 of an RFC 3339 time; ValueError with Go's message where it is none."""
    found = _parsed.get(text)
    if found is None:
        if len(_parsed) >= _MOST:
            _parsed.clear()
        found = _parsed[text] = _parse(text)
    return found


def _parse(text: str) -> float:
    midnight = _midnights.get(text[:10])
    try:
        if midnight is None:
            midnight = _midnights[text[:10]] = _midnight(text)
        if len(text) == 20 and text[19] == "Z" and text[13] == ":" and text[16] == ":" and text[10] == "T":
            hour, minute, second = int(text[11:13]), int(text[14:16]), int(text[17:19])
            if 0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60:
                return float(midnight + hour * 3600 + minute * 60 + second)
    except ValueError:
        pass
    return _parse_slowly(text)


def _midnight(text: str) -> int:
    if text[4:5] != "-" or text[7:8] != "-" or not text.isascii():
        raise ValueError
    return _days(int(text[:4]), int(text[5:7]), int(text[8:10])) * 86400


def _days(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01 to a date of the Gregorian calendar; ValueError where there is no such day."""
    if not 1 <= month <= 12 or not 1 <= day <= _days_in(year, month):
        raise ValueError
    before = year - 1
    new_year = before * 365 + before // 4 - before // 100 + before // 400 - 719163
    return new_year + _DAYS_BEFORE_MONTH[month] + (month > 2 and _leap(year)) + day


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _days_in(year: int, month: int) -> int:
    if month == 2:
        return 29 if _leap(year) else 28
    return 30 if month in (4, 6, 9, 11) else 31


_PARTS = (("2006", 4), ("-", 0), ("01", 2), ("-", 0), ("02", 2), ("T", 0), ("15", 2), (":", 0), ("04", 2), (":", 0),
          ("05", 2))


def _parse_slowly(text: str) -> float:
    """Read fractions and offsets, and find out what is wrong as Go's time.Parse does."""
    rest, numbers = text, []
    for element, width in _PARTS:
        if not width:
            if rest[:1] != element:
                raise _cannot(text, rest, element)
            rest = rest[1:]
        else:
            if len(rest) < width or not (rest[:width].isascii() and rest[:width].isdecimal()):
                raise _cannot(text, rest, element)
            numbers.append(int(rest[:width]))
            rest = rest[width:]
    year, month, day, hour, minute, second = numbers
    fraction = 0.0
    if rest[:1] in (".", ",") and rest[1:2].isdecimal():
        digits = 1
        while digits < len(rest) and rest[digits].isdecimal():
            digits += 1
        fraction, rest = float("0." + rest[1:digits]), rest[digits:]
    for name, number, low, high in (("month", month, 1, 12), ("hour", hour, 0, 23), ("minute", minute, 0, 59),
                                    ("second", second, 0, 59)):
        if not low <= number <= high:
            raise _wrong(f"parsing time {{}}: {name} out of range", text)
    offset = _offset(text, rest)
    if not 1 <= day <= _days_in(year, month):
        raise _wrong("parsing time {}: day out of range", text)
    return _days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second + fraction - offset


def _offset(text: str, rest: str) -> int:
    if rest[:1] == "Z":
        if rest[1:]:
            raise _wrong("parsing time {}: extra text: {}", text, rest[1:])
        return 0
    if len(rest) < 6 or rest[0] not in "+-" or rest[3] != ":" or not (rest[1:3] + rest[4:6]).isdecimal():
        raise _cannot(text, rest, "Z07:00")
    if rest[6:]:
        raise _wrong("parsing time {}: extra text: {}", text, rest[6:])
    seconds = int(rest[1:3]) * 3600 + int(rest[4:6]) * 60
    return -seconds if rest[0] == "-" else seconds


def _cannot(text: str, rest: str, element: str) -> ValueError:
    return _wrong("parsing time {} as {}: cannot parse {} as {}", text, _LAYOUT, rest, element)


def _wrong(message: str, *texts: str) -> ValueError:
    """Return a time.ParseError: each `{}` of the message is one of the texts, quoted."""
    from ..go.duration import quote

    return ValueError(message.format(*map(quote, texts)))


def format(seconds: float) -> str:
    """Return metav1.Time's text, as in `2024-01-01T00:00:00Z`; a fraction of a second is cut off.

    What is before FIRST or after LAST is told as these.
    """
    second = seconds // 1
    text = _texts.get(second)
    if text is None:
        if len(_texts) >= 1000:
            _texts.clear()
        t = time.gmtime(min(max(second, FIRST), LAST))
        text = _texts[second] = f"{t[0]:04}-{t[1]:02}-{t[2]:02}T{t[3]:02}:{t[4]:02}:{t[5]:02}Z"
    return text


def format_micro(seconds: float) -> str:
    """Return metav1.MicroTime's text, as in `2024-01-01T00:00:00.000000Z`."""
    whole, micros = divmod(round(min(max(seconds, FIRST), LAST) * 10**6), 10**6)
    return f"{format(whole)[:-1]}.{micros:06}Z"


def format_rfc1123z(seconds: float) -> str:
    """Return a time as `kubectl describe` prints it, in UTC: `Mon, 01 Jan 2024 00:00:00 +0000`."""
    t = time.gmtime(min(max(seconds // 1, FIRST), LAST))
    return (f"{_WEEKDAYS[t[6]]}, {t[2]:02} {_MONTHS[t[1] - 1]} {t[0]:04} {t[3]:02}:{t[4]:02}:{t[5]:02} +0000")
