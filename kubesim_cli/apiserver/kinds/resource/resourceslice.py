"""ResourceSlice."""

from __future__ import annotations

from ..base import Column, Context, Kind, age
from ..columns import AGE, NAME


class ResourceSlice(Kind):
    columns = (NAME, Column("Node"), Column("Driver"), Column("Pool"), AGE)
    has_generation = True

    def cells(self, obj: dict, ctx: Context) -> list:
        spec = obj.get("spec") or {}
        return [obj["metadata"]["name"], spec.get("nodeName") or "", spec.get("driver", ""),
                (spec.get("pool") or {}).get("name", ""), age(obj, ctx.now)]

    def fields(self, obj: dict) -> dict[str, str]:
        spec = obj.get("spec") or {}
        return {"spec.nodeName": spec.get("nodeName") or "", "spec.driver": spec.get("driver", "")}


KIND = ResourceSlice()
