"""Devices of ResourceSlices: what they may have, share and consume."""

from __future__ import annotations

import pytest

D = "spec.devices[0]"
COUNTERS = {"memory": {"value": "1Gi"}}
TERM = {"matchExpressions": [{"key": "a", "operator": "Exists"}]}
HERE = "can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec"
SELF = ("exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to "
        "true in the ResourceSlice spec")


@pytest.fixture
def errors(desk):
    """`errors(devices, spec)` returns the texts of what is wrong with a slice."""
    slices = desk("resource.k8s.io", "ResourceSlice")

    def call(devices, **spec):
        spec = {"driver": "d.org", "pool": {"name": "p", "resourceSliceCount": 1}, "nodeName": "n", **spec}
        return slices.errors({"spec": {**spec, **({"devices": devices} if devices else {})}})

    return call


def shared(**policy):
    """A device whose capacity of 10 is shared by a policy."""
    return {"name": "a", "allowMultipleAllocations": True, "capacity": {"c": {"value": "10", "requestPolicy": policy}}}


@pytest.mark.parametrize("device, expected", [
    ({"attributes": {"a-b": {"bool": True}, "d.org/x": {"int": 1}, "/x": {"int": 1}, "d.org/": {"int": 1}}}, [
        f'{D}.attributes: Invalid value: "": the domain must not be empty',
        f'{D}.attributes: Invalid value: "a-b": a valid C identifier must start with alphabetic character or \'_\'...',
        f'{D}.attributes: Invalid value: "": the name must not be empty']),
    ({"capacity": {"x" * 33: {"value": "1"}}}, [f"{D}.capacity: Too long: may not be more than 32 bytes"]),
    ({"attributes": {"x": {"bool": True, "int": 1}}}, [
        f'{D}.attributes[x]: Invalid value: {{"IntValue":1,"BoolValue":true,"StringValue":null,...']),
    ({"attributes": {"x": {"version": "1.0"}, "y": {"versions": ["1.0.0", "v1"]}, "z": {"strings": ["x" * 65]}}}, [
        f'{D}.attributes[x].version: Invalid value: "1.0": must be a string compatible with semver.org spec 2.0.0',
        f'{D}.attributes[y].versions[1]: Invalid value: "v1": must be a string compatible...',
        f"{D}.attributes[z].strings[0]: Too long: may not be more than 64 bytes"]),
    ({"attributes": {"x": {"ints": [*range(49)]}}}, [
        f"{D}: Invalid value: 49: the total number of attribute values must not exceed 48"]),
    ({"capacity": {f"c{i}": {"value": "1"} for i in range(33)}}, [
        f"{D}: Invalid value: 33: the total number of attributes and capacities must not exceed 32"]),
    ({"capacity": {"c": {"value": "1", "requestPolicy": {"default": "1"}}}}, [
        f"{D}.capacity[c].requestPolicy: Forbidden: allowMultipleAllocations must be true"]),
    ({"taints": [{"key": "a b", "value": "-"}, {"key": "a", "effect": "Never"}]}, [
        f'{D}.taints[0].key: Invalid value: "a b": name part must consist...',
        f'{D}.taints[0].value: Invalid value: "-": a valid label must be...', f"{D}.taints[0].effect: Required value",
        f'{D}.taints[1].effect: Unsupported value: "Never": supported values: "NoExecute", "NoSchedule", "None"']),
    ({"taints": [{"key": "a", "effect": "None"}] * 17}, [f"{D}.taints: Too many: 17: must have at most 16 items"]),
    ({"consumesCounters": [{"counterSet": "A", "counters": {"B": {"value": "1"}}}, {}]}, [
        f'{D}.consumesCounters[0].counterSet: Invalid value: "A": a lowercase RFC 1123 label...',
        f'{D}.consumesCounters[0].counters: Invalid value: "B": a lowercase RFC 1123 label...',
        f"{D}.consumesCounters[1].counterSet: Required value", f"{D}.consumesCounters[1].counters: Required value"]),
    ({"consumesCounters": [{"counterSet": "a", "counters": COUNTERS}] * 2}, [
        f'{D}.consumesCounters[1]: Duplicate value: "a"']),
    ({"consumesCounters": [{"counterSet": "a", "counters": {f"c{i}": {"value": "1"} for i in range(33)}}]}, [
        f"{D}.consumesCounters[0].counters: Too many: 33: must have at most 32 items"]),
    ({"nodeName": "n"}, [f"{D}: Invalid value: null: `nodeName`, `nodeSelector` and `allNodes` {HERE}"]),
    ({"bindingConditions": ["a", "a", "b"], "bindingFailureConditions": ["b"]}, [
        f'{D}.bindingConditions[1]: Duplicate value: "a"', f'{D}.bindingFailureConditions[0]: Invalid value: "b": '
        "bindingFailureConditions must not overlap with bindingConditions"]),
    ({"bindingConditions": ["a"]}, [f"{D}.bindingFailureConditions: Invalid value: null: bindingFailureConditions are "
                                    "required to use bindingConditions"]),
    ({"bindingFailureConditions": ["a", "a"]}, [
        f'{D}.bindingFailureConditions[1]: Duplicate value: "a"',
        f"{D}.bindingConditions: Invalid value: null: bindingConditions are required to use bindingFailureConditions"]),
    ({"bindingConditions": [*"abcde"], "bindingFailureConditions": ["f"]}, [
        f"{D}.bindingConditions: Too many: 5: must have at most 4 items"])])
def test_what_is_wrong_with_a_device(errors, fits, device, expected):
    found = errors([{"name": "a", **device}])
    assert fits(found, expected), found


@pytest.mark.parametrize("policy, expected", [
    ({"default": "1", "validValues": ["1"], "validRange": {"min": "1"}}, [
        ': Forbidden: exactly one policy can be specified, cannot specify "validValues" and "validRange" at the same '
        "time"]),
    ({"validValues": ["1"]}, [".default: Required value: required when validValues is defined"]),
    ({"validRange": {"min": "1"}}, [".default: Required value: required when validRange is defined"]),
    ({"default": "3", "validValues": ["2", "1", "1", "11"]}, [
        '.validValues[1]: Invalid value: "1": values must be sorted in ascending order',
        '.validValues[3]: Invalid value: "11": option is larger than capacity value: 10',
        '.validValues[2]: Duplicate value: "1"',
        '.validValues: Invalid value: "3": default value is not valid according to the requestPolicy']),
    ({"default": "1", "validRange": {"max": "3"}}, [
        ".validRange.min: Required value: required when validRange is defined"]),
    ({"default": "1", "validRange": {"min": "12", "max": "11"}}, [
        '.validRange.min: Invalid value: "12": min is larger than capacity value: 10',
        '.validRange.min: Invalid value: "1": default is less than min: 12',
        '.validRange.max: Invalid value: "12": min is larger than max: 11',
        '.validRange.max: Invalid value: "11": max is larger than capacity value: 10']),
    ({"default": "8", "validRange": {"min": "1", "max": "6", "step": "2"}}, [
        '.validRange.max: Invalid value: "8": default is more than max: 6',
        '.validRange.step: Invalid value: "8": value is not a multiple of a given step (2) from (1)',
        '.validRange.step: Invalid value: "6": value is not a multiple of a given step (2) from (1)']),
    ({"default": "1", "validRange": {"min": "1", "step": "10"}}, [
        '.validRange.step: Invalid value: "10": one step 11 is larger than capacity value: 10']),
    ({"default": "2", "validValues": ["1", "2"]}, []), ({"default": "1"}, []),
    ({"default": "3", "validRange": {"min": "1", "max": "5", "step": "2"}}, [])])
def test_how_a_shared_capacity_may_be_asked_for(errors, policy, expected):
    assert errors([shared(**policy)]) == [f"{D}.capacity[c].requestPolicy{text}" for text in expected]


@pytest.mark.parametrize("device, expected", [
    ({}, [f"{D}: Required value: {SELF}"]), ({"nodeName": "n"}, []), ({"allNodes": True}, []),
    ({"nodeName": "", "allNodes": False}, [
        f'{D}.nodeName: Invalid value: "": must not be empty',
        f"{D}.allNodes: Invalid value: false: must be either unset or set to true", f"{D}: Required value: {SELF}"]),
    ({"nodeName": "n", "nodeSelector": {"nodeSelectorTerms": [TERM]}}, [
        f'{D}: Invalid value: "{{`nodeName`, `nodeSelector`}}": {SELF}'])])
def test_devices_that_tell_their_nodes(errors, device, expected):
    assert errors([{"name": "a", **device}], nodeName=None, perDeviceNodeSelection=True) == expected


@pytest.mark.parametrize("sets, expected", [
    ([{"name": "a", "counters": COUNTERS}], []),
    ([{}, {"name": "a", "counters": COUNTERS}, {"name": "a", "counters": COUNTERS}], [
        "spec.sharedCounters[0].name: Required value", "spec.sharedCounters[0].counters: Required value",
        'spec.sharedCounters[2]: Duplicate value: "a"']),
    ([{"name": f"a{i}", "counters": COUNTERS} for i in range(9)], [
        "spec.sharedCounters: Too many: 9: must have at most 8 items"])])
def test_shared_counters(errors, sets, expected):
    assert errors([], sharedCounters=sets) == expected


def test_the_nodes_of_a_slice(errors):
    two = {"nodeSelectorTerms": [TERM, TERM]}
    assert "spec.nodeSelector.nodeSelectorTerms: Invalid value" in errors([], nodeName=None, nodeSelector=two)[0]
    assert errors([], nodeName=None, nodeSelector={"nodeSelectorTerms": [TERM]}) == []


def test_advanced_devices_are_fewer(errors):
    plain = [{"name": f"a{i}"} for i in range(65)]
    assert errors(plain) == []
    for more in ({"taints": [{"key": "a", "effect": "None"}]}, {"attributes": {"x": {"bools": [True]}}},
                 {"consumesCounters": [{"counterSet": "a", "counters": COUNTERS}]}):
        assert errors([{**plain[0], **more}, *plain[1:]]) == ["spec.devices: Too many: 65: must have at most 64 items"]


def test_taints_that_were_there_stay(desk):
    """Only a list that has changed is looked at."""
    slices = desk("resource.k8s.io", "ResourceSlice")
    spec = {"driver": "d.org", "pool": {"name": "p", "resourceSliceCount": 1}, "nodeName": "n",
            "devices": [{"name": "a", "taints": [{"key": "a b", "effect": "None"}]}]}
    old = {"apiVersion": "resource.k8s.io/v1", "kind": "ResourceSlice", "metadata": {"name": "s"}, "spec": spec}
    assert slices.kind.validate_update(old, old, slices.ctx) == []
    new = {**old, "spec": {**spec, "devices": [{"name": "a", "taints": [{"key": "a c", "effect": "None"}]}]}}
    assert len(slices.kind.validate_update(new, old, slices.ctx)) == 1
