"""What nslookup, dig, host and getent print, as those of each image do."""

import pytest

WHOLE = "web.default.svc.cluster.local"


@pytest.fixture
def ask(net):
    net.service("web", {"app": "web"}, [{"name": "http", "port": 80}])
    net.service("nginx", {"app": "nginx"}, [{"name": "web", "port": 80}], clusterIP="None")
    net.service("db", None, [], type="ExternalName", externalName="www.example.com", clusterIP="")
    net.pod("web-0", "10.244.0.10", {"app": "nginx"}, hostname="web-0", subdomain="nginx")
    clients = {}

    def run(script, image="busybox:1.36"):
        if image not in clients:
            clients[image] = net.client(image=image)
        return net.run(clients[image], script, 60)

    return run


BUSYBOX = "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n"
BIND = "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10#53\n\n"
OLD = "Server:    10.96.0.10\nAddress 1: 10.96.0.10 kube-dns.kube-system.svc.cluster.local\n\n"


@pytest.mark.parametrize(("image", "script", "says", "code"), [
    ("busybox:1.28", "nslookup web", f"{OLD}Name:      web\nAddress 1: 10.96.1.2 {WHOLE}\n", 0),
    ("radial/busyboxplus:curl", "nslookup web", f"{OLD}Name:      web\nAddress 1: 10.96.1.2 {WHOLE}\n", 0),
    ("busybox:1.28", "nslookup web-0.nginx",
     f"{OLD}Name:      web-0.nginx\nAddress 1: 10.244.0.10 web-0.nginx.default.svc.cluster.local\n", 0),
    ("busybox:1.28", "nslookup nope", f"{OLD}nslookup: can't resolve 'nope'\n", 1),
    ("busybox:1.36", f"nslookup {WHOLE}", f"{BUSYBOX}Name:\t{WHOLE}\nAddress: 10.96.1.2\n\n\n", 0),
    ("busybox:1.36", "nslookup web.default", f"{BUSYBOX}** server can't find web.default: NXDOMAIN\n\n"
     "** server can't find web.default: NXDOMAIN\n\n", 1),
    ("busybox:1.36", "nslookup web", f"{BUSYBOX}Name:\t{WHOLE}\nAddress: 10.96.1.2\n\n" + "".join(
        f"** server can't find web.{domain}: NXDOMAIN\n\n" for domain in ("svc.cluster.local", "cluster.local"))
     + "\n" + "".join(f"** server can't find web.{domain}: NXDOMAIN\n\n"
                      for domain in ("svc.cluster.local", "cluster.local")), 1),
    ("busybox:1.36", "nslookup 10.96.1.2", f"{BUSYBOX}2.1.96.10.in-addr.arpa\tname = {WHOLE}.\n\n", 0),
    ("busybox:1.36", "nslookup -type=srv _http._tcp.web.default.svc.cluster.local",
     f"{BUSYBOX}_http._tcp.{WHOLE}\tservice = 0 100 80 {WHOLE}.\n\n", 0),
    ("tools", "nslookup web", f"{BIND}Name:\t{WHOLE}\nAddress: 10.96.1.2\n\n", 0),
    ("tools", "nslookup nope", f"{BIND}** server can't find nope: NXDOMAIN\n\n", 1),
    ("tools", "nslookup 10.96.1.2", f"2.1.96.10.in-addr.arpa\tname = {WHOLE}.\n\n", 0),
    ("tools", "nslookup db", f"{BIND}db.default.svc.cluster.local\tcanonical name = www.example.com.\n"
     "Name:\twww.example.com\nAddress: 192.0.2.1\n\n", 0),
    ("tools", "host web", f"{WHOLE} has address 10.96.1.2\n", 0),
    ("tools", "host nope", "Host nope not found: 3(NXDOMAIN)\n", 1),
    ("tools", "host -t SRV _web._tcp.nginx", "_web._tcp.nginx.default.svc.cluster.local has SRV record "
     "0 100 80 web-0.nginx.default.svc.cluster.local.\n", 0),
    ("tools", f"dig +short {WHOLE}", "10.96.1.2\n", 0), ("tools", "dig +short web", "", 0),
    ("tools", "dig +short +search web", "10.96.1.2\n", 0),
    ("tools", "dig -x 10.96.1.2 +short", f"{WHOLE}.\n", 0),
    ("tools", f"dig @10.96.0.10 SRV _http._tcp.{WHOLE} +short", f"0 100 80 {WHOLE}.\n", 0),
    ("tools", f"dig +noall +answer {WHOLE}", f"{WHOLE}. 30 IN\tA\t10.96.1.2\n", 0),
    ("tools", "getent ahosts web", f"10.96.1.2       STREAM {WHOLE}\n10.96.1.2       DGRAM  \n"
     "10.96.1.2       RAW    \n", 0),
    ("tools", "getent hosts 10.96.1.2", f"10.96.1.2       {WHOLE}\n", 0),
    ("tools", "getent hosts nope", "", 2),
    ("tools", "hostname -i", "10.244.0.102\n", 0),
    ("tools", f"dig @10.1.1.1 +short {WHOLE}", ";; connection timed out; no servers could be reached\n", 9),
])
def test_what_is_printed(ask, image, script, says, code):
    assert ask(script, image) == (says, code)


def test_dig_in_full(ask):
    out, code = ask("dig web-0.nginx.default.svc.cluster.local A | sed '/COOKIE/d; s/id: .*/id/'", "tools")
    name = "web-0.nginx.default.svc.cluster.local."
    assert code == 0
    assert out == f"""
; <<>> DiG 9.18.28-1~deb12u2-Debian <<>> web-0.nginx.default.svc.cluster.local A
;; global options: +cmd
;; Got answer:
;; WARNING: .local is reserved for Multicast DNS
;; You are currently testing what happens when an mDNS query is leaked to DNS
;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id
;; flags: qr aa rd; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 1
;; WARNING: recursion requested but not available

;; OPT PSEUDOSECTION:
; EDNS: version: 0, flags:; udp: 1232
;; QUESTION SECTION:
;{name} IN A

;; ANSWER SECTION:
{name} 30 IN A\t10.244.0.10

;; Query time: 0 msec
;; SERVER: 10.96.0.10#53(10.96.0.10) (UDP)
;; WHEN: Fri Jan 15 08:00:00 UTC 2027
;; MSG SIZE  rcvd: 131

"""


def test_a_name_that_is_not_there_has_its_authority(ask):
    out, _ = ask("dig nope.default.svc.cluster.local", "tools")
    assert "status: NXDOMAIN" in out
    assert (";; AUTHORITY SECTION:\ncluster.local.\t\t30\tIN\tSOA\tns.dns.cluster.local. hostmaster.cluster.local. "
            in out)
