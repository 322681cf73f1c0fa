"""That a CRD's schema is structural (apiextensions-apiserver/pkg/apiserver/schema/validation.go and complete.go)."""

from __future__ import annotations

from ....go import regexp
from ....machinery import field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ....machinery.types import FieldErrors, Object

_INT_OR_STRING = [{"type": "integer"}, {"type": "string"}]
UNSUPPORTED = ("id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref")
# Fields that must not stand under anyOf and the like, and what is said of them.
_NOT_NESTED = {
    "type": "must be empty to be structural", "default": "must be undefined to be structural",
    "title": "must be empty to be structural", "description": "must be empty to be structural",
    "nullable": "must be false to be structural",
    "x-kubernetes-preserve-unknown-fields": "must be false to be structural",
    "x-kubernetes-embedded-resource": "must be false to be structural",
    "x-kubernetes-int-or-string": "must be false to be structural",
    "x-kubernetes-list-map-keys": "must be empty to be structural",
    "x-kubernetes-list-type": "must be undefined to be structural",
    "x-kubernetes-map-type": "must be undefined to be structural",
    "x-kubernetes-validations": "must be empty to be structural",
}


def unsupported(schema: Object) -> str | None:
    """Return what of a schema is not looked at further because of it (NewStructural): it has no structure."""
    return next(filter(None, map(_unsupported, _all_within(schema))), None)


def misfits(schema: Object, where: str) -> FieldErrors:
    """Return the FieldErrors of a schema at the path `where` that has a structure which it must not have."""
    return sorted([*_invariants(schema, where, "root"), *_completeness(schema, where)], key=str)


def _all_within(node: Object) -> Iterator[Object]:
    """Walk a schema and all below."""
    yield node
    for key in ("items", "additionalProperties", "not"):
        if isinstance(node.get(key), dict):
            yield from _all_within(node[key])
    for key in ("anyOf", "allOf", "oneOf"):
        for each in node.get(key) or ():
            yield from _all_within(each)
    for each in (node.get("properties") or {}).values():
        yield from _all_within(each)


def _unsupported(node: Object) -> str | None:
    if isinstance(node.get("items"), list):
        return "items"
    return next((key.removeprefix("$") if key == "$schema" else key for key in (*UNSUPPORTED, "$schema")
                 if node.get(key)), None)


def _invariants(node: Object, where: str, level: str) -> FieldErrors:
    """validateStructuralInvariants; `level`: root, item or field (validateStructuralInvariants, validateExtensions,
    validateGeneric)."""
    errors = []
    type_, embedded = node.get("type", ""), bool(node.get("x-kubernetes-embedded-resource"))
    preserves, int_or_string = node.get("x-kubernetes-preserve-unknown-fields"), node.get("x-kubernetes-int-or-string")
    items, properties = node.get("items"), node.get("properties") or {}
    if type_ == "array" and items is None:
        errors.append(field.required(f"{where}.items", "must be specified"))
    if isinstance(items, dict):
        errors += _invariants(items, f"{where}.items", "item")
    for key, each in properties.items():
        errors += _invariants(each, f"{where}.properties[{key}]", "field")
    others = node.get("additionalProperties")
    if others is not None:
        if level == "root":
            errors.append(field.forbidden(f"{where}.additionalProperties", "must not be used at the root"))
        if isinstance(others, dict):
            errors += _invariants(others, f"{where}.additionalProperties", "field")
    for key in ("x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"):
        if int_or_string and node.get(key):
            errors.append(field.invalid(f"{where}.{key}", True, "must be false if x-kubernetes-int-or-string is true"))
    errors += _value_validation(node, where, node.get("anyOf") == _INT_OR_STRING, _is_all_of(node))
    if embedded and type_ != "object":
        text = "must be object if x-kubernetes-embedded-resource is true"
        errors.append(field.invalid(f"{where}.type", type_, text) if type_ else field.required(f"{where}.type", text))
    elif not type_ and not int_or_string and not preserves:
        errors.append(field.required(f"{where}.type", {
            "root": "must not be empty at the root", "item": "must not be empty for specified array items",
            "field": "must not be empty for specified object fields"}[level]))
    if embedded and others is not None:
        errors.append(field.forbidden(f"{where}.additionalProperties",
                                      "must not be used if x-kubernetes-embedded-resource is set"))
    if level == "root" and type_ and type_ != "object":
        errors.append(field.invalid(f"{where}.type", type_, "must be object at the root"))
    errors += _meta(properties, where, level == "root", level == "root" or embedded)
    if embedded and not preserves and not properties:
        errors.append(field.required(f"{where}.properties", "must not be empty if x-kubernetes-embedded-resource is "
                                                            "true without x-kubernetes-preserve-unknown-fields"))
    return errors


def _meta(properties: Object, where: str, root: bool, resource: bool) -> FieldErrors:
    """What apiVersion, kind and metadata may say in an object's schema (validateStructuralMetadataInvariants)."""
    errors = []
    for key in ("kind", "apiVersion"):
        if resource and key in properties and properties[key].get("type") != "string":
            errors.append(field.invalid(f"{where}.properties[{key}].type", properties[key].get("type", ""),
                                        "must be string"))
    meta = properties.get("metadata")
    if meta is None:
        return errors
    if resource and meta.get("type") != "object":
        errors.append(field.invalid(f"{where}.properties[metadata].type", meta.get("type", ""), "must be object"))
    names_only = set(meta.get("properties") or {}) <= {"name", "generateName"}
    if root and (not names_only or set(meta) - {"type", "properties", "default"}):
        errors.append(field.forbidden(f"{where}.properties[metadata]",
                                      "must not specify anything other than name and generateName, but metadata is "
                                      "implicitly specified"))
    return errors


def _is_all_of(node: Object) -> bool:
    """isIntOrStringAnyOfPattern, isIntOrStringAllOfPattern."""
    first = (node.get("allOf") or [{}])[0]
    return bool(first.get("anyOf") == _INT_OR_STRING)


def _value_validation(node: Object, where: str, skip_any_of: bool = False,
                      skip_first_all_of: bool = False) -> FieldErrors:
    """validateValueValidation."""
    errors = []
    if not skip_any_of:
        for i, each in enumerate(node.get("anyOf") or ()):
            errors += _nested(each, f"{where}.anyOf[{i}]")
    for i, each in enumerate(node.get("allOf") or ()):
        errors += _nested(each, f"{where}.allOf[{i}]", skip_first_all_of and i == 0)
    for i, each in enumerate(node.get("oneOf") or ()):
        errors += _nested(each, f"{where}.oneOf[{i}]")
    if node.get("not") is not None:
        errors += _nested(node["not"], f"{where}.not")
    if node.get("pattern"):
        try:
            regexp.compile(node["pattern"])
        except ValueError as wrong:
            errors.append(field.invalid(f"{where}.pattern", node["pattern"],
                                        f"must be a valid regular expression, but isn't: {wrong}"))
    return errors


def _nested(node: Object, where: str, skip_any_of: bool = False) -> FieldErrors:
    """validateNestedValueValidation."""
    errors = _value_validation(node, where, skip_any_of)
    if isinstance(node.get("items"), dict):
        errors += _nested(node["items"], f"{where}.items")
    for key, each in (node.get("properties") or {}).items():
        errors += _nested(each, f"{where}.properties[{key}]")
    if node.get("additionalProperties"):
        errors.append(field.forbidden(f"{where}.additionalProperties", "must be undefined to be structural"))
    for key, text in _NOT_NESTED.items():
        if node.get(key) not in (None, "", False, []):
            errors.append(field.forbidden(f"{where}.{key}", text))
    if "metadata" in (node.get("properties") or {}):
        errors.append(field.forbidden(f"{where}.properties[metadata]", "must not be specified in a nested context"))
    return errors


def _completeness(node: Object, where: str) -> FieldErrors:
    """Whatever anyOf and the like at the root speak of stands in the schema itself as well (complete.go)."""
    errors = []
    for junctor in ("anyOf", "allOf", "oneOf"):
        for i, each in enumerate(node.get(junctor) or ()):
            errors += _covered(each, node, where, f"{where}.{junctor}[{i}]")
    if node.get("not") is not None:
        errors += _covered(node["not"], node, where, f"{where}.not")
    return errors


def _covered(nested: Object, node: Object, where: str, nested_where: str) -> FieldErrors:
    errors = []
    if isinstance(nested.get("items"), dict):
        if not isinstance(node.get("items"), dict):
            errors.append(field.required(f"{where}.items", f"because it is defined in {nested_where}.items"))
        else:
            errors += _covered(nested["items"], node["items"], f"{where}.items", f"{nested_where}.items")
    for key, each in (nested.get("properties") or {}).items():
        own = (node.get("properties") or {}).get(key)
        if own is None:
            errors.append(field.required(f"{where}.properties[{key}]",
                                         f"because it is defined in {nested_where}.properties[{key}]"))
        else:
            errors += _covered(each, own, f"{where}.properties[{key}]", f"{nested_where}.properties[{key}]")
    for junctor in ("anyOf", "allOf", "oneOf"):
        for i, each in enumerate(nested.get(junctor) or ()):
            errors += _covered(each, node, where, f"{nested_where}.{junctor}[{i}]")
    if nested.get("not") is not None:
        errors += _covered(nested["not"], node, where, f"{nested_where}.not")
    return errors
