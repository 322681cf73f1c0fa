"""Which of the nodes that will do is the best one (the Score plugins of the default profile and their weights)."""

from __future__ import annotations

from . import interpod, spread
from .cache import Cache
from .filters import Cycle
from .nodeinfo import NodeInfo, PodInfo

TAINTS, NODE_AFFINITY, SPREAD, INTERPOD = 3, 2, 2, 2  # weights; those of the resource plugins are 1


def best(cycle: Cycle, nodes: list[NodeInfo], soft: list[tuple[int, int]]) -> NodeInfo:
    """Return the node with the highest score, of equal ones the first; `soft` are Static.scores of `nodes`."""
    if len(nodes) == 1:
        return nodes[0]
    info, cache = cycle.info, cycle.cache
    totals = [_resources(info, node) for node in nodes]
    worst = max(taint for taint, _ in soft)
    if worst:
        totals = [total + TAINTS * (100 - 100 * taint // worst) for total, (taint, _) in zip(totals, soft)]
    most = max(weight for _, weight in soft)
    if most:
        totals = [total + NODE_AFFINITY * (100 * weight // most) for total, (_, weight) in zip(totals, soft)]
    for weight, scores in ((SPREAD, spread.scores(info, cache, nodes)), (INTERPOD, _interpod(info, cache, nodes))):
        if scores is not None:
            totals = [total + weight * score for total, score in zip(totals, scores)]
    return nodes[totals.index(max(totals))]


def _interpod(info: PodInfo, cache: Cache, nodes: list[NodeInfo]) -> list[int] | None:
    return interpod.scores(info, cache, nodes) if info.terms or cache.groups else None


def _resources(info: PodInfo, node: NodeInfo) -> int:
    """NodeResourcesFit's LeastAllocated and NodeResourcesBalancedAllocation, over cpu and memory."""
    cpu, memory = node.allocatable.get("cpu", 0), node.allocatable.get("memory", 0)
    if not cpu or not memory:
        return 0
    least = (max(cpu - node.score_cpu - info.score_cpu, 0) * 100 // cpu
             + max(memory - node.score_memory - info.score_memory, 0) * 100 // memory) // 2
    requests = info.requests
    if not requests.get("cpu") and not requests.get("memory"):
        return least
    cpu_share = min((node.requested.get("cpu", 0) + requests.get("cpu", 0)) / cpu, 1.0)
    memory_share = min((node.requested.get("memory", 0) + requests.get("memory", 0)) / memory, 1.0)
    return least + int((1 - abs(cpu_share - memory_share) / 2) * 100)
