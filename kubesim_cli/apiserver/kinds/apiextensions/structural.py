"""What the server asks of a CRD's schema.

Source: apiextensions-apiserver/pkg/apiserver/schema/validation.go (that it is structural) and
pkg/apis/apiextensions/validation/validation.go (all else).
"""

from __future__ import annotations

from ....go import regexp
from ....machinery import field
from ...customresources import values
from ...customresources.budget import Budget, multiplied
from ...customresources.expressed import with_meta
from ...customresources.rulechecks import compile_errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ....machinery.types import FieldErrors, Json, Object, Release
    from ..base import Context

_TYPES = ("array", "boolean", "integer", "number", "object", "string")
_META = ("metadata", "kind", "apiVersion")
_INT_OR_STRING = [{"type": "integer"}, {"type": "string"}]
_REASONS = ("FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired")
# Go names of the fields that a schema with a status subresource may have at its root, in the order they are told.
_AT_ROOT = {
    "description": "Description", "type": "Type", "format": "Format", "title": "Title", "maximum": "Maximum",
    "exclusiveMaximum": "ExclusiveMaximum", "minimum": "Minimum", "exclusiveMinimum": "ExclusiveMinimum",
    "maxLength": "MaxLength", "minLength": "MinLength", "pattern": "Pattern", "maxItems": "MaxItems",
    "minItems": "MinItems", "uniqueItems": "UniqueItems", "multipleOf": "MultipleOf", "required": "Required",
    "items": "Items", "properties": "Properties", "externalDocs": "ExternalDocs", "example": "Example",
    "x-kubernetes-preserve-unknown-fields": "XPreserveUnknownFields", "x-kubernetes-validations": "XValidations",
}
_UNSUPPORTED = ("id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref")
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


def validate(schema: Object, path: str, has_status: bool, unchanged: bool, ctx: Context) -> FieldErrors:
    """Return the FieldErrors of an openAPIV3Schema; `path` is that of its parent, `unchanged`: it is as it was."""
    where = f"{path}.openAPIV3Schema"
    errors = _root(schema, where) if has_status else []
    if schema.get("nullable"):
        errors.append(field.forbidden(f"{where}.nullable", "nullable cannot be true at the root"))
    unsupported = next(filter(None, map(_unsupported, _all_within(schema))), None)
    structure = [] if unsupported else sorted([*_invariants(schema, where, "root"), *_completeness(schema, where)],
                                              key=str)
    defaults = [] if structure or unsupported else _defaults(schema, where, ctx)
    budget = None if structure or defaults or unsupported else Budget(judges_rules=not unchanged)
    walk = _Walk(ctx, budget)
    walk.node(schema, where, root=True, often=1)
    errors += [*structure, *defaults, *walk.errors, *walk.rule_errors]
    if unsupported and not errors:
        errors.append(field.invalid(where, "", f"OpenAPIV3Schema '{unsupported}' is not supported"))
    return [*errors, *(budget.errors(where) if budget else ())]


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
    """Return what of a schema is not looked at further because of it (NewStructural): it has no structure."""
    if isinstance(node.get("items"), list):
        return "items"
    return next((key.removeprefix("$") if key == "$schema" else key for key in (*_UNSUPPORTED, "$schema")
                 if node.get(key)), None)


def _root(schema: Object, where: str) -> FieldErrors:
    from ... import internaltypes

    for key, value in schema.items():
        if key == "type" and value != "object":
            return [field.invalid(f"{where}.type", value, 'only "object" is allowed as the type at the root of the '
                                                          "schema if the status subresource is enabled")]
        if value and key not in _AT_ROOT:
            allowed = " ".join(_AT_ROOT.values())
            return [field.invalid(where, internaltypes.internal(schema, "JSONSchemaProps"),
                                  f"only [{allowed}] fields are allowed at the root of the schema if the status "
                                  "subresource is enabled")]
    return []


# That the schema is structural


def _invariants(node: Object, where: str, level: str) -> FieldErrors:
    """validateStructuralInvariants; `level`: root, item or field."""
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
    """What apiVersion, kind and metadata may say in an object's schema."""
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
    first = (node.get("allOf") or [{}])[0]
    return bool(first.get("anyOf") == _INT_OR_STRING)


def _value_validation(node: Object, where: str, skip_any_of: bool = False,
                      skip_first_all_of: bool = False) -> FieldErrors:
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


def _defaults(node: Object, where: str, ctx: Context) -> FieldErrors:
    """Defaults are pruned and valid (schema/defaulting/validation.go)."""
    from ....machinery import decode, schema

    errors = []
    if node.get("default") is not None:
        at, value = f"{where}.default", node["default"]
        structure = schema.structural({"properties": {"default": node}}, ctx.release)
        _, unknown = decode.decode({"default": value}, structure)
        if unknown:
            errors.append(field.invalid(at, value, "must not have unknown fields"))
        errors += [field.FieldError(each.type, _joined(at, each.path), each.body)
                   for each in values.validate(value, node, ctx.release)]
    if isinstance(node.get("items"), dict):
        errors += _defaults(node["items"], f"{where}.items", ctx)
    for key, each in (node.get("properties") or {}).items():
        errors += _defaults(each, f"{where}.properties[{key}]", ctx)
    return errors


def _joined(at: str, path: str) -> str:
    if path == "<nil>":
        return at
    return f"{at}{path}" if path.startswith("[") else f"{at}.{path}"


# Everything else


class _Walk:
    """ValidateCustomResourceDefinitionOpenAPISchema: `errors`, and apart from them those of CEL rules."""

    def __init__(self, ctx: Context, budget: Budget | None):
        """`budget`: what the rules may cost, None where they are not looked at."""
        self.ctx, self.budget = ctx, budget
        self.errors: FieldErrors = []
        self.rule_errors: FieldErrors = []

    def node(self, node: Object, where: str, root: bool = False, meta: bool = False, no_default: str | None = None,
             no_old: str = "", nested: bool = False, often: int | None = None) -> None:
        """Look at a schema and all below. `meta`: it describes apiVersion, kind or metadata; `no_default`: why it must
        have no defaults; `no_old`: the place above where the old value cannot be found; `nested`: it is below anyOf;
        `often`: how many such values an object may have, None where nothing limits that."""
        before = len(self.errors)
        self.errors += _standard(node, where, meta, no_default)
        if node.get("uniqueItems"):
            self._forbid(f"{where}.uniqueItems", "uniqueItems cannot be set to true since the runtime complexity "
                                                 "becomes quadratic")
        below: Object = {"meta": meta, "no_default": no_default, "no_old": no_old, "nested": nested,
                         "often": multiplied(often, node)}
        self._properties(node, where, root, below)
        for key in ("anyOf", "allOf", "oneOf"):
            for i, each in enumerate(node.get(key) or ()):
                self.node(each, f"{where}.{key}[{i}]", **{**below, "nested": True})
        if node.get("not") is not None:
            self.node(node["not"], f"{where}.not", **{**below, "nested": True})
        if isinstance(node.get("items"), dict):
            lost = no_old or ("" if node.get("x-kubernetes-list-type") == "map" else where)
            self.node(node["items"], f"{where}.items", **{**below, "no_old": lost})
        self.errors += _list_and_map_types(node, where)
        given = node.get("x-kubernetes-validations") or ()
        for i, rule in enumerate(given):
            self.errors += _rule(rule, node, f"{where}.x-kubernetes-validations[{i}]")
        if given and self.budget is not None and not nested and len(self.errors) == before:
            whole = with_meta(node) if root or node.get("x-kubernetes-embedded-resource") else node
            self.rule_errors += compile_errors(whole, where, no_old, often, self.budget, self.ctx)

    def _properties(self, node: Object, where: str, root: bool, below: Object) -> None:
        properties, others = node.get("properties") or {}, node.get("additionalProperties")
        if others is not None and others is not True and properties:
            self._forbid(f"{where}.additionalProperties", "additionalProperties and properties are mutual exclusive")
        if isinstance(others, dict):
            reason = "inside additionalProperties applying to object metadata" if below["meta"] else below["no_default"]
            self.node(others, f"{where}.additionalProperties", **{**below, "no_default": reason})
        for key, each in properties.items():
            more: Object = {}
            if key in _META and (root or node.get("x-kubernetes-embedded-resource")):
                more["meta"] = True
                if root:
                    more["no_default"] = f"in top-level {key}"
            self.node(each, f"{where}.properties[{key}]", **{**below, **more})

    def _forbid(self, where: str, text: str) -> None:
        self.errors.append(field.forbidden(where, text))


def _standard(node: Object, where: str, meta: bool, no_default: str | None) -> FieldErrors:
    """specStandardValidatorV3."""
    errors = []
    if node.get("type") and node["type"] not in _TYPES:
        errors.append(field.not_supported(f"{where}.type", node["type"], _TYPES))
    if node.get("default") is not None and no_default is not None:
        errors.append(field.forbidden(f"{where}.default", f"must not be set {no_default}"))
    errors += [field.forbidden(f"{where}.{key}", f"{key} is not supported") for key in _UNSUPPORTED if node.get(key)]
    if node.get("type") == "null":
        errors.append(field.forbidden(f"{where}.type", "type cannot be set to null, use nullable as an alternative"))
    if isinstance(node.get("items"), list):
        errors.append(field.forbidden(f"{where}.items", "items must be a schema object and not an array"))
    if meta and node.get("x-kubernetes-embedded-resource"):
        errors.append(field.forbidden(f"{where}.x-kubernetes-embedded-resource",
                                      "must not be used inside of resource meta"))
    if node.get("x-kubernetes-preserve-unknown-fields") is False:
        errors.append(field.invalid(f"{where}.x-kubernetes-preserve-unknown-fields", False,
                                    "must be true or undefined"))
    return errors


def _list_and_map_types(node: Object, where: str) -> FieldErrors:
    errors = []
    type_, map_type, list_type = node.get("type", ""), node.get("x-kubernetes-map-type"), node.get(
        "x-kubernetes-list-type")
    errors += _type_for("object", "x-kubernetes-map-type", map_type, type_, where)
    if map_type is not None and map_type not in ("atomic", "granular"):
        errors.append(field.not_supported(f"{where}.x-kubernetes-map-type", map_type, ("atomic", "granular")))
    wrong = _type_for("array", "x-kubernetes-list-type", list_type, type_, where)
    items = node["items"] if isinstance(node.get("items"), dict) else None
    if not wrong and list_type == "set" and items is not None:
        wrong = _atomic_item(items, f"{where}.items")
    errors += wrong
    if list_type is not None and list_type not in ("atomic", "set", "map"):
        errors.append(field.not_supported(f"{where}.x-kubernetes-list-type", list_type, ("atomic", "set", "map")))
    keys = node.get("x-kubernetes-list-map-keys") or []
    if keys and list_type != "map":
        text, at = "must be map if x-kubernetes-list-map-keys is non-empty", f"{where}.x-kubernetes-list-type"
        errors.append(field.required(at, text) if list_type is None else field.invalid(at, list_type, text))
    if list_type == "map":
        errors += _map_keys(keys, items, where)
    if items is not None and list_type in ("set", "map") and items.get("nullable"):
        errors.append(field.forbidden(f"{where}.items.nullable",
                                      f"cannot be nullable when x-kubernetes-list-type is {list_type}"))
    if items is not None and list_type == "map":
        errors += _key_properties(keys, items, f"{where}.items")
    return errors


def _type_for(wanted: str, extension: str, given: Json, type_: str, where: str) -> FieldErrors:
    if given is None or type_ == wanted:
        return []
    text = f"must be {wanted} if {extension} is specified"
    return [field.invalid(f"{where}.type", type_, text) if type_ else field.required(f"{where}.type", text)]


def _atomic_item(items: Object, where: str) -> FieldErrors:
    text = "must be atomic as item of a list with x-kubernetes-list-type=set"
    list_type = items.get("x-kubernetes-list-type")
    if items.get("type") == "array" and list_type not in (None, "atomic"):
        return [field.invalid(f"{where}.x-kubernetes-list-type", list_type, text)]
    if items.get("type") == "object" and items.get("x-kubernetes-map-type") != "atomic":
        return [field.invalid(f"{where}.x-kubernetes-map-type", list_type, text)]
    return []


def _map_keys(keys: list[str], items: Object | None, where: str) -> FieldErrors:
    errors, at = [], f"{where}.x-kubernetes-list-map-keys"
    if not keys:
        errors.append(field.required(at, "must not be empty if x-kubernetes-list-type is map"))
    if items is None:
        return [*errors, field.required(f"{where}.items", "must have a schema if x-kubernetes-list-type is map")]
    if items.get("type") != "object":
        return [*errors, field.invalid(f"{where}.items.type", items.get("type", ""),
                                       "must be object if parent array's x-kubernetes-list-type is map")]
    for i, key in enumerate(keys):
        found = (items.get("properties") or {}).get(key)
        if found is None:
            errors.append(field.invalid(at, keys, "entries must all be names of item properties"))
        elif found.get("type") in ("array", "object"):
            errors.append(field.invalid(f"{where}.items.properties[{key}].type", items["type"],
                                        "must be a scalar type if parent array's x-kubernetes-list-type is map"))
        if key in keys[:i]:
            errors.append(field.invalid(at, keys, "must not contain duplicate entries"))
    return errors


def _key_properties(keys: list[str], items: Object, where: str) -> FieldErrors:
    errors = []
    for key in keys:
        found = (items.get("properties") or {}).get(key)
        if found is None:
            continue
        at, why = f"{where}.properties[{key}]", "this property is in x-kubernetes-list-map-keys, so it"
        if key not in (items.get("required") or ()) and found.get("default") is None:
            errors.append(field.required(f"{at}.default", f"{why} must have a default or be a required property"))
        if found.get("nullable"):
            errors.append(field.forbidden(f"{at}.nullable", f"{why} cannot be nullable"))
    return errors


def _rule(rule: Object, node: Object, where: str) -> FieldErrors:
    """What is asked of a rule before anyone looks at its expression."""
    errors = []
    text, message = rule.get("rule", "").strip(), rule.get("message", "")
    if not text:
        errors.append(field.required(f"{where}.rule", "rule is not specified"))
    elif message and not message.strip():
        errors.append(field.invalid(f"{where}.message", message, "must be non-empty if specified"))
    elif _broken(message.strip()):
        errors.append(field.invalid(f"{where}.message", message, "must not contain line breaks"))
    elif _broken(text) and not message.strip():
        errors.append(field.required(f"{where}.message", "message must be specified if rule contains line breaks"))
    expression, place = rule.get("messageExpression", ""), rule.get("fieldPath", "")
    if expression and not expression.strip():
        errors.append(field.required(f"{where}.messageExpression", "messageExpression must be non-empty if specified"))
    if rule.get("reason") is not None and rule["reason"] not in _REASONS:
        errors.append(field.not_supported(f"{where}.reason", rule["reason"], _REASONS))
    if place and not place.strip():
        errors.append(field.invalid(f"{where}.fieldPath", place, "must be non-empty if specified"))
    if _broken(place):
        errors.append(field.invalid(f"{where}.fieldPath", place, "must not contain line breaks"))
    if place:
        try:
            find_field(node, place, brackets=True)
        except FieldPathError:
            errors.append(field.invalid(f"{where}.fieldPath", place, "must be a valid path"))
    return errors


def _broken(text: str) -> bool:
    return "\n" in text or "\r" in text


class FieldPathError(ValueError):
    """A path that leads to no field of a schema."""


def find_field(schema: Object, path: str, brackets: bool = False) -> Object:
    """Return the schema at a path such as `.spec.size` or, with `brackets`, `.spec['a.b']` (cel.ValidFieldPath)."""
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


def unrecognized_formats(crd: Object, release: Release) -> list[str]:
    """Return the formats in a definition's schemas that the server ignores, in the order they are told."""
    from ...customresources import formats
    from .conversion import hub

    versions, shared = hub(crd["spec"].get("versions") or [])
    found: list[str] = []

    def walk(node: Json) -> None:
        if isinstance(node, dict):
            form = node.get("format")
            if form and isinstance(form, str) and not formats.known(node, release):
                found.append(form)
            for key in ("items", "not", "additionalProperties"):
                walk(node.get(key))
            for key in ("allOf", "anyOf", "oneOf"):
                for each in node.get(key) or ():
                    walk(each)
            for each in (node.get("properties") or {}).values():
                walk(each)

    for owner, key in ((shared, "validation"), *((version, "schema") for version in versions)):
        walk((owner.get(key) or {}).get("openAPIV3Schema"))
    return found
