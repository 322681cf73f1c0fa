"""Containers that run a script in simulated time."""

from __future__ import annotations

import json
import time

import pytest

from kubesim_cli.kubelet.runtime.engine import Engine, Spec

START = 1_800_000_000.0
TOOLS = "example.com/tools"  # an image of which nothing is known, so that it has all programs


class Play:
    """A container whose process 1 is a shell with a script; the clock goes on with `until`."""

    def __init__(self, script: str | list[str], shell: str = "dash", seed: object = 1, **more: object):
        argv = ["bash" if shell == "bash" else "sh", "-c", script] if isinstance(script, str) else script
        self.engine = Engine(START)
        env = {"HOME": "/root", **more.pop("env", {})}
        self.engine.start("web", Spec(TOOLS, argv, env, "web-12", str(seed), **more)).space.shell = shell

    container = property(lambda self: self.engine.containers["web"])
    kernel = property(lambda self: self.engine.kernel)
    main = property(lambda self: self.container.main)

    def until(self, seconds: float) -> Play:
        """Let the container live up to so many seconds after its start."""
        self.kernel.run(START + seconds)
        return self

    def stored(self) -> Play:
        """Go on with what was stored and read again."""
        records, blobs = self.engine.freeze()
        self.engine = Engine.thaw(json.loads(json.dumps(records)), blobs)
        return self

    def kill(self, signal: str) -> Play:
        """Send process 1 a signal."""
        self.kernel.kill(self.main, signal)
        return self

    @property
    def said(self) -> list[tuple[float, str]]:
        """(seconds after the start, text) of what was said, on stdout and stderr."""
        said, _ = self.container.said.since()
        return [(round(at - START, 3), data.decode("utf-8", "replace")) for at, _, data in said]

    @property
    def text(self) -> str:
        """All that was said."""
        return "".join(text for _, text in self.said)

    def file(self, path: str) -> str:
        """Return a file of the container."""
        return bytes(self.main.space.tree.lookup(path, "/", self.container.user).inode.data).decode()


@pytest.fixture
def play():
    """`play(script, until=10, shell="dash")`"""
    def start(script, until=10.0, shell="dash", **more):
        return Play(script, shell, **more).until(until)

    return start


@pytest.fixture(autouse=True)
def no_real_second(monkeypatch):
    """A simulated second is no real one."""
    def fails(seconds):
        raise AssertionError(f"slept for {seconds} s")

    monkeypatch.setattr(time, "sleep", fails)
