"""Which documents a filter finds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .paths import MISSING, found
from .values import MongoError, Regex, bad, is_number, kind, number, order, same

Document = dict[str, Any]


def matches(document: Document, wanted: Any, expression: Callable[[Document, Any], Any] | None = None) -> bool:
    """Tell whether a document is found by a filter; raise MongoError where that is none.

    `expression` works out what `$expr` has (expressions.py).
    """
    if not isinstance(wanted, dict):
        raise MongoError(14, "TypeMismatch", "filter must be an object")
    for name, condition in wanted.items():
        if name in ("$and", "$or", "$nor"):
            if not isinstance(condition, list) or not condition:
                raise bad(
                    f"{name} argument must be a non-empty array"
                    if isinstance(condition, list)
                    else f"{name} must be an array"
                )
            good = [matches(document, each, expression) for each in condition]
            if not {"$and": all(good), "$or": any(good), "$nor": not any(good)}[name]:
                return False
        elif name == "$expr":
            if expression is None or not truth(expression(document, condition)):
                return False
        elif name == "$comment":
            continue
        elif name == "$where":
            raise MongoError(2, "BadValue", "$where is not allowed in this context")
        elif name.startswith("$"):
            raise bad(
                f"unknown top level operator: {name}. If you have a field name that starts with a '$' symbol, "
                "consider using $getField or $setField."
            )
        elif not _field(found(document, name), condition):
            return False
    return True


def truth(value: Any) -> bool:
    """Tell whether an expression's value is taken for true."""
    return (
        value is not None
        and value is not MISSING
        and value is not False
        and not (is_number(value) and number(value) == 0)
    )


def element(value: Any, condition: Any) -> bool:
    """Tell whether an array's element is one that $elemMatch and $pull mean."""
    if is_operators(condition):
        return _field([value], condition)
    if isinstance(condition, dict):
        return isinstance(value, dict) and matches(value, condition)
    return _field([value], condition)


def is_operators(condition: Any) -> bool:
    """Tell whether a condition is made of operators, and no document to be equal to."""
    return (
        isinstance(condition, dict)
        and bool(condition)
        and next(iter(condition)).startswith("$")
        and next(iter(condition)) not in ("$ref", "$id", "$db")
    )


def _field(values: list[Any], condition: Any) -> bool:
    if is_operators(condition):
        return all(_operator(values, name, argument, condition) for name, argument in condition.items())
    if isinstance(condition, Regex):
        return any(isinstance(each, str) and condition.matches(each) for each in _spread(values))
    return _equal(values, condition)


def _spread(values: list[Any]) -> list[Any]:
    """Values, and of arrays their elements, too."""
    out = list(values)
    for each in values:
        if isinstance(each, list):
            out += each
    return out


def _equal(values: list[Any], wanted: Any) -> bool:
    if wanted is None:
        return any(each is MISSING or each is None for each in _spread(values))
    return any(each is not MISSING and same(each, wanted) for each in _spread(values))


def _compare(values: list[Any], wanted: Any, good: Callable[[Any, Any], bool]) -> bool:
    place, key = kind(wanted)[0], order(wanted)
    return any(each is not MISSING and kind(each)[0] == place and good(order(each), key) for each in _spread(values))


_TYPES = {"number": ("int", "long", "double", "decimal")}


def _typed(values: list[Any], wanted: Any) -> bool:
    names = {
        name for each in (wanted if isinstance(wanted, list) else [wanted]) for name in _TYPES.get(str(each), (each,))
    }
    return any(each is not MISSING and (kind(each)[1] in names or kind(each)[2] in names) for each in _spread(values))


def _operator(values: list[Any], name: str, argument: Any, whole: Document) -> bool:
    if name in ("$eq", "$ne"):
        good = _field(values, argument) if isinstance(argument, Regex) else _equal(values, argument)
        return good == (name == "$eq")
    if name in ("$gt", "$gte", "$lt", "$lte"):
        if argument is None:
            return name in ("$gte", "$lte") and _equal(values, None)
        return _compare(
            values,
            argument,
            {
                "$gt": lambda a, b: a > b,
                "$gte": lambda a, b: a >= b,
                "$lt": lambda a, b: a < b,
                "$lte": lambda a, b: a <= b,
            }[name],
        )
    if name in ("$in", "$nin"):
        if not isinstance(argument, list):
            raise bad(f"{name} needs an array")
        return any(_field(values, each) for each in argument) == (name == "$in")
    if name == "$exists":
        return any(each is not MISSING for each in values) == truth(argument)
    if name == "$not":
        if not isinstance(argument, (dict, Regex)):
            raise bad("$not needs a regex or a document")
        return not _field(values, argument)
    if name == "$regex":
        pattern = argument if isinstance(argument, Regex) else Regex((str(argument), whole.get("$options", "")))
        return _field(values, pattern)
    if name in ("$options", "$comment"):
        return True
    return _special(values, name, argument)


def _special(values: list[Any], name: str, argument: Any) -> bool:
    if name == "$size":
        if not is_number(argument):
            raise bad(f"Failed to parse $size. Expected a number in: $size: {argument!r}".replace("'", '"'))
        return any(isinstance(each, list) and len(each) == number(argument) for each in values)
    if name == "$all":
        if not isinstance(argument, list):
            raise bad("$all needs an array")
        return bool(argument) and all(
            _special(values, "$elemMatch", each["$elemMatch"])
            if isinstance(each, dict) and "$elemMatch" in each
            else _field(values, each)
            for each in argument
        )
    if name == "$elemMatch":
        if not isinstance(argument, dict):
            raise bad("$elemMatch needs an Object")
        return any(isinstance(each, list) and any(element(item, argument) for item in each) for each in values)
    if name == "$type":
        return _typed(values, argument)
    if name == "$mod":
        if not isinstance(argument, list) or len(argument) != 2:
            raise bad("malformed mod, not enough elements")
        return any(
            is_number(each) and int(number(each)) % number(argument[0]) == number(argument[1])
            for each in _spread(values)
        )
    raise bad(f"unknown operator: {name}")
