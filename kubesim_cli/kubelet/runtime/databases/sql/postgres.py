"""A PostgreSQL server's session: what each statement does."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from . import pgcatalog, prepared, times
from .catalog import Table, View
from .definitions import Definitions
from .dialects import parse, syntax
from .errors import SqlError, unsupported
from .kinds import Kind
from .pgcopy import Format
from .pgobjects import Objects
from .results import Result
from .session import Server
from .words import Words

_STATEMENTS = frozenset((
    "ABORT", "ALTER", "ANALYZE", "BEGIN", "CALL", "CHECKPOINT", "CLUSTER", "COMMENT", "COMMIT", "COPY",
    "CREATE", "DEALLOCATE", "DELETE", "DISCARD", "DO", "DROP", "END", "EXECUTE", "EXPLAIN", "GRANT", "INSERT",
    "LISTEN", "LOCK", "NOTIFY", "PREPARE", "REASSIGN", "REFRESH", "REINDEX", "RELEASE", "RESET", "REVOKE",
    "ROLLBACK", "SAVEPOINT", "SELECT", "SET", "SHOW", "START", "TABLE", "TRUNCATE", "UPDATE", "VACUUM",
    "VALUES", "WITH", "(",
))


_OVERRIDING = " OVERRIDING SYSTEM VALUE"


class Postgres(Objects):
    """`state["database"]` is that of the connection."""

    mysql = False

    def _home(self) -> str:
        return self.database

    def path(self) -> list[str]:
        """Return the schemas in which names are looked for."""
        given = str(self.settings.get("search_path") or '"$user", public')
        names = [each.strip().strip("\"'") for each in given.split(",")]
        return [self.state["user"] if each == "$user" else each for each in names]

    def schema_of(self, table: exp.Table) -> str:
        schemas = self.data.catalog.schemas
        if table.db:
            if table.db not in schemas:
                raise SqlError(0, "3F000", f'schema "{table.db}" does not exist', near=table.db)
            return str(table.db)
        found = next((each for each in self.path() if each in schemas), None)
        if found is None:
            raise SqlError(0, "3F000", "no schema has been selected to create in")
        return found

    def find(self, table: exp.Table) -> Table | View | None:
        catalog = self.data.catalog
        for schema in [str(table.db)] if table.db else self.path():
            found: Table | View | None = catalog.tables.get((schema, table.name)) or catalog.views.get(
                (schema, table.name)
            )
            if found is not None:
                return found
        return None

    def system(self, schema: str, name: str) -> tuple[list[tuple[str, Kind]], list[tuple[Any, ...]]] | None:
        return pgcatalog.table(self, schema, name)

    def no_table(self, table: exp.Table) -> SqlError:
        shown_name = f"{table.db}.{table.name}" if table.db else table.name
        return SqlError(0, "42P01", f'relation "{shown_name}" does not exist', near=shown_name)

    def setting(self, name: str, scope: str) -> Any:
        known = pgcatalog.settings(self)
        if name.lower() not in known:
            raise SqlError(0, "42704", f'unrecognized configuration parameter "{name}"')
        return known[name.lower()]

    # Statements

    def execute(self, text: str) -> Result:
        self.seed, self.delay = None, 0.0
        words = Words(text, False)
        place = text.upper().find(_OVERRIDING) if words.peek() == "INSERT" else -1
        if place >= 0:
            self.overriding = True
            try:
                return self.execute(text[:place] + text[place + len(_OVERRIDING):])
            finally:
                self.overriding = False
        first = words.peek()
        if first not in _STATEMENTS:
            raise syntax(text, text.lstrip(), False)
        self.data.steps = 0
        try:
            result = self._run(first, text, words)
        except SqlError as error:
            if self.transaction is not None:
                self.transaction.failed = True
            if error.near and error.position < 0:
                error.position = _place(text, error.near)
            raise
        result.delay = self.delay
        self.seed_text = ""
        return result

    def _run(self, first: str, text: str, words: Words) -> Result:
        now = self.transaction
        if now is not None and now.failed and first not in ("ROLLBACK", "COMMIT", "END", "ABORT"):
            raise SqlError(
                0, "25P02", "current transaction is aborted, commands ignored until end of transaction block"
            )
        own = getattr(self, f"_do_{first.lower()}", None)
        if own is not None:
            found: Result | None = own(words, text)
            if found is not None:
                return found
        return self._parsed(text, first)

    def _parsed(self, text: str, first: str) -> Result:
        node = parse(text, False)
        if isinstance(node, exp.Command):
            raise unsupported(first, False)
        runner = Definitions(self)
        if isinstance(node, (exp.Query, exp.Values)):
            found = runner.query(node)
            rows = self.data.run(found.sql)
            result = Result(tag=f"SELECT {len(rows)}")
            result.fill(found.columns, rows, False)
            return result
        changed = self.changed_rows(runner, text, node)
        if changed is not None:
            return changed
        if isinstance(node, exp.Create):
            result = runner.create(node)
        elif isinstance(node, exp.Alter):
            result = runner.alter(node)
        elif isinstance(node, exp.Drop):
            result = runner.drop(node)
        else:
            raise unsupported(type(node).__name__.upper(), False)
        self.wrote(text)
        return result

    # Transactions

    def _do_prepare(self, words: Words, text: str) -> Result:
        return prepared.pg_prepare(self, words)

    def _do_execute(self, words: Words, text: str) -> Result:
        return prepared.pg_execute(self, words)

    def _do_deallocate(self, words: Words, text: str) -> Result:
        return prepared.pg_deallocate(self, words)

    def _do_begin(self, words: Words, text: str) -> Result:
        if self.transaction is not None:
            return Result(tag="BEGIN", notices=[("WARNING", 0, "there is already a transaction in progress")])
        self.begin()
        return Result(tag="BEGIN")

    def _do_start(self, words: Words, text: str) -> Result:
        return Result(tag="START TRANSACTION", notices=self._do_begin(words, text).notices)

    def _do_commit(self, words: Words, text: str) -> Result:
        now = self.transaction
        if now is None:
            return Result(tag="COMMIT", notices=[("WARNING", 0, "there is no transaction in progress")])
        if now.failed:
            self.rollback()
            return Result(tag="ROLLBACK")
        self.commit()
        return Result(tag="COMMIT")

    _do_end = _do_commit

    def _do_rollback(self, words: Words, text: str) -> Result:
        words.take()
        words.accept("WORK", "TRANSACTION")
        if words.accept("TO"):
            words.accept("SAVEPOINT")
            self._known(words.name(), self.rollback_to)
            return Result(tag="ROLLBACK")
        if self.transaction is None:
            return Result(tag="ROLLBACK", notices=[("WARNING", 0, "there is no transaction in progress")])
        self.rollback()
        return Result(tag="ROLLBACK")

    _do_abort = _do_rollback

    def _need_transaction(self, what: str) -> None:
        if self.transaction is None:
            raise SqlError(0, "25P01", f"{what} can only be used in transaction blocks")

    def _do_savepoint(self, words: Words, text: str) -> Result:
        self._need_transaction("SAVEPOINT")
        words.take()
        self.savepoint(words.name())
        return Result(tag="SAVEPOINT")

    def _do_release(self, words: Words, text: str) -> Result:
        self._need_transaction("RELEASE SAVEPOINT")
        words.take()
        words.accept("SAVEPOINT")
        self._known(words.name(), self.release)
        return Result(tag="RELEASE")

    def _known(self, name: str, act: Any) -> None:
        self._need_transaction("ROLLBACK TO SAVEPOINT")
        if not act(name):
            raise SqlError(0, "3B001", f'savepoint "{name}" does not exist')

    # Databases, schemas, roles, types

    # Settings

    def _do_set(self, words: Words, text: str) -> Result:
        words.take()
        words.accept("SESSION", "LOCAL")
        if words.peek() in ("TRANSACTION", "ROLE", "CONSTRAINTS", "CHARACTERISTICS"):
            return Result(tag="SET")
        name = words.name().lower()
        while words.accept("."):
            name += "." + words.name().lower()
        if name == "time" and words.accept("ZONE"):
            name = "timezone"
        elif not words.accept("TO", "="):
            raise words.error()
        if "." not in name:
            self.setting(name, "")
        value = words.rest()
        if value.upper() == "DEFAULT":
            self.settings.pop(name, None)
        else:
            self.settings[name] = value.strip("'") if name != "search_path" else value.replace("'", "")
        return Result(tag="SET")

    def _do_reset(self, words: Words, text: str) -> Result:
        words.take()
        self.settings.pop(words.name().lower(), None)
        return Result(tag="RESET")

    def _do_show(self, words: Words, text: str) -> Result:
        words.take()
        name = words.name()
        if name.upper() == "ALL":
            rows = [[each, value, ""] for each, value in sorted(pgcatalog.settings(self).items())]
            return Result.table(["name", "setting", "description"], rows)
        while words.accept("."):
            name += "." + words.name()
        if name.upper() == "TIME" and words.accept("ZONE"):
            name = "TimeZone"
        elif name.upper() == "TRANSACTION":
            name = "transaction_isolation"
        result = Result.table([name.lower() if name != "TimeZone" else name], [[self.setting(name, "")]])
        result.tag = "SHOW"
        return result

    # The rest

    def _do_copy(self, words: Words, text: str) -> Result:
        words.take()
        if words.accept("("):
            words.at -= 1
            query = words.until("TO")
            words.need("TO")
            found = self.execute(query.strip("()"))
        else:
            schema, name = words.dotted()
            where = exp.table_(name, db=schema or None)
            table = self.find(where)
            if table is None:
                raise self.no_table(where)
            names = "*"
            if words.peek() == "(":
                words.take()
                names = words.until(")")
                words.take()
            if words.accept("FROM"):
                return self._copy_in(words, f'"{table.schema}"."{table.name}"', names)
            words.need("TO")
            found = self.execute(f'SELECT {names} FROM "{table.schema}"."{table.name}"')
        words.need("STDOUT")
        how = Format(words)
        lines = [how.line([name for name, _, _ in found.columns or []])] if how.header else []
        return Result(tag=f"COPY {len(found.rows)}", copy=lines + [how.line(row) for row in found.rows])

    def _copy_in(self, words: Words, table: str, names: str) -> Result:
        words.need("STDIN")
        rows = Format(words).rows(self.state.pop("copy_lines", []))
        into = f"{table} ({names})" if names != "*" else table
        self.overriding = True  # COPY may give identity columns values
        try:
            for row in rows:
                cells = ["NULL" if cell is None else "'" + cell.replace("'", "''") + "'" for cell in row]
                self.execute(f"INSERT INTO {into} VALUES ({', '.join(cells)})")
        finally:
            self.overriding = False
        return Result(tag=f"COPY {len(rows)}")

    def _do_explain(self, words: Words, text: str) -> Result:
        words.take()
        while words.accept("ANALYZE", "VERBOSE"):
            pass
        if words.peek() == "(":
            words.take()
            words.until(")")
            words.take()
        return pgcatalog.explain(self, parse(words.rest(), False))

    def _said(self, words: Words, text: str) -> Result:
        first = words.take()
        return Result(tag={"LOCK": "LOCK TABLE"}.get(first, first))

    _do_vacuum = _do_analyze = _do_checkpoint = _do_reindex = _do_lock = _do_listen = _do_notify = _do_discard = _said

    # What functions ask

    def _ask_current_database(self) -> str:
        return self.database

    _ask_current_catalog = _ask_current_database

    def _ask_current_user(self, *args: Any) -> str:
        return str(self.state["user"])

    _ask_user = _ask_session_user = _ask_current_role = _ask_pg_get_userbyid = _ask_current_user

    def _ask_current_schema(self) -> str | None:
        return next((each for each in self.path() if each in self.data.catalog.schemas), None)

    def _ask_pg_is_in_recovery(self) -> int:
        return int(bool(self.server.replica.get("running")))

    def _ask_pg_postmaster_start_time(self) -> str:
        return times.stamp(self.server.started, True)

    def _ask_inet_server_addr(self) -> str | None:
        return None

    def _ask_pg_database_size(self, name: Any) -> int:
        return 7_700_000

    def _ask_pg_total_relation_size(self, name: Any) -> int:
        return 16384

    _ask_pg_relation_size = _ask_pg_total_relation_size

    def _ask_current_setting(self, name: str, *args: Any) -> str:
        return str(self.setting(name, ""))

    def _ask_set_config(self, name: str, value: str, local: int = 0) -> str:
        self.setting(name, "")
        self.settings[name.lower()] = str(value)
        return str(value)

    def _ask_pg_table_is_visible(self, *args: Any) -> int:
        return 1

    _ask_has_table_privilege = _ask_txid_current = _ask_pg_table_is_visible

    def _ask_obj_description(self, *args: Any) -> None:
        return None


def _place(text: str, near: str) -> int:
    """Return where in a statement a part of it stands; a name as a whole word."""
    import re

    edge = r"\b" if near[:1].isalnum() and near[-1:].isalnum() else ""
    found = list(re.finditer(edge + re.escape(near) + edge, text, re.IGNORECASE))
    return found[0].start() if found else -1


def login(server: Server, user: str, database: str, password: str | None, local: bool) -> None:
    """Let a client in; raise SqlError. Over the network a password is needed, over the socket it is not."""
    role = server.users.get(user)
    trusted = local or server.settings.get("trust")
    if not trusted and password is None:
        raise SqlError(0, "", "fe_sendauth: no password supplied")
    if not trusted and (role is None or not role.get("password") or role["password"] != password):
        raise SqlError(0, "28P01", f'password authentication failed for user "{user}"')
    if role is None:
        raise SqlError(0, "28000", f'role "{user}" does not exist')
    if not role.get("login"):
        raise SqlError(0, "28000", f'role "{user}" is not permitted to log in')
    if database not in server.databases:
        raise SqlError(0, "3D000", f'database "{database}" does not exist')
