"""Help on every command, in kubectl's layout: what commands.json knows of it and the words of help.json."""

from __future__ import annotations

from .commands import aliases, find, flags_of, groups, in_release, spec, subcommands

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...machinery.types import Object, Release
    from ..context import Context
    from .flags import Flags

_MORE = 'Use "kubectl options" for a list of global command-line options (applies to all commands).\n'


def words() -> Object:
    """Return help.json: "commands" maps a command to its short, long and examples, "flags" a flag to its text.

    A flag's text for one command stands under "COMMAND FLAG", a global flag's under "global FLAG".
    """
    import json
    import os
    with open(os.path.join(os.path.dirname(__file__), "help.json"), encoding="utf-8") as file:
        read: Object = json.load(file)
        return read


def flag_text(flags: Object, command: str, name: str, is_local: bool) -> str:
    """Return what `flags` (of `words()`) says of a command's flag."""
    text: str = (flags.get(f"{command} {name}") or flags[name]) if is_local else flags[f"global {name}"]
    return text


def text_of(command: str, release: Release, environ: Mapping[str, str] | None = None) -> str:
    """Return a release's help on a command such as `rollout status`, or on the program for "".

    `environ`: turns on alpha flags, and is where the program's help looks for plugins to name.
    """
    texts = words()
    own = texts["commands"].get(command, {})
    about = f"\n {own['long']}\n" if own.get("long") else ""
    return f"{own['short']}\n{about}{_usage(texts, command, release, environ)}"


def _usage(texts: Object, command: str, release: Release, environ: Mapping[str, str] | None = None) -> str:
    """Return what follows the words on the command."""
    examples = [example for example in texts["commands"].get(command, {}).get("examples", ())
                if _may_be_typed(command, example[1], release)]
    parts = []
    if others := aliases(command):
        parts.append(f"\nAliases:\n{', '.join([command.rpartition(' ')[2], *others])}\n")
    if examples:
        parts.append("\nExamples:\n")
        parts.append("  \n".join(f"  # {comment}\n  {line}\n" for comment, line in examples))
    below = subcommands(command, release)
    width = max(11, *map(len, below)) if below else 0  # cobra's NamePadding
    if not command:
        shown = [_commands(texts, f"{title}:", "", names, width) for title, names in groups(release)]
        parts += [*shown[:-1], _plugins(environ or {}, below, width), shown[-1]]
    elif below:
        parts.append(_commands(texts, "Available Commands:", command, below, width))
    flags = flags_of(command, release, environ)
    local = [name for name in flags.names() if flags.is_local(name)]
    if local:
        parts += ["\nOptions:\n", _options(texts, flags, local)]
    usage = spec(command, release).get("usage")
    parts.append(f"\nUsage:\n  {usage}\n\n" if usage else "\n")
    if below:
        parts.append(f'Use "{f"kubectl {command}".rstrip()} <command> --help" for more information about a given '
                     "command.\n")
    return "".join([*parts, _MORE if usage else ""])


def _may_be_typed(command: str, line: str, release: Release) -> bool:
    """Tell whether a release has all flags of an example."""
    given = {word[2:].partition("=")[0] for word in line.split() if word.startswith("--")}
    return not any(name in flags_of(command) and name not in flags_of(command, release) for name in given)


def _commands(texts: Object, title: str, command: str, names: list[str], width: int) -> str:
    shorts = ((name, texts["commands"][f"{command} {name}".lstrip()]["short"].rstrip(".")) for name in names)
    return f"\n{title}\n" + "".join(f"  {name:<{width}}   {short}\n" for name, short in shorts)


def _plugins(environ: Mapping[str, str], commands: list[str], width: int) -> str:
    from os.path import basename

    from .plugin import PREFIX, installed
    names = dict.fromkeys(basename(path).removeprefix(PREFIX).split("-")[0].replace("_", "-")
                          for path in installed(environ)[0])
    lines = (f"  {name:<{width}}   The command {name} is a plugin installed by the user\n"
             for name in names if name not in commands)
    return "\nSubcommands provided by plugins:\n" + "".join(lines)


def _options(texts: Object, flags: Flags, names: list[str]) -> str:
    blocks = []
    for name in sorted(names):
        short = f"-{flags.shorthand(name)}, " if flags.shorthand(name) else ""
        text = flag_text(texts["flags"], flags.command, name, flags.is_local(name))
        blocks.append(f"    {short}--{name}={flags.default_text(name)}:\n\t{text}\n")
    return "\n".join(blocks)


def show(ctx: Context, topic: list[str]) -> int:
    """Print the help on the command that `topic` names; returns the exit code."""
    found, rest = find(topic)
    command = in_release(found, lambda: ctx.told_release)
    rest = rest if command else topic
    if not command and rest:
        usage = _usage(words(), "", ctx.told_release, ctx.environ)
        ctx.err(f"Unknown help topic [`{'` `'.join(rest)}`]\n\n{usage}")
    elif command == "alpha":
        alpha(ctx)
    else:
        ctx.out(text_of(command, ctx.told_release, ctx.environ))
    return 0


def alpha(ctx: Context) -> None:
    """kubectl alpha: its help, as far as the release has commands that are alpha."""
    if subcommands("alpha", ctx.told_release):
        ctx.out(text_of("alpha", ctx.told_release))
    else:
        ctx.err("No alpha commands are available in this version of kubectl\n")


def options(ctx: Context) -> None:
    """kubectl options: the global flags."""
    every = flags_of("", ctx.told_release)
    ctx.out("The following options can be passed to any command:\n\n" + _options(words(), every, every.names()))
