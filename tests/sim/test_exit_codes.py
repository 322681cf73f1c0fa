"""What a script sees of `kubesim sim`: the exit codes of the command line, not those of the functions behind it."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

import pytest


@pytest.fixture
def sim(tmp_path):
    """Call `sim("verify", "page.yaml")` in an empty directory with a home of its own; returns the finished process."""
    home = tmp_path / "home"
    (tmp_path / "work").mkdir()

    def call(*words: str, **environ: str) -> subprocess.CompletedProcess:
        keep = {name: value for name, value in os.environ.items() if not name.startswith("KUBE")}
        return subprocess.run([sys.executable, "-m", "kubesim_cli", "sim", *words], cwd=tmp_path / "work", text=True,
                              env={**keep, "KUBESIM_HOME": str(home), **environ}, capture_output=True, check=False,
                              stdin=subprocess.DEVNULL)

    return call


def page(folder: pathlib.Path, name: str, text: str) -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


RIGHT = "steps:\n- run: kubectl get configmap nosuch\n  exit: 1\n"
WRONG = "steps:\n- run: kubectl get configmap nosuch\n  exit: 0\n"


def test_verify_succeeds_where_every_step_is_as_printed(sim, tmp_path):
    done = sim("verify", page(tmp_path, "right.yaml", RIGHT))
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "right.yaml: as printed")


@pytest.mark.parametrize("flags", [(), ("--quiet",)], ids=["loud", "quiet"])
def test_verify_fails_where_a_step_differs(sim, tmp_path, flags):
    done = sim("verify", *flags, page(tmp_path, "wrong.yaml", WRONG))
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "wrong.yaml: 1 step differs")


def test_what_yaml_makes_of_fields_comes_back(sim, tmp_path):
    """A page is replayed in a process of its own, whose report may hold plain values only."""
    text = ("nodes: 2\nlevel: |-\n  same\nstart: |-\n  2024-01-01T00:00:00Z\nfiles:\n  a.txt: |\n    x\nsteps:\n"
            "- run: |\n    cat a.txt\n  exit: 0x1\n  at: |-\n    5s\n  stdout: |\n    y\n")
    done = sim("verify", page(tmp_path, "page.yaml", text))
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "page.yaml: 1 step differs")


def test_one_wrong_page_among_right_ones_is_enough(sim, tmp_path):
    pages = page(tmp_path, "wrong.yaml", WRONG), page(tmp_path, "right.yaml", RIGHT)
    assert sim("verify", "--quiet", *pages).returncode == 1


@pytest.mark.parametrize(("text", "told"), [
    ("steps: []\n", " has no steps"), ("name: a\n", " has no steps"),
    (RIGHT + "  stdot: x\n", "4: has unknown fields: stdot"), ("verson: 1\n" + RIGHT, "1: has unknown fields: verson"),
])
def test_a_page_that_would_prove_nothing(sim, tmp_path, text, told):
    done = sim("verify", page(tmp_path, "page.yaml", text))
    assert done.returncode == 2
    assert done.stderr.endswith(f"page.yaml:{told}\n")


@pytest.mark.parametrize("words", [("verify", "nosuch.yaml"), ("verify",), ("nosuch",), ("clock", "advance"),
                                   ("clock", "freeze", "yesterday"), ("reset", "--nosuch")], ids=" ".join)
def test_a_wrong_call_is_2(sim, words):
    assert sim(*words).returncode == 2


@pytest.mark.parametrize("words", [("node", "stop", "nosuch"), ("uids", "nonsense"),
                                   ("reset", "--feature-gates", "Nonsense=true")], ids=" ".join)
def test_what_cannot_be_done_is_1(sim, words):
    done = sim(*words)
    assert done.returncode == 1
    assert done.stderr


@pytest.mark.parametrize("words", [("--help",), ("verify", "--help"), ("reset", "--seed", "1"), ("clock", "freeze"),
                                   ("env", "--shell", "bash")], ids=" ".join)
def test_what_is_done_is_0(sim, words):
    assert sim(*words).returncode == 0


def test_a_damaged_store_is_1(sim, tmp_path):
    assert sim("reset").returncode == 0
    [log] = tmp_path.rglob("objects.jsonl")
    log.write_text("nonsense\n" + log.read_text(encoding="utf-8"), encoding="utf-8")
    done = sim("clock", "freeze")
    assert (done.returncode, done.stderr.startswith("error: ")) == (1, True)


@pytest.mark.skipif(os.name == "nt", reason="a shell that is a script")
@pytest.mark.parametrize(("script", "code"), [("exit 0", 0), ("exit 7", 7), ("kill -TERM $$", -15)])
def test_shell_ends_as_its_shell_does(sim, tmp_path, script, code):
    program = tmp_path / "shell"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    assert sim("shell", "--shell", str(program)).returncode == code


def test_a_shell_that_does_not_exist_is_1(sim):
    assert sim("shell", "--shell", "/nosuch/shell").returncode == 1


def test_each_command_is_in_its_module():
    """One that is asked for is imported alone, so that the rest costs nothing."""
    from importlib import import_module

    from kubesim_cli.sim import cli

    assert set(cli.whole().commands) == set(cli._MODULES)
    for name, module in cli._MODULES.items():
        assert name in {command.name for command in import_module(f"kubesim_cli.sim.{module}").COMMANDS}


@pytest.mark.parametrize("words", [
    "verify right.yaml --timeout {}", "record demo.sh --timeout {}", "watch --for {}",
    "fail request 'get pods' --with 500 --rate {}", "fail request 'get pods' --slow {}", "clock advance {}",
    "clock freeze --tick {}", "clock speed {}", "fail pod/web --slow {}", "run --tick {} -- true"])
@pytest.mark.parametrize("number", ["nan", "-inf", "-1", "x", "''"])
def test_what_is_no_number_is_refused(terminal, tmp_path, monkeypatch, words, number):
    monkeypatch.chdir(tmp_path)
    page(tmp_path, "right.yaml", RIGHT)
    page(tmp_path, "demo.sh", "kubectl get ns\n")
    assert terminal(f"kubectl sim {words.format(number)}").code == 2


@pytest.mark.parametrize("words, told", [
    ("import data.yaml", ".data: expected map, got &{5}"),
    ("reset --token-auth-file bytes", "Error: bytes is not UTF-8\n"),
    ("kind create cluster --config bytes", "it is not UTF-8\n"),
    ("record empty", "Error: what was recorded has no commands that could be compared\n")])
def test_files_that_are_something_else_are_told_as_such(terminal, tmp_path, monkeypatch, words, told):
    monkeypatch.chdir(tmp_path)
    page(tmp_path, "data.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: 5\n")
    page(tmp_path, "empty", "")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    result = terminal(f"kubectl sim {words}")
    assert result.code == 1 and told in result.err and "Traceback" not in result.err and "failed: D" not in result.err


def test_a_repair_goes_to_a_folder_that_is_named(terminal, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    terminal.ok("kubectl create configmap a")
    assert terminal("kubectl sim doctor --repair ''").code == 2 and not list(tmp_path.glob("*.jsonl"))


def test_a_title_that_is_no_text_is_no_crash(sim, tmp_path):
    (tmp_path / "work" / "demo.sh").write_text("kubectl get ns\n")
    done = sim("record", "demo.sh", "--title", os.fsdecode(b"\xff"), "-o", "demo.md")
    assert (done.returncode, done.stderr) == (0, "demo.md: as printed\n")


def test_the_list_of_commands_tells_of_each_in_a_whole_sentence(terminal):
    listed = terminal.ok("kubectl sim --help").partition("Commands:\n")[2]
    assert listed.count("\n") > 25 and "..." not in listed


@pytest.mark.parametrize("words", ["verify right.yaml --timeout {}", "record demo.sh --timeout {}"])
def test_no_command_may_take_for_ever(terminal, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    page(tmp_path, "right.yaml", RIGHT)
    page(tmp_path, "demo.sh", "kubectl get ns\n")
    assert "not in the range" in terminal(f"kubectl sim {words.format('inf')}").err
