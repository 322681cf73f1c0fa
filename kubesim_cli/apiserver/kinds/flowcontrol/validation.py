"""What flow control's kinds have to be."""

from __future__ import annotations

from ....machinery import field, names
from .. import checks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ....machinery.types import FieldErrors, Object

_VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch")
_SUBJECTS = ("ServiceAccount", "User", "Group")
_MAX_PRECEDENCE, _MAX_QUEUES, _MAX_HASH_BITS = 10000, 10_000_000, 60
_MANDATORY = ("exempt", "catch-all")
_NOT_NEGATIVE = "must be a non-negative integer"


def flow_schema(name: str, spec: Object) -> FieldErrors:
    """Return the FieldErrors of a FlowSchema's spec (ValidateFlowSchemaSpec)."""
    precedence, at = spec["matchingPrecedence"], "spec.matchingPrecedence"
    errors = []
    if precedence <= 0:
        errors.append(field.invalid(at, precedence, "must be a positive value"))
    if precedence > _MAX_PRECEDENCE:
        errors.append(field.invalid(at, precedence, f"must not be greater than {_MAX_PRECEDENCE}"))
    if precedence == 1 and name != "exempt":
        errors.append(field.invalid(at, precedence, "only the schema named 'exempt' may have matchingPrecedence 1"))
    method = spec.get("distinguisherMethod")
    if method is not None and method.get("type") not in ("ByNamespace", "ByUser"):
        errors.append(field.not_supported("spec.distinguisherMethod.type", {"Type": method.get("type", "")},
                                          ("ByNamespace", "ByUser")))
    level = (spec.get("priorityLevelConfiguration") or {}).get("name", "")
    at = "spec.priorityLevelConfiguration.name"
    errors += checks.dns1123_subdomain(at, level) if level else [field.required(at, "must reference a priority level")]
    for i, rule in enumerate(spec.get("rules") or ()):
        errors += _rule(f"spec.rules[{i}]", rule)
    return errors


def fixed(name: str, kind: str, spec: Object) -> FieldErrors:
    """Return the FieldErrors of what a FlowSchema or a PriorityLevelConfiguration that has to be there differs in
    (ValidateFlowSchema, ValidateIfMandatoryPriorityLevelConfigurationObject)."""
    if name not in _MANDATORY:
        return []
    from ...internaltypes import internal
    from ...poststarthooks import flow_schemas, priority_levels

    wanted, told = (flow_schemas() if kind == "FlowSchema" else priority_levels())[name], "must equal the fixed value"
    if kind != "FlowSchema" and name == "exempt":
        wanted, told = {**wanted, "exempt": spec.get("exempt")}, f"except the 'spec.exempt' field {told}"
    shown, other = (internal(each, f"{kind}Spec") for each in (spec, wanted))
    return [] if shown == other else [field.invalid("spec", shown, f"spec of '{name}' {told}")]


def _rule(path: str, rule: Object) -> FieldErrors:
    """ValidateFlowSchemaPolicyRulesWithSubjects."""
    subjects, resources, paths = (rule.get(key) or () for key in ("subjects", "resourceRules", "nonResourceRules"))
    errors = [] if subjects else [field.required(f"{path}.subjects", "subjects must contain at least one value")]
    for i, subject in enumerate(subjects):
        errors += _subject(f"{path}.subjects[{i}]", subject)
    if not resources and not paths:
        errors.append(field.required(path, "at least one of resourceRules and nonResourceRules has to be non-empty"))
    for i, found in enumerate(resources):
        errors += _resource_rule(f"{path}.resourceRules[{i}]", found)
    for i, found in enumerate(paths):
        errors += _path_rule(f"{path}.nonResourceRules[{i}]", found)
    return errors


def _subject(path: str, subject: Object) -> FieldErrors:
    """Who a rule is about (ValidateFlowSchemaSubject, ValidateServiceAccountSubject, ValidateUserSubject,
    ValidateGroupSubject)."""
    kind = subject.get("kind", "")
    if kind not in _SUBJECTS:
        return [field.not_supported(f"{path}.kind", kind, sorted(_SUBJECTS))]
    keys = {each: each[0].lower() + each[1:] for each in _SUBJECTS}
    key, at = keys[kind], f"{path}.{keys[kind]}"
    found = subject.get(key)
    if found is None:
        errors = [field.required(at, f"{key} is required when subject kind is '{kind}'")]
    else:
        name = found.get("name", "")
        errors = [] if name else [field.required(f"{at}.name")]
        if kind == "ServiceAccount":
            namespace = found.get("namespace", "")
            errors += checks.dns1123_subdomain(f"{at}.name", name) if name not in ("", "*") else []
            errors += checks.dns1123_label(f"{at}.namespace", namespace) if namespace else [
                field.required(f"{at}.namespace", "must specify namespace for service account")]
    return errors + [field.forbidden(f"{path}.{key}", f"{key} is forbidden when subject kind is not '{other}'")
                     for other, key in keys.items() if other != kind and subject.get(key) is not None]


def _verbs(path: str, verbs: list[str]) -> FieldErrors:
    if not verbs:
        return [field.required(path, "verbs must contain at least one value")]
    if "*" in verbs:
        return [field.invalid(path, verbs, "if '*' is present, must not specify other verbs")] \
            if len(verbs) > 1 else []
    return [] if set(verbs) <= set(_VERBS) else [field.not_supported(path, verbs, _VERBS)]


def _alone(path: str, values: list[str], missing: str, others: str) -> FieldErrors:
    """Values of which there is one at least, and nothing beside a `*` (hasWildcard, memberInList)."""
    if not values:
        return [field.required(path, missing)]
    return [field.invalid(path, values, f"if '*' is present, must not specify other {others}")] \
        if len(values) > 1 and "*" in values else []


def _resource_rule(path: str, rule: Object) -> FieldErrors:
    """ValidateFlowSchemaResourcePolicyRule."""
    namespaces = rule.get("namespaces") or []
    errors = _verbs(f"{path}.verbs", rule.get("verbs") or [])
    errors += _alone(f"{path}.apiGroups", rule.get("apiGroups") or [],
                     "resource rules must supply at least one api group", "api groups")
    errors += _alone(f"{path}.resources", rule.get("resources") or [],
                     "resource rules must supply at least one resource", "resources")
    if not namespaces and rule.get("clusterScope"):
        return errors
    errors += _alone(f"{path}.namespaces", namespaces,
                     "resource rules that are not cluster scoped must supply at least one namespace", "namespaces")
    if "*" not in namespaces:
        for i, name in enumerate(namespaces):
            errors += checks.said(f"{path}.namespaces[{i}]", name, [
                f"each member of this list must be '*' or a DNS-1123 label; {text}"
                for text in names.dns1123_label(name)])
    return errors


def _path_rule(path: str, rule: Object) -> FieldErrors:
    """ValidateFlowSchemaNonResourcePolicyRule."""
    urls, at = rule.get("nonResourceURLs") or [], f"{path}.nonResourceURLs"
    errors = _verbs(f"{path}.verbs", rule.get("verbs") or [])
    errors += _alone(at, urls, "nonResourceURLs must contain at least one value", "non-resource URLs")
    for i, url in enumerate(urls if "*" not in urls else ()):
        why = _wrong_path(url)
        if why:
            errors.append(field.invalid(f"{at}[{i}]", url, why))
    return errors


def _wrong_path(path: str) -> str:
    """Tell why something is no path of a rule (ValidateNonResourceURLPath)."""
    if not path:
        return "must not be empty"
    if path == "/":
        return ""
    if not path.startswith("/"):
        return "must start with slash"
    if " " in path:
        return "must not contain white-space"
    if "//" in path:
        return "must not contain double slash"
    stars = path.count("*")
    return "wildcard can only do suffix matching" if stars > 1 or (stars == 1 and not path.endswith("/*")) else ""


def priority_level(name: str, spec: Object) -> FieldErrors:
    """Return the FieldErrors of a PriorityLevelConfiguration's spec (ValidatePriorityLevelConfigurationSpec)."""
    type_, limited, exempt = spec.get("type", ""), spec.get("limited"), spec.get("exempt")
    errors = []
    if (name == "exempt") != (type_ == "Exempt"):
        errors.append(field.invalid("spec.type", type_, "must be 'Exempt' if and only if `name` is 'exempt'"))
    if type_ == "Exempt":
        if limited is not None:
            errors.append(field.forbidden("spec.limited", "must be nil if the type is not Limited"))
        return errors + (_exempt("spec.exempt", exempt) if exempt is not None else [])
    if type_ != "Limited":
        return errors + checks.one_of("spec.type", type_, ("Exempt", "Limited"))
    if exempt is not None:
        errors.append(field.forbidden("spec.exempt", "must be nil if the type is Limited"))
    if limited is None:
        return [*errors, field.required("spec.limited", "must not be empty when type is Limited")]
    return errors + _limited("spec.limited", limited)


def _exempt(path: str, found: Object) -> FieldErrors:
    """ValidateExemptPriorityLevelConfiguration."""
    return _shares(path, found) + _lendable(path, found)


def _shares(path: str, found: Object) -> FieldErrors:
    shares = found.get("nominalConcurrencyShares") or 0
    return [] if shares >= 0 else [field.invalid(f"{path}.nominalConcurrencyShares", shares, _NOT_NEGATIVE)]


def _lendable(path: str, found: Object) -> FieldErrors:
    percent = found.get("lendablePercent") or 0
    return [] if 0 <= percent <= 100 else [field.invalid(f"{path}.lendablePercent", percent,
                                                         "must be between 0 and 100, inclusive")]


def _limited(path: str, limited: Object) -> FieldErrors:
    """ValidateLimitedPriorityLevelConfiguration, ValidateLimitResponse."""
    errors = _shares(path, limited)
    response, at = limited.get("limitResponse") or {}, f"{path}.limitResponse"
    type_, queuing = response.get("type", ""), response.get("queuing")
    if type_ == "Reject" and queuing is not None:
        errors.append(field.forbidden(f"{at}.queuing", "must be nil if limited.limitResponse.type is not Limited"))
    elif type_ == "Queue":
        errors += _queuing(f"{at}.queuing", queuing) if queuing is not None else [
            field.required(f"{at}.queuing", "must not be empty if limited.limitResponse.type is Limited")]
    elif type_ not in ("Queue", "Reject"):
        errors.append(field.not_supported(f"{at}.type", type_, ("Queue", "Reject")))
    errors += _lendable(path, limited)
    borrowing = limited.get("borrowingLimitPercent")
    if borrowing is not None and borrowing < 0:
        errors.append(field.invalid(f"{path}.borrowingLimitPercent", borrowing, f"if specified, {_NOT_NEGATIVE}"))
    return errors


def _queuing(path: str, queuing: Object) -> FieldErrors:
    """ValidatePriorityLevelQueuingConfiguration."""
    queues, hand, length = (queuing.get(key, 0) for key in ("queues", "handSize", "queueLengthLimit"))
    errors = [] if length > 0 else [field.invalid(f"{path}.queueLengthLimit", length, "must be positive")]
    if queues <= 0:
        errors.append(field.invalid(f"{path}.queues", queues, "must be positive"))
    elif queues > _MAX_QUEUES:
        errors.append(field.invalid(f"{path}.queues", queues, f"must not be greater than {_MAX_QUEUES}"))
    if hand <= 0:
        errors.append(field.invalid(f"{path}.handSize", hand, "must be positive"))
    elif hand > queues:
        errors.append(field.invalid(f"{path}.handSize", hand, f"should not be greater than queues ({queues})"))
    elif _entropy_bits(queues, hand) > _MAX_HASH_BITS:
        errors.append(field.invalid(f"{path}.handSize", hand, f"required entropy bits of deckSize {queues} and "
                                    f"handSize {hand} should not be greater than {_MAX_HASH_BITS}"))
    return errors


def _entropy_bits(deck: int, hand: int) -> int:
    """Bits that it takes to deal a hand (shufflesharding.RequiredEntropyBits)."""
    import math

    return math.ceil(math.log2(deck) * hand)


def status_conditions(found: Iterable[Object]) -> FieldErrors:
    """Return the FieldErrors of the conditions of either kind (ValidateFlowSchemaStatus, ValidateFlowSchemaCondition,
    ValidatePriorityLevelConfigurationStatus, ValidatePriorityLevelConfigurationCondition)."""
    errors: FieldErrors = []
    seen: set[str] = set()
    for i, condition in enumerate(found):
        at, type_ = f"status.conditions[{i}].type", condition.get("type", "")
        errors += checks.once(at, type_, seen)
        if not type_:
            errors.append(field.required(at))
    return errors
