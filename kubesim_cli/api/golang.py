"""JSON values as Go's fmt prints them with %v and %#v, as some messages do."""

from __future__ import annotations


def sprint(value) -> str:
    """Return a JSON value in Go's words: `map[a:1 b:[x y] c:<nil>]`."""
    if isinstance(value, dict):
        return "map[" + " ".join(f"{key}:{sprint(value[key])}" for key in sorted(value)) + "]"
    if isinstance(value, list):
        return "[" + " ".join(map(sprint, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "<nil>" if value is None else str(value)


def syntax(value) -> str:
    """Return a JSON value as Go would write it in source: `map[string]interface {}{"a":1, "b":interface {}(nil)}`."""
    import json

    if isinstance(value, dict):
        return "map[string]interface {}{" + ", ".join(
            f"{json.dumps(key, ensure_ascii=False)}:{syntax(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[]interface {}{" + ", ".join(map(syntax, value)) + "}"
    if value is None:
        return "interface {}(nil)"
    return json.dumps(value, ensure_ascii=False)
