"""What a command lacks: because one before it was left out, then it is left out as well, with the line of that one; or
because nothing on the page makes it, which is told.
"""

from __future__ import annotations

import os
import re

from .model import Command, Shown
from .tables import tables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .outcome import Report

_QUOTED = r"[\"'‘]?([^\"'’:\s]+)[\"'’]?"
# How it is told that something is not there; group 1 is its name.
_ABSENT = tuple(re.compile(pattern, re.I) for pattern in (
    r"the path \"([^\"]+)\" does not exist", rf"(?:open|stat|reading|access|find|cd:|cat:) {_QUOTED}: no such file",
    rf"cannot \w+ {_QUOTED}: no such file", rf"failure on {_QUOTED} : lstat", rf"line \d+: {_QUOTED}: no such file",
    r"unknown command \"([^\"]+)\" for \"kubectl\"", r"\(NotFound\): \S+ \"([^\"]+)\" not found",
    r"context \"([^\"]+)\" does not exist", r"have a resource type \"([^\"]+)\"", r"no matches for kind \"([^\"]+)\"",
    r"serviceaccount \"([^\"]+)\" not found", r"(Metrics) API not available",
    r"Failed to connect to (?:127\.0\.0\.1|localhost) port (\d+)", r"pod \"([^\"]+)\" not found"))
_NOTHING = re.compile(r"No resources found|no objects passed to")
_WORD = re.compile(r"[A-Za-z0-9][\w.-]*")
_FILE = re.compile(r"(?<![\w./-])[\w-][\w.-]*\.(?:ya?ml|json|crt|key|pem|conf|txt)\b")  # that its listing tells of
_LISTS_FILES = re.compile(r"\s*(?:ls|find)\b[^|;&]*$")
_ASSIGNED = re.compile(r"\b([A-Za-z_]\w*)=")
_USED = re.compile(r"\$\{?([A-Za-z_]\w*)")
_PROXY = re.compile(r"\bkubectl\b[^|;&]*\sproxy\b(?!.*--port)")
_URL = re.compile(r"https?://[^\s'\"|;)<>]+")
_COMMON = {"kubectl", "apply", "create", "delete", "config", "yaml", "json", "https", "default", "kube-system"}


class LeftOut:
    """The commands of a page that were left out so far."""

    def __init__(self) -> None:
        self._lines: dict[str, int] = {}     # a word of theirs, in lower case -> the line of the first that has it
        self._variables: dict[str, int] = {}  # what they would have set -> line
        self._last = self._before = 0         # the line of the one right before the next command, and before this one

    def add(self, command: Command) -> None:
        """Take one that is left out."""
        self._last = command.line
        for word in _WORD.findall(command.text):
            if len(word) > 2 and word.lower() not in _COMMON:
                self._lines.setdefault(word.lower(), command.line)
        for name in _FILE.findall("\n".join(command.listing.lines)) if command.listing else ():
            self._lines.setdefault(name.lower(), command.line)
        if _PROXY.search(command.text):
            self._lines.setdefault("8001", command.line)
        for name in _ASSIGNED.findall(command.text):
            self._variables.setdefault(name, command.line)

    def unset(self, text: str) -> int:
        """Return the line of a command that would have set a variable which `text` uses, 0 where there is none."""
        return next((self._variables[name] for name in _USED.findall(text) if name in self._variables), 0)

    def set(self, text: str) -> None:
        """Take a command that is run: what it sets is there."""
        self._before, self._last = self._last, 0
        for name in _ASSIGNED.findall(text):
            self._variables.pop(name, None)

    def why(self, command: Command, output: str) -> str:
        """Return why a command that did not come out is left out, "" where that has another reason."""
        if self._before and _LISTS_FILES.match(command.text):
            return f"lists what the command in line {self._before} would have made"
        shown = "\n".join(command.listing.lines) if command.listing else ""
        for name in _lacking(output, shown):
            line = self._line(name.lower())
            if line and line != command.line:
                return f"needs {name}, which the command in line {line} would have made"
        return ""

    def _line(self, name: str) -> int:
        for each in (name, os.path.basename(name.rstrip("/"))):
            for word, line in self._lines.items():
                if word == each or word.endswith((f"/{each}", f"-{each}")) or each.endswith(f"-{word}") or (
                        each.startswith((f"{word}-", f"{word}."))) or word.startswith(f"{each}-"):
                    return line
        return 0


def tell_unmade(report: Report, source: Callable[[Shown], str], opened: Callable[[str], str]) -> None:
    """Say of each outcome that differs or fails what it lacks, if nothing above it on the page speaks of that.

    `source` returns the text of what a page shows, `opened` that behind a URL.
    """
    outcomes = {id(outcome.command): outcome for outcome in report.bad}
    said = ""
    for item in report.page.items:
        if isinstance(item, Shown):
            said += f"{item.name}\n{source(item)}\n"
        elif isinstance(item, Command):
            shown = "\n".join(item.listing.lines) if item.listing else ""
            if (outcome := outcomes.get(id(item))) and not item.origin:
                outcome.lacks = next((name for name in _lacking(outcome.output, shown) if not name.isdecimal()
                                      and not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", said)), "")
            said += "\n".join((item.text, shown, *map(opened, _URL.findall(item.text)))) + "\n"


def _lacking(output: str, shown: str) -> list[str]:
    """Return the names of what is not there by an output, unless the page shows that, too."""
    found = [match.group(1) for pattern in _ABSENT for match in pattern.finditer(output)]
    if not found and _NOTHING.search(output):
        found = [cells[0].rpartition("/")[2] for table in tables(shown.split("\n")) for _, cells in table.rows]
    return [name for name in found if not re.search(r"not found|does not exist|no such file", shown, re.I)]
