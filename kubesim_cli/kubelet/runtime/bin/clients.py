"""nc."""

from __future__ import annotations

from ..kernel.errors import Errno
from ..kernel.network import Connection, connect
from .changes import Arguments
from .resolver import addresses as addresses

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..kernel.process import Process

def _nc(process: Process) -> int | None:
    state = process.memory
    if state is None:
        given = Arguments(process, "wpqiX")
        state = process.memory = {"open": True}
        host, port = [*given.words, "", ""][:2]
        if not port.isdigit():
            return process.complain("missing port number")
        found = addresses(process, host)
        if not found:
            return process.complain(f"bad address '{host}'")
        try:
            connection: Connection = connect(process.kernel, process.space, found[0], int(port))
        except Errno as error:
            if given.has("v") or process.space.shell == "ash":
                process.complain(f"{host} ({found[0]}:{port}): {error.message}")
            return 1
        process.install(5, connection)
        if given.has("v"):
            process.write(f"{host} ({found[0]}:{port}) open\n", 2)
        if given.has("z"):
            return 0
    keys: list[object] = []
    while True:
        data = process.descriptor(5).read(process.kernel, 65536)
        if data == b"":
            return 0
        if data:
            process.write(data)
            continue
        keys.append(process.descriptor(5).key)
        break
    while state["open"]:
        typed = process.descriptor(0).read(process.kernel, 65536)
        if typed is None:
            keys.append(process.descriptor(0).key)
            break
        state["open"] = bool(typed)
        if typed:
            process.descriptor(5).write(process.kernel, typed)
    process.wait(*keys)
    return None


PROGRAMS = {"nc": _nc}
