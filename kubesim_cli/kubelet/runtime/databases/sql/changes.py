"""INSERT, UPDATE and DELETE: rows are worked out by a query, checked one by one, and written."""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlglot import exp

from .catalog import Column, Foreign, Index, Table
from .compiler import E, Expr, Scope, Source, quote
from .dialects import parse
from .errors import SqlError, unsupported
from .kinds import Value, postgres_name, rounded, shown, taken
from .queries import Queries
from .results import Result

Row = list[Value]
_DEFAULT = object()


class Changes(Queries):
    """What changes rows. `warnings`: of MySQL, (level, code, message)."""

    def __init__(self, session: Any):
        super().__init__(session)
        self.data = session.data
        self.warnings: list[tuple[str, int, str]] = []
        self._defaults: dict[str, Any] = {}

    # The table

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

    # Values

    def constant(self, node: Any) -> Value:
        """Return what an expression without columns is worth; `_DEFAULT` for DEFAULT."""
        if isinstance(node, exp.Literal) and (node.is_string or (node.this.isdigit() and len(node.this) < 18)):
            return node.this if node.is_string else int(node.this)
        if isinstance(node, exp.Null):
            return None
        if isinstance(node, (exp.Var, exp.Column)) and node.name.upper() == "DEFAULT":
            return _DEFAULT
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

    # Checks

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
            f"`{table.schema}`.`{table.name}`, CONSTRAINT `{foreign.name}` FOREIGN KEY ({_ticked(foreign.columns)}) "
            f"REFERENCES `{foreign.table}` ({_ticked(foreign.refs)}){rules}"
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

    def _change(self, table: Table, before: Row, sql: str, values: Row) -> None:
        try:
            self.data.run(sql, values)
        except sqlite3.IntegrityError:
            raise self._referred(table, before) from None

    # INSERT

    def insert(self, node: exp.Insert, replace: bool = False) -> Result:
        """Run an INSERT, or a REPLACE."""
        table = self.target(node.this)
        named = [each.name for each in node.this.expressions] if isinstance(node.this, exp.Schema) else []
        for name in named:
            if table.column(name) is None:
                raise self.no_such_column(table, name)
        names = [column.name for name in named if (column := table.column(name)) is not None] or [
            each.name for each in table.columns]
        source = node.expression
        simple = isinstance(source, exp.Values) or source is None
        rows = self._given(source, table, names, bool(named))
        conflict = node.args.get("conflict")
        ignore = bool(node.args.get("ignore"))
        kept: list[tuple[Value, ...]] = []
        count = affected = duplicates = 0
        first: int | None = None
        for at, row in enumerate(rows, 1):
            try:
                values, made = self._whole(table, names, row, at)
                if made is not None and first is None:
                    first = made
                there = self.conflict(table, values)
                if there is not None:
                    index, key = there
                    duplicates += 1
                    if replace:
                        affected += self._remove_conflicts(table, values)
                    elif conflict is not None and self._meant(conflict, index):
                        changed = self._on_conflict(conflict, table, key, values)
                        affected += changed
                        if changed:
                            kept.append(key)
                        continue
                    else:
                        raise self.duplicate(table, index, values)
                self.check_foreign(table, values)
            except SqlError as error:
                if not ignore:
                    raise
                self.warnings.append(("Warning", error.code, error.message))
                continue
            marks = ", ".join("?" * len(values))
            self.data.run(f"INSERT INTO {table.place} VALUES ({marks})", values)
            kept.append(self._key_of(table, values))
            affected += 1
            count += 1
        self.data.touched(table)
        if first is not None:
            self.session.state["last_id"] = first
        info = f"Records: {len(rows)}  Duplicates: {duplicates}  Warnings: {len(self.warnings)}" if (
            len(rows) > 1 or not simple) else ""
        result = Result(tag=f"INSERT 0 {affected}", affected=affected, info=info)
        return self.returning(node, table, kept, result)

    def _key_of(self, table: Table, values: Row) -> tuple[Value, ...]:
        key = self.key(table)
        if key == ["rowid"]:
            return (self.data.run("SELECT last_insert_rowid()")[0][0],)
        by_name = {column.name: value for column, value in zip(table.columns, values, strict=True)}
        return tuple(by_name[name] for name in key)

    def _given(self, source: Any, table: Table, names: list[str], named: bool) -> list[list[Any]]:
        """Return the rows that are to be inserted."""
        if source is None:
            return [[]]
        if isinstance(source, exp.Values):
            rows = []
            for at, each in enumerate(source.expressions, 1):
                items = each.expressions if isinstance(each, exp.Tuple) else [each]
                self._count(len(items), names, at, named, items, table)
                rows.append([self._value(item, table.column(name)) for item, name in zip(items, names, strict=False)])
            return rows
        found = self.query(source)
        self._count(len(found.columns), names, 1, named, [], table)
        return [list(row) for row in self.data.run(found.sql)]

    def _value(self, item: Any, column: Column | None) -> Any:
        value = self.constant(item)
        if not self.mysql and column is not None and isinstance(value, str) and not isinstance(item, exp.Literal):
            kind = self.expr(item, Scope(clause="SELECT")).kind
            if (
                kind.family == "text"
                and kind.label != "unknown"
                and column.kind.family in ("int", "decimal", "bool", "date")
            ):
                raise SqlError(
                    0,
                    "42804",
                    f'column "{column.name}" is of type {postgres_name(column.kind)} but expression is '
                    f"of type {postgres_name(kind)}",
                    hint="You will need to rewrite or cast the expression.",
                )
        return value

    def _count(self, count: int, names: list[str], row: int, named: bool, items: list[Any], table: Table) -> None:
        if self.mysql:
            if count != len(names) and not (count == 0 and not named):
                raise SqlError(1136, "21S01", f"Column count doesn't match value count at row {row}")
        elif count > len(names):
            extra = items[len(names)].sql("postgres") if items else ""
            raise SqlError(0, "42601", "INSERT has more expressions than target columns", near=extra)
        elif named and count < len(names):
            raise SqlError(0, "42601", "INSERT has more target columns than expressions", near=names[count])

    def _whole(self, table: Table, names: list[str], row: list[Any], at: int) -> tuple[Row, int | None]:
        """Return a whole row, and the number that its automatic column got."""
        given = {name: value for name, value in zip(names, row, strict=False) if value is not _DEFAULT}
        values: Row = []
        made = None
        for column in table.columns:
            value = given.get(column.name, _DEFAULT)
            if column.auto and (value is _DEFAULT or (self.mysql and (value is None or value in (0, "0")))):
                value = made = self.default(table, column)
                given[column.name] = value
            elif value is _DEFAULT:
                value = self.default(table, column)
                if value is None and column.kind.name == "enum" and not column.null and self.mysql:
                    value = column.kind.values[0]
                if value is not None:
                    given[column.name] = value
            else:
                if column.auto == "always":
                    raise SqlError(0, "428C9", f'cannot insert a non-DEFAULT value into column "{column.name}"',
                                   f'Column "{column.name}" is an identity column defined as GENERATED ALWAYS.',
                                   "Use OVERRIDING SYSTEM VALUE to override.")
                value = self._taken(value, column, at)
                if column.auto and self.mysql and isinstance(value, int):
                    table.next = max(table.next, value + 1)
            values.append(value)
        self.check(table, values, at, set(given))
        return values, made

    def _remove_conflicts(self, table: Table, values: Row) -> int:
        count = 0
        while (there := self.conflict(table, values)) is not None:
            self._change(table, self._current(table, there[1]), f"DELETE FROM {table.place} WHERE "
                                                                f"{self._where(table, there[1])}", list(there[1]))
            count += 1
        return count

    def _current(self, table: Table, key: tuple[Value, ...]) -> Row:
        names = ", ".join(quote(each.name) for each in table.columns)
        return list(self.data.run(f"SELECT {names} FROM {table.place} WHERE {self._where(table, key)}", key)[0])

    def _meant(self, conflict: E, index: Index) -> bool:
        """Whether ON CONFLICT is about an index."""
        keys = [each.name for each in conflict.args.get("conflict_keys") or []]
        constraint = conflict.args.get("constraint")
        if constraint is not None:
            return bool(constraint.name == index.name)
        return not keys or set(keys) == set(index.columns)

    def _on_conflict(self, conflict: E, table: Table, key: tuple[Value, ...], values: Row) -> int:
        """Run ON DUPLICATE KEY UPDATE or ON CONFLICT; return how many rows count as affected."""
        if "UPDATE" not in str(conflict.args.get("action") or "").upper():
            return 0
        columns = [(each.name, each.kind) for each in table.columns]
        scope = Scope([Source(table.name, columns, table)], Scope([Source("excluded", columns)]), clause="SET")
        names = ", ".join(f"? AS {quote(name)}" for name, _ in columns)
        source = f'{table.place} AS {quote(table.name)}, (SELECT {names}) AS "excluded"'
        changes = [
            (self._column(table, each.this.name), self.expr(each.expression, scope)) for each in conflict.expressions
        ]
        where = f"WHERE {self._where_of(table)}"
        condition = conflict.args.get("where")
        if condition is not None:
            where += f" AND {self.expr(condition.this, scope).sql}"
        found = self.data.run(f"SELECT {', '.join(value.sql for _, value in changes)} FROM {source} {where}",
                              [*values, *key])
        if not found:
            return 0
        new = {column.name: self._taken(value, column, 1) for (column, _), value in zip(changes, found[0], strict=True)}
        changed = self._write(table, key, new, 1)
        return (2 if changed else 0) if self.mysql else 1

    def _where_of(self, table: Table) -> str:
        return " AND ".join(
            f"{quote(table.name)}.{quote(name) if name != 'rowid' else name} = ?" for name in self.key(table)
        )

    def _column(self, table: Table, name: str) -> Column:
        column = table.column(name)
        if column is None:
            if self.mysql:
                raise SqlError(1054, "42S22", f"Unknown column '{name}' in '{self._clause('UPDATE')}'")
            raise self.no_such_column(table, name)
        return column

    # UPDATE and DELETE

    def _write(self, table: Table, key: tuple[Value, ...], new: dict[str, Value], row: int) -> bool:
        """Change one row; return whether it is another than before."""
        before = self._current(table, key)
        values = [new.get(column.name, value) for column, value in zip(table.columns, before, strict=True)]
        if self.mysql and all(
            one == other and type(one) is type(other) for one, other in zip(values, before, strict=True)
        ):
            return False
        if self.mysql:
            for at, column in enumerate(table.columns):
                if column.on_update and column.name not in new:
                    values[at] = self.session.ask("now")
        self.check(table, values, row)
        there = self.conflict(table, values, key)
        if there is not None:
            raise self.duplicate(table, there[0], values)
        self.check_foreign(table, values)
        sets = ", ".join(f"{quote(column.name)} = ?" for column in table.columns)
        if not self.mysql:
            sets += f", rowid = (SELECT max(rowid) + 1 FROM {table.place})"
        self._change(table, before, f"UPDATE {table.place} SET {sets} WHERE {self._where(table, key)}", [*values, *key])
        return True

    def _chosen(self, node: E, table: Table, alias: str, scope: Scope, source: str) -> str:
        """Return FROM, WHERE, ORDER BY and LIMIT of what is to be changed."""
        where = node.args.get("where")
        sql = source
        if where is not None:
            sql += f" WHERE {self._in_clause(where.this, scope, 'WHERE').sql}"
        return sql + self._tail(node, scope, self.query(exp.select("1")))

    def _keys(self, table: Table, alias: str) -> str:
        return ", ".join(f"{quote(alias)}.{quote(name) if name != 'rowid' else name}" for name in self.key(table))

    def update(self, node: exp.Update) -> Result:
        """Run an UPDATE."""
        first = node.this
        table, alias = self.target(first), first.alias or first.name
        scope = Scope(clause="UPDATE")
        source = self.sources(exp.Select(from_=exp.From(this=first), joins=node.args.get("joins")), scope)
        more = node.args.get("from_") or node.args.get("from")
        if more is not None:
            source += "".join(self._join(exp.Join(this=each), scope) for each in [more.this])
            for join in more.this.args.get("joins") or []:
                source += self._join(join, scope)
        before, scope.clause = scope.clause, "SET"
        changes: list[tuple[Column, Expr | None]] = []
        for each in node.expressions:
            name = each.this
            if isinstance(name, exp.Column) and name.table and name.table.lower() != alias.lower():
                other = next((one for one in scope.sources if one.alias.lower() == name.table.lower()), None)
                if other is None or other.table is None:
                    raise self._no_column(name.name, name.table, scope)
                table, alias = other.table, other.alias
            column = self._column(table, name.name)
            value = each.expression
            if isinstance(value, (exp.Var, exp.Column)) and value.name.upper() == "DEFAULT":
                changes.append((column, None))
            else:
                changes.append((column, self._as(self.expr(value, scope), column.kind)))
        scope.clause = before
        keys = self.key(table)
        wanted = [self._keys(table, alias), *(value.sql for _, value in changes if value is not None)]
        found = self.data.run(f"SELECT {', '.join(wanted)}{self._chosen(node, table, alias, scope, source)}")
        changed, done = 0, []
        for at, row in enumerate(found, 1):
            key, rest = row[:len(keys)], list(row[len(keys):])
            new = {}
            for column, expr in changes:
                new[column.name] = self.default(table, column) if expr is None else self._taken(rest.pop(0), column, at)
            if self._write(table, key, new, at):
                changed += 1
            done.append(self._moved(table, key, new))
        if changed:
            self.data.touched(table)
        result = Result(tag=f"UPDATE {len(found)}", affected=changed if self.mysql else len(found),
                        info=f"Rows matched: {len(found)}  Changed: {changed}  Warnings: {len(self.warnings)}")
        return self.returning(node, table, done, result, alias)

    def _moved(self, table: Table, key: tuple[Value, ...], new: dict[str, Value]) -> tuple[Value, ...]:
        if self.key(table) == ["rowid"]:
            return (self.data.run(f"SELECT max(rowid) FROM {table.place}")[0][0],) if not self.mysql else key
        return tuple(new.get(name, value) for name, value in zip(self.key(table), key, strict=True))

    def delete(self, node: exp.Delete) -> Result:
        """Run a DELETE."""
        those = node.args.get("tables")
        first = node.this
        if first is None or isinstance(first, bool):
            raise unsupported("this DELETE", self.mysql)
        scope = Scope(clause="DELETE")
        source = self.sources(exp.Select(from_=exp.From(this=first), joins=node.args.get("joins")), scope)
        for each in node.args.get("using") or []:
            source += self._join(exp.Join(this=each), scope)
        alias = those[0].name if those else first.alias or first.name
        target = next((each for each in scope.sources if each.alias.lower() == alias.lower()), scope.sources[0])
        if target.table is None:
            raise self.session.no_table(first)
        table = target.table
        keys = self.data.run(
            f"SELECT DISTINCT {self._keys(table, target.alias)}{self._chosen(node, table, alias, scope, source)}"
            if those or node.args.get("using")
            else f"SELECT {self._keys(table, target.alias)}{self._chosen(node, table, alias, scope, source)}"
        )
        result = self.returning(node, table, keys, Result(tag=f"DELETE {len(keys)}", affected=len(keys)), target.alias)
        for key in keys:
            self._change(table, self._current(table, key) if self.catalog.referring(table) else [],
                         f"DELETE FROM {table.place} WHERE {self._where(table, key)}", list(key))
        if keys:
            self.data.touched(table)
        return result

    def returning(
        self, node: E, table: Table, keys: list[tuple[Value, ...]], result: Result, alias: str = ""
    ) -> Result:
        """Add what RETURNING asks for."""
        clause = node.args.get("returning")
        if clause is None:
            return result
        alias = alias or table.name
        scope = Scope([Source(alias, [(each.name, each.kind) for each in table.columns], table)], clause="RETURNING")
        found = [each for item in clause.expressions for each in self._projected(item, scope, None)]
        rows = []
        for key in keys:
            rows += self.data.run(
                f"SELECT {', '.join(value.sql for _, value in found)} FROM {table.place} AS {quote(alias)} "
                f"WHERE {self._where(table, key)}",
                key,
            )
        result.fill([(name, value.kind) for name, value in found], rows, self.mysql)
        return result


def _ticked(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


