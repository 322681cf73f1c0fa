"""Schemas and values of custom resources as expressions see them.

Source: k8s.io/apiserver/pkg/cel/common/schemas.go, apiextensions-apiserver/pkg/apiserver/schema/cel/values.go.
"""

from __future__ import annotations

from ..cel import checker
from ..cel import values as cel_values
from ..cel.interpreter import escaped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Json, Object
    from ..cel.checker import Type
    from ..cel.values import Timestamp

_STRING = {"type": "string"}
_META = {"apiVersion": _STRING, "kind": _STRING,
         "metadata": {"type": "object", "properties": {"name": _STRING, "generateName": _STRING}}}
_SCALARS = {"boolean": checker.BOOL, "integer": checker.INT, "number": checker.DOUBLE}


def with_meta(schema: Object) -> Object:
    """The schema of a whole object: of its metadata, expressions see only the name."""
    return {**schema, "properties": {**(schema.get("properties") or {}), **_META}}


def type_of(schema: Object) -> Type | None:
    """Return the type of a schema (see cel.checker), None where it is unknown (model.SchemaDeclType)."""
    if schema.get("x-kubernetes-int-or-string"):
        return checker.DYN
    kind = schema.get("type")
    if kind == "array":
        item = type_of(schema.get("items") or {})
        return checker.list_of(item) if item else None
    if kind == "object":
        others = schema.get("additionalProperties")
        if isinstance(others, dict):
            value = type_of(others)
            return checker.map_of(checker.STRING, value) if value else None
        fields = ((escaped(name), _property_type(each)) for name, each in (schema.get("properties") or {}).items())
        return ("object", checker.Fields({name: type_ for name, type_ in fields if name and type_}))
    if kind == "string":
        return _FORMATS.get(schema.get("format", ""), (checker.STRING, None))[0]
    return _SCALARS.get(kind or "")


def is_expressed(schema: Object) -> bool:
    """Tell whether expressions know of what a schema describes, that is whether it has a type."""
    kind, others = schema.get("type"), schema.get("additionalProperties")
    if schema.get("x-kubernetes-int-or-string"):
        return True
    if kind == "array":
        return is_expressed(schema.get("items") or {})
    if kind == "object":
        return not isinstance(others, dict) or is_expressed(others)
    return kind == "string" or kind in _SCALARS


def _property_type(schema: Object) -> Type | None:
    return type_of(with_meta(schema) if schema.get("x-kubernetes-embedded-resource") else schema)


def to_cel(value: Json, schema: Object) -> Json:
    """Return a value in the form that expressions work with; fields that they do not know are left out."""
    if isinstance(value, list):
        items = schema.get("items") or {}
        converted = [to_cel(item, items) for item in value]
        kind = schema.get("x-kubernetes-list-type")
        if kind == "set":
            return cel_values.SetList(converted)
        return cel_values.MapList(converted, schema["x-kubernetes-list-map-keys"]) if kind == "map" else converted
    if isinstance(value, dict):
        others = schema.get("additionalProperties")
        if isinstance(others, dict):
            return {key: to_cel(item, others) for key, item in value.items()}
        if schema.get("x-kubernetes-embedded-resource"):
            schema = with_meta(schema)
        properties = schema.get("properties") or {}
        return {key: to_cel(item, properties[key]) for key, item in value.items()
                if item is not None and key in properties}
    if isinstance(value, str) and schema.get("type") == "string":
        convert = _FORMATS.get(schema.get("format", ""), (None, None))[1]
        return convert(value) if convert else value
    if schema.get("type") == "number" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def _bytes(text: str) -> bytes:
    from base64 import b64decode

    return b64decode(text)


def _date(text: str) -> Timestamp:
    return cel_values.parse_timestamp(f"{text}T00:00:00Z")


_FORMATS = {"byte": (checker.BYTES, _bytes), "duration": (checker.DURATION, cel_values.parse_duration),
            "date": (checker.TIMESTAMP, _date), "date-time": (checker.TIMESTAMP, cel_values.parse_timestamp)}
