"""What the cluster's DNS knows, and how the C library finds names in it."""

import pytest

from kubesim_cli.kubelet.network.dns import Zone
from kubesim_cli.kubelet.network.view import View

WEB = [{"name": "http", "port": 80, "targetPort": 8080}]


@pytest.fixture
def ask(net):
    net.service("web", {"app": "web"}, WEB)
    net.service("nginx", {"app": "nginx"}, [{"name": "web", "port": 80}], clusterIP="None")
    net.service("empty", {"app": "none"}, [{"port": 80}], clusterIP="None")
    net.service("db", None, [], type="ExternalName", externalName="www.example.com", clusterIP="")
    net.pod("web-0", "10.244.0.10", {"app": "nginx"}, hostname="web-0", subdomain="nginx")
    net.pod("web-1", "10.244.0.11", {"app": "nginx"}, hostname="web-1", subdomain="nginx")
    net.pod("web-2", "10.244.0.12", {"app": "nginx"}, ready=False, hostname="web-2", subdomain="nginx")
    net.pod("bare", "10.244.0.13", {"app": "web"})
    zone = Zone(View(net.api))

    def query(name, type_="A", later=0.0):
        reply = zone.query(name, type_, net.world.server.now + later)
        return reply.code, [f"{each.type} {each.data}" for each in reply.answers]

    return query


VIP = "10.96.1.2"


@pytest.mark.parametrize(("question", "code", "answers"), [
    (("web.default.svc.cluster.local",), "NOERROR", [f"A {VIP}"]),
    (("WEB.Default.svc.cluster.local",), "NOERROR", [f"A {VIP}"]),
    (("web.default.svc.cluster.local", "AAAA"), "NOERROR", []),
    (("nope.default.svc.cluster.local",), "NXDOMAIN", []), (("web.nope.svc.cluster.local",), "NXDOMAIN", []),
    (("web.default.cluster.local",), "NXDOMAIN", []), (("default.svc.cluster.local",), "NOERROR", []),
    (("nginx.default.svc.cluster.local",), "NOERROR", ["A 10.244.0.10", "A 10.244.0.11"]),
    (("empty.default.svc.cluster.local",), "NXDOMAIN", []),
    (("web-1.nginx.default.svc.cluster.local",), "NOERROR", ["A 10.244.0.11"]),
    (("web-2.nginx.default.svc.cluster.local",), "NXDOMAIN", []),
    (("10-244-0-13.web.default.svc.cluster.local",), "NOERROR", ["A 10.244.0.13"]),
    (("10-244-0-99.default.pod.cluster.local",), "NOERROR", ["A 10.244.0.99"]),
    (("10-244-0-99.nope.pod.cluster.local",), "NXDOMAIN", []),
    (("_http._tcp.web.default.svc.cluster.local", "SRV"), "NOERROR",
     ["SRV 0 100 80 web.default.svc.cluster.local."]),
    (("_http._udp.web.default.svc.cluster.local", "SRV"), "NXDOMAIN", []),
    (("_web._tcp.nginx.default.svc.cluster.local", "SRV"), "NOERROR",
     ["SRV 0 50 80 web-0.nginx.default.svc.cluster.local.", "SRV 0 50 80 web-1.nginx.default.svc.cluster.local."]),
    (("2.1.96.10.in-addr.arpa", "PTR"), "NOERROR", ["PTR web.default.svc.cluster.local."]),
    (("11.0.244.10.in-addr.arpa", "PTR"), "NOERROR", ["PTR web-1.nginx.default.svc.cluster.local."]),
    (("99.0.244.10.in-addr.arpa", "PTR"), "NXDOMAIN", []),
    (("db.default.svc.cluster.local",), "NOERROR", ["CNAME www.example.com.", "A 192.0.2.1"]),
    (("db.default.svc.cluster.local", "CNAME"), "NOERROR", ["CNAME www.example.com."]),
    (("www.google.com",), "NXDOMAIN", []), (("web.default.svc.cluster.local", "A", -1), "NXDOMAIN", []),
    (("nginx.default.svc.cluster.local", "A", -1), "NXDOMAIN", []),
])
def test_what_a_name_is(ask, question, code, answers):
    assert ask(*question) == (code, answers)


def test_addresses_that_are_not_ready_can_be_published(net):
    net.service("all", {"app": "x"}, [{"port": 80}], clusterIP="None", publishNotReadyAddresses=True)
    net.pod("x-0", "10.244.0.20", {"app": "x"}, ready=False, hostname="x-0", subdomain="all")
    name = net.client()
    assert net.run(name, "getent hosts x-0.all") == ("10.244.0.20     x-0.all.default.svc.cluster.local\n", 0)


def test_the_search_list_leads_to_a_service(net):
    net.service("web", {"app": "web"}, WEB)
    name = net.client()
    for host in ("web", "web.default", "web.default.svc", "web.default.svc.cluster.local", "WEB"):
        assert net.run(name, f"getent hosts {host}") == (f"{VIP}       web.default.svc.cluster.local\n", 0)
    assert net.run(name, "getent hosts web.other") == ("", 2)
    other = net.client("other")
    assert net.run(other, "getent hosts web") == ("", 2)
    assert net.run(other, "getent hosts web.default")[1] == 0


def test_a_pods_own_settings_hold(net):
    net.service("web", {"app": "web"}, WEB, "other")
    name = net.client(dnsPolicy="None", dnsConfig={
        "nameservers": ["10.96.0.10"], "searches": ["other.svc.cluster.local"],
        "options": [{"name": "ndots", "value": "2"}, {"name": "edns0"}]})
    assert net.run(name, "cat /etc/resolv.conf; getent hosts web") == (
        "nameserver 10.96.0.10\nsearch other.svc.cluster.local\noptions ndots:2 edns0\n"
        f"{VIP}       web.other.svc.cluster.local\n", 0)
    host = net.client(dnsPolicy="Default")
    assert net.run(host, "cat /etc/resolv.conf; getent hosts web.other.svc.cluster.local") == (
        "nameserver 192.168.49.1\noptions ndots:0\n", 2)
    plain = net.client(hostname="box", subdomain="sub", hostAliases=[{"ip": "10.1.2.3", "hostnames": ["foo", "bar"]}])
    out, _ = net.run(plain, "cat /etc/resolv.conf; tail -n 4 /etc/hosts; getent hosts bar")
    assert out == ("nameserver 10.96.0.10\nsearch default.svc.cluster.local svc.cluster.local cluster.local\n"
                   "options ndots:5\n10.244.0.103\tbox.sub.default.svc.cluster.local\tbox\n\n"
                   "# Entries added by HostAliases.\n10.1.2.3\tfoo\tbar\n10.1.2.3        foo bar\n")


def test_without_coredns_names_are_not_found_after_a_while(net):
    net.service("web", {"app": "web"}, WEB)
    name = net.client()
    net.world.change("pods", "coredns", lambda pod: pod["status"].update(conditions=[
        {"type": "Ready", "status": "False"}]), "kube-system")
    net.world.advance()
    assert net.run(name, "curl -sS web; echo $?", 9) == ("", None)
    out, _ = net.run(name, "curl -sS web; echo $?", 10)
    assert out == "curl: (6) Could not resolve host: web\n6\n"
