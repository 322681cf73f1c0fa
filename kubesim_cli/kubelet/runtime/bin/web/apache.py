"""Apache's httpd as far as its configuration says Listen and DocumentRoot, and httpd as busybox has it."""

from __future__ import annotations

from ...dates import strftime
from ...kernel.errors import Errno
from .. import flavour
from . import serving
from .files import Missing, file_at
from .folders import busybox_httpd, type_of
from .serving import Answer
from .simple import common_log

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...kernel.process import Process
    from .serving import Request

CONFIG = "/usr/local/apache2/conf/httpd.conf"
ROOT, PHP_ROOT = "/usr/local/apache2/htdocs", "/var/www/html"
IT_WORKS = b"<html><body><h1>It works!</h1></body></html>\n"
VERSION = "2.4.65"
_TEXTS = {403: ("Forbidden", "You don't have permission to access this resource."),
          404: ("Not Found", "The requested URL was not found on this server."),
          405: ("Method Not Allowed", "The requested method is not allowed for this URL.")}


def _httpd(process: Process) -> int | None:
    name = process.argv[0].rpartition("/")[2]
    if name == "httpd" and "HTTPD_VERSION" not in process.env and (
            flavour.is_busybox(process) or any(word[:2] in ("-p", "-h") for word in process.argv[1:])):
        return busybox_httpd(process)
    debian = name.startswith("apache2")
    if process.memory is None:
        code = _begin(process, debian)
        if code is not None:
            return code
    if process.pending:
        signal = process.pending[0]
        text = "gracefully shutting down" if signal == "WINCH" else "shutting down"
        _note(process, "mpm_event:notice", f"AH00491: caught SIG{signal}, {text}")
        return 0
    serving.serve(process, _page, common_log if debian else _log)
    return None


def _begin(process: Process, debian: bool) -> int | None:
    settings = _settings(process, debian)
    words = process.argv[1:]
    version = process.env.get("HTTPD_VERSION") or VERSION
    if "-v" in words:
        process.write(f"Server version: Apache/{version} (Unix)\nServer built:   Jul 23 2025 00:00:00\n")
        return 0
    named = bool(settings["name"])
    if not named:
        process.write(f"AH00558: {'apache2' if debian else 'httpd'}: Could not reliably determine the server's fully "
                      f"qualified domain name, using {process.space.net.address}. Set the 'ServerName' directive "
                      "globally to suppress this message\n", 2)
    if "-t" in words:
        process.write("Syntax OK\n", 2)
        return 0
    ports = [int(port) for port in settings["ports"]]
    try:
        serving.start(process, serving.everywhere(*ports), None, ("TERM", "WINCH", "INT"))
    except Errno as error:
        number = {"EADDRINUSE": 98}.get(error.name, 13)
        process.write(f"({number}){error.message}: AH00072: make_sock: could not bind to address 0.0.0.0:{ports[0]}\n"
                      "no listening sockets available, shutting down\nAH00015: Unable to open logs\n", 2)
        return 1
    process.memory.update(root=settings["root"], debian=debian)
    _note(process, "mpm_event:notice", f"AH00489: Apache/{version} (Unix) configured -- resuming normal operations")
    _note(process, "core:notice", f"AH00094: Command line: '{'apache2' if debian else 'httpd'} -D FOREGROUND'")
    return None


def _settings(process: Process, debian: bool) -> dict[str, str | list[str]]:
    """Return the ports, the root and the name that the configuration has."""
    ports: list[str] = []
    root, name = PHP_ROOT if debian else ROOT, ""
    try:
        text = process.read_file(CONFIG).decode("utf-8", "replace")
    except Errno:
        text = ""
    for line in text.splitlines():
        words = line.split()
        if len(words) < 2:
            continue
        if words[0].lower() == "listen" and words[1].rpartition(":")[2].isdigit():
            ports.append(words[1].rpartition(":")[2])
        elif words[0].lower() == "documentroot":
            root = words[1].strip('"')
        elif words[0].lower() == "servername":
            name = words[1]
    return {"ports": ports or ["80"], "root": root, "name": name}


def _note(process: Process, module: str, text: str) -> None:
    stamp = strftime("%a %b %d %H:%M:%S", process.kernel.now)
    year = strftime("%Y", process.kernel.now)
    process.write(f"[{stamp}.000000 {year}] [{module}] [pid {process.pid}:tid {process.pid}] {text}\n", 2)


def _page(process: Process, request: Request) -> Answer:
    root: str = process.memory["root"]
    debian = process.memory["debian"]
    server = "Apache/2.4.62 (Debian)" if debian else f"Apache/{process.env.get('HTTPD_VERSION') or VERSION} (Unix)"
    headers = [("Date", strftime("%a, %d %b %Y %T GMT", process.kernel.now)), ("Server", server)]
    path = root + request.place
    if path.endswith("/"):
        path += "index.html"
    try:
        body, modified = file_at(process, path)
    except Missing as error:
        if error.name == "EISDIR":
            return Answer(301, _text(301, "Moved Permanently", "The document has moved."),
                          [*headers, ("Location", request.place + "/")], "text/html; charset=iso-8859-1")
        if request.place == "/" and not debian and error.name == "ENOENT" and _is_bare(process, root):
            return Answer(200, IT_WORKS, headers, "text/html")
        code = 403 if error.name == "EACCES" or request.place.endswith("/") else 404
        return Answer(code, _text(code, *_TEXTS[code]), headers, "text/html; charset=iso-8859-1")
    tag = f'"{len(body):x}-{int(modified * 1000000):x}"'
    return Answer(200, body, [*headers, ("Last-Modified", strftime("%a, %d %b %Y %T GMT", modified)), ("ETag", tag),
                              ("Accept-Ranges", "bytes")], type_of(path, "text/plain"))


def _is_bare(process: Process, root: str) -> bool:
    """Tell whether the image's own page is there in spirit: nobody has put a folder in its place."""
    return root == ROOT and root not in process.space.tree.mounts


def _text(code: int, title: str, text: str) -> str:
    return (f'<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>{code} {title}</title>\n'
            f"</head><body>\n<h1>{title}</h1>\n<p>{text}</p>\n</body></html>\n")


def _log(process: Process, request: Request, answer: Answer) -> None:
    stamp = strftime("%d/%b/%Y:%H:%M:%S +0000", process.kernel.now)
    process.write(f'{request.remote[0]} - - [{stamp}] "{request.method} {request.path} {request.message.first[2]}" '
                  f"{answer.code} {len(answer.body)}\n")


PROGRAMS = {"httpd": _httpd, "httpd-foreground": _httpd, "apache2": _httpd, "apache2-foreground": _httpd}
