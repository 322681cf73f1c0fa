"""What the probes of a container that runs find, and what follows: it counts as started, is ready or not, is killed.

Kubernetes: pkg/kubelet/prober.
"""

from __future__ import annotations

from ..machinery import timestamps
from .runtime import process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Object
    from .containers import Slot

SEEN = 3600.0  # seconds that events are: of probes that failed before nobody is told


class Prober:
    """Of one container; `slot` has its status."""

    def __init__(self, slot: Slot):
        self.slot, self.worker, self.container = slot, slot.worker, slot.container
        self._found: dict[tuple[str, str], list[process.Piece]] = {}  # by kind and start, see _pieces

    def probe(self, kind: str) -> Object | None:
        return self.worker.runtime.probe(self.container, kind)

    def _pieces(self, kind: str, probe: Object) -> list[process.Piece]:
        """Return what a kind of probe finds over the life of the container that runs."""
        worker, began = self.worker, self.slot.state["running"]["startedAt"]
        found = self._found.get((kind, began))
        if found is None:
            found = self._found[kind, began] = worker.runtime.pieces(
                worker.api, {**worker.pod, "status": worker.status}, self.container, probe, timestamps.parse(began))
        return found

    def killed(self) -> tuple[float, str, str] | None:
        """Return (seconds after the start, kind of probe, its output) of a probe's failure for good, or None."""
        found = []
        for kind in ("startup", "liveness"):
            probe = self.probe(kind)
            if probe and (kind == "startup" or self._startup() is not None):
                changes = process.verdicts(probe, self._pieces(kind, probe), self.first(kind), True)
                bad = next((change for change in changes if not change[1]), None)
                if bad is not None and not (kind == "startup" and self._started_at(bad[0])):
                    found.append((bad[0], kind, bad[2]))
        return min(found, default=None)

    def _started_at(self, limit: float) -> bool:
        at = self._startup()
        return at is not None and at < limit

    def _startup(self) -> float | None:
        """Return how many seconds after its start the container counts as started; None: never."""
        probe = self.probe("startup")
        if not probe:
            return 0.0
        changes = process.verdicts(probe, self._pieces("startup", probe), 0.0, False)
        return next((time for time, good, _ in changes if good), None)

    def judge(self) -> None:
        """Set `started` and `ready` by the probes, and wake up when they will change."""
        if self.slot.role == "ephemeral":
            return
        worker = self.worker
        self.slot.status.update(started=False, ready=False)
        startup = self._startup()
        if startup is None:
            return
        at = self.slot.after_start(startup)
        if worker.now < at:
            worker.wake(at)
            return
        self.slot.status["started"] = True
        probe = self.probe("readiness")
        if self.slot.role == "init" or not probe:
            self.slot.status["ready"] = self.slot.role != "init"
            return
        for time, good, _ in process.verdicts(probe, self._pieces("readiness", probe), startup, False):
            at = self.slot.after_start(time)
            if worker.now < at:
                worker.wake(at)
                break
            self.slot.status["ready"] = good
        self.tell_failures("readiness", startup)

    def tell_failures(self, kind: str, begin: float, end: float = float("inf")) -> None:
        """Tell of the probes that have failed since that was told last, up to `end`; what nobody will see is not.

        `begin`: when the first one is made, in seconds after the start.
        """
        worker, probe, what = self.worker, self.probe(kind), f"{self.slot.name} {kind} failed"
        assert probe is not None
        found, base = self._pieces(kind, probe), self.slot.started
        told = max(worker.memory.instants.get(what, 0.0), worker.horizon - SEEN)
        while (failure := process.failure(probe, found, begin, told - base)) is not None:
            at = base + failure[0]
            if at > end:
                return
            if worker.now < at:
                worker.wake(at)
                return
            told = worker.memory.instants[what] = at
            worker.event("Warning", "Unhealthy", f"{kind.capitalize()} probe failed: {failure[1]}", self.slot.name)

    def first(self, kind: str) -> float:
        """Return when the first probe of a kind that kills is made, in seconds after the start."""
        probe = self.probe(kind) or {}
        period, delay = float(probe.get("periodSeconds") or 10), float(probe.get("initialDelaySeconds") or 0)
        if kind != "liveness":
            return delay
        return delay + max(1.0, -(-((self._startup() or 0.0) - delay) // period)) * period
