"""The API server as pods reach it, https://kubernetes.default.svc: HTTP in front of apiserver/paths.py.

A token of a service account tells who asks (apiserver/tokens.py); without one it is system:anonymous, as real servers
have it (staging/src/k8s.io/apiserver/pkg/endpoints/filters/authentication.go).
"""

from __future__ import annotations

from ...apiserver.bootstrap import ROOT_CA
from ...apiserver.client import Client
from ...apiserver.tokens import review
from ...helpers.nodes import internal_ip
from ...machinery.errors import StatusError
from ...releases.makers import maker_of
from ..runtime.bin import http, tls
from ..runtime.kernel.network import Answered
from .answering import request_on
from .wiring import wiring_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Json, Object
    from .wiring import Wiring

NAMES = ("kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local",
         "localhost")
ANONYMOUS: Object = {"name": "system:anonymous", "groups": ["system:unauthenticated"]}
_PRETTY = ("curl", "Wget", "Mozilla/5.0")  # clients that get their JSON with indents


def answer(connection: Answered) -> None:
    """Answer the requests that come on a connection."""
    message = request_on(connection, tls.authorities(ROOT_CA)[0], lambda: _names(wiring_of(connection)))
    if message is None:
        return
    api = wiring_of(connection).api
    before = api.server.store.revision
    code, value = _served(api, message)
    connection.space.calls = connection.space.calls or api.server.store.revision != before
    body, type_ = _body(value, message)
    connection.answer(http.answer(code, [("Content-Type", type_)], body, message.first[0] != "HEAD",
                                  message.keeps_alive), not message.keeps_alive)


def _names(wiring: Wiring) -> list[str]:
    """Return what the server's certificate names."""
    nodes = wiring.api.items("nodes")
    return [*NAMES, maker_of(nodes).endpoint, nodes[0]["metadata"]["name"], wiring.api.server.service_ranges.of_api,
            "127.0.0.1", internal_ip(nodes[0])]


def _served(api: Client, message: http.Message) -> tuple[int, Json]:
    """Return (HTTP status, JSON value or text)."""
    user = ANONYMOUS
    scheme, _, token = message.header("authorization").partition(" ")
    if scheme:
        found = review(api.server, token.strip())[0] if scheme.lower() == "bearer" else None
        if found is None:
            return 401, StatusError(401, "Unauthorized", "Unauthorized").status
        user = found
    method, url = message.first[0], message.first[1]
    body = None
    if message.body:
        try:
            body = _parsed(message)
        except ValueError as error:
            return 400, StatusError(400, "BadRequest", f"the object provided is unrecognized: {error}").status
    try:
        return 201 if method == "POST" else 200, Client(api.server, user).raw(
            "GET" if method == "HEAD" else method, url, body, message.header("content-type"))
    except StatusError as error:
        return error.code, error.status


def _parsed(message: http.Message) -> Json:
    """Return a request's body; raises ValueError. What is said to be YAML, as apply patches are, is read as that."""
    if "yaml" in message.header("content-type"):
        from ...go.yaml import load, text_of

        return load(text_of(message.body))
    from ...go.jsontext import loads

    return loads(message.body)


def _body(value: Json, message: http.Message) -> tuple[bytes, str]:
    if isinstance(value, str):
        return value.encode(), "text/plain; charset=utf-8"
    from json import dumps

    agent = message.header("user-agent")
    pretty = agent.startswith(_PRETTY) or "pretty=true" in message.first[1] or "pretty=1" in message.first[1]
    text = dumps(value, indent=2, ensure_ascii=False) if pretty else dumps(
        value, separators=(",", ":"), ensure_ascii=False) + "\n"
    return text.encode("utf-8", "surrogateescape"), "application/json"
