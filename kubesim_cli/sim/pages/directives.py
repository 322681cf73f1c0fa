"""What authors steer a page with: comments such as `<!-- kubesim: advance 2m -->`."""

from __future__ import annotations

from ...go import duration
from .model import LEVELS, BadPage, Command, Directive, Page

_FLAGS = ("skip", "reset")
_VALUED = ("fails", "advance", "file", "version", "nodes", "level", "setup:")


class Pending:
    """Directives that wait for the block that they stand before."""

    def __init__(self, page: Page):
        self.page = page
        self.clear()

    def clear(self) -> None:
        """They have been heeded."""
        self.skip, self.file, self.level = False, "", ""
        self.fails: int | None = None

    def take(self, text: str, line: int) -> None:
        """Take one directive; raises BadPage for what is none.

        `level` and `nodes`, `version` before the page's first command hold for the page.
        """
        verb, _, value = text.partition(" ")
        value = value.strip()
        begun = any(isinstance(item, Command) for item in self.page.items)
        if verb not in _FLAGS + _VALUED or bool(value) != (verb in _VALUED):
            raise BadPage(self.page.path, line, f"{text!r} is no directive; there are: skip, fails CODE, advance "
                          "DURATION, reset, file NAME, version RELEASE, nodes COUNT, level LEVEL, setup: COMMAND")
        if verb == "skip":
            self.skip = True
        elif verb == "file":
            self.file = value
        elif verb == "fails":
            self.fails = self._number(value, line)
        elif verb == "level":
            if value not in LEVELS:
                raise BadPage(self.page.path, line, f"{value!r} is no level; there are {', '.join(LEVELS)}")
            if begun:
                self.level = value
            else:
                self.page.level = value
        elif verb == "setup:":
            self.page.items.append(Command(value, line, -line, origin="setup"))
        elif verb == "version" and not begun:
            self.page.release = value
        elif verb == "nodes" and not begun:
            self.page.nodes = self._number(value, line)
        else:
            if verb == "advance":
                try:
                    duration.parse(value)
                except ValueError as error:
                    raise BadPage(self.page.path, line, str(error)) from None
            elif verb == "nodes":
                self._number(value, line)
            self.page.items.append(Directive(verb, value, line))

    def apply(self, command: Command) -> None:
        """Heed what waits for a command."""
        if self.fails is not None:
            command.exit = self.fails
        self.fails = None

    def _number(self, value: str, line: int) -> int:
        if not value.isdecimal():
            raise BadPage(self.page.path, line, f"{value!r} is no number")
        return int(value)
