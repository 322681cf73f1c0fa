"""Redis' protocol (RESP2): values <-> bytes."""

from __future__ import annotations

from typing import Any


class Status(str):
    """A simple string, OK."""


class Problem(str):
    """An error, ERR and why."""


def pack(value: Any) -> bytes:
    """Return a reply: None, int, bytes, str (Status or Problem), or a list of them."""
    if value is None:
        return b"$-1\r\n"
    if isinstance(value, Problem):
        return b"-" + value.encode() + b"\r\n"
    if isinstance(value, Status):
        return b"+" + value.encode() + b"\r\n"
    if isinstance(value, int):
        return b":%d\r\n" % value
    if isinstance(value, list):
        return b"*%d\r\n" % len(value) + b"".join(map(pack, value))
    data = value.encode("utf-8", "surrogateescape") if isinstance(value, str) else bytes(value)
    return b"$%d\r\n%s\r\n" % (len(data), data)


def command(words: list[bytes]) -> bytes:
    """Return a command as a client sends it."""
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


def unpack(data: bytes, at: int = 0) -> tuple[Any, int] | None:
    """Return (value, where the next begins), None where it has not come whole; raise ValueError of what is none."""
    end = data.find(b"\r\n", at)
    if end < 0:
        return None
    kind, rest, after = data[at:at + 1], data[at + 1:end], end + 2
    if kind == b"+":
        return Status(rest.decode("utf-8", "replace")), after
    if kind == b"-":
        return Problem(rest.decode("utf-8", "replace")), after
    if kind == b":":
        return int(rest), after
    if kind == b"$":
        size = int(rest)
        if size < 0:
            return None if size < -1 else (None, after)
        if len(data) < after + size + 2:
            return None
        return data[after:after + size], after + size + 2
    if kind != b"*":
        raise ValueError(kind)
    found = []
    for _ in range(int(rest)):
        part = unpack(data, after)
        if part is None:
            return None
        found.append(part[0])
        after = part[1]
    return found, after


def request(data: bytes) -> tuple[list[bytes], int] | None:
    """Return (words, where the next begins) of a command, also of one typed as a line; None: it has not come whole."""
    if data[:1] == b"*":
        found = unpack(data)
        return None if found is None else ([bytes(each or b"") for each in found[0]], found[1])
    end = data.find(b"\n")
    if end < 0:
        return None
    return words(data[:end].decode("utf-8", "surrogateescape")) or [], end + 1


_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "a": "\a"}


def words(text: str) -> list[bytes] | None:
    """Return a line's words as redis-cli splits them; None where quotes do not match."""
    found: list[bytes] = []
    at = 0
    while True:
        while at < len(text) and text[at].isspace():
            at += 1
        if at >= len(text):
            return found
        word = bytearray()
        quote = ""
        while at < len(text) and (quote or not text[at].isspace()):
            letter = text[at]
            if quote == '"' and letter == "\\" and at + 1 < len(text):
                if text[at + 1] == "x" and len(text) > at + 3:
                    word.append(int(text[at + 2:at + 4], 16))
                    at += 3
                else:
                    word += _ESCAPES.get(text[at + 1], text[at + 1]).encode()
                    at += 1
            elif letter == quote:
                quote = ""
            elif not quote and letter in "\"'":
                quote = letter
            else:
                word += letter.encode("utf-8", "surrogateescape")
            at += 1
        if quote:
            return None
        found.append(bytes(word))


def quoted(data: bytes) -> str:
    """Return a text as redis-cli shows it on a terminal."""
    out = ""
    for byte in data:
        letter = chr(byte)
        escape = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\a": "\\a", "\b": "\\b"}.get(letter)
        out += escape or (letter if 32 <= byte < 127 else f"\\x{byte:02x}")
    return f'"{out}"'


def shown(value: Any, prefix: str = "") -> str:
    """Return a reply as redis-cli shows it on a terminal."""
    if value is None:
        return "(nil)\n"
    if isinstance(value, Problem):
        return f"(error) {value}\n"
    if isinstance(value, Status):
        return f"{value}\n"
    if isinstance(value, int):
        return f"(integer) {value}\n"
    if isinstance(value, list):
        if not value:
            return "(empty array)\n"
        size = len(str(len(value)))
        out = ""
        for number, each in enumerate(value, 1):
            head = f"{number:>{size}}) "
            out += (prefix if number > 1 else "") + head + shown(each, prefix + " " * len(head))
        return out
    return quoted(value) + "\n"


def raw(value: Any) -> str:
    """Return a reply as redis-cli writes it into a pipe."""
    if isinstance(value, list):
        return "\n".join(raw(each) for each in value)
    if value is None:
        return ""
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else str(value)
