"""Writes docs/kubectl.md: `python -m kubesim_cli.kubectl.cli.commandtable > docs/kubectl.md`."""

from __future__ import annotations

from .. import COMMANDS
from .commands import ALIASES, flags_of, spec, subcommands
from .help import GROUPS, words

_HEAD = """# The commands

Every command and flag of kubectl 1.36 is accepted. This page is written by
`python -m kubesim_cli.kubectl.cli.commandtable > docs/kubectl.md` from what the code knows, and a test compares them.
`kubectl COMMAND --help` tells more. A flag is shown with its letter and, where it has one, its default.
"""


def table() -> str:
    """Return the whole page."""
    texts = words()
    parts = [_HEAD]
    for title, names in GROUPS:
        if not names:
            continue
        parts.append(f"\n## {title.removesuffix(':')}\n")
        for name in names:
            parts += [_section(texts, command) for command in _below(name)]
    parts.append("\n## Flags of every command\n\n" + _flags("", False) + "\n")
    return "".join(parts)


def _below(command: str) -> list[str]:
    """Return a command and all commands under it."""
    return [command, *(path for name in subcommands(command) for path in _below(f"{command} {name}"))]


def _section(texts: dict, command: str) -> str:
    group, _, name = command.rpartition(" ")
    aliases = [f"`{alias}`" for alias, meant in ALIASES.get(group, {}).items() if meant == name]
    lines = [f"\n### {command}\n", f"{texts['commands'][command]['short']}", f"\n    {spec(command)['usage']}\n"]
    if aliases:
        lines.append(f"Also called {', '.join(aliases)}.\n")
    if command in COMMANDS:
        module, _, function = COMMANDS[command].partition(":")
        lines.append(f"Code: `{function}` in `kubectl/{_file(module)}`.")
    else:
        lines.append(f"Subcommands: {', '.join(subcommands(command))}.")
    if flags := _flags(command, True):
        lines.append(f"\nFlags: {flags}")
    return "\n".join(lines) + "\n"


def _file(module: str) -> str:
    import os
    path = module.replace(".", "/")
    is_package = os.path.isdir(os.path.join(os.path.dirname(__file__), os.pardir, path))
    return f"{path}/__init__.py" if is_package else f"{path}.py"


def _flags(command: str, local: bool) -> str:
    flags, shown = flags_of(command), []
    for name in sorted(name for name in flags.names() if flags.is_local(name) == local):
        short = f"-{flags.shorthand(name)}, " if flags.shorthand(name) else ""
        default = flags.default_text(name)
        shown.append(f"`{short}--{name}{'=' + default if default.strip(chr(39)) not in ('', '[]', 'false') else ''}`")
    return ", ".join(shown)


if __name__ == "__main__":
    print(table(), end="")
