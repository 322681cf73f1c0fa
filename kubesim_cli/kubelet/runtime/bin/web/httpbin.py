"""httpbin: it tells what a request looked like, and answers as it is asked to."""

from __future__ import annotations

from ...chance import Chance
from ...dates import strftime
from ...kernel.errors import Errno
from .. import http
from . import serving
from .serving import Answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...kernel.process import Process
    from .serving import Request

VERSION = "gunicorn/19.9.0"
_LONGEST = 10.0  # seconds that /delay waits at most
_TEAPOT = "\n    -=[ teapot ]=-\n\n       _...._\n     .'  _ _ `.\n    | .\"` ^ `\". _,\n    \\_;`\"---\"`|//\n" \
    "      |       ;/\n      \\_     _/\n        `\"\"\"`\n"


def _json(value: Any, code: int = 200, headers: list[tuple[str, str]] | None = None, delay: float = 0.0) -> Answer:
    from json import dumps

    return Answer(code, dumps(value, indent=2, sort_keys=True) + "\n", headers, "application/json", delay)


def _arguments(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key not in found:
            found[key] = value
        elif isinstance(found[key], list):
            found[key].append(value)
        else:
            found[key] = [found[key], value]
    return found


def _told(request: Request, *wanted: str) -> dict[str, Any]:
    """Return what is known of a request, as far as it is wanted."""
    headers = {"-".join(part.capitalize() for part in key.split("-")): value for key, value in request.message.headers}
    text = request.message.body.decode("utf-8", "replace")
    form, data, value = {}, text, None
    if request.header("content-type").startswith("application/x-www-form-urlencoded"):
        form, data = _arguments(http.parameters(text)), ""
    else:
        from json import loads

        try:
            value = loads(text) if text else None
        except ValueError:
            value = None
    known = {"args": _arguments(http.parameters(request.query)), "headers": headers, "origin": request.remote[0],
             "url": f"http://{request.header('host')}{request.path}", "form": form, "data": data, "files": {},
             "json": value, "method": request.method}
    return {name: known[name] for name in wanted}


_ALL = ("args", "data", "files", "form", "headers", "json", "origin", "url")


def _page(process: Process, request: Request) -> Answer:
    answer = _answer(process, request)
    answer.headers = [("Server", VERSION), ("Date", strftime("%a, %d %b %Y %T GMT", process.kernel.now)),
                      *answer.headers, ("Access-Control-Allow-Origin", "*"),
                      ("Access-Control-Allow-Credentials", "true")]
    return answer


def _answer(process: Process, request: Request) -> Answer:
    parts = [part for part in request.place.split("/") if part]
    first, rest = (parts[0] if parts else ""), parts[1:]
    methods = {"get": ("GET", "HEAD"), "post": ("POST",), "put": ("PUT",), "patch": ("PATCH",), "delete": ("DELETE",)}
    if first in methods and not rest:
        if request.method not in methods[first]:
            return _error(405)
        return _json(_told(request, "args", "headers", "origin", "url") if first == "get" else _told(request, *_ALL))
    if first == "anything":
        return _json(_told(request, *_ALL, "method"))
    if first in ("headers", "ip", "user-agent", "uuid", "cookies") and not rest:
        seed = f"{process.space.net.name}/{request.remote}/{process.kernel.now}"
        number = f"{Chance(seed).bits(128):032x}"
        cookies = dict(each.strip().split("=", 1) for each in request.header("cookie").split(";") if "=" in each)
        return _json({"headers": {"headers": _told(request, "headers")["headers"]}, "ip": {"origin": request.remote[0]},
                      "user-agent": {"user-agent": request.header("user-agent")}, "cookies": {"cookies": cookies},
                      "uuid": {"uuid": f"{number[:8]}-{number[8:12]}-4{number[13:16]}-a{number[17:20]}-{number[20:]}"},
                      }[first])
    if first == "status" and rest and rest[0].isdigit():
        code = int(rest[0])
        if code in (301, 302, 303, 307):
            return Answer(code, headers=[("Location", "/redirect/1")], type_="text/html; charset=utf-8")
        return Answer(code, _TEAPOT if code == 418 else "", type_="text/html; charset=utf-8")
    if first == "delay" and rest:
        return _json(_told(request, "args", "data", "files", "form", "headers", "origin", "url"),
                     delay=min(float(rest[0]) if rest[0].replace(".", "", 1).isdigit() else 0.0, _LONGEST))
    if first in ("redirect", "relative-redirect") and rest and rest[0].isdigit():
        left = int(rest[0]) - 1
        return Answer(302, headers=[("Location", f"/{first}/{left}" if left > 0 else "/get")], type_="text/html")
    if first == "redirect-to":
        return Answer(302, headers=[("Location", request.parameters().get("url", "/"))], type_="text/html")
    if first == "basic-auth" and len(rest) == 2:
        from base64 import b64encode

        wanted = "Basic " + b64encode(f"{rest[0]}:{rest[1]}".encode()).decode()
        if request.header("authorization") == wanted:
            return _json({"authenticated": True, "user": rest[0]})
        return Answer(401, headers=[("WWW-Authenticate", 'Basic realm="Fake Realm"')])
    if first == "bytes" and rest and rest[0].isdigit():
        return Answer(200, Chance(request.path).bytes(min(int(rest[0]), 102400)), type_="application/octet-stream")
    if first == "response-headers":
        return _json(request.parameters(), headers=list(request.parameters().items()))
    return _fixed(first)


def _fixed(name: str) -> Answer:
    if name == "robots.txt":
        return Answer(200, "User-agent: *\nDisallow: /deny\n", type_="text/plain")
    if name == "json":
        return _json({"slideshow": {"author": "Yours Truly", "date": "date of publication",
                                    "title": "Sample Slide Show",
                                    "slides": [{"title": "Wake up to WonderWidgets!", "type": "all"}]}})
    if name == "":
        return Answer(200, "<!DOCTYPE html>\n<html lang=\"en\">\n<head><title>httpbin.org</title></head>\n"
                      "<body><h1>httpbin.org</h1></body>\n</html>\n", type_="text/html; charset=utf-8")
    return _error(404)


def _error(code: int) -> Answer:
    title = {404: "404 Not Found", 405: "405 Method Not Allowed"}[code]
    text = {404: "The requested URL was not found on the server.  If you entered the URL manually please check your "
            "spelling and try again.", 405: "The method is not allowed for the requested URL."}[code]
    return Answer(code, f'<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n<title>{title}</title>\n'
                  f"<h1>{title[4:]}</h1>\n<p>{text}</p>\n", type_="text/html")


def _gunicorn(process: Process) -> int | None:
    def say(pid: int, text: str) -> None:
        process.write(strftime(f"[%Y-%m-%d %H:%M:%S +0000] [{pid}] [INFO] {text}\n", process.kernel.now), 2)

    if process.memory is None:
        words = process.argv[1:]
        bind = next((words[number + 1] for number, word in enumerate(words[:-1]) if word in ("-b", "--bind")),
                    "0.0.0.0:80")
        try:
            serving.start(process, serving.everywhere(int(bind.rpartition(":")[2])))
        except (Errno, ValueError) as error:
            process.write(f"Error: {error}\n", 2)
            return 1
        say(process.pid, "Starting gunicorn 19.9.0")
        say(process.pid, f"Listening at: http://{bind} ({process.pid})")
        say(process.pid, "Using worker: gevent")
        say(process.pid + 7, f"Booting worker with pid: {process.pid + 7}")
    if process.pending:
        say(process.pid, "Handling signal: term")
        say(process.pid, "Shutting down: Master")
        return 0
    serving.serve(process, _page)
    return None


PROGRAMS = {"httpbin": _gunicorn}
