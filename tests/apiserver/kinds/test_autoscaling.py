"""HorizontalPodAutoscalers: what is wrong with them, in the server's words and order, and how a table tells targets."""

import pytest

GROUP, KIND = "autoscaling", "HorizontalPodAutoscaler"
TARGET = {"kind": "Deployment", "name": "web", "apiVersion": "apps/v1"}


@pytest.mark.parametrize("spec,expected", [
    ({"minReplicas": 0}, [
        "spec.minReplicas: Invalid value: 0: must be greater than or equal to 1",
        "spec.metrics: Forbidden: must specify at least one Object or External metric to support scaling to zero "
        "replicas"]),
    ({"maxReplicas": -1}, [
        "spec.maxReplicas: Invalid value: -1: must be greater than or equal to 1",
        "spec.maxReplicas: Invalid value: -1: must be greater than or equal to `minReplicas`"]),
    ({"scaleTargetRef": {"apiVersion": "a/b/c"}}, [
        "spec.scaleTargetRef.kind: Required value",
        "spec.scaleTargetRef.name: Required value",
        'spec.scaleTargetRef.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c']),
    ({"scaleTargetRef": {"kind": "a/b", "name": "n%", "apiVersion": "apps/v1"}}, [
        'spec.scaleTargetRef.kind: Invalid value: "a/b": may not contain \'/\'',
        'spec.scaleTargetRef.name: Invalid value: "n%": may not contain \'%\'']),
    ({"metrics": [{}]}, [
        "spec.metrics[0].type: Required value: must specify a metric source type",
        'spec.metrics[0].type: Unsupported value: "": supported values: "ContainerResource", "External", "Object", '
        '"Pods", "Resource"',
        'spec.metrics[0].type: Unsupported value: "": supported values: "ContainerResource", "External", "Object", '
        '"Pods", "Resource"']),
    ({"metrics": [{"type": "Odd"}]}, [
        'spec.metrics[0].type: Unsupported value: "Odd": supported values: "ContainerResource", "External", '
        '"Object", "Pods", "Resource"',
        'spec.metrics[0].type: Unsupported value: "Odd": supported values: "ContainerResource", "External", '
        '"Object", "Pods", "Resource"']),
    ({"metrics": [{"type": "Resource"}]}, [
        "spec.metrics[0].resource: Required value: must populate information for the given metric source"]),
    ({"metrics": [{"type": "Pods",
                   "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 1}}}]}, [
        "spec.metrics[0].pods: Required value: must populate information for the given metric source"]),
    ({"metrics": [{"type": "Resource",
                   "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 1}},
                   "pods": {"metric": {"name": "m"},
                            "target": {"type": "AverageValue", "averageValue": "1"}}}]}, [
        "spec.metrics[0].pods: Forbidden: must populate the given metric source only"]),
    ({"metrics": [{"type": "Resource", "resource": {"target": {}}}]}, [
        "spec.metrics[0].resource.name: Required value: must specify a resource name",
        "spec.metrics[0].resource.target.type: Required value: must specify a metric target type",
        'spec.metrics[0].resource.target.type: Invalid value: "": must be either Utilization, Value, or AverageValue',
        "spec.metrics[0].resource.target.averageUtilization: Required value: must set either a target raw value or a "
        "target utilization"]),
    ({"metrics": [{"type": "Resource",
                   "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 0}}}]}, [
        "spec.metrics[0].resource.target.averageUtilization: Invalid value: 0: must be greater than 0"]),
    ({"metrics": [{"type": "Resource",
                   "resource": {"name": "cpu",
                                "target": {"type": "Value",
                                           "averageUtilization": 1,
                                           "averageValue": "-1"}}}]}, [
        'spec.metrics[0].resource.target.averageValue: Invalid value: "-1": must be positive',
        "spec.metrics[0].resource.target.averageValue: Forbidden: may not set both a target raw value and a target "
        "utilization"]),
    ({"metrics": [{"type": "ContainerResource",
                   "containerResource": {"name": "cpu",
                                         "target": {"type": "Utilization", "averageUtilization": 1}}}]}, [
        "spec.metrics[0].containerResource.container: Required value: must specify a container"]),
    ({"metrics": [{"type": "ContainerResource",
                   "containerResource": {"name": "cpu",
                                         "container": "A",
                                         "target": {"type": "Utilization", "averageUtilization": 1}}}]}, [
        'spec.metrics[0].containerResource.container: Invalid value: "A": a lowercase RFC 1123 label must consist...']),
    ({"metrics": [{"type": "Object", "object": {"target": {"type": "Value"}}}]}, [
        "spec.metrics[0].object.describedObject.kind: Required value",
        "spec.metrics[0].object.describedObject.name: Required value",
        "spec.metrics[0].object.metric.name: Required value: must specify a metric name",
        "spec.metrics[0].object.target.averageValue: Required value: must set either a target value or averageValue"]),
    ({"metrics": [{"type": "Pods", "pods": {"metric": {"name": "a/b"}, "target": {"type": "AverageValue"}}}]}, [
        'spec.metrics[0].pods.metric.name: Invalid value: "a/b": may not contain \'/\'',
        "spec.metrics[0].pods.target.averageValue: Required value: must specify a positive target averageValue"]),
    ({"metrics": [{"type": "External", "external": {"metric": {"name": "m"}, "target": {"type": "Value"}}}]}, [
        "spec.metrics[0].external.target.averageValue: Required value: must set either a target value for metric or "
        "a per-pod target"]),
    ({"metrics": [{"type": "External",
                   "external": {"metric": {"name": "m"},
                                "target": {"type": "Value", "value": "0", "averageValue": "1"}}}]}, [
        'spec.metrics[0].external.target.value: Invalid value: "0": must be positive',
        "spec.metrics[0].external.target.value: Forbidden: may not set both a target value for metric and a per-pod "
        "target"]),
    ({"behavior": {"scaleUp": {"stabilizationWindowSeconds": -1,
                               "selectPolicy": "Mean",
                               "policies": [{"type": "Nodes", "value": 0, "periodSeconds": 0}]},
                   "scaleDown": {"stabilizationWindowSeconds": 3601,
                                 "policies": [{"type": "Pods", "value": 1, "periodSeconds": 1801}]}}}, [
        "spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: -1: must be greater than or equal to zero",
        'spec.behavior.scaleUp.selectPolicy: Unsupported value: "Mean": supported values: "Disabled", "Max", "Min"',
        'spec.behavior.scaleUp.policies[0].type: Unsupported value: "Nodes": supported values: "Percent", "Pods"',
        "spec.behavior.scaleUp.policies[0].value: Invalid value: 0: must be greater than zero",
        "spec.behavior.scaleUp.policies[0].periodSeconds: Invalid value: 0: must be greater than zero",
        "spec.behavior.scaleDown.stabilizationWindowSeconds: Invalid value: 3601: must be less than or equal to 3600",
        "spec.behavior.scaleDown.policies[0].periodSeconds: Invalid value: 1801: must be less than or equal to 1800"]),
    ({"behavior": {"scaleUp": {"policies": []}}}, [
        "spec.behavior.scaleUp.policies: Required value: must specify at least one Policy"]),
])
def test_what_is_wrong(desk, fits, spec, expected):
    found = desk(GROUP, KIND).errors({"apiVersion": "autoscaling/v2",
                                      "spec": {"scaleTargetRef": TARGET, "maxReplicas": 3, **spec}})
    assert fits(found, expected), found


@pytest.mark.parametrize("metric,current,cell", [
    ({"type": "Resource", "resource": {"name": "cpu", "target": {"averageValue": "1"}}},
     {"resource": {"current": {"averageValue": "2"}}}, "cpu: 2/1"),
    ({"type": "ContainerResource", "containerResource": {"name": "cpu", "target": {}}}, {}, "cpu: <unknown>/<auto>"),
    ({"type": "Pods", "pods": {"target": {"averageValue": "1"}}}, {"pods": {"current": {"averageValue": "3"}}}, "3/1"),
    ({"type": "Object", "object": {"target": {"value": "5"}}}, {"object": {"current": {"value": "4"}}}, "4/5"),
    ({"type": "External", "external": {"target": {"averageValue": "5"}}}, {}, "<unknown>/5 (avg)"),
    ({"type": "Odd"}, {}, "<unknown type>"),
])
def test_targets(desk, metric, current, cell):
    scalers = desk(GROUP, KIND)
    made = {"apiVersion": "autoscaling/v2", "metadata": {"name": "web"},
            "spec": {"scaleTargetRef": TARGET, "maxReplicas": 3, "metrics": [metric]},
            "status": {"currentMetrics": [current]}}
    assert scalers.row(made)[2] == cell
    told = []
    for count in (2, 3, 4):
        made["spec"]["metrics"] = [metric] * count
        told.append(scalers.row(made)[2])
    assert (told[0].count(", "), told[1], told[2]) == (1, f"{told[0]} + 1 more...", f"{told[0]} + 2 more...")
    made["spec"]["metrics"] = []
    assert scalers.row(made)[2:4] == ["<none>", "<unset>"]


def test_the_resource_is_named_since_1_30(desk):
    metric = {"type": "Resource", "resource": {"name": "cpu", "target": {"averageUtilization": 80}}}
    made = {"apiVersion": "autoscaling/v2", "metadata": {"name": "web"}, "spec": {"metrics": [metric]}}
    assert [desk(GROUP, KIND, release).row(made)[2] for release in ((1, 29), (1, 30))] == [
        "<unknown>/80%", "cpu: <unknown>/80%"]


def test_an_empty_list_of_policies_is_no_missing_one(api):
    """What is nil is defaulted, and what is empty refused, though lists that are empty are not stored."""
    def create(name, policies):
        return api.create("autoscaling/v2", "HorizontalPodAutoscaler", name, spec={
            "scaleTargetRef": TARGET, "maxReplicas": 3, "behavior": {"scaleDown": {"policies": policies}}})

    assert api.refused(create, "a", []).endswith(
        "spec.behavior.scaleDown.policies: Required value: must specify at least one Policy")
    assert [each["type"] for each in create("a", None)["spec"]["behavior"]["scaleDown"]["policies"]] == ["Percent"]
    patch = {"spec": {"behavior": {"scaleUp": {"policies": []}}}}
    assert "scaleUp.policies: Required" in api.refused(api.change, "horizontalpodautoscalers.autoscaling", "a", patch)


def test_since_1_34_a_new_target_is_in_a_group(desk):
    wrong = ['spec.scaleTargetRef.apiVersion: Invalid value: "": apiVersion must specify API group']
    spec = {"maxReplicas": 1, "scaleTargetRef": {"kind": "Deployment", "name": "n"}}
    for release, expected in (((1, 33), []), ((1, 34), wrong)):
        made = desk("autoscaling", "HorizontalPodAutoscaler", release=release)
        assert made.errors({"spec": spec}) == expected
        assert made.errors({"spec": {**spec, "scaleTargetRef": {"kind": "ReplicationController", "name": "n"}}}) == []
        old = made.new({"spec": spec})
        assert made.change(old, maxReplicas=2) == []
        assert made.change(old, scaleTargetRef={"kind": "ReplicaSet", "name": "n"}) == expected
