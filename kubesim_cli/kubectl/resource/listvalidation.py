"""Fields of the objects in a `kind: List`, which kubectl checks itself because no server takes such a list
(kubectl/pkg/validation, kube-openapi/pkg/util/proto/validation)."""

from __future__ import annotations

from ...go.fmt import quote
from ...machinery.schema import schema_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...machinery.schema import Schema
    from ...machinery.types import Json, Object, Release

_SCALARS = {"string": "string", "integer": "integer", "number": "number", "boolean": "boolean"}


def problems(obj: Object, release: Release) -> list[str]:
    """Return what is wrong with the fields of an object whose apiVersion and kind are there; nothing where the kind is
    not a built-in one of the server's release."""
    schema = schema_of(obj["apiVersion"], obj["kind"], release)
    return list(_check(obj, schema, obj["kind"], schema.ref)) if schema is not None else []


def _check(value: Json, schema: Schema, at: str, where: str) -> Iterator[str]:
    """`at` is the place in the object, `where` the one in the schema."""
    expected, actual = _expected(schema), _actual(value)
    if not expected or (expected == "string" and actual not in ("map", "array")):
        return
    if expected != actual and not (expected == "integer" and actual == "number"):
        yield _told(at, f"invalid type for {where}: got {quote(actual)}, expected {quote(expected)}")
    elif schema.kind == "array":
        for i, item in enumerate(value):
            if item is None:
                yield _told(at, f'unknown object type "nil" in {at}[{i}]')
            else:
                yield from _check(item, schema.items, f"{at}[{i}]", schema.items.ref or where)
    elif schema.kind == "map":
        for key in sorted(value):
            if value[key] is None:
                yield f'unknown object type "nil" in {at}.{key}'
            else:
                yield from _check(value[key], schema.items, f"{at}.{key}", schema.items.ref or where)
    elif schema.kind == "object":
        yield from _fields(value, schema, at)


def _fields(value: Object, schema: Schema, at: str) -> Iterator[str]:
    for key in sorted(value):
        field = schema.fields.get(key)
        if value[key] is None:
            continue
        if field is None:
            yield _told(at, f"unknown field {quote(key)} in {schema.ref}")
        else:
            yield from _check(value[key], field, f"{at}.{key}", field.ref or f"{schema.ref}.{key}")
    for key in schema.definitions.raw[schema.ref].get("required", ()):
        if value.get(key) is None:
            yield _told(at, f"missing required field {quote(key)} in {schema.ref}")


def _told(at: str, problem: str) -> str:
    return f"ValidationError({at}): {problem}"


def _expected(schema: Schema) -> str:
    """The type that OpenAPI states, "" where that is any."""
    if schema.kind == "any":
        return ""
    if schema.kind in ("object", "map"):
        return "map"
    return "array" if schema.kind == "array" else _SCALARS.get(schema.kind, "string")


def _actual(value: Json) -> str:
    kinds = {bool: "boolean", int: "number", float: "number", list: "array", dict: "map"}
    return kinds.get(type(value), "string")
