"""`kubesim sim undo` and `redo`."""

from __future__ import annotations

import pytest

from kubesim_cli.store import past, snapshots
from kubesim_cli.store.rewriting import compact
from kubesim_cli.store.store import Store


def state(terminal):
    """Return all that is in the cluster's store, as it is committed."""
    found = Store(str(terminal.home / "clusters" / "minikube"))
    try:
        return ({(name, key): found.get(name, key) for name in found.resources() for key in found.keys(name)},
                found.parts(), found.timers.due, found.timers.notes, found.meta, found.revision)
    finally:
        found.close()


COMMANDS = ["create deployment web --image=nginx --replicas=2", "sim clock advance 10s",
            "scale deployment web --replicas=4", "sim clock advance 3s", "label node minikube a=b",
            "delete deployment web", "create configmap c --from-literal=a=b",
            "sim clock advance 1h", "delete configmap c", "run a --image=busybox --command -- sleep 100",
            "sim clock advance 20s", "exec a -- sh -c 'echo 1 > /f'", "sim image fail nginx"]


@pytest.fixture
def compacting(monkeypatch):
    """Every commit compacts the log."""
    plain = Store.commit

    def commit(self, *args, **kwargs):
        plain(self, *args, **kwargs)
        if self.exists:
            compact(self)
            self.write_head()

    monkeypatch.setattr(Store, "commit", commit)


@pytest.mark.parametrize("compacts", [False, True])
def test_the_cluster_becomes_what_it_was_step_by_step_and_comes_again(terminal, request, compacts):
    if compacts:
        request.getfixturevalue("compacting")
    states = []
    for command in COMMANDS:
        states.append(state(terminal))
        terminal.ok(f"kubectl {command}")
    states.append(state(terminal))
    for before, command in zip(reversed(states[:-1]), reversed(COMMANDS)):
        assert terminal.ok("kubectl sim undo").split()[2:4] == command.split()[:2]
        assert state(terminal) == before, command
    for after, command in zip(states[1:], COMMANDS):
        terminal.ok("kubectl sim redo")
        assert state(terminal) == after, command
    terminal.ok(f"kubectl sim undo {len(COMMANDS)}")
    assert state(terminal) == states[0]
    terminal.ok(f"kubectl sim redo {len(COMMANDS) - 4}")
    assert state(terminal) == states[-5]
    assert "nothing is damaged" in terminal.ok("kubectl sim doctor")


def test_commands_are_named_and_a_new_one_ends_what_could_be_done_again(terminal):
    terminal.ok("kubectl create configmap one")
    terminal.ok("kubectl create configmap two")
    terminal.ok("kubectl get configmap")
    assert terminal.ok("kubectl sim undo") == "undone: kubectl create configmap two\n"
    assert terminal.ok("kubectl sim undo --list").splitlines()[0] == "  1  kubectl create configmap one"
    assert terminal.ok("kubectl sim undo --list").splitlines()[-1] == " -1  kubectl create configmap two (undone)"
    terminal.ok("kubectl create configmap three")
    result = terminal("kubectl sim redo")
    assert result.code == 1 and result.err == "Error: there is nothing to redo\n"
    assert "three" in terminal.ok("kubectl get configmap -o name")


def test_there_is_no_more_to_undo_than_was_done(terminal):
    terminal.ok("kubectl create configmap one")
    result = terminal("kubectl sim undo 9")
    assert result.code == 1 and result.err == "Error: there are only 2 to undo\n"
    assert "one" in terminal.ok("kubectl get configmap -o name")


def test_without_a_cluster_there_is_nothing_to_undo(terminal):
    terminal.environ["KUBESIM_HOME"] = str(terminal.home / "new")
    assert terminal("kubectl sim undo") == (1, "", "Error: there is nothing to undo\n")
    assert terminal("kubectl sim redo") == (1, "", "Error: there is nothing to redo\n")
    assert terminal("kubectl sim undo --list") == (0, "", "")


def test_a_running_clock_goes_back_and_runs_on(terminal, monkeypatch):
    import time

    monkeypatch.setattr(time, "time", lambda: 1_800_000_000.0)
    terminal.ok("kubectl sim clock resume")
    terminal.ok("kubectl create configmap one")
    monkeypatch.setattr(time, "time", lambda: 1_800_000_100.0)
    terminal.ok("kubectl create configmap two")
    monkeypatch.setattr(time, "time", lambda: 1_800_000_500.0)
    terminal.ok("kubectl sim undo")
    assert terminal.ok("kubectl sim clock").startswith("2024-01-01T00:01:40Z (running")
    monkeypatch.setattr(time, "time", lambda: 1_800_000_510.0)
    assert "110s" in terminal.ok("kubectl get configmap one")


def test_freezing_a_clock_is_undone(terminal):
    terminal.ok("kubectl sim clock advance 1h")
    terminal.ok("kubectl sim clock resume")
    terminal.ok("kubectl sim undo")
    assert terminal.ok("kubectl sim clock") == "2024-01-01T01:00:00Z (frozen)\n"


def test_the_last_hundred_commands_are_remembered_whatever_was_compacted(terminal, monkeypatch, compacting):
    monkeypatch.setattr(past, "COMMANDS", 5)
    monkeypatch.setattr(past, "STEPS", 15)
    for number in range(12):
        terminal.ok(f"kubectl create configmap c{number}")
    assert len(terminal.ok("kubectl sim undo --list").splitlines()) == 5
    terminal.ok("kubectl sim undo 5")
    names = terminal.ok("kubectl get configmap -o name")
    assert "c6" in names and "c7" not in names
    terminal.ok("kubectl sim redo 5")
    assert "c11" in terminal.ok("kubectl get configmap -o name")


def test_what_is_kept_of_the_past_is_bounded(terminal, monkeypatch, compacting):
    monkeypatch.setattr(past, "MOST", 3000)
    terminal.ok("kubectl create configmap a --from-literal=a=b")
    for number in range(30):
        terminal.ok(f"kubectl patch configmap a -p '{{\"data\":{{\"a\":\"{number:0500}\"}}}}'")
    kept = list((terminal.home / "clusters" / "minikube").glob("past-*.jsonl"))
    assert len(kept) == 1 and kept[0].stat().st_size < 20_000
    assert len(terminal.ok("kubectl sim undo --list").splitlines()) < 10
    terminal.ok("kubectl sim undo")
    assert f"{28:0500}" in terminal.ok("kubectl get configmap a -o jsonpath={.data.a}")


def test_a_file_that_was_written_in_a_container_comes_back_after_compactions(terminal, monkeypatch, compacting):
    terminal.ok("kubectl run a --image=busybox --command -- sleep infinity")
    terminal.ok("kubectl sim clock advance 10s")
    terminal.ok("kubectl exec a -- sh -c 'seq 1 3000 > /f'")
    terminal.ok("kubectl exec a -- sh -c 'echo no > /f'")
    terminal.ok("kubectl delete pod a --now")
    for number in range(5):
        terminal.ok(f"kubectl create configmap c{number}")
    terminal.ok("kubectl sim undo 7")
    assert terminal.ok("kubectl exec a -- tail -n 1 /f") == "3000\n"


def test_the_past_of_another_log_counts_for_nothing(terminal, monkeypatch, compacting):
    for number in range(4):
        terminal.ok(f"kubectl create configmap c{number}")
    kept, = (terminal.home / "clusters" / "minikube").glob("past-*.jsonl")
    data = kept.read_bytes()
    for damaged in (b"", data[:50], data[:-1], data.replace(b"c2", b"c9"), b"x" * 99):
        kept.write_bytes(damaged)
        assert terminal.ok("kubectl sim undo --list").count("create configmap") <= 4
        assert terminal("kubectl get configmap c3").code == 0
    terminal.ok("kubectl sim reset --seed b")
    assert not list((terminal.home / "clusters" / "minikube").glob("past-*.jsonl"))
    assert terminal("kubectl sim undo").err == "Error: there is nothing to undo\n"


def test_watchers_hear_of_what_is_undone(terminal):
    terminal.ok("kubectl create configmap one --from-literal=a=1")
    terminal.ok("kubectl patch configmap one -p '{\"data\":{\"a\":\"2\"}}'")
    other = Store(str(terminal.home / "clusters" / "minikube"))
    heard = other.follow()
    terminal.ok("kubectl sim undo")
    terminal.ok("kubectl sim undo")
    other.reload()
    assert [(type_, obj["data"]["a"]) for type_, resource, obj in heard
            if resource == "configmaps" and obj["metadata"]["name"] == "one"] == [("MODIFIED", "1"), ("DELETED", "1")]
    other.close()


class Sticky:
    """A file that the system closes badly."""

    def __init__(self, *args):
        self.file = open(*args)

    def __getattr__(self, name):
        return getattr(self.file, name)

    def __iter__(self):
        return iter(self.file)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.file.close()
        raise OSError(37, "No locks available")


def test_a_file_that_is_closed_badly_undoes_no_undo(terminal, monkeypatch):
    terminal.ok("kubectl create configmap a")
    terminal.ok("kubectl sim snapshot save first")
    terminal.ok("kubectl delete configmap a")
    for module in (past, snapshots):
        monkeypatch.setattr(module, "open", Sticky, raising=False)
    terminal.ok("kubectl sim undo")
    terminal.ok("kubectl get configmap a")
    terminal.ok("kubectl create configmap b")
    terminal.ok("kubectl sim snapshot save second")
    terminal.ok("kubectl sim snapshot restore first")
    assert terminal("kubectl get configmap b").code == 1
    terminal.ok("kubectl sim snapshot restore second")
    terminal.ok("kubectl get configmap b")
