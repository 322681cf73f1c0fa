"""Validation of admission policies' expressions and bindings (pkg/apis/admissionregistration/validation)."""

from __future__ import annotations

from ....machinery import field
from ...cel.checker import BOOL, NULL, STRING, Fields
from .. import checks
from .expressions import PATCH_TYPES, PATCHES, compile, environment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ....machinery.types import FieldErrors, Object, Release
    from ...cel.checker import Type

_MAX_ANNOTATIONS, _MAX_VALUE = 20, 5 * 1024
_ACTIONS = ("Audit", "Deny", "Warn")
_MUTATED = ("*", "CONNECT", "CREATE", "UPDATE")
_REASONS = ("Forbidden", "Invalid", "RequestEntityTooLarge")


def expressions(spec: Object, name: str, release: Release) -> FieldErrors:
    """Return the FieldErrors of all expressions in the spec of the ValidatingAdmissionPolicy `name`
    (validateValidatingAdmissionPolicySpec, validateAuditAnnotation)."""
    errors, types, release = _shared(spec, release)
    if not spec.get("validations") and not spec.get("auditAnnotations"):
        text = "validations or auditAnnotations must contain at least one item"
        return errors + [field.required(f"spec.{key}", text) for key in ("validations", "auditAnnotations")]
    for i, validation in enumerate(spec.get("validations") or ()):
        errors += _validation(f"spec.validations[{i}]", validation, types, release)
    annotations = spec.get("auditAnnotations") or []
    if len(annotations) > _MAX_ANNOTATIONS:
        errors.append(field.invalid("spec.auditAnnotations", annotations,
                                    f"must not have more than {_MAX_ANNOTATIONS} auditAnnotations"))
    for i, annotation in enumerate(annotations):
        path, key = f"spec.auditAnnotations[{i}]", annotation.get("key", "")
        text = annotation.get("valueExpression", "")
        errors += checks.qualified_name(f"{path}.key", f"{name}/{key}")
        if len(text.strip().encode()) > _MAX_VALUE:
            errors.append(field.required(f"{path}.valueExpression", f"must not exceed {_MAX_VALUE} bytes in length"))
        else:
            errors += _expression(f"{path}.valueExpression", text, types, release, "valueExpression is not specified",
                                  STRING, NULL)
        if any(other.get("key", "") == key for other in annotations[:i]):
            errors.append(field.duplicate(f"{path}.key", key))
    return errors


def mutations(spec: Object, release: Release) -> FieldErrors:
    """Return the FieldErrors of what a MutatingAdmissionPolicy's spec has of its own, and of all its expressions
    (validateMutatingAdmissionPolicySpec)."""
    constraints = spec.get("matchConstraints") or {}
    errors = operations("spec.matchConstraints", constraints)
    more, types, release = _shared(spec, release)
    errors += more
    if not spec.get("mutations"):
        errors.append(field.required("spec.mutations", "mutations must contain at least one item"))
    types = {**types, **PATCH_TYPES}
    for i, mutation in enumerate(spec.get("mutations") or ()):
        errors += _mutation(f"spec.mutations[{i}]", mutation, types, release)
    policy = spec.get("reinvocationPolicy", "")
    if not policy:
        errors.append(field.required("spec.reinvocationPolicy"))
    else:
        errors += checks.one_of("spec.reinvocationPolicy", policy, ("IfNeeded", "Never"))
    return errors


def operations(path: str, constraints: Object) -> FieldErrors:
    """Return the FieldErrors of rules about operations that bring no object to mutate (validateRuleWithOperations,
    hasWildcardOperation)."""
    return [error for rule in constraints.get("resourceRules") or () for operation in rule.get("operations") or ()
            for error in checks.one_of(f"{path}.resourceRules.operations", operation, _MUTATED)]


def _mutation(path: str, mutation: Object, types: Object, release: Release) -> FieldErrors:
    """validateMutation, validateApplyConfiguration, validateJSONPatch."""
    type_ = mutation.get("patchType", "")
    if not type_:
        return [field.required(f"{path}.patchType")]
    if type_ not in PATCHES:
        return checks.one_of(f"{path}.patchType", type_, tuple(PATCHES))
    errors = []
    for other, (name, wanted) in sorted(PATCHES.items(), key=lambda each: each[0] != type_):
        given = mutation.get(name)
        if other != type_:
            if given is not None:
                errors.append(field.invalid(f"{path}.{name}", f"{{{name}}}", f"must not be specified when patchType is "
                                                                             f"{type_}"))
        elif given is None:
            errors.append(field.required(f"{path}.{name}", f"must be specified when patchType is {type_}"))
        else:
            errors += _expression(f"{path}.{name}.expression", given.get("expression", "").strip(), types, release, "",
                                  wanted)
    return errors


def _shared(spec: Object, release: Release) -> tuple[FieldErrors, Object, Release]:
    """Return the FieldErrors of match conditions and variables, and the types and the release for the rules."""
    types = environment(bool(spec.get("paramKind")))
    release = before(release)
    errors = conditions("spec.matchConditions", spec.get("matchConditions") or (), types, release)
    errors += _variables(spec, types, release)
    return errors, types, release


def before(release: Release) -> Release:
    """Return the release whose CEL new expressions are held to: a cluster may have to be rolled back to it."""
    return release[0], release[1] - 1


def conditions(path: str, given: Sequence[Object], types: Object, release: Release) -> FieldErrors:
    """Return the FieldErrors of match conditions; `types`: those of the variables that they may use
    (validateMatchConditions, validateMatchCondition, validateMatchConditionsExpression)."""
    errors, seen = [], set()
    for i, condition in enumerate(given):
        at, name = f"{path}[{i}]", condition.get("name", "")
        errors += _expression(f"{at}.expression", condition.get("expression", ""), types, release, "", BOOL)
        errors += checks.qualified_name(f"{at}.name", name) if name else [field.required(f"{at}.name")]
        if name and name in seen:
            errors.append(field.duplicate(f"{at}.name", name))
        seen.add(name)
    return errors


def _variables(spec: Object, types: Object, release: Release) -> FieldErrors:
    """Check a policy's variables; `types` gets what the later expressions may use (validateVariable,
    isCELIdentifier)."""
    errors, known = [], Fields()
    if spec.get("variables"):
        types["variables"] = ("object", known)
    for i, variable in enumerate(spec.get("variables") or ()):
        path, name, text = f"spec.variables[{i}]", variable.get("name", ""), variable.get("expression", "")
        if not name.strip():
            errors.append(field.required(f"{path}.name", "name is not specified"))
        elif not (name.isascii() and name.isidentifier()):
            errors.append(field.invalid(f"{path}.name", name, "must be a valid CEL identifier"))
        if not text.strip():
            errors.append(field.required(f"{path}.expression", "expression is not specified"))
            continue
        try:
            known[name] = compile(text, types, release).type
        except ValueError as wrong:
            errors.append(field.invalid(f"{path}.expression", text, str(wrong)))
    return errors


def _expression(path: str, text: str, types: Object, release: Release, missing: str,
                *wanted: Type) -> FieldErrors:
    """validateCELCondition, convertCELErrorToValidationError."""
    if not text.strip():
        return [field.required(path, missing)]
    try:
        compile(text, types, release, *wanted)
    except ValueError as wrong:
        return [field.invalid(path, text, str(wrong))]
    return []


def _validation(path: str, validation: Object, types: Object, release: Release) -> FieldErrors:
    """validateValidation, validateValidationExpression, validateMessageExpression, hasNewlines."""
    errors = _expression(f"{path}.expression", validation.get("expression", ""), types, release,
                         "expression is not specified", BOOL)
    expression, message = validation.get("messageExpression", ""), validation.get("message", "")
    if expression and not expression.strip():
        errors.append(field.invalid(f"{path}.messageExpression", expression, "must be non-empty if specified"))
    elif expression:
        errors += _expression(f"{path}.messageExpression", expression, types, release, "", STRING)
    if message and not message.strip():
        errors.append(field.invalid(f"{path}.message", message, "must be non-empty if specified"))
    elif "\n" in message.strip() or "\r" in message.strip():
        errors.append(field.invalid(f"{path}.message", message, "must not contain line breaks"))
    if validation.get("reason") is not None:
        errors += checks.one_of(f"{path}.reason", validation["reason"], _REASONS)
    return errors


def actions(given: list[str]) -> FieldErrors:
    """Return the FieldErrors of spec.validationActions (validateValidationActions)."""
    path, errors = "spec.validationActions", []
    for i, action in enumerate(given):
        errors += checks.one_of(f"{path}[{i}]", action, _ACTIONS)
        if action in given[:i]:
            errors.append(field.duplicate(f"{path}[{i}]", action))
    if "Deny" in given and "Warn" in given:
        errors.append(field.invalid(path, given, "must not contain both Deny and Warn (repeating the same validation "
                                                 "failure information in the API response and headers serves no "
                                                 "purpose)"))
    return errors if given else [field.required(path, "at least one validation action is required")]


def param_ref(ref: Object | None) -> FieldErrors:
    """Return the FieldErrors of spec.paramRef (validateParamRef)."""
    if ref is None:
        return []
    path, name, selector = "spec.paramRef", ref.get("name", ""), ref.get("selector")
    errors = []
    if name:
        errors += checks.path_segment(f"{path}.name", name)
        if selector is not None:
            errors.append(field.forbidden(f"{path}.name", "name and selector are mutually exclusive"))
    if selector is not None:
        errors += checks.label_selector(f"{path}.selector", selector)
        if name:
            errors.append(field.forbidden(f"{path}.selector", "name and selector are mutually exclusive"))
    if not name and selector is None:
        errors.append(field.required(path, "one of name or selector must be specified"))
    action = ref.get("parameterNotFoundAction", "")
    if not action:
        errors.append(field.required(f"{path}.parameterNotFoundAction"))
    elif action not in ("Deny", "Allow"):
        errors.append(field.not_supported(f"{path}.parameterNotFoundAction", action, ("Deny", "Allow")))
    return errors
