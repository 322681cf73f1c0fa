"""CSINode."""

from __future__ import annotations

from ..base import AGE, NAME, Column, Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Cell, Context

_MAX_NODE_ID = 256


def _drivers_cell(obj: Object, ctx: Context) -> Cell:
    return len((obj.get("spec") or {}).get("drivers") or ())


class CSINode(Kind):
    columns = (NAME, Column("Drivers", _drivers_cell, type="integer"), AGE)
    unconditional_update = False

    def default(self, obj: Object, ctx: Context) -> None:
        obj.setdefault("spec", {}).setdefault("drivers", None)

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateCSINode, validateCSINodeSpec, validateCSINodeDrivers, validateCSINodeDriver,
        validateCSINodeDriverNodeID, validateCSINodeDriverAllocatable."""
        from ....machinery import field
        from ..checks import driver_name, minimum, once, qualified_name

        errors = []
        seen: set[str] = set()
        for i, driver in enumerate(obj["spec"]["drivers"] or ()):
            path, name = f"spec.drivers[{i}]", driver.get("name", "")
            errors += driver_name(f"{path}.name", name)
            node = driver.get("nodeID", "")
            if not node:
                errors.append(field.required(f"{path}.nodeID"))
            if len(node) > _MAX_NODE_ID:
                errors.append(field.invalid(f"{path}.nodeID", node, f"must be {_MAX_NODE_ID} characters or less"))
            errors += minimum(f"{path}.allocatable.count", (driver.get("allocatable") or {}).get("count"))
            errors += once(f"{path}.name", name, seen)
            keys = driver.get("topologyKeys") or []
            for j, key in enumerate(keys):
                if not key:
                    errors.append(field.required(path))
                if key in keys[:j]:
                    errors.append(field.duplicate(path, key))
                errors += qualified_name(path, key)
        return errors

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """A driver may come or go, and how many volumes it can attach may change (ValidateCSINodeUpdate)."""
        from ....machinery import field
        from ....releases.gates import enabled
        from ..checks import IMMUTABLE

        loose = ("allocatable",) if enabled("MutableCSINodeAllocatableCount", ctx.release) else ()
        before = {driver.get("name"): driver for driver in old["spec"]["drivers"] or ()}
        errors = self.validate(obj, ctx)
        for driver in obj["spec"]["drivers"] or ():
            if driver.get("name") in before:
                new, was = ({key: value for key, value in each.items() if key not in loose}
                            for each in (driver, before[driver.get("name")]))
                if new != was:
                    shown = {"Name": new.get("name", ""), "NodeID": new.get("nodeID", ""),
                             "TopologyKeys": new.get("topologyKeys"), "Allocatable": new.get("allocatable")}
                    errors.append(field.invalid("spec.drivers", shown, IMMUTABLE))
        return errors


KIND = CSINode()
