from __future__ import annotations

import pytest

from kubesim_cli.controllers import pods
from kubesim_cli.machinery.objects import clone

SETS, CLAIMS = "statefulsets.apps", "persistentvolumeclaims"


def template(labels, image="nginx"):
    return {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "main", "image": image}]}}


def stateful_set(name="web", replicas=3, **spec):
    spec = {"replicas": replicas, "serviceName": name, "podManagementPolicy": "OrderedReady",
            "selector": {"matchLabels": {"app": name}}, "template": template({"app": name}),
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
            "revisionHistoryLimit": 10, **spec}
    return {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": name}, "spec": spec}


def claim_template(name="data", **metadata):
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name, **metadata},
            "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}


@pytest.fixture
def w(world):
    return world("statefulset")


def set_image(image):
    return lambda obj: obj["spec"]["template"]["spec"]["containers"][0].update(image=image)


def images(w):
    return [pod["spec"]["containers"][0]["image"] for pod in w.api.items("pods")]


def status(w, name="web"):
    return w.get(SETS, name)["status"]


def test_pods_come_in_order_with_their_identity(w):
    w.create(SETS, stateful_set(volumeClaimTemplates=[claim_template()]))
    w.advance()
    assert w.names("pods") == ["web-0"]
    w.advance(1)
    assert w.names("pods") == ["web-0", "web-1"]
    w.advance(2)
    assert w.names("pods") == ["web-0", "web-1", "web-2"]
    pod = w.get("pods", "web-1")
    labels = pod["metadata"]["labels"]
    assert labels["apps.kubernetes.io/pod-index"] == "1"
    assert labels["statefulset.kubernetes.io/pod-name"] == "web-1"
    assert labels["controller-revision-hash"] == status(w)["updateRevision"]
    assert pod["spec"]["hostname"] == "web-1" and pod["spec"]["subdomain"] == "web"
    assert pod["spec"]["volumes"] == [{"name": "data", "persistentVolumeClaim": {"claimName": "data-web-1"}}]
    assert pod["metadata"]["generateName"] == "web-"
    assert {k: v for k, v in status(w).items() if k.endswith("eplicas")} == {
        "replicas": 3, "readyReplicas": 3, "currentReplicas": 3, "updatedReplicas": 3, "availableReplicas": 3}
    assert status(w)["collisionCount"] == 0 and status(w)["observedGeneration"] == 1


def test_events_are_worded_as_the_release_does(w, world):
    w.create(SETS, stateful_set(replicas=1, volumeClaimTemplates=[claim_template()]))
    w.advance(3)
    assert w.events() == [("SuccessfulCreate", "Create Claim data-web-0 Pod web-0 in StatefulSet web success"),
                          ("SuccessfulCreate", "Create Pod web-0 in StatefulSet web successful")]
    old = world("statefulset", release=(1, 28))
    old.create(SETS, stateful_set(replicas=1))
    old.advance(1)
    old.change(SETS, "web", lambda obj: obj["spec"].update(replicas=0))
    old.advance(1)
    assert old.events() == [("SuccessfulCreate", "create Pod web-0 in StatefulSet web successful"),
                            ("SuccessfulDelete", "delete Pod web-0 in StatefulSet web successful")]


def test_revision_names_are_those_of_a_real_cluster(world):
    spec = {"containers": [{"name": "redis", "image": "redis:7.0",
                            "ports": [{"containerPort": 6379, "protocol": "TCP"}],
                            "resources": {}, "terminationMessagePath": "/dev/termination-log",
                            "terminationMessagePolicy": "File", "imagePullPolicy": "IfNotPresent"}],
            "restartPolicy": "Always", "terminationGracePeriodSeconds": 30, "dnsPolicy": "ClusterFirst",
            "securityContext": {}, "schedulerName": "default-scheduler"}
    set_ = stateful_set("cache", template={"metadata": {"labels": {"app": "cache"}}, "spec": spec})
    for release, name in (((1, 36), "cache-7cb56f7f6"), ((1, 28), "cache-66fd77786")):
        w = world("statefulset", release=release)
        w.create(SETS, set_)
        w.advance()
        assert w.names("controllerrevisions.apps") == [name]


def test_claims_have_the_selectors_labels_and_outlive_everything(w):
    w.create(SETS, stateful_set(replicas=2, volumeClaimTemplates=[claim_template(labels={"tier": "db"})]))
    w.advance(3)
    claim = w.get(CLAIMS, "data-web-0")
    assert claim["metadata"]["labels"] == {"tier": "db", "app": "web"}
    assert "ownerReferences" not in claim["metadata"]
    uid = w.get(CLAIMS, "data-web-1")["metadata"]["uid"]
    w.change(SETS, "web", lambda obj: obj["spec"].update(replicas=1))
    w.advance(1)
    assert w.names("pods") == ["web-0"] and w.names(CLAIMS) == ["data-web-0", "data-web-1"]
    w.change(SETS, "web", lambda obj: obj["spec"].update(replicas=2))
    w.advance(2)
    assert w.names("pods") == ["web-0", "web-1"]
    assert w.get(CLAIMS, "data-web-1")["metadata"]["uid"] == uid


def test_scaling_down_goes_from_the_top_and_waits(w):
    w.create(SETS, stateful_set())
    w.advance(4)
    w.change(SETS, "web", lambda obj: obj["spec"].update(replicas=0))
    w.advance()
    going = [pod["metadata"]["name"] for pod in w.api.items("pods") if "deletionTimestamp" in pod["metadata"]]
    assert going == ["web-2"]
    w.advance(2)
    assert w.names("pods") == []
    assert w.events("SuccessfulDelete") == [f"Delete Pod web-{i} in StatefulSet web successful" for i in (2, 1, 0)]


def test_parallel_sets_wait_for_nothing(w):
    w.create(SETS, stateful_set(podManagementPolicy="Parallel", ordinals={"start": 5}))
    w.advance()
    assert w.names("pods") == ["web-5", "web-6", "web-7"]
    w.advance(1)
    w.change(SETS, "web", lambda obj: obj["spec"].update(replicas=1))
    w.advance()
    assert sum("deletionTimestamp" in pod["metadata"] for pod in w.api.items("pods")) == 2
    w.advance(1)
    assert w.names("pods") == ["web-5"]


def test_a_deleted_pod_comes_again_under_its_name(w):
    w.create(SETS, stateful_set(replicas=2, volumeClaimTemplates=[claim_template()]))
    w.advance(3)
    uid = w.get("pods", "web-0")["metadata"]["uid"]
    w.delete("pods", "web-0")
    w.advance(2)
    assert w.names("pods") == ["web-0", "web-1"]
    assert w.get("pods", "web-0")["metadata"]["uid"] != uid
    assert len(w.events("SuccessfulDelete")) == 0


def test_a_failed_pod_is_replaced(w):
    set_ = stateful_set(replicas=1, template=template({"app": "web", "outcome": "Failed"}))
    w.create(SETS, set_)
    w.advance(1.2)
    assert "deletionTimestamp" in w.get("pods", "web-0")["metadata"]
    w.advance(0.5)
    assert w.get("pods", "web-0")["status"]["phase"] == "Pending"


def test_rolling_update_from_the_top_down_to_the_partition(w):
    w.create(SETS, stateful_set(updateStrategy={"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}))
    w.advance(4)
    first = status(w)["currentRevision"]
    w.change(SETS, "web", set_image("nginx:2"))
    w.advance(1)
    assert images(w) == ["nginx", "nginx", "nginx:2"]
    w.advance(5)
    assert images(w) == ["nginx", "nginx:2", "nginx:2"]
    assert status(w)["currentReplicas"] == 1 and status(w)["updatedReplicas"] == 2
    assert status(w)["currentRevision"] == first != status(w)["updateRevision"]
    w.delete("pods", "web-0")
    w.advance(3)
    assert images(w)[0] == "nginx"  # below the partition a pod comes again as it was
    w.change(SETS, "web", lambda obj: obj["spec"]["updateStrategy"]["rollingUpdate"].update(partition=0))
    w.advance(3)
    assert images(w) == ["nginx:2"] * 3
    assert status(w)["currentRevision"] == status(w)["updateRevision"] and status(w)["currentReplicas"] == 3


def test_max_unavailable_takes_several_at_a_time(w):
    made = stateful_set(replicas=4, podManagementPolicy="Parallel", updateStrategy={
        "type": "RollingUpdate", "rollingUpdate": {"partition": 0, "maxUnavailable": "50%"}})
    made["metadata"].update(namespace="default", generation=1)
    w.put(SETS, made)  # past the API, which drops the field: its feature gate is off
    w.advance(2)
    old = w.get(SETS, "web")
    new = clone(old)
    set_image("nginx:2")(new)
    w.server.write("MODIFIED", w.server.resolve(SETS), new, old)
    w.advance()
    assert [p["metadata"]["name"] for p in w.api.items("pods") if "deletionTimestamp" in p["metadata"]] == [
        "web-2", "web-3"]
    w.advance(5)
    assert images(w) == ["nginx:2"] * 4


def test_on_delete_waits_for_the_user(w):
    w.create(SETS, stateful_set(replicas=2, updateStrategy={"type": "OnDelete"}))
    w.advance(3)
    w.change(SETS, "web", set_image("nginx:2"))
    w.advance(3)
    assert images(w) == ["nginx", "nginx"]
    w.delete("pods", "web-1")
    w.advance(3)
    assert images(w) == ["nginx", "nginx:2"]


def test_history_is_numbered_on_and_cut(w):
    w.create(SETS, stateful_set(replicas=1, revisionHistoryLimit=1))
    w.advance(2)

    def numbers():
        return sorted(r["revision"] for r in w.api.items("controllerrevisions.apps"))

    for image in ("nginx:2", "nginx:3", "nginx:4"):
        w.change(SETS, "web", set_image(image))
        w.advance(4)
    assert numbers() == [3, 4]
    w.change(SETS, "web", set_image("nginx:3"))
    w.advance(4)
    assert numbers() == [4, 5]
    assert images(w) == ["nginx:3"]


def test_min_ready_seconds_holds_back_the_next_pod(w):
    w.create(SETS, stateful_set(replicas=2, minReadySeconds=5))
    w.advance(4)
    assert w.names("pods") == ["web-0"]
    assert status(w)["readyReplicas"] == 1 and status(w)["availableReplicas"] == 0
    w.advance(2.5)
    assert w.names("pods") == ["web-0", "web-1"] and status(w)["availableReplicas"] == 1
    w.advance(8)
    assert status(w)["availableReplicas"] == 2


def owners(w, name):
    refs = w.get(CLAIMS, name)["metadata"].get("ownerReferences", [])
    return [(ref["kind"], ref["name"], ref.get("controller")) for ref in refs]


def test_retention_policy_says_with_whom_claims_go(w):
    w.create(SETS, stateful_set(replicas=2, podManagementPolicy="Parallel", volumeClaimTemplates=[claim_template()],
                                persistentVolumeClaimRetentionPolicy={"whenScaled": "Delete", "whenDeleted": "Delete"}))
    w.advance(2)
    assert owners(w, "data-web-1") == [("StatefulSet", "web", True)]
    w.change(SETS, "web", lambda obj: obj["spec"].update(replicas=1))
    w.advance()
    assert owners(w, "data-web-1") == [("Pod", "web-1", True)]
    policy = {"whenScaled": "Retain", "whenDeleted": "Retain"}
    w.change(SETS, "web", lambda obj: obj["spec"].update(persistentVolumeClaimRetentionPolicy=policy))
    w.advance(1)
    assert owners(w, "data-web-0") == []


def test_no_pod_before_the_last_ones_claim_is_gone(w):
    w.create(SETS, stateful_set(replicas=1, volumeClaimTemplates=[claim_template()],
                                persistentVolumeClaimRetentionPolicy={"whenScaled": "Delete", "whenDeleted": "Retain"}))
    w.advance(2)
    w.change(SETS, "web", lambda obj: obj["spec"].update(replicas=0))
    w.advance(1)
    w.change(SETS, "web", lambda obj: obj["spec"].update(replicas=1))
    w.advance(2)
    assert w.names("pods") == []
    w.delete(CLAIMS, "data-web-0")
    w.change(CLAIMS, "data-web-0", lambda obj: obj["metadata"].update(finalizers=[]))
    w.advance(2)
    assert w.names("pods") == ["web-0"] and owners(w, "data-web-0") == []


def test_a_claim_in_deletion_keeps_its_pod_waiting(w):
    held = claim_template("data-web-0", finalizers=["kubernetes.io/pvc-protection"])
    w.create(CLAIMS, held)
    w.delete(CLAIMS, "data-web-0")
    w.create(SETS, stateful_set(replicas=1, volumeClaimTemplates=[claim_template()]))
    w.advance()
    assert w.names("pods") == []
    assert w.events("FailedCreate") == ["Create Pod web-0 in StatefulSet web failed error: pvc data-web-0 is being "
                                        "deleted"]


def test_pods_that_did_not_change_are_not_looked_at_again(w, monkeypatch):
    """A set of many pods costs a look at those that changed; that one goes is noticed all the same."""
    w.create(SETS, stateful_set(replicas=12))
    w.advance(15)
    assert status(w)["readyReplicas"] == 12
    looked = []
    ready = pods.is_ready
    monkeypatch.setattr(pods, "is_ready", lambda pod: looked.append(pod["metadata"]["name"]) or ready(pod))
    w.change("pods", "web-5", lambda pod: pod["metadata"].update(annotations={"new": "one"}))
    w.advance()
    assert set(looked) <= {"web-5"} and status(w)["readyReplicas"] == 12
    w.delete("pods", "web-7", grace_period=0)
    w.advance()
    assert status(w)["readyReplicas"] < 12
    w.advance(3)
    assert status(w)["readyReplicas"] == 12 and len(w.names("pods")) == 12
    w.change(SETS, "web", lambda obj: obj["spec"].update(replicas=10))
    w.advance(5)
    assert len(w.names("pods")) == 10 and status(w)["replicas"] == 10
