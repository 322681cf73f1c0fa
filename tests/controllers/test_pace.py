"""Whoever is asked for more pods than a cluster has room for makes them in steps, and a command returns at once."""

from __future__ import annotations

import pytest
from worlds import NOW

from kubesim_cli.controllers import pods
from kubesim_cli.machinery import timestamps

MOST = 2**31 - 1
REPLICA_SETS, STATEFUL_SETS, JOBS = "replicasets.apps", "statefulsets.apps", "jobs.batch"

RUNS = {"metadata": {"labels": {"app": "work"}}, "spec": {"containers": [{"name": "main", "image": "nginx"}]}}


@pytest.fixture
def w(world, monkeypatch):
    monkeypatch.setattr(pods, "PACE", 4)
    monkeypatch.setattr(pods, "CROWD", 20)
    return world("job", "replicaset", "replicationcontroller", "statefulset")


def asked_for(resource, count, **more):
    """Return an object that wants so many pods."""
    labels = {"app": "work", "outcome": "stuck"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "main", "image": "nginx"}]}}
    spec = {"replicas": count, "selector": {"matchLabels": {"app": "work"}}, "template": template}
    kind, version = {REPLICA_SETS: ("ReplicaSet", "apps/v1"), STATEFUL_SETS: ("StatefulSet", "apps/v1"),
                     JOBS: ("Job", "batch/v1")}.get(resource, ("ReplicationController", "v1"))
    if kind == "ReplicationController":
        spec["selector"] = {"app": "work"}
    elif kind == "StatefulSet":
        spec.update(serviceName="work", podManagementPolicy="Parallel", revisionHistoryLimit=10,
                    updateStrategy={"type": "RollingUpdate", "rollingUpdate": {"partition": 0}})
    elif kind == "Job":
        spec.update(parallelism=count, completions=count, backoffLimit=6, completionMode="NonIndexed", suspend=False)
        template["spec"]["restartPolicy"] = "Never"
        spec["selector"] = {"matchLabels": {"job-name": "work"}}
        labels.update({"job-name": "work", "batch.kubernetes.io/job-name": "work"})
        del spec["replicas"]
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "work"}, "spec": {**spec, **more}}


@pytest.mark.parametrize("resource", [REPLICA_SETS, "replicationcontrollers", JOBS, STATEFUL_SETS])
def test_some_are_made_at_once_and_some_each_second(w, resource):
    w.create(resource, asked_for(resource, 10))
    for seconds, expected in ((0, 4), (0.5, 4), (0.5, 8), (1, 10), (1, 10)):
        w.advance(seconds)
        assert len(w.names("pods")) == expected


@pytest.mark.parametrize("resource", [REPLICA_SETS, JOBS, STATEFUL_SETS])
def test_a_crowd_is_never_made_in_full(w, resource):
    w.create(resource, asked_for(resource, MOST))
    w.advance()
    assert len(w.names("pods")) == 4
    w.advance(10)
    assert len(w.names("pods")) == 44
    w.delete(resource, "work")
    w.advance(1)


def test_ordered_pods_of_a_crowd_come_one_by_one(w):
    w.create(STATEFUL_SETS, asked_for(STATEFUL_SETS, MOST, podManagementPolicy="OrderedReady",
                                         template=RUNS))
    w.advance(3)
    assert 1 < len(w.names("pods")) < 5


def test_the_larger_a_crowd_the_longer_its_pauses():
    mine = [{"metadata": {"creationTimestamp": timestamps.format(NOW)}}] * 5000
    assert pods.pace(MOST, mine, NOW + 1.5) == (0, NOW + 100)
    assert pods.pace(MOST, mine, NOW + 100) == (500, NOW + 200)
    assert pods.pace(10_000, mine, NOW + 1.5) == (500, NOW + 2)
    assert pods.pace(500, mine, NOW) == (500, NOW)
    assert pods.pace(10_000, mine[:300], NOW + 0.5) == (200, NOW + 1)
    assert pods.pace(10_000, [], NOW + 0.5) == (500, NOW + 1)
