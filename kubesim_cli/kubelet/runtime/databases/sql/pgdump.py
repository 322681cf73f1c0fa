"""What pg_dump writes: the statements that make a database again (src/bin/pg_dump/pg_dump.c), in its order: schemas,
types, tables and sequences, defaults, views, rows, keys, indexes, foreign keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .catalog import Column, Table
from .errors import SqlError
from .kinds import postgres_name
from .pgcatalog import _foreign, default_of
from .pgcopy import Format
from .words import Words

if TYPE_CHECKING:
    from .postgres import Postgres

_HEAD = """SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

"""
_RIGHTS = (("super", "SUPERUSER"), ("createrole", "CREATEROLE"), ("createdb", "CREATEDB"), ("login", "LOGIN"),
           ("replication", "REPLICATION"))
_TABLES = "SET default_tablespace = '';\n\nSET default_table_access_method = heap;\n\n"


def dump(session: Postgres, asked: dict[str, Any]) -> str:
    """Return the text of a dump; `asked`: the long options of pg_dump that were given, `tables` and `schemas` chosen.

    Raises SqlError where nothing is chosen.
    """
    return _Dump(session, asked).text()


def everything(session: Postgres, asked: dict[str, Any]) -> str:
    """Return the text of pg_dumpall: roles, and all databases (src/bin/pg_dump/pg_dumpall.c). `asked`: see dump, and
    `globals-only` and `roles-only`. Passwords stand in it as the server keeps them."""
    server = session.server
    out = ["--\n-- PostgreSQL database cluster dump\n--\n\nSET default_transaction_read_only = off;\n\n"
           "SET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\n\n--\n-- Roles\n--\n\n"]
    for name, role in sorted(server.users.items()):
        rights = " ".join(("" if role.get(key) else "NO") + word for key, word in _RIGHTS)
        password = f" PASSWORD '{role['password']}'" if role.get("password") else ""
        out.append(f"CREATE ROLE {name};\nALTER ROLE {name} WITH {rights}{password};\n")
    if not asked.get("globals-only") and not asked.get("roles-only"):
        out.append("\n--\n-- Databases\n--\n\n")
        owners = server.settings.get("owners", {})
        for name in sorted(server.databases):
            if name.startswith("template"):
                continue
            out.append(f'--\n-- Database "{name}" dump\n--\n\n')
            if name != "postgres":
                out.append(f"CREATE DATABASE {name} WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE_PROVIDER = libc "
                           f"LOCALE = 'en_US.utf8';\n\n\nALTER DATABASE {name} OWNER TO "
                           f"{owners.get(name) or 'postgres'};\n\n")
            out.append(f"\\connect {name}\n\n")
            other = type(session)(server, session.number, {**session.state, "database": name})
            other.now = session.now
            out.append(dump(other, asked))
    out.append("--\n-- PostgreSQL database cluster dump complete\n--\n\n")
    return "".join(out)


class _Dump:
    def __init__(self, session: Postgres, asked: dict[str, Any]):
        self.session, self.asked, self.catalog = session, asked, session.data.catalog
        self.owner = "" if asked.get("no-owner") else str(
            session.server.settings.get("owners", {}).get(session.database) or "postgres")
        self.out: list[str] = []
        tables = sorted(self.catalog.tables.values(), key=lambda each: each.key)
        self.tables = [each for each in tables if self._chosen(each.schema, each.name)]
        self.views = [each for key, each in sorted(self.catalog.views.items()) if self._chosen(*key)]
        chosen = [each.key for each in self.tables] + [(each.schema, each.name) for each in self.views]
        for pattern in asked["tables"]:
            if not any(_matches(pattern, *each) for each in chosen):
                raise SqlError(0, "", "no matching tables were found")
        for pattern in asked["schemas"]:
            if pattern not in self.catalog.schemas:
                raise SqlError(0, "", "no matching schemas were found")

    def _chosen(self, schema: str, name: str) -> bool:
        tables, schemas = self.asked["tables"], self.asked["schemas"]
        without = any(_matches(each, schema, name) for each in self.asked["without"])
        return (not tables or any(_matches(each, schema, name) for each in tables)) and (
            not schemas or schema in schemas) and not without

    def text(self) -> str:
        """Return all of it."""
        version = self.session.server.version.split()[1]
        self.out.append(f"--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version {version}\n"
                        f"-- Dumped by pg_dump version {version}\n\n{_HEAD}")
        structure, data = not self.asked.get("data-only"), not self.asked.get("schema-only")
        if structure:
            if self.asked.get("clean"):
                self._drops()
            if not self.asked["tables"]:
                self._schemas_and_types()
            self.out.append(_TABLES if self.tables else "")
            for table in self.tables:
                self._table(table)
            for view in self.views:
                self._object(view.name, "VIEW", view.schema,
                             f"CREATE VIEW {view.schema}.{view.name} AS\n {view.text.rstrip(';')};")
        if data:
            for table in self.tables:
                self._rows(table)
            for table in self.tables:
                self._set(table)
        if structure:
            for table in self.tables:
                self._keys(table)
            for table in self.tables:
                self._indexes(table)
            for table in self.tables:
                self._foreigns(table)
        self.out.append("--\n-- PostgreSQL database dump complete\n--\n\n")
        return "".join(self.out)

    def _object(self, name: str, kind: str, schema: str, statement: str, owned: str | None = None) -> None:
        """Write a statement below the lines that tell what it is about. `owned`: what its owner is set by."""
        self.out.append(f"--\n-- Name: {name}; Type: {kind}; Schema: {schema}; Owner: {self.owner or '-'}\n--\n\n"
                        f"{statement}\n\n\n")
        how = owned if owned is not None else kind
        if self.owner and how:
            where = name if schema == "-" else f"{schema}.{name}"
            self.out.append(f"ALTER {how} {where} OWNER TO {self.owner};\n\n")

    def _drops(self) -> None:
        there = "IF EXISTS " if self.asked.get("if-exists") else ""
        for table in self.tables:
            for each in table.foreigns:
                self.out.append(f"ALTER TABLE {there}ONLY {table.schema}.{table.name} DROP CONSTRAINT {there}"
                                f"{each.name};\n")
        for view in reversed(self.views):
            self.out.append(f"DROP VIEW {there}{view.schema}.{view.name};\n")
        for table in reversed(self.tables):
            self.out.append(f"DROP TABLE {there}{table.schema}.{table.name};\n")

    def _schemas_and_types(self) -> None:
        for schema in sorted(set(self.catalog.schemas) - {"public"}):
            if not self.asked["schemas"] or schema in self.asked["schemas"]:
                self._object(schema, "SCHEMA", "-", f"CREATE SCHEMA {schema};")
        for name, values in sorted(self.catalog.types.items()):
            if name != "pg extensions":
                listed = ",\n".join(f"    '{value}'" for value in values)
                self._object(name, "TYPE", "public", f"CREATE TYPE public.{name} AS ENUM (\n{listed}\n);")

    def _table(self, table: Table) -> None:
        lines = []
        for column in table.columns:
            default = default_of(table, column)
            own = f" DEFAULT {default}" if default is not None and not column.auto else ""
            lines.append(f"    {column.name} {postgres_name(column.kind)}{own}{'' if column.null else ' NOT NULL'}")
        lines += [f"    CONSTRAINT {each.name} CHECK ({each.text})" for each in table.checks]
        where = f"{table.schema}.{table.name}"
        self._object(table.name, "TABLE", table.schema, f"CREATE TABLE {where} (\n" + ",\n".join(lines) + "\n);")
        numbered = table.automatic
        if numbered is not None:
            self._sequence(table, numbered)

    def _sequence(self, table: Table, column: Column) -> None:
        where = f"{table.schema}.{table.name}"
        sequence = f"{table.name}_{column.name}_seq"
        body = "\n    START WITH 1\n    INCREMENT BY 1\n    NO MINVALUE\n    NO MAXVALUE\n    CACHE 1"
        if column.auto != "serial":
            self._object(sequence, "SEQUENCE", table.schema,
                         f"ALTER TABLE {where} ALTER COLUMN {column.name} ADD GENERATED {column.auto.upper()} AS "
                         f"IDENTITY (\n    SEQUENCE NAME {table.schema}.{sequence}{body}\n);", "")
            return
        kind = postgres_name(column.kind)
        typed = "" if kind == "bigint" else f"\n    AS {kind}"
        self._object(sequence, "SEQUENCE", table.schema, f"CREATE SEQUENCE {table.schema}.{sequence}{typed}{body};",
                     "TABLE")
        self._object(sequence, "SEQUENCE OWNED BY", table.schema,
                     f"ALTER SEQUENCE {table.schema}.{sequence} OWNED BY {where}.{column.name};", "")
        self._object(f"{table.name} {column.name}", "DEFAULT", table.schema,
                     f"ALTER TABLE ONLY {where} ALTER COLUMN {column.name} SET DEFAULT "
                     f"nextval('{table.schema}.{sequence}'::regclass);", "")

    def _rows(self, table: Table) -> None:
        names = [each.name for each in table.columns]
        listed = ", ".join(names)
        found = self.session.execute(f'SELECT {", ".join(chr(34) + each + chr(34) for each in names)} '
                                     f'FROM "{table.schema}"."{table.name}"')
        self.out.append(f"--\n-- Data for Name: {table.name}; Type: TABLE DATA; Schema: {table.schema}; "
                        f"Owner: {self.owner or '-'}\n--\n\n")
        where = f"{table.schema}.{table.name}"
        if self.asked.get("inserts") or self.asked.get("column-inserts"):
            over = " OVERRIDING SYSTEM VALUE" if any(each.auto == "always" for each in table.columns) else ""
            into = f"{where} ({listed})" if self.asked.get("column-inserts") else where
            for row in found.rows:
                cells = [_literal(cell, column) for cell, column in zip(row, table.columns, strict=True)]
                self.out.append(f"INSERT INTO {into}{over} VALUES ({', '.join(cells)});\n")
            self.out.append("\n\n")
            return
        how = Format(Words(""))
        lines = "".join(how.line(row) + "\n" for row in found.rows)
        self.out.append(f"COPY {where} ({listed}) FROM stdin;\n{lines}\\.\n\n\n")

    def _set(self, table: Table) -> None:
        column = table.automatic
        if column is not None:
            sequence = f"{table.name}_{column.name}_seq"
            known = self.catalog.sequences.get((table.schema, sequence))
            last = known.last if known is not None else None
            last, called = (last, "true") if last is not None else (1, "false")
            self.out.append(f"--\n-- Name: {sequence}; Type: SEQUENCE SET; Schema: {table.schema}; "
                            f"Owner: {self.owner or '-'}\n--\n\n"
                            f"SELECT pg_catalog.setval('{table.schema}.{sequence}', {last}, {called});\n\n\n")

    def _keys(self, table: Table) -> None:
        for index in table.indexes:
            if index.primary or index.constraint:
                word = "PRIMARY KEY" if index.primary else "UNIQUE"
                self._object(f"{table.name} {index.name}", "CONSTRAINT", table.schema,
                             f"ALTER TABLE ONLY {table.schema}.{table.name}\n    ADD CONSTRAINT {index.name} {word} "
                             f"({', '.join(index.columns)});", "")

    def _indexes(self, table: Table) -> None:
        for index in table.indexes:
            if not index.primary and not index.constraint:
                self._object(index.name, "INDEX", table.schema,
                             f"CREATE {'UNIQUE ' if index.unique else ''}INDEX {index.name} ON {table.schema}."
                             f"{table.name} USING btree ({', '.join(index.columns)});", "")

    def _foreigns(self, table: Table) -> None:
        for each in table.foreigns:
            told = _foreign(each)
            if each.schema == "public":
                told = told.replace(f"REFERENCES {each.table}", f"REFERENCES public.{each.table}")
            self._object(f"{table.name} {each.name}", "FK CONSTRAINT", table.schema,
                         f"ALTER TABLE ONLY {table.schema}.{table.name}\n    ADD CONSTRAINT {each.name} {told};", "")


def _matches(pattern: str, schema: str, name: str) -> bool:
    """Tell whether a pattern of -t is about a table: NAME or SCHEMA.NAME, with * and ?."""
    from fnmatch import fnmatchcase

    where, _, what = pattern.replace('"', "").rpartition(".")
    return fnmatchcase(name, what) and (not where or fnmatchcase(schema, where))


def _literal(cell: str | None, column: Column) -> str:
    if cell is None:
        return "NULL"
    if column.kind.numeric:
        return cell
    if postgres_name(column.kind) == "boolean":
        return "true" if cell == "t" else "false"
    return "'" + cell.replace("'", "''") + "'"
