"""The kubelets of all nodes: they take pods in, run their containers, watch over them and end them.

A pod's life goes through STAGES, an idea of kwok's: whenever the kubelet looks at a pod, it waits for the first stage
that applies to it and takes it. They are functions; those that a user may give as data, as kwok's are, come before them
(stages/). What happens to single containers while a pod runs stands in containers.py.
"""

from __future__ import annotations

from ..helpers import nodes
from ..helpers.controller import Change, Controller
from ..machinery import conditions, timestamps
from ..machinery.errors import StatusError
from ..machinery.objects import join_key, key_of, split_key
from . import containers
from .addresses import TURN, Addresses
from .admission import rejection, unsupported
from .memory import Memory
from .podstatus import START, PodWorker, is_mirror

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeAlias

    from ..apiserver.client import Client
    from ..machinery.types import Key, Object

    Step: TypeAlias = Callable[[PodWorker], None]

MOUNT_RETRIES = (0.5, 1.5, 3.5, 7.5, 15.5, 31.5, 63.5, 125.5)  # seconds after START when mounting is tried again
# Keys `namespace/*`: pods there that wait for something; `@name`: all pods of a node; `#uid` and `#pv/name`: a pod or a
# PersistentVolume that is no more; `%namespace/name`: a pod some of whose files are to be written anew; `!name`: a node
# that is short of something; `?namespace/name`, a service, or `?address`: the network says something else of it now
# than containers have heard, `?`: of everything.
WAITING, NODE, GONE, FILES, SHORT, HEARD = "*", "@", "#", "%", "!", "?"
STAGES_OF_USERS = "stages.kwok.x-k8s.io"
SYNC = 60.0  # seconds from one look of the kubelet at a pod's volumes to the next (--sync-frequency)


class Stage:
    """The first of STAGES that `applies(worker)` is the pod's, and is taken: `take(worker)`.

    With `since(worker)`, an RFC 3339 time, it is only taken `delay` seconds after that.
    """

    __slots__ = ("applies", "delay", "name", "since", "take")

    def __init__(self, name: str, applies: Callable[[PodWorker], bool], take: Step, delay: float = 0.0,
                 since: Callable[[PodWorker], str] | None = None):
        self.name, self.applies, self.take = name, applies, take
        self.delay, self.since = delay, since


def _stopping(worker: PodWorker) -> bool:
    """Tell whether the pod has to end. One without a grace period has, but for its containers that a finalizer held."""
    meta = worker.pod["metadata"]
    return "deletionTimestamp" in meta and (meta.get("deletionGracePeriodSeconds") != 0 or any(
        "running" in each.get("state", {}) for each in worker.status.get("containerStatuses", ())))


def _accept(worker: PodWorker) -> None:
    """Take the pod in, or refuse it where the scheduler was not asked and the node has no room."""
    worker.status["startTime"] = timestamps.format(worker.now)
    reason, message = unsupported(worker.api, worker.pod, worker.node)
    if not reason and not worker.scheduled():
        reason, message = rejection(worker.api, worker.pod, worker.node)
    if not reason and _is_short(worker.node):
        from . import eviction

        message = eviction.refusal(worker.pod, worker.node)
        reason = eviction.REASON if message else ""
    if reason:
        worker.event("Warning", reason, message)
        worker.fail(reason, f"Pod was rejected: {message}")
        return
    containers.prepare(worker)
    worker.wake(worker.now + START)


def _begin(worker: PodWorker) -> None:
    """Mount the volumes, then start what comes first."""
    from .runtime import environment

    if worker.faults:
        from . import podfaults

        at = worker.starts_at() + podfaults.delay(worker.faults)
        if worker.now < at:
            return worker.wake(at)

    volume, problem = environment.mount_problem(worker.api, worker.pod)
    if problem:
        worker.event("Warning", "FailedMount", f'MountVolume.SetUp failed for volume "{volume}" : {problem}')
        began = worker.starts_at()
        worker.wake(next((began + span for span in MOUNT_RETRIES if began + span > worker.now), None))
        return
    worker.sandbox = True
    containers.step(worker)


def _end(worker: PodWorker) -> None:
    """Let the containers end, and then the pod go, with its last status where something else still holds it."""
    from . import ending

    since = ending.deleted_at(worker)
    news = not worker.memory.knows("end", since)
    if ending.step(worker, worker.moment("end", since, 0.0), news):
        if worker.pod["metadata"].get("finalizers"):
            worker.save()
        worker.gone = True


def _chosen(worker: PodWorker) -> bool:
    """Tell whether the node, short of something, has chosen to put the pod out."""
    if conditions.find(worker.status.get("conditions"), "DisruptionTarget") is None:
        return False
    from . import eviction

    return eviction.marked(worker.pod) is not None


def _evict(worker: PodWorker) -> None:
    from . import eviction

    eviction.evict(worker)


def _forget(worker: PodWorker) -> None:
    """A mirror pod goes at once: its containers know nothing of it."""
    worker.gone = True


STAGES = (
    Stage("forget", lambda w: _stopping(w) and is_mirror(w.pod), _forget),
    Stage("end", _stopping, _end),
    Stage("over", lambda w: w.over or "deletionTimestamp" in w.pod["metadata"], lambda w: None),
    Stage("accept", lambda w: "startTime" not in w.status, _accept),
    Stage("evict", _chosen, _evict),
    Stage("expire", lambda w: (end := w.deadline()) is not None and w.now >= end, containers.expire),
    Stage("begin", lambda w: not w.sandbox, _begin, START, lambda w: w.status["startTime"]),
    Stage("run", lambda w: True, containers.step),
)


class Kubelet(Controller):
    """Keys are pods, `namespace/*` and `@node`."""

    name = agent = "kubelet"

    def __init__(self) -> None:
        self.addresses: Addresses | None = None
        self.watches = {"pods": self._pod_changed, "nodes": self._node_changed, "configmaps": self._namespace_changed,
                        "secrets": self._namespace_changed, "services": self._service_changed,
                        "persistentvolumes": self._volume_changed,
                        "endpointslices.discovery.k8s.io": self._network_changed,
                        "namespaces": self._network_changed,
                        "networkpolicies.networking.k8s.io": self._network_changed}

    def _pod_changed(self, change: Change) -> Iterable[Key]:
        old, new = change.old, change.new
        if self.addresses is not None:
            self.addresses.changed(old, new)
        return [*self._told(change), *self._network_changed(change)]

    def _told(self, change: Change) -> Iterable[Key]:
        old, new = change.old, change.new
        if new is None:
            assert old is not None
            gone = self._gone(old["metadata"]["uid"])
            return [*gone, key_of(old)] if is_mirror(old) else gone
        if not new["spec"].get("nodeName"):
            return ()
        if old is None or (old["spec"] is not new["spec"] and old["spec"] != new["spec"]):
            return (key_of(new),)
        meta, before = new["metadata"], old["metadata"]
        if any(meta.get(field) != before.get(field) for field in ("deletionTimestamp", "deletionGracePeriodSeconds")):
            return (key_of(new),)
        if new["spec"].get("readinessGates") and _foreign(old) != _foreign(new):
            return (key_of(new),)
        if any(meta.get(field) != before.get(field) for field in ("labels", "annotations")) and _tells_of_itself(new):
            return self._keep_past([new], old)
        return ()

    def _gone(self, name: str) -> list[Key]:
        """Return the key of what is no more; nothing is kept of it where nothing is kept at all."""
        server = self.manager.server
        return [GONE + name] if server.store.has_parts or server.runtime is not None else []

    def _volume_changed(self, change: Change) -> Iterable[Key]:
        return self._gone(f"pv/{change.object['metadata']['name']}") if change.new is None else ()

    @staticmethod
    def _node_changed(change: Change) -> Iterable[Key]:
        if change.old is None or change.new is None:
            return (NODE + change.object["metadata"]["name"],)
        name, runs = change.new["metadata"]["name"], nodes.kubelet_runs(change.new)
        found = [NODE + name] if nodes.kubelet_runs(change.old) != runs else []
        if runs and (found or _said_short(change.old) != _said_short(change.new)):
            found.append(SHORT + name)
        return found

    def _service_changed(self, change: Change) -> Iterable[Key]:
        return [*self._namespace_changed(change), *self._network_changed(change)]

    def _network_changed(self, change: Change) -> Iterable[Key]:
        """What the network says has changed: wake those containers that have heard something else."""
        server = self.manager.server
        if server.runtime is None and not server.store.part_names("ask"):
            return ()
        from . import residents
        from .network.view import heard_of

        those = residents.of(server.trusted)
        return [HEARD + what for what in heard_of(change.old, change.new) if those.asked(what)]

    def _namespace_changed(self, change: Change) -> Iterable[Key]:
        """A ConfigMap, a Secret or a Service came that somebody may have been waiting for, or one has changed."""
        obj, old = change.object, change.old
        if change.type == "DELETED" or (change.type == "MODIFIED" and obj["kind"] == "Service"):
            return ()
        namespace = obj["metadata"]["namespace"]
        keys = [join_key(namespace, WAITING)]
        if old is not None and any(old.get(field) != obj.get(field) for field in ("data", "binaryData")):
            pods = self.manager.server.trusted.items("pods", namespace)
            keys += self._keep_past([pod for pod in pods if pod["spec"].get("nodeName") and _is_told(pod, obj)], old)
        return keys

    def _keep_past(self, pods: list[Object], old: Object) -> list[Key]:
        """What pods are told of is about to change from `old`: return the keys of those whose files are to follow."""
        from . import residents

        those = residents.of(self.manager.server.trusted)
        return [FILES + key_of(pod) for pod in pods if those.keep_past(pod, old)]

    def sync(self, api: Client, key: str) -> float | None:
        if key.startswith(NODE):
            from ..apiserver import leases

            name = key[len(NODE):]
            if api.find("nodes", name) is None:
                self.keep(TURN + name, {})
            elif api.find(leases.LEASES, name, leases.NODES) is None:
                self.manager.enqueue("leases", f"{leases.NODES}/{name} ")  # it may have gone while nobody held it
            self._again(api.items("pods"), lambda pod: pod["spec"].get("nodeName") == name)
            return None
        if key.startswith(SHORT):
            return self._relieve(api, key)
        if key.startswith(GONE):
            from . import residents

            residents.of(api).let_go(key[len(GONE):])
            return self._wake(api, None)
        if key.startswith(FILES):
            return self._wake(api, self._write_files(api, key))
        if key.startswith(HEARD):
            from . import residents

            residents.of(api).answer(key[len(HEARD):])
            return self._wake(api, None)
        namespace, name = split_key(key)
        if name == WAITING:
            self._again(api.items("pods", namespace), containers.waits)
            return None
        pod = api.find("pods", name, namespace)
        if self.addresses is None:
            self.addresses = Addresses(api, self if self.manager.server.tally.kubelet != "stub" else None)
        if pod is None:
            self._mirror_again(api, key, self.addresses)
            return None
        if not pod["spec"].get("nodeName"):
            return None
        node = api.find("nodes", pod["spec"]["nodeName"])
        if node is None or not nodes.kubelet_runs(node):
            return None
        if api.server.store.has(STAGES_OF_USERS) and self._waits_for_stage(api, pod):
            self.note(key, self.noted(key))
            return None
        memory = Memory(pod["metadata"]["uid"], self.noted(key))
        worker = PodWorker(api, pod, node, self.due(key), memory, self.addresses, self.manager.until,
                           self.manager.server.tally.kubelet)
        self._take_stage(worker)
        if worker.gone:
            return self._let_go(api, pod)
        worker.save()
        for trouble in worker.troubles:
            self.manager.trouble(self.name, key, trouble)
        if worker.due is not None:  # else nothing will happen to it by itself, that memory would be needed for
            self.note(key, memory.note())
        return self._wake(api, worker.due, key)

    @staticmethod
    def _waits_for_stage(api: Client, pod: Object) -> bool:
        """Tell whether a user has said what becomes of the pod next."""
        from .stages.controller import stages_of

        return bool(stages_of(api, pod))

    def _relieve(self, api: Client, key: str) -> float | None:
        """Have a look at a node that is short of something, or was."""
        node = api.find("nodes", key[len(SHORT):])
        if node is None or not nodes.kubelet_runs(node) or not (_said_short(node) or self.noted(key)):
            return None
        from . import eviction

        due, note, chosen = eviction.step(api, node, self.noted(key))
        self.note(key, note)
        if chosen:
            self.manager.enqueue(self.name, chosen)
        return due

    def _write_files(self, api: Client, key: str) -> float | None:
        """Write a pod's volumes anew when the kubelet comes round to them; return when that is, None: it is done."""
        namespace, name = split_key(key[len(FILES):])
        pod, due = api.find("pods", name, namespace), self.due(key)
        if pod is None or "startTime" not in (pod.get("status") or {}):
            return None
        if due is None:
            began = timestamps.parse(pod["status"]["startTime"])
            return began + ((api.now - began) // SYNC + 1) * SYNC
        if due > api.now:
            return due
        from . import residents

        residents.of(api).refresh(pod)
        return None

    def _wake(self, api: Client, due: float | None, own: str = "") -> float | None:
        """Have a look at the pods in whose containers something has happened; return `due`, of the key `own`."""
        for key in api.server.runtime.take_woken() if api.server.runtime is not None else ():
            if key != own:
                self.manager.enqueue(self.name, key)
        return due

    @staticmethod
    def _mirror_again(api: Client, key: str, addresses: Addresses) -> None:
        """Where the pod that is gone was that of a file on a node, tell the API of it anew."""
        from .staticpods import mirror_pods

        ranges = api.server.service_ranges.cidr, api.server.cluster_cidr
        for node in api.items("nodes"):
            for pod in mirror_pods(node, api.release, *ranges) if nodes.kubelet_runs(node) else ():
                if key_of(pod) == key:
                    made = api.create("pods", pod, pod["metadata"]["namespace"])
                    began = timestamps.parse(node["metadata"]["creationTimestamp"])
                    api.update_status("pods", {**made, "status": containers.adopted(api, made, node, addresses, began)})

    def _take_stage(self, worker: PodWorker) -> None:
        stage = next(each for each in STAGES if each.applies(worker))
        if stage.since is not None:
            since = stage.since(worker)
            at = worker.moment(stage.name, since, stage.delay)
            if worker.now < at:
                worker.wake(at)
                return
        stage.take(worker)

    def _again(self, pods: list[Object], wanted: Callable[[Object], bool]) -> None:
        for pod in pods:
            if pod["spec"].get("nodeName") and wanted(pod):
                self.manager.enqueue(self.name, key_of(pod))

    @staticmethod
    def _let_go(api: Client, pod: Object) -> None:
        try:
            api.delete("pods", pod["metadata"]["name"], pod["metadata"]["namespace"], grace_period=0,
                       preconditions={"uid": pod["metadata"]["uid"]})
        except StatusError as error:
            if error.reason not in ("NotFound", "Conflict"):
                raise


def _said_short(node: Object) -> str:
    """Return what a node is said to be short of."""
    found: str = (node["metadata"].get("annotations") or {}).get(nodes.PRESSURE, "")
    return found


def _is_short(node: Object) -> bool:
    return any(each["type"].endswith("Pressure") and each["status"] == "True"
               for each in (node.get("status") or {}).get("conditions") or ())


def _is_told(pod: Object, obj: Object) -> bool:
    """Tell whether a pod's containers are told what a ConfigMap or a Secret has."""
    from .runtime import environment

    return any(environment.uses(pod, container, obj["kind"], obj["metadata"]["name"])
               for field in ("initContainers", "containers") for container in pod["spec"].get(field) or ())


def _tells_of_itself(pod: Object) -> bool:
    """Tell whether a pod has files with its own labels or annotations."""
    return any("downwardAPI" in each for volume in pod["spec"].get("volumes") or ()
               for each in (volume, *((volume.get("projected") or {}).get("sources") or ())))


def _foreign(pod: Object) -> list[tuple[str, str]]:
    """Return the conditions that others than the kubelet set, which readiness gates are about."""
    gates = {gate["conditionType"] for gate in pod["spec"]["readinessGates"]}
    return [(c["type"], c["status"]) for c in (pod.get("status") or {}).get("conditions") or () if c["type"] in gates]
