"""PriorityLevelConfiguration."""

from __future__ import annotations

from ....machinery.objects import dig
from ..base import AGE, METADATA, NAME, Column
from .betas import FlowControlKind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Cell, Context

# The shares of a limited level, as v1 names them and as v1beta2 did.
_SHARES, _OLD_SHARES = "nominalConcurrencyShares", "assuredConcurrencyShares"
_QUEUING = {"queues": 64, "handSize": 8, "queueLengthLimit": 50}


def _shares_cell(obj: Object, ctx: Context) -> Cell:
    limited = obj["spec"].get("limited") or {}
    return limited.get(_SHARES, limited.get(_OLD_SHARES, "<none>"))


def _queuing(obj: Object, key: str) -> Cell:
    return dig(obj, "spec", "limited", "limitResponse", "queuing", key, default="<none>")


class PriorityLevelConfiguration(FlowControlKind):
    name = "PriorityLevelConfiguration"
    columns = (NAME,
               Column("Type", lambda obj, ctx: obj["spec"].get("type", "")),
               Column("NominalConcurrencyShares", _shares_cell),
               Column("Queues", lambda obj, ctx: _queuing(obj, "queues")),
               Column("HandSize", lambda obj, ctx: _queuing(obj, "handSize")),
               Column("QueueLengthLimit", lambda obj, ctx: _queuing(obj, "queueLengthLimit")),
               AGE)
    has_status = True
    status_keeps = METADATA
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
        """ValidatePriorityLevelConfiguration."""
        from .validation import fixed, priority_level

        name, spec = obj["metadata"].get("name", ""), obj["spec"]
        return priority_level(name, spec) + fixed(name, "PriorityLevelConfiguration", spec)

    def validate_status(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidatePriorityLevelConfigurationStatusUpdate."""
        from .validation import status_conditions

        return status_conditions((obj.get("status") or {}).get("conditions") or ())

    def convert(self, obj: Object, api_version: str) -> Object:
        converted = super().convert(obj, api_version)
        return _renamed(converted, _SHARES, _OLD_SHARES) if api_version.endswith("/v1beta2") else converted

    def store_version(self, obj: Object) -> Object:
        return _renamed(super().store_version(obj), _OLD_SHARES, _SHARES)


def _renamed(obj: Object, before: str, after: str) -> Object:
    """Return an object whose limited level has its shares under another name."""
    limited = (obj.get("spec") or {}).get("limited")
    if not limited or before not in limited:
        return obj
    limited = {after if key == before else key: value for key, value in limited.items()}
    return {**obj, "spec": {**obj["spec"], "limited": limited}}


def _complete(obj: Object, values: Object) -> None:
    """Give what is absent, null or zero its default."""
    for key, value in values.items():
        obj[key] = obj.get(key) or value


KIND = PriorityLevelConfiguration()
