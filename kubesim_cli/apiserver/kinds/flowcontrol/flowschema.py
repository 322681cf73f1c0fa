"""FlowSchema."""

from __future__ import annotations

from ....machinery import conditions
from ..base import Column, Context, Kind, age
from ..columns import AGE, NAME


class FlowSchema(Kind):
    columns = (NAME, Column("PriorityLevel"), Column("MatchingPrecedence"), Column("DistinguisherMethod"), AGE,
               Column("MissingPL"))
    has_status = True
    has_generation = True

    def cells(self, obj: dict, ctx: Context) -> list:
        spec = obj["spec"]
        dangling = conditions.status_of((obj.get("status") or {}).get("conditions"), "Dangling")
        return [obj["metadata"]["name"], (spec.get("priorityLevelConfiguration") or {}).get("name", ""),
                spec.get("matchingPrecedence", 0), (spec.get("distinguisherMethod") or {}).get("type") or "<none>",
                age(obj, ctx.now), dangling or "?"]

    def table_order(self, items: list[dict]) -> list[dict]:
        return sorted(items, key=lambda obj: (obj["spec"]["matchingPrecedence"], obj["metadata"]["name"]))

    def default(self, obj: dict, ctx: Context) -> None:
        spec = obj.setdefault("spec", {})
        spec["matchingPrecedence"] = spec.get("matchingPrecedence") or 1000

    def default_status(self, obj: dict, ctx: Context) -> None:
        obj["status"] = {}

    def validate(self, obj: dict, ctx: Context) -> list:
        from ....machinery import field

        spec = obj["spec"]
        precedence = spec["matchingPrecedence"]
        errors = []
        if not 1 <= precedence <= 10000:
            errors.append(field.invalid("spec.matchingPrecedence", precedence, "must be a positive value"
                                        if precedence <= 0 else "must not be greater than 10000"))
        if not (spec.get("priorityLevelConfiguration") or {}).get("name"):
            errors.append(field.required("spec.priorityLevelConfiguration.name",
                                         "must reference a priority level"))
        return errors


KIND = FlowSchema()
