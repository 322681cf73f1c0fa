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


@pytest.mark.parametrize("kind,obj,expected", [
    ("VolumeAttachment", {"spec": {"attacher": "d.org", "nodeName": "n", "source": {}}}, [
        "spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName"]),
    ("VolumeAttachment", {"spec": {"attacher": "d.org",
               "nodeName": "n",
               "source": {"persistentVolumeName": "v", "inlineVolumeSpec": {}}}}, [
        "spec.source: Forbidden: must specify exactly one of inlineVolumeSpec and persistentVolumeName"]),
    ("VolumeAttachment", {"spec": {"attacher": "d.org", "nodeName": "n", "source": {"persistentVolumeName": ""}}}, [
        "spec.source.persistentVolumeName: Required value: must specify non empty persistentVolumeName",
        'spec.source.persistentVolumeName: Invalid value: "": a lowercase RFC 1123 subdomain must consist...']),
    ("VolumeAttachment", {"spec": {"attacher": "", "nodeName": "", "source": {"persistentVolumeName": "v"}}}, [
        "spec.attacher: Required value",
        'spec.nodeName: Invalid value: "": a lowercase RFC 1123 subdomain must consist...']),
    ("VolumeAttributesClass", {}, [
        "driverName: Required value",
        "parameters: Required value: must contain at least one key/value pair"]),
    ("VolumeAttributesClass", {"driverName": "a b", "parameters": {"": "x"}}, [
        'driverName: Invalid value: "a b": name part must consist...',
        'parameters: Invalid value: "": field can not be empty.']),
    ("CSIStorageCapacity", {"storageClassName": "A", "nodeTopology": {"matchLabels": {"a b": ""}}}, [
        'nodeTopology.matchLabels: Invalid value: "a b": name part must consist...',
        'storageClassName: Invalid value: "A": a lowercase RFC 1123 subdomain must consist...']),
    ("StorageClass", {}, ["provisioner: Required value"]),
    ("StorageClass", {"provisioner": "a.b/c", "reclaimPolicy": "Recycle", "volumeBindingMode": "Later"}, [
        'reclaimPolicy: Unsupported value: "Recycle": supported values: "Delete", "Retain"',
        'volumeBindingMode: Unsupported value: "Later": supported values: "Immediate", "WaitForFirstConsumer"']),
    ("StorageClass", {"provisioner": "a.b/c", "parameters": {"": "x"}}, [
        'parameters: Invalid value: "": field can not be empty.']),
    ("StorageClass", {"provisioner": "a.b/c",
      "allowedTopologies": [{"matchLabelExpressions": [{"key": "a b", "values": []},
                                                       {"key": "k", "values": ["x", "x", "a b"]},
                                                       {"key": "k", "values": ["y"]}]}]}, [
        "allowedTopologies[0].matchLabelExpressions[0].values: Required value",
        'allowedTopologies[0].matchLabelExpressions[0].key: Invalid value: "a b": name part must consist...',
        'allowedTopologies[0].matchLabelExpressions[1].values[1]: Duplicate value: "x"',
        'allowedTopologies[0].matchLabelExpressions[2].key: Duplicate value: "k"']),
    ("CSINode", {"spec": {"drivers": [{"name": "", "nodeID": ""}, {"name": "d", "nodeID": "m"},
                           {"name": "d", "nodeID": "n"}]}}, [
        "spec.drivers[0].name: Required value",
        "spec.drivers[0].nodeID: Required value",
        'spec.drivers[2].name: Duplicate value: "d"']),
    ("CSIDriver", {"spec": {"volumeLifecycleModes": ["Odd"],
               "fsGroupPolicy": "Odd",
               "tokenRequests": [{"audience": "a", "expirationSeconds": 1},
                                 {"audience": "a", "expirationSeconds": 8589934592}]}}, [
        'spec.fsGroupPolicy: Unsupported value: "Odd": supported values: "File", "None", "ReadWriteOnceWithFSType"',
        "spec.tokenRequests[0].expirationSeconds: Invalid value: 1: may not specify a duration less than 10 minutes",
        'spec.tokenRequests[1].audience: Duplicate value: "a"',
        'spec.volumeLifecycleModes: Unsupported value: "Odd": supported values: "Persistent", "Ephemeral"']),
])
def test_what_is_wrong_with_the_others(desk, fits, kind, obj, expected):
    found = desk("storage.k8s.io", kind).errors(obj)
    assert fits(found, expected), found


def test_parameters_are_few_and_short(desk):
    classes = desk("storage.k8s.io", "StorageClass")
    assert classes.errors({"provisioner": "a.b/c", "parameters": {str(i): "" for i in range(512)}}) == []
    assert classes.errors({"provisioner": "a.b/c", "parameters": {"k": "v" * (256 * 1024 - 1)}}) == []
    assert classes.errors({"provisioner": "a.b/c", "parameters": {str(i): "" for i in range(513)}}) == [
        "parameters: Too long: may not be more than 512 bytes"]
    assert classes.errors({"provisioner": "a.b/c", "parameters": {"k": "v" * 256 * 1024}}) == [
        "parameters: Too long: may not be more than 262144 bytes"]


def test_rows_of_the_others(desk):
    attachments, kinds = desk("storage.k8s.io", "VolumeAttachment"), ("VolumeAttributesClass", "CSIStorageCapacity")
    made = attachments.new({"spec": {"attacher": "d.org", "nodeName": "n", "source": {"persistentVolumeName": "v"}}})
    assert attachments.row(made) == ["web", "d.org", "v", "n", False, "2m"]
    assert attachments.row({**made, "status": {"attached": True}})[4] is True
    found = {"driverName": "d.org", "storageClassName": "fast"}
    assert [desk("storage.k8s.io", kind).row(desk("storage.k8s.io", kind).new(found)) for kind in kinds] == [
        ["web", "d.org", "2m"], ["web", "2023-12-31T23:58:00Z"]]


def test_what_stays_as_it_is(desk):
    def changes(kind, old, **new):
        at = desk("storage.k8s.io", kind)
        stored = at.new(old)
        return [str(error) for error in at.kind.validate_update({**stored, **new}, stored, at.ctx)]

    attachment = {"spec": {"attacher": "d.org", "nodeName": "n", "source": {"persistentVolumeName": "v"}}}
    assert changes("VolumeAttachment", attachment) == []
    assert changes("VolumeAttachment", attachment, spec={**attachment["spec"], "nodeName": "m"})[0].startswith(
        "spec: Invalid value: ")
    attributes = {"driverName": "d.org", "parameters": {"a": "b"}}
    assert changes("VolumeAttributesClass", attributes, parameters={"a": "c"}) == [
        "parameters: Forbidden: updates to parameters are forbidden."]
    assert changes("CSIStorageCapacity", {"storageClassName": "fast"}, capacity="1Gi") == []
    assert changes("CSIStorageCapacity", {"storageClassName": "fast"}, storageClassName="slow") == [
        'storageClassName: Invalid value: "slow": field is immutable']


BASES = {"PersistentVolume": {"capacity": {"storage": "1Gi"}},
         "PersistentVolumeClaim": {"resources": {"requests": {"storage": "1Gi"}}}}


@pytest.mark.parametrize("kind,spec,expected", [
    ("PersistentVolume", {"hostPath": {"path": "../x"}}, [
        'spec.hostPath.path: Invalid value: "../x": must not contain \'..\'']),
    ("PersistentVolume", {"hostPath": {"path": "/"}, "persistentVolumeReclaimPolicy": "Recycle"}, [
        "spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'"]),
    ("PersistentVolume", {"local": {"path": ""}}, [
        "spec.local.path: Required value",
        "spec.nodeAffinity: Required value: Local volume requires node affinity"]),
    ("PersistentVolume", {"local": {"path": "/a"}}, [
        "spec.nodeAffinity: Required value: Local volume requires node affinity"]),
    ("PersistentVolume", {"nfs": {"server": "", "path": "rel"}}, [
        "spec.nfs.server: Required value",
        'spec.nfs.path: Invalid value: "rel": must be an absolute path']),
    ("PersistentVolume", {"csi": {"driver": "", "volumeHandle": ""}}, [
        "spec.csi.driver: Required value",
        "spec.csi.volumeHandle: Required value"]),
    ("PersistentVolume",
     {"csi": {"driver": "d.org", "volumeHandle": "h", "controllerPublishSecretRef": {"name": "s"}}}, [
        "spec.csi.controllerPublishSecretRef.namespace: Required value"]),
    ("PersistentVolume",
     {"accessModes": ["ReadWriteOncePod", "ReadOnlyMany"], "nfs": {"server": "s", "path": "/p"}}, [
        "spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes"]),
    ("PersistentVolume", {"nfs": {"server": "s", "path": "/p"}, "volumeMode": "Raw", "storageClassName": "A"}, [
        'spec.storageClassName: Invalid value: "A": a lowercase RFC 1123 subdomain must consist...',
        'spec.volumeMode: Unsupported value: "Raw": supported values: "Block", "Filesystem"']),
    ("PersistentVolume", {"nfs": {"server": "s", "path": "/p"}, "nodeAffinity": {}}, [
        "spec.nodeAffinity.required: Required value: must specify required node constraints"]),
    ("PersistentVolume", {"capacity": {"storage": "1Gi", "cpu": "1"}, "nfs": {"server": "s", "path": "/p"}}, [
        'spec.capacity: Unsupported value: {"storage":"1Gi","cpu":"1"}: supported values: "storage"']),
    ("PersistentVolumeClaim", {"selector": {"matchLabels": {"a b": ""}}}, [
        'spec.selector.matchLabels: Invalid value: "a b": name part must consist...']),
    ("PersistentVolumeClaim", {"dataSource": {"apiGroup": "a.b", "kind": "K", "name": "p"},
      "dataSourceRef": {"apiGroup": "a.b", "kind": "L", "name": "p"}}, [
        'spec: Invalid value: "spec.dataSource": must match dataSourceRef']),
    ("PersistentVolumeClaim", {"accessModes": ["Odd"], "volumeAttributesClassName": "A"}, [
        'spec.accessModes: Unsupported value: "Odd": supported values: "ReadOnlyMany", "ReadWriteMany", '
        '"ReadWriteOnce", "ReadWriteOncePod"',
        'spec.volumeAttributesClassName: Invalid value: "A": a lowercase RFC 1123 subdomain must consist...']),
])
def test_what_else_is_wrong_with_volumes_and_claims(desk, fits, kind, spec, expected):
    found = desk("", kind).errors({"spec": {**BASES[kind], "accessModes": ["ReadWriteOnce"], **spec}})
    assert fits(found, expected), found


def test_the_changes_of_a_driver_are_counted(desk):
    drivers = desk("storage.k8s.io", "CSIDriver")
    old = drivers.new({"spec": {}})
    assert not drivers.kind.has_generation
    new = {**old, "metadata": dict(old["metadata"]), "spec": {**old["spec"], "podInfoOnMount": True}}
    drivers.kind.prepare_update(new, old, drivers.ctx)
    assert new["metadata"]["generation"] == 1
