"""Database servers and their clients as processes of containers: what they say, keep, and end with."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("sqlglot")

from kubesim_cli.kubelet.images import image as images
from kubesim_cli.kubelet.runtime.engine import Engine, Mount, Spec
from kubesim_cli.kubelet.runtime.kernel.network import Routes

START = 1_800_000_000.0  # 2027-01-15 08:00:00 UTC
MYSQL = {"MYSQL_ROOT_PASSWORD": "pw", "MYSQL_DATABASE": "shop", "MYSQL_USER": "clerk", "MYSQL_PASSWORD": "ink",
         "MYSQL_VERSION": "8.0.36-1.el9"}
POSTGRES = {"POSTGRES_PASSWORD": "pw", "POSTGRES_DB": "shop", "PG_VERSION": "16.3-1.pgdg120+1"}


class Between(Routes):
    """Containers find each other by their hostnames."""

    def __init__(self, engine):
        self.engine = engine

    def _spaces(self):
        return [each.space for each in self.engine.containers.values()]

    def resolve(self, space, name):
        return [each.net.address for each in self._spaces() if each.hostname == name] or super().resolve(space, name)

    def route(self, space, address, port):
        found = next((each for each in self._spaces() if each.net.address == address), None)
        return (found, port) if found is not None else super().route(space, address, port)


class Hall:
    """An engine with servers in it."""

    def __init__(self):
        self.engine = Engine(START)
        self.engine.connect(Between(self.engine))

    def start(self, name, image, argv, env, address="10.0.0.1", volume="/data", claim=None, seconds=10):
        self.engine.start(name, Spec(image, argv, {**images.of(image).env, **env}, name, "seed", address=address,
                                     mounts=(Mount(volume, claim or f"claim-{name}"),)))
        return self.wait(seconds)

    def wait(self, seconds=5):
        return self.engine.advance(self.engine.kernel.now + seconds)

    def said(self, name):
        return b"".join(data for _, _, data in self.engine.containers[name].said.new).decode()

    def run(self, name, *argv, stdin=b"", seconds=5):
        """Return (stdout, stderr, code) of a program."""
        session = self.engine.execute(name, list(argv), stdin=bool(stdin))
        if stdin:
            session.stdin.feed(self.engine.kernel, stdin, True)
        self.wait(seconds)
        return session.output().decode(), session.output("stderr").decode(), session.code

    def type(self, name, argv, lines):
        """Return what a terminal shows while lines are typed."""
        session = self.engine.execute(name, argv, terminal=True)
        self.wait(1)
        for line in lines:
            session.terminal.type(self.engine.kernel, line.encode() + b"\r")
            self.wait(3)
        return session.terminal.take().decode().replace("\r\n", "\n"), session.code

    def store(self):
        """Let another command go on with it."""
        records, blobs = self.engine.freeze()
        self.engine = Engine.thaw(json.loads(json.dumps(records)), blobs)
        self.engine.connect(Between(self.engine))


@pytest.fixture
def hall():
    return Hall()


@pytest.fixture
def mysql(hall):
    hall.start("db", "mysql:8.0", ["mysqld"], MYSQL, volume="/var/lib/mysql")
    return hall


@pytest.fixture
def postgres(hall):
    hall.start("db", "postgres:16", ["postgres"], POSTGRES, volume="/var/lib/postgresql/data")
    return hall


ROOT = ("mysql", "-uroot", "-ppw")
WARNING = "mysql: [Warning] Using a password on the command line interface can be insecure.\n"


@pytest.mark.parametrize(("image", "program", "words"), [
    ("mysql:8.0", "mysqld", "    - MYSQL_ALLOW_EMPTY_PASSWORD\n    - MYSQL_RANDOM_ROOT_PASSWORD\n"),
    ("mariadb:11", "mariadbd", "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD and MARIADB_RANDOM_ROOT_PASSWORD\n"),
    ("postgres:16", "postgres", "https://www.postgresql.org/docs/current/auth-trust.html\n")])
def test_without_a_password_there_is_no_server(hall, image, program, words):
    ended, = hall.start("db", image, [program], {})
    assert (ended.code, hall.said("db").endswith(words)) == (1, True)


def test_mysql_is_ready_after_a_while(mysql):
    assert [line.partition("] ")[2] for line in mysql.said("db").splitlines()[3:]] == [
        "[Entrypoint]: Creating database shop", "[Entrypoint]: Creating user clerk",
        "[Entrypoint]: Giving user clerk access to schema shop",
        "[MY-010931] [Server] /usr/sbin/mysqld: ready for connections. Version: '8.0.36'  socket: "
        "'/var/run/mysqld/mysqld.sock'  port: 3306  MySQL Community Server - GPL."]
    assert mysql.run("db", "mysqladmin", "ping") == ("mysqld is alive\n", "", 0)


def test_mysql_in_a_pipe_and_as_a_table(mysql):
    text = (
        "CREATE TABLE shop.t (id INT AUTO_INCREMENT PRIMARY KEY, b TEXT); INSERT INTO shop.t (b) VALUES ('x'), (NULL)"
    )
    assert mysql.run("db", *ROOT, "-e", text) == ("", WARNING, 0)
    assert mysql.run("db", *ROOT, "-e", "SELECT * FROM shop.t")[0] == "id\tb\n1\tx\n2\tNULL\n"
    assert mysql.run("db", *ROOT, "-N", "shop", stdin=b"SELECT b\nFROM t;\n")[0] == "x\nNULL\n"
    assert (
        mysql.run("db", *ROOT, "-t", "-e", "SELECT id FROM shop.t LIMIT 1")[0]
        == "+----+\n| id |\n+----+\n|  1 |\n+----+\n"
    )
    assert (
        mysql.run("db", *ROOT, "-e", "SELECT id, b FROM shop.t LIMIT 1\\G")[0]
        == f"{'*' * 27} 1. row {'*' * 27}\nid: 1\n b: x\n"
    )


@pytest.mark.parametrize(
    ("argv", "stdin", "message"),
    [
        (
            ("mysql", "-uroot", "-pno"),
            b"",
            "ERROR 1045 (28000): Access denied for user 'root'@'localhost' (using password: YES)",
        ),
        (
            ("mysql", "-uroot"),
            b"",
            "ERROR 1045 (28000): Access denied for user 'root'@'localhost' (using password: NO)",
        ),
        (("mysql", "-hnowhere"), b"", "ERROR 2005 (HY000): Unknown MySQL server host 'nowhere' (-2)"),
        (
            ("mysql", "-h127.0.0.1", "-P99"),
            b"",
            "ERROR 2003 (HY000): Can't connect to MySQL server on '127.0.0.1:99' (111)",
        ),
        ((*ROOT, "nothing"), b"", "ERROR 1049 (42000): Unknown database 'nothing'"),
        (
            (*ROOT, "shop"),
            b"SELECT 1;\n\nSELECT *\nFROM t;\n",
            "ERROR 1146 (42S02) at line 3: Table 'shop.t' doesn't exist",
        ),
        (
            ("mysql", "-uclerk", "-pink", "mysql"),
            b"",
            "ERROR 1044 (42000): Access denied for user 'clerk'@'%' to database 'mysql'",
        ),
    ],
)
def test_what_mysql_refuses(mysql, argv, stdin, message):
    _, error, code = mysql.run("db", *argv, stdin=stdin)
    assert (error.removeprefix(WARNING), code) == (message + "\n", 1)


def test_no_server_behind_the_socket(hall):
    hall.start("db", "mysql:8.0", ["sleep", "infinity"], {})
    assert hall.run("db", "mysql")[1] == ("ERROR 2002 (HY000): Can't connect to local MySQL server through socket "
                                          "'/var/run/mysqld/mysqld.sock' (2)\n")


@pytest.mark.parametrize("stored", [False, True])
def test_a_prompt_of_mariadb(hall, stored):
    hall.start(
        "db", "mariadb:11", ["mariadbd"], {"MARIADB_ALLOW_EMPTY_ROOT_PASSWORD": "1", "MARIADB_VERSION": "1:11.4.2"}
    )
    if stored:
        hall.store()
    shown, code = hall.type(
        "db",
        ["mariadb"],
        [
            "create database d;",
            "use d",
            "create table t (a int);",
            "insert into t",
            "values (1), (2);",
            "selec 1;",
            "exit",
        ],
    )
    assert code == 0
    assert shown[shown.index("MariaDB [") :] == (
        "MariaDB [(none)]> create database d;\nQuery OK, 1 row affected (0.000 sec)\n\nMariaDB [(none)]> use d\n"
        "Database changed\nMariaDB [d]> create table t (a int);\nQuery OK, 0 rows affected (0.000 sec)\n\n"
        "MariaDB [d]> insert into t\n    -> values (1), (2);\nQuery OK, 2 rows affected (0.000 sec)\n"
        "Records: 2  Duplicates: 0  Warnings: 0\n\nMariaDB [d]> selec 1;\nERROR 1064 (42000): You have an error in "
        "your "
        "SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near "
        "'selec 1' at line 1\nMariaDB [d]> exit\nBye\n"
    )


def test_data_lives_in_the_volume(mysql):
    mysql.run("db", *ROOT, "shop", "-e", "CREATE TABLE kept (a INT); INSERT INTO kept VALUES (7)")
    mysql.store()
    mysql.run("db", *ROOT, "shop", "-e", "INSERT INTO kept VALUES (8)")
    mysql.engine.kill("db", "TERM")
    ended, = mysql.wait()
    assert ended.code == 0
    mysql.engine.remove("db")
    mysql.start("db2", "mysql:8.0", ["mysqld"], {"MYSQL_VERSION": "8.0.36"}, volume="/var/lib/mysql", claim="claim-db")
    assert mysql.run("db2", *ROOT, "-N", "-e", "SELECT a FROM shop.kept")[0] == "7\n8\n"


def test_a_full_volume(hall):
    hall.engine.volume("small", 24_000)
    hall.start("db", "mysql:8.0", ["mysqld"], MYSQL, volume="/var/lib/mysql", claim="small")
    hall.run("db", *ROOT, "shop", "-e", "CREATE TABLE t (a TEXT)")
    _, error, code = hall.run("db", *ROOT, "shop", "-e", "INSERT INTO t VALUES (REPEAT('x', 40000))")
    assert (error.removeprefix(WARNING), code) == ("ERROR 1114 (HY000) at line 1: The table is full\n", 1)
    assert hall.run("db", *ROOT, "shop", "-Ne", "SELECT COUNT(*) FROM t")[0] == "0\n"


def test_first_scripts(hall):
    spec = Spec("mysql:8.0", ["mysqld"], MYSQL, "db", "seed", mounts=(Mount("/docker-entrypoint-initdb.d", "scripts"),))
    from kubesim_cli.kubelet.runtime.kernel.files import Tree

    tree = Tree(hall.engine.volume("scripts").root)
    tree.put("/1.sql", b"CREATE TABLE a (x INT); INSERT INTO a VALUES (1);")
    tree.put("/2.sh", b"mysql -uroot -p$MYSQL_ROOT_PASSWORD shop -e 'INSERT INTO a VALUES (2)'\n")
    hall.engine.start("db", spec)
    hall.wait(10)
    assert hall.run("db", *ROOT, "-N", "-e", "SELECT * FROM shop.a")[0] == "1\n2\n"


def test_a_dump_can_be_read_in(mysql):
    mysql.run(
        "db",
        *ROOT,
        "shop",
        "-e",
        "CREATE TABLE t (a INT PRIMARY KEY, b VARCHAR(20)); INSERT INTO t VALUES (1, 'it\\'s'), (2, NULL)",
    )
    text, _, code = mysql.run("db", "mysqldump", "-uroot", "-ppw", "shop")
    assert code == 0
    mysql.run("db", *ROOT, "-e", "CREATE DATABASE copy")
    assert mysql.run("db", *ROOT, "copy", stdin=text.encode())[2] == 0
    assert mysql.run("db", *ROOT, "-N", "-e", "SELECT * FROM copy.t")[0] == "1\tit's\n2\tNULL\n"


def test_a_replica_has_what_was_written_to_its_source(hall):
    env = {"MYSQL_ALLOW_EMPTY_PASSWORD": "1", "MYSQL_VERSION": "5.7.44-1.el7"}
    for number, option in enumerate(("--log-bin", "--super-read-only")):
        hall.start(f"mysql-{number}", "mysql:5.7", ["mysqld", option, f"--server-id=10{number}"], env,
                   address=f"10.0.0.{number + 1}", volume="/var/lib/mysql")
    hall.run(
        "mysql-0",
        "mysql",
        "-e",
        "CREATE DATABASE test; CREATE TABLE test.m (v VARCHAR(250)); INSERT INTO test.m VALUES ('hello')",
    )
    assert hall.run("mysql-1", "mysql", "-h127.0.0.1", "-e", "CHANGE MASTER TO MASTER_LOG_FILE='mysql-0-bin.000001', "
                    "MASTER_LOG_POS=154, MASTER_HOST='mysql-0', MASTER_USER='root', MASTER_PASSWORD='', "
                    "MASTER_CONNECT_RETRY=10; START SLAVE;")[2] == 0
    assert (
        hall.run("mysql-1", "mysql", "-N", "-e", "SELECT v, RAND() < 2, @@server_id FROM test.m")[0]
        == "hello\t1\t101\n"
    )
    hall.store()
    hall.run("mysql-0", "mysql", "-e", "INSERT INTO test.m VALUES (UUID())")
    rows = [hall.run(name, "mysql", "-N", "-e", "SELECT v FROM test.m")[0] for name in ("mysql-0", "mysql-1")]
    assert rows[0] == rows[1] != "hello\n"
    status = hall.run("mysql-1", "mysql", "-e", "SHOW SLAVE STATUS\\G")[0]
    assert "Slave_IO_Running: Yes" in status and "Seconds_Behind_Master: 0" in status
    assert "--super-read-only option" in hall.run("mysql-1", "mysql", "-e", "CREATE DATABASE x")[1]


def test_postgres_says_what_it_does(postgres):
    assert "database system is ready to accept connections" in postgres.said("db")
    assert postgres.run("db", "pg_isready") == ("/var/run/postgresql:5432 - accepting connections\n", "", 0)
    postgres.engine.kill("db", "INT")
    ended, = postgres.wait()
    assert ended.code == 0
    assert postgres.said("db").endswith("LOG:  database system is shut down\n")


PSQL = ("psql", "-U", "postgres", "shop")


def test_psql(postgres):
    assert postgres.run(
        "db",
        *PSQL,
        "-c",
        "CREATE TABLE t (id serial PRIMARY KEY, b text)",
        "-c",
        "INSERT INTO t (b) VALUES ('x'), ('y') RETURNING id",
        "-c",
        "\\dt",
    ) == (
        "CREATE TABLE\n id \n----\n  1\n  2\n(2 rows)\n\nINSERT 0 2\n        List of relations\n"
        " Schema | Name | Type  |  Owner   \n"
        "--------+------+-------+----------\n public | t    | table | postgres\n(1 row)\n\n",
        "",
        0,
    )
    assert postgres.run("db", *PSQL, "-tAc", "SELECT count(*) FROM t") == ("2\n", "", 0)
    assert postgres.run("db", *PSQL, stdin=b"COPY t (b) FROM stdin;\nz\n\\.\nSELECT b FROM t WHERE id = 3;\n")[0] == (
        "COPY 1\n b \n---\n z\n(1 row)\n\n")
    assert postgres.run("db", *PSQL, "-c", "SELECT nope") == (
        "", "ERROR:  column \"nope\" does not exist\nLINE 1: SELECT nope\n               ^\n", 1)


@pytest.mark.parametrize(("argv", "message"), [
    (("psql",), 'on socket "/var/run/postgresql/.s.PGSQL.5432" failed: FATAL:  role "root" does not exist'),
    (("psql", "-Upostgres", "no"),
     'on socket "/var/run/postgresql/.s.PGSQL.5432" failed: FATAL:  database "no" does not exist'),
    (("psql", "-hlocalhost", "-p99"), 'at "localhost" (127.0.0.1), port 99 failed: Connection refused\n'
     "\tIs the server running on that host and accepting TCP/IP connections?"),
])
def test_what_postgres_refuses(postgres, argv, message):
    assert postgres.run("db", *argv) == ("", f"psql: error: connection to server {message}\n", 2)


def test_postgres_wants_a_password_over_the_network(postgres):
    postgres.start("app", "postgres:16", ["sleep", "infinity"], {"PGPASSWORD": "no", "PGUSER": "postgres"}, "10.0.0.2")
    assert postgres.run("app", "psql", "-h", "db", "shop")[1] == (
        'psql: error: connection to server at "db" (10.0.0.1), port 5432 failed: FATAL:  '
        'password authentication failed for user '
        '"postgres"\n'
    )
    assert postgres.run("app", "env", "PGPASSWORD=pw", "psql", "-h", "db", "shop", "-tAc", "SELECT 1")[0] == "1\n"


@pytest.mark.parametrize("stored", [False, True])
def test_a_prompt_of_psql(postgres, stored):
    if stored:
        postgres.store()
    shown, code = postgres.type("db", list(PSQL), ["SELECT 1", "AS n;", "BEGIN;", "ROLLBACK;", "\\c postgres", "\\q"])
    assert code == 0
    assert shown.partition("\n\n")[2] == (
        "shop=# SELECT 1\nshop-# AS n;\n n \n---\n 1\n(1 row)\n\nshop=# BEGIN;\nBEGIN\nshop=*# ROLLBACK;\nROLLBACK\n"
        'shop=# \\c postgres\nYou are now connected to database "postgres" as user "postgres".\npostgres=# \\q\n')


def test_a_clone_goes_on_where_its_source_was(hall):
    """As the official example does it: a copy of the files, and then the source's log from there on."""
    env = {"MYSQL_ALLOW_EMPTY_PASSWORD": "1", "MYSQL_VERSION": "5.7.44-1.el7"}
    hall.start("mysql-0", "mysql:5.7", ["mysqld", "--log-bin"], env, volume="/var/lib/mysql")
    hall.run("mysql-0", "mysql", "-e", "CREATE DATABASE d; CREATE TABLE d.t (a INT); INSERT INTO d.t VALUES (1)")
    tools = "gcr.io/google-samples/xtrabackup:1.0"
    hall.start("backup", tools, ["sleep", "infinity"], {}, "10.0.0.3", "/var/lib/mysql", "claim-mysql-0")
    hall.start("clone", tools, ["sleep", "infinity"], {}, "10.0.0.4", "/var/lib/mysql", "claim-1")
    stream, said, code = hall.run(
        "backup", "xtrabackup", "--backup", "--slave-info", "--stream=xbstream", "--host=mysql-0", "--user=root"
    )
    assert (said.endswith("completed OK!\n"), code) == (True, 0)
    assert hall.run("clone", "xbstream", "-x", "-C", "/var/lib/mysql", stdin=stream.encode()) == ("", "", 0)
    assert hall.run("clone", "xtrabackup", "--prepare", "--target-dir=/var/lib/mysql")[2] == 0
    file, position = hall.run("clone", "cat", "/var/lib/mysql/xtrabackup_binlog_info")[0].split()
    assert hall.run("mysql-0", "mysql", "-N", "-e", "SHOW MASTER STATUS")[0].split()[:2] == [file, position]
    hall.run("mysql-0", "mysql", "-e", "INSERT INTO d.t VALUES (2)")
    hall.start("mysql-1", "mysql:5.7", ["mysqld"], env, "10.0.0.2", "/var/lib/mysql", "claim-1")
    hall.run("mysql-1", "mysql", "-e", f"CHANGE MASTER TO MASTER_LOG_FILE='{file}', MASTER_LOG_POS={position}, "
                                       "MASTER_HOST='mysql-0', MASTER_USER='root'; START SLAVE")
    assert hall.run("mysql-1", "mysql", "-N", "-e", "SELECT a FROM d.t")[0] == "1\n2\n"
    hall.engine.kill("mysql-1", "KILL")
    hall.wait()
    hall.engine.remove("mysql-1")
    hall.run("mysql-0", "mysql", "-e", "INSERT INTO d.t VALUES (3)")
    hall.start("mysql-1", "mysql:5.7", ["mysqld"], env, "10.0.0.2", "/var/lib/mysql", "claim-1")
    assert hall.run("mysql-1", "mysql", "-N", "-e", "SELECT a FROM d.t")[0] == "1\n2\n3\n"
