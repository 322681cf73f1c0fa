"""What calls of functions may cost at most, and how large what they give may be.

Source: k8s.io/apiserver/pkg/cel/library/cost.go, cel-go's checker/cost.go (functionCost), ext/sets.go and ext/lists.go.
Most of what they count is the size of what a function goes through.
"""

from __future__ import annotations

from .arithmetic import MOST, REGEX, TEXT, UNKNOWN, part, product, times, together, total
from .cost import LIST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from .arithmetic import Size
    from .checker import Type
    from .estimate import Estimator, Operand

    Call: TypeAlias = tuple[int, Size | None]  # the most that it costs besides its arguments, the size of its result

_COMPARED = ("_<_", "_<=_", "_>_", "_>=_")
_PARSED = ("url", "quantity", "isQuantity", "semver", "isSemver", "cidr", "isIP", "isCIDR", "ip")
_CHANGED = ("lowerAscii", "upperAscii", "substring", "trim")
_WHOLE = ("isSorted", "sum", "max", "min", "indexOf", "lastIndexOf")
_SETS = {"sets.contains": 1.0, "sets.intersects": 1.0, "sets.equivalent": 2.0}
_LISTS = ("slice", "flatten", "reverse", "distinct", "sort", "@sortByAssociatedKeys", "lists.range")
_FORMAT_REGEX = 128  # cel.MaxNameFormatRegexSize
_FORMAT_SIZE = 64    # cel.MaxFormatSize
_ADDRESS = 16        # bytes of the longest IP address
_CHEAP_EQUALITY = ("IP", "CIDR", "Quantity", "Semver")
_SCALAR_CALL: Call = (1, None)


def of_call(estimator: Estimator, name: str, wanted: list[Type], receiver: Operand | None,
            arguments: list[Operand]) -> Call:
    """Return what a call costs besides its receiver and arguments. `wanted`: the types of the signature that is meant,
    the receiver's first."""
    if name in _SETS:
        return total(part(times(arguments[0].size[1], arguments[1].size[1]), _SETS[name]), 1), None
    if name in _LISTS:
        return _of_lists(name, wanted, receiver, arguments)
    if name in ("_==_", "_!=_"):
        return _equality(name, *arguments), None
    if name in _COMPARED:
        return (_smaller(*arguments) if wanted[0][0] in ("string", "bytes") else 1), None
    if name == "_+_":
        return _sum(wanted[0][0], *arguments)
    if name == "@in":
        return (arguments[1].size[1] if wanted[1][0] == "list" else 1), None
    if receiver is not None:
        return _of_method(estimator, name, wanted, receiver, arguments)
    if name in _PARSED or name == "ip.isCanonical":
        size = arguments[0].size
        return part(size[1], TEXT * (2 if name == "ip.isCanonical" else 1)), size if name == "url" else None
    if name == "bytes" and wanted[0][0] == "string":
        low, high = arguments[0].size
        return part(high, TEXT), (low, times(high, 4))
    if name == "string" and wanted[0][0] == "bytes":
        low, high = arguments[0].size
        return part(high, TEXT), (low // 4, high)
    if name == "strings.quote":
        low, high = arguments[0].size
        return part(high, TEXT), (total(low, 2), total(times(high, 2), 2))
    return _SCALAR_CALL


def _of_method(estimator: Estimator, name: str, wanted: list[Type], receiver: Operand,
               arguments: list[Operand]) -> Call:
    size = receiver.size
    if name in _WHOLE:
        return _whole(estimator, receiver), None
    if name in _CHANGED:
        return part(size[1], TEXT), size
    if name in ("startsWith", "endsWith"):
        return part(arguments[0].size[1], TEXT), None
    if name == "contains":
        return times(part(size[1], TEXT), part(arguments[0].size[1], TEXT)), None
    if name in ("matches", "find", "findAll"):
        spent = times(part(total(size[1], 1), TEXT), part(arguments[0].size[1], REGEX))
        return spent, None if name == "matches" else (0, size[1])
    if name == "format":
        return part(size[1], TEXT), None
    if name == "replace":
        return part(size[1], 2 * TEXT), _replaced(size, arguments[0].size, arguments[1].size)
    if name == "split":
        limit = arguments[1].literal if len(arguments) > 1 else None
        return part(size[1], 2 * TEXT), (0, limit % (MOST + 1) if isinstance(limit, int) else size[1])
    if name == "join":
        return _join(estimator, receiver, arguments)
    if name in ("containsIP", "containsCIDR"):
        spent = part(2 * _ADDRESS, TEXT)
        if name == "containsCIDR":
            spent += part(_ADDRESS, TEXT) + 1
        return total(spent, part(arguments[0].size[1], TEXT) if wanted[1][0] == "string" else 0), None
    if name == "validate":
        return part(part(arguments[0].size[1], TEXT), _FORMAT_REGEX * REGEX), None
    return _SCALAR_CALL


def _equality(name: str, left: Operand, right: Operand) -> int:
    if name == "_==_" and left.type == right.type:
        kind = left.type[0]
        if kind in _CHEAP_EQUALITY:
            return 1
        if kind == "Format":
            return part(_FORMAT_SIZE, TEXT)
        if kind == "URL":
            return part(right.given[1] if right.given else 1, TEXT)
    return _smaller(left, right)


def _smaller(left: Operand, right: Operand) -> int:
    return part(min(left.size[1], right.size[1]), TEXT)


def _sum(kind: str, left: Operand, right: Operand) -> Call:
    if kind not in ("string", "bytes", "list"):
        return _SCALAR_CALL
    size = together(left.size, right.size)
    return 1 if kind == "list" else part(size[1], TEXT), size


def _items(estimator: Estimator, whole: Operand) -> Operand | None:
    """Return what stands for the items of a list, None of what is none."""
    if len(whole.type) < 2:
        return None
    path = (*whole.path, "@items") if whole.path else ()
    return type(whole)(whole.type[1], path, estimator.sizes(path) if path else None)


def _whole(estimator: Estimator, receiver: Operand) -> int:
    items = _items(estimator, receiver)
    if items is None:
        return part(receiver.size[1], TEXT)
    each = total(1, part(items.size[1], TEXT)) if items.type[0] in ("string", "bytes") else 1
    return times(receiver.size[1], each)


def _replaced(size: Size, old: Size, new: Size) -> Size:
    """Return how long a text may be in which `old` is replaced by `new`."""
    found = []
    for whole, before, after, same in ((size[0], old[1], new[0], old[1] <= new[0]),
                                       (size[1], old[0], new[1], new[1] <= old[0])):
        if before == 0:
            found.append(total(times(total(whole, 1), after), whole))
        elif same:
            found.append(whole)
        else:
            found.append(times(-(-whole // before), after))
    return found[0], found[1]


def _join(estimator: Estimator, receiver: Operand, arguments: list[Operand]) -> Call:
    items = _items(estimator, receiver)
    size = product(receiver.size, items.size) if items else (0, 0)
    if arguments:
        between = max(receiver.size[0] - 1, 0), max(receiver.size[1] - 1, 0)
        size = together(size, product(arguments[0].size, between))
    return part(size[1], TEXT), size


def _of_lists(name: str, wanted: list[Type], receiver: Operand | None, arguments: list[Operand]) -> Call:
    """Functions that make a list of a list: what they go through, the call and the new list."""
    factor, size = 1.0, UNKNOWN if receiver is None else receiver.size
    if name in ("distinct", "sort", "@sortByAssociatedKeys"):
        keys = wanted[-1][1]
        if name == "@sortByAssociatedKeys":
            size = arguments[0].size
        size, factor = product(size, size), 2.0
        if name != "distinct" and keys[0] in ("string", "bytes"):
            factor += TEXT
    elif name == "lists.range":
        size = _fixed(_number(arguments[0], MOST))
    elif name == "slice":
        size = _fixed((_number(arguments[1], size[1]) - _number(arguments[0], 0)) % (MOST + 1))
    return total(part(size[1], factor), 1, LIST), size


def _fixed(size: int) -> Size:
    return size, size


def _number(operand: Operand, otherwise: int) -> int:
    literal = operand.literal
    return max(literal, 0) if isinstance(literal, int) and operand.type == ("int",) else otherwise
