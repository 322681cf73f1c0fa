"""FlowSchema."""

from __future__ import annotations

from ....machinery import conditions
from ..base import AGE, METADATA, NAME, Column
from .betas import FlowControlKind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ....machinery.types import FieldErrors, Object
    from ..base import Cell, Context


def _priority_level_cell(obj: Object, ctx: Context) -> Cell:
    return (obj["spec"].get("priorityLevelConfiguration") or {}).get("name", "")


def _distinguisher_method_cell(obj: Object, ctx: Context) -> Cell:
    return (obj["spec"].get("distinguisherMethod") or {}).get("type") or "<none>"


def _missing_pl_cell(obj: Object, ctx: Context) -> Cell:
    return conditions.status_of((obj.get("status") or {}).get("conditions"), "Dangling") or "?"


class FlowSchema(FlowControlKind):
    name = "FlowSchema"
    columns = (NAME,
               Column("PriorityLevel", _priority_level_cell),
               Column("MatchingPrecedence", lambda obj, ctx: obj["spec"].get("matchingPrecedence", 0)),
               Column("DistinguisherMethod", _distinguisher_method_cell),
               AGE,
               Column("MissingPL", _missing_pl_cell))
    has_status = True
    status_keeps = METADATA
    has_generation = True

    def table_order(self, items: Iterable[Object]) -> Iterable[Object]:
        return sorted(items, key=lambda obj: (obj["spec"]["matchingPrecedence"], obj["metadata"]["name"]))

    def default(self, obj: Object, ctx: Context) -> None:
        spec = obj.setdefault("spec", {})
        spec["matchingPrecedence"] = spec.get("matchingPrecedence") or 1000

    def default_status(self, obj: Object, ctx: Context) -> None:
        obj["status"] = {}

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateFlowSchema, ValidateFlowSchemaUpdate."""
        from .validation import fixed, flow_schema

        name, spec = obj["metadata"].get("name", ""), obj["spec"]
        return flow_schema(name, spec) + fixed(name, "FlowSchema", spec)

    def validate_status(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateFlowSchemaStatusUpdate."""
        from .validation import status_conditions

        return status_conditions((obj.get("status") or {}).get("conditions") or ())


KIND = FlowSchema()
