"""How pages are replayed, and what became of one."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .compare import Verdict
    from .model import Command, Page, Shown


@dataclass
class Options:
    """How pages are replayed."""

    timeout: float = 60.0
    infer: bool = True
    allow: tuple[str, ...] = ()
    host_shell: bool = False
    maps: tuple[tuple[str, str], ...] = ()  # (beginning of a URL, folder)
    release: str = ""
    level: str = ""


def text_of(shown: Shown, options: Options) -> str:
    """Return the text of what a page shows; "" where it is in a file that none of the maps has."""
    if not shown.source or shown.source == "given":
        return shown.text
    for _, folder in options.maps:
        try:
            with open(os.path.join(folder, shown.source), encoding="utf-8") as file:
                return file.read()
        except (OSError, UnicodeDecodeError):
            continue
    return ""


@dataclass
class Outcome:
    """What became of a command. `state` is equal, differs, ran (nothing to compare), failed or left out."""

    command: Command
    state: str
    why: str = ""
    code: int = 0
    output: str = ""
    verdict: Verdict | None = None
    ran: str = ""  # the command as it was run, with the names that there are here
    lacks: str = ""  # what it needs and nothing on the page makes, where that is why it differs or fails


@dataclass
class Report:
    """What became of a page."""

    page: Page
    outcomes: list[Outcome] = field(default_factory=list)
    contradictions: list[tuple[int, int]] = field(default_factory=list)
    passes: int = 0
    inferred: list[str] = field(default_factory=list)  # what was taken for granted on the way

    def count(self, *states: str) -> int:
        """Return how many of the page's own commands ended so."""
        return sum(one.state in states and not one.command.origin for one in self.outcomes)

    @property
    def bad(self) -> list[Outcome]:
        """The outcomes that make the page fail."""
        return [one for one in self.outcomes if one.state in ("differs", "failed")]
