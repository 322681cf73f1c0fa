"""Every command and every flag of kubectl 1.36 is there, and docs/kubectl.md says the same as the code."""

from importlib import import_module
from pathlib import Path

import pytest

from kubesim_cli.kubectl import COMMANDS
from kubesim_cli.kubectl.cli import commandtable
from kubesim_cli.kubectl.cli.commands import ALIASES, find, flags_of, spec, subcommands, table
from kubesim_cli.kubectl.cli.help import GROUPS, text_of, words

PATHS = [path.removeprefix("kubectl").strip() for path in table()]
LEAVES = [path for path in PATHS if path and not subcommands(path)]
VALUES = {"bool": "true", "int": "3", "int32": "3", "duration": "5s", "string": "x", "stringSlice": "x",
          "stringArray": "x", "stringToString": "a=b", "mapStringString": "a=b"}


def test_every_flag_of_every_command_is_accepted():
    accepted = 0
    for path in PATHS:
        for name in flags_of(path).names():
            flags = flags_of(path)
            value = "file=1" if name == "vmodule" else VALUES[flags.type_of(name)]
            words_ = [[f"--{name}={value}"]]
            if flags.needs_argument(name):
                words_.append([f"--{name}", value])
            if letter := flags.shorthand(name):
                words_.append([f"-{letter}={value}"])
            for given in words_:
                flags = flags_of(path)
                assert flags.parse(given) == []
                assert flags.changed(name), (path, name)
            accepted += 1
    listed = sum(len(entry.get("flags", {}).keys() | table()["kubectl"]["global_flags"].keys())
                 for entry in table().values())
    assert accepted == listed > 4000


@pytest.mark.parametrize("path", [path for path in PATHS if path])
def test_every_command_is_found(path):
    assert find([*path.split(), "--namespace", "x"]) == (path, ["--namespace", "x"])


def test_every_leaf_has_a_place():
    assert [path for path in LEAVES if path not in COMMANDS] == []
    assert [path for path in COMMANDS if path not in PATHS and not path.startswith("__") and path != "options"] == []


@pytest.mark.parametrize("path", sorted(COMMANDS))
def test_every_command_is_written(path):
    module, _, function = COMMANDS[path].partition(":")
    assert callable(getattr(import_module(f"kubesim_cli.kubectl.{module}"), function))


def test_aliases_name_commands():
    for group, names in ALIASES.items():
        assert set(names.values()) <= set(subcommands(group))


def test_the_groups_of_help_hold_every_command():
    assert sorted(name for _, names in GROUPS for name in names) == sorted(subcommands(""))


@pytest.mark.parametrize("path", PATHS)
def test_help_tells_of_every_flag(path):
    text = text_of(path)
    assert text.startswith(words()["commands"][path]["short"])
    assert spec(path)["usage"] in text
    for name in spec(path).get("flags", {}):
        assert f"--{name}=" in text


def test_the_page_in_docs_is_up_to_date():
    page = Path(__file__).parents[1] / "docs" / "kubectl.md"
    assert page.read_text(encoding="utf-8") == commandtable.table(), \
        "run: python -m kubesim_cli.kubectl.cli.commandtable > docs/kubectl.md"
