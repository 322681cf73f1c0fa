"""What small servers share: they take callers, read what those send, and answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..kernel.errors import Errno
from ..kernel.network import Connection
from . import peers, wire

if TYPE_CHECKING:
    from ..kernel.process import Process

LISTENER, FIRST = 5, 6
Answer = dict[str, Any]


def take(
    process: Process,
    keys: list[object],
    hear: Callable[[Process, int, Connection], None],
    listeners: tuple[int, ...] = (LISTENER,),
) -> None:
    """Take callers and let `hear` read what they have sent, which may hang up. `keys` gets what to wait for.

    `process.memory` has `clients`, their descriptors, and `next`, the next one's.
    """
    memory = process.memory
    for each in listeners:
        peers.accept(process, each, keys)
    for fd in list(memory["clients"]):
        found = process.fds.get(fd)
        if not isinstance(found, Connection):
            continue
        hear(process, fd, found)
        if fd not in process.fds:
            continue
        if not found.incoming.writers and not found.incoming.data:
            hang_up(process, fd)
        else:
            keys.append(found.key)


def hang_up(process: Process, fd: int) -> None:
    """Let a caller go."""
    if fd in process.memory["clients"]:
        process.memory["clients"].remove(fd)
    process.close(fd)


def say(process: Process, fd: int, data: bytes) -> None:
    """Send a caller something; one that is gone is let go."""
    try:
        process.descriptor(fd).write(process.kernel, data)
    except Errno:
        hang_up(process, fd)


def documents(
    answer: Callable[[Process, int, dict[str, Any]], Answer | None],
) -> Callable[[Process, int, Connection], None]:
    """Return a `hear` for documents (wire.py). `answer` returns what is sent back, None where that comes later."""

    def hear(process: Process, fd: int, connection: Connection) -> None:
        for line in wire.lines(connection):
            message = wire.unpack(line)
            if message is None:
                hang_up(process, fd)
                return
            process.work(50 + len(line) // 16)
            said = answer(process, fd, message)
            if said is not None:
                say(process, fd, wire.pack(said))
            if fd not in process.fds:
                return

    return hear
