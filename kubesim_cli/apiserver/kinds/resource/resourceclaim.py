"""ResourceClaim."""

from __future__ import annotations

from ..base import AGE, METADATA, NAME, Column, Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Cell, Context


def _state_cell(obj: Object, ctx: Context) -> Cell:
    status = obj.get("status") or {}
    states = ["deleted"] if obj["metadata"].get("deletionTimestamp") else []
    if status.get("allocation"):
        states += ["allocated", "reserved"] if status.get("reservedFor") else ["allocated"]
    elif not states:
        states.append("pending")
    return ",".join(states)


class ResourceClaim(Kind):
    columns = (NAME, Column("State", _state_cell), AGE)
    has_status = True
    status_keeps = METADATA

    def default(self, obj: Object, ctx: Context) -> None:
        from .devices import default

        default(obj["spec"].get("devices") or {})

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateResourceClaim."""
        from .devices import validate

        return validate(obj["spec"].get("devices") or {}, "spec.devices", ctx.release)

    def default_status(self, obj: Object, ctx: Context) -> None:
        obj["status"] = {}

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateResourceClaimUpdate."""
        from ..checks import immutable

        return immutable("spec", obj.get("spec"), old.get("spec"))

    def validate_status(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateResourceClaimStatusUpdate."""
        from ....machinery import field
        from ..checks import immutable

        status, before = obj.get("status") or {}, old.get("status") or {}
        errors = [field.required(f"status.reservedFor[{i}].{key}") for i, each in enumerate(
            status.get("reservedFor") or ()) for key in ("resource", "name", "uid") if not each.get(key)]
        if status.get("reservedFor") and not status.get("allocation"):
            errors.append(field.forbidden("status.reservedFor", "may not be specified when `allocated` is not set"))
        if status.get("allocation") and before.get("allocation"):
            errors += immutable("status.allocation", status["allocation"], before["allocation"])
        return errors


KIND = ResourceClaim()
