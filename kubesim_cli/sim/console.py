"""The terminal of what is shown for people: rich's, with colours as --color and KUBESIM_COLOR want them."""

from __future__ import annotations

import sys

import click

from ..kubectl.printers import colors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from rich.console import Console

_WIDE = 10000  # columns
# How rich calls the colours of statuses.
_STYLES = {colors.SUCCESS: "green", colors.WARNING: "yellow", colors.DANGER: "red"}


def color_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option --color."""
    return click.option("--color", type=click.Choice(("auto", "always", "never")), default=None,
                        help="When there are colours; otherwise KUBESIM_COLOR says, or auto: on a terminal.")(command)


def console(environ: Mapping[str, str], color: str | None) -> Console:
    """Return the terminal on stdout. Without one, lines are as long as they are."""
    from rich.console import Console

    when = color or ("never" if environ.get("NO_COLOR") else environ.get("KUBESIM_COLOR") or "auto")
    always, on_terminal = when == "always", sys.stdout.isatty()
    return Console(highlight=False, emoji=False, width=None if on_terminal else _WIDE, force_terminal=always or None,
                   no_color={"always": False, "never": True}.get(when),
                   color_system="standard" if always and not on_terminal else "auto")


def style_of(status: str) -> str:
    """Return rich's style for a status such as Running, "" for what is none."""
    return _STYLES.get(colors.of_status(status), "")
