"""ValidatingAdmissionPolicy, MutatingAdmissionPolicy and their bindings."""

from __future__ import annotations

from ..base import AGE, METADATA, NAME, Column, Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Cell, Context


def _param_kind_cell(obj: Object, ctx: Context) -> Cell:
    kind = (obj.get("spec") or {}).get("paramKind")
    return f"{kind.get('apiVersion', '')}/{kind.get('kind', '')}" if kind else "<unset>"


class AdmissionPolicy(Kind):
    """A policy; `rules` is the field that holds what it does."""

    kube_finalizers = False
    has_generation = True
    unconditional_update = False
    status_keeps = METADATA

    def __init__(self, rules: str):
        self.rules = rules
        self.columns = (
            NAME, Column(rules.title(), lambda obj, ctx: len((obj.get("spec") or {}).get(rules) or ()), type="integer"),
            Column("ParamKind", _param_kind_cell), AGE)
        self.has_status = rules == "validations"

    def default(self, obj: Object, ctx: Context) -> None:
        spec = obj.setdefault("spec", {})
        spec.setdefault("failurePolicy", "Fail")
        _default_match(spec.get("matchConstraints"))

    def default_status(self, obj: Object, ctx: Context) -> None:
        obj["status"] = {}

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateValidatingAdmissionPolicy, validateValidatingAdmissionPolicy, ValidateMutatingAdmissionPolicy,
        validateMutatingAdmissionPolicy, ValidateValidatingAdmissionPolicyUpdate,
        ValidateMutatingAdmissionPolicyUpdate."""
        from ....machinery import field
        from ..checks import one_of
        from .match_validation import match_resources, param_kind

        spec = obj["spec"]
        errors = one_of("spec.failurePolicy", spec["failurePolicy"], ("Fail", "Ignore"))
        if spec.get("paramKind") is not None:
            errors += param_kind("spec.paramKind", spec["paramKind"])
        constraints = spec.get("matchConstraints")
        if constraints is None:
            errors.append(field.required("spec.matchConstraints"))
        else:
            errors += match_resources("spec.matchConstraints", constraints)
            if not constraints.get("resourceRules"):
                errors.append(field.required("spec.matchConstraints.resourceRules"))
        if self.rules == "validations":
            from .policy_validation import expressions

            errors += expressions(spec, obj["metadata"].get("name", ""), ctx.release)
        else:
            from .policy_validation import mutations

            errors += mutations(spec, ctx.release)
        return errors

    def validate_status(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        """ValidateValidatingAdmissionPolicyStatusUpdate, validateValidatingAdmissionPolicyStatus, validateTypeChecking,
        validateExpressionWarnings, validateExpressionWarning."""
        from ....machinery import field
        from ..checks import conditions

        status = obj.get("status") or {}
        path = "status.typeChecking.expressionWarnings"
        errors = [field.required(f"{path}[{i}].{key}")
                  for i, warning in enumerate((status.get("typeChecking") or {}).get("expressionWarnings") or ())
                  for key in ("warning", "fieldRef") if not warning.get(key, "").strip()]
        return errors + conditions("status.conditions", status.get("conditions") or ())


def _default_match(constraints: Object | None) -> None:
    if constraints is None:
        return
    for key, value in (("matchPolicy", "Equivalent"), ("namespaceSelector", {}), ("objectSelector", {})):
        constraints.setdefault(key, value)
    for key in ("resourceRules", "excludeResourceRules"):
        for rule in constraints.get(key) or ():
            rule.setdefault("scope", "*")


def _param_ref_cell(obj: Object, ctx: Context) -> Cell:
    ref = (obj.get("spec") or {}).get("paramRef")
    if ref and ref.get("name"):
        return f"{ref.get('namespace') or '*'}/{ref['name']}"
    if ref and ref.get("selector") is not None:
        from ....machinery.selectors import format_selector

        return format_selector(ref["selector"])
    return "<unset>"


class AdmissionPolicyBinding(Kind):
    kube_finalizers = False
    columns = (NAME,
               Column("PolicyName", lambda obj, ctx: (obj.get("spec") or {}).get("policyName", "")),
               Column("ParamRef", _param_ref_cell),
               AGE)
    has_generation = True
    unconditional_update = False

    def default(self, obj: Object, ctx: Context) -> None:
        _default_match(obj.setdefault("spec", {}).get("matchResources"))

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidateValidatingAdmissionPolicyBinding, validateValidatingAdmissionPolicyBinding,
        validateValidatingAdmissionPolicyBindingSpec, ValidateMutatingAdmissionPolicyBinding,
        validateMutatingAdmissionPolicyBinding, validateMutatingAdmissionPolicyBindingSpec,
        ValidateValidatingAdmissionPolicyBindingUpdate, ValidateMutatingAdmissionPolicyBindingUpdate."""
        from ....machinery import field
        from ..checks import dns1123_subdomain
        from .match_validation import match_resources
        from .policy_validation import actions, operations, param_ref

        spec = obj["spec"]
        name = spec.get("policyName", "")
        errors = dns1123_subdomain("spec.policyName", name) if name else [field.required("spec.policyName")]
        errors += param_ref(spec.get("paramRef"))
        if spec.get("matchResources"):
            errors += match_resources("spec.matchResources", spec["matchResources"])
        if obj["kind"] == "ValidatingAdmissionPolicyBinding":
            errors += actions(spec.get("validationActions") or [])
        else:
            errors += operations("spec.matchResources", spec.get("matchResources") or {})
        return errors
