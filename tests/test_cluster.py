"""The cluster: waiting on a frozen and on a running clock, several processes at once, transactions."""

from __future__ import annotations

import pytest

from kubesim_cli.apiserver.client import Client
from kubesim_cli.cluster.cluster import Cluster

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
    from kubesim_cli.kubelet.runtime import programs

    def fails(shell, args, stdin):
        raise ValueError("a fault")

    monkeypatch.setitem(programs._PROGRAMS, "true", fails)
    monkeypatch.delenv("KUBESIM_TRACEBACK", raising=False)
    assert terminal("kubectl run bad --image=busybox --restart=Never -- true").code == 0
    assert terminal("kubectl sim clock advance 10s").code == 0
    assert "Error" in terminal("kubectl get pod bad").out
    assert "kubelet: container bad: ValueError: a fault" in terminal("kubectl events").out
    assert terminal("kubectl create configmap a").code == 0
