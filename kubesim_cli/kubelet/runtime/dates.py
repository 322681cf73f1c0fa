"""Formatting times as date(1) does, in UTC or the zone of TZ."""

from __future__ import annotations

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December")
DEFAULT = "%a %b %e %H:%M:%S %Z %Y"


def strftime(form: str, when: float, zone: str = "") -> str:
    """Return a time (seconds since 1970) in a format of date(1)."""
    shift, name = _zone(zone, when) if zone else (0, "UTC")
    if form == DEFAULT:
        minute, second = divmod(int(when) + shift, 60)
        start, year = _minute(minute)
        return f"{start}{second:02} {name} {year}"
    from time import gmtime

    t = gmtime(when + shift)
    out, at = [], 0
    while at < len(form):
        char = form[at]
        if char != "%":
            out.append(char)
            at += 1
            continue
        at += 1
        flag = ""
        while form[at:at + 1] and form[at] in "-_0^#:":
            flag += form[at]
            at += 1
        width = ""
        while form[at:at + 1].isdigit():
            width += form[at]
            at += 1
        letter = form[at:at + 1]
        at += 1
        text = _field(letter, t, when, shift, name, width, flag)
        if flag[:1] == "-":
            text = text.lstrip("0 ") or "0"
        elif flag[:1] == "_":
            text = text.replace("0", " ", 1) if text[:1] == "0" else text
        elif "^" in flag:
            text = text.upper()
        out.append(text)
    return "".join(out)


_minutes: dict[int, tuple[str, int]] = {}  # the last one


def _minute(minute: int) -> tuple[str, int]:
    """Return ("Mon Jan  2 15:04:", year) of a minute since 1970."""
    found = _minutes.get(minute)
    if found is None:
        from time import gmtime

        t = gmtime(minute * 60)
        found = (f"{_DAYS[t.tm_wday][:3]} {_MONTHS[t.tm_mon - 1][:3]} {t.tm_mday:2} {t.tm_hour:02}:{t.tm_min:02}:",
                 t.tm_year)
        _minutes.clear()
        _minutes[minute] = found
    return found


def _field(letter: str, t, when: float, shift: int, name: str, width: str, flag: str) -> str:  # type: ignore[no-untyped-def]
    if letter in "YmdHMSj":
        value = {"Y": t.tm_year, "m": t.tm_mon, "d": t.tm_mday, "H": t.tm_hour, "M": t.tm_min, "S": t.tm_sec,
                 "j": t.tm_yday}[letter]
        return f"{value:03}" if letter == "j" else f"{value:02}"
    if letter == "N":
        return f"{round((when - int(when)) * 1e9) % 1_000_000_000:09}"[:int(width or 9)]
    composed = {"F": "%Y-%m-%d", "T": "%H:%M:%S", "R": "%H:%M", "D": "%m/%d/%y", "c": "%a %b %e %H:%M:%S %Y",
                "x": "%m/%d/%y",
                "X": "%H:%M:%S", "r": "%I:%M:%S %p", "h": "%b"}.get(letter)
    if composed:
        from time import gmtime

        del gmtime
        return strftime(composed, when, _fixed(shift, name))
    sign = "-" if shift < 0 else "+"
    hours, minutes = divmod(abs(shift) // 60, 60)
    plain = {"a": _DAYS[t.tm_wday][:3], "A": _DAYS[t.tm_wday], "b": _MONTHS[t.tm_mon - 1][:3],
             "B": _MONTHS[t.tm_mon - 1],
             "e": f"{t.tm_mday:2}", "k": f"{t.tm_hour:2}", "I": f"{(t.tm_hour + 11) % 12 + 1:02}",
             "l": f"{(t.tm_hour + 11) % 12 + 1:2}", "p": "AM" if t.tm_hour < 12 else "PM", "P": "am" if t.tm_hour < 12
             else "pm",
             "s": str(int(when)), "u": str(t.tm_wday + 1), "w": str((t.tm_wday + 1) % 7), "y": f"{t.tm_year % 100:02}",
             "Z": name, "z": f"{sign}{hours:02}{':' if ':' in flag else ''}{minutes:02}", "n": "\n", "t": "\t",
             "%": "%",
             "C": f"{t.tm_year // 100:02}"}
    return plain.get(letter, "%" + letter)


def _fixed(shift: int, name: str) -> str:
    return f"<{name}>{shift}"


def _zone(zone: str, when: float) -> tuple[int, str]:
    """Return (seconds east of Greenwich, abbreviation)."""
    if zone[:1] == "<":
        name, _, shift = zone[1:].partition(">")
        return int(shift), name
    if not zone or zone in ("UTC", "GMT", "Etc/UTC", "UTC0"):
        return 0, "UTC"
    try:
        from datetime import datetime
        from zoneinfo import ZoneInfo

        moment = datetime.fromtimestamp(when, ZoneInfo(zone))
        offset = moment.utcoffset()
        return int(offset.total_seconds()) if offset else 0, moment.tzname() or "UTC"
    except Exception:  # a zone that is not known is UTC, as with the C library
        return 0, zone
