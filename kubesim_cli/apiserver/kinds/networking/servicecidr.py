"""ServiceCIDR."""

from __future__ import annotations

from ..base import AGE, METADATA, NAME, Column, Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Context


class ServiceCIDR(Kind):
    columns = (NAME, Column("CIDRs", lambda obj, ctx: ",".join(obj["spec"].get("cidrs") or ())), AGE)
    has_status = True
    status_keeps = METADATA

    def default_status(self, obj: Object, ctx: Context) -> None:
        obj["status"] = {}

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        from ....machinery import field
        from ..checks import cidr

        found = (obj.get("spec") or {}).get("cidrs") or []
        if not found:
            return [field.required("spec.cidrs", "at least one CIDR required")]
        return [error for i, text in enumerate(found) for error in cidr(f"spec.cidrs[{i}]", text)]


KIND = ServiceCIDR()
