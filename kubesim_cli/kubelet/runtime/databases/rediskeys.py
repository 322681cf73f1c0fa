"""The keys of a Redis with their values, and numbers as its commands read and write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .resp import Status

if TYPE_CHECKING:

    from ..chance import Chance


OK = Status("OK")


QUEUED = Status("QUEUED")


WRONG = "WRONGTYPE Operation against a key holding the wrong kind of value"


NOT_INT = "ERR value is not an integer or out of range"


NOT_FLOAT = "ERR value is not a valid float"


SYNTAX = "ERR syntax error"


MOST_VALUE = 8 << 20


_EMPTY: dict[str, Any] = {"s": b"", "l": [], "h": {}, "e": {}, "z": {}}


class Failed(Exception):
    """A command fails; the message is the error."""


def text(data: bytes) -> str:
    """Return a key, a field or a member."""
    return data.decode("utf-8", "surrogateescape")


def octets(value: str) -> bytes:
    """Return a key, a field or a member as bytes."""
    return value.encode("utf-8", "surrogateescape")


def number(data: bytes | str) -> int:
    """Return an integer; raise Failed."""
    try:
        found = int(data)
    except ValueError:
        raise Failed(NOT_INT) from None
    if not -(2 ** 63) <= found < 2 ** 63:
        raise Failed(NOT_INT)
    return found


def real(data: bytes | str) -> float:
    """Return a float; raise Failed."""
    try:
        return float(data)
    except ValueError:
        raise Failed(NOT_FLOAT) from None


def plain(value: float) -> bytes:
    """Return a float as Redis writes it."""
    if value == int(value) and abs(value) < 1e17:
        return b"%d" % int(value)
    return f"{value:.17g}".encode() if float(f"{value:.15g}") != value else f"{value:.15g}".encode()


class Keys:
    """One database at one moment. `changed`: a command has written."""

    def __init__(self, data: dict[str, list[Any]], now: float, random: Chance):
        self.data, self.now, self.random, self.changed = data, int(now * 1000), random, False

    def find(self, key: bytes, kind: str = "") -> Any:
        """Return a value, None where there is none; raise Failed where it is of another kind."""
        name = text(key)
        found = self.data.get(name)
        if found is None:
            return None
        if found[2] is not None and found[2] <= self.now:
            del self.data[name]
            return None
        if kind and found[0] != kind:
            raise Failed(WRONG)
        return found[1]

    def entry(self, key: bytes) -> list[Any] | None:
        """Return [kind, value, expiry]."""
        self.find(key)
        return self.data.get(text(key))

    def make(self, key: bytes, kind: str) -> Any:
        """Return a value that is to be changed, a new one where there is none."""
        found = self.find(key, kind)
        self.changed = True
        if found is None:
            new = _EMPTY[kind]
            found = new if kind == "s" else type(new)()
            self.data[text(key)] = [kind, found, None]
        return found

    def put(self, key: bytes, kind: str, value: Any, expiry: int | None = None, keep: bool = False) -> None:
        """Set a value."""
        if kind == "s" and len(value) > MOST_VALUE:
            raise Failed("ERR string exceeds maximum allowed size (proto-max-bulk-len)")
        entry = self.entry(key)
        self.data[text(key)] = [kind, value, entry[2] if keep and entry is not None else expiry]
        self.changed = True

    def drop(self, key: bytes) -> bool:
        """Take a key away."""
        there = self.find(key) is not None
        self.data.pop(text(key), None)
        self.changed = self.changed or there
        return there

    def tidy(self, key: bytes) -> None:
        """Take a key away that has nothing in it any more."""
        if not self.find(key):
            self.data.pop(text(key), None)
        self.changed = True

    def names(self) -> list[str]:
        """Return all keys that have not expired."""
        for name in list(self.data):
            self.find(octets(name))
        return list(self.data)


def slice_of(count: int, start: int, end: int) -> slice:
    start, end = start + count if start < 0 else start, end + count if end < 0 else end
    return slice(max(start, 0), max(end + 1, 0))
