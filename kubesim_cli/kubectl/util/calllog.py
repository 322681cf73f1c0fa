"""How API calls are told: what -v shows of them, in klog's form (client-go/transport/round_trippers.go), and what is
said of one without an answer.
"""

from __future__ import annotations

from ...releases.kubectl import does
from ..failures import Unreachable
from . import klog

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...apiserver.client import Options, Request
    from ..context import Context

_STATUS = {200: "200 OK", 201: "201 Created", 400: "400 Bad Request", 401: "401 Unauthorized", 403: "403 Forbidden",
           404: "404 Not Found", 405: "405 Method Not Allowed", 409: "409 Conflict", 410: "410 Gone",
           422: "422 Unprocessable Entity", 429: "429 Too Many Requests", 500: "500 Internal Server Error",
           504: "504 Gateway Timeout", 0: ""}
_QUERY = {"label_selector": "labelSelector", "field_selector": "fieldSelector", "limit": "limit",
          "continue_": "continue", "field_manager": "fieldManager", "field_validation": "fieldValidation"}
_METHODS = {"get": "GET", "list": "GET", "watch": "GET", "create": "POST", "update": "PUT", "patch": "PATCH",
            "delete": "DELETE", "deletecollection": "DELETE"}
_NO_ANSWER = {"refused": "dial tcp {host}: connect: connection refused",
              "timeout": "net/http: request canceled (Client.Timeout exceeded while awaiting headers)"}
_TABLE = ("application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,"
          "application/json")
_AGENT = "User-Agent: kubectl (kubesim)"
_HEADERS_FROM = 7  # the level that shows a request's headers, too


class CallLog:
    """Writes the calls of a client to a context's stderr."""

    def __init__(self, ctx: Context):
        self._ctx = ctx

    def on_call(self, request: Request, code: int) -> None:
        """Tell one call and the HTTP status it was answered with."""
        method = method_of(request)
        table = request.verb == "table"
        sorting = table and "sort-by" in self._ctx.flags and self._ctx.flags["sort-by"]
        url = self._ctx.kubeconfig.server + request.path + _query(request.options, sorting)
        status = _STATUS.get(code, str(code))
        if not does("StructuredCallLogs", self._ctx.release):
            self._plain(method, url, status, table)
        elif self._ctx.flags["v"] < _HEADERS_FROM:
            self._line(632, f'"Response" verb="{method}" url="{url}" status="{status}" milliseconds=0')
        else:
            self._line(527, f'"Request" verb="{method}" url="{url}" headers=<\n\tAccept: {_accepted(table)}\n'
                            f"\t{_AGENT}\n >")
            self._line(632, f'"Response" status="{status}" milliseconds=0')

    def _plain(self, method: str, url: str, status: str, table: bool) -> None:
        """Tell a call as older releases do, a header a line; their file had other lines before 1.31."""
        off = 0 if does("StreamsOverWebSockets", self._ctx.release) else 7
        if self._ctx.flags["v"] < _HEADERS_FROM:
            self._line(560 - off, f"{method} {url} {status} in 0 milliseconds")
            return
        self._line(470 - off, f"{method} {url}")
        self._line(476 - off, "Request Headers:")
        for header in (f"Accept: {_accepted(table)}", _AGENT):
            self._line(480 - off, f"    {header}")
        self._line(581 - off, f"Response Status: {status} in 0 milliseconds")

    def _line(self, number: int, text: str) -> None:
        klog.tell(self._ctx, "I", f"round_trippers.go:{number}", text)


def _accepted(table: bool) -> str:
    return _TABLE if table else "application/json"


def method_of(request: Request) -> str:
    """Return the HTTP method of a request."""
    return _METHODS[request.api_verb]


def unreachable(request: Request, server: str, timeout: float, why: str) -> Unreachable:
    """Return the failure of a request that was not answered.

    `server`: its address; `timeout`: the client's, in seconds; `why` as in errors.NoAnswer.
    """
    from urllib.parse import urlsplit

    host = urlsplit(server).netloc
    problem = _NO_ANSWER[why].format(host=host)
    query = _query(request.options)
    if timeout:
        query += f"{'&' if query else '?'}timeout={timeout:g}s"
    text = f'{method_of(request).capitalize()} "{server}{request.path}{query}": {problem}'
    if why == "refused":
        return Unreachable(text, f"The connection to the server {host} was refused - did you specify the right host or "
                                 "port?")
    return Unreachable(text, f"Unable to connect to the server: {problem}")


def _query(options: Options, whole: bool = False) -> str:
    """Return what stands behind a path; `whole`: rows of a Table have to hold their objects."""
    from urllib.parse import urlencode
    pairs = [(key, value) for name, key in _QUERY.items() if (value := getattr(options, name))]
    if options.dry_run:
        pairs.append(("dryRun", "All"))
    if whole:
        pairs.append(("includeObject", "Object"))
    return "?" + urlencode(sorted(pairs)) if pairs else ""
