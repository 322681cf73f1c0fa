"""MySQL's own protocol, for real clients (https://dev.mysql.com/doc/dev/mysql-server/latest/PAGE_PROTOCOL.html).

A server speaks first. Passwords are proved by mysql_native_password; nothing is encrypted; no prepared statements.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

State = dict[str, Any]
Ask = Callable[[dict[str, Any]], dict[str, Any]]

# CLIENT_*: long password, found rows, long flag, connect with db, protocol 4.1, transactions, secure connection,
# several statements and results, plugin auth
_ABLE = 0x1 | 0x2 | 0x4 | 0x8 | 0x200 | 0x2000 | 0x8000 | 0x10000 | 0x20000 | 0x80000
_WITH_DATABASE, _PLUGIN, _LONG_AUTH = 0x8, 0x80000, 0x200000
_NATIVE = b"mysql_native_password"
_TEXT, _BINARY = 45, 63  # collations
_KINDS = {
    "tinyint": 1,
    "bool": 1,
    "smallint": 2,
    "int": 3,
    "float": 4,
    "double": 5,
    "timestamp": 7,
    "bigint": 8,
    "mediumint": 9,
    "date": 10,
    "time": 11,
    "datetime": 12,
    "year": 13,
    "json": 245,
    "decimal": 246,
    "char": 254,
    "enum": 254,
    "set": 254,
    "text": 252,
    "blob": 252,
    "longtext": 252,
    "longblob": 252,
}
_QUIT, _INIT, _QUERY, _FIELDS, _STATISTICS, _PING, _OPTION, _RESET = 1, 2, 3, 4, 9, 0x0E, 0x1B, 0x1F


def new(salt: bytes) -> State:
    """Return the state of a connection that begins. `salt`: 20 bytes, none of which ends a text or a line."""
    return {"stage": "hello", "salt": salt.hex(), "hello": {}, "number": 0, "several": False}


def greeting(state: State, version: str, number: int) -> bytes:
    """Return what a server says first."""
    salt = bytes.fromhex(state["salt"])
    body = (
        b"\x0a"
        + version.encode()
        + b"\0"
        + struct.pack("<I", number)
        + salt[:8]
        + b"\0"
        + struct.pack("<HBHH", _ABLE & 0xFFFF, _TEXT, 2, _ABLE >> 16)
        + bytes((len(salt) + 1,))
        + bytes(10)
        + salt[8:]
        + b"\0"
        + _NATIVE
        + b"\0"
    )
    return _packet(0, body)


def hear(state: State, data: bytearray, ask: Ask) -> tuple[bytes, bool]:
    """Take the packets that have come; return (what is sent back, whether the connection goes on).

    `ask` hands a document to the server (serving.py): {"hello": ...} or {"q": statement}.
    """
    out, goes_on = b"", True
    while goes_on and len(data) >= 4 and len(data) >= (size := int.from_bytes(data[:3], "little") + 4):
        number, body = data[3], bytes(data[4:size])
        del data[:size]
        if state["stage"] == "hello":
            more, goes_on = _hello(state, number, body, ask)
        elif state["stage"] == "proof":
            state["hello"]["scramble"] = body.hex()
            more, goes_on = _login(state, number + 1, ask)
        else:
            more, goes_on = _command(state, body, ask)
        out += more
    return out, goes_on


def _packet(number: int, body: bytes) -> bytes:
    return len(body).to_bytes(3, "little") + bytes((number & 0xFF,)) + body


def _length(value: int) -> bytes:
    """Return a length as packets have it."""
    if value < 251:
        return bytes((value,))
    if value < 1 << 16:
        return b"\xfc" + struct.pack("<H", value)
    return b"\xfd" + value.to_bytes(3, "little") if value < 1 << 24 else b"\xfe" + struct.pack("<Q", value)


def _text(value: str) -> bytes:
    data = value.encode("utf-8", "surrogateescape")
    return _length(len(data)) + data


def _fine(number: int, affected: int = 0, last: int = 0, warnings: int = 0, info: str = "", status: int = 2) -> bytes:
    return _packet(
        number, b"\0" + _length(affected) + _length(last) + struct.pack("<HH", status, warnings) + info.encode()
    )


def _error(number: int, error: list[Any]) -> bytes:
    code, sqlstate, message = error[:3]
    return _packet(
        number,
        b"\xff"
        + struct.pack("<H", code)
        + b"#"
        + (sqlstate or "HY000").encode()[:5].ljust(5, b"0")
        + message.encode("utf-8", "surrogateescape"),
    )


def _hello(state: State, number: int, body: bytes, ask: Ask) -> tuple[bytes, bool]:
    able = struct.unpack_from("<I", body)[0]
    user, _, rest = body[32:].partition(b"\0")
    size, start = (rest[0], 1) if rest else (0, 0)
    scramble, rest = rest[start : start + size], rest[start + size :]
    database = b""
    if able & _WITH_DATABASE:
        database, _, rest = rest.partition(b"\0")
    plugin = rest.partition(b"\0")[0] if able & _PLUGIN else _NATIVE
    state["hello"] = {
        "user": user.decode("utf-8", "replace"),
        "database": database.decode("utf-8", "replace"),
        "salt": state["salt"],
        "scramble": scramble.hex(),
    }
    state["several"] = bool(able & 0x10000)
    if plugin and plugin != _NATIVE:
        state["stage"] = "proof"
        return _packet(number + 1, b"\xfe" + _NATIVE + b"\0" + bytes.fromhex(state["salt"]) + b"\0"), True
    return _login(state, number + 1, ask)


def _login(state: State, number: int, ask: Ask) -> tuple[bytes, bool]:
    said = ask({"hello": state["hello"]})
    if "error" in said:
        return _error(number, said["error"]), False
    state["stage"] = "ready"
    return _fine(number), True


def _command(state: State, body: bytes, ask: Ask) -> tuple[bytes, bool]:
    what, text = body[0], body[1:].decode("utf-8", "surrogateescape")
    if what == _QUIT:
        return b"", False
    if what in (_PING, _OPTION, _RESET):
        return _fine(1), True
    if what == _STATISTICS:
        return _packet(1, b"Uptime: 1  Threads: 1  Questions: 1  Slow queries: 0"), True
    if what == _INIT:
        text = f"USE `{text}`"
    elif what == _FIELDS:
        return _end(1), True
    elif what != _QUERY:
        return _error(1, [1295, "HY000", "This command is not supported in the prepared statement protocol yet"]), True
    return _answers(text, ask), True


def _answers(text: str, ask: Ask) -> bytes:
    """Return the answers to all statements of a text."""
    from .sql.dialects import split

    found, rest = split(text, True)
    statements = [each for each in (*found, rest) if each.strip()]
    if not statements:
        return _error(1, [1065, "42000", "Query was empty"])
    out, number = b"", 1
    for at, each in enumerate(statements):
        said = ask({"q": each.strip()})
        if "error" in said:
            return out + _error(number, said["error"])
        packets = _answer(said, 2 | (8 if at < len(statements) - 1 else 0))
        out += b"".join(_packet(number + place, body) for place, body in enumerate(packets))
        number += len(packets)
    return out


def _answer(said: dict[str, Any], status: int) -> list[bytes]:
    """Return the bodies of a result's packets."""
    warnings = len(said.get("notices") or ())
    columns = said.get("columns")
    shown = [packet for each in said.get("before") or () for packet in _answer(each, status | 8)]
    if columns is None:
        counts = said.get("affected", 0), said.get("last") or 0
        return [*shown, _fine(0, *counts, warnings, said.get("info", ""), status)[4:]]
    end = b"\xfe" + struct.pack("<HH", warnings, status)
    kinds = said.get("kinds") or []
    out = [_length(len(columns))]
    for at, (name, numeric, null) in enumerate(columns):
        kind = _KINDS.get(kinds[at][0], 253) if at < len(kinds) else 8 if numeric else 253
        binary = numeric or kind in (10, 11, 12, 7)
        out.append(
            _text("def")
            + _text("") * 3
            + _text(name)
            + _text(name)
            + b"\x0c"
            + struct.pack(
                "<HIBHB", _BINARY if binary else _TEXT, 1024, kind, 0 if null else 1, 31 if kind in (4, 5) else 0
            )
            + b"\0\0"
        )
    out.append(end)
    out += [b"".join(b"\xfb" if each is None else _text(str(each)) for each in row) for row in said["rows"]]
    return [*out, end]


def _end(number: int) -> bytes:
    return _packet(number, b"\xfe" + struct.pack("<HH", 0, 2))
