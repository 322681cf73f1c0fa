from __future__ import annotations

import pytest

SLICES = "endpointslices.discovery.k8s.io"


@pytest.fixture
def w(node_world):
    return node_world("scheduler", "kubelet", "endpoints", "endpointslice", "endpointslice-mirroring")


def service(w, name="web", labels=None, **spec):
    spec = {"clusterIP": "10.96.0.9", "ports": [{"port": 80, "targetPort": 8080, "protocol": "TCP"}], **spec}
    w.create("services", {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "labels": labels or {}},
                          "spec": spec})


def web(w, name, **spec):
    w.pod(name, labels={"app": "web"}, **spec)


def slices(w):
    return w.api.items(SLICES, "default")


def subsets(w, name="web"):
    """(ready addresses, addresses that are not, ports) of each subset."""
    return [(["{ip}".format(**a) for a in s.get("addresses", [])], [a["ip"] for a in s.get("notReadyAddresses", [])],
             [p["port"] for p in s.get("ports", [])]) for s in w.get("endpoints", name).get("subsets", [])]


def test_they_follow_the_pods(w):
    service(w, selector={"app": "web"}, labels={"tier": "front"})
    w.advance()
    assert subsets(w) == [] and slices(w)[0]["endpoints"] is None and slices(w)[0]["ports"] is None
    web(w, "a")
    web(w, "b", readinessGates=[{"conditionType": "x"}])
    w.pod("other")
    w.advance(2)
    assert subsets(w) == [(["10.244.0.2"], ["10.244.0.3"], [8080])]
    found = slices(w)[0]
    assert found["metadata"]["name"].startswith("web-") and found["addressType"] == "IPv4"
    assert found["metadata"]["labels"] == {
        "tier": "front", "kubernetes.io/service-name": "web",
        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io"}
    assert found["ports"] == [{"name": "", "port": 8080, "protocol": "TCP"}]
    first, second = found["endpoints"]
    assert first["conditions"] == {"ready": True, "serving": True, "terminating": False}
    assert first["nodeName"] == "minikube" and first["targetRef"]["name"] == "a"
    assert second["conditions"]["ready"] is False
    w.api.delete("pods", "a", "default")
    w.advance()
    assert subsets(w) == [([], ["10.244.0.3"], [8080])]
    assert slices(w)[0]["endpoints"][0]["conditions"] == {"ready": False, "serving": True, "terminating": True}
    w.advance(1)
    assert len(slices(w)) == 1 and [e["targetRef"]["name"] for e in slices(w)[0]["endpoints"]] == ["b"]


def test_changing_the_selector_and_deleting(w):
    service(w, selector={"app": "web"})
    web(w, "a")
    w.advance(2)
    w.change("services", "web", lambda obj: obj["spec"].update(selector={"app": "nobody"}))
    w.advance()
    assert subsets(w) == [] and slices(w)[0]["endpoints"] is None
    w.api.delete("services", "web", "default")
    w.advance()
    assert w.get("endpoints", "web") is None


def test_named_ports(w):
    service(w, selector={"app": "web"}, ports=[{"name": "http", "port": 80, "targetPort": "web"},
                                               {"name": "metrics", "port": 9, "targetPort": "m"}])
    ports = [{"name": "web", "containerPort": 8000}, {"name": "m", "containerPort": 9000}]
    web(w, "a", containers=[{"name": "c", "image": "nginx", "ports": ports}])
    web(w, "b", containers=[{"name": "c", "image": "nginx", "ports": [{"name": "web", "containerPort": 7000}]}])
    w.advance(2)
    assert sorted(subsets(w)) == [(["10.244.0.2"], [], [9000, 8000]), (["10.244.0.3"], [], [7000])]
    assert sorted([p["port"] for p in s["ports"]] for s in slices(w)) == [[7000], [8000, 9000]]


def test_ports_stand_in_the_order_of_their_hashes(w):
    ports = [{"name": "http", "port": 80}, {"name": "https", "port": 443}]
    service(w, selector={"app": "web"}, ports=ports)
    web(w, "a")
    w.advance(2)
    assert subsets(w) == [(["10.244.0.2"], [], [80, 443])]
    assert [port["port"] for port in slices(w)[0]["ports"]] == [443, 80]


def test_headless_and_not_ready(w):
    service(w, selector={"app": "web"}, clusterIP="None", publishNotReadyAddresses=True)
    web(w, "a", hostname="a", subdomain="web", readinessGates=[{"conditionType": "x"}])
    w.advance(2)
    assert subsets(w) == [(["10.244.0.2"], [], [8080])]
    assert w.get("endpoints", "web")["subsets"][0]["addresses"][0]["hostname"] == "a"
    assert w.get("endpoints", "web")["metadata"]["labels"]["service.kubernetes.io/headless"] == ""
    assert slices(w)[0]["endpoints"][0]["hostname"] == "a" and slices(w)[0]["endpoints"][0]["conditions"]["ready"]


def test_many_endpoints_are_parted_and_stay_where_they_are(node_world):
    w = node_world("scheduler", "kubelet", "endpointslice", nodes=3)
    service(w, selector={"app": "web"})
    for i in range(150):
        web(w, f"p{i:03}")
    w.advance(2)
    assert sorted(len(s["endpoints"]) for s in slices(w)) == [50, 100]
    small = min(slices(w), key=lambda s: len(s["endpoints"]))
    large = max(slices(w), key=lambda s: len(s["endpoints"]))
    w.api.delete("pods", large["endpoints"][0]["targetRef"]["name"], "default")
    w.advance(1)
    assert sorted(len(s["endpoints"]) for s in slices(w)) == [50, 99]
    assert w.get(SLICES, small["metadata"]["name"]) is small


def test_endpoints_made_by_hand_are_mirrored(w):
    service(w, "db")
    w.create("endpoints", {"apiVersion": "v1", "kind": "Endpoints", "metadata": {"name": "db"}, "subsets": [
        {"addresses": [{"ip": "1.2.3.4"}], "ports": [{"port": 5432}]}]})
    w.advance()
    found = slices(w)[0]
    assert found["endpoints"] == [{"addresses": ["1.2.3.4"], "conditions": {"ready": True}}]
    assert found["ports"] == [{"name": "", "protocol": "TCP", "port": 5432}]
    w.api.delete("endpoints", "db", "default")
    w.advance()
    assert slices(w) == []


def test_nothing_is_kept_for_services_without_selector(w):
    service(w, "ext", type="ExternalName", selector={"app": "web"})
    service(w, "bare")
    web(w, "a")
    w.advance(2)
    assert w.api.items("endpoints", "default") == [] and slices(w) == []


def test_the_slices_of_a_service_are_found_without_the_others(terminal, monkeypatch):
    from kubesim_cli.store.store import Store

    terminal.ok("kubectl create service clusterip a --tcp=80")
    listed, real = [], Store.list
    monkeypatch.setattr(Store, "list", lambda self, resource, namespace="": listed.append(resource) or real(
        self, resource, namespace))
    terminal.ok("kubectl create service clusterip b --tcp=80")
    terminal.ok("kubectl delete service a")
    assert {"services", "endpointslices.discovery.k8s.io"}.isdisjoint(listed)
