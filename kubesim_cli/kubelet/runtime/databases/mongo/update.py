"""What updates make of a document: $set and its kin (docs/reference/operator/update)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import match, paths
from .paths import MISSING
from .values import Date, Decimal, Long, MongoError, copied, is_number, kind, number, order, plain, same, told

Document = dict[str, Any]


def updated(document: Document, change: Document, wanted: Document, now: float, inserted: bool = False) -> Document:
    """Return a document as an update leaves it.

    `wanted`: the filter that found it, for `$` in paths; `now`: seconds since 1970;
    `inserted`: it is made by an upsert.
    """
    out: Document = copied(document)
    if not change or not next(iter(change)).startswith("$"):
        return replaced(document, change)
    for name, fields in change.items():
        operator = _OPERATORS.get(name)
        if operator is None:
            raise MongoError(
                9,
                "FailedToParse",
                f"Unknown modifier: {name}. Expected a valid update modifier or pipeline-"
                "style update specified as an array",
            )
        if not isinstance(fields, dict):
            raise MongoError(
                9,
                "FailedToParse",
                f"Modifiers operate on fields but we found type {kind(fields)[1]} "
                f"instead. For example: {{$mod: {{<field>: ...}}}} not "
                f"{{{name}: {told(fields)}}}",
            )
        if name == "$setOnInsert" and not inserted:
            continue
        for path, argument in fields.items():
            if argument.__class__ is type(MISSING):
                continue
            for each in _places(out, path, wanted):
                operator(out, each, argument, now)
    if "_id" in document and not same(out.get("_id", MISSING), document["_id"]):
        raise MongoError(
            66, "ImmutableField", "Performing an update on the path '_id' would modify the immutable field '_id'"
        )
    return out


def replaced(document: Document, by: Document) -> Document:
    """Return what stands in a document's place, under its _id."""
    for name in by:
        if name.startswith("$"):
            raise MongoError(
                52,
                "DollarPrefixedFieldName",
                f"The dollar ($) prefixed field '{name}' in '{name}' is not "
                "allowed in the context of an update's replacement document. "
                "Consider using an aggregation pipeline with $replaceWith.",
            )
    if "_id" in by and "_id" in document and not same(by["_id"], document["_id"]):
        raise MongoError(
            66,
            "ImmutableField",
            f"After applying the update, the (immutable) field '_id' was found to have "
            f"been altered to _id: {told(by['_id'])}",
        )
    start = {"_id": document["_id"]} if "_id" in document else {}
    out: Document = copied({**start, **by})
    return out


def _places(document: Document, path: str, wanted: Document) -> list[str]:
    """Return the paths that one with `$`, `$[]` in it stands for."""
    if "$" not in path:
        return [path]
    names = path.split(".")
    at = next((place for place, name in enumerate(names) if name.startswith("$")), None)
    if at is None:
        return [path]
    before = ".".join(names[:at])
    array = paths.get(document, before)
    if not isinstance(array, list):
        raise MongoError(2, "BadValue", "The positional operator did not find the match needed from the query.")
    if names[at] == "$[]":
        hits = list(range(len(array)))
    else:
        hits = [place for place, item in enumerate(array) if _meant(item, before, wanted)][:1]
        if not hits:
            raise MongoError(2, "BadValue", "The positional operator did not find the match needed from the query.")
    return [each for hit in hits for each in _places(document, ".".join([before, str(hit), *names[at + 1 :]]), wanted)]


def _meant(item: Any, path: str, wanted: Document) -> bool:
    for name, condition in wanted.items():
        if name == path:
            inner = (
                condition.get("$elemMatch") if isinstance(condition, dict) and "$elemMatch" in condition else condition
            )
            if match.element(item, inner):
                return True
        elif name.startswith(path + ".") and isinstance(item, dict):
            return match.matches(item, {name[len(path) + 1 :]: condition})
    return False


def _set(out: Document, path: str, argument: Any, now: float) -> None:
    paths.put(out, path, copied(argument))


def _unset(out: Document, path: str, argument: Any, now: float) -> None:
    paths.take(out, path)


def _arithmetic(name: str, does: Callable[[Any, Any], Any]) -> Callable[[Document, str, Any, float], None]:
    word = {"$inc": "increment", "$mul": "multiply"}[name]

    def run(out: Document, path: str, argument: Any, now: float) -> None:
        if not is_number(argument):
            raise MongoError(
                14, "TypeMismatch", f"Cannot {word} with non-numeric argument: {{{path}: {told(argument)}}}"
            )
        before = paths.get(out, path)
        if before is MISSING:
            paths.put(out, path, argument if name == "$inc" else 0)
            return
        if not is_number(before):
            raise MongoError(
                14,
                "TypeMismatch",
                f"Cannot apply {name} to a value of non-numeric type. "
                f"{{_id: {told(out.get('_id'))}}} has the field "
                f"'{path.rpartition('.')[2]}' of non-numeric type {kind(before)[1]}",
            )
        if isinstance(before, Decimal) or isinstance(argument, Decimal):
            from decimal import Decimal as Exact

            exact = [
                Exact(str(each.inside if isinstance(each, (Decimal, Long)) else each)) for each in (before, argument)
            ]
            paths.put(out, path, Decimal(str(does(*exact))))
            return
        after = plain(does(number(before), number(argument)))
        paths.put(out, path, Long(after) if isinstance(before, Long) or isinstance(argument, Long) else after)

    return run


def _bound(better: Callable[[Any, Any], bool]) -> Callable[[Document, str, Any, float], None]:
    def run(out: Document, path: str, argument: Any, now: float) -> None:
        before = paths.get(out, path)
        if before is MISSING or better(order(argument), order(before)):
            paths.put(out, path, copied(argument))

    return run


def _rename(out: Document, path: str, argument: Any, now: float) -> None:
    value = paths.get(out, path)
    if value is not MISSING:
        paths.take(out, path)
        paths.take(out, argument)
        paths.put(out, argument, value)


def _current_date(out: Document, path: str, argument: Any, now: float) -> None:
    paths.put(out, path, Date(int(now * 1000)))


def _array(out: Document, path: str, what: str) -> list[Any]:
    """Return the array that a path leads to, made where there is none."""
    found = paths.get(out, path)
    if found is MISSING:
        paths.put(out, path, [])
        found = paths.get(out, path)
    if not isinstance(found, list):
        raise MongoError(
            2,
            "BadValue",
            what.format(path=path, name=path.rpartition(".")[2], kind=kind(found)[1], id=told(out.get("_id"))),
        )
    return found


def _push(out: Document, path: str, argument: Any, now: float) -> None:
    array = _array(out, path, "The field '{name}' must be an array but is of type {kind} in document {{_id: {id}}}")
    if not (isinstance(argument, dict) and "$each" in argument):
        array.append(copied(argument))
        return
    items = copied(argument["$each"])
    if not isinstance(items, list):
        raise MongoError(
            2, "BadValue", f"The argument to $each in $push must be an array but it was of type {kind(items)[1]}"
        )
    place = argument.get("$position")
    place = len(array) if place is None else int(number(place))
    array[place:place] = items
    if "$sort" in argument:
        sort(array, argument["$sort"])
    if "$slice" in argument:
        count = int(number(argument["$slice"]))
        array[:] = array[:count] if count > 0 else array[count:] if count < 0 else []


def _add_to_set(out: Document, path: str, argument: Any, now: float) -> None:
    array = _array(
        out, path, "Cannot apply $addToSet to non-array field. Field named '{name}' has non-array type {kind}"
    )
    for each in argument["$each"] if isinstance(argument, dict) and "$each" in argument else [argument]:
        if not any(same(each, item) for item in array):
            array.append(copied(each))


def _pop(out: Document, path: str, argument: Any, now: float) -> None:
    if paths.get(out, path) is not MISSING:
        array = _array(out, path, "Path '{path}' contains an element of non-array type '{kind}'")
        if array:
            array.pop(0 if number(argument) < 0 else -1)


def _pull(out: Document, path: str, argument: Any, now: float) -> None:
    if paths.get(out, path) is not MISSING:
        array = _array(out, path, "Cannot apply $pull to a non-array value")
        array[:] = [each for each in array if not match.element(each, argument)]


def _pull_all(out: Document, path: str, argument: Any, now: float) -> None:
    if paths.get(out, path) is not MISSING:
        array = _array(out, path, "Cannot apply $pull to a non-array value")
        array[:] = [each for each in array if not any(same(each, one) for one in argument)]


def sort(items: list[Any], by: Any) -> None:
    """Sort in place: by fields, {name: 1 or -1}, or by the values themselves, 1 or -1."""
    if not isinstance(by, dict):
        items.sort(key=order, reverse=number(by) < 0)
        return
    for path, direction in reversed(list(by.items())):
        down = is_number(direction) and number(direction) < 0
        items.sort(key=lambda each, path=path, down=down: _sort_key(each, path, down), reverse=down)


def _sort_key(document: Any, path: str, down: bool) -> tuple[Any, ...]:
    """Return the key of a document: of an array its smallest element, or its largest."""
    values = paths.found(document, path)
    values = [item for each in values for item in (each if isinstance(each, list) and each else [each])]
    keys = [(0, 0) if each is MISSING or each == [] else order(each) for each in values]
    return max(keys) if down else min(keys)


_OPERATORS: dict[str, Callable[[Document, str, Any, float], None]] = {
    "$set": _set,
    "$setOnInsert": _set,
    "$unset": _unset,
    "$rename": _rename,
    "$currentDate": _current_date,
    "$inc": _arithmetic("$inc", lambda a, b: a + b),
    "$mul": _arithmetic("$mul", lambda a, b: a * b),
    "$min": _bound(lambda a, b: a < b),
    "$max": _bound(lambda a, b: a > b),
    "$push": _push,
    "$addToSet": _add_to_set,
    "$pop": _pop,
    "$pull": _pull,
    "$pullAll": _pull_all,
}
