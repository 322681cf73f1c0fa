"""Dates, times and intervals as text: what is read as one, sums, differences, formats."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from typing import Any

_DATE = re.compile(r"\s*(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]+(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,6}))?)?)?"
                   r"\s*(Z|UTC|[+-]\d{1,2}(?::?\d\d)?)?\s*$", re.IGNORECASE)
_PACKED = re.compile(r"(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d))?$")
_TIME = re.compile(r"\s*(-?\d{1,3}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,6}))?)?\s*$")
_UNITS = {"microsecond": ("s", 1e-6), "second": ("s", 1), "sec": ("s", 1), "minute": ("s", 60), "min": ("s", 60),
          "hour": ("s", 3600), "day": ("d", 1), "week": ("d", 7), "month": ("m", 1), "mon": ("m", 1),
          "quarter": ("m", 3), "year": ("m", 12), "decade": ("m", 120), "s": ("s", 1), "m": ("s", 60), "h": ("s", 3600),
          "d": ("d", 1), "w": ("d", 7), "y": ("m", 12)}
UNITS = frozenset(_UNITS)


def stamp(now: float, parts: bool = False) -> str:
    """Return an instant as text; `parts`: with its fraction, as far as it has one."""
    micro = round(now * 1e6)
    text = (datetime(1970, 1, 1) + timedelta(seconds=micro // 1_000_000)).strftime("%Y-%m-%d %H:%M:%S")
    fraction = f"{micro % 1_000_000:06}".rstrip("0")
    return f"{text}.{fraction}" if parts and fraction else text


def parse(value: Any) -> datetime:
    """Return a date, or a date and a time, in UTC; raise ValueError."""
    text = str(value)
    match = _DATE.match(text) or _PACKED.match(text)
    if match is None:
        raise ValueError(text)
    year, month, day, hour, minute, second = (int(each or 0) for each in match.groups()[:6])
    found = datetime(year, month, day, hour, minute, second)
    if match.re is _DATE:
        if match[7]:
            found += timedelta(microseconds=int(match[7].ljust(6, "0")))
        zone = match[8]
        if zone and zone.upper() not in ("Z", "UTC"):
            digits = zone[1:].replace(":", "").ljust(4, "0") if len(zone) > 3 else zone[1:].rjust(2, "0") + "00"
            away = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
            found = found - away if zone[0] == "+" else found + away
    return found


def text_of(found: datetime) -> str:
    """Return a date and a time as text."""
    text = found.strftime("%Y-%m-%d %H:%M:%S").rjust(19, "0")
    return f"{text}.{found.microsecond:06}".rstrip("0") if found.microsecond else text


def taken(value: Any, family: str, mysql: bool) -> str:
    """Return a date, a time or both (`family` timestamp) as they are kept; raise ValueError."""
    text = str(value).strip()
    if family == "time":
        return _time(text)
    if not mysql and text.lower() in ("infinity", "-infinity"):
        return text.lower()
    if mysql and set(text) <= set("0-: "):
        return "0000-00-00" if family == "date" else "0000-00-00 00:00:00"
    found = parse(text)
    if family == "date":
        return found.strftime("%Y-%m-%d").rjust(10, "0")
    if mysql:
        found = (found + timedelta(microseconds=500_000)).replace(microsecond=0)
    return text_of(found)


def _time(text: str) -> str:
    match = _TIME.match(text)
    if match is None:
        return text_of(parse(text))[11:]
    return f"{int(match[1]):02}:{int(match[2]):02}:{int(match[3] or 0):02}" + (f".{match[4]}" if match[4] else "")


def seconds(value: Any) -> int:
    """Return the seconds of a time, or since 1970 of a date and a time."""
    match = _TIME.match(str(value))
    if match:
        return int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3] or 0)
    return int((parse(value) - datetime(1970, 1, 1)).total_seconds())


# Intervals: months, days, seconds

def interval(text: str) -> tuple[int, int, float]:
    """Return what `1 day 2 hours`, `-3 mons` or `01:30:00` is; raise ValueError."""
    months, days, rest = 0.0, 0.0, 0.0
    text = text.strip().lower()
    ago = text.endswith(" ago")
    clock = re.search(r"(-?)(\d+):(\d\d)(?::(\d\d(?:\.\d+)?))?$", text)
    if clock:
        rest = (int(clock[2]) * 3600 + int(clock[3]) * 60 + float(clock[4] or 0)) * (-1 if clock[1] else 1)
        text = text[:clock.start()]
    found = re.findall(r"([+-]?\d+(?:\.\d+)?)\s*([a-z]+)", text)
    if not found and not clock:
        raise ValueError(text)
    for count, unit in found:
        name = unit if unit in _UNITS else unit.rstrip("s")
        if name not in _UNITS:
            raise ValueError(unit)
        part, size = _UNITS[name]
        if part == "m":
            months += float(count) * size
        elif part == "d":
            days += float(count) * size
        else:
            rest += float(count) * size
    sign = -1 if ago else 1
    rest += (days - int(days)) * 86400
    return sign * int(months), sign * int(days), sign * rest


def interval_text(months: int, days: int, rest: float) -> str:
    """Return an interval as PostgreSQL shows it."""
    parts = []
    years, months = int(months / 12), months - 12 * int(months / 12)
    for count, one, many in ((years, "year", "years"), (months, "mon", "mons"), (days, "day", "days")):
        if count:
            parts.append(f"{count} {one if count == 1 else many}")
    if rest or not parts:
        whole = abs(rest)
        minutes = int(whole // 60)
        clock = f"{minutes // 60:02}:{minutes % 60:02}:{int(whole % 60):02}"
        fraction = f"{whole % 1:.6f}"[1:].rstrip("0").rstrip(".")
        parts.append(("-" if rest < 0 else "") + clock + fraction)
    return " ".join(parts)


def add(value: Any, span: tuple[int, int, float], sign: int = 1) -> datetime:
    """Return a date and a time so much later; a month's last day is not left."""
    found = parse(value)
    months, days, rest = span
    if months:
        at = found.year * 12 + found.month - 1 + sign * months
        year, month = at // 12, at % 12 + 1
        found = found.replace(year=year, month=month, day=min(found.day, last_day(year, month)))
    return found + timedelta(days=sign * days, seconds=sign * rest)


def last_day(year: int, month: int) -> int:
    """Return a month's number of days."""
    return (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day


def months_between(start: datetime, end: datetime) -> int:
    """Return how many whole months lie between."""
    if end < start:
        return -months_between(end, start)
    months = (end.year - start.year) * 12 + end.month - start.month
    whole = (end.day, end.time()) >= (start.day, start.time())
    return months if whole else months - 1


def difference(start: datetime, end: datetime, unit: str) -> int:
    """Return TIMESTAMPDIFF: whole units between."""
    part, size = _UNITS[unit.lower().rstrip("s") or "second"]
    if part == "m":
        return int(months_between(start, end) / size)
    apart = (end - start).total_seconds()
    return int(apart / (size * 86400 if part == "d" else size))


def age(end: datetime, start: datetime) -> str:
    """Return PostgreSQL's age(end, start)."""
    sign = 1 if end >= start else -1
    low, high = (start, end) if sign > 0 else (end, start)
    months = months_between(low, high)
    rest = high - add(text_of(low), (months, 0, 0))
    return interval_text(sign * months, sign * rest.days, sign * (rest.seconds + rest.microseconds / 1e6))


def truncated(found: datetime, unit: str) -> datetime:
    """Return date_trunc."""
    order = ("year", "month", "day", "hour", "minute", "second")
    if unit == "week":
        return truncated(found, "day") - timedelta(days=found.weekday())
    if unit == "quarter":
        return truncated(found, "month").replace(month=(found.month - 1) // 3 * 3 + 1)
    if unit not in order:
        raise ValueError(unit)
    keep = order.index(unit) + 1
    values = [found.year, found.month, found.day, found.hour, found.minute, found.second][:keep]
    return datetime(*(values + [1, 1, 1][len(values):]))  # type: ignore[arg-type]


def part(found: datetime, unit: str) -> float:
    """Return one part of a date, as EXTRACT does; raise ValueError."""
    unit = unit.lower()
    if unit in ("year", "month", "day", "hour", "minute", "microsecond"):
        return int(getattr(found, unit))
    if unit == "second":
        return found.second + found.microsecond / 1e6
    iso = found.isocalendar()
    values = {"quarter": (found.month + 2) // 3, "dow": (found.weekday() + 1) % 7, "isodow": found.isoweekday(),
              "doy": found.timetuple().tm_yday, "week": iso[1], "century": (found.year + 99) // 100,
              "epoch": found.replace(tzinfo=timezone.utc).timestamp(), "decade": found.year // 10, "isoyear": iso[0]}
    return values[unit] if unit in values else _unknown(unit)


def _unknown(unit: str) -> int:
    raise ValueError(unit)


def _ordinal(day: int) -> str:
    return f"{day}{'th' if 10 < day % 100 < 14 else {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10, 'th')}"


def mysql_format(found: datetime, form: str) -> str:
    """Return DATE_FORMAT."""
    hour = (found.hour + 11) % 12 + 1
    iso = found.isocalendar()
    values = {
        "a": found.strftime("%a"),
        "b": found.strftime("%b"),
        "c": found.month,
        "D": _ordinal(found.day),
        "d": f"{found.day:02}",
        "e": found.day,
        "f": f"{found.microsecond:06}",
        "H": f"{found.hour:02}",
        "h": f"{hour:02}",
        "I": f"{hour:02}",
        "i": f"{found.minute:02}",
        "j": f"{found.timetuple().tm_yday:03}",
        "k": found.hour,
        "l": hour,
        "M": found.strftime("%B"),
        "m": f"{found.month:02}",
        "p": found.strftime("%p"),
        "r": f"{hour:02}{found.strftime(':%M:%S %p')}",
        "S": f"{found.second:02}",
        "s": f"{found.second:02}",
        "T": found.strftime("%H:%M:%S"),
        "u": f"{iso[1]:02}",
        "v": f"{iso[1]:02}",
        "W": found.strftime("%A"),
        "w": (found.weekday() + 1) % 7,
        "X": iso[0],
        "x": iso[0],
        "Y": f"{found.year:04}",
        "y": f"{found.year % 100:02}",
        "%": "%",
        "U": found.strftime("%U"),
        "V": found.strftime("%U"),
    }
    return re.sub(r"%(.)", lambda match: str(values.get(match[1], match[1])), form)


def mysql_read(text: str, form: str) -> datetime:
    """Return STR_TO_DATE; raise ValueError."""
    known = {"i": "M", "s": "S", "S": "S", "c": "m", "e": "d", "D": "d", "k": "H", "h": "I", "l": "I", "M": "B",
             "W": "A", "T": "H:%M:%S"}
    return datetime.strptime(text, re.sub(r"%(.)", lambda match: "%" + known.get(match[1], match[1]), form))


_PATTERNS = (
    ("FMMonth", "%B"), ("FMDay", "%A"), ("YYYY", "%Y"), ("HH24", "%H"), ("HH12", "%I"), ("Month", "%B"),
    ("MONTH", "%B"), ("DDD", "%j"), ("Mon", "%b"), ("MON", "%b"), ("Day", "%A"), ("DAY", "%A"), ("YY", "%y"),
    ("MM", "%m"), ("DD", "%d"), ("Dy", "%a"), ("DY", "%a"), ("HH", "%I"), ("MI", "%M"), ("SS", "%S"), ("MS", "%f"),
    ("AM", "%p"), ("PM", "%p"), ("am", "%p"), ("pm", "%p"),
)


def _pattern(form: str) -> list[str]:
    names = "|".join(name for name, _ in _PATTERNS)
    return re.findall(rf'{names}|"[^"]*"|.', form, re.DOTALL)


def postgres_format(found: datetime, form: str) -> str:
    """Return to_char of a date and a time."""
    known = dict(_PATTERNS)
    out = []
    for each in _pattern(form):
        text = found.strftime(known[each]) if each in known else each.strip('"') if len(each) > 1 else each
        if each in ("Month", "MONTH", "Day", "DAY"):
            text = text.ljust(9)
        if each == "MS":
            text = text[:3]
        out.append(text.upper() if each.isupper() and each in known else text.lower() if each in ("am", "pm") else text)
    return "".join(out)


def postgres_read(text: str, form: str) -> datetime:
    """Return to_date or to_timestamp; raise ValueError."""
    known = dict(_PATTERNS)
    return datetime.strptime(text, "".join(known.get(each, each.strip('"') or each) for each in _pattern(form)))
