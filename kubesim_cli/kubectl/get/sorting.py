"""The order of `get --sort-by` (pkg/cmd/get/sorter.go)."""

from __future__ import annotations

from ...go import sort as gosort
from ...go.fmt import quote
from ...machinery import quantity
from ...machinery.jsonpath import JSONPath, JSONPathError, relaxed
from ...releases.kubectl import does
from ...releases.server import go_version
from ..failures import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from ...machinery.types import Json, Release

    Item = TypeVar("Item")

_MISSING = object()


class Unsortable(Exception):
    """Values that have no order; its text tells why."""


def sort(items: list[Item], expression: str, release: Release,
         obj_of: Callable[[Item], Json] = lambda item: item, loose: bool = False) -> list[Item]:
    """Return items in the order of a field of their objects; those without it come first.

    `expression` is a JSONPath as in `.metadata.name`; numbers sort as such, and so do strings that are quantities.
    Releases before "PlainSort" also compare the numbers in strings as such. `loose`: what is no path is taken for a
    template, whose first piece counts, as kubectl does it with rows of a Table (SortingPrinter.PrintObj).
    Raises Failure for a wrong expression and where no object has the field, Unsortable for values without order.
    """
    try:
        try:
            field = relaxed(expression)
        except JSONPathError:
            if not loose:
                raise
            field = expression
        path = JSONPath(field)
        keys = [_first(path.find(obj_of(item))) for item in items]
    except JSONPathError as error:
        raise Failure(str(error)) from None
    if items and all(key is _MISSING for key in keys):
        raise Failure(f"couldn't find any field with path {quote(field)} in the list of objects")
    order = list(range(len(items)))
    amounts = [_is_quantity(key) for key in keys]
    plain = does("PlainSort", release)

    def less(i: int, j: int) -> bool:
        if keys[i] is _MISSING or keys[j] is _MISSING:
            return keys[i] is _MISSING
        if amounts[i] and amounts[j]:
            return quantity.compare(keys[i], keys[j]) < 0
        if not plain and isinstance(keys[i], str) and isinstance(keys[j], str):
            return _natural(keys[i]) < _natural(keys[j])
        return _less(keys[i], keys[j])

    gosort.sort(order, less, go_version(release))
    return [items[i] for i in order]


def _first(found: list[list[Json]]) -> Json:
    return found[0][0] if found and found[0] else _MISSING


def _is_quantity(key: Json) -> bool:
    if not isinstance(key, str) or key[:1] not in "+-.0123456789" or not key:
        return False
    try:
        quantity.canonical(key)
    except ValueError:
        return False
    return True


def _natural(text: str) -> list[tuple[object, ...]]:
    """The key of the order of sortorder.NaturalLess: runs of digits are numbers, and come before other characters."""
    import re

    return [(0, int(run), len(run)) if run.isdigit() else (1, run) for run in re.findall(r"[0-9]+|[^0-9]+", text)]


def _less(left: Json, right: Json) -> bool:
    """Compare two values; raises Unsortable (isLess, case reflect.Interface)."""
    if left is None or right is None:
        return left is None and right is not None
    if type(left) not in (str, int, float):
        raise Unsortable(f"unsortable type: {_go_type(left)}")
    if type(left) is not type(right):
        raise Unsortable("unsortable interface: interface")
    return bool(left < right)


def _go_type(value: Json) -> str:
    return {bool: "bool", dict: "map[string]interface {}", list: "[]interface {}"}[type(value)]
