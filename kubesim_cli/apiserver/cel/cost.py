"""What an evaluation costs and may cost.

Source: cel-go's interpreter/runtimecost.go; k8s.io/apiserver/pkg/cel/library/cost.go (CallCost); cel-go's
ext/sets.go and ext/lists.go.
"""

from __future__ import annotations

from .arithmetic import REGEX, TEXT, part
from .errors import EvaluationError
from .values import Opaque, Optional

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .values import Value

PER_CALL = 1_000_000      # k8s.io/apiserver/pkg/apis/cel: PerCallLimit
PER_OBJECT = 10_000_000   # RuntimeCELCostBudget
EXCEEDED = "operation cancelled: actual cost limit exceeded"

LIST, MAP, MESSAGE = 10, 30, 40  # of a new one
_TRAVERSED = ("isSorted", "sum", "max", "min", "indexOf", "lastIndexOf")
_TEXTS = ("url", "lowerAscii", "upperAscii", "substring", "trim", "cidr", "isIP", "isCIDR", "quantity", "isQuantity",
          "semver", "isSemver", "startsWith", "endsWith", "format", "strings.quote")
_TEXTS_OF_ONE_TYPE = (("bytes", str), ("string", bytes), ("ip", str))
_TWICE = ("replace", "split", "ip.isCanonical")
_SETS = {"sets.contains": 1, "sets.intersects": 1, "sets.equivalent": 2}
_COPIES = ("reverse", "flatten", "slice", "lists.range")
# What a format's regular expression counts as.
_FORMATS = {"dns1123Subdomain": 60, "dns1123SubdomainPrefix": 60, "qualifiedName": 60, "labelValue": 40, "uri": 1103,
            "uuid": 70, "byte": 84, "date": 71, "datetime": 71}


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
    """Return the size of a string, list, map or address; 1 of anything else."""
    if isinstance(value, (str, bytes, list, dict)):
        return len(value)
    if isinstance(value, Optional) and value.present:
        return size_of(value.value)
    if isinstance(value, Opaque) and value.type in ("net.IP", "net.CIDR"):
        bits: int = value.value.max_prefixlen if value.type == "net.IP" else value.value.network.prefixlen
        return -(-bits // 8)
    return 1


def of_equality(values: list[Value], differs: bool) -> int:
    """Return what it costs to compare two values with ==, or with != (`differs`)."""
    if isinstance(values[0], Opaque) and not differs:
        return 1
    return part(min(map(size_of, values)), TEXT)


def of_call(name: str, values: list[Value], method: bool) -> int:
    """Return what a call costs; that is known before it is made. `method`: its receiver is the first value."""
    sizes = [size_of(value) for value in values]
    if name in ("_<_", "_<=_", "_>_", "_>=_"):
        return part(min(sizes), TEXT) if isinstance(values[0], (str, bytes)) else 1
    if name == "_+_":
        return part(sum(sizes), TEXT) if isinstance(values[0], (str, bytes)) else 1
    if name in _TRAVERSED:
        return _traversal(values[0])
    if name in _TEXTS or (values and (name, type(values[0])) in _TEXTS_OF_ONE_TYPE):
        return part(sizes[0], TEXT)
    if name in _TWICE:
        return part(sizes[0], 2 * TEXT)
    if name in ("find", "findAll") or (name == "matches" and method):
        return part(1 + sizes[0], TEXT) * part(sizes[1], REGEX)
    if name == "contains":
        return part(sizes[0], TEXT) * part(sizes[1], TEXT)
    if name == "join":
        return part(_joined(*values), 2 * TEXT)
    if name == "containsIP":
        return part(2 * sizes[0], TEXT) + _if_text(values[1])
    if name == "containsCIDR":
        return part(2 * sizes[0], TEXT) + part(sizes[0], TEXT) + 1 + _if_text(values[1])
    if name == "validate" and isinstance(values[0], Opaque):
        return part(1 + sizes[1], TEXT) * part(_FORMATS.get(values[0].value, 30), REGEX)
    if name in _SETS:
        return 1 + sizes[0] * sizes[1] * _SETS[name]
    if name in _COPIES:
        return 1 + LIST + _copied(name, values, sizes)
    if name == "@sortByAssociatedKeys":
        return 1 + LIST + _compared_with_each_other(values[1], sizes[1])
    if name in ("sort", "distinct"):
        return 1 + LIST + _compared_with_each_other(values[0], sizes[0])
    return 1


def _traversal(value: Value) -> int:
    """Return what it costs to go through all that is in a value."""
    if isinstance(value, (str, bytes)):
        return int(len(value.encode() if isinstance(value, str) else value) * TEXT)
    if isinstance(value, list):
        return sum(map(_traversal, value))
    if isinstance(value, dict):
        return sum(_traversal(key) + _traversal(item) for key, item in value.items())
    return 1


def _joined(items: Value, between: str = "") -> int:
    texts = [item for item in items if isinstance(item, str)] if isinstance(items, list) else []
    return sum(map(len, texts)) + size_of(between) * max(len(texts) - 1, 0)


def _if_text(value: Value) -> int:
    return part(len(value), TEXT) if isinstance(value, str) else 0


def _copied(name: str, values: list[Value], sizes: list[int]) -> int:
    if name == "lists.range":
        return max(values[0], 0) if isinstance(values[0], int) else 0
    if name == "slice" and isinstance(values[1], int) and isinstance(values[2], int):
        return max(values[2] - values[1], 0)
    return sizes[0]


def _compared_with_each_other(items: Value, size: int) -> int:
    texts = isinstance(items, list) and size > 0 and isinstance(items[0], (str, bytes))
    return int(size * size * (2 + TEXT if texts else 2))
