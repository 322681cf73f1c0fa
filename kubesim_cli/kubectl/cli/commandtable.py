"""Writes docs/kubectl.md: `python -m kubesim_cli.kubectl.cli.commandtable > docs/kubectl.md`."""

from __future__ import annotations

from ...releases import NEWEST, release_text
from .. import PLACES, place_of
from .commands import aliases, flags_of, groups, spec, subcommands
from .help import words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object

_HEAD = """# The commands

Every command and flag of the kubectl that is played is accepted; these are those of 1.37. This page is written by
`python -m kubesim_cli.kubectl.cli.commandtable > docs/kubectl.md` from what the code knows, and a test compares them.
`kubectl COMMAND --help` tells more. A flag is shown with its letter and, where it has one, its default; the release
behind a flag is the first that has it.
"""


def table() -> str:
    """Return the whole page."""
    texts = words()
    parts = [_HEAD]
    for title, names in groups(NEWEST):
        parts.append(f"\n## {title}\n")
        for name in names:
            parts += [_section(texts, command) for command in _below(name)]
    parts.append("\n## Flags of every command\n\n" + _flags("", False) + "\n")
    return "".join(parts)


def _below(command: str) -> list[str]:
    """Return a command and all commands under it."""
    return [command, *(path for name in subcommands(command, NEWEST) for path in _below(f"{command} {name}"))]


def _section(texts: Object, command: str) -> str:
    lines = [f"\n### {command}\n", f"{texts['commands'][command]['short']}", f"\n    {spec(command)['usage']}\n"]
    if others := aliases(command):
        lines.append(f"Also called {', '.join(f'`{alias}`' for alias in others)}.\n")
    if subcommands(command) and command not in PLACES:
        lines.append(f"Subcommands: {', '.join(subcommands(command, NEWEST))}.")
    else:
        module, function = place_of(command)
        lines.append(f"Code: `{function}` in `kubectl/{_file(module)}`.")
    if flags := _flags(command, True):
        lines.append(f"\nFlags: {flags}")
    return "\n".join(lines) + "\n"


def _file(module: str) -> str:
    import os
    path = module.replace(".", "/")
    is_package = os.path.isdir(os.path.join(os.path.dirname(__file__), os.pardir, path))
    return f"{path}/__init__.py" if is_package else f"{path}.py"


def _flags(command: str, local: bool) -> str:
    flags, shown = flags_of(command, NEWEST), []
    for name in sorted(name for name in flags.names() if flags.is_local(name) == local):
        short = f"-{flags.shorthand(name)}, " if flags.shorthand(name) else ""
        default = flags.default_text(name)
        value = f"={default}" if default.strip("'") not in ("", "[]", "false") else ""
        since = flags.since(name)
        shown.append(f"`{short}--{name}{value}`" + (f" ({release_text(since)})" if since else ""))
    return ", ".join(shown)


if __name__ == "__main__":
    print(table(), end="")
