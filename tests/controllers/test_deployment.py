from __future__ import annotations

import pytest

from kubesim_cli.controllers.deployment import arithmetic

DEPLOYMENTS, SETS = "deployments.apps", "replicasets.apps"


def deployment(name="web", replicas=3, **spec):
    spec = {"replicas": replicas, "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name}},
                         "spec": {"containers": [{"name": "main", "image": "nginx:1"}]}},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}},
            "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600, **spec}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec}


@pytest.fixture
def w(world):
    return world("deployment", "replicaset")


def set_image(image, **labels):
    def change(obj):
        obj["spec"]["template"]["spec"]["containers"][0]["image"] = image
        obj["spec"]["template"]["metadata"]["labels"].update(labels)
    return change


def images(w):
    return sorted(pod["spec"]["containers"][0]["image"] for pod in w.api.items("pods"))


def conditions(w, name="web"):
    found = w.get(DEPLOYMENTS, name)["status"]["conditions"]
    return {c["type"]: (c["status"], c["reason"], c["message"]) for c in found}


def sizes(w):
    found = sorted(w.api.items(SETS), key=lambda rs: rs["metadata"]["annotations"]["deployment.kubernetes.io/revision"])
    return [rs["spec"]["replicas"] for rs in found]


def test_the_first_rollout(w):
    w.create(DEPLOYMENTS, deployment())
    w.advance(2)
    (rs,) = w.api.items(SETS)
    name, hash_ = rs["metadata"]["name"], rs["metadata"]["labels"]["pod-template-hash"]
    assert name == f"web-{hash_}"
    assert rs["spec"]["selector"]["matchLabels"] == {"app": "web", "pod-template-hash": hash_}
    assert rs["metadata"]["annotations"] == {
        "deployment.kubernetes.io/revision": "1", "deployment.kubernetes.io/desired-replicas": "3",
        "deployment.kubernetes.io/max-replicas": "4"}
    made = w.get(DEPLOYMENTS, "web")
    assert made["metadata"]["annotations"] == {"deployment.kubernetes.io/revision": "1"}
    assert {k: v for k, v in made["status"].items() if k != "conditions"} == {
        "observedGeneration": 1, "replicas": 3, "updatedReplicas": 3, "readyReplicas": 3, "availableReplicas": 3,
        "terminatingReplicas": 0}
    assert conditions(w) == {
        "Available": ("True", "MinimumReplicasAvailable", "Deployment has minimum availability."),
        "Progressing": ("True", "NewReplicaSetAvailable", f'ReplicaSet "{name}" has successfully progressed.')}
    assert list(conditions(w)) == ["Available", "Progressing"]
    assert w.events("ScalingReplicaSet") == [f"Scaled up replica set {name} from 0 to 3"]


def test_a_rolling_update_never_has_too_few_or_too_many(w):
    w.create(DEPLOYMENTS, deployment(replicas=4))
    w.advance(2)
    w.change(DEPLOYMENTS, "web", set_image("nginx:2"))
    for _ in range(60):
        w.advance(0.1)
        pods = [p for p in w.api.items("pods") if "deletionTimestamp" not in p["metadata"]]
        assert len(pods) <= 5
        assert sum(p["status"]["phase"] == "Running" for p in pods) >= 3
    assert images(w) == ["nginx:2"] * 4
    assert sizes(w) == [0, 4]
    scaled = [event.split()[1] + " " + " ".join(event.split()[-4:]) for event in w.events("ScalingReplicaSet")]
    assert scaled[:4] == ["up from 0 to 4", "up from 0 to 1", "down from 4 to 3", "up from 1 to 2"]


def test_events_of_older_releases(world):
    w = world("deployment", "replicaset", release=(1, 28))
    w.create(DEPLOYMENTS, deployment(replicas=1))
    w.advance(2)
    w.change(DEPLOYMENTS, "web", lambda obj: obj["spec"].update(replicas=2))
    w.advance(2)
    told = [event.partition("-")[2].partition(" ")[2] for event in w.events("ScalingReplicaSet")]
    assert told == ["to 1", "to 2 from 1"]


def test_recreate_ends_all_before_it_starts_any(w):
    w.create(DEPLOYMENTS, deployment(strategy={"type": "Recreate"}))
    w.advance(2)
    w.change(DEPLOYMENTS, "web", set_image("nginx:2"))
    w.advance(0.4)
    assert images(w) == ["nginx:1"] * 3
    w.advance(0.3)
    assert images(w) == ["nginx:2"] * 3
    w.advance(2)
    assert conditions(w)["Progressing"][1] == "NewReplicaSetAvailable"


def test_a_rollback_takes_up_the_old_replica_set(w):
    w.create(DEPLOYMENTS, deployment(replicas=1))
    w.advance(2)
    w.change(DEPLOYMENTS, "web", set_image("nginx:2"))
    w.advance(4)
    w.change(DEPLOYMENTS, "web", set_image("nginx:1"))
    w.advance(4)
    notes = {rs["spec"]["template"]["spec"]["containers"][0]["image"]: rs["metadata"]["annotations"]
             for rs in w.api.items(SETS)}
    assert notes["nginx:1"]["deployment.kubernetes.io/revision"] == "3"
    assert notes["nginx:1"]["deployment.kubernetes.io/revision-history"] == "1"
    assert w.get(DEPLOYMENTS, "web")["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "3"
    assert images(w) == ["nginx:1"]


def test_history_limit(w):
    w.create(DEPLOYMENTS, deployment(replicas=1, revisionHistoryLimit=1))
    w.advance(2)
    for image in ("nginx:2", "nginx:3", "nginx:4"):
        w.change(DEPLOYMENTS, "web", set_image(image))
        w.advance(4)
    assert sizes(w) == [0, 1]


def test_the_change_cause_goes_with_the_revision(w):
    made = deployment(replicas=1)
    made["metadata"]["annotations"] = {"kubernetes.io/change-cause": "first",
                                       "kubectl.kubernetes.io/last-applied-configuration": "{}"}
    w.create(DEPLOYMENTS, made)
    w.advance(2)
    notes = w.api.items(SETS)[0]["metadata"]["annotations"]
    assert notes["kubernetes.io/change-cause"] == "first"
    assert "kubectl.kubernetes.io/last-applied-configuration" not in notes


def test_a_rollout_that_gets_nowhere_is_told_in_time(w):
    w.create(DEPLOYMENTS, deployment(replicas=2, progressDeadlineSeconds=5))
    w.advance(2)
    w.change(DEPLOYMENTS, "web", set_image("nginx:2", outcome="stuck"))
    w.advance(4)
    assert conditions(w)["Progressing"][:2] == ("True", "ReplicaSetUpdated")
    w.advance(4)
    status, reason, message = conditions(w)["Progressing"]
    assert (status, reason) == ("False", "ProgressDeadlineExceeded") and message.endswith("has timed out progressing.")
    assert conditions(w)["Available"][0] == "True"
    assert w.manager.next_due() is None


def test_pausing(w):
    w.create(DEPLOYMENTS, deployment(replicas=2))
    w.advance(2)
    w.change(DEPLOYMENTS, "web", lambda obj: obj["spec"].update(paused=True))
    w.change(DEPLOYMENTS, "web", set_image("nginx:2"))
    w.change(DEPLOYMENTS, "web", lambda obj: obj["spec"].update(replicas=3))
    w.advance(3)
    assert images(w) == ["nginx:1"] * 3
    assert conditions(w)["Progressing"] == ("Unknown", "DeploymentPaused", "Deployment is paused")
    w.change(DEPLOYMENTS, "web", lambda obj: obj["spec"].update(paused=False))
    w.advance(5)
    assert images(w) == ["nginx:2"] * 3
    assert conditions(w)["Progressing"][1] == "NewReplicaSetAvailable"


def test_scaling_amid_a_rollout_is_shared_out(w):
    w.create(DEPLOYMENTS, deployment(replicas=10, strategy={
        "type": "RollingUpdate", "rollingUpdate": {"maxSurge": 3, "maxUnavailable": 2}}))
    w.advance(2)
    w.change(DEPLOYMENTS, "web", set_image("nginx:2", outcome="stuck"))
    w.advance(2)
    assert sizes(w) == [8, 5]
    w.change(DEPLOYMENTS, "web", lambda obj: obj["spec"].update(replicas=15))
    w.advance(2)
    assert sizes(w) == [11, 7]


def test_a_hash_collision_is_resolved(w):
    w.create(DEPLOYMENTS, deployment(replicas=1))
    w.advance(2)
    (rs,) = w.api.items(SETS)
    w.delete(DEPLOYMENTS, "web")
    w.change(SETS, rs["metadata"]["name"], lambda obj: obj["metadata"].update(ownerReferences=[], labels={}))
    w.create(DEPLOYMENTS, deployment(replicas=1))
    w.advance(3)
    assert w.get(DEPLOYMENTS, "web")["status"]["collisionCount"] == 1
    assert len(w.names(SETS)) == 2 and len(w.names(SETS, "web")) == 1


def test_arithmetic_of_percentages():
    made = deployment(replicas=3)
    assert (arithmetic.max_surge(made), arithmetic.max_unavailable(made)) == (1, 0)
    made = deployment(replicas=1, strategy={"type": "RollingUpdate", "rollingUpdate": {
        "maxSurge": 0, "maxUnavailable": "25%"}})
    assert (arithmetic.max_surge(made), arithmetic.max_unavailable(made)) == (0, 1)


def test_a_replica_set_has_no_ready_seconds_where_there_are_none(w):
    """0 is omitted (`omitempty`), also when it is a change."""
    w.create(DEPLOYMENTS, deployment(minReadySeconds=5))
    w.advance()
    assert w.api.items(SETS)[0]["spec"]["minReadySeconds"] == 5
    w.change(DEPLOYMENTS, "web", lambda obj: obj["spec"].pop("minReadySeconds"))
    w.advance()
    assert "minReadySeconds" not in w.api.items(SETS)[0]["spec"]
