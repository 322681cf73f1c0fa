"""PriorityClass."""

from __future__ import annotations

from ..base import Column, Context, Kind, age
from ..columns import AGE, NAME

HIGHEST_USER_PRIORITY = 1_000_000_000
SYSTEM = {"system-node-critical": 2_000_001_000, "system-cluster-critical": 2_000_000_000}


class PriorityClass(Kind):
    columns = (NAME, Column("Value", type="integer"), Column("Global-Default", type="boolean"), AGE,
               Column("PreemptionPolicy", since=(1, 31)))
    has_generation = True

    def cells(self, obj: dict, ctx: Context) -> list:
        return [obj["metadata"]["name"], obj.get("value", 0), bool(obj.get("globalDefault")), age(obj, ctx.now),
                obj.get("preemptionPolicy") or ""]

    def default(self, obj: dict, ctx: Context) -> None:
        obj.setdefault("value", 0)
        obj.setdefault("preemptionPolicy", "PreemptLowerPriority")

    def validate(self, obj: dict, ctx: Context) -> list:
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

    def validate_update(self, obj: dict, old: dict, ctx: Context) -> list:
        from ....machinery import field
        from ..checks import immutable

        errors = []
        if obj.get("value") != old.get("value"):
            errors.append(field.forbidden("value", "may not be changed in an update."))
        return errors + immutable("preemptionPolicy", obj.get("preemptionPolicy"), old.get("preemptionPolicy"))


def _not_system(name: str, obj: dict) -> str:
    """Why a class is not the system's own of that name (IsKnownSystemPriorityClass); "" if it is."""
    if name not in SYSTEM:
        return f"{name} is not a known system priority class"
    if obj["value"] != SYSTEM[name]:
        return f"value of {name} PriorityClass must be {SYSTEM[name]}"
    if obj.get("globalDefault"):
        return f"globalDefault of {name} PriorityClass must be false"
    return ""


KIND = PriorityClass()
