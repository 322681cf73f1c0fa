"""PodDisruptionBudget."""

from __future__ import annotations

from ..base import AGE, NAME, Column, Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Cell, Context

_COUNTS = ("currentHealthy", "desiredHealthy", "disruptionsAllowed", "expectedPods")


def _amount(obj: Object, key: str) -> str:
    value = (obj.get("spec") or {}).get(key)
    return "N/A" if value is None else str(value)


def _allowed_cell(obj: Object, ctx: Context) -> Cell:
    return (obj.get("status") or {}).get("disruptionsAllowed", 0)


class PodDisruptionBudget(Kind):
    columns = (NAME,
               Column("Min Available", lambda obj, ctx: _amount(obj, "minAvailable")),
               Column("Max Unavailable", lambda obj, ctx: _amount(obj, "maxUnavailable")),
               Column("Allowed Disruptions", _allowed_cell, type="integer"),
               AGE)
    has_status = True
    has_generation = True
    unconditional_update = False

    def default(self, obj: Object, ctx: Context) -> None:
        obj.setdefault("spec", {})

    def default_status(self, obj: Object, ctx: Context) -> None:
        obj["status"] = dict.fromkeys(_COUNTS, 0)

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidatePodDisruptionBudget, ValidatePodDisruptionBudgetSpec."""
        from ....machinery import field
        from ..checks import label_selector, not_more_than_100_percent, one_of, positive_int_or_percent

        spec = obj["spec"]
        low, high = spec.get("minAvailable"), spec.get("maxUnavailable")
        errors = []
        if low is not None and high is not None:
            shown = {"MinAvailable": low, "Selector": spec.get("selector"), "MaxUnavailable": high,
                     "UnhealthyPodEvictionPolicy": spec.get("unhealthyPodEvictionPolicy")}
            errors.append(field.invalid("spec", shown, "minAvailable and maxUnavailable cannot be both set"))
        for key in ("minAvailable", "maxUnavailable"):
            if spec.get(key) is not None:
                errors += positive_int_or_percent(f"spec.{key}", spec[key])
                errors += not_more_than_100_percent(f"spec.{key}", spec[key])
        errors += label_selector("spec.selector", spec.get("selector"))
        policy = spec.get("unhealthyPodEvictionPolicy")
        if policy is not None:
            errors += one_of("spec.unhealthyPodEvictionPolicy", policy, ("AlwaysAllow", "IfHealthyBudget"))
        return errors

    def validate_status(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidatePodDisruptionBudgetStatusUpdate."""
        from ..checks import conditions, minimum

        status = obj.get("status") or {}
        errors = conditions("status.conditions", status.get("conditions") or ())
        return errors + [error for key in ("disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods")
                         for error in minimum(f"status.{key}", status.get(key))]


KIND = PodDisruptionBudget()
