"""The types of columns: what constants they take, how values are shown and ordered, and partitions' tokens.

Values are plain JSON: numbers, texts, booleans; a timestamp is its milliseconds, a uuid its text, a list or a set a
list, a map a list of pairs.
"""

from __future__ import annotations

import re
from typing import Any

from ...dates import strftime

INTS = {"int": 4, "bigint": 8, "smallint": 2, "tinyint": 1, "varint": 0, "counter": 8}
FLOATS = ("float", "double", "decimal")
TEXTS = ("text", "varchar", "ascii")
UUIDS = ("uuid", "timeuuid")
OTHERS = ("boolean", "timestamp", "date", "time", "blob", "inet", "duration")
_ALL = (1 << 64) - 1


class CqlError(Exception):
    """What a server refuses. `code`: its number, `name`: as cqlsh calls it, `kind`: as the protocol does."""

    def __init__(self, message: str, code: int = 2200):
        super().__init__(message)
        self.message, self.code = message, code
        self.name, self.kind = {
            2200: ("InvalidRequest", "Invalid query"),
            2000: ("SyntaxException", "Syntax error in CQL query"),
            2300: ("ConfigurationException", "Query invalid because of configuration issue"),
            2400: ("AlreadyExists", ""),
            2100: ("Unauthorized", "Unauthorized"),
        }[code]


class Call:
    """now(), uuid(), toTimestamp(now()): a function that is worked out when a statement is run."""

    def __init__(self, name: str, arguments: list[Any]):
        self.name, self.arguments = name.lower(), arguments


class Constant:
    """A constant of a statement. `kind`: STRING, INTEGER, FLOAT, BOOLEAN, UUID, HEX, as errors name it."""

    def __init__(self, kind: str, value: Any):
        self.kind, self.value = kind, value


def is_type(name: str) -> bool:
    """Tell whether there is such a type."""
    outer, inner = parts(name)
    if outer in ("list", "set", "map", "frozen", "tuple", "vector"):
        return bool(inner)
    return name in INTS or name in FLOATS or name in TEXTS or name in UUIDS or name in OTHERS


def parts(kind: str) -> tuple[str, list[str]]:
    """Return (list, [int]) of list<int>."""
    outer, mark, rest = kind.partition("<")
    if not mark:
        return outer, []
    inner, depth, found = rest[:-1], 0, [""]
    for letter in inner:
        depth += (letter == "<") - (letter == ">")
        if letter == "," and not depth:
            found.append("")
        else:
            found[-1] += letter
    return outer, [each.strip() for each in found]


def taken(value: Any, kind: str, column: str) -> Any:
    """Return a constant as a column of a type keeps it; raise CqlError where it does not take it."""
    outer, inner = parts(kind)
    if value is None:
        return None
    if outer == "frozen":
        return taken(value, inner[0], column)
    if outer in ("list", "set", "map", "tuple", "vector"):
        return _collection(value, outer, inner, column)
    if not isinstance(value, Constant):
        raise CqlError(
            f'Invalid {_literal(value)} for "{column}" of type {kind}'
            if not isinstance(value, Call)
            else f"Type error: cannot assign result of function {value.name} to {column}"
        )
    given, found = value.kind, value.value
    good = {
        "int": given == "INTEGER",
        "float": given in ("INTEGER", "FLOAT"),
        "text": given == "STRING",
        "uuid": given == "UUID",
        "boolean": given == "BOOLEAN",
        "blob": given == "HEX",
        "timestamp": given in ("STRING", "INTEGER"),
        "date": given in ("STRING", "INTEGER"),
    }.get(
        "int"
        if kind in INTS
        else "float"
        if kind in FLOATS
        else "text"
        if kind in TEXTS
        else "uuid"
        if kind in UUIDS
        else kind,
        given == "STRING",
    )
    if not good:
        raise CqlError(f'Invalid {given} constant ({found}) for "{column}" of type {kind}')
    if kind in INTS and INTS[kind] and not -(1 << 8 * INTS[kind] - 1) <= found < 1 << 8 * INTS[kind] - 1:
        raise CqlError(f"Unable to make {kind} from '{found}'")
    if kind == "timestamp" and isinstance(found, str):
        return moment(found)
    return float(found) if kind in ("float", "double") else found


def _literal(value: Any) -> str:
    return "list literal" if isinstance(value, list) else "map literal" if isinstance(value, dict) else "literal"


def _collection(value: Any, outer: str, inner: list[str], column: str) -> Any:
    if outer == "map":
        if isinstance(value, list) and not value:
            return None
        if not isinstance(value, dict):
            raise CqlError(f"Invalid {_literal(value)} for {column} of type map<{', '.join(inner)}>")
        pairs = [[taken(name, inner[0], column), taken(each, inner[1], column)] for name, each in value["pairs"]]
        return sorted(pairs, key=lambda pair: key(pair[0])) or None
    items = value["items"] if isinstance(value, dict) and "items" in value else value
    if not isinstance(items, list) or (outer == "set") != (items is not value):
        if not (outer == "set" and isinstance(value, dict) and value.get("pairs") == []):
            raise CqlError(f"Invalid {_literal(value)} for {column} of type {outer}<{', '.join(inner)}>")
        items = []
    found = [taken(each, inner[min(at, len(inner) - 1)], column) for at, each in enumerate(items)]
    if outer == "set":
        unique = {key(each): each for each in found}
        found = [unique[each] for each in sorted(unique)]
    return found or None


def moment(text: str) -> int:
    """Return the milliseconds of a timestamp as text."""
    from ..mongo.values import instant

    found = instant(re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", text).replace(" ", "T", 1) if len(text) > 10 else text)
    if found is None:
        raise CqlError(f"Unable to parse a date/time from '{text}'")
    return found


def shown(value: Any, kind: str, inside: bool = False) -> str:
    """Return a value as cqlsh shows it."""
    outer, inner = parts(kind)
    if outer == "frozen":
        return shown(value, inner[0], inside)
    if value is None:
        return "null"
    if outer == "map":
        return (
            "{"
            + ", ".join(f"{shown(name, inner[0], True)}: {shown(each, inner[1], True)}" for name, each in value)
            + "}"
        )
    if outer in ("list", "set", "tuple", "vector"):
        marks = {"set": "{}", "tuple": "()"}.get(outer, "[]")
        return (
            marks[0]
            + ", ".join(shown(each, inner[min(at, len(inner) - 1)], True) for at, each in enumerate(value))
            + marks[1]
        )
    if kind in TEXTS and inside:
        return "'" + str(value).replace("'", "''") + "'"
    if kind == "timestamp":
        return strftime("%Y-%m-%d %H:%M:%S", value // 1000) + f".{value % 1000 * 1000:06}+0000"
    if kind in ("float", "double"):
        return f"{value:.6g}"
    return str(value)


def key(value: Any) -> Any:
    """Return a key by which values of one type are ordered."""
    if isinstance(value, list):
        return [key(each) for each in value]
    return (value is not None, value)


def octets(value: Any, kind: str) -> bytes:
    """Return a value as partitions' tokens are made of."""
    if kind in INTS:
        size = INTS[kind] or max(1, (int(value).bit_length() + 8) // 8)
        return int(value).to_bytes(size, "big", signed=True)
    if kind == "timestamp":
        return int(value).to_bytes(8, "big", signed=True)
    if kind in UUIDS:
        return bytes.fromhex(value.replace("-", ""))
    if kind == "boolean":
        return bytes((int(value),))
    if kind in ("float", "double"):
        import struct

        return struct.pack(">d" if kind == "double" else ">f", value)
    return str(value).encode("utf-8", "surrogateescape")


def token(values: list[tuple[Any, str]]) -> int:
    """Return a partition's token: Murmur3 as Cassandra has it, which takes bytes for signed."""
    found = [octets(value, kind) for value, kind in values]
    data = found[0] if len(found) == 1 else b"".join(len(each).to_bytes(2, "big") + each + b"\0" for each in found)
    return _murmur(data)


def _turned(value: int, by: int) -> int:
    return (value << by | value >> 64 - by) & _ALL


def _mixed(value: int) -> int:
    value = (value ^ value >> 33) * 0xFF51AFD7ED558CCD & _ALL
    value = (value ^ value >> 33) * 0xC4CEB9FE1A85EC53 & _ALL
    return value ^ value >> 33


def _murmur(data: bytes) -> int:
    one, two = 0x87C37B91114253D5, 0x4CF5AD432745937F
    h1 = h2 = 0
    whole = len(data) // 16 * 16
    for at in range(0, whole, 16):
        k1, k2 = int.from_bytes(data[at : at + 8], "little"), int.from_bytes(data[at + 8 : at + 16], "little")
        h1 ^= _turned(k1 * one & _ALL, 31) * two & _ALL
        h1 = (_turned(h1, 27) + h2) * 5 + 0x52DCE729 & _ALL
        h2 ^= _turned(k2 * two & _ALL, 33) * one & _ALL
        h2 = (_turned(h2, 31) + h1) * 5 + 0x38495AB5 & _ALL
    rest = [each - 256 if each > 127 else each for each in data[whole:]]  # signed
    k1 = k2 = 0
    for at, each in enumerate(rest):
        if at < 8:
            k1 ^= each << 8 * at & _ALL
        else:
            k2 ^= each << 8 * (at - 8) & _ALL
    if len(rest) > 8:
        h2 ^= _turned(k2 * two & _ALL, 33) * one & _ALL
    if rest:
        h1 ^= _turned(k1 * one & _ALL, 31) * two & _ALL
    h1, h2 = h1 ^ len(data), h2 ^ len(data)
    h1 = h1 + h2 & _ALL
    h2 = h2 + h1 & _ALL
    h1, h2 = _mixed(h1), _mixed(h2)
    h1 = h1 + h2 & _ALL
    return h1 - (1 << 64) if h1 >> 63 else h1
