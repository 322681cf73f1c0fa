"""The containers of a pod: started in order, watched, restarted with back-off (pkg/kubelet/kuberuntime)."""

from __future__ import annotations

from ..machinery import timestamps
from ..machinery.objects import clone, controller_of
from ..releases.gates import enabled
from .images import names, pulling
from .memory import Memory
from .podstatus import INITIAL, PodWorker, is_sidecar
from .runtime import bounds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..apiserver.client import Client
    from ..machinery.types import Object
    from .addresses import Addresses
    from .prober import Prober

BACK_OFF = (10.0, 20.0, 40.0, 80.0, 160.0, 300.0)  # seconds before the second, third ... restart
RESET = 600.0  # a container that ran so long starts with no back-off again
CRASH_LOOP = "CrashLoopBackOff"
FALLEN = ("RunContainerError", "PostStartHookError")  # why a container waits that was started in vain
NOTICE = 1.0   # seconds that an ended container is seen as such before it is restarted or waits for that
LOOK = 0.05    # seconds from one look at what could not be foreseen to the next
_WAITS = ("CreateContainerConfigError", *INITIAL)


def waits(pod: Object) -> bool:
    """Tell whether a pod may be waiting for a ConfigMap, a Secret or a Service."""
    status = pod.get("status") or {}
    if any(each["state"].get("waiting", {}).get("reason") in _WAITS
           for each in status.get("ephemeralContainerStatuses") or ()):
        return True
    if status.get("phase") != "Pending":
        return False
    states = [each["state"] for each in
              (status.get("initContainerStatuses") or []) + (status.get("containerStatuses") or [])]
    return any("running" in state or state.get("waiting", {}).get("reason") in _WAITS for state in states)


def prepare(worker: PodWorker) -> None:
    """Set the statuses of containers of which none was started."""
    spec = worker.pod["spec"]
    inits = spec.get("initContainers")
    if inits:
        worker.status["initContainerStatuses"] = [_blank(worker, c) for c in inits]
    worker.status["containerStatuses"] = sorted((_blank(worker, c) for c in spec["containers"]), key=_name)
    _ephemerals(worker)


def _ephemerals(worker: PodWorker) -> list[Slot]:
    """Return the containers that `kubectl debug` added; those that are new get a status. Nothing probes them."""
    status, found = worker.status, worker.pod["spec"].get("ephemeralContainers")
    if not found:
        return []
    known = {each["name"]: each for each in status.get("ephemeralContainerStatuses") or ()}
    for container in found:
        if container["name"] not in known:
            known[container["name"]] = blank = _blank(worker, container)
            del blank["started"]
    status["ephemeralContainerStatuses"] = sorted(known.values(), key=_name)
    return [Slot(worker, container, known[container["name"]], "ephemeral") for container in found]


def _name(status: Object) -> str:
    name: str = status["name"]
    return name


def _blank(worker: PodWorker, container: Object) -> Object:
    reason = "PodInitializing" if worker.pod["spec"].get("initContainers") else "ContainerCreating"
    status = {"name": container["name"], "image": container["image"], "imageID": "", "lastState": {}, "ready": False,
              "restartCount": 0, "started": False, "state": {"waiting": {"reason": reason}}}
    mounts = container.get("volumeMounts")
    if mounts and enabled("RecursiveReadOnlyMounts", worker.release):
        status["volumeMounts"] = [_mount(mount) for mount in mounts]
    return status


def _mount(mount: Object) -> Object:
    told = {"mountPath": mount["mountPath"], "name": mount["name"]}
    if mount.get("readOnly"):
        told.update(readOnly=True, recursiveReadOnly="Disabled")
    return told


class Slot:
    """One container and its status, in the role that it plays (see process.outcome)."""

    def __init__(self, worker: PodWorker, container: Object, status: Object, role: str):
        self.worker, self.container, self.status, self.role = worker, container, status, role
        self.name: str = container["name"]
        self._prober: Prober | None = None
        self._began: float | None = None  # when it was started, where that is known better than the status tells

    state = property(lambda self: self.status["state"])

    @property
    def prober(self) -> Prober:
        """What its probes find."""
        if self._prober is None:
            from .prober import Prober

            self._prober = Prober(self)
        return self._prober

    @property
    def fallen(self) -> Object | None:
        """How its last run ended, where it was not decided yet whether to wait before the next; None else."""
        ended: Object | None = self.state.get("terminated")
        if ended is None and self.state.get("waiting", {}).get("reason") in FALLEN:
            ended = self.status["lastState"].get("terminated")
        return ended

    @property
    def restarts(self) -> bool:
        """Whether the container is restarted, now that it has ended."""
        ended = self.state.get("terminated") or self.status["lastState"].get("terminated")
        code = ended["exitCode"] if ended else 0
        if self.role == "ephemeral":
            return False
        policy = self.worker.pod["spec"].get("restartPolicy", "Always")
        if self.role == "sidecar":
            return True
        if self.role == "init":
            return code != 0 and policy != "Never"
        own = self.container.get("restartPolicy")
        policy = own if own in ("Always", "Never", "OnFailure") else policy
        return policy == "Always" or (policy == "OnFailure" and code != 0)

    # Starting

    def start(self) -> None:
        """Create and start the container, or note why that fails."""
        from . import starting

        starting.start(self)

    def grace(self, probe: Object | None = None) -> float:
        """Return how many seconds the container has to end where its pod goes on."""
        own = (probe or {}).get("terminationGracePeriodSeconds")
        return float(self.worker.pod["spec"].get("terminationGracePeriodSeconds", 30) if own is None else own)

    def note_start(self, at: float) -> None:
        """Note that the container was started."""
        image, uid, count = self.container["image"], self.worker.pod["metadata"]["uid"], self.status["restartCount"]
        self.status.update(
            containerID=names.container_id(f"{uid}/{self.name}/{count}", self.worker.node),
            **names.told(image, self.worker.node), state={"running": {"startedAt": timestamps.format(at)}})
        if "features" in (self.worker.node.get("status") or {}):  # SupplementalGroupsPolicy
            user = self.worker.runtime.user(self.worker.api, self.worker.pod, self.container)
            if user is not None:
                self.status["user"] = user

    def adopt(self) -> None:
        """Note that the container runs and is ready."""
        self.note_start(self.worker.now)
        self.status.update(started=True, ready=True)
        self._tell_resources()

    def restart(self) -> None:
        """Start the container once more."""
        ended = self.state.get("terminated")
        if ended is not None:
            self.status["lastState"] = {"terminated": ended}
        self.status["restartCount"] += 1
        self.start()

    # Running

    def watch(self) -> None:
        """Let a running container live on to this moment: it ends, is killed, or becomes ready or not."""
        worker, began = self.worker, self.state["running"]["startedAt"]
        if self.status["image"] != names.told(self.container["image"], self.worker.node)["image"]:
            worker.event("Normal", "Killing", f"Container {self.name} definition changed, will be restarted", self.name)
            self.kill(worker.now)
            worker.memory.back_offs[self.name] = 0.0
            self.restart()
            return
        result = worker.runtime.outcome(worker.api, {**worker.pod, "status": worker.status}, self.container,
                                        timestamps.parse(began), self.role)
        self._began = result.began
        if result.until is not None:
            worker.wake(max(result.until, worker.now + LOOK))
        killed = self.prober.killed()
        if self._is_killed(killed if killed is not None and (result.ends is None or killed[0] < result.ends) else None):
            return
        if killed is None and result.ends is not None:
            at = self.after_start(result.ends)
            if worker.now >= at:
                if result.trouble:
                    worker.troubles.append(f"container {self.name}: {result.trouble}")
                self.end(result.code, result.reason, at, result.message)
                return
            worker.wake(at)
        self.prober.judge()
        self._tell_resources()

    def _tell_resources(self) -> None:
        if enabled("InPlacePodVerticalScaling", self.worker.release):
            resources = self.container.get("resources") or {}
            self.status["resources"] = clone(resources)
            if resources.get("requests"):
                self.status["allocatedResources"] = clone(resources["requests"])

    @property
    def started(self) -> float:
        """When the container that runs was started."""
        return self.after_start(0.0)

    def after_start(self, delay: float) -> float:
        """Return when the container that runs will have run for so many seconds."""
        if self._began is not None:
            return self._began + delay
        return self.worker.moment(f"{self.name} startedAt", self.state["running"]["startedAt"], delay)

    def _is_killed(self, killed: tuple[float, str, str] | None) -> bool:
        """Kill a container for good that a probe, or its hook, has failed; tell whether it has ended.

        `killed`: see Prober.killed. As long as it has not, it goes on as others.
        """
        worker, stop = self.worker, self.worker.memory.stops.get(self.name)
        if stop is None and killed is None:
            return False
        from . import stops

        if stop is None and killed is not None:
            time, kind, _ = killed
            at = self.after_start(time)
            self.prober.tell_failures(kind, self.prober.first(kind), at)
            if worker.now < at:
                worker.wake(at)
                return False
            told = f"Container {self.name} failed {kind} probe, will be restarted"
            worker.event("Normal", "Killing", told, self.name)
            stop = stops.tell(self, at, self.grace(self.prober.probe(kind)))
        return stop is not None and stops.go_on(self, stop)

    def kill(self, at: float, code: int = bounds.KILLED, reason: str = "Error") -> None:
        """End the container from outside."""
        self.worker.runtime.stopped(self.worker.api, self.worker.pod, self.container)
        self.end(code, reason, at)

    def end(self, code: int, reason: str, at: float, message: str = "") -> None:
        """Note that the container has ended. `message`: its termination message."""
        self.worker.memory.instants[f"{self.name} finishedAt"] = at
        ended = {"containerID": self.status["containerID"], "exitCode": code, "finishedAt": timestamps.format(at),
                 "reason": reason, "startedAt": self.state["running"]["startedAt"]}
        if message:
            ended["message"] = message
        self.status.update(ready=self.role == "init" and code == 0, state={"terminated": ended})
        if self.role != "ephemeral":
            self.status["started"] = False

    # Ended

    def again(self) -> None:
        """Restart a container that has ended, now or when its back-off is over."""
        worker, fallen = self.worker, self.fallen
        ended = fallen or self.status["lastState"]["terminated"]
        wait = self.back_off()
        if fallen:
            at = worker.moment(f"{self.name} finishedAt", ended["finishedAt"], NOTICE)
            if worker.now < at:
                worker.wake(at)
                return
        at = timestamps.parse(ended["finishedAt"]) + wait
        if fallen:
            worker.memory.back_offs[self.name] = wait
        if worker.now >= at or wait <= NOTICE:
            self.status["restartCount"] += self._missed(ended, at)
            self.restart()
            return
        if fallen:
            meta = worker.pod["metadata"]
            who = f"{meta['name']}_{meta['namespace']}({meta['uid']})"
            worker.event("Warning", "BackOff", f"Back-off restarting failed container {self.name} in pod {who}",
                         self.name)
            self.status["lastState"] = {"terminated": ended}
            self.status["state"] = {"waiting": {"reason": CRASH_LOOP, "message": (
                f"back-off {_go_duration(wait)} restarting failed container={self.name} pod={who}")}}
        worker.wake(at + self._rounds(ended, at) * self._round(ended))

    def back_off(self) -> float:
        """Return how many seconds after its end the container is restarted.

        0 the first time, then longer from time to time, unless it had run for long (flowcontrol.Backoff).
        """
        last = self.worker.memory.back_offs.get(self.name)
        ended = self.fallen
        if ended is None:
            return last or 0.0 if self.state["waiting"]["reason"] == CRASH_LOOP else 0.0
        if last is None or (timestamps.parse(ended["finishedAt"]) - timestamps.parse(ended["startedAt"]) > RESET):
            return 0.0
        return next((span for span in BACK_OFF if span > last), BACK_OFF[-1])

    def _round(self, ended: Object) -> float:
        """Return how long one more round takes: waiting and running."""
        from .runtime import process

        ran = timestamps.parse(ended["finishedAt"]) - timestamps.parse(ended["startedAt"])
        return self.back_off() + NOTICE + max(ran, process.SHORT)

    def _rounds(self, ended: Object, at: float) -> int:
        """Return how many rounds are not worth a look, for the clock will run over them at once anyway."""
        if self.back_off() < BACK_OFF[-1]:
            return 0
        return max(int((self.worker.horizon - at) / self._round(ended)) - 1, 0)

    def _missed(self, ended: Object, at: float) -> int:
        """Return how many restarts there would have been since one was due."""
        if self.fallen or self.back_off() < BACK_OFF[-1]:
            return 0
        due = timestamps.parse(ended["finishedAt"]) + self.back_off()
        return max(int((self.worker.now - due) / self._round(ended)), 0)


def _go_duration(seconds: float) -> str:
    """Return Go's text of a whole number of seconds: 10s, 1m20s, 5m0s."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"


def _slots(worker: PodWorker) -> tuple[list[Slot], list[Slot]]:
    spec = worker.pod["spec"]
    inits = {each["name"]: each for each in worker.status.get("initContainerStatuses") or ()}
    mains = {each["name"]: each for each in worker.status["containerStatuses"]}
    ref = controller_of(worker.pod)
    main = "job" if ref is not None and ref["kind"] == "Job" else "main"
    return ([Slot(worker, c, inits[c["name"]], "sidecar" if is_sidecar(c) else "init")
             for c in spec.get("initContainers") or ()],
            [Slot(worker, c, mains[c["name"]], main) for c in spec["containers"]])


def _drive(worker: PodWorker, slots: list[Slot]) -> None:
    """Take containers as far as they can come at this moment: what they do may depend on each other once they run."""
    for slot in slots:
        _begin(worker, slot)
        if pulling.is_pulling(worker, slot.name):
            break  # one after the other
    for slot in slots:
        if "running" in slot.state:
            slot.watch()
            if slot.fallen and slot.restarts:
                slot.again()


def _begin(worker: PodWorker, slot: Slot) -> None:
    """Start a container that is not running, if it is time for that."""
    if f"{slot.name} hooked" in worker.memory.instants:
        slot.start()  # which is not over
    elif slot.fallen is None and "waiting" in slot.state and ("terminated" not in slot.status["lastState"]
                                                            or slot.state["waiting"].get("reason") != CRASH_LOOP):
        slot.start()
    elif "waiting" in slot.state or ("terminated" in slot.state and slot.restarts):
        slot.again()


def step(worker: PodWorker) -> None:
    """Take the pod as far as it can come at this moment: init containers one by one, then all the others."""
    for slot in _ephemerals(worker):  # started once, whether the pod is initialized or not, and never restarted
        if "waiting" in slot.state:
            slot.start()
        if "running" in slot.state:
            slot.watch()
    inits, mains = _slots(worker)
    for slot in inits:
        done = slot.role == "init" and slot.state.get("terminated", {}).get("exitCode") == 0
        if not done:
            _drive(worker, [slot])
        if slot.role == "sidecar":
            if not slot.status.get("started"):
                return
        elif slot.state.get("terminated", {}).get("exitCode") != 0:
            return
    _drive(worker, [slot for slot in mains if "terminated" not in slot.state or slot.restarts])
    if all("terminated" in slot.state and not slot.restarts for slot in mains):
        for slot in inits:
            if "running" in slot.state:
                slot.kill(worker.now, 0, "Completed")
        for slot in _ephemerals(worker):
            if "running" in slot.state:
                slot.kill(worker.now)


def adopted(api: Client, pod: Object, node: Object, addresses: Addresses, since: float) -> Object:
    """Return the status of a pod whose containers run and are ready since a time, which nobody saw them do."""
    worker = PodWorker(api, pod, node, None, Memory(pod["metadata"]["uid"], {}), addresses, since, "full")
    worker.now, worker.sandbox = since, True
    worker.status["startTime"] = timestamps.format(since)
    prepare(worker)
    for slot in _slots(worker)[1]:
        slot.adopt()
    worker.complete()
    return worker.status


def groups(worker: PodWorker) -> tuple[list[Slot], list[Slot], list[Slot], list[Slot]]:
    """Return the containers that others wait for, the main ones, those of `kubectl debug`, and the sidecars."""
    inits, mains = _slots(worker)
    return ([slot for slot in inits if slot.role == "init"], mains, _ephemerals(worker),
            [slot for slot in inits if slot.role == "sidecar"])


def kill_all(worker: PodWorker) -> None:
    """End everything that still runs; the pod's phase follows from how its containers ended."""
    if "containerStatuses" not in worker.status:
        return
    for group in groups(worker):
        for slot in group:
            if "running" in slot.state:
                slot.kill(worker.now)
    conclude(worker)


def conclude(worker: PodWorker) -> None:
    """Nothing runs any more: the pod's phase follows from how its containers ended."""
    mains = _slots(worker)[1]
    for slot in mains:
        if "waiting" in slot.state and "terminated" in slot.status["lastState"]:
            slot.status["state"] = slot.status["lastState"]
        elif "waiting" in slot.state:
            slot.status["state"] = {"terminated": {
                "exitCode": bounds.KILLED, "reason": "ContainerStatusUnknown", "startedAt": None,
                "finishedAt": None, "message": "The container could not be located when the pod was terminated"}}
    codes = [slot.state["terminated"]["exitCode"] for slot in mains]
    worker.status["phase"] = "Failed" if any(codes) else "Succeeded"


def expire(worker: PodWorker) -> None:
    """The pod has been active for longer than it may."""
    message = "Pod was active on the node longer than the specified deadline"
    worker.event("Normal", "DeadlineExceeded", message)
    kill_all(worker)
    worker.fail("DeadlineExceeded", message)
