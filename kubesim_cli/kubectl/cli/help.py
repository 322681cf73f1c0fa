"""Help on every command, in kubectl's layout: what commands.json knows of it and the words of help.json."""

from __future__ import annotations

from .commands import ALIASES, find, flags_of, spec, subcommands

PLUGINS = "Subcommands provided by plugins:"
GROUPS = (
    ("Basic Commands (Beginner):", ("create", "expose", "run", "set")),
    ("Basic Commands (Intermediate):", ("explain", "get", "edit", "delete")),
    ("Deploy Commands:", ("rollout", "scale", "autoscale")),
    ("Cluster Management Commands:", ("certificate", "cluster-info", "top", "cordon", "uncordon", "drain", "taint")),
    ("Troubleshooting and Debugging Commands:", (
        "describe", "logs", "attach", "exec", "port-forward", "proxy", "cp", "auth", "debug", "events")),
    ("Advanced Commands:", ("diff", "apply", "patch", "replace", "wait", "kustomize")),
    ("Settings Commands:", ("label", "annotate", "completion")),
    (PLUGINS, ()),
    ("Other Commands:", ("api-resources", "api-versions", "config", "kuberc", "plugin", "version")),
)
_MORE = 'Use "kubectl options" for a list of global command-line options (applies to all commands).\n'


def words() -> dict:
    """Return help.json: "commands" maps a command to its short, long and examples, "flags" a flag to its text.

    A flag's text for one command stands under "COMMAND FLAG", a global flag's under "global FLAG".
    """
    import json
    import os
    with open(os.path.join(os.path.dirname(__file__), "help.json"), encoding="utf-8") as file:
        return json.load(file)


def flag_text(flags: dict, command: str, name: str, is_local: bool) -> str:
    """Return what `flags` (of `words()`) says of a command's flag."""
    return (flags.get(f"{command} {name}") or flags[name]) if is_local else flags[f"global {name}"]


def text_of(command: str, environ=None) -> str:
    """Return the help on a command such as `rollout status`, or on the program for "".

    `environ`: where the program's help looks for plugins to name.
    """
    texts = words()
    own = texts["commands"].get(command, {})
    about = f"\n {own['long']}\n" if own.get("long") else ""
    return f"{own['short']}\n{about}{_usage(texts, command, environ)}"


def _usage(texts: dict, command: str, environ=None) -> str:
    """Return what follows the words on the command."""
    examples = texts["commands"].get(command, {}).get("examples")
    group, _, name = command.rpartition(" ")
    aliases = [alias for alias, meant in ALIASES.get(group, {}).items() if meant == name]
    parts = [f"\nAliases:\n{', '.join([name, *aliases])}\n"] if aliases else []
    if examples:
        parts.append("\nExamples:\n")
        parts.append("  \n".join(f"  # {comment}\n  {line}\n" for comment, line in examples))
    if not command:
        for title, names in GROUPS:
            parts.append(_plugins(environ or {}) if title == PLUGINS else _commands(texts, title, command, names))
    elif subcommands(command):
        parts.append(_commands(texts, "Available Commands:", command, subcommands(command)))
    flags = flags_of(command)
    local = [name for name in flags.names() if flags.is_local(name)]
    if local:
        parts += ["\nOptions:\n", _options(texts, command, local)]
    parts += ["\nUsage:\n  ", spec(command)["usage"], "\n\n"]
    if subcommands(command):
        parts.append(f'Use "{f"kubectl {command}".rstrip()} <command> --help" for more information about a given '
                     "command.\n")
    return "".join([*parts, _MORE])


def _commands(texts: dict, title: str, command: str, names) -> str:
    width = _width(command)
    shorts = ((name, texts["commands"][f"{command} {name}".lstrip()]["short"].rstrip(".")) for name in names)
    lines = (f"  {name:<{width}}   {short}\n" for name, short in shorts)
    return f"\n{title}\n" + "".join(lines)


def _width(command: str) -> int:
    """Return how wide the names of subcommands are (cobra's NamePadding)."""
    return max(11, *map(len, subcommands(command)))


def _plugins(environ) -> str:
    from os.path import basename

    from .plugin import PREFIX, installed
    names = dict.fromkeys(basename(path).removeprefix(PREFIX).split("-")[0].replace("_", "-")
                          for path in installed(environ)[0])
    lines = (f"  {name:<{_width('')}}   The command {name} is a plugin installed by the user\n"
             for name in names if name not in subcommands(""))
    return f"\n{PLUGINS}\n" + "".join(lines)


def _options(texts: dict, command: str, names: list[str]) -> str:
    flags, blocks = flags_of(command), []
    for name in sorted(names):
        short = f"-{flags.shorthand(name)}, " if flags.shorthand(name) else ""
        text = flag_text(texts["flags"], command, name, flags.is_local(name))
        blocks.append(f"    {short}--{name}={flags.default_text(name)}:\n\t{text}\n")
    return "\n".join(blocks)


def show(ctx, topic: list[str]) -> int:
    """Print the help on the command that `topic` names; returns the exit code."""
    command, rest = find(topic)
    if not command and rest:
        ctx.err(f"Unknown help topic [`{'` `'.join(rest)}`]\n\n{_usage(words(), '', ctx.environ)}")
    else:
        ctx.out(text_of(command, ctx.environ))
    return 0


def options(ctx, flags, args) -> None:
    """kubectl options: the global flags."""
    names = flags_of("").names()
    ctx.out("The following options can be passed to any command:\n\n" + _options(words(), "", names))
