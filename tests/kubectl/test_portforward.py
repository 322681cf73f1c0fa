"""Which ports kubectl port-forward finds, and what it refuses."""

import http.client
import io
import socket
import threading

import pytest

from kubesim_cli.kubectl.util import forwarding
from kubesim_cli.kubectl.util.forwarding import Forwarder
from kubesim_cli.main import execute

PODS = """\
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  containers:
  - name: main
    image: nginx
    ports: [{name: http, containerPort: 80}, {name: dns, containerPort: 53, protocol: UDP}, {containerPort: 443},
            {name: both, containerPort: 443, protocol: UDP}]
---
apiVersion: v1
kind: Pod
metadata: {name: lost}
spec: {nodeName: nowhere, containers: [{name: main, image: nginx}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{name: http, port: 8080, targetPort: http}, {name: dns, port: 53, protocol: UDP},
          {name: lost, port: 81, targetPort: nosuch}, {name: plain, port: 82}]
---
apiVersion: v1
kind: Service
metadata: {name: headless}
spec: {clusterIP: None, selector: {app: web}, ports: [{name: lost, port: 81, targetPort: nosuch}]}
---
apiVersion: v1
kind: Service
metadata: {name: empty}
spec: {ports: [{port: 80}]}
"""
FORWARDED = ""
NO_NAMED_PORT = "error: Pod 'web' does not have a named port 'nosuch'\n"


@pytest.fixture
def pods(newest, monkeypatch):
    """A terminal with PODS; a port-forward ends as soon as it listens, as if it was interrupted."""
    newest.forwarded = []

    def run(forwarder):
        newest.forwarded += [(port.local, port.remote) for port in forwarder.wanted]

    monkeypatch.setattr(Forwarder, "run", run)
    newest.ok("kubectl apply -f -", PODS)
    newest.advance("10s")
    return newest


@pytest.mark.parametrize(("line", "forwarded"), [
    ("web 80", [(80, 80)]), ("web http", [(80, 80)]), ("web 8080:http", [(8080, 80)]),
    ("web :80 9000:443", [(0, 80), (9000, 443)]), ("web both", [(443, 443)]), ("web 80:80:80", [(80, 80)]),
    ("svc/web 8080", [(8080, 80)]), ("svc/web http", [(8080, 80)]), ("svc/web 1:plain", [(1, 82)]),
    ("svc/headless 81", [(81, 81)]), ("pods/web 80", [(80, 80)]),
])
def test_where_ports_lead(pods, line, forwarded):
    assert pods(f"kubectl port-forward {line}") == (0, "", "")
    assert pods.forwarded == forwarded


@pytest.mark.parametrize(("line", "told"), [
    ("web nosuch", NO_NAMED_PORT), ("web 80 1:nosuch", NO_NAMED_PORT),
    ("web 80:", "error: remote port cannot be empty\n"),
    ("web 0", "error: remote port must be > 0\n"),
    ("web 70000", "error: error parsing local port '70000': strconv.ParseUint: parsing \"70000\": value out of "
                  "range\n"),
    ("web x:80", "error: error parsing local port 'x': strconv.ParseUint: parsing \"x\": invalid syntax\n"),
    ("web 80 --address=here", "error: here is not a valid IP\n"),
    ("web dns", "error: UDP protocol is not supported for dns\n"),
    ("web 5000:53", "error: UDP protocol is not supported for 53\n"),
    ("svc/web 80", "error: Service web does not have a service port 80\n"),
    ("svc/web nosuch", "error: Service 'web' does not have a named port 'nosuch'\n"),
    ("svc/web dns", "error: UDP protocol is not supported for dns\n"),
    ("svc/web 53", "error: UDP protocol is not supported for 53\n"),
    ("svc/web lost", NO_NAMED_PORT), ("svc/web 81", NO_NAMED_PORT),
    ("svc/empty 80", "error: cannot attach to *v1.Service: invalid service 'empty': Service is defined without a "
                     "selector\n"),
    ("lost 80", "error: unable to forward port because pod is not running. Current status=Pending\n"),
    ("web 80 --pod-running-timeout=0s", "error: --pod-running-timeout must be higher than zero\n"
                                        "See 'kubectl port-forward -h' for help and examples\n"),
])
def test_which_ports_there_are_not(pods, line, told):
    assert pods(f"kubectl port-forward {line}") == (1, "", told)


class Forwarding:
    """A port-forward that runs in a thread until it is interrupted."""

    def __init__(self, terminal, monkeypatch, line):
        self.out, self.err, self.code = io.StringIO(), io.StringIO(), None
        self._wanted = threading.Event()
        self._stop = False
        wait = Forwarder._wait

        def waiting(forwarder):
            self._wanted.set()
            if self._stop:
                raise KeyboardInterrupt
            wait(forwarder)

        monkeypatch.setattr(Forwarder, "_wait", waiting)
        monkeypatch.setattr(forwarding, "IDLE", 0.02)

        def run():
            self.code = execute(line.split()[1:], terminal.environ, (io.StringIO(), self.out, self.err))

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()
        self._wanted.wait(10)

    @property
    def port(self):
        return int(self.out.getvalue().partition(" -> ")[0].rpartition(":")[2])

    def end(self, interrupt=True):
        self._stop = interrupt
        self._thread.join(10)
        assert not self._thread.is_alive()


@pytest.fixture
def served(newest):
    """A terminal with a pod in which nginx serves."""
    newest.ok("kubectl run web --image=nginx --port=80 --command -- nginx -g 'daemon off;'")
    newest.advance("10s")
    return newest


def test_requests_are_answered(served, monkeypatch):
    forward = Forwarding(served, monkeypatch, "kubectl port-forward web :80")
    for _ in range(2):
        for host in ("127.0.0.1", "::1") if "[::1]" in forward.out.getvalue() else ("127.0.0.1",):
            connection = http.client.HTTPConnection(host, forward.port, timeout=10)
            connection.request("GET", "/")
            answer = connection.getresponse()
            assert answer.status == 200 and b"Welcome to nginx!" in answer.read()
            connection.close()
    forward.end()
    shown = forward.out.getvalue()
    assert shown.startswith(f"Forwarding from 127.0.0.1:{forward.port} -> 80\n")
    assert shown.endswith(f"Handling connection for {forward.port}\n" * 2)
    assert (forward.code, forward.err.getvalue()) == (0, "")


def test_who_has_said_all_still_gets_the_answer(served, monkeypatch):
    forward = Forwarding(served, monkeypatch, "kubectl port-forward web :80")
    with socket.create_connection(("127.0.0.1", forward.port), timeout=10) as connection:
        connection.sendall(b"GET /nope HTTP/1.0\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        got = b""
        while data := connection.recv(65536):
            got += data
    assert got.startswith(b"HTTP/1.1 404 Not Found\r\n")
    forward.end()


def test_nobody_listens_in_the_pod(served, monkeypatch):
    forward = Forwarding(served, monkeypatch, "kubectl port-forward web :81 --address 127.0.0.1")
    connection = socket.create_connection(("127.0.0.1", forward.port), timeout=10)
    assert connection.recv(1) == b""
    connection.close()
    forward.end(interrupt=False)
    lines = forward.err.getvalue().splitlines()
    assert forward.code == 1 and lines[1] == "error: lost connection to pod"
    assert f"an error occurred forwarding {forward.port} -> 81: error forwarding port 81 to pod " in lines[0]
    assert "Connection refused" in lines[0]


def test_a_pod_that_has_gone(served, monkeypatch):
    forward = Forwarding(served, monkeypatch, "kubectl port-forward web :80 --address 127.0.0.1")
    served.ok("kubectl delete pod web --now")
    served.ok("kubectl run web --image=nginx")
    connection = socket.create_connection(("127.0.0.1", forward.port), timeout=10)
    assert connection.recv(1) == b""
    connection.close()
    forward.end(interrupt=False)
    assert forward.code == 1 and "uid : container not running (" in forward.err.getvalue()


def test_a_port_that_is_taken(served):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert served(f"kubectl port-forward web {port}:80 --address=127.0.0.1") == (1, "", (
            f"Unable to listen on port {port}: Listeners failed to create with the following errors: [unable to create "
            f"listener: Error listen tcp4 127.0.0.1:{port}: bind: address already in use]\n"
            f"error: unable to listen on any of the requested ports: [{{{port} 80}}]\n"))
