"""Topology spread constraints (framework/plugins/podtopologyspread)."""

from __future__ import annotations

from math import log

from ..helpers import nodeaffinity, taints
from ..machinery.wellknown import LABEL_HOSTNAME, LABEL_TOPOLOGY_ZONE
from .cache import Cache
from .nodeinfo import NodeInfo, PodInfo

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Object

UNEVEN = "node(s) didn't match pod topology spread constraints"
NO_LABEL = UNEVEN + " (missing required label)"
# What holds for pods of a controller that say nothing themselves (systemDefaultConstraints): (key, maxSkew).
_DEFAULTS = ((LABEL_HOSTNAME, 3), (LABEL_TOPOLOGY_ZONE, 5))


def _constraints(info: PodInfo, when: str) -> list[Object]:
    found = info.pod["spec"].get("topologySpreadConstraints") or ()
    return [constraint for constraint in found if constraint["whenUnsatisfiable"] == when]


def _selector(constraint: Object, labels: Object) -> Object | None:
    selector = constraint.get("labelSelector")
    extra = [{"key": key, "operator": "In", "values": [labels[key]]}
             for key in constraint.get("matchLabelKeys") or () if key in labels]
    if selector is None or not extra:
        return selector
    return {**selector, "matchExpressions": [*(selector.get("matchExpressions") or ()), *extra]}


def _counts_here(constraint: Object, spec: Object, node: NodeInfo) -> bool:
    """Tell whether a node belongs to those over which a constraint spreads (node inclusion policies)."""
    if constraint.get("nodeAffinityPolicy", "Honor") == "Honor" and not nodeaffinity.required_matches(spec, node.node):
        return False
    if constraint.get("nodeTaintsPolicy", "Ignore") == "Honor":
        return taints.untolerated(node.node["spec"].get("taints"), spec.get("tolerations")) is None
    return True


class Spread:
    """A pod's hard constraints with the pods counted in each topology domain (PreFilter state)."""

    def __init__(self, info: PodInfo, cache: Cache):
        self.rules: list[tuple[str, int, int, int, dict[str, int]]] = []
        constraints = _constraints(info, "DoNotSchedule")
        spec = info.pod["spec"]
        keys = [constraint["topologyKey"] for constraint in constraints]
        eligible = [node for node in cache.nodes.values() if all(key in node.labels for key in keys)]
        for constraint in constraints:
            key = constraint["topologyKey"]
            count = cache.count(frozenset([info.namespace]), _selector(constraint, info.labels))
            domains: dict[str, int] = {}
            for node in eligible:
                if _counts_here(constraint, spec, node):
                    value = node.labels[key]
                    domains[value] = domains.get(value, 0) + count.by_node.get(node.name, 0)
            lowest = min(domains.values(), default=0)
            if len(domains) < (constraint.get("minDomains") or 1):
                lowest = 0
            self.rules.append((key, constraint["maxSkew"], lowest, 1 if count.matches(info) else 0, domains))

    def check(self, node: NodeInfo) -> tuple[str, bool] | None:
        """Return (reason, whether preemption may help) where the node does not do."""
        for key, max_skew, lowest, self_match, domains in self.rules:
            value = node.labels.get(key)
            if value is None:
                return NO_LABEL, False
            if domains.get(value, 0) + self_match - lowest > max_skew:
                return UNEVEN, True
        return None


def scores(info: PodInfo, cache: Cache, nodes: list[NodeInfo]) -> list[int] | None:
    """Return a score from 0 to 100 for each node: the higher, the fewer of the pod's like are near; None: no wishes."""
    if info.pod["spec"].get("topologySpreadConstraints"):
        raw = _of_constraints(info, cache, nodes)
    elif info.owner:
        raw = _of_defaults(info, cache, nodes)
    else:
        return None
    rated = [number for number in raw if number is not None]
    if not rated:
        return None
    low, high = min(rated), max(rated)
    return [0 if number is None else 100 * (high + low - number) // high if high else 100 for number in raw]


def _of_constraints(info: PodInfo, cache: Cache, nodes: list[NodeInfo]) -> list[int | None]:
    constraints = _constraints(info, "ScheduleAnyway")
    if not constraints:
        return [None] * len(nodes)
    keys = [constraint["topologyKey"] for constraint in constraints]
    rated = [node for node in nodes if all(key in node.labels for key in keys)]
    sums = {node.name: 0.0 for node in rated}
    for constraint in constraints:
        key = constraint["topologyKey"]
        count = cache.count(frozenset([info.namespace]), _selector(constraint, info.labels))
        domains: dict[str, int] = {}
        for node in cache.nodes.values():
            if all(each in node.labels for each in keys) and _counts_here(constraint, info.pod["spec"], node):
                value = node.labels[key]
                domains[value] = domains.get(value, 0) + count.by_node.get(node.name, 0)
        weight = log(len({node.labels[key] for node in rated}) + 2)
        for node in rated:
            sums[node.name] += domains.get(node.labels[key], 0) * weight + constraint["maxSkew"] - 1
    return [round(sums[node.name]) if node.name in sums else None for node in nodes]


def _of_defaults(info: PodInfo, cache: Cache, nodes: list[NodeInfo]) -> list[int | None]:
    zones: dict[str, int] = {}
    for node in cache.nodes.values():
        zone = node.labels.get(LABEL_TOPOLOGY_ZONE)
        if zone is not None and nodeaffinity.required_matches(info.pod["spec"], node.node):
            zones[zone] = zones.get(zone, 0) + node.owners.get(info.owner, 0)
    (_, host_skew), (_, zone_skew) = _DEFAULTS
    # Nodes of no zone are a zone of their own here, though their pods are not counted.
    host_weight = log(len(nodes) + 2)
    zone_weight = log(len({node.labels.get(LABEL_TOPOLOGY_ZONE, "") for node in nodes}) + 2)
    raw: list[int | None] = []
    for node in nodes:
        number = node.owners.get(info.owner, 0) * host_weight + host_skew - 1
        zone = node.labels.get(LABEL_TOPOLOGY_ZONE)
        if zone is not None:
            number += zones[zone] * zone_weight + zone_skew - 1
        raw.append(round(number))
    return raw
