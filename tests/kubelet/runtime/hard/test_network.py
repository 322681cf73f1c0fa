"""Containers that talk: a web server, its clients, its log, and its end."""

import json

import pytest

from kubesim_cli.kubelet.runtime.engine import Engine, Spec
from kubesim_cli.kubelet.runtime.kernel.errors import Errno
from kubesim_cli.kubelet.runtime.kernel.network import Routes

from .conftest import START


class Cluster(Routes):
    """Two pods and a service of port 8080 in front of the first."""

    def __init__(self, engine):
        self.engine = engine

    def resolve(self, space, name):
        return {"web": ["10.0.0.1"], "svc.default.svc.cluster.local": ["10.96.0.1"], "gone": ["10.9.9.9"],
                }.get(name) or super().resolve(space, name)

    def route(self, space, address, port):
        web = self.engine.containers["web"].space
        if address == "10.0.0.1":
            return web, port
        if address == "10.96.0.1":
            if port != 8080:
                raise Errno("ECONNREFUSED")
            return web, 80
        return super().route(space, address, port)


@pytest.fixture
def engine():
    engine = Engine(START)
    engine.connect(Cluster(engine))
    engine.start("web",
                 Spec("nginx:1.27", ["sh", "-c", "echo hi > /usr/share/nginx/html/a.txt; exec nginx -g 'daemon off;'"],
                             address="10.0.0.1", hostname="web"))
    engine.start("client", Spec("example.com/tools:alpine", ["sleep", "infinity"], address="10.0.0.2"))
    engine.advance(START + 1)
    return engine


def run(engine, script, seconds=0.0, image="client", shell="sh"):
    session = engine.execute(image, [shell, "-c", script])
    engine.advance(engine.kernel.now + seconds)
    return session


def log(engine, name="web", stream="stdout"):
    return b"".join(data for _, which, data in engine.containers[name].said.new if which == stream).decode()


@pytest.mark.parametrize(("script", "says", "code"), [
    ("wget -qO- http://web/a.txt", "hi\n", 0), ("curl -s http://10.0.0.1/a.txt", "hi\n", 0),
    ("curl -s web | grep -c Welcome", "2\n", 0),
    ("curl -s -o /dev/null -w '%{http_code}\\n' http://svc.default.svc.cluster.local:8080/", "200\n", 0),
    ("curl -s -o /dev/null -w '%{http_code}' web/none", "404", 0), ("curl -sf web/none; echo $?", "22\n", 0),
    ("curl -sS nosuch 2>&1", "curl: (6) Could not resolve host: nosuch\n", 6),
    ("curl web:81 -sS 2>&1", "curl: (7) Failed to connect to web port 81 after 0 ms: Couldn't connect to server\n", 7),
    ("wget -q -O- http://nosuch 2>&1", "wget: bad address 'nosuch'\n", 1),
    ("wget http://svc.default.svc.cluster.local 2>&1 -q",
     "wget: can't connect to remote host (10.96.0.1): Connection refused\n", 1),
    ("printf 'GET /a.txt HTTP/1.0\\r\\n\\r\\n' | nc web 80 | tail -1", "hi\n", 0),
    ("nc -z web 80 && echo open; nc -z web 81 2>/dev/null || echo shut",
                                                                            "open\nshut\n", 0),
    ("getent hosts web", "10.0.0.1        web\n", 0), ("wget -q web/a.txt && cat a.txt", "hi\n", 0),
    ("curl -sI web/a.txt | head -1", "HTTP/1.1 200 OK\r\n", 0),
    ("S=$(wget --server-response http://web 2>&1 | awk '/^  HTTP/{print $2}'); [ \"$S\" -eq 200 ] && echo ok", "ok\n",
     0),
])
def test_clients(engine, script, says, code):
    session = run(engine, script)
    assert (session.output().decode(), session.code) == (says, code)


def test_requests_are_logged_as_they_come(engine):
    run(engine, "curl -s web >/dev/null; sleep 2; wget -q -O- web/none", 5)
    assert log(engine).splitlines() == [
        '10.0.0.2 - - [15/Jan/2027:08:00:01 +0000] "GET / HTTP/1.1" 200 615 "-" "curl/8.5.0" "-"',
        '10.0.0.2 - - [15/Jan/2027:08:00:03 +0000] "GET /none HTTP/1.1" 404 153 "-" "Wget" "-"']


def test_what_does_not_answer_times_out(engine):
    session = run(engine, "curl -sS -m 5 http://gone; echo $?", 4)
    assert session.code is None
    engine.advance(engine.kernel.now + 1)
    assert session.output() == b"28\n"


def test_a_server_ends_well_at_sigterm(engine):
    engine.kill("web", "TERM")
    ended, = engine.advance(engine.kernel.now + 1)
    assert (ended.container, ended.code, ended.reason) == ("web", 0, "Completed")
    assert run(engine, "curl -s web; echo $?").output() == b"7\n"


def test_connections_are_stored(engine):
    session = engine.execute("client",
                             ["sh", "-c",
                              "{ printf 'GET /a.txt HTTP/1.0\\r\\n'; sleep 3; printf '\\r\\n'; } | nc web 80 > /out"])
    engine.advance(engine.kernel.now + 1)
    records, blobs = engine.freeze()
    again = Engine.thaw(json.loads(json.dumps(records)), blobs)
    again.connect(Cluster(again))
    again.advance(again.kernel.now + 5)
    assert session.code is None
    assert run(again, "tail -1 /out").output() == b"hi\n"
