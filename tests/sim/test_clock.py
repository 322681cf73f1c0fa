"""`kubesim sim clock` and `sim reset`."""

from __future__ import annotations

import hashlib

import pytest


def test_the_clock_stands_still_and_moves_when_told(terminal):
    assert terminal.ok("kubectl sim clock") == "2024-01-01T00:00:00Z (frozen)\n"
    assert terminal.ok("kubectl sim clock advance 5m6s") == "2024-01-01T00:05:06Z (frozen)\n"
    assert terminal.ok("kubectl sim clock advance 1d12h") == "2024-01-02T12:05:06Z (frozen)\n"
    assert terminal.ok("kubectl sim clock set 2024-02-01") == "2024-02-01T00:00:00Z (frozen)\n"


def test_time_does_not_move_back_once_something_happened(terminal):
    assert terminal("kubectl sim clock set 2023-01-01").code == 0
    terminal.ok("kubectl create configmap a")
    result = terminal("kubectl sim clock set 2022-01-01")
    assert result.code == 1
    assert "time only moves forward" in result.err


def test_who_wants_the_clock_back_is_told_of_undo(terminal):
    assert "time only moves forward; `kubesim sim undo`" in terminal("kubectl sim clock advance -5m").err


@pytest.mark.parametrize("line", ["advance soon", "advance -5s", "freeze yesterday", "set"])
def test_what_is_no_time_is_refused(terminal, line):
    result = terminal(f"kubectl sim clock {line}")
    assert result.code == 2
    assert terminal.ok("kubectl sim clock") == "2024-01-01T00:00:00Z (frozen)\n"


def test_a_resumed_clock_runs_on_from_where_it_stood(terminal):
    assert terminal.ok("kubectl sim clock resume").startswith("2024-01-01T00:00:0")
    assert "(running, " in terminal.ok("kubectl sim clock")


def test_ages_follow_the_simulated_clock(terminal):
    terminal.ok("kubectl create configmap a")
    terminal.advance("3h")
    assert terminal.ok("kubectl get configmap a --no-headers").split() == ["a", "0", "3h"]


def test_reset_starts_over_with_the_nodes_asked_for(terminal):
    terminal.ok("kubectl create configmap a")
    terminal.ok("kubectl sim reset --nodes 3 --kubernetes-version 1.30")
    names = terminal.ok("kubectl get nodes -o name").split()
    assert names == ["node/minikube", "node/minikube-m02", "node/minikube-m03"]
    assert "v1.30." in terminal.ok("kubectl get nodes minikube")
    assert terminal("kubectl get configmap a").code == 1


def test_only_releases_that_are_emulated_are_taken(terminal):
    result = terminal("kubectl sim reset --kubernetes-version 1.12")
    assert result.code == 1
    assert "1.28" in result.err


def fingerprint(home) -> str:
    digest = hashlib.sha256()
    for path in sorted(p for p in home.rglob("*") if p.is_file()):
        digest.update(path.relative_to(home).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def test_the_same_seed_and_commands_give_the_same_bytes(terminal):
    seen = []
    for _ in range(2):
        terminal.ok("kubectl sim reset --seed 7 --nodes 2")
        import shutil

        shutil.rmtree(terminal.home)
        terminal.ok("kubectl sim reset --seed 7 --nodes 2")
        terminal.ok("kubectl sim clock freeze 2024-01-01T00:00:00Z")
        terminal.ok("kubectl create deployment web --image=nginx --replicas=3")
        terminal.advance("10s")
        terminal.ok("kubectl delete pod --all --wait=false")
        terminal.advance("1m")
        seen.append((terminal.ok("kubectl get pods,rs,events -o yaml"), fingerprint(terminal.home)))
    assert seen[0] == seen[1]


def test_a_scripted_uid_comes_out(terminal):
    terminal.ok("kubectl sim uids cm/a=11111111-2222-4333-8444-555555555555")
    assert terminal.ok("kubectl sim uids") == "configmaps/default/a=11111111-2222-4333-8444-555555555555\n"
    terminal.ok("kubectl create configmap a")
    assert terminal.ok("kubectl get cm a -o jsonpath={.metadata.uid}") == "11111111-2222-4333-8444-555555555555"
    assert terminal.ok("kubectl sim uids") == ""


@pytest.mark.parametrize("line", [
    "advance nand", "advance infd", "advance 1e400d", "advance 1e3d", "advance " + "9" * 400 + "d", "advance 4000000d",
    "set 10000-01-01T00:00:00Z", "set 9999-12-31T23:59:59-01:00", "freeze 0000-06-01", "set 0001-01-01T00:00:00+01:00",
])
@pytest.mark.parametrize("clock", ["freeze", "resume"])
def test_a_time_that_no_clock_shows_is_refused(terminal, line, clock):
    terminal.ok(f"kubectl sim clock {clock}")
    refused = terminal(f"kubectl sim clock {line}")
    assert refused.code in (1, 2) and refused.err and "kubesim failed" not in refused.err
    assert "20" in terminal.ok("kubectl sim clock").split("-")[0]


def test_a_cluster_lives_to_the_end_of_time(terminal):
    """What would be due after that is told as the last second that the API has room for."""
    terminal.ok("kubectl sim reset")
    terminal.ok("kubectl sim clock set 9999-12-31T23:59:50Z")
    terminal.ok("kubectl create deployment web --image=nginx")
    terminal.advance("9s")
    assert terminal("kubectl sim clock advance 10h").err == (
        "Error: the clock goes from 0001-01-01T00:00:00Z to 9999-12-31T23:59:59Z, which are the times that the API can "
        "tell\n")
    terminal.ok("kubectl delete deployment web --wait=false")
    terminal.ok("kubectl get pods,events")
    terminal("kubectl wait --for=delete deployment/web --timeout=1h")
    assert terminal.ok("kubectl sim clock").startswith("9999-12-31T23:59:59Z")


@pytest.mark.parametrize("clock", [{"frozen": float("nan")}, {"offset": float("inf")}, {"frozen": 1e300}])
def test_a_clock_that_an_older_kubesim_broke_runs_again(terminal, clock, monkeypatch):
    from kubesim_cli.cluster.state import ClusterState

    monkeypatch.setattr(ClusterState, "freeze_clock", lambda self, *_: self._meta.update(clock=clock))
    terminal("kubectl sim clock freeze")
    monkeypatch.undo()
    assert terminal.ok("kubectl sim clock").endswith("(running)\n")
    terminal.ok("kubectl create configmap a")


def test_a_frozen_clock_ticks_with_each_command(terminal):
    assert terminal.ok("kubectl sim clock freeze --tick 1s") == "2024-01-01T00:00:00Z (frozen, 1s with each command)\n"
    terminal.ok("kubectl create deployment web --image=nginx")
    looks = 1
    while " 1/1 " not in terminal.ok("kubectl get deployment web"):
        looks += 1
    assert 1 < looks < 20
    assert terminal.ok("kubectl sim clock") == f"2024-01-01T00:00:{looks + 1:02}Z (frozen, 1s with each command)\n"
    terminal.ok("kubectl config view")
    terminal.ok("kubectl wait --for=condition=Available deployment/web")
    assert terminal.ok("kubectl sim clock").startswith(f"2024-01-01T00:00:{looks + 2:02}Z")
    assert terminal.ok("kubectl sim undo").startswith("undone: kubectl create deployment")
    assert terminal.ok("kubectl sim clock").startswith("2024-01-01T00:00:00Z")
    assert terminal.ok("kubectl sim clock freeze") == "2024-01-01T00:00:00Z (frozen)\n"
    terminal.ok("kubectl get pods")
    assert terminal.ok("kubectl sim clock") == "2024-01-01T00:00:00Z (frozen)\n"


def test_a_clock_runs_faster(terminal, monkeypatch):
    import time

    wall = [1_800_000_000.0]
    monkeypatch.setattr(time, "time", lambda: wall[0])
    assert "running 60 times as fast as the wall clock" in terminal.ok("kubectl sim clock speed 60x")
    wall[0] += 10
    assert terminal.ok("kubectl sim clock").startswith("2024-01-01T00:10:00Z (running 60 times")
    terminal.ok("kubectl sim clock advance 1h")
    wall[0] += 1
    assert terminal.ok("kubectl sim clock speed 0.5").startswith("2024-01-01T01:11:00Z (running 0.5 times")
    wall[0] += 10
    assert terminal.ok("kubectl sim clock resume").startswith("2024-01-01T01:11:05Z (running, ")
    wall[0] += 10
    assert terminal.ok("kubectl sim clock").startswith("2024-01-01T01:11:15Z (running, ")
    terminal.ok("kubectl sim clock speed 60x")
    wall[0] += 1
    assert terminal.ok("kubectl sim clock freeze") == "2024-01-01T01:12:15Z (frozen)\n"
    for bad in ("0", "x", "-1", "1e3", "nan", "9999999x"):
        assert terminal(f"kubectl sim clock speed -- {bad}").code == 2


def test_waiting_takes_less_where_the_clock_runs_faster(terminal, monkeypatch):
    import time

    wall, slept = [1_800_000_000.0], []

    def sleep(seconds):
        slept.append(seconds)
        wall[0] += max(seconds, 0.001)

    monkeypatch.setattr(time, "time", lambda: wall[0])
    monkeypatch.setattr(time, "sleep", sleep)
    terminal.ok("kubectl sim clock speed 100x")
    terminal.ok("kubectl create deployment web --image=nginx")
    terminal.ok("kubectl rollout status deployment web")
    assert 0 < sum(slept) < 0.3
