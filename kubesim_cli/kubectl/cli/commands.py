"""The tree of commands: finding one in a command line as cobra does, and what to suggest for a misspelt one.

commands.json was taken from a real kubectl; keys are full paths, `kubectl rollout status`. Elsewhere a command is
named without the program: `rollout status`, and "" is the program itself.
"""

from __future__ import annotations

from .flags import Flags

ALIASES = {
    "config": {"use": "use-context"},
    "create": {"cj": "cronjob", "cm": "configmap", "deploy": "deployment", "ing": "ingress", "ns": "namespace",
               "pc": "priorityclass", "pdb": "poddisruptionbudget", "resourcequota": "quota",
               "sa": "serviceaccount", "svc": "service"},
    "set": {"sa": "serviceaccount"},
    "top": {"no": "node", "nodes": "node", "po": "pod", "pods": "pod"},
}
_SUGGEST_FOR = {"delete": ("rm", "remove"), "describe": ("inspect",), "get": ("list", "ls"), "top": ("stats",)}
# cobra's own: neither is in commands.json.
_BUILT_IN = {"help": {"usage": "kubectl help [command] [options]"}, "options": {"usage": "kubectl options"},
             "__complete": {}, "__completeNoDesc": {}}

_commands: dict = {}


def table() -> dict:
    """Return commands.json: path -> {"usage", "flags", "commands", "global_flags"}."""
    if not _commands:
        import json
        import os
        with open(os.path.join(os.path.dirname(__file__), "commands.json"), encoding="utf-8") as file:
            _commands.update(json.load(file))
    return _commands


def spec(command: str) -> dict:
    """Return what commands.json says of `rollout status`, or of the program for ""."""
    return table()[f"kubectl {command}".rstrip()] if command not in _BUILT_IN else _BUILT_IN[command]


def subcommands(command: str) -> list[str]:
    """Return the names below a command, in kubectl's order."""
    return spec(command).get("commands", [])


def flags_of(command: str) -> Flags:
    """Return the command's flags, none of them given yet."""
    return Flags(command, spec(command).get("flags", {}), table()["kubectl"]["global_flags"])


def find(words: list[str]) -> tuple[str, list[str]]:
    """Return the deepest command that `words` name and the words without its names (cobra's Command.Find)."""
    command = ""
    while True:
        position = first_argument(words, flags_of(command))
        if position < 0:
            return command, words
        name = ALIASES.get(command, {}).get(words[position], words[position])
        if name not in subcommands(command) and (command or name not in _BUILT_IN):
            return command, words
        command = f"{command} {name}".lstrip()
        words = words[:position] + words[position + 1:]


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


def suggestions(command: str, typed: str) -> list[str]:
    """Return the subcommands that `typed` may have meant (cobra's SuggestionsFor)."""
    found = []
    for name in subcommands(command):
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
