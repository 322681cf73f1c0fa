"""Continue tokens: where a list that is read in pages goes on.

They are those of a real server: without padding, base64 of {"v","rv","start"}, where `start` is the first key of the
next page and `rv` the revision of which all pages are (-1: what there is by then). Kubernetes: k8s.io/apiserver's
storage/continue.go and storage/etcd3/errors.go.
"""

from __future__ import annotations

from ..go import jsontext
from ..machinery.errors import StatusError, bad_request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..machinery.types import Json, Key, Object
    from .request import Request

_VERSION = "meta.k8s.io/v1"
_KEPT = 300.0  # seconds after which etcd is compacted (--etcd-compaction-interval)
_EXPIRED = ("The provided continue parameter is too old to display a consistent list result. You can start a new list "
            "without the continue parameter, or use the continue token in this response to retrieve the remainder of "
            "the results. Continuing with the provided token results in an inconsistent list - objects that were "
            "created, modified, or deleted between the time the first chunk was returned and now may show up in the "
            "list.")


class Rest:
    """Where a list goes on: at the key `start`, as of a `revision`; `objects` are those of then, None: those of now."""

    __slots__ = ("objects", "revision", "start")

    def __init__(self, start: Key, revision: int, objects: Iterator[Object] | None):
        self.start, self.revision, self.objects = start, revision, objects


def rest(request: Request) -> Rest:
    """Return what a request's token asks for. Raises BadRequest for what is no token, and Expired where nobody knows
    any more what there was."""
    store, namespace = request.server.store, request.namespace
    start, revision = _place(request.options.continue_, namespace)
    prefix = f"{namespace}/" if namespace else ""
    if request.kind.computed or revision in (-1, store.revision) or (store.locked and revision > store.committed):
        return Rest(start, store.revision, None)
    past = store.as_of(request.stored_as, revision)
    if not past.known or revision > store.revision or (past.then or request.server.now) + _KEPT <= request.server.now:
        gone = StatusError(410, "Expired", _EXPIRED)
        gone.status["metadata"] = {"continue": _encoded(start.removeprefix(prefix), -1)}
        raise gone
    return Rest(start, revision, past.objects(start, prefix))


def encode(last: Key, namespace: str, revision: int) -> str:
    """Return the token of a list, of `namespace` or of all (""), whose page ends with the key `last`."""
    return _encoded((last[len(namespace) + 1:] if namespace else last) + "\0", revision)


def _encoded(start: str, revision: int) -> str:
    from base64 import urlsafe_b64encode

    token = jsontext.encode({"v": _VERSION, "rv": revision, "start": start})
    return urlsafe_b64encode(token.encode("utf-8", "surrogatepass")).decode().rstrip("=")


def _place(token: str, namespace: str) -> tuple[Key, int]:
    """Return the key at which a list goes on, and its revision."""
    found = _decoded(token)
    version, revision, start = found.get("v", ""), found.get("rv", 0), found.get("start", "")
    if version != _VERSION:
        raise _wrong(f" server does not recognize this encoded version {version}")
    if not revision:
        raise _wrong(f" incorrect encoded start resourceVersion (version {_VERSION})")
    if not start:
        raise _wrong(f" encoded start key empty (version {_VERSION})")
    parts = start.removeprefix("/").split("/")
    if start != "/" and any(part in ("", ".", "..") for part in parts):  # a path that is not clean
        raise _wrong(f" {start}")
    key = "/".join(parts)
    return f"{namespace}/{key}" if namespace else key, revision


def _wrong(why: str) -> StatusError:
    return bad_request(f"invalid continue token: continue key is not valid:{why}")


def _decoded(token: str) -> dict[str, Json]:
    from base64 import urlsafe_b64decode

    from ..go import json, unmarshal

    clean = token.translate({10: None, 13: None})
    bad = next((i for i, char in enumerate(token) if not (char.isascii() and char.isalnum()) and char not in "-_\r\n"),
               len(clean) - 1 if len(clean) % 4 == 1 else -1)
    if bad >= 0:
        raise _wrong(f" illegal base64 data at input byte {len(token[:bad].encode('utf-8', 'surrogatepass'))}")
    text = urlsafe_b64decode(clean + "=" * (-len(clean) % 4)).decode("utf-8", "surrogateescape")
    types = unmarshal.Types({"continueToken": {"v": "string", "rv": "int64", "start": "string"}}, "storage")
    try:
        found: dict[str, Json] = types.fitted(json.loads(text), "continueToken")
    except ValueError as problem:
        raise _wrong(f" {problem}") from None
    return found or {}
