"""Comparing what a command printed with what its page shows."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from itertools import zip_longest

from ..kind import SALUTATIONS
from . import documents, earlier, tables
from .layout import (
    ELISION,
    bare_errors,
    bare_event,
    broken,
    found_nothing,
    in_order,
    joined,
    same_json,
    short_paths,
    told,
    trimmed,
    without_fields,
    without_notes,
)
from .moments import AGE, interval
from .names import Names, shape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .model import Listing

    # Tells when the object was made that a row shows: column -> cell -> seconds since 1970, or None.
    Made = Callable[[dict[str, str]], float | None]
    # And how many pods or the like it has.
    Current = Callable[[dict[str, str]], str]

_INNER = re.compile(r"\[\.\.\.\]|\.\.\.+|…|<(?!none>|unset>|pending>|unknown>|invalid>|nil>)[a-z][\w -]*>")
# What is said to who waits for a prompt, each kubectl in words of its own.
_PROMPTS = re.compile(r"\s*(?:Waiting for pod\b|Targeting container|If you don't see a command prompt|"
                      r"Hit enter for command prompt|Defaulting debug container|Defaulted container)")
_PROGRESS = re.compile(r"\s*(?:Found \d+ pods, using|Waiting for|waiting for|.*\bpod\(s\) to be|evicting pod |"
                       r"(?i:warning: ignoring DaemonSet-managed pods))")
_SHOWN = 10  # lines of an output that are told where one line of the page is not in it
_DEPRECATED = re.compile(r"(?:# )?Warning: .*\bdeprecated\b|kubectl exec \[POD\] \[COMMAND\] is DEPRECATED\b")
# What is told of addresses since CoreDNS, which knows pods' names, and since kubectl 1.31.
_ADDED = re.compile(r"(\s*(?:Address \d+|LoadBalancer Ingress): +\S+) (?:[\w.-]+|\(VIP\))")
_CUT = re.compile(r"\b[0-9a-f]{6,}(?= ?(?:\.\.\.|…))")  # the beginning of an id
FREE = {"LAST SEEN", "FIRST SEEN", "LASTSEEN", "FIRSTSEEN", "DURATION", "LAST SCHEDULE", "COMPLETIONTIME"}
_OF_NODES = {"ROLES", "OS-IMAGE", "KERNEL-VERSION", "CONTAINER-RUNTIME"}
_OF_PROCESSES = {"PID", "PPID", "%CPU", "%MEM", "VSZ", "RSS", "TTY", "STAT", "START", "TIME"}  # as ps measures them
_MEASURED = {"CPU(cores)", "MEMORY(bytes)"}  # what is used, by kubectl top
_FIELD = re.compile(r"[A-Z][\w. -]*:\s{2,}(?=\S)")
_MARK = re.compile(r"[^\w\s\"'$#./(\[{|+<>-]+ +")  # what programs begin their lines with, as in `* Done`
_DRAWN = set(SALUTATIONS)  # what is said by chance
_NODE_PORT = re.compile(r":\d+(?=/)")
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
    command, `begun` that at which the cluster was made; `undated`: the page does not tell its release. Names are bound
    in `names` whether or not the whole is equal."""

    def __init__(self, listing: Listing, level: str, names: Names, now: float, made: Made, begun: float = -1.0,
                 undated: bool = False, current: Current = lambda row: ""):
        self.listing, self.level, self.names, self.now, self.made = listing, level, names, now, made
        self.current = current
        self.begun, self.undated = begun, undated
        self.loose = listing.similar
        self.ages: list[Age] = []
        self._aged: dict[str, str] = {}  # rows in which ages differ -> the page's

    def judge(self, lines: list[str], output: str) -> Verdict:
        """Compare an output with lines of the page, which are the listing's or an alternative's."""
        printed = trimmed(output.split("\n"))
        shown = trimmed(lines)
        shown = without_notes(shown, printed)
        if self.level == "off":
            return Verdict(True, shown, printed)
        if self.level == "exact":
            self._rewritten(shown, printed)  # binds names and notes ages
            return Verdict(shown == printed, shown, printed, self.ages)
        if self.loose or self.undated:
            shown, printed = _without(_PROMPTS, shown), _without(_PROMPTS, printed)
            own = _without(_PROGRESS, shown)
            if len(own) == len(shown) or (self.loose and own):
                shown, printed = own, _without(_PROGRESS, printed)
        if (self.loose or self.undated) and not any(map(_DEPRECATED.match, shown)):
            printed = [line for line in printed if not _DEPRECATED.match(line)]  # newer releases warn of more
        if self.loose or self.undated:
            shown, printed = earlier.in_todays_words(shown), earlier.with_less(shown, printed)
        if self.undated:
            printed = without_fields(shown, printed, tables.LATER_FIELDS)
        if self.level == "contains":
            printed = bare_errors(shown, printed)
        printed = joined(shown, broken(shown, short_paths(shown, printed)))
        if wrong := next((line for line in printed for each in self.listing.absent if self._line(each, line)), ""):
            return Verdict(False, [], [wrong])
        if self.level == "contains":
            rewritten = self._rewritten(shown, printed)
            if self._holds(shown, output) or _within(shown, rewritten):
                return Verdict(True, shown, shown, self.ages)
            missing = self._contains(shown, printed)
            if missing is None:
                return Verdict(True, shown, shown, self.ages)
            aged = _within(shown, [self._aged.get(line, line) for line in rewritten])
            return Verdict(False, [missing], _nearest(missing, printed), self.ages, aged)
        rewritten = self._rewritten(shown, printed)
        if self.listing.anywhere:
            shown, rewritten = sorted(shown), sorted(rewritten)
        if self.loose or self.undated:
            rewritten = in_order(shown, rewritten)
        if same_json(shown, rewritten):
            rewritten = shown
        aged = self.only_ages(shown, rewritten)
        return Verdict(_agree(shown, rewritten), shown, rewritten, self.ages, aged)

    def only_ages(self, shown: list[str], printed: list[str]) -> bool:
        """Whether lines that differ are the page's rows with other ages."""
        return _agree(shown, [self._aged.get(line, line) for line in printed])

    def _contains(self, shown: list[str], printed: list[str]) -> str | None:
        """Return the first line that the output lacks, None where it has all of them in their order."""
        place = 0
        for line in shown:
            if not line.strip() or ELISION.fullmatch(line):
                continue
            place = 0 if self.listing.anywhere else place
            while place < len(printed):
                place += 1
                if self._line(line.strip(), printed[place - 1].strip()):
                    break
            else:
                return line
        return None

    def _holds(self, shown: list[str], output: str) -> bool:
        """Whether the page shows a part of a document in YAML or JSON that was printed."""
        if not self.listing.document:
            return False
        wanted = documents.parsed([line for line in shown if not ELISION.fullmatch(line)])
        whole = documents.parsed(output.split("\n")) if wanted else None
        known = self.names
        for part in documents.parts(whole) if whole else ():
            self.names = known.copy()
            if documents.covers(part, wanted, self._line):
                known.adopt(self.names)
                self.names = known
                return True
        self.names = known
        return False

    def _line(self, shown: str, printed: str) -> bool:
        if self._match(shown, printed) or {shown, printed} <= _DRAWN:
            return True
        if (self.loose or self.undated) and (
                found_nothing(shown, printed) or told(shown) == told(self.names.to_page(printed)) != shown
                or self._match(bare_event(shown), bare_event(printed))):
            return True
        if (self.loose or self.undated) and (bare := _ADDED.fullmatch(printed)) and not _ADDED.fullmatch(shown):
            return self._line(shown, bare.group(1))
        if self.loose and _MARK.match(printed) and _MARK.sub("", shown) == _MARK.sub("", printed):
            return True
        if shown.endswith((" (re)", " (glob)")):
            return _matches_pattern(shown, printed)
        return bool(_INNER.search(shown)) and _fits(shown, self.names.to_page(printed))

    def _match(self, shown: str, printed: str) -> bool:
        tried = self.names.copy()
        if not tried.match(shown, printed, self.loose):
            return False
        self.names.adopt(tried)
        return True

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
            table, fitting = self._in_common(table, fitting)
            taken.add(fitting.place)
            if fitting.columns != table.columns:
                self._bind_rows(table, fitting)
                continue
            out[fitting.place] = shown[table.place]
            for (place, _), line in zip_longest(fitting.rows, self._rows(shown, table, fitting)):
                out[place] = line
        rows = {place for table in theirs if table.place in taken for place in
                (table.place, *(place for place, _ in table.rows))
                if any(ours.columns == here.columns for ours, here in (
                    self._in_common(other, table) for other in tables.tables(shown)))}
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
            ours_line = shown[paired[place]] if place in paired else ""
            marked = self.loose and _MARK.match(line.lstrip())  # whose blanks get lost
            if marked:
                ours_line, line = ours_line.lstrip(), line.lstrip()
            if place in paired and (marked or _indent(shown, paired[place]) == _indent(printed, place)) \
                    and self._line(ours_line, line):
                out[place] = shown[paired[place]]
            else:
                out[place] = self.names.to_page(printed[place])
        return [line for line in out if line is not None]

    def _rows(self, shown: list[str], ours: tables.Table, theirs: tables.Table) -> list[str]:
        """Return as many lines as there are rows here: the page's in the page's order where they are the same."""
        columns = ours.columns
        first = columns.index("COMMAND") if "PID" in columns and "COMMAND" in columns else 0  # what names the row
        age = columns.index("AGE") if "AGE" in columns else -1
        there = {cells[first] for _, cells in theirs.rows}
        known = {cells[first] for _, cells in ours.rows if self.names.here.get(cells[first]) in there}
        order = sorted(ours.rows, key=lambda one: (one[1][first] not in known, -_least(one[1], age)))
        left = sorted(theirs.rows, key=lambda one: -_least(one[1], age))
        pairs: dict[int, tuple[int, list[str]]] = {}
        for place, cells in order:
            best: tuple[int, int, Names] | None = None
            for number, (_, other) in enumerate(left):
                tried = self.names.copy()
                if not tried.match(cells[first], other[first], self.loose and cells[first] not in known):
                    continue
                score = 100 * (cells[first] == other[first]) + sum(
                    self._cell(tried, column, cells[i], other[i]) for i, column in enumerate(columns)
                    if i not in (first, age))
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
                  for _, cells in sorted(left) if not self.loose or not self._of_cluster(dict(zip(columns, cells)))]
        return lines

    def _in_common(self, ours: tables.Table, theirs: tables.Table) -> tuple[tables.Table, tables.Table]:
        """Return a table of the page and one of the output, with those columns in which they can be compared where the
        page may be of an older release, or show a part."""
        if self.loose or self.undated:
            ours, theirs = earlier.in_common(ours, theirs, self.current)
        missing = set(theirs.columns) - set(ours.columns) - {"AGE"}  # which tells when, and not what, and is left out
        if (self.loose or self.level == "contains" or (self.undated and missing <= tables.LATER)) \
                and set(ours.columns) < set(theirs.columns):
            return ours, theirs.only(ours.columns) or theirs
        return ours, theirs

    def _of_cluster(self, row: dict[str, str]) -> bool:
        """Whether a row tells of what every cluster has, which a page that is only similar may leave out."""
        made = self.made(row)
        return (row.get("NAME", "").rpartition("/")[2] == "kube-root-ca.crt"
                or row.get("DESIRED") == row.get("CURRENT") == row.get("READY") == "0"  # a Deployment's history
                or (made is not None and made <= self.begun))

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
        if column in _OF_PROCESSES and "1" not in (ours, theirs):
            return True
        if column in FREE and AGE.fullmatch(ours.split(" ")[0]) and AGE.fullmatch(theirs.split(" ")[0]):
            return True
        if self.loose and column in _OF_NODES:  # how the page's cluster was made
            return True
        if column in ("EXTERNAL-IP", "IP") and names.alias(ours, theirs):
            return True
        if column == "ENDPOINTS" and "," in ours:
            return _same_set(names, ours.split(","), theirs.split(","), self.loose)
        if self.loose and column == "PORT(S)" and _NODE_PORT.sub("", ours) == _NODE_PORT.sub("", theirs):
            return True
        if column == "LABELS" and (self.loose or self.undated):
            theirs = earlier.without_later_labels(ours, theirs)
        if column == "LABELS" and _INNER.search(ours):
            labels = {each for each in ours.split(",") if not _INNER.search(each)}
            return labels <= set(names.to_page(theirs).split(","))
        if column in _MEASURED and (self.loose or self.level == "contains"):
            return _about(ours, theirs)
        if column == "RESTARTS":
            one, other = _RESTARTS.fullmatch(ours), _RESTARTS.fullmatch(theirs)
            if one and other and one.group(1) == other.group(1):
                return True
        if self.level == "shape" and ours.isdecimal() and theirs.isdecimal():
            return True
        if _INNER.search(ours):
            return _fits(ours, names.to_page(theirs))
        return names.match(ours, theirs, self.loose)


def _same_set(names: Names, ours: list[str], theirs: list[str], loose: bool) -> bool:
    """Whether lists are the same but for names, which are bound, and for their order."""
    tried, left = names.copy(), list(theirs)
    for one in sorted(ours, key=lambda each: tried.to_here(each) == each):  # what is bound already comes first
        free = loose and tried.to_here(one) == one
        found = next((other for other in left if tried.copy().match(one, other, free)), "")
        if not found or not tried.match(one, found, loose):
            return False
        left.remove(found)
    if not left:
        names.adopt(tried)
    return not left


def _fits(shown: str, printed: str) -> bool:
    """Whether a text is one of which the page has left out parts."""
    parts = _INNER.split(_CUT.sub("...", shown))
    pattern = ".*".join(re.escape(" ".join(part.split())) for part in parts)
    return re.fullmatch(pattern.replace(r"\ ", " *"), " ".join(printed.split())) is not None


def _about(shown: str, printed: str) -> bool:
    """Whether two measurements are the same but for a tenth."""
    from ...machinery import quantity

    try:
        one, other = quantity.milli(shown), quantity.milli(printed)
    except ValueError:
        return bool(_INNER.fullmatch(shown))
    return abs(one - other) * 10 <= max(one, other)


def _matches_pattern(shown: str, printed: str) -> bool:
    """Whether a line is one that a page describes by a regular expression, or with the wildcards of a shell."""
    if shown.endswith(" (re)"):
        try:
            return re.fullmatch(shown[:-5], printed) is not None
        except re.error:
            return False
    import fnmatch

    return fnmatch.fnmatchcase(printed, shown.removesuffix(" (glob)"))


def _without(pattern: re.Pattern[str], lines: list[str]) -> list[str]:
    return [line for line in lines if not pattern.match(line)]


def _within(shown: list[str], printed: list[str]) -> bool:
    """Whether all lines of the page are among those of an output, in their order."""
    left = iter(printed)
    return all(any(line == each for each in left) for line in shown if line.strip() and not ELISION.fullmatch(line))


def _nearest(line: str, printed: list[str]) -> list[str]:
    """Return the lines of an output among which a line of the page would be: those that are most like it."""
    if len(printed) <= _SHOWN:
        return printed
    return sorted(difflib.get_close_matches(line, dict.fromkeys(printed), _SHOWN // 2, 0.3), key=printed.index)


def _least(cells: list[str], age: int) -> int:
    found = interval(cells[age]) if 0 <= age < len(cells) else None
    return found[0] if found else 0


def _indent(lines: list[str], place: int) -> int:
    """Return what stands before a line; -1 where it is below a value of `describe`, which may be farther to the right
    with the fields of another release."""
    indent = len(lines[place]) - len(lines[place].lstrip())
    for above in reversed(lines[:place]):
        if found := _FIELD.match(above):
            return -1 if found.end() == indent else indent
        if len(above) - len(above.lstrip()) != indent:
            break
    return indent


def _agree(shown: list[str], printed: list[str]) -> bool:
    """Whether lines are equal, but for what the page elides; empty lines between parts may be missing or more."""
    ours = [line for line in shown if line.strip()]
    theirs = [line for line in printed if line.strip()]
    # reached[j]: the first `i` lines of the page are those up to j
    reached = {0}
    for line in ours:
        if ELISION.fullmatch(line):
            reached = set(range(min(reached), len(theirs) + 1)) if reached else set()
            continue
        reached = {place + 1 for place in reached if place < len(theirs) and theirs[place] == line}
        if not reached:
            return False
    return len(theirs) in reached
