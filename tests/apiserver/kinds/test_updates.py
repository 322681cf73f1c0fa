"""What of a stored object stays as it is, and what its status may not tell."""

from __future__ import annotations

import pytest

from kubesim_cli.apiserver.kinds.core.podspec import update
from kubesim_cli.releases import gates

IMMUTABLE = "field is immutable"
NOT_NEGATIVE = "must be greater than or equal to 0"
CLAIM = {"devices": {"requests": [{"name": "r", "exactly": {"deviceClassName": "c"}}]}}


@pytest.fixture
def workload(template):
    return {"selector": {"matchLabels": {"app": "web"}}, "template": template}


def changed(desk, group, kind, obj, subresource="", **fields):
    """The errors of an update of whole fields of an object."""
    at = desk(group, kind)
    old = at.new(obj)
    hook = at.kind.validate_status if subresource == "status" else at.kind.validate_update
    return [str(error) for error in hook({**old, **fields}, old, at.ctx)]


def test_a_daemon_set(desk, workload):
    at = desk("apps", "DaemonSet")
    old = at.new({"spec": workload})
    assert at.change(old, revisionHistoryLimit=3) == []
    other = {"matchLabels": {"app": "web", "tier": "a"}}
    found = at.change(old, selector=other)
    assert found[0] == f'spec.selector: Invalid value: {{"matchLabels":{{"app":"web","tier":"a"}}}}: {IMMUTABLE}'
    status = {"currentNumberScheduled": -1, "collisionCount": 1}
    assert [str(error) for error in at.kind.validate_status(
        {**old, "status": status}, {**old, "status": {"collisionCount": 2}}, at.ctx)] == [
        f"status.currentNumberScheduled: Invalid value: -1: {NOT_NEGATIVE}",
        "status.collisionCount: Invalid value: 1: cannot be decremented"]


def test_an_autoscaler(desk):
    spec = {"maxReplicas": 3, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "d"}}
    at = desk("autoscaling", "HorizontalPodAutoscaler")
    old = at.new({"spec": spec})
    assert at.change(old, maxReplicas=4) == []
    assert at.change(old, minReplicas=5) == [
        "spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`"]
    ungrouped = {"apiVersion": "v1", "kind": "Deployment", "name": "d"}
    assert at.change(old, scaleTargetRef=ungrouped) == [
        'spec.scaleTargetRef.apiVersion: Invalid value: "v1": apiVersion must specify API group']
    assert at.change({**old, "spec": {**old["spec"], "scaleTargetRef": ungrouped}}, maxReplicas=4) == []
    assert changed(desk, "autoscaling", "HorizontalPodAutoscaler", {"spec": spec}, "status",
                   status={"desiredReplicas": -1}) == [f"status.desiredReplicas: Invalid value: -1: {NOT_NEGATIVE}"]


def test_a_cron_job(desk, container):
    job = {"spec": {"template": {"spec": {"containers": [container], "restartPolicy": "Never"}}}}
    at = desk("batch", "CronJob")
    old = at.new({"spec": {"schedule": "* * * * *", "jobTemplate": job}})
    assert at.change(old, schedule="0 * * * *", concurrencyPolicy="Forbid") == []
    assert at.change(old, schedule="hourly", concurrencyPolicy="Odd") == [
        'spec.schedule: Invalid value: "hourly": expected exactly 5 fields, found 1: [hourly]',
        'spec.concurrencyPolicy: Unsupported value: "Odd": supported values: "Allow", "Forbid", "Replace"']


@pytest.mark.parametrize("group,kind,obj,fields,expected", [
    ("", "Endpoints", {"subsets": [{}]}, {"metadata": {"name": "web", "labels": {"a": "b"}}}, []),
    ("", "Endpoints", {}, {"subsets": [{}]}, [
        "subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`"]),
    ("discovery.k8s.io", "EndpointSlice", {"addressType": "IPv4"}, {"addressType": "IPv6"}, [
        f'addressType: Invalid value: "IPv6": {IMMUTABLE}']),
    ("networking.k8s.io", "Ingress", {"spec": {"defaultBackend": {"resource": {"kind": "K", "name": "n"}}}},
     {"spec": {"defaultBackend": {}}}, ['spec.defaultBackend: Invalid value: "": resource or service backend is '
                                        "required"]),
    ("networking.k8s.io", "IngressClass", {"spec": {"controller": "a.b/c"}}, {"spec": {"controller": "a.b/d"}}, [
        f'spec.controller: Invalid value: "a.b/d": {IMMUTABLE}']),
    ("node.k8s.io", "RuntimeClass", {"handler": "a"}, {"handler": "b"}, [f'handler: Invalid value: "b": {IMMUTABLE}']),
    ("storage.k8s.io", "CSIDriver", {}, {"spec": {"attachRequired": False, "fsGroupPolicy": "File",
                                                  "volumeLifecycleModes": ["Ephemeral"]}}, [
        f"spec.attachedRequired: Invalid value: false: {IMMUTABLE}",
        f'spec.volumeLifecycleModes: Invalid value: ["Ephemeral"]: {IMMUTABLE}']),
    ("resource.k8s.io", "ResourceClaimTemplate", {"spec": {"spec": CLAIM}}, {"spec": None}, [
        f"spec: Invalid value: null: {IMMUTABLE}"]),
    ("resource.k8s.io", "ResourceClaim", {"spec": CLAIM}, {"spec": None}, [f"spec: Invalid value: null: {IMMUTABLE}"]),
])
def test_what_an_update_may_not_do(desk, group, kind, obj, fields, expected):
    assert changed(desk, group, kind, obj, **fields) == expected


@pytest.mark.parametrize("group,kind,obj,status,expected", [
    ("", "ResourceQuota", {"spec": {"hard": {"pods": "1"}}}, {"hard": {"pods": "0.5"}, "used": {"odd": "-1"}}, [
        'status.hard[pods]: Invalid value: "0.5": must be an integer',
        'status.used[odd]: Invalid value: "odd": must be a standard resource type or fully qualified',
        'status.used[odd]: Invalid value: "odd": must be a standard resource for quota',
        f'status.used[odd]: Invalid value: "-1": {NOT_NEGATIVE}']),
    ("", "Namespace", {}, {"phase": "Terminating"}, [
        'status.Phase: Invalid value: "Terminating": may only be \'Active\' if `deletionTimestamp` is empty']),
    ("", "Namespace", {}, {"phase": "Active"}, []),
])
def test_what_a_status_may_not_tell(desk, group, kind, obj, status, expected):
    assert changed(desk, group, kind, obj, "status", status=status) == expected


@pytest.mark.parametrize("kind,obj,expected", [
    ("ClusterRole", {"aggregationRule": {}}, [
        "aggregationRule.clusterRoleSelectors: Required value: at least one clusterRoleSelector required if "
        "aggregationRule is non-nil"]),
    ("ClusterRole", {"aggregationRule": {"clusterRoleSelectors": [{"matchExpressions": [
        {"key": "a", "operator": "Odd"}]}]}}, [
        'aggregationRule.clusterRoleSelectors[0].matchExpressions[0].operator: Invalid value: "Odd": not a valid '
        "selector operator"]),
    ("ClusterRole", {"aggregationRule": {"clusterRoleSelectors": [{"matchLabels": {"a": "b"}}]}}, []),
])
def test_aggregated_roles(desk, kind, obj, expected):
    at = desk("rbac.authorization.k8s.io", kind)
    assert [str(error) for error in at.kind.validate({"rules": [], "metadata": {"name": "web"}, **obj}, at.ctx)] == (
        expected)


def test_subjects(desk):
    at = desk("rbac.authorization.k8s.io", "ClusterRoleBinding")
    binding = {"metadata": {"name": "web"}, "roleRef": {"kind": "ClusterRole", "name": "view"}, "subjects": [
        {"kind": "ServiceAccount", "name": "A_", "apiGroup": "x"}, {"kind": "User", "apiGroup": "x"}, {"kind": "Odd",
                                                                                                      "name": "n"}]}
    at.kind.default(binding, at.ctx)
    found = [str(error) for error in at.kind.validate(binding, at.ctx)]
    assert [text.partition(": a lowercase")[0] for text in found] == [
        'subjects[0].name: Invalid value: "A_"',
        'subjects[0].apiGroup: Unsupported value: "x": supported values: ""',
        "subjects[0].namespace: Required value",
        "subjects[1].name: Required value",
        'subjects[1].apiGroup: Unsupported value: "x": supported values: "rbac.authorization.k8s.io"',
        'subjects[2].kind: Unsupported value: "Odd": supported values: "ServiceAccount", "User", "Group"']


@pytest.mark.parametrize("source,expected", [
    ({"dataSource": {"kind": "VolumeSnapshot", "name": ""}}, [
        "dataSource.name: Required value",
        'dataSource: Invalid value: "VolumeSnapshot": must be \'PersistentVolumeClaim\' when referencing the default '
        "apiGroup"]),
    ({"dataSourceRef": {"kind": "X", "name": "n", "apiGroup": "A", "namespace": "B"}}, [
        'dataSourceRef.apiGroup: Invalid value: "A": a lowercase RFC 1123 subdomain must consist...',
        'dataSourceRef.namespace: Invalid value: "B": a lowercase RFC 1123 label must consist...']),
    ({"dataSource": {"kind": "PersistentVolumeClaim", "name": "n"}}, []),
])
def test_what_a_claim_is_filled_from(fits, source, expected):
    from kubesim_cli.apiserver.kinds.core.persistentvolumeclaim_validation import validate

    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}, **source}
    found = [str(error) for error in validate(spec, "spec")]
    assert fits(found, [f"spec.{text}" for text in expected]), found


SIGNAL = "may not be set for containers with empty `spec.os.name`"


@pytest.mark.parametrize("spec,parts,expected", [
    ({}, {"livenessProbe": {"exec": {}}}, ["spec.containers[0].livenessProbe.exec.command: Required value"]),
    ({}, {"livenessProbe": {"tcpSocket": {"port": 0}}}, [
        "spec.containers[0].livenessProbe.tcpSocket.port: Invalid value: 0: must be between 1 and 65535, inclusive"]),
    ({}, {"livenessProbe": {"grpc": {"port": 70000}}}, [
        "spec.containers[0].livenessProbe.grpc.port: Invalid value: 70000: must be between 1 and 65535, inclusive"]),
    ({}, {"lifecycle": {"stopSignal": "SIGTERM"}}, [
        f"spec.containers[0].lifecycle.stopSignal: Forbidden: {SIGNAL}"]),
    ({"os": {"name": "windows"}}, {"lifecycle": {"stopSignal": "SIGHUP"}}, [
        'spec.containers[0].lifecycle.stopSignal: Unsupported value: "SIGHUP": supported values: "SIGKILL", '
        '"SIGTERM"']),
    ({"os": {"name": "linux"}}, {"lifecycle": {"stopSignal": "SIGHUP"}}, []),
    ({"hostnameOverride": "a", "setHostnameAsFQDN": True, "hostNetwork": True}, {}, [
        "spec.hostnameOverride: Forbidden: may not be specified when setHostnameAsFQDN is true",
        "spec.hostnameOverride: Forbidden: may not be specified when hostNetwork is true"]),
    ({"hostnameOverride": "a" * 65}, {}, [
        "spec.hostnameOverride: Too long: may not be more than 64 bytes"]),
    ({"resourceClaims": [{"name": ""}, {"name": "c", "resourceClaimName": "x"},
                         {"name": "c", "resourceClaimName": "x", "resourceClaimTemplateName": "y"}]}, {}, [
        "spec.resourceClaims[0].name: Required value",
        'spec.resourceClaims[0]: Invalid value: {"Name":"","ResourceClaimName":null,"ResourceClaimTemplateName":null}: '
        "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`",
        'spec.resourceClaims[2].name: Duplicate value: "c"',
        'spec.resourceClaims[2]: Invalid value: {"Name":"c","ResourceClaimName":"x","ResourceClaimTemplateName":"y"}: '
        "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified"]),
])
def test_more_of_pods(spec, parts, expected):
    from kubesim_cli.apiserver.kinds.core.podspec.defaults import default_pod_spec
    from kubesim_cli.apiserver.kinds.core.podspec.spec import validate_pod_spec
    from kubesim_cli.releases.gates import GatedRelease

    release = GatedRelease.of((1, 36), {"ContainerStopSignals": True})
    spec = {**spec, "containers": [{"name": "c", "image": "i", **parts}]}
    default_pod_spec(spec, release)
    assert [str(error) for error in validate_pod_spec(spec, "spec", release, {"name": "p"})] == expected


RESIZABLE = gates.GatedRelease.of((1, 31), {"InPlacePodVerticalScaling": True})


@pytest.mark.parametrize(("release", "resources", "wrong"), [
    (RESIZABLE, {"requests": {"cpu": "1", "memory": "1Gi"}}, ""),
    (RESIZABLE, {"requests": {"cpu": "1"}}, ""),
    (RESIZABLE, {}, "metadata: Invalid value: \"BestEffort\": Pod QoS is immutable"),
    (RESIZABLE, {"requests": {"cpu": "1", "ephemeral-storage": "1Gi"}}, "spec: Forbidden: pod updates may not change "),
    (gates.GatedRelease.of((1, 32), {"InPlacePodVerticalScaling": True}), {"requests": {"cpu": "1"}},
     "spec: Forbidden: pod updates may not change "),
    ((1, 31), {"requests": {"cpu": "1"}}, "spec: Forbidden: pod updates may not change ")])
def test_cpu_and_memory_change_by_an_update_before_there_was_a_subresource(release, resources, wrong):
    def pod(own):
        return {"metadata": {"name": "p"}, "spec": {"restartPolicy": "Always", "dnsPolicy": "Default",
                                                           "terminationGracePeriodSeconds": 30, "containers": [
            {"name": "c", "image": "nginx", "terminationMessagePolicy": "File", "imagePullPolicy": "Always",
             "terminationMessagePath": "/dev/termination-log", "resources": own}]}}

    before = pod({"requests": {"cpu": "500m", "memory": "1Gi"}})
    found = [str(error) for error in update.validate(pod(resources), before, "", release)]
    assert [text[:len(wrong)] for text in found] == ([wrong] if wrong else []), found
    if release is RESIZABLE and "Forbidden" in wrong:
        assert "`spec.containers[*].resources` (for CPU/memory only)" in found[-1]
