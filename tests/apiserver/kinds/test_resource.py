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


def given(**more):
    """A claim's status: one device of the request `a`."""
    result = {"request": "a", "driver": "d.org", "pool": "p", "device": "gpu-0", **more}
    return {"allocation": {"devices": {"results": [result]}}}


def refused(desk, status, before=None, **meta):
    claims = desk(GROUP, "ResourceClaim")
    old = claims.new(claim({"name": "a", "exactly": asked()}, {"name": "b", "firstAvailable": [
        {"name": "c", **asked()}]}))
    old["metadata"].update(meta)
    old["status"] = before or {}
    return [str(error) for error in claims.kind.validate_status({**old, "status": status}, old, claims.ctx)]


USER = {"resource": "pods", "name": "p", "uid": "u"}


@pytest.mark.parametrize(("status", "said"), [
    ({"reservedFor": [USER, {**USER, "name": "q"}], **given()}, ['reservedFor[1]: Duplicate value: "u"']),
    ({"reservedFor": [USER] * 257}, ["reservedFor: Too many: 257: must have at most 256 items",
                                     "reservedFor: Forbidden: may not be specified when `allocated` is not set"]),
    (given(request="b/c"), []),
    (given(request="x"), ['allocation.devices.results[0].request: Invalid value: "x": must be the name of a request in '
                          "the claim or the name of a request and a subrequest separated by '/'"]),
    (given(driver="", pool="", device="A"), [
        "allocation.devices.results[0].driver: Required value", "allocation.devices.results[0].pool: Required value",
        'allocation.devices.results[0].device: Invalid value: "A": a lowercase RFC 1123 label must consist of']),
    (given(bindingFailureConditions=["x"]), ["allocation.devices.results[0].bindingConditions: Invalid value: null: "
                                             "bindingConditions are required to use bindingFailureConditions"]),
    (given(shareID="x"), ['allocation.devices.results[0].shareID: Invalid value: "x": error validating uid: invalid '
                          "UUID length: 1"]),
    (given(shareID="z" * 36), [f'allocation.devices.results[0].shareID: Invalid value: "{"z" * 36}": error validating '
                               "uid: invalid UUID format"]),
    (given(shareID="x" * 45), [f'allocation.devices.results[0].shareID: Invalid value: "{"x" * 45}": error validating '
                               'uid: invalid urn prefix: "xxxxxxxxx"']),
    (given(shareID="x" * 38), [f'allocation.devices.results[0].shareID: Invalid value: "{"x" * 38}": error validating '
                               "uid: invalid bracketed UUID format"]),
    (given(shareID="A" * 32), [f'allocation.devices.results[0].shareID: Invalid value: "{"A" * 32}": uid must be in '
                               "RFC 4122 normalized form"]),
    (given(shareID="0badcafe-0000-0000-0000-0123456789ab"), []),
    ({"allocation": {"devices": {"config": [{"requests": ["a", "a"]}]}}}, [
        "allocation.devices.config[0].source: Required value",
        'allocation.devices.config[0].requests[1]: Duplicate value: "a"',
        "allocation.devices.config[0].opaque: Required value"]),
    ({"allocation": {"devices": {"config": [{"source": "Me", "opaque": {"driver": "d.org", "parameters": {}}}]}}}, [
        'allocation.devices.config[0].source: Unsupported value: "Me": supported values: "FromClaim", "FromClass"']),
    ({"allocation": {"nodeSelector": {"nodeSelectorTerms": []}}}, [
        "allocation.nodeSelector.nodeSelectorTerms: Required value: must have at least one node selector term"])])
def test_what_is_wrong_with_an_allocation(desk, status, said):
    found = refused(desk, status)
    assert len(found) == len(said) and all(map(str.startswith, found, (f"status.{each}" for each in said))), found


@pytest.mark.parametrize(("device", "said"), [
    ({}, []),
    ({"device": "gpu-1"}, [': Invalid value: {"Driver":"d.org","Pool":"p","Device":"gpu-1","ShareID":""}: must be an '
                           "allocated device in the claim"]),
    ({"conditions": [{"type": f"C{i}", "status": "True", "reason": "R", "lastTransitionTime": "2024-01-01T00:00:00Z"}
                     for i in range(9)]}, [".conditions: Too many: 9: must have at most 8 items"]),
    ({"conditions": [{"type": "C"}]}, ['.conditions[0].status: Unsupported value: "": supported values: ',
                                       ".conditions[0].lastTransitionTime: Required value",
                                       ".conditions[0].reason: Required value"]),
    ({"data": [1]}, ['.data: Invalid value: "<value omitted>": must be a valid JSON object']),
    ({"data": {"a": "x" * 10240}}, [".data: Too long: may not be more than 10240 bytes"]),
    ({"networkData": {"interfaceName": "x" * 257, "hardwareAddress": "x" * 129}}, [
        ".networkData.interfaceName: Too long: may not be more than 256 bytes",
        ".networkData.hardwareAddress: Too long: may not be more than 128 bytes"]),
    ({"networkData": {"ips": ["10.9.8.7/24", "10.9.8.7/24", "10.9.8.7", "2001:DB8::1/64", "10.9.8.7/x"]}}, [
        '.networkData.ips[2]: Invalid value: "10.9.8.7": must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or '
        "2001:db8::1/64)",
        '.networkData.ips[3]: Invalid value: "2001:DB8::1/64": must be in canonical form ("2001:db8::1/64")',
        '.networkData.ips[4]: Invalid value: "10.9.8.7/x": must be a valid address',
        '.networkData.ips[1]: Duplicate value: "10.9.8.7/24"'])])
def test_what_a_driver_tells_wrong(desk, device, said):
    status = {**given(), "devices": [{"driver": "d.org", "pool": "p", "device": "gpu-0", **device}]}
    found = refused(desk, status)
    assert len(found) == len(said) and all(map(str.startswith, found, (f"status.devices[0]{each}" for each in said)))


def test_what_a_claims_status_may_not_become(desk):
    before = {**given(), "reservedFor": [USER]}
    assert refused(desk, {**given(device="gpu-1"), "reservedFor": [USER]}, before)[0].startswith(
        "status.allocation: Invalid value: ")
    more = {**given(), "reservedFor": [USER, {**USER, "uid": "v"}]}
    assert refused(desk, more, before) == []
    assert refused(desk, more, before, deletionTimestamp="2024-01-01T00:00:00Z") == [
        "status.reservedFor: Forbidden: new entries may not be added while `deallocationRequested` or "
        "`deletionTimestamp` are set"]
    twice = [{"driver": "d.org", "pool": "p", "device": "gpu-0"}] * 2
    assert refused(desk, {**given(), "devices": twice}) == [
        'status.devices[1]: Duplicate value: {"Driver":"d.org","Pool":"p","Device":"gpu-0","ShareID":""}']


def test_what_is_told_of_a_device_goes_with_it(terminal):
    """Where a claim is deallocated, by an update of its status."""
    terminal.environ["KUBESIM_KUBERNETES_VERSION"] = "1.36"
    terminal.ok("kubectl sim reset")
    terminal.ok("kubectl create -f -", json.dumps({
        "apiVersion": "resource.k8s.io/v1", "kind": "ResourceClaim", "metadata": {"name": "c"},
        **claim({"name": "a", "exactly": asked()})}))
    told = {**given(), "devices": [{"driver": "d.org", "pool": "p", "device": "gpu-0", "data": {"a": 1}}]}
    patch = "kubectl patch resourceclaim c --subresource=status --type=merge -p"
    terminal.ok(f"{patch} '{json.dumps({'status': told})}'")
    terminal.ok("kubectl label resourceclaim c x=y")
    assert terminal.ok("kubectl get resourceclaim c -o jsonpath='{.status.devices[*].data.a}'") == "1"
    terminal.ok(f"""{patch} '{{"status": {{"allocation": null}}}}'""")
    assert terminal.ok("kubectl get resourceclaim c -o jsonpath='{.status}'") in ("", "{}")
