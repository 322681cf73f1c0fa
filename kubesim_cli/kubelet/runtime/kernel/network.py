"""Connections between containers: who listens where, names, and streams of bytes both ways.

What an address or a name leads to, the cluster knows: `Routes`, which it gives the kernel anew with each command.
"""

from __future__ import annotations

from .descriptors import Open, Pipe
from .errors import Errno

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .kernel import Kernel
    from .process import Process, Space


class Routes:
    """What a cluster's network knows. This one knows nothing but the container itself."""

    def resolve(self, space: Space, name: str) -> list[str]:
        """Return the addresses of a name as a container sees them, [] where it is not known."""
        return ["127.0.0.1"] if name in ("localhost", space.hostname) else []

    def route(self, space: Space, address: str, port: int) -> tuple[Space, int] | None:
        """Return the container and its port that an address and a port lead to; None: nobody answers.

        Raises ECONNREFUSED where the address is there, but nothing behind the port.
        """
        if address.startswith("127.") or address in ("::1", space.address):
            return space, port
        return None


class Listener(Open):
    """A port that is listened on; `waiting`: connections that nobody has taken yet."""

    __slots__ = ("port", "space", "waiting")

    def __init__(self, space: Space, port: int):
        super().__init__()
        self.space, self.port = space, port
        self.waiting: list[Connection] = []

    @property
    def key(self) -> object:  # type: ignore[override]
        return self

    def accept(self) -> Connection | None:
        """Return the next connection, None where one has to wait."""
        return self.waiting.pop(0) if self.waiting else None

    def closed(self, kernel: Kernel) -> None:
        """The port is free again."""
        if self.space.ports.get(self.port) is self:
            del self.space.ports[self.port]


class Connection(Open):
    """An end of a connection. `peer`: the address at its other end."""

    __slots__ = ("incoming", "outgoing", "peer")

    def __init__(self, incoming: Pipe, outgoing: Pipe, peer: str):
        super().__init__()
        self.incoming, self.outgoing, self.peer = incoming, outgoing, peer

    @property
    def key(self) -> object:  # type: ignore[override]
        return self.incoming

    def read(self, kernel: Kernel, count: int) -> bytes | None:
        """Return what has come, b"" when the other end is closed."""
        data = self.incoming.data
        if not data:
            return None if self.incoming.writers else b""
        taken = bytes(data[:count])
        del data[:count]
        return taken

    def write(self, kernel: Kernel, data: bytes) -> None:
        """Send bytes."""
        if not self.outgoing.readers:
            raise Errno("EPIPE")
        self.outgoing.data += data
        kernel.wake(self.outgoing)

    def closed(self, kernel: Kernel) -> None:
        """Tell the other end."""
        self.incoming.readers = self.outgoing.writers = 0
        kernel.wake(self.outgoing)


def listen(process: Process, port: int) -> Listener:
    """Listen on a port of the container; raise EADDRINUSE, or EACCES below 1024 for those who are not root."""
    space = process.space
    if port in space.ports:
        raise Errno("EADDRINUSE")
    if port < 1024 and process.user.uid:
        raise Errno("EACCES")
    space.ports[port] = listener = Listener(space, port)
    return listener


def connect(kernel: Kernel, space: Space, address: str, port: int) -> Connection:
    """Connect to an address; raise ECONNREFUSED, or EHOSTUNREACH where nobody answers at all."""
    found = kernel.routes.route(space, address, port)
    if found is None:
        raise Errno("EHOSTUNREACH")
    other, port = found
    listener = other.ports.get(port)
    if listener is None:
        raise Errno("ECONNREFUSED")
    there, back = Pipe(), Pipe()
    listener.waiting.append(Connection(there, back, space.address))
    kernel.wake(listener)
    return Connection(back, there, address)
