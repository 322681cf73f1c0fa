"""Each system call of a write fails in turn, by strace: what was told as done is done, and what was not is not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

STRACE = shutil.which("strace")
CALLS = [("fsync", ""), ("rename", ""), ("unlink", ""), ("fchmod", ""), ("openat", "head.json"),
         *((call, "objects.jsonl") for call in ("openat", "read", "lseek", "write", "close")),
         *((call, "lock") for call in ("openat", "write", "fcntl", "newfstatat"))]


def _traceable() -> bool:
    return STRACE is not None and not subprocess.run([STRACE, "-o", os.devnull, "true"], capture_output=True).returncode


pytestmark = pytest.mark.skipif(not _traceable(), reason="needs strace, and leave to trace")


@pytest.mark.parametrize("call, name", CALLS)
def test_a_write_is_made_where_it_is_told_and_nowhere_else(tmp_path, call, name):
    environ = {**os.environ, "KUBESIM_HOME": str(tmp_path / "home")}
    environ.pop("KUBESIM_TRACEBACK", None)
    folder, trace = tmp_path / "home" / "clusters" / "minikube", tmp_path / "trace"

    def run(*args, before=()):
        return subprocess.run([*before, sys.executable, "-m", "kubesim_cli", *args], env=environ, capture_output=True,
                              text=True)

    assert run("create", "configmap", "first").returncode == 0
    for when in (1, 2, 3):
        strace = [STRACE, "-f", "-o", str(trace), "-e", f"trace={call}", "-e", f"inject={call}:error=EIO:when={when}"]
        done = run("create", "configmap", f"c{when}", before=[*strace, *(["-P", str(folder / name)] if name else [])])
        if not trace.exists() or "INJECTED" not in trace.read_text():
            break
        there = run("get", "configmap", f"c{when}").returncode == 0
        assert there == (done.returncode == 0), done
        assert "kubesim failed" not in done.stderr
        assert call == "unlink" or not list(folder.glob("*.tmp"))
    assert run("sim", "doctor").returncode == 0
    if when == 1:
        pytest.skip("this call is not made here")
