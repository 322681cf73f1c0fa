"""JSON values as Go's fmt prints them with %v, as some messages of the API server do."""

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
