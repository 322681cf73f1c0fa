"""Core kinds that run nothing: namespaces, nodes, configuration, events, quotas."""

import base64

import pytest


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize("kind,obj,row", [
    ("Namespace", {}, ["web", "Active", "2m"]),
    ("ConfigMap", {"data": {"a": "1"}, "binaryData": {"b": ""}}, ["web", 2, "2m"]),
    ("Secret", {"data": {"a": ""}}, ["web", "Opaque", 1, "2m"]),
    ("ServiceAccount", {"secrets": [{"name": "a"}]}, ["web", "2m"]),
    ("LimitRange", {"spec": {"limits": []}}, ["web", "2023-12-31T23:58:00Z"]),
    ("Endpoints", {"subsets": [{"addresses": [{"ip": f"10.0.0.{i}"} for i in range(1, 6)],
                                "ports": [{"port": 80}]}]},
     ["web", "10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 2 more...", "2m"]),
    ("Endpoints", {}, ["web", "<none>", "2m"]),
])
def test_rows(desk, kind, obj, row):
    at = desk("", kind)
    assert at.row(at.new({"kind": kind, **obj})) == row


def test_a_service_accounts_secrets_were_counted_once(desk):
    accounts = desk("", "ServiceAccount", (1, 34))
    assert accounts.row(accounts.new({"secrets": [{"name": "a"}]})) == ["web", 1, "2m"]


def test_row_of_a_node(desk):
    nodes = desk("", "Node")
    node = nodes.new({"metadata": {"name": "n", "labels": {"node-role.kubernetes.io/worker": "",
                                                           "kubernetes.io/role": "db"}},
                      "spec": {"unschedulable": True}, "status": {
        "conditions": [{"type": "Ready", "status": "False"}],
        "addresses": [{"type": "InternalIP", "address": "10.0.0.1"}],
        "nodeInfo": {"kubeletVersion": "v1.36.0", "osImage": "Linux", "kernelVersion": "6", "architecture": "amd64",
                     "containerRuntimeVersion": "containerd://2"}}})
    row = nodes.row(node)
    assert row[:5] == ["n", "NotReady,SchedulingDisabled", "db,worker", "2m", "v1.36.0"]
    assert nodes.kind.fields(node)["spec.unschedulable"] == "true"


def test_row_of_a_quota(desk):
    quotas = desk("", "ResourceQuota")
    quota = quotas.new({"spec": {"hard": {"pods": "3"}}})
    quota["status"] = {"hard": {"pods": "3", "limits.cpu": "2", "requests.cpu": "1"},
                       "used": {"pods": "1", "limits.cpu": "0", "requests.cpu": "0"}}
    assert quotas.row(quota) == ["web", "pods: 1/3, requests.cpu: 0/1", "limits.cpu: 0/2", "2m"]
    assert desk("", "ResourceQuota", (1, 30)).row(quota) == [
        "web", "2m", "pods: 1/3, requests.cpu: 0/1", "limits.cpu: 0/2"]


def test_row_of_an_event(desk):
    events = desk("", "Event")
    event = events.new({"involvedObject": {"kind": "Pod", "name": "p", "fieldPath": "spec.containers{c}"}, "count": 3,
                        "type": "Warning", "reason": "BackOff", "message": " again\n", "source": {"component": "k"},
                        "firstTimestamp": "2023-12-31T23:50:00Z", "lastTimestamp": "2023-12-31T23:59:00Z"})
    row = {column.name: column.cell(event, events.ctx) for column in events.kind.columns}
    assert row["Last Seen"] == "60s"
    assert (row["Type"], row["Reason"], row["Object"], row["Message"]) == ("Warning", "BackOff", "pod/p", "again")
    assert row["First Seen"] == "10m" and row["Count"] == 3
    assert events.kind.fields(event)["involvedObject.name"] == "p"
    assert events.kind.fields(event)["reason"] == "BackOff"


@pytest.mark.parametrize("kind,obj,errors", [
    ("ConfigMap", {"data": {"a b": "1", "k": "1"}, "binaryData": {"k": ""}}, [
        'data[a b]: Invalid value: "a b": a valid config key must consist of alphanumeric characters, \'-\', \'_\' or '
        "'.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
        "data[k]: Invalid value: \"k\": duplicate of key present in binaryData"]),
    ("Secret", {"type": "kubernetes.io/tls", "data": {"tls.crt": ""}}, ["data[tls.key]: Required value"]),
    ("Secret", {"type": "kubernetes.io/basic-auth"}, [
        "data[username]: Required value", "data[password]: Required value"]),
    ("Secret", {"type": "kubernetes.io/dockerconfigjson", "data": {".dockerconfigjson": b64("{")}}, [
        'data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": unexpected end of JSON input']),
    ("Namespace", {"metadata": {"name": "a"}, "spec": {"finalizers": ["x"]}}, [
        'spec.finalizers: Invalid value: "x": name is neither a standard finalizer name nor is it fully qualified']),
    ("Node", {"spec": {"taints": [{"key": "a", "effect": "Soon"}, {"key": "b", "effect": "NoSchedule"},
                                  {"key": "b", "effect": "NoSchedule"}]}}, [
        'metadata.taints[0].effect: Unsupported value: "Soon": supported values: "NoSchedule", '
        '"PreferNoSchedule", "NoExecute"',
        'metadata.taints[2]: Duplicate value: {"Key":"b","Value":"","Effect":"NoSchedule","TimeAdded":null}: taints '
        'must '
        "be unique by key and effect pair"]),
    ("LimitRange", {"spec": {"limits": [{"type": "Container", "min": {"cpu": "2"}, "max": {"cpu": "1"}}]}}, [
        'spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1',
        'spec.limits[0].defaultRequest[cpu]: Invalid value: "1": min value 2 is greater than default request value 1',
        'spec.limits[0].default[cpu]: Invalid value: "2": min value 2 is greater than default value 1']),
    ("ResourceQuota", {"spec": {"hard": {"pods": "1.5", "things": "1"}}}, [
        'spec.hard[pods]: Invalid value: "1.5": must be an integer',
        'spec.hard[things]: Invalid value: "things": must be a standard resource type or fully qualified',
        'spec.hard[things]: Invalid value: "things": must be a standard resource for quota']),
    ("Endpoints", {"subsets": [{"addresses": [{"ip": "127.0.0.1"}], "ports": [{"port": 0}]}]}, [
        'subsets[0].addresses[0].ip: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, '
        "::1/128)", "subsets[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive"]),
])
def test_what_is_wrong(desk, kind, obj, errors):
    assert desk("", kind).errors({"kind": kind, **obj}) == errors


def test_what_is_immutable_stays_as_it_is(desk):
    for kind in ("ConfigMap", "Secret"):
        at = desk("", kind)
        old = at.new({"kind": kind, "data": {"a": b64("1")}, "immutable": True, "spec": {}})
        errors = [str(e) for e in at.kind.validate_update({**old, "data": {"a": b64("2")}}, old, at.ctx)]
        assert errors == ["data: Forbidden: field is immutable when `immutable` is set"]
        errors = [str(e) for e in at.kind.validate_update({**old, "immutable": False}, old, at.ctx)]
        assert errors == ["immutable: Forbidden: field is immutable when `immutable` is set"]


def test_the_type_of_a_secret_stays(desk):
    secrets = desk("", "Secret")
    old = secrets.new({"data": {}})
    assert [str(e) for e in secrets.kind.validate_update({**old, "type": "example.com/x"}, old, secrets.ctx)] == [
        'type: Invalid value: "example.com/x": field is immutable']


def test_string_data_goes_into_data(desk):
    made = desk("", "Secret").new({"data": {"a": b64("1")}, "stringData": {"a": "2", "b": "3"}})
    assert made["data"] == {"a": b64("2"), "b": b64("3")}
    assert "stringData" not in made


def test_a_namespace_is_labelled_with_its_name(desk):
    made = desk("", "Namespace").new({})
    assert made["metadata"]["labels"] == {"kubernetes.io/metadata.name": "web"}
    assert made["spec"] == {"finalizers": ["kubernetes"]}
    assert made["status"] == {"phase": "Active"}


def test_limits_fill_each_other_in(desk):
    made = desk("", "LimitRange").new({"spec": {"limits": [{"type": "Container", "max": {"cpu": "1"},
                                                            "min": {"memory": "1Mi"}}]}})
    assert made["spec"]["limits"] == [{"type": "Container", "max": {"cpu": "1"}, "min": {"memory": "1Mi"},
                                       "default": {"cpu": "1"}, "defaultRequest": {"cpu": "1", "memory": "1Mi"}}]


def test_a_new_node_may_come_with_a_status(api):
    made = api.create("v1", "Node", "extra", status={"capacity": {"cpu": "4"}})
    assert made["status"]["capacity"] == {"cpu": "4"}
    assert "status" in api.create("v1", "Node", "bare")


def test_finalizers_need_a_domain_except_in_some_groups(api):
    assert api.refused(api.create, "v1", "ConfigMap", "c", finalizers=["mine"]) == (
        'ConfigMap "c" is invalid: metadata.finalizers[0]: Invalid value: "mine": name is neither a standard '
        "finalizer name nor is it fully qualified")
    assert api.create("coordination.k8s.io/v1", "Lease", "l", spec={}, finalizers=["mine"])
    both = api.refused(api.create, "v1", "ConfigMap", "c", finalizers=["orphan", "foregroundDeletion"])
    assert both.endswith("finalizer orphan and foregroundDeletion cannot be both set")


@pytest.mark.parametrize("spec,expected", [
    ({"hard": {"pods": "-1", "odd": "1", "a.org/b": "1"}}, [
        'spec.hard[odd]: Invalid value: "odd": must be a standard resource type or fully qualified',
        'spec.hard[odd]: Invalid value: "odd": must be a standard resource for quota',
        'spec.hard[pods]: Invalid value: "-1": must be greater than or equal to 0']),
    ({"hard": {"services": "1"}, "scopes": ["BestEffort"]}, [
        'spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource']),
    ({"scopes": ["Odd", "Terminating", "NotTerminating"]}, [
        'spec.scopes: Invalid value: ["Odd","Terminating","NotTerminating"]: unsupported scope',
        'spec.scopes: Invalid value: ["Odd","Terminating","NotTerminating"]: conflicting scopes']),
    ({"hard": {"pods": "1"},
      "scopeSelector": {"matchExpressions": [{"scopeName": "Odd", "operator": "Is"},
                                             {"scopeName": "Terminating", "operator": "In"},
                                             {"scopeName": "PriorityClass",
                                              "operator": "Exists",
                                              "values": ["a"]}]}}, [
        'spec.scopeSelector.matchExpressions.scopeName: Invalid value: "Odd": unsupported scope',
        'spec.scopeSelector.matchExpressions.operator: Invalid value: "Is": not a valid selector operator',
        'spec.scopeSelector.matchExpressions.operator: Invalid value: "In": must be \'Exists\' when scope is any of '
        'ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, '
        'ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity',
        "spec.scopeSelector.matchExpressions.values: Required value: must be at least one value when `operator` is "
        "'In' or 'NotIn' for scope selector",
        'spec.scopeSelector.matchExpressions.values: Invalid value: ["a"]: must be no value when `operator` is '
        '\'Exist\' or \'DoesNotExist\' for scope selector']),
    ({"hard": {"persistentvolumeclaims": "1", "pods": "1"}, "scopes": ["VolumeAttributesClass"]}, [
        'spec.scopes: Invalid value: ["VolumeAttributesClass"]: unsupported scope applied to resource']),
])
def test_what_is_wrong_with_a_quota(desk, fits, spec, expected):
    found = desk("", "ResourceQuota").errors({"spec": spec})
    assert fits(found, expected), found


@pytest.mark.parametrize("scope,hard", [
    ("Terminating", "limits.cpu"), ("PriorityClass", "memory"), ("BestEffort", "pods"), ("NotBestEffort", "pods"),
    ("VolumeAttributesClass", "requests.storage")])
def test_what_scopes_apply_to(desk, scope, hard):
    quotas = desk("", "ResourceQuota")
    assert quotas.errors({"spec": {"hard": {hard: "1"}, "scopes": [scope]}}) == []
    assert quotas.errors({"spec": {"hard": {"secrets": "1"}, "scopes": [scope]}}) == [
        f'spec.scopes: Invalid value: ["{scope}"]: unsupported scope applied to resource']


def test_a_quota_that_asks_for_more_than_its_limit(desk):
    quotas = desk("", "ResourceQuota")
    assert quotas.warnings({"spec": {"hard": {"cpu": "2", "limits.cpu": "1", "requests.memory": "1Gi",
                                              "limits.memory": "2Gi"}}}) == [
        "ResourceQuota cpu (2) should be less than limits.cpu (1)"]
    old = quotas.new({"spec": {"scopes": ["Terminating"]}})
    assert quotas.change(old, scopes=["NotTerminating"]) == [
        'spec.scopes: Invalid value: ["NotTerminating"]: field is immutable']


def test_rows_of_components(desk):
    components = desk("", "ComponentStatus")
    healthy = {"type": "Healthy", "status": "True", "message": "ok"}
    rows = [components.row(components.new({"conditions": [{"type": "Other"}, condition]})) for condition in (
        healthy, {"type": "Healthy", "status": "False", "error": "down"}, {"type": "Other"})]
    assert rows == [["web", "Healthy", "ok", ""], ["web", "Unhealthy", "", "down"], ["web", "Unknown", "", ""]]


def test_rows_of_metrics_and_scales(desk):
    usage = [{"usage": {"cpu": "100m", "memory": "1Mi"}}, {"usage": {"cpu": "50m", "memory": "2Mi"}}]
    assert desk("metrics.k8s.io", "PodMetrics").row({
        "metadata": {"name": "p"}, "window": "30s", "containers": usage}) == ["p", "150m", "3Mi", "30s"]
    assert desk("metrics.k8s.io", "NodeMetrics").row({
        "metadata": {"name": "n"}, "window": "30s", "usage": {"cpu": "1"}}) == ["n", "1", "0", "30s"]
    made = desk("autoscaling", "Scale").new({"spec": {"replicas": 2}, "status": {}})
    assert desk("autoscaling", "Scale").row(made) == ["web", 2, 0, "2m"]
    slices = desk("resource.k8s.io", "ResourceSlice")
    assert slices.row(slices.new({"spec": {"driver": "d.org", "pool": {"name": "p"}}})) == [
        "web", "", "d.org", "p", "2m"]
