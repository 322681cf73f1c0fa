"""The scheduler: finds a node for each pod that has none (pkg/scheduler/schedule_one.go).

What it knows of nodes and pods is cached in the instance, which lives for one command; see scheduling/cache.py.
"""

from __future__ import annotations

from ..helpers.controller import Change, Controller
from ..helpers.nodes import node_name
from ..machinery import conditions
from ..machinery.errors import StatusError
from ..machinery.objects import clone, controller_of, dig, key_of, split_key
from ..releases.gates import enabled
from . import filters, scoring
from .cache import SCHEDULER, Cache, assigned, waits
from .filters import Cycle, Verdict
from .nodeinfo import NodeInfo, PodInfo
from .preemption import Candidate, preempt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..apiserver.client import Client
    from ..machinery.types import Key, Object

ALL = "*"  # the key of every pod that waits
_INSTANCE = f"{SCHEDULER}-{node_name(0)}"  # the reportingInstance of its events: where it runs
_NOTE = 1024  # bytes that an event of events.k8s.io/v1 may say


def _claims(pod: Object) -> object:
    """The names of claims that were made for a pod, without which it cannot go."""
    return (pod.get("status") or {}).get("resourceClaimStatuses")


def _note(message: str) -> str:
    """Return a message as long as an event may be (truncateMessage)."""
    return message if len(message) <= _NOTE else message[:_NOTE - 4] + " ..."


def _template(pod: Object) -> str:
    """Return something that is the same for pods of one template: where one of them has no place, none has."""
    ref = controller_of(pod)
    return ref["uid"] if ref is not None and ref["kind"] in ("ReplicaSet", "ReplicationController", "Job") else ""


class Scheduler(Controller):
    """Keys are pods, or ALL: then each waiting pod is tried again, the most important first."""

    name = "scheduler"
    agent = "kube-scheduler"

    def __init__(self) -> None:
        self.cache: Cache | None = None
        self.watches = {"pods": self._pod_changed, "nodes": self._node_changed,
                        "persistentvolumeclaims": self._volumes_changed, "persistentvolumes": self._volumes_changed,
                        "storageclasses.storage.k8s.io": self._volumes_changed,
                        **dict.fromkeys(("deviceclasses.resource.k8s.io", "resourceclaims.resource.k8s.io",
                                         "resourceslices.resource.k8s.io"), self._devices_changed)}

    # Changes

    def _pod_changed(self, change: Change) -> Iterable[Key]:
        old, new, cache = change.old, change.new, self.cache
        if cache is not None:
            cache.pod_changed(old, new)
        if new is not None and waits(new):
            if old is None or old["spec"] != new["spec"] or not waits(old) or _claims(old) != _claims(new):
                return (key_of(new),)
            return ()
        if cache is not None and not cache.waiting:
            return ()
        left = old is not None and assigned(old) and (new is None or not assigned(new))
        moved = new is not None and assigned(new) and (
            old is None or not assigned(old) or old["metadata"].get("labels") != new["metadata"].get("labels"))
        if left or (moved and (cache is None or cache.sociable)):
            return (ALL,)
        return ()

    def _node_changed(self, change: Change) -> Iterable[Key]:
        if self.cache is None:
            return (ALL,)
        matters = self.cache.node_changed(change.new, change.object["metadata"]["name"])
        return (ALL,) if matters and self.cache.waiting else ()

    def _volumes_changed(self, change: Change) -> Iterable[Key]:
        if self.cache is not None and not any(pod["spec"].get("volumes") for pod in self.cache.waiting.values()):
            return ()
        return (ALL,)

    def _devices_changed(self, change: Change) -> Iterable[Key]:
        if self.cache is not None and not any(pod["spec"].get("resourceClaims")
                                              for pod in self.cache.waiting.values()):
            return ()
        return (ALL,)

    # Scheduling

    def sync(self, api: Client, key: str) -> float | None:
        if self.cache is None:
            self.cache = Cache(api)
        if key != ALL:
            self._schedule(api, key)
            return None
        queue = sorted(self.cache.waiting.items(), key=lambda item: (
            -item[1]["spec"].get("priority", 0), item[1]["metadata"]["creationTimestamp"],
            int(item[1]["metadata"]["resourceVersion"])))
        hopeless: set[str] = set()
        for waiting, pod in queue:
            template = _template(pod)
            if template not in hopeless and not self._schedule(api, waiting) and template:
                hopeless.add(template)
        return None

    def _schedule(self, api: Client, key: str) -> bool:
        """Bind one pod, or tell why that cannot be; returns whether others of its kind are worth a try."""
        namespace, name = split_key(key)
        pod = api.find("pods", name, namespace)
        if pod is None or not waits(pod):
            return True
        assert self.cache is not None
        cycle = Cycle(PodInfo(pod, api.release), self.cache)
        if cycle.devices is not None and cycle.devices.gated:
            return True
        node, verdicts = self._find_node(cycle)
        if node is not None:
            self._bind(api, cycle, node)
            return True
        return self._fail(api, cycle, verdicts)

    def _find_node(self, cycle: Cycle) -> tuple[NodeInfo | None, dict[str, Verdict]]:
        if cycle.problem:
            return None, {}
        static = cycle.static()
        verdicts = dict(static.verdicts)
        nodes: list[NodeInfo] = []
        soft: list[tuple[int, int]] = []
        nominated = dig(cycle.info.pod, "status", "nominatedNodeName", default="")
        for node, scores in zip(static.nodes, static.scores):
            verdict = cycle.verdict(node)
            if verdict is not None:
                verdicts[node.name] = verdict
                continue
            if node.name == nominated:
                return node, {}
            nodes.append(node)
            soft.append(scores)
        homes = cycle.volumes.homes() if cycle.volumes is not None else None
        if homes:
            at_home = [(node, scores) for node, scores in zip(nodes, soft) if node.name in homes]
            if at_home:
                nodes, soft = [node for node, _ in at_home], [scores for _, scores in at_home]
        return (scoring.best(cycle, nodes, soft), {}) if nodes else (None, verdicts)

    def _bind(self, api: Client, cycle: Cycle, node: NodeInfo) -> None:
        pod, volumes = cycle.info.pod, cycle.volumes
        meta = pod["metadata"]
        if volumes is not None:
            if not volumes.bind(node):
                return  # the claims' change brings the pod back
            if len(cycle.cache.nodes) > 1:
                volumes.settle(node)
        if cycle.devices is not None:
            cycle.devices.reserve(node)
        binding = {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": meta["name"], "uid": meta["uid"]},
                   "target": {"apiVersion": "v1", "kind": "Node", "name": node.name}}
        api.create("pods", binding, meta["namespace"], name=meta["name"], subresource="binding")
        api.record(pod, "Normal", "Scheduled",
                   f"Successfully assigned {meta['namespace']}/{meta['name']} to {node.name}", SCHEDULER,
                   _INSTANCE, action="Binding")

    def _fail(self, api: Client, cycle: Cycle, verdicts: dict[str, Verdict]) -> bool:
        """Note in the pod's status and in an event why it does not fit, once; preempt others where that helps."""
        pod, cache = cycle.info.pod, cycle.cache
        candidate: Candidate | None = None
        why = ""
        if not cache.nodes:
            message = filters.NO_NODES
        else:
            candidate, why = preempt(cycle, verdicts)
            message = filters.fit_error(len(cache.nodes), cycle, list(verdicts.values()), why)
        known = conditions.find(dig(pod, "status", "conditions", default=[]), "PodScheduled")
        news = known is None or known.get("message") != message
        if news:
            api.record(pod, "Warning", "FailedScheduling", _note(message), SCHEDULER, _INSTANCE,
                       action="Scheduling")
        nominated = dig(pod, "status", "nominatedNodeName", default="")
        if candidate is not None:
            nominated = candidate.node.name
        elif nominated not in cache.nodes:
            nominated = ""
        self._note(api, pod, message, nominated)
        if candidate is not None:
            self._evict(api, pod, candidate)
        return candidate is not None or news

    @staticmethod
    def _note(api: Client, pod: Object, message: str, nominated: str) -> None:
        new = clone(pod)
        status = new.setdefault("status", {})
        condition = {"type": "PodScheduled", "status": "False", "lastProbeTime": None, "reason": "Unschedulable",
                     "message": message}
        if "generation" in pod["metadata"] and enabled("PodObservedGenerationTracking", api.release):
            condition["observedGeneration"] = pod["metadata"]["generation"]
        changed = conditions.set_condition(status.setdefault("conditions", []), condition, api.now)
        if nominated != status.get("nominatedNodeName", ""):
            status["nominatedNodeName"] = nominated
            changed = True
        if changed:
            api.update_status("pods", new)

    @staticmethod
    def _evict(api: Client, preemptor: Object, candidate: Candidate) -> None:
        """Delete the victims, telling in their status and in an event why (preemption/executor.go)."""
        for victim in candidate.victims:
            pod = victim.pod
            if "deletionTimestamp" in pod["metadata"]:
                continue
            new = clone(pod)
            conditions.set_condition(new["status"].setdefault("conditions", []), {
                "type": "DisruptionTarget", "status": "True", "lastProbeTime": None, "reason": "PreemptionByScheduler",
                "message": f"{SCHEDULER}: preempting to accommodate a higher priority pod"}, api.now)
            api.update_status("pods", new)
            try:
                api.delete("pods", pod["metadata"]["name"], pod["metadata"]["namespace"])
            except StatusError as error:
                if error.reason != "NotFound":
                    raise
            api.record(pod, "Normal", "Preempted",
                       f"Preempted by pod {preemptor['metadata']['uid']} on node {candidate.node.name}", SCHEDULER,
                       _INSTANCE, action="Preempting")
