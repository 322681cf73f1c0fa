"""Programs in Python that are played."""

from __future__ import annotations

import pytest

from kubesim_cli.kubelet.runtime.engine import Engine, Spec

START = 1_800_000_000.0
JOB = """import os, sys
print("Hello world")
if int(os.environ.get("JOB_COMPLETION_INDEX")) % 2 == 0:
  sys.exit(1)
sys.exit(0)
"""


def ran(code, *words, **env):
    engine = Engine(START)
    engine.start("c", Spec("python:3", ["python3", "-c", code, *words], env, hostname="a-0"))
    engine.advance(START + 100)
    container = engine.containers["c"]
    return [(at - START, stream, data.decode()) for at, stream, data in container.said.since()[0]], container


@pytest.mark.parametrize(("index", "code"), [("0", 1), ("1", 0), ("2", 1), ("3", 0)])
def test_an_exit_depends_on_its_condition(index, code):
    said, container = ran(JOB, JOB_COMPLETION_INDEX=index)
    assert said == [(0, "stdout", "Hello world\n")] and container.main.status == code
    assert not container.space.guessed


def test_sleeping_takes_simulated_time():
    said, container = ran("from time import sleep\nimport sys as s\nfor i in range(3):\n  print(i, file=s.stderr); "
                          "sleep(2.5)\nprint('end', s.argv[1])\ns.exit('bad')", "x")
    assert said == [(0, "stderr", "0\n"), (2.5, "stderr", "1\n"), (5, "stderr", "2\n"), (7.5, "stdout", "end x\n"),
                    (7.5, "stderr", "bad\n")] and container.main.status == 1
    assert container.space.ended == START + 7.5


@pytest.mark.parametrize(("code", "status", "text"), [
    ("import json, math; print(json.dumps({'a': [1]}), math.floor(2.5))", 0, '{"a": [1]} 2\n'),
    ("import socket; print(socket.gethostname(), sep='')", 0, "a-0\n"), ("print('a\\'b')", 0, "a'b\n"),
    ("import os; print(os.getenv('X', 'none'))", 0, "none\n"),
    ("def f(n):\n  return n and n * f(n - 1) or 1\nprint(f(10))", 0, "3628800\n")])
def test_what_is_played(code, status, text):
    said, container = ran(code)
    assert ("".join(data for _, _, data in said), container.main.status) == (text, status)


@pytest.mark.parametrize(("code", "status"), [
    ("import requests; print(1)", 0), ("open('/x').read()", 0), ("while True: pass", None),
    ("import time\nwhile 1:\n  time.sleep(1)", None),
    ("raise ValueError('x')", 1), ("print('a' if", 0), ("class A(dict): pass", 0)])
def test_what_is_not_is_guessed(code, status):
    said, container = ran(code)
    assert said == [] and container.main.status == status and container.space.guessed
