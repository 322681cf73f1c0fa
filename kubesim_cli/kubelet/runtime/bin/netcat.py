"""nc as busybox and OpenBSD have it, ncat, and telnet."""

from __future__ import annotations

from ..kernel.datagrams import Datagrams, bind, connect
from ..kernel.errors import Errno
from ..kernel.network import ANY, Connection, Listener, listen
from ..kernel.network import connect as tcp
from . import flavour
from .dialing import TIMEOUT, UNANSWERED, UNKNOWN, Failed, dial
from .relay import pump

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..kernel.process import Process

FD, LISTENER = 5, 4
SERVICES = {22: "ssh", 23: "telnet", 25: "smtp", 53: "domain", 80: "http", 110: "pop3", 143: "imap2", 389: "ldap",
            443: "https", 3306: "mysql", 5432: "postgresql", 5672: "amqp", 6379: "redis", 8080: "http-alt",
            9418: "git", 11211: "memcached"}
_VALUED = "ipwesqXxIOTVPc"
_LONG = {"listen": "l", "keep-open": "k", "verbose": "v", "udp": "u", "exec": "e", "sh-exec": "c", "wait": "w",
         "send-only": "N", "recv-only": "d", "source-port": "p", "nodns": "n", "idle-timeout": "i", "max-conns": "m",
         "zero": "z"}


def _given(words: list[str]) -> tuple[dict[str, str], list[str]]:
    """Return (options by their letters, operands)."""
    found: dict[str, str] = {}
    rest: list[str] = []
    words = list(words)
    while words:
        word = words.pop(0)
        if word == "--":
            rest += words
            break
        if word.startswith("--"):
            name, given, value = word[2:].partition("=")
            letter = _LONG.get(name, "")
            if not given and letter in ("e", "c", "w", "p", "i", "m") and words:
                value = words.pop(0)
            found[letter] = value
        elif word.startswith("-") and len(word) > 1:
            letters = word[1:]
            while letters:
                letter, letters = letters[0], letters[1:]
                if letter in _VALUED:
                    found[letter] = letters or (words.pop(0) if words else "")
                    letters = ""
                    if letter == "e":  # its arguments follow, so that it comes last
                        found["argv"] = "\0".join(words)
                        return found, rest
                else:
                    found[letter] = found.get(letter, "") + letter
        else:
            rest.append(word)
    return found, rest


def _ports(text: str) -> list[int]:
    """Return the ports of a number or a range, [] where it is none."""
    first, dash, last = text.partition("-")
    if not first.isdigit() or (dash and not last.isdigit()):
        return []
    return list(range(int(first), int(last or first) + 1))[:1000]


def _nc(process: Process) -> int | None:
    given, words = _given(process.argv[1:])
    busybox = flavour.is_busybox(process) and process.argv[0].rpartition("/")[2] != "ncat"
    state: Any = process.memory
    if state is None:
        state = process.memory = {"ports": [], "code": 0, "dial": {}, "stage": "", "open": True, "idle": None}
        if "l" in given:
            code = _listen(process, given, words, state)
        else:
            code = _start(process, words, state)
        if code is not None:
            return code
    if state["stage"] == "accept" and not _accept(process, given, state):
        return None
    while state["stage"] == "dial":
        code = _dial(process, given, words[0], state, busybox)
        if code is not None or state["stage"] == "dialing":
            state["stage"] = "dial"
            return code
    return _relay(process, given, state, busybox)


def _listen(process: Process, given: dict[str, str], words: list[str], state: dict[str, Any]) -> int | None:
    """Listen; return an exit code where that cannot be."""
    port = given.get("p") or next((each for each in reversed(words) if each.isdigit()), "")
    host = given.get("s") or (words[0] if len(words) > 1 else ANY)
    if not port.isdigit():
        return process.complain("missing port number")
    try:
        listener = (bind if "u" in given else listen)(process, int(port), host)
    except Errno as error:
        return process.complain(f"bind: {error.message}" if flavour.is_busybox(process) else error.message)
    process.install(LISTENER, listener)
    state["stage"] = "accept"
    if "v" in given:
        process.write(f"listening on [::]:{port} ...\n" if flavour.is_busybox(process)
                      else f"{'Bound' if 'u' in given else 'Listening'} on {host} {port}\n", 2)
    return None


def _accept(process: Process, given: dict[str, str], state: dict[str, Any]) -> bool:
    """Take the next connection; False where one has to wait for it."""
    listener = process.descriptor(LISTENER)
    if isinstance(listener, Datagrams):
        return _hear(process, given, state, listener)
    assert isinstance(listener, Listener)
    while (connection := listener.accept()) is not None:
        if "v" in given:
            address, port = connection.remote
            process.write(f"connect to {connection.local[0]}:{connection.local[1]} from {address}:{port} "
                          f"({address}:{port})\n" if flavour.is_busybox(process)
                          else f"Connection received on {address} {port}\n", 2)
        command = _command(given)
        if command:
            _serve(process, command, connection)
            if "k" in given or given.get("l", "").count("l") > 1:
                continue
            process.close(LISTENER)
            state["stage"] = "child"
            return True
        process.install(FD, connection)
        state["stage"] = "relay"
        if "k" not in given:
            process.close(LISTENER)
        return True
    process.wait(listener)
    return False


def _hear(process: Process, given: dict[str, str], state: dict[str, Any], socket: Datagrams) -> bool:
    """Wait for the first datagram, and talk with who has sent it; with -k listen to all, and talk with none."""
    if not socket.inbox:
        process.wait(socket.key)
        return False
    address, port = socket.inbox[0][1]
    if "v" in given:
        process.write(f"connect to {socket.local[0]}:{socket.local[1]} from {address}:{port} ({address}:{port})\n"
                      if flavour.is_busybox(process) else f"Connection received on {address} {port}\n", 2)
    if "k" not in given or _command(given):
        socket.remote, socket.chosen = (address, port), True
    process.install(FD, socket)
    process.close(LISTENER)
    state["stage"] = "relay"
    if _command(given):
        _serve(process, _command(given), socket)
        process.close(FD)
        state["stage"] = "child"
    return True


def _command(given: dict[str, str]) -> list[str]:
    """Return the command that serves connections, [] where they are relayed."""
    if "c" in given:
        return ["sh", "-c", given["c"]]
    if "e" in given:
        words = [each for each in given.get("argv", "").split("\0") if each]
        return [*given["e"].split(), *words] if not words else [given["e"], *words]
    return []


def _serve(process: Process, command: list[str], connection: Connection) -> None:
    """Run a command whose input and output a connection is."""
    try:
        program = process.space.find(process, command[0])
    except Errno as error:
        process.complain(f"can't execute '{command[0]}': {error.message}")
        connection.closed(process.kernel)
        return
    fds = {0: connection, 1: connection, 2: process.descriptor(2)}
    process.kernel.start(process.kernel.spawn(process.space, program, command, process.env, process.user, process.cwd,
                                              fds, process))


def _start(process: Process, words: list[str], state: dict[str, Any]) -> int | None:
    if len(words) < 2 or not all(_ports(each) for each in words[1:]):
        if len(words) == 2:
            return process.complain(f"bad port '{words[1]}'" if flavour.is_busybox(process)
                                    else f"port number invalid: {words[1]}")
        return process.complain("missing port number")
    state["ports"] = [port for each in words[1:] for port in _ports(each)]
    state["stage"] = "dial"
    return None


def _dial(process: Process, given: dict[str, str], host: str, state: dict[str, Any], busybox: bool) -> int | None:
    """Connect to the next port; return the exit code where that was the last thing to do."""
    port = state["ports"][0]
    limit = float(given["w"]) if given.get("w", "").replace(".", "", 1).isdigit() else None
    verbose = "v" in given
    connection: Connection | None = None
    try:
        connection = dial(process, state["dial"], host, port, limit, make=connect if "u" in given else tcp)
        if connection is None:
            state["stage"] = "dialing"
            return None
    except Failed as failure:
        _tell(process, host, port, failure, len(given.get("v", "")), busybox)
        if failure.kind in (UNKNOWN, UNANSWERED):
            return 1
        state["code"] = 1
    else:
        address = state["dial"].get("address") or host
        name = SERVICES.get(port, "*")
        kind = "udp" if "u" in given else "tcp"
        if "u" in given and "z" in given and not busybox:
            connection.write(process.kernel, b"X")
        is_refused = isinstance(connection, Datagrams) and connection.refused
        if verbose and not is_refused:
            process.write(f"{host} ({address}:{port}) open\n" if busybox else
                          f"Connection to {host}{'' if address == host else f' ({address})'} {port} port "
                          f"[{kind}/{name}] succeeded!\n", 2)
        state["code"] = int(is_refused)
        if "z" not in given and connection is not None:
            process.install(FD, connection)
            state["stage"] = "relay"
            return None
        if connection is not None:
            connection.closed(process.kernel)
    state["ports"].pop(0)
    state["dial"] = {}
    return None if state["ports"] else int(state["code"])


def _tell(process: Process, host: str, port: int, failure: Failed, verbose: int, busybox: bool) -> None:
    if failure.kind in (UNKNOWN, UNANSWERED):
        why = "Name or service not known" if failure.kind == UNKNOWN else "Temporary failure in name resolution"
        process.complain(f"bad address '{host}'" if busybox
                         else f'getaddrinfo for host "{host}" port {port}: {why}')
        return
    if busybox:
        if verbose > 1 or (verbose and failure.message != "Connection refused"):
            process.complain(f"{host} ({failure.address}:{port}): {failure.message}")
    elif verbose:
        where = host if failure.address == host else f"{host} ({failure.address})"
        process.complain(f"connect to {where} port {port} (tcp) " + (
            "timed out: Operation now in progress" if failure.kind == TIMEOUT and failure.timed_out
            else f"failed: {failure.message}"))


def _relay(process: Process, given: dict[str, str], state: dict[str, Any], busybox: bool) -> int | None:
    if state["stage"] == "child":
        for child in process.children.values():
            if child.status is None:
                process.wait(child)
                return None
        return 0
    idle = float(given["w"]) if given.get("w", "").isdigit() else None
    if "u" in given and "q" in given and not state["open"]:
        idle = float(given["q"])
    ended = pump(process, state, FD, busybox or "N" in given or "q" in given, idle)
    if ended is None:
        return None
    process.close(FD)
    if "l" in given and "k" in given and "u" not in given:
        state.update(stage="accept", open=True, idle=None)
        process.memory = state
        return None if not _accept(process, given, state) else _relay(process, given, state, busybox)
    return 0


def _telnet(process: Process) -> int | None:
    busybox = flavour.is_busybox(process)
    words = [word for word in process.argv[1:] if not word.startswith("-")]
    if not words:
        process.write("Usage: telnet HOST [PORT]\n", 2)
        return 1
    host, port = words[0], int(words[1]) if words[1:2] and words[1].isdigit() else 23
    state: Any = process.memory
    if state is None:
        state = process.memory = {"dial": {}, "stage": "dial", "open": True, "idle": None, "tried": False}
    if state["stage"] == "dial":
        try:
            connection = dial(process, state["dial"], host, port)
        except Failed as failure:
            if failure.kind in (UNKNOWN, UNANSWERED):
                return process.complain(f"bad address '{host}'" if busybox else
                                        f"could not resolve {host}/{port}: Name or service not known")
            if busybox:
                return process.complain(f"can't connect to remote host ({failure.address}): {failure.message}")
            process.write(f"Trying {failure.address}...\n")
            return process.complain(f"Unable to connect to remote host: {failure.message}")
        if connection is None:
            return None
        process.install(FD, connection)
        state["stage"] = "relay"
        process.write(f"Connected to {host}\n\r\nEntering character mode\r\nEscape character is '^]'.\r\n\r\n"
                      if busybox else f"Trying {state['dial']['address']}...\nConnected to {host}.\n"
                      "Escape character is '^]'.\n")
    ended = pump(process, state, FD, False, None)
    if ended is None:
        return None
    process.write("Connection closed by foreign host\r\n" if busybox else "Connection closed by foreign host.\n",
                  2 if busybox else 1)
    return 1


PROGRAMS = {"nc": _nc, "netcat": _nc, "ncat": _nc, "telnet": _telnet}
