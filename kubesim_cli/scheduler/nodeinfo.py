"""Pods and nodes as the scheduler sees them (pkg/scheduler/framework/types.go)."""

from __future__ import annotations

from ..helpers.resources import amounts, pod_requests, score_requests
from ..helpers.volumes import claim_keys
from ..machinery.objects import controller_of, key_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Object


def host_ports(pod: Object) -> list[tuple[str, str, int]]:
    """Return (host IP, protocol, port) for each host port of a pod (GetHostPorts: sidecars included)."""
    spec, found = pod["spec"], []
    sidecars = [c for c in spec.get("initContainers") or () if c.get("restartPolicy") == "Always"]
    for container in spec["containers"] + sidecars:
        for port in container.get("ports") or ():
            if port.get("hostPort"):
                found.append((port.get("hostIP") or "0.0.0.0", port.get("protocol") or "TCP", port["hostPort"]))
    return found


class PodInfo:
    """A pod and what is asked of it again and again.

    `requests`: as of resources.pod_requests, without zeros; `terms`: a text that is the same for pods whose affinity to
    other pods is the same, "" where they have none.
    """

    __slots__ = ("affinity", "claims", "key", "labels", "namespace", "owner", "pod", "ports", "priority", "requests",
                 "score_cpu", "score_memory", "terms")

    def __init__(self, pod: Object, release: tuple[int, int]):
        meta, spec = pod["metadata"], pod["spec"]
        self.pod, self.key, self.namespace = pod, key_of(pod), meta["namespace"]
        self.labels = meta.get("labels") or {}
        self.priority = spec.get("priority", 0)
        self.requests = {name: number for name, number in pod_requests(pod, release).items() if number}
        self.score_cpu, self.score_memory = score_requests(pod)
        self.ports = host_ports(pod)
        self.claims = claim_keys(pod) if spec.get("volumes") else []
        ref = controller_of(pod)
        self.owner = ref["uid"] if ref else ""
        self.affinity = spec.get("affinity") or {}
        self.terms = self._terms() if self.affinity else ""

    def _terms(self) -> str:
        kinds = [self.affinity.get("podAffinity"), self.affinity.get("podAntiAffinity")]
        if not any(kinds):
            return ""
        text = repr((self.namespace, kinds))
        return f"{text} {sorted(self.labels.items())}" if "atchLabelKeys" in text else text


class NodeInfo:
    """A node, the pods that are assigned to it, and the sums over them."""

    __slots__ = ("allocatable", "labels", "name", "node", "owners", "pods", "ports", "requested", "score_cpu",
                 "score_memory")

    def __init__(self, node: Object):
        self.name = node["metadata"]["name"]
        self.pods: dict[str, PodInfo] = {}
        self.ports: dict[tuple[str, str, int], int] = {}
        self.requested: dict[str, int] = {}
        self.owners: dict[str, int] = {}  # controller's UID -> number of its pods here
        self.score_cpu = self.score_memory = 0
        self.set_node(node)

    def set_node(self, node: Object) -> None:
        """Take in the node's newest state."""
        self.node, self.labels = node, node["metadata"].get("labels") or {}
        self.allocatable = amounts((node.get("status") or {}).get("allocatable"))

    def add(self, info: PodInfo) -> None:
        """Count a pod in."""
        self.pods[info.key] = info
        self._count(info, 1)

    def remove(self, info: PodInfo) -> None:
        """Count a pod out."""
        del self.pods[info.key]
        self._count(info, -1)

    def _count(self, info: PodInfo, sign: int) -> None:
        self.score_cpu += sign * info.score_cpu
        self.score_memory += sign * info.score_memory
        for name, number in info.requests.items():
            self.requested[name] = self.requested.get(name, 0) + sign * number
        for port in info.ports:
            self.ports[port] = self.ports.get(port, 0) + sign
        if info.owner:
            self.owners[info.owner] = self.owners.get(info.owner, 0) + sign
