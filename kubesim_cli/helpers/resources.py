"""What a pod asks of its node, as whole numbers: cpu in thousandths, everything else in units.

Kubernetes: k8s.io/component-helpers/resource/helpers.go.
"""

from __future__ import annotations

from ..machinery import quantity
from ..releases.gates import enabled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..machinery.types import Object, Release


# What counts for scoring where a container asks for nothing (pkg/scheduler/util/pod_resources.go).
DEFAULT_CPU, DEFAULT_MEMORY = 100, 200 * 1024 * 1024


def amounts(resources: Object | None) -> dict[str, int]:
    """Return a ResourceList as numbers."""
    return {name: quantity.milli(text) if name == "cpu" else quantity.value(text)
            for name, text in (resources or {}).items()}


def _requests(container: Object) -> dict[str, int]:
    return amounts((container.get("resources") or {}).get("requests"))


def _for_score(container: Object) -> dict[str, int]:
    """Requests as scoring sees them: no container weighs nothing."""
    found = _requests(container)
    return {"cpu": found.get("cpu", DEFAULT_CPU), "memory": found.get("memory", DEFAULT_MEMORY)}


def _add(total: dict[str, int], more: dict[str, int]) -> dict[str, int]:
    for name, number in more.items():
        total[name] = total.get(name, 0) + number
    return total


def _sum_up(spec: Object, requests_of: Callable[[Object], dict[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for container in spec["containers"]:
        _add(total, requests_of(container))
    running: dict[str, int] = {}  # sidecars that were started so far
    peak: dict[str, int] = {}
    for container in spec.get("initContainers") or ():
        wanted = requests_of(container)
        if container.get("restartPolicy") == "Always":
            _add(total, wanted)
            _add(running, wanted)
            wanted = running
        else:
            wanted = _add(dict(wanted), running)
        for name, number in wanted.items():
            peak[name] = max(peak.get(name, 0), number)
    for name, number in peak.items():
        total[name] = max(total.get(name, 0), number)
    return _add(total, amounts(spec.get("overhead")))


def pod_requests(pod: Object, release: Release) -> dict[str, int]:
    """Return what must be free on a node for the pod: init containers, sidecars and overhead included."""
    spec = pod["spec"]
    total = _sum_up(spec, _requests)
    if spec.get("resources") and enabled("PodLevelResources", release):
        total.update(_requests(spec))
    return total


def score_requests(pod: Object) -> tuple[int, int]:
    """Return (cpu, memory) by which a pod counts in scoring."""
    total = _sum_up(pod["spec"], _for_score)
    return total["cpu"], total["memory"]
