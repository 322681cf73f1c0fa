"""CREATE of tables, indexes, views and sequences."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from sqlglot import exp

from .catalog import Check, Column, Foreign, Index, Sequence, Table, View
from .changes import Changes
from .compiler import E
from .errors import SqlError, unsupported
from .kinds import TEXT, Kind, Value, taken
from .results import Result


class Tables(Changes):
    """What makes something new in the catalog."""

    def create_table(self, node: exp.Create) -> Result:
        """Run CREATE TABLE, also AS a query or LIKE another."""
        shape = node.this
        where = shape.this if isinstance(shape, exp.Schema) else shape
        schema = self.session.schema_of(where)
        name = where.name
        if (schema, name) in self.catalog.tables or (schema, name) in self.catalog.views:
            if node.args.get("exists"):
                return Result(
                    tag="CREATE TABLE",
                    notices=[("Note", 1050, f"Table '{name}' already exists")]
                    if self.mysql
                    else [("NOTICE", 0, f'relation "{name}" already exists, skipping')],
                )
            raise self._exists_already(name)
        table = Table(schema, name)
        like = node.find(exp.LikeProperty)
        if like is not None:
            other = self.target(like.this)
            table = deepcopy(other)
            table.schema, table.name, table.next, table.foreigns = schema, name, 1, []
        for each in shape.expressions if isinstance(shape, exp.Schema) else []:
            self._element(table, each)
        rows: list[tuple[Value, ...]] = []
        if node.expression is not None and isinstance(node.expression, exp.Query):
            found = self.query(node.expression)
            source = next((each for each in node.expression.find_all(exp.Table)), None)
            original = self.session.find(source) if source is not None else None
            for column, kind in found.columns:
                known = original.column(column) if isinstance(original, Table) else None
                kept = known if known is not None and known.kind == kind else None
                table.columns.append(
                    Column(
                        column, kind if kind.label != "unknown" else TEXT, kept.null if kept and self.mysql else True
                    )
                )
            rows = self.data.run(found.sql)
        self._finish(table)
        self._number(table, node.args["properties"].expressions if node.args.get("properties") else [])
        self.data.create(table)
        self._make_sequences(table)
        if rows:
            self.data.fill(table, [tuple(taken(value, column.kind, self.mysql) for value, column in
                                         zip(row, table.columns, strict=True)) for row in rows])
        info = f"Records: {len(rows)}  Duplicates: 0  Warnings: 0" if node.expression is not None else ""
        return Result(tag=f"SELECT {len(rows)}" if node.expression is not None else "CREATE TABLE", affected=len(rows),
                      info=info)

    def _number(self, table: Table, options: list[Any]) -> None:
        for each in options:
            if isinstance(each, exp.AutoIncrementProperty):
                table.next = max(table.next, int(each.this.name))

    def _exists_already(self, name: str) -> SqlError:
        if self.mysql:
            return SqlError(1050, "42S01", f"Table '{name}' already exists")
        return SqlError(0, "42P07", f'relation "{name}" already exists')

    def _make_sequences(self, table: Table) -> None:
        for column in table.columns:
            if column.auto and not self.mysql:
                name = f"{table.name}_{column.name}_seq"
                self.catalog.sequences[table.schema, name] = Sequence(table.schema, name)
                self.data.changed.add(("", ""))

    def _element(self, table: Table, node: E, add: bool = False) -> None:
        """Take in a column or a constraint of a definition."""
        if isinstance(node, exp.ColumnDef):
            column = self.column_of(table, node)
            if table.column(column.name) is not None:
                raise self._twice(table, column.name, add)
            table.columns.append(column)
            self._constraints(table, column, node)
        elif isinstance(node, exp.Constraint):
            for each in node.expressions:
                self._constraint(table, each, node.name)
        else:
            self._constraint(table, node, "")

    def _twice(self, table: Table, name: str, add: bool) -> SqlError:
        if self.mysql:
            return SqlError(1060, "42S21", f"Duplicate column name '{name}'")
        if add:
            return SqlError(0, "42701", f'column "{name}" of relation "{table.name}" already exists')
        return SqlError(0, "42701", f'column "{name}" specified more than once')

    def column_of(self, table: Table, node: exp.ColumnDef) -> Column:
        """Return a column as it is defined, without the constraints that are the table's."""
        data = node.args.get("kind")
        if data is None:
            raise unsupported("a column without a type", self.mysql)
        name = data.this.name if isinstance(data.this, exp.DataType.Type) else ""
        column = Column(node.name, self.kind(data))
        if name in ("SERIAL", "BIGSERIAL", "SMALLSERIAL"):
            column.null, column.auto = False, "auto_increment" if self.mysql else "serial"
            if self.mysql:
                column.kind = Kind("bigint", unsigned=True)
        for each in node.args.get("constraints") or []:
            kind = each.kind
            if isinstance(kind, exp.NotNullColumnConstraint):
                column.null = bool(kind.args.get("allow_null"))
            elif isinstance(kind, exp.PrimaryKeyColumnConstraint):
                column.null = False
            elif isinstance(kind, exp.AutoIncrementColumnConstraint):
                column.auto, column.null = "auto_increment", False
            elif isinstance(kind, exp.GeneratedAsIdentityColumnConstraint):
                column.auto, column.null = "always" if kind.this else "by default", False
            elif isinstance(kind, exp.DefaultColumnConstraint):
                column.default = self._default_text(kind.this, column)
            elif isinstance(kind, exp.OnUpdateColumnConstraint):
                column.on_update = True
        return column

    def _default_text(self, node: E, column: Column) -> str | None:
        if isinstance(node, exp.Null):
            return None
        value = self.constant(node) if isinstance(node, (exp.Literal, exp.Neg, exp.Boolean)) else None
        if value is not None:
            try:
                taken(value, column.kind, self.mysql, column.name)
            except SqlError:
                if self.mysql:
                    raise SqlError(1067, "42000", f"Invalid default value for '{column.name}'") from None
                raise
        return str(node.sql("mysql" if self.mysql else "postgres"))

    def _constraints(self, table: Table, column: Column, node: exp.ColumnDef) -> None:
        serial = self.mysql and column.auto and column.kind.unsigned and column.kind.name == "bigint"
        if serial and not node.args.get("constraints"):
            self._add_index(table, "", [column.name], unique=True)
        for each in node.args.get("constraints") or []:
            kind, named = each.kind, each.name if each.args.get("this") is not None else ""
            if isinstance(kind, exp.PrimaryKeyColumnConstraint):
                self._add_primary(table, [column.name])
            elif isinstance(kind, exp.UniqueColumnConstraint):
                self._add_index(table, named, [column.name], unique=True)
            elif isinstance(kind, exp.Reference) and not self.mysql:
                self._add_foreign(table, named, [column.name], kind)
            elif isinstance(kind, exp.CheckColumnConstraint):
                self._add_check(table, named, kind.this, column.name)

    def _constraint(self, table: Table, node: E, name: str) -> None:
        if isinstance(node, exp.PrimaryKey):
            self._add_primary(table, names_of(node.expressions))
        elif isinstance(node, exp.UniqueColumnConstraint):
            inside = node.this
            given = inside.this.name if isinstance(inside, exp.Schema) and inside.this is not None else ""
            self._add_index(table, name or given, names_of(inside.expressions), unique=True)
        elif isinstance(node, exp.IndexColumnConstraint):
            self._add_index(table, node.name, names_of(node.expressions))
        elif isinstance(node, exp.ForeignKey):
            self._add_foreign(table, name, names_of(node.expressions), node.args["reference"])
        elif isinstance(node, exp.CheckColumnConstraint):
            self._add_check(table, name, node.this, "")
        else:
            raise unsupported(type(node).__name__, self.mysql)

    def _need(self, table: Table, columns: list[str]) -> list[str]:
        found = []
        for name in columns:
            column = table.column(name)
            if column is None:
                if self.mysql:
                    raise SqlError(1072, "42000", f"Key column '{name}' doesn't exist in table")
                raise SqlError(0, "42703", f'column "{name}" named in key does not exist', near=name)
            found.append(column.name)
        return found

    def _add_primary(self, table: Table, columns: list[str]) -> None:
        if table.primary is not None:
            if self.mysql:
                raise SqlError(1068, "42000", "Multiple primary key defined")
            raise SqlError(0, "42P16", f'multiple primary keys for table "{table.name}" are not allowed')
        columns = self._need(table, columns)
        for name in columns:
            column = table.column(name)
            assert column is not None
            column.null = False
        table.indexes.insert(0, Index("PRIMARY" if self.mysql else f"{table.name}_pkey", columns, True, True, True))

    def _add_index(
        self, table: Table, name: str, columns: list[str], unique: bool = False, plain: bool = False
    ) -> None:
        columns = self._need(table, columns)
        if not name:
            base = (
                columns[0]
                if self.mysql
                else f"{table.name}_{'_'.join(columns)}_{'idx' if plain or not unique else 'key'}"
            )
            name, at = base, 2
            while table.index(name) is not None:
                name, at = f"{base}_{at}" if self.mysql else f"{base}{at - 1}", at + 1
        elif table.index(name) is not None:
            if self.mysql:
                raise SqlError(1061, "42000", f"Duplicate key name '{name}'")
            raise self._exists_already(name)
        table.indexes.append(Index(name, columns, unique, constraint=unique and not plain))

    def _add_foreign(self, table: Table, name: str, columns: list[str], reference: E) -> None:
        inside = reference.this
        where = inside.this if isinstance(inside, exp.Schema) else inside
        columns = self._need(table, columns)
        same = where.name == table.name and where.db in ("", table.schema)
        other = table if same else self.session.find(where)
        if not isinstance(other, Table):
            if self.mysql:
                raise SqlError(1824, "HY000", f"Failed to open the referenced table '{where.name}'") if (
                    not self.session.maria) else SqlError(
                        1005, "HY000", f"Can't create table `{table.schema}`.`{table.name}` (errno: 150 \"Foreign key "
                                       "constraint is incorrectly formed\")")
            raise SqlError(0, "42P01", f'relation "{where.name}" does not exist')
        refs = names_of(inside.expressions) if isinstance(inside, exp.Schema) else list(
            other.primary.columns) if other.primary is not None else []
        if not any(index.unique and set(index.columns) == set(refs) for index in other.indexes):
            if self.mysql:
                raise SqlError(
                    1005,
                    "HY000",
                    f"Can't create table `{table.schema}`.`{table.name}` (errno: 150 \"Foreign key "
                    'constraint is incorrectly formed")',
                )
            raise SqlError(0, "42830", "there is no unique constraint matching given keys for referenced table "
                                       f'"{other.name}"')
        rules = {"DELETE": "", "UPDATE": ""}
        for option in reference.args.get("options") or []:
            words = str(option).upper().split()
            if len(words) > 2 and words[0] == "ON":
                rules[words[1]] = " ".join(words[2:])
        if not name:
            name = (f"{table.name}_ibfk_{len(table.foreigns) + 1}" if self.mysql
                    else f"{table.name}_{'_'.join(columns)}_fkey")
        table.foreigns.append(Foreign(name, columns, other.schema, other.name, refs, rules["DELETE"], rules["UPDATE"]))

    def _add_check(self, table: Table, name: str, node: E, column: str) -> None:
        if not name:
            count = len(table.checks) + 1
            name = (f"CONSTRAINT_{count}" if self.session.maria else f"{table.name}_chk_{count}") if self.mysql else (
                f"{table.name}_{column}_check" if column else f"{table.name}_check")
        inside = node.this if isinstance(node, exp.Paren) else node
        table.checks.append(Check(name, inside.sql("mysql" if self.mysql else "postgres")))

    def _finish(self, table: Table) -> None:
        """What the server adds to a new table by itself."""
        if not self.mysql:
            return
        for foreign in table.foreigns:
            if not any(index.columns[:len(foreign.columns)] == foreign.columns for index in table.indexes):
                table.indexes.append(Index(foreign.name, list(foreign.columns)))

    def _create_view(self, node: exp.Create) -> Result:
        shape = node.this
        where = shape.this if isinstance(shape, exp.Schema) else shape
        schema, name = self.session.schema_of(where), where.name
        key = schema, name
        if key in self.catalog.tables or (key in self.catalog.views and not node.args.get("replace")):
            raise self._exists_already(name)
        inner = node.expression
        found = self.query(inner)
        named = [each.name for each in shape.expressions] if isinstance(shape, exp.Schema) else []
        columns = [(named[at] if at < len(named) else column, kind) for at, (column, kind) in enumerate(found.columns)]
        text = self._qualified(inner).sql("mysql" if self.mysql else "postgres")
        self.catalog.views[key] = View(schema, name, text, columns)
        self.data.changed.add(("", ""))
        return Result(tag="CREATE VIEW")

    def _qualified(self, node: E) -> E:
        """Return a query with the schema at each table, so that it means the same from anywhere."""
        found = node.copy()
        for table in found.find_all(exp.Table):
            there = self.session.find(table) if isinstance(table.this, exp.Identifier) else None
            if there is not None and not table.db:
                table.set("db", exp.to_identifier(there.schema))
        return found

    def _create_sequence(self, node: exp.Create) -> Result:
        where = node.this
        schema, name = self.session.schema_of(where), where.name
        if (schema, name) in self.catalog.sequences:
            raise self._exists_already(name)
        given = node.find(exp.SequenceProperties)
        start = int(given.args["start"].name) if given is not None and given.args.get("start") is not None else 1
        step = int(given.args["increment"].name) if given is not None and given.args.get("increment") is not None else 1
        self.catalog.sequences[schema, name] = Sequence(schema, name, start, step)
        self.data.changed.add(("", ""))
        return Result(tag="CREATE SEQUENCE")


def names_of(nodes: list[Any]) -> list[str]:
    """Return the names of columns in a list."""
    found = []
    for each in nodes:
        inside = each.this if isinstance(each, exp.Ordered) else each
        if isinstance(inside, exp.ColumnPrefix):
            inside = inside.this
        found.append(inside.name)
    return found
