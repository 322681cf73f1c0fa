"""Every command and every flag of kubectl 1.28 to 1.37 is there, and docs/kubectl.md says the same as the code."""

import importlib
import json
import pathlib

import pytest

from kubesim_cli.kubectl import place_of
from kubesim_cli.kubectl.cli import commandtable
from kubesim_cli.kubectl.cli.commands import aliases, find, flags_of, groups, spec, subcommands
from kubesim_cli.kubectl.cli.help import text_of, words
from kubesim_cli.releases import NEWEST, OLDEST

ROOT = pathlib.Path(__file__).parents[1]
TABLE = json.loads((ROOT / "kubesim_cli" / "kubectl" / "cli" / "commands.json").read_text(encoding="utf-8"))
PATHS = list(TABLE["commands"])
RELEASES = [(1, minor) for minor in range(OLDEST[1], NEWEST[1] + 1)]
LEAVES = [path for path in PATHS if path and not subcommands(path)]
VALUES = {"bool": "true", "int": "3", "int32": "3", "duration": "5s", "string": "x", "stringSlice": "x",
          "stringArray": "x", "stringToString": "a=b", "mapStringString": "a=b", "moduleSpec": "file=1",
          "goDuration": "5s"}
ALPHA = {"KUBECTL_APPLYSET": "true"}  # turns on the flags that are alpha


def test_single_commands_are_read_as_the_whole_file_is():
    assert {path: spec(path) for path in PATHS} == TABLE["commands"]


def test_every_flag_of_every_command_is_accepted():
    accepted = 0
    for path in PATHS:
        for name in {**spec(path).get("flags", {}), **TABLE["global_flags"]}:
            flags = flags_of(path, environ=ALPHA)
            value = VALUES[flags.type_of(name)]
            words_ = [[f"--{name}={value}"]]
            if flags.needs_argument(name):
                words_.append([f"--{name}", value])
            if letter := flags.shorthand(name):
                words_.append([f"-{letter}={value}"])
            for given in words_:
                flags = flags_of(path, environ=ALPHA)
                assert flags.parse(given) == []
                assert flags.changed(name), (path, name)
            accepted += 1
    assert accepted > 4000


@pytest.mark.parametrize("path", [path for path in PATHS if path])
def test_every_command_is_found(path):
    assert find([*path.split(), "--namespace", "x"]) == (path, ["--namespace", "x"])


@pytest.mark.parametrize("path", [*LEAVES, "options", "apply", "create", "cluster-info"])
def test_every_command_is_written(path):
    module, function = place_of(path)
    assert callable(getattr(importlib.import_module(f"kubesim_cli.kubectl.{module}"), function))


def test_aliases_are_found():
    found = {f"{path.rpartition(' ')[0]} {alias}": path for path in PATHS for alias in aliases(path)}
    assert found["config use"] == "config use-context" and found["top po"] == "top pod"
    assert {words: find(words.split())[0] for words in found} == found


@pytest.mark.parametrize("release", RELEASES)
def test_the_groups_of_help_hold_every_command(release):
    assert sorted(name for _, names in groups(release) for name in names) == sorted(subcommands("", release))


@pytest.mark.parametrize("release", [OLDEST, NEWEST])
@pytest.mark.parametrize("path", PATHS)
def test_help_tells_of_every_flag(path, release):
    facts = spec(path, release)
    if not facts.get("usage"):
        return
    text = text_of(path, release, ALPHA)
    assert text.startswith(words()["commands"][path]["short"])
    assert facts["usage"] in text
    flags = flags_of(path, release, ALPHA)
    for name in flags.names():
        if flags.is_local(name):
            assert f"--{name}={flags.default_text(name)}:\n\t" in text


def test_help_json_has_words_on_every_command_and_flag():
    texts = words()
    assert sorted(texts["commands"]) == sorted([*PATHS, "help", "options"])
    told = set()
    for path in PATHS:
        for release in RELEASES:
            flags = flags_of(path, release, ALPHA)
            for name in flags.names() if spec(path, release) else ():
                own = f"{path} {name}" if flags.is_local(name) else f"global {name}"
                told.add(own if own in texts["flags"] else name)
                assert texts["flags"].get(own) or texts["flags"][name], own
    assert set(texts["flags"]) - told == set()


# What a release's kubectl has, as its own help told.
@pytest.mark.parametrize(("command", "name", "since", "until"), [
    ("delete", "interactive", 29, 38), ("logs", "all-pods", 31, 38), ("apply", "subresource", 32, 38),
    ("kustomize", "helm-debug", 32, 38), ("autoscale", "cpu", 34, 38), ("autoscale", "cpu-percent", 28, 34),
    ("run", "filename", 31, 37), ("run", "detach-keys", 36, 38), ("explain", "max-depth", 37, 38),
    ("get", "watch", 28, 38)])
def test_help_shows_the_flags_of_the_release(command, name, since, until):
    shown = [release[1] for release in RELEASES if f"--{name}=" in text_of(command, release)]
    assert shown == list(range(since, until))


def test_help_is_that_of_the_release():
    assert "-o, --output='plaintext':" not in text_of("explain", (1, 31))
    assert "-o, --output='plaintext':" in text_of("explain", (1, 32))
    assert "--profile='legacy':" in text_of("debug", (1, 35))
    assert "--profile='general':" in text_of("debug", (1, 36))
    assert "[--cpu-percent=CPU]" in text_of("autoscale", (1, 33))
    assert "[--cpu=CPU] [--memory=MEMORY]" in text_of("autoscale", (1, 34))
    assert ["kuberc" in subcommands("", release) for release in RELEASES] == [False] * 8 + [True, True]
    assert ["alpha" in subcommands("", release) for release in RELEASES] == [False] * 7 + [True, False, False]


def test_the_page_in_docs_is_up_to_date():
    page = ROOT / "docs" / "kubectl.md"
    assert page.read_text(encoding="utf-8") == commandtable.table(), \
        "run: python -m kubesim_cli.kubectl.cli.commandtable > docs/kubectl.md"
