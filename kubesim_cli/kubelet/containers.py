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
    from .runtime import process

BACK_OFF = (10.0, 20.0, 40.0, 80.0, 160.0, 300.0)  # seconds before the second, third ... restart
RESET = 600.0  # a container that ran so long starts with no back-off again
CRASH_LOOP = "CrashLoopBackOff"
NOTICE = 1.0   # seconds that an ended container is seen as such before it is restarted or waits for that
SEEN = 3600.0  # seconds that events are: of probes that failed before nobody is told
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
        self._found: dict[tuple[str, str], list[process.Piece]] = {}  # by its probes, see _pieces
        self._began: float | None = None  # when it was started, where that is known better than the status tells

    state = property(lambda self: self.status["state"])

    # Starting

    def start(self) -> None:
        """Create and start the container, or note why that fails."""
        from .runtime import environment

        worker, container = self.worker, self.container
        waiting = self.state.get("waiting") or {}
        if self._is_hooked():
            return
        failure = pulling.ensure(worker, container, waiting)
        if failure is None:
            _, problem = environment.environment(worker.api, worker.pod, container)
            if problem:
                failure = {"reason": "CreateContainerConfigError", "message": problem}
                if waiting != failure:
                    worker.event("Warning", "Failed", f"Error: {problem}", self.name)
        if failure is not None:
            self.status["state"] = {"waiting": failure}
            return
        created, started = _words(self.name, worker.release)
        worker.event("Normal", "Created", created, self.name)
        worker.event("Normal", "Started", started, self.name)
        worker.memory.instants[f"{self.name} startedAt"] = worker.now
        worker.memory.stops.pop(self.name, None)
        if "postStart" in (container.get("lifecycle") or {}):
            took, succeeds = worker.runtime.begun(worker.api, {**worker.pod, "status": worker.status}, container,
                                                  worker.now)
            worker.memory.instants[f"{self.name} hooked"] = worker.now + took
            worker.memory.instants[f"{self.name} hook fails"] = 0.0 if succeeds else worker.now
            self._is_hooked()
            return
        self._note_start(worker.now)
        worker.tell_addresses(True)
        worker.runtime.started(worker.api, {**worker.pod, "status": worker.status}, container)

    def _is_hooked(self) -> bool:
        """Tell whether the container was started and its postStart hook is what is waited for, or was until now."""
        instants, worker = self.worker.memory.instants, self.worker
        at = instants.get(f"{self.name} hooked")
        if at is None:
            return False
        if worker.now < at:
            worker.wake(at)
            return True
        del instants[f"{self.name} hooked"]
        self._note_start(instants[f"{self.name} startedAt"])
        worker.tell_addresses(True)
        worker.runtime.started(worker.api, {**worker.pod, "status": worker.status}, self.container)
        if instants.pop(f"{self.name} hook fails"):
            from . import stops

            worker.event("Warning", "FailedPostStartHook", "PostStartHook failed", self.name)
            worker.event("Normal", "Killing", "FailedPostStartHook", self.name)
            stops.tell(self, worker.now, self._grace())
        return True

    def _grace(self, probe: Object | None = None) -> float:
        """Return how many seconds the container has to end where its pod goes on."""
        own = (probe or {}).get("terminationGracePeriodSeconds")
        return float(self.worker.pod["spec"].get("terminationGracePeriodSeconds", 30) if own is None else own)

    def _note_start(self, at: float) -> None:
        image, uid, count = self.container["image"], self.worker.pod["metadata"]["uid"], self.status["restartCount"]
        self.status.update(
            containerID="docker://" + names.digest(f"{uid}/{self.name}/{count}"), image=names.tagged(image),
            imageID=names.image_id(image), state={"running": {"startedAt": timestamps.format(at)}})

    def adopt(self) -> None:
        """Note that the container runs and is ready."""
        self._note_start(self.worker.now)
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
        if self.status["image"] != names.tagged(self.container["image"]):
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
        killed = self._killed()
        if self._is_killed(killed if killed is not None and (result.ends is None or killed[0] < result.ends) else None):
            return
        if killed is None and result.ends is not None:
            at = self._after_start(result.ends)
            if worker.now >= at:
                if result.trouble:
                    worker.troubles.append(f"container {self.name}: {result.trouble}")
                self.end(result.code, result.reason, at, result.message)
                return
            worker.wake(at)
        self._judge()
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
        return self._after_start(0.0)

    def _after_start(self, delay: float) -> float:
        """Return when the container that runs will have run for so many seconds."""
        if self._began is not None:
            return self._began + delay
        return self.worker.moment(f"{self.name} startedAt", self.state["running"]["startedAt"], delay)

    def _probe(self, kind: str) -> Object | None:
        return self.worker.runtime.probe(self.container, kind)

    def _pieces(self, kind: str, probe: Object) -> list[process.Piece]:
        """Return what a kind of probe finds over the life of the container that runs."""
        worker, began = self.worker, self.state["running"]["startedAt"]
        found = self._found.get((kind, began))
        if found is None:
            found = self._found[kind, began] = worker.runtime.pieces(
                worker.api, {**worker.pod, "status": worker.status}, self.container, probe, timestamps.parse(began))
        return found

    def _killed(self) -> tuple[float, str, str] | None:
        """Return (seconds after the start, kind of probe, its output) of a probe's failure for good, or None."""
        from .runtime import process

        found = []
        for kind in ("startup", "liveness"):
            probe = self._probe(kind)
            if probe:
                changes = process.verdicts(probe, self._pieces(kind, probe), self._first(kind), True)
                bad = next((change for change in changes if not change[1]), None)
                if bad is not None and not (kind == "startup" and self._started_at(bad[0])):
                    found.append((bad[0], kind, bad[2]))
        return min(found, default=None)

    def _started_at(self, limit: float) -> bool:
        at = self._startup()
        return at is not None and at < limit

    def _startup(self) -> float | None:
        """Return how many seconds after its start the container counts as started; None: never."""
        from .runtime import process

        probe = self._probe("startup")
        if not probe:
            return 0.0
        changes = process.verdicts(probe, self._pieces("startup", probe), 0.0, False)
        return next((time for time, good, _ in changes if good), None)

    def _judge(self) -> None:
        """Set `started` and `ready` by the probes, and wake up when they will change."""
        from .runtime import process

        if self.role == "ephemeral":
            return
        worker = self.worker
        self.status.update(started=False, ready=False)
        startup = self._startup()
        if startup is None:
            return
        at = self._after_start(startup)
        if worker.now < at:
            worker.wake(at)
            return
        self.status["started"] = True
        probe = self._probe("readiness")
        if self.role == "init" or not probe:
            self.status["ready"] = self.role != "init"
            return
        for time, good, _ in process.verdicts(probe, self._pieces("readiness", probe), startup, False):
            at = self._after_start(time)
            if worker.now < at:
                worker.wake(at)
                break
            self.status["ready"] = good
        self._tell_failures("readiness", startup)

    def _is_killed(self, killed: tuple[float, str, str] | None) -> bool:
        """Kill a container for good that a probe, or its hook, has failed; tell whether it has ended.

        `killed`: see _killed. As long as it has not, it goes on as others.
        """
        worker, stop = self.worker, self.worker.memory.stops.get(self.name)
        if stop is None and killed is None:
            return False
        from . import stops

        if stop is None and killed is not None:
            time, kind, _ = killed
            at = self._after_start(time)
            self._tell_failures(kind, self._first(kind), at)
            if worker.now < at:
                worker.wake(at)
                return False
            told = f"Container {self.name} failed {kind} probe, will be restarted"
            worker.event("Normal", "Killing", told, self.name)
            stop = stops.tell(self, at, self._grace(self._probe(kind)))
        return stop is not None and stops.go_on(self, stop)

    def _tell_failures(self, kind: str, begin: float, end: float = float("inf")) -> None:
        """Tell of the probes that have failed since that was told last, up to `end`; what nobody will see is not.

        `begin`: when the first one is made, in seconds after the start.
        """
        from .runtime import process

        worker, probe, what = self.worker, self._probe(kind), f"{self.name} {kind} failed"
        assert probe is not None
        found, base = self._pieces(kind, probe), self.started
        told = max(worker.memory.instants.get(what, 0.0), worker.horizon - SEEN)
        while (failure := process.failure(probe, found, begin, told - base)) is not None:
            at = base + failure[0]
            if at > end:
                return
            if worker.now < at:
                worker.wake(at)
                return
            told = worker.memory.instants[what] = at
            worker.event("Warning", "Unhealthy", f"{kind.capitalize()} probe failed: {failure[1]}", self.name)

    def _first(self, kind: str) -> float:
        """Return when the first probe of a kind that kills is made, in seconds after the start."""
        probe = self._probe(kind) or {}
        period = float(probe.get("periodSeconds") or 10)
        return float(probe.get("initialDelaySeconds") or 0) + (period if kind == "liveness" else 0.0)

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
        worker, state = self.worker, self.state
        ended = state.get("terminated") or self.status["lastState"]["terminated"]
        wait = self.back_off()
        if "terminated" in state:
            at = worker.moment(f"{self.name} finishedAt", ended["finishedAt"], NOTICE)
            if worker.now < at:
                worker.wake(at)
                return
        at = timestamps.parse(ended["finishedAt"]) + wait
        if "terminated" in state:
            worker.memory.back_offs[self.name] = wait
        if worker.now >= at or wait <= NOTICE:
            self.status["restartCount"] += self._missed(ended, at)
            self.restart()
            return
        if "terminated" in state:
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
        ended = self.state.get("terminated")
        if ended is None:
            return last or 0.0 if self.state["waiting"]["reason"] == CRASH_LOOP else 0.0
        if last is None or timestamps.parse(ended["finishedAt"]) - timestamps.parse(ended["startedAt"]) > RESET:
            return 0.0
        return next((span for span in BACK_OFF if span > last), BACK_OFF[-1])

    def _round(self, ended: Object) -> float:
        """Return how long one more round takes: waiting and running."""
        from .runtime import process

        return self.back_off() + NOTICE + max(
            timestamps.parse(ended["finishedAt"]) - timestamps.parse(ended["startedAt"]), process.SHORT)

    def _rounds(self, ended: Object, at: float) -> int:
        """Return how many rounds are not worth a look, for the clock will run over them at once anyway."""
        if self.back_off() < BACK_OFF[-1]:
            return 0
        return max(int((self.worker.horizon - at) / self._round(ended)) - 1, 0)

    def _missed(self, ended: Object, at: float) -> int:
        """Return how many restarts there would have been since one was due."""
        if "terminated" in self.state or self.back_off() < BACK_OFF[-1]:
            return 0
        due = timestamps.parse(ended["finishedAt"]) + self.back_off()
        return max(int((self.worker.now - due) / self._round(ended)), 0)


def _words(name: str, release: tuple[int, int]) -> tuple[str, str]:
    if enabled("PlainContainerEvents", release):
        return "Container created", "Container started"
    colon = ":" if enabled("ContainerEventsColon", release) else ""
    return f"Created container{colon} {name}", f"Started container {name}"


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


def _restarts(worker: PodWorker, slot: Slot) -> bool:
    """Tell whether a container that has ended is restarted."""
    ended = slot.state.get("terminated") or slot.status["lastState"].get("terminated")
    code = ended["exitCode"] if ended else 0
    policy = worker.pod["spec"].get("restartPolicy", "Always")
    if slot.role == "sidecar":
        return True
    if slot.role == "init":
        return code != 0 and policy != "Never"
    own = slot.container.get("restartPolicy")
    policy = own if own in ("Always", "Never", "OnFailure") else policy
    return policy == "Always" or (policy == "OnFailure" and code != 0)


def _drive(worker: PodWorker, slots: list[Slot]) -> None:
    """Take containers as far as they can come at this moment: what they do may depend on each other once they run."""
    for slot in slots:
        _begin(worker, slot)
        if pulling.is_pulling(worker, slot.name):
            break  # one after the other
    for slot in slots:
        if "running" in slot.state:
            slot.watch()
            if "terminated" in slot.state and _restarts(worker, slot):
                slot.again()


def _begin(worker: PodWorker, slot: Slot) -> None:
    """Start a container that is not running, if it is time for that."""
    if "waiting" in slot.state and ("terminated" not in slot.status["lastState"]
                                    or slot.state["waiting"].get("reason") != CRASH_LOOP):
        slot.start()
    elif "waiting" in slot.state or ("terminated" in slot.state and _restarts(worker, slot)):
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
    _drive(worker, [slot for slot in mains if "terminated" not in slot.state or _restarts(worker, slot)])
    if all("terminated" in slot.state and not _restarts(worker, slot) for slot in mains):
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
        if "waiting" in slot.state:
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
