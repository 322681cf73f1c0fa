"""IPAddress."""

from __future__ import annotations

from ..base import NAME, Column, Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Cell, Context


def _parent_ref_cell(obj: Object, ctx: Context) -> Cell:
    ref = (obj.get("spec") or {}).get("parentRef")
    shown = "<none>"
    if ref:
        resource = ".".join(part for part in (ref.get("resource"), ref.get("group")) if part).lower()
        shown = "/".join(part for part in (resource, ref.get("namespace"), ref.get("name", "")) if part)
    return shown


class IPAddress(Kind):
    """ValidateIPAddressName."""

    columns = (NAME, Column("ParentRef", _parent_ref_cell))
    name_rule = "ip_address"

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateIPAddress, validateIPAddressParentReference."""
        from ....machinery import field
        from ..checks import dns1123_subdomain, path_segment

        ref = (obj.get("spec") or {}).get("parentRef")
        if ref is None:
            return [field.required("spec.parentRef")]
        errors = dns1123_subdomain("spec.parentRef.group", ref["group"]) if ref.get("group") else []
        for key in ("resource", "name", "namespace"):
            path, value = f"spec.parentRef.{key}", ref.get(key, "")
            if value:
                errors += path_segment(path, value)
            elif key != "namespace":
                errors.append(field.required(path))
        return errors

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateIPAddressUpdate."""
        from ..checks import immutable

        return immutable("spec.parentRef", obj["spec"].get("parentRef"), old["spec"].get("parentRef"))


KIND = IPAddress()
