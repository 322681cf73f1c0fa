"""Clients of the network: curl, wget, nc, getent, nslookup."""

from __future__ import annotations

from ..kernel.errors import Errno
from ..kernel.network import Connection, connect
from . import http
from .changes import Arguments

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..kernel.process import Process

UNRESOLVED, REFUSED, TIMEOUT = "unresolved", "refused", "timeout"


def addresses(process: Process, name: str) -> list[str]:
    """Return the addresses of a name, which may be one itself."""
    if name.replace(".", "").isdigit() or ":" in name:
        return [name]
    return process.kernel.routes.resolve(process.space, name)


def begin(process: Process, fetch: dict[str, Any], url: str, method: str, headers: list[tuple[str, str]], body: bytes,
          limit: float) -> None:
    """Connect and send a request; `fetch`, which the process keeps, gets what comes of it."""
    scheme, host, port, path = http.split(url)
    fetch.update(host=host, port=port, path=path, trouble="", got=bytearray(), ended=False, address="")
    found = addresses(process, host)
    if not found:
        fetch["trouble"] = UNRESOLVED
        return
    fetch["address"] = found[0]
    try:
        connection = connect(process.kernel, process.space, found[0], port)
    except Errno as error:
        fetch["trouble"] = REFUSED if error.name == "ECONNREFUSED" else TIMEOUT
        fetch["until"] = process.kernel.now + limit
        return
    process.install(5, connection)
    shown = host if port == (443 if scheme == "https" else 80) else f"{host}:{port}"
    names = {key.lower() for key, _ in headers}
    sent = [*([] if "host" in names else [("Host", shown)]), *headers]
    if body and "content-length" not in names:
        sent.append(("Content-Length", str(len(body))))
    connection.write(process.kernel, http.request(method, path, sent, body))


def going_on(process: Process, fetch: dict[str, Any]) -> bool:
    """Read what has come; tell whether the answer is whole, or there is trouble. If not, the process waits."""
    if fetch["trouble"] == TIMEOUT:
        if process.kernel.now >= fetch["until"]:
            return True
        process.wait(until=fetch["until"])
        return False
    if fetch["trouble"]:
        return True
    while http.parse(bytes(fetch["got"]), fetch["ended"]) is None and not fetch["ended"]:
        data = process.read(5)
        if data is None:
            return False
        fetch["got"] += data
        fetch["ended"] = not data
    process.close(5)
    return True


def _curl(process: Process) -> int | None:
    state: Any = process.memory
    if state is None:
        given = Arguments(process, "XHdomuAwbeTx")
        headers = [(key, value.strip()) for key, _,
                   value in (each.partition(":") for each in _all(process, "-H", "--header"))]
        data = "&".join(_all(process, "-d", "--data", "--data-raw", "--data-binary"))
        urls = [word for word in given.words if word]
        if not urls:
            process.write("curl: no URL specified!\n"
                          "curl: try 'curl --help' or 'curl --manual' for more information\n", 2)
            return 2
        if data and not any(key.lower() == "content-type" for key, _ in headers):
            headers.append(("Content-Type", "application/x-www-form-urlencoded"))
        method = given.values.get("X") or given.values.get("request") or ("HEAD" if given.has("I") else "POST" if data
            else "GET")
        limit = given.values.get("m") or given.values.get("max-time") or given.values.get("connect-timeout") or "130"
        state = process.memory = {
            "urls": urls, "method": method, "headers": [("User-Agent", "curl/8.5.0"), ("Accept", "*/*"), *headers],
            "data": data.encode(), "limit": float(limit), "letters": given.letters, "fetch": None, "status": 0,
            "hops": 0,
            "out": given.values.get("o") or given.values.get("output", ""), "form": given.values.get("w")
            or given.values.get("write-out", ""),
            "fail": "fail" in given.values or given.has("f"), "silent": given.has("s") or "silent" in given.values,
            "show": given.has("S") or "show-error" in given.values}
    while state["urls"]:
        if state["fetch"] is None:
            fetch: dict[str, Any] = {}
            state["fetch"] = fetch
            begin(process, fetch, state["urls"][0], state["method"], state["headers"], state["data"],
                  state["limit"])
        if not going_on(process, state["fetch"]):
            return None
        fetch, state["fetch"] = state["fetch"], None
        url = state["urls"].pop(0)
        message = http.parse(bytes(fetch["got"]), True)
        if fetch["trouble"] or message is None:
            state["status"] = _curl_failed(process, state, fetch)
            continue
        code = int(message.first[1] or 0)
        target = message.header("location")
        if "L" in state["letters"] and target and code in (301, 302, 303, 307, 308) and state["hops"] < 20:
            state["hops"] += 1
            state["urls"].insert(0, target if "://" in target else f"{url.partition('://')[0]}://{fetch['host']}:{fetch['port']}{target}")
            continue
        if state["fail"] and code >= 400:
            state["status"] = 22
            if not state["silent"] or state["show"]:
                process.write(f"curl: (22) The requested URL returned error: {code}\n", 2)
            continue
        head = bytes(fetch["got"]).partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if any(each in state["letters"]
            for each in "iI") else b""
        body = b"" if state["method"] == "HEAD" else message.body
        if state["out"]:
            process.open(state["out"], "w").write(process.kernel, head + body)
        else:
            process.write(head + body)
        if state["form"]:
            form = state["form"].replace("\\n", "\n").replace("\\t", "\t")
            for name, value in (("http_code", str(code)), ("response_code", str(code)), ("time_total", "0.001"),
                                ("remote_ip", fetch["address"])):
                form = form.replace(f"%{{{name}}}", value)
            process.write(form)
    return int(state["status"])


def _curl_failed(process: Process, state: dict[str, Any], fetch: dict[str, Any]) -> int:
    code, why = {
        UNRESOLVED: (6, f"Could not resolve host: {fetch['host']}"),
        REFUSED: (7,
                  f"Failed to connect to {fetch['host']} port {fetch['port']} after 0 ms: Couldn't connect to server"),
        TIMEOUT: (28, f"Connection timed out after {int(state['limit'] * 1000)} milliseconds"),
    }.get(fetch["trouble"], (52, "Empty reply from server"))
    if not state["silent"] or state["show"]:
        process.write(f"curl: ({code}) {why}\n", 2)
    if state["form"]:
        process.write(state["form"].replace("%{http_code}", "000").replace("\\n", "\n"))
    return code


def _all(process: Process, *options: str) -> list[str]:
    words = process.argv
    return [words[number + 1] for number, word in enumerate(words[:-1]) if word in options] + [
        word[2:] for word in words if len(options[0]) == 2 and word[:2] == options[0] and len(word) > 2]


def _wget(process: Process) -> int | None:
    state: Any = process.memory
    if state is None:
        given = Arguments(process, "OTtUP")
        limit = given.values.get("T") or given.values.get("timeout") or "900"
        state = process.memory = {"urls": list(given.words), "quiet": given.has("q") or "quiet" in given.values,
                                  "out": given.values.get("O") or given.values.get("output-document", ""),
                                  "limit": float(limit),
                                  "spider": "spider" in given.values, "server": given.has("S")
                                  or "server-response" in given.values,
                                  "fetch": None, "nonce": given.letters}
    ash = process.space.shell == "ash"
    while state["urls"]:
        url = state["urls"][0]
        if state["fetch"] is None:
            fetch: dict[str, Any] = {}
            state["fetch"] = fetch
            begin(process, fetch, url, "GET", [("User-Agent", "Wget"), ("Connection", "close")], b"",
                  state["limit"])
            if not state["quiet"] and fetch["address"]:
                process.write(f"Connecting to {fetch['host']} ({fetch['address']}:{fetch['port']})\n", 2)
        if not going_on(process, state["fetch"]):
            return None
        fetch, state["fetch"] = state["fetch"], None
        state["urls"].pop(0)
        message = http.parse(bytes(fetch["got"]), True)
        if fetch["trouble"] or message is None:
            why = {UNRESOLVED: f"bad address '{fetch['host']}'" if ash
                   else f"unable to resolve host address '{fetch['host']}'",
                   REFUSED: f"can't connect to remote host ({fetch['address']}): Connection refused",
                   TIMEOUT: "download timed out"}.get(fetch["trouble"], "error getting response")
            if ash or not state["quiet"]:
                process.write(f"wget: {why}\n", 2)
            return 1 if ash else 4
        if state["server"]:
            head = bytes(fetch["got"]).partition(b"\r\n\r\n")[0].decode("latin-1")
            process.write("".join(f"  {line}\n" for line in head.split("\r\n")), 2)
        code = int(message.first[1] or 0)
        if code >= 400:
            process.write(f"wget: server returned error: {' '.join(message.first)}\n", 2)
            return 1 if ash else 8
        if state["spider"]:
            continue
        name = state["out"] or fetch["path"].rpartition("/")[2].partition("?")[0] or "index.html"
        if name == "-":
            process.write(message.body)
        else:
            process.open(name, "w").write(process.kernel, message.body)
    return 0


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


def _getent(process: Process) -> int:
    words = process.argv[1:]
    if len(words) < 2 or words[0] not in ("hosts", "ahosts", "ahostsv4"):
        return 2
    found = addresses(process, words[1])
    for address in found[:1] if words[0] == "hosts" else found:
        process.write(f"{address:<15} {words[1]}\n")
    return 0 if found else 2


PROGRAMS = {"curl": _curl, "wget": _wget, "nc": _nc, "getent": _getent}
