from __future__ import annotations

import pytest

from kubesim_cli.machinery.errors import StatusError


@pytest.fixture
def w(world):
    made = world("namespace", "serviceaccount", "root-ca-cert-publisher")
    made.create("namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "team"},
                               "spec": {"finalizers": ["kubernetes"]}, "status": {"phase": "Active"}}, "")
    made.advance()
    return made


def config_map(name, **metadata):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, **metadata}}


def pod(name, grace):
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": {
        "terminationGracePeriodSeconds": grace, "containers": [{"name": "main", "image": "nginx"}]}}


def gone(w):
    return w.api.find("namespaces", "team") is None


def test_a_namespace_gets_what_each_one_has(w):
    assert w.get("serviceaccounts", "default", "team")
    made = w.get("configmaps", "kube-root-ca.crt", "team")
    assert made["data"]["ca.crt"].startswith("-----BEGIN CERTIFICATE-----")
    w.delete("serviceaccounts", "default", "team")
    w.change("configmaps", "kube-root-ca.crt", lambda obj: obj.update(data={}), "team")
    w.advance()
    assert w.get("serviceaccounts", "default", "team")
    assert w.get("configmaps", "kube-root-ca.crt", "team")["data"]["ca.crt"]


def test_it_goes_with_all_that_is_in_it(w):
    w.create("configmaps", config_map("settings"), "team")
    w.delete("namespaces", "team", "")
    w.advance(4)
    assert w.get("configmaps", "settings", "team") and not gone(w)
    w.advance(1)
    assert gone(w) and not w.api.items("configmaps", "team") and not w.api.items("serviceaccounts", "team")


def test_it_waits_for_pods_to_end(w):
    w.create("pods", pod("slow", 30), "team")
    w.advance(2)
    w.delete("namespaces", "team", "")
    w.advance(5)
    assert "deletionTimestamp" in w.get("pods", "slow", "team")["metadata"] and not gone(w)
    assert w.get("configmaps", "kube-root-ca.crt", "team")
    w.advance(5)
    assert gone(w)


def test_it_tells_what_holds_it(w):
    w.create("configmaps", config_map("held", finalizers=["example.com/hold"]), "team")
    w.delete("namespaces", "team", "")
    w.advance(6)
    found = w.api.find("namespaces", "team")["status"]["conditions"]
    assert [(c["type"], c["status"], c["reason"], c["message"]) for c in found] == [
        ("NamespaceDeletionDiscoveryFailure", "False", "ResourcesDiscovered",
         "All resources successfully discovered"),
        ("NamespaceDeletionGroupVersionParsingFailure", "False", "ParsedGroupVersions",
         "All legacy kube types successfully parsed"),
        ("NamespaceDeletionContentFailure", "False", "ContentDeleted",
         "All content successfully deleted, may be waiting on finalization"),
        ("NamespaceContentRemaining", "True", "SomeResourcesRemain",
         "Some resources are remaining: configmaps. has 1 resource instances"),
        ("NamespaceFinalizersRemaining", "True", "SomeFinalizersRemain",
         "Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances")]
    w.change("configmaps", "held", lambda obj: obj["metadata"].update(finalizers=[]), "team")
    w.advance(10)
    assert gone(w)


def test_what_cannot_be_deleted_is_told_and_tried_again(w, monkeypatch):
    delete = type(w.api).delete

    def refuse(self, resource, *args, **options):
        if resource == "configmaps":
            raise StatusError(500, "InternalError", "no")
        return delete(self, resource, *args, **options)

    with monkeypatch.context() as patched:
        patched.setattr(type(w.api), "delete", refuse)
        w.delete("namespaces", "team", "")
        w.advance(6)
    found = {c["type"]: c for c in w.api.find("namespaces", "team")["status"]["conditions"]}
    failure = found["NamespaceDeletionContentFailure"]
    assert failure["reason"] == "ContentDeletionFailed"
    assert failure["message"] == "Failed to delete all resource types, 1 remaining: no"
    w.advance(10)
    assert gone(w)
