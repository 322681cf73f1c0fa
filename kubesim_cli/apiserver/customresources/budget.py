"""What the rules of a CustomResourceDefinition may cost, by estimate.

Source: apiextensions-apiserver/pkg/apis/apiextensions/validation (validation.go, cel_validation.go).
"""

from __future__ import annotations

from ...machinery import field
from ..cel.arithmetic import times, total
from .sizes import most_in_a_request, sizes_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import FieldErrors, Object
    from ..cel import Program

PER_RULE, PER_SCHEMA = 10_000_000, 100_000_000


class Budget:
    """The estimated costs of the rules in one schema. `judges_rules`: whether each has to keep within its own limit,
    which is not so in a schema that is as it was."""

    def __init__(self, judges_rules: bool):
        self.judges_rules = judges_rules
        self.total = 0
        self.dearest: list[tuple[int, str]] = []

    def rule(self, program: Program, schema: Object, times_at_most: int | None, where: str) -> FieldErrors:
        """Count a rule of a schema that may stand so often in an object (None: as often as there is room), and return
        the FieldErrors of one that costs too much by itself (getExpressionCost)."""
        often = most_in_a_request(schema) if times_at_most is None else times_at_most
        return self._count(times(program.estimate(sizes_of(schema)), often), "estimated rule cost", where)

    def message(self, program: Program, schema: Object, where: str) -> FieldErrors:
        """The same for a messageExpression."""
        return self._count(program.estimate(sizes_of(schema)), "estimated messageExpression cost", where)

    def _count(self, cost: int, name: str, where: str) -> FieldErrors:
        self.total = total(self.total, cost)
        if cost >= PER_SCHEMA // 100:
            self.dearest = sorted([*self.dearest, (cost, where)], key=lambda each: -each[0])[:4]
        if cost <= PER_RULE or not self.judges_rules:
            return []
        return [field.forbidden(where, _exceeded(name, cost, PER_RULE))]

    def errors(self, where: str) -> FieldErrors:
        """Return the FieldErrors of a schema at `where` whose rules cost too much together."""
        if self.total <= PER_SCHEMA:
            return []
        return [*(field.forbidden(rule, "contributed to estimated rule cost total exceeding cost limit for entire "
                                        "OpenAPIv3 schema") for _, rule in self.dearest),
                field.forbidden(where, _exceeded("x-kubernetes-validations estimated rule cost total for entire "
                                                 "OpenAPIv3 schema", self.total, PER_SCHEMA))]


def multiplied(times_at_most: int | None, schema: Object) -> int | None:
    """Return how often what is below a schema may stand in an object, None where nothing limits that
    (multiplyWithOverflowGuard)."""
    kind = schema.get("type")
    if kind == "array":
        most = schema.get("maxItems")
    elif kind == "object" and schema.get("additionalProperties") is not None:
        most = schema.get("maxProperties")
    else:
        return times_at_most
    return None if most is None or times_at_most is None else times(times_at_most, max(most, 0))


def _exceeded(name: str, cost: int, limit: int) -> str:
    """getCostErrorMessage."""
    factor = cost / limit
    shown = "more than 100x" if factor > 100 else f"{factor:.6f}x" if factor < 1.5 else f"{factor:.1f}x"
    return (f"{name} exceeds budget by factor of {shown} (try simplifying the rule, or adding maxItems, maxProperties, "
            "and maxLength where arrays, maps, and strings are declared)")
