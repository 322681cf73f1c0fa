"""Expressions of aggregations: `"$price"`, `{$multiply: ["$price", "$count"]}`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .expressionvalues import PLAIN
from .match import truth
from .paths import MISSING
from .values import (
    Date,
    MongoError,
    Regex,
    kind,
)

Names = dict[str, Any]


def evaluate(document: Any, expression: Any, names: Names | None = None) -> Any:
    """Return an expression's value for a document; MISSING where there is none. `names`: variables, `$$NAME`."""
    if isinstance(expression, str) and expression.startswith("$"):
        if not expression.startswith("$$"):
            return _walk(document, expression[1:])
        name, _, path = expression[2:].partition(".")
        known = {"ROOT": document, "CURRENT": document, "REMOVE": MISSING, **(names or {})}
        if name not in known:
            raise MongoError(17276, "Location17276", f"Use of undefined variable: {name}")
        return _walk(known[name], path) if path else known[name]
    if isinstance(expression, list):
        return [_given(evaluate(document, each, names)) for each in expression]
    if not isinstance(expression, dict):
        return expression
    if len(expression) == 1 and (name := next(iter(expression))).startswith("$"):
        return _operator(document, name, expression[name], names)
    out = {}
    for name, each in expression.items():
        if name.startswith("$"):
            raise MongoError(
                15983,
                "Location15983",
                "An object representing an expression must have exactly one field: "
                f"{{ {', '.join(f'{key}: ...' for key in expression)} }}",
            )
        value = evaluate(document, each, names)
        if value is not MISSING:
            out[name] = value
    return out


def _given(value: Any) -> Any:
    return None if value is MISSING else value


def _walk(value: Any, path: str) -> Any:
    """Return what a path leads to; of an array, what it leads to in each element."""
    name, _, rest = path.partition(".")
    if isinstance(value, list):
        return [each for each in (_walk(item, path) for item in value) if each is not MISSING]
    if not isinstance(value, dict) or name not in value:
        return MISSING
    return _walk(value[name], rest) if rest else value[name]


def _operator(document: Any, name: str, argument: Any, names: Names | None) -> Any:
    special = _SPECIAL.get(name)
    if special is not None:
        return special(document, argument, names or {})
    does = PLAIN.get(name)
    if does is None:
        raise MongoError(168, "InvalidPipelineOperator", f"Unrecognized expression '{name}'")
    values = (
        [evaluate(document, each, names) for each in argument]
        if isinstance(argument, list)
        else [evaluate(document, argument, names)]
    )
    try:
        return does(*values)
    except (TypeError, ValueError, AttributeError, LookupError, OverflowError):
        raise MongoError(
            16020,
            "Location16020",
            f"Expression {name} does not take arguments of these kinds: "
            f"{', '.join('missing' if each is MISSING else kind(each)[1] for each in values)}",
        ) from None


# Those that look at their arguments themselves


def _cond(document: Any, argument: Any, names: Names) -> Any:
    parts = [argument.get(each) for each in ("if", "then", "else")] if isinstance(argument, dict) else argument
    if len(parts) != 3:
        raise MongoError(
            16020, "Location16020", f"Expression $cond takes exactly 3 arguments. {len(parts)} were passed in."
        )
    return evaluate(document, parts[1] if truth(evaluate(document, parts[0], names)) else parts[2], names)


def _switch(document: Any, argument: Any, names: Names) -> Any:
    for branch in argument.get("branches", []):
        if truth(evaluate(document, branch["case"], names)):
            return evaluate(document, branch["then"], names)
    if "default" not in argument:
        raise MongoError(
            40066,
            "Location40066",
            "$switch could not find a matching branch for an input, and no default was specified.",
        )
    return evaluate(document, argument["default"], names)


def _and(document: Any, argument: Any, names: Names) -> bool:
    return all(truth(evaluate(document, each, names)) for each in _listed(argument))


def _or(document: Any, argument: Any, names: Names) -> bool:
    return any(truth(evaluate(document, each, names)) for each in _listed(argument))


def _listed(argument: Any) -> list[Any]:
    return argument if isinstance(argument, list) else [argument]


def _items(document: Any, argument: dict[str, Any], names: Names, what: str) -> list[Any] | None:
    items = evaluate(document, argument.get("input"), names)
    if items is None or items is MISSING:
        return None
    if not isinstance(items, list):
        raise MongoError(28651, "Location28651", f"input to {what} must be an array not {kind(items)[1]}")
    return items


def _map(document: Any, argument: Any, names: Names) -> Any:
    items = _items(document, argument, names, "$map")
    name = argument.get("as", "this")
    return (
        None if items is None else [_given(evaluate(document, argument["in"], {**names, name: each})) for each in items]
    )


def _filter(document: Any, argument: Any, names: Names) -> Any:
    items = _items(document, argument, names, "$filter")
    name = argument.get("as", "this")
    return (
        None
        if items is None
        else [each for each in items if truth(evaluate(document, argument["cond"], {**names, name: each}))]
    )


def _reduce(document: Any, argument: Any, names: Names) -> Any:
    items = _items(document, argument, names, "$reduce")
    value = evaluate(document, argument["initialValue"], names)
    for each in items or []:
        value = evaluate(document, argument["in"], {**names, "this": each, "value": value})
    return None if items is None else value


def _let(document: Any, argument: Any, names: Names) -> Any:
    made = {name: evaluate(document, each, names) for name, each in argument["vars"].items()}
    return evaluate(document, argument["in"], {**names, **made})


def _date_to_string(document: Any, argument: Any, names: Names) -> Any:
    from ...dates import strftime

    value = evaluate(document, argument["date"], names)
    if not isinstance(value, Date):
        return evaluate(document, argument.get("onNull"), names)
    form = argument.get("format", "%Y-%m-%dT%H:%M:%S.%LZ").replace("%L", f"{value.inside % 1000:03}")
    return strftime(form, value.inside // 1000)


def _regex_match(document: Any, argument: Any, names: Names) -> Any:
    text, pattern = (evaluate(document, argument[each], names) for each in ("input", "regex"))
    wanted = pattern if isinstance(pattern, Regex) else Regex((str(pattern), argument.get("options", "")))
    return isinstance(text, str) and wanted.matches(text)


_SPECIAL: dict[str, Callable[[Any, Any, Names], Any]] = {
    "$literal": lambda document, argument, names: argument,
    "$cond": _cond,
    "$switch": _switch,
    "$and": _and,
    "$or": _or,
    "$map": _map,
    "$filter": _filter,
    "$reduce": _reduce,
    "$let": _let,
    "$dateToString": _date_to_string,
    "$regexMatch": _regex_match,
    "$expr": lambda document, argument, names: evaluate(document, argument, names),
}
