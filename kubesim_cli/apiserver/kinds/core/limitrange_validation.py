"""What a LimitRange has to be (ValidateLimitRange)."""

from __future__ import annotations

from ....machinery import field, names, quantity
from ..checks import once, said
from .podspec.resources import _container_name as container_name
from .podspec.resources import overcommit_allowed, resource_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ....machinery.types import FieldErrors, Object


def validate(limits: Sequence[Object]) -> FieldErrors:
    """Return the FieldErrors of spec.limits."""
    errors: FieldErrors = []
    seen: set[str] = set()
    for i, limit in enumerate(limits):
        path, type_ = f"spec.limits[{i}]", limit.get("type", "")
        errors += _type(f"{path}.type", type_)
        errors += once(f"{path}.type", type_, seen)
        errors += _limit(path, limit, type_)
    return errors


def _type(path: str, type_: str) -> FieldErrors:
    """validateLimitRangeTypeName."""
    errors = said(path, type_, names.qualified_name(type_))
    if not errors and "/" not in type_ and type_ not in ("Pod", "Container", "PersistentVolumeClaim"):
        errors.append(field.invalid(path, type_, "must be a standard limit type or fully qualified"))
    return errors


def _limit(path: str, limit: Object, type_: str) -> FieldErrors:
    """validateLimitRangeResourceName."""
    check = container_name if type_ in ("Pod", "Container") else resource_name
    errors: FieldErrors = []
    parts = {}
    for part in ("max", "min", "default", "defaultRequest", "maxLimitRequestRatio"):
        parts[part] = limit.get(part) or {}
        if part.startswith("default") and type_ == "Pod":
            if parts[part]:
                errors.append(field.forbidden(f"{path}.{part}", "may not be specified when `type` is 'Pod'"))
            parts[part] = {}
        if part == "maxLimitRequestRatio" and type_ == "PersistentVolumeClaim" \
                and "storage" not in parts["min"] and "storage" not in parts["max"]:
            errors.append(field.required(f"{path}.limits", "either minimum or maximum storage value is required, "
                                         "but neither was provided"))
        for name in sorted(parts[part]):
            errors += check(f"{path}.{part}[{name}]", name)
    for name in sorted({name for part in parts.values() for name in part}):
        errors += _order(path, name, {part: found.get(name) for part, found in parts.items()})
    return errors


# In the order of the checks: lesser part, greater part, the part complained of, the amount quoted, the words.
_MAX_INT64 = (1 << 63) - 1
_ORDER = (
    ("min", "max", "min", "min", "min value {} is greater than max value {}"),
    ("min", "defaultRequest", "defaultRequest", "defaultRequest",
     "min value {} is greater than default request value {}"),
    ("defaultRequest", "max", "defaultRequest", "defaultRequest",
     "default request value {} is greater than max value {}"),
    ("defaultRequest", "default", "defaultRequest", "defaultRequest",
     "default request value {} is greater than default limit value {}"),
    ("min", "default", "default", "min", "min value {} is greater than default value {}"),
    ("default", "max", "default", "max", "default value {} is greater than max value {}"),
)


def _order(path: str, name: str, amounts: Object) -> FieldErrors:
    errors = []
    for lesser, greater, about, quoted, words in _ORDER:
        low, high = amounts[lesser], amounts[greater]
        if low is not None and high is not None and quantity.compare(low, high) > 0:
            errors.append(field.invalid(f"{path}.{about}[{name}]", amounts[quoted], words.format(low, high)))
    ratio, low, high = amounts["maxLimitRequestRatio"], amounts["min"], amounts["max"]
    at = f"{path}.maxLimitRequestRatio[{name}]"
    if ratio is not None and quantity.compare(ratio, 1) < 0:
        errors.append(field.invalid(at, ratio, f"ratio {ratio} is less than 1"))
    if ratio is not None and low is not None and high is not None and quantity.milli(low):
        most = min(quantity.milli(high), _MAX_INT64) / min(quantity.milli(low), _MAX_INT64)
        if min(quantity.milli(ratio), _MAX_INT64) / 1000 > most:
            errors.append(field.invalid(at, ratio, f"ratio {ratio} is greater than max/min = {most:f}"))
    default, request = amounts["default"], amounts["defaultRequest"]
    if not overcommit_allowed(name) and default and request and quantity.compare(default, request):
        errors.append(field.invalid(f"{path}.defaultRequest[{name}]", request,
                                    f"default value {default} must equal to defaultRequest value {request} in {name}"))
    return errors
