"""LimitRanger: defaults and bounds of what containers, pods and claims ask for."""

from __future__ import annotations

from ...machinery import quantity
from ...machinery.objects import dig
from .refusal import aggregate, forbidden

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object
    from .attributes import Attributes

_ANNOTATION = "kubernetes.io/limit-ranger"


def mutate(a: Attributes) -> None:
    if a.res.plural == "pods" and a.operation == "CREATE":
        for limits in a.ctx.client.items("limitranges", a.namespace):
            _default_containers(a.obj, limits)


def _default_containers(pod: Object, limits: Object) -> None:
    requests: dict[str, str] = {}
    maximums: dict[str, str] = {}
    for limit in limits["spec"].get("limits") or ():
        if limit.get("type") == "Container":
            requests.update(limit.get("defaultRequest") or {})
            maximums.update(limit.get("default") or {})
    done = []
    for key, what in (("containers", "container"), ("initContainers", "init container")):
        for container in pod["spec"].get(key) or ():
            for part, word, defaults in (("requests", "request", requests), ("limits", "limit", maximums)):
                resources = container.setdefault("resources", {})
                new = {name: amount for name, amount in defaults.items() if name not in (resources.get(part) or {})}
                if new:
                    resources[part] = {**(resources.get(part) or {}), **new}
                    done.append(f"{', '.join(sorted(new))} {word} for {what} {container.get('name', '')}")
    if done:
        meta = pod["metadata"]
        meta["annotations"] = {**(meta.get("annotations") or {}),
                               _ANNOTATION: "LimitRanger plugin set: " + "; ".join(done)}


def validate(a: Attributes) -> None:
    if a.operation == "DELETE" or a.subresource not in ("", "resize"):
        return
    if a.old and a.old["metadata"].get("deletionTimestamp"):
        return
    if a.res.plural == "pods" and a.operation == "UPDATE" and a.subresource != "resize":
        return
    for limits in a.ctx.client.items("limitranges", a.namespace):
        check = _check_pod if a.res.plural == "pods" else _check_claim
        found = [text for limit in limits["spec"].get("limits") or () for text in check(a.obj, limit, a.ctx.release)]
        if found:
            raise forbidden(a, aggregate(found))


def _check_pod(pod: Object, limit: Object, release: tuple[int, int]) -> list[str]:
    type_ = limit.get("type", "")
    if type_ == "Container":
        containers = [*(pod["spec"].get("containers") or ()), *(pod["spec"].get("initContainers") or ())]
        asked = [(dig(c, "resources", "requests", default={}), dig(c, "resources", "limits", default={}))
                 for c in containers]
    elif type_ == "Pod":
        from ..quota import pod_total

        asked = [(pod_total(pod["spec"], "requests", release), pod_total(pod["spec"], "limits", release))]
    else:
        return []
    found = []
    for requests, limits in asked:
        for name, bound in (limit.get("min") or {}).items():
            found += _minimum(type_, name, bound, requests.get(name), limits.get(name))
        for name, bound in (limit.get("max") or {}).items():
            found += _maximum(type_, name, bound, requests.get(name), limits.get(name))
        for name, bound in (limit.get("maxLimitRequestRatio") or {}).items():
            found += _ratio(type_, name, bound, requests.get(name), limits.get(name))
    return found


def _check_claim(claim: Object, limit: Object, release: tuple[int, int]) -> list[str]:
    type_ = limit.get("type", "")
    if type_ != "PersistentVolumeClaim":
        return []
    requests = dig(claim, "spec", "resources", "requests", default={})
    found = []
    for name, bound in (limit.get("min") or {}).items():
        found += _minimum(type_, name, bound, requests.get(name), None)
    for name, bound in (limit.get("max") or {}).items():
        request, start = requests.get(name), f"maximum {name} usage per {type_} is {bound}"
        if request is None:
            found.append(f"{start}.  No request is specified")
        elif quantity.compare(request, bound) > 0:
            found.append(f"{start}, but request is {request}")
    return found


def _minimum(type_: str, name: str, bound: str, request: str | None, limit: str | None) -> list[str]:
    start = f"minimum {name} usage per {type_} is {bound}"
    if request is None:
        return [f"{start}.  No request is specified"]
    if quantity.compare(request, bound) < 0:
        return [f"{start}, but request is {request}"]
    if limit is not None and quantity.compare(limit, bound) < 0:
        return [f"{start}, but limit is {limit}"]
    return []


def _maximum(type_: str, name: str, bound: str, request: str | None, limit: str | None) -> list[str]:
    start = f"maximum {name} usage per {type_} is {bound}"
    if limit is None:
        return [f"{start}.  No limit is specified"]
    if quantity.compare(limit, bound) > 0:
        return [f"{start}, but limit is {limit}"]
    if request is not None and quantity.compare(request, bound) > 0:
        return [f"{start}, but request is {request}"]
    return []


def _ratio(type_: str, name: str, bound: str, request: str | None, limit: str | None) -> list[str]:
    start = f"{name} max limit to request ratio per {type_} is {bound}"
    if request is None or not quantity.compare(request, 0):
        return [f"{start}, but no request is specified or request is 0"]
    if limit is None or not quantity.compare(limit, 0):
        return [f"{start}, but no limit is specified or limit is 0"]
    ratio = quantity.milli(limit) / quantity.milli(request)
    return [f"{start}, but provided ratio is {ratio:f}"] if ratio * 1000 > quantity.milli(bound) else []
