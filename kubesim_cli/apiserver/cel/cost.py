"""What an evaluation costs and may cost.

Source: cel-go's interpreter/runtimecost.go; k8s.io/apiserver/pkg/cel/library/cost.go, of whose functions the costs here
are of the same order and not the same.
"""

from __future__ import annotations

from .errors import EvaluationError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .values import Value

PER_CALL = 1_000_000      # k8s.io/apiserver/pkg/apis/cel: PerCallLimit
PER_OBJECT = 10_000_000   # RuntimeCELCostBudget
EXCEEDED = "operation cancelled: actual cost limit exceeded"

# What is made or gone through, besides what calls cost.
LIST, MAP = 10, 30
# What the accumulator of a macro costs for each item, and at the end.
STEPS = {"all": 3, "exists": 3, "exists_one": 2, "existsOne": 2, "filter": 13, "map": 12, "transformList": 12,
         "transformMap": 12}
_WHOLE = {"isSorted", "min", "max", "sum", "sort", "distinct", "slice", "flatten", "reverse", "join", "indexOf",
          "lastIndexOf"}
_SETS = {"sets.contains", "sets.intersects", "sets.equivalent"}


class Meter:
    """Counts what an evaluation costs, up to `limit`."""

    __slots__ = ("limit", "spent")

    def __init__(self, limit: int = PER_CALL):
        self.limit, self.spent = limit, 0

    def spend(self, cost: int) -> None:
        """Raises EvaluationError where that is too much."""
        self.spent += cost
        if self.spent > self.limit:
            raise EvaluationError(EXCEEDED)


def size_of(value: Value) -> int:
    """Return the size of a string, list or map; 1 of anything else."""
    return len(value) if isinstance(value, (str, bytes, list, dict)) else 1


def text_cost(size: float) -> int:
    """Return what it costs to go through so many characters."""
    return -int(-size * 0.1 // 1)


def of_call(name: str, values: list[Value]) -> int:
    """Return what a call costs, before it is made."""
    sizes = [size_of(value) for value in values]
    if name in ("startsWith", "endsWith"):
        return text_cost(sizes[-1])
    if name in ("_<_", "_<=_", "_>_", "_>=_"):
        return text_cost(min(sizes))
    if name in ("matches", "find", "findAll"):
        return text_cost(1 + sizes[0]) * -int(-sizes[1] * 0.25 // 1)
    if name == "contains":
        return text_cost(sizes[0]) * text_cost(sizes[1]) if isinstance(values[0], str) else sizes[0]
    if name == "_+_" and isinstance(values[0], (str, bytes)):
        return text_cost(sizes[0] + sizes[1])
    if name == "replace":
        return text_cost((1 + sizes[0]) * max(sizes[2], 1)) if len(sizes) > 2 else 1
    if name == "lists.range":
        return max(int(values[0]), 1) if isinstance(values[0], int) else 1
    if name in _SETS:
        return sizes[0] * sizes[1]
    if name in _WHOLE and isinstance(values[0], list):
        return sizes[0]
    return 1 + sum(text_cost(len(value)) for value in values if isinstance(value, (str, bytes)) and len(value) > 10)
