"""What a status must be, and what of an object may change."""

from __future__ import annotations

import pytest

NOT_NEGATIVE = "must be greater than or equal to 0"
CONDITION = {"type": "Ready", "status": "True", "lastTransitionTime": "2024-01-01T00:00:00Z", "reason": "Fine"}


def status_errors(desk, group, kind, obj, status):
    """What a desk says of a status that an object's is changed to."""
    at = desk(group, kind)
    old = at.new(obj)
    return [str(error) for error in at.kind.validate_status({**old, "status": status}, old, at.ctx)]


@pytest.mark.parametrize("condition,expected", [
    ({}, ['type: Invalid value: "": name part must be non-empty', 'type: Invalid value: "": name part must consist...',
          'status: Unsupported value: "": supported values: "False", "True", "Unknown"',
          "lastTransitionTime: Required value", "reason: Required value"]),
    ({**CONDITION, "type": "a b", "observedGeneration": -1, "reason": "not good"}, [
        'type: Invalid value: "a b": name part must consist...',
        "observedGeneration: Invalid value: -1: must be greater than or equal to zero",
        'reason: Invalid value: "not good": a condition reason must start with alphabetic character, optionally...']),
    ({**CONDITION, "reason": "R" * 1025, "message": "m" * 32769}, [
        "reason: Too long: may not be more than 1024 bytes", "message: Too long: may not be more than 32768 bytes"]),
    (CONDITION, []),
])
def test_conditions(desk, fits, condition, expected):
    found = status_errors(desk, "policy", "PodDisruptionBudget", {"spec": {"minAvailable": 1}},
                          {"conditions": [condition]})
    assert fits(found, [f"status.conditions[0].{text}" for text in expected]), found


def test_conditions_have_types_of_their_own(desk):
    found = status_errors(desk, "policy", "PodDisruptionBudget", {"spec": {"minAvailable": 1}},
                          {"conditions": [CONDITION, CONDITION], "disruptionsAllowed": -1})
    assert found == ['status.conditions[1].type: Duplicate value: "Ready"',
                     f"status.disruptionsAllowed: Invalid value: -1: {NOT_NEGATIVE}"]


CLAIM = {"spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}


@pytest.mark.parametrize("status,expected", [
    ({"capacity": {"storage": "-1"}}, [
        "status.capacity[storage]: Invalid value: -1: must be a valid resource quantity"]),
    ({"allocatedResourceStatuses": {"cpu": "NodeResizePending", "storage": "Odd"}}, [
        'status.allocatedResourceStatuses: Unsupported value: "cpu": supported values: "storage"',
        'status.allocatedResourceStatuses: Unsupported value: "storage": supported values: '
        '"ControllerResizeInProgress", "ControllerResizeInfeasible", "NodeResizeInProgress", "NodeResizeInfeasible", '
        '"NodeResizePending"']),
    ({"allocatedResources": {"storage": "-2"}}, [
        "status.allocatedResources[storage]: Invalid value: -2: must be a valid resource quantity"]),
    ({"capacity": {"storage": "1Gi"}, "allocatedResources": {"storage": "2Gi", "example.com/x": "1"},
      "allocatedResourceStatuses": {"storage": "NodeResizePending"}}, []),
])
def test_status_of_a_claim(desk, status, expected):
    assert status_errors(desk, "", "PersistentVolumeClaim", CLAIM, status) == expected


@pytest.mark.parametrize("status,expected", [
    ({"capacity": {"cpu": "-1", "pods": "1.5"}, "allocatable": {"example.com/gpu": "500m"}}, [
        f'status.capacity.cpu: Invalid value: "-1": {NOT_NEGATIVE}',
        'status.capacity.pods: Invalid value: "1.5": must be an integer',
        'status.allocatable.example.com/gpu: Invalid value: "500m": must be an integer']),
    ({"declaredFeatures": ["B", "A", "A", "x", "Y" * 254]}, [
        'status.declaredFeatures[1]: Invalid value: "A": list must be sorted alphabetically',
        'status.declaredFeatures[2]: Duplicate value: "A"',
        'status.declaredFeatures[3]: Invalid value: "x": invalid feature name "x": must start with an UpperCamelCase '
        "segment, with subsequent segments separated by '/' (e.g., MyFeature or MyFeature/mySubFeature), and contain "
        "only alphanumeric characters and slashes",
        f'status.declaredFeatures[4]: Invalid value: "{"Y" * 254}": list must be sorted alphabetically',
        f'status.declaredFeatures[4]: Invalid value: "{"Y" * 254}": invalid feature name "{"Y" * 254}": must be no '
        "more than 253 characters"]),
    ({"addresses": [{"type": "InternalIP", "address": "1.2.3.4"}] * 2}, [
        'status.addresses[1]: Duplicate value: {"Type":"InternalIP","Address":"1.2.3.4"}']),
    ({"capacity": {"cpu": "2", "pods": "110"}, "declaredFeatures": ["A/b", "B"],
      "addresses": [{"type": "InternalIP", "address": "1.2.3.4"}, {"type": "Hostname", "address": "n"}]}, []),
])
def test_status_of_a_node(desk, status, expected):
    assert status_errors(desk, "", "Node", {}, status) == expected


def test_new_nodes(desk):
    status = {"nodeInfo": {"swap": {"capacity": 0}}, "capacity": {"cpu": "-1"}}
    assert desk("", "Node").errors({"status": status}) == [
        f'status.capacity.cpu: Invalid value: "-1": {NOT_NEGATIVE}',
        f'status.allocatable.cpu: Invalid value: "-1": {NOT_NEGATIVE}',
        "metadata.nodeSwapStatus.capacity: Invalid value: 0: must be greater than zero"]


def test_status_of_an_attachment(desk):
    obj = {"spec": {"attacher": "d.org", "nodeName": "n", "source": {"persistentVolumeName": "v"}}}
    status = {"attachmentMetadata": {"a": "x" * 256 * 1024}, "attachError": {"message": "m" * 1025, "errorCode": -1}}
    assert status_errors(desk, "storage.k8s.io", "VolumeAttachment", obj, status) == [
        "status.attachmentMetadata: Too long: may not be more than 262144 bytes",
        "status.attachError.message: Too long: may not be more than 262144 bytes",
        "status.attachError.errorCode: Invalid value: -1: must be between 0 and 2147483647, inclusive"]
    assert status_errors(desk, "storage.k8s.io", "VolumeAttachment", obj, {
        "attachmentMetadata": {"a": "b"}, "detachError": {"message": "m", "errorCode": 3}}) == []


def test_a_nodes_drivers_stay_as_they_are(desk):
    at = desk("storage.k8s.io", "CSINode")
    driver = {"name": "d.org", "nodeID": "n"}
    old = at.new({"spec": {"drivers": [driver]}})
    assert at.change(old, drivers=[{**driver, "allocatable": {"count": 3}}, {"name": "e.org", "nodeID": "m"}]) == []
    assert at.change(old, drivers=[{**driver, "nodeID": "o"}]) == [
        'spec.drivers: Invalid value: {"Name":"d.org","NodeID":"o","TopologyKeys":null,"Allocatable":null}: '
        "field is immutable"]
    older = desk("storage.k8s.io", "CSINode", (1, 34))
    assert len(older.change(old, drivers=[{**driver, "allocatable": {"count": 3}}])) == 1


def test_an_event_goes_on_in_its_series_only(desk):
    at = desk("events.k8s.io", "Event")
    old = at.new({"involvedObject": {"namespace": "default", "name": "a"}, "eventTime": "2024-01-01T00:00:00.000000Z",
                  "reportingComponent": "x", "reportingInstance": "y", "action": "z", "reason": "r", "type": "Normal",
                  "message": "m"})

    def errors(**changes):
        return [str(error) for error in at.kind.validate_update({**old, **changes}, old, at.ctx)]

    series = {"count": 2, "lastObservedTime": "2024-01-01T00:00:00.000000Z"}
    assert errors(series=series) == []
    assert errors(series={"count": 1}, message="other", reportingInstance="q") == [
        'series.count: Invalid value: "": should be at least 2', "series.lastObservedTime: Required value",
        'message: Invalid value: "other": field is immutable',
        'reportingInstance: Invalid value: "q": field is immutable']


def test_the_finalizers_of_a_namespace(desk):
    at = desk("", "Namespace")
    old = at.new({})
    assert at.change(old, "finalize", finalizers=["kubernetes", "a.b/c"]) == []
    assert at.change(old, "finalize", finalizers=["kubernetes", "odd"]) == [
        'spec.finalizers[1]: Invalid value: "odd": name is neither a standard finalizer name nor is it fully qualified']
