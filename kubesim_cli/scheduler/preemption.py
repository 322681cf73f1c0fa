"""Making room for a pod by ending pods of lower priority (framework/preemption, plugins/defaultpreemption)."""

from __future__ import annotations

from ..machinery import selectors
from ..machinery.objects import dig
from . import filters
from .filters import Cycle, Verdict
from .nodeinfo import NodeInfo, PodInfo

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..apiserver.client import Client
    from ..machinery.types import Object


class Candidate:
    """A node, and the pods on it (the most important first) that would have to go."""

    __slots__ = ("node", "victims", "violations")

    def __init__(self, node: NodeInfo, victims: list[PodInfo], violations: int):
        self.node, self.victims, self.violations = node, victims, violations

    def rank(self) -> tuple[object, ...]:
        """The lower, the better (pickOneNodeForPreemption)."""
        highest = self.victims[0].priority
        started = min(_started(victim) for victim in self.victims if victim.priority == highest)
        return (self.violations, highest, sum(victim.priority + 2**31 for victim in self.victims), len(self.victims),
                [-ord(char) for char in started])


def _started(info: PodInfo) -> str:
    return dig(info.pod, "status", "startTime", default="9999")


def _importance(info: PodInfo) -> tuple[int, str, str]:
    return -info.priority, _started(info), info.key


def preempt(cycle: Cycle, verdicts: dict[str, Verdict]) -> tuple[Candidate | None, str]:
    """Return the best candidate, or None and the reason why there is none."""
    info, cache = cycle.info, cycle.cache
    if info.pod["spec"].get("preemptionPolicy") == "Never":
        return None, "not eligible due to preemptionPolicy=Never."
    nominated = dig(info.pod, "status", "nominatedNodeName", default="")
    if nominated in cache.nodes and (nominated not in verdicts or verdicts[nominated].resolvable):
        for other in cache.nodes[nominated].pods.values():
            if other.priority < info.priority and _terminating_by_preemption(other.pod):
                return None, "not eligible due to a terminating pod on the nominated node."
    candidates: list[Candidate] = []
    outcomes: list[Verdict] = []
    for name, verdict in verdicts.items():
        if verdict.resolvable:
            found = _select_victims(cycle, cache.nodes[name])
            if isinstance(found, Candidate):
                candidates.append(found)
            else:
                outcomes.append(found)
    if not candidates:
        return None, filters.histogram(len(cache.nodes), outcomes, filters.NOT_HELPFUL)
    return min(candidates, key=Candidate.rank), ""


def _terminating_by_preemption(pod: Object) -> bool:
    return "deletionTimestamp" in pod["metadata"] and any(
        condition["type"] == "DisruptionTarget" and condition.get("reason") == "PreemptionByScheduler"
        for condition in dig(pod, "status", "conditions", default=()))


def _select_victims(cycle: Cycle, node: NodeInfo) -> Candidate | Verdict:
    """Take the less important pods off the node (in the cache only) and put back all that may stay."""
    cache = cycle.cache
    potential = sorted((other for other in node.pods.values() if other.priority < cycle.info.priority), key=_importance)
    if not potential:
        return Verdict((filters.NO_VICTIMS,), False)
    for other in potential:
        cache.remove(other)
    cycle.refresh()
    verdict = cycle.verdict(node)
    victims: list[PodInfo] = []
    violations = 0
    violating, others = _split_by_budget(potential, cache.api)
    for other in violating + others:
        cache.add(other)
        if verdict is None:
            cycle.refresh()
            if cycle.verdict(node) is not None:
                cache.remove(other)
                victims.append(other)
                violations += other in violating
    for other in victims:
        cache.add(other)
    cycle.refresh()
    return verdict or Candidate(node, sorted(victims, key=_importance), violations)


def _split_by_budget(infos: list[PodInfo], api: Client) -> tuple[list[PodInfo], list[PodInfo]]:
    """Part pods into those whose eviction would break a PodDisruptionBudget and the others."""
    budgets = [(pdb, pdb["spec"].get("selector")) for pdb in api.items("poddisruptionbudgets.policy")]
    left = {id(pdb): dig(pdb, "status", "disruptionsAllowed", default=0) for pdb, _ in budgets}
    violating: list[PodInfo] = []
    others: list[PodInfo] = []
    for info in infos:
        broken = False
        for pdb, selector in budgets:
            if (pdb["metadata"]["namespace"] != info.namespace or not selector or not info.labels
                    or not selectors.selector_matches(selector, info.labels)
                    or info.pod["metadata"]["name"] in dig(pdb, "status", "disruptedPods", default={})):
                continue
            left[id(pdb)] -= 1
            broken = broken or left[id(pdb)] < 0
        (violating if broken else others).append(info)
    return violating, others
