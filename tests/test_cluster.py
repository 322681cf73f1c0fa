"""The cluster: waiting on a frozen and on a running clock, several processes at once, transactions."""

from __future__ import annotations

import errno
import os
import subprocess
import sys

import pytest

from kubesim_cli.apiserver.client import Client
from kubesim_cli.cluster.cluster import Cluster
from kubesim_cli.store.lock import Lock

POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"},
       "spec": {"containers": [{"name": "web", "image": "nginx"}]}}
ADMIN = {"name": "admin", "groups": ["system:masters"]}


class Wall:
    """A wall clock whose sleep only moves its hands."""

    def __init__(self):
        self.now, self.slept = 1_700_000_000.0, 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds < 1
        self.now += max(seconds, 0.001)
        self.slept += seconds


@pytest.fixture
def wall():
    return Wall()


@pytest.fixture
def cluster(tmp_path, wall):
    opened = Cluster.open(str(tmp_path / "c"), release=(1, 36), wall=wall, sleep=wall.sleep)
    yield opened
    opened.close()


def phase(cluster):
    pod = Client(cluster.server, ADMIN).get("pods", "web", "default")
    return pod["status"].get("phase")


def test_on_a_running_clock_it_sleeps(cluster, wall):
    Client(cluster.server, ADMIN).create("pods", POD, "default")
    assert cluster.wait(lambda: phase(cluster) == "Running", 30)
    assert 0.5 < wall.slept < 3


def test_on_a_frozen_clock_it_jumps(cluster, wall):
    cluster.set_clock(frozen=1_700_000_000.0)
    Client(cluster.server, ADMIN).create("pods", POD, "default")
    assert cluster.wait(lambda: phase(cluster) == "Running", 30)
    assert wall.slept == 0
    assert 0.5 < cluster.now - 1_700_000_000.0 < 3


def test_time_runs_out(cluster, wall):
    assert cluster.wait(lambda: False, 5) is None
    assert 4.9 < wall.slept < 5.2
    cluster.set_clock(frozen=wall.now)
    before = cluster.now
    assert cluster.wait(lambda: False, 5) is None
    assert cluster.now == before + 5


def test_where_nothing_will_ever_happen_a_frozen_wait_ends(cluster):
    cluster.set_clock(frozen=1_700_000_000.0)
    Client(cluster.server, ADMIN).create("pods", POD, "default")
    assert cluster.wait(lambda: False) is None
    assert cluster.now - 1_700_000_000.0 < 10


def test_time_that_passed_between_commands_is_lived_through(cluster, wall, tmp_path):
    Client(cluster.server, ADMIN).create("pods", POD, "default")
    cluster.commit()
    cluster.close()
    wall.now += 60
    later = Cluster.open(str(tmp_path / "c"), release=(1, 36), wall=wall, sleep=wall.sleep)
    assert phase(later) == "Running"
    started = later.server.find("pods", "default", "web")["status"]["containerStatuses"][0]["state"]["running"]
    assert started["startedAt"] < "2023-11-14T22:13:25Z"
    later.close()


def test_what_another_process_committed_is_seen_by_a_waiting_one(cluster, wall, tmp_path):
    """The other process writes while this one sleeps."""

    def sleep(seconds):
        wall.sleep(seconds)
        if not sleep.done:
            sleep.done = True
            other = Cluster.open(str(tmp_path / "c"), release=(1, 36), wall=wall, sleep=wall.sleep)
            Client(other.server, ADMIN).create("pods", POD, "default")
            other.commit()
            other.close()

    sleep.done = False
    cluster.commit()
    cluster._sleep = sleep
    client = Client(cluster.server, ADMIN)
    since = cluster.store.revision
    client.watch("pods", "default", since=since)
    assert cluster.wait(lambda: cluster.server.find("pods", "default", "web"), 10)
    types = [event["type"] for event in client.watch("pods", "default", since=since)[1]]
    assert types[0] == "ADDED"


def test_what_is_not_committed_is_not_kept(cluster, wall, tmp_path):
    cluster.commit()
    Client(cluster.server, ADMIN).create("pods", POD, "default")
    cluster.close()
    again = Cluster.open(str(tmp_path / "c"), release=(1, 36), wall=wall, sleep=wall.sleep)
    assert again.server.find("pods", "default", "web") is None
    again.close()


def test_a_quiet_cluster_is_only_read(cluster, wall, tmp_path):
    cluster.commit()
    cluster.close()
    wall.now += 3600
    reader = Cluster.open(str(tmp_path / "c"), release=(1, 36), wall=wall, sleep=wall.sleep)
    assert not reader.store.locked
    reader.close()


def test_a_pod_that_the_simulation_fails_at_ends_and_no_other_command_does(terminal, monkeypatch):
    """Its container ends with an error, which an event and the cluster's state tell."""
    from kubesim_cli.kubelet.runtime.bin import shellish

    def fails(process):
        raise ValueError("a fault")

    monkeypatch.setitem(shellish.PROGRAMS, "true", fails)
    monkeypatch.setattr("kubesim_cli.kubelet.runtime.bin._loaded", {})
    monkeypatch.delenv("KUBESIM_TRACEBACK", raising=False)
    assert terminal("kubectl run bad --image=busybox --restart=Never -- true").code == 0
    assert terminal("kubectl sim clock advance 10s").code == 0
    assert "Error" in terminal("kubectl get pod bad").out
    assert "kubelet: container bad: ValueError: a fault" in terminal("kubectl events").out
    told = terminal("kubectl sim doctor")
    assert told.code == 0
    fault = "trouble: kubelet at default/bad: container bad: ValueError: a fault (2024-01-01T00:00:03Z, x1)\n"
    assert fault in told.out
    assert terminal("kubectl create configmap a").code == 0


# Others, who have the lock

HOLD = """
import sys
from kubesim_cli.store.lock import Lock
Lock(sys.argv[1]).acquire()
print("mine", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def held(cluster, tmp_path):
    """A cluster with a pod to start, whose lock another process has from the first commit on."""
    Client(cluster.server, ADMIN).create("pods", POD, "default")
    cluster.commit()
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path / "c" / "lock")], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE)
    assert holder.stdout.readline().strip() == b"mine"
    yield holder
    holder.kill()
    holder.communicate()


def test_reading_waits_for_nobody(held, wall, tmp_path):
    """Though timers are due, another process has the lock: the answer is the last commit's."""
    wall.now += 60
    reader = Cluster.open(str(tmp_path / "c"), release=(1, 36), wall=wall, sleep=wall.sleep)
    assert phase(reader) == "Pending" and not reader.locked
    held.kill()
    held.wait()
    reader.catch_up()
    assert phase(reader) == "Running"
    reader.close()


def test_who_waits_long_is_told_for_whom(held, tmp_path):
    told, slept = [], []

    def sleep(seconds):
        slept.append(seconds)
        if sum(slept) > 3:
            held.kill()
            held.wait()

    assert Lock(str(tmp_path / "c" / "lock"), sleep, told.append).acquire()
    assert told == [f"waiting for process {held.pid}, which has {tmp_path / 'c' / 'lock'} locked\n"]


def test_output_comes_when_the_lock_is_free(cluster):
    """A pager that is not read blocks nobody."""
    locked = []
    cluster.on_commit = lambda: locked.append(cluster.locked)
    Client(cluster.server, ADMIN).create("pods", POD, "default")
    assert cluster.locked
    cluster.commit()
    assert locked == [False]


def test_a_full_disk_fails_no_command_that_only_reads(cluster, wall, tmp_path, monkeypatch):
    Client(cluster.server, ADMIN).create("pods", POD, "default")
    cluster.commit()
    wall.now += 60
    told = []
    reader = Cluster(str(tmp_path / "c"), (1, 36), wall, wall.sleep, told.append)
    reader.catch_up()
    assert phase(reader) == "Running"
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        reader.commit()
    assert told == [f"Warning: {tmp_path / 'c' / 'objects.jsonl'}: no space left on device\n"]
    reader.catch_up()  # the time is lived through again
    Client(reader.server, ADMIN).delete("pods", "web", "default")
    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
        patch.setattr(os, "write", full)
        reader.commit()
    reader.close()


def full(*args):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


# Watches

@pytest.mark.parametrize("garbage, size", [(1 << 20, 1), (1, 30_000)])
def test_a_watch_tells_every_change_of_others_once_and_in_order(cluster, wall, tmp_path, monkeypatch, garbage, size):
    """On a running clock, with a busy Deployment; with `garbage` 1 the log is compacted all the time."""
    from kubesim_cli.store import store

    monkeypatch.setattr(store, "GARBAGE", garbage)
    written = []
    other = Cluster.open(str(tmp_path / "c"), release=(1, 36), wall=wall, sleep=wall.sleep)
    client = Client(other.server, ADMIN)
    client.create("configmaps", {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}, "default")
    client.create("deployments.apps", {
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "busy"}, "spec": {
            "replicas": 3, "selector": {"matchLabels": {"a": "b"}}, "template": {
                "metadata": {"labels": {"a": "b"}}, "spec": {"containers": [
                    {"name": "c", "image": "busybox", "command": ["false"]}]}}}}, "default")
    other.commit()
    watcher = Cluster.open(str(tmp_path / "c"), release=(1, 36), wall=wall, sleep=wall.sleep)
    since = watcher.store.revision
    watching = Client(watcher.server, ADMIN)
    assert watching.watch("configmaps", "default", since=since)[1] == []
    generations = set()

    def work(seconds):
        wall.sleep(seconds)
        for _ in range(2):
            written.append(str(len(written) + 1))
            obj = client.get("configmaps", "a", "default")
            client.update("configmaps", {**obj, "data": {"n": written[-1] * size}}, "default")
            other.commit()
            generations.add(other.store._index.generation)

    watcher._sleep = work
    watcher.wait(lambda: len(written) > 40)
    assert [event["object"]["data"]["n"] for event in watching.watch("configmaps", "default", since=since)[1]] == [
        n * size for n in written]
    assert garbage > 1 or len(generations) > 5
    other.close()
    watcher.close()
