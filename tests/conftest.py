"""A terminal for tests: command lines run in this process, in a home of their own, with the clock frozen.

HYPOTHESIS_PROFILE chooses how laws are tried: `default`, `ci` (reproducible) or `slow` (few examples). Only the default
minds how long an example takes.
"""

from __future__ import annotations

import io
import os
import shlex
from typing import NamedTuple

import hypothesis
import pytest

# Deadlines and the check that drawing is quick fail where a machine is busy with something else.
hypothesis.settings.register_profile("local", deadline=None,
                                     suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.register_profile("ci", parent=hypothesis.settings.get_profile("local"), derandomize=True,
                                     print_blob=True)
hypothesis.settings.register_profile("slow", deadline=None, max_examples=15,
                                     suppress_health_check=list(hypothesis.HealthCheck))
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "local"))

os.environ["KUBESIM_TRACEBACK"] = "1"  # faults of control loops fail a test, though a cluster survives them

START = "2024-01-01T00:00:00Z"


class Result(NamedTuple):
    code: int
    out: str
    err: str


class Terminal:
    """`terminal("kubectl get pods")` runs a command line and returns its Result; `cwd` is its working directory."""

    def __init__(self, home, monkeypatch):
        self.home, self.monkeypatch = home, monkeypatch
        self.environ = {"KUBESIM_HOME": str(home), "HOME": str(home), "PATH": "/usr/bin:/bin"}

    def __call__(self, line: str, stdin: str = "") -> Result:
        from kubesim_cli.main import execute

        words = shlex.split(line)
        assert words[0] == "kubectl"
        if words[1:2] == ["sim"]:
            return self.sim(words[2:])
        streams = io.StringIO(stdin), io.StringIO(), io.StringIO()
        code = execute(words[1:], self.environ, streams)
        return Result(code, streams[1].getvalue(), streams[2].getvalue())

    def sim(self, args: list[str]) -> Result:
        from contextlib import redirect_stderr, redirect_stdout

        from kubesim_cli.sim.cli import main

        out, err = io.StringIO(), io.StringIO()
        for name, value in self.environ.items():
            self.monkeypatch.setenv(name, value)
        with redirect_stdout(out), redirect_stderr(err):
            code = main(args)
        return Result(code, out.getvalue(), err.getvalue())

    def ok(self, line: str, stdin: str = "") -> str:
        """Run a command line that has to succeed; returns its stdout."""
        result = self(line, stdin)
        assert result.code == 0, result
        return result.out

    def advance(self, length: str) -> None:
        """Let time pass."""
        self.ok(f"kubectl sim clock advance {length}")


@pytest.fixture
def terminal(tmp_path, monkeypatch):
    """A terminal in an empty working directory, its cluster frozen at START and seeded."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    made = Terminal(tmp_path / "home", monkeypatch)
    made.ok("kubectl sim reset --seed test")
    made.ok(f"kubectl sim clock freeze {START}")
    return made


@pytest.fixture
def newest(terminal):
    """A terminal whose cluster is of the newest release; that of `terminal` is of the oldest."""
    terminal.environ["KUBESIM_KUBERNETES_VERSION"] = "1.36"
    terminal.ok("kubectl sim reset --seed test")
    terminal.ok("kubectl sim clock freeze 2024-01-01T00:00:00Z")
    return terminal
