"""Whether a kubelet takes a pod that nobody asked the scheduler about (pkg/kubelet/lifecycle/predicate.go)."""

from __future__ import annotations

from ..helpers import nodeaffinity, taints
from ..helpers.resources import amounts, pod_requests
from ..machinery.pods import is_terminal
from ..releases import within
from ..releases.gates import GATES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..apiserver.client import Client
    from ..machinery.types import Object

_GROUPS = "SupplementalGroupsPolicy"


def unsupported(api: Client, pod: Object, node: Object) -> tuple[str, str]:
    """Return (reason, message) of why a node cannot do what a pod asks for, or ("", ""); no scheduler looks at it."""
    policy = (pod["spec"].get("securityContext") or {}).get("supplementalGroupsPolicy")
    features = (node.get("status") or {}).get("features") or {}
    if policy == "Strict" and within(api.release, GATES[_GROUPS].on) and not features.get("supplementalGroupsPolicy"):
        return f"{_GROUPS}NotSupported", "SupplementalGroupsPolicy=Strict is not supported in this node"
    return "", ""


def rejection(api: Client, pod: Object, node: Object) -> tuple[str, str]:
    """Return (reason, message) of why the node refuses the pod, or ("", "")."""
    name = node["metadata"]["name"]
    others = [other for other in api.items("pods") if other["spec"].get("nodeName") == name
              and other["metadata"]["uid"] != pod["metadata"]["uid"]
              and not is_terminal(other)]
    allocatable = amounts((node.get("status") or {}).get("allocatable"))
    if len(others) + 1 > allocatable.get("pods", 0):
        return _out_of("pods", 1, len(others), allocatable.get("pods", 0))
    wanted = pod_requests(pod, api.release)
    if any(wanted.values()):
        used: dict[str, int] = {}
        for other in others:
            for resource, number in pod_requests(other, api.release).items():
                used[resource] = used.get(resource, 0) + number
        for resource, number in wanted.items():
            if number > allocatable.get(resource, 0) - used.get(resource, 0):
                return _out_of(resource, number, used.get(resource, 0), allocatable.get(resource, 0))
    if not nodeaffinity.required_matches(pod["spec"], node):
        return "NodeAffinity", "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector"
    if taints.untolerated(node["spec"].get("taints"), pod["spec"].get("tolerations"), ("NoExecute",)) is not None:
        return "TaintToleration", ("Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate")
    return "", ""


def _out_of(resource: str, asked: int, used: int, capacity: int) -> tuple[str, str]:
    return f"OutOf{resource}", (f"Node didn't have enough resource: {resource}, requested: {asked}, used: {used}, "
                                f"capacity: {capacity}")
