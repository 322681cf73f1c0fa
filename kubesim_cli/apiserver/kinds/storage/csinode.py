"""CSINode."""

from __future__ import annotations

from ..base import AGE, NAME, Column, Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Cell, Context


def _drivers_cell(obj: Object, ctx: Context) -> Cell:
    return len((obj.get("spec") or {}).get("drivers") or ())


class CSINode(Kind):
    columns = (NAME, Column("Drivers", _drivers_cell, type="integer"), AGE)
    unconditional_update = False

    def default(self, obj: Object, ctx: Context) -> None:
        obj.setdefault("spec", {}).setdefault("drivers", None)

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        from ....machinery import field
        from ..checks import qualified_name
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
            keys = driver.get("topologyKeys") or []
            for j, key in enumerate(keys):
                if not key:
                    errors.append(field.required(path))
                if key in keys[:j]:
                    errors.append(field.duplicate(path, key))
                errors += qualified_name(path, key)
        return errors


KIND = CSINode()
