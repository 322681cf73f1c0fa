"""What probes over the network find, in the kubelet's words."""

import pytest

from kubesim_cli.kubelet.network.probes import check

CONTAINER = {"ports": [{"name": "web", "containerPort": 8080}]}
URL = "http://10.244.0.10"


@pytest.fixture
def probe(net):
    def run(argv, probe, later=0.0, **more):
        if "server" not in net.engine.containers:
            net.pod("server", "10.244.0.10", {}, argv=argv, **more)
            net.engine.advance(net.engine.kernel.now)
        net.engine.advance(net.engine.kernel.now + later)
        began = net.engine.kernel.now
        found = check(net.engine.kernel, net.engine.containers["server"].space, CONTAINER, probe)
        run.took = net.engine.kernel.now - began
        return found

    run.net = net
    return run


LIVENESS = ["agnhost", "liveness"]


def test_http(probe):
    get = {"httpGet": {"path": "/healthz", "port": "web"}}
    assert probe(LIVENESS, get) == (True, "ok")
    assert probe(LIVENESS, get, 11) == (False, "HTTP probe failed with statuscode: 500")
    assert probe(LIVENESS, {"httpGet": {"path": "redirect", "port": 8080}})[0]
    assert probe(LIVENESS, {"httpGet": {"port": 81}}) == (
        False, f'Get "{URL}:81/": dial tcp 10.244.0.10:81: connect: connection refused')
    assert probe(LIVENESS, {"httpGet": {"port": "web", "scheme": "HTTPS"}}) == (
        False, 'Get "https://10.244.0.10:8080/": http: server gave HTTP response to HTTPS client')
    assert probe(LIVENESS, {"httpGet": {"port": "none"}}) == (False, "couldn't find port: none")


def test_what_answers_late_or_not_at_all(probe):
    slow = ["httpbin", "-b", "0.0.0.0:8080"]
    late = (False, f'Get "{URL}:8080/delay/3": context deadline exceeded (Client.Timeout exceeded while awaiting '
            "headers)")
    assert probe(slow, {"httpGet": {"path": "/delay/3", "port": 8080}}) == late
    assert probe.took == 1
    assert probe(slow, {"httpGet": {"path": "/delay/3", "port": 8080}, "timeoutSeconds": 4})[0]
    assert probe.took == 3


def test_headers_are_sent_and_logged(probe):
    assert probe(["nginx"], {"httpGet": {"port": 80, "httpHeaders": [{"name": "Host", "value": "x"}]}},
                 image="nginx")[0]
    assert ('10.244.0.1 - - [15/Jan/2027:08:00:00 +0000] "GET / HTTP/1.1" 200 615 "-" "kube-probe/1.34"'
            in probe.net.log("server"))


def test_tcp(probe):
    assert probe(["sh", "-c", "sleep 5; nc -lk -p 3306 -e true"], {"tcpSocket": {"port": 3306}}) == (
        False, "dial tcp 10.244.0.10:3306: connect: connection refused")
    assert probe([], {"tcpSocket": {"port": 3306}}, 6) == (True, "")


def test_grpc(probe):
    health = {"grpc": {"port": 5000}}
    assert probe(["agnhost", "grpc-health-checking"], health) == (True, "")
    client = probe.net.client(image="tools")
    probe.net.run(client, "curl -s 10.244.0.10:8080/make-not-serving")
    assert probe([], health) == (False, 'service unhealthy (responded with "NOT_SERVING")')
    assert probe([], {"grpc": {"port": 5001}}) == (
        False, 'timeout: failed to connect service "10.244.0.10:5001" within 1s: context deadline exceeded')


def test_what_is_not_played_is_taken_to_be_well(probe):
    assert probe(["ruby", "server.rb"], {"httpGet": {"port": 80}}) == (True, "")
