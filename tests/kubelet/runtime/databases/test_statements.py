"""Statements of MySQL's and PostgreSQL's tutorials, in kind: hack/record_sql.py has recorded what MariaDB and
PostgreSQL answer, before there was anything here that does."""

from __future__ import annotations

import pathlib
import re

import pytest

pytest.importorskip("sqlglot")

from kubesim_cli.kubelet.runtime.chance import Chance
from kubesim_cli.kubelet.runtime.databases.sql import layout, pgcatalog
from kubesim_cli.kubelet.runtime.databases.sql.data import Data
from kubesim_cli.kubelet.runtime.databases.sql.errors import SqlError
from kubesim_cli.kubelet.runtime.databases.sql.mysql import MySQL
from kubesim_cli.kubelet.runtime.databases.sql.pgnames import new_data
from kubesim_cli.kubelet.runtime.databases.sql.postgres import Postgres
from kubesim_cli.kubelet.runtime.databases.sql.session import Server

FOLDER = pathlib.Path(__file__).parent
# What comes out otherwise, and why
KNOWN = {
    "CREATE TABLE odd (a NOSUCHTYPE);": "MySQL calls a type that there is none a syntax error, MariaDB does not",
    "JSON_VALID('{');": "MariaDB warns of JSON that is none, MySQL does not",
}


def transcript(name):
    """Return [(statement, answer)] of a recording."""
    parts = (FOLDER / name).read_text(encoding="utf-8").split(">>> ")[1:]
    return [(statement, answer.strip("\n")) for statement, _, answer in (part.partition("\n") for part in parts)]


def recordings(kind):
    return sorted(f"{kind}/{path.name}" for path in (FOLDER / kind).glob("*.txt"))


@pytest.fixture
def mysql():
    """A session of root's with a new MariaDB."""
    server = Server(True, True, "10.11.19-MariaDB", Chance("seed"), {})
    server.databases[""] = Data(True)
    server.users["root@localhost"] = {"password": "", "grants": [["ALL PRIVILEGES", "*", "*"]]}
    session = MySQL(server, 3, {"user": "root", "host": "localhost", "account_host": "localhost", "database": ""})
    session.now = 1_800_000_000.0
    server.sessions[3] = session.state
    return session


@pytest.fixture
def postgres():
    """A session of the superuser's with a new PostgreSQL."""
    server = Server(False, False, "PostgreSQL 15.18", Chance("seed"), {})
    server.databases["postgres"] = new_data()
    server.users["postgres"] = {"login": True, "super": True, "createrole": True, "createdb": True}
    session = Postgres(server, 3, {"user": "postgres", "host": "localhost", "database": "postgres"})
    session.now = 1_800_000_000.0
    server.sessions[3] = session.state
    return session


def mysql_answer(session, statement):
    """Return what mysql -t -vvv says, without times."""
    try:
        result = session.execute(statement.removesuffix(";"))
    except SqlError as error:
        return f"ERROR {error.code} ({error.state}): {error.message}"
    if statement.startswith("USE"):
        return ""
    said = ""
    for each in (*result.before, result):
        said += (layout.mysql_table(each) if each.rows else "") + layout.mysql_summary(each, True) + "\n"
    return re.sub(r" \(\d+\.\d+ sec\)", "", said).strip("\n")


def backslash(session, words):
    """Return what psql says to one of its own commands."""
    if words[0] == "\\d":
        return "\n".join(
            layout.psql_table(result, title, footer="".join(line + "\n" for line in below))
            for title, result, below in pgcatalog.described(session, words[1])
        )
    if words[0] == "\\du":
        return layout.psql_table(pgcatalog.roles(session), "List of roles", footer="")
    if words[0] == "\\dn":
        return layout.psql_table(pgcatalog.schemas(session), "List of schemas")
    if words[0] == "\\c":
        session.state["database"] = words[1]
        session.settings.clear()
        return f'You are now connected to database "{words[1]}" as user "postgres".'
    return layout.psql_table(pgcatalog.relations(session, words[0][2], "".join(words[1:])), "List of relations")


def postgres_answer(session, statement):
    """Return what psql says."""
    if statement.startswith("\\"):
        return backslash(session, statement.split()).strip("\n")
    try:
        result = session.execute(statement.removesuffix(";"))
    except SqlError as error:
        return layout.psql_error(error, statement).strip("\n")
    out = "".join(f"{level}:  {message}\n" for level, _, message in result.notices)
    if result.copy is not None:
        return "\n".join(result.copy)
    if result.columns is not None:
        out += layout.psql_table(result)
    quiet = result.columns is not None and result.tag.startswith(("SELECT", "SHOW", "EXPLAIN"))
    return (out + ("" if quiet else result.tag)).strip("\n")


def wrong(session, pairs, answer):
    """Return what comes out otherwise, [(statement, wanted, found)]."""
    found = []
    for statement, wanted in pairs:
        if statement == "\\c nowhere" or any(statement.endswith(end) for end in KNOWN):
            continue
        said = answer(session, statement)
        if [line.rstrip() for line in said.split("\n")] != [line.rstrip() for line in wanted.split("\n")]:
            found.append((statement, wanted, said))
    return found


@pytest.mark.parametrize("name", recordings("mysql"))
def test_mysql(mysql, name):
    assert wrong(mysql, transcript(name), mysql_answer) == []


@pytest.mark.parametrize("name", recordings("postgres"))
def test_postgres(postgres, name):
    assert wrong(postgres, transcript(name), postgres_answer) == []


def test_there_are_enough_of_them():
    assert sum(len(transcript(name)) for kind in ("mysql", "postgres") for name in recordings(kind)) >= 300


def test_a_transaction_is_not_seen_by_others(mysql):
    other = MySQL(mysql.server, 4, {**mysql.state, "variables": {}, "settings": {}})
    for statement in (
        "CREATE DATABASE d",
        "CREATE TABLE d.t (a INT PRIMARY KEY)",
        "BEGIN",
        "INSERT INTO d.t VALUES (1)",
    ):
        mysql.execute(statement)
    assert other.execute("SELECT * FROM d.t").rows == []
    other.execute("INSERT INTO d.t VALUES (2)")
    mysql.execute("COMMIT")
    assert other.execute("SELECT * FROM d.t").rows == [["1"], ["2"]]


def test_a_statement_is_done_whole_or_not_at_all(mysql):
    mysql.execute("CREATE DATABASE d")
    mysql.execute("CREATE TABLE d.t (a INT PRIMARY KEY)")
    with pytest.raises(SqlError):
        mysql.execute("INSERT INTO d.t VALUES (1), (2), (1)")
    assert mysql.execute("SELECT COUNT(*) FROM d.t").rows == [["0"]]


def test_files_hold_all_there_is(mysql):
    for statement in (
        "CREATE DATABASE d",
        "CREATE TABLE d.p (a INT PRIMARY KEY, b BLOB)",
        "CREATE TABLE d.t (a SERIAL, p INT, n DECIMAL(6,2), FOREIGN KEY (p) REFERENCES d.p (a))",
        "INSERT INTO d.p VALUES (1, x'00ff')",
        "INSERT INTO d.t (p, n) VALUES (1, 2.5), (NULL, NULL)",
        "CREATE VIEW d.v AS SELECT a FROM d.t",
    ):
        mysql.execute(statement)
    before = mysql.server.databases[""]
    files = {key: before.dumped(key) for key in before.changed}
    after = mysql.server.databases[""] = Data(True)
    for data in files.values():
        after.load(data)
    assert {key: after.dumped(key) for key in files} == files
    mysql.execute("INSERT INTO d.t (p) VALUES (1)")
    assert mysql.execute("SELECT * FROM d.v").rows == [["1"], ["2"], ["3"]]
    with pytest.raises(SqlError, match="foreign key"):
        mysql.execute("DELETE FROM d.p")


def test_an_endless_statement_ends(mysql):
    from kubesim_cli.kubelet.runtime.kernel.errors import Exhausted

    with pytest.raises(Exhausted):
        mysql.execute("WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n")


def test_users_have_their_rights(mysql):
    for statement in (
        "CREATE DATABASE a",
        "CREATE DATABASE b",
        "CREATE TABLE b.t (x INT)",
        "CREATE USER 'u'@'%' IDENTIFIED BY 'p'",
        "GRANT ALL ON a.* TO 'u'@'%'",
    ):
        mysql.execute(statement)
    user = MySQL(mysql.server, 4, {"user": "u", "account_host": "%", "database": ""})
    assert user.execute("SHOW DATABASES").rows == [["a"], ["information_schema"]]
    user.execute("USE a")
    for statement, number in (("USE b", 1044), ("SELECT * FROM b.t", 1142), ("CREATE DATABASE c", 1044)):
        with pytest.raises(SqlError) as error:
            user.execute(statement)
        assert error.value.code == number


def test_every_function_is_there():
    """What calls.py names, functions.py has."""
    from kubesim_cli.kubelet.runtime.databases.sql import calls, functions

    there = {*functions.STRICT, *functions.ANY, "cast", "as_text", "ask", "divide", "joined", "average"}
    tables = (calls._BOTH, calls._MYSQL, calls._POSTGRES)
    named = {function for table in tables for function, _ in table.values() if function[0] != "!"}
    assert named - there == set()


def test_prepared_statements_of_mysql(mysql):
    for each in (
        "CREATE DATABASE d",
        "USE d",
        "CREATE TABLE people (name VARCHAR(20), age INT)",
        "INSERT INTO people VALUES ('Ann', 30), ('Bob', 10)",
    ):
        result = mysql.execute(each)
        mysql.state["database"] = result.database or mysql.state["database"]
    for statement, answer in [
        ("SELECT TIMESTAMP('2024-05-06')", [["2024-05-06 00:00:00"]]),
        ("PREPARE older FROM 'SELECT name FROM people WHERE age > ? ORDER BY age LIMIT 1'", "Statement prepared"),
        ("SET @limit = 20, @text = 'INSERT INTO people VALUES (?, ?)'", ""),
        ("EXECUTE older USING @limit", [["Ann"]]),
        ("EXECUTE older USING @none", []),
        ("EXECUTE older", "1210 Incorrect arguments to EXECUTE"),
        ("EXECUTE nope", "1243 Unknown prepared statement handler (nope) given to EXECUTE"),
        ("PREPARE added FROM @text", "Statement prepared"),
        ("SET @name = 'O\\'Neil?', @age = 41", ""),
        ("EXECUTE added USING @name, @age", ""),
        ("SELECT * FROM people WHERE age = 41", [["O'Neil?", "41"]]),
        ("PREPARE broken FROM 'SELEC'", "1064 "),
        ("DEALLOCATE PREPARE older", ""),
        ("DROP PREPARE older", "1243 Unknown prepared statement handler (older) given to DEALLOCATE PREPARE"),
    ]:
        try:
            result = mysql.execute(statement)
        except SqlError as error:
            assert isinstance(answer, str) and f"{error.code} {error.message}".startswith(answer), statement
            continue
        assert (result.rows if isinstance(answer, list) else result.info) == answer, statement


@pytest.fixture(params=[True, False], ids=["mariadb", "mysql"])
def shop(request, mysql):
    """A session in a database with a table, of MariaDB and of MySQL 8."""
    if not request.param:
        mysql.server.maria = mysql.maria = False
        mysql.server.version = "8.0.36"
    for each in (
        "CREATE DATABASE d",
        "USE d",
        "CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, n VARCHAR(10) NOT NULL, j JSON, KEY n_i (n))",
        'INSERT INTO t (n, j) VALUES (\'a\', \'{"x": {"y": [1, 2]}, "s": "q"}\'), (\'b\', '
        "'[1, \"two\", null]'), ('c', NULL)",
        "CREATE VIEW v AS SELECT id FROM t",
    ):
        result = mysql.execute(each)
        mysql.state["database"] = result.database or mysql.state["database"]
    return mysql


@pytest.mark.parametrize(
    ("statement", "rows"),
    [
        (
            "SELECT JSON_EXTRACT(j, '$.x.y[1]'), j->'$.s', j->>'$.s', JSON_EXTRACT(j, '$.nope') FROM t WHERE id = 1",
            [["2", '"q"', "q", None]],
        ),
        (
            "SELECT JSON_EXTRACT(j, '$[0]', '$[1]'), JSON_LENGTH(j), JSON_TYPE(j) FROM t WHERE id = 2",
            [['[1, "two"]', "3", "ARRAY"]],
        ),
        (
            "SELECT JSON_SET('{\"a\": 1}', '$.a', 2, '$.b', 3), JSON_INSERT('{\"a\": 1}', '$.a', 2, '$.b', 3), "
            "JSON_REPLACE('{\"a\": 1}', '$.a', 2, '$.b', 3)",
            [['{"a": 2, "b": 3}', '{"a": 1, "b": 3}', '{"a": 2}']],
        ),
        (
            "SELECT JSON_REMOVE('{\"a\": 1, \"b\": [1, 2]}', '$.a', '$.b[0]'), JSON_KEYS('{\"a\": 1, \"b\": 2}')",
            [['{"b": [2]}', '["a", "b"]']],
        ),
        (
            "SELECT JSON_ARRAY(1, 'a', NULL), JSON_OBJECT('k', 1), JSON_QUOTE('x\"y'), JSON_UNQUOTE('\"abc\"'), "
            "JSON_VALID('{}'), "
            "JSON_CONTAINS('[1, 2]', '2')",
            [['[1, "a", null]', '{"k": 1}', '"x\\"y"', "abc", "1", "1"]],
        ),
        (
            "SELECT JSON_TYPE('1'), JSON_TYPE('1.5'), JSON_TYPE('null'), JSON_TYPE('true'), "
            "JSON_MERGE_PATCH('{\"a\": 1}', '{\"b\": 2}'), "
            "JSON_SET('[1]', '$[5]', 9)",
            [["INTEGER", "DOUBLE", "NULL", "BOOLEAN", '{"a": 1, "b": 2}', "[1, 9]"]],
        ),
        (
            "SELECT GROUP_CONCAT(n ORDER BY n DESC SEPARATOR '-'), GROUP_CONCAT(DISTINCT n), COUNT(DISTINCT n) FROM t",
            [["c-b-a", "a,b,c", "3"]],
        ),
        ("SHOW FULL TABLES LIKE 't%'", [["t", "BASE TABLE"]]),
        ("SHOW DATABASES LIKE 'd%'", [["d"]]),
        ("SHOW TRIGGERS", []),
        ("SHOW EVENTS", []),
        ("SHOW PROCEDURE STATUS", []),
        ("SHOW PLUGINS", []),
        ("SHOW VARIABLES LIKE 'max_conn%'", [["max_connections", "151"]]),
        ("SHOW VARIABLES WHERE Variable_name = 'port'", [["port", "3306"]]),
        ("SHOW SESSION STATUS LIKE 'Threads_connected'", [["Threads_connected", "1"]]),
    ],
)
def test_what_both_answer(shop, statement, rows):
    assert shop.execute(statement).rows == rows


@pytest.mark.parametrize(
    ("statement", "cells"),
    [
        ("SHOW COLUMNS FROM t", ("id", "PRI", "auto_increment")),
        ("DESCRIBE t n", ("n", "varchar(10)", "MUL")),
        ("SHOW INDEX FROM t", ("t", "0", "PRIMARY")),
        ("SHOW TABLE STATUS LIKE 't'", ("t", "InnoDB", "Dynamic")),
        ("SHOW CREATE DATABASE d", ("d",)),
        ("SHOW ENGINES", ("InnoDB", "DEFAULT")),
        ("SHOW CREATE VIEW v", ("v", "utf8mb4")),
        ("SHOW CHARACTER SET LIKE 'utf8mb4'", ("utf8mb4", "4")),
        ("SHOW PROCESSLIST", ("3", "root", "Query")),
        ("EXPLAIN SELECT * FROM t WHERE id = 1", ("1", "SIMPLE", "PRIMARY", "const")),
        ("SHOW CREATE TABLE t", ("t",)),
    ],
)
def test_what_both_show_of_themselves(shop, statement, cells):
    assert set(cells) <= set(shop.execute(statement).rows[0])


@pytest.mark.parametrize(
    ("statement", "code", "message"),
    [
        ("SHOW CREATE TABLE nope", 1146, "Table 'd.nope' doesn't exist"),
        ("SHOW NONSENSE", 1064, "You have an error in your SQL syntax"),
        ("SELEC 1", 1064, "You have an error in your SQL syntax"),
        ("SELECT 'open", 1064, "You have an error in your SQL syntax"),
        ("SELECT 1 FROM", 1064, "You have an error in your SQL syntax"),
        ("SHOW GRANTS FOR 'nobody'@'%'", 1141, "There is no such grant defined for user 'nobody' on host '%'"),
        ("CALL nope()", 1305, "PROCEDURE d.nope does not exist"),
        ("DROP USER nobody", 1396, "Operation DROP USER failed for 'nobody'@'%'"),
        ("ALTER USER nobody IDENTIFIED BY 'x'", 1396, "Operation ALTER USER failed for 'nobody'@'%'"),
        ("SET PASSWORD FOR nobody = 'x'", 1133, "Can't find any matching row in the user table"),
    ],
)
def test_what_both_refuse(shop, statement, code, message):
    with pytest.raises(SqlError) as refused:
        shop.execute(statement)
    assert (refused.value.code, refused.value.message.startswith(message)) == (code, True)


def test_accounts(shop):
    shop.execute("CREATE USER ann IDENTIFIED BY 'ink', 'bob'@'10.%' IDENTIFIED WITH mysql_native_password BY 'x'")
    with pytest.raises(SqlError, match="Operation CREATE USER failed for 'ann'@'%'"):
        shop.execute("CREATE USER ann IDENTIFIED BY 'ink'")
    assert shop.execute("CREATE USER IF NOT EXISTS ann IDENTIFIED BY 'ink'").notices[0][0] == "Note"
    before = shop.server.users["ann@%"]["password"]
    shop.execute("ALTER USER ann IDENTIFIED BY 'pen'")
    shop.execute("SET PASSWORD FOR bob@'10.%' = 'nib'")
    assert shop.server.users["ann@%"]["password"] != before
    shop.execute("GRANT SELECT, INSERT ON d.* TO ann")
    assert any(
        "GRANT SELECT, INSERT ON `d`.* TO `ann`@`%`" in row[0] for row in shop.execute("SHOW GRANTS FOR ann").rows
    )
    shop.execute("REVOKE INSERT ON d.* FROM ann")
    assert not any("INSERT" in row[0] for row in shop.execute("SHOW GRANTS FOR ann").rows)
    shop.execute("DROP USER ann, bob@'10.%'")
    shop.execute("DROP USER IF EXISTS ann")
    assert list(shop.server.users) == ["root@localhost"]


def test_what_postgres_does_not_play(postgres):
    with pytest.raises(SqlError) as refused:
        postgres.execute("CLUSTER")
    assert refused.value.state == "0A000"


@pytest.mark.parametrize(
    ("statement", "rows"),
    [
        (
            "SELECT jsonb_agg(n), jsonb_object_agg(n, n * 2) FROM generate_series(1, 2) AS n",
            [["[1, 2]", '{"1": 2, "2": 4}']],
        ),
        ("SELECT var_pop(n), round(stddev_pop(n), 2) FROM generate_series(1, 4) AS n WHERE n > 1", None),
        (
            "SELECT stddev(n), avg(n), string_agg(n::text, ',') FROM generate_series(1, 1) AS n WHERE n > 5",
            [[None, None, None]],
        ),
        ("SELECT string_agg(DISTINCT x, '-') FROM (VALUES ('a'), ('b'), ('a')) AS t (x)", [["a-b"]]),
    ],
)
def test_aggregates_of_postgres(postgres, statement, rows):
    found = postgres.execute(statement).rows
    assert rows is None or found == rows
