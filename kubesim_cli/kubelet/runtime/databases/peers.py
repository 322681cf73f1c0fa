"""Servers that know each other: each connects to those that it is told of, and they send each other documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..kernel.errors import Errno
from ..kernel.network import Connection, Listener, connect, listen
from . import wire

if TYPE_CHECKING:
    from ..kernel.process import Process

LISTENER, FIRST = 4, 1000   # descriptors: of the port for peers, of the first connection with one
RETRY = 5.0                 # seconds until one that was not there is tried again


def begin(process: Process, port: int, every: float = RETRY) -> None:
    """Listen for peers; who is not there is tried again `every` so many seconds.

    `process.memory["peers"]` has `out`, {name: descriptor}, and `in`, descriptors of callers.
    """
    process.install(LISTENER, listen(process, port))
    process.memory["peers"] = {"port": port, "out": {}, "in": [], "next": FIRST, "retry": 0.0,
                               "every": every}


def accept(process: Process, fd: int, keys: list[object]) -> None:
    """Take the clients that have come to the listener at a descriptor, and have it waited for."""
    memory, listener = process.memory, process.descriptor(fd)
    assert isinstance(listener, Listener)
    keys.append(listener)
    while (connection := listener.accept()) is not None:
        process.install(memory["next"], connection)
        memory["clients"].append(memory["next"])
        memory["next"] += 1


def tend(
    process: Process, names: list[str], greeting: dict[str, Any]
) -> tuple[list[dict[str, Any]], list[object], float | None]:
    """Connect to those of `names` that are missing, with a greeting.

    Return (what came from peers, what to wait for, when to try again).
    """
    peers = process.memory["peers"]
    listener = process.descriptor(LISTENER)
    assert isinstance(listener, Listener)
    while (connection := listener.accept()) is not None:
        fd = _install(process, connection)
        peers["in"].append(fd)
        _send(process, fd, greeting)
    missing = [name for name in names if name not in peers["out"]]
    if missing and process.kernel.now >= peers["retry"]:
        for name in missing:
            _call(process, name, greeting)
        missing = [name for name in names if name not in peers["out"]]
        peers["retry"] = process.kernel.now + peers["every"]
    said: list[dict[str, Any]] = []
    keys: list[object] = [listener]
    for fd in [*peers["out"].values(), *peers["in"]]:
        found = process.fds.get(fd)
        if isinstance(found, Connection):
            for line in wire.lines(found):
                message = wire.unpack(line)
                if message is not None:
                    said.append({**message, "from": found.peer})
            if not found.incoming.writers and not found.incoming.data:
                _drop(process, fd)
                peers["retry"] = process.kernel.now + peers["every"]
            else:
                keys.append(found.key)
    waits = any(name not in peers["out"] for name in names)
    if waits and process is process.space.init:
        process.space.forever = True  # it tries again and again: nobody need look ahead for long
    return said, keys, peers["retry"] if waits else None


def tell(process: Process, message: dict[str, Any]) -> None:
    """Send all peers that one has called something."""
    for fd in list(process.memory["peers"]["out"].values()):
        _send(process, fd, message)


def reached(process: Process) -> list[str]:
    """Return the names of those that are there."""
    return list(process.memory["peers"]["out"])


def _install(process: Process, connection: Connection) -> int:
    fd: int = process.memory["peers"]["next"]
    process.install(fd, connection)
    process.memory["peers"]["next"] += 1
    return fd


def _call(process: Process, name: str, greeting: dict[str, Any]) -> None:
    from ..bin.resolver import lookup

    peers = process.memory["peers"]
    address = name if name.replace(".", "").isdigit() else next(iter(lookup(process, name).addresses), "")
    if not address:
        return
    try:
        connection = connect(process.kernel, process.space, address, peers["port"])
    except Errno:
        return
    peers["out"][name] = fd = _install(process, connection)
    _send(process, fd, greeting)


def _send(process: Process, fd: int, message: dict[str, Any]) -> None:
    try:
        wire.send(process, message, fd)
    except wire.Lost:
        _drop(process, fd)


def _drop(process: Process, fd: int) -> None:
    peers = process.memory["peers"]
    peers["out"] = {name: each for name, each in peers["out"].items() if each != fd}
    peers["in"] = [each for each in peers["in"] if each != fd]
    process.close(fd)
