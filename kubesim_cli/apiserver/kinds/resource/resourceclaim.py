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

    def prepare_update(self, obj: Object, old: Object, ctx: Context) -> None:
        from .claimstatus import drop_deallocated

        if obj.get("status") and obj["status"] is not old.get("status"):
            drop_deallocated(obj["status"], old.get("status") or {})

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateResourceClaimUpdate."""
        from ..checks import immutable

        return immutable("spec", obj.get("spec"), old.get("spec"))

    def validate_status(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateResourceClaimStatusUpdate."""
        from .claimstatus import validate

        return validate(obj, old.get("status") or {}, "deletionTimestamp" in obj["metadata"])


KIND = ResourceClaim()
