"""Pages are replayed in processes of their own, and what comes back is what it has to be."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys

import pytest

from kubesim_cli.main import execute
from kubesim_cli.sim.pages import isolated
from kubesim_cli.sim.pages.model import BadPage, Command, Page
from kubesim_cli.sim.pages.outcome import Options, Outcome, Report

RIGHT = "```console\n$ kubectl create ns a\nnamespace/a created\n```\n"
WRONG = "```console\n$ kubectl create ns a\nnamespace/b created\n```\n"


@pytest.fixture
def play(tmp_path, monkeypatch):
    """Replay pages of these texts: `play("...", "...", jobs=2)` returns what becomes of them, in their order."""
    monkeypatch.setenv("KUBESIM_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def call(*texts: str, jobs: int = 1, **told):
        names = [str(tmp_path / f"{number}.md") for number in range(len(texts))]
        for name, text in zip(names, texts):
            with open(name, "w", encoding="utf-8") as file:
                file.write(text)
        return list(isolated.reports(names, execute, Options(), jobs, **told))

    return call


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_what_becomes_of_pages_is_told_in_their_order(play, tmp_path, jobs):
    right, wrong, bad, again = play(RIGHT, WRONG, "# No commands\n", RIGHT, jobs=jobs)
    assert [[one.state for one in each.outcomes] for each in (right, wrong, again)] == [
        ["equal"], ["differs"], ["equal"]]
    assert wrong.bad[0].verdict.diff[1:] == ["-namespace/b created", "+namespace/a created"]
    assert isinstance(bad, BadPage) and str(bad) == f"{tmp_path}/2.md: has no commands that could be compared"
    assert sorted(os.listdir(tmp_path)) == ["0.md", "1.md", "2.md", "3.md"]


def test_how_far_a_page_is_is_told(play):
    told = []
    play(RIGHT, tell=lambda *progress: told.append(progress))
    assert told == [(0, 1, 1)]


def test_a_page_whose_process_dies_is_told(play, monkeypatch):
    monkeypatch.setattr("kubesim_cli.sim.pages.checking.check", lambda *task: os._exit(3))
    told = [str(bad).rpartition("/")[2] for bad in play(RIGHT, RIGHT)]
    assert told == [f"{number}.md: cannot be replayed: its process ended with 3" for number in range(2)]


def test_what_nobody_foresaw_is_told_of_its_page(play, monkeypatch):
    monkeypatch.delenv("KUBESIM_TRACEBACK", raising=False)
    monkeypatch.setattr("kubesim_cli.sim.pages.checking.check", lambda *task: 1 // 0)
    bad, = play(RIGHT)
    assert str(bad).endswith("0.md: cannot be replayed: ZeroDivisionError: integer division or modulo by zero")


def test_who_stops_to_listen_leaves_nothing_behind(play, tmp_path):
    (tmp_path / "a.md").write_text("```sh\nwhile :; do :; done\n```\n")
    (tmp_path / "b.md").write_text(RIGHT)
    first = isolated.reports([str(tmp_path / "b.md"), str(tmp_path / "a.md")], execute, Options(), 2)
    assert next(first).bad == []
    first.close()
    assert sorted(os.listdir(tmp_path)) == ["a.md", "b.md"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux ends who has lost a parent")
def test_a_page_ends_with_who_has_it_played(play, tmp_path):
    (tmp_path / "a.md").write_text(RIGHT + "```sh\nwhile :; do :; done\n```\n")
    call = ("from kubesim_cli.main import execute\nfrom kubesim_cli.sim.pages import isolated, outcome\n"
            "list(isolated.reports(['a.md'], execute, outcome.Options(), tell=lambda *told: print(told, flush=True)))")
    parent = subprocess.Popen([sys.executable, "-c", call], cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    assert parent.stdout.readline() == "(0, 1, 2)\n"
    parent.kill()
    assert parent.communicate(timeout=20) == ("", None)  # nobody is left who could write there


def test_a_page_that_cannot_be_confined_is_not_played(play, monkeypatch):
    def refuse(folders, ports=None):
        raise OSError(7, "Argument list too long", "Landlock")

    monkeypatch.delenv("KUBESIM_TRACEBACK", raising=False)
    monkeypatch.setattr("kubesim_cli.sim.pages.confined.confine", refuse)
    bad, = play(RIGHT)
    assert str(bad).endswith("cannot be replayed: OSError: [Errno 7] Argument list too long: 'Landlock'")


class Evil:
    """What runs a program when it is read."""

    def __reduce__(self):
        return os.system, ("exit 1",)


@pytest.mark.parametrize("evil", [Evil(), {"a": [Evil()]}, print, Options()])
def test_nothing_is_made_of_a_message_but_a_report(evil):
    with pytest.raises(pickle.UnpicklingError, match="is no part of a report"):
        isolated._read(pickle.dumps(("report", evil, [])))


@pytest.mark.parametrize("data", [
    b"", b"no pickle", b"\x80\x04N.", b"(dp0\nR.", pickle.dumps("told"), pickle.dumps(("told", 1)),
    pickle.dumps(([], 1)), pickle.dumps(("report", "text", [])), pickle.dumps(("bad", "1", 2))])
def test_what_is_no_message_is_told_of_its_page(play, monkeypatch, data):
    monkeypatch.setattr("kubesim_cli.sim.pages.isolated._play", lambda pipe, *task: pipe.send_bytes(data))
    bad, = play(RIGHT)
    assert "0.md: cannot be replayed: its process has told nothing that makes sense: " in str(bad)


def test_a_report_comes_through():
    report = Report(Page("page.md", "text"), [Outcome(Command("a", 1), "ran")])
    kind, read, _ = isolated._read(pickle.dumps(("report", report, [])))
    assert (kind, repr(read).partition("change=")[0]) == ("report", repr(report).partition("change=")[0])
