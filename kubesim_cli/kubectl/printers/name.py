"""The printer of `-o name`: `pod/web`, `deployment.apps/web`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Json, Object


def name_of(obj: Object) -> str:
    """Return an object's `kind.group/name` as NamePrinter writes it; what is no string counts as not there."""
    group, _, _ = _text(obj.get("apiVersion")).rpartition("/")
    kind = _text(obj.get("kind")).lower()
    meta = obj.get("metadata")
    name = _text(meta.get("name") if isinstance(meta, dict) else None) or "<unknown>"
    return f"{kind}.{group}/{name}" if group else f"{kind}/{name}"


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
