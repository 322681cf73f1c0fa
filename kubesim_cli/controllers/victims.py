"""Which pods go when there are too many: those that would be missed least.

Kubernetes: pkg/controller/controller_utils.go, ActivePodsWithRanks.
"""

from __future__ import annotations

from functools import cmp_to_key
from math import log2

from ..machinery import timestamps
from ..machinery.wellknown import POD_DELETION_COST
from . import pods

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Object

_PHASES = {"Pending": 0, "Unknown": 1, "Running": 2}


def choose(candidates: list[Object], relatives: list[Object], count: int, now: float) -> list[Object]:
    """Return the `count` pods of `candidates` that are deleted first.

    `relatives` are the pods that do the same work: a pod that shares its node with more of them goes before others.
    """
    on_node: dict[str, int] = {}
    for pod in relatives:
        if pods.is_active(pod):
            node = pod["spec"].get("nodeName", "")
            on_node[node] = on_node.get(node, 0) + 1
    entries = [_Entry(pod, on_node) for pod in candidates]
    entries.sort(key=cmp_to_key(lambda a, b: _compare(a, b, now)))
    return [entry.pod for entry in entries[:count]]


class _Entry:
    """What counts of a pod: `rank` compares first, then the times, the lower going first."""

    __slots__ = ("created", "pod", "rank", "ready_since", "restarts", "uid")

    def __init__(self, pod: Object, on_node: dict[str, int]):
        meta, node = pod["metadata"], pod["spec"].get("nodeName", "")
        ready = pods.ready_condition(pod)
        is_ready = ready is not None and ready["status"] == "True"
        self.pod, self.uid = pod, meta["uid"]
        self.rank = (bool(node), _PHASES.get(pods.phase(pod), 0), is_ready, _cost(meta), -on_node.get(node, 0))
        self.ready_since = ready["lastTransitionTime"] if ready is not None and is_ready else ""
        self.restarts = _restarts(pod)
        self.created = meta["creationTimestamp"]


def _cost(meta: Object) -> int:
    try:
        return int((meta.get("annotations") or {}).get(POD_DELETION_COST, 0))
    except ValueError:
        return 0


def _restarts(pod: Object) -> tuple[int, int]:
    """Return the most restarts of any container and of any sidecar, negative: many go first."""
    status = pod.get("status", {})
    sidecars = {c["name"] for c in pod["spec"].get("initContainers") or () if c.get("restartPolicy") == "Always"}
    regular = max((c.get("restartCount", 0) for c in status.get("containerStatuses") or ()), default=0)
    beside = max((c.get("restartCount", 0) for c in status.get("initContainerStatuses") or ()
                  if c["name"] in sidecars), default=0)
    return -regular, -beside


def _compare(a: _Entry, b: _Entry, now: float) -> int:
    if a.rank != b.rank:
        return -1 if a.rank < b.rank else 1
    if a.ready_since != b.ready_since:
        return _younger(a, b, a.ready_since, b.ready_since, now)
    if a.restarts != b.restarts:
        return -1 if a.restarts < b.restarts else 1
    return _younger(a, b, a.created, b.created, now) if a.created != b.created else 0


def _younger(a: _Entry, b: _Entry, since_a: str, since_b: str, now: float) -> int:
    """Compare ages by their order of magnitude, so that of pods about as old any may go (LogarithmicScaleDown)."""
    difference = _magnitude(now, since_a) - _magnitude(now, since_b)
    return difference or (-1 if a.uid < b.uid else 1)


def _magnitude(now: float, since: str) -> int:
    nanoseconds = (now - timestamps.parse(since)) * 1e9
    return int(log2(nanoseconds)) if nanoseconds > 0 else -1
