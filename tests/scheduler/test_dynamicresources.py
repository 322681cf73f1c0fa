"""Pods that claim devices: allocation from declared slices, and why a pod waits."""

from __future__ import annotations

import pytest

CLAIMS, CLASSES, SLICES = (f"{name}.resource.k8s.io" for name in ("resourceclaims", "deviceclasses", "resourceslices"))
TEMPLATES = "resourceclaimtemplates.resource.k8s.io"


def device(name, model, **more):
    return {"name": name, "attributes": {"model": {"string": model}, "version": {"version": "1.2.0"}},
            "capacity": {"memory": {"value": "16Gi"}}, **more}


def devices(w, *found, name="s", node="minikube", generation=1, **more):
    where = {"nodeName": node} if node else {"allNodes": True}
    w.create(SLICES, {"apiVersion": "resource.k8s.io/v1", "kind": "ResourceSlice", "metadata": {"name": name}, "spec": {
        "driver": "d.org", "pool": {"name": "p", "generation": generation, "resourceSliceCount": 1}, **where,
        "devices": list(found), **more}}, "")


def klass(w, *expressions):
    w.create(CLASSES, {"apiVersion": "resource.k8s.io/v1", "kind": "DeviceClass", "metadata": {"name": "c"}, "spec": {
        "selectors": [{"cel": {"expression": text}} for text in expressions]}}, "")


def claim(w, name, *requests, **spec):
    w.create(CLAIMS, {"apiVersion": "resource.k8s.io/v1", "kind": "ResourceClaim", "metadata": {"name": name},
                      "status": {}, "spec": {"devices": {"requests": list(requests), **spec}}})


def request(name="r", *expressions, **asked):
    return {"name": name, "exactly": {"deviceClassName": "c", "allocationMode": "ExactCount", "count": 1,
                                      "selectors": [{"cel": {"expression": text}} for text in expressions], **asked}}


def user(w, name, *claims):
    w.pod(name, resourceClaims=[{"name": each, "resourceClaimName": each} for each in claims])
    w.advance()


def message(w, name):
    return w.condition(name, "PodScheduled").get("message", "")


def got(w, name):
    results = w.get(CLAIMS, name)["status"]["allocation"]["devices"]["results"]
    return [(each["request"], each["device"]) for each in results]


@pytest.fixture
def w(node_world):
    return node_world("scheduler", release=(1, 36))


NOT_HELPFUL = ("still not schedulable, preemption: 0/1 nodes are available: 1 Preemption is not helpful for "
               "scheduling.")


def test_a_device_is_allocated_and_reserved(w):
    klass(w, "device.driver == 'd.org'", "device.attributes['d.org'].version.isGreaterThan(semver('1.1.0'))")
    devices(w, device("a", "small"), device("b", "large"))
    claim(w, "x", request("r", "device.attributes['d.org'].model == 'large'",
                          "device.capacity['d.org'].memory.compareTo(quantity('8Gi')) > 0"))
    user(w, "one", "x")
    found = w.get(CLAIMS, "x")
    assert got(w, "x") == [("r", "b")]
    [term] = found["status"]["allocation"]["nodeSelector"]["nodeSelectorTerms"]
    assert term["matchFields"][0]["values"] == ["minikube"]
    assert [each["name"] for each in found["status"]["reservedFor"]] == ["one"]
    assert found["metadata"]["finalizers"] == ["resource.kubernetes.io/delete-protection"]
    user(w, "two", "x")
    assert [each["name"] for each in w.get(CLAIMS, "x")["status"]["reservedFor"]] == ["one", "two"]


def test_what_is_taken_is_waited_for(w):
    klass(w)
    devices(w, device("a", "m"))
    for name in ("x", "y"):
        claim(w, name, request())
    user(w, "one", "x")
    user(w, "two", "y")
    assert message(w, "two") == f"0/1 nodes are available: 1 cannot allocate all claims. {NOT_HELPFUL}"
    devices(w, device("b", "m"), name="t", generation=1)
    w.advance()
    assert got(w, "y") == [("r", "b")]


def test_all_of_them_several_or_one_of_another_kind(w):
    klass(w)
    devices(w, device("a", "m"), device("b", "m"), device("c", "n"), node="")
    claim(w, "several", request(count=2), constraints=[{"matchAttribute": "d.org/model"}])
    user(w, "one", "several")
    assert got(w, "several") == [("r", "a"), ("r", "b")]
    assert "nodeSelector" not in w.get(CLAIMS, "several")["status"]["allocation"]
    claim(w, "all", request(allocationMode="All"))
    user(w, "two", "all")
    assert "cannot allocate all claims" in message(w, "two")
    claim(w, "first", {"name": "r", "firstAvailable": [
        {**request("big", "device.attributes['d.org'].model == 'm'")["exactly"], "name": "big"},
        {**request("small")["exactly"], "name": "small"}]})
    user(w, "three", "first")
    assert got(w, "first") == [("r/small", "c")]


def test_only_the_newest_generation_and_no_tainted_devices(w):
    klass(w)
    taint = {"key": "d.org/broken", "effect": "NoSchedule"}
    devices(w, device("old", "m"))
    devices(w, device("a", "m", taints=[taint]), device("b", "m"), name="t", generation=2)
    claim(w, "x", request())
    user(w, "one", "x")
    assert got(w, "x") == [("r", "b")]
    claim(w, "y", request(tolerations=[{"key": "d.org/broken", "operator": "Exists"}]))
    user(w, "two", "y")
    assert got(w, "y") == [("r", "a")]


@pytest.mark.parametrize("prepare, told", [
    (lambda w: claim(w, "x", request()), "request r: device class c does not exist. "),
    (lambda w: (klass(w, "device.attributes['other.org'].model == 'm'"), devices(w, device("a", "m")),
                claim(w, "x", request())),
     "1 class c: selector #0: CEL runtime error: no such key: other.org. ")])
def test_why_a_pod_waits(w, prepare, told):
    user(w, "one", "x")
    assert w.condition("one", "PodScheduled") is None  # a claim that is missing is waited for without a word
    prepare(w)
    w.advance()
    assert message(w, "one").startswith(f"0/1 nodes are available: {told}")


def template(name):
    return {"apiVersion": "resource.k8s.io/v1", "kind": "ResourceClaimTemplate", "metadata": {"name": name}, "spec": {
        "metadata": {"labels": {"a": "b"}}, "spec": {"devices": {"requests": [request()]}}}}


def test_claims_are_made_of_templates_and_given_back(node_world):
    w = node_world("scheduler", "resourceclaim", "resourceclaim-release", "garbagecollector", release=(1, 36))
    klass(w)
    devices(w, device("a", "m"))
    w.create(TEMPLATES, template("other"))
    w.pod("one", resourceClaims=[{"name": "g", "resourceClaimTemplateName": "t"}])
    w.advance()
    assert w.events("FailedResourceClaimCreation") == [
        'PodResourceClaim g: resource claim template "t": resourceclaimtemplate.resource.k8s.io "t" not found']
    w.create(TEMPLATES, template("t"))
    w.advance()
    [made] = w.api.items(CLAIMS)
    assert made["metadata"]["generateName"] == "one-g-" and made["metadata"]["labels"] == {"a": "b"}
    assert made["metadata"]["annotations"] == {"resource.kubernetes.io/pod-claim-name": "g"}
    assert w.get("pods", "one")["status"]["resourceClaimStatuses"] == [
        {"name": "g", "resourceClaimName": made["metadata"]["name"]}]
    assert got(w, made["metadata"]["name"]) == [("r", "a")]
    w.api.delete("pods", "one", "default", grace_period=0)
    w.advance(10)
    assert w.api.items(CLAIMS) == []
