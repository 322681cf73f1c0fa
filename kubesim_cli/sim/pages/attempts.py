"""What a page may mean where its commands do not come out: each such reading is tried, and kept if more comes out.

- Of several shown manifests, one is the file that a command reads and nothing else tells of.
- A manifest shown for an object that was made of another one before takes its place, just before the first command that
  does not come out without it.
- What a command has deleted by its file is made again before a command that does not find it, but for one that only
  reads in the same block.
"""

from __future__ import annotations

import os
import re
import shlex
from dataclasses import dataclass

from ...machinery.discovery import builtin
from .infer import objects_of
from .model import Command, Shown
from .onlooker import READERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .model import Page
    from .outcome import Report

_MISSING = re.compile(r"the path \"([^\"\s]+\.(?:ya?ml|json))\" does not exist")
_ABSENT = re.compile(r"NotFound|\bnot found\b|could not\s+find the requested resource|no matches for kind"
                     r"|have a resource type")
_DELETED = re.compile(r"\bkubectl\s+(?:-\S+\s+)*delete\s+(?:-f|--filename)[ =]([^\s;&|]+)")
_MOST = 4    # readings that are tried at a time
ROUNDS = 3   # and how often


@dataclass(frozen=True)
class Attempt:
    """Take the manifest in line `shown` for the file `name`, or else for what is there before the command in line
    `before`; `others` are the lines of the manifests that it is taken instead of. `again`: apply this file before the
    command in line `before`."""

    shown: int = 0
    name: str = ""
    others: tuple[int, ...] = ()
    before: int = 0
    again: str = ""

    def choose(self, page: Page) -> None:
        """Name the file, before anything is inferred; the manifests that it might have been are none."""
        if self.name:
            _shown(page, self.shown).name = self.name
            page.inferred.append(f"{self.name} is what line {self.shown} shows")
            page.items[:] = [item for item in page.items if not isinstance(item, Shown) or item.line not in self.others]

    def replace(self, page: Page) -> None:
        """Have the object be there, or take the place of the one that is, after the rest is inferred."""
        if self.before:
            text = f"kubectl apply -f {shlex.quote(self.again)}"
            if not self.again:
                file = _shown(page, self.shown)
                file.name = file.name or f"shown-{self.shown}.yaml"
                text = f"kubectl replace --force -f {shlex.quote(file.name)}"
            place = next(i for i, item in enumerate(page.items) if isinstance(item, Command)
                         and not item.origin and item.line == self.before)
            while self.again and isinstance(before := page.items[place - 1], Command) and before.line == self.before:
                place -= 1  # what is inferred for the command needs it, too
            page.items.insert(place, Command(text, self.before, -self.before, origin="inferred"))


def of(report: Report, source: Callable[[Shown], str]) -> list[Attempt]:
    """Return the readings with which a command may come out that did not. `source` returns the text of what a page
    shows."""
    items = report.page.items
    own = [command.text for command in report.page.commands if not command.origin]
    inferred = [command.text for command in report.page.commands if command.origin]
    free: list[tuple[int, Shown, list[str]]] = []
    for place, item in enumerate(items):
        if isinstance(item, Shown) and not item.appended and item.source != "given" and not _reads(own, item):
            names = [name for _, name in objects_of(source(item), builtin())]
            if names:
                free.append((place, item, names))
    found: list[Attempt] = []
    for outcome in report.bad:
        command = outcome.command
        here = items.index(command)
        before = [(item, names) for place, item, names in reversed(free) if place < here]
        if missing := _MISSING.search(outcome.output):
            found += [Attempt(item.line, missing[1].removeprefix("./"),
                              tuple(other.line for other, theirs in before if other is not item and theirs == names))
                      for item, names in before]
        elif not command.origin and not command.inside:
            listed = "\n".join(command.listing.lines) if command.listing else ""
            if _ABSENT.search(outcome.output) and not _ABSENT.search(listed):
                reads = READERS.match(command.text)  # right behind it in its block, that tells what is left
                deleted = [_DELETED.findall(item.text) for item in items[:here] if isinstance(item, Command)
                           and not (reads and item.block == command.block)]
                found += [Attempt(before=command.line, again=file) for files in deleted[::-1] for file in files][:1]
            found += [Attempt(item.line, before=command.line) for item, names in before
                      if not _reads(inferred, item) and any(_names(command.text, name) for name in names)][:2]
    return list(dict.fromkeys(found))[:_MOST]


def _reads(commands: list[str], shown: Shown) -> bool:
    """Whether one of some commands reads a file that the page shows."""
    file = os.path.basename(shown.name)
    return bool(file) and any(re.search(rf"(?<![\w-]){re.escape(file)}(?![\w-])", text) for text in commands)


def _names(text: str, name: str) -> bool:
    return re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w.-])", text) is not None


def _shown(page: Page, line: int) -> Shown:
    return next(item for item in page.items if isinstance(item, Shown) and item.line == line)
