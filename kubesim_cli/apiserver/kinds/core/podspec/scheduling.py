"""Where a pod may run: tolerations, affinity, topology spread, gates."""

from __future__ import annotations

from .....machinery import field, names
from ...checks import dns1123_label, label_selector, label_selector_values, once, qualified_name, said
from .rules import Rules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .....machinery.types import FieldErrors, Object

EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


def taint_effect(path: str, effect: str) -> FieldErrors:
    """Errors of a taint's effect that is not empty (validateTaintEffect)."""
    return [] if effect in EFFECTS else [field.not_supported(path, effect, EFFECTS)]


def tolerations(path: str, found: list[Object]) -> FieldErrors:
    """Errors of tolerations (ValidateTolerations)."""
    errors: FieldErrors = []
    for i, toleration in enumerate(found):
        at, key, operator = f"{path}[{i}]", toleration.get("key", ""), toleration.get("operator", "")
        effect, value = toleration.get("effect", ""), toleration.get("value", "")
        if key:
            errors += qualified_name(f"{at}.key", key)
        elif operator != "Exists":
            errors.append(field.invalid(f"{at}.operator", operator, "operator must be Exists when `key` is empty, "
                                        'which means "match all values and all keys"'))
        if toleration.get("tolerationSeconds") is not None and effect != "NoExecute":
            errors.append(field.invalid(f"{at}.effect", effect,
                                        "effect must be 'NoExecute' when `tolerationSeconds` is set"))
        if operator in ("", "Equal"):
            wrong = names.label_value(value)
            if wrong:
                errors.append(field.invalid(f"{at}.operator", value, ";".join(wrong)))
        elif operator == "Exists":
            if value:
                errors.append(field.invalid(f"{at}.operator", value, "value must be empty when `operator` is 'Exists'"))
        else:
            allowed = ("Equal", "Exists", "Lt", "Gt") if operator in ("Lt", "Gt") else ("Equal", "Exists")
            errors.append(field.not_supported(f"{at}.operator", operator, allowed))
        if effect:
            errors += taint_effect(f"{at}.effect", effect)
    return errors


def affinity(path: str, found: Object) -> FieldErrors:
    """Errors of a pod's affinity (validateAffinity, validateNodeAffinity, validatePodAffinity, validatePodAntiAffinity,
    ValidatePreferredSchedulingTerms, validatePodAffinityTerms, validateWeightedPodAffinityTerms)."""
    errors: FieldErrors = []
    nodes = found.get("nodeAffinity")
    if nodes:
        required = nodes.get("requiredDuringSchedulingIgnoredDuringExecution")
        if required is not None:
            errors += node_selector(f"{path}.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution", required)
        at = f"{path}.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution"
        for i, term in enumerate(nodes.get("preferredDuringSchedulingIgnoredDuringExecution") or ()):
            errors += _weight(f"{at}[{i}].weight", term.get("weight", 0))
            errors += _node_term(f"{at}[{i}].preference", term.get("preference") or {}, False)
    for kind in ("podAffinity", "podAntiAffinity"):
        pods = found.get(kind) or {}
        at = f"{path}.{kind}.requiredDuringSchedulingIgnoredDuringExecution"
        for i, term in enumerate(pods.get("requiredDuringSchedulingIgnoredDuringExecution") or ()):
            errors += _pod_term(f"{at}[{i}]", term)
        at = f"{path}.{kind}.preferredDuringSchedulingIgnoredDuringExecution"
        for i, weighted in enumerate(pods.get("preferredDuringSchedulingIgnoredDuringExecution") or ()):
            errors += _weight(f"{at}[{i}].weight", weighted.get("weight", 0))
            errors += _pod_term(f"{at}[{i}].podAffinityTerm", weighted.get("podAffinityTerm") or {})
    return errors


def _weight(path: str, weight: int) -> FieldErrors:
    return [] if 0 < weight <= 100 else [field.invalid(path, weight, "must be in the range 1-100")]


def node_selector(path: str, selector: Object) -> FieldErrors:
    """Errors of a NodeSelector (ValidateNodeSelector)."""
    terms = selector.get("nodeSelectorTerms") or ()
    if not terms:
        return [field.required(f"{path}.nodeSelectorTerms", "must have at least one node selector term")]
    return [error for i, term in enumerate(terms) for error in _node_term(f"{path}.nodeSelectorTerms[{i}]", term, True)]


def _node_term(path: str, term: Object, strict: bool) -> FieldErrors:
    """ValidateNodeSelectorTerm."""
    errors: FieldErrors = []
    for i, expression in enumerate(term.get("matchExpressions") or ()):
        errors += node_requirement(f"{path}.matchExpressions[{i}]", expression, strict)
    for i, expression in enumerate(term.get("matchFields") or ()):
        errors += _node_field(f"{path}.matchFields[{i}]", expression)
    return errors


def node_requirement(path: str, expression: Object, strict: bool = True) -> FieldErrors:
    """Errors of one requirement; label values count only if `strict` (ValidateNodeSelectorRequirement)."""
    operator, values = expression.get("operator", ""), expression.get("values") or ()
    if operator not in ("Gt", "Lt"):
        errors = label_selector_values(path, operator, values)
    elif len(values) != 1:
        errors = [field.required(f"{path}.values", "must be specified single value when `operator` is 'Lt' or 'Gt'")]
    else:
        errors = []
    errors += qualified_name(f"{path}.key", expression.get("key", ""))
    for i, value in enumerate(values if strict else ()):
        errors += said(f"{path}.values[{i}]", value, names.label_value(value))
    return errors


def _node_field(path: str, expression: Object) -> FieldErrors:
    """ValidateNodeFieldSelectorRequirement."""
    operator, key = expression.get("operator", ""), expression.get("key", "")
    values = expression.get("values") or ()
    errors = []
    if operator not in ("In", "NotIn"):
        errors.append(field.invalid(f"{path}.operator", operator, "not a valid selector operator"))
    elif len(values) != 1:
        errors.append(field.required(f"{path}.values", "must be only one value when `operator` is 'In' or 'NotIn' for "
                                     "node field selector"))
    if key != "metadata.name":
        return [*errors, field.invalid(f"{path}.key", key, "not a valid field selector key")]
    for i, value in enumerate(values):
        errors += said(f"{path}.values[{i}]", value, names.dns1123_subdomain(value))
    return errors


def _pod_term(path: str, term: Object) -> FieldErrors:
    """validatePodAffinityTerm, ValidatePodAffinityTermSelector."""
    selector = term.get("labelSelector")
    errors = label_selector(f"{path}.labelSelector", selector)
    errors += label_selector(f"{path}.namespaceSelector", term.get("namespaceSelector"))
    for name in term.get("namespaces") or ():
        errors += dns1123_label(f"{path}.namespace", name)
    errors += _label_keys(path, term.get("matchLabelKeys") or (), term.get("mismatchLabelKeys") or (), selector)
    key = term.get("topologyKey", "")
    if not key:
        errors.append(field.required(f"{path}.topologyKey", "can not be empty"))
    return errors + qualified_name(f"{path}.topologyKey", key)


def _label_keys(path: str, match: Sequence[str], mismatch: Sequence[str], selector: Object | None) -> FieldErrors:
    """ValidateMatchLabelKeysAndMismatchLabelKeys, validateLabelKeys."""
    errors: FieldErrors = []
    for name, keys in (("matchLabelKeys", match), ("mismatchLabelKeys", mismatch)):
        if keys and selector is None:
            errors.append(field.forbidden(f"{path}.{name}", "must not be specified when labelSelector is not set"))
        else:
            for i, key in enumerate(keys):
                errors += qualified_name(f"{path}.{name}[{i}]", key)
    known = set((selector or {}).get("matchLabels") or ())
    for expression in (selector or {}).get("matchExpressions") or ():
        key = expression.get("key", "")
        if key in match and key in known:
            at = len(match) - 1 - match[::-1].index(key)
            errors.append(field.invalid(f"{path}[{at}]", key, "exists in both matchLabelKeys and labelSelector"))
        known.add(key)
    return errors + [field.invalid(f"{path}.matchLabelKeys[{i}]", key,
                                   "exists in both matchLabelKeys and mismatchLabelKeys")
                     for i, key in enumerate(match) if key in mismatch]


def _strict_label_keys(path: str, keys: Sequence[str], selector: Object | None) -> FieldErrors:
    """Until 1.34, keys had to be none of the selector's (ValidateMatchLabelKeysInTopologySpread)."""
    if not keys:
        return []
    errors: FieldErrors = []
    known = set((selector or {}).get("matchLabels") or ())
    known.update(expression.get("key", "") for expression in (selector or {}).get("matchExpressions") or ())
    if selector is None:
        errors.append(field.forbidden(path, "must not be specified when labelSelector is not set"))
    for i, key in enumerate(keys):
        errors += qualified_name(f"{path}[{i}]", key)
        if key in known:
            errors.append(field.invalid(f"{path}[{i}]", key, "exists in both matchLabelKeys and labelSelector"))
    return errors


def spread_constraints(path: str, found: list[Object], rules: Rules) -> FieldErrors:
    """Errors of topologySpreadConstraints (validateTopologySpreadConstraints, ValidateTopologyKey,
    ValidateWhenUnsatisfiable, ValidateSpreadConstraintNotRepeat, validateNodeInclusionPolicy)."""
    errors: FieldErrors = []
    for i, constraint in enumerate(found):
        at, action, key = f"{path}[{i}]", constraint.get("whenUnsatisfiable", ""), constraint.get("topologyKey", "")
        if constraint.get("maxSkew", 0) <= 0:
            errors.append(field.invalid(f"{at}.maxSkew", constraint.get("maxSkew", 0), "must be greater than zero"))
        if not key:
            errors.append(field.required(f"{at}.topologyKey", "can not be empty"))
        if action not in ("DoNotSchedule", "ScheduleAnyway"):
            errors.append(field.not_supported(f"{at}.whenUnsatisfiable", action, ["DoNotSchedule", "ScheduleAnyway"]))
        if any(other.get("topologyKey", "") == key and other.get("whenUnsatisfiable", "") == action
               for other in found[i + 1:]):
            errors.append(field.duplicate(f"{at}.{{topologyKey, whenUnsatisfiable}}", f"{{{key}, {action}}}"))
        errors += _min_domains(f"{at}.minDomains", constraint.get("minDomains"), action)
        for policy in ("nodeAffinityPolicy", "nodeTaintsPolicy"):
            if constraint.get(policy) not in (None, "Honor", "Ignore"):
                errors.append(field.not_supported(f"{at}.{policy}", constraint[policy], ["Honor", "Ignore"]))
        keys, selector = constraint.get("matchLabelKeys") or (), constraint.get("labelSelector")
        if rules.has("MatchLabelKeysInPodTopologySpreadSelectorMerge"):
            errors += _label_keys(at, keys, (), selector)
        else:
            errors += _strict_label_keys(f"{at}.matchLabelKeys", keys, selector)
        errors += label_selector(f"{at}.labelSelector", selector)
    return errors


def _min_domains(path: str, number: int | None, action: str) -> FieldErrors:
    """validateMinDomains."""
    if number is None:
        return []
    errors = [field.invalid(path, number, "must be greater than zero")] if number <= 0 else []
    if action != "DoNotSchedule":
        errors.append(field.invalid(path, number, "can only use minDomains if whenUnsatisfiable=DoNotSchedule, not "
                                    f"{action}"))
    return errors


def gates(path: str, found: Sequence[Object]) -> FieldErrors:
    """Errors of schedulingGates (validateSchedulingGates)."""
    errors: FieldErrors = []
    seen: set[str] = set()
    for i, gate in enumerate(found):
        name = gate.get("name", "")
        errors += qualified_name(f"{path}[{i}]", name)
        errors += once(f"{path}[{i}]", name, seen)
    return errors
