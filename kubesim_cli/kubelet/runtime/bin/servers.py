"""A web server as images have one: it listens, answers requests from its files, and logs them.

nginx: what it says at its start, its access log, its pages, and that it ends well at SIGTERM and SIGQUIT.
"""

from __future__ import annotations

from ..dates import strftime
from ..kernel.errors import Errno
from ..kernel.network import Connection, Listener, listen
from . import http

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..kernel.process import Process

ROOT = "/usr/share/nginx/html"
WELCOME = (b"<!DOCTYPE html>\n<html>\n<head>\n<title>Welcome to nginx!</title>\n</head>\n<body>\n"
           b"<h1>Welcome to nginx!</h1>\n</body>\n</html>\n")
_TYPES = {"html": "text/html", "txt": "text/plain", "json": "application/json", "css": "text/css"}
VERSION = "nginx/1.27.3"


def _nginx(process: Process) -> int | None:
    state = process.memory
    if state is None:
        if "-v" in process.argv or "-V" in process.argv:
            process.write(f"nginx version: {VERSION}\n", 2)
            return 0
        if "-t" in process.argv:
            process.write("nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\n"
                          "nginx: configuration file /etc/nginx/nginx.conf test is successful\n", 2)
            return 0
        try:
            process.install(5, listen(process, 80))
        except Errno as error:
            number = {"EADDRINUSE": 98, "EACCES": 13}[error.name]
            process.write(f"{_stamp(process)} [emerg] {process.pid}#{process.pid}: bind() to 0.0.0.0:80 failed "
                          f"({number}: {error.message})\n", 2)
            return 1
        process.trapped = frozenset(("TERM", "QUIT", "INT"))
        state = process.memory = {"next": 6}
        for line in ('using the "epoll" event method', VERSION, "start worker processes"):
            process.write(f"{_stamp(process)} [notice] {process.pid}#{process.pid}: {line}\n", 2)
    if process.pending:
        signal = process.pending[0]
        process.write(f"{_stamp(process)} [notice] {process.pid}#{process.pid}: signal "
                      f"{ {'TERM': 15, 'QUIT': 3, 'INT': 2}[signal] } (SIG{signal}) received, exiting\n", 2)
        return 0
    listener = process.descriptor(5)
    assert isinstance(listener, Listener)
    while (connection := listener.accept()) is not None:
        process.install(state["next"], connection)
        state["next"] += 1
    keys: list[object] = [listener]
    for fd, what in sorted(process.fds.items()):
        if isinstance(what, Connection):
            key = _serve(process, fd, what)
            if key is not None:
                keys.append(key)
    process.wait(*keys)
    return None


def _stamp(process: Process) -> str:
    return strftime("%Y/%m/%d %H:%M:%S", process.kernel.now)


def _serve(process: Process, fd: int, connection: Connection) -> object:
    """Answer a request that has come whole; return what to wait for where it has not."""
    kernel = process.kernel
    data = bytes(connection.incoming.data)
    message = http.parse(data, not connection.incoming.writers)
    if message is None:
        if not connection.incoming.writers:
            process.close(fd)
            return None
        return connection.key
    connection.incoming.data.clear()
    method, path, _ = message.first
    code, headers, body = _page(process, path.partition("?")[0])
    try:
        connection.write(kernel, http.answer(code, [("Server", VERSION),
                                                    ("Date", strftime("%a, %d %b %Y %T GMT", kernel.now)),
                                                    *headers], body, method != "HEAD"))
    except Errno:
        code = 499
    when = strftime("%d/%b/%Y:%H:%M:%S +0000", kernel.now)
    agent = message.header("user-agent") or "-"
    process.write(f'{connection.peer} - - [{when}] "{method} {path} HTTP/1.1" {code} {len(body)} "-" "{agent}" "-"\n')
    process.close(fd)
    return None


def _page(process: Process, path: str) -> tuple[int, list[tuple[str, str]], bytes]:
    where = ROOT + path + ("index.html" if path.endswith("/") else "")
    try:
        body = process.read_file(where)
        return 200, [("Content-Type", _TYPES.get(where.rpartition(".")[2], "application/octet-stream"))], body
    except Errno as error:
        code = {"EACCES": 403, "EISDIR": 301}.get(error.name, 403 if path.endswith("/") and path != "/" else 404)
        title = f"{code} {http.REASONS[code]}"
        more = [("Location", path + "/")] if code == 301 else []
        text = (f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n"
                f"<hr><center>{VERSION}</center>\r\n</body>\r\n</html>\r\n")
        return code, [("Content-Type", "text/html"), *more], text.encode()


PROGRAMS = {"nginx": _nginx}
