"""Passing bytes between a process's own input and output and a connection."""

from __future__ import annotations

from ..kernel.errors import Errno
from ..kernel.network import Connection

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..kernel.process import Process

CHUNK = 65536


def pump(process: Process, state: dict[str, Any], fd: int, shuts: bool, idle: float | None) -> bool | None:
    """Pass on what has come both ways; return True when the other end has closed, False when nothing came for `idle`
    seconds; None: the process waits for more.

    `state`, which the process keeps: `open`, whether its input goes on, and `idle`, when it will have been idle.
    `shuts`: the end of the input is told to the other end.
    """
    kernel = process.kernel
    connection = process.descriptor(fd)
    assert isinstance(connection, Connection)
    if idle is not None and state["idle"] is not None and kernel.now >= state["idle"]:
        return False
    keys: list[object] = []
    while True:
        data = connection.read(kernel, CHUNK)
        if data is None:
            keys.append(connection.key)
            break
        if not data:
            return True
        process.work(1 + (len(data) >> 10))
        process.write(data)
        state["idle"] = None
    while state["open"]:
        if connection.full:
            keys.append(connection.room)
            break
        source = process.descriptor(0)
        typed = source.read(kernel, CHUNK)
        if typed is None:
            keys.append(source.key)
            break
        state["open"], state["idle"] = bool(typed), None
        try:
            if typed:
                connection.write(kernel, typed)
            elif shuts:
                connection.shutdown(kernel)
        except Errno:
            state["open"] = False
    # What was written may have been answered at once, by who is no container.
    if connection.has_data or connection.key not in keys:
        return pump(process, state, fd, shuts, idle)
    if idle is not None and state["idle"] is None:
        state["idle"] = kernel.now + idle
    process.wait(*keys, until=state["idle"] if idle is not None else None)
    return None
