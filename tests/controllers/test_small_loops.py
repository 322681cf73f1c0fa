"""Loops of a few lines each: quotas, aggregated roles."""

from __future__ import annotations

ROLES = "clusterroles.rbac.authorization.k8s.io"


def pod(name, **spec):
    resources = {"requests": {"cpu": "100m"}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": {"outcome": "Succeeded"}},
            "spec": {"containers": [{"name": "main", "image": "nginx", "resources": resources}], **spec}}


def test_quotas_are_recounted(world):
    w = world("resourcequota")
    w.create("pods", pod("before"))
    w.create("resourcequotas", {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "q"},
                                "spec": {"hard": {"pods": "3", "requests.cpu": "1", "secrets": "2"}}})
    w.advance()
    assert w.get("resourcequotas", "q")["status"] == {
        "hard": {"pods": "3", "requests.cpu": "1", "secrets": "2"},
        "used": {"pods": "1", "requests.cpu": "100m", "secrets": "0"}}
    w.create("pods", pod("second"))
    w.create("secrets", {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}})
    w.advance()
    assert w.get("resourcequotas", "q")["status"]["used"] == {"pods": "2", "requests.cpu": "200m", "secrets": "1"}
    w.delete("secrets", "s")
    w.advance(2)
    assert w.get("resourcequotas", "q")["status"]["used"] == {"pods": "0", "requests.cpu": "0", "secrets": "0"}


def role(name, rules=(), labels=None, **more):
    return {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
            "metadata": {"name": name, **({"labels": labels} if labels else {})}, "rules": list(rules), **more}


def test_aggregated_roles(world):
    w = world("clusterroleaggregation")
    read = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}
    write = {"apiGroups": [""], "resources": ["pods"], "verbs": ["create"]}
    w.create(ROLES, role("all", aggregationRule={"clusterRoleSelectors": [{"matchLabels": {"to": "all"}}]}), "")
    w.create(ROLES, role("reader", [read], {"to": "all"}), "")
    w.create(ROLES, role("writer", [write, read], {"to": "all"}), "")
    w.create(ROLES, role("other", [write]), "")
    w.advance()
    assert w.get(ROLES, "all", "")["rules"] == [read, write]
    w.delete(ROLES, "writer", "")
    w.advance()
    assert w.get(ROLES, "all", "")["rules"] == [read]
