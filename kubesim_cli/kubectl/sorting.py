"""The order of `get --sort-by` (pkg/cmd/get/sorter.go)."""

from __future__ import annotations

from ..api import quantity
from ..apiserver.field import show as quote
from . import gosort
from .context import Failure
from .printers.jsonpath import JSONPath, JSONPathError, relaxed

_MISSING = object()


class Unsortable(Failure):
    """A field whose values have no order."""


def sort(items: list, expression: str, obj_of=lambda item: item) -> list:
    """Return items in the order of a field of their objects; those without it come first.

    `expression` is a JSONPath as in `.metadata.name`; numbers sort as such, and so do strings that are quantities.
    Raises Failure for a wrong expression and where no object has the field, Unsortable for values without order.
    """
    try:
        field = relaxed(expression)
        path = JSONPath(field)
        keys = [_first(path.find(obj_of(item))) for item in items]
    except JSONPathError as error:
        raise Failure(str(error)) from None
    if items and all(key is _MISSING for key in keys):
        raise Failure(f"couldn't find any field with path {quote(field)} in the list of objects")
    order = list(range(len(items)))
    amounts = [_is_quantity(key) for key in keys]

    def less(i: int, j: int) -> bool:
        if keys[i] is _MISSING or keys[j] is _MISSING:
            return keys[i] is _MISSING
        if amounts[i] and amounts[j]:
            return quantity.compare(keys[i], keys[j]) < 0
        return _less(keys[i], keys[j], field)

    gosort.sort(order, less)
    return [items[i] for i in order]


def _first(found: list[list]):
    return found[0][0] if found and found[0] else _MISSING


def _is_quantity(key) -> bool:
    if not isinstance(key, str) or key[:1] not in "+-.0123456789" or not key:
        return False
    try:
        quantity.canonical(key)
    except ValueError:
        return False
    return True


def _less(left, right, field: str) -> bool:
    if left is None or right is None:
        return left is None and right is not None
    for types in ((str,), (int, float)):
        if type(left) in types:
            return type(right) in types and left < right
    raise Unsortable(f"Field {field} is an unsortable type", prefix="")
