"""Pages as pictures: each block of commands a terminal with what they print here, as SVG files or in one HTML page."""

from __future__ import annotations

import os
import re
from html import escape

from ..pictures import picture
from .commandline import plain_words
from .report import verdict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.text import Text

    from .outcome import Outcome, Report

_STATES = {"equal": "as printed", "differs": "differs", "failed": "failed", "ran": "", "left out": "left out"}
_STYLE = """\
body { font-family: sans-serif; margin: 2em auto; max-width: 70em; }
svg { max-width: 100%; height: auto; }
h3 { font-size: 1em; margin: 2em 0 .3em; }
.equal { color: #207020; } .differs, .failed { color: #b02020; } .left-out { color: #707070; }
pre { background: #f4f4f4; padding: .6em; overflow-x: auto; }
"""


def blocks(report: Report) -> Iterator[tuple[int, list[Outcome]]]:
    """Yield a page's blocks of commands in their order: the line of the first, and what became of them."""
    block: list[Outcome] = []
    for outcome in report.outcomes:
        if block and outcome.command.block != block[-1].command.block:
            yield block[0].command.line, block
            block = []
        block.append(outcome)
    if block:
        yield block[0].command.line, block


def drawing(report: Report, line: int, block: list[Outcome]) -> str:
    """Return a block's picture, as SVG."""
    return picture([line for outcome in block for line in _lines(outcome)], f"{report.page.path}:{line}")


def write_svgs(reports: list[Report], folder: str) -> list[str]:
    """Write a picture of each block of each page into a folder, called after page and line; return the paths."""
    os.makedirs(folder, exist_ok=True)
    paths = []
    for report in reports:
        name = re.sub(r"[^\w.]+", "-", os.path.splitext(os.path.relpath(report.page.path))[0]).strip("-.")
        for line, block in blocks(report):
            paths.append(os.path.join(folder, f"{name}-{line}.svg"))
            with open(paths[-1], "w", encoding="utf-8") as file:
                file.write(drawing(report, line, block))
    return paths


def as_html(reports: list[Report]) -> str:
    """Return one page that shows all blocks of the given ones, and where they differ."""
    body = []
    for report in reports:
        body.append(f"<h2>{escape(report.page.path)}</h2>\n<p class=\"{'differs' if report.bad else 'equal'}\">"
                    f"{escape(verdict(report))}</p>")
        for line, block in blocks(report):
            states = {outcome.state: _STATES[outcome.state] for outcome in block if _STATES[outcome.state]}
            told = " ".join(f'<span class="{state.replace(" ", "-")}">{text}</span>' for state, text in states.items())
            body.append(f"<h3>line {line} {told}</h3>\n{drawing(report, line, block)}")
            for outcome in block:
                if outcome.why:
                    body.append(f"<p>{escape(outcome.command.text)}: {escape(outcome.why)}</p>")
                if outcome.state == "differs" and outcome.verdict:
                    body.append(f"<pre>{escape(chr(10).join(outcome.verdict.diff))}</pre>")
    title = escape(", ".join(os.path.basename(report.page.path) for report in reports))
    return (f"<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>{title}</title>\n"
            f"<style>\n{_STYLE}</style>\n" + "\n".join(body) + "\n</html>\n")


def _lines(outcome: Outcome) -> Iterator[Text]:
    """Yield what a terminal shows of a command: the prompt, what was typed, what was printed."""
    from rich.text import Text

    first, *rest = outcome.command.text.rstrip("\n").split("\n")
    yield Text().append("$ ", "green").append(first, "bold")
    for line in rest:
        yield Text().append("> ", "green").append(line, "bold")
    if outcome.output:
        shown = outcome.output.rstrip("\n").expandtabs()
        yield from Text.from_ansi(_colored(outcome.command.text, shown)).split("\n")


def _colored(command: str, output: str) -> str:
    """Give an output the colours that kubectl's has on a terminal, where the command is a plain call of it."""
    from ...kubectl.cli.commands import find, flags_of
    from ...kubectl.cli.flags import FlagError
    from ...kubectl.printers.colors import painter

    words = plain_words(command)
    if not words or words[0] != "kubectl":
        return output
    name, rest = find(words[1:])
    flags = flags_of(name)
    try:
        flags.parse(rest)
    except FlagError:
        return output
    paint = painter(name, ("output" in flags and flags["output"]) or "")
    return paint(output) if paint else output
