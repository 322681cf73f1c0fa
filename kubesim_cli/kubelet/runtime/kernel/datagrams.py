"""UDP between containers: sockets that send and get datagrams, whole, in order, or not at all."""

from __future__ import annotations

from .descriptors import Pipe
from .errors import Errno
from .network import ANY, LOOPBACK, Connection

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .kernel import Kernel
    from .process import Process, Space

MOST_WAITING = 1000  # datagrams that nobody has read; more are lost
NOBODY = ("", 0)


class Datagrams(Connection):
    """A socket; `remote`: whom it is connected with, NOBODY where with none; `chosen`: it listens to nobody else.

    `inbox`: (bytes, sender) of what has come; `refused`: nobody was there for what it has sent; `known`: by senders as
    they are seen here, who they are, where a node stands between.
    """

    __slots__ = ("chosen", "inbox", "known", "refused", "space")

    def __init__(self, space: Space, local: tuple[str, int], remote: tuple[str, int] = NOBODY):
        super().__init__(Pipe(), Pipe(), local, remote)
        self.space, self.refused, self.chosen = space, False, False
        self.inbox: list[tuple[bytes, tuple[str, int]]] = []
        self.known: dict[tuple[str, int], tuple[str, int]] = {}

    @property
    def full(self) -> bool:  # type: ignore[override]
        return False

    @property
    def has_data(self) -> bool:
        """Whether something has come that nobody has read."""
        return bool(self.inbox) or self.refused

    def receive(self) -> tuple[bytes, tuple[str, int]] | None:
        """Return (bytes, sender) of the next datagram, None where there is none."""
        return self.inbox.pop(0) if self.inbox else None

    def read(self, kernel: Kernel, count: int) -> bytes | None:
        """Return the next datagram; b"" once where what was sent was refused."""
        found = self.receive() if count else None
        if found is not None:
            return bytes(found[0][:count])
        refused, self.refused = self.refused, False
        return b"" if refused else None

    def write(self, kernel: Kernel, data: bytes) -> None:
        """Send bytes to whom it is connected with."""
        if self.remote != NOBODY:
            self.send(kernel, data, self.remote)

    def send(self, kernel: Kernel, data: bytes, to: tuple[str, int]) -> None:
        """Send a datagram to an (address, port); what nobody gets is lost."""
        space = self.space
        space.talks = space.talks or not to[0].startswith("127.")
        there = self.known.get(to, to)
        try:
            found = kernel.routes.route(space, *there, "UDP")
        except Errno as error:
            self._note(kernel, error.name == "ECONNREFUSED")
            return
        if not isinstance(found, tuple):
            return
        other, port = found
        near = there[0].startswith("127.")
        socket = other.net.udp.get(port)
        if socket is None or (socket.local[0] not in (ANY, "::") and near != socket.local[0].startswith("127.")):
            self._note(kernel, True)
            return
        own = LOOPBACK if near else space.net.address, self.local[1]
        socket.take(kernel, data, own, (kernel.routes.seen_as(space, *there), self.local[1]))

    def take(self, kernel: Kernel, data: bytes, sender: tuple[str, int], shown: tuple[str, int]) -> None:
        """A datagram has come; `shown`: the sender as it is seen here."""
        if self.chosen and shown != self.remote:
            return
        if shown != sender:
            self.known[shown] = sender
        if len(self.inbox) < MOST_WAITING:
            self.inbox.append((data, shown))
            kernel.wake(self.incoming)

    def _note(self, kernel: Kernel, refused: bool) -> None:
        if refused and self.remote != NOBODY:
            self.refused = True
            kernel.wake(self.incoming)

    def shutdown(self, kernel: Kernel) -> None:
        """There is no end that could be told."""

    def closed(self, kernel: Kernel) -> None:
        """The port is free again."""
        ports = self.space.net.udp
        if ports.get(self.local[1]) is self:
            del ports[self.local[1]]


def bind(process: Process, port: int, host: str = ANY) -> Datagrams:
    """Return a socket at a port of the container; raise EADDRINUSE, or EACCES below 1024 for those who are not root."""
    net = process.space.net
    if port in net.udp:
        raise Errno("EADDRINUSE")
    if port < 1024 and process.user.uid:
        raise Errno("EACCES")
    net.udp[port] = made = Datagrams(process.space, (host, port))
    return made


def connect(kernel: Kernel, space: Space, address: str, port: int) -> Datagrams:
    """Return a socket that sends to an address, whether anybody is there or not."""
    own = LOOPBACK if address.startswith("127.") else space.net.address
    local = own, space.net.next_port()
    space.net.udp[local[1]] = made = Datagrams(space, local, (address, port))
    return made
