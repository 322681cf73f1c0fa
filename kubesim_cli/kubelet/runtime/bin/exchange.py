"""One request over HTTP or HTTPS and its answer, as curl and wget make it."""

from __future__ import annotations

from ..kernel.errors import Errno
from . import http, tls
from .dialing import REFUSED, TIMEOUT, UNANSWERED, UNKNOWN, UNREACHABLE, Failed, dial

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..kernel.process import Process

NO_TLS, DISTRUSTED, MISNAMED, EMPTY, SLOW, RESET = "no tls", "distrusted", "misnamed", "empty", "slow", "reset"
NO_TUNNEL = "no tunnel"
__all__ = ["DISTRUSTED", "EMPTY", "MISNAMED", "NO_TLS", "NO_TUNNEL", "REFUSED", "RESET", "SLOW", "TIMEOUT",
           "UNANSWERED", "UNKNOWN", "UNREACHABLE", "begin", "go_on", "message_of"]
_KEPT = ("Proxy-Connection", "Keep-Alive")
FD = 5
CHUNK = 65536


def begin(process: Process, url: str, method: str, headers: list[tuple[str, str]], body: bytes = b"",
          limit: float | None = None, connect_limit: float | None = None, trust: str | None = "",
          address: str = "", version: str = "1.1", via: tuple[str, int, list[tuple[str, str]]] | None = None) -> dict[
        str, Any]:
    """Return an exchange, which the process keeps in its memory, for `go_on`.

    `limit` and `connect_limit`: seconds for all of it, and until it is connected. `trust`: the text of a file with
    certificates that are trusted, "" for the public ones; None: all are. `address`: the host's, where it need not
    be looked up. `via`: the host and port of a proxy, and headers for it. What is known of it then: scheme, host,
    port, path, address, request (bytes), got (bytes), failed (one of the words above, "" for well), message (of the
    system), proxy ((host, port), None for none).
    """
    scheme, host, port, path = http.split(url)
    given = {key.lower() for key, _ in headers}
    shown = f"[{host}]" if ":" in host else host
    if port != (443 if scheme == "https" else 80):
        shown += f":{port}"
    sent = [*([] if "host" in given else [("Host", shown)]), *((key, value) for key, value in headers if value)]
    tunnel, asked = b"", path
    if via is not None and scheme == "https":
        place = shown if port != 443 else f"{shown}:443"
        agent = [each for each in sent if each[0].lower() == "user-agent"]
        tunnel = http.request("CONNECT", place, [("Host", place), *via[2], *agent, _KEPT])
    elif via is not None:
        asked, sent = f"http://{shown}{path}", [*sent[:1], *via[2], *sent[1:], _KEPT]
    return {"url": url, "scheme": scheme, "host": host, "port": port, "path": path, "method": method,
            "request": http.request(method, asked, sent, body, version), "tunnel": tunnel,
            "proxy": via[:2] if via is not None else None, "trust": trust, "dial": {}, "address": address,
            "got": bytearray(), "failed": "", "message": "", "stage": "dial", "began": process.kernel.now,
            "limit": limit, "connect": connect_limit, "ended": False, "local": ("", 0)}


def message_of(exchange: dict[str, Any]) -> http.Message | None:
    """Return the answer, as far as it has come; None where it has not."""
    return http.parse(bytes(exchange["got"]), True, exchange["method"] == "HEAD")


def go_on(process: Process, exchange: dict[str, Any]) -> bool:
    """Do the next steps; tell whether the answer is whole or the exchange has failed. If not, the process waits."""
    try:
        return _steps(process, exchange)
    except Failed as failure:
        exchange["failed"], exchange["message"] = failure.kind, failure.message
        exchange["cut"] = failure.timed_out
        exchange["address"] = failure.address or exchange["address"]
    except Errno:
        exchange["failed"] = RESET
    process.close(FD)
    return True


def _steps(process: Process, exchange: dict[str, Any]) -> bool:
    kernel = process.kernel
    deadline = None if exchange["limit"] is None else exchange["began"] + exchange["limit"]
    if exchange["stage"] == "dial":
        limits = [each for each in (exchange["limit"], exchange["connect"]) if each is not None]
        host, port = exchange.get("proxy") or (exchange["host"], exchange["port"])
        connection = dial(process, exchange["dial"], host, port,
                          min(limits) if limits else None, exchange["address"])
        exchange["address"] = exchange["dial"].get("address", "")
        if connection is None:
            return False
        exchange["local"] = connection.local
        process.install(FD, connection)
        _go_to(process, exchange, "tunnel" if exchange.get("tunnel") else "greet" if exchange["scheme"] == "https"
               else "read")
    while True:
        if exchange["stage"] == "tunnel" and b"\r\n\r\n" in exchange["got"]:
            head, _, rest = bytes(exchange["got"]).partition(b"\r\n\r\n")
            code = head.split(b" ", 2)[1:2]
            if code != [b"200"]:
                raise Failed(NO_TUNNEL, message=(code or [b"000"])[0].decode("latin-1"))
            exchange["got"][:] = rest
            _go_to(process, exchange, "greet")
            continue
        if exchange["stage"] == "greet":
            if not tls.is_greeting(exchange["got"]):
                raise Failed(NO_TLS)
            greeting = tls.split_greeting(exchange["got"])
            if greeting is not None:
                _check(exchange, greeting[0], greeting[1])
                exchange["got"][:] = greeting[2]
                _go_to(process, exchange, "read")
                continue
        elif exchange["stage"] == "read":
            message = http.parse(bytes(exchange["got"]), exchange["ended"], exchange["method"] == "HEAD")
            if message is not None:
                process.close(FD)
                return True
        if exchange["ended"]:
            raise Failed(EMPTY if not exchange["got"] else RESET)
        if deadline is not None and kernel.now >= deadline:
            raise Failed(SLOW)
        connection_end = process.descriptor(FD)
        data = connection_end.read(kernel, CHUNK)
        if data is None:
            process.wait(connection_end.key, until=deadline)
            return False
        process.work(1 + (len(data) >> 10))
        exchange["got"] += data
        exchange["ended"] = not data


def _go_to(process: Process, exchange: dict[str, Any], stage: str) -> None:
    """Say what a stage begins with."""
    exchange["stage"] = stage
    process.write(exchange["tunnel"] if stage == "tunnel" else tls.hello(exchange["host"]) if stage == "greet" else
                  exchange["request"], FD)


def _check(exchange: dict[str, Any], authority: str, names: list[str]) -> None:
    """Raise Failed where a certificate is not to be trusted."""
    if exchange["trust"] is None:
        return
    trusted = [tls.PUBLIC] if not exchange["trust"] else tls.authorities(exchange["trust"])
    if authority not in trusted:
        raise Failed(DISTRUSTED)
    if names and exchange["host"] not in names:
        raise Failed(MISNAMED)
