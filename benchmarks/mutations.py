"""python benchmarks/mutations.py [PAGE...] [-j N] [--sample N] [--seed N]: whether `sim verify` sees what is wrong.

Every listing of the pages (those of fixtures/pages), which come out as printed, is made wrong in one place at a time: a
cell of a table (its name, count, state or age), a row that is missing or too many, a word or number of another line, a
line that is missing. Told are those that verify lets pass.
"""

from __future__ import annotations

import argparse
import pathlib
import random
import re
import sys
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from kubesim_cli.main import execute
from kubesim_cli.sim.pages import formats, isolated
from kubesim_cli.sim.pages.model import BadPage, Command
from kubesim_cli.sim.pages.outcome import Options
from kubesim_cli.sim.pages.tables import header

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGES = pathlib.Path(__file__).parents[1] / "fixtures" / "pages"
STATES = ("Running", "Pending", "Completed", "Bound", "Ready", "CrashLoopBackOff", "Terminating", "Error")
# What is drawn or measured anew in each cluster, or what docs/pages.md calls free.
FREE = re.compile(r"(?:LAST SEEN|DURATION|LAST SCHEDULE|IP|CLUSTER-IP|EXTERNAL-IP|NODE|ENDPOINTS|VOLUME)$")
DRAWN = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{20,}|\b\d+\.\d+\.\d+\.\d+\b|\b3[0-2]\d{3}\b|\d{4}-\d\d-\d\d|\d\d:\d\d"
                   r"|\b[a-z0-9-]+-(?:[a-f0-9]{8,10}-)?[bcdfghjklmnpqrstvwxz2456789]{5}\b|\(.*ago\)|\bago\b")


@dataclass(frozen=True)
class Change:
    """One line of a page (from 1) that becomes another, or, where `new` is None, goes; `kind` tells what is wrong."""

    page: str
    line: int
    kind: str
    new: str | None

    def applied(self, text: str) -> str:
        """Return the page's text with it."""
        lines = text.split("\n")
        lines[self.line - 1:self.line] = [] if self.new is None else self.new.split("\n")
        return "\n".join(lines)


def changes(path: str) -> Iterator[Change]:
    """Yield the changes of a page. Left as they are: names, addresses and times that are drawn anew in each cluster,
    and what is free; an age is changed where the same listing has another row of that age."""
    lines = pathlib.Path(path).read_text(encoding="utf-8").split("\n")
    for command in formats.read(path).items:
        listing = command.listing if isinstance(command, Command) and not command.left_out else None
        if listing is None or not listing.lines:
            continue
        columns: list[str] = []
        for number, shown in enumerate(listing.lines, listing.line):
            line = lines[number - 1]
            if not shown.strip() or not line.endswith(shown):
                continue
            if found := header(shown):
                columns = found[0]
                last = len(shown.rstrip())
                yield Change(path, number, "a header's word", _put(line, shown, last - len(columns[-1]), last, "WRONG"))
                continue
            cells = [(each.group(), each.start(), each.end()) for each in re.finditer(r"\S+(?: \S+)*", shown)]
            if len(cells) == len(columns):
                ages = [other.split()[-1:] for other in listing.lines if other is not shown]
                for column, (cell, begin, end) in zip(columns, cells):
                    for kind, wrong in _wrong(column, cell, [cell] in ages, listing.level == "shape"):
                        yield Change(path, number, kind, _put(line, shown, begin, end, wrong))
                yield Change(path, number, "a row is missing", None)
                first = cells[0]
                yield Change(path, number, "a row too many", line + "\n" + _put(
                    line, shown, first[1], first[2], "another" + first[0][:1]))
            else:
                for found_word in re.finditer(r"[A-Za-z]{3,}|(?<![\w.:-])\d+(?![\w.:-])", shown):
                    if not any(drawn.start() < found_word.end() and found_word.start() < drawn.end()
                               for drawn in DRAWN.finditer(shown)):
                        word = found_word.group()
                        wrong = str(int(word) + 1) if word.isdecimal() else f"un{word}"
                        yield Change(path, number, "a number" if word.isdecimal() else "a word",
                                     _put(line, shown, found_word.start(), found_word.end(), wrong))
                yield Change(path, number, "a line is missing", None)


def _put(line: str, shown: str, begin: int, end: int, wrong: str) -> str:
    """Return a line of the page in which a part of what it shows is another."""
    width = end - begin
    rest = shown[end:]
    if len(wrong) > width and rest.startswith(" " * (len(wrong) - width + 2)):
        rest = rest[len(wrong) - width:]
    elif len(wrong) < width and rest.strip():
        wrong = wrong.ljust(width)
    return line[:len(line) - len(shown)] + shown[:begin] + wrong + rest


def _wrong(column: str, cell: str, twice: bool, free: bool) -> Iterator[tuple[str, str]]:
    """Yield what is wrong in place of a cell: (kind, cell). `twice`: whether another row has that age, `free`: whether
    numbers and ages are."""
    if FREE.match(column) or DRAWN.search(cell):
        return
    if column == "AGE":
        if twice and not free and (found := re.match(r"(\d+)([smhd])", cell)):
            yield "an age", f"{int(found[1]) * 3 + 7}{found[2]}"
        return
    if (found := re.search(r"\d+", cell)) and not (free and cell.isdecimal()):
        yield "a count" if found.group() == cell or "/" in cell else "a number in a cell", \
            cell[:found.start()] + str(int(found.group()) + 1) + cell[found.end():]
    if cell in STATES:
        yield "a state", next(each for each in STATES if each != cell)
    elif re.search(r"[A-Za-z]{2}", cell) and cell[0] != "<":
        yield ("a name" if column == "NAME" else "a word in a cell"), re.sub(r"[A-Za-z]{2,}", "wrong", cell, count=1)


def survivors(chosen: list[Change], jobs: int) -> Iterator[tuple[Change, bool]]:
    """Verify a page for each change; yields it, and whether verify has told that something differs."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, change in enumerate(chosen):
            text = pathlib.Path(change.page).read_text(encoding="utf-8")
            place = pathlib.Path(folder, str(number))
            place.mkdir()
            paths.append(place / pathlib.Path(change.page).name)
            paths[-1].write_text(change.applied(text), encoding="utf-8")
        for change, done in zip(chosen, isolated.reports(list(map(str, paths)), execute, Options(), jobs)):
            yield change, isinstance(done, BadPage) or bool(done.bad)


def main() -> int:
    """Run them; returns 1 where a change is not told."""
    parser = argparse.ArgumentParser()
    parser.add_argument("pages", nargs="*", default=sorted(map(str, PAGES.iterdir())))
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-j", type=int, default=1)
    given = parser.parse_args()
    chosen = [change for page in given.pages for change in changes(page)]
    if given.sample:
        chosen = random.Random(given.seed).sample(chosen, min(given.sample, len(chosen)))
    left = 0
    for change, told in survivors(chosen, given.j):
        if not told:
            left += 1
            print(f"{change.page}:{change.line}: {change.kind}: {change.new}", flush=True)
    print(f"{len(chosen)} changes, {len(chosen) - left} told, {left} not")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
