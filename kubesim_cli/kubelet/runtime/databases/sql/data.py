"""Tables with their rows, in memory in sqlite; each as a file of its own, and back.

sqlite keeps a table `shop.note` under that very name. It is always in autocommit: a transaction works on a copy of all
(`copied`), so that others do not see what it does until it is committed.
"""

from __future__ import annotations

import json
import sqlite3
from copy import deepcopy
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ...kernel.errors import Exhausted
from . import functions
from .catalog import Catalog, Routine, Sequence, Table, Trigger, View
from .errors import SqlError
from .kinds import Kind, Value

if TYPE_CHECKING:
    from collections.abc import Sequence as Many

    from .session import Session

MOST_STEPS = 20_000       # thousands of sqlite's own steps that a statement may take
MOST_SIZE = 16 << 10      # pages of 4 KiB
_AFFINITY = {"int": "INTEGER", "bool": "INTEGER", "decimal": "REAL", "double": "REAL", "blob": "BLOB"}


class Data:
    """`changed`: the tables, by (schema, name), that are not as their files; ("", "") are the definitions of others."""

    def __init__(self, mysql: bool):
        self.mysql = mysql
        self.catalog = Catalog()
        self.changed: set[tuple[str, str]] = set()
        self.raised: SqlError | None = None
        self.session: Session | None = None
        self.steps = 0
        self._connect()

    def _connect(self) -> None:
        self.sqlite = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self.sqlite.execute(f"PRAGMA max_page_count = {MOST_SIZE}")
        self.sqlite.execute("PRAGMA foreign_keys = ON")
        self.sqlite.set_progress_handler(self._progress, 1000)
        functions.register(self)

    def __deepcopy__(self, memo: Any) -> Data:
        return self.copied()

    def copied(self) -> Data:
        """Return a copy that lives by itself."""
        other = Data(self.mysql)
        other.catalog = deepcopy(self.catalog)
        other.changed = set(self.changed)
        self.sqlite.backup(other.sqlite)
        return other

    def _progress(self) -> int:
        self.steps += 1
        return int(self.steps > MOST_STEPS)

    # Asking

    def run(self, sql: str, values: Many[Value] = ()) -> list[tuple[Value, ...]]:
        """Run a statement of sqlite's; raise SqlError, also what a function in it has raised, or Exhausted."""
        self.raised = None
        try:
            return self.sqlite.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            if self.raised is not None:
                raise self.raised from None
            raise self._failed(error) from None

    def _failed(self, error: sqlite3.Error) -> Exception:
        text = str(error)
        if text == "interrupted":
            return Exhausted("steps")
        if "full" in text or "too big" in text:
            return SqlError(1114, "HY000", "The table is full") if self.mysql else SqlError(
                0, "53100", "could not extend file: No space left on device")
        if "wrong number of arguments to function" in text:
            name = text.rpartition(" ")[2].removeprefix("k_").rstrip("()")
            if self.mysql:
                return SqlError(1582, "42000", f"Incorrect parameter count in the call to native function '{name}'")
            return SqlError(0, "42883", f"function {name}() does not exist", near=name)
        if "FOREIGN KEY" in text:
            return sqlite3.IntegrityError(text)
        return SqlError(1105 if self.mysql else 0, "HY000" if self.mysql else "XX000", text)

    # Tables

    def create(self, table: Table) -> None:
        """Make a table, which gets into the catalog."""
        parts = []
        for column in table.columns:
            collate = " COLLATE NOCASE" if self.mysql and column.kind.family == "text" else ""
            parts.append(f'"{column.name}" {_AFFINITY.get(column.kind.family, "TEXT")}{collate}')
        primary = table.primary
        clustered = self.mysql and primary is not None
        if primary is not None and clustered:
            parts.append(f"PRIMARY KEY ({_list(primary.columns)})")
        for foreign in table.foreigns:
            rules = "".join(f" ON {when} {rule}" for when, rule in (("DELETE", foreign.on_delete),
                                                                  ("UPDATE", foreign.on_update)) if rule)
            parts.append(f'FOREIGN KEY ({_list(foreign.columns)}) REFERENCES "{foreign.schema}.{foreign.table}" '
                         f"({_list(foreign.refs)}){rules}")
        self.run(f"CREATE TABLE {table.place} ({', '.join(parts)}){' WITHOUT ROWID' if clustered else ''}")
        for index in table.indexes:
            if not (index.primary and clustered):
                self.run(f'CREATE {"UNIQUE " if index.unique else ""}INDEX "{table.schema}.{table.name}.{index.name}" '
                         f"ON {table.place} ({_list(index.columns)})")
        self.catalog.tables[table.key] = table
        self.changed.add(table.key)

    def drop(self, table: Table) -> None:
        """Take a table away."""
        self.run("PRAGMA foreign_keys = OFF")
        self.run(f"DROP TABLE {table.place}")
        self.run("PRAGMA foreign_keys = ON")
        del self.catalog.tables[table.key]
        self.changed.add(table.key)

    def rows(self, table: Table) -> list[tuple[Value, ...]]:
        """Return all rows of a table in their order."""
        order = "" if self.mysql and table.primary else " ORDER BY rowid"
        return self.run(f"SELECT {_list(each.name for each in table.columns)} FROM {table.place}{order}")

    def remake(self, old: Table, new: Table, rows: list[tuple[Value, ...]]) -> None:
        """Put a table with other columns, indexes or name in the place of one."""
        self.drop(old)
        self.create(new)
        self.fill(new, rows)

    def fill(self, table: Table, rows: list[tuple[Value, ...]]) -> None:
        """Put rows that are known to be right into a table."""
        marks = ", ".join("?" * len(table.columns))
        self.sqlite.execute("PRAGMA foreign_keys = OFF")
        try:
            self.sqlite.executemany(f"INSERT INTO {table.place} VALUES ({marks})", rows)
        except sqlite3.Error as error:
            raise self._failed(error) from None
        finally:
            self.sqlite.execute("PRAGMA foreign_keys = ON")

    def touched(self, table: Table) -> None:
        """Rows of a table have changed, and with them perhaps of those that refer to it."""
        waiting = [table]
        while waiting:
            each = waiting.pop()
            self.changed.add(each.key)
            waiting += [other for other, _ in self.catalog.referring(each) if other.key not in self.changed]

    # Files

    def dumped(self, key: tuple[str, str]) -> bytes | None:
        """Return the file of a table, None where it is gone; with ("", "") that of all other definitions."""
        if key == ("", ""):
            catalog = self.catalog
            return _line(
                {
                    "schemas": catalog.schemas,
                    "types": catalog.types,
                    "views": [
                        [each.schema, each.name, each.text, [[name, kind.stored()] for name, kind in each.columns]]
                        for each in catalog.views.values()
                    ],
                    "sequences": [
                        [each.schema, each.name, each.start, each.step, each.last]
                        for each in catalog.sequences.values()
                    ],
                    "routines": [asdict(each) for each in catalog.routines.values()],
                    "triggers": [asdict(each) for each in catalog.triggers.values()],
                }
            )
        table = self.catalog.tables.get(key)
        if table is None:
            return None
        return _line(table.stored()) + b"".join(_line([_stored(each) for each in row]) for row in self.rows(table))

    def load(self, data: bytes) -> None:
        """Take a file in."""
        lines = data.splitlines()
        head = json.loads(lines[0])
        if "columns" in head:
            table = Table.read(head)
            self.create(table)
            self.fill(table, [tuple(_read(each) for each in json.loads(line)) for line in lines[1:]])
        else:
            catalog = self.catalog
            catalog.schemas, catalog.types = head["schemas"], head["types"]
            for schema, name, text, columns in head["views"]:
                catalog.views[schema, name] = View(
                    schema, name, text, [(each, Kind.read(kind)) for each, kind in columns]
                )
            for schema, name, start, step, last in head["sequences"]:
                catalog.sequences[schema, name] = Sequence(schema, name, start, step, last)
            for each in head.get("routines", ()):
                routine = Routine(**{**each, "params": [tuple(param) for param in each["params"]]})
                catalog.routines[routine.schema, routine.kind, routine.name.lower()] = routine
            for each in head.get("triggers", ()):
                catalog.triggers[each["schema"], each["name"]] = Trigger(**each)


def _list(names: Any) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogateescape") + b"\n"


def _stored(value: Value) -> Any:
    return {"x": value.hex()} if isinstance(value, bytes) else value


def _read(value: Any) -> Value:
    return bytes.fromhex(value["x"]) if isinstance(value, dict) else value
