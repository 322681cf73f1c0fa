"""ComponentStatus."""

from __future__ import annotations

from ..base import NAME, Column, Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object
    from ..base import Cell, Context


def _healthy(obj: Object) -> Object:
    """Return the condition Healthy, {} where there is none."""
    return next((found for found in obj.get("conditions") or () if found.get("type") == "Healthy"), {})


def _status_cell(obj: Object, ctx: Context) -> Cell:
    found = _healthy(obj)
    if not found:
        return "Unknown"
    return "Healthy" if found.get("status") == "True" else "Unhealthy"


class ComponentStatus(Kind):
    deprecation = "v1 ComponentStatus is deprecated in v1.19+"
    columns = (NAME,
               Column("Status", _status_cell),
               Column("Message", lambda obj, ctx: _healthy(obj).get("message", "")),
               Column("Error", lambda obj, ctx: _healthy(obj).get("error", "")))


KIND = ComponentStatus()
