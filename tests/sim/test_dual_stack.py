"""Clusters of two families of addresses, and of IPv6 only: nodes, pods, Services and what containers see of them."""

from __future__ import annotations

import json

import pytest

RANGES = "--service-cluster-ip-range 10.96.0.0/16,fd00:10:96::/112 --cluster-cidr 10.244.0.0/16,fd00:10:244::/56"


@pytest.fixture
def dual(terminal):
    terminal.ok(f"kubectl sim reset --no-bare --kubernetes-version 1.36 --nodes 2 {RANGES}")
    return terminal


def service(name, **spec):
    return json.dumps({"kind": "Service", "apiVersion": "v1", "metadata": {"name": name}, "spec": {
        "selector": {"app": "web"}, "ports": [{"port": 80}], **spec}})


def seen(terminal, name, path="spec"):
    return json.loads(terminal.ok(f"kubectl get {name} -o json"))[path]


def families(terminal, name):
    spec = seen(terminal, f"svc {name}")
    assert spec["clusterIP"] == spec["clusterIPs"][0]
    assert [("IPv6" if ":" in ip else "IPv4") for ip in spec["clusterIPs"] if ip != "None"] in (
        [], spec["ipFamilies"])
    return spec["ipFamilyPolicy"], ",".join(spec["ipFamilies"]), len(spec["clusterIPs"])


def run_web(terminal, replicas=2):
    terminal.ok(f"kubectl create deployment web --image=nginx:1.27 --replicas={replicas}")
    terminal.advance("10s")


def test_nodes_and_pods_have_an_address_of_each(dual):
    nodes = seen(dual, "nodes", "items")
    assert [node["spec"]["podCIDRs"] for node in nodes] == [
        ["10.244.0.0/24", "fd00:10:244::/64"], ["10.244.1.0/24", "fd00:10:244:1::/64"]]
    assert [node["spec"]["podCIDR"] for node in nodes] == ["10.244.0.0/24", "10.244.1.0/24"]
    assert [each["address"] for each in nodes[1]["status"]["addresses"]] == [
        "192.168.49.3", "fd00:192:168:49::3", "minikube-m02"]
    run_web(dual, 1)
    pod, = seen(dual, "pods", "items")
    assert pod["status"]["podIP"] == "10.244.1.2"
    assert pod["status"]["podIPs"] == [{"ip": "10.244.1.2"}, {"ip": "fd00:10:244:1::2"}]
    assert pod["status"]["hostIPs"] == [{"ip": "192.168.49.3"}, {"ip": "fd00:192:168:49::3"}]
    hosts = dual.ok(f"kubectl exec {pod['metadata']['name']} -- cat /etc/hosts")
    assert hosts.endswith(f"10.244.1.2\t{pod['metadata']['name']}\nfd00:10:244:1::2\t{pod['metadata']['name']}\n")
    etcd = seen(dual, "pod -n kube-system etcd-minikube", "status")
    assert etcd["podIPs"] == [{"ip": "192.168.49.2"}, {"ip": "fd00:192:168:49::2"}]
    assert dual.ok("kubectl sim node add").split() == ["node", "minikube-m03", "added"]
    assert seen(dual, "node minikube-m03")["podCIDRs"] == ["10.244.2.0/24", "fd00:10:244:2::/64"]


def test_the_downward_api_tells_both(dual):
    dual.ok("kubectl apply -f -", json.dumps({"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "p"}, "spec": {
        "restartPolicy": "Never", "containers": [{"name": "c", "image": "busybox:1.36", "command": ["printenv", "IPS"],
        "env": [{"name": "IPS", "valueFrom": {"fieldRef": {"fieldPath": "status.podIPs"}}}]}]}}))
    dual.advance("10s")
    assert dual.ok("kubectl logs p") == "10.244.1.2,fd00:10:244:1::2\n"


@pytest.mark.parametrize(("spec", "wanted"), [
    ({}, ("SingleStack", "IPv4", 1)),
    ({"ipFamilies": ["IPv6"]}, ("SingleStack", "IPv6", 1)),
    ({"ipFamilyPolicy": "PreferDualStack"}, ("PreferDualStack", "IPv4,IPv6", 2)),
    ({"ipFamilyPolicy": "RequireDualStack", "ipFamilies": ["IPv6"]}, ("RequireDualStack", "IPv6,IPv4", 2)),
    ({"ipFamilyPolicy": "PreferDualStack", "ipFamilies": ["IPv6", "IPv4"]}, ("PreferDualStack", "IPv6,IPv4", 2)),
    ({"ipFamilyPolicy": "PreferDualStack", "clusterIP": "fd00:10:96::1234"}, ("PreferDualStack", "IPv6,IPv4", 2)),
    ({"clusterIP": "None"}, ("SingleStack", "IPv4", 1)),
    ({"clusterIP": "None", "ipFamilyPolicy": "PreferDualStack"}, ("PreferDualStack", "IPv4,IPv6", 1)),
    ({"clusterIP": "None", "selector": None}, ("RequireDualStack", "IPv4,IPv6", 1)),
    ({"clusterIP": "None", "selector": None, "ipFamilies": ["IPv6"]}, ("RequireDualStack", "IPv6,IPv4", 1)),
])
def test_what_a_new_service_gets(dual, spec, wanted):
    dual.ok("kubectl create -f -", service("s", **spec))
    assert families(dual, "s") == wanted


@pytest.mark.parametrize(("spec", "told"), [
    ({"ipFamilies": ["IPv4", "IPv6"]}, "must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families"),
    ({"clusterIP": "10.96.0.77", "clusterIPs": ["10.96.0.77", "fd00:10:96::77"]},
     "must be 'RequireDualStack' or 'PreferDualStack' when multiple cluster IPs are specified"),
    ({"clusterIP": "fd00::77"}, "failed to allocate IP fd00::77: the provided network does not match the current"),
    ({"ipFamilies": ["IPv4"], "clusterIP": "fd00:10:96::77"}, "expected an IPv4 value as indicated by `ipFamilies[0]`"),
])
def test_what_no_service_may_ask_for(dual, spec, told):
    assert told in dual("kubectl create -f -", service("s", **spec)).err


def test_upgrades_and_downgrades(dual):
    dual.ok("kubectl create -f -", service("s"))
    first = seen(dual, "svc s")["clusterIP"]
    dual.ok("""kubectl patch svc s -p '{"spec":{"ipFamilyPolicy":"PreferDualStack"}}'""")
    assert families(dual, "s") == ("PreferDualStack", "IPv4,IPv6", 2)
    second = seen(dual, "svc s")["clusterIPs"][1]
    refused = dual("""kubectl patch svc s -p '{"spec":{"ipFamilies":["IPv4"]}}' --type=merge""")
    assert "must be 'SingleStack' to release the secondary IP family" in refused.err
    body = json.dumps({"spec": {"clusterIPs": [first]}})
    refused = dual(f"kubectl patch svc s -p '{body}' --type=merge")
    assert "must be 'SingleStack' to release the secondary cluster IP" in refused.err
    refused = dual("""kubectl patch svc s -p '{"spec":{"ipFamilies":["IPv6","IPv4"]}}' --type=merge""")
    assert f'spec.clusterIPs[0]: Invalid value: "{first}": expected an IPv6 value as indicated' in refused.err
    dual.ok("""kubectl patch svc s -p '{"spec":{"ipFamilyPolicy":"SingleStack"}}'""")
    assert families(dual, "s") == ("SingleStack", "IPv4", 1) and seen(dual, "svc s")["clusterIP"] == first
    dual.ok("kubectl create -f -", service("t", clusterIP=second, ipFamilies=["IPv6"]))  # which is free again
    dual.ok("kubectl delete svc s")
    dual.ok("kubectl create -f -", service("e", type="ExternalName", externalName="example.com", ipFamilyPolicy=None))
    dual.ok("""kubectl patch svc e -p '{"spec":{"type":"ClusterIP","ipFamilyPolicy":"RequireDualStack"}}'""")
    assert families(dual, "e") == ("RequireDualStack", "IPv4,IPv6", 2)


def test_slices_of_each_family_and_endpoints_of_the_first(dual):
    run_web(dual)
    dual.ok("kubectl create -f -", service("s", ipFamilyPolicy="PreferDualStack", ipFamilies=["IPv6", "IPv4"]))
    dual.advance("5s")
    slices = {each["addressType"]: sorted(end["addresses"][0] for end in each["endpoints"])
              for each in seen(dual, "endpointslices -l kubernetes.io/service-name=s", "items")}
    assert slices["IPv6"] and {kind: len(found) for kind, found in slices.items()} == {"IPv4": 2, "IPv6": 2}
    endpoints = seen(dual, "endpoints s", "subsets")
    assert sorted(each["ip"] for each in endpoints[0]["addresses"]) == slices["IPv6"]
    dual.ok("""kubectl patch svc s -p '{"spec":{"ipFamilyPolicy":"SingleStack"}}'""")
    dual.advance("5s")
    assert [each["addressType"] for each in seen(dual, "endpointslices -l kubernetes.io/service-name=s", "items")] == [
        "IPv6"]


def test_endpoints_made_by_hand_are_mirrored_by_family(dual):
    dual.ok("kubectl create -f -", service("s", selector=None))
    dual.ok("kubectl create -f -", json.dumps({
        "kind": "Endpoints", "apiVersion": "v1", "metadata": {"name": "s"}, "subsets": [{
            "addresses": [{"ip": "192.0.2.1"}, {"ip": "2001:db8::1"}], "ports": [{"port": 80}]}]}))
    dual.advance("5s")
    assert sorted((each["addressType"], each["endpoints"][0]["addresses"][0]) for each in seen(
        dual, "endpointslices -l kubernetes.io/service-name=s", "items")) == [
            ("IPv4", "192.0.2.1"), ("IPv6", "2001:db8::1")]


def test_names_and_connections_of_both_families(dual):
    run_web(dual)
    dual.ok("kubectl create -f -", service("both", ipFamilyPolicy="PreferDualStack"))
    dual.ok("kubectl create -f -", service("six", ipFamilies=["IPv6"]))
    dual.ok("kubectl create -f -", service("none", clusterIP="None", ipFamilyPolicy="PreferDualStack"))
    dual.ok("kubectl run c --image=registry.k8s.io/e2e-test-images/agnhost:2.53 --command -- sleep 1d")
    dual.ok("kubectl run d --image=busybox:1.36 --command -- sleep 1d")
    dual.advance("10s")
    first, second = seen(dual, "svc both")["clusterIPs"]
    told = dual.ok("kubectl exec d -- nslookup both.default.svc.cluster.local")
    assert f"Name:\tboth.default.svc.cluster.local\nAddress: {first}\n" in told
    assert f"Name:\tboth.default.svc.cluster.local\nAddress: {second}\n" in told
    assert dual.ok("kubectl exec d -- nslookup -type=AAAA none.default.svc.cluster.local").count("Address: fd00:") == 2
    assert "six.default.svc.cluster.local" in dual.ok(
        f"kubectl exec d -- nslookup {seen(dual, 'svc six')['clusterIP']}")
    pod = seen(dual, "pods -l app=web", "items")[0]["status"]["podIPs"][1]["ip"]
    for host in ("both", "six", f"[{second}]", f"[{pod}]"):
        assert "Welcome to nginx!" in dual.ok(f"kubectl exec d -- wget -qO- http://{host}/")
    assert dual("kubectl exec d -- wget -qO- http://[2001:db8::1]/").code == 1


def test_what_is_told_of_it(dual):
    dual.ok("kubectl create -f -", service("s", ipFamilyPolicy="PreferDualStack", type="LoadBalancer"))
    first, second = seen(dual, "svc s")["clusterIPs"]
    told = dual.ok("kubectl describe svc s")
    for line in ("IP Family Policy:         PreferDualStack\n", "IP Families:              IPv4,IPv6\n",
                 f"IP:                       {first}\n", f"IPs:                      {first},{second}\n"):
        assert line in told
    dual.ok("kubectl sim tunnel open")
    dual.advance("1s")
    assert [each["ip"] for each in seen(dual, "svc s", "status")["loadBalancer"]["ingress"]] == [first, second]
    assert seen(dual, "servicecidr kubernetes")["cidrs"] == ["10.96.0.0/16", "fd00:10:96::/112"]
    assert {first, second} <= {each["metadata"]["name"] for each in seen(dual, "ipaddresses", "items")}
    assert {each["metadata"]["labels"]["ipaddress.kubernetes.io/ip-family"] for each in seen(
        dual, "ipaddresses", "items")} == {"IPv4", "IPv6"}
    command = dual.ok("kubectl get pod -n kube-system kube-controller-manager-minikube "
                      "-o jsonpath={.spec.containers[0].command}")
    assert '"--cluster-cidr=10.244.0.0/16,fd00:10:244::/56"' in command


def test_a_cluster_of_ipv6_only(terminal, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "six.yaml").write_text("kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n"
                                       "networking: {ipFamily: ipv6}\n", encoding="utf-8")
    terminal.environ.pop("KUBESIM_BARE", None)
    assert terminal("kubectl sim kind create cluster --config six.yaml --image kindest/node:v1.36.0").code == 0
    assert seen(terminal, "node kind-control-plane", "status")["addresses"][0]["address"] == "fc00:f853:ccd:e793::2"
    run_web(terminal, 1)
    terminal.ok("kubectl expose deployment web --port=80")
    assert families(terminal, "web") == ("SingleStack", "IPv6", 1)
    refused = terminal("""kubectl patch svc web -p '{"spec":{"ipFamilyPolicy":"RequireDualStack"}}'""")
    assert "this cluster is not configured for dual-stack services" in refused.err
    terminal.ok("kubectl run d --image=busybox:1.36 --command -- sleep 1d")
    terminal.advance("10s")
    assert seen(terminal, "svc kubernetes")["clusterIP"] == "fd00:10:96::1"
    assert "Welcome to nginx!" in terminal.ok("kubectl exec d -- wget -qO- http://web/")
    address = seen(terminal, "pod d", "status")["podIP"]
    for words in ("ip addr", "ifconfig", "ip route", "route", "ping -c1 web", "cat /etc/resolv.conf", "env"):
        told = terminal.ok(f"kubectl exec d -- {words}") if "ping" not in words else terminal(
            f"kubectl exec d -- {words}").out
        assert address in told or words not in ("ip addr", "ifconfig")
    assert terminal.ok("kubectl get endpoints web").split()[-2].startswith("[fd00:10:244::")


def test_a_service_that_preferred_two_keeps_its_one(terminal):
    """isMatchingPreferDualStackClusterIPFields: in a cluster of one family it is as it was."""
    terminal.ok("kubectl create -f -", service("s", ipFamilyPolicy="PreferDualStack"))
    assert families(terminal, "s") == ("PreferDualStack", "IPv4", 1)
    terminal.ok("kubectl label svc s a=b")
    assert families(terminal, "s") == ("PreferDualStack", "IPv4", 1)
