"""Servers that only a description tells of."""

from __future__ import annotations

import pytest

from kubesim_cli.kubelet.images.catalogue import Catalogue
from kubesim_cli.kubelet.runtime.engine import Engine, Spec

START = 1_800_000_000.0


def started(**server):
    """Return an engine with a container of a server that is described so."""
    own = {"names": ["docker.io/library/shop"], "from": "alpine", "programs": "shop curl", "servers": {"shop": server}}
    engine = Engine(START)
    engine.start("c", Spec(Catalogue({"docker.io/library/shop": own}).key("shop"), ["shop"], {"A": "1"}, "shop-0"))
    return engine


def lines(engine):
    return [(at - START, stream, data.decode()) for at, stream, data in engine.containers["c"].said.new]


def ran(engine, script, seconds=2.0):
    session = engine.execute("c", ["sh", "-c", script])
    engine.advance(engine.kernel.now + seconds)
    return session.output().decode(), session.code


def test_what_it_says():
    engine = started(lines=["%H:%M {hostname} {pid}"], after=3, ready=["up"], every=10, steady="tick",
                     signals={"TERM": 4}, parting="{signal}: {words}", stream="stderr")
    engine.advance(START + 25)
    engine.kill("c", "TERM")
    engine.advance(START + 30)
    assert lines(engine) == [(at, "stderr", text) for at, text in (
        (0, "08:00 shop-0 1\n"), (3, "up\n"), (13, "tick\n"), (23, "tick\n"), (25, "TERM: Terminated\n"))]
    assert engine.containers["c"].main.status == 4


def test_it_answers_when_it_is_ready():
    engine = started(ports=[80, 8443], secure=[8443], after=5, answer="hello\n")
    engine.advance(START + 1)
    assert ran(engine, "curl -s localhost/x")[1] == 7
    engine.advance(START + 6)
    assert ran(engine, "curl -s localhost/x; curl -sk https://localhost:8443/healthz") == ("hello\nhello\n", 0)


def test_it_replies_to_words():
    engine = started(ports=[2181], replies={"ruok": "imok", "srvr": "one\n"})
    engine.advance(START + 1)
    script = "echo ruok | nc localhost 2181; echo; printf srvr | nc localhost 2181; echo what | nc localhost 2181"
    assert ran(engine, script) == ("imok\none\n", 0)


@pytest.mark.parametrize(("needs", "status", "said"), [(["A"], None, "up\n"), (["B"], 1, "no B\n")])
def test_what_it_needs(needs, status, said):
    engine = started(needs=needs, refusal=["no B"], lines=["up"])
    engine.advance(START + 1)
    assert (engine.containers["c"].main.status, lines(engine)[0][2]) == (status, said)


def test_a_port_that_is_taken_ends_it():
    engine = started(ports=[80])
    engine.advance(START + 1)
    out, code = ran(engine, "shop 2>&1")
    assert code == 1 and out == "shop: Address already in use\n"
