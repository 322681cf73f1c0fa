"""Plugins: which one takes a command over, and what `plugin list` says of them."""

import os

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="permissions and a PATH of folders")


@pytest.fixture
def plugins(terminal, tmp_path):
    """`plugins(folder, *names)` puts programs into a folder at the end of the PATH."""
    terminal.environ["PATH"] = ""

    def add(folder, *names, mode=0o755):
        path = tmp_path / folder
        path.mkdir(exist_ok=True)
        for name in names:
            (path / name).write_text("#!/bin/sh\n")
            (path / name).chmod(mode)
        if str(path) not in terminal.environ["PATH"].split(os.pathsep):
            terminal.environ["PATH"] += os.pathsep + str(path)
        return path

    return add


def test_a_list(plugins, terminal):
    folder = plugins("a", "kubectl-foo", "kubectl-bar", "other")
    (folder / "kubectl-dir").mkdir()
    assert terminal("kubectl plugin list") == (
        0, f"The following compatible plugins are available:\n\n{folder}/kubectl-bar\n{folder}/kubectl-foo\n", "")
    assert terminal.ok("kubectl plugin list --name-only").endswith("\n\nkubectl-bar\nkubectl-foo\n")


def test_no_plugins_and_a_folder_that_is_not_there(plugins, terminal):
    plugins("a")
    terminal.environ["PATH"] += f"{os.pathsep}/no/such{os.pathsep} "
    assert terminal("kubectl plugin list") == (
        1, "", 'Unable to read directory "/no/such" from your PATH: open /no/such: no such file or directory. '
               "Skipping...\nerror: unable to find any kubectl plugins in your PATH\n")


def test_one_warning(plugins, terminal):
    folder = plugins("a", "kubectl-foo", mode=0o644)
    assert terminal("kubectl plugin list") == (
        1, f"The following compatible plugins are available:\n\n{folder}/kubectl-foo\n",
        f"  - warning: {folder}/kubectl-foo identified as a kubectl plugin, but it is not executable\n"
        "error: one plugin warning was found\n")


def test_more_warnings(plugins, terminal):
    first, second = plugins("a", "kubectl-foo", "kubectl-get"), plugins("b", "kubectl-foo")
    plugins("a")  # a folder counts once
    terminal.environ["PATH"] += f"{os.pathsep}{first}"
    assert terminal("kubectl plugin list").err == (
        '  - warning: kubectl-get overwrites existing command: "kubectl get"\n'
        f"  - warning: {second}/kubectl-foo is overshadowed by a similarly named plugin: {first}/kubectl-foo\n"
        "error: 2 plugin warnings were found\n")


@pytest.mark.parametrize(("line", "program", "args"), [
    ("foo", "kubectl-foo", []), ("foo a -x", "kubectl-foo", ["a", "-x"]),
    ("foo bar-baz -v", "kubectl-foo-bar_baz", ["-v"]), ("create thing x", "kubectl-create-thing", ["x"]),
])
def test_the_longest_name_takes_over(plugins, terminal, monkeypatch, line, program, args):
    folder = plugins("a", "kubectl-foo", "kubectl-foo-bar_baz", "kubectl-create-thing", "kubectl-get")
    started = []

    def execve(path, argv, environ):
        started.append((path, argv, environ["PATH"]))
        raise SystemExit(7)

    monkeypatch.setattr(os, "execve", execve)
    with pytest.raises(SystemExit):
        terminal(f"kubectl {line}")
    path = str(folder / program)
    assert started == [(path, [path, *args], terminal.environ["PATH"])]


def test_commands_of_kubectl_are_its_own(plugins, terminal, monkeypatch):
    plugins("a", "kubectl-get", "kubectl-other")
    monkeypatch.setattr(os, "execve", None)
    assert terminal("kubectl get ns default -o name") == (0, "namespace/default\n", "")
    assert terminal("kubectl nosuch").err.startswith('error: unknown command "nosuch" for "kubectl"')
