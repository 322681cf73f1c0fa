"""Rows that are to be written: their values, and whether the table may have them."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from .catalog import Column, Foreign, Index, Table
from .compiler import Scope, Source, quote
from .dialects import parse
from .errors import SqlError
from .kinds import Value, rounded, shown, taken
from .queries import Queries

Row = list[Value]
DEFAULT = object()


class Rows(Queries):
    """What is asked of a row."""

    def __init__(self, session: Any):
        super().__init__(session)
        self.data = session.data
        self.warnings: list[tuple[str, int, str]] = []
        self._defaults: dict[str, Any] = {}

    def target(self, node: Any) -> Table:
        """Return the table that is to be changed."""
        table = node.this if isinstance(node, exp.Schema) else node
        found = self.session.find(table)
        if found is None:
            raise self.session.no_table(table)
        if not isinstance(found, Table):
            if self.mysql:
                raise SqlError(1471, "HY000", f"The target table {table.name} of the INSERT is not insertable-into")
            raise SqlError(0, "55000", f'cannot change view "{table.name}"')
        return found

    def key(self, table: Table) -> list[str]:
        """Return the columns, or the rowid, by which sqlite knows a row."""
        primary = table.primary
        return list(primary.columns) if self.mysql and primary is not None else ["rowid"]

    def _where(self, table: Table, key: tuple[Value, ...]) -> str:
        return " AND ".join(f"{quote(name) if name != 'rowid' else name} = ?" for name in self.key(table))

    def no_such_column(self, table: Table, name: str) -> SqlError:
        """Return the error of a list of columns."""
        if self.mysql:
            return SqlError(1054, "42S22", f"Unknown column '{name}' in '{self._clause('INSERT INTO')}'")
        return SqlError(0, "42703", f'column "{name}" of relation "{table.name}" does not exist', near=name)

    def constant(self, node: Any) -> Value:
        """Return what an expression without columns is worth; `DEFAULT` for DEFAULT."""
        if isinstance(node, exp.Literal) and (node.is_string or (node.this.isdigit() and len(node.this) < 18)):
            return node.this if node.is_string else int(node.this)
        if isinstance(node, exp.Null):
            return None
        if isinstance(node, (exp.Var, exp.Column)) and node.name.upper() == "DEFAULT":
            return DEFAULT
        found = self.expr(node, Scope(clause="SELECT"))
        return self.data.run(f"SELECT {found.sql}")[0][0]

    def default(self, table: Table, column: Column) -> Value:
        """Return what a column gets where nothing is said of it; takes a number where it is automatic."""
        if column.auto:
            if not self.mysql:
                sequence = self.catalog.sequences.get((table.schema, f"{table.name}_{column.name}_seq"))
                if sequence is not None:
                    return self.session.ask("nextval", f"{table.schema}.{sequence.name}")
            table.next += 1
            return table.next - 1
        if column.default is None:
            return None
        parsed = self._defaults.get(column.default)
        if parsed is None:
            select = parse(f"SELECT {column.default}", self.mysql)
            parsed = self._defaults[column.default] = select.expressions[0]
        return taken(self.constant(parsed), column.kind, self.mysql, column.name)

    def _taken(self, value: Value, column: Column, row: int) -> Value:
        if self.mysql and column.kind.family == "decimal" and isinstance(value, float):
            scale = column.kind.scale or 0
            if abs(float(rounded(value, scale)) - value) > 1e-9:
                self.warnings.append(("Note", 1265, f"Data truncated for column '{column.name}' at row {row}"))
        return taken(value, column.kind, self.mysql, column.name, row)

    def check(self, table: Table, values: Row, row: int, given: set[str] | None = None) -> None:
        """Raise SqlError where a row breaks NOT NULL or a check."""
        for column, value in zip(table.columns, values, strict=True):
            if value is None and not column.null:
                if self.mysql:
                    if given is not None and column.name not in given:
                        raise SqlError(1364, "HY000", f"Field '{column.name}' doesn't have a default value")
                    raise SqlError(1048, "23000", f"Column '{column.name}' cannot be null")
                raise SqlError(0, "23502", f'null value in column "{column.name}" of relation "{table.name}" violates '
                                           "not-null constraint", self._failing(table, values))
        for check in table.checks:
            node = parse(f"SELECT {check.text}", self.mysql).expressions[0]
            scope = Scope([Source(table.name, [(each.name, each.kind) for each in table.columns])], clause="CHECK")
            names = ", ".join(f"? AS {quote(each.name)}" for each in table.columns)
            if self.data.run(f"SELECT {self.expr(node, scope).sql} FROM (SELECT {names}) AS {quote(table.name)}",
                             values)[0][0] == 0:
                if self.mysql:
                    if self.session.maria:
                        raise SqlError(4025, "23000", f"CONSTRAINT `{check.name}` failed for "
                                                      f"`{table.schema}`.`{table.name}`")
                    raise SqlError(3819, "HY000", f"Check constraint '{check.name}' is violated.")
                raise SqlError(
                    0,
                    "23514",
                    f'new row for relation "{table.name}" violates check constraint "{check.name}"',
                    self._failing(table, values),
                )

    def _failing(self, table: Table, values: Row) -> str:
        cells = (shown(value, column.kind, False) for column, value in zip(table.columns, values, strict=True))
        return f"Failing row contains ({', '.join('null' if cell is None else cell for cell in cells)})."

    def conflict(
        self, table: Table, values: Row, but: tuple[Value, ...] | None = None
    ) -> tuple[Index, tuple[Value, ...]] | None:
        """Return (index, key of the row that is there) where a row's unique values are another's already."""
        by_name = {column.name: value for column, value in zip(table.columns, values, strict=True)}
        keys = ", ".join(quote(name) if name != "rowid" else name for name in self.key(table))
        for index in table.indexes:
            if not index.unique:
                continue
            parts = [by_name[name] for name in index.columns]
            if None in parts:
                continue
            tests = " AND ".join(f"{quote(name)} = ?" for name in index.columns)
            for key in self.data.run(f"SELECT {keys} FROM {table.place} WHERE {tests}", parts):
                if key != but:
                    return index, key
        return None

    def duplicate(self, table: Table, index: Index, values: Row) -> SqlError:
        """Return the error of a row whose unique values are another's already."""
        by_name = {column.name: shown(value, column.kind, self.mysql)
                   for column, value in zip(table.columns, values, strict=True)}
        parts = [str(by_name[name]) for name in index.columns]
        if self.mysql:
            key = index.name if self.session.maria else f"{table.name}.{index.name}"
            return SqlError(1062, "23000", f"Duplicate entry '{'-'.join(parts)}' for key '{key}'")
        return SqlError(0, "23505", f'duplicate key value violates unique constraint "{index.name}"',
                        f"Key ({', '.join(index.columns)})=({', '.join(parts)}) already exists.")

    def check_foreign(self, table: Table, values: Row) -> None:
        """Raise SqlError where what a row refers to is not there."""
        by_name = {column.name: value for column, value in zip(table.columns, values, strict=True)}
        for foreign in table.foreigns:
            parts = [by_name[name] for name in foreign.columns]
            own = foreign.table == table.name and foreign.schema == table.schema and all(
                by_name.get(ref) == part for ref, part in zip(foreign.refs, parts, strict=False))
            if None in parts or own or (foreign.schema, foreign.table) not in self.catalog.tables:
                continue
            tests = " AND ".join(f"{quote(name)} = ?" for name in foreign.refs)
            if not self.data.run(f'SELECT 1 FROM "{foreign.schema}.{foreign.table}" WHERE {tests} LIMIT 1', parts):
                if self.mysql:
                    raise SqlError(1452, "23000", "Cannot add or update a child row: a foreign key constraint fails "
                                                  f"({self.constraint(table, foreign)})")
                raise SqlError(
                    0,
                    "23503",
                    f'insert or update on table "{table.name}" violates foreign key constraint "{foreign.name}"',
                    f"Key ({', '.join(foreign.columns)})="
                    f'({", ".join(map(str, parts))}) is not present in table "{foreign.table}".',
                )

    def constraint(self, table: Table, foreign: Foreign) -> str:
        """Return a foreign key as MySQL's errors tell it."""
        rules = "".join(f" ON {when} {rule}" for when, rule in (("DELETE", foreign.on_delete),
                                                              ("UPDATE", foreign.on_update)) if rule)
        return (
            f"`{table.schema}`.`{table.name}`, CONSTRAINT `{foreign.name}` FOREIGN KEY ({ticked(foreign.columns)}) "
            f"REFERENCES `{foreign.table}` ({ticked(foreign.refs)}){rules}"
        )

    def _referred(self, table: Table, values: Row) -> SqlError:
        """Return the error of a row that others refer to."""
        by_name = {column.name: value for column, value in zip(table.columns, values, strict=True)}
        for other, foreign in self.catalog.referring(table):
            parts = [by_name[name] for name in foreign.refs]
            tests = " AND ".join(f"{quote(name)} = ?" for name in foreign.columns)
            if self.data.run(f"SELECT 1 FROM {other.place} WHERE {tests} LIMIT 1", parts):
                if self.mysql:
                    return SqlError(
                        1451,
                        "23000",
                        "Cannot delete or update a parent row: a foreign key constraint fails "
                        f"({self.constraint(other, foreign)})",
                    )
                return SqlError(
                    0,
                    "23503",
                    f'update or delete on table "{table.name}" violates foreign key constraint '
                    f'"{foreign.name}" on table "{other.name}"',
                    f"Key ({', '.join(foreign.refs)})="
                    f"({', '.join(map(str, parts))}) is still referenced from table "
                    f'"{other.name}".',
                )
        return SqlError(1451, "23000", "Cannot delete or update a parent row: a foreign key constraint fails")


def ticked(names: list[str]) -> str:
    """Return names as MySQL lists them."""
    return ", ".join(f"`{name}`" for name in names)
