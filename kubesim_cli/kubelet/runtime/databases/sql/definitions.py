"""CREATE, ALTER, DROP, TRUNCATE of tables, indexes, views, sequences and types."""

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


class Definitions(Changes):
    """What changes the catalog."""

    # CREATE

    def create(self, node: exp.Create) -> Result:
        """Run a CREATE of something that lives in a schema."""
        kind = str(node.args["kind"]).upper()
        if kind == "TABLE":
            return self.create_table(node)
        if kind == "VIEW":
            return self._create_view(node)
        if kind == "INDEX":
            return self._create_index(node)
        if kind == "SEQUENCE":
            return self._create_sequence(node)
        raise unsupported(f"CREATE {kind}", self.mysql)

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
            self._add_primary(table, _names(node.expressions))
        elif isinstance(node, exp.UniqueColumnConstraint):
            inside = node.this
            given = inside.this.name if isinstance(inside, exp.Schema) and inside.this is not None else ""
            self._add_index(table, name or given, _names(inside.expressions), unique=True)
        elif isinstance(node, exp.IndexColumnConstraint):
            self._add_index(table, node.name, _names(node.expressions))
        elif isinstance(node, exp.ForeignKey):
            self._add_foreign(table, name, _names(node.expressions), node.args["reference"])
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
        refs = _names(inside.expressions) if isinstance(inside, exp.Schema) else list(
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

    def _create_index(self, node: exp.Create) -> Result:
        index = node.this
        table = self.target(index.args["table"])
        name = index.name if index.this is not None else ""
        params = index.args.get("params")
        columns = (
            _names(params.args.get("columns") or []) if params is not None else _names(index.args.get("columns") or [])
        )
        if node.args.get("exists") and name and table.index(name) is not None:
            return Result(tag="CREATE INDEX", notices=[("NOTICE", 0, f'relation "{name}" already exists, skipping')])
        new = deepcopy(table)
        self._add_index(new, name, columns, bool(node.args.get("unique")), plain=True)
        self._replace(table, new)
        return Result(tag="CREATE INDEX", info="Records: 0  Duplicates: 0  Warnings: 0")

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

    # ALTER

    def alter(self, node: exp.Alter) -> Result:
        """Run ALTER TABLE."""
        if str(node.args.get("kind")).upper() not in ("TABLE", "VIEW", "INDEX", "SEQUENCE"):
            raise unsupported(f"ALTER {node.args.get('kind')}", self.mysql)
        old = self._altered(node.this)
        if old is None:
            return Result(
                tag="ALTER TABLE", notices=[("NOTICE", 0, f'relation "{node.this.name}" does not exist, skipping')]
            )
        new = deepcopy(old)
        renamed: dict[str, str] = {}
        for action in node.args.get("actions") or []:
            self._act(new, action, renamed)
        self._number(new, node.args.get("options") or [])
        self._replace(old, new, renamed)
        actions = node.args.get("actions") or []
        quiet = len(actions) == 1 and isinstance(actions[0], exp.AlterRename)
        return Result(tag="ALTER TABLE", info="" if quiet else "Records: 0  Duplicates: 0  Warnings: 0")

    def _altered(self, node: Any) -> Table | None:
        found = self.session.find(node)
        if found is None and node.parent is not None and node.parent.args.get("exists"):
            return None
        return self.target(node)

    def _act(self, table: Table, action: E, renamed: dict[str, str]) -> None:
        """One action on the new definition; `renamed`: new name -> old name of columns."""
        if isinstance(action, exp.ColumnDef):
            if action.args.get("exists") and table.column(action.name) is not None:
                return
            self._element(table, action, add=True)
            self._place(table, action)
            if not self.mysql and table.columns[-1].auto:
                self._make_sequences(table)
        elif isinstance(action, exp.AddConstraint):
            for each in action.expressions:
                self._element(table, each)
        elif isinstance(action, exp.ModifyColumn):
            self._modify(table, action, renamed)
        elif isinstance(action, exp.Drop):
            self._drop_part(table, action)
        elif isinstance(action, exp.DropPrimaryKey):
            self._drop_constraint(table, "PRIMARY", "PRIMARY KEY")
        elif isinstance(action, exp.AlterRename):
            where = action.this
            if self.session.find(where) is not None:
                raise self._exists_already(where.name)
            table.name = where.name
            table.schema = where.db or table.schema
        elif isinstance(action, exp.RenameColumn):
            self._rename(table, action.this.name, action.args["to"].name, renamed)
        elif isinstance(action, exp.AlterColumn):
            self._alter_column(table, action)
        else:
            raise unsupported(type(action).__name__, self.mysql)

    def _place(self, table: Table, node: E) -> None:
        position = node.args.get("position")
        if position is None:
            return
        column = table.columns.pop(next(at for at, each in enumerate(table.columns) if each.name == node.name))
        after = position.this.name if position.this is not None else ""
        if after and table.column(after) is None:
            raise self._no_part(table, after)
        at = next((at + 1 for at, each in enumerate(table.columns) if each.name.lower() == after.lower()), 0)
        table.columns.insert(at, column)

    def _no_part(self, table: Table, name: str, what: str = "COLUMN") -> SqlError:
        if self.mysql:
            if self.session.maria:
                return (
                    SqlError(1091, "42000", f"Can't DROP {what} `{name}`; check that it exists")
                    if what
                    else SqlError(1054, "42S22", f"Unknown column '{name}' in '{table.name}'")
                )
            return SqlError(1091, "42000", f"Can't DROP '{name}'; check that column/key exists") if what else SqlError(
                1054, "42S22", f"Unknown column '{name}' in '{table.name}'")
        if what == "CONSTRAINT":
            return SqlError(0, "42704", f'constraint "{name}" of relation "{table.name}" does not exist')
        return SqlError(0, "42703", f'column "{name}" of relation "{table.name}" does not exist')

    def _rename(self, table: Table, old: str, new: str, renamed: dict[str, str]) -> None:
        column = table.column(old)
        if column is None:
            raise self._no_part(table, old, "")
        if table.column(new) is not None and new.lower() != old.lower():
            raise self._twice(table, new, True)
        renamed[new] = renamed.pop(column.name, column.name)
        for index in table.indexes:
            index.columns = [new if each == column.name else each for each in index.columns]
        for foreign in table.foreigns:
            foreign.columns = [new if each == column.name else each for each in foreign.columns]
        for other, foreign in self.catalog.referring(table):
            if column.name in foreign.refs:
                foreign.refs = [new if each == column.name else each for each in foreign.refs]
                self.data.changed.add(other.key)
        column.name = new

    def _modify(self, table: Table, action: E, renamed: dict[str, str]) -> None:
        definition = action.this
        before = action.args.get("rename_from")
        old = before.name if before is not None else definition.name
        column = table.column(old)
        if column is None:
            raise self._no_part(table, old, "")
        if definition.name != column.name:
            self._rename(table, old, definition.name, renamed)
        changed = self.column_of(table, definition)
        if table.primary is not None and column.name in table.primary.columns:
            changed.null = False
        at = table.columns.index(column)
        table.columns[at] = changed
        self._constraints(table, changed, definition)
        self._place(table, definition)

    def _alter_column(self, table: Table, action: E) -> None:
        column = table.column(action.name)
        if column is None:
            raise self._no_part(table, action.name, "")
        kind = action.args.get("dtype")
        if kind is not None:
            column.kind = self.kind(kind)
        elif action.args.get("default") is not None:
            column.default = self._default_text(action.args["default"], column)
        elif action.args.get("allow_null") is not None:
            column.null = bool(action.args["allow_null"]) and bool(action.args.get("drop"))
        elif action.args.get("drop"):
            column.default = None

    def _drop_part(self, table: Table, action: E) -> None:
        kind = str(action.args.get("kind") or "COLUMN").upper()
        named = action.args.get("tables") or action.args.get("expressions") or [action.this]
        for each in named:
            name = each.name if each is not None else ""
            if kind == "COLUMN":
                self._drop_column(table, name, bool(action.args.get("exists")))
            elif kind in ("INDEX", "KEY", "CONSTRAINT", "PRIMARY KEY", "FOREIGN KEY", "CHECK"):
                self._drop_constraint(table, "PRIMARY" if kind == "PRIMARY KEY" else name, kind)
            else:
                raise unsupported(f"DROP {kind}", self.mysql)

    def _drop_column(self, table: Table, name: str, exists: bool) -> None:
        column = table.column(name)
        if column is None:
            if exists:
                return
            raise self._no_part(table, name)
        if self.mysql and len(table.columns) == 1:
            raise SqlError(1090, "42000", "You can't delete all columns with ALTER TABLE; use DROP TABLE instead")
        table.columns.remove(column)
        for index in table.indexes:
            if column.name in index.columns:
                index.columns.remove(column.name) if self.mysql else index.columns.clear()
        table.indexes = [index for index in table.indexes if index.columns]
        table.foreigns = [foreign for foreign in table.foreigns if column.name not in foreign.columns]

    def _drop_constraint(self, table: Table, name: str, kind: str) -> None:
        for those in (table.indexes, table.foreigns, table.checks):
            for each in those:
                if each.name.lower() == name.lower():
                    those.remove(each)  # type: ignore[arg-type]
                    return
        raise self._no_part(table, name, kind if kind != "KEY" else "INDEX")

    def _replace(self, old: Table, new: Table, renamed: dict[str, str] | None = None) -> None:
        """Put a new definition in the place of one; rows are taken over and checked."""
        names = [each.name for each in old.columns]
        source = {each.name: (renamed or {}).get(each.name, each.name) for each in new.columns}
        rows, done = self.data.rows(old), []
        changed = {each.name: each.kind for each in old.columns}
        for at, row in enumerate(rows, 1):
            values = []
            for column in new.columns:
                was = source[column.name]
                if was in names:
                    value = row[names.index(was)]
                    if column.kind != changed[was]:
                        value = taken(value, column.kind, self.mysql, column.name, at)
                    if value is None and not column.null and self.mysql:
                        raise SqlError(1265, "01000", f"Data truncated for column '{column.name}' at row {at}") if (
                            self.session.maria) else SqlError(1138, "22004", "Invalid use of NULL value")
                else:
                    value = self.default(new, column)
                    if value is None and not column.null and self.mysql:
                        value = 0 if column.kind.numeric else ""
                if value is None and not column.null:
                    raise SqlError(0, "23502", f'column "{column.name}" of relation "{new.name}" contains null values')
                values.append(value)
            done.append(tuple(values))
        self._check_unique(new, done)
        for other, foreign in self.catalog.referring(old):
            foreign.schema, foreign.table = new.schema, new.name
            if other is not old:
                self.data.changed.add(other.key)
        self.data.remake(old, new, done)
        for other, _ in self.catalog.referring(new):
            if other is not new and old.key != new.key:
                self.data.remake(other, other, self.data.rows(other))

    def _check_unique(self, table: Table, rows: list[tuple[Value, ...]]) -> None:
        names = [each.name for each in table.columns]
        for index in table.indexes:
            if not index.unique:
                continue
            seen = set()
            for row in rows:
                key = tuple(row[names.index(name)] for name in index.columns)
                if self.mysql:
                    key = tuple(each.lower() if isinstance(each, str) else each for each in key)
                if None in key:
                    continue
                if key in seen:
                    if self.mysql:
                        raise self.duplicate(table, index, list(row))
                    raise SqlError(0, "23505", f'could not create unique index "{index.name}"',
                                   f"Key ({', '.join(index.columns)})=({', '.join(map(str, key))}) is duplicated.")
                seen.add(key)

    # DROP, TRUNCATE

    def drop(self, node: exp.Drop) -> Result:
        """Run DROP TABLE, VIEW, INDEX, SEQUENCE."""
        kind = str(node.args["kind"]).upper()
        result = Result(tag=f"DROP {kind}")
        those = node.args.get("tables") or [node.this, *(node.args.get("expressions") or [])]
        for each in those:
            if each is not None:
                self._drop_one(kind, each, node, result)
        if kind == "INDEX":
            result.info = "Records: 0  Duplicates: 0  Warnings: 0"
        return result

    def _drop_one(self, kind: str, where: Any, node: exp.Drop, result: Result) -> None:
        name = where.name
        if kind == "INDEX":
            return self._drop_index(name, node, result)
        schema = self.session.schema_of(where)
        found: Any = {"TABLE": self.catalog.tables, "VIEW": self.catalog.views, "SEQUENCE": self.catalog.sequences}.get(
            kind
        )
        if found is None:
            raise unsupported(f"DROP {kind}", self.mysql)
        there = self.session.find(where) if kind in ("TABLE", "VIEW") else found.get((schema, name))
        if there is None or (there.schema, there.name) not in found:
            return self._not_there(kind, schema, name, node, result)
        key = there.schema, there.name
        if isinstance(there, Table):
            self._drop_table(there, bool(node.args.get("cascade")), result)
        else:
            del found[key]
            self.data.changed.add(("", ""))
        return None

    def _not_there(self, kind: str, schema: str, name: str, node: exp.Drop, result: Result) -> None:
        if self.mysql:
            error = SqlError(1051, "42S02", f"Unknown table '{schema}.{name}'") if kind == "TABLE" else SqlError(
                4092, "42S02", f"Unknown VIEW: '{schema}.{name}'")
            if not node.args.get("exists"):
                raise error
            result.notices.append(("Note", error.code, error.message))
            return
        if not node.args.get("exists"):
            raise SqlError(0, "42P01", f'{kind.lower()} "{name}" does not exist')
        result.notices.append(("NOTICE", 0, f'{kind.lower()} "{name}" does not exist, skipping'))

    def _drop_table(self, table: Table, cascade: bool, result: Result) -> None:
        others = [(other, foreign) for other, foreign in self.catalog.referring(table) if other is not table]
        if others and self.mysql and self.session.setting("foreign_key_checks", "") not in ("OFF", 0):
            other, foreign = others[0]
            raise (
                SqlError(1451, "23000", "Cannot delete or update a parent row: a foreign key constraint fails")
                if (self.session.maria)
                else SqlError(
                    3730,
                    "HY000",
                    f"Cannot drop table '{table.name}' referenced by a foreign key "
                    f"constraint '{foreign.name}' on table '{other.name}'.",
                )
            )
        views = [] if self.mysql else [view for view in self.catalog.views.values() if _names_table(view.text, table)]
        said = [f"constraint {foreign.name} on table {other.name}" for other, foreign in others] + [
            f"view {view.name}" for view in views]
        if said and not self.mysql:
            if not cascade:
                raise SqlError(0, "2BP01", f"cannot drop table {table.name} because other objects depend on it",
                               "\n".join(f"{each} depends on table {table.name}" for each in said),
                               "Use DROP ... CASCADE to drop the dependent objects too.")
            result.notices.append(("NOTICE", 0, f"drop cascades to {said[0]}" if len(said) == 1 else
                                   f"drop cascades to {len(said)} other objects"))
            for view in views:
                del self.catalog.views[view.schema, view.name]
            for other, foreign in others:
                new = deepcopy(other)
                new.foreigns = [each for each in new.foreigns if each.name != foreign.name]
                self.data.remake(other, new, self.data.rows(other))
        for column in table.columns:
            if self.catalog.sequences.pop((table.schema, f"{table.name}_{column.name}_seq"), None) is not None:
                self.data.changed.add(("", ""))
        self.data.drop(table)

    def _drop_index(self, name: str, node: exp.Drop, result: Result) -> None:
        clause = node.args.get("cluster")
        on = clause.this if clause is not None else None
        if self.mysql and on is None:
            raise unsupported("DROP INDEX without a table", True)
        for table in list(self.catalog.tables.values()):
            index = table.index(name)
            if index is None or (self.mysql and on is not None and table.name != on.name):
                continue
            new = deepcopy(table)
            new.indexes = [each for each in new.indexes if each.name != index.name]
            self._replace(table, new)
            return
        if self.mysql:
            raise self._no_part(Table("", ""), name, "INDEX")
        if not node.args.get("exists"):
            raise SqlError(0, "42704", f'index "{name}" does not exist')
        result.notices.append(("NOTICE", 0, f'index "{name}" does not exist, skipping'))

    def truncate(self, node: E) -> Result:
        """Run TRUNCATE."""
        for each in node.expressions:
            table = self.target(each)
            others = [(other, foreign) for other, foreign in self.catalog.referring(table) if other is not table]
            if others and self.mysql:
                other, foreign = others[0]
                raise SqlError(1701, "42000", "Cannot truncate a table referenced in a foreign key constraint "
                                              f"({self.constraint(other, foreign)})")
            if others and not node.args.get("option"):
                raise SqlError(0, "0A000", "cannot truncate a table referenced in a foreign key constraint",
                               f'Table "{others[0][0].name}" references "{table.name}".',
                               f'Truncate table "{others[0][0].name}" at the same time, or use TRUNCATE ... CASCADE.')
            self.data.run(f"DELETE FROM {table.place}")
            table.next = 1 if self.mysql else table.next
            if str(node.args.get("identity") or "").upper() == "RESTART":
                for column in table.columns:
                    sequence = self.catalog.sequences.get((table.schema, f"{table.name}_{column.name}_seq"))
                    if sequence is not None:
                        sequence.last = None
                        self.data.changed.add(("", ""))
            self.data.touched(table)
        return Result(tag="TRUNCATE TABLE")


def _names(nodes: list[Any]) -> list[str]:
    found = []
    for each in nodes:
        inside = each.this if isinstance(each, exp.Ordered) else each
        if isinstance(inside, exp.ColumnPrefix):
            inside = inside.this
        found.append(inside.name)
    return found


def _names_table(text: str, table: Table) -> bool:
    return f"{table.schema}.{table.name}" in text.replace('"', "")
