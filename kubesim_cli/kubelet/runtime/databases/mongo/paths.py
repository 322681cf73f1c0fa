"""Dotted paths into documents: reading, writing and removing what they lead to."""

from __future__ import annotations

from typing import Any

from .values import MongoError, told

MISSING: Any = type("Missing", (), {"__repr__": lambda self: "MISSING", "__bool__": lambda self: False})()


def get(value: Any, path: str) -> Any:
    """Return what a path leads to, with no look into arrays but by number; MISSING where nothing is there."""
    for name in path.split("."):
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            return MISSING
    return value


def found(value: Any, path: str) -> list[Any]:
    """Return all that a path leads to, through the elements of arrays, too; [MISSING] where there is nothing."""
    name, _, rest = path.partition(".")
    if isinstance(value, list):
        out = [each for item in value if isinstance(item, dict) for each in found(item, path) if each is not MISSING]
        if name.isdigit() and int(name) < len(value):
            out += found(value[int(name)], rest) if rest else [value[int(name)]]
        return out or [MISSING]
    if not isinstance(value, dict) or name not in value:
        return [MISSING]
    return found(value[name], rest) if rest else [value[name]]


def put(document: dict[str, Any], path: str, value: Any) -> None:
    """Write a value; documents on the way are made. Raises MongoError where the way is barred."""
    names = path.split(".")
    at: Any = document
    for place, name in enumerate(names[:-1]):
        following = _step(at, name)
        if following is MISSING:
            following = {}
            _set(at, name, following, document, names[place:])
        elif not isinstance(following, (dict, list)):
            raise MongoError(
                28,
                "PathNotViable",
                f"Cannot create field '{names[place + 1]}' in element {{{name}: {told(following)}}}",
            )
        at = following
    _set(at, names[-1], value, document, names)


def take(document: dict[str, Any], path: str) -> None:
    """Remove what a path leads to, if it is there; an element of an array becomes null."""
    before, _, name = path.rpartition(".")
    holder = get(document, before) if before else document
    if isinstance(holder, dict):
        holder.pop(name, None)
    elif isinstance(holder, list) and name.isdigit() and int(name) < len(holder):
        holder[int(name)] = None


def _step(at: Any, name: str) -> Any:
    if isinstance(at, dict):
        return at.get(name, MISSING)
    if name.isdigit():
        return at[int(name)] if int(name) < len(at) else MISSING
    return MISSING


def _set(at: Any, name: str, value: Any, document: dict[str, Any], names: list[str]) -> None:
    if isinstance(at, dict):
        at[name] = value
        return
    if not name.isdigit():
        raise MongoError(28, "PathNotViable", f"Cannot create field '{name}' in element {{{names[0]}: {told(at)}}}")
    at += [None] * (int(name) + 1 - len(at))
    at[int(name)] = value
