"""Types of columns and expressions: what they are called, how values are taken in and shown.

Values are those of sqlite: None, int, float, str, bytes. Dates and times are text, `2024-05-06 07:08:09`;
booleans are 0 and 1; decimals are floats that are shown with their scale; arrays are JSON text.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from . import times
from .errors import SqlError

Value = Any  # None, int, float, str or bytes

_INTS = {"tinyint": 1, "smallint": 2, "mediumint": 3, "int": 4, "bigint": 8}
_TEXTS = ("char", "varchar", "text", "tinytext", "mediumtext", "longtext", "enum", "set", "uuid", "name", "year")
_FAMILIES = {
    **dict.fromkeys(_INTS, "int"), **dict.fromkeys(_TEXTS, "text"), "year": "int", "decimal": "decimal",
    "double": "double", "float": "double", "jsonb": "json", "timestamptz": "timestamp", "datetime": "timestamp",
    "binary": "blob", "varbinary": "blob", "longblob": "blob", "bytea": "blob", "null": "text",
}
_POSTGRES = {"int": "integer", "varchar": "character varying", "char": "character", "decimal": "numeric",
             "double": "double precision", "float": "real", "bool": "boolean", "array": "ARRAY",
             "timestamp": "timestamp without time zone", "timestamptz": "timestamp with time zone",
             "time": "time without time zone", "null": "text"}
_SHORT = {
    "int": "int4", "bigint": "int8", "smallint": "int2", "decimal": "numeric", "double": "float8", "float": "float4",
    "char": "bpchar",
}


@dataclass(frozen=True)
class Kind:
    """`args`: length, or precision and scale; `values`: of an enum; `of`: what an array is of; `label`: its own name;
    `null`: whether a value may be NULL, as far as that is known of an expression."""

    name: str
    args: tuple[int, ...] = ()
    unsigned: bool = False
    values: tuple[str, ...] = ()
    of: Kind | None = None
    label: str = ""
    null: bool = field(default=True, compare=False)

    @property
    def family(self) -> str:
        """int, decimal, double, text, bool, date, time, timestamp, interval, json, array or blob."""
        return _FAMILIES.get(self.name, self.name)

    @property
    def numeric(self) -> bool:
        """Whether it is a number, which tables show at the right."""
        return self.family in ("int", "decimal", "double")

    @property
    def scale(self) -> int | None:
        """Digits behind a decimal's point, None where each value has its own."""
        if self.family == "int":
            return 0
        return self.args[1] if len(self.args) > 1 else 0 if self.args else None

    def maybe(self, null: bool) -> Kind:
        """Return it as that of what may be NULL, or never is."""
        return self if null == self.null else replace(self, null=null)

    def stored(self) -> list[Any]:
        """Return it as JSON."""
        return [self.name, list(self.args), self.unsigned, list(self.values), self.of.stored() if self.of else None,
                self.label]

    @classmethod
    def read(cls, data: list[Any]) -> Kind:
        """Return what was stored."""
        name, args, unsigned, values, of, label = data
        return cls(name, tuple(args), unsigned, tuple(values), cls.read(of) if of else None, label)


INT, BIGINT, DOUBLE, TEXT, BOOL = Kind("int"), Kind("bigint"), Kind("double"), Kind("text"), Kind("bool")
NULL, DATE, TIME, TIMESTAMP, ZONED = Kind("null"), Kind("date"), Kind("time"), Kind("timestamp"), Kind("timestamptz")
INTERVAL, JSON, JSONB, NUMERIC, NAME = Kind("interval"), Kind("json"), Kind("jsonb"), Kind("decimal"), Kind("name")


def decimal(scale: int | None) -> Kind:
    """Return the kind of decimals with a scale."""
    return NUMERIC if scale is None else Kind("decimal", (65, min(scale, 38)))


def mysql_name(kind: Kind, maria: bool) -> str:
    """Return a column's type as SHOW and DESCRIBE tell it."""
    args: tuple[Any, ...] = kind.args
    if kind.family == "int" and not args and maria:
        width = {"tinyint": 4, "smallint": 6, "mediumint": 9, "int": 11, "bigint": 20, "year": 4}[kind.name]
        args = (width - (kind.unsigned and kind.name != "bigint"),)
    elif kind.family == "int" and args and not maria and not (kind.name == "tinyint" and args == (1,)):
        args = ()
    elif kind.values:
        args = tuple("'" + value.replace("'", "''") + "'" for value in kind.values)
    elif kind.name == "decimal":
        args = kind.args or (10, 0)
    return (kind.name + (f"({','.join(map(str, args))})" if args else "")
            + (" unsigned" if kind.unsigned else ""))


def postgres_name(kind: Kind, args: bool = True) -> str:
    """Return a type as \\d tells it."""
    if kind.label:
        return kind.label
    if kind.of is not None and args:
        return postgres_name(kind.of) + "[]"
    name = _POSTGRES.get(kind.name, kind.name)
    shown = ",".join(map(str, kind.args if kind.name in ("varchar", "char", "decimal") else ()))
    return f"{name}({shown})" if shown and args else name


def short_name(kind: Kind) -> str:
    """Return what PostgreSQL calls a column that is a cast to a type."""
    return kind.label or (f"_{short_name(kind.of)}" if kind.of is not None else _SHORT.get(kind.name, kind.name))


def rounded(value: Value, scale: int) -> Decimal:
    """Return a number rounded half up; a float first to the 15 digits that it is good for."""
    exact = Decimal(repr(value)) if isinstance(value, int) else Decimal(f"{float(value):.15g}")
    return exact.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP)


def shown(value: Value, kind: Kind, mysql: bool) -> str | None:
    """Return a value as a server sends it, None for NULL."""
    if value is None:
        return None
    family = kind.family
    if family == "bool":
        return str(int(value)) if mysql else "t" if value else "f"
    if family == "decimal" and isinstance(value, (int, float)):
        scale = kind.scale
        return str(rounded(value, scale)) if scale is not None else plain(value)
    if isinstance(value, float):
        return _float(value, kind, mysql)
    if family == "array" and isinstance(value, str):
        return array_text(json.loads(value), kind.of)
    if kind.name == "timestamptz":
        return f"{value}+00"
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace") if mysql else "\\x" + value.hex()
    return str(value)


def _float(value: float, kind: Kind, mysql: bool) -> str:
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    if kind.name == "float":
        value = float(f"{value:.6g}")
    if value == int(value) and abs(value) < 1e15:
        return "-0" if value == 0 and str(value)[0] == "-" and not mysql else str(int(value))
    text = repr(value)
    return text.replace("e+", "e") if mysql else text


def plain(value: Value) -> str:
    """Return a number without an exponent."""
    if isinstance(value, int):
        return str(value)
    if value == int(value):
        return str(int(value))
    return format(Decimal(repr(value)), "f")


def array_text(items: list[Any], of: Kind | None) -> str:
    """Return {a,b}, PostgreSQL's text of an array."""
    return "{" + ",".join(_element(each, of) for each in items) + "}"


def _element(each: Any, of: Kind | None) -> str:
    if each is None:
        return "NULL"
    if isinstance(each, list):
        return array_text(each, of)
    text = shown(each, of or TEXT, False) or ""
    if not text or text.upper() == "NULL" or any(letter in ' ,{}"\\' for letter in text):
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return text


def array_items(text: str) -> list[Any]:
    """Return the items of {a,b} as text; raise ValueError where it is none."""
    import csv

    if not (text.startswith("{") and text.endswith("}")):
        raise ValueError(text)
    inside = text[1:-1]
    if not inside.strip():
        return []
    if inside.lstrip().startswith("{"):
        return [array_items(part if part.endswith("}") else part + "}") for part in inside.replace(" ", "").split("},")]
    row = next(csv.reader([inside], escapechar="\\", skipinitialspace=True))
    return [None if item.strip().upper() == "NULL" else item.strip() for item in row]


# Taking values in

def _bad(kind: Kind, value: Value, mysql: bool, column: str, row: int) -> SqlError:
    if not mysql:
        if kind.values:
            return SqlError(0, "22P02", f'invalid input value for enum {kind.label}: "{value}"', near=_quoted(value))
        if kind.family in ("date", "timestamp", "time"):
            name = postgres_name(kind, False) if kind.family == "date" else postgres_name(kind)
            return SqlError(0, "22007", f'invalid input syntax for type {name}: "{value}"', near=_quoted(value))
        if kind.family == "json":
            return SqlError(0, "22P02", "invalid input syntax for type json", near=_quoted(value))
        if kind.family == "array":
            return SqlError(0, "22P02", f'malformed array literal: "{value}"', near=_quoted(value),
                            detail='Array value must start with "{" or dimension information.')
        return SqlError(0, "22P02", f'invalid input syntax for type {postgres_name(kind, False)}: "{value}"',
                        near=_quoted(value))
    if kind.values:
        return SqlError(1265, "01000", f"Data truncated for column '{column}' at row {row}")
    if kind.family == "json":
        return SqlError(3140, "22032", f"Invalid JSON text: \"Invalid value.\" at position 0 in value for column "
                                       f"'{column}'.")
    if kind.family in ("date", "timestamp", "time"):
        name = "datetime" if kind.family == "timestamp" else kind.name
        return SqlError(1292, "22007", f"Incorrect {name} value: '{value}' for column '{column}' at row {row}")
    name = {"int": "integer"}.get(kind.family, kind.name)
    return SqlError(1366, "HY000", f"Incorrect {name} value: '{value}' for column '{column}' at row {row}")


def _quoted(value: Value) -> str:
    return f"'{value}'" if isinstance(value, str) else str(value)


def taken(value: Value, kind: Kind, mysql: bool, column: str = "", row: int = 1, explicit: bool = False) -> Value:
    """Return a value as a column keeps it; raise SqlError where it cannot. `explicit`: by a cast, which cuts."""
    if value is None:
        return None
    family = kind.family
    if isinstance(value, bytes) and family != "blob":
        value = value.decode("utf-8", "replace")
    try:
        if family == "int":
            return _integer(value, kind, mysql, column, row)
        if family in ("decimal", "double"):
            return _number(value, kind, mysql, column, row)
        if family == "bool":
            return _truth(value)
        if family in ("date", "timestamp", "time"):
            return times.taken(value, family, mysql)
        if family == "json":
            return _json(value, kind, mysql)
        if family == "array":
            return _array(value, kind, mysql)
        if family == "interval":
            return times.interval_text(*times.interval(str(value)))
        if family == "blob":
            return value
    except (ValueError, InvalidOperation, OverflowError):
        raise _bad(kind, value, mysql, column, row) from None
    return _text(value, kind, mysql, column, row, explicit)


def _integer(value: Value, kind: Kind, mysql: bool, column: str, row: int) -> int:
    if isinstance(value, str) and not mysql and not value.strip().lstrip("+-").isdigit():
        raise ValueError
    number = (
        int(rounded(value.strip() if isinstance(value, str) else value, 0)) if not isinstance(value, int) else value
    )
    size = _INTS.get(kind.name, 4)
    low, high = (0, 256 ** size - 1) if kind.unsigned else (-(256 ** size // 2), 256 ** size // 2 - 1)
    if not low <= number <= high:
        if mysql:
            raise SqlError(1264, "22003", f"Out of range value for column '{column}' at row {row}")
        if isinstance(value, str):
            raise SqlError(0, "22003", f'value "{value}" is out of range for type {postgres_name(kind)}')
        raise SqlError(0, "22003", f"{postgres_name(kind)} out of range")
    return min(number, 2 ** 63 - 1)


def _number(value: Value, kind: Kind, mysql: bool, column: str, row: int) -> Value:
    number = float(value) if not isinstance(value, int) else value
    if kind.family == "double":
        return float(number)
    scale = kind.scale if kind.args or not mysql else 0
    if scale is None:
        return number
    exact = rounded(number, scale)
    precision = kind.args[0] if kind.args else 10
    if abs(exact) >= Decimal(10) ** (precision - scale):
        if mysql:
            raise SqlError(1264, "22003", f"Out of range value for column '{column}' at row {row}")
        raise SqlError(0, "22003", "numeric field overflow", f"A field with precision {precision}, scale {scale} must "
                       f"round to an absolute value less than 10^{precision - scale}.")
    return float(exact)


def _truth(value: Value) -> int:
    if not isinstance(value, str):
        return int(bool(value))
    word = value.strip().lower()
    if word and any(whole.startswith(word) for whole in ("true", "yes", "on", "1")) and word != "o":
        return 1
    if word and any(whole.startswith(word) for whole in ("false", "no", "off", "0")) and word != "o":
        return 0
    raise ValueError(value)


def _json(value: Value, kind: Kind, mysql: bool) -> str:
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except json.JSONDecodeError:
        raise ValueError(value) from None
    if kind.name == "json" and not mysql:
        return str(value)
    return json_text(found, kind.name == "jsonb" or mysql)


def json_text(value: Any, ordered: bool = False) -> str:
    """Return JSON as the servers write it; `ordered`: keys by length and alphabet, as jsonb and MySQL keep them."""
    return json.dumps(_ordered(value) if ordered else value, ensure_ascii=False)


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value, key=lambda key: (len(key), key))}
    return [_ordered(each) for each in value] if isinstance(value, list) else value


def _array(value: Value, kind: Kind, mysql: bool) -> str:
    text = str(value)
    items = json.loads(text) if text.startswith("[") else array_items(text)
    of = kind.of or TEXT
    return json.dumps([_items(each, of, mysql) for each in items], ensure_ascii=False)


def _items(each: Any, of: Kind, mysql: bool) -> Any:
    return [_items(one, of, mysql) for one in each] if isinstance(each, list) else taken(each, of, mysql)


def _text(value: Value, kind: Kind, mysql: bool, column: str, row: int, explicit: bool) -> str:
    text = value if isinstance(value, str) else _float(value, kind, mysql) if isinstance(value, float) else str(value)
    if kind.values:
        if kind.name == "set":
            parts = [each for each in text.split(",") if each]
            if any(each not in kind.values for each in parts):
                raise _bad(kind, value, mysql, column, row)
            return ",".join(each for each in kind.values if each in parts)
        for each in kind.values:
            if each == text or (mysql and each.lower() == text.lower()):
                return each
        raise _bad(kind, value, mysql, column, row)
    if kind.name in ("char", "varchar") and (kind.args or kind.name == "char"):
        most = kind.args[0] if kind.args else 1
        if len(text) > most and not explicit and text[most:].strip(" "):
            if mysql:
                raise SqlError(1406, "22001", f"Data too long for column '{column}' at row {row}")
            raise SqlError(0, "22001", f"value too long for type {postgres_name(kind)}")
        text = text[:most]
        if kind.name == "char":
            return text.rstrip(" ") if mysql else text.ljust(most)
    return text
