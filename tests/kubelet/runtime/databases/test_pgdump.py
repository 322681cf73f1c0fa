"""pg_dump and pg_dumpall: what they write makes the same database again, in the words of PostgreSQL 15."""

import pytest

pytest.importorskip("sqlglot")

from .halls import Hall

MADE = b"""CREATE TYPE mood AS ENUM ('ok', 'bad');
CREATE TABLE a (id serial primary key, name varchar(20) NOT NULL UNIQUE, n int DEFAULT 3, at timestamp DEFAULT now(),
                m mood, ok boolean DEFAULT true, price numeric(8,2) CHECK (price > 0), j jsonb);
CREATE TABLE b (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a_id int REFERENCES a(id) ON DELETE CASCADE,
                t text);
CREATE INDEX b_t_idx ON b (t);
INSERT INTO a (name, m, price, j, at) VALUES ('it''s', 'ok', 1.5, '{"k": 1}', '2024-01-02 03:04:05'),
                                             (E'tab\\there', NULL, NULL, NULL, '2024-01-02');
INSERT INTO b (a_id, t) VALUES (1, 'x'), (2, NULL);
CREATE VIEW v AS SELECT name FROM a WHERE ok;
CREATE DATABASE copy;
CREATE ROLE app LOGIN PASSWORD 'secret';
"""


@pytest.fixture(scope="module")
def run():
    hall = Hall()
    hall.start("pg", "postgres:15", "postgres", env={"POSTGRES_PASSWORD": "pw"}, volume="/var/lib/postgresql/data")
    hall.run("pg", "psql", "-U", "postgres", "-q", stdin=MADE)
    return lambda script: hall.run("pg", "sh", "-c", script, seconds=10)


@pytest.mark.parametrize("how", ["", "--inserts", "--column-inserts", "-O"])
def test_what_it_writes_makes_the_same_database(run, how):
    out, err, code = run(f"""pg_dump -U postgres {how} postgres > /tmp/1.sql && dropdb -U postgres --if-exists copy &&
        createdb -U postgres copy && psql -U postgres -q -v ON_ERROR_STOP=1 copy < /tmp/1.sql >/dev/null &&
        pg_dump -U postgres {how} -f /tmp/2.sql copy && cmp /tmp/1.sql /tmp/2.sql &&
        psql -U postgres -qAt copy -c "INSERT INTO b (t) VALUES ('new') RETURNING id" -c 'SELECT name FROM v' \
            -c "INSERT INTO a (name) VALUES ('new') RETURNING id" """)
    assert (out, err, code) == ("3\nit's\ntab\there\n3\n", "", 0)


@pytest.mark.parametrize(("options", "there", "missing"), [
    ("", ["-- Dumped by pg_dump version 15.14\n", "CREATE TYPE public.mood AS ENUM (\n    'ok',\n    'bad'\n);",
          "CREATE TABLE public.a (\n    id integer NOT NULL,\n    name character varying(20) NOT NULL,",
          "    AS integer\n    START WITH 1\n", "ALTER SEQUENCE public.a_id_seq OWNED BY public.a.id;",
          "COPY public.b (id, a_id, t) FROM stdin;\n1\t1\tx\n2\t2\t\\N\n\\.\n",
          "SELECT pg_catalog.setval('public.a_id_seq', 2, true);\n",
          "ALTER TABLE ONLY public.a\n    ADD CONSTRAINT a_pkey PRIMARY KEY (id);",
          "CREATE INDEX b_t_idx ON public.b USING btree (t);", "REFERENCES public.a(id) ON DELETE CASCADE;"], []),
    ("-s", ["CREATE TABLE public.a"], ["COPY", "setval"]), ("-a", ["COPY public.a"], ["CREATE", "CONSTRAINT"]),
    ("-t b", ["CREATE TABLE public.b", "COPY public.b"], ["CREATE TABLE public.a", "CREATE TYPE", "VIEW"]),
    ("-T 'a*' -t '*'", ["CREATE TABLE public.b", "VIEW"], ["TABLE public.a"]),
    ("-c --if-exists -t b", ["DROP TABLE IF EXISTS public.b;"], []), ("-O", ["Owner: -"], ["OWNER TO"]),
    ("-a -t b --inserts", ["INSERT INTO public.b OVERRIDING SYSTEM VALUE VALUES (2, 2, NULL);\n"], ["COPY"]),
])
def test_what_is_chosen(run, options, there, missing):
    out, err, code = run(f"pg_dump -U postgres {options} postgres")
    assert (err, code) == ("", 0) and all(each in out for each in there)
    assert not [each for each in missing if each in out]


@pytest.mark.parametrize(("command", "said", "code"), [
    ("pg_dump -U postgres -t nosuch", "no matching tables were found", 1),
    ("pg_dump -U postgres -a -s", "options -s/--schema-only and -a/--data-only cannot be used together", 1),
    ("pg_dump -U postgres --if-exists", "option --if-exists requires option -c/--clean", 1),
    ("pg_dump -U postgres nodb", 'connection to server on socket "/var/run/postgresql/.s.PGSQL.5432" failed: FATAL:  '
                                 'database "nodb" does not exist', 1),
])
def test_what_is_wrong_is_said(run, command, said, code):
    assert run(command) == ("", f"pg_dump: error: {said}\n", code)


def test_all_databases(run):
    out, err, code = run("pg_dumpall -U postgres")
    assert (err, code) == ("", 0)
    for each in ("CREATE ROLE app;\n", "NOSUPERUSER NOCREATEROLE NOCREATEDB LOGIN", "\\connect postgres\n",
                 "CREATE DATABASE copy WITH TEMPLATE = template0", "COPY public.a ", "cluster dump complete"):
        assert each in out
    assert "COPY" not in run("pg_dumpall -U postgres --roles-only")[0]
