"""ValidatingAdmissionPolicy, MutatingAdmissionPolicy and their bindings."""

from __future__ import annotations

from ..base import Column, Context, Kind, age
from ..columns import AGE, NAME


class AdmissionPolicy(Kind):
    """A policy; `rules` is the field that holds what it does."""

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
        constraints = spec.get("matchConstraints")
        if constraints:
            for key, value in (("matchPolicy", "Equivalent"), ("namespaceSelector", {}), ("objectSelector", {})):
                constraints.setdefault(key, value)
            for rule in constraints.get("resourceRules") or ():
                rule.setdefault("scope", "*")

    def default_status(self, obj: dict, ctx: Context) -> None:
        obj["status"] = {}

    def validate(self, obj: dict, ctx: Context) -> list:
        from ... import field
        from ..checks import one_of

        spec = obj["spec"]
        errors = one_of("spec.failurePolicy", spec["failurePolicy"], ("Fail", "Ignore"))
        if spec.get("matchConstraints") is None:
            errors.append(field.required("spec.matchConstraints"))
        elif not spec["matchConstraints"].get("resourceRules"):
            errors.append(field.required("spec.matchConstraints.resourceRules"))
        if self.rules == "validations" and not spec.get("validations") and not spec.get("auditAnnotations"):
            text = "validations or auditAnnotations must contain at least one item"
            errors += [field.required(f"spec.{key}", text) for key in ("validations", "auditAnnotations")]
        return errors


class AdmissionPolicyBinding(Kind):
    columns = (NAME, Column("PolicyName"), Column("ParamRef"), AGE)
    has_generation = True
    unconditional_update = False

    def cells(self, obj: dict, ctx: Context) -> list:
        spec = obj.get("spec") or {}
        ref, shown = spec.get("paramRef"), "<unset>"
        if ref and ref.get("name"):
            shown = f"{ref.get('namespace') or '*'}/{ref['name']}"
        elif ref and ref.get("selector") is not None:
            from ....api.selectors import format_selector

            shown = format_selector(ref["selector"])
        return [obj["metadata"]["name"], spec.get("policyName", ""), shown, age(obj, ctx.now)]

    def validate(self, obj: dict, ctx: Context) -> list:
        from ... import field
        from ..checks import dns1123_subdomain

        spec = obj.get("spec") or {}
        name = spec.get("policyName", "")
        errors = dns1123_subdomain("spec.policyName", name) if name else [field.required("spec.policyName")]
        if obj["kind"] == "ValidatingAdmissionPolicyBinding" and not spec.get("validationActions"):
            errors.append(field.required("spec.validationActions", "at least one validation action is required"))
        return errors
