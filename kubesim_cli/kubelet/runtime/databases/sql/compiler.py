"""Expressions of MySQL and PostgreSQL -> sqlite's, each with the kind of its value.

Columns are found here and not by sqlite, so that the errors are the servers' own and quoted names are never taken for
texts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from .errors import SqlError, unsupported
from .kinds import (
    NULL,
    TEXT,
    Kind,
    postgres_name,
)

if TYPE_CHECKING:
    from .catalog import Table
    from .session import Session

E = Any  # an expression of sqlglot's


@dataclass
class Expr:
    """`sql` for sqlite; `literal`: a text that stands in the statement; `exact`: a decimal as text;
    `name`: what PostgreSQL calls a column that it gives."""

    sql: str
    kind: Kind
    literal: str | None = None
    exact: bool = False
    name: str = ""

    @property
    def number(self) -> str:
        """It as what can be compared and sorted as a number."""
        return f"CAST({self.sql} AS REAL)" if self.exact else self.sql


@dataclass
class Source:
    """What FROM has: `alias` and the columns."""

    alias: str
    columns: list[tuple[str, Kind]]
    table: Table | None = None
    merged: set[str] = field(default_factory=set)  # by USING: the same as another source's

    def kind(self, name: str) -> tuple[str, Kind] | None:
        """Return a column, None where there is none."""
        return next((each for each in self.columns if each[0].lower() == name.lower()), None)


@dataclass
class Scope:
    """What an expression may name. `clause`: where it stands; `aliases`: of the select list."""

    sources: list[Source] = field(default_factory=list)
    outer: Scope | None = None
    ctes: dict[str, list[tuple[str, Kind]]] = field(default_factory=dict)
    aliases: dict[str, Expr] = field(default_factory=dict)
    clause: str = ""
    grouped: set[str] | None = None  # the columns that may stand outside of an aggregate
    inside: bool = False             # of an aggregate
    aggregates: bool = False         # there was one


def quote(name: str) -> str:
    """Return a name for sqlite."""
    return '"' + name.replace('"', '""') + '"'


def string(text: str) -> str:
    """Return a text for sqlite."""
    if "\0" in text:
        return f"CAST(x'{text.encode().hex()}' AS TEXT)"
    return "'" + text.replace("'", "''") + "'"


AGGREGATES = frozenset(
    (
        "count",
        "sum",
        "avg",
        "min",
        "max",
        "group_concat",
        "string_agg",
        "array_agg",
        "bool_and",
        "bool_or",
        "every",
        "json_agg",
        "jsonb_agg",
        "json_arrayagg",
        "stddev",
        "stddev_samp",
        "stddev_pop",
        "std",
        "variance",
        "var_samp",
        "var_pop",
        "json_object_agg",
        "jsonb_object_agg",
        "json_objectagg",
        "any_value",
        "bit_and",
        "bit_or",
    )
)
_CLAUSES: dict[str, str] = {
    "SELECT": "field list", "WHERE": "where clause", "ON": "on clause", "ORDER BY": "order clause",
    "GROUP BY": "group statement", "HAVING": "having clause",
}
_KINDS = {
    "TINYINT": "tinyint", "SMALLINT": "smallint", "MEDIUMINT": "mediumint", "INT": "int", "BIGINT": "bigint",
    "DECIMAL": "decimal", "MONEY": "decimal", "DOUBLE": "double", "FLOAT": "float", "CHAR": "char", "NCHAR": "char",
    "VARCHAR": "varchar", "NVARCHAR": "varchar", "TEXT": "text", "TINYTEXT": "tinytext", "MEDIUMTEXT": "mediumtext",
    "LONGTEXT": "longtext", "BLOB": "blob", "TINYBLOB": "tinyblob", "MEDIUMBLOB": "mediumblob",
    "LONGBLOB": "longblob", "VARBINARY": "varbinary", "BINARY": "binary", "DATE": "date", "DATE32": "date",
    "TIME": "time", "TIMETZ": "time", "DATETIME": "datetime", "TIMESTAMP": "timestamp", "TIMESTAMPTZ": "timestamptz",
    "TIMESTAMPNTZ": "timestamp", "TIMESTAMPLTZ": "timestamptz", "YEAR": "year", "BOOLEAN": "bool", "JSON": "json",
    "JSONB": "jsonb", "ENUM": "enum", "SET": "set", "UUID": "uuid", "INTERVAL": "interval", "NAME": "name",
    "INET": "inet", "SERIAL": "int", "BIGSERIAL": "bigint", "SMALLSERIAL": "smallint", "BIT": "tinyint",
    "XML": "text", "OBJECT_IDENTIFIER": "text",
}


class Compiler:
    """Of one statement. `row`: the values that columns of `Source("?")` stand for are named parameters."""

    def __init__(self, session: Session):
        self.session, self.mysql = session, session.mysql
        self.catalog = session.data.catalog
        self.methods: dict[type, Any] = {}

    # Kinds

    def kind(self, data: exp.DataType) -> Kind:
        """Return the kind that a statement names; raise SqlError where there is none."""
        name = data.this.name if isinstance(data.this, exp.DataType.Type) else str(data.this)
        args = tuple(int(each.name) for each in data.expressions
                     if isinstance(each, exp.DataTypeParam) and each.name.isdigit())
        if name == "ARRAY" and not self.mysql:
            return Kind("array", of=self.kind(data.expressions[0]) if data.expressions else TEXT)
        if name == "USERDEFINED":
            given = str(data.args.get("kind") or "").strip('"').lower()
            if given in self.catalog.types:
                return Kind("enum", values=tuple(self.catalog.types[given]), label=given)
            if given in ("regclass", "oid", "bytea", "name", "citext", "money", "regproc"):
                return Kind({"bytea": "blob", "oid": "int"}.get(given, "text"))
            raise self._no_type(given)
        if name in ("ENUM", "SET"):
            return Kind(name.lower(), values=tuple(each.name for each in data.expressions))
        if self.mysql and name == "TIMESTAMPTZ":
            name = "TIMESTAMP"
        if self.mysql and name == "BOOLEAN":
            return Kind("tinyint", (1,))
        unsigned = name[0] == "U" and name[1:] in _KINDS
        found = _KINDS.get(name[1:] if unsigned else name)
        if found is None:
            raise self._no_type(name)
        if found == "float" and args and args[0] > 24:
            found = "double"
        if not self.mysql:
            found = {"varbinary": "blob", "tinyint": "smallint", "datetime": "timestamp", "double": "double"}.get(
                found, found
            )
            if found == "decimal" and len(args) == 1:
                args = (args[0], 0)
            elif found not in ("varchar", "char", "decimal"):
                args = ()
        elif found == "decimal":
            args = (*(args or (10,)), 0)[:2]
        elif found == "char":
            args = args or (1,)
        elif found not in ("varchar", "tinyint", "int", "bigint", "smallint", "binary", "varbinary", "char"):
            args = ()
        return Kind(found, args, unsigned)

    def _no_type(self, name: str) -> SqlError:
        if self.mysql:
            return SqlError(4161, "HY000", f"Unknown data type: '{name}'")
        return SqlError(0, "42704", f'type "{name.lower()}" does not exist', near=name)

    # Columns

    def column(self, node: exp.Column, scope: Scope) -> Expr:
        """Return what a column stands for."""
        name, table = node.name, node.table
        if not table and not node.this.quoted and name.lower() in _BARE:
            bare = self.call(name.lower(), [], node, scope) if self._unknown_column(name, scope) else None
            if bare is not None:
                return bare
        at: Scope | None = scope
        while at is not None:
            found = [
                (source, column)
                for source in at.sources
                if not table
                or (
                    source.alias.lower() == table.lower()
                    and (not node.db or source.table is None or source.table.schema == node.db)
                )
                for column in [source.kind(name)]
                if column is not None and (table or name.lower() not in source.merged)
            ]
            if len(found) > 1 and not table:
                raise self._ambiguous(name, scope.clause)
            if not table and at.clause in ("ORDER BY", "GROUP BY", "HAVING") and name.lower() in at.aliases and (
                    not found or at.clause == "ORDER BY" or (self.mysql and at.clause == "HAVING")):
                return at.aliases[name.lower()]
            if found:
                source, (exact_name, kind) = found[0]
                if (
                    at.grouped is not None
                    and not at.inside
                    and f"{source.alias}.{exact_name}".lower() not in at.grouped
                ):
                    raise SqlError(
                        0,
                        "42803",
                        f'column "{source.alias}.{exact_name}" must appear in the GROUP BY clause or be '
                        "used in an aggregate function",
                        near=name,
                    )
                return Expr(f"{quote(source.alias)}.{quote(exact_name)}", kind, name=exact_name)
            at = at.outer
        if not table and not self.mysql:
            source_row = next((each for each in scope.sources if each.alias.lower() == name.lower()), None)
            if source_row is not None and len(source_row.columns) == 1:
                return Expr(f"{quote(source_row.alias)}.{quote(source_row.columns[0][0])}", source_row.columns[0][1],
                            name=source_row.alias)
        raise self._no_column(name, table, scope)

    def _unknown_column(self, name: str, scope: Scope | None) -> bool:
        while scope is not None:
            if any(source.kind(name) for source in scope.sources):
                return False
            scope = scope.outer
        return True

    def _ambiguous(self, name: str, clause: str) -> SqlError:
        if self.mysql:
            return SqlError(1052, "23000", f"Column '{name}' in {self._clause(clause)} is ambiguous")
        return SqlError(0, "42702", f'column reference "{name}" is ambiguous', near=name)

    def _clause(self, clause: str) -> str:
        """Return how the server calls a clause in errors."""
        return (clause or "SELECT") if self.session.maria else _CLAUSES.get(clause, "field list")

    def _no_column(self, name: str, table: str, scope: Scope) -> SqlError:
        if self.mysql:
            shown = f"{table}.{name}" if table else name
            return SqlError(1054, "42S22", f"Unknown column '{shown}' in '{self._clause(scope.clause)}'")
        if table and all(each.alias.lower() != table.lower() for each in scope.sources):
            return SqlError(0, "42P01", f'missing FROM-clause entry for table "{table}"', near=table)
        shown = f"{table}.{name}" if table else f'"{name}"'
        return SqlError(0, "42703", f"column {shown} does not exist", near=f"{table}.{name}" if table else name)

    # Expressions

    def expr(self, node: Any, scope: Scope) -> Expr:
        """Return an expression for sqlite; raise SqlError where it is wrong or not known."""
        method = self.methods.get(type(node))
        if method is None:
            name = _METHODS.get(type(node), "")
            if not name:
                raise unsupported(type(node).__name__, self.mysql)
            method = self.methods[type(node)] = getattr(self, name)
        found: Expr = method(node, scope)
        return found

    # Arithmetic

    # Casts, cases, dates

    # JSON and arrays

    # Queries, see queries.py

    def query(self, node: Any, outer: Scope | None = None) -> Any:
        """See queries.Queries."""
        raise NotImplementedError

    def call(self, name: str, args: list[Any], node: E, scope: Scope) -> Expr:
        """See calls.Calls."""
        raise NotImplementedError

    def no_function(self, name: str, args: list[Expr]) -> SqlError:
        """Return the error of a function that there is none."""
        if self.mysql:
            if self.session.database:
                return SqlError(1305, "42000", f"FUNCTION {self.session.database}.{name} does not exist")
            return SqlError(1305, "42000", f"FUNCTION {name} does not exist")
        kinds = ", ".join(
            "unknown" if each.literal is not None or each.kind == NULL else postgres_name(each.kind, False)
            for each in args
        )
        return SqlError(
            0,
            "42883",
            f"function {name.lower()}({kinds}) does not exist",
            near=name,
            hint="No function matches the given name and argument types. You might need to add explicit type casts.",
        )


_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*")
_BARE = frozenset(("current_timestamp", "current_date", "current_time", "localtime", "localtimestamp", "current_user",
                   "session_user", "user", "current_catalog", "current_schema", "current_role"))
_USERS: dict[type, str] = {exp.SessionUser: "session_user", exp.CurrentSchema: "current_schema"}
_NOWS: dict[type, str] = {exp.CurrentDate: "current_date", exp.CurrentTime: "current_time"}
_COMPARES: dict[type, str] = {exp.EQ: "=", exp.NEQ: "<>", exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<="}
_BITS: dict[type, str] = {exp.BitwiseAnd: "&", exp.BitwiseOr: "|", exp.BitwiseLeftShift: "<<",
                          exp.BitwiseRightShift: ">>"}
_METHODS: dict[type, str] = {
    exp.Literal: "_literal", exp.Null: "_null", exp.Boolean: "_boolean", exp.Paren: "_paren", exp.Column: "column",
    exp.And: "_and", exp.Or: "_and", exp.Xor: "_xor", exp.Not: "_not", exp.Neg: "_neg", exp.Is: "_is", exp.In: "_in",
    exp.NullSafeEQ: "_same", exp.NullSafeNEQ: "_same", exp.Between: "_between", exp.Like: "_like", exp.ILike: "_like",
    exp.RegexpLike: "_regexp", exp.RegexpILike: "_regexp", exp.Escape: "_escape", exp.Add: "_add", exp.Sub: "_add",
    exp.Mul: "_mul", exp.Div: "_div", exp.IntDiv: "_int_div", exp.Mod: "_mod", exp.Pow: "_pow", exp.DPipe: "_pipes",
    exp.Cast: "_cast", exp.TryCast: "_cast", exp.Case: "_case", exp.If: "_if", exp.Interval: "_interval",
    exp.Extract: "_extract", exp.CurrentTimestamp: "_now", exp.CurrentDate: "_now", exp.CurrentTime: "_now",
    exp.CurrentUser: "_user", exp.SessionUser: "_user", exp.CurrentSchema: "_user", exp.AtTimeZone: "_zone",
    exp.JSONExtract: "_json_get", exp.JSONExtractScalar: "_json_get", exp.JSONBExtract: "_json_get",
    exp.JSONBExtractScalar: "_json_get", exp.ArrayContainsAll: "_contains", exp.ArrayContainedBy: "_contains",
    exp.JSONBContains: "_has_key", exp.JSONBContainsTopKey: "_has_key",
    exp.Lambda: "_arrow", exp.Array: "_array", exp.Bracket: "_bracket", exp.Subquery: "_subquery",
    exp.Select: "_subquery", exp.Union: "_subquery", exp.Exists: "_exists", exp.HexString: "_hex",
    exp.ByteString: "_bytes", exp.National: "_bytes", **dict.fromkeys(_COMPARES, "_compare"),
    **dict.fromkeys(_BITS, "_bits"), exp.Anonymous: "_anonymous", exp.Trim: "_trim", exp.Substring: "_substring",
    exp.StrPosition: "_position", exp.GroupConcat: "_group_concat", exp.Chr: "_named", exp.Initcap: "_initcap",
    exp.Floor: "_whole_number", exp.Ceil: "_whole_number", exp.Concat: "_named", exp.Overlay: "_overlay",
    exp.Filter: "_filter", exp.Window: "_window", exp.Parameter: "_variable", exp.PropertyEQ: "_assigned",
    exp.SessionParameter: "_setting", exp.Dot: "_dot", exp.Collate: "_collate", exp.JSONObject: "_json_object",
    exp.JSONArray: "_json_array", exp.Placeholder: "_placeholder", exp.Identifier: "_identifier",
    exp.Var: "_identifier", exp.Tuple: "_row",
}
