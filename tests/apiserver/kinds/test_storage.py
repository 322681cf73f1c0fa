import pytest

PV = {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce", "ReadOnlyMany"], "hostPath": {"path": "/x"}}
CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}


@pytest.fixture
def volumes(desk):
    return desk("", "PersistentVolume")


@pytest.fixture
def claims(desk):
    return desk("", "PersistentVolumeClaim")


def test_rows(desk, volumes, claims):
    made = volumes.new({"spec": {**PV, "claimRef": {"namespace": "a", "name": "b"}, "storageClassName": "fast"}})
    made["status"]["phase"] = "Bound"
    assert volumes.row(made) == ["web", "1Gi", "RWO,ROX", "Retain", "Bound", "a/b", "fast", "<unset>", "", "2m",
                                 "Filesystem"]
    old = desk("", "PersistentVolume", (1, 28))
    assert old.row(made) == ["web", "1Gi", "RWO,ROX", "Retain", "Bound", "a/b", "fast", "", "2m", "Filesystem"]
    claim = claims.new({"spec": {**CLAIM, "volumeName": "v", "storageClassName": "fast"}})
    assert claims.row(claim) == ["web", "Pending", "v", "0", "", "fast", "<unset>", "2m", "Filesystem"]
    claim["status"] = {"phase": "Bound", "capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"]}
    assert claims.row(claim)[1:5] == ["Bound", "v", "1Gi", "RWO"]
    classes = desk("storage.k8s.io", "StorageClass")
    made = classes.new({"provisioner": "a.b/c", "metadata": {"annotations": {
        "storageclass.kubernetes.io/is-default-class": "true"}}})
    assert classes.row(made) == ["web (default)", "a.b/c", "Delete", "Immediate", False, "2m"]


@pytest.mark.parametrize("spec,errors", [
    ({}, ["spec.accessModes: Required value", "spec.capacity: Required value",
          'spec.capacity: Unsupported value: null: supported values: "storage"',
          "spec: Required value: must specify a volume type"]),
    ({**PV, "accessModes": ["ReadWriteSome"]}, [
        'spec.accessModes: Unsupported value: "ReadWriteSome": supported values: "ReadOnlyMany", "ReadWriteMany", '
        '"ReadWriteOnce", "ReadWriteOncePod"']),
    ({**PV, "capacity": {"storage": "0"}}, [
        'spec.capacity[storage]: Invalid value: "0": must be greater than zero']),
    ({**PV, "nfs": {"server": "s", "path": "/p"}}, ["spec.nfs: Forbidden: may not specify more than 1 volume type"]),
    ({**PV, "persistentVolumeReclaimPolicy": "Keep"}, [
        'spec.persistentVolumeReclaimPolicy: Unsupported value: "Keep": supported values: "Delete", "Recycle", '
        '"Retain"']),
])
def test_volumes_that_are_wrong(volumes, spec, errors):
    assert volumes.errors({"spec": spec}) == errors


def test_a_volumes_source_stays(volumes):
    old = volumes.new({"spec": PV})
    error = volumes.change(old, hostPath={"path": "/y"})[0]
    assert error.startswith("spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after "
                            "creation\n@@")
    assert '-  "Path": "/x",\n+  "Path": "/y",' in error


@pytest.mark.parametrize("spec,errors", [
    ({}, ["spec.accessModes: Required value: at least 1 access mode is required",
          "spec.resources[storage]: Required value"]),
    ({**CLAIM, "accessModes": ["ReadWriteOncePod", "ReadWriteOnce"]}, [
        "spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes"]),
    ({**CLAIM, "storageClassName": "A"}, None),
    ({**CLAIM, "volumeMode": "Raw"}, [
        'spec.volumeMode: Unsupported value: "Raw": supported values: "Block", "Filesystem"']),
])
def test_claims_that_are_wrong(claims, spec, errors):
    found = claims.errors({"spec": spec})
    assert found == errors if errors is not None else found[0].startswith('spec.storageClassName: Invalid value: "A"')


def test_a_claim_stays_as_it_is(claims):
    old = claims.new({"spec": {**CLAIM, "storageClassName": "a", "volumeName": "v"}})
    old["status"] = {"phase": "Bound", "capacity": {"storage": "1Gi"}}
    assert claims.change(old, resources={"requests": {"storage": "2Gi"}}) == []
    assert claims.change(old, resources={"requests": {"storage": "512Mi"}}) == [
        "spec.resources.requests.storage: Forbidden: field can not be less than status.capacity"]
    error = claims.change(old, storageClassName="b")[0]
    assert error.startswith("spec: Forbidden: spec is immutable after creation except resources.requests and "
                            "volumeAttributesClassName for bound claims\n@@")


def test_a_class_stays_as_it_is(desk):
    classes = desk("storage.k8s.io", "StorageClass")
    old = classes.new({"provisioner": "a.b/c", "parameters": {"x": "1"}})
    changed = {**old, "parameters": {"x": "2"}, "reclaimPolicy": "Retain"}
    assert [str(e) for e in classes.kind.validate_update(changed, old, classes.ctx)] == [
        'parameters: Invalid value: {"x":"2"}: field is immutable',
        'reclaimPolicy: Invalid value: "Retain": field is immutable']
