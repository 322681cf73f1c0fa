"""ps: procps' with its own and BSD's options, and busybox's (procps/ps.c), which knows -o alone."""

from __future__ import annotations

from ..accounts import names
from ..dates import strftime
from ..kernel import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..kernel.process import Process

    Cell = Callable[["_List", Process], str]

_FULL = ["uname", "pid", "ppid", "c", "stime", "tname", "time", "cmd"]
_LONG = ["f", "s", "uid", "pid", "ppid", "c", "pri", "ni", "sz", "wchan", "tname", "time", "ucmd"]
_BOTH = ["f", "s", "uname", "pid", "ppid", "c", "pri", "ni", "sz", "wchan", "stime", "tname", "time", "cmd"]
_PLAIN = ["pid", "tname", "time", "ucmd"]
_BSD = ["pid", "tname", "stat", "bsdtime", "args"]
_USERS = ["user", "pid", "pcpu", "pmem", "vsz", "rss", "tname", "stat", "start_time", "bsdtime", "args"]


class _List:
    """What a call shows: whose names users have, and who asks."""

    def __init__(self, asks: Process):
        self.asks, self.users, self.groups = asks, names(asks, "passwd"), names(asks, "group")
        self.busybox = asks.space.shell == "ash"

    def user(self, process: Process) -> str:
        uid = shown.user(process).uid
        name = self.users.get(uid, str(uid))
        if len(name) > 8:
            return name[:8] if self.busybox else f"{name[:7]}+"
        return name

    def since(self, process: Process, form: str) -> str:
        return strftime(form, process.kernel.now - self.age(process), "")

    def age(self, process: Process) -> int:
        """Return for how many seconds a process is there: the container's, but for who asks."""
        return 0 if process is self.asks else int(process.kernel.now - process.space.started)


def _on_terminal(process: Process) -> bool:
    return any(process.fds[each].terminal for each in (0, 1, 2) if each in process.fds)


def _state(process: Process, asks: Process) -> str:
    return "R" if process is asks else "S"


def _stat(to: _List, process: Process) -> str:
    leads = "s" if process.parent is None else ""
    return _state(process, to.asks) + leads + ("+" if _on_terminal(process) and not process.children else "")


def _elapsed(seconds: int) -> str:
    days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
    text = f"{minutes:02}:{seconds % 60:02}"
    return (f"{days}-" if days else "") + (f"{hours:02}:" if days or hours else "") + text


def _size(process: Process) -> int:
    return 900 + process.pid % 90


# By name: the header, the width, whether it stands to the right, and the cell.
_COLUMNS: dict[str, tuple[str, int, bool, Cell]] = {
    "pid": ("PID", 7, True, lambda to, each: str(each.pid)),
    "ppid": ("PPID", 7, True, lambda to, each: str(each.parent.pid if each.parent else 0)),
    "pgid": ("PGID", 7, True, lambda to, each: str(each.pid)),
    "sid": ("SID", 7, True, lambda to, each: str(each.pid)),
    "user": ("USER", 8, False, lambda to, each: to.user(each)),
    "uname": ("UID", 8, False, lambda to, each: to.user(each)),
    "uid": ("UID", 5, True, lambda to, each: str(shown.user(each).uid)),
    "group": ("GROUP", 8, False, lambda to, each: to.groups.get(shown.user(each).gid, str(shown.user(each).gid))),
    "gid": ("GID", 5, True, lambda to, each: str(shown.user(each).gid)),
    "f": ("F", 1, False, lambda to, each: "4" if each.parent is None else "0"),
    "s": ("S", 1, False, lambda to, each: _state(each, to.asks)),
    "stat": ("STAT", 4, False, _stat),
    "c": ("C", 2, True, lambda to, each: "0"),
    "pri": ("PRI", 3, True, lambda to, each: "80"),
    "ni": ("NI", 3, True, lambda to, each: "0"),
    "sz": ("ADDR SZ", 7, False, lambda to, each: f"- {_size(each):5}"),
    "wchan": ("WCHAN", 6, False, lambda to, each: "-"),
    "pcpu": ("%CPU", 4, True, lambda to, each: "0.0"),
    "pmem": ("%MEM", 4, True, lambda to, each: "0.0"),
    "vsz": ("VSZ", 6, True, lambda to, each: "2576"),
    "rss": ("RSS", 5, True, lambda to, each: str(_size(each))),
    "tty": ("TT", 8, False, lambda to, each: "pts/0" if _on_terminal(each) else "?"),
    "start": ("STARTED", 8, True, lambda to, each: to.since(each, "%H:%M:%S")),
    "start_time": ("START", 5, True, lambda to, each: to.since(each, "%H:%M")),
    "lstart": ("STARTED", 24, True, lambda to, each: to.since(each, "%a %b %e %H:%M:%S %Y")),
    "etime": ("ELAPSED", 11, True, lambda to, each: _elapsed(to.age(each))),
    "etimes": ("ELAPSED", 7, True, lambda to, each: str(to.age(each))),
    "time": ("TIME", 8, True, lambda to, each: "00:00:00"),
    "bsdtime": ("TIME", 6, True, lambda to, each: "0:00"),
    "comm": ("COMMAND", 15, False, lambda to, each: (each.argv or ["-"])[0].rpartition("/")[2][:15]),
    "args": ("COMMAND", 27, False, lambda to, each: shown.line(each, to.busybox)),
}
_COLUMNS.update({name: _COLUMNS[as_] for name, as_ in (
    ("command", "args"), ("%cpu", "pcpu"), ("%mem", "pmem"), ("nice", "ni"), ("tt", "tty"), ("euser", "user"),
    ("state", "s"), ("rssize", "rss"), ("vsize", "vsz"), ("cputime", "time"))})
_COLUMNS.update({name: (header, *_COLUMNS[as_][1:]) for name, header, as_ in (
    ("cmd", "CMD", "args"), ("ucmd", "CMD", "comm"), ("tname", "TTY", "tty"), ("stime", "STIME", "start_time"),
    ("ruser", "RUSER", "user"), ("rgroup", "RGROUP", "group"))})
# Where busybox has other widths and cells. Its headers stand to the left.
_BUSYBOX = {"pid": 5, "ppid": 5, "pgid": 5, "user": 8, "ruser": 8, "group": 8, "rgroup": 8, "comm": 16, "args": 0,
            "etime": 7, "nice": 5, "time": 5, "tty": 6, "vsz": 4, "sid": 5, "stat": 4, "rss": 4}
_TIME: Cell = lambda to, each: "0:00"  # noqa: E731


def _table(busybox: bool) -> dict[str, tuple[str, int, bool, Cell]]:
    """Return the columns that there are."""
    if not busybox:
        return _COLUMNS
    table = {name: (_COLUMNS[name][0], width, *_COLUMNS[name][2:]) for name, width in _BUSYBOX.items()}
    table["time"] = ("TIME", 5, True, _TIME)
    return table


class _Wrong(Exception):
    """An option that ps refuses; the text is what it says."""


def _options(words: list[str], busybox: bool) -> tuple[str, list[tuple[str, str | None]], dict[str, list[str]], bool]:
    """Return the letters given, the columns of -o with their headers, the chosen by `p`, `C`, `u`, and if there is a
    header."""
    letters, head = "", True
    wanted: list[tuple[str, str | None]] = []
    chosen: dict[str, list[str]] = {}
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word.startswith("--"):
            head = head and word not in ("--no-headers", "--no-header", "--no-heading", "--noheaders")
            name, mark, value = word[2:].partition("=")
            if name in ("format", "pid", "user"):
                rest[:0] = [{"format": "-o", "pid": "-p", "user": "-u"}[name], *([value] if mark else [])]
            elif name == "sort" and not mark and rest:
                rest.pop(0)
            continue
        if word.isdigit():
            chosen.setdefault("p", []).append(word)
            continue
        dashed = word.startswith("-")
        at = int(dashed)
        while at < len(word):
            letter, at = word[at], at + 1
            if letter in "oO" or (dashed and letter in "pCuUt") or letter == "p":
                value = word[at:] or (rest.pop(0) if rest else "")
                at = len(word)
                if letter in "oO":
                    wanted += _columns(value)
                else:
                    chosen.setdefault(letter.replace("U", "u"), []).extend(value.replace(",", " ").split())
            elif busybox and dashed and letter not in "aAdeflTZ":
                raise _Wrong(f"ps: unrecognized option: {letter}\n")
            else:
                letters += letter if dashed else f"={letter}"
    return letters, wanted, chosen, head


def _columns(text: str) -> list[tuple[str, str | None]]:
    """Return the columns that a text of -o names: one with `=` has what is behind it as its header."""
    found: list[tuple[str, str | None]] = []
    before, mark, header = text.partition("=")
    for name in before.replace(",", " ").split():
        found.append((name, None))
    if mark and found:
        first, more, rest = header.partition(",")
        found[-1] = (found[-1][0], first)
        if more:
            found += _columns(rest)
    return found


def _chosen(to: _List, letters: str, chosen: dict[str, list[str]], busybox: bool) -> list[Process]:
    """Return the processes that are asked for."""
    there = [each for _, each in sorted(to.asks.space.seen.items())]
    if busybox:
        return there
    if chosen:
        return [each for each in there if str(each.pid) in chosen.get("p", ())
                or (each.argv or [""])[0].rpartition("/")[2] in chosen.get("C", ())
                or {to.user(each), str(shown.user(each).uid)} & set(chosen.get("u", ()))]
    if {"e", "A"} & set(letters.replace("=e", "")) or ("=a" in letters and "=x" in letters):
        return there
    if "=x" in letters:
        return [each for each in there if each.user.uid == to.asks.user.uid]
    if "a" in letters:
        return [each for each in there if _on_terminal(each)]
    mine = _on_terminal(to.asks)
    return [each for each in there if each.user.uid == to.asks.user.uid and _on_terminal(each) == mine]


def ps(process: Process) -> int:
    """Play ps; returns 1 where a column or an option is not known, or nothing is found."""
    busybox = process.space.shell == "ash"
    try:
        letters, wanted, chosen, head = _options(process.argv[1:], busybox)
        columns = _shown(wanted or [(name, None) for name in _usual(letters, busybox)], busybox)
    except _Wrong as why:
        process.write(str(why), 2)
        return 1
    to = _List(process)
    found = _chosen(to, letters, chosen, busybox)
    if head and any(title for title, *_ in columns):
        _write(process, [title for title, *_ in columns], columns, left=busybox)
    for each in found:
        _write(process, [cell(to, each) for *_, cell in columns], columns)
    return 0 if found else 1


def _usual(letters: str, busybox: bool) -> list[str]:
    """Return the columns of a call without -o."""
    if busybox:
        return ["pid", "user", "time", "args"]
    if "=u" in letters:
        return _USERS
    if "=" in letters:
        return _BSD
    if "l" in letters:
        return _BOTH if "f" in letters else _LONG
    return _FULL if "f" in letters or "F" in letters else _PLAIN


def _shown(wanted: list[tuple[str, str | None]], busybox: bool) -> list[tuple[str, int, bool, Cell]]:
    """Return columns by their names, and the headers that a user gave them; raises _Wrong."""
    table, columns = _table(busybox), []
    for name, header in wanted:
        if name not in table:
            raise _Wrong(f"ps: bad -o argument '{name}', supported arguments: {','.join(table)}\n" if busybox else
                         f"error: unknown user-defined format specifier \"{name}\"\n")
        title, width, right, cell = table[name]
        title = title if header is None else header
        columns.append((title, max(width, len(title)), right, cell))
    return columns


def _write(process: Process, row: list[str], columns: list[tuple[str, int, bool, Cell]], left: bool = False) -> None:
    cells = [text.rjust(width) if right and not left else text.ljust(width)
             for text, (_, width, right, _) in zip(row, columns, strict=True)]
    process.write(" ".join([*cells[:-1], row[-1] if left or not columns[-1][2] else cells[-1]]) + "\n")


PROGRAMS = {"ps": ps}
