from __future__ import annotations

import pytest

SETS = "daemonsets.apps"


def daemon_set(name="agent", **spec):
    spec = {"selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name}},
                         "spec": {"containers": [{"name": "main", "image": "agent:1"}]}},
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 0}},
            "revisionHistoryLimit": 10, **spec}
    return {"apiVersion": "apps/v1", "kind": "DaemonSet", "spec": spec, "metadata": {
        "name": name, "annotations": {"deprecated.daemonset.template.generation": "1"}}}


def node(name, taints=(), **labels):
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels},
            "spec": {"taints": list(taints)} if taints else {}, "status": {}}


@pytest.fixture
def w(world):
    made = world("daemonset")
    made.put("nodes", node("n1", disk="ssd"))
    made.put("nodes", node("n2"))
    return made


def targets(w):
    """Node -> image of the daemon pod for it, of pods that are not in deletion."""
    found = {}
    for pod in w.api.items("pods"):
        if "deletionTimestamp" not in pod["metadata"]:
            terms = pod["spec"]["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
            (name,) = terms["nodeSelectorTerms"][0]["matchFields"][0]["values"]
            assert name not in found
            found[name] = pod["spec"]["containers"][0]["image"]
    return found


def set_image(image):
    def change(obj):
        obj["spec"]["template"]["spec"]["containers"][0]["image"] = image
        notes = obj["metadata"]["annotations"]
        key = "deprecated.daemonset.template.generation"
        notes[key] = str(int(notes[key]) + 1)
    return change


def test_a_pod_on_each_node(w):
    w.create(SETS, daemon_set())
    w.advance(2)
    assert targets(w) == {"n1": "agent:1", "n2": "agent:1"}
    pod = w.api.items("pods")[0]
    assert pod["metadata"]["labels"]["pod-template-generation"] == "1"
    revision = w.api.items("controllerrevisions.apps")[0]
    assert pod["metadata"]["labels"]["controller-revision-hash"] == revision["metadata"]["name"].removeprefix("agent-")
    assert {t["key"].removeprefix("node.kubernetes.io/") for t in pod["spec"]["tolerations"]} >= {
        "disk-pressure", "memory-pressure", "not-ready", "pid-pressure", "unreachable", "unschedulable"}
    assert w.get(SETS, "agent")["status"] == {
        "desiredNumberScheduled": 2, "currentNumberScheduled": 2, "numberMisscheduled": 0, "numberReady": 2,
        "updatedNumberScheduled": 2, "numberAvailable": 2, "observedGeneration": 1}


def test_nodes_come_go_and_change(w):
    made = daemon_set()
    made["spec"]["template"]["spec"]["nodeSelector"] = {"disk": "ssd"}
    w.create(SETS, made)
    w.advance(2)
    assert set(targets(w)) == {"n1"}
    w.put("nodes", node("n3", disk="ssd"))
    w.change("nodes", "n1", lambda obj: obj["metadata"]["labels"].update(disk="hdd"), "")
    w.advance(2)
    assert set(targets(w)) == {"n3"} and len(w.names("pods")) == 1
    w.change("nodes", "n3", lambda obj: obj["metadata"]["labels"].clear(), "")
    w.advance(2)
    assert w.get(SETS, "agent")["status"] == {
        "currentNumberScheduled": 0, "desiredNumberScheduled": 0, "numberMisscheduled": 0, "numberReady": 0,
        "observedGeneration": 1}


def test_taints_keep_pods_off_or_drive_them_out(w):
    w.put("nodes", node("n3", [{"key": "role", "effect": "NoSchedule"}]))
    w.create(SETS, daemon_set())
    w.advance(2)
    assert set(targets(w)) == {"n1", "n2"}

    def taint(effect):
        return lambda obj: obj["spec"].update(taints=[{"key": "role", "effect": effect}])

    w.change("nodes", "n1", taint("NoSchedule"), "")
    w.change("nodes", "n2", taint("NoExecute"), "")
    w.advance(2)
    assert set(targets(w)) == {"n1"}
    assert w.get(SETS, "agent")["status"]["numberMisscheduled"] == 1


def test_an_update_goes_node_by_node(w):
    w.create(SETS, daemon_set())
    w.advance(2)
    w.change(SETS, "agent", set_image("agent:2"))
    w.advance()
    assert len(targets(w)) == 1
    w.advance(0.7)
    assert sorted(targets(w).values()) == ["agent:1", "agent:2"]
    w.advance(4)
    assert sorted(targets(w).values()) == ["agent:2", "agent:2"]
    assert w.get(SETS, "agent")["status"]["updatedNumberScheduled"] == 2
    assert sorted(r["revision"] for r in w.api.items("controllerrevisions.apps")) == [1, 2]
    w.change(SETS, "agent", set_image("agent:1"))
    w.advance(6)
    assert sorted(r["revision"] for r in w.api.items("controllerrevisions.apps")) == [2, 3]


def test_an_update_with_surge_starts_before_it_ends(w):
    w.create(SETS, daemon_set(updateStrategy={
        "type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}))
    w.advance(2)
    w.change(SETS, "agent", set_image("agent:2"))
    for _ in range(50):
        w.advance(0.1)
        running = [p for p in w.api.items("pods") if p["status"]["phase"] == "Running"]
        assert len(running) >= 2
        assert sum("deletionTimestamp" not in p["metadata"] for p in w.api.items("pods")) <= 3
    assert sorted(targets(w).values()) == ["agent:2", "agent:2"]


def test_on_delete_waits_for_the_user(w):
    w.create(SETS, daemon_set(updateStrategy={"type": "OnDelete"}))
    w.advance(2)
    w.change(SETS, "agent", set_image("agent:2"))
    w.advance(3)
    assert set(targets(w).values()) == {"agent:1"}
    w.delete("pods", w.names("pods")[0])
    w.advance(3)
    assert sorted(targets(w).values()) == ["agent:1", "agent:2"]


def test_failing_pods_are_replaced_ever_more_slowly(w):
    made = daemon_set()
    made["spec"]["template"]["metadata"]["labels"]["outcome"] = "Failed"
    made["spec"]["template"]["spec"]["nodeSelector"] = {"disk": "ssd"}
    w.create(SETS, made)
    w.advance(10)
    early = len(w.events("FailedDaemonPod"))
    w.advance(60)
    assert 2 <= early <= 5 and len(w.events("FailedDaemonPod")) <= early + 3
    name = w.events("FailedDaemonPod")[0].split("/")[1].split()[0]
    assert w.events("FailedDaemonPod")[0] == (
        f"Found failed daemon pod default/{name} on node n1, will try to kill it")


def test_old_revisions_are_deleted(w):
    w.create(SETS, daemon_set(revisionHistoryLimit=1))
    w.advance(2)
    for image in ("agent:2", "agent:3", "agent:4"):
        w.change(SETS, "agent", set_image(image))
        w.advance(6)
    assert sorted(r["revision"] for r in w.api.items("controllerrevisions.apps")) == [3, 4]


def test_a_revision_that_a_statefulset_left_gets_a_hash(w):
    """It has the same template and labels, so it is adopted; its name stands in for the hash."""
    w.create(SETS, daemon_set())
    w.advance()
    (made,) = w.api.items("controllerrevisions.apps")
    w.delete(SETS, "agent")
    w.delete("controllerrevisions.apps", made["metadata"]["name"])
    labels = {"app": "agent", "controller.kubernetes.io/hash": "x"}
    w.create("controllerrevisions.apps", {
        "apiVersion": "apps/v1", "kind": "ControllerRevision", "data": made["data"], "revision": 1,
        "metadata": {"name": "left", "labels": labels}})
    w.create(SETS, daemon_set())
    w.advance()
    (found,) = w.api.items("controllerrevisions.apps")
    assert found["metadata"]["labels"] == {**labels, "controller-revision-hash": "left"}
    pods = w.api.owned("pods", w.get(SETS, "agent"))
    assert {pod["metadata"]["labels"]["controller-revision-hash"] for pod in pods} == {"left"}


def test_a_revision_that_is_there_already_is_no_collision(w):
    """The set that it belonged to is gone, and the garbage collector has not come yet."""
    w.create(SETS, daemon_set())
    w.advance()
    w.delete(SETS, "agent")
    w.create(SETS, daemon_set())
    w.advance()
    status = w.get(SETS, "agent")["status"]
    assert "collisionCount" not in status
    assert status["observedGeneration"] == 1
