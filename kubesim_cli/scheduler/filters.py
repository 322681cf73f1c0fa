"""The filters in the order of the default profile, and the words for a pod that none of the nodes passes for.

Kubernetes: pkg/scheduler/schedule_one.go, framework/types.go (FitError), apis/config/v1/default_plugins.go.
"""

from __future__ import annotations

from ..helpers import nodeaffinity, taints
from ..releases.gates import enabled
from .cache import Cache
from .interpod import Rules
from .nodeinfo import NodeInfo, PodInfo
from .spread import Spread
from .volumebinding import PodVolumes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from ..machinery.types import Object
    from .dynamicresources import PodClaims

NODE_AFFINITY = "node(s) didn't match Pod's node affinity/selector"
PORTS = "node(s) didn't have free ports for the requested pod ports"
NO_NODES = "no nodes available to schedule pods"
NOT_HELPFUL = "Preemption is not helpful for scheduling"
# What looks for claims to take back finds no state of its own where the pod was refused before all nodes.
_NO_STATE = "not found"
NO_VICTIMS = "No preemption victims found for incoming pod"


class Verdict:
    """Why a pod does not fit a node: `reasons`, and whether preempting other pods might change it (`resolvable`)."""

    __slots__ = ("reasons", "resolvable")

    def __init__(self, reasons: tuple[str, ...], resolvable: bool):
        self.reasons, self.resolvable = reasons, resolvable


class Static:
    """What follows from nodes alone for pods with the same selectors and tolerations."""

    __slots__ = ("nodes", "scores", "verdicts")

    def __init__(self, spec: Object, cache: Cache):
        self.nodes: list[NodeInfo] = []
        self.verdicts: dict[str, Verdict] = {}
        self.scores: list[tuple[int, int]] = []  # of `nodes`: (untolerated soft taints, weight of preferred terms)
        only = nodeaffinity.only_nodes(spec)
        for name, node in cache.nodes.items():
            verdict = _static_verdict(spec, node, cache.release, only)
            if verdict is None:
                self.nodes.append(node)
                soft = sum(1 for taint in node.node["spec"].get("taints") or () if taint["effect"] == "PreferNoSchedule"
                           and not taints.tolerated(spec.get("tolerations"), taint))
                self.scores.append((soft, nodeaffinity.preference(spec, node.node)))
            elif verdict.reasons:
                self.verdicts[name] = verdict


def _static_verdict(spec: Object, node: NodeInfo, release: tuple[int, int], only: set[str] | None) -> Verdict | None:
    """NodeUnschedulable, TaintToleration and NodeAffinity."""
    if only is not None and node.name not in only:
        told = "node(s) didn't satisfy plugin(s) [NodeAffinity]"
        return Verdict((told,) if enabled("PreFilteredNodesTold", release) else (), False)
    tolerations = spec.get("tolerations")
    if node.node["spec"].get("unschedulable") and not taints.tolerated(tolerations, taints.UNSCHEDULABLE):
        return Verdict(("node(s) were unschedulable",), False)
    taint = taints.untolerated(node.node["spec"].get("taints"), tolerations)
    if taint is not None:
        told = "taint(s)"
        if not enabled("TaintsHidden", release):
            told = f"taint {{{taint['key']}: {taint.get('value', '')}}}"
        return Verdict((f"node(s) had untolerated {told}",), False)
    return None if nodeaffinity.required_matches(spec, node.node) else Verdict((NODE_AFFINITY,), False)


class Cycle:
    """One pod on its way through the filters: what is looked up once for all nodes, and `verdict` for one of them."""

    def __init__(self, info: PodInfo, cache: Cache):
        self.info, self.cache = info, cache
        self.volumes = PodVolumes(info, cache.api, cache.claims) if info.claims else None
        self.devices: PodClaims | None = None
        self.problem = self.volumes.problem if self.volumes is not None else ""
        if not self.problem and info.pod["spec"].get("resourceClaims") \
                and enabled("DynamicResourceAllocation", cache.release):
            from .dynamicresources import PodClaims

            self.devices = PodClaims(info, cache.api)
            self.problem = self.devices.problem
        self._checks: list[Callable[[NodeInfo], tuple[str, bool] | None]] = []
        if not self.problem:
            self.refresh()

    def refresh(self) -> None:
        """Look again at the pods that others run next to, after some were taken out of the cache or put back."""
        info, cache, spec = self.info, self.cache, self.info.pod["spec"]
        self._checks = [self.volumes.check] if self.volumes is not None else []
        if spec.get("topologySpreadConstraints"):
            self._checks.append(Spread(info, cache).check)
        if info.terms or cache.groups:
            rules = Rules(info, cache)
            if rules:
                self._checks.append(rules.check)
        if self.devices is not None:
            self._checks.append(self.devices.check)

    def static(self) -> Static:
        """What follows from nodes alone; computed once for all pods that are alike in it."""
        spec = self.info.pod["spec"]
        key = repr((spec.get("nodeSelector"), self.info.affinity.get("nodeAffinity"), spec.get("tolerations")))
        static: dict[str, Static] = self.cache.static
        found = static.get(key)
        if found is None:
            found = static[key] = Static(spec, self.cache)
        return found

    def verdict(self, node: NodeInfo) -> Verdict | None:
        """Return why the pod does not fit a node, which passed the static filters, or None."""
        info = self.info
        if info.ports and any(_port_taken(port, node) for port in info.ports):
            return Verdict((PORTS,), True)
        rivals = [rival for rival in self.cache.nominated.values()
                  if rival.pod["status"]["nominatedNodeName"] == node.name and rival.key != info.key
                  and rival.priority >= info.priority] if self.cache.nominated else ()
        lacking = _lacking(info, node, rivals)
        if lacking:
            whole = enabled("NoPreemptionForTooLarge", self.cache.release) and any(
                info.requests.get(name, 0) > node.allocatable.get(name, 0) for name in lacking)
            return Verdict(tuple(_insufficient(name) for name in lacking), not whole)
        for check in self._checks:
            found = check(node)
            if found is not None:
                return Verdict((found[0],), found[1])
        return None


def _insufficient(name: str) -> str:
    return "Too many pods" if name == "pods" else f"Insufficient {name}"


def _lacking(info: PodInfo, node: NodeInfo, rivals: Collection[PodInfo]) -> list[str]:
    """Return the resources of which a node has not enough left for a pod, and the pods nominated before it."""
    lacking = []
    allocatable, requested = node.allocatable, node.requested
    if len(node.pods) + len(rivals) + 1 > allocatable.get("pods", 0):
        lacking.append("pods")
    for name, number in info.requests.items():
        free = allocatable.get(name, 0) - requested.get(name, 0)
        if rivals:
            free -= sum(rival.requests.get(name, 0) for rival in rivals)
        if number > free:
            lacking.append(name)
    return lacking


def _port_taken(port: tuple[str, str, int], node: NodeInfo) -> bool:
    """Tell whether a host port is in use: by the same address, or where either asks for all of them."""
    ip, protocol, number = port
    return any(count and other_number == number and other_protocol == protocol and (
        other_ip == ip or "0.0.0.0" in (ip, other_ip)) for (other_ip, other_protocol, other_number), count
        in node.ports.items())


def histogram(total: int, verdicts: list[Verdict], absent: str = "") -> str:
    """Return FitError's sentence about `total` nodes; `absent` is said of those that have no verdict."""
    reasons: dict[str, int] = {}
    for verdict in verdicts:
        for reason in verdict.reasons:
            reasons[reason] = reasons.get(reason, 0) + 1
    if absent and len(verdicts) < total:
        reasons[absent] = reasons.get(absent, 0) + total - len(verdicts)
    told = ", ".join(sorted(f"{number} {reason}" for reason, number in reasons.items()))
    return f"0/{total} nodes are available:" + (f" {told}." if told else "")


def fit_error(total: int, cycle: Cycle, verdicts: list[Verdict], preemption: str) -> str:
    """Return the message for a pod that fits nowhere; `preemption` is why preempting others does not help either."""
    problem, release = cycle.problem, cycle.cache.release
    message = f"0/{total} nodes are available: {problem}." if problem else histogram(total, verdicts)
    if problem and cycle.devices is None and enabled("DynamicResourcesTold", release):
        return f"{message} {_NO_STATE}"
    if preemption:
        claims = "no new claims to deallocate, " if enabled("DynamicResourcesTold", release) else ""
        if cycle.devices is not None:
            claims = "still not schedulable, "
        message += f" {claims}preemption: {preemption}{'' if enabled('PreemptionInOnePeriod', release) else '.'}"
    return message
