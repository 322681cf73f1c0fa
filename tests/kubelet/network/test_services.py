"""Where connections go: services, node ports, policies, ingresses, and what is outside."""

import pytest

SERVE = ("agnhost", "serve-hostname", "--port", "8080")
REFUSED = (7, "Couldn't connect to server")
WEB = [{"name": "http", "port": 80, "targetPort": 8080}]


@pytest.fixture
def web(net):
    """Two pods behind a service `web`, each telling its name, and a client."""
    net.service("web", {"app": "web"}, WEB)
    for number in range(2):
        net.pod(f"web-{number}", f"10.244.0.{10 + number}", {"app": "web"}, argv=SERVE, image="tools")
    net.name = net.client()
    return net


def status(net, name, ready):
    def change(pod):
        pod["status"]["conditions"][0]["status"] = "True" if ready else "False"

    net.world.change("pods", name, change)
    net.world.advance()


def ask(net, url, client="", options="-sS"):
    out, code = net.run(client or net.name, f"curl {options} -m 5 {url} 2>&1", 6)
    return out if not code else (code, out.rpartition(": ")[2].strip() if code != 28 else "")


def test_connections_are_spread_over_ready_pods(web):
    answers = [ask(web, "web") for _ in range(20)]
    assert set(answers) == {"web-0", "web-1"}
    status(web, "web-0", False)
    assert {ask(web, "web") for _ in range(8)} == {"web-1"}
    status(web, "web-1", False)
    assert ask(web, "web") == REFUSED
    assert ask(web, "10.244.0.11:8080") == "web-1"


def test_the_same_seed_spreads_them_the_same_way(web, net):
    first = [ask(web, "web") for _ in range(6)]
    web.engine.containers[web.name].space.net.opened -= 6
    assert [ask(web, "web") for _ in range(6)] == first


def test_an_affinity_holds(web):
    web.world.change("services", "web", lambda service: service["spec"].update(sessionAffinity="ClientIP"))
    assert len({ask(web, "web") for _ in range(10)}) == 1


def test_a_pod_that_is_ending_serves_as_a_last_resort(web):
    def end(pod):
        pod["metadata"]["deletionTimestamp"] = "2027-01-15T08:00:30Z"

    web.world.change("pods", "web-0", end)
    web.world.advance()
    assert {ask(web, "web") for _ in range(8)} == {"web-1"}
    status(web, "web-1", False)
    assert ask(web, "web") == "web-0"


@pytest.mark.parametrize(("where", "answer"), [
    ("web:81", REFUSED), ("10.96.9.9", (28, "")), ("10.244.0.99", REFUSED), ("10.244.0.10:81", REFUSED),
    ("8.8.8.8", REFUSED),
    ("nosuch", (6, "nosuch")), ("web.other", (6, "web.other")), ("www.google.com", (6, "www.google.com")),
    ("localhost", REFUSED)])
def test_what_leads_nowhere(web, where, answer):
    assert ask(web, where) == answer


def test_node_ports_and_load_balancers(web):
    web.service("out", {"app": "web"}, [{"port": 80, "targetPort": 8080, "nodePort": 30080}], type="NodePort",
                externalIPs=["203.0.113.7"])
    for where in ("192.168.49.2:30080", "203.0.113.7", "out"):
        assert ask(web, where) in ("web-0", "web-1")
    assert ask(web, "192.168.49.2:30081") == REFUSED


def test_local_traffic_stays_on_the_node(web):
    web.service("near", {"app": "web"}, WEB, internalTrafficPolicy="Local")
    assert ask(web, "near") in ("web-0", "web-1")
    for number in range(2):
        web.world.change("pods", f"web-{number}", lambda pod: pod["spec"].update(nodeName="elsewhere"))
    for each in web.api.items("endpointslices.discovery.k8s.io"):
        if each["metadata"]["labels"].get("kubernetes.io/service-name") == "near":
            web.world.change("endpointslices.discovery.k8s.io", each["metadata"]["name"],
                             lambda own: [point.update(nodeName="elsewhere") for point in own["endpoints"]])
    assert ask(web, "near") == (28, "")


def test_containers_of_a_pod_share_their_network(web):
    pod = web.api.find("pods", "web-0", "default")
    from kubesim_cli.kubelet.runtime.engine import Spec

    web.engine.start("side", Spec("tools", ["sleep", "inf"], net=pod["metadata"]["uid"], address="10.244.0.10"))
    assert web.run("side", "wget -q -O- localhost:8080") == ("web-0", 0)
    out, code = web.run("side", "agnhost serve-hostname --port 8080", 1)
    assert "address already in use" in out and code == 1


# Policies


def policy(net, name="p", namespace="default", **spec):
    net.world.create("networkpolicies.networking.k8s.io", {
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": name},
        "spec": {"podSelector": {}, **spec}}, namespace)


NAME = "kubernetes.io/metadata.name"
FROM = {"from": [{"podSelector": {"matchLabels": {"app": "client"}}}]}


@pytest.mark.parametrize(("spec", "works"), [
    ({"podSelector": {"matchLabels": {"app": "web"}}}, False),
    ({"podSelector": {"matchLabels": {"app": "db"}}}, True),
    ({"podSelector": {"matchLabels": {"app": "web"}}, "ingress": [FROM]}, True),
    ({"podSelector": {"matchLabels": {"app": "web"}}, "ingress": [{}]}, True),
    ({"podSelector": {"matchLabels": {"app": "web"}},
      "ingress": [{"from": [{"podSelector": {"matchLabels": {"app": "other"}}}]}]}, False),
    ({"podSelector": {"matchLabels": {"app": "web"}}, "ingress": [{**FROM, "ports": [{"port": 8080}]}]}, True),
    ({"podSelector": {"matchLabels": {"app": "web"}}, "ingress": [{**FROM, "ports": [{"port": 80}]}]}, False),
    ({"podSelector": {"matchLabels": {"app": "web"}},
      "ingress": [{**FROM, "ports": [{"port": 8000, "endPort": 8100}]}]}, True),
    ({"podSelector": {"matchLabels": {"app": "web"}},
      "ingress": [{"from": [{"namespaceSelector": {"matchLabels": {NAME: "other"}}}]}]}, False),
    ({"podSelector": {"matchLabels": {"app": "web"}},
      "ingress": [{"from": [{"namespaceSelector": {}, "podSelector": {"matchLabels": {"app": "client"}}}]}]}, True),
    ({"podSelector": {"matchLabels": {"app": "web"}},
      "ingress": [{"from": [{"ipBlock": {"cidr": "10.244.0.0/16", "except": ["10.244.0.0/25"]}}]}]}, False),
    ({"podSelector": {"matchLabels": {"app": "web"}},
      "ingress": [{"from": [{"ipBlock": {"cidr": "10.244.0.0/16"}}]}]}, True),
    ({"policyTypes": ["Egress"], "podSelector": {"matchLabels": {"app": "client"}}}, False),
    ({"policyTypes": ["Egress"], "podSelector": {"matchLabels": {"app": "client"}}, "egress": [
        {"to": [{"podSelector": {"matchLabels": {"app": "web"}}}]}]}, True),
])
def test_policies(web, spec, works):
    policy(web, **spec)
    assert (ask(web, "10.244.0.10:8080") == "web-0") is works
    assert works or ask(web, "10.244.0.10:8080")[0] == 28


def test_a_policy_that_shuts_off_dns(web):
    policy(web, policyTypes=["Egress"], podSelector={"matchLabels": {"app": "client"}}, egress=[
        {"to": [{"podSelector": {"matchLabels": {"app": "web"}}}]}])
    assert web.run(web.name, "nslookup web.default.svc.cluster.local", 6) == (
        ";; connection timed out; no servers could be reached\n\n", 1)
    web.world.change("networkpolicies.networking.k8s.io", "p", lambda own: own["spec"]["egress"].append(
        {"to": [{"namespaceSelector": {}}], "ports": [{"port": 53, "protocol": "UDP"}]}))
    assert ask(web, "web") in ("web-0", "web-1")


# Ingresses


def ingress(net, rules, annotations=None, **spec):
    net.world.create("ingresses.networking.k8s.io", {
        "apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {
            "name": "i", "annotations": annotations or {}}, "spec": {"rules": rules, **spec}})


def path(where, service="web", kind="Prefix"):
    return {"path": where, "pathType": kind, "backend": {"service": {"name": service, "port": {"number": 80}}}}


def test_an_ingress_goes_by_host_and_path(web):
    web.service("v2", {"app": "v2"}, WEB)
    web.pod("v2", "10.244.0.20", {"app": "v2"}, argv=SERVE, image="tools")
    ingress(web, [{"host": "hello.info", "http": {"paths": [path("/"), path("/v2", "v2"), path("/none", "gone")]}},
                  {"host": "*.wild.info", "http": {"paths": [path("/", "v2")]}}])
    to = "-sS --resolve hello.info:80:192.168.49.2 --resolve a.wild.info:80:192.168.49.2"
    assert ask(web, "http://hello.info/", options=to) in ("web-0", "web-1")
    assert ask(web, "http://hello.info/v2/x", options=to) == "v2"
    assert ask(web, "http://hello.info/v2x", options=to) in ("web-0", "web-1")
    assert ask(web, "http://a.wild.info/", options=to) == "v2"
    assert "503 Service Temporarily Unavailable" in ask(web, "http://hello.info/none", options=to)
    assert "404 Not Found" in ask(web, "http://192.168.49.2/", options="-s")


def test_an_ingress_rewrites_paths(web):
    web.service("echo", {"app": "echo"}, [{"port": 80}])
    web.pod("echo", "10.244.0.30", {"app": "echo"}, argv=["echoserver"], image="tools")
    web.world.change("services", "echo", lambda own: own["spec"].update(ports=[{"port": 80, "targetPort": 8080}]))
    web.world.advance()
    ingress(web, [{"http": {"paths": [path("/app/(.*)", "echo", "ImplementationSpecific")]}}],
            {"nginx.ingress.kubernetes.io/rewrite-target": "/$1"})
    out = ask(web, "http://192.168.49.2/app/page?x=1")
    assert "real path=/page?x=1" in out and "x-forwarded-host=192.168.49.2" in out


def test_what_is_outside_answers_by_a_rule(web):
    assert "<h1>example.com</h1>" in ask(web, "http://example.com/")
    assert "<h1>www.example.com</h1>" in ask(web, "https://www.example.com/x")
    assert ask(web, "http://example.com:81/")[0] == 7


def test_pings_reach_pods_and_no_services(web):
    out, code = web.run(web.name, "ping -c 2 10.244.0.10", 3)
    assert code == 0
    assert out.startswith("PING 10.244.0.10 (10.244.0.10): 56 data bytes\n"
                          "64 bytes from 10.244.0.10: seq=0 ttl=64 time=0")
    assert "2 packets transmitted, 2 packets received, 0% packet loss" in out
    out, code = web.run(web.name, "ping -c 1 -W 1 web", 3)
    assert code == 1 and "1 packets transmitted, 0 packets received, 100% packet loss" in out
    assert web.run(web.name, "ping nosuch") == ("ping: bad address 'nosuch'\n", 1)
