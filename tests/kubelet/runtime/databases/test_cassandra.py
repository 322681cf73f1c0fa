"""Cassandra's query language: statements, errors, and cqlsh against a ring."""

from __future__ import annotations

import pathlib

import pytest

from kubesim_cli.kubelet.runtime.chance import Chance
from kubesim_cli.kubelet.runtime.databases.cql.engine import Engine
from kubesim_cli.kubelet.runtime.databases.cql.values import CqlError, token
from kubesim_cli.kubelet.runtime.databases.cqlsh import table

from .halls import START, Hall

LINES = (pathlib.Path(__file__).parent / "cql" / "lines.txt").read_text(encoding="utf-8")
FACTS = {
    "cluster": "Test Cluster",
    "version": "5.0.4",
    "address": "10.0.0.1",
    "dc": "datacenter1",
    "rack": "rack1",
    "id": "00000000-0000-4000-a000-000000000001",
    "peers": {},
}


class Cql:
    """Statements, one after the other, as one client says them."""

    def __init__(self):
        self.keyspaces, self.keyspace, self.now = {}, "", START

    def run(self, text):
        engine = Engine(self.keyspaces, FACTS, self.now, Chance("x").bits)
        try:
            said = engine.run(text, self.keyspace)
        except CqlError as error:
            return f"{error.name}: {error.message}\n"
        self.keyspace = said.get("keyspace", self.keyspace)
        return table(said) if "columns" in said else ""


def test_statements():
    """A session; what cqlsh says before an error's message is not repeated in each line."""
    cql = Cql()
    for each in LINES.split(">>> ")[1:]:
        line, _, wanted = each.partition("\n")
        assert cql.run(line) == wanted, line


@pytest.mark.parametrize(
    ("values", "wanted"),
    [([(1, "int")], -4069959284402364209), ([(0, "int")], -3485513579396041028), ([(3, "int")], 9010454139840013625)],
)
def test_the_tokens_of_partitions(values, wanted):
    assert token(values) == wanted


def test_what_has_had_its_time_is_gone():
    cql = Cql()
    for each in (
        "CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
        "USE k",
        "CREATE TABLE t (id int PRIMARY KEY, a text, b text)",
        "INSERT INTO t (id, a) VALUES (1, 'x') USING TTL 30",
        "INSERT INTO t (id, b) VALUES (2, 'y')",
        "UPDATE t USING TTL 30 SET a = 'z' WHERE id = 2",
    ):
        assert cql.run(each) == ""
    assert " 30\n" in cql.run("SELECT ttl(a) FROM t WHERE id = 1")
    cql.now += 60
    assert cql.run("SELECT * FROM t") == "\n id | a    | b\n----+------+---\n  2 | null | y\n\n(1 rows)\n"


@pytest.fixture(scope="module")
def ring():
    hall = Hall()
    for at in range(2):
        hall.start(
            f"cassandra-{at}",
            "cassandra:5",
            "docker-entrypoint.sh",
            "cassandra",
            "-f",
            env={"CASSANDRA_SEEDS": "cassandra-0.cassandra"},
            address=f"10.0.0.{at + 1}",
            volume="/var/lib/cassandra",
        )
    hall.wait(60)
    hall.run(
        "cassandra-0",
        "cqlsh",
        "-e",
        "CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', "
        "'replication_factor': 2}; CREATE TABLE k.t (id int PRIMARY KEY, v text); INSERT INTO k.t (id, v) "
        "VALUES (1, 'x')",
    )
    return hall


def test_what_is_written_to_one_node_is_read_from_another(ring):
    ring.store()
    assert ring.run("cassandra-1", "cqlsh", "-e", "SELECT * FROM k.t") == (
        "\n id | v\n----+---\n  1 | x\n\n(1 rows)\n",
        "",
        0,
    )


def test_data_outlives_its_node(ring):
    for at in (0, 1):
        ring.engine.kill(f"cassandra-{at}", "TERM")
        ring.wait()
    ring.engine.remove("cassandra-1")
    ring.start("cassandra-1", "cassandra:5", "cassandra", address="10.0.0.2", volume="/var/lib/cassandra", seconds=15)
    assert "  1 | x\n" in ring.run("cassandra-1", "cqlsh", "-k", "k", "-e", "SELECT * FROM t")[0]
    ring.engine.remove("cassandra-0")
    ring.start(
        "cassandra-0",
        "cassandra:5",
        "cassandra",
        env={"CASSANDRA_SEEDS": "cassandra-1"},
        volume="/var/other",
        seconds=45,
    )
    assert "  1 | x\n" in ring.run("cassandra-0", "cqlsh", "cassandra-1", "-e", "SELECT * FROM k.t")[0]


def test_cqlsh(ring):
    def say(*words, stdin=b""):
        return ring.run("cassandra-1", "cqlsh", *words, stdin=stdin)

    assert say(stdin=b"use k;\nselect v\nfrom t; -- all\nexpand on\nselect * from t;\nshow version\nexit\n")[0] == (
        "\n v\n---\n x\n\n(1 rows)\nNow Expanded output is enabled\n\n@ Row 1\n----+---\n id | 1\n v  | x\n\n(1 rows)\n"
        "[cqlsh 6.2.0 | Cassandra 5.0.4 | CQL spec 3.4.7 | Native protocol v5]\n"
    )
    assert say("-e", "SELECT * FROM k.nope") == (
        "",
        '<stdin>:1:InvalidRequest: Error from server: code=2200 [Invalid query] message="table nope does not exist"\n',
        2,
    )
    assert say("-e", "DESCRIBE nope")[1] == "<stdin>:1:'nope' not found in keyspaces\n"
    assert "k   system_auth" in say("-e", "DESC KEYSPACES")[0].replace("k       ", "k   ")
    assert "Keyspace k\n----------\nt\n" in say("-e", "DESCRIBE TABLES")[0]
    assert say("-e", "DESCRIBE TABLE k.t")[0].startswith(
        "\nCREATE TABLE k.t (\n    id int PRIMARY KEY,\n    v text\n) WITH additional_write_policy = '99p'\n    AND "
    )
    assert (
        "CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': '2'}"
        in say("-e", "DESCRIBE KEYSPACE k")[0]
        and "Partitioner" in say("-e", "DESCRIBE CLUSTER")[0]
    )
    assert say("127.0.0.1", "99")[1].startswith(
        "Connection error: ('Unable to connect to any servers', {'127.0.0.1:99': Conn"
    )
    assert say("-f", "/nope.cql")[2] == 1 and say("--version")[0] == "cqlsh 6.2.0\n"
    assert say("-e", "consistency; consistency quorum; tracing; paging; help; source '/nope'; show host")[0].startswith(
        "Current consistency level is ONE.\nConsistency level set to QUORUM.\nTracing is disabled."
    )


def test_a_prompt_of_cqlsh(ring):
    session = ring.engine.execute("cassandra-1", ["cqlsh"], terminal=True)
    ring.wait(1)
    for line in ("use k;", "select count(*)", "from t;", "exit"):
        session.terminal.type(ring.engine.kernel, line.encode() + b"\r")
        ring.wait(1)
    shown = session.terminal.take().decode().replace("\r\n", "\n")
    assert shown == (
        "Connected to Test Cluster at 127.0.0.1:9042\n[cqlsh 6.2.0 | Cassandra 5.0.4 | CQL spec 3.4.7 | Native "
        "protocol v5]\n"
        "Use HELP for help.\ncqlsh> use k;\ncqlsh:k> select count(*)\n     ... from t;\n\n count\n-------\n     "
        "1\n\n(1 rows)\n"
        "cqlsh:k> exit\n"
    )
