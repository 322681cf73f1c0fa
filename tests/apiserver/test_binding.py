"""A Binding gives a pod its node, at pods/binding and at the older bindings; it is stored nowhere."""

from __future__ import annotations

import pytest

from kubesim_cli.apiserver.settings import Settings
from kubesim_cli.machinery.errors import StatusError

SUCCESS = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}


def binding(name="a", node="minikube", **meta) -> dict:
    return {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": name, **meta},
            "target": {"apiVersion": "v1", "kind": "Node", "name": node}}


def bind(api, body, name="a", **options):
    return api.admin.create("pods", body, "default", name=name, subresource="binding", **options)


def test_a_binding_that_is_created_binds_the_pod_and_is_not_stored(api):
    api.pod("a")
    assert api.admin.create("bindings", binding(uid="is-not-looked-at"), "default") == SUCCESS
    pod = api.admin.get("pods", "a", "default")
    assert pod["spec"]["nodeName"] == "minikube"
    assert [c["status"] for c in pod["status"]["conditions"] if c["type"] == "PodScheduled"] == ["True"]
    assert api.store.list("bindings") == []


def test_a_dry_run_binds_nothing(api):
    api.pod("a")
    assert api.admin.create("bindings", binding(), "default", dry_run=True) == SUCCESS
    assert bind(api, binding(), dry_run=True) == SUCCESS
    assert "nodeName" not in api.admin.get("pods", "a", "default")["spec"]


@pytest.mark.parametrize("release, labels", [((1, 34), None), ((1, 35), {"zone": "z"})])
def test_the_pod_gets_what_the_binding_says_of_it(start, release, labels):
    api = start(release)
    pod = api.pod("a")
    nominated = {**pod, "status": {**pod["status"], "nominatedNodeName": "other"}}
    api.trusted.update_status("pods", nominated)
    bind(api, binding(uid=pod["metadata"]["uid"], annotations={"by": "hand"}, labels={"zone": "z"}))
    bound = api.admin.get("pods", "a", "default")
    assert (bound["metadata"]["annotations"], bound["metadata"].get("labels")) == ({"by": "hand"}, labels)
    assert ("nominatedNodeName" in bound["status"]) == (release == (1, 34))


ZONE = {"topology.kubernetes.io/zone": "z1", "topology.kubernetes.io/region": "r1"}


@pytest.mark.parametrize("release, settings, expected", [
    ((1, 34), None, {"run": "a"}), ((1, 35), None, {"run": "a", **ZONE}),
    ((1, 35), Settings({"disable-admission-plugins": "PodTopologyLabels"}), {"run": "a"})])
def test_a_pod_is_labelled_with_the_zone_of_its_node(start, release, settings, expected):
    """PodTopologyLabels, at a binding and where a pod is made for a node."""
    api = start(release)
    api.server.settings = settings
    api.change("nodes", "minikube", {"metadata": {"labels": {**ZONE, "other": "x"}}}, "")
    containers = [{"name": "c", "image": "nginx"}]
    api.create("v1", "Pod", "a", labels={"run": "a"}, spec={"containers": containers})
    bind(api, binding())
    api.create("v1", "Pod", "b", labels={"run": "a"}, spec={"containers": containers, "nodeName": "minikube"})
    api.create("v1", "Pod", "c", labels={"run": "a"}, spec={"containers": containers, "nodeName": "unknown"})
    assert [api.admin.get("pods", name, "default")["metadata"]["labels"] for name in "abc"] == [
        expected, expected, {"run": "a"}]


def test_the_zone_of_a_pod_can_be_changed_later(start):
    """PodTopologyLabels takes part in what is made, not in what is changed (admission.NewHandler)."""
    api = start((1, 35))
    api.change("nodes", "minikube", {"metadata": {"labels": ZONE}}, "")
    api.create("v1", "Pod", "b", spec={"containers": [{"name": "c", "image": "nginx"}], "nodeName": "minikube"})
    api.change("pods", "b", {"metadata": {"labels": {**dict.fromkeys(ZONE), "topology.kubernetes.io/zone": "mine"}}})
    assert api.admin.get("pods", "b", "default")["metadata"]["labels"] == {"topology.kubernetes.io/zone": "mine"}


@pytest.mark.parametrize("body, code, text", [
    (binding("b"), 400, "name in URL does not match name in Binding object"),
    ({**binding(), "target": {"kind": "Pod"}}, 500, '[target.kind: Unsupported value: "Pod": supported values: '
     '"Node", "<empty>", target.name: Required value]'),
    (binding(node=""), 500, "target.name: Required value"),
    (binding(uid="other"), 409, 'Operation cannot be fulfilled on pods "a": StorageError: invalid object, Code: 4, '
     "Key: /registry/pods/default/a, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in "
     "precondition: other, UID in object meta: {uid}"),
    (binding(resourceVersion="1"), 409, 'Operation cannot be fulfilled on pods "a": StorageError: invalid object, '
     "Code: 4, Key: /registry/pods/default/a, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: "
     "ResourceVersion in precondition: 1, ResourceVersion in object meta: {resourceVersion}")])
def test_bindings_that_are_refused(api, body, code, text):
    pod = api.pod("a")
    with pytest.raises(StatusError) as caught:
        bind(api, body)
    assert (caught.value.code, caught.value.message) == (code, text.format(**pod["metadata"]))


def test_pods_that_cannot_be_bound(api):
    api.pod("a", nodeName="minikube")
    api.pod("gated", schedulingGates=[{"name": "wait"}])
    api.create("v1", "Pod", "going", finalizers=["example.com/stay"],
               spec={"containers": [{"name": "c", "image": "nginx"}]})
    api.admin.delete("pods", "going", "default")
    for name, why in {"a": 'is already assigned to node "minikube"', "gated": "has non-empty .spec.schedulingGates",
                      "going": "is being deleted, cannot be assigned to a host"}.items():
        assert api.refused(bind, api, binding(name), name) == (
            f'Operation cannot be fulfilled on pods/binding "{name}": pod {name} {why}')
    assert api.refused(api.admin.create, "bindings", binding("nope"), "default") == 'pods "nope" not found'
    assert api.refused(api.admin.create, "bindings", binding(""), "default") == "Name parameter required."
