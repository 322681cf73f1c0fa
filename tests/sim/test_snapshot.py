"""`kubesim sim snapshot`."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from .test_undo import compacting as compacting
from .test_undo import state


def test_restoring_brings_everything_back(terminal, compacting):
    terminal.ok("kubectl create deployment web --image=nginx --replicas=2")
    terminal.ok("kubectl run a --image=busybox --command -- sleep infinity")
    terminal.advance("10s")
    terminal.ok("kubectl exec a -- sh -c 'echo one > /f'")
    assert terminal.ok("kubectl sim snapshot save first") == "snapshot first saved\n"
    before = state(terminal)
    terminal.ok("kubectl exec a -- sh -c 'echo two > /f'")
    terminal.ok("kubectl delete deployment web")
    terminal.ok("kubectl delete pod a --now")
    terminal.ok("kubectl create configmap new")
    terminal.advance("1d")
    after = state(terminal)
    assert terminal.ok("kubectl sim snapshot restore first") == "snapshot first restored\n"
    assert state(terminal) == before
    assert terminal.ok("kubectl exec a -- cat /f") == "one\n"
    assert terminal.ok("kubectl sim undo 2").splitlines()[1] == "undone: kubesim sim snapshot restore first"
    assert state(terminal) == after
    assert "nothing is damaged" in terminal.ok("kubectl sim doctor")


def test_snapshots_outlast_a_reset(terminal, compacting):
    terminal.ok("kubectl run a --image=busybox --command -- sleep infinity")
    terminal.advance("10s")
    terminal.ok("kubectl exec a -- sh -c 'seq 5 > /f'")
    terminal.ok("kubectl sim snapshot save first")
    terminal.ok("kubectl sim reset --seed other --kubernetes-version 1.30")
    terminal.ok("kubectl create configmap new")
    terminal.ok("kubectl sim snapshot restore first")
    assert terminal.ok("kubectl exec a -- tail -n 1 /f") == "5\n"
    assert "v1.28" in terminal.ok("kubectl get nodes")
    assert terminal.ok("kubectl sim clock") == "2024-01-01T00:00:10Z (frozen)\n"


def test_a_running_clock_runs_on_from_when_it_was_saved(terminal, monkeypatch):
    import time

    monkeypatch.setattr(time, "time", lambda: 1_800_000_000.0)
    terminal.ok("kubectl sim clock resume")
    terminal.ok("kubectl run a --image=nginx")
    monkeypatch.setattr(time, "time", lambda: 1_800_000_100.0)
    terminal.ok("kubectl sim snapshot save first")
    monkeypatch.setattr(time, "time", lambda: 1_800_009_000.0)
    terminal.ok("kubectl sim snapshot restore first")
    assert terminal.ok("kubectl get pod a --no-headers").split() == ["a", "1/1", "Running", "0", "100s"]


def test_they_are_listed_shown_replaced_and_deleted(terminal):
    assert terminal("kubectl sim snapshot list") == (0, "", "No snapshots found.\n")
    terminal.ok("kubectl sim snapshot save b")
    terminal.advance("1h")
    terminal.ok("kubectl sim snapshot save a")
    rows = [row.split() for row in terminal.ok("kubectl sim snapshot list").splitlines()]
    assert [row[:2] for row in rows] == [["NAME", "CLOCK"], ["a", "2024-01-01T01:00:00Z"],
                                         ["b", "2024-01-01T00:00:00Z"]]
    shown = terminal.ok("kubectl sim snapshot show a")
    assert "clock:      2024-01-01T01:00:00Z\n" in shown and "release:    1.28\n" in shown and "1 nodes\n" in shown
    assert terminal("kubectl sim snapshot save a") == (1, "", 'Error: there is a snapshot "a" already\n')
    terminal.ok("kubectl sim snapshot save a --replace")
    assert terminal.ok("kubectl sim snapshot delete a b") == "snapshot a deleted\nsnapshot b deleted\n"
    assert terminal("kubectl sim snapshot list").out == ""


def test_what_has_changed_is_told(terminal):
    terminal.ok("kubectl create configmap same")
    terminal.ok("kubectl create configmap gone")
    terminal.ok("kubectl create configmap other --from-literal=a=b")
    terminal.ok("kubectl sim snapshot save first")
    assert terminal("kubectl sim snapshot diff first") == (0, "", "")
    terminal.ok("kubectl delete configmap gone")
    terminal.ok("kubectl create secret generic new")
    terminal.ok("kubectl patch configmap other -p '{\"data\":{\"a\":\"c\",\"d\":\"e\"}}'")
    told = """- configmaps default/gone
~ configmaps default/other
    data.a: "b" -> "c"
    data.d: nothing -> "e"
+ secrets default/new
"""
    assert terminal("kubectl sim snapshot diff first") == (1, told, "")
    terminal.ok("kubectl sim snapshot save second")
    terminal.ok("kubectl sim reset")
    assert terminal("kubectl sim snapshot diff first second") == (1, told, "")


def test_what_is_no_snapshot_is_told_of(terminal):
    for words in ("restore no", "show no", "diff no", "delete no", "restore ../../objects"):
        result = terminal(f"kubectl sim snapshot {words}")
        assert result == (1, "", f'Error: there is no snapshot "{words.split()[1]}"\n')
    for name in ("../x", "", ".", "a/b", "a b", "-"):
        result = terminal(f"kubectl sim snapshot save -- '{name}'")
        assert result.code == 1 and "is no name for a snapshot" in result.err
    terminal.ok("kubectl sim snapshot save a")
    path = terminal.home / "clusters" / "minikube" / "snapshots" / "a.jsonl"
    data = path.read_bytes()
    for damaged in (b"", b"x\n", data[:-40], data.replace(b"default", b"defauld", 1),
                    data[:data.rfind(b',"snapshot"')]):
        path.write_bytes(damaged)
        for words in ("restore a", "show a", "diff a"):
            result = terminal(f"kubectl sim snapshot {words}")
            assert result == (1, "", 'Error: snapshot "a" is damaged; the cluster is not. '
                                     "`kubesim sim snapshot delete a` removes what is left\n"), words
    assert terminal("kubectl get configmap").code == 0
    terminal.ok("kubectl sim snapshot save b")
    assert [row.split()[:2] for row in terminal.ok("kubectl sim snapshot list").splitlines()[1:]] == [
        ["a", "damaged"], ["b", "2024-01-01T00:00:00Z"]]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes with names")
def test_what_is_no_file_is_a_damaged_snapshot_and_waited_for_by_nobody(terminal):
    terminal.ok("kubectl create configmap a")
    folder = terminal.home / "clusters" / "minikube" / "snapshots"
    (folder / "folder.jsonl").mkdir(parents=True)
    os.mkfifo(folder / "pipe.jsonl")

    def run(words: str) -> str:
        return subprocess.run([sys.executable, "-m", "kubesim_cli", "sim", *words.split()], capture_output=True,
                              text=True, timeout=60, env={**os.environ, "KUBESIM_HOME": str(terminal.home)}).stdout

    assert [row.split()[:2] for row in run("snapshot list").splitlines()[1:]] == [
        ["folder", "damaged"], ["pipe", "damaged"]]
    assert "snapshot pipe" in run("doctor")
    run("reset")  # which looks for what snapshots need
    assert run("snapshot delete pipe") == "snapshot pipe deleted\n"


def test_a_snapshot_whose_lines_are_damaged_is_in_nobodys_way(terminal):
    terminal.ok("kubectl run a --image=busybox --command -- sleep 100")
    terminal.advance("5s")
    terminal.ok("kubectl exec a -- sh -c 'head -c 100000 /dev/zero > /f'")
    terminal.ok("kubectl sim snapshot save a")
    path = terminal.home / "clusters" / "minikube" / "snapshots" / "a.jsonl"
    path.write_bytes(path.read_bytes() + b'{"part":garbage\n')
    assert terminal("kubectl sim reset").err == ""
    assert not (terminal.home / "clusters" / "minikube~unusable").exists()
