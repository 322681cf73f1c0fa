"""What takes long shows how far it is, on a terminal alone, and may be interrupted."""

from __future__ import annotations

import io
import itertools

import pytest

from kubesim_cli import main
from kubesim_cli.cluster.progress import Progress

MANIFESTS = "".join(f"---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c{i}}}\n" for i in range(200))
LINE = "\r64 changes, the clock at 2024-01-01T00:00:00Z (Ctrl-C leaves all as it was)\x1b[K"
NOW = 1704067200.0


class Screen(io.StringIO):
    """Stderr as a terminal is; `interrupt`: the user types Ctrl-C at the first line."""

    interrupt = False

    def isatty(self):
        return True

    def write(self, text):
        if self.interrupt and text.startswith("\r"):
            raise KeyboardInterrupt
        return super().write(text)


def test_nothing_is_told_within_a_second_nor_too_often():
    screen, times = Screen(), iter([0.0, 0.9, 1.1, 1.2, 1.4])
    progress = Progress(screen, lambda: next(times))
    for _ in range(4):
        progress.show(64, NOW)
    assert screen.getvalue() == LINE * 2
    progress.end()
    progress.end()
    assert screen.getvalue() == LINE * 2 + "\r\x1b[K"


def test_what_is_no_terminal_is_told_nothing():
    stream = io.StringIO()
    progress = Progress(stream, itertools.count(step=10.0).__next__)
    progress.show(64, NOW)
    progress.show(128, NOW)
    progress.end()
    assert stream.getvalue() == ""


@pytest.fixture
def slow(terminal, monkeypatch):
    """A terminal on which each look at the real clock takes a second."""
    monkeypatch.setattr("time.time", itertools.count(1.7e9).__next__)
    return terminal


def run(terminal, screen, words):
    return main.execute(words, terminal.environ, (io.StringIO(MANIFESTS), screen, screen))


def test_a_long_command_shows_how_far_it_is(slow):
    screen = Screen()
    assert run(slow, screen, ["create", "-f", "-"]) == 0
    shown, _, rest = screen.getvalue().rpartition("\r\x1b[K")
    assert shown.startswith("\r") and " changes, the clock at 2024-01-01T00:00:00Z (Ctrl-C" in shown
    assert rest.startswith("configmap/c0 created\nconfigmap/c1 created\n")


def test_an_interrupted_command_has_done_nothing(slow, monkeypatch):
    screen, execute = Screen(), main.execute
    screen.interrupt = True
    monkeypatch.setattr(main, "execute", lambda words, environ: execute(
        words, slow.environ, (io.StringIO(MANIFESTS), screen, screen)))
    assert main.main(["create", "-f", "-"]) == 130
    monkeypatch.undo()
    assert slow.ok("kubectl get cm -o name") == "configmap/kube-root-ca.crt\n"
    assert slow.ok("kubectl create cm later") == "configmap/later created\n"
