"""SELECT, UNION, WITH, VALUES -> sqlite's, with the names and kinds of their columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from .calls import Calls
from .catalog import View
from .compiler import AGGREGATES, E, Expr, Scope, Source, quote, string
from .dialects import parse
from .errors import SqlError, unsupported
from .kinds import INT, NULL, TEXT, Kind

Columns = list[tuple[str, Kind]]


@dataclass
class Query:
    """`sql` for sqlite, and the columns that it gives."""

    sql: str
    columns: Columns


class Queries(Calls):
    """What gives rows."""

    names: list[str] | None = None  # of the outermost query's columns, as their text is, in MySQL

    def query(self, node: Any, outer: Scope | None = None, ctes: dict[str, Columns] | None = None) -> Query:
        """Return a query for sqlite; raise SqlError where it is wrong."""
        ctes = dict(ctes if ctes is not None else outer.ctes if outer is not None else {})
        head = self._with(node.args.get("with_") or node.args.get("with"), outer, ctes)
        if isinstance(node, exp.Subquery):
            found = self.query(node.this, outer, ctes)
            tail = self._tail(node, Scope([Source("", found.columns)], outer, ctes), found)
            return Query(f"{head}SELECT * FROM ({found.sql}){tail}" if tail or head else found.sql, found.columns)
        if isinstance(node, exp.Select):
            found = self._select(node, outer, ctes)
        elif isinstance(node, exp.SetOperation):
            found = self._set(node, outer, ctes)
        elif isinstance(node, exp.Values):
            found = self._values(node, Scope(outer=outer, ctes=ctes))
        elif isinstance(node, exp.Table):
            found = self._select(exp.select("*").from_(node.copy()), outer, ctes)
        else:
            raise unsupported(type(node).__name__.upper(), self.mysql)
        return Query(head + found.sql, found.columns)

    def _with(self, node: Any, outer: Scope | None, ctes: dict[str, Columns]) -> str:
        if node is None:
            return ""
        parts = []
        for each in node.expressions:
            alias, named = each.alias, [column.name for column in each.args["alias"].columns]
            inner = each.this
            if node.args.get("recursive") and isinstance(inner, exp.SetOperation):
                first = self.query(inner.this, outer, ctes)
                ctes[alias.lower()] = [(name, kind.maybe(True)) for name, kind in _renamed(first.columns, named)]
            if not isinstance(inner, exp.Query):
                raise unsupported("changes in WITH", self.mysql)
            found = self.query(inner, outer, ctes)
            columns = ctes[alias.lower()] = _renamed(found.columns, named)
            parts.append(f"{quote(alias)} ({', '.join(quote(name) for name, _ in columns)}) AS ({found.sql})")
        return f"WITH {'RECURSIVE ' if node.args.get('recursive') else ''}{', '.join(parts)} "

    # FROM

    def _source(self, node: E, scope: Scope) -> tuple[str, Source]:
        """Return what sqlite is to read from, and what can be named of it."""
        if isinstance(node, exp.Subquery):
            inner = node.this
            if isinstance(inner, (exp.Table, exp.Subquery)) and not node.alias:
                return self._source(inner, scope)
            found = self.query(inner, scope.outer if not isinstance(node.parent, exp.Lateral) else scope, scope.ctes)
            return self._derived(found, node)
        if isinstance(node, exp.Lateral):
            return self._source(node.this, scope)
        if isinstance(node, exp.Values):
            return self._derived(self._values(node, scope), node)
        if isinstance(node, exp.Unnest):
            return self._function("unnest", node.expressions, node, scope)
        if isinstance(node, exp.Table):
            if isinstance(node.this, exp.Identifier):
                return self._table(node, scope)
            if isinstance(node.this, exp.Anonymous):
                return self._function(str(node.this.this).lower(), node.this.expressions, node, scope)
            series = node.this
            if "start" in series.args:
                parts = [series.args[each] for each in ("start", "end", "step") if series.args.get(each) is not None]
                return self._function("generate_series", parts, node, scope)
        raise unsupported(type(node).__name__, self.mysql)

    def _derived(self, found: Query, node: E) -> tuple[str, Source]:
        alias = node.alias
        if not alias and self.mysql:
            raise SqlError(1248, "42000", "Every derived table must have its own alias")
        columns = _renamed(found.columns, node.alias_column_names)
        names = ", ".join(quote(name) for name, _ in columns)
        alias = alias or "unnamed subquery"
        return (f'(WITH "d" ({names}) AS ({found.sql}) SELECT * FROM "d") AS {quote(alias)}'), Source(alias, columns)

    def _function(self, name: str, args: list[Any], node: E, scope: Scope) -> tuple[str, Source]:
        """A function that gives rows: the items of a JSON array."""
        alias = node.alias or name
        values = [self.expr(each, scope) for each in args]
        if name == "generate_series":
            kind = values[0].kind
            items = f"k_ask('series', {', '.join(each.sql for each in values)})"
            kind = kind if kind.family == "int" else Kind("timestamp") if kind.family in ("timestamp", "date") else INT
        elif name == "unnest":
            items, kind = values[0].sql, values[0].kind.of or TEXT
        elif name in (
            "json_array_elements",
            "jsonb_array_elements",
            "jsonb_array_elements_text",
            "json_array_elements_text",
        ):
            items, kind = values[0].sql, TEXT if name.endswith("text") else values[0].kind
        elif name == "regexp_split_to_table":
            items, kind = f"k_string_to_array({values[0].sql}, {values[1].sql})", TEXT
        elif len(values) < 4 and name in ("now", "current_database", "version", "current_user"):
            found = self.call(name, args, node, scope)
            return f"(SELECT {found.sql} AS {quote(alias)}) AS {quote(alias)}", Source(alias, [(alias, found.kind)])
        else:
            raise self.no_function(name, values)
        named = node.alias_column_names or [alias if name in ("generate_series", "unnest") else "value"]
        value = "value" if kind.family != "json" else "CASE WHEN type = 'text' THEN json_quote(value) ELSE value END"
        return f"(SELECT {value} AS {quote(named[0])} FROM json_each({items})) AS {quote(alias)}", Source(
            alias, [(named[0], kind)])

    def _table(self, node: exp.Table, scope: Scope) -> tuple[str, Source]:
        name, alias = node.name, node.alias or node.name
        if not node.db and name.lower() in scope.ctes:
            columns = scope.ctes[name.lower()]
            return f"{quote(name)} AS {quote(alias)}", Source(alias, _renamed(columns, node.alias_column_names))
        found = self.session.find(node)
        if found is None:
            listed = self.session.system(node.db, name)
            if listed is None:
                raise self.session.no_table(node)
            columns, rows = listed
            return self._listed(columns, rows, alias), Source(alias, columns)
        if isinstance(found, View):
            view = self.query(parse(found.text, self.mysql), None, {})
            named = ", ".join(quote(column) for column, _ in found.columns)
            return (f"(WITH \"d\" ({named}) AS ({view.sql}) SELECT * FROM \"d\") AS {quote(alias)}",
                    Source(alias, list(found.columns)))
        columns = [(each.name, each.kind.maybe(each.null)) for each in found.columns]
        return f"{found.place} AS {quote(alias)}", Source(alias, columns, found)

    def _listed(self, columns: Columns, rows: list[tuple[Any, ...]], alias: str) -> str:
        """Return a table of the server's own, whose rows stand in the statement."""
        names = [quote(name) for name, _ in columns]
        if not rows:
            return f"(SELECT {', '.join(f'NULL AS {name}' for name in names)} WHERE 0) AS {quote(alias)}"
        values = ", ".join("(" + ", ".join(_value(each) for each in row) + ")" for row in rows)
        return f"(WITH \"d\" ({', '.join(names)}) AS (VALUES {values}) SELECT * FROM \"d\") AS {quote(alias)}"

    def sources(self, node: E, scope: Scope) -> str:
        """Fill a scope with what FROM and JOIN name; return them for sqlite, "" where there is nothing."""
        start = node.args.get("from_") or node.args.get("from")
        if start is None:
            return ""
        sql, source = self._source(start.this, scope)
        scope.sources.append(source)
        parts = [sql]
        for join in [*(start.this.args.get("joins") or []), *(node.args.get("joins") or []),
                     *(node.args.get("laterals") or [])]:
            parts.append(self._join(join, scope))
        return " FROM " + "".join(parts)

    def _join(self, join: E, scope: Scope) -> str:
        sql, source = self._source(join.this if isinstance(join, exp.Join) else join, scope)
        for each in scope.sources:
            if each.alias.lower() == source.alias.lower():
                if self.mysql:
                    raise SqlError(1066, "42000", f"Not unique table/alias: '{source.alias}'")
                raise SqlError(0, "42712", f'table name "{source.alias}" specified more than once', near=source.alias)
        using, natural = join.args.get("using"), (join.args.get("method") or "").upper() == "NATURAL"
        if using:
            source.merged = {each.name.lower() for each in using}
        elif natural:
            known = {name.lower() for each in scope.sources for name, _ in each.columns}
            source.merged = {name.lower() for name, _ in source.columns if name.lower() in known}
        scope.sources.append(source)
        nested = join.this.args.get("joins") if isinstance(join, exp.Join) else None
        for each in nested or []:
            sql += self._join(each, scope)
        side, kind = (join.args.get("side") or "").upper(), (join.args.get("kind") or "").upper()
        if side not in ("LEFT", "RIGHT", "FULL"):
            side = ""
        for each in (
            [source] if side == "LEFT" else scope.sources[:-1] if side == "RIGHT" else scope.sources if side else []
        ):
            each.columns = [(name, kind.maybe(True)) for name, kind in each.columns]
        word = f" {side} JOIN " if side else " CROSS JOIN " if kind == "CROSS" else " JOIN "
        if natural:
            return f" NATURAL{word}{sql}"
        if using:
            return f"{word}{sql} USING ({', '.join(quote(each.name) for each in using)})"
        on = join.args.get("on")
        if on is None:
            return f"{word}{sql}" + (" ON 1" if side else "")
        return f"{word}{sql} ON {self._in_clause(on, scope, 'ON').sql}"

    def _in_clause(self, node: Any, scope: Scope, clause: str) -> Expr:
        before, scope.clause = scope.clause, clause
        try:
            return self.expr(node, scope)
        finally:
            scope.clause = before

    # SELECT

    def _select(self, node: exp.Select, outer: Scope | None, ctes: dict[str, Columns]) -> Query:
        scope = Scope(outer=outer, ctes=ctes, clause="SELECT")
        top, names = outer is None and self.names is not None, self.names or []
        self.names = None
        source = self.sources(node, scope)
        where = node.args.get("where")
        where_sql = f" WHERE {self._in_clause(where.this, scope, 'WHERE').sql}" if where is not None else ""
        group = node.args.get("group")
        if not self.mysql:
            self._restrict(node, group, scope)
        found: list[tuple[str, Expr]] = []
        for at, each in enumerate(node.expressions):
            found += self._projected(each, scope, names[at] if top and at < len(names) else None)
        for name, value in found:
            scope.aliases.setdefault(name.lower(), value)
        sql = "SELECT "
        distinct = node.args.get("distinct")
        if distinct is not None:
            if distinct.args.get("on") is not None:
                return self._distinct_on(node, distinct, outer, ctes)
            sql += "DISTINCT "
        sql += ", ".join(f"{value.sql} AS {quote(name)}" for name, value in found)
        sql += source + where_sql
        if group is not None:
            scope.clause = "GROUP BY"
            sql += " GROUP BY " + ", ".join(self._grouped(each, found, scope) for each in group.expressions)
            scope.clause = "SELECT"
        having = node.args.get("having")
        if having is not None:
            grouped = " GROUP BY NULL" if group is None and not scope.aggregates and not self.mysql else ""
            sql += f"{grouped} HAVING {self._in_clause(having.this, scope, 'HAVING').sql}"
        windows = node.args.get("windows")
        if windows:
            sql += " WINDOW " + ", ".join(self._named_window(each, scope) for each in windows)
        columns = [(name, value.kind if value.kind != NULL or self.mysql else TEXT) for name, value in found]
        sql += self._tail(node, scope, Query("", columns))
        return Query(sql, columns)

    def _named_window(self, node: E, scope: Scope) -> str:
        found = self._window(exp.Window(this=exp.Anonymous(this="row_number"), **{key: value for key, value in
                                        node.args.items() if key in ("partition_by", "order", "spec")}), scope)
        return f"{quote(node.name)} AS {found.sql.partition(' OVER ')[2]}"

    def _restrict(self, node: exp.Select, group: Any, scope: Scope) -> None:
        """PostgreSQL: what may stand outside of aggregates once there is one or a GROUP BY."""
        aggregated = group is not None or any(
            isinstance(each, exp.GroupConcat) or str(each.this).lower() in AGGREGATES
            for item in node.expressions for each in item.find_all(exp.Anonymous, exp.GroupConcat)
            if not isinstance(each.parent, exp.Window) and each.find_ancestor(exp.Select) is node)
        if not aggregated:
            return
        allowed: set[str] = set()
        for each in group.expressions if group is not None else []:
            if isinstance(each, exp.Literal) and not each.is_string and int(each.this) <= len(node.expressions):
                each = node.expressions[int(each.this) - 1].unalias()
            elif isinstance(each, exp.Column) and not each.table and all(source.kind(each.name) is None
                                                                         for source in scope.sources):
                each = next((item.unalias() for item in node.expressions if item.alias == each.name), each)
            for column in each.find_all(exp.Column):
                for source in scope.sources:
                    if source.kind(column.name) and (not column.table or column.table.lower() == source.alias.lower()):
                        allowed.add(f"{source.alias}.{column.name}".lower())
        for source in scope.sources:
            primary = source.table.primary if source.table is not None else None
            if primary is not None and all(f"{source.alias}.{name}".lower() in allowed for name in primary.columns):
                allowed |= {f"{source.alias}.{name}".lower() for name, _ in source.columns}
        scope.grouped = allowed

    def _projected(self, node: E, scope: Scope, text: str | None) -> list[tuple[str, Expr]]:
        if isinstance(node, exp.Star) or (isinstance(node, exp.Column) and isinstance(node.this, exp.Star)):
            return self._star(node, scope)
        if isinstance(node, exp.Alias):
            return [(node.alias, self.expr(node.this, scope))]
        if isinstance(node, exp.Column) and self.mysql:
            value = self.expr(node, scope)
            return [(node.name if not value.name or value.name.lower() == node.name.lower() else value.name, value)]
        value = self.expr(node, scope)
        if self.mysql:
            if isinstance(node, exp.Literal) and node.is_string:
                return [(node.this, value)]
            return [(text if text is not None else node.sql("mysql"), value)]
        return [(value.name or "?column?", value)]

    def _star(self, node: E, scope: Scope) -> list[tuple[str, Expr]]:
        table = node.table if isinstance(node, exp.Column) else ""
        found = []
        for source in scope.sources:
            if table and source.alias.lower() != table.lower():
                continue
            for name, kind in source.columns:
                if name.lower() not in source.merged or table:
                    if scope.grouped is not None:
                        self.column(exp.column(name, table=source.alias), scope)
                    found.append((name, Expr(f"{quote(source.alias)}.{quote(name)}", kind, name=name)))
        if not found:
            if self.mysql:
                raise SqlError(1051, "42S02", f"Unknown table '{table}'") if table else SqlError(
                    1096, "HY000", "No tables used")
            raise (
                SqlError(0, "42P01", f'missing FROM-clause entry for table "{table}"', near=table)
                if table
                else SqlError(0, "42601", "SELECT * with no tables specified is not valid", near="*")
            )
        return found

    def _grouped(self, node: E, found: list[tuple[str, Expr]], scope: Scope) -> str:
        if isinstance(node, exp.Literal) and not node.is_string:
            at = int(node.this)
            if not 1 <= at <= len(found):
                if self.mysql:
                    raise SqlError(1054, "42S22", f"Unknown column '{at}' in '{self._clause('GROUP BY')}'")
                raise SqlError(0, "42P10", f"GROUP BY position {at} is not in select list", near=str(at))
            return found[at - 1][1].sql
        return self.expr(node, scope).sql

    def _tail(self, node: E, scope: Scope, found: Query) -> str:
        """ORDER BY, LIMIT and OFFSET."""
        sql = ""
        order = node.args.get("order")
        if order is not None:
            scope.clause = "ORDER BY"
            sql += " ORDER BY " + ", ".join(self._order(each, scope, found) for each in order.expressions)
        limit, offset = node.args.get("limit"), node.args.get("offset")
        if limit is not None:
            count = limit.args.get("count") if isinstance(limit, exp.Fetch) else limit.expression
            if offset is None and limit.args.get("offset") is not None:
                offset = limit
                sql += f" LIMIT {self.expr(count, Scope()).sql} OFFSET {self.expr(limit.args['offset'], Scope()).sql}"
                return sql
            all_of_them = isinstance(count, (exp.Null, exp.Column)) or count is None
            sql += " LIMIT -1" if all_of_them else f" LIMIT {self.expr(count, Scope()).sql}"
        elif offset is not None:
            sql += " LIMIT -1"
        if offset is not None:
            sql += f" OFFSET {self.expr(offset.expression, Scope()).sql}"
        return sql

    def _order(self, node: E, scope: Scope, found: Query) -> str:
        inside = node.this if isinstance(node, exp.Ordered) else node
        if not isinstance(node, exp.Ordered):
            node = exp.Ordered(this=node, nulls_first=self.mysql)
        if isinstance(inside, exp.Literal) and not inside.is_string:
            at = int(inside.this)
            if not 1 <= at <= len(found.columns):
                if self.mysql:
                    raise SqlError(1054, "42S22", f"Unknown column '{at}' in '{self._clause('ORDER BY')}'")
                raise SqlError(0, "42P10", f"ORDER BY position {at} is not in select list", near=str(at))
            kind = found.columns[at - 1][1]
            collate = " COLLATE pg" if not self.mysql and kind.family == "text" else ""
            nulls = "" if self.mysql else f" NULLS {'FIRST' if node.args.get('nulls_first') else 'LAST'}"
            return f"{at}{collate}{' DESC' if node.args.get('desc') else ''}{nulls}"
        return self.ordered(node, scope)

    def _distinct_on(self, node: exp.Select, distinct: E, outer: Scope | None, ctes: dict[str, Columns]) -> Query:
        """DISTINCT ON: the first row of each group, by a row number within it."""
        on = distinct.args["on"]
        keys = on.expressions if isinstance(on, exp.Tuple) else [on.this if isinstance(on, exp.Paren) else on]
        inner = node.copy()
        inner.set("distinct", None)
        window = exp.Window(this=exp.Anonymous(this="row_number"), partition_by=[each.copy() for each in keys],
                            order=inner.args.get("order") and inner.args["order"].copy(), over="OVER")
        for each in ("limit", "offset"):
            inner.set(each, None)
        inner.append("expressions", exp.alias_(window, "?"))
        found = self._select(inner, outer, ctes)
        columns = found.columns[:-1]
        tail = self._tail(node, Scope([Source("d", columns)], outer, ctes), Query("", columns)) if (
            node.args.get("limit") is not None) else ""
        names = ", ".join(quote(name) for name, _ in columns)
        return Query(f'SELECT {names} FROM ({found.sql}) AS "d" WHERE "?" = 1{tail}', columns)

    # UNION, VALUES

    def _set(self, node: exp.SetOperation, outer: Scope | None, ctes: dict[str, Columns]) -> Query:
        one, other = self._side(node.this, outer, ctes), self._side(node.expression, outer, ctes)
        if len(one.columns) != len(other.columns):
            word = {exp.Union: "UNION", exp.Except: "EXCEPT"}.get(type(node), "INTERSECT")
            if self.mysql:
                raise SqlError(1222, "21000", "The used SELECT statements have a different number of columns")
            raise SqlError(0, "42601", f"each {word} query must have the same number of columns")
        word = {exp.Union: "UNION", exp.Except: "EXCEPT"}.get(type(node), "INTERSECT")
        if isinstance(node, exp.Union) and not node.args.get("distinct"):
            word = "UNION ALL"
        columns = []
        for (name, kind), (_, second) in zip(one.columns, other.columns, strict=True):
            columns.append((name, self.merged([Expr("", kind), Expr("", second)]).maybe(kind.null or second.null)))
        sql = f"{one.sql} {word} {other.sql}"
        tail = self._tail(node, Scope([Source("d", columns)], outer, ctes), Query("", columns))
        if tail:
            sql = f'SELECT * FROM ({sql}) AS "d"{tail}'
        return Query(sql, columns)

    def _side(self, node: E, outer: Scope | None, ctes: dict[str, Columns]) -> Query:
        names = self.names
        found = self.query(node, outer, ctes)
        self.names = None if names is not None else self.names
        plain = node.this if isinstance(node, exp.Subquery) else node
        wrapped = plain.args.get("order") is not None or plain.args.get("limit") is not None
        return Query(f"SELECT * FROM ({found.sql})", found.columns) if wrapped or isinstance(
            plain, exp.Values) or plain.args.get("with_") else found

    def _values(self, node: exp.Values, scope: Scope) -> Query:
        rows = [[self.expr(each, scope) for each in (row.expressions if isinstance(row, exp.Tuple) else [row])]
                for row in node.expressions]
        kinds = [self.merged(list(column)) for column in zip(*rows, strict=False)]
        kinds = [TEXT if kind == NULL or kind.label == "unknown" else kind for kind in kinds]
        names = node.alias_column_names or [f"column{at}" for at in range(1, len(kinds) + 1)]
        sql = ", ".join("(" + ", ".join(each.sql for each in row) + ")" for row in rows)
        named = ", ".join(quote(name) for name in names)
        return Query(f'WITH "v" ({named}) AS (VALUES {sql}) SELECT * FROM "v"', list(zip(names, kinds, strict=False)))


def _renamed(columns: Columns, names: list[str]) -> Columns:
    return [(names[at] if at < len(names) else name, kind) for at, (name, kind) in enumerate(columns)]


def _value(value: Any) -> str:
    return "NULL" if value is None else string(value) if isinstance(value, str) else str(int(value)) if isinstance(
        value, bool) else repr(value)
