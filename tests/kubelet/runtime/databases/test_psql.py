"""psql's own commands and COPY, as the real psql 15 answers them."""

from __future__ import annotations

import pytest

pytest.importorskip("sqlglot")

from .halls import Hall

TABLE = b"CREATE TABLE t (id serial primary key, name text not null, n int default 3);\n" \
        b"INSERT INTO t (name) VALUES ('a'), ('b');\n"


@pytest.fixture
def psql():
    hall = Hall()
    hall.start("pg", "postgres:15", "postgres", env={"POSTGRES_PASSWORD": "pw"}, volume="/var/lib/postgresql/data")

    def run(text, *words):
        return hall.run("pg", "psql", "-U", "postgres", "-qAt", *words, stdin=text)

    run(TABLE)
    run.hall = hall
    return run


@pytest.mark.parametrize(("text", "says"), [
    (r"\copy t TO STDOUT", "1\ta\t3\n2\tb\t3\n"), (r"\copy t (name) TO STDOUT WITH CSV HEADER", "name\na\nb\n"),
    ("COPY t (name) TO STDOUT WITH (FORMAT csv, HEADER);", "name\na\nb\n"),
    ("UPDATE t SET n = NULL; COPY t TO STDOUT (DELIMITER ';', NULL 'nil');", "1;a;nil\n2;b;nil\n"),
    ("COPY (SELECT E'a\\tb', '', NULL) TO STDOUT;", "a\\tb\t\t\\N\n"),
    ("COPY (SELECT 'a,b', '', NULL, 'c\"d') TO STDOUT CSV;", '"a,b","",,"c""d"\n'),
    ("COPY t (name, n) FROM STDIN WITH (FORMAT csv, HEADER);\nname,n\n\"x, y\",7\nz,\n\\.\n"
     "SELECT name, n FROM t WHERE id > 2 ORDER BY id;", "x, y|7\nz|\n"),
    ("COPY t (name) FROM STDIN;\na\\tb\n\\.\nSELECT name = E'a\\tb' FROM t WHERE id = 3;", "t\n"),
    ("\\set y 2\nSELECT name FROM t WHERE id = :y;", "b\n"), ("\\set w a\nSELECT id FROM t WHERE name = :'w';", "1\n"),
    ("\\set w n\nSELECT sum(:\"w\") FROM t;\nSELECT ':w', 'x'::text;\n\\unset w\n\\echo :w", "6\n:w|x\n:w\n"),
    ("SELECT 1 AS one, 2 AS two \\gset\n\\echo :one :two", "1 2\n"),
    ("SELECT 1 AS one \\gset p_\n\\echo :p_one", "1\n"),
    ("SELECT 1 WHERE false \\gset", "no rows returned for \\gset\n"),
    ("\\pset null NUL\nSELECT NULL;", 'Null display is "NUL".\nNUL\n'), ("\\encoding", "UTF8\n"),
    ("\\copy (SELECT name FROM t) TO '/tmp/c.csv' CSV\n\\copy t (name) FROM '/tmp/c.csv' WITH (FORMAT csv)\n"
     "SELECT count(*) FROM t;", "4\n"),
    ("\\copy t FROM '/nope'", "/nope: No such file or directory\n"), ("\\copy", "\\copy: arguments required\n")])
def test_what_psql_says(psql, text, says):
    out, errors, _ = psql(text.encode() + b"\n")
    assert out + errors == says


def test_variables_of_the_command_line(psql):
    assert psql(b"SELECT :'who' || :n;\n", "-v", "who=it's", "-v", "n=1")[0] == "it's1\n"


def test_lists_of_what_there_is_none_of(psql):
    said = psql.hall.run("pg", "psql", "-U", "postgres", stdin=b"\\df\n\\dx\n")[0]
    assert said.startswith("                       List of functions\n Schema | Name | Result data type |")
    assert " plpgsql | 1.0     | pg_catalog | PL/pgSQL procedural language\n(1 row)\n" in said


def test_a_file_that_is_a_dash_is_what_is_typed(psql):
    said = psql.hall.run("pg", "psql", "-U", "postgres", "-tA", "-f", "-", stdin=b"select 2;\nselect 3;\n")[0]
    assert said == "2\n3\n"
