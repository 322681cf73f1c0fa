"""ResourceClaim."""

from __future__ import annotations

from ..base import Column, Context, Kind, age
from ..columns import AGE, NAME


class ResourceClaim(Kind):
    columns = (NAME, Column("State"), AGE)
    has_status = True

    def cells(self, obj: dict, ctx: Context) -> list:
        status = obj.get("status") or {}
        states = ["deleted"] if obj["metadata"].get("deletionTimestamp") else []
        if status.get("allocation"):
            states += ["allocated", "reserved"] if status.get("reservedFor") else ["allocated"]
        elif not states:
            states.append("pending")
        return [obj["metadata"]["name"], ",".join(states), age(obj, ctx.now)]

    def default_status(self, obj: dict, ctx: Context) -> None:
        obj["status"] = {}

    def validate_update(self, obj: dict, old: dict, ctx: Context) -> list:
        from ..checks import immutable

        return immutable("spec", obj.get("spec"), old.get("spec"))


KIND = ResourceClaim()
