"""JSON, and arrays, which are kept as JSON."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from .kinds import Value, json_text
from .values import text

if TYPE_CHECKING:
    from collections.abc import Callable



def _path(path: Value) -> list[Any]:
    return [int(index) if index else name.strip('"') if name else "*"
            for name, index in re.findall(r'\.("[^"]*"|\w+|\*)|\[(\d+)\]', text(path))]


def _walk(value: Any, steps: list[Any]) -> Any:
    for step in steps:
        if isinstance(value, dict) or (isinstance(value, list) and isinstance(step, int)):
            value = value[step]
        else:
            raise KeyError(step)
    return value


def _json_extract(value: Value, *paths: Value) -> str:
    whole, found = json.loads(text(value)), []
    for path in paths:
        try:
            found.append(_walk(whole, _path(path)))
        except (KeyError, IndexError):
            continue
    if not found:
        raise ValueError(value)
    return json_text(found[0] if len(paths) == 1 else found)


def _json_unquote(value: Value) -> str:
    whole = text(value)
    found = json.loads(whole) if whole[:1] == '"' else whole
    return found if isinstance(found, str) else whole


def _steps(path: Value) -> list[Any]:
    if isinstance(path, int):
        return [path]
    whole = text(path)
    if whole.startswith("{"):
        return [int(each) if each.lstrip("-").isdigit() else each for each in whole[1:-1].split(",") if each]
    return [whole]


def _json_get(value: Value, path: Value, as_text: Value) -> Value:
    found = _walk(json.loads(text(value)), _steps(path))
    if as_text:
        return None if found is None else found if isinstance(found, str) else json_text(found)
    return json_text(found)


def _json_contains(whole: Any, part: Any) -> bool:
    if isinstance(whole, dict) and isinstance(part, dict):
        return all(key in whole and _json_contains(whole[key], each) for key, each in part.items())
    if isinstance(whole, list):
        return all(
            any(_json_contains(one, each) for one in whole) for each in (part if isinstance(part, list) else [part])
        )
    return bool(whole == part)


def _contains(whole: Value, part: Value) -> int:
    return int(_json_contains(json.loads(text(whole)), json.loads(text(part))))


def _json_set(how: str) -> Callable[..., str]:
    def change(value: Value, *pairs: Value) -> str:
        whole = json.loads(text(value))
        for path, new in zip(pairs[::2], pairs[1::2], strict=False):
            steps = _path(path)
            inside = _walk(whole, steps[:-1])
            there = steps[-1] in inside if isinstance(inside, dict) else int(steps[-1]) < len(inside)
            if isinstance(inside, list) and not there and how != "replace":
                inside.append(new)
            elif (there and how != "insert") or (not there and how != "replace"):
                inside[steps[-1]] = new
        return json_text(whole, True)

    return change


def _pg_json_set(value: Value, path: Value, new: Value, create: Value = 1) -> str:
    """jsonb_set: the path is an array's text, {a,0}."""
    whole = json.loads(text(value))
    steps = [each.strip().strip('"') for each in text(path).strip("{}").split(",")]
    inside: Any = whole
    for step in steps[:-1]:
        inside = inside[int(step)] if isinstance(inside, list) else (inside or {}).get(step)
    last = steps[-1]
    if isinstance(inside, list) and last.lstrip("-").isdigit() and -len(inside) <= int(last) < len(inside):
        inside[int(last)] = json.loads(text(new))
    elif isinstance(inside, dict) and (last in inside or create):
        inside[last] = json.loads(text(new))
    return json_text(whole, True)


def _json_without(value: Value, key: Value) -> str:
    """`-` of PostgreSQL: without a key, an element or a text."""
    whole = json.loads(text(value))
    if isinstance(whole, dict):
        whole.pop(text(key), None)
    elif isinstance(key, int):
        whole = [each for at, each in enumerate(whole) if at != key % max(len(whole), 1)]
    else:
        whole = [each for each in whole if each != key]
    return json_text(whole, True)


def _json_remove(value: Value, *paths: Value) -> str:
    whole = json.loads(text(value))
    for path in paths:
        steps = _path(path)
        inside = _walk(whole, steps[:-1])
        if isinstance(inside, list) or steps[-1] in inside:
            del inside[steps[-1]]
    return json_text(whole)


def _json_type(value: Value) -> str:
    found = json.loads(text(value))
    return {dict: "OBJECT", list: "ARRAY", str: "STRING", bool: "BOOLEAN", int: "INTEGER", float: "DOUBLE"}.get(
        type(found), "NULL")


def _json_typeof(value: Value) -> str:
    return {"INTEGER": "number", "DOUBLE": "number"}.get(_json_type(value), _json_type(value).lower())


def json_value(value: Value, kind: str) -> Any:
    """Return a value as it stands inside JSON; `kind`: its family."""
    if value is None:
        return None
    if kind in ("json", "array"):
        return json.loads(text(value))
    return bool(value) if kind == "bool" else value if isinstance(value, (int, float)) else text(value)


def _json_array(kinds: Value, *values: Value) -> str:
    return json_text([json_value(each, kind) for each, kind in zip(values, text(kinds).split(","), strict=False)])


def _json_object(kinds: Value, *values: Value) -> str:
    found = [json_value(each, kind) for each, kind in zip(values, text(kinds).split(","), strict=False)]
    return json_text(dict(zip(map(str, found[::2]), found[1::2], strict=False)))


def _element(array: Value, at: Value) -> Value:
    items = json.loads(array)
    found = items[int(at) - 1] if 1 <= int(at) <= len(items) else None
    return json_text(found) if isinstance(found, list) else found


def _any(value: Value, array: Value) -> int:
    return int(any(each == value or text(each) == text(value) for each in json.loads(array)))


def _array_position(array: Value, value: Value) -> Value:
    items = json.loads(array)
    return next((at for at, each in enumerate(items, 1) if each == value), None)


def _array_to_string(array: Value, by: Value, empty: Value = None) -> str:
    return text(by).join(text(each if each is not None else empty) for each in json.loads(array)
                         if each is not None or empty is not None)


def _json_valid(value: Value) -> Value:
    if value is None:
        return None
    try:
        json.loads(text(value))
    except ValueError:
        return 0
    return 1
