"""Sums, products and their kin: of numbers, dates and intervals."""

from __future__ import annotations

import re

from sqlglot import exp

from .compiler import Compiler, E, Expr, Scope, string
from .errors import SqlError, unsupported
from .kinds import (
    BIGINT,
    DATE,
    DOUBLE,
    INT,
    INTERVAL,
    NUMERIC,
    TEXT,
    TIMESTAMP,
    Kind,
    decimal,
    taken,
)

_BITS: dict[type, str] = {exp.BitwiseAnd: "&", exp.BitwiseOr: "|", exp.BitwiseLeftShift: "<<",
                          exp.BitwiseRightShift: ">>"}


_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*")


class Arithmetic(Compiler):
    """What is worked out of two values."""

    def _add(self, node: E, scope: Scope) -> Expr:
        minus = isinstance(node, exp.Sub)
        sign = "-1" if minus else "1"
        if isinstance(node.expression, exp.Interval):
            return self._shifted(self.expr(node.this, scope), node.expression, sign, scope)
        if isinstance(node.this, exp.Interval) and self.mysql:
            return self._shifted(self.expr(node.expression, scope), node.this, sign, scope)
        one, other = self.expr(node.this, scope), self.expr(node.expression, scope)
        if not self.mysql:
            if minus and one.kind.family == "json":
                return Expr(f"k_json_without({one.sql}, {self.expr(node.expression, scope).sql})", one.kind)
            dated = self._dated(one, other, minus)
            if dated is not None:
                return dated
        one, other = self._numbers(one, other)
        kind = self._sum_kind(one.kind, other.kind).maybe(one.kind.null or other.kind.null)
        return Expr(f"({one.number} {'-' if minus else '+'} {other.number})", kind)

    def _numbers(self, one: Expr, other: Expr) -> tuple[Expr, Expr]:
        return self.alike(one, other) if not self.mysql else (one, other)

    def _sum_kind(self, one: Kind, other: Kind, times_: bool = False) -> Kind:
        families = {one.family, other.family}
        if "double" in families or "text" in families or not families <= {"int", "decimal", "bool"}:
            return DOUBLE if families != {"text", "int"} or self.mysql else INT
        if "decimal" in families:
            if one.scale is None or other.scale is None:
                return NUMERIC
            return decimal(one.scale + other.scale if times_ else max(one.scale, other.scale))
        return BIGINT if "bigint" in (one.name, other.name) else INT

    def _shifted(self, value: Expr, interval: exp.Interval, sign: str, scope: Scope) -> Expr:
        if self.mysql:
            unit = interval.args.get("unit")
            amount = self.expr(interval.this, scope).sql
            name = str(unit.this if unit is not None else "DAY")
            kind = value.kind if value.kind.family in ("date", "timestamp") else TEXT
            if kind == DATE and name.upper() not in ("DAY", "WEEK", "MONTH", "QUARTER", "YEAR", "YEAR_MONTH"):
                kind = TIMESTAMP
            return Expr(f"k_shift({value.sql}, {amount}, {string(name)}, {sign})", kind)
        span = self.expr(interval, scope)
        return self._plus_interval(value, span, sign)

    def _plus_interval(self, value: Expr, span: Expr, sign: str) -> Expr:
        if value.kind.family == "interval":
            return Expr(f"k_sum_intervals({value.sql}, {span.sql}, {sign})", INTERVAL)
        kind = (
            TIMESTAMP if value.kind.family == "date" else value.kind if value.kind.family == "timestamp" else TIMESTAMP
        )
        return Expr(f"k_plus_interval({value.sql}, {span.sql}, {sign})", kind)

    def _dated(self, one: Expr, other: Expr, minus: bool) -> Expr | None:
        first, second = one.kind.family, other.kind.family
        if second == "interval" or (first == "interval" and not minus):
            value, span = (one, other) if second == "interval" else (other, one)
            return self._plus_interval(value, span, "-1" if minus else "1")
        if first in ("date", "timestamp") and other.literal is not None and minus:
            other, second = self._as(other, one.kind), first
        if first == second == "date":
            return Expr(f"k_datediff({one.sql}, {other.sql})", INT)
        if first in ("date", "timestamp") and second in ("date", "timestamp"):
            return Expr(f"k_apart({one.sql}, {other.sql})", INTERVAL)
        if first == "date" and second == "int":
            return Expr(f"k_plus_days({one.sql}, {'-' if minus else ''}{other.sql})", DATE)
        if first == "int" and second == "date":
            return Expr(f"k_plus_days({other.sql}, {one.sql})", DATE)
        return None

    def _mul(self, node: E, scope: Scope) -> Expr:
        one, other = self._numbers(self.expr(node.this, scope), self.expr(node.expression, scope))
        if one.kind.family == "interval" or other.kind.family == "interval":
            raise unsupported("interval * number", self.mysql)
        kind = self._sum_kind(one.kind, other.kind, True).maybe(one.kind.null or other.kind.null)
        return Expr(f"({one.number} * {other.number})", kind)

    def _div(self, node: E, scope: Scope) -> Expr:
        one, other = self._numbers(self.expr(node.this, scope), self.expr(node.expression, scope))
        if self.mysql:
            exact = one.kind.family in ("int", "decimal") and other.kind.family in ("int", "decimal")
            scale = (one.kind.scale or 0) + 4
            return Expr(f"k_divide('/', {one.sql}, {other.sql})", decimal(scale) if exact else DOUBLE)
        families = {one.kind.family, other.kind.family}
        if "double" in families:
            return Expr(f"k_pg_double_div({one.number}, {other.number})", DOUBLE)
        if "decimal" in families:
            scale = max(one.kind.scale or 0, other.kind.scale or 0)
            return Expr(f"k_pg_div({one.number}, {other.number}, {scale})", NUMERIC, exact=True)
        return Expr(f"k_pg_int_div({one.sql}, {other.sql})", self._sum_kind(one.kind, other.kind))

    def _int_div(self, node: E, scope: Scope) -> Expr:
        return Expr(
            f"k_divide('div', {self.expr(node.this, scope).sql}, {self.expr(node.expression, scope).sql})", BIGINT
        )

    def _whole_number(self, node: E, scope: Scope) -> Expr:
        name = "floor" if isinstance(node, exp.Floor) else "ceil"
        value = self.expr(node.this, scope)
        kind = BIGINT if self.mysql else DOUBLE if value.kind.family in ("double", "int") else decimal(0)
        return Expr(f"k_{name}({value.number})", kind, name=name)

    def _mod(self, node: E, scope: Scope) -> Expr:
        one, other = self.expr(node.this, scope), self.expr(node.expression, scope)
        name = "divide('mod', " if self.mysql else "pg_mod("
        return Expr(f"k_{name}{one.number}, {other.number})", self._sum_kind(one.kind, other.kind))

    def _pow(self, node: E, scope: Scope) -> Expr:
        return Expr(f"k_power({self.expr(node.this, scope).sql}, {self.expr(node.expression, scope).sql})", DOUBLE)

    def _bits(self, node: E, scope: Scope) -> Expr:
        sign = _BITS[type(node)]
        return Expr(f"({self.expr(node.this, scope).sql} {sign} {self.expr(node.expression, scope).sql})", BIGINT)

    def alike(self, one: Expr, other: Expr) -> tuple[Expr, Expr]:
        """Return two expressions that are compared: a text of the statement is taken as what the other one is."""
        return self._as(one, other.kind), self._as(other, one.kind)

    def _as(self, text: Expr, kind: Kind) -> Expr:
        if text.literal is None or kind.family in ("text", "null") or (self.mysql and kind.family not in (
                "date", "timestamp", "time")):
            if text.literal is not None and self.mysql and kind.numeric:
                if _NUMBER.fullmatch(text.literal) is None:
                    self.session.warnings.append(
                        ("Warning", 1292, f"Truncated incorrect DOUBLE value: '{text.literal}'")
                    )
                return Expr(f"CAST({text.sql} AS REAL)", DOUBLE)
            return text
        try:
            value = taken(text.literal, kind, self.mysql)
        except SqlError as error:
            if self.mysql:
                return text
            raise error
        return Expr(string(value) if isinstance(value, str) else repr(value), kind)
