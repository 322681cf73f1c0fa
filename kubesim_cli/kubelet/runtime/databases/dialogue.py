"""What clients of databases share: their options, connecting, and the lines that are typed or piped in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..bin.dialing import Failed, dial
from ..kernel.errors import Errno
from . import wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..kernel.process import Process


class Options:
    """A client's options: `valued`: letters and names that have a value; `letters`: which long name a letter is.

    `values` has what was given, by long names; what has no value is "". `words`: the operands. A letter of `attached`
    has a value only where it follows at once (-pSECRET).
    """

    def __init__(self, words: list[str], valued: frozenset[str], letters: dict[str, str], attached: str = ""):
        self.values: dict[str, str] = {}
        self.many: dict[str, list[str]] = {}
        self.words: list[str] = []
        self.unknown = ""
        words = list(words)
        while words:
            word = words.pop(0)
            if word == "--":
                self.words += words
                break
            if word.startswith("--"):
                name, equals, value = word[2:].partition("=")
                if name in valued and not equals:
                    value = words.pop(0) if words else ""
                self._set(name, value)
            elif word[:1] == "-" and len(word) > 1:
                self._letters(word[1:], words, valued, letters, attached)
            else:
                self.words.append(word)

    def _letters(
        self, rest: str, words: list[str], valued: frozenset[str], letters: dict[str, str], attached: str
    ) -> None:
        while rest:
            letter, rest = rest[0], rest[1:]
            name = letters.get(letter)
            if name is None:
                self.unknown = self.unknown or letter
            elif letter in attached:
                self._set(name, rest)
                return
            elif name in valued:
                self._set(name, rest or (words.pop(0) if words else ""))
                return
            else:
                self._set(name, "")

    def _set(self, name: str, value: str) -> None:
        self.values[name] = value
        self.many.setdefault(name, []).append(value)

    def has(self, *names: str) -> bool:
        """Tell whether one of the options is given."""
        return any(name in self.values for name in names)

    def get(self, name: str, other: str = "") -> str:
        """Return an option's value."""
        return self.values.get(name, other)


def begun(process: Process, begin: Callable[[Process], int | None]) -> int | None:
    """Let a program begin, unless it has already; return its exit code where that was all."""
    return begin(process) if process.memory is None else None


def reach(
    process: Process, memory: dict[str, Any], host: str, port: int, hello: dict[str, Any]
) -> dict[str, Any] | None:
    """Connect and say who one is; return what the server says, None where the process waits.

    `memory` is the process's. Raises Failed, or wire.Lost where the server is of another kind.
    """
    if not memory.get("connected"):
        state = memory.setdefault("dialing", {})
        connection = dial(process, state, host, port)
        if connection is None:
            return None
        process.install(wire.SERVER, connection)
        memory.update(connected=True, got=bytearray(), address=state.get("address", host))
        wire.send(process, {"hello": hello})
    return wire.receive(process, memory)


def local_port(process: Process, socket: str) -> int | None:
    """Return the port behind a socket's file, None where there is no such file."""
    try:
        text = process.read_file(socket)
    except Errno:
        return None
    return int(text) if text.isdigit() else None


def typed(process: Process, memory: dict[str, Any]) -> str | None:
    """Return the next line with its end, "" at the end of input; None where the process waits."""
    pending: bytearray = memory.setdefault("typed", bytearray())
    while b"\n" not in pending:
        if memory.get("ended"):
            break
        data = process.read(0)
        if data is None:
            return None
        if not data:
            memory["ended"] = True
            if not process.descriptor(0).terminal:
                break
            memory["ended"] = False
            return "" if not pending else _cut(pending)
        pending += data
    return _cut(pending)


def answered(process: Process, memory: dict[str, Any]) -> bool:
    """Take the password that was asked for, if it was; return whether there is nothing to wait for."""
    if memory["asking"]:
        line = typed(process, memory)
        if line is None:
            return False
        memory["how"]["hello"]["password"] = line.rstrip("\r\n")
        memory["asking"] = False
    return True


def _cut(pending: bytearray) -> str:
    end = pending.find(b"\n") + 1 or len(pending)
    line = bytes(pending[:end]).decode("utf-8", "surrogateescape")
    del pending[:end]
    return line


def on_terminal(process: Process, fd: int = 0) -> bool:
    """Tell whether a descriptor is a terminal."""
    return fd in process.fds and process.fds[fd].terminal


__all__ = ["Failed", "Options", "answered", "begun", "local_port", "on_terminal", "reach", "typed"]
