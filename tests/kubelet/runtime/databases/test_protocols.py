"""The real protocols of PostgreSQL and MySQL: what drivers send, byte by byte, and what they get."""

from __future__ import annotations

import hashlib
import struct

import pytest

pytest.importorskip("sqlglot")

from kubesim_cli.kubelet.runtime.kernel.network import connect

from .halls import Hall


class Wire:
    """A connection from a container to a server."""

    def __init__(self, hall, port, address="10.0.0.1"):
        self.hall = hall
        box = hall.engine.containers["box"].space
        self.connection = connect(hall.engine.kernel, box, address, port)

    def send(self, data):
        self.connection.write(self.hall.engine.kernel, data)
        return self.read()

    def read(self, seconds=1):
        self.hall.wait(seconds)
        out = b""
        while more := self.connection.read(self.hall.engine.kernel, 1 << 20):
            out += more
        return out


# PostgreSQL

def message(kind, *parts):
    body = b"".join(each if isinstance(each, bytes) else each.encode() + b"\0" for each in parts)
    return kind.encode() + struct.pack(">I", len(body) + 4) + body


def startup(**given):
    body = struct.pack(">I", 196608) + b"".join(f"{name}\0{value}\0".encode() for name, value in given.items()) + b"\0"
    return struct.pack(">I", len(body) + 4) + body


def messages(data):
    """Return [(kind, body)] of what a server has sent."""
    out, at = [], 0
    while at < len(data):
        size, = struct.unpack_from(">I", data, at + 1)
        out.append((chr(data[at]), data[at + 5:at + 1 + size]))
        at += 1 + size
    return out


def rows(found):
    """Return the rows among messages, as texts."""
    out = []
    for kind, body in found:
        if kind == "D":
            at, row = 2, []
            for _ in range(struct.unpack_from(">H", body)[0]):
                size, = struct.unpack_from(">i", body, at)
                row.append(None if size < 0 else body[at + 4:at + 4 + size].decode())
                at += 4 + max(size, 0)
            out.append(row)
    return out


def kinds(found):
    """Return the OIDs of the columns that messages tell of."""
    body = next(body for kind, body in found if kind == "T")
    out, at = [], 2
    for _ in range(struct.unpack_from(">H", body)[0]):
        at = body.index(b"\0", at) + 1
        out.append(struct.unpack_from(">I", body, at + 6)[0])
        at += 18
    return out


@pytest.fixture
def postgres():
    hall = Hall()
    hall.start("db", "postgres:16", "postgres", env={"POSTGRES_PASSWORD": "pw"}, volume="/var/lib/postgresql/data")
    hall.start("box", "busybox", "sleep", "infinity", address="10.0.0.2")
    wire = Wire(hall, 5432)
    assert wire.send(struct.pack(">II", 8, 80877103)) == b"N"  # no TLS
    assert messages(wire.send(startup(user="postgres", database="postgres"))) == [("R", struct.pack(">I", 3))]
    found = messages(wire.send(message("p", "pw")))
    assert found[0] == ("R", bytes(4)) and ("S", b"server_encoding\0UTF8\0") in found and found[-1] == ("Z", b"I")
    return wire


def test_statements_to_postgres(postgres):
    found = messages(postgres.send(message("Q", "CREATE TABLE t (id serial, n text, b bool, p numeric(5,2)); INSERT "
                                                "INTO t (n, b, p) VALUES ('x', true, 1.5), (NULL, false, NULL)")))
    assert [body for kind, body in found if kind == "C"] == [b"CREATE TABLE\0", b"INSERT 0 2\0"]
    found = messages(postgres.send(message("Q", "SELECT * FROM t")))
    assert rows(found) == [["1", "x", "t", "1.50"], ["2", None, "f", None]] and kinds(found) == [23, 25, 16, 1700]
    found = messages(postgres.send(message("Q", "SELECT 1; SELECT * FROM nope; SELECT 2")))
    assert rows(found) == [["1"]] and found[-2][0] == "E" and b"C42P01\0" in found[-2][1]
    assert messages(postgres.send(message("Q", ""))) == [("I", b""), ("Z", b"I")]


def test_transactions_of_postgres_are_told(postgres):
    def state(text):
        return messages(postgres.send(message("Q", text)))[-1][1]

    assert [state("BEGIN"), state("SELECT 1"), state("SELECT nope"), state("ROLLBACK")] == [b"T", b"T", b"E", b"I"]
    assert [kind for kind, _ in messages(postgres.send(message("Q", "COMMIT")))] == ["N", "C", "Z"]


def test_prepared_statements_of_postgres(postgres):
    postgres.send(message("Q", "CREATE TABLE t (id serial, n text)"))

    def ask(text, *values, oids=(), formats=(), portal=True):
        data = b""
        for each in values:
            data += struct.pack(">i", -1) if each is None else struct.pack(">i", len(each)) + each
        return messages(postgres.send(
            message("P", "s", text, struct.pack(f">H{len(oids)}I", len(oids), *oids))
            + (b"" if portal else message("D", b"S", "s"))
            + message("B", "", "s", struct.pack(f">H{len(formats)}H", len(formats), *formats)
                      + struct.pack(">H", len(values)) + data + struct.pack(">H", 0))
            + (message("D", b"P", "") if portal else b"") + message("E", "", struct.pack(">I", 0)) + message("S")))

    found = ask("INSERT INTO t (n) VALUES ($1), ($2) RETURNING id", b"o'x $1", None, portal=False)
    assert [kind for kind, _ in found] == ["1", "t", "n", "2", "T", "D", "D", "C", "Z"]
    assert rows(ask("SELECT n FROM t WHERE id = $1", b"1", oids=(23,))) == [["o'x $1"]]
    assert rows(ask("SELECT id FROM t WHERE id < $1", struct.pack(">i", 2), oids=(23,), formats=(1,))) == [["1"]]
    assert rows(ask("SELECT $1 || '$2'", b"a", oids=(25,))) == [["a$2"]]
    found = ask("SELECT * FROM nope")
    assert [kind for kind, _ in found] == ["1", "2", "E", "Z"] or found[-2][0] == "E"
    found = messages(postgres.send(message("B", "", "none", bytes(6)) + message("E", "", bytes(4)) + message("S")))
    assert [kind for kind, _ in found] == ["E", "Z"] and b"C26000\0" in found[0][1]
    assert [kind for kind, _ in messages(postgres.send(message("C", b"S", "s") + message("S")))] == ["3", "Z"]


def test_who_may_not_in_to_postgres(postgres):
    for given, code in (({"user": "postgres", "database": "nope"}, b"C3D000"), ({"user": "ann"}, b"C28P01")):
        wire = Wire(postgres.hall, 5432)
        wire.send(startup(**given))
        found = messages(wire.send(message("p", "pw")))
        assert found[0][0] == "E" and code in found[0][1]
        assert wire.connection.read(postgres.hall.engine.kernel, 10) == b""  # it hangs up
    assert messages(Wire(postgres.hall, 5432).send(struct.pack(">II", 8, 1)))[0][0] == "E"


# MySQL

def packets(data):
    """Return the bodies of packets."""
    out, at = [], 0
    while at < len(data):
        size = int.from_bytes(data[at:at + 3], "little")
        out.append(data[at + 4:at + 4 + size])
        at += 4 + size
    return out


def packet(number, body):
    return len(body).to_bytes(3, "little") + bytes((number,)) + body


def query(wire, text):
    return packets(wire.send(packet(0, b"\x03" + text.encode())))


def proof(password, salt):
    once = hashlib.sha1(password).digest()
    mask = hashlib.sha1(salt + hashlib.sha1(once).digest()).digest()
    return bytes(a ^ b for a, b in zip(once, mask))


def log_in(hall, password, database=b"", plugin=b"mysql_native_password"):
    """Return (connection, the body of the answer)."""
    wire = Wire(hall, 3306)
    greeting = packets(wire.read())[0]
    assert greeting.startswith(b"\x0a8.0.36\0")
    start = greeting.index(b"\0") + 5
    salt = greeting[start:start + 8] + greeting[start + 27:start + 39]
    able = 0x1 | 0x200 | 0x8000 | 0x80000 | (0x8 if database else 0)
    scramble = proof(password, salt) if password else b""
    body = struct.pack("<IIB", able, 1 << 24, 45) + bytes(23) + b"root\0" + bytes((len(scramble),)) + scramble + (
        database + b"\0" if database else b"") + plugin + b"\0"
    found = packets(wire.send(packet(1, body)))[0]
    if found[:1] == b"\xfe":  # the server wants another proof
        found = packets(wire.send(packet(3, proof(password, found[-21:-1]))))[0]
    return wire, found


@pytest.fixture(scope="module")
def mysql():
    hall = Hall()
    hall.start("db", "mysql:8.0", "mysqld", env={"MYSQL_ROOT_PASSWORD": "pw", "MYSQL_DATABASE": "d",
                                                 "MYSQL_VERSION": "8.0.36-1.el9"}, volume="/var/lib/mysql")
    hall.start("box", "mysql:8.0", "sleep", "infinity", address="10.0.0.2")
    return hall


def test_statements_to_mysql(mysql):
    wire, found = log_in(mysql, b"pw", b"d")
    assert found[:1] == b"\0"
    made = query(wire, "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, n VARCHAR(9), p DECIMAL(5,2))")
    assert made[0][:1] == b"\0"
    assert query(wire, "INSERT INTO t (n, p) VALUES ('x', 1.5), (NULL, NULL)")[0][:3] == b"\0\x02\x01"
    found = query(wire, "SELECT * FROM t")
    assert found[0] == b"\x03" and found[5:7] == [b"\x011\x01x\x041.50", b"\x012\xfb\xfb"] and found[-1][:1] == b"\xfe"
    assert [body[-6] for body in found[1:4]] == [3, 253, 246]  # their kinds
    assert query(wire, "SELECT * FROM nope")[0] == b"\xff\x7a\x04#42S02Table 'd.nope' doesn't exist"
    assert query(wire, " ")[0][:3] == b"\xff\x29\x04"
    assert packets(wire.send(packet(0, b"\x0e")))[0][:1] == b"\0"              # ping
    assert packets(wire.send(packet(0, b"\x02mysql")))[0][:1] == b"\0"         # another database
    assert packets(wire.send(packet(0, b"\x16SELECT 1")))[0][:3] == b"\xff\x0f\x05"  # prepare
    assert packets(wire.send(packet(0, b"\x09")))[0].startswith(b"Uptime")
    assert packets(wire.send(packet(0, b"\x04t\0")))[0][:1] == b"\xfe"
    wire.send(packet(0, b"\x01"))
    assert wire.connection.read(mysql.engine.kernel, 10) == b""


def test_who_may_not_in_to_mysql(mysql):
    for password in (b"no", b""):
        given = b"YES" if password else b"NO"
        assert log_in(mysql, password)[1] == (
            b"\xff\x15\x04#28000Access denied for user 'root'@'10.0.0.2' (using password: " + given + b")")
    assert log_in(mysql, b"pw", b"nope")[1][:3] == b"\xff\x19\x04"


def test_a_client_with_another_plugin_is_asked_for_the_native_one(mysql):
    assert log_in(mysql, b"pw", plugin=b"caching_sha2_password")[1][:1] == b"\0"


def test_a_large_statement_comes_in_pieces(mysql):
    """A pipe holds 64 KiB."""
    wire, _ = log_in(mysql, b"pw")
    text = "x" * 300_000
    data = packet(0, b"\x03" + f"SELECT LENGTH('{text}')".encode())
    for at in range(0, len(data), 50_000):
        wire.connection.write(mysql.engine.kernel, data[at:at + 50_000])
        mysql.wait(0.1)
    assert b"\x06300000" in wire.read()


def test_a_slow_statement_is_answered_later(mysql):
    wire, _ = log_in(mysql, b"pw")
    assert query(wire, "SELECT SLEEP(3)") == []
    assert b"\x010" in wire.read(4)


def test_the_images_own_client_passes_over_the_greeting(mysql):
    said = mysql.run("box", "mysql", "-h", "db", "-uroot", "-ppw", "-Ne", "SELECT 1")
    assert (said[0], said[2]) == ("1\n", 0)
    assert mysql.run("box", "sh", "-c", "mysqladmin -h db -uroot -ppw ping")[0] == "mysqld is alive\n"
