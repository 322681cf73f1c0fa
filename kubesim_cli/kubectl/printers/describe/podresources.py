"""What a pod requests and is limited to as a whole (component-helpers/resource)."""

from __future__ import annotations

from ....machinery import quantity
from ....releases.kubectl import does

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object, Release

_OF_PODS = ("cpu", "memory")


def pod_requests(pod: Object, release: Release) -> dict[str, str]:
    """Return the pod's requests, overhead included, as kubectl of a release counts them."""
    total = _aggregate(pod, "requests", release)
    for name, amount in (pod["spec"].get("overhead") or {}).items():
        total[name] = quantity.add(total[name], amount) if name in total else amount
    return total


def pod_limits(pod: Object, release: Release) -> dict[str, str]:
    """Return the pod's limits, overhead included where there is a limit."""
    total = _aggregate(pod, "limits", release)
    for name, amount in (pod["spec"].get("overhead") or {}).items():
        if quantity.compare(total.get(name, "0"), "0"):
            total[name] = quantity.add(total[name], amount)
    return total


def _aggregate(pod: Object, side: str, release: Release) -> dict[str, str]:
    """Sum up the containers; init containers run one after another, but those that keep running count to the sum."""
    spec, status = pod["spec"], pod.get("status", {})
    actual = {s["name"]: (s.get("resources") or {}).get(side) or {}
              for key in ("containerStatuses", "initContainerStatuses") for s in status.get(key) or ()}
    total: dict[str, str] = {}
    for container in spec.get("containers") or ():
        _add(total, _larger(_of(container, side), actual.get(container["name"], {})))
    sidecars: dict[str, str] = {}
    at_start: dict[str, str] = {}
    for container in spec.get("initContainers") or ():
        amounts = _of(container, side)
        if container.get("restartPolicy") == "Always":
            amounts = _larger(amounts, actual.get(container["name"], {}))
            _add(total, amounts)
            _add(sidecars, amounts)
            amounts = sidecars
        else:
            amounts = dict(amounts)
            _add(amounts, sidecars)
        at_start = _larger(at_start, amounts)
    total = _larger(total, at_start)
    if does("PodRequestsOverall", release):
        total.update({name: amount for name, amount in ((spec.get("resources") or {}).get(side) or {}).items()
                      if name in _OF_PODS or name.startswith("hugepages-")})
    return total


def _of(container: Object, side: str) -> dict[str, str]:
    return (container.get("resources") or {}).get(side) or {}


def _add(total: dict[str, str], amounts: dict[str, str]) -> None:
    for name, amount in amounts.items():
        total[name] = quantity.add(total[name], amount) if name in total else amount


def _larger(a: dict[str, str], b: dict[str, str]) -> dict[str, str]:
    return {**a, **{name: amount for name, amount in b.items()
                    if name not in a or quantity.compare(amount, a[name]) > 0}}
