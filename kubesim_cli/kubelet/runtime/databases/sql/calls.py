"""Calls of functions: what each is in sqlite, and the kind of what it gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlglot import exp

from .aggregation import Aggregation
from .compiler import AGGREGATES, E, Expr, Scope, string
from .errors import SqlError, unsupported
from .kinds import (
    BIGINT,
    BOOL,
    DATE,
    DOUBLE,
    INT,
    INTERVAL,
    JSON,
    JSONB,
    NAME,
    TEXT,
    TIME,
    TIMESTAMP,
    ZONED,
    Kind,
    decimal,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    Result = Kind | str  # a kind; "first": that of the first argument; "merged": of all

# What both have: name -> (k_ function, or sqlite's own after a "!", kind)
_BOTH: dict[str, tuple[str, Any]] = {
    "upper": ("upper", TEXT), "lower": ("lower", TEXT), "char_length": ("letters", INT),
    "character_length": ("letters", INT), "octet_length": ("bytes", INT), "left": ("left", TEXT),
    "right": ("right", TEXT), "lpad": ("lpad", TEXT), "rpad": ("rpad", TEXT), "repeat": ("repeat", TEXT),
    "reverse": ("reverse", TEXT), "replace": ("replace", TEXT), "concat_ws": ("concat_ws", TEXT),
    "ltrim": ("!ltrim", TEXT), "rtrim": ("!rtrim", TEXT), "ascii": ("ascii", INT), "md5": ("md5", TEXT),
    "abs": ("abs", "first"), "sqrt": ("sqrt", DOUBLE), "exp": ("exp", DOUBLE), "ln": ("log", DOUBLE),
    "log10": ("log10", DOUBLE), "pow": ("power", DOUBLE), "power": ("power", DOUBLE), "sin": ("sin", DOUBLE),
    "cos": ("cos", DOUBLE), "tan": ("tan", DOUBLE), "asin": ("asin", DOUBLE), "acos": ("acos", DOUBLE),
    "atan": ("atan", DOUBLE), "atan2": ("atan", DOUBLE), "degrees": ("degrees", DOUBLE),
    "radians": ("radians", DOUBLE), "coalesce": ("!coalesce", "merged"), "nullif": ("!nullif", "first"),
    "regexp_replace": ("regexp_replace", TEXT), "first_value": ("!first_value", "first"),
    "last_value": ("!last_value", "first"), "lag": ("!lag", "first"), "lead": ("!lead", "first"),
    "nth_value": ("!nth_value", "first"), "row_number": ("!row_number", BIGINT), "rank": ("!rank", BIGINT),
    "dense_rank": ("!dense_rank", BIGINT), "percent_rank": ("!percent_rank", DOUBLE),
    "cume_dist": ("!cume_dist", DOUBLE), "ntile": ("!ntile", INT), "sha256": ("sha2", TEXT),
    "translate": ("translate", TEXT),
}
_MYSQL: dict[str, tuple[str, Any]] = {
    "ucase": ("upper", TEXT), "lcase": ("lower", TEXT), "length": ("bytes", INT), "concat": ("concat", TEXT),
    "substr": ("substring", TEXT), "mid": ("substring", TEXT), "instr": ("instr", INT), "field": ("field", INT),
    "substring_index": ("substring_index", TEXT), "elt": ("elt", TEXT), "find_in_set": ("find_in_set", INT),
    "strcmp": ("strcmp", INT), "space": ("space", TEXT), "conv": ("conv", TEXT), "hex": ("hex", TEXT),
    "unhex": ("unhex", TEXT), "bin": ("bin", TEXT), "oct": ("oct", TEXT), "sha": ("sha1", TEXT),
    "sha1": ("sha1", TEXT), "sha2": ("sha2", TEXT), "format": ("format", TEXT), "insert": ("insert", TEXT),
    "quote": ("quote", TEXT), "crc32": ("crc32", BIGINT), "floor": ("floor", BIGINT), "ceil": ("ceil", BIGINT),
    "ceiling": ("ceil", BIGINT), "sign": ("sign", INT), "log": ("log", DOUBLE), "log2": ("log2", DOUBLE),
    "ifnull": ("!ifnull", "merged"), "greatest": ("greatest", "merged"), "least": ("least", "merged"),
    "date": ("date", DATE), "time": ("time", TIME), "dayname": ("dayname", TEXT), "monthname": ("monthname", TEXT),
    "dayofweek": ("dayofweek", INT), "weekday": ("weekday", INT), "dayofyear": ("dayofyear", INT),
    "week": ("week", INT), "weekofyear": ("week", INT), "datediff": ("datediff", INT),
    "date_format": ("date_format", TEXT), "last_day": ("last_day", DATE), "makedate": ("makedate", DATE),
    "time_to_sec": ("unix", INT), "sec_to_time": ("sec_to_time", TIME), "timestamp": ("from_text", TIMESTAMP),
    "json_extract": ("json_extract", JSON), "json_unquote": ("json_unquote", TEXT),
    "json_length": ("json_length", INT), "json_valid": ("json_valid", INT), "json_keys": ("json_keys", JSON),
    "json_type": ("json_type", TEXT), "json_contains": ("contains", INT), "json_set": ("json_set", JSON),
    "json_insert": ("json_insert", JSON), "json_replace": ("json_replace", JSON),
    "json_remove": ("json_remove", JSON), "json_quote": ("json_quote", TEXT), "json_pretty": ("json_pretty", TEXT),
    "json_merge_patch": ("json_merge", JSON), "to_base64": ("base64", TEXT), "from_base64": ("unbase64", TEXT),
    "ord": ("ascii", INT), "regexp_like": ("regexp", INT), "any_value": ("!max", "first"),
}
_POSTGRES: dict[str, tuple[str, Any]] = {
    "length": ("letters", INT), "concat": ("pg_concat", TEXT), "substr": ("pg_substring", TEXT),
    "btrim": ("pg_trim", TEXT), "strpos": ("strpos", INT), "initcap": ("initcap", TEXT),
    "split_part": ("split_part", TEXT), "chr": ("chr", TEXT), "to_hex": ("to_hex", TEXT), "encode": ("encode", TEXT),
    "quote_literal": ("quote_literal", TEXT), "quote_ident": ("quote_ident", TEXT), "format": ("pg_format", TEXT),
    "greatest": ("pg_greatest", "merged"), "least": ("pg_least", "merged"), "mod": ("pg_mod", "first"),
    "log": ("log10", DOUBLE), "cbrt": ("cbrt", DOUBLE), "div": ("int_div", decimal(0)),
    "array_length": ("array_length", INT), "cardinality": ("cardinality", INT),
    "array_to_string": ("array_to_string", TEXT), "array_append": ("array_append", "first"),
    "array_cat": ("array_cat", "first"), "string_to_array": ("string_to_array", Kind("array", of=TEXT)),
    "to_date": ("to_date", DATE), "sha256": ("sha2", TEXT), "make_date": ("make_date", DATE),
    "jsonb_array_length": ("json_length", INT), "json_array_length": ("json_length", INT),
    "json_typeof": ("json_typeof", TEXT), "jsonb_typeof": ("json_typeof", TEXT),
    "jsonb_set": ("pg_json_set", Kind("jsonb")), "jsonb_pretty": ("json_pretty", TEXT),
    "pg_size_pretty": ("pg_size", TEXT), "array_position": ("array_position", INT), "bit_length": ("bit_length", INT),
}
_PARTS = {"year": "year", "month": "month", "day": "day", "dayofmonth": "day", "hour": "hour", "minute": "minute",
          "second": "second", "quarter": "quarter", "microsecond": "microsecond"}
# What the session answers: name -> kind
_ASKED_MYSQL = {
    "database": TEXT, "schema": TEXT, "version": TEXT, "user": TEXT, "current_user": TEXT, "session_user": TEXT,
    "system_user": TEXT, "connection_id": BIGINT, "row_count": BIGINT, "found_rows": BIGINT,
    "last_insert_id": BIGINT.maybe(False),
    "uuid": TEXT, "sleep": INT, "rand": DOUBLE, "now": TIMESTAMP, "sysdate": TIMESTAMP,
    "current_timestamp": TIMESTAMP, "localtime": TIMESTAMP, "localtimestamp": TIMESTAMP, "curdate": DATE,
    "current_date": DATE, "curtime": TIME, "current_time": TIME, "utc_timestamp": TIMESTAMP, "utc_date": DATE,
    "utc_time": TIME, "benchmark": INT, "get_lock": INT, "release_lock": INT,
}
_ASKED_POSTGRES = {
    "current_database": NAME, "version": TEXT, "current_user": NAME, "user": NAME, "session_user": NAME,
    "current_role": NAME, "current_catalog": NAME, "current_schema": NAME, "random": DOUBLE, "now": ZONED,
    "clock_timestamp": ZONED, "statement_timestamp": ZONED, "transaction_timestamp": ZONED,
    "current_timestamp": ZONED, "localtimestamp": TIMESTAMP, "current_date": DATE, "current_time": TIME,
    "nextval": BIGINT, "currval": BIGINT, "setval": BIGINT, "lastval": BIGINT, "pg_sleep": TEXT,
    "pg_is_in_recovery": BOOL, "pg_backend_pid": INT, "gen_random_uuid": Kind("uuid"),
    "uuid_generate_v4": Kind("uuid"), "pg_postmaster_start_time": ZONED, "inet_server_addr": TEXT,
    "pg_database_size": BIGINT, "pg_total_relation_size": BIGINT, "pg_relation_size": BIGINT, "current_setting": TEXT,
    "set_config": TEXT,
    "pg_get_userbyid": NAME, "pg_table_is_visible": BOOL, "has_table_privilege": BOOL, "obj_description": TEXT,
    "txid_current": BIGINT,
}


class Calls(Aggregation):
    """What is written as a call."""

    def _anonymous(self, node: exp.Anonymous, scope: Scope) -> Expr:
        name = str(node.this)
        if name.lower() in AGGREGATES:
            return self._aggregate(name.lower(), node.expressions, scope)
        return self.call(name, node.expressions, node, scope)

    def _named(self, node: E, scope: Scope) -> Expr:
        name = "chr" if isinstance(node, exp.Chr) else "concat"
        if name == "chr" and self.mysql:
            return Expr(f"k_chr({self._list(node.expressions, scope)})", TEXT)
        return self.call(name, node.expressions, node, scope)

    def call(self, name: str, args: list[Any], node: E, scope: Scope) -> Expr:
        """Return a call of a function that is no aggregate; raise SqlError where there is none."""
        lower = name.lower()
        asked = (_ASKED_MYSQL if self.mysql else _ASKED_POSTGRES).get(lower)
        if asked is not None:
            if lower == "now" or lower.startswith(("current_", "local")):
                args = []
            more = "".join(f", {self.expr(each, scope).sql}" for each in args)
            return Expr(f"k_ask({string(lower)}{more})", asked, name=lower)
        if self.mysql:
            special: Callable[..., Expr] | None = _SPECIAL_MYSQL.get(lower)
        else:
            special = _SPECIAL_POSTGRES.get(lower)
        if special is not None:
            found = special(self, lower, args, scope)
            found.name = found.name or lower
            return found
        if self.mysql and lower in _PARTS and len(args) == 1:
            return Expr(f"k_part({string(_PARTS[lower])}, {self.expr(args[0], scope).sql})", INT)
        values = [self.expr(each, scope) for each in args]
        known = (_MYSQL if self.mysql else _POSTGRES).get(lower) or _BOTH.get(lower)
        if known is None and (own := self.session.routine(lower, len(values))) is not None:
            passed = "".join(f", {each.sql}" for each in values)
            return Expr(f"k_ask('routine', {string(own[0])}, {string(lower)}{passed})", own[1], name=name)
        if known is None:
            raise self.no_function(name, values)
        function, kind = known
        never = function in ("!row_number", "!rank", "!dense_rank") or (
            lower in ("ifnull", "coalesce") and any(not each.kind.null for each in values))
        given = kind.maybe(not never) if isinstance(kind, Kind) else self.merged(
            values[:1] if kind == "first" else values).maybe(not never)
        if kind == "merged":
            values = [self._as(each, given) for each in values]
        if given == TEXT and not self.mysql and not function.startswith("!"):
            inside = ", ".join(
                self.as_text(each)
                if each.kind.family in ("timestamp", "bool", "decimal", "array") and lower != "array_to_string"
                else each.sql
                for each in values
            )
        else:
            inside = ", ".join(each.sql for each in values)
        return Expr(f"{function[1:] if function[0] == '!' else 'k_' + function}({inside})", given, name=lower)

    # Calls with their own grammar

    def _trim(self, node: E, scope: Scope) -> Expr:
        what = node.args.get("expression")
        where = str(node.args.get("position") or "BOTH").upper()
        sql = f"k_{'trim' if self.mysql else 'pg_trim'}({self.expr(node.this, scope).sql}"
        sql += f", {self.expr(what, scope).sql if what is not None else string(' ')}, {string(where)})"
        return Expr(sql, TEXT, name={"LEADING": "ltrim", "TRAILING": "rtrim"}.get(where, "btrim"))

    def _substring(self, node: E, scope: Scope) -> Expr:
        parts = [node.this, *(node.args[each] for each in ("start", "length") if node.args.get(each) is not None)]
        name = "substring" if self.mysql else "pg_substring"
        if len(parts) == 2 and node.args.get("start") is None:
            parts.insert(1, exp.Literal.number(1))
        return Expr(f"k_{name}({self._list(parts, scope)})", TEXT, name="substring")

    def _position(self, node: E, scope: Scope) -> Expr:
        name = "instr" if self.mysql else "strpos"
        return Expr(f"k_{name}({self.expr(node.this, scope).sql}, {self.expr(node.args['substr'], scope).sql})", INT,
                    name="position")

    def _overlay(self, node: E, scope: Scope) -> Expr:
        size = node.args.get("for_") or node.args.get("for")
        new = self.expr(node.expression, scope).sql
        count = self.expr(size, scope).sql if size is not None else f"length({new})"
        at = self.expr(node.args.get("from_") or node.args.get("from"), scope).sql
        return Expr(f"k_insert({self.expr(node.this, scope).sql}, {at}, {count}, {new})", TEXT, name="overlay")

    def _dot(self, node: E, scope: Scope) -> Expr:
        if isinstance(node.expression, exp.Anonymous):  # pg_catalog.version()
            return self._anonymous(node.expression, scope)
        raise unsupported("this expression", self.mysql)

    def _collate(self, node: E, scope: Scope) -> Expr:
        inside = self.expr(node.this, scope)
        exact = node.expression.name.lower().endswith(("_bin", "c", "_cs"))
        return Expr(f"({inside.sql} COLLATE {'BINARY' if exact else 'NOCASE'})", inside.kind)

    def _json_object(self, node: E, scope: Scope) -> Expr:
        pairs: list[Any] = []
        for each in node.expressions:
            pairs += [each.this, each.expression]
        return _json_made(self, "object", pairs, scope)

    def _json_array(self, node: E, scope: Scope) -> Expr:
        return _json_made(self, "array", node.expressions, scope)

    def _placeholder(self, node: E, scope: Scope) -> Expr:
        raise unsupported("parameters", self.mysql)

    def _identifier(self, node: E, scope: Scope) -> Expr:
        return self.column(exp.column(node.name), scope)

    def _row(self, node: E, scope: Scope) -> Expr:
        if self.mysql:
            raise SqlError(1241, "21000", "Operand should contain 1 column(s)")
        raise unsupported("row values", self.mysql)

    # MySQL's variables

    def _variable(self, node: E, scope: Scope) -> Expr:
        name = node.this.name.lower()
        value = self.session.variables.get(name)
        kind = INT if isinstance(value, int) else DOUBLE if isinstance(value, float) else TEXT
        return Expr(f"k_ask('variable', {string(name)})", kind)

    def _assigned(self, node: E, scope: Scope) -> Expr:
        value = self.expr(node.expression, scope)
        name = node.this.this.name.lower()
        self.session.variables.setdefault(name, 0 if value.kind.family == "int" else None)
        return Expr(f"k_ask('assign', {string(name)}, {value.sql})", value.kind)

    def _setting(self, node: E, scope: Scope) -> Expr:
        value = self.session.setting(node.this.name, str(node.args.get("kind") or ""))
        if isinstance(value, int):
            return Expr(str(value), BIGINT)
        return Expr(string(value), TEXT) if value is not None else Expr("NULL", TEXT)


# Calls whose result hangs on more than the function's name

def _round(calls: Calls, name: str, args: list[Any], scope: Scope) -> Expr:
    values = [calls.expr(each, scope) for each in args]
    function = "round" if name == "round" else "truncate"
    sql = f"k_{function}({', '.join(each.number for each in values)})"
    if values[0].kind.family == "double" or not values[0].kind.numeric:
        return Expr(sql, DOUBLE)
    if values[0].kind.family == "int":
        return Expr(sql, values[0].kind)
    scale = int(args[1].name) if len(args) > 1 and args[1].name.isdigit() else 0
    if calls.mysql and values[0].kind.scale is not None:
        scale = min(scale, values[0].kind.scale)
    return Expr(sql, decimal(scale))


def _whole(calls: Calls, name: str, args: list[Any], scope: Scope) -> Expr:
    value = calls.expr(args[0], scope)
    function = {"ceiling": "ceil"}.get(name, name)
    return Expr(f"k_{function}({value.sql})", DOUBLE if value.kind.family in ("double", "int") else decimal(0))


def _pi(calls: Calls, name: str, args: list[Any], scope: Scope) -> Expr:
    return Expr("3.141592653589793", decimal(6) if calls.mysql else DOUBLE)


def _modulo(calls: Calls, name: str, args: list[Any], scope: Scope) -> Expr:
    return calls.expr(exp.Mod(this=args[0], expression=args[1]), scope)


def _concat(calls: Calls, name: str, args: list[Any], scope: Scope) -> Expr:
    values = [calls.expr(each, scope) for each in args]
    return Expr(f"k_concat({', '.join(calls.as_text(each) for each in values)})", TEXT)


def _locate(calls: Calls, name: str, args: list[Any], scope: Scope) -> Expr:
    values = [calls.expr(each, scope).sql for each in args]
    return Expr(f"k_instr({', '.join([values[1], values[0], *values[2:]])})", INT)


def _date_add(calls: Calls, name: str, args: list[Any], scope: Scope) -> Expr:
    span = args[1] if isinstance(args[1], exp.Interval) else exp.Interval(this=args[1], unit=exp.var("DAY"))
    made = exp.Sub if "sub" in name else exp.Add
    return calls.expr(made(this=args[0], expression=span), scope)


def _timestampdiff(calls: Calls, name: str, args: list[Any], scope: Scope) -> Expr:
    return Expr(f"k_timestampdiff({string(args[0].name)}, {calls._list(args[1:], scope)})", BIGINT)


def _timestampadd(calls: Calls, name: str, args: list[Any], scope: Scope) -> Expr:
    return _date_add(calls, "date_add", [args[2], exp.Interval(this=args[1], unit=exp.var(args[0].name))], scope)


def _str_to_date(calls: Calls, name: str, args: list[Any], scope: Scope) -> Expr:
    timed = any(mark in args[1].name for mark in ("%H", "%h", "%i", "%s", "%S", "%T", "%r"))
    return Expr(f"k_str_to_date({calls._list(args, scope)})", TIMESTAMP if timed else DATE)


def _unix(calls: Calls, name: str, args: list[Any], scope: Scope) -> Expr:
    return Expr(f"k_unix({calls._list(args, scope)})" if args else "k_ask('epoch')", BIGINT)


def _from_unix(calls: Calls, name: str, args: list[Any], scope: Scope) -> Expr:
    return Expr(f"k_from_unix({calls._list(args, scope)})", TIMESTAMP if len(args) == 1 else TEXT)


def _isnull(calls: Calls, name: str, args: list[Any], scope: Scope) -> Expr:
    return Expr(f"({calls.expr(args[0], scope).sql} IS NULL)", INT)


def _values(calls: Calls, name: str, args: list[Any], scope: Scope) -> Expr:
    return calls.column(exp.column(args[0].name, table="excluded"), scope)


def _password(calls: Calls, name: str, args: list[Any], scope: Scope) -> Expr:
    inside = calls.expr(args[0], scope).sql
    return Expr(f"'*' || upper(k_sha1(k_unhex(k_sha1({inside}))))", TEXT)


def _json_made(calls: Calls, how: str, args: list[Any], scope: Scope) -> Expr:
    values = [calls.expr(each, scope) for each in args]
    kinds = ",".join("bool" if isinstance(node, exp.Boolean)
                     else each.kind.family for node, each in zip(args, values, strict=True))
    return Expr(f"k_json_{how}({string(kinds)}{''.join(', ' + each.sql for each in values)})", JSON)


def _json_built(calls: Calls, name: str, args: list[Any], scope: Scope) -> Expr:
    found = _json_made(calls, "object" if name.endswith("object") else "array", args, scope)
    return Expr(found.sql, JSONB if name.startswith("jsonb") else JSON)


def _to_json(calls: Calls, name: str, args: list[Any], scope: Scope) -> Expr:
    if name == "row_to_json" and isinstance(args[0], (exp.Column, exp.Identifier)):
        source = next((each for each in scope.sources if each.alias.lower() == args[0].name.lower()), None)
        if source is not None:
            pairs: list[Any] = []
            for column, _ in source.columns:
                pairs += [exp.Literal.string(column), exp.column(column, table=source.alias, quoted=True)]
            return _json_made(calls, "object", pairs, scope)
    value = calls.expr(args[0], scope)
    return Expr(f"k_json_get(k_json_array({string(value.kind.family)}, {value.sql}), 0, 0)",
                JSONB if name.startswith("to_jsonb") else JSON)


def _date_trunc(calls: Calls, name: str, args: list[Any], scope: Scope) -> Expr:
    value = calls.expr(args[1], scope)
    kind = ZONED if value.kind.family == "date" or value.kind == ZONED else TIMESTAMP
    return Expr(f"k_date_trunc({calls.expr(args[0], scope).sql}, {value.sql})", kind)


def _date_part(calls: Calls, name: str, args: list[Any], scope: Scope) -> Expr:
    found = calls._extract(exp.Extract(this=exp.var(args[0].name), expression=args[1]), scope)
    return Expr(found.sql, DOUBLE, name=name)


def _to_char(calls: Calls, name: str, args: list[Any], scope: Scope) -> Expr:
    value = calls.expr(args[0], scope)
    return Expr(f"k_to_char({value.number}, {calls.expr(args[1], scope).sql})", TEXT)


def _to_timestamp(calls: Calls, name: str, args: list[Any], scope: Scope) -> Expr:
    return Expr(f"k_{'from_epoch' if len(args) == 1 else 'to_timestamp'}({calls._list(args, scope)})", ZONED)


def _age(calls: Calls, name: str, args: list[Any], scope: Scope) -> Expr:
    first = "k_ask('current_date')" if len(args) == 1 else calls.expr(args[0], scope).sql
    return Expr(f"k_age({first}, {calls.expr(args[-1], scope).sql})", INTERVAL)


def _sign(calls: Calls, name: str, args: list[Any], scope: Scope) -> Expr:
    return Expr(f"k_sign({calls.expr(args[0], scope).sql})", DOUBLE)


def _timestamp(calls: Calls, name: str, args: list[Any], scope: Scope) -> Expr:
    return calls.expr(exp.Cast(this=args[0], to=exp.DataType.build("DATETIME")), scope)


_SPECIAL_MYSQL: dict[str, Any] = {
    "round": _round, "truncate": _round, "pi": _pi, "mod": _modulo, "concat": _concat, "locate": _locate,
    "position": _locate, "date_add": _date_add, "adddate": _date_add, "date_sub": _date_add, "subdate": _date_add,
    "isnull": _isnull, "timestampdiff": _timestampdiff, "timestampadd": _timestampadd, "str_to_date": _str_to_date,
    "unix_timestamp": _unix, "from_unixtime": _from_unix, "values": _values, "password": _password,
    "timestamp": _timestamp, "json_array": lambda calls, name, args, scope: _json_made(calls, "array", args, scope),
    "json_object": lambda calls, name, args, scope: _json_made(calls, "object", args, scope),
}
_SPECIAL_POSTGRES: dict[str, Any] = {
    "round": _round, "trunc": _round, "pi": _pi, "floor": _whole, "ceil": _whole, "ceiling": _whole, "sign": _sign,
    "json_build_object": _json_built, "jsonb_build_object": _json_built, "json_build_array": _json_built,
    "jsonb_build_array": _json_built, "to_json": _to_json, "to_jsonb": _to_json, "row_to_json": _to_json,
    "date_trunc": _date_trunc, "date_part": _date_part, "to_char": _to_char, "to_timestamp": _to_timestamp, "age": _age,
}
