"""The stages of an aggregation: documents in, documents out (docs/reference/operator/aggregation-pipeline)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import paths
from .expressions import evaluate
from .expressionvalues import average, deviation, extreme, total
from .match import matches
from .paths import MISSING
from .update import sort
from .values import MongoError, bad, copied, is_number, kind, number, order, same, told

Document = dict[str, Any]
Others = Callable[[str], list[Document]]  # the documents of another collection of the database


def run(documents: list[Document], stages: Any, others: Others) -> list[Document]:
    """Return what a pipeline makes of documents. $out and $merge are the caller's (collection.py)."""
    if not isinstance(stages, list):
        raise MongoError(14, "TypeMismatch", "'pipeline' option must be specified as an array")
    for stage in stages:
        if not isinstance(stage, dict) or len(stage) != 1:
            raise MongoError(
                40323, "Location40323", "A pipeline stage specification object must contain exactly one field."
            )
        ((name, argument),) = stage.items()
        does = _STAGES.get(name)
        if does is None:
            raise MongoError(40324, "Location40324", f"Unrecognized pipeline stage name: '{name}'")
        documents = does(documents, argument, others)
    return documents


def _match(documents: list[Document], argument: Any, others: Others) -> list[Document]:
    return [each for each in documents if matches(each, argument, evaluate)]


def _sort(documents: list[Document], argument: Any, others: Others) -> list[Document]:
    if not isinstance(argument, dict) or not argument:
        raise MongoError(15976, "Location15976", "$sort stage must have at least one sort key")
    out = list(documents)
    sort(out, argument)
    return out


def _limit(documents: list[Document], argument: Any, others: Others) -> list[Document]:
    if not is_number(argument) or number(argument) <= 0:
        raise MongoError(15958, "Location15958", "the limit must be positive")
    return documents[: int(number(argument))]


def _skip(documents: list[Document], argument: Any, others: Others) -> list[Document]:
    return documents[int(number(argument)) :]


def projected(document: Document, fields: Any, wanted: Any = None) -> Document:
    """Return the part of a document that a projection names; its values may be expressions."""
    if not isinstance(fields, dict) or not fields:
        return document
    flags = {name: bool(number(value)) for name, value in fields.items() if is_number(value) or isinstance(value, bool)}
    rest = {name: value for name, value in fields.items() if name not in flags}
    shown = [flag for name, flag in flags.items() if name != "_id"]
    if any(shown) and not all(shown):
        name = next(name for name, flag in flags.items() if name != "_id" and flag != shown[0])
        raise MongoError(
            31254 if shown[0] else 31253,
            f"Location{31254 if shown[0] else 31253}",
            f"Cannot do {'exclusion' if shown[0] else 'inclusion'} on field {name} in "
            f"{'inclusion' if shown[0] else 'exclusion'} projection",
        )
    makes = {
        name: value
        for name, value in rest.items()
        if not (isinstance(value, dict) and next(iter(value), "") in ("$slice", "$elemMatch"))
    }
    includes = any(shown) or bool(makes) or (flags.get("_id") is True and not shown)
    if includes:
        out: Document = {}
        if flags.get("_id", True) and "_id" in document and "_id" not in rest:
            out["_id"] = document["_id"]
        keep = {name for name, flag in flags.items() if flag and name != "_id"} | (rest.keys() - makes.keys())
        for each in _kept(document, [name.split(".") for name in keep]).items():
            out[each[0]] = each[1]
    else:
        out = copied(document)
        for name, flag in flags.items():
            if not flag:
                _drop(out, name.split("."))
    for name, value in rest.items():
        _made(out, document, name, value)
    return out


def _kept(value: Any, names: list[list[str]]) -> Any:
    """Return a value with what paths lead to, in its own order."""
    if isinstance(value, list):
        return [_kept(each, names) for each in value if isinstance(each, (dict, list))]
    out = {}
    for name, each in value.items():
        inner = [path[1:] for path in names if path[0] == name]
        if [] in inner:
            out[name] = copied(each)
        elif inner and isinstance(each, (dict, list)):
            out[name] = _kept(each, inner)
    return out


def _drop(value: Any, names: list[str]) -> None:
    if isinstance(value, list):
        for each in value:
            _drop(each, names)
    elif isinstance(value, dict) and names[0] in value:
        if len(names) == 1:
            del value[names[0]]
        else:
            _drop(value[names[0]], names[1:])


def _made(out: Document, document: Document, name: str, value: Any) -> None:
    """Put in what a projection works out."""
    if isinstance(value, dict) and next(iter(value), "") == "$elemMatch":
        items = paths.get(document, name)
        hits = [each for each in items if matches({"x": [each]}, {"x": value})] if isinstance(items, list) else []
        out.pop(name, None)
        if hits:
            out[name] = [copied(hits[0])]
        return
    if isinstance(value, dict) and next(iter(value), "") == "$slice" and not isinstance(value["$slice"], list):
        items = paths.get(document, name)
        if isinstance(items, list):
            count = int(number(value["$slice"]))
            paths.put(out, name, items[:count] if count >= 0 else items[count:])
        return
    made = evaluate(document, value)
    if made is not MISSING:
        paths.put(out, name, made)


def _project(documents: list[Document], argument: Any, others: Others) -> list[Document]:
    if not isinstance(argument, dict) or not argument:
        raise MongoError(
            51272,
            "Location51272",
            "Invalid $project :: caused by :: projection specification must have at least one field",
        )
    return [projected(each, argument) for each in documents]


def _add_fields(documents: list[Document], argument: Any, others: Others) -> list[Document]:
    out = []
    for each in documents:
        made: Document = copied(each)
        for name, value in argument.items():
            found = evaluate(each, value)
            if found is MISSING:
                paths.take(made, name)
            else:
                paths.put(made, name, found)
        out.append(made)
    return out


def _unset(documents: list[Document], argument: Any, others: Others) -> list[Document]:
    names = argument if isinstance(argument, list) else [argument]
    return [projected(each, dict.fromkeys(names, 0)) for each in documents]


_ACCUMULATORS: dict[str, Callable[[list[Any]], Any]] = {
    "$sum": total,
    "$avg": average,
    "$min": lambda values: extreme(values, False),
    "$max": lambda values: extreme(values, True),
    "$first": lambda values: values[0] if values else None,
    "$last": lambda values: values[-1] if values else None,
    "$push": lambda values: [each for each in values if each is not MISSING],
    "$count": len,
    "$stdDevPop": lambda values: deviation(values, False),
    "$stdDevSamp": lambda values: deviation(values, True),
    "$mergeObjects": lambda values: {
        name: value for each in values if isinstance(each, dict) for name, value in each.items()
    },
}


def _accumulated(name: str, values: list[Any]) -> Any:
    if name == "$addToSet":
        out: list[Any] = []
        for each in values:
            if each is not MISSING and not any(same(each, other) for other in out):
                out.append(each)
        return out
    does = _ACCUMULATORS.get(name)
    if does is None:
        raise MongoError(15952, "Location15952", f"unknown group operator '{name}'")
    found = does(values)
    return None if found is MISSING else found


def _group(documents: list[Document], argument: Any, others: Others) -> list[Document]:
    if not isinstance(argument, dict) or "_id" not in argument:
        raise MongoError(15955, "Location15955", "a group specification must include an _id")
    groups: dict[str, tuple[Any, list[Document]]] = {}
    for each in documents:
        value = evaluate(each, argument["_id"])
        value = None if value is MISSING else value
        groups.setdefault(repr(order(value)), (value, []))[1].append(each)
    out = []
    for value, members in groups.values():
        made: Document = {"_id": value}
        for name, how in argument.items():
            if name == "_id":
                continue
            if not isinstance(how, dict) or len(how) != 1:
                raise MongoError(40234, "Location40234", f"The field '{name}' must be an accumulator object")
            ((operator, inner),) = how.items()
            made[name] = _accumulated(operator, [evaluate(each, inner) for each in members])
        out.append(made)
    return out


def _unwind(documents: list[Document], argument: Any, others: Others) -> list[Document]:
    options = argument if isinstance(argument, dict) else {"path": argument}
    if not str(options["path"]).startswith("$"):
        raise MongoError(
            28818, "Location28818", f"path option to $unwind stage should be prefixed with a '$': {options['path']}"
        )
    path, out = options["path"][1:], []
    for each in documents:
        value = paths.get(each, path)
        items = value if isinstance(value, list) else [] if value is MISSING or value is None else [value]
        for at, item in enumerate(items):
            made: Document = copied(each)
            paths.put(made, path, copied(item))
            if options.get("includeArrayIndex"):
                made[options["includeArrayIndex"]] = at if isinstance(value, list) else None
            out.append(made)
        if not items and options.get("preserveNullAndEmptyArrays"):
            made = copied(each)
            if value == []:
                paths.take(made, path)
            out.append(made)
    return out


def _count(documents: list[Document], argument: Any, others: Others) -> list[Document]:
    return [{argument: len(documents)}] if documents else []


def _lookup(documents: list[Document], argument: Any, others: Others) -> list[Document]:
    joined, out = others(argument["from"]), []
    for each in documents:
        found = joined
        if "localField" in argument:
            local = paths.found(each, argument["localField"])
            values = [item for one in local for item in (one if isinstance(one, list) else [one])]
            wanted = {argument["foreignField"]: {"$in": [None if one is MISSING else one for one in values]}}
            found = [one for one in joined if matches(one, wanted)]
        if "pipeline" in argument:
            names = {name: evaluate(each, value) for name, value in argument.get("let", {}).items()}
            stages = [
                {"$match": _bound(stage["$match"], names)} if "$match" in stage else stage
                for stage in argument["pipeline"]
            ]
            found = run(found, stages, others)
        out.append({**each, argument["as"]: copied(found)})
    return out


def _bound(value: Any, names: dict[str, Any]) -> Any:
    """Return a filter in which variables of a $lookup have their values."""
    if isinstance(value, str) and value[:2] == "$$" and value[2:] in names:
        found = names[value[2:]]
        return {"$literal": None if found is MISSING else found}
    if isinstance(value, dict):
        return {name: _bound(each, names) for name, each in value.items()}
    return [_bound(each, names) for each in value] if isinstance(value, list) else value


def _replace_root(documents: list[Document], argument: Any, others: Others) -> list[Document]:
    expression = argument["newRoot"] if isinstance(argument, dict) and "newRoot" in argument else argument
    out = [evaluate(each, expression) for each in documents]
    for each in out:
        if not isinstance(each, dict):
            raise MongoError(
                40228,
                "Location40228",
                "'newRoot' expression must evaluate to an object, but resulting value "
                f"was: {'MISSING' if each is MISSING else told(each)}",
            )
    return out


def _sort_by_count(documents: list[Document], argument: Any, others: Others) -> list[Document]:
    return _sort(_group(documents, {"_id": argument, "count": {"$sum": 1}}, others), {"count": -1}, others)


def _bucket(documents: list[Document], argument: Any, others: Others) -> list[Document]:
    from itertools import pairwise

    bounds = argument["boundaries"]
    branches = [
        {"case": {"$and": [{"$gte": [argument["groupBy"], low]}, {"$lt": [argument["groupBy"], high]}]}, "then": low}
        for low, high in pairwise(bounds)
    ]
    switch: Document = {"branches": branches}
    if "default" in argument:
        switch["default"] = argument["default"]
    how = argument.get("output") or {"count": {"$sum": 1}}
    return _sort(_group(documents, {"_id": {"$switch": switch}, **how}, others), {"_id": 1}, others)


def _facet(documents: list[Document], argument: Any, others: Others) -> list[Document]:
    return [{name: run(documents, stages, others) for name, stages in argument.items()}]


def _sample(documents: list[Document], argument: Any, others: Others) -> list[Document]:
    return documents[: int(number(argument["size"]))]


def _union(documents: list[Document], argument: Any, others: Others) -> list[Document]:
    if isinstance(argument, str):
        return documents + others(argument)
    if not isinstance(argument, dict):
        raise bad(f"the $unionWith stage specification must be an object or string, but found {kind(argument)[1]}")
    return documents + run(others(argument["coll"]), argument.get("pipeline", []), others)


_STAGES: dict[str, Callable[[list[Document], Any, Others], list[Document]]] = {
    "$match": _match,
    "$sort": _sort,
    "$limit": _limit,
    "$skip": _skip,
    "$project": _project,
    "$group": _group,
    "$addFields": _add_fields,
    "$set": _add_fields,
    "$unset": _unset,
    "$unwind": _unwind,
    "$count": _count,
    "$lookup": _lookup,
    "$replaceRoot": _replace_root,
    "$replaceWith": _replace_root,
    "$sortByCount": _sort_by_count,
    "$bucket": _bucket,
    "$facet": _facet,
    "$sample": _sample,
    "$unionWith": _union,
}
