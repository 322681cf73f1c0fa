"""Continue tokens: where a list that is read in pages goes on.

They are those of a real server: without padding, base64 of {"v","rv","start"}, where `start` is the first key of the
next page. What is served is the newest state and not that of `rv`. Kubernetes: k8s.io/apiserver's storage/continue.go.
"""

from __future__ import annotations

from ..go import jsontext
from ..machinery.errors import bad_request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.errors import StatusError
    from ..machinery.types import Json, Key

_VERSION = "meta.k8s.io/v1"


def encode(last: Key, namespace: str, revision: int) -> str:
    """Return the token of a list, of `namespace` or of all (""), whose page ends with the key `last`."""
    from base64 import urlsafe_b64encode

    start = last[len(namespace) + 1:] if namespace else last
    token = jsontext.encode({"v": _VERSION, "rv": revision, "start": start + "\0"})
    return urlsafe_b64encode(token.encode("utf-8", "surrogatepass")).decode().rstrip("=")


def start_of(token: str, namespace: str) -> Key:
    """Return the key at which a list goes on. Raises BadRequest for what is no token."""
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
    return f"{namespace}/{key}" if namespace else key


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
