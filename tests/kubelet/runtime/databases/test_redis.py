"""redis-server and redis-cli: commands as a real Redis answers them, replicas, files."""

from __future__ import annotations

import json
import pathlib

import pytest

from kubesim_cli.kubelet.runtime.databases import resp
from kubesim_cli.kubelet.runtime.engine import Engine, Mount, Spec
from kubesim_cli.kubelet.runtime.kernel.network import Routes

START = 1_800_000_000.0
RECORDED = (pathlib.Path(__file__).parent / "redis" / "commands.txt").read_text(encoding="utf-8")
PAIRS = [part.partition("\n")[::2] for part in RECORDED.split(">>> ")[1:]]


class Between(Routes):
    """Containers find each other by their hostnames."""

    def __init__(self, engine):
        self.engine = engine

    def resolve(self, space, name):
        return [each.space.net.address for each in self.engine.containers.values() if each.space.hostname == name]

    def route(self, space, address, port):
        found = [each.space for each in self.engine.containers.values() if each.space.net.address == address]
        return (found[0], port) if found else super().route(space, address, port)


class Hall:
    def __init__(self):
        self.engine = Engine(START)
        self.engine.connect(Between(self.engine))

    def start(self, name, *argv, address="10.0.0.1", claim=None):
        self.engine.start(name, Spec("redis:7", ["redis-server", *argv], {"REDIS_VERSION": "7.0.15"}, name, "seed",
                                     address=address, mounts=(Mount("/data", claim or f"claim-{name}"),)))
        self.wait()

    def wait(self, seconds=3):
        return self.engine.advance(self.engine.kernel.now + seconds)

    def run(self, name, *argv, stdin=b"", seconds=1):
        session = self.engine.execute(name, list(argv), stdin=bool(stdin))
        if stdin:
            session.stdin.feed(self.engine.kernel, stdin, True)
        self.wait(seconds)
        return session.output().decode(), session.output("stderr").decode(), session.code

    def cli(self, name, *argv):
        return self.run(name, "redis-cli", *argv)[0]

    def store(self):
        records, blobs = self.engine.freeze()
        self.engine = Engine.thaw(json.loads(json.dumps(records)), blobs)
        self.engine.connect(Between(self.engine))


@pytest.fixture
def hall():
    found = Hall()
    found.start("redis")
    return found


def test_commands(hall):
    """One session, as it was recorded from a Redis 7.0."""
    said, _, code = hall.run(
        "redis", "redis-cli", "--no-raw", stdin="".join(f"{command}\n" for command, _ in PAIRS).encode()
    )
    wanted = "".join(answer.strip("\n") + "\n" for _, answer in PAIRS)
    assert (said.splitlines(), code, len(PAIRS) > 120) == (wanted.splitlines(), 0, True)


def test_a_transaction(hall):
    said = hall.run("redis", "redis-cli", "--no-raw", stdin=b"MULTI\nSET t 1\nINCR t\nEXEC\nMULTI\nINCR\nEXEC\nEXEC\n")[
        0
    ]
    assert said == (
        "OK\nQUEUED\nQUEUED\n1) OK\n2) (integer) 2\nOK\n(error) ERR wrong number of arguments for 'incr' command\n"
        "(error) EXECABORT Transaction discarded because of previous errors.\n(error) ERR EXEC without MULTI\n"
    )


def test_a_prompt(hall):
    session = hall.engine.execute("redis", ["redis-cli"], terminal=True)
    hall.wait()
    for line in ("SET a 1", "INCR a", "SELECT 2", "GET a", "NOPE", "exit"):
        session.terminal.type(hall.engine.kernel, line.encode() + b"\r")
        hall.wait()
        if line == "INCR a":
            shown = session.terminal.take()
            hall.store()
            process = next(each for each in hall.engine.containers["redis"].space.processes.values()
                           if each.argv == ["redis-cli"])
            session.terminal, session.process = process.fds[0], process
    assert (shown + session.terminal.take()).decode().replace("\r\n", "\n") == (
        "127.0.0.1:6379> SET a 1\nOK\n127.0.0.1:6379> INCR a\n(integer) 2\n127.0.0.1:6379> SELECT 2\nOK\n"
        "127.0.0.1:6379[2]> GET a\n(nil)\n127.0.0.1:6379[2]> NOPE\n(error) ERR unknown command 'NOPE', with args "
        "beginning with: \n127.0.0.1:6379[2]> exit\n")


def test_keys_expire(hall):
    hall.cli("redis", "SET", "a", "1", "EX", "10")
    assert hall.cli("redis", "TTL", "a") == "9\n"
    hall.wait(10)
    assert hall.cli("redis", "GET", "a") == "\n"


def test_followers_have_what_was_written_to_the_leader(hall):
    hall.cli("redis", "SET", "early", "1")
    hall.start("follower", "--replicaof", "redis", "6379", address="10.0.0.2")
    hall.cli("redis", "RPUSH", "guests", "Ada", "Ben")
    assert hall.cli("follower", "LRANGE", "guests", "0", "-1") == "Ada\nBen\n"
    assert hall.cli("follower", "GET", "early") == "1\n"
    assert hall.cli("follower", "SET", "a", "1") == "READONLY You can't write against a read only replica.\n"
    assert "role:slave\r\nmaster_host:redis\r\nmaster_port:6379\r\nmaster_link_status:up" in hall.cli(
        "follower", "INFO", "replication")
    assert "connected_slaves:1" in hall.cli("redis", "INFO", "replication")
    hall.engine.kill("redis", "TERM")
    hall.wait()
    hall.engine.remove("redis")
    hall.start("redis")
    hall.cli("redis", "SET", "late", "1")
    assert hall.cli("follower", "MGET", "early", "late") == "1\n1\n"


@pytest.mark.parametrize(("argv", "signal", "kept"), [
    ((), "TERM", "7\n"), ((), "KILL", "\n"), (("--appendonly", "yes"), "KILL", "7\n"), (("--save", ""), "TERM", "\n")])
def test_what_is_in_its_files(argv, signal, kept):
    hall = Hall()
    hall.start("redis", *argv)
    hall.cli("redis", "SET", "a", "7")
    hall.engine.kill("redis", signal)
    hall.wait()
    hall.engine.remove("redis")
    hall.start("redis", *argv)
    assert hall.cli("redis", "GET", "a") == kept


def test_a_password(hall):
    hall.start("locked", "--requirepass", "pw", address="10.0.0.3")
    assert hall.cli("locked", "GET", "a") == "NOAUTH Authentication required.\n"
    assert hall.run("locked", "redis-cli", "-a", "pw", "PING") == (
        "PONG\n",
        "Warning: Using a password with '-a' or '-u' option on the command line interface may not be safe.\n",
        0,
    )
    assert hall.run("redis", "redis-cli", "-h", "locked", "-a", "no", "--no-auth-warning", "PING")[1] == (
        "AUTH failed: WRONGPASS invalid username-password pair or user is disabled.\n")


def test_nobody_there(hall):
    assert hall.run("redis", "redis-cli", "-p", "1", "PING") == (
        "", "Could not connect to Redis at 127.0.0.1:1: Connection refused\n", 1)


def test_a_list_that_is_waited_for(hall):
    session = hall.engine.execute("redis", ["redis-cli", "BLPOP", "queue", "0"])
    hall.wait()
    hall.store()
    assert session.code is None
    hall.cli("redis", "RPUSH", "queue", "job")
    hall.wait()
    assert hall.cli("redis", "LLEN", "queue") == "0\n"


@pytest.mark.parametrize("value", [None, 5, resp.Status("OK"), resp.Problem("ERR x"), b"a\r\nb", [b"x", None, [1]]])
def test_the_protocol(value):
    data = resp.pack(value)
    assert resp.unpack(data) == (value, len(data))
    assert all(resp.unpack(data[:size]) is None for size in range(len(data)) if not data[:size].endswith(b"\r\n"))
