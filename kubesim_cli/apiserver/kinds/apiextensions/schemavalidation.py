"""What the server asks of a CRD's schema, beside that it is structural.

Source: apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go.
"""

from __future__ import annotations

from ....machinery import field
from ...customresources import values
from ...customresources.budget import Budget, multiplied
from ...customresources.expressed import with_meta
from ...customresources.rulechecks import compile_errors
from . import structural
from .fieldpaths import FieldPathError, find_field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Json, Object, Release
    from ..base import Context

_TYPES = ("array", "boolean", "integer", "number", "object", "string")
_META = ("metadata", "kind", "apiVersion")
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


def validate(schema: Object, path: str, has_status: bool, unchanged: bool, ctx: Context) -> FieldErrors:
    """Return the FieldErrors of an openAPIV3Schema; `path` is that of its parent, `unchanged`: it is as it was
    (ValidateStructural, ValidateStructuralWithOptions)."""
    where = f"{path}.openAPIV3Schema"
    errors = _root(schema, where) if has_status else []
    if schema.get("nullable"):
        errors.append(field.forbidden(f"{where}.nullable", "nullable cannot be true at the root"))
    unsupported = structural.unsupported(schema)
    structure = [] if unsupported else structural.misfits(schema, where)
    defaults = [] if structure or unsupported else _defaults(schema, where, ctx)
    budget = None if structure or defaults or unsupported else Budget(judges_rules=not unchanged)
    walk = _Walk(ctx, budget)
    walk.node(schema, where, root=True, often=1)
    errors += [*structure, *defaults, *walk.errors, *walk.rule_errors]
    if unsupported and not errors:
        errors.append(field.invalid(where, "", f"OpenAPIV3Schema '{unsupported}' is not supported"))
    return [*errors, *(budget.errors(where) if budget else ())]


def _root(schema: Object, where: str) -> FieldErrors:
    """validateCustomResourceDefinitionValidation, allowedAtRootSchema."""
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


def _defaults(node: Object, where: str, ctx: Context) -> FieldErrors:
    """Defaults are pruned and valid (schema/defaulting/validation.go, ValidateDefaults, requirePrunedDefaults,
    schemaHasUnprunedDefaults)."""
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
        `often`: how many such values an object may have, None where nothing limits that
        (ValidateCustomResourceDefinitionOpenAPISchema, hasNewlines)."""
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
    errors += [field.forbidden(f"{where}.{key}", f"{key} is not supported")
               for key in structural.UNSUPPORTED if node.get(key)]
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
    """requireAtomicSetType, requireMapListKeysMapSetValidation."""
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
    """validateMapListKeysMapSet."""
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


def unrecognized_formats(crd: Object, release: Release) -> list[str]:
    """Return the formats in a definition's schemas that the server ignores, in the order they are told
    (GetUnrecognizedFormats)."""
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
