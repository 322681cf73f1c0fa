"""A small HTTP server: it listens, reads requests, asks a page for each answer, writes a log, and keeps connections.

A server is a program that calls `start` when it is first run and `serve` from then on, with its page: a function of the
process and a Request that gives an Answer. An answer may come later (`delay`), or from another server (`upstream`).
"""

from __future__ import annotations

from ....images import image
from ...kernel import load, shown
from ...kernel.errors import Errno
from ...kernel.network import ANY, Connection, Listener, listen
from .. import http, tls
from ..dialing import TIMEOUT, Failed, dial

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ...kernel.process import Process

    Page = Callable[["Process", "Request"], "Answer"]
    Log = Callable[["Process", "Request", "Answer"], None]

FIRST = 10          # descriptor of the first listener; connections follow
CHUNK = 65536
PATIENCE = 60.0     # seconds that another server's answer is waited for
_MOST_ROUNDS = 100
_MOST_HEAD = 65536  # bytes of a request's head
_PLAIN = b"<html>\r\n<head><title>400 The plain HTTP request was sent to HTTPS port</title></head>\r\n</html>\r\n"


class Request:
    """A request: `path` with its query, `local` and `remote` (address, port) of the connection, `secure`: over TLS."""

    __slots__ = ("local", "message", "method", "path", "remote", "secure")

    def __init__(self, message: http.Message, connection: Connection, secure: bool):
        self.method, self.path = message.first[0], message.first[1]
        if self.path.startswith(("http://", "https://")):  # as who takes us for a proxy asks
            self.path = http.split(self.path)[3]
        self.message, self.local, self.remote, self.secure = message, connection.local, connection.remote, secure

    def header(self, name: str) -> str:
        """Return a header's value, "" where it is not there."""
        return self.message.header(name)

    @property
    def place(self) -> str:
        """The path without its query, with what is escaped in it put in."""
        from urllib.parse import unquote

        return unquote(self.path.partition("?")[0])

    @property
    def query(self) -> str:
        """What stands behind the question mark."""
        return self.path.partition("?")[2]

    def parameters(self) -> dict[str, str]:
        """Return the query's parameters."""
        return dict(http.parameters(self.query))


class Answer:
    """An answer. `delay`: seconds until it is sent; `upstream`: (host, port, request) of a server whose answer is sent
    in its place, this one where that fails."""

    __slots__ = ("body", "code", "delay", "headers", "notes", "upstream")

    def __init__(self, code: int, body: bytes | str = b"", headers: list[tuple[str, str]] | None = None,
                 type_: str = "", delay: float = 0.0, upstream: tuple[str, int, bytes] | None = None):
        self.code, self.delay, self.upstream = code, delay, upstream
        self.body = body.encode("utf-8", "surrogateescape") if isinstance(body, str) else body
        self.headers = ([("Content-Type", type_)] if type_ else []) + (headers or [])
        self.notes: dict[str, str] = {}  # what a log may want to tell of it


def start(process: Process, ports: list[tuple[str, int]], secure: dict[int, str] | None = None,
          signals: tuple[str, ...] = ("TERM", "INT")) -> dict[str, Any]:
    """Listen on (host, port)s; `secure`: the certificate, a PEM text, of ports that speak TLS. Returns what
    the process remembers, to which a server may add. Raises Errno.
    """
    state: dict[str, Any] = {"next": FIRST, "listeners": [], "connections": {}, "secure": secure or {}}
    for host, port in dict.fromkeys(ports):
        process.install(state["next"], listen(process, port, host))
        state["listeners"].append(state["next"])
        state["next"] += 1
    process.trapped = frozenset(signals)
    process.memory = state
    shown.listens(process)
    return state


def everywhere(*ports: int) -> list[tuple[str, int]]:
    """Return ports on all addresses, for `start`."""
    return [(ANY, port) for port in ports]


def serve(process: Process, page: Page, log: Log | None = None, until: float | None = None) -> None:
    """Answer what has come, and wait for more, or for a time."""
    for _ in range(_MOST_ROUNDS):
        keys, times = _round(process, page, log)
        if not _has_more(process):  # which it may by itself, where it asks itself
            break
    if until is not None:
        times.append(until)
    process.wait(*keys, until=min(times) if times else None)


def _has_more(process: Process) -> bool:
    for what in process.fds.values():
        if (isinstance(what, Listener) and what.waiting) or (isinstance(what, Connection) and what.incoming.data):
            return True
    return False


def _round(process: Process, page: Page, log: Log | None) -> tuple[list[object], list[float]]:
    """Go on with all connections; return what to wait for, (keys, times)."""
    state: Any = process.memory
    keys: list[object] = []
    times: list[float] = []
    for fd in state["listeners"]:
        listener = process.descriptor(fd)
        assert isinstance(listener, Listener)
        while (connection := listener.accept()) is not None:
            process.install(state["next"], connection)
            state["connections"][state["next"]] = {"got": bytearray(), "secure": "", "until": None, "answer": None,
                                                   "dial": None, "back": bytearray()}
            state["next"] += 1
        keys.append(listener)
    for fd in list(state["connections"]):
        try:
            waits = _talk(process, fd, state, page, log)
        except Errno:  # the other end is gone
            waits = None
        if waits is None:
            _drop(process, state, fd)
            continue
        keys += waits[0]
        times += waits[1]
    return keys, times


def _drop(process: Process, state: dict[str, Any], fd: int) -> None:
    process.close(fd)
    process.close(-fd)
    state["connections"].pop(fd, None)


def _talk(process: Process, fd: int, state: dict[str, Any], page: Page,
          log: Log | None) -> tuple[list[object], list[float]] | None:
    """Go on with a connection; return what to wait for, (keys, times), None when it is over."""
    kernel, held = process.kernel, state["connections"][fd]
    connection = process.descriptor(fd)
    assert isinstance(connection, Connection)
    while True:
        if held["answer"] is not None:
            waits = _late(process, fd, held)
            if waits is not None:
                return waits
            if not _send(process, connection, held, log):
                return None
        while (data := connection.read(kernel, CHUNK)):
            held["got"] += data
            process.work(1 + (len(data) >> 10))
        if not _greeted(connection, kernel, held, state["secure"]):
            return [connection.key], []
        message = http.parse(bytes(held["got"]), data == b"")
        if message is None:
            if _is_no_request(held["got"]):
                connection.write(kernel, http.answer(400, [("Content-Type", "text/plain")], b"400 Bad Request"))
                return None
            return None if data == b"" or len(held["got"]) > 64 * _MOST_HEAD else ([connection.key], [])
        del held["got"][:message.size]
        request = Request(message, connection, bool(held["secure"]))
        answer = page(process, request)
        cost = image.of(process.space.tree.root.volume.image).request
        if cost:
            load.note(process.space, kernel.now, cost * 1000)
            answer.delay = max(answer.delay, cost / 1000)
        held.update(request=_packed(message), answer=[answer.code, answer.body, answer.headers, answer.notes],
                    until=kernel.now + answer.delay if answer.delay else None,
                    dial=[*answer.upstream, {}, kernel.now + PATIENCE] if answer.upstream else None)


def _packed(message: http.Message) -> list[Any]:
    return [message.first, message.headers, message.body, message.size]


def _is_no_request(data: bytearray) -> bool:
    line, ended, _ = bytes(data).partition(b"\n")
    return bool(ended) and b" HTTP/1." not in line


def _greeted(connection: Connection, kernel: Any, held: dict[str, Any], secure: dict[int, str]) -> bool:
    """Do the handshake where a port has one; False where more must come. Who speaks the wrong tongue is told so."""
    certificate = secure.get(connection.local[1])
    if certificate is None or held["secure"] or not held["got"]:
        return True
    if not tls.is_hello(held["got"]):
        if b"\r\n\r\n" in held["got"]:
            connection.write(kernel, http.answer(400, [("Content-Type", "text/html")], _PLAIN))
            raise Errno("EPIPE")
        return False
    found = tls.split_hello(held["got"])
    if found is None:
        return False
    held["secure"], held["got"][:] = found[0] or "*", found[1]
    known = tls.authorities(certificate)
    connection.write(kernel, tls.greeting(known[0] if known else "unknown", []))
    return True


def _late(process: Process, fd: int, held: dict[str, Any]) -> tuple[list[object], list[float]] | None:
    """Return what an answer waits for that does not come at once, None where it is there."""
    kernel = process.kernel
    if held["until"] is not None and kernel.now < held["until"]:
        return [], [held["until"]]
    if held["dial"] is None:
        return None
    host, port, request, dialled, deadline = held["dial"]
    if -fd not in process.fds:
        try:
            upstream = dial(process, dialled, host, port, max(deadline - kernel.now, 0.0))
        except Failed as failure:
            held["answer"][0] = 504 if failure.kind == TIMEOUT else held["answer"][0]
            held["answer"][3]["why"] = failure.message or "host not found"
            held["dial"] = None
            return None
        if upstream is None:
            return [], [dialled["until"]]
        process.install(-fd, upstream)
        upstream.write(kernel, request)
    upstream_end = process.descriptor(-fd)
    ended = False
    while (data := upstream_end.read(kernel, CHUNK)) is not None:
        held["back"] += data
        if not data:
            ended = True
            break
    message = http.parse(bytes(held["back"]), ended, held["request"][0][0] == "HEAD")
    if message is None and not ended and kernel.now < deadline:
        return [upstream_end.key], [deadline]
    process.close(-fd)
    held["back"], held["dial"] = bytearray(), None
    if message is None:
        held["answer"][0] = 502 if ended else 504
        return None
    drop = ("connection", "content-length", "transfer-encoding", "server", "date", "keep-alive")
    own = [each for each in held["answer"][2] if each[0].lower() not in ("content-type",)]
    held["answer"] = [int(message.first[1] or 502), message.body,
                      own + [each for each in message.headers if each[0].lower() not in drop], held["answer"][3]]
    return None


def _send(process: Process, connection: Connection, held: dict[str, Any], log: Log | None) -> bool:
    """Send the answer that is there; tell whether the connection goes on."""
    code, body, headers, notes = held["answer"]
    held["answer"] = held["until"] = None
    message = http.Message(tuple(held["request"][0]), held["request"][1], held["request"][2], held["request"][3])
    request, answer = Request(message, connection, bool(held["secure"])), Answer(code, body, headers)
    answer.notes = notes
    keeps = message.keeps_alive and code != 400
    if log is not None:
        log(process, request, answer)
    connection.write(process.kernel, http.answer(code, headers, body, request.method != "HEAD", keeps))
    return keeps
