"""--raw: one request to a path of the server (kubectl's pkg/rawhttp)."""

from __future__ import annotations

from ..failures import Exit, Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ...machinery.types import Json, Object
    from ..context import Context


def request(ctx: Context, method: str, url: str, filename: str = "") -> str:
    """Send a request and return what the server answers. `filename`: where its body is, `-` for stdin, "" for none.

    Raises Failure, StatusError.
    """
    import json

    from ...go.json import loads
    if not url.startswith("/"):
        raise Failure(f"--raw must be a valid URL path: parse {json.dumps(url)}: invalid URI for request")
    url = _unescaped(url)
    data = _body(ctx, filename) if filename else None
    proxied = ctx.cluster.proxied(ctx.client, method, url, data)
    if proxied is not None:
        return proxied
    try:
        parsed = loads(data) if data is not None else None
    except ValueError as problem:
        assert data is not None
        raise ctx.client.unreadable(url, data.encode("utf-8", "surrogateescape"), str(problem)) from None
    path, _, query = url.partition("?")
    parts = [part for part in path.split("/") if part]
    if method == "GET" and parts[:3] == ["api", "v1", "namespaces"] and parts[4:5] == ["pods"] and parts[6:] == ["log"]:
        from .rawlogs import show

        show(ctx, parts, query)
        return ""
    watch = ctx.client.raw_watch(url) if method == "GET" and "watch" in url else None
    if watch is not None:
        _follow(ctx, *watch)
        return ""
    answer = ctx.client.raw(method, url, parsed)
    if isinstance(answer, str):
        return answer
    if path.rstrip("/") == "/version":
        return json.dumps(answer, indent=2, ensure_ascii=False)
    return _text(answer)


def _unescaped(url: str) -> str:
    """Return a URL whose path says what it means (client-go's RequestURI); what would end it stays escaped."""
    path, question, query = url.partition("?")
    if "%" not in path:
        return url
    import json
    from urllib.parse import unquote

    from ...go.url import check_escapes

    try:
        check_escapes(path)
    except ValueError as problem:
        raise Failure(f"--raw must be a valid URL path: parse {json.dumps(url)}: {problem}") from None
    told = unquote(path).replace("%", "%25").replace("?", "%3F").replace("#", "%23")
    return told + question + query


def _text(answer: Json) -> str:
    import json

    return json.dumps(answer, separators=(",", ":"), ensure_ascii=False) + "\n"


def _follow(ctx: Context, look: Callable[[], list[Object]], timeout: float | None) -> None:
    """Print the events of a watch, a line each, as long as it goes on."""
    def show() -> bool:
        events = look()
        ctx.out("".join(_text(event) for event in events))
        return bool(events) and events[-1]["type"] == "ERROR"

    try:
        ctx.wait(show, timeout)
    except KeyboardInterrupt:
        raise Exit(1) from None


def _body(ctx: Context, filename: str) -> str:
    if filename == "-":
        return ctx.stdin()
    try:
        return ctx.files.contents(filename).decode("utf-8", "replace")  # as Go reads bytes that are no UTF-8
    except OSError as error:
        raise Failure(f"open {filename}: {(error.strerror or '').lower()}") from None
