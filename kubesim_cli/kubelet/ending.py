"""A pod's end: its containers are told to, end as their programs do, and then it goes."""

from __future__ import annotations

from ..machinery import timestamps
from . import containers
from .podstatus import PodWorker
from .stops import go_on, tell

GONE = 0.6     # seconds from the end of its last container to a pod's
LEAST = 2.0    # seconds of grace that a container has behind others


def step(worker: PodWorker, since: float, news: bool) -> bool:
    """Let a pod's containers end, which were told to at `since`; tell whether it can go. `news`: they are told now.

    Sidecars are told when the others have ended, the last first. A pod has a second at least
    (calculateEffectiveGracePeriod in pkg/kubelet/pod_workers.go).
    """
    grace, notices = float(worker.pod["metadata"].get("deletionGracePeriodSeconds") or 1), worker.runtime.NOTICES
    if "containerStatuses" not in worker.status:
        return _is_over(worker, since)
    *others, sidecars = containers.groups(worker)
    running = [slot for group in others for slot in group if "running" in slot.state]
    if news:
        for slot in (*running, *(slot for slot in sidecars if "running" in slot.state)):
            worker.event("Normal", "Killing", f"Stopping container {slot.name}", slot.name)
    for slot in running:
        go_on(slot, tell(slot, since, grace), notices)
    at = max((stop["ends"] for name, stop in worker.memory.stops.items()
              if stop["since"] == since and name not in {slot.name for slot in sidecars}), default=since)
    for slot in reversed(sidecars):
        if "running" in slot.state:
            if worker.now < at:
                worker.wake(at)
                return False
            go_on(slot, tell(slot, at, max(grace - int(at - since), LEAST)), notices)
        at = worker.memory.stops.get(slot.name, {}).get("ends", at)
    if any("running" in slot.state for group in (*others, sidecars) for slot in group):
        return False
    over = _is_over(worker, at)
    if over or worker.memory.stops:
        containers.conclude(worker)
    return over


def _is_over(worker: PodWorker, at: float) -> bool:
    """Tell whether a pod whose last container ended at `at` can go."""
    worker.wake(at + GONE)
    return worker.now >= at + GONE


def deleted_at(worker: PodWorker) -> str:
    """Return when a pod's deletion was asked for, as RFC 3339 time."""
    meta = worker.pod["metadata"]
    grace = meta.get("deletionGracePeriodSeconds") or 0
    return timestamps.format(timestamps.parse(meta["deletionTimestamp"]) - grace)
