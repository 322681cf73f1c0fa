"""CSINode."""

from __future__ import annotations

from ..base import Column, Context, Kind, age
from ..columns import AGE, NAME


class CSINode(Kind):
    columns = (NAME, Column("Drivers", type="integer"), AGE)
    unconditional_update = False

    def cells(self, obj: dict, ctx: Context) -> list:
        return [obj["metadata"]["name"], len((obj.get("spec") or {}).get("drivers") or ()), age(obj, ctx.now)]

    def default(self, obj: dict, ctx: Context) -> None:
        obj.setdefault("spec", {}).setdefault("drivers", None)

    def validate(self, obj: dict, ctx: Context) -> list:
        from ....machinery import field
        from ..core.persistentvolume_validation import driver_name

        errors = []
        seen: set[str] = set()
        for i, driver in enumerate(obj["spec"]["drivers"] or ()):
            path, name = f"spec.drivers[{i}]", driver.get("name", "")
            errors += driver_name(f"{path}.name", name)
            if not driver.get("nodeID"):
                errors.append(field.required(f"{path}.nodeID"))
            if name in seen:
                errors.append(field.duplicate(f"{path}.name", name))
            seen.add(name)
        return errors


KIND = CSINode()
