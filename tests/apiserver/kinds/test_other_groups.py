"""The kinds of the smaller groups: policy, autoscaling, networking, rbac, scheduling, coordination and so on."""

import pytest

RBAC = "rbac.authorization.k8s.io"
TARGET = {"kind": "Deployment", "name": "web", "apiVersion": "apps/v1"}


def cpu(utilization):
    return {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization",
                                                                       "averageUtilization": utilization}}}


def ingress(**path):
    return {"spec": {"rules": [{"host": "a.org", "http": {"paths": [{
        "path": "/", "pathType": "Prefix", "backend": {"service": {"name": "s", "port": {"number": 80}}}, **path}]}}]}}


@pytest.mark.parametrize("group,kind,obj,row", [
    ("policy", "PodDisruptionBudget", {"spec": {"minAvailable": "50%"}}, ["web", "50%", "N/A", 0, "2m"]),
    ("coordination.k8s.io", "Lease", {"spec": {"holderIdentity": "me"}}, ["web", "me", "2m"]),
    ("discovery.k8s.io", "EndpointSlice", {
        "addressType": "IPv4", "ports": [{"port": 80}], "endpoints": [
            {"addresses": ["10.0.0.1"]}, {"addresses": ["10.0.0.2"]}, {"addresses": ["10.0.0.3"]},
            {"addresses": ["10.0.0.4"]}]},
     ["web", "IPv4", "80", "10.0.0.1,10.0.0.2,10.0.0.3 + 1 more...", "2m"]),
    ("networking.k8s.io", "Ingress", {**ingress(), "status": {}}, ["web", "<none>", "a.org", "", "80", "2m"]),
    ("networking.k8s.io", "IngressClass", {"spec": {"controller": "a/b"}}, ["web", "a/b", "<none>", "2m"]),
    ("networking.k8s.io", "NetworkPolicy", {"spec": {"podSelector": {"matchLabels": {"a": "b"}}}},
     ["web", "a=b", "2m"]),
    (RBAC, "Role", {"rules": []}, ["web", "2023-12-31T23:58:00Z"]),
    (RBAC, "RoleBinding", {"roleRef": {"kind": "Role", "name": "r"}, "subjects": [
        {"kind": "User", "name": "u"}, {"kind": "Group", "name": "g"}, {"kind": "ServiceAccount", "namespace": "n",
                                                                      "name": "s"}]},
     ["web", "Role/r", "2m", "u", "g", "n/s"]),
    ("scheduling.k8s.io", "PriorityClass", {"value": 5}, ["web", 5, False, "2m", "PreemptLowerPriority"]),
    ("node.k8s.io", "RuntimeClass", {"handler": "runsc"}, ["web", "runsc", "2m"]),
    ("storage.k8s.io", "CSINode", {"spec": {"drivers": [{"name": "d"}]}}, ["web", 1, "2m"]),
    ("storage.k8s.io", "CSIDriver", {"spec": {}}, ["web", True, False, False, "<unset>", False, "Persistent", "2m"]),
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration", {"webhooks": [{}, {}]}, ["web", 2, "2m"]),
    ("flowcontrol.apiserver.k8s.io", "FlowSchema", {"spec": {"priorityLevelConfiguration": {"name": "p"}}},
     ["web", "p", 1000, "<none>", "2m", "?"]),
    ("apiregistration.k8s.io", "APIService", {"spec": {"service": {"namespace": "n", "name": "s"}}},
     ["web", "n/s", "Unknown", "2m"]),
    ("resource.k8s.io", "ResourceClaim", {"spec": {}}, ["web", "pending", "2m"]),
])
def test_rows(desk, group, kind, obj, row):
    at = desk(group, kind)
    assert at.row(at.new({"kind": kind, **obj})) == row


@pytest.mark.parametrize("group,kind,obj,errors", [
    ("policy", "PodDisruptionBudget", {"spec": {"minAvailable": 1, "maxUnavailable": 1}}, [
        'spec: Invalid value: {"MinAvailable":1,"Selector":null,"MaxUnavailable":1,"UnhealthyPodEvictionPolicy":null}: '
        "minAvailable and maxUnavailable cannot be both set"]),
    ("policy", "PodDisruptionBudget", {"spec": {"minAvailable": "150%"}}, [
        'spec.minAvailable: Invalid value: "150%": must not be greater than 100%']),
    ("coordination.k8s.io", "Lease", {"spec": {"leaseDurationSeconds": 0, "leaseTransitions": -1}}, [
        "spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0",
        "spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0"]),
    ("networking.k8s.io", "Ingress", {"spec": {}}, [
        'spec: Invalid value: null: either `defaultBackend` or `rules` must be specified']),
    ("networking.k8s.io", "Ingress", ingress(path="x"), [
        'spec.rules[0].http.paths[0].path: Invalid value: "x": must be an absolute path']),
    ("networking.k8s.io", "Ingress", ingress(pathType="Glob"), [
        'spec.rules[0].http.paths[0].pathType: Unsupported value: "Glob": supported values: "Exact", '
        '"ImplementationSpecific", "Prefix"']),
    ("networking.k8s.io", "NetworkPolicy", {"spec": {"podSelector": {}, "ingress": [{"ports": [{"port": 70000}]}]}}, [
        "spec.ingress[0].ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive"]),
    ("apiregistration.k8s.io", "APIService", {
        "spec": {"group": "A", "groupPriorityMinimum": 20001, "caBundle": "YQ=="}}, [
        'metadata.name: Invalid value: "web": must be `spec.version+"."+spec.group`: ".A"',
        'spec.group: Invalid value: "A": a lowercase RFC 1123 subdomain must consist...',
        'spec.version: Invalid value: "": a DNS-1035 label must consist...',
        "spec.groupPriorityMinimum: Invalid value: 20001: must be positive and less than 20000",
        "spec.versionPriority: Invalid value: 0: must be positive and less than 1000",
        'spec.caBundle: Invalid value: "1 bytes": local APIServices may not have a caBundle']),
    ("apiregistration.k8s.io", "APIService", {"metadata": {"name": "v1.a"}, "spec": {
        "group": "a", "version": "v1", "groupPriorityMinimum": 1, "versionPriority": 1, "insecureSkipTLSVerify": True,
        "caBundle": "YQ==", "service": {"port": 0}}}, [
        "spec.service.namespace: Required value", "spec.service.name: Required value",
        "spec.service.port: Invalid value: 0: port is not valid: must be between 1 and 65535, inclusive",
        "spec.insecureSkipTLSVerify: Invalid value: true: may not be true if caBundle is present"]),
    (RBAC, "Role", {"rules": [{"apiGroups": [""], "resources": ["pods"]}]}, [
        "rules[0].verbs: Required value: verbs must contain at least one value"]),
    (RBAC, "RoleBinding", {"roleRef": {"kind": "Robot", "name": "r", "apiGroup": RBAC}}, [
        'roleRef.kind: Unsupported value: "Robot": supported values: "Role", "ClusterRole"']),
    ("scheduling.k8s.io", "PriorityClass", {"value": 2_000_000_000}, [
        "value: Forbidden: maximum allowed value of a user defined priority is 1000000000"]),
    ("autoscaling", "HorizontalPodAutoscaler", {"spec": {"scaleTargetRef": TARGET, "minReplicas": 5,
                                                         "maxReplicas": 3}}, [
        "spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`"]),
    ("autoscaling", "HorizontalPodAutoscaler", {"spec": {"scaleTargetRef": TARGET, "maxReplicas": 0}}, [
        "spec.maxReplicas: Required value: must be set and greater than 0",
        "spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`"]),
    ("discovery.k8s.io", "EndpointSlice", {"addressType": "IPv4", "endpoints": [{"addresses": ["x"]}], "ports": []},
     None),
])
def test_what_is_wrong(desk, fits, group, kind, obj, errors):
    found = desk(group, kind).errors({"kind": kind, **obj})
    assert fits(found, errors or ["endpoints[0].addresses[0]: Invalid value..."])


def test_the_role_of_a_binding_stays(desk):
    bindings = desk(RBAC, "RoleBinding")
    old = bindings.new({"roleRef": {"kind": "Role", "name": "a", "apiGroup": RBAC}})
    changed = {**old, "roleRef": {**old["roleRef"], "name": "b"}}
    assert [str(e) for e in bindings.kind.validate_update(changed, old, bindings.ctx)] == [
        'roleRef: Invalid value: {"APIGroup":"rbac.authorization.k8s.io","Kind":"Role","Name":"b"}: cannot change '
        'roleRef']


def test_the_value_of_a_priority_stays(desk):
    classes = desk("scheduling.k8s.io", "PriorityClass")
    old = classes.new({"value": 5})
    assert [str(e) for e in classes.kind.validate_update({**old, "value": 6}, old, classes.ctx)] == [
        "value: Forbidden: may not be changed in an update."]


def test_autoscalers_in_both_versions(desk):
    scalers = desk("autoscaling", "HorizontalPodAutoscaler")
    memory = {"type": "Resource", "resource": {"name": "memory", "target": {"type": "AverageValue",
                                                                          "averageValue": "1Gi"}}}
    made = scalers.new({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "spec": {
        "scaleTargetRef": TARGET, "maxReplicas": 3, "metrics": [cpu(70), memory]}})
    assert made["spec"]["minReplicas"] == 1
    v1 = scalers.kind.convert(made, "autoscaling/v1")
    assert v1["spec"]["targetCPUUtilizationPercentage"] == 70
    assert "metrics" not in v1["spec"]
    assert "autoscaling.alpha.kubernetes.io/metrics" in v1["metadata"]["annotations"]
    back = scalers.kind.store_version(v1)
    assert back["spec"]["metrics"] == [memory, cpu(70)] or back["spec"]["metrics"] == made["spec"]["metrics"]


def test_row_of_an_autoscaler(desk):
    scalers = desk("autoscaling", "HorizontalPodAutoscaler")
    made = scalers.new({"apiVersion": "autoscaling/v2", "spec": {"scaleTargetRef": TARGET, "maxReplicas": 3,
                                                                 "metrics": [cpu(70)]}})
    assert scalers.row(made) == ["web", "Deployment/web", "cpu: <unknown>/70%", "1", 3, 0, "2m"]
    made["status"] = {"currentReplicas": 2, "currentMetrics": [{"type": "Resource", "resource": {
        "name": "cpu", "current": {"averageUtilization": 42}}}]}
    assert scalers.row(made) == ["web", "Deployment/web", "cpu: 42%/70%", "1", 3, 2, "2m"]


def test_events_are_the_same_in_both_groups(desk):
    events = desk("events.k8s.io", "Event")
    core = events.kind.store_version({
        "apiVersion": "events.k8s.io/v1", "kind": "Event", "metadata": {"name": "e"}, "note": "said",
        "regarding": {"kind": "Pod", "name": "p"}, "deprecatedCount": 3, "reportingController": "c", "reason": "R"})
    assert (core["apiVersion"], core["message"], core["involvedObject"], core["count"], core["reportingComponent"]) == (
        "v1", "said", {"kind": "Pod", "name": "p"}, 3, "c")
    assert events.kind.convert(core, "events.k8s.io/v1")["note"] == "said"


def test_what_is_defaulted(desk):
    assert desk("policy", "PodDisruptionBudget").new({"spec": {}})["spec"] == {}
    policy = desk("networking.k8s.io", "NetworkPolicy").new({"spec": {
        "podSelector": {}, "egress": [{"ports": [{"port": 53}]}]}})["spec"]
    assert policy["policyTypes"] == ["Ingress", "Egress"]
    assert policy["egress"][0]["ports"] == [{"port": 53, "protocol": "TCP"}]
    binding = desk(RBAC, "ClusterRoleBinding").new({"roleRef": {"kind": "ClusterRole", "name": "r"}, "subjects": [
        {"kind": "User", "name": "u"}, {"kind": "ServiceAccount", "name": "s", "namespace": "n"}]})
    assert binding["roleRef"]["apiGroup"] == RBAC
    assert [subject.get("apiGroup") for subject in binding["subjects"]] == [RBAC, None]


def test_numbers_that_are_always_written_get_their_defaults(api):
    flow = "flowcontrol.apiserver.k8s.io/v1"
    schema = api.create(flow, "FlowSchema", "f", spec={"priorityLevelConfiguration": {"name": "p"}})
    assert schema["spec"]["matchingPrecedence"] == 1000
    level = api.create(flow, "PriorityLevelConfiguration", "p", spec={"type": "Limited", "limited": {
        "limitResponse": {"type": "Queue", "queuing": {"queues": 10}}}})
    assert level["spec"]["limited"] == {
        "lendablePercent": 0, "nominalConcurrencyShares": 30,
        "limitResponse": {"type": "Queue", "queuing": {"queues": 10, "handSize": 8, "queueLengthLimit": 50}}}


def test_pointers_that_are_always_written_get_their_defaults(api):
    api.create("networking.k8s.io/v1", "IngressClass", "c", spec={"controller": "a/b", "parameters": {
        "kind": "K", "name": "n"}})
    assert api.admin.get("ingressclasses.networking.k8s.io", "c")["spec"]["parameters"]["scope"] == "Cluster"
    made = api.pod("p", container={"livenessProbe": {"grpc": {"port": 1}}})
    assert made["spec"]["containers"][0]["livenessProbe"]["grpc"] == {"port": 1, "service": ""}


@pytest.mark.parametrize("group,kind,obj,expected", [
    ("", "LimitRange", {"spec": {"limits": [{"type": ""},
                          {"type": "Pod", "default": {"cpu": "1"}, "defaultRequest": {"cpu": "1"}},
                          {"type": "Pod"},
                          {"type": "Container",
                           "min": {"cpu": "2"},
                           "max": {"cpu": "1"},
                           "default": {"cpu": "3"},
                           "defaultRequest": {"cpu": "4"},
                           "maxLimitRequestRatio": {"cpu": "0.5"}},
                          {"type": "PersistentVolumeClaim"}]}}, [
        'spec.limits[0].type: Invalid value: "": name part must be non-empty',
        'spec.limits[0].type: Invalid value: "": name part must consist...',
        "spec.limits[1].default: Forbidden: may not be specified when `type` is 'Pod'",
        "spec.limits[1].defaultRequest: Forbidden: may not be specified when `type` is 'Pod'",
        'spec.limits[2].type: Duplicate value: "Pod"',
        'spec.limits[3].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1',
        'spec.limits[3].defaultRequest[cpu]: Invalid value: "4": default request value 4 is greater than max value 1',
        'spec.limits[3].defaultRequest[cpu]: Invalid value: "4": default request value 4 is greater than default '
        'limit value 3',
        'spec.limits[3].default[cpu]: Invalid value: "1": default value 3 is greater than max value 1',
        'spec.limits[3].maxLimitRequestRatio[cpu]: Invalid value: "0.5": ratio 0.5 is less than 1',
        "spec.limits[4].limits: Required value: either minimum or maximum storage value is required, but neither was "
        "provided"]),
    ("", "Event", {"metadata": {"name": "e", "namespace": "a"},
      "involvedObject": {"kind": "Pod", "name": "p", "namespace": "b"}}, [
        'involvedObject.namespace: Invalid value: "b": does not match event.namespace']),
    ("scheduling.k8s.io", "PriorityClass", {"metadata": {"name": "system-x"}, "value": 1}, [
        "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. "
        "error: system-x is not a known system priority class"]),
    ("scheduling.k8s.io", "PriorityClass", {"value": 1, "preemptionPolicy": "Sometimes"}, [
        'preemptionPolicy: Unsupported value: "Sometimes": supported values: "PreemptLowerPriority", "Never"']),
    ("discovery.k8s.io", "EndpointSlice", {"addressType": "IPv6",
      "endpoints": [{"addresses": []}, {"addresses": ["10.0.0.1"], "hostname": "A"}, {"addresses": ["::1"]}],
      "ports": [{"name": "a", "port": 0}, {"name": "a", "protocol": "X"}, {"name": "A_"}]}, [
        'ports[1].name: Duplicate value: "a"',
        'ports[1].protocol: Unsupported value: "X": supported values: "SCTP", "TCP", "UDP"',
        'ports[2].name: Invalid value: "A_": a lowercase RFC 1123 label must consist...',
        "endpoints[0].addresses: Required value: must contain at least 1 address",
        'endpoints[1].addresses: Invalid value: "10.0.0.1": must be an IPv6 address',
        'endpoints[1].hostname: Invalid value: "A": a lowercase RFC 1123 label must consist...',
        'endpoints[2].addresses[0]: Invalid value: "::1": may not be in the loopback range (127.0.0.0/8, ::1/128)']),
    ("discovery.k8s.io", "EndpointSlice", {"addressType": "Odd", "endpoints": []}, [
        'addressType: Unsupported value: "Odd": supported values: "FQDN", "IPv4", "IPv6"']),
])
def test_what_else_is_wrong(desk, fits, group, kind, obj, expected):
    found = desk(group, kind).errors({"kind": kind, **obj})
    assert fits(found, expected), found


@pytest.mark.parametrize("group, kind, obj, expected", [
    ("node.k8s.io", "RuntimeClass", {"handler": "h", "scheduling": {"tolerations": [{"operator": "X"}]}}, [
        'scheduling.tolerations[0].operator: Invalid value: "X": operator must be Exists...',
        'scheduling.tolerations[0].operator: Unsupported value: "X": supported values: "Equal", "Exists"']),
    ("storage.k8s.io", "CSINode", {"spec": {"drivers": [{"name": "a", "nodeID": "b", "topologyKeys": ["k", "k"]}]}}, [
        'spec.drivers[0]: Duplicate value: "k"']),
    ("storage.k8s.io", "StorageClass", {"provisioner": "a.b/c", "allowedTopologies": [{}]}, [
        'allowedTopologies[0].matchLabelExpressions: Duplicate value: ""']),
    ("", "Node", {"spec": {"podCIDRs": ["10.0.0.0/24", "10.1.0.0/24"]}}, [
        'spec.podCIDRs: Invalid value: ["10.0.0.0/24","10.1.0.0/24"]: may specify no more than one CIDR for each IP '
        "family"]),
    ("autoscaling", "HorizontalPodAutoscaler", {"spec": {
        "maxReplicas": 1, "scaleTargetRef": {"kind": "K", "name": "n"},
        "behavior": {"scaleDown": {"tolerance": "-1"}}}}, [
        'spec.scaleTargetRef.apiVersion: Invalid value: "": apiVersion must specify API group',
        'spec.behavior.scaleDown.tolerance: Invalid value: "-1": must be greater than or equal to 0']),
    ("events.k8s.io", "Event", {"metadata": {"namespace": "default"}, "type": "x", "series": {}, "count": 1}, [
        'series.count: Invalid value: "": should be at least 2', "series.lastObservedTime: Required value",
        "eventTime: Required value", 'type: Invalid value: "": has invalid value: x',
        'count: Invalid value: "": needs to be unset']),
])
def test_more_that_is_wrong(desk, fits, group, kind, obj, expected):
    found = desk(group, kind).errors({"kind": kind, **obj})
    assert fits(found, expected), found


TOLERATION = {"key": "a", "operator": "Exists"}
SLICE = {"addressType": "IPv4"}


@pytest.mark.parametrize("group,kind,obj,expected", [
    ("node.k8s.io", "RuntimeClass", {"handler": "h", "scheduling": {"tolerations": [TOLERATION, TOLERATION]}}, [
        'scheduling.tolerations[1]: Duplicate value: {"Key":"a","Operator":"Exists","Value":"","Effect":"",'
        '"TolerationSeconds":null}']),
    ("node.k8s.io", "RuntimeClass", {"handler": "h", "scheduling": {"tolerations": [
        TOLERATION, {**TOLERATION, "effect": "NoExecute"}]}}, []),
    ("coordination.k8s.io", "Lease", {"spec": {"strategy": "Odd"}}, [
        'spec.strategy.strategy: Unsupported value: "Odd": supported values: "OldestEmulationVersion"']),
    ("coordination.k8s.io", "Lease", {"spec": {"strategy": "a.b/ c"}}, [
        'spec.strategy.strategy: Invalid value: "a.b/ c": name part must consist...']),
    ("coordination.k8s.io", "Lease", {"spec": {"strategy": "a.b/c", "preferredHolder": "x"}}, []),
    ("discovery.k8s.io", "EndpointSlice", {**SLICE, "endpoints": [{"addresses": ["1.2.3.4"]}] * 1001}, [
        "endpoints: Too many: 1001: must have at most 1000 items"]),
    ("discovery.k8s.io", "EndpointSlice", {**SLICE, "endpoints": [{"addresses": ["1.2.3.4"] * 101}]}, [
        "endpoints[0].addresses: Too many: 101: must have at most 100 items"]),
    ("discovery.k8s.io", "EndpointSlice", {**SLICE, "ports": [{"name": f"p{i}"} for i in range(20001)]}, [
        "ports: Too many: 20001: must have at most 20000 items"]),
    ("discovery.k8s.io", "EndpointSlice", {"addressType": "FQDN", "endpoints": [
        {"addresses": ["", "a", "A.b", "a.b."]}]}, [
        "endpoints[0].addresses[0]: Required value",
        'endpoints[0].addresses[1]: Invalid value: "a": should be a domain with at least two segments separated by '
        "dots", 'endpoints[0].addresses[2]: Invalid value: "A.b": a lowercase RFC 1123 subdomain must consist...']),
    ("discovery.k8s.io", "EndpointSlice", {**SLICE, "endpoints": [{"addresses": ["1.2.3.4"], "hints": {
        "forZones": [{"name": "z"}, {"name": "z"}, {"name": "a b"}], "forNodes": [{"name": "A"}]}}]}, [
        'endpoints[0].hints.forZones[1].name: Duplicate value: "z"',
        'endpoints[0].hints.forZones[2].name: Invalid value: "a b": a valid label must be...',
        'endpoints[0].hints.forNodes[0].name: Invalid value: "A": a lowercase RFC 1123 subdomain must consist...']),
    ("discovery.k8s.io", "EndpointSlice", {**SLICE, "endpoints": [{"addresses": ["1.2.3.4"], "hints": {
        "forZones": [{"name": f"z{i}"} for i in range(9)]}, "deprecatedTopology": {str(i): "x" for i in range(17)}}]}, [
        "endpoints[0].deprecatedTopology: Too many: 17: must have at most 16 items",
        "endpoints[0].hints.forZones: Too many: 9: must have at most 8 items"]),
    ("storage.k8s.io", "CSIDriver", {"spec": {"tokenRequests": [{"audience": "a", "expirationSeconds": 1 << 33}],
                                              "nodeAllocatableUpdatePeriodSeconds": 9}}, [
        "spec.tokenRequests[0].expirationSeconds: Invalid value: 8589934592: may not specify a duration larger than "
        "2^32 seconds",
        "spec.nodeAllocatableUpdatePeriodSeconds: Invalid value: 9: must be greater than or equal to 10 seconds"]),
    ("storage.k8s.io", "CSIDriver", {"spec": {"serviceAccountTokenInSecrets": True}}, [
        "spec.serviceAccountTokenInSecrets: Invalid value: true: serviceAccountTokenInSecrets is set but no "
        "tokenRequests are specified"]),
    ("storage.k8s.io", "CSIDriver", {"spec": {"tokenRequests": [{"audience": "a", "expirationSeconds": 3600}],
                                              "serviceAccountTokenInSecrets": True,
                                              "nodeAllocatableUpdatePeriodSeconds": 10}}, []),
    ("storage.k8s.io", "CSINode", {"spec": {"drivers": [{"name": "d", "nodeID": "n" * 257,
                                                         "allocatable": {"count": -1}}]}}, [
        f'spec.drivers[0].nodeID: Invalid value: "{"n" * 257}": must be 256 characters or less',
        "spec.drivers[0].allocatable.count: Invalid value: -1: must be greater than or equal to 0"]),
    ("storage.k8s.io", "CSIStorageCapacity", {"storageClassName": "s", "capacity": "-1"}, [
        'capacity: Invalid value: "-1": must be greater than or equal to 0']),
])
def test_limits_and_doubles(desk, fits, group, kind, obj, expected):
    found = desk(group, kind).errors(obj)
    assert fits(found, expected), found


def test_endpoints_that_were_accepted_may_stay(desk):
    at = desk("discovery.k8s.io", "EndpointSlice")
    old = at.new({**SLICE, "endpoints": [{"addresses": ["127.0.0.1"]}]})
    assert at.kind.validate_update(dict(old), old, at.ctx) == []
    assert at.kind.validate(old, at.ctx) != []


def test_secrets_of_just_the_size(desk):
    import base64

    for kind, field in (("Secret", "data"), ("ConfigMap", "binaryData")):
        at = desk("", kind)
        fitting = {f"k{i}": base64.b64encode(bytes(1024 * 1024 // 4)).decode() for i in range(4)}
        assert at.errors({field: fitting}) == []
        assert len(at.errors({field: {**fitting, "more": "AA=="}})) == 1
