"""Paths to the fields of a CRD's schema, as `.spec.size` (apiextensions-apiserver/pkg/apiserver/schema/cel)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object


class FieldPathError(ValueError):
    """A path that leads to no field of a schema."""


def find_field(schema: Object, path: str, brackets: bool = False) -> Object:
    """Return the schema at a path such as `.spec.size` or, with `brackets`, `.spec['a.b']` (cel.ValidFieldPath,
    pathValid, WithFieldPathAllowArrayNotation, unescapeSingleQuote)."""
    import re

    rest = path
    while rest:
        match = re.match(r"\.([^.\[\]]+)|\['((?:[^'\\]|\\.)*)'\]", rest)
        if match is None:
            raise FieldPathError("unexpected end of JSON path" if rest in (".", "[") else
                                 f"expected [ or . but got: {re.split(r'[.[]', rest)[0]}")
        if match[1] is None and not brackets:
            raise FieldPathError("array notation is not allowed")
        key = match[1] or re.sub(r"\\(.)", r"\1", match[2])
        properties, others = schema.get("properties"), schema.get("additionalProperties")
        if properties is not None:
            if key not in properties:
                raise FieldPathError("does not refer to a valid field")
            schema = properties[key]
        elif isinstance(others, dict):
            schema = others
        else:
            raise FieldPathError("does not refer to a valid field")
        rest = rest[match.end():]
    return schema
