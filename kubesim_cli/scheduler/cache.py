"""What the scheduler knows of the cluster: nodes, the pods on them, and the pods that wait.

It is read from the API once and kept current from changes; it holds nothing that the API does not (backend/cache).
"""

from __future__ import annotations

from ..machinery import selectors
from ..machinery.objects import key_of
from ..machinery.pods import is_terminal
from .nodeinfo import NodeInfo, PodInfo

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..apiserver.client import Client
    from ..machinery.types import Object

SCHEDULER = "default-scheduler"


def waits(pod: Object) -> bool:
    """Tell whether the pod is for this scheduler to place."""
    spec = pod["spec"]
    return (not spec.get("nodeName") and not spec.get("schedulingGates") and "deletionTimestamp" not in pod["metadata"]
            and spec.get("schedulerName", SCHEDULER) == SCHEDULER
            and not is_terminal(pod))


def assigned(pod: Object) -> bool:
    """Tell whether the pod takes up room on a node."""
    return bool(pod["spec"].get("nodeName")) and not is_terminal(pod)


class Count:
    """How many assigned pods of some namespaces (None: of all) match a selector, by node name."""

    __slots__ = ("by_node", "namespaces", "requirements")

    def __init__(self, namespaces: frozenset[str] | None, requirements: list[Any] | None):
        self.namespaces, self.requirements = namespaces, requirements
        self.by_node: dict[str, int] = {}

    def matches(self, info: PodInfo) -> bool:
        """Tell whether the pod is one of those that are counted."""
        return ((self.namespaces is None or info.namespace in self.namespaces)
                and selectors.matches(self.requirements, info.labels))

    def add(self, node: str, number: int) -> None:
        """Count `number` more pods on a node."""
        self.by_node[node] = self.by_node.get(node, 0) + number


class Group:
    """Assigned pods with the same terms on other pods: one of them as `sample`, and how many are on each node."""

    __slots__ = ("by_node", "sample")

    def __init__(self, sample: PodInfo):
        self.sample = sample
        self.by_node: dict[str, int] = {}


class Cache:
    """`nodes` by name in order; by key the `pods` that are assigned, those that are `waiting`, and of these the
    `nominated` and the `sociable`, for which it matters where others are."""

    def __init__(self, api: Client):
        self.api, self.release = api, api.release
        self.nodes: dict[str, NodeInfo] = {}
        self.pods: dict[str, PodInfo] = {}
        self.waiting: dict[str, Object] = {}
        self.nominated: dict[str, PodInfo] = {}
        self.sociable: set[str] = set()
        self.claims: dict[str, int] = {}           # PVC key -> number of assigned pods that use it
        self.groups: dict[str, Group] = {}         # assigned pods with terms on other pods, by these terms
        self.static: Object = {}                     # results that only depend on nodes, dropped when one changes
        self._counts: dict[object, Count] = {}
        for node in api.items("nodes"):
            self.nodes[node["metadata"]["name"]] = NodeInfo(node)
        for pod in api.items("pods"):
            self._take(pod, key_of(pod))

    # Changes

    def pod_changed(self, old: Object | None, new: Object | None) -> None:
        """Take in a change of a pod; the same change may come twice."""
        key = key_of(new or old)  # type: ignore[arg-type]
        known = self.pods.get(key)
        if known is not None:
            if (new is not None and assigned(new) and known.pod["spec"] is new["spec"]
                    and known.labels == (new["metadata"].get("labels") or {})):
                known.pod = new
                return
            self.remove(known)
        if self.waiting.pop(key, None) is not None:
            self.nominated.pop(key, None)
            self.sociable.discard(key)
        if new is not None:
            self._take(new, key)

    def _take(self, pod: Object, key: str) -> None:
        if assigned(pod):
            self.add(PodInfo(pod, self.release))
        elif waits(pod):
            self.waiting[key] = pod
            if "affinity" in pod["spec"] or "topologySpreadConstraints" in pod["spec"]:
                self.sociable.add(key)
            if (pod.get("status") or {}).get("nominatedNodeName"):
                self.nominated[key] = PodInfo(pod, self.release)

    def node_changed(self, new: Object | None, name: str) -> bool:
        """Take in a change of a node; tell whether it matters for what runs where."""
        known = self.nodes.get(name)
        if new is None:
            self.nodes.pop(name, None)
        elif known is None:
            self.nodes[name] = info = NodeInfo(new)
            self.nodes = dict(sorted(self.nodes.items()))
            for pod in self.pods.values():
                if pod.pod["spec"]["nodeName"] == name:
                    info.add(pod)
        else:
            before = known.node
            known.set_node(new)
            if not _differs(before, new):
                return False
        self.static.clear()
        return True

    def add(self, info: PodInfo) -> None:
        """Count an assigned pod in."""
        self._count(info, 1)
        self.pods[info.key] = info
        node = self.nodes.get(info.pod["spec"]["nodeName"])
        if node is not None:
            node.add(info)

    def remove(self, info: PodInfo) -> None:
        """Count an assigned pod out."""
        self._count(info, -1)
        del self.pods[info.key]
        node = self.nodes.get(info.pod["spec"]["nodeName"])
        if node is not None and info.key in node.pods:
            node.remove(info)

    def _count(self, info: PodInfo, sign: int) -> None:
        for claim in info.claims:
            self.claims[claim] = self.claims.get(claim, 0) + sign
        node = info.pod["spec"]["nodeName"]
        if info.terms:
            group = self.groups.get(info.terms)
            if group is None:
                group = self.groups[info.terms] = Group(info)
            group.by_node[node] = group.by_node.get(node, 0) + sign
            if not any(group.by_node.values()):
                del self.groups[info.terms]
        for count in self._counts.values():
            if count.matches(info):
                count.add(node, sign)

    # Questions

    def count(self, namespaces: frozenset[str] | None, selector: Object | None) -> Count:
        """Return the running count of the assigned pods of `namespaces` that a LabelSelector matches."""
        key = (namespaces, repr(selector))
        found = self._counts.get(key)
        if found is None:
            found = self._counts[key] = Count(namespaces, selectors.of_label_selector(selector))
            for info in self.pods.values():
                if found.matches(info):
                    found.add(info.pod["spec"]["nodeName"], 1)
        return found

    def namespaces_matching(self, selector: Object) -> list[str]:
        """Return the namespaces whose labels a LabelSelector matches."""
        return [obj["metadata"]["name"] for obj in self.api.items("namespaces", selector=selector)]


def _differs(before: Object, after: Object) -> bool:
    """Tell whether two states of a node differ in something that the scheduler looks at."""
    if before["spec"] != after["spec"] or before["metadata"].get("labels") != after["metadata"].get("labels"):
        return True
    return (before.get("status") or {}).get("allocatable") != (after.get("status") or {}).get("allocatable")
