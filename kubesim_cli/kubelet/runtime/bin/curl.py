"""curl: its options, its messages and exit codes, and what -i, -v, -w and its progress meter print (curl 8.5)."""

from __future__ import annotations

from ..kernel.errors import Errno
from . import exchange, http
from .curlargs import Options, Wrong, options_of
from .curlproxy import authorization, place_of, proxy_of
from .curltext import METER, failure_of, filled, metered, transcript

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..kernel.process import Process

MOST_HOPS = 50
_REDIRECTS = (301, 302, 303, 307, 308)
_TRANSIENT = (408, 429, 500, 502, 503, 504)  # statuses that --retry tries again
_HELP = "curl: try 'curl --help' for more information\n"


def _curl(process: Process) -> int | None:
    state: Any = process.memory
    if state is None:
        if "--version" in process.argv or "-V" in process.argv[1:2]:
            process.write("curl 8.5.0 (x86_64-pc-linux-gnu) libcurl/8.5.0 OpenSSL/3.0.13 zlib/1.3\n"
                          "Release-Date: 2023-12-06\nProtocols: file ftp http https\nFeatures: IPv6 SSL\n")
            return 0
        try:
            given = options_of(process, process.argv[1:])
        except Wrong as error:
            process.write(f"curl: {error}\n{_HELP}", 2)
            return error.code
        if not given.urls:
            process.write(f"curl: (2) no URL specified\n{_HELP}", 2)
            return 2
        state = process.memory = {"argv": process.argv[1:], "at": 0, "exchange": None, "status": 0, "hops": 0,
                                  "tries": 0, "until": None, "url": "", "method": ""}
    given = options_of(process, state["argv"])
    while state["at"] < len(given.urls):
        if state["until"] is not None:
            if process.kernel.now < state["until"]:
                process.wait(until=state["until"])
                return None
            state["until"] = None
        if state["exchange"] is None and not _begin(process, given, state):
            return int(state["status"])
        if not exchange.go_on(process, state["exchange"]):
            return None
        _finish(process, given, state)
    return int(state["status"])


def _begin(process: Process, given: Options, state: dict[str, Any]) -> bool:
    """Begin the exchange for the next URL; False where there is no such."""
    url = state["url"] or given.urls[state["at"]]
    if problem := _rejected(url):
        if given.speaks:
            process.write(f"curl: (3) URL rejected: {problem}\n", 2)
        state["status"] = 3
        return False
    scheme = http.split(url)[0]
    if scheme not in ("http", "https"):
        if given.speaks:
            process.write(f'curl: (1) Protocol "{scheme}" not supported or disabled in libcurl\n', 2)
        state["status"] = 1
        return False
    host, port = http.split(url)[1:3]
    proxy = proxy_of(given, process.env, scheme, host)
    method = state["method"] or given.method
    body = given.body if method != "GET" or given.explicit else b""
    trust: str | None = "" if not given.cacert else _file(process, given.cacert)
    if trust is None:
        if given.speaks:
            process.write(f"curl: (77) error setting certificate file: {given.cacert}\n", 2)
        state["status"] = 77
        return False
    if given.meter and not state["tries"] and not state["hops"] and given.shows_meter(process):
        process.write(METER, 2)
    state["exchange"] = exchange.begin(
        process, url, method, given.headers(body), body, given.limit, given.connect_limit,
        None if given.insecure else trust, "" if proxy else given.resolved(host, port), given.version,
        (*place_of(proxy), authorization(proxy, given.last("proxy-user"))) if proxy else None)
    return True


def _rejected(url: str) -> str:
    """Return what is wrong with a URL, "" for nothing (curl's lib/urlapi.c)."""
    if any(char <= " " for char in url):
        return "Malformed input to a URL function"
    host, port = http.place_of(url)
    if port and not (port.isascii() and port.isdigit() and int(port) < 65536):
        return "Port number was not a decimal number between 0 and 65535"
    return "" if host else "No host part in the URL"


def _file(process: Process, path: str) -> str | None:
    try:
        return process.read_file(path).decode("utf-8", "replace")
    except Errno:
        return None


def _finish(process: Process, given: Options, state: dict[str, Any]) -> None:
    """An exchange has come to its end: print what is to be printed, and go on to the next."""
    done = state["exchange"]
    state["exchange"] = None
    message = exchange.message_of(done) if not done["failed"] else None
    if given.verbose:
        process.write(transcript(done, message), 2)
    code = int(message.first[1]) if message is not None and message.first[1].isdigit() else 0
    if state["tries"] < given.retries and _worth_a_try(given, done, code):
        delay = given.retry_delay or min(2.0 ** state["tries"], 600.0)
        state["tries"] += 1
        state["until"] = process.kernel.now + delay
        if given.speaks:
            why = f"HTTP error {code}" if code else failure_of(done)[1]
            seconds = f"{delay:g} second" + ("s" if delay != 1 else "")
            left = given.retries - state["tries"] + 1
            process.write(f"Warning: Problem: {'(retrying all errors) ' if given.retry_all else ''}"
                          f"{why if code else 'connection refused' if done['failed'] == 'refused' else 'timeout'}. "
                          f"Will retry in {seconds}. {left} {'retries' if left != 1 else 'retry'} left.\n", 2)
        return
    if given.follows and message is not None and code in _REDIRECTS and message.header("location"):
        if given.head_shown:
            _output(process, given, done, _head(done))
        if state["hops"] < MOST_HOPS:
            state["hops"] += 1
            state["url"] = _target(done, message.header("location"))
            if code == 303 or (code in (301, 302) and given.method == "POST" and not given.explicit):
                state["method"] = "GET"
            return
        done["failed"] = "hops"
    status = _printed(process, given, done, message, code, state)
    state["status"] = status or state["status"]
    state.update(at=state["at"] + 1, url="", method="", hops=0, tries=0)


def _worth_a_try(given: Options, done: dict[str, Any], code: int) -> bool:
    if done["failed"]:
        return bool(given.retry_all or done["failed"] in ("timeout", "slow", "unanswered", "unknown")
                    or (given.retry_refused and done["failed"] == "refused"))
    return code in _TRANSIENT or (given.retry_all and given.fails and code >= 400)


def _target(done: dict[str, Any], location: str) -> str:
    if "://" in location:
        return location
    host: str = f"{done['scheme']}://{done['host']}:{done['port']}"
    if location.startswith("//"):
        return f"{done['scheme']}:{location}"
    if location.startswith("/"):
        return host + location
    return f"{host}{done['path'].partition('?')[0].rpartition('/')[0]}/{location}"


def _head(done: dict[str, Any]) -> bytes:
    return bytes(done["got"]).partition(b"\r\n\r\n")[0] + b"\r\n\r\n"


def _printed(process: Process, given: Options, done: dict[str, Any], message: http.Message | None, code: int,
             state: dict[str, Any]) -> int:
    """Print an answer, or why there is none; return the exit code."""
    status, why = failure_of(done) if done["failed"] else (0, "")
    if not status and given.fails and code >= 400:
        status, why = 22, f"The requested URL returned error: {code}"
    shown = b""
    if message is not None and (status == 0 or (status == 22 and given.fails_with_body)):
        shown = (_head(done) if given.head_shown else b"") + (b"" if done["method"] == "HEAD" else message.body)
    if given.shows_meter(process):
        process.write(metered(done, message, status), 2)
    if given.dumps and message is not None:
        _store(process, given.dumps, _head(done))
    if shown or (given.target(done) and not status):
        try:
            _output(process, given, done, shown)
        except Errno as error:
            status, why = 23, f"Failed to open the file {given.target(done)}: {error.message}"
    if status and given.speaks:
        process.write(f"curl: ({status}) {why}\n", 2)
    if given.form:
        process.write(filled(process, given.form, done, message, code, state["hops"], len(message.body)
                             if message is not None and done["method"] != "HEAD" else 0))
    return status


def _output(process: Process, given: Options, done: dict[str, Any], data: bytes) -> None:
    path = given.target(done)
    if not path:
        process.write(data)
    else:
        _store(process, path, data)


def _store(process: Process, path: str, data: bytes) -> None:
    if path == "-":
        process.write(data)
        return
    file = process.open(path, "w")
    file.write(process.kernel, data)


PROGRAMS = {"curl": _curl}
