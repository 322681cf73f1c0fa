"""Finding addresses as the C library does: in /etc/hosts, then by the name servers and search list of resolv.conf."""

from __future__ import annotations

from ..kernel.errors import Errno
from ..kernel.network import Reply

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..kernel.process import Process

PATIENCE = 5.0   # seconds that a name server is waited for
ATTEMPTS = 2


class Config:
    """What /etc/resolv.conf says."""

    __slots__ = ("ndots", "search", "servers")

    def __init__(self, text: str):
        self.servers: list[str] = []
        self.search: list[str] = []
        self.ndots = 1
        for line in text.splitlines():
            words = line.partition("#")[0].split()
            if words[:1] == ["nameserver"] and len(words) > 1:
                self.servers.append(words[1])
            elif words[:1] in (["search"], ["domain"]):
                self.search = words[1:]
            elif words[:1] == ["options"]:
                for option in words[1:]:
                    if option.startswith("ndots:") and option[6:].isdigit():
                        self.ndots = int(option[6:])
        self.servers = self.servers or ["127.0.0.1"]

    def candidates(self, name: str) -> list[str]:
        """Return the whole names that are asked for in turn, without their last dots."""
        if name.endswith("."):
            return [name[:-1]]
        longer = [f"{name}.{domain.rstrip('.')}" for domain in self.search]
        return [name, *longer] if name.count(".") >= self.ndots else [*longer, name]


class Lookup:
    """What came of asking: the last reply (None: no name server answered) and the name that it is about."""

    __slots__ = ("name", "reply", "server")

    def __init__(self, name: str, reply: Reply | None, server: str):
        self.name, self.reply, self.server = name, reply, server

    @property
    def addresses(self) -> list[str]:
        """The addresses that were found."""
        answers = self.reply.answers if self.reply is not None else []
        return [each.data for each in answers if each.type in ("A", "AAAA")]


def config(process: Process) -> Config:
    """Return a container's configuration."""
    return Config(text(process, "/etc/resolv.conf"))


def text(process: Process, path: str) -> str:
    """Return a file's text, "" where there is none."""
    try:
        return process.read_file(path).decode("utf-8", "replace")
    except Errno:
        return ""


def ask(process: Process, server: str, name: str, type_: str) -> Reply | None:
    """Ask one name server for one whole name; None: it does not answer."""
    return process.kernel.routes.query(process.space, server, name, type_)


def search(process: Process, name: str, type_: str = "A", servers: list[str] | None = None) -> Lookup:
    """Ask the name servers for the names that a name may stand for, until one is there."""
    settings = config(process)
    servers = servers or settings.servers
    found = Lookup(name, Reply("NXDOMAIN"), servers[0])
    for candidate in settings.candidates(name):
        reply, server = None, servers[0]
        for server in servers:
            reply = ask(process, server, candidate, type_)
            if reply is not None:
                break
        found = Lookup(candidate, reply, server)
        if reply is None or any(each.type == type_ for each in reply.answers):
            return found
    return found


def aliases(process: Process, name: str) -> str:
    """Return all names that /etc/hosts has for the address of a name, "" where it has not the name."""
    for line in text(process, "/etc/hosts").splitlines():
        words = line.partition("#")[0].split()
        if name.lower() in (word.lower() for word in words[1:]) and ":" not in words[0]:
            return " ".join(words[1:])
    return ""


def from_hosts(process: Process, name: str) -> list[str]:
    """Return the addresses that /etc/hosts has for a name."""
    found = []
    for line in text(process, "/etc/hosts").splitlines():
        words = line.partition("#")[0].split()
        if name.lower() in (word.lower() for word in words[1:]):
            found.append(words[0])
    return found


def is_literal(name: str) -> bool:
    """Tell whether a name is an address itself."""
    if ":" not in name:
        return name.count(".") == 3 and name.replace(".", "").isdigit()
    from ....machinery import ipv6

    try:
        ipv6.number_of(name)
    except ValueError:
        return False
    return True


def lookup(process: Process, name: str) -> Lookup:
    """Return what getaddrinfo(3) finds, IPv4 addresses only where there are some."""
    from ..kernel.network import Record

    if is_literal(name):
        return Lookup(name, Reply(answers=[Record(name, "A", name)]), "")
    near = from_hosts(process, name.rstrip("."))
    if not near and name.rstrip(".") == "localhost":
        near = ["127.0.0.1"]
    near = [each for each in near if ":" not in each] or near
    if near:
        return Lookup(name, Reply(answers=[Record(name, "A", each) for each in near]), "")
    found = search(process, name)
    if found.reply is not None and not found.addresses:
        found6 = search(process, name, "AAAA")
        return found6 if found6.addresses else found
    return found


def addresses(process: Process, name: str) -> list[str]:
    """Return the addresses of a name, which may be one itself; [] where there are none."""
    return lookup(process, name).addresses
