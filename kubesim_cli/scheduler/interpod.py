"""Affinity and anti-affinity between pods (framework/plugins/interpodaffinity)."""

from __future__ import annotations

from ..machinery import selectors
from .cache import Cache, Count
from .nodeinfo import NodeInfo, PodInfo

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Object

AFFINITY = "node(s) didn't match pod affinity rules"
ANTI_AFFINITY = "node(s) didn't match pod anti-affinity rules"
EXISTING = "node(s) didn't satisfy existing pods anti-affinity rules"
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
HARD_POD_AFFINITY_WEIGHT = 1


def _terms(info: PodInfo, kind: str, when: str) -> list[Object]:
    return (info.affinity.get(kind) or {}).get(when) or []


def term_selector(term: Object, labels: Object) -> Object | None:
    """Return a term's LabelSelector with what matchLabelKeys and mismatchLabelKeys add to it."""
    selector = term.get("labelSelector")
    extra = [{"key": key, "operator": "In", "values": [labels[key]]}
             for key in term.get("matchLabelKeys") or () if key in labels]
    extra += [{"key": key, "operator": "NotIn", "values": [labels[key]]}
              for key in term.get("mismatchLabelKeys") or () if key in labels]
    if selector is None or not extra:
        return selector
    return {**selector, "matchExpressions": [*(selector.get("matchExpressions") or ()), *extra]}


def _namespaces(term: Object, own: str, cache: Cache) -> frozenset[str] | None:
    """The namespaces a term is about; None: all of them."""
    named, selector = term.get("namespaces") or [], term.get("namespaceSelector")
    if selector is None:
        return frozenset(named or [own])
    if not selector:
        return None
    return frozenset([*named, *cache.namespaces_matching(selector)])


def _count(term: Object, info: PodInfo, cache: Cache) -> Count:
    return cache.count(_namespaces(term, info.namespace, cache), term_selector(term, info.labels))


def _matches(term: Object, owner: PodInfo, pod: PodInfo, cache: Cache) -> bool:
    """Tell whether a term of `owner` is about `pod`."""
    namespaces = _namespaces(term, owner.namespace, cache)
    return ((namespaces is None or pod.namespace in namespaces)
            and selectors.selector_matches(term_selector(term, owner.labels), pod.labels))


def _by_topology(by_node: dict[str, int], key: str, cache: Cache) -> dict[str, int]:
    """Add up counts by node to counts by a topology label's value."""
    found: dict[str, int] = {}
    for name, number in by_node.items():
        node = cache.nodes.get(name)
        value = node.labels.get(key) if node is not None and number else None
        if value is not None:
            found[value] = found.get(value, 0) + number
    return found


def _counted(terms: list[Object], info: PodInfo, cache: Cache) -> list[tuple[str, dict[str, int]]]:
    """Return for each term its topology key and how many pods that it is about are in each domain."""
    return [(term["topologyKey"], _by_topology(_count(term, info, cache).by_node, term["topologyKey"], cache))
            for term in terms]


class Rules:
    """The required rules that hold for one pod (PreFilter state); `check` applies them to a node."""

    def __init__(self, info: PodInfo, cache: Cache):
        self.affinity = _counted(_terms(info, "podAffinity", _REQUIRED), info, cache)
        self.anti_affinity = _counted(_terms(info, "podAntiAffinity", _REQUIRED), info, cache)
        self.first = bool(self.affinity) and self._is_first(info, cache)
        self.forbidden: set[tuple[str, str]] = set()
        for group in cache.groups.values():
            for term in _terms(group.sample, "podAntiAffinity", _REQUIRED):
                if _matches(term, group.sample, info, cache):
                    key = term["topologyKey"]
                    self.forbidden |= {(key, value) for value in _by_topology(group.by_node, key, cache)}

    def _is_first(self, info: PodInfo, cache: Cache) -> bool:
        """The first of a series of pods that want to be near each other may go anywhere."""
        return (not any(counts for _, counts in self.affinity)
                and all(_matches(term, info, info, cache) for term in _terms(info, "podAffinity", _REQUIRED)))

    def __bool__(self) -> bool:
        return bool(self.affinity or self.anti_affinity or self.forbidden)

    def check(self, node: NodeInfo) -> tuple[str, bool] | None:
        """Return (reason, whether preemption may help) where the node does not do."""
        labels = node.labels
        if any(key not in labels for key, _ in self.affinity):
            return AFFINITY, False
        if not self.first and any(not counts.get(labels[key]) for key, counts in self.affinity):
            return AFFINITY, False
        if any(counts.get(labels.get(key, "")) for key, counts in self.anti_affinity if key in labels):
            return ANTI_AFFINITY, True
        if any(labels.get(key) == value for key, value in self.forbidden):
            return EXISTING, True
        return None


def scores(info: PodInfo, cache: Cache, nodes: list[NodeInfo]) -> list[int] | None:
    """Return a score from 0 to 100 for each node, by what pods prefer; None where nothing is preferred."""
    weights: dict[tuple[str, str], int] = {}

    def weigh(key: str, by_value: dict[str, int], weight: int) -> None:
        for value, number in by_value.items():
            weights[key, value] = weights.get((key, value), 0) + weight * number

    for kind, sign in (("podAffinity", 1), ("podAntiAffinity", -1)):
        for weighted in _terms(info, kind, _PREFERRED):
            term = weighted["podAffinityTerm"]
            counts = _by_topology(_count(term, info, cache).by_node, term["topologyKey"], cache)
            weigh(term["topologyKey"], counts, sign * weighted["weight"])
    for group in cache.groups.values():
        other = group.sample
        wishes = [(term, HARD_POD_AFFINITY_WEIGHT) for term in _terms(other, "podAffinity", _REQUIRED)]
        wishes += [(w["podAffinityTerm"], w["weight"]) for w in _terms(other, "podAffinity", _PREFERRED)]
        wishes += [(w["podAffinityTerm"], -w["weight"]) for w in _terms(other, "podAntiAffinity", _PREFERRED)]
        for term, weight in wishes:
            if _matches(term, other, info, cache):
                weigh(term["topologyKey"], _by_topology(group.by_node, term["topologyKey"], cache), weight)
    if not weights:
        return None
    raw = [sum(weight for (key, value), weight in weights.items() if node.labels.get(key) == value) for node in nodes]
    low, high = min(raw), max(raw)
    return [100 * (number - low) // (high - low) if high > low else 0 for number in raw]
