"""Starting a container: its image, its settings, its program, its postStart hook (kuberuntime, startContainer)."""

from __future__ import annotations

from ..machinery import timestamps
from ..releases.gates import enabled
from .images import names, pulling
from .runtime import environment, process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Object
    from .containers import Slot


def start(slot: Slot) -> None:
    """Create and start a container, or note why that fails."""
    worker, container = slot.worker, slot.container
    waiting = slot.state.get("waiting") or {}
    if _is_hooked(slot):
        return
    failure = pulling.ensure(worker, container, waiting)
    if failure is None:
        _, problem = environment.environment(worker.api, worker.pod, container)
        for text in environment.skipped(worker.api, worker.pod, container):
            worker.event("Warning", "InvalidEnvironmentVariableNames", text)
        problem = problem or worker.runtime.user_problem(worker.api, worker.pod, container)
        if problem:
            failure = {"reason": "CreateContainerConfigError", "message": problem}
            if waiting != failure:
                worker.event("Warning", "Failed", f"Error: {problem}", slot.name)
    if failure is not None:
        slot.status["state"] = {"waiting": failure}
        return
    created, started = _words(slot.name, worker.release)
    worker.event("Normal", "Created", created, slot.name)
    problem, code = worker.runtime.start_problem(worker.api, _pod(slot), container, worker.now)
    if problem:
        _fail(slot, problem, code)
        return
    worker.event("Normal", "Started", started, slot.name)
    worker.memory.instants[f"{slot.name} startedAt"] = worker.now
    worker.memory.stops.pop(slot.name, None)
    if "postStart" in (container.get("lifecycle") or {}):
        took, failed = worker.runtime.begun(worker.api, _pod(slot), container, worker.now)
        worker.memory.instants[f"{slot.name} hooked"] = worker.now + took
        if failed:
            worker.memory.failed_hooks[slot.name] = failed
        _is_hooked(slot)
        return
    slot.note_start(worker.now)
    _go(slot)


def _pod(slot: Slot) -> Object:
    return {**slot.worker.pod, "status": slot.worker.status}


def _go(slot: Slot) -> None:
    worker = slot.worker
    worker.tell_addresses(True)
    worker.runtime.started(worker.api, _pod(slot), slot.container)


def _fail(slot: Slot, message: str, code: int) -> None:
    """The runtime could not start the container's program (cri-dockerd's core/container_start.go and _status.go)."""
    worker = slot.worker
    id_ = names.container_id(f"{worker.pod['metadata']['uid']}/{slot.name}/{slot.status['restartCount']}",
                             worker.node)
    told = f'failed to start container "{id_.partition("://")[2]}": Error response from daemon: {message}'
    worker.event("Warning", "Failed", f"Error: {told}", slot.name)
    worker.memory.instants[f"{slot.name} finishedAt"] = worker.now
    worker.tell_addresses(True)
    slot.status.update(
        containerID=id_, **names.told(slot.container["image"], worker.node), ready=False)
    if slot.role != "ephemeral":
        slot.status["started"] = False
    slot.status["state"] = {"terminated": {
        "containerID": id_, "exitCode": code, "reason": process.START_ERROR, "message": message,
        "startedAt": timestamps.format(worker.now), "finishedAt": timestamps.format(worker.now)}}
    fall(slot, "RunContainerError", told)


def fall(slot: Slot, reason: str, message: str) -> None:
    """A container has ended in its start: where it is started once more, it waits for that, with these words."""
    if slot.restarts:
        slot.status.update(lastState=slot.state, state={"waiting": {"reason": reason, "message": message}})
        slot.again()


def _is_hooked(slot: Slot) -> bool:
    """Tell whether the container was started and its postStart hook is what is waited for, or was until now."""
    worker, instants = slot.worker, slot.worker.memory.instants
    at = instants.get(f"{slot.name} hooked")
    if at is None:
        return False
    if worker.now < at:
        worker.wake(at)
        return True
    failed = worker.memory.failed_hooks.get(slot.name)
    if failed is None:
        del instants[f"{slot.name} hooked"]
        slot.note_start(instants[f"{slot.name} startedAt"])
        _go(slot)
        return True
    before = slot.state
    slot.note_start(instants[f"{slot.name} startedAt"])
    from . import stops

    if slot.name not in worker.memory.stops:
        _go(slot)
        worker.event("Warning", "FailedPostStartHook", "PostStartHook failed", slot.name)
        worker.event("Normal", "Killing", "FailedPostStartHook", slot.name)
    if not stops.go_on(slot, stops.tell(slot, at, slot.grace())):
        slot.status["state"] = before  # the kubelet tells nothing of it before it has ended
        return True
    del instants[f"{slot.name} hooked"], worker.memory.failed_hooks[slot.name], worker.memory.stops[slot.name]
    fall(slot, "PostStartHookError", failed)
    return True


def _words(name: str, release: tuple[int, int]) -> tuple[str, str]:
    if enabled("PlainContainerEvents", release):
        return "Container created", "Container started"
    colon = ":" if enabled("ContainerEventsColon", release) else ""
    return f"Created container{colon} {name}", f"Started container {name}"
