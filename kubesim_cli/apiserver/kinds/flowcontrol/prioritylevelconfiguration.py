"""PriorityLevelConfiguration."""

from __future__ import annotations

from ....machinery.objects import dig
from ..base import AGE, NAME, Column, Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Cell, Context

_QUEUING = {"queues": 64, "handSize": 8, "queueLengthLimit": 50}


def _shares_cell(obj: Object, ctx: Context) -> Cell:
    return (obj["spec"].get("limited") or {}).get("nominalConcurrencyShares", "<none>")


def _queuing(obj: Object, key: str) -> Cell:
    return dig(obj, "spec", "limited", "limitResponse", "queuing", key, default="<none>")


class PriorityLevelConfiguration(Kind):
    columns = (NAME,
               Column("Type", lambda obj, ctx: obj["spec"].get("type", "")),
               Column("NominalConcurrencyShares", _shares_cell),
               Column("Queues", lambda obj, ctx: _queuing(obj, "queues")),
               Column("HandSize", lambda obj, ctx: _queuing(obj, "handSize")),
               Column("QueueLengthLimit", lambda obj, ctx: _queuing(obj, "queueLengthLimit")),
               AGE)
    has_status = True
    has_generation = True

    def default(self, obj: Object, ctx: Context) -> None:
        spec = obj.setdefault("spec", {})
        limited = spec.get("limited")
        if limited is not None:
            _complete(limited, {"nominalConcurrencyShares": 30, "lendablePercent": 0})
        elif spec.get("type") == "Exempt":
            _complete(spec.setdefault("exempt", {}), {"nominalConcurrencyShares": 0, "lendablePercent": 0})
        queuing = ((limited or {}).get("limitResponse") or {}).get("queuing")
        if queuing is not None:
            _complete(queuing, _QUEUING)

    def default_status(self, obj: Object, ctx: Context) -> None:
        obj["status"] = {}

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        from ....machinery import field
        from ..checks import one_of

        spec = obj["spec"]
        errors = one_of("spec.type", spec.get("type", ""), ("Exempt", "Limited"))
        if spec.get("type") == "Limited" and spec.get("limited") is None:
            errors.append(field.required("spec.limited", "must not be empty when type is Limited"))
        return errors


def _complete(obj: Object, values: Object) -> None:
    """Give what is absent, null or zero its default."""
    for key, value in values.items():
        obj[key] = obj.get(key) or value


KIND = PriorityLevelConfiguration()
