"""PriorityClass."""

from __future__ import annotations

from ..base import AGE, NAME, Column, Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Context

HIGHEST_USER_PRIORITY = 1_000_000_000
SYSTEM = {"system-node-critical": 2_000_001_000, "system-cluster-critical": 2_000_000_000}


class PriorityClass(Kind):
    columns = (NAME,
               Column("Value", lambda obj, ctx: obj.get("value", 0), type="integer"),
               Column("Global-Default", lambda obj, ctx: bool(obj.get("globalDefault")), type="boolean"),
               AGE,
               Column("PreemptionPolicy", lambda obj, ctx: obj.get("preemptionPolicy") or "", since=(1, 31)))
    has_generation = True

    def default(self, obj: Object, ctx: Context) -> None:
        obj.setdefault("value", 0)
        obj.setdefault("preemptionPolicy", "PreemptLowerPriority")

    def prepare_delete(self, obj: Object, ctx: Context) -> None:
        if obj["metadata"]["name"] in SYSTEM:
            from ....machinery import errors

            raise errors.forbidden("priorityclasses.scheduling.k8s.io", obj["metadata"]["name"],
                                   "this is a system priority class and cannot be deleted")

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidatePriorityClass."""
        from ....machinery import field

        name, value = obj["metadata"].get("name", ""), obj["value"]
        errors = []
        if name.startswith("system-"):
            why = _not_system(name, obj)
            if why:
                errors.append(field.forbidden("metadata.name", "priority class names with 'system-' prefix are "
                                              f"reserved for system use only. error: {why}"))
        elif value > HIGHEST_USER_PRIORITY:
            errors.append(field.forbidden("value", "maximum allowed value of a user defined priority is "
                                          f"{HIGHEST_USER_PRIORITY}"))
        policies = ("PreemptLowerPriority", "Never")
        if obj["preemptionPolicy"] not in policies:
            errors.append(field.not_supported("preemptionPolicy", obj["preemptionPolicy"], policies))
        return errors

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidatePriorityClassUpdate."""
        from ....machinery import field
        from ..checks import immutable

        errors = []
        if obj.get("value") != old.get("value"):
            errors.append(field.forbidden("value", "may not be changed in an update."))
        return errors + immutable("preemptionPolicy", obj.get("preemptionPolicy"), old.get("preemptionPolicy"))


def _not_system(name: str, obj: Object) -> str:
    """Why a class is not the system's own of that name (IsKnownSystemPriorityClass); "" if it is."""
    if name not in SYSTEM:
        return f"{name} is not a known system priority class"
    if obj["value"] != SYSTEM[name]:
        return f"value of {name} PriorityClass must be {SYSTEM[name]}"
    if obj.get("globalDefault"):
        return f"globalDefault of {name} PriorityClass must be false"
    return ""


KIND = PriorityClass()
