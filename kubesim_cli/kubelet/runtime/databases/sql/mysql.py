"""A MySQL or MariaDB server's session: what each statement does.

Statements about data are parsed by sqlglot; those about the server (SET, GRANT, CHANGE MASTER TO ...) word by word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlglot import exp

from . import mysqlexplain, mysqlshow, mysqlsystem, prepared, routinecalls, routinedefs
from .catalog import Table, View
from .compiler import E
from .data import Data
from .definitions import Definitions
from .dialects import parse, projections, syntax
from .errors import SqlError, unsupported
from .kinds import Kind
from .mysqlpasswords import kept_of
from .mysqlsettings import Settings
from .results import Result
from .words import STATEMENTS, Words

if TYPE_CHECKING:
    from .routinerun import Run

SYSTEM = ("information_schema", "mysql", "performance_schema", "sys")
_COMMITS = frozenset((
    "ALTER", "CREATE", "DROP", "RENAME", "TRUNCATE", "GRANT", "REVOKE", "START", "BEGIN", "LOCK",
))


class MySQL(Settings):
    """`state["applier"]`: it is the one that a replica applies its source's events by."""

    def _home(self) -> str:
        return ""

    def schema_of(self, table: exp.Table) -> str:
        schema = str(table.db) or self.database
        if not schema:
            raise SqlError(1046, "3D000", "No database selected")
        if schema in SYSTEM:
            raise SqlError(1044, "42000", f"Access denied for user {self.account()} to database '{schema}'")
        if schema not in self.data.catalog.schemas:
            raise SqlError(1049, "42000", f"Unknown database '{schema}'")
        self.allowed(schema)
        return schema

    def account(self) -> str:
        """Return the user as MySQL's errors tell it."""
        return f"'{self.state['user']}'@'{self.state.get('account_host', '%')}'"

    def may(self, schema: str) -> bool:
        """Tell whether the user has any right on a database."""
        grants = self.server.users.get(f"{self.state['user']}@{self.state.get('account_host', '%')}", {}).get(
            "grants", []
        )
        return any(each[1] in ("*", schema) for each in grants if each[0] != "USAGE")

    def allowed(self, schema: str) -> None:
        """Raise SqlError where the user may not use a database."""
        if not self.may(schema):
            raise SqlError(1044, "42000", f"Access denied for user {self.account()} to database '{schema}'")

    def find(self, table: exp.Table) -> Table | View | None:
        schema = str(table.db) or self.database
        if not schema:
            raise SqlError(1046, "3D000", "No database selected")
        if schema in SYSTEM:
            return None
        if not self.may(schema):
            raise SqlError(1142, "42000", f"SELECT command denied to user {self.account()} for table "
                           + (f"`{schema}`.`{table.name}`" if self.maria else f"'{table.name}'"))
        catalog = self.data.catalog
        return catalog.tables.get((schema, table.name)) or catalog.views.get((schema, table.name))

    def system(self, schema: str, name: str) -> tuple[list[tuple[str, Kind]], list[tuple[Any, ...]]] | None:
        return mysqlsystem.table(self, (schema or self.database).lower(), name.lower())

    def no_table(self, table: exp.Table) -> SqlError:
        schema = str(table.db) or self.database
        if schema == "information_schema":
            return SqlError(1109, "42S02", f"Unknown table '{table.name}' in information_schema")
        if schema not in self.data.catalog.schemas and schema not in SYSTEM and not self.maria:
            return SqlError(1049, "42000", f"Unknown database '{schema}'")
        return SqlError(1146, "42S02", f"Table '{schema}.{table.name}' doesn't exist")

    def setting(self, name: str, scope: str) -> Any:
        known = mysqlsystem.settings(self, scope.lower() == "global")
        if name.lower() not in known:
            raise SqlError(1193, "HY000", f"Unknown system variable '{name}'")
        value = known[name.lower()]
        return int(value) if isinstance(value, bool) else value

    # Statements

    def execute(self, text: str) -> Result:
        text = text.strip()
        self.seed, self.delay, self.warnings = None, 0.0, []
        words = Words(text)
        first = words.peek()
        if first not in STATEMENTS:
            raise syntax(text, text, True, self.maria)
        self.data.steps = 0
        try:
            result = self._run(first, text, words)
        except SqlError as error:
            self.state["warnings"] = [["Error", error.code, error.message]]
            raise
        result.notices += self.warnings
        if first != "SHOW":
            self.state["warnings"] = [list(each) for each in result.notices]
            self.state["row_count"] = result.affected if result.columns is None else -1
            self.state["found_rows"] = len(result.rows)
        result.delay = self.delay
        self.seed_text = self.state.get("seed", "")
        return result

    def _run(self, first: str, text: str, words: Words) -> Result:
        if first in _COMMITS and self.transaction is not None and words.peek(1) not in ("SLAVE", "REPLICA"):
            self.commit()
        writes = first in (
            "INSERT",
            "UPDATE",
            "DELETE",
            "REPLACE",
            "ALTER",
            "CREATE",
            "DROP",
            "RENAME",
            "TRUNCATE",
            "GRANT",
        )
        if writes:
            self._writable()
        own = getattr(self, f"_do_{first.lower()}", None)
        if own is not None:
            found: Result | None = own(words, text)
            if found is not None:
                return found
        return self._parsed(text, first)

    def _writable(self) -> None:
        settings = mysqlsystem.settings(self, True)
        if self.state.get("applier"):
            return
        for name in ("super_read_only", "read_only"):
            if settings.get(name) and (name[0] == "s" or self.state["user"] != "root" or self.maria):
                if name[0] == "r" and self.maria and self.state["user"] == "root":
                    continue
                option = "--" + name.replace("_", "-")
                raise SqlError(
                    1290,
                    "HY000",
                    f"The {'MariaDB' if self.maria else 'MySQL'} server is running with the {option} "
                    "option so it cannot execute this statement",
                )

    def _parsed(self, text: str, first: str) -> Result:
        replace = first == "REPLACE"
        node = parse("INSERT" + text[7:] if replace else text, True, self.maria)
        if isinstance(node, exp.Command):
            raise unsupported(first, True)
        if not self.state.get("autocommit", True) and self.transaction is None:
            self.begin()
        runner = Definitions(self)
        if isinstance(node, (exp.Query, exp.Values)):
            runner.names = projections(self.heading or text, True)
            found = runner.query(node)
            result = Result(tag=f"SELECT {0}")
            result.fill(found.columns, self.data.run(found.sql), True)
            return result
        changed = self.changed_rows(runner, text, node, replace)
        if changed is None:
            changed = self._defined(runner, node)
            self.wrote(text)
        changed.notices += runner.warnings
        return changed

    def _defined(self, runner: Definitions, node: E) -> Result:
        if isinstance(node, exp.Create):
            return runner.create(node)
        if isinstance(node, exp.Alter):
            return runner.alter(node)
        if isinstance(node, exp.Drop):
            dropped = runner.drop(node)
            routinedefs.forget(self)
            return dropped
        raise unsupported(type(node).__name__.upper(), True)

    # Databases

    def _do_use(self, words: Words, text: str) -> Result:
        words.take()
        name = words.name()
        if name not in self.data.catalog.schemas and name not in SYSTEM:
            raise SqlError(1049, "42000", f"Unknown database '{name}'")
        if name not in ("information_schema", "performance_schema"):
            self.allowed(name)
        self.state["database"] = name
        return Result(database=name)

    def _do_create(self, words: Words, text: str) -> Result | None:
        words.take()
        if words.accept("USER"):
            return self._create_user(words, text)
        made = routinedefs.create(self, words, text)
        if made is not None:
            return made
        if not words.accept("DATABASE", "SCHEMA"):
            return None
        exists = words.accept("IF") and words.accept("NOT") and words.accept("EXISTS")
        name = words.name()
        self._allowed_everywhere(name)
        schemas = self.data.catalog.schemas
        if name in schemas or name in SYSTEM:
            if exists:
                return Result(affected=0 if self.maria else 1,
                              notices=[("Note", 1007, f"Can't create database '{name}'; database exists")])
            raise SqlError(1007, "HY000", f"Can't create database '{name}'; database exists")
        schemas.append(name)
        schemas.sort()
        self.data.changed.add(("", ""))
        self.wrote(text)
        return Result(affected=1)

    def _allowed_everywhere(self, schema: str) -> None:
        self.allowed(schema)

    def _do_drop(self, words: Words, text: str) -> Result | None:
        words.take()
        if words.accept("USER"):
            return self._drop_user(words, text)
        if words.peek() == "PREPARE":
            words.at -= 1
            return prepared.mysql_deallocate(self, words)
        gone = routinedefs.drop(self, words, text)
        if gone is not None:
            return gone
        if not words.accept("DATABASE", "SCHEMA"):
            return None
        exists = words.accept("IF") and words.accept("EXISTS")
        name = words.name()
        if name in SYSTEM:
            raise SqlError(1044, "42000", f"Access denied for user {self.account()} to database '{name}'")
        if name not in self.data.catalog.schemas:
            if exists:
                return Result(notices=[("Note", 1008, f"Can't drop database '{name}'; database doesn't exist")])
            raise SqlError(1008, "HY000", f"Can't drop database '{name}'; database doesn't exist")
        self.allowed(name)
        data: Data = self.data
        those = [table for table in data.catalog.tables.values() if table.schema == name]
        views = [view for view in data.catalog.views if view[0] == name]
        for table in those:
            data.drop(table)
        for view in views:
            del data.catalog.views[view]
        for routine in [each for each in data.catalog.routines if each[0] == name]:
            del data.catalog.routines[routine]
        data.catalog.schemas.remove(name)
        data.changed.add(("", ""))
        self.server.dropped.append(name)
        if self.database == name:
            self.state["database"] = ""
        self.wrote(text)
        return Result(affected=len(those) + len(views), database="" if not self.database else None)

    def _do_rename(self, words: Words, text: str) -> Result:
        words.take()
        words.need("TABLE", "TABLES")
        pairs = []
        while True:
            old = words.dotted()
            words.need("TO")
            pairs.append((old, words.dotted()))
            if not words.accept(","):
                break
        for old, new in pairs:
            runner = Definitions(self)
            table, target = exp.table_(old[1], db=old[0] or None), exp.table_(new[1], db=new[0] or None)
            if self.find(table) is None:
                raise self.no_table(table)
            runner.alter(exp.Alter(this=table, kind="TABLE", actions=[exp.AlterRename(this=target)]))
        self.wrote(text)
        return Result()

    def _do_describe(self, words: Words, text: str) -> Result | None:
        words.take()
        if words.peek() in ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "FORMAT", "ANALYZE"):
            return mysqlexplain.explain(self, text)
        words.accept("TABLE")
        return mysqlshow.columns(self, words.dotted(), (words.peek() and words.name()) or "")

    _do_desc = _do_explain = _do_describe

    def called(self, text: str, outer: Run | None = None) -> Result:
        """Run CALL, as a statement of a routine's where there is an `outer` one."""
        return routinecalls.call(self, text, outer)

    def _do_call(self, words: Words, text: str) -> Result:
        return self.called(text)

    def _do_select(self, words: Words, text: str) -> Result | None:
        return routinecalls.select_into(self, text)

    def fire(self, table: Table, timing: str, event: str, old: list[Any], new: list[Any]) -> list[Any]:
        if not self.data.catalog.triggers:
            return new
        return routinecalls.fire(self, table, timing, event, old, new)

    def routine(self, name: str, count: int) -> tuple[str, Kind] | None:
        found = self.data.catalog.routines.get((self.database, "FUNCTION", name))
        return None if found is None else routinecalls.called(self, found, count)

    def _ask_routine(self, schema: str, name: str, *args: Any) -> Any:
        return routinecalls.apply(self, schema, name, args)

    def _do_show(self, words: Words, text: str) -> Result:
        return mysqlshow.show(self, words, text)

    # Transactions

    def _do_start(self, words: Words, text: str) -> Result | None:
        words.take()
        if words.accept("SLAVE", "REPLICA"):
            return self._replicate("START")
        words.need("TRANSACTION")
        self.begin()
        return Result()

    def _do_stop(self, words: Words, text: str) -> Result:
        words.take()
        words.need("SLAVE", "REPLICA")
        return self._replicate("STOP")

    def _do_reset(self, words: Words, text: str) -> Result:
        words.take()
        if words.accept("SLAVE", "REPLICA"):
            return self._replicate("RESET")
        return Result()

    def _do_begin(self, words: Words, text: str) -> Result:
        self.begin()
        return Result()

    def _do_commit(self, words: Words, text: str) -> Result:
        self.commit()
        return Result()

    def _do_savepoint(self, words: Words, text: str) -> Result:
        words.take()
        self.savepoint(words.name())
        return Result()

    def _do_rollback(self, words: Words, text: str) -> Result:
        words.take()
        words.accept("WORK")
        if words.accept("TO"):
            words.accept("SAVEPOINT")
            self._known(words.name(), self.rollback_to)
            return Result()
        self.rollback()
        return Result()

    def _do_release(self, words: Words, text: str) -> Result:
        words.take()
        words.need("SAVEPOINT")
        self._known(words.name(), self.release)
        return Result()

    def _known(self, name: str, act: Any) -> None:
        if not act(name):
            raise SqlError(1305, "42000", f"SAVEPOINT {name} does not exist")

    # Users

    def _do_alter(self, words: Words, text: str) -> Result | None:
        words.take()
        if words.accept("DATABASE", "SCHEMA"):
            return Result(affected=1)
        if not words.accept("USER"):
            return None
        words.accept("IF") and words.accept("EXISTS")
        name, host = self._user(words)
        if name.upper() == "USER" and words.accept("("):
            words.need(")")
            name, host = self.state["user"], self.state.get("account_host", "%")
        user = self.server.users.get(f"{name}@{host}")
        if user is None:
            raise SqlError(1396, "HY000", f"Operation ALTER USER failed for '{name}'@'{host}'")
        password = self._password(words)
        if password is not None:
            user["password"] = kept_of(password)
        self._users(text)
        return Result()

    def _do_flush(self, words: Words, text: str) -> Result:
        return Result()

    _do_lock = _do_unlock = _do_kill = _do_purge = _do_flush

    def _do_analyze(self, words: Words, text: str) -> Result:
        what = words.take().lower()
        words.accept("LOCAL")
        words.need("TABLE", "TABLES")
        rows = []
        while True:
            schema, name = words.dotted()
            if self.find(exp.table_(name, db=schema or None)) is None:
                rows.append([f"{schema or self.database}.{name}", what, "Error",
                             f"Table '{schema or self.database}.{name}' doesn't exist"])
            rows.append([f"{schema or self.database}.{name}", what, "status", "OK"])
            if not words.accept(","):
                return Result.table(["Table", "Op", "Msg_type", "Msg_text"], rows)

    _do_check = _do_optimize = _do_analyze

    # Replication

    # What functions ask

    def _ask_database(self) -> str | None:
        return self.database or None

    _ask_schema = _ask_database

    def _ask_user(self) -> str:
        return f"{self.state['user']}@{self.state.get('host', 'localhost')}"

    _ask_session_user = _ask_system_user = _ask_user

    def _ask_current_user(self) -> str:
        return f"{self.state['user']}@{self.state.get('account_host', 'localhost')}"

    def _ask_last_insert_id(self, value: int | None = None) -> int:
        if value is not None:
            self.state["last_id"] = value
        return int(self.state.get("last_id") or 0)

    def _ask_row_count(self) -> int:
        return int(self.state.get("row_count", 0))

    def _ask_found_rows(self) -> int:
        return int(self.state.get("found_rows", 0))

    def _ask_variable(self, name: str) -> Any:
        return self.variables.get(name)

    def _ask_assign(self, name: str, value: Any) -> Any:
        self.variables[name] = value
        return value

    def _ask_benchmark(self, *args: Any) -> int:
        return 0

    def _ask_get_lock(self, *args: Any) -> int:
        return 1

    _ask_release_lock = _ask_get_lock
