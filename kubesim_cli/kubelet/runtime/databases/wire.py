"""What database clients and servers say to each other: a JSON document a line. It is no protocol of the real ones."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ..kernel.errors import Errno
from ..kernel.network import Connection

if TYPE_CHECKING:
    from ..kernel.process import Process

SERVER = 5  # the client's descriptor


class Lost(Exception):
    """The other end is gone."""


def pack(message: dict[str, Any]) -> bytes:
    """Return a message as it is sent."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogateescape") + b"\n"


def send(process: Process, message: dict[str, Any], fd: int = SERVER) -> None:
    """Send a message; raise Lost."""
    try:
        process.descriptor(fd).write(process.kernel, pack(message))
    except Errno:
        raise Lost from None


def receive(process: Process, memory: dict[str, Any], fd: int = SERVER) -> dict[str, Any] | None:
    """Return the next message, None where the process waits for it; raise Lost. `memory["got"]` keeps what has come.

    MySQL's greeting, which stands before a server's first message, is passed over.
    """
    got: bytearray = memory["got"]
    while (start := got.find(b"{")) < 0 or b"\n" not in got[start:]:
        data = process.read(fd)
        if data is None:
            return None
        if not data:
            raise Lost
        got += data
    line, _, rest = bytes(got[start:]).partition(b"\n")
    got[:] = rest
    return unpack(line)


def unpack(line: bytes) -> dict[str, Any] | None:
    """Return a message; of what is none (a client of another kind), None."""
    try:
        found = json.loads(line[max(line.find(b"{"), 0):])
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def lines(connection: Connection) -> list[bytes]:
    """Take the whole lines that have come on a connection."""
    data = connection.incoming.data
    end = data.rfind(b"\n") + 1
    found = bytes(data[:end]).splitlines()
    del data[:end]
    return found
