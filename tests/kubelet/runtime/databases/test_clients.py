"""The smaller programs of database images, and the rarer options of the larger ones."""

from __future__ import annotations

import pytest

pytest.importorskip("sqlglot")

from .halls import Hall

MYSQL = {"MYSQL_ROOT_PASSWORD": "pw", "MYSQL_DATABASE": "shop", "MYSQL_VERSION": "8.0.36-1.el9"}
ROOT = ("-uroot", "-ppw")


@pytest.fixture(scope="module")
def hall():
    found = Hall()
    found.start("pg", "postgres:16", "postgres", env={"POSTGRES_PASSWORD": "pw"}, volume="/var/lib/postgresql/data")
    found.start("my", "mysql:8.0", "mysqld", env=MYSQL, address="10.0.0.2", volume="/var/lib/mysql")
    found.start("redis", "redis:7", "redis-server", address="10.0.0.3")
    return found


def psql(hall, *words, stdin=b""):
    return hall.run("pg", "psql", "-U", "postgres", *words, stdin=stdin)


def test_roles_and_databases_by_programs(hall):
    assert hall.run("pg", "pg_isready") == ("/var/run/postgresql:5432 - accepting connections\n", "", 0)
    assert hall.run("pg", "pg_isready", "-h", "127.0.0.1", "-p", "99") == ("127.0.0.1:99 - no response\n", "", 2)
    assert hall.run("pg", "pg_isready", "-q", "-h", "none")[2] == 2
    user = ("-U", "postgres")
    assert hall.run("pg", "createuser", *user, "--superuser", "ann") == ("", "", 0)
    assert hall.run("pg", "createuser", *user, "ann")[1] == (
        'createuser: error: creation of new role failed: ERROR:  role "ann" already exists\n'
    )
    assert hall.run("pg", "createdb", *user, "--owner", "ann", "toys") == ("", "", 0)
    assert hall.run("pg", "createdb", *user, "toys")[1] == (
        'createdb: error: database creation failed: ERROR:  database "toys" already exists\n'
    )
    assert (
        hall.run("pg", "dropdb", *user, "toys")[2] == 0
        and hall.run("pg", "dropdb", *user, "--if-exists", "toys")[2] == 0
    )
    assert hall.run("pg", "dropdb", *user, "toys")[1] == (
        'dropdb: error: database removal failed: ERROR:  database "toys" does not exist\n'
    )
    assert hall.run("pg", "dropuser", *user, "ann")[2] == 0
    assert hall.run("pg", "dropuser", *user, "ann")[1] == (
        'dropuser: error: removal of role "ann" failed: ERROR:  role "ann" does not exist\n'
    )
    assert hall.run("pg", "createdb", "-h", "none", "x")[1].startswith("createdb: error: could not translate host name")


def test_what_psql_shows_of_the_server(hall):
    psql(hall, "-c", "CREATE TABLE t (id serial PRIMARY KEY, n text); CREATE VIEW v AS SELECT 1 AS one")
    assert "Name    |  Owner" in psql(hall, "-c", "\\l")[0] and "List of databases" in psql(hall, "-l")[0]
    assert "postgres  | Superuser" in psql(hall, "-c", "\\du")[0] and "List of schemas" in psql(hall, "-c", "\\dn")[0]
    assert " public | t " in psql(hall, "-c", "\\dt")[0] and " public | v " in psql(hall, "-c", "\\dv")[0]
    assert "t_id_seq" in psql(hall, "-c", "\\ds")[0] and "t_pkey" in psql(hall, "-c", "\\di")[0]
    assert 'Table "public.t"' in psql(hall, "-c", "\\d t")[0]
    assert psql(hall, "-c", "\\d nope")[1] == 'Did not find any relation named "nope".\n'
    assert psql(hall, "-c", "\\conninfo")[0].startswith(
        'You are connected to database "postgres" as user "postgres" via'
    )
    assert psql(hall, "-c", "\\nope")[1].startswith("invalid command \\nope")


def test_what_psql_is_told_by_backslashes(hall):
    said = psql(
        hall,
        stdin=b"\\x\nSELECT 1 AS a;\n\\x\n\\t\nSELECT 2;\n\\t\n\\a\nSELECT 3 AS b;\n\\a\n\\timing\n\\timing\n"
        b"\\echo hello\n\\c postgres\n\\set ON_ERROR_STOP on\nSELECT nope;\nSELECT 4;\n",
    )
    assert said[0] == (
        "Expanded display is on.\n-[ RECORD 1 ]\na | 1\n\nExpanded display is off.\nTuples only is on.\n        2\n\n"
        "Tuples only is off.\nOutput format is unaligned.\nb\n3\n(1 row)\nOutput format is aligned.\nTiming is on.\n"
        'Timing is off.\nhello\nYou are now connected to database "postgres" as user "postgres".\n'
    )
    assert said[2] == 3 and 'ERROR:  column "nope" does not exist' in said[1]
    assert psql(hall, "-At", "-F", ",", "-c", "SELECT 1, 'x'")[0] == "1,x\n"
    hall.run("pg", "sh", "-c", "echo 'SELECT 5;' > /tmp/five.sql")
    assert (
        psql(hall, "-At", "-f", "/tmp/five.sql")[0] == "5\n"
        and psql(hall, "-At", stdin=b"\\i /tmp/five.sql\n")[0] == "5\n"
    )
    assert psql(hall, "-f", "/tmp/none.sql")[1] == "/tmp/none.sql: No such file or directory\n"
    assert psql(hall, "-c", "\\?")[0].startswith("You are using psql") and psql(hall, "--version")[0].startswith(
        "psql (PostgreSQL) "
    )
    assert psql(hall, "-d", "nope", "-c", "SELECT 1")[1].endswith('FATAL:  database "nope" does not exist\n')
    assert psql(hall, "postgresql://postgres@localhost/postgres", "-Atc", "SELECT 6")[0] == "6\n"
    assert psql(hall, stdin=b"COPY t (n) FROM stdin;\na\nb\n\\.\nSELECT count(*) FROM t;\n")[0].startswith("COPY 2\n")


def test_mysqladmin(hall):
    def admin(*words):
        return hall.run("my", "mysqladmin", *ROOT, *words)

    assert admin("status")[0].startswith("Uptime: ") and "Server version\t\t8.0.36" in admin("version")[0]
    assert admin("create", "toys")[2] == 0 and "toys" in hall.run("my", "mysql", *ROOT, "-e", "SHOW DATABASES")[0]
    assert admin("create", "toys")[1].endswith(
        "mysqladmin: CREATE DATABASE failed; error: 'Can't create database 'toys'; database exists'\n"
    )
    assert admin("-f", "drop", "toys")[0] == 'Database "toys" dropped\n'
    assert "max_connections" in admin("variables")[0] and "Uptime" in admin("extended-status")[0]
    assert "SHOW FULL PROCESSLIST" in admin("processlist")[0] and admin("flush-privileges", "reload")[2] == 0
    assert admin("frob")[1].endswith("mysqladmin: Unknown command: 'frob'\n") and admin("-s", "ping")[0] == ""
    assert hall.run("my", "mysqladmin", "-h", "none", "ping")[1].startswith(
        "mysqladmin: connect to server at 'none' failed\n"
    )
    assert (
        "Check that mysqld is running on 127.0.0.1"
        in hall.run("my", "mysqladmin", "-h", "127.0.0.1", "-P", "99", "ping")[1]
    )
    assert hall.run("my", "mysqladmin", "-uroot", "-pno", "ping")[0] == "mysqld is alive\n"
    assert hall.run("my", "mysqladmin", "-uroot", "-pno", "status")[2] == 1
    assert (
        admin("password", "new")[2] == 0 and hall.run("my", "mysqladmin", "-uroot", "-pnew", "password", "pw")[2] == 0
    )


def test_mysqldump(hall):
    hall.run(
        "my",
        "mysql",
        *ROOT,
        "shop",
        "-e",
        "CREATE TABLE a (n INT, s TEXT); INSERT INTO a VALUES (1, 'o''x'), (2, NULL); CREATE TABLE b (n INT)",
    )
    whole = hall.run("my", "mysqldump", *ROOT, "shop")[0]
    assert (
        "DROP TABLE IF EXISTS `a`;\nCREATE TABLE `a`" in whole
        and "INSERT INTO `a` VALUES\n(1,'o\\'x'),\n(2,NULL);" in whole
    )
    one = hall.run("my", "mysqldump", *ROOT, "--no-data", "shop", "b")[0]
    assert "CREATE TABLE `b`" in one and "`a`" not in one and "INSERT" not in one
    assert "CREATE TABLE" not in hall.run("my", "mysqldump", *ROOT, "-t", "shop")[0]
    assert (
        "USE `shop`;"
        in hall.run("my", "mysqldump", *ROOT, "--all-databases", "--result-file=/tmp/all.sql")[0]
        + hall.run("my", "cat", "/tmp/all.sql")[0]
    )
    assert hall.run("my", "mysqldump", *ROOT, "nope")[2] == 2 and hall.run("my", "mysqldump")[0:3:2] == ("", 1)
    assert hall.run("my", "mysqldump", "-h", "none", "shop")[2] == 2


def redis(hall, *words, stdin=b""):
    return hall.run("redis", "redis-cli", *words, stdin=stdin)[0]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("client setname me", "OK\n"),
        ("client frob", "OK\n"),
        ("select 99", "ERR DB index is out of range\n"),
        ("config get maxmemory", "maxmemory\n0\n"),
        ("config set maxmemory 2mb", "OK\n"),
        ("config resetstat", "OK\n"),
        ("config set nope 1", "ERR Unknown option or number of arguments for CONFIG SET - 'nope'\n"),
        ("config rewrite", "ERR The server is running without a config file\n"),
        ("ping hello", "hello\n"),
        ("exec", "ERR EXEC without MULTI\n"),
        ("discard", "ERR DISCARD without MULTI\n"),
        ("publish c m", "0\n"),
        ("role", "master\n0\n\n"),
        ("bgsave", "Background saving started\n"),
        ("save", "OK\n"),
        ("flushall", "OK\n"),
        (
            "auth x",
            "ERR AUTH <password> called without any password configured for the default user. Are you sure your "
            "configuration is correct?\n",
        ),
        ("echo", "ERR wrong number of arguments for 'echo' command\n"),
        ("frob a", "ERR unknown command 'frob', with args beginning with: 'a' \n"),
        ("hello 4", "NOPROTO unsupported protocol version\n"),
        ("replicaof no one", "OK\n"),
        ("select", "ERR wrong number of arguments for 'select' command\n"),
    ],
)
def test_orders_of_redis(hall, words, said):
    shown = redis(hall, *words.split()).rstrip("\n") + "\n"
    assert shown == said.rstrip("\n") + "\n"


def test_redis_cli(hall):
    assert (
        redis(hall, "-n", "2", "set", "k", "v") == "OK\n" and redis(hall, "-n", "2", "--no-raw", "get", "k") == '"v"\n'
    )
    assert redis(hall, "-u", "redis://127.0.0.1:6379", "ping") == "PONG\n"
    assert redis(hall, "-r", "2", "-i", "0.1", "ping") == "PONG\nPONG\n"
    assert (
        redis(hall, "-x", "set", "piped", stdin=b"from stdin") == "OK\n"
        and redis(hall, "get", "piped") == "from stdin\n"
    )
    assert redis(hall, "--scan", "--pattern", "pi*") == "piped\n" and redis(hall, "--version").startswith(
        "redis-cli 7."
    )
    assert redis(hall, stdin=b"help\n2 ping\nget 'bad\nquit\n").endswith("PONG\nPONG\nInvalid argument(s)\n")
    assert "# Server" in redis(hall, "info", "server") and "role:master" in redis(hall, "info", "replication")
    assert "addr=" in redis(hall, "client", "list")
    assert hall.run("redis", "redis-cli", "-h", "none", "ping")[1] == (
        "Could not connect to Redis at none:6379: Name or service not known\n"
    )
    assert hall.run("redis", "redis-cli", "-p", "99", "ping")[2] == 1


def test_a_prompt_of_redis_cli(hall):
    session = hall.engine.execute("redis", ["redis-cli"], terminal=True)
    hall.wait(1)
    for line in ("select 3", "multi", "incr n", "exec", "clear", "quit"):
        session.terminal.type(hall.engine.kernel, line.encode() + b"\r")
        hall.wait(1)
    shown = session.terminal.take().decode().replace("\r\n", "\n")
    assert shown == (
        "127.0.0.1:6379> select 3\nOK\n127.0.0.1:6379[3]> multi\nOK\n127.0.0.1:6379[3](TX)> incr n\nQUEUED\n"
        "127.0.0.1:6379[3](TX)> exec\n1) (integer) 1\n127.0.0.1:6379[3]> clear\n127.0.0.1:6379[3]> quit\n"
    )
