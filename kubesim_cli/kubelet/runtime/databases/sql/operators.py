"""Operators, casts, cases, dates and JSON -> sqlite's."""

from __future__ import annotations

import json

from sqlglot import exp

from . import times
from .arithmetic import Arithmetic
from .compiler import E, Expr, Scope, string
from .errors import SqlError, unsupported
from .kinds import (
    BIGINT,
    BOOL,
    DOUBLE,
    INT,
    INTERVAL,
    JSON,
    JSONB,
    NULL,
    NUMERIC,
    TEXT,
    TIMESTAMP,
    ZONED,
    Kind,
    decimal,
    short_name,
    taken,
)


class Operators(Arithmetic):
    """What is written between and around values."""

    def _literal(self, node: exp.Literal, scope: Scope) -> Expr:
        if node.is_string:
            return Expr(
                string(node.this), (TEXT if self.mysql else Kind("null", label="unknown")).maybe(False), node.this
            )
        text = node.this
        if "e" in text.lower():
            kind = DOUBLE if self.mysql else NUMERIC
        elif "." in text:
            kind = decimal(len(text.partition(".")[2]))
        else:
            kind = INT if int(text) < 2 ** 31 else BIGINT if int(text) < 2 ** 63 else decimal(0)
            text = text if int(text) < 2 ** 63 else f"{text}.0"
        return Expr("0" + text if text[0] == "." else text, kind.maybe(False))

    def _null(self, node: E, scope: Scope) -> Expr:
        return Expr("NULL", NULL)

    def _boolean(self, node: exp.Boolean, scope: Scope) -> Expr:
        return Expr("1" if node.this else "0", self.truth.maybe(False))

    def _paren(self, node: exp.Paren, scope: Scope) -> Expr:
        inside = self.expr(node.this, scope)
        return Expr(f"({inside.sql})", inside.kind, inside.literal, inside.exact, inside.name)

    def _hex(self, node: E, scope: Scope) -> Expr:
        digits = str(node.this)
        return Expr(f"x'{digits.zfill(len(digits) + len(digits) % 2)}'", Kind("blob", null=False))

    def _bytes(self, node: E, scope: Scope) -> Expr:
        text = str(node.this).replace("\\t", "\t").replace("\\n", "\n").replace("\\\\", "\\").replace("\\'", "'")
        return Expr(string(text), TEXT, text)

    @property
    def truth(self) -> Kind:
        """The kind of what is true or false."""
        return INT if self.mysql else BOOL

    def _and(self, node: E, scope: Scope) -> Expr:
        word = "AND" if isinstance(node, exp.And) else "OR"
        return Expr(f"({self.expr(node.this, scope).sql} {word} {self.expr(node.expression, scope).sql})", self.truth)

    def _xor(self, node: E, scope: Scope) -> Expr:
        one, other = self.expr(node.this, scope).sql, self.expr(node.expression, scope).sql
        return Expr(f"(NOT ({one})) <> (NOT ({other}))", self.truth)

    def _not(self, node: E, scope: Scope) -> Expr:
        return Expr(f"(NOT ({self.expr(node.this, scope).sql}))", self.truth)

    def _neg(self, node: E, scope: Scope) -> Expr:
        inside = self.expr(node.this, scope)
        return Expr(f"(-{inside.number})", inside.kind if inside.kind.numeric else DOUBLE)

    def _compare(self, node: E, scope: Scope) -> Expr:
        sign = _COMPARES[type(node)]
        right = node.expression
        if isinstance(right, (exp.Any, exp.All)):
            return self._any(node, sign, scope)
        if isinstance(node.this, exp.Tuple) and isinstance(right, exp.Tuple):
            parts = [self._compare(type(node)(this=one, expression=other), scope).sql
                     for one, other in zip(node.this.expressions, right.expressions, strict=False)]
            return Expr(f"({(' AND ' if sign == '=' else ' OR ').join(parts)})", self.truth)
        one, other = self.alike(self.expr(node.this, scope), self.expr(right, scope))
        collate = " COLLATE NOCASE" if self.mysql and one.kind.family == other.kind.family == "text" and not isinstance(
            node.this, exp.Cast) else ""
        return Expr(
            f"({one.number} {sign} {other.number}{collate})", self.truth.maybe(one.kind.null or other.kind.null)
        )

    def _any(self, node: E, sign: str, scope: Scope) -> Expr:
        inside = node.expression.this
        query = inside.this if isinstance(inside, (exp.Paren, exp.Subquery)) else inside
        one = self.expr(node.this, scope)
        if isinstance(query, exp.Query):
            if sign == "=" and isinstance(node.expression, exp.Any):
                return Expr(f"({one.sql} IN ({self.query(query, scope).sql}))", self.truth)
            if sign == "<>" and isinstance(node.expression, exp.All):
                return Expr(f"({one.sql} NOT IN ({self.query(query, scope).sql}))", self.truth)
            raise unsupported("ANY", self.mysql)
        array = self._as(self.expr(query, scope), Kind("array", of=one.kind))
        found = f"k_any({one.sql}, {array.sql})"
        return Expr(f"(NOT {found})" if sign == "<>" else found, self.truth)

    def _same(self, node: E, scope: Scope) -> Expr:
        one, other = self.alike(self.expr(node.this, scope), self.expr(node.expression, scope))
        word = "IS NOT" if isinstance(node, exp.NullSafeNEQ) else "IS"
        return Expr(f"({one.number} {word} {other.number})", self.truth)

    def _is(self, node: E, scope: Scope) -> Expr:
        one = self.expr(node.this, scope).sql
        right = node.expression
        negated = isinstance(right, exp.Not)
        right = right.this if negated else right
        if isinstance(right, exp.Boolean):
            sql = f"({one} IS NOT NULL AND {'' if right.this else 'NOT '}({one}))"
        else:
            sql = f"({one} IS NULL)"
        return Expr(f"(NOT {sql})" if negated else sql, self.truth.maybe(False))

    def _in(self, node: exp.In, scope: Scope) -> Expr:
        one = self.expr(node.this, scope) if not isinstance(node.this, exp.Tuple) else None
        query = node.args.get("query")
        if query is not None:
            left = (
                one.sql if one is not None else f"({', '.join(self.expr(x, scope).sql for x in node.this.expressions)})"
            )
            inner = query.this if isinstance(query, exp.Subquery) else query
            return Expr(f"({left} IN ({self.query(inner, scope).sql}))", self.truth)
        if one is None:
            tests = [self._compare(exp.EQ(this=node.this, expression=each), scope).sql for each in node.expressions]
            return Expr(f"({' OR '.join(tests)})", self.truth)
        values = [self._as(self.expr(each, scope), one.kind).number for each in node.expressions]
        collate = " COLLATE NOCASE" if self.mysql and one.kind.family == "text" else ""
        return Expr(f"({one.number}{collate} IN ({', '.join(values)}))", self.truth)

    def _between(self, node: E, scope: Scope) -> Expr:
        one = self.expr(node.this, scope)
        low, high = (self._as(self.expr(node.args[each], scope), one.kind) for each in ("low", "high"))
        return Expr(f"({one.number} BETWEEN {low.number} AND {high.number})", self.truth)

    def _like(self, node: E, scope: Scope) -> Expr:
        name = "like" if self.mysql or isinstance(node, exp.ILike) else "pg_like"
        return self._pattern(node, name, scope)

    def _regexp(self, node: E, scope: Scope) -> Expr:
        name = "regexp" if self.mysql or isinstance(node, exp.RegexpILike) else "pg_regexp"
        return self._pattern(node, name, scope)

    def _pattern(self, node: E, name: str, scope: Scope, escape: str = "") -> Expr:
        negated = "NOT " if node.args.get("negate") else ""
        return Expr(
            f"({negated}k_{name}({self.expr(node.this, scope).sql}, {self.expr(node.expression, scope).sql}{escape}))",
            self.truth,
        )

    def _escape(self, node: E, scope: Scope) -> Expr:
        inside = node.this
        name = "like" if self.mysql or isinstance(inside, exp.ILike) else "pg_like"
        if node.args.get("negate"):
            inside = inside.copy()
            inside.set("negate", True)
        return self._pattern(inside, name, scope, f", {self.expr(node.expression, scope).sql}")

    def _pipes(self, node: E, scope: Scope) -> Expr:
        if self.mysql:
            return Expr(f"({self.expr(node.this, scope).sql} OR {self.expr(node.expression, scope).sql})", INT)
        one, other = self.expr(node.this, scope), self.expr(node.expression, scope)
        if "json" in (one.kind.family, other.kind.family):
            return Expr(f"k_json_merge({one.sql}, {other.sql})", JSONB)
        if "array" in (one.kind.family, other.kind.family):
            array = one.kind if one.kind.family == "array" else other.kind
            if (other.kind.family == "array" and one.kind.family == "array") or (other.literal is not None and (
                    other.literal.startswith("{"))):
                return Expr(f"k_array_cat({one.sql}, {self._as(other, array).sql})", array)
            return Expr(f"k_array_append({one.sql}, {other.sql})", array)
        return Expr(f"({self.as_text(one)} || {self.as_text(other)})", TEXT)

    def as_text(self, value: Expr) -> str:
        """Return a value as the text that it is shown as."""
        if value.kind.family in ("text", "null") or value.exact:
            return value.sql
        return f"k_as_text({value.sql}, {string(json.dumps(value.kind.stored()))})"

    def _cast(self, node: exp.Cast, scope: Scope) -> Expr:
        kind = self.kind(node.to)
        if self.mysql:
            kind = {"char": TEXT, "binary": TEXT, "tinyint": INT, "bigint": BIGINT}.get(kind.name, kind) if not (
                kind.name == "char" and kind.args != (1,)) else kind
        inside = self.expr(node.this, scope)
        if inside.literal is not None and not self.mysql:
            if kind.family in ("date", "timestamp") and inside.literal in ("now", "today", "tomorrow", "yesterday"):
                inside = Expr(f"k_ask('day', {inside.sql})", TIMESTAMP)
            else:
                value = taken(inside.literal, kind, False, explicit=True)
                if kind == NUMERIC:
                    scale = len(str(inside.literal).strip().partition(".")[2])
                    return Expr(repr(value), decimal(scale), name="numeric")
                return Expr(string(value) if isinstance(value, str) else repr(value), kind, name=short_name(kind))
        if not self.mysql and kind.family == "decimal" and not kind.args and inside.kind.family in ("int", "decimal"):
            return Expr(inside.sql, decimal(inside.kind.scale), exact=inside.exact, name=inside.name or "numeric")
        if kind.family == "text" and inside.kind.family != "text" and not kind.args:
            return Expr(self.as_text(inside), kind, name=inside.name or short_name(kind))
        name = "" if self.mysql else inside.name or short_name(kind)
        return Expr(f"k_cast({inside.sql}, {string(json.dumps(kind.stored()))})", kind, name=name)

    def _case(self, node: exp.Case, scope: Scope) -> Expr:
        parts, kinds = ["CASE"], []
        subject = self.expr(node.this, scope) if node.this is not None else None
        for each in node.args["ifs"]:
            test = self.expr(each.this, scope) if subject is None else self._compare(
                exp.EQ(this=node.this, expression=each.this), scope)
            value = self.expr(each.args["true"], scope)
            kinds.append(value)
            parts.append(f"WHEN {test.sql} THEN {value.sql}")
        last = node.args.get("default")
        if last is not None:
            value = self.expr(last, scope)
            kinds.append(value)
            parts.append(f"ELSE {value.sql}")
        null = last is None or any(each.kind.null for each in kinds)
        return Expr(" ".join([*parts, "END"]), self.merged(kinds).maybe(null), name="case")

    def _if(self, node: exp.If, scope: Scope) -> Expr:
        test, yes = self.expr(node.this, scope), self.expr(node.args["true"], scope)
        no = self.expr(node.args["false"], scope) if node.args.get("false") is not None else Expr("NULL", NULL)
        return Expr(f"CASE WHEN {test.sql} THEN {yes.sql} ELSE {no.sql} END",
                    self.merged([yes, no]).maybe(yes.kind.null or no.kind.null))

    def merged(self, values: list[Expr]) -> Kind:
        """Return the kind of what may be any of several."""
        kinds = [each.kind for each in values if each.kind.name != "null"] or [TEXT]
        families = {each.family for each in kinds}
        if len(families) == 1:
            if families == {"decimal"}:
                return _widest(kinds)
            return kinds[0]
        if families <= {"int", "decimal", "double", "bool"}:
            if "double" in families:
                return DOUBLE
            known = [each for each in kinds if each.family == "decimal"]
            return _widest(known) if known else INT
        if families <= {"date", "timestamp"}:
            return next(each for each in kinds if each.family == "timestamp")
        return next((each for each in kinds if each.family == "text"), TEXT)

    def _interval(self, node: exp.Interval, scope: Scope) -> Expr:
        unit = node.args.get("unit")
        if not isinstance(node.this, exp.Literal):
            raise unsupported("INTERVAL", self.mysql)
        text = f"{node.this.name} {unit.name if unit is not None else ''}".strip()
        try:
            return Expr(string(times.interval_text(*times.interval(text))), INTERVAL, name="interval")
        except ValueError:
            raise SqlError(0, "22007", f'invalid input syntax for type interval: "{text}"', near=f"'{text}'") from None

    def _initcap(self, node: E, scope: Scope) -> Expr:
        return Expr(f"k_initcap({self.expr(node.this, scope).sql})", TEXT, name="initcap")

    def _extract(self, node: E, scope: Scope) -> Expr:
        value = self.expr(node.expression, scope)
        kind = INT if self.mysql else decimal(6) if node.name.lower() in ("second", "epoch") else decimal(0)
        name = "interval_part" if value.kind.family == "interval" else "part"
        return Expr(f"k_{name}({string(node.name)}, {value.sql})", kind, name="extract")

    def _now(self, node: E, scope: Scope) -> Expr:
        name = _NOWS.get(type(node), "current_timestamp")
        return self.call(name, [], node, scope)

    def _user(self, node: E, scope: Scope) -> Expr:
        name = _USERS.get(type(node), "current_user")
        return self.call(name, [], node, scope)

    def _zone(self, node: E, scope: Scope) -> Expr:
        inside = self.expr(node.this, scope)
        return Expr(inside.sql, TIMESTAMP if inside.kind == ZONED else ZONED, name="timezone")

    def _json_get(self, node: E, scope: Scope) -> Expr:
        as_text = isinstance(node, (exp.JSONExtractScalar, exp.JSONBExtractScalar))
        path, whole = node.expression, self.expr(node.this, scope)
        if self.mysql:
            where = string(path.name if isinstance(path, exp.Literal) else _path_text(path))
            found = f"k_json_extract({whole.sql}, {where})"
            return Expr(f"k_json_unquote({found})" if as_text else found, TEXT if as_text else JSON)
        if isinstance(path, exp.JSONPath):
            steps = [each.this for each in path.expressions if not isinstance(each, exp.JSONPathRoot)]
            where = str(steps[0]) if steps and isinstance(steps[0], int) else string(str(steps[0]) if steps else "")
        else:
            where = self.expr(path, scope).sql
        return Expr(f"k_json_get({whole.sql}, {where}, {int(as_text)})", TEXT if as_text else
                    whole.kind if whole.kind.family == "json" else JSON)

    def _arrow(self, node: E, scope: Scope) -> Expr:
        """Write j->'a' in a function's arguments, which sqlglot takes for a lambda from j to 'a'."""
        if self.mysql or len(node.expressions) != 1:
            raise unsupported("Lambda", self.mysql)
        column = exp.Column(this=node.expressions[0].copy())

        def attached(inside: E) -> E:
            if isinstance(inside, exp.Binary):
                inside.set("this", attached(inside.this))
                return inside
            return exp.JSONExtract(this=column, expression=inside)

        return self.expr(attached(node.this.copy()), scope)

    def _contains(self, node: E, scope: Scope) -> Expr:
        one, other = self.expr(node.this, scope), self.expr(node.expression, scope)
        if isinstance(node, exp.ArrayContainedBy):
            one, other = other, one
        one, other = self.alike(one, other)
        return Expr(f"k_contains({one.sql}, {other.sql})", BOOL)

    def _has_key(self, node: E, scope: Scope) -> Expr:
        return Expr(f"k_has_key({self.expr(node.this, scope).sql}, {self.expr(node.expression, scope).sql})", BOOL)

    def _array(self, node: E, scope: Scope) -> Expr:
        values = [self.expr(each, scope) for each in node.expressions]
        return Expr(
            f"k_array({', '.join(each.sql for each in values)})", Kind("array", of=self.merged(values)), name="array"
        )

    def _bracket(self, node: E, scope: Scope) -> Expr:
        array = self.expr(node.this, scope)
        at = node.expressions[0]
        if isinstance(at, exp.Slice):
            raise unsupported("array slices", self.mysql)
        index = self.expr(at, scope)
        if array.kind.family == "json":
            where = index.sql if index.literal is not None else f"{index.sql} + 1"
            return Expr(f"k_json_get({array.sql}, {where}, 0)", array.kind)
        return Expr(f"k_element({array.sql}, {index.sql} + 1)", array.kind.of or TEXT, name=array.name)

    def _subquery(self, node: E, scope: Scope) -> Expr:
        inner = node.this if isinstance(node, exp.Subquery) else node
        found = self.query(inner, scope)
        if len(found.columns) != 1:
            if self.mysql:
                raise SqlError(1241, "21000", "Operand should contain 1 column(s)")
            raise SqlError(0, "42601", "subquery must return only one column", near="(")
        name, kind = found.columns[0]
        return Expr(f"({found.sql})", kind, name=name)

    def _exists(self, node: E, scope: Scope) -> Expr:
        inner = node.this.this if isinstance(node.this, exp.Subquery) else node.this
        return Expr(f"EXISTS ({self.query(inner, scope).sql})", self.truth, name="exists")


def _widest(kinds: list[Kind]) -> Kind:
    scales = [each.scale for each in kinds]
    known = [each for each in scales if each is not None]
    return decimal(max(known) if len(known) == len(scales) else None)


def _path_text(path: E) -> str:
    text = "$"
    for each in path.expressions:
        if isinstance(each, exp.JSONPathKey):
            text += f".{each.this}" if str(each.this).isidentifier() else f'."{each.this}"'
        elif isinstance(each, exp.JSONPathSubscript):
            text += f"[{each.this}]"
    return text


_USERS: dict[type, str] = {exp.SessionUser: "session_user", exp.CurrentSchema: "current_schema"}


_NOWS: dict[type, str] = {exp.CurrentDate: "current_date", exp.CurrentTime: "current_time"}


_COMPARES: dict[type, str] = {exp.EQ: "=", exp.NEQ: "<>", exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<="}
