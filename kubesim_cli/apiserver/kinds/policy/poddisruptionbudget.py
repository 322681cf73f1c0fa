"""PodDisruptionBudget."""

from __future__ import annotations

from ..base import Column, Context, Kind, age
from ..columns import AGE, NAME

_COUNTS = ("currentHealthy", "desiredHealthy", "disruptionsAllowed", "expectedPods")


class PodDisruptionBudget(Kind):
    columns = (NAME, Column("Min Available"), Column("Max Unavailable"), Column("Allowed Disruptions", type="integer"),
               AGE)
    has_status = True
    has_generation = True
    unconditional_update = False

    def cells(self, obj: dict, ctx: Context) -> list:
        spec = obj.get("spec") or {}
        amounts = ["N/A" if spec.get(key) is None else str(spec[key]) for key in ("minAvailable", "maxUnavailable")]
        return [obj["metadata"]["name"], *amounts, (obj.get("status") or {}).get("disruptionsAllowed", 0),
                age(obj, ctx.now)]

    def default(self, obj: dict, ctx: Context) -> None:
        obj.setdefault("spec", {})

    def default_status(self, obj: dict, ctx: Context) -> None:
        obj["status"] = dict.fromkeys(_COUNTS, 0)

    def validate(self, obj: dict, ctx: Context) -> list:
        from ....machinery import field
        from ..checks import int_or_percent, label_selector, one_of

        spec = obj["spec"]
        low, high = spec.get("minAvailable"), spec.get("maxUnavailable")
        errors = []
        if low is not None and high is not None:
            shown = {"MinAvailable": low, "Selector": spec.get("selector"), "MaxUnavailable": high,
                     "UnhealthyPodEvictionPolicy": spec.get("unhealthyPodEvictionPolicy")}
            errors.append(field.invalid("spec", shown, "minAvailable and maxUnavailable cannot be both set"))
        for key in ("minAvailable", "maxUnavailable"):
            if spec.get(key) is not None:
                errors += int_or_percent(f"spec.{key}", spec[key])
        errors += label_selector("spec.selector", spec.get("selector"))
        policy = spec.get("unhealthyPodEvictionPolicy")
        if policy is not None:
            errors += one_of("spec.unhealthyPodEvictionPolicy", policy, ("AlwaysAllow", "IfHealthyBudget"))
        return errors

    def validate_status(self, obj: dict, old: dict, ctx: Context) -> list:
        from ..checks import minimum

        status = obj.get("status") or {}
        return [error for key in ("disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods")
                for error in minimum(f"status.{key}", status.get(key))]


KIND = PodDisruptionBudget()
