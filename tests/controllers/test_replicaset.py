from __future__ import annotations

import pytest

from kubesim_cli.controllers import victims
from kubesim_cli.machinery import errors
from kubesim_cli.machinery.wellknown import POD_DELETION_COST

SETS = "replicasets.apps"


def template(labels, image="nginx"):
    return {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "main", "image": image}]}}


def replica_set(name="web", replicas=2, **spec):
    spec = {"replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": template({"app": name}),
            **spec}
    return {"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": name}, "spec": spec}


def pod(name, labels):
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": labels},
            "spec": {"containers": [{"name": "main", "image": "nginx"}]}}


@pytest.fixture
def w(world):
    return world("replicaset", "replicationcontroller")


def scale(w, replicas):
    w.change(SETS, "web", lambda obj: obj["spec"].update(replicas=replicas))


def test_as_many_pods_as_asked_for(w):
    w.create(SETS, replica_set())
    w.advance(2)
    assert w.get(SETS, "web")["status"] == {
        "replicas": 2, "fullyLabeledReplicas": 2, "readyReplicas": 2, "availableReplicas": 2, "observedGeneration": 1,
        "terminatingReplicas": 0}
    assert sorted(w.events("SuccessfulCreate")) == [f"Created pod: {name}" for name in w.names("pods")]
    made = w.get("pods", w.names("pods")[0])
    assert made["metadata"]["generateName"] == "web-"
    assert made["metadata"]["ownerReferences"] == [{
        "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web", "uid": w.get(SETS, "web")["metadata"]["uid"],
        "controller": True, "blockOwnerDeletion": True}]
    scale(w, 0)
    w.advance()
    assert w.get(SETS, "web")["status"]["terminatingReplicas"] == 2
    w.advance(1)
    assert w.names("pods") == []
    assert len(w.events("SuccessfulDelete")) == 2
    assert w.get(SETS, "web")["status"] == {"replicas": 0, "observedGeneration": 2, "terminatingReplicas": 0}


def test_older_releases_count_no_terminating_pods(world):
    w = world("replicaset", release=(1, 34))
    w.create(SETS, replica_set(replicas=0))
    w.advance()
    assert w.get(SETS, "web")["status"] == {"replicas": 0, "observedGeneration": 1}


def test_adopts_orphans_and_releases_strangers(w):
    w.create("pods", pod("loner", {"app": "web"}))
    w.create(SETS, replica_set())
    w.advance(2)
    assert "loner" in w.names("pods", "web") and len(w.names("pods")) == 2
    w.change("pods", "loner", lambda obj: obj["metadata"]["labels"].update(app="other"))
    w.advance(2)
    assert not w.get("pods", "loner")["metadata"].get("ownerReferences")
    assert len(w.names("pods", "web")) == 2
    w.change("pods", "loner", lambda obj: obj["metadata"]["labels"].update(app="web"))
    w.advance(2)
    assert len(w.names("pods", "web")) == 2 and len(w.names("pods")) == 2


def test_what_forbids_pods_is_told(w, monkeypatch):
    create = type(w.api).create

    def forbid(self, resource, obj, namespace="", **options):
        if resource == "pods":
            raise errors.forbidden("pods", "web-x", "exceeded quota: q")
        return create(self, resource, obj, namespace, **options)

    with monkeypatch.context() as patched:
        patched.setattr(type(w.api), "create", forbid)
        w.create(SETS, replica_set())
        w.advance()
    failure = w.get(SETS, "web")["status"]["conditions"][0]
    assert (failure["type"], failure["status"], failure["reason"], failure["message"]) == (
        "ReplicaFailure", "True", "FailedCreate", 'pods "web-x" is forbidden: exceeded quota: q')
    assert w.events("FailedCreate") == ['Error creating: pods "web-x" is forbidden: exceeded quota: q']
    w.advance(3)
    assert "conditions" not in w.get(SETS, "web")["status"]
    assert len(w.names("pods")) == 2


def test_min_ready_seconds(w):
    w.create(SETS, replica_set(minReadySeconds=10))
    w.advance(5)
    assert "availableReplicas" not in w.get(SETS, "web")["status"]
    w.advance(7)
    assert w.get(SETS, "web")["status"]["availableReplicas"] == 2


def test_replication_controllers_work_alike(w):
    rc = {"apiVersion": "v1", "kind": "ReplicationController", "metadata": {"name": "old"},
          "spec": {"replicas": 2, "selector": {"app": "old"}, "template": template({"app": "old"})}}
    w.create("replicationcontrollers", rc)
    w.advance(2)
    assert len(w.names("pods", "old")) == 2
    assert "terminatingReplicas" not in w.get("replicationcontrollers", "old")["status"]
    sources = {e["source"]["component"] for e in w.api.items("events")}
    assert sources == {"replication-controller"}


def candidate(name, node="n1", phase="Running", ready="2027-01-15T08:00:00Z", cost=None, restarts=0,
              created="2027-01-15T07:00:00Z"):
    meta = {"name": name, "uid": name, "creationTimestamp": created}
    if cost is not None:
        meta["annotations"] = {POD_DELETION_COST: cost}
    status = {"phase": phase, "containerStatuses": [{"restartCount": restarts}]}
    if ready:
        status["conditions"] = [{"type": "Ready", "status": "True", "lastTransitionTime": ready}]
    return {"metadata": meta, "spec": {"nodeName": node} if node else {}, "status": status}


def test_who_goes_first():
    now = 1_800_000_000.0  # 2027-01-15T08:00:00Z
    chain = [candidate("unassigned", node=""), candidate("pending", phase="Pending", ready=None),
             candidate("unready", ready=None), candidate("cheap", cost="-5"), candidate("crowded", node="n2"),
             candidate("fresh", ready="2027-01-15T07:59:59Z"),
             candidate("shaky", ready="2027-01-15T07:00:00Z", restarts=3),
             candidate("young", ready="2027-01-15T07:00:00Z", created="2027-01-15T06:59:00Z"),
             candidate("old", ready="2027-01-15T07:00:00Z", created="2026-01-15T07:00:00Z")]
    relatives = [candidate("x", node="n2")]
    picked = victims.choose(list(reversed(chain)), relatives, len(chain), now)
    assert [p["metadata"]["name"] for p in picked] == [p["metadata"]["name"] for p in chain]


def test_ages_of_one_magnitude_are_alike():
    now = 1_800_000_000.0
    a, b = candidate("a", ready="2027-01-15T07:50:00Z"), candidate("b", ready="2027-01-15T07:50:30Z")
    assert victims.choose([b, a], [], 1, now) == [a]
