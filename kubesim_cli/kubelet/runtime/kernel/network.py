"""Connections between containers: who listens where, names, and streams of bytes both ways.

What an address or a name leads to, the cluster knows: `Routes`, which it gives the kernel anew with each command.
"""

from __future__ import annotations

from .descriptors import PIPE_SIZE, Open, Pipe
from .errors import Errno

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .datagrams import Datagrams
    from .kernel import Kernel
    from .process import Process, Space

    Answerer = Callable[["Answered"], None]

ANY, LOOPBACK = "0.0.0.0", "127.0.0.1"
EPHEMERAL = 32768  # the first port that a connection goes out from


def hardware(address: str) -> str:
    """Return the hardware address of the interface that has an address."""
    if ":" in address:
        from ....machinery import ipv6

        number = ipv6.number_of(address)
        return "0a:58:" + ":".join(f"{number >> shift & 255:02x}" for shift in (24, 16, 8, 0))
    return "0a:58:" + ":".join(f"{int(part):02x}" for part in address.split("."))


class Net:
    """A network namespace, which the containers of a pod share: its `address`, who listens on its `ports`, the sockets
    at those of UDP (`udp`), and how many connections were made from it (`opened`) and names asked for (`asked`). `name`
    is how the cluster knows it."""

    __slots__ = ("address", "asked", "name", "opened", "ports", "udp")

    def __init__(self, address: str = LOOPBACK, name: str = ""):
        self.address, self.name, self.opened, self.asked = address, name, 0, 0
        self.ports: dict[int, Listener] = {}
        self.udp: dict[int, Datagrams] = {}

    def bound(self, protocol: str) -> Mapping[int, Connection | Listener]:
        """Return who is at which port of TCP or UDP."""
        return self.udp if protocol == "UDP" else self.ports

    @property
    def mac(self) -> str:
        """The hardware address of eth0, which its address gives."""
        return hardware(self.address)

    def next_port(self) -> int:
        """Return the port that a new connection goes out from."""
        self.opened += 1
        return EPHEMERAL + self.opened * 2 % 28232


class Record:
    """One record of DNS: `name` with its last dot, `type` (A, SRV, ...), `data` as dig prints it."""

    __slots__ = ("data", "name", "ttl", "type")

    def __init__(self, name: str, type_: str, data: str, ttl: int = 30):
        self.name, self.type, self.data, self.ttl = name, type_, data, ttl


class Reply:
    """What a name server says: `code` (NOERROR, NXDOMAIN, SERVFAIL, REFUSED), answers, authority, additional."""

    __slots__ = ("additional", "answers", "authority", "code")

    def __init__(self, code: str = "NOERROR", answers: list[Record] | None = None,
                 authority: list[Record] | None = None, additional: list[Record] | None = None):
        self.code, self.answers = code, answers or []
        self.authority, self.additional = authority or [], additional or []


class Routes:
    """What a cluster's network knows. This one knows nothing but the container itself."""

    def resolve(self, space: Space, name: str) -> list[str]:
        """Return the addresses of a name as a container sees them, [] where it is not known."""
        return [LOOPBACK] if name in ("localhost", space.hostname) else []

    def query(self, space: Space, server: str, name: str, type_: str) -> Reply | None:
        """Return what the name server at an address says to a question (`name` without its last dot); None: nothing."""
        found = self.resolve(space, name) if type_ == "A" else []
        if not found and not self.resolve(space, name):
            return Reply("NXDOMAIN")
        return Reply("NOERROR", [Record(f"{name}.", "A", each) for each in found])

    def route(self, space: Space, address: str, port: int,
              protocol: str = "TCP") -> tuple[Space, int] | Answerer | None:
        """Return the container and its port that an address and a port lead to, or who answers in a container's place.

        None: nobody answers. Raises ECONNREFUSED where the address is there, but nothing behind the port, and
        EHOSTUNREACH where it is known not to be there.
        """
        if address.startswith("127.") or address in ("::1", ANY, space.net.address):
            return space, port
        return None

    def alive(self, space: Space, address: str) -> bool:
        """Tell whether an address answers a ping."""
        return address.startswith("127.") or address == space.net.address

    def seen_as(self, space: Space, address: str, port: int) -> str:
        """Return the address that a connection comes from, as the other end sees it."""
        return LOOPBACK if address.startswith("127.") else space.net.address


class Listener(Open):
    """A port that is listened on; `host`: the address it is bound to; `waiting`: connections that nobody has taken."""

    __slots__ = ("host", "net", "port", "waiting")

    def __init__(self, net: Net, port: int, host: str = ANY):
        super().__init__()
        self.net, self.port, self.host = net, port, host
        self.waiting: list[Connection] = []

    @property
    def key(self) -> object:  # type: ignore[override]
        return self

    def accept(self) -> Connection | None:
        """Return the next connection, None where one has to wait."""
        return self.waiting.pop(0) if self.waiting else None

    def closed(self, kernel: Kernel) -> None:
        """The port is free again; who was not accepted is turned away."""
        if self.net.ports.get(self.port) is self:
            del self.net.ports[self.port]
        for connection in self.waiting:
            connection.closed(kernel)
        self.waiting = []


class Connection(Open):
    """An end of a connection. `local` and `remote`: the (address, port) of its two ends."""

    __slots__ = ("incoming", "local", "outgoing", "remote")

    def __init__(self, incoming: Pipe, outgoing: Pipe, local: tuple[str, int], remote: tuple[str, int]):
        super().__init__()
        self.incoming, self.outgoing, self.local, self.remote = incoming, outgoing, local, remote

    @property
    def key(self) -> object:  # type: ignore[override]
        return self.incoming

    @property
    def room(self) -> object:
        return self.outgoing

    @property
    def full(self) -> bool:  # type: ignore[override]
        return len(self.outgoing.data) >= PIPE_SIZE and self.outgoing.readers > 0

    @property
    def peer(self) -> str:
        """The address at its other end."""
        return self.remote[0]

    @property
    def has_data(self) -> bool:
        """Whether something has come that nobody has read."""
        return bool(self.incoming.data)

    def read(self, kernel: Kernel, count: int) -> bytes | None:
        """Return what has come, b"" when the other end is closed."""
        data = self.incoming.data
        if not data:
            return None if self.incoming.writers else b""
        taken = bytes(data[:count])
        del data[:count]
        kernel.wake(self.incoming)
        return taken

    def write(self, kernel: Kernel, data: bytes) -> None:
        """Send bytes."""
        if not self.outgoing.readers or not self.outgoing.writers:
            raise Errno("EPIPE")
        self.outgoing.data += data
        kernel.wake(self.outgoing)

    def shutdown(self, kernel: Kernel) -> None:
        """Send no more; what comes is still read."""
        self.outgoing.writers = 0
        kernel.wake(self.outgoing)

    def closed(self, kernel: Kernel) -> None:
        """Tell the other end."""
        self.incoming.readers = self.outgoing.writers = 0
        kernel.wake(self.outgoing)
        kernel.wake(self.incoming)


class Answered(Connection):
    """The end of a connection whose other end is no container: what is written goes to an answerer at once.

    The answerer reads `sent`, and writes with `answer`, or hands the rest over to another connection (`handed`).
    `secure`: the other end speaks TLS.
    """

    __slots__ = ("answerer", "ended", "handed", "kernel", "secure", "sent", "space")

    def __init__(self, kernel: Kernel, space: Space, answerer: Answerer, local: tuple[str, int],
                 remote: tuple[str, int]):
        super().__init__(Pipe(), Pipe(), local, remote)
        self.kernel, self.space, self.answerer = kernel, space, answerer
        self.sent, self.ended, self.secure = bytearray(), False, False
        self.handed: Connection | None = None

    @property
    def key(self) -> object:  # type: ignore[override]
        return self.handed.key if self.handed is not None else self.incoming

    def read(self, kernel: Kernel, count: int) -> bytes | None:
        """Return what was answered."""
        if self.incoming.data or self.handed is None:
            data = bytes(self.incoming.data[:count])
            del self.incoming.data[:count]
            return data or (b"" if self.ended else None)
        return self.handed.read(kernel, count)

    def write(self, kernel: Kernel, data: bytes) -> None:
        """Hand bytes to who answers."""
        if self.handed is not None:
            self.handed.write(kernel, data)
            return
        if self.ended:
            raise Errno("EPIPE")
        self.sent += data
        self.answerer(self)

    def shutdown(self, kernel: Kernel) -> None:
        """Send no more."""
        if self.handed is not None:
            self.handed.shutdown(kernel)

    def answer(self, data: bytes, ended: bool = True) -> None:
        """Send bytes back; `ended`: these are the last."""
        self.incoming.data += data
        self.ended = ended
        self.kernel.wake(self.incoming)

    def hand(self, connection: Connection, data: bytes) -> None:
        """Let another connection have this one's place, and send bytes on it first."""
        connection.users += 1
        self.handed = connection
        connection.write(self.kernel, data)
        self.kernel.wake(self.incoming)

    def closed(self, kernel: Kernel) -> None:
        """Nobody reads any more."""
        if self.handed is not None:
            self.handed.closed(kernel)


def listen(process: Process, port: int, host: str = ANY) -> Listener:
    """Listen on a port of the container; raise EADDRINUSE, or EACCES below 1024 for those who are not root.

    Port 0 is any that is free.
    """
    net = process.space.net
    while not port:
        port = net.next_port()
        port = 0 if port in net.ports else port
    if port in net.ports:
        raise Errno("EADDRINUSE")
    if port < 1024 and process.user.uid:
        raise Errno("EACCES")
    net.ports[port] = listener = Listener(net, port, host)
    return listener


def connect(kernel: Kernel, space: Space, address: str, port: int) -> Connection:
    """Connect to an address; raise ECONNREFUSED, EHOSTUNREACH, or ETIMEDOUT where nobody answers at all.

    ETIMEDOUT is known at once here; who asks waits as long as it would have taken.
    """
    source = (LOOPBACK if address.startswith("127.") else space.net.address, space.net.next_port())
    space.talks = space.talks or source[0] != LOOPBACK
    found = kernel.routes.route(space, address, port)
    if found is None:
        raise Errno("ETIMEDOUT")
    if not isinstance(found, tuple):
        return Answered(kernel, space, found, source, (address, port))
    other, port_there = found
    listener = other.net.ports.get(port_there)
    near = address.startswith("127.") or address == "::1"
    if listener is None or (listener.host not in (ANY, "::") and near != listener.host.startswith("127.")):
        raise Errno("ECONNREFUSED")
    there, back = Pipe(), Pipe()
    listener.waiting.append(Connection(there, back, (LOOPBACK if near else other.net.address, port_there),
                                       (kernel.routes.seen_as(space, address, port), source[1])))
    kernel.wake(listener)
    return Connection(back, there, source, (address, port))
