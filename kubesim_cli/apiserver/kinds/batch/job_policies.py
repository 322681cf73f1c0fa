"""When a Job counts as failed or as done: podFailurePolicy, successPolicy, and the texts that name indexes."""

from __future__ import annotations

from ....machinery import field
from ..checks import minimum, once, qualified_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object

_ACTIONS = ("Count", "FailIndex", "FailJob", "Ignore")
_STATUSES = ("False", "True", "Unknown")


def failure_policy(path: str, spec: Object) -> FieldErrors:
    """Return the FieldErrors of the podFailurePolicy of a JobSpec (validatePodFailurePolicy)."""
    rules = spec["podFailurePolicy"].get("rules") or ()
    errors = [field.too_many(f"{path}.rules", len(rules), 20)] if len(rules) > 20 else []
    pod = (spec.get("template") or {}).get("spec") or {}
    containers = {c.get("name", "") for kind in ("containers", "initContainers") for c in pod.get(kind) or ()}
    for i, rule in enumerate(rules):
        errors += _rule(f"{path}.rules[{i}]", rule, spec, containers)
    return errors


def _valid_values(values: tuple[str, ...]) -> str:
    quoted = " ".join(f'"{value}"' for value in values)
    return f"valid values: [{quoted}]"


def _rule(path: str, rule: Object, spec: Object, containers: set[str]) -> FieldErrors:
    """validatePodFailurePolicyRule, validatePodFailurePolicyRuleOnPodConditions."""
    action, errors = rule.get("action", ""), []
    if not action:
        errors.append(field.required(f"{path}.action", _valid_values(_ACTIONS)))
    elif action == "FailIndex":
        if spec.get("backoffLimitPerIndex") is None:
            errors.append(field.invalid(f"{path}.action", action, "requires the backoffLimitPerIndex to be set"))
    elif action not in _ACTIONS:
        errors.append(field.not_supported(f"{path}.action", action, _ACTIONS))
    codes, patterns = rule.get("onExitCodes"), rule.get("onPodConditions") or ()
    if codes is not None:
        errors += _exit_codes(f"{path}.onExitCodes", codes, containers)
    if len(patterns) > 20:
        errors.append(field.too_many(f"{path}.onPodConditions", len(patterns), 20))
    for i, pattern in enumerate(patterns):
        at, status = f"{path}.onPodConditions[{i}]", pattern.get("status", "")
        errors += qualified_name(f"{at}.type", pattern.get("type", ""))
        if not status:
            errors.append(field.required(f"{at}.status", _valid_values(_STATUSES)))
        elif status not in _STATUSES:
            errors.append(field.not_supported(f"{at}.status", status, _STATUSES))
    if codes is not None and patterns:
        errors.append(omitted(path, "specifying both OnExitCodes and OnPodConditions is not supported"))
    if codes is None and not patterns:
        errors.append(omitted(path, "specifying one of OnExitCodes and OnPodConditions is required"))
    return errors


def omitted(path: str, detail: str) -> field.FieldError:
    """Return the error of an invalid value that is not shown (field.OmitValueType)."""
    return field.FieldError("FieldValueInvalid", path, f"Invalid value: {detail}")


def _exit_codes(path: str, codes: Object, containers: set[str]) -> FieldErrors:
    """validatePodFailurePolicyRuleOnExitCodes."""
    operator, values, errors = codes.get("operator", ""), codes.get("values") or [], []
    if not operator:
        errors.append(field.required(f"{path}.operator", _valid_values(("In", "NotIn"))))
    elif operator not in ("In", "NotIn"):
        errors.append(field.not_supported(f"{path}.operator", operator, ["In", "NotIn"]))
    name = codes.get("containerName")
    if name is not None and name not in containers:
        errors.append(field.invalid(f"{path}.containerName", name,
                                    "must be one of the container or initContainer names in the pod template"))
    if not values:
        errors.append(field.invalid(f"{path}.values", codes.get("values"), "at least one value is required"))
    elif len(values) > 255:
        errors.append(field.too_many(f"{path}.values", len(values), 255))
    seen: set[int] = set()
    for i, value in enumerate(values):
        if operator == "In" and value == 0:
            errors.append(field.invalid(f"{path}.values[{i}]", value, "must not be 0 for the In operator"))
        errors += once(f"{path}.values[{i}]", value, seen)
    if values != sorted(values):
        errors.append(field.invalid(f"{path}.values", values, "must be ordered"))
    return errors


def success_policy(path: str, spec: Object) -> FieldErrors:
    """Return the FieldErrors of the successPolicy of an Indexed JobSpec (validateSuccessPolicy)."""
    rules, total, errors = spec["successPolicy"].get("rules") or (), spec.get("completions") or 0, []
    if not rules:
        errors.append(field.required(f"{path}.rules",
                                     "at least one rules must be specified when the successPolicy is specified"))
    if len(rules) > 20:
        errors.append(field.too_many(f"{path}.rules", len(rules), 20))
    for i, rule in enumerate(rules):
        errors += _success_rule(f"{path}.rules[{i}]", rule, total)
    return errors


def _success_rule(path: str, rule: Object, total: int) -> FieldErrors:
    """validateSuccessPolicyRule."""
    count, indexes, listed = rule.get("succeededCount"), rule.get("succeededIndexes"), 0
    if count is None and indexes is None:
        return [field.required(path, "at least one of succeededCount or succeededIndexes must be specified")]
    errors: FieldErrors = []
    limits = [(total, "the number of specified completions")]
    if indexes is not None:
        at = f"{path}.succeededIndexes"
        if len(indexes) > 64 * 1024:
            errors.append(field.too_long(at, 64 * 1024))
        try:
            listed = sum(end - start + 1 for start, end in parse_indexes(indexes, total))
        except ValueError as wrong:
            errors.append(field.invalid(at, indexes, f"error parsing succeededIndexes: {wrong}"))
        limits.append((listed, "the number of indexes in the specified succeededIndexes field"))
    if count is None:
        return errors
    errors += minimum(f"{path}.succeededCount", count)
    return errors + [field.invalid(f"{path}.succeededCount", count, f"must be less than or equal to {limit} ({what})")
                     for limit, what in limits if count > limit]


def parse_indexes(text: str, completions: int) -> list[tuple[int, int]]:
    """Return the intervals of a text such as `1,3-5`, both ends included; ValueError as validateIndexesFormat."""
    found: list[tuple[int, int]] = []
    for part in text.split(",") if text else ():
        ends = part.split("-")
        if len(ends) > 2:
            raise ValueError(f'the fragment "{part}" violates the requirement that an index interval can have at most '
                             "two parts separated by '-'")
        start = _index(ends[0], completions)
        end = _index(ends[1], completions) if len(ends) > 1 else start
        if len(ends) > 1 and start >= end:
            raise ValueError(f"non-increasing order, previous: {start}, current: {end}")
        if found and found[-1][1] >= start:
            raise ValueError(f"non-increasing order, previous: {found[-1][1]}, current: {start}")
        found.append((start, end))
    return found


def _index(text: str, completions: int) -> int:
    """parseIndexInterval."""
    if not (text.isascii() and text.isdecimal()):
        raise ValueError(f'cannot convert string to integer for index: "{text}"')
    if int(text) >= completions:
        raise ValueError(f'too large index: "{text}"')
    return int(text)
