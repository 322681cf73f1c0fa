"""How large the values that a schema lets through may be, which is what rules may cost is estimated from.

Source: k8s.io/apiserver/pkg/cel/common/schemas.go (SchemaDeclType); apiextensions-apiserver,
pkg/apiserver/schema/cel/compilation.go (sizeEstimator, maxCardinality).
"""

from __future__ import annotations

from ..cel.interpreter import unescaped
from .expressed import is_expressed, with_meta

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ...machinery.types import Object
    from ..cel.arithmetic import Size

_REQUEST = 3 * 1024 * 1024  # bytes of the largest request
_OF_FORMAT = {"duration": (3, 32), "date": (12, 12), "date-time": (21, 32)}  # smallest in JSON, longest
_SMALLEST = {"boolean": 4, "string": 2, "object": 2, "array": 2}


def sizes_of(schema: Object) -> Callable[[tuple[str, ...]], Size | None]:
    """Return the function from a path in an expression, such as ("self", "list", "@items"), to the sizes that the value
    may have there, None where the schema tells nothing (RootCELContext, extractMaxElements, zeroIfNegative)."""
    def find(path: tuple[str, ...]) -> Size | None:
        at = schema
        for name in path[1:]:
            below = _step(at, name)
            if below is None:
                return None
            at = below
        return 0, _longest(at)

    return find


def _step(schema: Object, name: str) -> Object | None:
    others = schema.get("additionalProperties")
    if name == "@keys":
        return {} if isinstance(others, dict) else None
    if name == "@items" or (name == "@values" and not isinstance(others, dict)):
        below = schema.get("items")
    elif name == "@values":
        below = others
    elif schema.get("type") == "object" and not isinstance(others, dict):
        below = (schema.get("properties") or {}).get(unescaped(name))
    else:
        below = None
    if not isinstance(below, dict):
        return None
    below = with_meta(below) if below.get("x-kubernetes-embedded-resource") else below
    return below if is_expressed(below) else None


def _longest(schema: Object) -> int:
    """Return how many items, entries, characters or bytes a value may have; 0 of what has none."""
    kind, limit = schema.get("type"), schema.get("maxLength")
    if schema.get("x-kubernetes-int-or-string"):
        return _REQUEST - 2 if limit is None else max(limit, 0) * 4
    if kind == "array":
        given: int | None = schema.get("maxItems")
        return (_REQUEST - 2) // (smallest(schema.get("items") or {}) + 1) if given is None else max(given, 0)
    others = schema.get("additionalProperties")
    if kind == "object" and isinstance(others, dict):
        given = schema.get("maxProperties")
        return (_REQUEST - 2) // (smallest(others) + 6) if given is None else max(given, 0)
    if kind != "string":
        return 0
    if schema.get("format") in _OF_FORMAT:
        return _OF_FORMAT[schema["format"]][1]
    if limit is not None:
        return (1 if schema.get("format") == "byte" else 4) * max(int(limit), 0)
    if schema.get("enum") and schema.get("format") != "byte":
        return max((len(each.encode()) for each in schema["enum"] if isinstance(each, str)), default=0)
    return _REQUEST - 2


def smallest(schema: Object) -> int:
    """Return how many bytes of JSON a value has at least."""
    kind = schema.get("type")
    if schema.get("x-kubernetes-int-or-string"):
        return 1
    if kind == "object" and not isinstance(schema.get("additionalProperties"), dict):
        schema = with_meta(schema) if schema.get("x-kubernetes-embedded-resource") else schema
        properties, required = schema.get("properties") or {}, schema.get("required") or ()
        size: int = 2 + sum(len(name.encode()) + smallest(each) + 4 for name, each in properties.items()
                       if name in required and each.get("default") is None and is_expressed(each))
        return size
    if kind == "string" and schema.get("format") in _OF_FORMAT:
        return _OF_FORMAT[schema["format"]][0]
    return _SMALLEST.get(kind or "", 1)


def most_in_a_request(schema: Object) -> int:
    """Return how often a value may stand in an object of the largest size."""
    return _REQUEST // (smallest(schema) + 1)
