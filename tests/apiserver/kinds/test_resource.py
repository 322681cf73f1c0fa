"""Kinds of resource.k8s.io: what they are filled in with and what they have to be."""

from __future__ import annotations

import json

import pytest

GROUP = "resource.k8s.io"


def asked(**more):
    return {"deviceClassName": "c", **more}


def claim(*requests, **devices):
    return {"spec": {"devices": {"requests": list(requests), **devices}}}


def test_how_many_are_asked_for(desk):
    made = desk(GROUP, "ResourceClaim").new(claim({"name": "a", "exactly": asked()}, {"name": "b", "firstAvailable": [
        {"name": "c", **asked(allocationMode="All")}]}))
    first, second = made["spec"]["devices"]["requests"]
    assert first["exactly"] == {"deviceClassName": "c", "allocationMode": "ExactCount", "count": 1}
    assert "count" not in second["firstAvailable"][0]


R = "spec.devices.requests[0]"


@pytest.mark.parametrize("obj, expected", [
    (claim({"name": "A", "exactly": asked(deviceClassName="", allocationMode="Some")}), [
        f'{R}.name: Invalid value: "A": a lowercase RFC 1123 label...', f"{R}.exactly.deviceClassName: Required value",
        f'{R}.exactly.allocationMode: Unsupported value: "Some": supported values: "All", "ExactCount"']),
    (claim({"name": "a"}), [f"{R}: Required value: exactly one of `exactly` or `firstAvailable` is required"]),
    (claim({"name": "a", "exactly": asked(allocationMode="All", count=2)},
           {"name": "a", "exactly": asked(count=-1)}), [
        f"{R}.exactly.count: Invalid value: 2: must not be specified when allocationMode is 'All'",
        "spec.devices.requests[1].exactly.count: Invalid value: -1: must be greater than zero",
        'spec.devices.requests[1]: Duplicate value: "a"']),
    (claim({"name": "a", "exactly": asked(selectors=[{}, {"cel": {"expression": "1"}}, {"cel": {
        "expression": "device.x"}}])}), [
        f"{R}.exactly.selectors[0].cel: Required value",
        f'{R}.exactly.selectors[1].cel.expression: Invalid value: "1": must evaluate to bool or the unknown type, not '
        "int",
        f'{R}.exactly.selectors[2].cel.expression: Invalid value: "device.x": compilation failed: ERROR: <input>:1:7: '
        "undefined field 'x'..."]),
    (claim({"name": "a", "firstAvailable": [{"name": "b", **asked()}]}, constraints=[
        {"requests": ["a/b", "a/c"], "matchAttribute": "x"}, {}]), [
        'spec.devices.constraints[0].requests[1]: Invalid value: "a/c": must be the name of a request in the claim or '
        "the name of a request and a subrequest separated by '/'",
        'spec.devices.constraints[0].matchAttribute: Invalid value: "x": a fully qualified name must be a domain '
        "and a name separated by a slash",
        "spec.devices.constraints[1]: Required value..."]),
    (claim(config=[{}, {"opaque": {"driver": "d.org"}}]), [
        "spec.devices.config[0].opaque: Required value", "spec.devices.config[1].opaque.parameters: Required value"])])
def test_what_is_wrong_with_a_claim(desk, fits, obj, expected):
    found = desk(GROUP, "ResourceClaim").errors(obj)
    assert fits(found, expected), found


@pytest.mark.parametrize("kind, obj, expected", [
    ("DeviceClass", {"spec": {"extendedResourceName": "a", "selectors": [
        {"cel": {"expression": "device.nosuch =="}}]}}, [
        'spec.selectors[0].cel.expression: Invalid value: "device.nosuch ==": compilation failed: ERROR: <input>...',
        'spec.extendedResourceName: Invalid value: "a": must be a valid extended resource name']),
    ("ResourceClaimTemplate", {"spec": {"metadata": {"labels": {"a b": ""}}, "spec": claim({"name": "x"})["spec"]}}, [
        'spec.metadata.labels: Invalid value: "a b": name part must consist...',
        "spec.spec.devices.requests[0]: Required value..."]),
    ("ResourceSlice", {"spec": {"driver": "d.org", "pool": {"name": "P", "generation": -1}}}, [
        'spec.pool.name: Invalid value: "P": a lowercase RFC 1123 subdomain...',
        "spec.pool.resourceSliceCount: Invalid value: 0: must be greater than zero",
        "spec.pool.generation: Invalid value: -1: must be greater than or equal to zero",
        "spec: Required value: exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is "
        "required"]),
    ("ResourceSlice", {"spec": {
        "driver": "d.org", "pool": {"name": "p", "resourceSliceCount": 1}, "nodeName": "n", "allNodes": True,
        "devices": [{"name": "a", "attributes": {"x": {}}}, {"name": "a"}]}}, [
        'spec: Invalid value: "{`nodeName`, `allNodes`}": exactly one of...',
        'spec.devices[0].attributes[x]: Invalid value: "": exactly one value must be specified',
        'spec.devices[1]: Duplicate value: "a"'])])
def test_what_is_wrong_with_the_others(desk, fits, kind, obj, expected):
    found = desk(GROUP, kind).errors(obj)
    assert fits(found, expected), found


def test_a_claims_status(desk):
    claims = desk(GROUP, "ResourceClaim")
    old = claims.new(claim({"name": "a", "exactly": asked()}))
    new = {**old, "status": {"reservedFor": [{"resource": "pods", "name": "p"}]}}
    assert [str(error) for error in claims.kind.validate_status(new, old, claims.ctx)] == [
        "status.reservedFor[0].uid: Required value",
        "status.reservedFor: Forbidden: may not be specified when `allocated` is not set"]


def test_columns_of_a_slice(terminal):
    terminal.environ["KUBESIM_KUBERNETES_VERSION"] = "1.36"
    made = {"apiVersion": "resource.k8s.io/v1", "kind": "ResourceSlice", "metadata": {"name": "s"}, "spec": {
        "driver": "d.org", "nodeName": "minikube",
        "pool": {"name": "p", "generation": 1, "resourceSliceCount": 1}, "devices": [{"name": "gpu-0"}]}}
    terminal.ok("kubectl create -f -", json.dumps(made))
    head, row = terminal.ok("kubectl get resourceslices").splitlines()
    assert head.split() == ["NAME", "NODE", "DRIVER", "POOL", "AGE"]
    assert row.split()[:4] == ["s", "minikube", "d.org", "p"]
    assert terminal.ok("kubectl get resourceslices --field-selector spec.driver=other -o name") == ""
    moved = terminal("kubectl patch resourceslice s --type=merge "
                     """-p '{"spec":{"nodeName":"other","pool":{"name":"q"}}}'""")
    assert "spec.pool.name: Invalid value" in moved.err and "spec.nodeName: Invalid value" in moved.err
