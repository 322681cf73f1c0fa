"""The questions of authorization.k8s.io: answered, never stored (pkg/registry/authorization)."""

from __future__ import annotations

from ....machinery import errors, field
from ... import authorization
from ..base import Kind
from ..checks import OPERATORS, label_selector_values, requirement_of_labels

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Context

GROUP = "authorization.k8s.io"


def _attributes(spec: Object) -> Object:
    """Return the request that a review asks about (validateResourceAttributes)."""
    resource = spec.get("resourceAttributes")
    if resource is None:
        other = spec.get("nonResourceAttributes") or {}
        return {"verb": other.get("verb", ""), "path": other.get("path", "")}
    return {key: resource.get(key, "") for key in ("verb", "group", "resource", "subresource", "name", "namespace")}


def _check(obj: Object, bad: FieldErrors, more: FieldErrors) -> None:
    """Raise Invalid where a review asks about nothing, about two things or by no selectors; `bad` and `more`: what is
    wrong besides, before and after that."""
    spec = obj.get("spec") or {}
    resource, other = spec.get("resourceAttributes"), spec.get("nonResourceAttributes")
    found = []
    if resource is not None and other is not None:
        found.append(field.invalid("spec.nonResourceAttributes", {"Path": other.get("path", ""),
                                                                  "Verb": other.get("verb", "")},
                                   "cannot be specified in combination with resourceAttributes"))
    if resource is None and other is None:
        found.append(field.invalid("spec.resourceAttributes", None, "exactly one of nonResourceAttributes or "
                                   "resourceAttributes must be specified"))
    found += bad
    for key in ("fieldSelector", "labelSelector"):
        if resource is not None and resource.get(key) is not None:
            found += _selector(f"spec.resourceAttributes.{key}", resource[key], key == "labelSelector")
    found += more
    if found:
        raise errors.invalid("", GROUP, "", found)  # the object that was decoded does not name its kind


def _selector(path: str, selector: Object, of_labels: bool) -> FieldErrors:
    """validateFieldSelectorAttributes, validateLabelSelectorAttributes: operators that nobody knows may come later."""
    raw, requirements = selector.get("rawSelector"), selector.get("requirements") or []
    found = []
    if raw and requirements:
        found.append(field.invalid(f"{path}.rawSelector", raw, "may not specified at the same time as requirements"))
    if not raw and not requirements:
        found.append(field.required(f"{path}.requirements",
                                    f"when {path} is specified, requirements or rawSelector is required"))
    for i, requirement in enumerate(requirements):
        at, known = f"{path}.requirements[{i}]", requirement.get("operator") in OPERATORS
        if of_labels:
            found += requirement_of_labels(at, requirement, known)
        else:
            found += _field_requirement(at, requirement, known)
    return found


def _field_requirement(path: str, requirement: Object, known: bool) -> FieldErrors:
    """ValidateFieldSelectorRequirement"""
    found = [] if requirement.get("key") else [field.required(f"{path}.key", "must be specified")]
    return found + (label_selector_values(path, requirement["operator"], requirement.get("values")) if known else [])


def _answer(obj: Object, user: Object, ctx: Context) -> Object:
    allowed, reason = authorization.decide(ctx.client, user, _attributes(obj["spec"]))
    status: Object = {"allowed": allowed}
    if reason:
        status["reason"] = reason
    return {**obj, "status": status}


class SelfReview(Kind):
    def serve_create(self, obj: Object, ctx: Context) -> Object:
        """ValidateSelfSubjectAccessReview, ValidateSelfSubjectAccessReviewSpec."""
        _check(obj, [], [])
        return _answer(obj, ctx.user or {"groups": [authorization.MASTERS]}, ctx)


class SubjectReview(Kind):
    def serve_create(self, obj: Object, ctx: Context) -> Object:
        """ValidateSubjectAccessReview, ValidateSubjectAccessReviewSpec."""
        spec = obj.get("spec") or {}
        bad = []
        if not spec.get("user") and not spec.get("groups"):
            bad.append(field.invalid("spec.user", "", "at least one of user or group must be specified"))
        _check(obj, bad, self.also_wrong(obj, spec))
        return _answer(obj, {"name": spec.get("user", ""), "groups": spec.get("groups") or []}, ctx)

    def also_wrong(self, obj: Object, spec: Object) -> FieldErrors:
        """Return FieldErrors beyond those of all reviews."""
        return []


class LocalReview(SubjectReview):
    def also_wrong(self, obj: Object, spec: Object) -> FieldErrors:
        """ValidateLocalSubjectAccessReview."""
        resource, other = spec.get("resourceAttributes"), spec.get("nonResourceAttributes")
        bad = []
        namespace = (resource or {}).get("namespace", "")
        if resource is not None and namespace != obj.get("metadata", {}).get("namespace", ""):
            bad.append(field.invalid("spec.resourceAttributes.namespace", namespace, "must match metadata.namespace"))
        if other is not None:
            bad.append(field.invalid("spec.nonResourceAttributes", other, "disallowed on this kind of request"))
        return bad


class RulesReview(Kind):
    def serve_create(self, obj: Object, ctx: Context) -> Object:
        namespace = (obj.get("spec") or {}).get("namespace")
        if not namespace:
            raise errors.bad_request("no namespace on request")
        rules, problem = authorization.rules_for(
            ctx.client, ctx.user or {"groups": [authorization.MASTERS]}, namespace)
        kept = ("verbs", "apiGroups", "resources", "resourceNames")
        status = {
            "resourceRules": [{key: rule[key] for key in kept if rule.get(key)}
                              for rule in rules if rule.get("resources")],
            "nonResourceRules": [{key: rule[key] for key in ("verbs", "nonResourceURLs") if rule.get(key)}
                                 for rule in rules if rule.get("nonResourceURLs")],
            "incomplete": False}
        if problem:
            status["evaluationError"] = problem
        return {**obj, "status": status}
