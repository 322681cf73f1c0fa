"""Servers of a folder's files: Python's http.server and busybox' httpd."""

from __future__ import annotations

from ...dates import strftime
from ...kernel.errors import Errno
from . import serving
from .files import Missing, file_at
from .serving import Answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...kernel.files import Inode
    from ...kernel.process import Process
    from .serving import Request

_TYPES = {"html": "text/html", "htm": "text/html", "txt": "text/plain", "json": "application/json", "css": "text/css",
          "js": "text/javascript", "png": "image/png", "jpg": "image/jpeg", "gif": "image/gif", "xml": "text/xml",
          "svg": "image/svg+xml", "pdf": "application/pdf", "gz": "application/gzip", "py": "text/x-python"}


def type_of(path: str, default: str) -> str:
    """Return a file's type by the end of its name."""
    name = path.rpartition("/")[2]
    return _TYPES.get(name.rpartition(".")[2], default) if "." in name else default


def _clean(place: str) -> str:
    """Return a path without its dots."""
    parts: list[str] = []
    for part in place.split("/"):
        if part == "..":
            parts[-1:] = []
        elif part not in ("", "."):
            parts.append(part)
    return "/" + "/".join(parts) + ("/" if place.endswith("/") and parts else "")


# Python's


def is_http_server(words: list[str]) -> bool:
    """Tell whether the arguments of a Python are those that start its server."""
    return any(word == "-m" and words[number + 1] in ("http.server", "SimpleHTTPServer")
               for number, word in enumerate(words[:-1]))


def http_server(process: Process) -> int | None:
    """Play `python3 -m http.server [PORT] [--bind ADDRESS] [--directory DIR]`."""
    if process.memory is None:
        words = process.argv[1:]
        rest = words[words.index("-m") + 2:]
        port, host, folder = 8000, "0.0.0.0", process.cwd
        while rest:
            word = rest.pop(0)
            name, given, value = word.partition("=")
            if name in ("-b", "--bind", "-d", "--directory", "-p", "--protocol") and not given and rest:
                value = rest.pop(0)
            if name in ("-b", "--bind"):
                host = value
            elif name in ("-d", "--directory"):
                folder = value
            elif word.isdigit():
                port = int(word)
        try:
            state = serving.start(process, [(host, port)], None, ("INT",))
        except Errno as error:
            process.write(f"OSError: [Errno {98 if error.name == 'EADDRINUSE' else 13}] {error.message}\n", 2)
            return 1
        state["folder"] = folder
        process.write(f"Serving HTTP on {host} port {port} (http://{host}:{port}/) ...\n")
    if process.pending:
        process.write("\nKeyboard interrupt received, exiting.\n")
        return 0
    serving.serve(process, _python_page, _python_log)
    return None


def _python_page(process: Process, request: Request) -> Answer:
    folder: str = process.memory["folder"]
    headers = [("Server", "SimpleHTTP/0.6 Python/3.12.7"),
               ("Date", strftime("%a, %d %b %Y %T GMT", process.kernel.now)), ("Connection", "close")]
    if request.method not in ("GET", "HEAD"):
        return Answer(501, _python_error(501, f"Unsupported method ('{request.method}').",
                                         "Server does not support this operation."), headers,
                      "text/html;charset=utf-8")
    place = _clean(request.place)
    path = folder.rstrip("/") + place
    if path.endswith("/") or place == "/":
        for name in ("index.html", "index.htm"):
            try:
                body, modified = file_at(process, path + name)
            except Missing:
                continue
            return _python_file(body, modified, name, headers)
        try:
            inode = process.space.tree.find(path, "/", process.user).inode
        except Errno:
            inode = None
        if inode is not None and inode.kind == "d":
            return Answer(200, _python_list(request.place, inode.entries), headers, "text/html; charset=utf-8")
    try:
        body, modified = file_at(process, path)
    except Missing as error:
        if error.name == "EISDIR":
            return Answer(301, headers=[*headers, ("Location", place + "/")])
        return Answer(404, _python_error(404, "File not found.", "Nothing matches the given URI."), headers,
                      "text/html;charset=utf-8")
    return _python_file(body, modified, path, headers)


def _python_file(body: bytes, modified: float, path: str, headers: list[tuple[str, str]]) -> Answer:
    return Answer(200, body, [*headers, ("Last-Modified", strftime("%a, %d %b %Y %T GMT", modified))],
                  type_of(path, "application/octet-stream"))


def _python_list(place: str, entries: dict[str, Inode]) -> str:
    items = "".join(f'<li><a href="{name}{end}">{name}{end}</a></li>\n'
                    for name in sorted(entries, key=str.lower)
                    for end in ["/" if entries[name].kind == "d" else ""])
    return (f'<!DOCTYPE HTML>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            f"<title>Directory listing for {place}</title>\n</head>\n<body>\n<h1>Directory listing for {place}</h1>\n"
            f"<hr>\n<ul>\n{items}</ul>\n<hr>\n</body>\n</html>\n")


def _python_error(code: int, message: str, why: str) -> str:
    return (f'<!DOCTYPE HTML>\n<html lang="en">\n    <head>\n        <meta charset="utf-8">\n'
            f"        <title>Error response</title>\n    </head>\n    <body>\n        <h1>Error response</h1>\n"
            f"        <p>Error code: {code}</p>\n        <p>Message: {message}</p>\n"
            f"        <p>Error code explanation: {code} - {why}</p>\n    </body>\n</html>\n")


def _python_log(process: Process, request: Request, answer: Answer) -> None:
    head = strftime(f"{request.remote[0]} - - [%d/%b/%Y %H:%M:%S] ", process.kernel.now)
    if answer.code >= 400:
        message = {404: "File not found", 501: f"Unsupported method ('{request.method}')"}.get(answer.code, "")
        process.write(f"{head}code {answer.code}, message {message}\n", 2)
    process.write(f'{head}"{request.method} {request.path} {request.message.first[2]}" {answer.code} -\n', 2)


# busybox'


def busybox_httpd(process: Process) -> int | None:
    """Play `httpd [-f] [-v] [-p [ADDRESS:]PORT] [-h HOME]`: without -f it goes on as a child."""
    if process.memory is None:
        port, host, home, verbose = 80, "0.0.0.0", process.cwd, False
        words = process.argv[1:]
        rest = list(words)
        while rest:
            word = rest.pop(0)
            letter = word[1:2]
            if letter in ("p", "h", "c", "u", "r", "d", "e", "m") and word.startswith("-"):
                value = word[2:] or (rest.pop(0) if rest else "")
                if letter == "p":
                    address, _, number = value.rpartition(":")
                    host, port = address or host, int(number) if number.isdigit() else port
                elif letter == "h":
                    home = value
            verbose = verbose or (word.startswith("-") and "v" in word)
        if not any(word.startswith("-") and "f" in word and word[1:2] not in ("p", "h") for word in words):
            child = process.kernel.spawn(process.space, process.program, [process.argv[0], "-f", *words], process.env,
                                         process.user, process.cwd, process.fds, process)
            process.kernel.schedule(child)
            return 0
        try:
            state = serving.start(process, [(host, port)], None, ())
        except Errno as error:
            return process.complain(f"bind: {error.message}")
        state.update(home=home, verbose=verbose)
    serving.serve(process, _busybox_page, _busybox_log)
    return None


def _busybox_page(process: Process, request: Request) -> Answer:
    place = _clean(request.place)
    path = process.memory["home"].rstrip("/") + place
    headers = [("Date", strftime("%a, %d %b %Y %T GMT", process.kernel.now)), ("Connection", "close")]
    if request.method not in ("GET", "HEAD"):
        return _busybox_error(501, headers)
    try:
        body, modified = file_at(process, path + "index.html" if path.endswith("/") or place == "/" else path)
    except Missing as error:
        if error.name == "EISDIR":
            return Answer(302, headers=[*headers, ("Location", place + "/")])
        return _busybox_error(403 if error.name == "EACCES" else 404, headers)
    return Answer(200, body, [*headers, ("Accept-Ranges", "bytes"),
                              ("Last-Modified", strftime("%a, %d %b %Y %T GMT", modified))],
                  type_of("index.html" if path.endswith("/") else path, "application/octet-stream"))


def _busybox_error(code: int, headers: list[tuple[str, str]]) -> Answer:
    title, why = {404: ("Not Found", "The requested URL was not found"), 403: ("Forbidden", ""),
                  501: ("Not Implemented", "The requested method is not recognized")}[code]
    return Answer(code, f"<HTML><HEAD><TITLE>{code} {title}</TITLE></HEAD>\n<BODY><H1>{code} {title}</H1>\n{why}\n"
                  "</BODY></HTML>\n", headers, "text/html")


def _busybox_log(process: Process, request: Request, answer: Answer) -> None:
    if process.memory["verbose"]:
        process.write(f"{request.remote[0]}:{request.remote[1]}: response:{answer.code}\n", 2)
