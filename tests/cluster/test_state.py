"""The cluster's state: its form in the store, and the one that version 0.1 wrote."""

from __future__ import annotations

import json
import os
import shutil

import pytest

from kubesim_cli.apiserver.client import Client
from kubesim_cli.cluster.cluster import Cluster, StoreError
from kubesim_cli.cluster.state import VERSION, ClusterState
from kubesim_cli.store import log, reading
from kubesim_cli.store.store import Store

POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"},
       "spec": {"containers": [{"name": "web", "image": "nginx"}]}}
START = 1_700_000_000.0


def opened(folder, wall=START):
    return Cluster.open(folder, release=(1, 36), wall=lambda: wall, sleep=None)


def as_of_0_1(folder):
    """Write a cluster's store as kubesim 0.1 would have: timers are texts, the state has no version."""
    path = os.path.join(folder, log.LOG)
    rows = [json.loads(row) for row in open(path, "rb")]
    for row in rows:
        if "format" in row:
            row["format"] = 1
        if "timer" in row:
            row["timer"] = f"{row.pop('controller')} {row['timer']}"
            row.pop("note", None)
        if "meta" in row:
            del row["meta"]["version"], row["meta"]["release"], row["crc"]
    with open(path, "wb") as file:
        file.write(b"".join(map(log.line, rows)))
    os.remove(os.path.join(folder, log.INDEX))
    os.remove(os.path.join(folder, log.HEAD))


@pytest.fixture
def folder(tmp_path):
    return str(tmp_path / "c")


def test_a_cluster_of_version_0_1_goes_on(folder):
    """A pod that it was starting is started, with the clock as it was."""
    old = opened(folder)
    old.set_clock(frozen=START + 1000)
    Client(old.server).create("pods", POD, "default")
    old.commit()
    old.close()
    as_of_0_1(folder)
    assert "version" not in Store(folder).meta and reading.load(folder)[0].format == 1

    cluster = opened(folder, START + 50_000)
    assert cluster.clock.frozen and cluster.now == START + 1000
    assert cluster.state.bootstrapped and not cluster.state.pristine and cluster.state.nodes == 1
    assert [name for name, _, _ in cluster.store.timers if name == "kubelet"] == ["kubelet"]
    cluster.set_clock(frozen=START + 1010)
    assert cluster.client.get("pods", "web", "default")["status"]["phase"] == "Running"
    cluster.commit()
    cluster.close()
    again = Store(folder)
    assert again.meta["version"] == VERSION and reading.load(folder)[0].format == log.FORMAT
    assert again.meta["release"] == [1, 36]  # which 0.1 did not note


def test_a_store_that_0_1_wrote_goes_on_and_is_kept_as_it_was(folder):
    """fixtures/store-0.1: two web pods that run, one that was starting, a ConfigMap that was deleted."""
    shutil.copytree(os.path.join(os.path.dirname(__file__), "..", "..", "fixtures", "store-0.1"), folder)
    with open(os.path.join(folder, log.LOG), "rb") as file:
        before = file.read()
    cluster = opened(folder)
    assert cluster.now == 1704067230.0 and not cluster.locked  # a mere look changes nothing
    assert cluster.client.get("configmaps", "kept", "default")["data"] == {"k": "v"}
    assert cluster.client.find("configmaps", "precious", "default") is None
    cluster.set_clock(frozen=cluster.now + 30)
    assert {cluster.client.get("pods", pod["metadata"]["name"], "default")["status"]["phase"]
            for pod in cluster.client.items("pods", "default")} == {"Running"}
    cluster.commit()
    cluster.close()
    again = Store(folder)
    assert reading.load(folder)[0].format == log.FORMAT and again.get("pods", "default/late")
    with open(os.path.join(f"{folder}~format1", log.LOG), "rb") as file:
        assert file.read() == before
    assert sorted(os.listdir(os.path.dirname(folder))) == ["c", "c~format1"]


def test_a_state_of_a_newer_kubesim_is_refused(folder):
    made = opened(folder)
    made.store.meta["version"] = VERSION + 1
    made.commit()
    made.close()
    with pytest.raises(StoreError, match="newer kubesim"):
        opened(folder)


def test_starting_over_keeps_the_clock_only(folder):
    store = Store(folder)
    store.begin()
    state = ClusterState(store)
    state.run_clock(60.0, 1.0, 0.0)
    state.pods_with_usage = 3
    state.note_bootstrap((1, 29), True, "stub")
    state.start_over(seed="s", nodes=3, release=(1, 30), bare=None, kubelet=None, feature_gates={"JobManagedBy": True})
    store.close()
    state = ClusterState(Store(folder))
    assert (state.clock_offset(0.0), state.frozen_at, state.pods_with_usage) == (60.0, None, 0)
    assert (state.entropy, state.nodes, state.release) == ({"seed": "s", "count": 0}, 3, (1, 30))
    assert state.feature_gates == {"JobManagedBy": True} and not state.bootstrapped and state.bare is None
    assert state.kubelet == "full"


def test_nobody_else_reads_the_meta():
    """Only this module knows the keys of the store's meta, and only the store what it is."""
    import pathlib

    import kubesim_cli

    package = pathlib.Path(kubesim_cli.__file__).parent
    readers = [path.relative_to(package).as_posix() for path in package.rglob("*.py")
               if "store.meta" in path.read_text(encoding="utf-8")]
    assert readers == ["cluster/state.py"]
