"""PriorityLevelConfiguration."""

from __future__ import annotations

from ..base import Column, Context, Kind, age
from ..columns import AGE, NAME

_QUEUING = {"queues": 64, "handSize": 8, "queueLengthLimit": 50}


class PriorityLevelConfiguration(Kind):
    columns = (NAME, Column("Type"), Column("NominalConcurrencyShares"), Column("Queues"), Column("HandSize"),
               Column("QueueLengthLimit"), AGE)
    has_status = True
    has_generation = True

    def cells(self, obj: dict, ctx: Context) -> list:
        limited = obj["spec"].get("limited") or {}
        queuing = (limited.get("limitResponse") or {}).get("queuing") or {}
        return [obj["metadata"]["name"], obj["spec"].get("type", ""), limited.get("nominalConcurrencyShares", "<none>"),
                *(queuing.get(key, "<none>") for key in _QUEUING), age(obj, ctx.now)]

    def default(self, obj: dict, ctx: Context) -> None:
        spec = obj.setdefault("spec", {})
        limited = spec.get("limited")
        if limited is not None:
            _complete(limited, {"nominalConcurrencyShares": 30, "lendablePercent": 0})
        elif spec.get("type") == "Exempt":
            _complete(spec.setdefault("exempt", {}), {"nominalConcurrencyShares": 0, "lendablePercent": 0})
        queuing = ((limited or {}).get("limitResponse") or {}).get("queuing")
        if queuing is not None:
            _complete(queuing, _QUEUING)

    def default_status(self, obj: dict, ctx: Context) -> None:
        obj["status"] = {}

    def validate(self, obj: dict, ctx: Context) -> list:
        from ....machinery import field
        from ..checks import one_of

        spec = obj["spec"]
        errors = one_of("spec.type", spec.get("type", ""), ("Exempt", "Limited"))
        if spec.get("type") == "Limited" and spec.get("limited") is None:
            errors.append(field.required("spec.limited", "must not be empty when type is Limited"))
        return errors


def _complete(obj: dict, values: dict) -> None:
    """Give what is absent, null or zero its default."""
    for key, value in values.items():
        obj[key] = obj.get(key) or value


KIND = PriorityLevelConfiguration()
