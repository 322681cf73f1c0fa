from __future__ import annotations

import pytest

CLAIMS, VOLUMES, CLASSES = "persistentvolumeclaims", "persistentvolumes", "storageclasses.storage.k8s.io"


@pytest.fixture
def w(node_world):
    return make(node_world)


def make(node_world, **options):
    w = node_world("scheduler", "kubelet", "persistentvolumeclaim-binder", "persistentvolume-binder",
              "persistentvolumeclaim-protection", "persistentvolume-protection", "persistentvolumeclaim-expander",
              "ephemeral-volume", **options)
    storage_class(w, "standard", "k8s.io/minikube-hostpath")
    return w


def storage_class(w, name, provisioner, mode="Immediate", **fields):
    w.create(CLASSES, {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": name},
                       "provisioner": provisioner, "volumeBindingMode": mode, "reclaimPolicy": "Delete", **fields})


def claim(w, name, size="1Gi", modes=("ReadWriteOnce",), cls="manual", **spec):
    spec = {"accessModes": list(modes), "resources": {"requests": {"storage": size}}, **spec}
    if cls is not None:
        spec["storageClassName"] = cls
    w.create(CLAIMS, {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "status": {"phase": "Pending"}, "spec": spec,
                      "metadata": {"name": name, "finalizers": ["kubernetes.io/pvc-protection"]}})


def volume(w, name, size="1Gi", modes=("ReadWriteOnce",), labels=None, cls="manual", policy="Retain", **spec):
    w.create(VOLUMES, {
        "apiVersion": "v1", "kind": "PersistentVolume", "status": {"phase": "Pending"},
        "metadata": {"name": name, "labels": labels or {}, "finalizers": ["kubernetes.io/pv-protection"]},
        "spec": {"capacity": {"storage": size}, "accessModes": list(modes), "hostPath": {"path": f"/mnt/{name}"},
                 "storageClassName": cls, "persistentVolumeReclaimPolicy": policy, "volumeMode": "Filesystem", **spec}})


def bound(w, name):
    found = w.get(CLAIMS, name)
    return found["status"]["phase"], found["spec"].get("volumeName")


def state(w, name):
    found = w.get(VOLUMES, name, "")
    return found["status"]["phase"], (found["spec"].get("claimRef") or {}).get("name")


def uses(name):
    return [{"name": "data", "persistentVolumeClaim": {"claimName": name}}]


def test_the_smallest_with_the_fewest_modes_is_taken(w):
    volume(w, "large", "10Gi", ("ReadWriteOnce", "ReadWriteMany"))
    volume(w, "middle", "5Gi", labels={"disk": "ssd"})
    volume(w, "small", "1Gi")
    w.advance()
    assert state(w, "small") == ("Available", None)
    claim(w, "data", "500Mi")
    claim(w, "fast", "2Gi", selector={"matchLabels": {"disk": "ssd"}})
    claim(w, "shared", "1Gi", ("ReadWriteMany",))
    claim(w, "huge", "50Gi")
    w.advance()
    assert [bound(w, name) for name in ("data", "fast", "shared", "huge")] == [
        ("Bound", "small"), ("Bound", "middle"), ("Bound", "large"), ("Pending", None)]
    assert w.get(CLAIMS, "data")["status"]["capacity"] == {"storage": "1Gi"}
    assert w.get(CLAIMS, "data")["metadata"]["annotations"] == {
        "pv.kubernetes.io/bind-completed": "yes", "pv.kubernetes.io/bound-by-controller": "yes"}
    assert w.get(VOLUMES, "small", "")["metadata"]["annotations"] == {"pv.kubernetes.io/bound-by-controller": "yes"}
    assert w.events("ProvisioningFailed") == ['storageclass.storage.k8s.io "manual" not found']


def test_by_name_and_reserved(w):
    volume(w, "a", "1Gi")
    volume(w, "b", "1Gi", claimRef={"namespace": "default", "name": "mine"})
    claim(w, "other", "1Gi", volumeName="b")
    claim(w, "mine", "1Gi")
    claim(w, "big", "2Gi", volumeName="a")
    w.advance()
    assert bound(w, "mine") == ("Bound", "b") and bound(w, "other") == ("Pending", "b")
    assert w.events("FailedBinding", "other") == ['volume "b" already bound to a different claim.']
    assert w.events("VolumeMismatch") == ['Cannot bind to requested volume "a": requested PV is too small']


def test_retained_volumes_stay_released_until_they_are_cleared(w):
    volume(w, "a")
    claim(w, "data")
    w.advance()
    w.api.delete(CLAIMS, "data", "default")
    w.advance()
    assert w.get(CLAIMS, "data") is None and state(w, "a") == ("Released", "data")
    w.change(VOLUMES, "a", lambda obj: obj["spec"].pop("claimRef"), "")
    w.advance()
    assert state(w, "a") == ("Available", None)


def test_a_volume_whose_claim_has_no_name_any_more_is_released(w):
    volume(w, "v", claimRef={"namespace": "default", "uid": "gone"})
    w.advance()
    assert state(w, "v") == ("Released", None)


def test_a_lost_volume(w):
    volume(w, "a")
    claim(w, "data")
    w.advance()
    w.change(VOLUMES, "a", lambda obj: obj["metadata"].update(finalizers=[]), "")
    w.api.delete(VOLUMES, "a")
    w.advance()
    assert bound(w, "data")[0] == "Lost"
    assert w.events("ClaimLost") == ["Bound claim has lost its PersistentVolume. Data on the volume is lost!"]


@pytest.mark.parametrize(("policy", "path", "phase", "told"), [
    ("Delete", "/mnt/a", "Failed", "host_path deleter only supports /tmp/.+ but received provided /mnt/a"),
    ("Delete", "/tmp/a", None, ""), ("Recycle", "/mnt/a", "Available", "Volume recycled")])
def test_reclaiming(w, policy, path, phase, told):
    volume(w, "a", policy=policy, hostPath={"path": path})
    claim(w, "data")
    w.advance()
    w.api.delete(CLAIMS, "data", "default")
    w.advance()
    found = w.get(VOLUMES, "a", "")
    assert (found and found["status"]["phase"]) == phase
    assert not told or told in [message for _, message in w.events()]


def test_provisioning(w):
    claim(w, "data", "256Mi", ("ReadWriteMany",), cls="standard")
    w.advance()
    name = f"pvc-{w.get(CLAIMS, 'data')['metadata']['uid']}"
    assert bound(w, "data") == ("Bound", name)
    made = w.get(VOLUMES, name, "")
    assert made["spec"]["hostPath"] == {"path": "/tmp/hostpath-provisioner/default/data", "type": ""}
    assert made["spec"]["capacity"] == {"storage": "256Mi"} and made["status"]["phase"] == "Bound"
    assert sorted(made["metadata"]["annotations"]) == ["hostPathProvisionerIdentity", "pv.kubernetes.io/provisioned-by"]
    assert sorted(w.get(CLAIMS, "data")["metadata"]["annotations"]) == [
        "pv.kubernetes.io/bind-completed", "pv.kubernetes.io/bound-by-controller",
        "volume.beta.kubernetes.io/storage-provisioner", "volume.kubernetes.io/storage-provisioner"]
    assert [reason for reason, _ in w.events()].count("ProvisioningSucceeded") == 1
    w.api.delete(CLAIMS, "data", "default")
    w.advance()
    assert w.get(VOLUMES, name, "") is None


@pytest.mark.parametrize(("provisioner", "reason", "told"), [
    ("example.com/fast", "ExternalProvisioning", "'example.com/fast'"),
    ("kubernetes.io/aws-ebs", "ExternalProvisioning", "'ebs.csi.aws.com'"),
    ("kubernetes.io/no-provisioner", "ProvisioningFailed", "plugin matched name: kubernetes.io/no-provisioner")])
def test_other_provisioners(w, provisioner, reason, told):
    storage_class(w, "other", provisioner)
    claim(w, "data", cls="other")
    w.advance()
    assert bound(w, "data") == ("Pending", None) and told in w.events(reason)[0]


def test_no_class_at_all(w):
    claim(w, "data", cls="")
    w.advance()
    assert w.events("FailedBinding") == ["no persistent volumes available for this claim and no storage class is set"]


def test_the_default_class_comes_late(w):
    claim(w, "data", cls=None)
    w.advance()
    assert bound(w, "data") == ("Pending", None)
    storage_class(w, "dflt", "k8s.io/minikube-hostpath")
    w.change(CLASSES, "dflt", lambda obj: obj["metadata"].update(
        annotations={"storageclass.kubernetes.io/is-default-class": "true"}), "")
    w.advance()
    assert bound(w, "data")[0] == "Bound" and w.get(CLAIMS, "data")["spec"]["storageClassName"] == "dflt"


def test_a_claim_in_use_is_protected(w):
    claim(w, "data", cls="standard")
    w.pod("a", volumes=uses("data"))
    w.advance(2)
    w.api.delete(CLAIMS, "data", "default")
    w.advance(2)
    assert "deletionTimestamp" in w.get(CLAIMS, "data")["metadata"]
    w.pod("b", volumes=uses("data"))
    w.advance()
    assert 'persistentvolumeclaim "data" is being deleted' in w.condition("b", "PodScheduled")["message"]
    w.api.delete("pods", "a", "default")
    w.advance(1)
    assert w.get(CLAIMS, "data") is None


def test_a_bound_volume_is_protected(w):
    volume(w, "a")
    claim(w, "data")
    w.advance()
    w.api.delete(VOLUMES, "a")
    w.advance()
    assert state(w, "a")[0] == "Bound"
    w.api.delete(CLAIMS, "data", "default")
    w.advance()
    assert w.get(VOLUMES, "a", "") is None


def test_waiting_for_the_first_consumer(node_world):
    w = make(node_world, nodes=3)
    storage_class(w, "wait", "kubernetes.io/no-provisioner", "WaitForFirstConsumer")
    on = {"required": {"nodeSelectorTerms": [{"matchExpressions": [
        {"key": "kubernetes.io/hostname", "operator": "In", "values": ["minikube-m02"]}]}]}}
    claim(w, "data", cls="wait")
    w.advance()
    w.pod("a", volumes=uses("data"))
    w.advance()
    assert "waiting for first consumer to be created before binding" in w.events("WaitForFirstConsumer")
    assert "3 node(s) didn't find available persistent volumes to bind" in w.condition("a", "PodScheduled")["message"]
    volume(w, "local", cls="wait", nodeAffinity=on)
    w.advance(2)
    assert bound(w, "data") == ("Bound", "local") and w.where("a") == "minikube-m02"
    w.pod("b", volumes=uses("data"), nodeName=None, nodeSelector={"kubernetes.io/hostname": "minikube"})
    w.advance()
    assert "1 node(s) didn't match PersistentVolume's node affinity" in w.condition("b", "PodScheduled")["message"]


def test_provisioning_for_the_first_consumer(w):
    storage_class(w, "late", "k8s.io/minikube-hostpath", "WaitForFirstConsumer")
    claim(w, "data", cls="late")
    w.advance()
    assert bound(w, "data") == ("Pending", None)
    w.pod("a", volumes=uses("data"))
    w.advance(2)
    assert bound(w, "data")[0] == "Bound" and w.where("a") == "minikube"
    assert w.get(CLAIMS, "data")["metadata"]["annotations"]["volume.kubernetes.io/selected-node"] == "minikube"


def test_a_pod_goes_back_to_the_node_of_its_volume(node_world):
    w = make(node_world, nodes=3)
    claim(w, "data", cls="standard")
    w.pod("a", volumes=uses("data"))
    w.advance(2)
    home = w.where("a")
    for i in range(9):
        w.pod(f"p{i}", nodeSelector={"kubernetes.io/hostname": home})
    w.api.delete("pods", "a", "default", grace_period=0)
    w.pod("a", volumes=uses("data"))
    w.advance(2)
    assert w.where("a") == home
    w.api.delete("pods", "a", "default", grace_period=0)
    w.node(home, lambda node: node["spec"].update(unschedulable=True))
    w.pod("a", volumes=uses("data"))
    w.advance(2)
    assert w.where("a") not in (None, home)


def test_read_write_once_pod(w):
    claim(w, "data", modes=("ReadWriteOncePod",), cls="standard")
    w.pod("a", volumes=uses("data"))
    w.advance()
    w.pod("b", volumes=uses("data"))
    w.advance()
    assert "ReadWriteOncePod access mode already in-use by another pod" in w.condition("b", "PodScheduled")["message"]


def test_generic_ephemeral_volumes(w):
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {
        "accessModes": ["ReadWriteOnce"], "storageClassName": "standard",
        "resources": {"requests": {"storage": "1Gi"}}}}
    w.pod("a", volumes=[{"name": "tmp", "ephemeral": {"volumeClaimTemplate": template}}])
    w.advance(2)
    assert bound(w, "a-tmp")[0] == "Bound" and w.where("a") == "minikube"
    assert w.get(CLAIMS, "a-tmp")["metadata"]["ownerReferences"][0]["name"] == "a"


def test_growing_is_left_to_a_driver(w):
    claim(w, "data", cls="standard")
    w.advance()
    w.change(CLAIMS, "data", lambda obj: obj["spec"]["resources"]["requests"].update(storage="2Gi"))
    w.advance()
    assert w.get(CLAIMS, "data")["status"]["capacity"] == {"storage": "1Gi"}
    assert w.events("ExternalExpanding") == ["waiting for an external controller to expand this PVC"]
