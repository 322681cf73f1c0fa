"""Cram's tests: commands and outputs are indented by two spaces, everything else is words; `[1]` is an exit code."""

from __future__ import annotations

from ..blocks import Builder
from ..model import Command, Listing, Page


def parse(name: str, text: str) -> Page:
    """Return the page of a cram test. Commands tell their exit codes; lines that end in (re) or (glob) are patterns."""
    page = Page(name, text)
    builder = Builder(page)
    lines = text.rstrip("\n").split("\n")
    command: Command | None = None
    for place, line in enumerate(lines):
        if line.startswith("  $ "):
            command = Command(line[4:], place + 1, place + 1, exit=0, listing=Listing([], place + 2, "  "))
            builder.pending.apply(command)
            page.items.append(command)
        elif line.startswith("  > ") and command is not None and command.listing is not None:
            command.text += "\n" + line[4:]
            command.listing.line = place + 2
        elif line.startswith("  ") and command is not None and command.listing is not None:
            if line[2:3] == "[" and line.rstrip().endswith("]") and line.strip("[] ").isdecimal():
                command.exit = int(line.strip("[] "))
            else:
                command.listing.lines.append(line[2:].removesuffix(" (no-eol)").removesuffix(" (esc)"))
        else:
            command = None
            builder.comment(line.strip().removeprefix("#"), place + 1)
    return page
