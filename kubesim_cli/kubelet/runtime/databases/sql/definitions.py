"""CREATE, ALTER, DROP, TRUNCATE of tables, indexes, views, sequences and types."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from sqlglot import exp

from .catalog import Table
from .compiler import E
from .errors import SqlError, unsupported
from .kinds import Value, taken
from .results import Result
from .tables import Tables, names_of


class Definitions(Tables):
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

    def _create_index(self, node: exp.Create) -> Result:
        index = node.this
        table = self.target(index.args["table"])
        name = index.name if index.this is not None else ""
        params = index.args.get("params")
        columns = (
            names_of((params if params is not None else index).args.get("columns") or [])
        )
        if node.args.get("exists") and name and table.index(name) is not None:
            return Result(tag="CREATE INDEX", notices=[("NOTICE", 0, f'relation "{name}" already exists, skipping')])
        new = deepcopy(table)
        self._add_index(new, name, columns, bool(node.args.get("unique")), plain=True)
        self._replace(table, new)
        return Result(tag="CREATE INDEX", info="Records: 0  Duplicates: 0  Warnings: 0")

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


def _names_table(text: str, table: Table) -> bool:
    return f"{table.schema}.{table.name}" in text.replace('"', "")
