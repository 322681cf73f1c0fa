"""Comparing what a command printed with what its page shows."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field

from . import tables
from .moments import AGE, interval
from .names import Names, shape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .model import Listing

    # Tells when the object was made that a row shows: column -> cell -> seconds since 1970, or None.
    Made = Callable[[dict[str, str]], float | None]

_NOTE = re.compile(r"\s+(?:#|←|↑|→|<--?|//)\s*\S.*$")
_NOTE_LINE = re.compile(r"\s*(?:#|←|↑|→|<--)\s*\S")
_ELISION = re.compile(r"\s*#?\s*(?:\.\.\.+|…|\[\.\.\.+\]|\[…\]|<snip>|\.\s\.\s\.|⋮|\(\.\.\.\)|// \.\.\.)\s*")
_INNER = re.compile(r"\[\.\.\.\]|\.\.\.+|…|<(?!none>|unset>|pending>|unknown>|invalid>|nil>)[a-z][\w -]*>")
_PROGRESS = re.compile(r"\s*(?:Waiting for|waiting for|.*\bpod\(s\) to be)")
_FREE = {"LAST SEEN", "FIRST SEEN", "LASTSEEN", "FIRSTSEEN", "DURATION", "LAST SCHEDULE", "COMPLETIONTIME"}
_RESTARTS = re.compile(r"(\d+)(?: \((?:\w+) ago\))?")


@dataclass
class Age:
    """An age in a listing, as the page has it, of an object made at `made` (seconds since 1970)."""

    made: float
    age: str
    line: int


@dataclass
class Verdict:
    """How a listing compares: `printed` is the output, in the page's names and layout where only these differ."""

    equal: bool
    shown: list[str]
    printed: list[str]
    ages: list[Age] = field(default_factory=list)
    but_for_ages: bool = False  # equal, or nothing but ages differ

    @property
    def diff(self) -> list[str]:
        """The differing lines, as in a unified diff without its head."""
        return [line.rstrip("\n") for line in difflib.unified_diff(self.shown, self.printed, n=2, lineterm="")][2:]


class Comparison:
    """Compares one output with one listing. `made` tells of rows when their objects were made, `now` is the time of the
    command; names are bound in `names` whether or not the whole is equal."""

    def __init__(self, listing: Listing, level: str, names: Names, now: float, made: Made):
        self.listing, self.level, self.names, self.now, self.made = listing, level, names, now, made
        self.loose = listing.similar
        self.ages: list[Age] = []
        self._aged: dict[str, str] = {}  # rows in which ages differ -> the page's

    def judge(self, lines: list[str], output: str) -> Verdict:
        """Compare an output with lines of the page, which are the listing's or an alternative's."""
        printed = _trimmed(output.split("\n"))
        shown = _trimmed(lines)
        shown = _without_notes(shown, printed)
        if self.level == "off":
            return Verdict(True, shown, printed)
        if self.level == "exact":
            self._rewritten(shown, printed)  # binds names and notes ages
            return Verdict(shown == printed, shown, printed, self.ages)
        if self.loose:
            shown = [line for line in shown if not _PROGRESS.match(line)] or shown
            kept = [line for line in printed if not _PROGRESS.match(line)]
            printed = kept if kept or not any(not _PROGRESS.match(line) for line in shown) else printed
        if self.level == "contains":
            missing = self._contains(shown, printed)
            return Verdict(missing is None, shown if missing is None else [missing],
                           printed if missing is not None else shown)
        rewritten = self._rewritten(shown, printed)
        aged = self.only_ages(shown, rewritten)
        return Verdict(_agree(shown, rewritten), shown, rewritten, self.ages, aged)

    def only_ages(self, shown: list[str], printed: list[str]) -> bool:
        """Whether lines that differ are the page's rows with other ages."""
        return _agree(shown, [self._aged.get(line, line) for line in printed])

    def _contains(self, shown: list[str], printed: list[str]) -> str | None:
        """Return the first line that the output lacks, None where it has all of them in their order."""
        place = 0
        for line in shown:
            if not line.strip() or _ELISION.fullmatch(line):
                continue
            place = 0 if self.listing.anywhere else place
            while place < len(printed):
                place += 1
                if self._line(line.strip(), printed[place - 1].strip()):
                    break
            else:
                return line
        return None

    def _line(self, shown: str, printed: str) -> bool:
        tried = self.names.copy()
        if tried.match(shown, printed, self.loose):
            self.names.adopt(tried)
            return True
        if shown.endswith((" (re)", " (glob)")):
            return _matches_pattern(shown, printed)
        return bool(_INNER.search(shown)) and _fits(shown, self.names.to_page(printed))

    def _rewritten(self, shown: list[str], printed: list[str]) -> list[str]:
        """Return the output with the page's own lines wherever these say the same."""
        out: list[str | None] = list(printed)
        theirs = tables.tables(printed)
        taken: set[int] = set()
        for table in tables.tables(shown):
            free = [other for other in theirs if other.place not in taken and other.columns[0] == table.columns[0]]
            fitting = next((other for other in free if other.columns == table.columns), free[0] if free else None)
            if fitting is None:
                continue
            taken.add(fitting.place)
            if fitting.columns != table.columns:
                self._bind_rows(table, fitting)
                continue
            out[fitting.place] = shown[table.place]
            for (place, _), line in zip(fitting.rows, self._rows(shown, table, fitting)):
                out[place] = line
        columns = [table.columns for table in tables.tables(shown)]
        rows = {place for table in theirs if table.place in taken for place in
                (table.place, *(place for place, _ in table.rows)) if table.columns in columns}
        ours = [place for place in range(len(shown)) if shown[place].strip()]
        others = [place for place in range(len(printed)) if place not in rows and printed[place].strip()]
        matcher = difflib.SequenceMatcher(None, [shape(shown[place]) for place in ours],
                                          [shape(printed[place]) for place in others], autojunk=False)
        paired: dict[int, int] = {}
        for tag, i1, i2, j1, j2 in matcher.get_opcodes():
            if tag == "equal" or (tag == "replace" and i2 - i1 == j2 - j1):
                paired.update(zip(others[j1:j2], ours[i1:i2]))
        for place in others:
            line = printed[place]
            if place in paired and _indent(shown[paired[place]]) == _indent(line) \
                    and self._line(shown[paired[place]], line):
                out[place] = shown[paired[place]]
            else:
                out[place] = self.names.to_page(line)
        return [line for line in out if line is not None]

    def _rows(self, shown: list[str], ours: tables.Table, theirs: tables.Table) -> list[str]:
        """Return as many lines as there are rows here: the page's in the page's order where they are the same."""
        columns = ours.columns
        age = columns.index("AGE") if "AGE" in columns else -1
        order = sorted(ours.rows, key=lambda one: -_least(one[1], age))
        left = sorted(theirs.rows, key=lambda one: -_least(one[1], age))
        pairs: dict[int, tuple[int, list[str]]] = {}
        for place, cells in order:
            best: tuple[int, int, Names] | None = None
            for number, (_, other) in enumerate(left):
                tried = self.names.copy()
                if not tried.match(cells[0], other[0], self.loose and cells[0] not in self.names.here):
                    continue
                score = 100 * (cells[0] == other[0]) + sum(
                    self._cell(tried, columns[i], cells[i], other[i]) for i in range(1, len(columns)) if i != age)
                if best is None or score > best[0]:
                    best = (score, number, tried)
            if best is not None:
                self.names.adopt(best[2])
                pairs[place] = left.pop(best[1])
        lines: list[str] = []
        for place, cells in ours.rows:
            if place in pairs:
                lines.append(self._row(shown[place], cells, pairs[place][1], ours))
        lines += [tables.render([self.names.to_page(cell) for cell in cells], ours)
                  for _, cells in sorted(left)]
        return lines

    def _bind_rows(self, ours: tables.Table, theirs: tables.Table) -> None:
        """Bind the names of a table whose columns are those of another release: its header differs anyway."""
        common = [(ours.columns.index(name), theirs.columns.index(name)) for name in ours.columns
                  if name in theirs.columns and name != "AGE"]
        left = [cells for _, cells in theirs.rows]
        for _, cells in ours.rows:
            for other in left:
                tried = self.names.copy()
                if tried.match(cells[0], other[0], self.loose) and all(
                        self._cell(tried, ours.columns[i], cells[i], other[j]) for i, j in common):
                    self.names.adopt(tried)
                    left.remove(other)
                    break

    def _row(self, line: str, cells: list[str], other: list[str], table: tables.Table) -> str:
        """Return the page's line where a row says the same, else the row in the page's names."""
        equal = aged = True
        out = []
        made = self.made(dict(zip(table.columns, other))) if "AGE" in table.columns else None
        for column, ours, theirs in zip(table.columns, cells, other):
            if column == "AGE":
                same = self._age(ours, theirs, made, line)
            else:
                same = self._cell(self.names, column, ours, theirs)
            equal = equal and same
            aged = aged and (same or column == "AGE")
            out.append(ours if same else self.names.to_page(theirs))
        if equal:
            return line
        if aged:
            self._aged[tables.render(out, table)] = line
        return tables.render(out, table)

    def _age(self, ours: str, theirs: str, made: float | None, line: str) -> bool:
        wanted, had = interval(ours), interval(theirs)
        if wanted is None or had is None:
            return ours == theirs or bool(_INNER.fullmatch(ours))
        if made is not None and self.level != "shape":
            place = next((i for i, other in enumerate(self.listing.lines) if other.startswith(line)), 0)
            self.ages.append(Age(made, ours, self.listing.line + place))
            return wanted[0] <= int(self.now - made) < wanted[1]
        return self.level == "shape" or (had[0] < wanted[1] and wanted[0] < had[1])

    def _cell(self, names: Names, column: str, ours: str, theirs: str) -> bool:
        if ours == theirs:
            return True
        if column in _FREE and AGE.fullmatch(ours.split(" ")[0]) and AGE.fullmatch(theirs.split(" ")[0]):
            return True
        if column == "RESTARTS":
            one, other = _RESTARTS.fullmatch(ours), _RESTARTS.fullmatch(theirs)
            if one and other and one.group(1) == other.group(1):
                return True
        if self.level == "shape" and ours.isdecimal() and theirs.isdecimal():
            return True
        if _INNER.search(ours):
            return _fits(ours, names.to_page(theirs))
        return names.match(ours, theirs, self.loose)


def _fits(shown: str, printed: str) -> bool:
    """Whether a text is one of which the page has left out parts."""
    pattern = ".*".join(re.escape(" ".join(part.split())) for part in _INNER.split(shown))
    return re.fullmatch(pattern.replace(r"\ ", " *"), " ".join(printed.split())) is not None


def _matches_pattern(shown: str, printed: str) -> bool:
    """Whether a line is one that a page describes by a regular expression, or with the wildcards of a shell."""
    if shown.endswith(" (re)"):
        try:
            return re.fullmatch(shown[:-5], printed) is not None
        except re.error:
            return False
    import fnmatch

    return fnmatch.fnmatchcase(printed, shown.removesuffix(" (glob)"))


def _least(cells: list[str], age: int) -> int:
    found = interval(cells[age]) if 0 <= age < len(cells) else None
    return found[0] if found else 0


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _trimmed(lines: list[str]) -> list[str]:
    """Return lines without blanks at their ends, and without empty ones at both ends."""
    lines = [line.rstrip() for line in lines]
    while lines and not lines[0]:
        lines = lines[1:]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _without_notes(shown: list[str], printed: list[str]) -> list[str]:
    """Take away what an author has written behind rows and between them, unless the output has the like."""
    real = {" ".join(line.split()) for line in printed}
    kept: list[str] = []
    for line in shown:
        if _NOTE_LINE.match(line) and " ".join(line.split()) not in real and not _ELISION.fullmatch(line) \
                and not any(_NOTE_LINE.match(other) for other in printed):
            continue
        bare = _NOTE.sub("", line)
        if bare != line and not any(_NOTE.search(other) for other in printed):
            line = bare
        kept.append(line)
    return _trimmed(kept)


def _agree(shown: list[str], printed: list[str]) -> bool:
    """Whether lines are equal, but for what the page elides; empty lines between parts may be missing or more."""
    ours = [line for line in shown if line.strip()]
    theirs = [line for line in printed if line.strip()]
    # reached[j]: the first `i` lines of the page are those up to j
    reached = {0}
    for line in ours:
        if _ELISION.fullmatch(line):
            reached = set(range(min(reached), len(theirs) + 1)) if reached else set()
            continue
        reached = {place + 1 for place in reached if place < len(theirs) and theirs[place] == line}
        if not reached:
            return False
    return len(theirs) in reached
