"""Loops of a few lines each: quotas, aggregated roles, cluster IPs and their ranges, tokens in Secrets."""

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


IPS, RANGES = "ipaddresses.networking.k8s.io", "servicecidrs.networking.k8s.io"


def service(**spec):
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"},
            "spec": {"ports": [{"port": 80, "protocol": "TCP", "targetPort": 80}], "type": "ClusterIP", **spec}}


def test_cluster_ips_have_objects(world):
    w = world("ipallocator-repair")
    w.create("services", service(clusterIP="10.96.9.9"))
    w.advance()
    found = w.get(IPS, "10.96.9.9", "")
    assert found["spec"] == {"parentRef": {"resource": "services", "namespace": "default", "name": "s"}}
    assert found["metadata"]["labels"] == {"ipaddress.kubernetes.io/ip-family": "IPv4",
                                           "ipaddress.kubernetes.io/managed-by": "ipallocator.k8s.io"}
    w.change("services", "s", lambda obj: obj.update(spec={"type": "ExternalName", "externalName": "a.org"}))
    w.advance()
    assert w.names(IPS) == []
    w.delete("services", "s")
    w.create("services", service(clusterIP="None"))
    w.advance()
    assert w.names(IPS) == []


def test_older_releases_have_no_such_objects(world):
    w = world("ipallocator-repair", release=(1, 30))
    w.create("services", service())
    w.advance()


def test_a_range_stays_while_addresses_of_it_are_used(world):
    w = world("ipallocator-repair", "service-cidr-controller")
    for name in ("one", "two"):
        w.create(RANGES, {"apiVersion": "networking.k8s.io/v1", "kind": "ServiceCIDR", "metadata": {"name": name},
                          "spec": {"cidrs": ["10.96.0.0/16"]}}, "")
    w.create("services", service(clusterIP="10.96.9.9"))
    w.advance()
    [ready] = w.get(RANGES, "one", "")["status"]["conditions"]
    assert (ready["type"], ready["status"], ready["message"]) == ("Ready", "True", "Kubernetes Service CIDR is ready")
    w.delete(RANGES, "one", "")
    w.advance(9)
    assert w.names(RANGES) == ["one", "two"]  # the allocators have ten seconds to hear of it
    w.advance(2)
    w.delete(RANGES, "two", "")
    w.advance(20)
    [ready] = w.get(RANGES, "two", "")["status"]["conditions"]
    assert w.names(RANGES) == ["two"] and (ready["status"], ready["reason"]) == ("False", "Terminating")
    w.delete("services", "s")
    w.advance(1)
    assert w.names(RANGES) == []


def token_of(account, name="t"):
    return {"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/service-account-token", "metadata": {
        "name": name, "annotations": {"kubernetes.io/service-account.name": account}}}


def test_tokens_in_secrets(world):
    from base64 import b64decode

    from kubesim_cli.apiserver.tokens import review

    w = world("serviceaccount-token")
    w.create("serviceaccounts", {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "robot"},
                                 "secrets": [{"name": "t"}]})
    w.create("secrets", token_of("robot"))
    w.create("secrets", token_of("ghost", "g"))
    w.advance()
    secret, account = w.get("secrets", "t"), w.get("serviceaccounts", "robot")
    assert w.names("secrets") == ["t"] and sorted(secret["data"]) == ["ca.crt", "namespace", "token"]
    assert secret["metadata"]["annotations"]["kubernetes.io/service-account.uid"] == account["metadata"]["uid"]
    user, _, wrong = review(w.server, b64decode(secret["data"]["token"]).decode())
    assert (user["name"], user["uid"], wrong) == ("system:serviceaccount:default:robot", account["metadata"]["uid"], "")
    w.delete("secrets", "t")
    w.advance()
    assert "secrets" not in w.get("serviceaccounts", "robot")
    w.create("secrets", token_of("robot"))
    w.advance()
    w.delete("serviceaccounts", "robot")
    w.advance()
    assert w.names("secrets") == []
