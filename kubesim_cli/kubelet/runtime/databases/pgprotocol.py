"""PostgreSQL's own protocol, version 3, for real clients (https://www.postgresql.org/docs/current/protocol.html).

Statements one by one, and prepared ones with their parameters as text. Nothing is encrypted: who asks for that is told
no.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from .sql.dialects import split
from .sql.prepared import filled, places, quoted

State = dict[str, Any]
Ask = Callable[[dict[str, Any]], dict[str, Any]]

_SSL, _GSS, _CANCEL, _VERSION = 80877103, 80877104, 80877102, 196608
_OIDS = {
    "bool": 16,
    "bytea": 17,
    "name": 19,
    "bigint": 20,
    "smallint": 21,
    "int": 23,
    "text": 25,
    "json": 114,
    "float": 700,
    "double": 701,
    "char": 1042,
    "varchar": 1043,
    "date": 1082,
    "time": 1083,
    "timestamp": 1114,
    "timestamptz": 1184,
    "interval": 1186,
    "decimal": 1700,
    "uuid": 2950,
    "jsonb": 3802,
}
_ARRAYS = {"int": 1007, "text": 1009, "varchar": 1015, "bigint": 1016, "bool": 1000, "double": 1022, "decimal": 1231}
_SIZES = {16: 1, 20: 8, 21: 2, 23: 4, 700: 4, 701: 8, 1082: 4, 1083: 8, 1114: 8, 1184: 8, 1186: 16, 2950: 16}
_NUMBERS = frozenset((20, 21, 23, 700, 701, 1700, 26))
_READS = ("select", "with", "values", "table", "show")


def new() -> State:
    """Return the state of a connection that begins."""
    return {"stage": "start", "hello": {}, "statements": {}, "portals": {}, "failed": False, "status": "I"}


def hear(state: State, data: bytearray, ask: Ask) -> tuple[bytes, bool]:
    """Take the messages that have come; return (what is sent back, whether the connection goes on).

    `ask` hands a document to the server (serving.py): {"hello": ...} or {"q": statement}.
    """
    out, goes_on = b"", True
    while goes_on:
        if state["stage"] == "start":
            if len(data) < 8 or len(data) < (size := struct.unpack_from(">I", data)[0]):
                break
            body = bytes(data[4:size])
            del data[:size]
            more, goes_on = _start(state, body, ask)
        else:
            if len(data) < 5 or len(data) < (size := struct.unpack_from(">I", data, 1)[0] + 1):
                break
            kind, body = chr(data[0]), bytes(data[5:size])
            del data[:size]
            more, goes_on = _message(state, kind, body, ask)
        out += more
    return out, goes_on


def _packet(kind: str, body: bytes = b"") -> bytes:
    return kind.encode() + struct.pack(">I", len(body) + 4) + body


def _text(value: str) -> bytes:
    return value.encode("utf-8", "surrogateescape") + b"\0"


def _error(error: list[Any], severity: str = "ERROR") -> bytes:
    _, code, message, detail, hint, position = (*error, "", "", "", -1)[:6]
    fields = {
        "S": severity,
        "V": severity,
        "C": code or "XX000",
        "M": message,
        "D": detail,
        "H": hint,
        "P": str(position + 1) if isinstance(position, int) and position >= 0 else "",
    }
    return _packet("E", b"".join(name.encode() + _text(each) for name, each in fields.items() if each) + b"\0")


def _start(state: State, body: bytes, ask: Ask) -> tuple[bytes, bool]:
    version = struct.unpack_from(">I", body)[0]
    if version in (_SSL, _GSS):
        return b"N", True
    if version == _CANCEL:
        return b"", False
    if version >> 16 != _VERSION >> 16:
        return _error([0, "0A000", "unsupported frontend protocol"], "FATAL"), False
    words = body[4:].split(b"\0")
    given = {
        words[at].decode(): words[at + 1].decode("utf-8", "replace") for at in range(0, len(words) - 1, 2) if words[at]
    }
    state["hello"] = {
        "user": given.get("user", ""),
        "database": given.get("database", ""),
        "password": None,
        "application": given.get("application_name", ""),
    }
    return _login(state, ask)


def _login(state: State, ask: Ask) -> tuple[bytes, bool]:
    said = ask({"hello": state["hello"]})
    if "error" in said:
        if not said["error"][1] and state["hello"]["password"] is None:
            state["stage"] = "password"
            return _packet("R", struct.pack(">I", 3)), True
        return _error(said["error"], "FATAL"), False
    state["stage"] = "ready"
    version = said["ok"]["version"].split()[1]
    facts = {
        "server_version": version,
        "server_encoding": "UTF8",
        "client_encoding": "UTF8",
        "DateStyle": "ISO, MDY",
        "TimeZone": "Etc/UTC",
        "integer_datetimes": "on",
        "standard_conforming_strings": "on",
        "is_superuser": "on",
        "session_authorization": state["hello"]["user"],
        "application_name": state["hello"]["application"],
    }
    return (
        _packet("R", struct.pack(">I", 0))
        + b"".join(_packet("S", _text(name) + _text(each)) for name, each in facts.items())
        + _packet("K", struct.pack(">II", said["ok"]["number"], 1))
        + _ready(state)
    ), True


def _ready(state: State) -> bytes:
    return _packet("Z", state["status"].encode())


def _message(state: State, kind: str, body: bytes, ask: Ask) -> tuple[bytes, bool]:
    if kind == "X":
        return b"", False
    if kind == "p" and state["stage"] == "password":
        state["hello"]["password"] = body.rstrip(b"\0").decode("utf-8", "surrogateescape")
        return _login(state, ask)
    if state["stage"] != "ready":
        return _error([0, "08P01", "protocol violation"], "FATAL"), False
    if kind == "Q":
        return _query(state, body.rstrip(b"\0").decode("utf-8", "surrogateescape"), ask) + _ready(state), True
    if kind == "S":
        state["failed"] = False
        return _ready(state), True
    if kind == "H" or state["failed"]:
        return b"", True
    does = {"P": _parse, "B": _bind, "D": _describe, "E": _execute, "C": _close}.get(kind)
    if does is None:
        return _error([0, "08P01", f"invalid frontend message type {ord(kind)}"], "FATAL"), False
    return does(state, body, ask), True


def _run(state: State, statement: str, ask: Ask) -> dict[str, Any]:
    """Run a statement, and note whether a transaction is open or has failed."""
    said = ask({"q": statement})
    if "error" in said:
        state["status"] = "E" if state["status"] != "I" else "I"
    elif said.get("tag") in ("BEGIN", "START TRANSACTION"):
        state["status"] = "T"
    elif said.get("tag") in ("COMMIT", "ROLLBACK") and not statement.lower().lstrip().startswith("rollback to"):
        state["status"] = "I"
    elif state["status"] == "E":
        state["status"] = "T"
    return said


def _query(state: State, text: str, ask: Ask) -> bytes:
    found, rest = split(text, False)
    statements = [each for each in (*found, rest) if each.strip()]
    if not statements:
        return _packet("I")
    out = b""
    for each in statements:
        said = _run(state, each.strip(), ask)
        out += _notices(said)
        if "error" in said:
            return out + _error(said["error"])
        if said.get("columns") is not None:
            out += _columns(said) + _rows(said)
        out += _packet("C", _text(said["tag"]))
    return out


def _notices(said: dict[str, Any]) -> bytes:
    return b"".join(
        _packet("N", b"S" + _text(level) + b"V" + _text(level) + b"C" + _text("00000") + b"M" + _text(message) + b"\0")
        for level, _, message in said.get("notices", ())
    )


def _oid(said: dict[str, Any], at: int) -> int:
    kinds = said.get("kinds") or []
    if at < len(kinds):
        name, of = kinds[at]
        return _ARRAYS.get(of, 1009) if name == "array" else _OIDS.get(name, 25)
    return 20 if said["columns"][at][1] else 25


def _columns(said: dict[str, Any]) -> bytes:
    out = struct.pack(">H", len(said["columns"]))
    for at, (name, *_) in enumerate(said["columns"]):
        oid = _oid(said, at)
        out += _text(name) + struct.pack(">IHIhiH", 0, 0, oid, _SIZES.get(oid, -1), -1, 0)
    return _packet("T", out)


def _rows(said: dict[str, Any]) -> bytes:
    out = []
    for row in said["rows"]:
        cells = b""
        for each in row:
            if each is None:
                cells += struct.pack(">i", -1)
            else:
                data = str(each).encode("utf-8", "surrogateescape")
                cells += struct.pack(">i", len(data)) + data
        out.append(_packet("D", struct.pack(">H", len(row)) + cells))
    return b"".join(out)


# Prepared statements


def _parse(state: State, body: bytes, ask: Ask) -> bytes:
    name, text, rest = body.split(b"\0", 2)
    count = struct.unpack_from(">H", rest)[0]
    kinds = list(struct.unpack_from(f">{count}I", rest, 2))
    state["statements"][name.decode()] = {
        "text": text.decode("utf-8", "surrogateescape"),
        "kinds": kinds,
        "told": False,
    }
    return _packet("1")


def _bind(state: State, body: bytes, ask: Ask) -> bytes:
    portal, name, rest = body.split(b"\0", 2)
    statement = state["statements"].get(name.decode())
    if statement is None:
        return _failed(state, [0, "26000", f'prepared statement "{name.decode()}" does not exist'])
    at = 0

    def take(form: str) -> tuple[Any, ...]:
        nonlocal at
        found = struct.unpack_from(">" + form, rest, at)
        at += struct.calcsize(">" + form)
        return found

    formats = take(f"{take('H')[0]}H")
    values: list[Any] = []
    for place in range(take("H")[0]):
        size = take("i")[0]
        if size < 0:
            values.append(None)
            continue
        data = rest[at : at + size]
        at += size
        binary = (formats[place] if len(formats) > 1 else formats[0]) if formats else 0
        kind = statement["kinds"][place] if place < len(statement["kinds"]) else 0
        values.append(_binary(data, kind) if binary else data.decode("utf-8", "surrogateescape"))
    if any(take(f"{take('H')[0]}H")):
        return _failed(state, [0, "0A000", "results in binary form are not played; ask for text"])
    state["portals"][portal.decode()] = {"text": _filled(statement, values), "said": None, "told": statement["told"]}
    return _packet("2")


def _binary(data: bytes, kind: int) -> str:
    """Return the text of a parameter in binary form."""
    if kind in (20, 21, 23, 26):
        return str(int.from_bytes(data, "big", signed=True))
    if kind in (700, 701):
        return repr(struct.unpack(">d" if kind == 701 else ">f", data)[0])
    if kind == 16:
        return "true" if data != b"\0" else "false"
    return data.decode("utf-8", "surrogateescape")


def _filled(statement: dict[str, Any], values: list[Any]) -> str:
    """Return a statement with its parameters as literals."""

    def literal(place: int) -> str:
        kind = statement["kinds"][place] if place < len(statement["kinds"]) else 0
        value = values[place] if place < len(values) else None
        return str(value) if kind in _NUMBERS and value is not None else quoted(value, False)

    return filled(statement["text"], False, literal)


def _failed(state: State, error: list[Any]) -> bytes:
    state["failed"] = True
    return _error(error)


def _asked(state: State, portal: dict[str, Any], ask: Ask) -> dict[str, Any]:
    if portal["said"] is None:
        portal["said"] = _run(state, portal["text"].strip().rstrip(";"), ask) if portal["text"].strip() else {"tag": ""}
    found: dict[str, Any] = portal["said"]
    return found


def _describe(state: State, body: bytes, ask: Ask) -> bytes:
    what, name = chr(body[0]), body[1:].rstrip(b"\0").decode()
    if what == "P":
        portal = state["portals"].get(name)
        if portal is None:
            return _failed(state, [0, "34000", f'portal "{name}" does not exist'])
        said = _asked(state, portal, ask)
        portal["told"] = said.get("columns") is not None
        return _columns(said) if portal["told"] else _packet("n")
    statement = state["statements"].get(name)
    if statement is None:
        return _failed(state, [0, "26000", f'prepared statement "{name}" does not exist'])
    count = places(statement["text"], False)
    kinds = [*statement["kinds"], *[25] * count][:count]
    out = _packet("t", struct.pack(f">H{count}I", count, *(each or 25 for each in kinds)))
    said = {}
    if statement["text"].lower().lstrip().startswith(_READS):
        said = ask({"q": _filled(statement, []).strip().rstrip(";")})  # what its columns are
    statement["told"] = said.get("columns") is not None
    return out + (_columns(said) if statement["told"] else _packet("n"))


def _execute(state: State, body: bytes, ask: Ask) -> bytes:
    portal = state["portals"].get(body.partition(b"\0")[0].decode())
    if portal is None:
        return _failed(state, [0, "34000", "portal does not exist"])
    said = _asked(state, portal, ask)
    portal["said"] = None
    if "error" in said:
        return _notices(said) + _failed(state, said["error"])
    if not said["tag"]:
        return _packet("I")
    rows = b""
    if said.get("columns") is not None:  # what the columns of RETURNING are is known only now
        rows = (b"" if portal["told"] else _columns(said)) + _rows(said)
    return _notices(said) + rows + _packet("C", _text(said["tag"]))


def _close(state: State, body: bytes, ask: Ask) -> bytes:
    state["statements" if body[:1] == b"S" else "portals"].pop(body[1:].rstrip(b"\0").decode(), None)
    return _packet("3")
