"""Compute resources: names, requests and limits of containers and pods."""

from __future__ import annotations

from .....machinery import field, names, quantity
from .....releases.gates import enabled
from ...checks import dns1123_label, said
from .rules import Rules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from .....machinery.types import FieldErrors, Json, Object, Release

_STANDARD_CONTAINER = frozenset(("cpu", "memory", "ephemeral-storage"))
_COUNTED = ("pods", "resourcequotas", "services", "replicationcontrollers", "secrets", "configmaps",
            "persistentvolumeclaims", "services.nodeports", "services.loadbalancers")
_STANDARD = _STANDARD_CONTAINER | {
    *_COUNTED, "storage", "requests.cpu", "requests.memory", "requests.ephemeral-storage", "requests.storage",
    "limits.cpu", "limits.memory", "limits.ephemeral-storage"}
_POD_LEVEL = ("cpu", "memory")
_HUGE = "hugepages-"
_QOS = ("cpu", "memory")


def is_native(name: str) -> bool:
    """Whether a resource is Kubernetes' own (helper.IsNativeResource)."""
    return "/" not in name or "kubernetes.io/" in name


def is_extended(name: str) -> bool:
    """Whether a resource is one such as `example.com/gpu` (helper.IsExtendedResourceName)."""
    return not is_native(name) and not name.startswith("requests.") and not names.qualified_name(f"requests.{name}")


def overcommit_allowed(name: str) -> bool:
    """Whether requests may be less than limits (helper.IsOvercommitAllowed)."""
    return is_native(name) and not name.startswith(_HUGE)


def round_up(amounts: Object) -> None:
    """Round amounts up to thousandths, in place (SetDefaults_ResourceList)."""
    for name, amount in amounts.items():
        if quantity.compare(amount, f"{quantity.milli(amount)}m"):
            amounts[name] = quantity.canonical(f"{quantity.milli(amount)}m")


def resource_name(path: str, name: str) -> FieldErrors:
    """Errors of a resource's name (validateResourceName)."""
    errors = said(path, name, names.qualified_name(name))
    if not errors and "/" not in name and name not in _STANDARD and not name.startswith((_HUGE, f"requests.{_HUGE}")):
        errors.append(field.invalid(path, name, "must be a standard resource type or fully qualified"))
    return errors


def _container_name(path: str, name: str) -> FieldErrors:
    """validateContainerResourceName, ValidateContainerResourceName."""
    if name in _STANDARD_CONTAINER:
        return []
    errors = resource_name(path, name)
    if "/" not in name:
        if not name.startswith(_HUGE):
            errors.append(field.invalid(path, name, "must be a standard resource for containers"))
    elif not is_native(name) and not is_extended(name):
        errors.append(field.invalid(path, name, "doesn't follow extended resource name standard"))
    return errors


def _pod_name(path: str, name: str) -> FieldErrors:
    """validatePodResourceName."""
    errors = resource_name(path, name)
    if not errors and name not in _POD_LEVEL and not name.startswith(_HUGE):
        errors.append(field.not_supported(path, name, ["cpu", _HUGE, "memory"]))
    return errors


def amount(path: str, name: str, value: Json) -> FieldErrors:
    """Errors of an amount of a resource (ValidateResourceQuantityValue, ValidateNonnegativeQuantity)."""
    errors = []
    if quantity.compare(value, 0) < 0:
        errors.append(field.invalid(path, value, "must be greater than or equal to 0"))
    if (name in _COUNTED or is_extended(name)) and quantity.milli(value) % 1000:
        errors.append(field.invalid(path, value, "must be an integer"))
    return errors


def _huge_page(path: str, name: str, value: Json) -> FieldErrors:
    """validateResourceQuantityHugePageValue."""
    try:
        size = quantity.value(name.removeprefix(_HUGE))
    except ValueError:
        size = 0
    if size > 0 and quantity.value(value) % size == 0:
        return []
    return [field.invalid(path, value, f"{value} is not positive integer multiple of {name}")]


def container_requirements(path: str, found: Object, claims: set[str] | frozenset[str] = frozenset()) -> FieldErrors:
    """Errors of a container's requests and limits; `claims`: names of the pod's resource claims
    (ValidateContainerResourceRequirements, ValidateResourceRequirements, validateOverhead)."""
    return _requirements(path, found, claims, _container_name)


def _requirements(path: str, found: Object, claims: Collection[str],
                  check_name: Callable[[str, str], FieldErrors]) -> FieldErrors:
    """validateResourceRequirements."""
    errors: FieldErrors = []
    limits, requests = found.get("limits") or {}, found.get("requests") or {}
    for name in sorted(limits):
        errors += _one(f"{path}.limits[{name}]", name, limits[name], check_name)
        if name.startswith(_HUGE):
            errors += _huge_page(f"{path}.limits[{name}]", name, limits[name])
    for name in sorted(requests):
        at, wanted = f"{path}.requests[{name}]", requests[name]
        errors += _one(at, name, wanted, check_name)
        if name in limits:
            errors += _within(path, name, wanted, limits[name])
        elif not overcommit_allowed(name):
            errors.append(field.required(f"{path}.limits", "Limit must be set for non overcommitable resources"))
        if name.startswith(_HUGE):
            errors += _huge_page(at, name, wanted)
    mentioned = {*limits, *requests}
    if mentioned.isdisjoint(_QOS) and any(name.startswith(_HUGE) for name in mentioned):
        errors.append(field.forbidden(path, "HugePages require cpu or memory"))
    if found.get("claims"):
        errors += _claims(f"{path}.claims", found["claims"], claims)
    return errors


def _one(path: str, name: str, value: Json, check_name: Callable[[str, str], FieldErrors]) -> FieldErrors:
    return check_name(path, name) + amount(path, name, value)


def _within(path: str, name: str, wanted: Json, limit: Json) -> FieldErrors:
    order = quantity.compare(wanted, limit)
    if order and not overcommit_allowed(name):
        relation = "equal to"
    elif order > 0:
        relation = "less than or equal to"
    else:
        return []
    return [field.invalid(f"{path}.requests", wanted, f"must be {relation} {name} limit of {limit}")]


def _claims(path: str, found: list[Object], pod_claims: Collection[str]) -> FieldErrors:
    """validateResourceClaimNames."""
    errors: FieldErrors = []
    seen: set[str] = set()
    for i, claim in enumerate(found):
        at, name, request = f"{path}[{i}]", claim.get("name", ""), claim.get("request", "")
        if not name:
            errors.append(field.required(at))
            continue
        if name in seen:
            errors.append(field.duplicate(at, name))
        else:
            if request:
                errors += dns1123_label(f"{at}.request", request)
            key = f"{name}/{request}" if request else name
            if key in seen:
                errors.append(field.duplicate(at, key))
            elif not request:
                errors += [field.duplicate(at, name) for other in seen if other.startswith(f"{name}/")]
            seen.add(key)
        if name not in pod_claims:
            known = f": {', '.join(sorted(pod_claims))}" if pod_claims else " which is empty"
            missing = field.not_found(at, name)
            errors.append(field.FieldError(missing.type, at, f"{missing.body}: must be one of the names in "
                                           f"pod.spec.resourceClaims{known}"))
    return errors


# Sums over a pod's containers, in whole nanos by resource


def _nanos(amounts: Object | None) -> dict[str, int]:
    return {name: int(quantity.parse(value).scaleb(9)) for name, value in (amounts or {}).items()}


def _add(total: dict[str, int], more: dict[str, int]) -> None:
    for name, value in more.items():
        total[name] = total.get(name, 0) + value


def aggregate(spec: Object, kind: str) -> dict[str, str]:
    """Return what a pod's containers need together at any one time; `kind` is requests or limits.

    Sidecars run beside the containers, init containers one after the other before them
    (component-helpers/resource AggregateContainerRequests).
    """
    total: dict[str, int] = {}
    for container in spec.get("containers") or ():
        _add(total, _nanos((container.get("resources") or {}).get(kind)))
    sidecars: dict[str, int] = {}
    peak: dict[str, int] = {}
    for container in spec.get("initContainers") or ():
        own = _nanos((container.get("resources") or {}).get(kind))
        if container.get("restartPolicy") == "Always":
            _add(total, own)
            _add(sidecars, own)
            own = sidecars
        else:
            _add(own, sidecars)
        for name, value in own.items():
            peak[name] = max(peak.get(name, 0), value)
    for name, value in peak.items():
        total[name] = max(total.get(name, 0), value)
    return {name: _written(spec, kind, name, value) for name, value in total.items()}


def _written(spec: Object, kind: str, name: str, nanos: int) -> str:
    """An amount in the style of the first container that names the resource."""
    from decimal import Decimal

    for container in (*(spec.get("containers") or ()), *(spec.get("initContainers") or ())):
        own = (container.get("resources") or {}).get(kind) or {}
        if name in own:
            return quantity.format(Decimal(nanos).scaleb(-9), quantity.style_of(own[name]))
    raise KeyError(name)


def default_pod_level(spec: Object) -> None:
    """Fill in, in place, a pod's own limits of huge pages and its own requests (defaultPodRequests)."""
    own = spec["resources"]
    if own.get("limits") or own.get("requests"):
        for name, value in aggregate(spec, "limits").items():
            if name.startswith(_HUGE) and name not in (own.get("requests") or {}):
                own.setdefault("limits", {}).setdefault(name, value)
    if not own.get("limits"):
        return
    requests = own.get("requests") or {}
    for name, value in aggregate(spec, "requests").items():
        if name in _POD_LEVEL:
            requests.setdefault(name, value)
    for name, value in own["limits"].items():
        if name in _POD_LEVEL or name.startswith(_HUGE):
            requests.setdefault(name, value)
    if requests:
        own["requests"] = requests


def pod_level(path: str, spec: Object, rules: Rules, claims: Collection[str]) -> FieldErrors:
    """Errors of a pod's own requests and limits (validatePodResources, validatePodResourceRequirements,
    validatePodResourceConsistency)."""
    own = spec.get("resources")
    if own is None or not rules.has("PodLevelResources"):
        return []
    at = f"{path}.resources"
    if (spec.get("os") or {}).get("name") == "windows":
        return [field.forbidden(at, "may not be set for a windows pod")]
    errors = []
    if own.get("claims"):
        errors.append(field.forbidden(f"{at}.claims", "claims may not be set for Resources at pod-level"))
    errors += _requirements(at, own, claims, _pod_name)
    requests, limits = own.get("requests") or {}, own.get("limits") or {}
    for name, value in sorted(aggregate(spec, "requests").items()):
        if name in requests and quantity.compare(value, requests[name]) > 0:
            errors.append(field.invalid(f"{at}.requests[{name}]", requests[name], "must be greater than or equal to "
                                        f"aggregate container requests of {value}"))
    for name, value in sorted(aggregate(spec, "limits").items()):
        if name.startswith(_HUGE) and name in limits and quantity.compare(value, limits[name]) > 0:
            errors.append(field.invalid(f"{at}.limits[{name}]", limits[name], "must be greater than or equal to "
                                        f"aggregate container limits of {value}"))
    for i, container in enumerate(spec.get("containers") or ()):
        for name, value in sorted(((container.get("resources") or {}).get("limits") or {}).items()):
            if name in limits and quantity.compare(value, limits[name]) > 0:
                errors.append(field.invalid(f"{at}.containers[{i}][{name}].limits", value,
                                            f"must be less than or equal to pod limits of {limits[name]}"))
    return errors


def qos_class(spec: Object, release: Release) -> str:
    """Return Guaranteed, Burstable or BestEffort (qos.ComputePodQOS)."""
    own = spec.get("resources") if enabled("PodLevelResources", release) else None
    if own is not None:
        parts = [own]
    else:
        parts = [container.get("resources") or {}
                 for container in (*(spec.get("containers") or ()), *(spec.get("initContainers") or ()))]
    requests: dict[str, int] = {}
    limits: dict[str, int] = {}
    guaranteed = True
    for part in parts:
        _add(requests, _positive(part.get("requests")))
        found = _positive(part.get("limits"))
        _add(limits, found)
        if len(found) < len(_QOS):
            guaranteed = False
    if not requests and not limits:
        return "BestEffort"
    if guaranteed and len(requests) == len(limits) and all(requests.get(name) == limits[name] for name in limits):
        return "Guaranteed"
    return "Burstable"


def _positive(amounts: Object | None) -> dict[str, int]:
    return {name: milli for name, milli in ((name, quantity.milli(amounts[name])) for name in _QOS
                                            if amounts and name in amounts) if milli > 0}
