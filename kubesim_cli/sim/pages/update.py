"""Rewriting the listings of a page in place; everything else stays byte for byte."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .outcome import Report


def updated(report: Report, text: str) -> str:
    """Return the page's text with what its commands have printed in the place of the listings that differ."""
    ending = "\r\n" if "\r\n" in text else "\n"
    lines = text.split(ending)
    for outcome in sorted(report.outcomes, key=lambda one: -one.command.line):
        listing, verdict = outcome.command.listing, outcome.verdict
        if outcome.state != "differs" or listing is None or verdict is None or verdict.equal or not listing.editable \
                or listing.level == "contains":
            continue
        first = listing.line - 1
        lines[first:first + len(listing.lines)] = [(listing.indent + line).rstrip() for line in verdict.printed]
    return ending.join(lines)
