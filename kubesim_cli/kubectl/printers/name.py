"""The printer of `-o name`: `pod/web`, `deployment.apps/web`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object


def name_of(obj: Object) -> str:
    """Return an object's `kind.group/name` as NamePrinter writes it."""
    group, _, _ = obj.get("apiVersion", "").rpartition("/")
    kind = obj.get("kind", "").lower()
    name = obj.get("metadata", {}).get("name") or "<unknown>"
    return f"{kind}.{group}/{name}" if group else f"{kind}/{name}"
