"""A simulated process ends in a way of its own, whatever it does; each of these once failed whole commands."""

from __future__ import annotations

import warnings

import pytest

from kubesim_cli.kubelet.runtime import bounds, process
from kubesim_cli.kubelet.runtime.shell import Shell, World


def ended(script):
    """Return (exit code or None, output) of a script, run as containers are."""
    shell = Shell(World(), {})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        end = process._run(shell, ["sh", "-c", script])
    return end.code, "".join(text for _, text in shell.out)


@pytest.mark.parametrize("script", [
    "exit ²", "seq --5", "printf %d --5", "printf %f abc", "printf '%1.2.3d' 1", "printf '%5%'",
    "printf '%999999999d' 1", "$(" * 400 + ")" * 400,
    "if true; then " * 500 + ":" + "; fi" * 500, "{ " * 500 + ":;" + " }" * 500,
    "x=aaaaaaaaaaaaaaaa; i=0; while [ $i -lt 60 ]; do x=$x$x; i=$((i+1)); done",
    "echo a > f; for i in $(seq 1 60); do cat f f > g; cp g f; done",
])
def test_what_a_process_cannot_do_is_its_own_error(script):
    assert ended(script)[0] == 2


@pytest.mark.parametrize("script", [f"echo $(({'1+' * 3000}1))", f"echo $(({'- ' * 5000}1))"])
def test_long_arithmetic_is_done_or_its_own_error(script):
    """How deep an expression Python parses differs by its release."""
    assert ended(script)[0] in (0, 2)


def test_loops_without_end_go_on():
    assert ended("for i in $(seq 1 20000); do for j in $(seq 1 20000); do x=1; done; done")[0] is None


@pytest.mark.parametrize(("script", "output"), [
    ("break; continue 2; echo on", "on\n"), ("for i in 1 2; do sh -c 'break; echo $0' $i; done", "1\n2\n"),
    ("for i in 1 2; do for j in 1 2; do break 9; done; done; echo out", "out\n"),
    ("echo $((1(2)))", "0\n"), ("x=9; for i in 1 2 3 4 5 6; do x=$((x*x)); done; echo $x", "-9204772141784466943\n"),
])
def test_it_goes_on_as_real_shells_do(script, output):
    assert ended(script) == (0, output)


def test_a_process_cannot_catch_the_end_of_its_budget():
    """A shell goes on beside a job that is endless."""
    assert ended("(while true; do :; done) & echo on") == (0, "on\n")
    assert ended("(for i in $(seq 1 20000); do for j in $(seq 1 20000); do x=1; done; done) & echo on") == (None, "")


@pytest.mark.parametrize(("problem", "code", "killed", "trouble"), [
    (bounds.Exit(256 + 3), 3, False, ""), (bounds.Endless(), None, False, ""), (bounds.OutOfSteps(), None, False, ""),
    (bounds.OutOfMemory(), 2, True, ""), (MemoryError(), 2, True, ""), (RecursionError(), 2, False, ""),
    (KeyError("x"), 2, False, "KeyError: 'x'"),
])
def test_how_a_process_ends(problem, code, killed, trouble):
    def fails():
        raise problem

    end = bounds.run(fails)
    assert (end.code, end.killed, end.trouble) == (code, killed, trouble)


def test_the_memory_that_budgets_do_not_see_is_bounded():
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_AS)
    lift = bounds._limit_memory()
    inside = resource.getrlimit(resource.RLIMIT_AS)
    lift()
    assert resource.getrlimit(resource.RLIMIT_AS) == before
    assert inside[0] == before[0] or 0 < inside[0] < 1 << 40


@pytest.mark.parametrize(("limits", "code", "reason"), [({"memory": "64Mi"}, 137, "OOMKilled"), ({}, 2, "Error")])
def test_too_much_memory_is_killed_where_there_is_a_limit(limits, code, reason, monkeypatch):
    monkeypatch.setattr(process.environment, "environment", lambda api, pod, container: ({}, ""))
    monkeypatch.setattr(process.environment, "world", lambda *args: World())
    container = {"name": "c", "image": "busybox", "resources": {"limits": limits},
                 "command": ["sh", "-c", "x=aa; while :; do x=$x$x; [ $x = b ] && break; done"]}
    result = process.outcome(None, {}, container, 0.0, "main")
    assert (result.code, result.reason) == (code, reason)
