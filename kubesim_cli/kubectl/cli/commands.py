"""The tree of commands: finding one in a command line as cobra does, and what to suggest for a misspelt one.

commands.json is taken from the kubectls of all releases by hack/update_commands.py. A command is named without the
program: `rollout status`, and "" is the program itself.
"""

from __future__ import annotations

from ...go.jsontext import Entries, text_of
from .flags import Flags, of_release

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ...machinery.types import Object, Release

_SUGGEST_FOR = {"delete": ("rm", "remove"), "describe": ("inspect",), "get": ("list", "ls"), "top": ("stats",)}
# cobra's own: neither is in commands.json.
_BUILT_IN = {"help": {"usage": "kubectl help [command] [options]"}, "options": {"usage": "kubectl options"},
             "__complete": {}, "__completeNoDesc": {}}

_entries: list[Entries] = []  # of commands.json, once it was read


def _entry(key: str) -> Object:
    """Return the value of a key that begins a line of commands.json, as commands and `global_flags` do.

    A command needs three entries of more than a hundred: these alone are decoded.
    """
    if not _entries:
        import os

        _entries.append(Entries(text_of(os.path.join(os.path.dirname(__file__), "commands.json"))))
    found: Object = _entries[0][key]
    return found


def spec(command: str, release: Release | None = None) -> Object:
    """Return what commands.json says of `rollout status`, or of the program for "": "usage", "flags", "commands",
    "aliases", of the program "groups". With a release, as its kubectl says it; {} where it has no such command."""
    found = _BUILT_IN[command] if command in _BUILT_IN else _entry(command)
    return found if release is None else of_release(found, release) or {}


def subcommands(command: str, release: Release | None = None) -> list[str]:
    """Return the names below a command, in kubectl's order: those of any release, or those that a release shows."""
    facts = spec(command)
    names = facts.get("commands") or [name for _, grouped in facts.get("groups", ()) for name in grouped]
    if release is None:
        return names
    return [name for name in names if _shown(f"{command} {name}".lstrip(), release)]


def groups(release: Release | None = None) -> list[tuple[str, list[str]]]:
    """Return the commands by the groups in which the program's help shows them: (title, names)."""
    return [(title, [name for name in names if release is None or _shown(name, release)])
            for title, names in spec("")["groups"]]


def in_release(command: str, release_of: Callable[[], Release]) -> str:
    """Return the command, or where a release does not have it the deepest above it that it has. `release_of()`
    returns the release, and is not called where it makes no difference."""
    while command and any(key in spec(command) for key in ("since", "until")) and not spec(command, release_of()):
        command = command.rpartition(" ")[0]
    return command


def _shown(command: str, release: Release) -> bool:
    facts = spec(command, release)
    return bool(facts) and not facts.get("hidden")


def aliases(command: str) -> list[str]:
    """Return the other names of a command."""
    names: list[str] = spec(command).get("aliases", [])
    return names


def flags_of(command: str, release: Release | None = None, environ: Mapping[str, str] | None = None) -> Flags:
    """Return the command's flags, none of them given yet: those of any release, or those of one.

    `environ` turns on flags that are alpha: they exist only where their variable is `true`.
    """
    return Flags(command, _of(spec(command).get("flags", {}), release, environ or {}),
                 _of(_entry("global_flags"), release, environ or {}))


def _of(flags: Object, release: Release | None, environ: Mapping[str, str]) -> Object:
    there = {name: facts for name, facts in flags.items()
             if "alpha" not in facts or environ.get(facts["alpha"], "").lower() == "true"}
    if release is None:
        return there
    return {name: facts for name, raw in there.items() if (facts := of_release(raw, release)) is not None}


def find(words: list[str]) -> tuple[str, list[str]]:
    """Return the deepest command that `words` name and the words without its names (cobra's Command.Find)."""
    command = ""
    while True:
        position = first_argument(words, flags_of(command))
        if position < 0:
            return command, words
        name = _resolved(command, words[position])
        if not name:
            return command, words
        command = f"{command} {name}".lstrip()
        words = words[:position] + words[position + 1:]


def _resolved(command: str, word: str) -> str:
    """Return the name of the subcommand that a word means, or ""."""
    names = subcommands(command)
    if word in names or (not command and word in _BUILT_IN):
        return word
    return next((name for name in names if command and word in aliases(f"{command} {name}")), "")


def first_argument(words: list[str], flags: Flags) -> int:
    """Return the position of the first word that is no flag and no flag's value, or -1."""
    position = 0
    while position < len(words):
        word = words[position]
        if word == "--":
            return -1
        if word[:1] != "-":
            if word:
                return position
        elif "=" not in word and _takes_next(word, flags):
            position += 1
        position += 1
    return -1


def _takes_next(word: str, flags: Flags) -> bool:
    if word.startswith("--"):
        return word[2:] not in flags or flags.needs_argument(word[2:])
    if len(word) != 2:
        return False
    name = flags.find_shorthand(word[1])
    return not name or flags.needs_argument(name)


def suggestions(command: str, typed: str, release: Release) -> list[str]:
    """Return the subcommands of a release that `typed` may have meant (cobra's SuggestionsFor)."""
    found = []
    for name in subcommands(command, release):
        if _distance(typed.lower(), name.lower()) <= 2 or name.lower().startswith(typed.lower()):
            found.append(name)
        if not command and typed.lower() in _SUGGEST_FOR.get(name, ()):
            found.append(name)
    return found


def _distance(one: str, other: str) -> int:
    """Return the Levenshtein distance."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        previous, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            previous, row[j] = row[j], previous if a == b else min(previous, row[j], row[j - 1]) + 1
    return row[-1]
