"""ValidatingAdmissionPolicy, MutatingAdmissionPolicy and their bindings."""

from __future__ import annotations

from ..base import Column, Context, Kind, age
from ..columns import AGE, NAME


class AdmissionPolicy(Kind):
    """A policy; `rules` is the field that holds what it does."""

    kube_finalizers = False
    has_generation = True
    unconditional_update = False

    def __init__(self, rules: str):
        self.rules = rules
        self.columns = (NAME, Column(rules.title(), type="integer"), Column("ParamKind"), AGE)
        self.has_status = rules == "validations"

    def cells(self, obj: dict, ctx: Context) -> list:
        spec = obj.get("spec") or {}
        kind = spec.get("paramKind")
        return [obj["metadata"]["name"], len(spec.get(self.rules) or ()),
                f"{kind.get('apiVersion', '')}/{kind.get('kind', '')}" if kind else "<unset>", age(obj, ctx.now)]

    def default(self, obj: dict, ctx: Context) -> None:
        spec = obj.setdefault("spec", {})
        spec.setdefault("failurePolicy", "Fail")
        _default_match(spec.get("matchConstraints"))

    def default_status(self, obj: dict, ctx: Context) -> None:
        obj["status"] = {}

    def validate(self, obj: dict, ctx: Context) -> list:
        from ....machinery import field
        from ..checks import one_of

        spec, errors = obj["spec"], []
        errors += one_of("spec.failurePolicy", spec["failurePolicy"], ("Fail", "Ignore"))
        constraints = spec.get("matchConstraints")
        if constraints is None:
            errors.append(field.required("spec.matchConstraints"))
        else:
            errors += _match_resources("spec.matchConstraints", constraints)
            if not constraints.get("resourceRules"):
                errors.append(field.required("spec.matchConstraints.resourceRules"))
        if self.rules == "validations":
            from .policy_validation import expressions

            errors += expressions(spec, ctx.release)
        return errors


def _default_match(constraints: dict | None) -> None:
    if constraints is None:
        return
    for key, value in (("matchPolicy", "Equivalent"), ("namespaceSelector", {}), ("objectSelector", {})):
        constraints.setdefault(key, value)
    for key in ("resourceRules", "excludeResourceRules"):
        for rule in constraints.get(key) or ():
            rule.setdefault("scope", "*")


def _match_resources(path: str, constraints: dict) -> list:
    from ....machinery import field
    from ..checks import label_selector, one_of

    errors = one_of(f"{path}.matchPolicy", constraints["matchPolicy"], ("Equivalent", "Exact"))
    for key in ("namespaceSelector", "objectSelector"):
        errors += label_selector(f"{path}.{key}", constraints[key])
    for key in ("resourceRules", "excludeResourceRules"):
        for i, rule in enumerate(constraints.get(key) or ()):
            errors += [field.required(f"{path}.{key}[{i}].{part}")
                       for part in ("operations", "apiGroups", "apiVersions", "resources") if not rule.get(part)]
    return errors


class AdmissionPolicyBinding(Kind):
    kube_finalizers = False
    columns = (NAME, Column("PolicyName"), Column("ParamRef"), AGE)
    has_generation = True
    unconditional_update = False

    def cells(self, obj: dict, ctx: Context) -> list:
        spec = obj.get("spec") or {}
        ref, shown = spec.get("paramRef"), "<unset>"
        if ref and ref.get("name"):
            shown = f"{ref.get('namespace') or '*'}/{ref['name']}"
        elif ref and ref.get("selector") is not None:
            from ....machinery.selectors import format_selector

            shown = format_selector(ref["selector"])
        return [obj["metadata"]["name"], spec.get("policyName", ""), shown, age(obj, ctx.now)]

    def default(self, obj: dict, ctx: Context) -> None:
        _default_match(obj.setdefault("spec", {}).get("matchResources"))

    def validate(self, obj: dict, ctx: Context) -> list:
        from ....machinery import field
        from ..checks import dns1123_subdomain
        from .policy_validation import actions, param_ref

        spec = obj["spec"]
        name = spec.get("policyName", "")
        errors = dns1123_subdomain("spec.policyName", name) if name else [field.required("spec.policyName")]
        errors += param_ref(spec.get("paramRef"))
        if spec.get("matchResources"):
            errors += _match_resources("spec.matchResources", spec["matchResources"])
        if obj["kind"] == "ValidatingAdmissionPolicyBinding":
            errors += actions(spec.get("validationActions") or [])
        return errors
