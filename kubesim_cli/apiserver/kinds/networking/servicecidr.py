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
        """ValidateServiceCIDR, validateServiceCIDRSpec."""
        from ....machinery import field, names
        from ..checks import said

        found = (obj.get("spec") or {}).get("cidrs") or []
        if not found:
            return [field.required("spec.cidrs", "at least one CIDR required")]
        if len(found) > 2:
            return [field.invalid("spec.cidrs", {"CIDRs": found}, "may only hold up to 2 values")]
        errors = [error for i, text in enumerate(found)
                  for error in said(f"spec.cidrs[{i}]", text, names.canonical_cidr(text))]
        if len(found) == 2 and not errors and len({":" in text for text in found}) == 1:
            errors.append(field.invalid("spec.cidrs", found, "may specify no more than one IP for each IP family, i.e "
                                        "192.168.0.0/24 and 2001:db8::/64"))
        return errors

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """A range of the other IP family may come, nothing else changes (ValidateServiceCIDRUpdate)."""
        from ..checks import immutable

        now, before = ((each.get("spec") or {}).get("cidrs") or [] for each in (obj, old))
        if len(now) != len(before) and not len(before) == 1 == len(now) - 1:
            return immutable("spec.cidrs", now, before)
        errors = [error for i, (new, was) in enumerate(zip(now, before))
                  for error in immutable(f"spec.cidrs[{i}]", new, was)]
        return errors if len(now) == len(before) else errors + self.validate(obj, ctx)


KIND = ServiceCIDR()
