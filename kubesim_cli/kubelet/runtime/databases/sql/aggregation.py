"""Aggregates and windows, and the order of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlglot import exp

from .compiler import E, Expr, Scope, quote, string
from .errors import SqlError, unsupported
from .kinds import (
    BIGINT,
    BOOL,
    DOUBLE,
    JSON,
    JSONB,
    NUMERIC,
    TEXT,
    Kind,
    decimal,
)
from .operators import Operators

if TYPE_CHECKING:

    pass


class Aggregation(Operators):
    """What is worked out of several rows."""

    def _aggregate(self, name: str, args: list[Any], scope: Scope, by: Any = None) -> Expr:
        if scope.clause in ("WHERE", "ON", "GROUP BY") or scope.inside:
            if self.mysql:
                raise SqlError(1111, "HY000", "Invalid use of group function")
            if scope.inside:
                raise SqlError(0, "42803", "aggregate function calls cannot be nested", near=name)
            where = {"ON": "JOIN conditions"}.get(scope.clause, scope.clause)
            raise SqlError(0, "42803", f"aggregate functions are not allowed in {where}", near=name)
        scope.aggregates = scope.inside = True
        try:
            found = self._aggregated(name, args, scope, by)
        finally:
            scope.inside = False
        found.name = name
        return found

    def _aggregated(self, name: str, args: list[Any], scope: Scope, by: Any) -> Expr:
        if name == "count" and (not args or isinstance(args[0], exp.Star)):
            return Expr("COUNT(*)", BIGINT.maybe(False))
        distinct = ""
        if args and isinstance(args[0], exp.Distinct):
            distinct, args = "DISTINCT ", [*args[0].expressions, *args[1:]]
        if name in ("string_agg", "group_concat", "array_agg", "json_agg", "jsonb_agg", "json_arrayagg"):
            return self._joined(name, args, scope, distinct, by)
        values = [self.expr(each, scope) for each in args]
        if not values:
            raise self.no_function(name, [])
        value = values[0]
        if name == "count":
            inside = (
                value.sql if len(values) == 1 else f"k_concat_ws({string(chr(1))}, {', '.join(v.sql for v in values)})"
            )
            return Expr(f"COUNT({distinct}{inside})", BIGINT.maybe(False))
        if name == "sum":
            kind = value.kind if value.kind.family in ("decimal", "double") else decimal(0) if self.mysql else BIGINT
            if not self.mysql and value.kind.family not in ("int", "decimal", "double"):
                raise self.no_function(name, values)
            return Expr(f"SUM({distinct}{value.number})", kind)
        if name == "avg":
            if value.kind.family == "double" or (self.mysql and value.kind.family == "text"):
                return Expr(f"AVG({distinct}{value.sql})", DOUBLE)
            if not value.kind.numeric:
                raise self.no_function(name, values)
            if self.mysql:
                return Expr(f"AVG({distinct}{value.sql})", decimal((value.kind.scale or 0) + 4))
            return Expr(f"k_average({distinct}{value.sql}, {value.kind.scale or 0})" if not distinct
                        else f"AVG({distinct}{value.sql})", NUMERIC, exact=not distinct)
        if name in ("min", "max", "any_value"):
            return Expr(f"{'MIN' if name == 'min' else 'MAX'}({value.number})", value.kind)
        if name in ("bool_and", "every", "bool_or"):
            return Expr(f"{'MAX' if name == 'bool_or' else 'MIN'}({value.sql})", BOOL)
        if name.endswith(("object_agg", "objectagg")):
            return Expr(f"k_json_members({value.sql}, {values[1].sql}, {string(values[1].kind.family)})",
                        JSONB if name[:5] == "jsonb" else JSON)
        if name in ("bit_and", "bit_or"):
            raise unsupported(name, self.mysql)
        sample = name in ("stddev", "stddev_samp", "variance", "var_samp") and not (self.mysql and name in (
            "stddev", "variance"))
        return Expr(f"k_deviation({value.sql}, {int(sample)}, {int(name.startswith('std'))})", DOUBLE)

    def _group_concat(self, node: E, scope: Scope) -> Expr:
        name = "group_concat" if self.mysql else "string_agg"
        args, separator = [node.this], node.args.get("separator")
        return self._aggregate(name, args, scope, separator)

    def _joined(self, name: str, args: list[Any], scope: Scope, distinct: str, by: Any) -> Expr:
        keys: list[Any] = []
        args = list(args)
        if args and isinstance(args[-1], exp.Order):
            keys, args[-1] = args[-1].expressions, args[-1].this
        if args and isinstance(args[0], exp.Distinct):
            distinct, args = "DISTINCT ", [*args[0].expressions, *args[1:]]
        if args and isinstance(args[0], exp.Order):
            keys, args[0] = args[0].expressions, args[0].this
        values = [self.expr(each, scope) for each in args]
        separator = self.expr(by, scope).sql if by is not None else "','"
        if name == "string_agg" and by is None and len(values) > 1:
            separator = values.pop().sql
        value = values[0]
        how = "array" if name == "array_agg" else "json" if "json" in name else "text"
        sql = value.sql if len(values) == 1 else f"k_concat({', '.join(each.sql for each in values)})"
        if how == "text" and value.kind.family in ("decimal", "timestamp", "bool"):
            sql = self.as_text(value)
        sorted_by = "".join(
            f", {self.expr(each.this, scope).number}, {int(bool(each.args.get('desc')))}" for each in keys
        )
        kind = (
            Kind("array", of=value.kind)
            if how == "array"
            else (JSONB if name[:5] == "jsonb" else JSON)
            if how == "json"
            else TEXT
        )
        function = "joined_distinct" if distinct else "joined"
        return Expr(f"k_{function}({string(how + ':' + value.kind.family)}, {separator}, {sql}{sorted_by})", kind)

    def _filter(self, node: E, scope: Scope) -> Expr:
        found = self.expr(node.this, scope)
        inside = Scope(scope.sources, scope.outer, scope.ctes, clause="FILTER", inside=True)
        return Expr(
            f"{found.sql} FILTER (WHERE {self.expr(node.expression.this, inside).sql})",
            found.kind,
            exact=found.exact,
            name=found.name,
        )

    def _window(self, node: E, scope: Scope) -> Expr:
        inside = Scope(scope.sources, scope.outer, scope.ctes, clause="OVER")
        function = node.this
        if isinstance(function, exp.Anonymous) and str(function.this).lower() == "avg":
            value = self.expr(function.expressions[0], inside)
            found = Expr(
                f"AVG({value.sql})",
                decimal((value.kind.scale or 0) + 4) if value.kind.family != "double" else DOUBLE,
                name="avg",
            )
        else:
            found = self.expr(function, inside)
        parts = []
        if node.args.get("partition_by"):
            parts.append(f"PARTITION BY {self._list(node.args['partition_by'], inside)}")
        order = node.args.get("order")
        if order is not None:
            parts.append("ORDER BY " + ", ".join(self.ordered(each, inside) for each in order.expressions))
        spec = node.args.get("spec")
        if spec is not None:
            parts.append(spec.sql("sqlite"))
        name = node.args.get("alias")
        over = quote(name.name) if name is not None else f"({' '.join(parts)})"
        return Expr(f"{found.sql} OVER {over}", found.kind, name=found.name)

    def ordered(self, node: E, scope: Scope) -> str:
        """Return one of ORDER BY's."""
        value = self.expr(node.this, scope)
        collate = " COLLATE pg" if not self.mysql and value.kind.family == "text" and not isinstance(
            node.this, exp.Collate) else ""
        nulls = "" if self.mysql else f" NULLS {'FIRST' if node.args.get('nulls_first') else 'LAST'}"
        return f"{value.number}{collate}{' DESC' if node.args.get('desc') else ''}{nulls}"

    def _list(self, nodes: list[Any], scope: Scope) -> str:
        return ", ".join(self.expr(each, scope).sql for each in nodes)
