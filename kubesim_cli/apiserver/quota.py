"""What a ResourceQuota counts (pkg/quota/v1/evaluator/core): used by admission, and by the controller that recounts."""

from __future__ import annotations

from ..machinery import quantity, timestamps
from ..machinery.objects import dig
from ..machinery.pods import is_terminal
from ..machinery.wellknown import BETA_STORAGE_CLASS_ANNOTATION
from .kinds.core.podspec import resources
from .kinds.core.podspec.rules import Rules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..machinery.types import Object, Release
    from .client import Client

# Old names for the number of objects of a resource.
_ALIASES = {"configmaps": "configmaps", "resourcequotas": "resourcequotas", "secrets": "secrets",
            "replicationcontrollers": "replicationcontrollers"}
_COMPUTE = ("cpu", "memory", "ephemeral-storage")
_POD_NAMES = {"pods", "count/pods", *_COMPUTE, *(f"requests.{n}" for n in _COMPUTE), *(f"limits.{n}" for n in _COMPUTE)}
_SERVICE_NAMES = {"services", "count/services", "services.nodeports", "services.loadbalancers"}
_CLAIM_NAMES = {"persistentvolumeclaims", "count/persistentvolumeclaims", "requests.storage"}
_BY_CLASS = ".storageclass.storage.k8s.io/"
_MUST_BE_SET = {"cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory"}


def matching(resource: str, names: Iterable[str]) -> list[str]:
    """Return those of a quota's resource names that objects of `resource` (`plural.group`) count against."""
    if resource == "pods":
        return [name for name in names if name in _POD_NAMES or name.startswith(("hugepages-", "requests.hugepages-"))
                or (name.startswith("requests.") and "/" in name and "kubernetes.io/" not in name)]
    if resource == "services":
        return [name for name in names if name in _SERVICE_NAMES]
    if resource == "persistentvolumeclaims":
        return [name for name in names if name in _CLAIM_NAMES
                or name.endswith((f"{_BY_CLASS}requests.storage", f"{_BY_CLASS}persistentvolumeclaims"))]
    counted = {f"count/{resource}", _ALIASES.get(resource)}
    return [name for name in names if name in counted]


def resource_of(name: str) -> str:
    """Return the resource whose objects a quota's resource name counts, as in `deployments.apps`."""
    if name.startswith("count/"):
        return name[len("count/"):]
    for resource in ("services", "persistentvolumeclaims", *_ALIASES):
        if matching(resource, (name,)):
            return resource
    return "pods"


def usage(resource: str, obj: Object, now: float, release: Release) -> dict[str, str]:
    """Return what one object counts for: quota resource name -> quantity."""
    found = {f"count/{resource}": "1"}
    if resource == "pods":
        if _lives(obj, now):
            found["pods"] = "1"
            _add_compute(found, pod_total(obj["spec"], "requests", release), pod_total(obj["spec"], "limits", release))
    elif resource == "services":
        type_, ports = obj["spec"].get("type"), obj["spec"].get("ports") or ()
        found["services"] = "1"
        found["services.loadbalancers"] = "1" if type_ == "LoadBalancer" else "0"
        if type_ == "LoadBalancer" and obj["spec"].get("allocateLoadBalancerNodePorts") is False:
            ports = [port for port in ports if port.get("nodePort")]
        found["services.nodeports"] = str(len(ports)) if type_ in ("NodePort", "LoadBalancer") else "0"
    elif resource == "persistentvolumeclaims":
        found["persistentvolumeclaims"] = "1"
        size = dig(obj, "spec", "resources", "requests", "storage")
        if size is not None:
            found["requests.storage"] = size
        beta = dig(obj, "metadata", "annotations", BETA_STORAGE_CLASS_ANNOTATION)
        class_ = obj["spec"].get("storageClassName") if beta is None else beta
        if class_:
            found.update({f"{class_}{_BY_CLASS}{name}": amount for name, amount in list(found.items())
                          if name in ("persistentvolumeclaims", "requests.storage")})
    elif resource in _ALIASES:
        found[_ALIASES[resource]] = "1"
    return found


def pod_total(spec: Object, kind: str, release: Release) -> dict[str, str]:
    """Return what a pod counts for; `kind` is requests or limits. What the pod says of itself overrides the sum."""
    total = resources.aggregate(spec, kind)
    if spec.get("resources") and Rules(release).has("PodLevelResources"):
        total.update(spec["resources"].get(kind) or {})
    return total


def _lives(pod: Object, now: float) -> bool:
    """Whether a pod counts for more than an object: not when it has ended, or is there a grace period after its end.
    """
    if is_terminal(pod):
        return False
    meta = pod["metadata"]
    if meta.get("deletionTimestamp") and "deletionGracePeriodSeconds" in meta:
        return now <= timestamps.parse(meta["deletionTimestamp"]) + int(meta["deletionGracePeriodSeconds"])
    return True


def _add_compute(found: dict[str, str], requests: dict[str, str], limits: dict[str, str]) -> None:
    for name, amount in requests.items():
        if name in _COMPUTE or name.startswith("hugepages-"):
            found[name] = found[f"requests.{name}"] = amount
        elif "/" in name and "kubernetes.io/" not in name:
            found[f"requests.{name}"] = amount
    for name in _COMPUTE:
        if name in limits:
            found[f"limits.{name}"] = limits[name]


def missing(names: list[str], pod: Object) -> str:
    """Return what a pod's containers fail to set of what a quota restricts, as admission tells it; "" if nothing."""
    wanted = _MUST_BE_SET.intersection(names)
    if not wanted or dig(pod, "spec", "resources"):
        return ""
    without: dict[str, set[str]] = {}
    for container in [*(pod["spec"].get("containers") or ()), *(pod["spec"].get("initContainers") or ())]:
        own = container.get("resources") or {}
        set_: dict[str, str] = {}
        _add_compute(set_, own.get("requests") or {}, own.get("limits") or {})
        for name in wanted.difference(set_):
            without.setdefault(name, set()).add(container["name"])
    return "; ".join(f"{name} for: {','.join(sorted(without[name]))}" for name in sorted(without))


def scopes(quota: Object) -> list[Object]:
    """Return a quota's scopes as requirements with scopeName, operator and values."""
    found = [{"scopeName": name, "operator": "Exists"} for name in quota["spec"].get("scopes") or ()]
    return found + (dig(quota, "spec", "scopeSelector", "matchExpressions") or [])


def in_scope(quota: Object, resource: str, obj: Object, release: Release) -> bool:
    """Whether an object is within all scopes of a quota."""
    wanted = scopes(quota)
    if not wanted:
        return True
    return all(matches(scope, resource, obj, release) for scope in wanted)


def matches(scope: Object, resource: str, obj: Object, release: Release) -> bool:
    """Whether an object is within one scope (`scopeName`, `operator`, `values`)."""
    if resource == "pods":
        return _pod_in_scope(scope, obj["spec"], release)
    if resource == "persistentvolumeclaims":
        return scope["scopeName"] == "VolumeAttributesClass" and _selects(
            scope, obj["spec"].get("volumeAttributesClassName"))
    return False


def _selects(scope: Object, value: str | None) -> bool:
    operator, values = scope.get("operator"), scope.get("values") or ()
    if operator == "In":
        return value in values
    if operator == "NotIn":
        return value not in values
    return bool(value) == (operator == "Exists")


def _pod_in_scope(scope: Object, spec: Object, release: Release) -> bool:
    name: str = scope["scopeName"]
    if name in ("Terminating", "NotTerminating"):
        return (spec.get("activeDeadlineSeconds") is not None) == (name == "Terminating")
    if name in ("BestEffort", "NotBestEffort"):
        return (resources.qos_class(spec, release) == "BestEffort") == (name == "BestEffort")
    if name == "PriorityClass":
        return _selects(scope, spec.get("priorityClassName"))
    return name == "CrossNamespacePodAffinity" and _crosses_namespaces(spec)


def _crosses_namespaces(spec: Object) -> bool:
    for kind in ("podAffinity", "podAntiAffinity"):
        rules = dig(spec, "affinity", kind, default={})
        terms = list(rules.get("requiredDuringSchedulingIgnoredDuringExecution") or ())
        terms += [term["podAffinityTerm"]
                  for term in rules.get("preferredDuringSchedulingIgnoredDuringExecution") or ()]
        if any(term.get("namespaces") or term.get("namespaceSelector") is not None for term in terms):
            return True
    return False


def counted(quota: Object, client: Client, now: float) -> Object:
    """Return the status of a quota, counted anew, {} where it limits nothing; `client` is a trusted Client."""
    hard = quota["spec"].get("hard")
    return {"hard": dict(hard), "used": count(quota, client, now)} if hard else {}


def count(quota: Object, client: Client, now: float) -> dict[str, str]:
    """Return what is used of a quota's spec.hard, counted anew; `client` is a trusted Client."""
    hard = quota["spec"].get("hard") or {}
    used = dict.fromkeys(hard, "0")
    for resource in sorted({resource_of(name) for name in hard}):
        mine = matching(resource, hard)
        if client.discovery.find(resource) is None:
            continue
        for obj in client.items(resource, quota["metadata"]["namespace"]):
            if in_scope(quota, resource, obj, client.release):
                found = usage(resource, obj, now, client.release)
                for name in mine:
                    if name in found:
                        used[name] = quantity.add(used[name], found[name])
    return used
