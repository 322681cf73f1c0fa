"""Cron schedules as CronJobs have them (github.com/robfig/cron/v3): five fields, descriptors, `@every`.

A day matches where day of month and day of week both do, or, where neither was given as `*` or `?`, either of them.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
# Lowest and highest value of each field, and its names.
_BOUNDS: tuple[tuple[int, int, dict[str, int]], ...] = (
    (0, 59, {}), (0, 23, {}), (1, 31, {}),
    (1, 12, {name: i + 1 for i, name in enumerate(_MONTHS)}), (0, 6, {name: i for i, name in enumerate(_DAYS)}))
_DESCRIPTORS = {
    "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *"}


class Schedule:
    """When something is due: every `every` seconds, or at the minutes, hours ... of `fields` in the time zone `zone`.

    `zone` is a tzinfo from the text itself (`CRON_TZ=`), or None: that of whoever asks.
    """

    __slots__ = ("_known", "any_day", "every", "fields", "zone")

    def __init__(self, fields: tuple[frozenset[int], ...] = (), any_day: bool = False, every: float = 0.0,
                 zone: datetime.tzinfo | None = None) -> None:
        self.fields, self.any_day, self.every, self.zone = fields, any_day, every, zone
        self._known: dict[tuple[int, datetime.tzinfo | None], float | None] = {}  # what was found for a minute

    def next(self, after: float, zone: datetime.tzinfo | None = None) -> float | None:
        """Return the first time later than `after` (seconds since 1970), None where there is none in five years.

        `zone` is a tzinfo, None for UTC.
        """
        if self.every:
            return float(int(after)) + self.every
        minute = int(after) // 60
        if (minute, zone) not in self._known:
            if len(self._known) >= 1000:
                self._known.clear()
            self._known[minute, zone] = self._next(minute * 60 + 60, zone)
        return self._known[minute, zone]

    def _next(self, first: int, zone: datetime.tzinfo | None) -> float | None:
        """Return the first time from a minute's beginning on."""
        import datetime

        where = self.zone or zone or datetime.timezone.utc
        hour, day = datetime.timedelta(hours=1), datetime.timedelta(days=1)
        minutes, hours, days, months, weekdays = self.fields
        utc = datetime.timezone.utc
        at = datetime.datetime.fromtimestamp(first, where)
        last_year = at.year + 5
        while at.year <= last_year:
            if at.month not in months:
                at = at.replace(day=1, hour=0, minute=0, fold=0)
                at = at.replace(month=at.month + 1) if at.month < 12 else at.replace(year=at.year + 1, month=1)
            elif not self._day_matches(at, days, weekdays):
                at = (at + day).replace(hour=0, minute=0, fold=0)
            elif at.hour not in hours:
                at = (at.astimezone(utc) + hour).astimezone(where).replace(minute=0)
            elif at.minute not in minutes:
                later = [minute for minute in minutes if minute > at.minute]
                step = (min(later) if later else 60) - at.minute
                at = (at.astimezone(utc) + datetime.timedelta(minutes=step)).astimezone(where)
            else:
                return at.timestamp()
        return None

    def _day_matches(self, at: datetime.datetime, days: frozenset[int], weekdays: frozenset[int]) -> bool:
        matches = at.day in days, at.isoweekday() % 7 in weekdays
        return all(matches) if self.any_day else any(matches)


def load_zone(name: str) -> datetime.tzinfo:
    """Return the tzinfo of a name such as `Europe/Paris`; ValueError with Go's message where there is none."""
    from zoneinfo import ZoneInfo

    if name in ("", "UTC", "Local"):
        name = "UTC"
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"unknown time zone {name}") from None


_parsed: dict[str, Schedule] = {}  # by text: controllers ask for the same few again and again


def parse(text: str) -> Schedule:
    """Return the schedule of a text such as `*/5 8-18 * * mon-fri`; ValueError with the message of the Go library."""
    found = _parsed.get(text)
    if found is None:
        if len(_parsed) >= 1000:
            _parsed.clear()
        found = _parsed[text] = _read(text)
    return found


def _read(text: str) -> Schedule:
    if not text:
        raise ValueError("empty spec string")
    zone = None
    if text.startswith(("TZ=", "CRON_TZ=")):
        assignment, blank, rest = text.partition(" ")
        name = assignment.partition("=")[2]
        if not blank:
            raise ValueError("invalid schedule format: runtime error: slice bounds out of range [:-1]")
        try:
            zone = load_zone(name)
        except ValueError as unknown:
            raise ValueError(f"provided bad location {name}: {unknown}") from None
        text = rest.strip()
    if text.startswith("@every "):
        return Schedule(every=_every(text), zone=zone)
    if text.startswith("@"):
        if text not in _DESCRIPTORS:
            raise ValueError(f"unrecognized descriptor: {text}")
        text = _DESCRIPTORS[text]
    words = text.split()
    if len(words) != 5:
        raise ValueError(f"expected exactly 5 fields, found {len(words)}: [{' '.join(words)}]")
    fields, stars = [], []
    for word, bounds in zip(words, _BOUNDS, strict=True):
        values, star = _field(word, *bounds)
        fields.append(values)
        stars.append(star)
    return Schedule(tuple(fields), stars[2] or stars[4], zone=zone)


def _every(text: str) -> float:
    from .duration import parse as parse_duration

    try:
        seconds = parse_duration(text.removeprefix("@every "))
    except ValueError as wrong:
        raise ValueError(f"failed to parse duration {text}: {wrong}") from None
    return float(max(int(seconds), 1))


def _field(text: str, low: int, high: int, names: dict[str, int]) -> tuple[frozenset[int], bool]:
    """Return the values that a field allows, and whether it has a star."""
    values: set[int] = set()
    star = False
    for part in text.split(","):
        if part:
            found, starred = _range(part, low, high, names)
            values.update(found)
            star = star or starred
    return frozenset(values), star


def _range(text: str, low: int, high: int, names: dict[str, int]) -> tuple[range, bool]:
    span, *steps = text.split("/")
    ends = span.split("-")
    star = ends[0] in ("*", "?")
    if star:
        start, end = low, high
    else:
        start = end = _number(ends[0], names)
        if len(ends) == 2:
            end = _number(ends[1], names)
        elif len(ends) > 2:
            raise ValueError(f"too many hyphens: {text}")
    step = 1
    if len(steps) > 1:
        raise ValueError(f"too many slashes: {text}")
    if steps:
        step = _number(steps[0], {})
        if len(ends) == 1:
            end = high
        star = star and step <= 1
    if start < low:
        raise ValueError(f"beginning of range ({start}) below minimum ({low}): {text}")
    if end > high:
        raise ValueError(f"end of range ({end}) above maximum ({high}): {text}")
    if start > end:
        raise ValueError(f"beginning of range ({start}) beyond end of range ({end}): {text}")
    if not step:
        raise ValueError(f"step of range should be a positive number: {text}")
    return range(start, end + 1, step), star


def _number(text: str, names: dict[str, int]) -> int:
    if text.lower() in names:
        return names[text.lower()]
    digits = text.removeprefix("+")
    if not (digits.isascii() and digits.isdecimal()):
        raise ValueError(f'failed to parse int from {text}: strconv.Atoi: parsing "{text}": invalid syntax')
    return int(digits)
