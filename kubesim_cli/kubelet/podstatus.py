"""A pod's status as its kubelet writes it: phase, conditions, addresses.

Kubernetes: pkg/kubelet/kubelet_pods.go, pkg/kubelet/status/generate.go.
"""

from __future__ import annotations

from ..helpers.nodes import internal_ips
from ..machinery import conditions, timestamps
from ..machinery.objects import clone
from ..machinery.pods import is_phase_terminal
from ..machinery.wellknown import MIRROR_POD_ANNOTATION_KEY
from ..releases.gates import enabled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..apiserver.client import Client
    from ..machinery.types import Object
    from .addresses import Addresses
    from .containerruntime import Runtime
    from .memory import Memory

START = 1.2  # seconds from a pod's coming to its node to its containers' start: image, volumes, network
MAX_IMAGES = 50  # in a Node's status (kubelet --node-status-max-images)
INITIAL = ("ContainerCreating", "PodInitializing")  # reasons of containers that nothing was done about yet
OWN = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")


def is_mirror(pod: Object) -> bool:
    """Tell whether a pod stands for one that a kubelet runs from a file (see staticpods)."""
    return MIRROR_POD_ANNOTATION_KEY in (pod["metadata"].get("annotations") or {})


def is_sidecar(container: Object) -> bool:
    """Tell whether an init container goes on beside the main ones."""
    return container.get("restartPolicy") == "Always"


class PodWorker:
    """One look of a kubelet at one pod: `status` may be changed, `save` writes it.

    `due`, as handed in, is when the pod's timer is or was due; `horizon` is how far the clock is about to run; `kind`
    is that of the node's runtime (see runtimes).
    """

    def __init__(self, api: Client, pod: Object, node: Object, due: float | None, memory: Memory, addresses: Addresses,
                 horizon: float, kind: str):
        self.api, self.pod, self.node, self.now, self.release = api, pod, node, api.now, api.release
        self.known_due, self.memory, self.horizon, self._kind = due, memory, horizon, kind
        self.fired = due is not None and due <= api.now
        self.due: float | None = None
        self.gone = False
        self.status = clone(pod.get("status") or {})
        self.sandbox = any((state.get("state") or {}).get("waiting", {}).get("reason") not in INITIAL
                           for state in self.all_statuses()) and not self.over
        self._addresses = addresses
        self.faults: list[Object] = []  # what the pod was said to do otherwise (podfaults.py)
        if api.server.tally.pod_faults:
            from . import podfaults

            self.faults = podfaults.matching(api.server.tally.pod_faults, pod)
        self._runtime: Runtime | None = None
        self.pulled: list[Object] = []  # what the node's status is to tell of images that it did not have
        self.troubles: list[str] = []   # what the simulation of its containers failed in
        self._events: list[tuple[str, str, str, str]] = []

    over = property(lambda self: is_phase_terminal(self.status.get("phase")), doc="Whether the pod has ended.")

    @property
    def runtime(self) -> Runtime:
        """What runs the pod's containers."""
        if self._runtime is None:
            if self.faults:
                from . import podfaults

                self._runtime = podfaults.runtime(self._kind, self.faults)
            else:
                from . import runtimes

                self._runtime = runtimes.of(self._kind)
        return self._runtime

    # Time

    def wake(self, at: float | None) -> None:
        """Look again at a time, unless that happens earlier anyway."""
        if at is not None and (self.due is None or at < self.due):
            self.due = at

    def moment(self, what: str, since: str, delay: float) -> float:
        """Return when something ends that began at `since`, a timestamp of whole seconds, and takes `delay`.

        `what` names the beginning for the kubelet's memory, which knows the fraction that the timestamp has lost.
        """
        return self.memory.instant(what, since, self.now) + delay

    def starts_at(self) -> float:
        """Return when the first containers of the pod, which the node has taken in, are started."""
        return timestamps.parse(self.status["startTime"]) + START

    def deadline(self) -> float | None:
        """Return when activeDeadlineSeconds have passed."""
        limit = self.pod["spec"].get("activeDeadlineSeconds")
        if limit is None or "startTime" not in self.status:
            return None
        return timestamps.parse(self.status["startTime"]) + limit

    # Status

    def all_statuses(self) -> list[Object]:
        """Return the statuses of init containers and main containers."""
        return (self.status.get("initContainerStatuses") or []) + (self.status.get("containerStatuses") or [])

    def scheduled(self) -> bool:
        """Tell whether the scheduler placed the pod."""
        return conditions.status_of(self.status.get("conditions"), "PodScheduled") == "True"

    def event(self, type_: str, reason: str, message: str, container: str = "") -> None:
        """Tell of something, about the pod or one of its containers, of whatever kind."""
        kind = next((kind for kind in ("initContainers", "ephemeralContainers")
                     for each in self.pod["spec"].get(kind) or () if each["name"] == container), "containers")
        self._events.append((type_, reason, message, f"spec.{kind}{{{container}}}" if container else ""))

    def fail(self, reason: str, message: str) -> None:
        """End the pod as failed."""
        self.status.update(phase="Failed", reason=reason, message=message)

    def save(self) -> None:
        """Write the status where it differs, the events, and the images that were pulled."""
        if "startTime" in self.status:
            self.complete()
        if self.status != (self.pod.get("status") or {}):
            self.api.update_status("pods", {**self.pod, "status": self.status})
        for type_, reason, message, path in self._events:
            self.api.record(self.pod, type_, reason, message, "kubelet", self.node["metadata"]["name"], path)
        if self.pulled:
            self._tell_images()
        if not self.over:
            self.wake(self.deadline())

    def _tell_images(self) -> None:
        """Add what was pulled to the images that the node's status tells of, the newest first."""
        node = self.api.find("nodes", self.node["metadata"]["name"])
        if node is not None:
            node = clone(node)
            node["status"]["images"] = [*reversed(self.pulled), *node["status"].get("images", ())][:MAX_IMAGES]
            self.api.update_status("nodes", node)

    def tell_addresses(self, started: bool) -> None:
        """Set the node's address, and the pod's as soon as it has a sandbox (`started`)."""
        status, hosts = self.status, internal_ips(self.node)
        if hosts:
            status["hostIP"] = hosts[0]
            if enabled("PodHostIPs", self.release):
                status["hostIPs"] = [{"ip": each} for each in hosts]
        if "podIP" not in status and started:
            ips = hosts if self.pod["spec"].get("hostNetwork") else self._addresses.allocate(self.node, self.pod)
            if ips:
                status.update(podIP=ips[0], podIPs=[{"ip": each} for each in ips])

    def complete(self) -> None:
        """Set what follows from the statuses of the containers: phase, addresses, conditions."""
        status = self.status
        if not self.over:
            status["phase"] = phase_of_containers(self.pod, status)
        self.tell_addresses(any("waiting" not in each["state"] for each in self.all_statuses()))
        if "generation" in self.pod["metadata"] and enabled("PodObservedGenerationTracking", self.release):
            status["observedGeneration"] = self.pod["metadata"]["generation"]
        if "containerStatuses" in status:
            self._set_conditions()

    def _set_conditions(self) -> None:
        status, generation = self.status, self.pod["metadata"].get("generation")
        old = status.get("conditions") or []
        new = [condition for condition in old if condition["type"] not in OWN]
        for type_, state, reason, message in self._wanted_conditions(new):
            condition = {"type": type_, "status": state, "lastProbeTime": None}
            if generation is not None and enabled("PodObservedGenerationTracking", self.release):
                condition["observedGeneration"] = generation
            if reason:
                condition["reason"] = reason
            if message:
                condition["message"] = message
            known = conditions.find(old, type_)
            if known is not None:
                new.append(known)
            conditions.set_condition(new, condition, self.now)
        status["conditions"] = new

    def _wanted_conditions(self, foreign: list[Object]) -> Iterator[tuple[str, str, str, str]]:
        """Yield (type, status, reason, message) in the kubelet's order."""
        ready = self._containers_ready()
        if enabled("PodReadyToStartContainersCondition", self.release):
            yield "PodReadyToStartContainers", "True" if self.sandbox and not self.over else "False", "", ""
        yield ("Initialized", *self._initialized())
        yield ("Ready", *(self._gates(foreign) or ready if ready[0] == "True" else ready))
        yield ("ContainersReady", *ready)
        yield "PodScheduled", "True", "", ""

    def _containers_ready(self) -> tuple[str, str, str]:
        status = self.status
        if is_phase_terminal(status["phase"]):
            return "False", "PodCompleted" if status["phase"] == "Succeeded" else "PodFailed", ""
        spec = self.pod["spec"]
        named = [c["name"] for c in spec.get("initContainers") or () if is_sidecar(c)]
        named += [c["name"] for c in spec["containers"]]
        states = {each["name"]: each for each in self.all_statuses()}
        unready = [name for name in named if not states[name]["ready"]]
        if unready:
            return "False", "ContainersNotReady", f"containers with unready status: [{' '.join(unready)}]"
        return "True", "", ""

    def _initialized(self) -> tuple[str, str, str]:
        if self.status["phase"] == "Succeeded":
            return "True", "PodCompleted", ""
        if any("running" in each["state"] or each["restartCount"] or "terminated" in each["state"]
               for each in self.status["containerStatuses"]):
            return "True", "", ""
        states = {each["name"]: each for each in self.status.get("initContainerStatuses") or ()}
        missing = [c["name"] for c in self.pod["spec"].get("initContainers") or ()
                   if not (states[c["name"]].get("started") if is_sidecar(c) else states[c["name"]]["ready"])]
        if missing:
            return "False", "ContainersNotInitialized", f"containers with incomplete status: [{' '.join(missing)}]"
        return "True", "", ""

    def _gates(self, foreign: list[Object]) -> tuple[str, str, str] | None:
        told = []
        for gate in self.pod["spec"].get("readinessGates") or ():
            state = conditions.status_of(foreign, gate["conditionType"])
            if state is None:
                told.append(f'corresponding condition of pod readiness gate "{gate["conditionType"]}" does not exist.')
            elif state != "True":
                told.append(f'the status of pod readiness gate "{gate["conditionType"]}" is not "True", but {state}')
        return ("False", "ReadinessGatesNotReady", ", ".join(told)) if told else None


def phase_of_containers(pod: Object, status: Object) -> str:
    """Return a pod's phase as it follows from its containers (getPhase)."""
    spec = pod["spec"]
    policy = spec.get("restartPolicy", "Always")
    states = {each["name"]: each for each in
              (status.get("initContainerStatuses") or []) + (status.get("containerStatuses") or [])}
    pending = waiting = active = stopped = succeeded = 0
    for container in spec.get("initContainers") or ():
        each = states.get(container["name"])
        ended = _ended(each)
        if is_sidecar(container):
            if each is None or ("running" in each["state"] and not each.get("started")) or (
                    "waiting" in each["state"] and ended is None):
                pending += 1
            elif "running" in each["state"]:
                active += 1
        elif ended is None:
            pending += 1
        elif ended["exitCode"] and policy == "Never":
            return "Failed"
        elif ended["exitCode"]:
            pending += 1
    for container in spec["containers"]:
        each = states.get(container["name"])
        ended = _ended(each)
        if each is not None and "running" in each["state"]:
            active += 1
        elif ended is None:
            waiting += 1
        else:
            stopped += 1
            succeeded += not ended["exitCode"]
    if waiting or (pending and not stopped and not any(
            "running" in states.get(c["name"], {"state": {}})["state"] for c in spec["containers"])):
        return "Pending"
    if stopped < len(spec["containers"]):
        return "Running"
    if policy == "Always" or (policy == "OnFailure" and stopped != succeeded):
        return "Running"
    if active:
        return "Running"
    return "Succeeded" if stopped == succeeded else "Failed"


def _ended(status: Object | None) -> Object | None:
    """Return how a container ended: now, or last where it waits for its restart; None where it has not."""
    if status is None:
        return None
    if "waiting" in status["state"]:
        return status["lastState"].get("terminated")
    return status["state"].get("terminated")
