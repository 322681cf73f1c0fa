"""ServiceCIDR."""

from __future__ import annotations

from ..base import Column, Context, Kind, age
from ..columns import AGE, NAME


class ServiceCIDR(Kind):
    columns = (NAME, Column("CIDRs"), AGE)
    has_status = True

    def cells(self, obj: dict, ctx: Context) -> list:
        return [obj["metadata"]["name"], ",".join(obj["spec"].get("cidrs") or ()), age(obj, ctx.now)]

    def default_status(self, obj: dict, ctx: Context) -> None:
        obj["status"] = {}

    def validate(self, obj: dict, ctx: Context) -> list:
        from ....machinery import field
        from ..checks import cidr

        found = (obj.get("spec") or {}).get("cidrs") or []
        if not found:
            return [field.required("spec.cidrs", "at least one CIDR required")]
        return [error for i, text in enumerate(found) for error in cidr(f"spec.cidrs[{i}]", text)]


KIND = ServiceCIDR()
