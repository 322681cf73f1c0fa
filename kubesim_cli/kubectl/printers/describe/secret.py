"""Secrets."""

from __future__ import annotations

from ....machinery.wellknown import SECRET_TYPE_SERVICE_ACCOUNT_TOKEN
from .writer import Writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object
    from . import Context

GROUP = ""


def describe(secret: Object, w: Writer, ctx: Context) -> None:
    w.metadata(secret)
    type_ = secret.get("type", "")
    w.write(0, f"\nType:\t{type_}\n")
    w.write(0, "\nData\n====\n")
    for key, value in sorted((secret.get("data") or {}).items()):
        if key == "token" and type_ == SECRET_TYPE_SERVICE_ACCOUNT_TOKEN:
            import base64

            w.line(0, key, base64.b64decode(value).decode("utf-8", "replace"))
        else:
            w.line(0, key, f"{octets_of(value)} bytes")


def octets_of(encoded: str) -> int:
    """Return how many bytes a base64 text stands for."""
    text = encoded.replace("\n", "").replace("\r", "").rstrip("=")
    return len(text) * 6 // 8
