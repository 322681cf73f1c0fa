"""What a ResourceQuota has to be (ValidateResourceQuotaSpec)."""

from __future__ import annotations

from ....machinery import field
from .podspec.resources import amount, resource_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object

SCOPES = ("BestEffort", "CrossNamespacePodAffinity", "NotBestEffort", "NotTerminating", "PriorityClass", "Terminating",
          "VolumeAttributesClass")
_COMPUTE = ("cpu", "memory", "limits.cpu", "limits.memory", "requests.cpu", "requests.memory")
_NAMES = frozenset((*_COMPUTE, "ephemeral-storage", "requests.storage", "requests.ephemeral-storage",
                    "limits.ephemeral-storage", "pods", "resourcequotas", "services", "replicationcontrollers",
                    "secrets", "persistentvolumeclaims", "configmaps", "services.nodeports", "services.loadbalancers"))
_EXCLUSIVE = ({"BestEffort", "NotBestEffort"}, {"Terminating", "NotTerminating"})


def validate(spec: Object) -> FieldErrors:
    """Return the FieldErrors of a quota's spec."""
    return amounts("spec.hard", spec.get("hard")) + _scopes(spec) + _selector(spec)


def amounts(path: str, found: Object | None) -> FieldErrors:
    """Return the FieldErrors of amounts by the names of resources, at `path`."""
    errors: FieldErrors = []
    for name, value in sorted((found or {}).items()):
        errors += _name(f"{path}[{name}]", name) + amount(f"{path}[{name}]", name, value)
    return errors


def _standard(name: str) -> bool:
    return name in _NAMES or name.startswith(("hugepages-", "requests.hugepages-"))


def _name(path: str, name: str) -> FieldErrors:
    """ValidateResourceQuotaResourceName."""
    errors = resource_name(path, name)
    if "/" not in name and not _standard(name):
        errors.append(field.invalid(path, name, "must be a standard resource for quota"))
    return errors


def _applies(scope: str, name: str) -> bool:
    """Whether a scope can limit a resource (helper.IsResourceQuotaScopeValidForResource)."""
    if scope == "BestEffort":
        return name == "pods"
    if scope == "VolumeAttributesClass":
        return name in ("persistentvolumeclaims", "requests.storage")
    return scope not in SCOPES or name == "pods" or name in _COMPUTE


def _scopes(spec: Object) -> FieldErrors:
    """validateResourceQuotaScopes."""
    scopes = spec.get("scopes") or []
    errors = []
    for scope in scopes:
        if scope not in SCOPES:
            errors.append(field.invalid("spec.scopes", scopes, "unsupported scope"))
        errors += [field.invalid("spec.scopes", scopes, "unsupported scope applied to resource")
                   for name in sorted(spec.get("hard") or {}) if _standard(name) and not _applies(scope, name)]
    return errors + [field.invalid("spec.scopes", scopes, "conflicting scopes")
                     for pair in _EXCLUSIVE if pair <= set(scopes)]


def _selector(spec: Object) -> FieldErrors:
    """validateScopeSelector, validateScopedResourceSelectorRequirement."""
    selector = spec.get("scopeSelector")
    if selector is None:
        return []
    from ... import internaltypes

    path, errors = "spec.scopeSelector.matchExpressions", []
    requirements = selector.get("matchExpressions") or ()
    for requirement in requirements:
        scope, operator = requirement.get("scopeName", ""), requirement.get("operator", "")
        values = requirement.get("values") or ()
        if scope not in SCOPES:
            errors.append(field.invalid(f"{path}.scopeName", scope, "unsupported scope"))
        errors += [field.invalid(path, internaltypes.internal(selector, "ScopeSelector"),
                                 "unsupported scope applied to resource")
                   for name in sorted(spec.get("hard") or {}) if _standard(name) and not _applies(scope, name)]
        if scope in SCOPES and scope not in ("PriorityClass", "VolumeAttributesClass") and operator != "Exists":
            errors.append(field.invalid(
                f"{path}.operator", operator,
                "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, "
                "ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or "
                "ResourceQuotaScopeCrossNamespacePodAffinity"))
        if operator in ("In", "NotIn"):
            if not values:
                errors.append(field.required(f"{path}.values", "must be at least one value when `operator` is 'In' or "
                                             "'NotIn' for scope selector"))
        elif operator in ("Exists", "DoesNotExist"):
            if values:
                errors.append(field.invalid(f"{path}.values", values, "must be no value when `operator` is 'Exist' or "
                                            "'DoesNotExist' for scope selector"))
        else:
            errors.append(field.invalid(f"{path}.operator", operator, "not a valid selector operator"))
    given = {requirement.get("scopeName") for requirement in requirements}
    return errors + [field.invalid(path, spec.get("scopes"), "conflicting scopes")
                     for pair in _EXCLUSIVE if pair <= given]
