"""INSERT, UPDATE and DELETE: rows are worked out by a query, checked one by one, and written."""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlglot import exp

from .catalog import Column, Index, Table
from .compiler import E, Expr, Scope, Source, quote
from .errors import SqlError, unsupported
from .kinds import Value, postgres_name
from .results import Result
from .rows import DEFAULT, Row, Rows


class Changes(Rows):
    """What changes rows. `warnings`: of MySQL, (level, code, message)."""

    # The table

    # Values

    # Checks

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
                values = self.session.fire(table, "BEFORE", "INSERT", [], values)
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
                        if changed:  # PostgreSQL's rows are written anew, behind all others
                            last = f"SELECT max(rowid) FROM {table.place}"
                            kept.append(key if self.mysql else (self.data.run(last)[0][0],))
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
            self.session.fire(table, "AFTER", "INSERT", [], values)
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
        given = {name: value for name, value in zip(names, row, strict=False) if value is not DEFAULT}
        values: Row = []
        made = None
        for column in table.columns:
            value = given.get(column.name, DEFAULT)
            if column.auto and (value is DEFAULT or (self.mysql and (value is None or value in (0, "0")))):
                value = made = self.default(table, column)
                given[column.name] = value
            elif value is DEFAULT:
                value = self.default(table, column)
                if value is None and column.kind.name == "enum" and not column.null and self.mysql:
                    value = column.kind.values[0]
                if value is not None:
                    given[column.name] = value
            else:
                if column.auto == "always" and not self.session.overriding:
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
        values = self.session.fire(table, "BEFORE", "UPDATE", before, values)
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
        self.session.fire(table, "AFTER", "UPDATE", before, values)
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
        looks = bool(self.catalog.triggers or self.catalog.referring(table))
        for key in keys:
            row = self._current(table, key) if looks else []
            if looks:
                self.session.fire(table, "BEFORE", "DELETE", row, [])
            self._change(table, row, f"DELETE FROM {table.place} WHERE {self._where(table, key)}", list(key))
            if looks:
                self.session.fire(table, "AFTER", "DELETE", row, [])
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
