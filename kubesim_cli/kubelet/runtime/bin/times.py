"""Programs about time: sleep, timeout, date, uptime."""

from __future__ import annotations

from ..dates import DEFAULT, strftime
from ..kernel.errors import Errno
from ..kernel.kernel import NAMES, SIGNALS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..kernel.process import Process

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def span(word: str) -> float | None:
    """Return how many seconds 1.5, 10s, 2m, infinity are; None where it is no time."""
    unit = _UNITS.get(word[-1:])
    try:
        value = float(word[:-1] if unit else word) * (unit or 1)
    except ValueError:
        return None
    return value if value >= 0 else None


def _sleep(process: Process) -> int | None:
    until = process.memory
    if until is None:
        words = process.argv[1:]
        if not words:
            return process.complain("missing operand\nTry 'sleep --help' for more information.")
        total = 0.0
        for word in words:
            seconds = span(word)
            if seconds is None:
                return process.complain(f"invalid time interval '{word}'\nTry 'sleep --help' for more information.")
            total += seconds
        until = process.memory = process.kernel.now + total
    if process.kernel.now >= until:
        return 0
    process.kernel.suspend(process, (), None if until == float("inf") else until)
    return None


def _timeout(process: Process) -> int | None:
    state = process.memory
    kernel = process.kernel
    if state is None:
        words = process.argv[1:]
        signal, kill, preserve = "TERM", None, False
        while words and words[0][:1] == "-":
            word = words.pop(0)
            if word in ("-s", "-k", "--signal", "--kill-after"):
                value = words.pop(0) if words else ""
            else:
                value = word.partition("=")[2] or word[2:]
            if word[:2] == "-s" or word.startswith("--signal"):
                signal = NAMES.get(int(value), "TERM") if value.isdigit() else value.upper().removeprefix("SIG")
            elif word[:2] == "-k" or word.startswith("--kill"):
                kill = span(value)
            elif word in ("--preserve-status",):
                preserve = True
        if len(words) < 2 and process.space.shell == "ash":
            from .operands import missing

            return missing(process)
        if len(words) < 2:
            return process.complain("missing operand") and 125
        limit = span(words[0])
        if limit is None:
            return process.complain(f"invalid time interval '{words[0]}'") and 125
        try:
            program = process.space.find(process, words[1])
            child = kernel.spawn(process.space, program, words[1:], process.env, process.user, process.cwd,
                                 process.fds, process)
        except Errno as error:
            process.complain(f"failed to run command '{words[1]}': {error.message}")
            return 127 if error.name == "ENOENT" else 126
        state = process.memory = {"child": child, "until": kernel.now + limit if limit else None, "signal": signal,
                                  "kill": kill, "sent": False, "preserve": preserve}
        process.trapped = frozenset(("TERM", "INT", "HUP"))
        kernel.start(child)
    child = state["child"]
    while process.pending:
        kernel.kill(child, process.pending.pop(0))
    if child.status is None and state["until"] is not None and kernel.now >= state["until"]:
        kernel.kill(child, "KILL" if state["sent"] else state["signal"])
        state["until"] = kernel.now + state["kill"] if state["kill"] and not state["sent"] else None
        state["sent"] = True
    if child.status is None:
        process.wait(child, until=state["until"])
        return None
    if process.space.shell == "ash":  # busybox' becomes the command, which is what dies of the signal
        process.signal = child.signal
        return int(child.status)
    if not state["sent"] or state["preserve"]:
        return int(child.status)
    return 124 if child.status != 128 + SIGNALS["KILL"] else 137


def _date(process: Process) -> int:
    form, when, zone, pattern = DEFAULT, process.kernel.now, process.env.get("TZ", ""), ""
    if len(process.argv) == 1:
        process.write(strftime(form, when, zone) + "\n")
        return 0
    words = process.argv[1:]
    while words:
        word = words.pop(0)
        if word[:1] == "+":
            form = word[1:]
        elif word in ("-u", "--utc", "--universal"):
            zone = ""
        elif word in ("-d", "--date", "-D") or word.startswith("--date="):
            text = word.partition("=")[2] or (words.pop(0) if words else "")
            if word == "-D":
                pattern = text
                continue
            if process.space.shell == "ash":
                found = _parse_of_busybox(text, process.kernel.now, pattern)
            else:
                found = parse(text, process.kernel.now, zone)
            if found is None:
                return process.complain(f"invalid date '{text}'")
            when = found
        elif word in ("-I", "--iso-8601"):
            form = "%Y-%m-%d"
        elif word.startswith("-I") or word.startswith("--iso-8601="):
            form = {"n": "%Y-%m-%dT%H:%M:%S,%N%:z"}.get((word.partition("=")[2] or word[2:])[:1],
                                                        "%Y-%m-%dT%H:%M:%S%:z")
        elif word in ("-R", "--rfc-email"):
            form = "%a, %d %b %Y %H:%M:%S %z"
        elif word == "-r" and words:
            try:
                inode = process.space.tree.lookup(words[0], process.cwd, process.user).inode
            except Errno as error:
                return process.complain(f"{words[0]}: {error.message}")
            words.pop(0)
            assert inode is not None
            when = inode.mtime
        elif word in ("-s", "--set"):
            return process.complain("cannot set date: Operation not permitted")
        else:
            return process.complain(f"invalid date '{word}'")
    process.write(strftime(form, when, zone) + "\n")
    return 0


def parse(text: str, now: float, zone: str = "") -> float | None:
    """Return the time that date -d is given: @seconds, ISO dates, now, yesterday, "2 hours ago", "+1 day"."""
    import re

    text = text.strip()
    if text[:1] == "@":
        try:
            return float(text[1:])
        except ValueError:
            return None
    base = now
    lowered = text.lower()
    match = re.search(r"\d{4}-\d\d-\d\d(?:[t ]+\d\d?:\d\d(?::\d\d(?:\.\d+)?)?)?\s*(z|utc|[+-]\d\d:?\d\d)?", lowered)
    if match:
        import calendar

        digits = [int(each) for each in re.findall(r"\d+", match.group().partition("+")[0])[:6]]
        digits += [0] * (6 - len(digits))
        base = float(calendar.timegm((*digits, 0, 0, 0)))
        lowered = lowered.replace(match.group(), " ")
    for word, days in (("yesterday", -1), ("tomorrow", 1), ("today", 0), ("now", 0)):
        if word in lowered:
            base += days * 86400
            lowered = lowered.replace(word, " ")
    sizes = {"sec": 1, "min": 60, "hour": 3600, "day": 86400, "week": 604800, "month": 2592000, "year": 31536000}
    for sign, count, unit, ago in re.findall(r"([+-]?)\s*(\d+)\s*([a-z]+?)s?\b(\s+ago)?", lowered):
        size = next((value for name, value in sizes.items() if unit.startswith(name)), None)
        if size is None:
            return None
        base += int(count) * size * (-1 if (sign == "-") != bool(ago) else 1)
        lowered = ""
    return base if not lowered.strip() or lowered != text.lower() or match else None


# What busybox' date -d takes (libbb/time.c, parse_datestr): these, @SECONDS, and MMDDhhmm[[CC]YY][.ss].
_OF_BUSYBOX = ("%H:%M", "%H:%M:%S", "%m.%d-%H:%M", "%m.%d-%H:%M:%S", "%Y.%m.%d-%H:%M", "%Y.%m.%d-%H:%M:%S",
               "%b %d %H:%M:%S %Y", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M %z", "%Y-%m-%d %H:%M:%S %z",
               "%Y-%m-%d %H", "%Y-%m-%d", "%m%d%H%M", "%m%d%H%M%Y")


def _parse_of_busybox(text: str, now: float, pattern: str) -> float | None:
    """Return the time that busybox' date -d is given, or date -d with the pattern of -D; None where it takes none."""
    import calendar
    import time

    if (text[:1] == "@" and not pattern) or pattern == "%s":
        number = text.removeprefix("@")
        return float(number) if number.lstrip("-").isdigit() else None
    year, month, day = time.gmtime(now)[:3]
    for form in (pattern,) if pattern else _OF_BUSYBOX:
        try:
            found = time.strptime(text, form)
        except ValueError:
            continue
        date = (found.tm_year if "%Y" in form or pattern else year, found.tm_mon, found.tm_mday) if (
            "%d" in form or pattern) else (year, month, day)
        return float(calendar.timegm((*date, *found[3:6], 0, 0, 0))) - (found.tm_gmtoff or 0)
    return None


def _uptime(process: Process) -> int:
    up = int((process.kernel.now - process.space.started) // 60)
    now = strftime("%H:%M:%S", process.kernel.now)
    process.write(f" {now} up {up} min,  0 users,  load average: 0.00, 0.00, 0.00\n")
    return 0


PROGRAMS = {"sleep": _sleep, "timeout": _timeout, "date": _date, "uptime": _uptime}
