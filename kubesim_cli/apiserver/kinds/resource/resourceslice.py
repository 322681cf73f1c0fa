"""ResourceSlice."""

from __future__ import annotations

from ..base import AGE, NAME, Column, Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object


class ResourceSlice(Kind):
    columns = (NAME,
               Column("Node", lambda obj, ctx: (obj.get("spec") or {}).get("nodeName") or ""),
               Column("Driver", lambda obj, ctx: (obj.get("spec") or {}).get("driver", "")),
               Column("Pool", lambda obj, ctx: ((obj.get("spec") or {}).get("pool") or {}).get("name", "")),
               AGE)
    has_generation = True

    def fields(self, obj: Object) -> dict[str, str]:
        spec = obj.get("spec") or {}
        return {"spec.nodeName": spec.get("nodeName") or "", "spec.driver": spec.get("driver", "")}


KIND = ResourceSlice()
