"""Validation of a CustomResourceDefinition (apiextensions-apiserver/pkg/apis/apiextensions/validation)."""

from __future__ import annotations

from ....machinery import conditions, field
from ....machinery import names as rules
from .. import checks
from .conversion import hub

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ....machinery.types import FieldErrors, Json, Object
    from ..base import Context

APPROVED = "api-approved.kubernetes.io"
_COLUMN_TYPES = ("boolean", "date", "integer", "number", "string")
_COLUMN_FORMATS = ("byte", "date", "date-time", "double", "float", "int32", "int64", "password")
_MAX_SELECTABLE = 8


def validate(crd: Object, old: Object | None, ctx: Context) -> FieldErrors:
    """Return the FieldErrors of a definition, new or changed (validateCustomResourceDefinitionUpdate)."""
    spec, status = crd["spec"], crd.get("status") or {}
    plural, group = spec["names"].get("plural", ""), spec.get("group", "")
    errors = []
    if old is None and crd["metadata"].get("name") != f"{plural}.{group}":
        errors.append(field.invalid("metadata.name", crd["metadata"].get("name", ""),
                                    'must be spec.names.plural+"."+spec.group'))
    established = old is not None and conditions.status_of(
        (old.get("status") or {}).get("conditions"), "Established") == "True"
    errors += _spec(spec, _unchanged_schemas(spec, (old or {}).get("spec") or {}), ctx)
    if old is not None:
        errors += _immutable(spec, old["spec"], established)
    errors += names(status.get("acceptedNames") or {}, "status.acceptedNames")
    errors += _stored_versions(status.get("storedVersions") or [], spec.get("versions") or ())
    errors += _approval(crd, old)
    if spec.get("preserveUnknownFields") and not (old or {}).get("spec", {}).get("preserveUnknownFields"):
        errors.append(field.invalid("spec.preserveUnknownFields", True,
                                    "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in "
                                    "spec.versions[*].schema instead"))
    return errors


def _immutable(spec: Object, old: Object, established: bool) -> FieldErrors:
    """validateCustomResourceDefinitionSpecUpdate."""
    errors = []
    if established:
        errors += checks.immutable("spec.scope", spec.get("scope"), old.get("scope"))
        errors += checks.immutable("spec.names.kind", spec["names"].get("kind"), old["names"].get("kind"))
    errors += checks.immutable("spec.group", spec.get("group"), old.get("group"))
    return errors + checks.immutable("spec.names.plural", spec["names"].get("plural"), old["names"].get("plural"))


def _unchanged_schemas(spec: Object, old: Object) -> list[str]:
    """Return the names of the versions whose schemas are as they were (findVersionsWithUnchangedSchemas,
    suppressExpressionCostForUnchangedSchema)."""
    before = {version.get("name"): version.get("schema") for version in old.get("versions") or ()}
    return [version["name"] for version in spec.get("versions") or ()
            if version.get("name") in before and version.get("schema") == before[version["name"]]]


def _spec(spec: Object, unchanged: list[str], ctx: Context) -> FieldErrors:
    """validateCustomResourceDefinitionSpec, validatePreserveUnknownFields, requireStructuralSchema,
    requireOpenAPISchema, validateEnumStrings."""
    group = spec.get("group", "")
    versions, shared = hub(spec.get("versions") or [])
    errors = []
    if not group:
        errors.append(field.required("spec.group"))
    elif wrong := rules.dns1123_subdomain(group):
        errors.append(field.invalid("spec.group", group, ",".join(wrong)))
    elif "." not in group:
        errors.append(field.invalid("spec.group", group, "should be a domain with at least one dot"))
    errors += checks.required_one_of("spec.scope", spec.get("scope", ""), ("Cluster", "Namespaced"))
    if not (shared.get("validation") or {}).get("openAPIV3Schema"):
        errors += [field.required(f"spec.versions[{i}].schema.openAPIV3Schema") for i, version in enumerate(versions)
                   if (version.get("schema") or {}).get("openAPIV3Schema") is None]
    for i, version in enumerate(versions):
        name, path = version.get("name", ""), f"spec.versions[{i}]"
        if wrong := rules.dns1035_label(name):
            errors.append(field.invalid(f"{path}.name", name, ",".join(wrong)))
        subresources = version.get("subresources") or shared.get("subresources") or {}
        errors += _version(version, path, "status" in subresources, name in unchanged, ctx)
    errors += _together(versions)
    for key in ("plural", "singular", "kind", "listKind"):
        if not spec["names"].get(key):
            errors.append(field.required(f"spec.names.{key}"))
    errors += names(spec["names"], "spec.names")
    statuses = any("status" in (version.get("subresources") or {}) for version in spec.get("versions") or ())
    first = versions[0].get("name") if versions else None
    errors += _described(shared, "spec", "validation", statuses, first in unchanged, ctx)
    return errors + _conversion(spec["conversion"])


def _version(version: Object, path: str, has_status: bool, unchanged: bool, ctx: Context) -> FieldErrors:
    """validateCustomResourceDefinitionVersion."""
    warning, errors = version.get("deprecationWarning"), []
    if warning is not None:
        errors += checks.said(f"{path}.deprecationWarning", warning,
                              _deprecation_warning(warning, bool(version.get("deprecated"))))
    return errors + _described(version, path, "schema", has_status, unchanged, ctx)


def _deprecation_warning(text: str, deprecated: bool) -> list[str]:
    """validateDeprecationWarning."""
    if not deprecated:
        return ["can only be set for deprecated versions"]
    errors = []
    if len(text.encode()) > 256:
        errors.append("must be <= 256 characters long")
    if not text:
        errors.append("must not be an empty string")
    bad = next((i for i, char in enumerate(text) if not char.isprintable()), None)
    if bad is not None:
        at = len(text[:bad].encode())
        errors.append(f"must only contain printable UTF-8 characters; non-printable character found at index {at}")
    return errors


def _described(owner: Object, path: str, schema_name: str, has_status: bool, unchanged: bool,
               ctx: Context) -> FieldErrors:
    """What may stand in a version or, shared, in the spec: schema, subresources, columns and selectable fields;
    `unchanged`: the schema is as it was."""
    from . import schemavalidation

    errors = []
    schema = (owner.get(schema_name) or {}).get("openAPIV3Schema")
    if schema is not None:
        errors += schemavalidation.validate(schema, f"{path}.{schema_name}", has_status, unchanged, ctx)
    scale = (owner.get("subresources") or {}).get("scale")
    if scale is not None:
        errors += _scale(scale, f"{path}.subresources.scale")
    for i, column in enumerate(owner.get("additionalPrinterColumns") or ()):
        errors += _column(column, f"{path}.additionalPrinterColumns[{i}]")
    selectable = owner.get("selectableFields") or ()
    if not selectable:
        return errors
    if schema is None:
        errors.append(field.invalid(f"{path}.selectableFields", "",
                                    "may only be set when validations.schema is included" if path == "spec" else
                                    "may only be set when `version.schema.openAPIV3Schema` is not included"))
    else:
        errors += _selectable(selectable, schema, f"{path}.selectableFields")
    return errors


def _together(versions: list[Object]) -> FieldErrors:
    """What is asked of all versions at once."""
    from ... import internaltypes

    errors, shown = [], internaltypes.internal(versions, "[]CustomResourceDefinitionVersion")
    found = [version.get("name", "") for version in versions]
    if len(set(found)) != len(found):
        errors.append(field.invalid("spec.versions", shown, "must contain unique version names"))
    if sum(bool(version.get("storage")) for version in versions) != 1:
        errors.append(field.invalid("spec.versions", shown, "must have exactly one version marked as storage version"))
    return errors


def names(given: Object, path: str) -> FieldErrors:
    """Return the FieldErrors of spec.names or status.acceptedNames (ValidateCustomResourceDefinitionNames)."""
    errors = []
    for key in ("plural", "singular"):
        if given.get(key) and (wrong := rules.dns1035_label(given[key])):
            errors.append(field.invalid(f"{path}.{key}", given[key], ",".join(wrong)))
    for key in ("kind", "listKind"):
        if given.get(key) and (wrong := rules.dns1035_label(given[key].lower())):
            errors.append(field.invalid(f"{path}.{key}", given[key],
                                        "may have mixed case, but should otherwise match: " + ",".join(wrong)))
    errors += _labels(given.get("shortNames"), f"{path}.shortNames")
    if given.get("kind") and given["kind"] == given.get("listKind"):
        errors.append(field.invalid(f"{path}.listKind", given["listKind"], "kind and listKind may not be the same"))
    return errors + _labels(given.get("categories"), f"{path}.categories")


def _labels(values: Json, path: str) -> FieldErrors:
    return [field.invalid(f"{path}[{i}]", value, ",".join(wrong)) for i, value in enumerate(values or ())
            if (wrong := rules.dns1035_label(value))]


def _simple_path(path: str, value: str) -> FieldErrors:
    """validateSimpleJSONPath."""
    if value.startswith("."):
        return []
    return [field.invalid(path, value, "must be a simple json path starting with .")]


def _scale(scale: Object, path: str) -> FieldErrors:
    """ValidateCustomResourceDefinitionSubresources."""
    errors = []
    for key, under in (("specReplicasPath", ".spec."), ("statusReplicasPath", ".status.")):
        value = scale.get(key, "")
        if not value:
            errors.append(field.required(f"{path}.{key}"))
        elif wrong := _simple_path(f"{path}.{key}", value):
            errors += wrong
        elif not value.startswith(under):
            errors.append(field.invalid(f"{path}.{key}", value, f"should be a json path under {under[:-1]}"))
    selector = scale.get("labelSelectorPath")
    if selector:
        wrong = _simple_path(f"{path}.labelSelectorPath", selector)
        if not wrong and not selector.startswith((".spec.", ".status.")):
            wrong = [field.invalid(f"{path}.labelSelectorPath", selector,
                                   "should be a json path under either .spec or .status")]
        errors += wrong
    return errors


def _column(column: Object, path: str) -> FieldErrors:
    """ValidateCustomResourceColumnDefinition."""
    errors = []
    if not column.get("name"):
        errors.append(field.required(f"{path}.name"))
    wanted = "must be one of " + ",".join(_COLUMN_TYPES)
    if not column.get("type"):
        errors.append(field.required(f"{path}.type", wanted))
    elif column["type"] not in _COLUMN_TYPES:
        errors.append(field.invalid(f"{path}.type", column["type"], wanted))
    if column.get("format") and column["format"] not in _COLUMN_FORMATS:
        errors.append(field.invalid(f"{path}.format", column["format"], "must be one of " + ",".join(_COLUMN_FORMATS)))
    if not column.get("jsonPath"):
        return [*errors, field.required(f"{path}.JSONPath")]
    return errors + _simple_path(f"{path}.JSONPath", column["jsonPath"])


def _selectable(selectable: list[Object], schema: Object, path: str) -> FieldErrors:
    """ValidateCustomResourceSelectableFields, allowedSelectableFieldSchema."""
    from .fieldpaths import FieldPathError, find_field

    errors: FieldErrors = []
    seen: set[str] = set()
    for i, entry in enumerate(selectable):
        at, value = f"{path}[{i}].jsonPath", entry.get("jsonPath", "")
        if not value:
            errors.append(field.required(at))
            continue
        try:
            found = find_field(schema, value)
        except FieldPathError as wrong:
            errors.append(field.invalid(at, value, f"is an invalid path: {wrong}"))
            continue
        if value.startswith(".metadata"):
            errors.append(field.invalid(at, value, "must not point to fields in metadata"))
        if found.get("type") not in ("string", "boolean", "integer"):
            errors.append(field.invalid(at, value, "must point to a field of type string, boolean or integer. Enum "
                                                   "string fields and strings with formats are allowed."))
        errors += checks.once(at, value, seen)
    if len(seen) > _MAX_SELECTABLE:
        errors.append(field.too_many(path, len(seen), _MAX_SELECTABLE))
    return errors


def _conversion(conversion: Object) -> FieldErrors:
    """validateCustomResourceConversion."""
    from ..admissionregistration.webhooks import client_config, review_versions

    path, webhook = "spec.conversion", conversion.get("webhook") or {}
    errors = checks.required_one_of(f"{path}.strategy", conversion.get("strategy", ""), ("None", "Webhook"))
    config, versions = webhook.get("clientConfig"), webhook.get("conversionReviewVersions") or []
    if conversion.get("strategy") != "Webhook":
        if config is not None:
            errors.append(field.forbidden(f"{path}.webhookClientConfig",
                                          "should not be set when strategy is not set to Webhook"))
        if versions:
            errors.append(field.forbidden(f"{path}.conversionReviewVersions",
                                          "should not be set when strategy is not set to Webhook"))
        return errors
    if config is None:
        errors.append(field.required(f"{path}.webhookClientConfig", "required when strategy is set to Webhook"))
    else:
        errors += client_config(f"{path}.webhookClientConfig", config)
    return errors + review_versions(f"{path}.conversionReviewVersions", versions)


def _stored_versions(stored: list[str], versions: Sequence[Object]) -> FieldErrors:
    """ValidateCustomResourceDefinitionStoredVersions."""
    path = "status.storedVersions"
    if not stored:
        return [field.invalid(path, stored, "must have at least one stored version")]
    found = [version.get("name") for version in versions]
    errors = [field.invalid(path, stored, f"must have the storage version {version['name']}")
              for i, version in enumerate(versions)  # a name that comes twice is looked for once
              if version.get("storage") and (version["name"] not in stored or version["name"] in found[:i])]
    return errors + [field.invalid(
        f"{path}[{i}]", name, f"missing from spec.versions; {name} was previously a storage version, and must remain "
        f"in spec.versions until a storage migration ensures no data remains persisted in {name} and removes {name} "
        "from status.storedVersions") for i, name in enumerate(stored) if name not in found]


def _approval(crd: Object, old: Object | None) -> FieldErrors:
    """Groups of the community want an annotation that tells who approved of the API (validateAPIApproval)."""
    group = crd["spec"].get("group", "")
    if not f".{group}".endswith((".k8s.io", ".kubernetes.io")):
        return []
    state = _approval_state(crd)
    if old is not None and _approval_state(old) == state:
        return []
    where, see = f"metadata.annotations[{APPROVED}]", "https://github.com/kubernetes/enhancements/pull/1111"
    if state == "missing":
        return [field.required(where, f'protected groups must have approval annotation "{APPROVED}", see {see}')]
    if state == "invalid":
        return [field.invalid(where, crd["metadata"]["annotations"][APPROVED],
                              f'protected groups must have approval annotation "{APPROVED}" with either a URL or a '
                              f'reason starting with "unapproved", see {see}')]
    return []


def _approval_state(crd: Object) -> str:
    import re

    value = (crd["metadata"].get("annotations") or {}).get(APPROVED, "")
    if not value:
        return "missing"
    if value.startswith("unapproved"):
        return "bypassed"
    return "approved" if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]+", value) else "invalid"
