"""The manager: keys from changes and timers, in the order of time."""

from __future__ import annotations

import pytest
from worlds import Ready

from kubesim_cli.apiserver.server import Server
from kubesim_cli.cluster.clock import Clock
from kubesim_cli.cluster.state import ClusterState
from kubesim_cli.controllers import manager as module
from kubesim_cli.helpers.controller import Controller, itself
from kubesim_cli.machinery.entropy import Entropy
from kubesim_cli.store.store import Store


class Counter(Controller):
    """Counts up each config map's `n` once a second until it is 3."""

    name = "counter"
    watches = {"configmaps": itself}

    def __init__(self):
        self.seen = []

    def sync(self, api, key):
        namespace, _, name = key.partition("/")
        obj = api.find("configmaps", name, namespace)
        self.seen.append((api.now, name))
        if obj is None or obj["n"] == 3:
            return None
        since = obj["at"]
        if api.now < since + 1:
            return since + 1
        api.server.write("MODIFIED", api.server.resolve("configmaps"), {**obj, "n": obj["n"] + 1, "at": api.now}, obj)
        return None


@pytest.fixture
def cluster(tmp_path):
    counter = Counter()
    store = Store(str(tmp_path / "c"))
    store.begin()
    server = Server(store, Entropy({"seed": "s", "count": 0}), (1, 36), Clock(ClusterState(store), lambda: 100.0))
    manager = module.Manager(server, {"counter": Ready(counter, "configmaps")})
    server.notice = manager.notice
    yield server, manager, counter
    store.close()


def add(server, name, at):
    meta = {"name": name, "namespace": "default"}
    obj = {"kind": "ConfigMap", "apiVersion": "v1", "metadata": meta, "n": 0, "at": at}
    server.write("ADDED", server.resolve("configmaps"), obj, None)


def test_timers_are_taken_in_the_order_of_their_time(cluster):
    server, manager, counter = cluster
    add(server, "late", 100.5)
    add(server, "early", 100.0)
    manager.live(100.0)
    assert manager.next_due() == 101.0
    manager.live(110.0)
    times = [now for now, _ in counter.seen]
    assert times == sorted(times)
    assert [server.find("configmaps", "default", name)["at"] for name in ("early", "late")] == [103.0, 103.5]
    assert server.now == 110.0
    assert manager.next_due() is None
    assert not server.store.timers


def test_time_stops_at_the_instant_asked_for(cluster):
    server, manager, _ = cluster
    add(server, "a", 100.0)
    manager.live(102.5)
    assert server.find("configmaps", "default", "a")["n"] == 2
    assert manager.next_due() == 103.0


def test_a_controller_that_never_rests_is_stopped(cluster, monkeypatch):
    server, manager, counter = cluster
    monkeypatch.setattr(module, "MAX_SYNCS", 50)
    monkeypatch.setattr(counter, "sync", lambda api, key: api.now)
    add(server, "a", 100.0)
    with pytest.raises(RuntimeError, match="counter does not come to rest on default/a"):
        manager.live(101.0)


def test_a_loop_whose_objects_are_not_there_is_not_asked(cluster):
    """A quota is not even imported where there is none, nor for what happens in another namespace."""
    server, _, counter = cluster
    loop = Ready(counter, "configmaps secrets")
    loop.of = "configmaps"
    counter.watches = {"configmaps": itself, "secrets": itself}
    manager = module.Manager(server, {"counter": loop})
    server.notice = manager.notice

    def secret(name, namespace="default"):
        obj = {"kind": "Secret", "apiVersion": "v1", "metadata": {"name": name, "namespace": namespace}}
        server.write("ADDED", server.resolve("secrets"), obj, None)
        manager.live(100.0)

    secret("early")
    assert counter.seen == []
    add(server, "here", 100.0)
    secret("late")
    secret("away", "other")
    assert [name for _, name in counter.seen] == ["here", "late"]


def surviving(server, counter):
    """A manager as clusters have it."""
    manager = module.Manager(server, {"counter": Ready(counter, "configmaps")}, (OSError,))
    server.notice, server.tally = manager.notice, ClusterState(server.store)
    return manager


def test_a_loop_that_fails_at_one_key_goes_on_with_the_others(cluster, monkeypatch):
    """The key is tried again, each time after longer; the fault is noted and told by an event."""
    server, _, counter = cluster
    manager = surviving(server, counter)
    sync = counter.sync
    monkeypatch.setattr(counter, "sync", lambda api, key: [][0] if key == "default/bad" else sync(api, key))
    add(server, "bad", 100.0)
    add(server, "good", 100.0)
    manager.live(110.0)
    assert server.find("configmaps", "default", "good")["n"] == 3
    due = manager.next_due()
    assert due is not None and due > 110.0
    [trouble] = server.tally.troubles
    assert trouble == {"at": trouble["at"], "loop": "counter", "key": "default/bad", "count": 11,
                       "what": "IndexError: list index out of range"}
    [event] = server.items("events", "default")
    assert (event["reason"], event["involvedObject"]["name"]) == ("SimulationFailed", "bad")
    assert event["message"] == "counter: IndexError: list index out of range" and event["type"] == "Warning"


def test_what_is_no_fault_of_the_loop_is_not_survived(cluster, monkeypatch):
    server, _, counter = cluster
    manager = surviving(server, counter)

    def full(api, key):
        raise OSError("No space left on device")

    monkeypatch.setattr(counter, "sync", full)
    add(server, "a", 100.0)
    with pytest.raises(OSError, match="No space"):
        manager.live(101.0)


def test_a_key_that_never_rests_is_left_for_later(cluster, monkeypatch):
    server, _, counter = cluster
    manager = surviving(server, counter)
    monkeypatch.setattr(module, "MAX_SYNCS", 50)
    monkeypatch.setattr(counter, "sync", lambda api, key: api.now)
    add(server, "a", 100.0)
    manager.live(100.0)
    assert [trouble["what"] for trouble in server.tally.troubles] == [
        "RuntimeError: controller counter does not come to rest on default/a"]
    assert manager.next_due() == 100.0 + module.FIRST_RETRY


def test_a_change_that_a_watch_fails_at_is_written(cluster):
    server, _, counter = cluster
    surviving(server, counter)
    counter.watches = {"configmaps": lambda change: change.object["none"]}
    add(server, "a", 100.0)
    assert server.find("configmaps", "default", "a")
    assert server.tally.troubles[0]["what"] == "KeyError: 'none'"


def test_the_last_troubles_are_kept(cluster):
    server, _, counter = cluster
    surviving(server, counter)
    for number in [*range(30), 15]:
        server.tally.note_trouble(float(number), "counter", f"default/{number}", "oh")
    found = server.tally.troubles
    assert [trouble["key"] for trouble in found][-2:] == ["default/29", "default/15"]
    assert len(found) == 20 and found[-1]["count"] == 2


@pytest.mark.parametrize("thorough", [True, False])
def test_a_thorough_sync_is_not_woken_by_its_own_writes(cluster, monkeypatch, thorough):
    server, manager, counter = cluster
    monkeypatch.setattr(type(counter), "thorough", thorough)
    add(server, "a", 90.0)
    manager.live(100.0)  # counts once, at 100.0
    assert [name for _, name in counter.seen] == ["a"] * (1 if thorough else 2)
    other = server.find("configmaps", "default", "a")
    server.write("MODIFIED", server.resolve("configmaps"), {**other, "n": 3}, other)
    manager.live(100.0)
    assert len(counter.seen) == (2 if thorough else 3)


def test_a_loop_that_does_not_run_is_not_asked(cluster):
    """As by `sim fail storage --mend`, which calls for the claims' controller, where that was left out."""
    _, manager, counter = cluster
    manager.enqueue("leases", "default/a")
    manager.live(100.0)
    assert not counter.seen
