"""Closed and full standard streams, as a shell hands them over: a write that was made is not told as failed."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full and a POSIX shell")

FULL = "write /dev/stdout: no space left on device\n"


@pytest.fixture(scope="module")
def shell(tmp_path_factory):
    """Run a shell's line in which $K is kubesim; returns (exit code, stdout, stderr)."""
    environ = {**os.environ, "KUBESIM_HOME": str(tmp_path_factory.mktemp("home") / "home"),
               "K": f"{sys.executable} -m kubesim_cli"}

    def run(line: str) -> tuple[int, str, str]:
        done = subprocess.run(["sh", "-c", line], env=environ, capture_output=True, text=True)
        return done.returncode, done.stdout, done.stderr

    return run


@pytest.mark.parametrize("line, code, err", [  # as kubectl 1.32 does, where it has the command
    ("$K create cm a{n} >/dev/full", 0, ""),
    ("$K create cm a{n} >&-", 0, ""),
    ("$K create cm a{n} <&- >&- 2>&-", 0, ""),
    ("$K create cm a{n} -v=6 2>/dev/full >&-", 0, ""),
    ("$K create cm a{n} -o yaml >/dev/full", 0, f"Warning: {FULL}"),
    ("$K create cm b -o yaml --dry-run=client >/dev/full", 1, f"error: {FULL}"),
    ("$K create cm b --dry-run=client >/dev/full", 0, ""),
    ("$K get cm -o json >/dev/full", 1, f"error: {FULL}"),
    ("$K get cm >/dev/full", 0, ""),
    ("$K get --help >/dev/full", 0, ""),
    ("$K create -f - <&-", 1, "error: no objects passed to create\n"),
    ("$K sim clock advance 1s >/dev/full", 0, f"Warning: {FULL}"),
    ("$K sim clock advance 1s >&- 2>&-", 0, ""),
    ("$K get --raw /api >/dev/full", 1, f"error: {FULL}"),
    ("$K kustomize --help >/dev/full", 0, ""),
    ("$K completion bash >/dev/full", 1, f"error: {FULL}"),
    ("$K version -o yaml >/dev/full", 0, ""),
    ("$K sim export >/dev/full", 1, f"error: {FULL}"),
    ("$K sim export >&-", 0, ""),
    ("$K sim timeline -A >/dev/full", 1, f"error: {FULL}"),
    ("$K sim status -A >/dev/full", 1, f"error: {FULL}"),
    ("$K sim env --shell sh >/dev/full", 1, f"error: {FULL}"),
    ("$K sim clock --help >/dev/full", 1, f"error: {FULL}"),
    ("$K sim snapshot save {n} >/dev/full", 0, f"Warning: {FULL}"),
    ("$K sim minikube profile list >/dev/full", 1, f"error: {FULL}"),
    ("$K sim minikube stop >/dev/full", 0, f"Warning: {FULL}"),
])
def test_words_that_cannot_be_printed_undo_nothing(shell, line, code, err):
    name = os.urandom(4).hex()
    assert shell(line.format(n=name)) == (code, "", err)
    if "create cm a{n}" in line:
        assert shell(f"$K get cm a{name} -o name") == (0, f"configmap/a{name}\n", "")


@pytest.mark.parametrize("encoding", ["utf-8:strict", "latin-1:strict"])
def test_commands_are_told_as_they_were_typed_whatever_the_locale(tmp_path, encoding):
    environ = {**os.environ, "KUBESIM_HOME": str(tmp_path), "PYTHONIOENCODING": encoding}

    def run(*words: str | bytes) -> bytes:
        return subprocess.run([sys.executable, "-m", "kubesim_cli", *words], env=environ, capture_output=True,
                              check=True).stdout

    run("sim", "answer", b"\xff", "--stdout", "x")
    run("sim", "answer", "\N{SNOWMAN}", "--stdout", "x")
    listed = run("sim", "undo", "--list")
    assert b"answer \xff --stdout" in listed and "answer \N{SNOWMAN} --stdout".encode() in listed
    assert b"answer \xff --stdout" in run("sim", "timeline")


def test_a_pipe_that_is_read_no_more_ends_the_command(shell):
    assert shell("($K get cm -o yaml; echo $? >&2) | true") == (0, "", "141\n")


def test_stdin_that_cannot_be_read_is_named_as_kubectl_does(terminal, monkeypatch):
    def fail(self):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("kubesim_cli.kubectl.context.Context.stdin", fail)
    result = terminal("kubectl create -f -")
    assert (result.code, result.err) == (1, "error: error parsing STDIN: read /dev/stdin: input/output error\n")
