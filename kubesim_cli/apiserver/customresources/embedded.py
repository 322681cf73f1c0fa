"""Whole objects inside of custom resources (apiextensions-apiserver/pkg/apiserver/schema/objectmeta)."""

from __future__ import annotations

from ...machinery import field, names
from .. import objectmeta

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import FieldErrors, Json, Object


def validate(value: Json, schema: Object, path: str = "") -> FieldErrors:
    """Return the FieldErrors of what x-kubernetes-embedded-resource marks, at any depth (Validate,
    validateEmbeddedResource, validatePathSegment)."""
    errors = []
    if isinstance(value, list):
        items = schema.get("items")
        if isinstance(items, dict):
            for i, item in enumerate(value):
                errors += validate(item, items, f"{path}[{i}]")
    elif isinstance(value, dict):
        if schema.get("x-kubernetes-embedded-resource"):
            errors += _object(value, path)
        properties, others = schema.get("properties") or {}, schema.get("additionalProperties")
        for key, item in value.items():
            if not isinstance(item, (dict, list)):
                continue
            if key in properties:
                errors += validate(item, properties[key], f"{path}.{key}" if path else key)
            elif isinstance(others, dict):
                errors += validate(item, others, f"{path}[{key}]")
    return errors


def _object(value: Object, path: str) -> FieldErrors:
    errors = [field.required(f"{path}.{key}") for key in ("apiVersion", "kind") if key not in value]
    for key in ("apiVersion", "kind"):
        if key in value:
            errors += _string(value[key], f"{path}.{key}")
    version, kind, meta = value.get("apiVersion"), value.get("kind"), value.get("metadata")
    if isinstance(version, str) and version.count("/") > 1:
        errors.append(field.invalid(f"{path}.apiVersion", version, f"unexpected GroupVersion string: {version}"))
    if isinstance(kind, str) and kind:
        wrong = names.dns1035_label(kind.lower())
        if wrong:
            errors.append(field.invalid(f"{path}.kind", kind, "may have mixed case, but should otherwise match: "
                                        + ",".join(wrong)))
    if isinstance(meta, dict):
        named = {"name": "fakename", **{key: item for key, item in meta.items() if item}}
        errors += objectmeta.validate(named, bool(meta.get("namespace")), "path_segment_name", f"{path}.metadata")
    return errors


def _string(value: Json, path: str) -> FieldErrors:
    if not isinstance(value, str):
        return [field.invalid(path, value, "must be a string")]
    return [] if value else [field.invalid(path, value, "must not be empty")]
