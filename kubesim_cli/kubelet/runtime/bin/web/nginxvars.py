"""nginx's variables."""

from __future__ import annotations

from ...chance import Chance
from ...dates import strftime
from .nginxconf import Scope

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...kernel.process import Process
    from .serving import Answer, Request

VERSION = "1.27.3"


def version_of(process: Process) -> str:
    """Return the version that the image says it has."""
    return process.env.get("NGINX_VERSION") or VERSION


def host_of(request: Request) -> str:
    """Return the host that a request asks for, without its port."""
    return request.header("host").partition(":")[0].lower()


def expand(process: Process, text: str, request: Request, scope: Scope, answer: Answer | None = None,
           empty: str = "") -> str:
    """Put nginx's variables into a text; `empty` stands for those without a value."""
    if "$" not in text:
        return text
    import re

    return re.sub(r"\$(?:\{(\w+)\}|(\w+))", lambda match: _value(
        process, match[1] or match[2], request, scope, answer) or empty, text)


def _value(process: Process, name: str, request: Request, scope: Scope, answer: Answer | None) -> str:
    if name.startswith("http_"):
        return request.header(name[5:].replace("_", "-"))
    if name.startswith("arg_"):
        return request.parameters().get(name[4:], "")
    if answer is not None and name in ("status", "body_bytes_sent", "bytes_sent"):
        size = len(answer.body) if request.method != "HEAD" else 0
        return str(answer.code if name == "status" else size)
    for each in scope.all("set"):
        if each.arguments[0] == f"${name}":
            return expand(process, each.arguments[1], request, scope, answer)
    now, seed = process.kernel.now, f"{process.space.net.name}/{request.remote}/{process.kernel.now}"
    simple = {
        "remote_addr": request.remote[0], "remote_port": str(request.remote[1]), "request_uri": request.path,
        "uri": request.place, "document_uri": request.place, "args": request.query, "query_string": request.query,
        "is_args": "?" if request.query else "", "request_method": request.method, "remote_user": "",
        "request": f"{request.method} {request.path} {request.message.first[2]}", "host": host_of(request),
        "server_protocol": request.message.first[2], "scheme": "https" if request.secure else "http",
        "https": "on" if request.secure else "", "hostname": process.space.hostname,
        "server_addr": request.local[0], "server_port": str(request.local[1]),
        "nginx_version": version_of(process),
        "server_name": scope.first("server_name"), "document_root": scope.first("root"), "pid": str(process.pid),
        "time_local": strftime("%d/%b/%Y:%H:%M:%S +0000", now),
        "time_iso8601": strftime("%Y-%m-%dT%H:%M:%S+00:00", now),
        "msec": f"{now:.3f}", "request_time": "0.000", "request_length": str(request.message.size),
        "proxy_host": "", "proxy_add_x_forwarded_for": ", ".join(
            each for each in (request.header("x-forwarded-for"), request.remote[0]) if each),
        "content_type": request.header("content-type"), "content_length": request.header("content-length"),
        "connection": str(process.space.net.opened + 1),
        "request_body": request.message.body.decode("utf-8", "replace"),
        "request_id": f"{Chance(seed).bits(128):032x}",
    }
    return simple.get(name, "")
