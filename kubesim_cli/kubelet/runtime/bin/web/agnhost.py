"""agnhost, the program that Kubernetes' tests and tutorials ask things of; by subcommand
(kubernetes/test/images/agnhost)."""

from __future__ import annotations

from .....go.fmt import quote
from ...dates import strftime
from ...kernel.datagrams import Datagrams, bind
from ...kernel.errors import Errno
from .. import resolver
from ..dialing import REFUSED, TIMEOUT, UNANSWERED, UNKNOWN, Failed, dial
from . import serving
from .serving import Answer
from .simple import GO_TERMINATED, PLAIN, begin, option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ...kernel.process import Process
    from .serving import Request

VERSION = "2.53"
_UDP = 9     # the descriptor of netexec's socket
SICK = 10.0  # seconds after which `liveness` is not well any more
_CERTIFICATE = "-----BEGIN CERTIFICATE-----\nagnhost\n-----END CERTIFICATE-----\n"


def _agnhost(process: Process) -> int | None:
    words = process.argv[1:]
    command = words[0] if words else "pause"
    if command in ("--version", "version"):
        process.write(f"agnhost version {VERSION}\n")
        return 0
    play = _COMMANDS.get(command)
    if play is None:
        process.write(f'Error: unknown command "{command}" for "app"\nRun \'app --help\' for usage.\n', 2)
        return 1
    return play(process)


def _note(process: Process, text: str) -> None:
    stamp = strftime("I%m%d %H:%M:%S.000000", process.kernel.now)
    process.write(f"{stamp}       {process.pid} log.go:245] {text}\n", 2)


def _stopped(process: Process) -> int | None:
    """Return the exit code of a program that is told to end, None where it is not."""
    return GO_TERMINATED if process.pending else None


def _pause(process: Process) -> int | None:
    if process.memory is None:
        process.trapped, process.memory = frozenset(("TERM", "INT")), True
        process.write("Paused\n")
    code = _stopped(process)
    if code is None:
        process.wait()
    return code


# netexec


def _netexec(process: Process) -> int | None:
    if process.memory is None:
        port = int(option(process, "http-port", default="8080"))
        code = begin(process, [port])
        if code is not None:
            return code
        _note(process, f"Started HTTP server on port {port}")
        udp = int(option(process, "udp-port", default="8081"))
        if udp >= 0:
            try:
                process.install(_UDP, bind(process, udp))
            except Errno as error:
                return process.complain(error.message)
            _note(process, f"Started UDP server on port  {udp}")
    if process.pending:
        delay = float(option(process, "delay-shutdown", default="0"))
        state = process.memory
        state.setdefault("ends", process.kernel.now + delay)
        if process.kernel.now >= state["ends"]:
            return GO_TERMINATED if not delay else 0
        process.pending.clear()
    if (process.memory.get("ends") or float("inf")) <= process.kernel.now:
        return int(process.memory.get("code", 0))
    serving.serve(process, _netexec_page, _netexec_log)
    socket = process.fds.get(_UDP)
    if isinstance(socket, Datagrams):
        _answer_datagrams(process, socket)
        process.wait(*process.keys, socket.key, until=process.until)
    ends = process.memory.get("ends")
    if ends is not None:
        process.wait(*process.keys, until=ends if process.until is None else min(ends, process.until))
    return None


def _answer_datagrams(process: Process, socket: Datagrams) -> None:
    while (found := socket.receive()) is not None:
        data, sender = found
        wanted, who = data.decode("utf-8", "replace").strip().lower(), f"{sender[0]}:{sender[1]}"
        if wanted == "hostname":
            _note(process, "Sending udp hostName response")
            answer = process.space.hostname
        elif wanted.startswith("echo "):
            answer = wanted[5:]
            _note(process, f"Echoing {quote(answer)} to UDP client {who}")
        elif wanted == "clientip":
            _note(process, f"Sending clientip back to UDP client {who}")
            answer = who
        else:
            if wanted:
                _note(process, f"Unknown UDP command received: {wanted}")
            continue
        socket.send(process.kernel, answer.encode(), sender)


def _netexec_log(process: Process, request: Request, answer: Answer) -> None:
    _note(process, f"{request.method} {request.place}")


def _netexec_page(process: Process, request: Request) -> Answer:
    place, given = request.place, request.parameters()
    now = strftime("%Y-%m-%d %H:%M:%S", process.kernel.now)
    simple = {"/": f"NOW: {now}.000000000 +0000 UTC m=+{process.kernel.now - process.space.started:.9f}",
              "/clientip": f"{request.remote[0]}:{request.remote[1]}", "/hostname": process.space.hostname,
              "/hostName": process.space.hostname, "/echo": given.get("msg", ""), "/healthz": "",
              "/header": request.header(given.get("key", "").lower())}
    if place == "/healthz" and "ends" in process.memory:
        return Answer(412)
    if place in simple:
        code = int(given["code"]) if place == "/echo" and given.get("code", "").isdigit() else 200
        return Answer(code, simple[place], type_=PLAIN)
    if place == "/redirect":
        wanted = given.get("code", "302")
        return Answer(int(wanted) if wanted.isdigit() else 302, headers=[("Location", given.get("location", "/"))])
    if place in ("/exit", "/shutdown"):
        process.memory.update(ends=process.kernel.now + _span(given.get("wait", "") or given.get("timeout", "")),
                              code=int(given.get("code", "0") or 0))
        return Answer(200)
    if place == "/dial":
        return _dial(given)
    return Answer(404, "404 page not found\n", type_=PLAIN)


def _span(text: str) -> float:
    number = text.rstrip("smh")
    return float(number) * {"m": 60, "h": 3600}.get(text[-1:], 1) if number.replace(".", "", 1).isdigit() else 0.0


def _dial(given: dict[str, str]) -> Answer:
    """Ask another server, and hand on what it says."""
    host, port, wanted = given.get("host", ""), given.get("port", "80"), given.get("request", "hostname")
    raw = f"GET /{wanted.lstrip('/')} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode()
    return Answer(400, '{"errors":["connection failed"]}', type_=PLAIN,
                  upstream=(host, int(port) if port.isdigit() else 80, raw))


# Servers of a name, a text, a state


def _serve_hostname(process: Process) -> int | None:
    if process.memory is None:
        port = int(option(process, "port", default="9376"))
        code = begin(process, [port])
        if code is not None:
            return code
        _note(process, f"Serving on port {port}.")
    code = _stopped(process)
    if code is None:
        serving.serve(process, lambda own, request: Answer(200, own.space.hostname, type_=PLAIN),
                      lambda own, request, answer: _note(own, f"HTTP request from {request.remote[0]}:"
                                                         f"{request.remote[1]}"))
    return code


def _porter(process: Process) -> int | None:
    """A server at each port that a variable SERVE_PORT_80 or SERVE_TLS_PORT_443 names, of that variable's text."""
    plain = {int(name[11:]): value for name, value in process.env.items()
             if name.startswith("SERVE_PORT_") and name[11:].isdigit()}
    secure = {int(name[15:]): value for name, value in process.env.items()
              if name.startswith("SERVE_TLS_PORT_") and name[15:].isdigit()}
    texts = {**plain, **secure}
    if process.memory is None:
        try:
            serving.start(process, serving.everywhere(*texts), dict.fromkeys(secure, _CERTIFICATE))
        except Errno as error:
            return process.complain(error.message)
    code = _stopped(process)
    if code is None:
        serving.serve(process, lambda own, request: Answer(200, texts.get(request.local[1], ""), type_=PLAIN))
    return code


def _liveness(process: Process) -> int | None:
    if process.memory is None:
        code = begin(process, [8080])
        if code is not None:
            return code
    code = _stopped(process)
    if code is None:
        serving.serve(process, _liveness_page)
    return code


def _liveness_page(process: Process, request: Request) -> Answer:
    spent = process.kernel.now - process.space.started
    if request.place == "/healthz":
        if spent > SICK:
            return Answer(500, f"error: {spent:.9g}", type_=PLAIN)
        return Answer(200, "ok", type_=PLAIN)
    if request.place == "/started":
        return Answer(200, f"{spent:g}s", type_=PLAIN)
    if request.place == "/redirect":
        return Answer(302, headers=[("Location", request.parameters().get("loc", "/"))])
    return Answer(404, "404 page not found\n", type_=PLAIN)


def _test_webserver(process: Process) -> int | None:
    if process.memory is None:
        code = begin(process, [int(option(process, "port", default="80"))])
        if code is not None:
            return code
    code = _stopped(process)
    if code is None:
        serving.serve(process, lambda own, request: Answer(200, b"", type_="text/html; charset=utf-8")
                      if request.place == "/" else Answer(404, "404 page not found\n", type_=PLAIN))
    return code


def _health(process: Process) -> int | None:
    """grpc-health-checking: gRPC at one port, and HTTP at another that makes it sick or well."""
    if process.memory is None:
        ports = [int(option(process, "port", default="5000")), int(option(process, "http-port", default="8080"))]
        code = begin(process, ports)
        if code is not None:
            return code
        _note(process, f"Http server starting to listen on :{ports[1]}")
        _note(process, f"gRPC server starting to listen on :{ports[0]}")
        state: Any = process.memory
        state["serving"] = True
    code = _stopped(process)
    if code is None:
        serving.serve(process, _health_page)
    return code


def _health_page(process: Process, request: Request) -> Answer:
    if request.place.startswith("/make-"):
        process.memory["serving"] = request.place == "/make-serving"
        return Answer(200, "", type_=PLAIN)
    if request.place == "/grpc.health.v1.Health/Check":
        return Answer(200, "SERVING" if process.memory["serving"] else "NOT_SERVING", type_="application/grpc")
    return Answer(404, "404 page not found\n", type_=PLAIN)


# What ends


def _entrypoint(process: Process) -> int:
    process.write(f"[{' '.join([process.argv[0], *process.argv[1:]])}]\n")
    return 0


def _connect(process: Process) -> int | None:
    """connect HOST:PORT: how that ends, by its message and exit code."""
    words = [word for word in process.argv[2:] if not word.startswith("-")]
    host, _, port = (words[0] if words else "").rpartition(":")
    if process.memory is None:
        process.memory = {}
    limit = _span(option(process, "timeout", default="0s"))
    try:
        connection = dial(process, process.memory, host, int(port) if port.isdigit() else 0, limit or None)
    except Failed as failure:
        text = {REFUSED: "REFUSED", TIMEOUT: "TIMEOUT", UNKNOWN: "DNS", UNANSWERED: "DNS"}.get(failure.kind, "OTHER")
        process.write(text + "\n", 2)
        return 1
    if connection is None:
        return None
    connection.closed(process.kernel)
    return 0


def _suffix(process: Process) -> int:
    process.write(",".join(resolver.config(process).search) + "\n")
    return 0


def _servers(process: Process) -> int:
    process.write(",".join(resolver.config(process).servers) + "\n")
    return 0


def _hosts(process: Process) -> int:
    process.write(resolver.text(process, "/etc/hosts"))
    return 0


def _logs(process: Process) -> int | None:
    """logs-generator: so many lines within a time."""
    total = int(option(process, "log-lines-total", "t", default="0") or 0)
    span = _span(option(process, "run-duration", "d", default="0s"))
    if total <= 0 or span <= 0:
        _note(process, "Invalid total number of lines: 0")
        return 255
    state = process.memory
    if state is None:
        state = process.memory = {"line": 0, "began": process.kernel.now}
    while state["line"] < total and process.kernel.now >= state["began"] + state["line"] * span / total:
        number = state["line"]
        random = process.space.random
        verb = ("GET", "PUT", "POST")[random.below(3)]
        name = "".join("abcdefghijklmnopqrstuvwxyz0123456789"[random.below(36)] for _ in range(3))
        _note(process, f"{number} {verb} /api/v1/namespaces/{('kube-system', 'default', 'ns')[random.below(3)]}/pods/"
              f"{name} {200 + random.below(400)}")
        state["line"] += 1
    if state["line"] >= total:
        return 0
    process.wait(until=state["began"] + state["line"] * span / total)
    return None


_COMMANDS: dict[str, Callable[[Process], int | None]] = {
    "pause": _pause, "netexec": _netexec, "serve-hostname": _serve_hostname, "porter": _porter,
    "liveness": _liveness, "test-webserver": _test_webserver, "grpc-health-checking": _health,
    "entrypoint-tester": _entrypoint, "connect": _connect, "dns-suffix": _suffix, "dns-server-list": _servers,
    "etc-hosts": _hosts, "logs-generator": _logs}
PROGRAMS = {"agnhost": _agnhost}
