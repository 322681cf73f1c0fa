"""What a kubelet asks of whatever runs its containers: the seam between the life of pods and what happens inside them.

`Runtime` is that of a node whose containers run programs (runtime/); stub.py has one that runs none.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..apiserver.client import Client
    from ..machinery.types import Object
    from .containerlog import ContainerLog
    from .runtime.process import Outcome, Piece


class Runtime:
    """Containers whose programs are played."""

    STOPS = 0.6  # seconds that ending a pod takes, whatever its grace period

    def is_missing(self, image: str) -> bool:
        """Tell whether no registry has an image."""
        return "doesnotexist" in image

    def outcome(self, api: Client, pod: Object, container: Object, start: float, role: str) -> Outcome:
        """Return what becomes of a container started at `start`; `role` and the rest: see runtime.process.outcome."""
        from .runtime import process

        return process.outcome(api, pod, container, start, role)

    def probe(self, container: Object, kind: str) -> Object | None:
        """Return a container's probe of a kind (startup, liveness, readiness), None where nothing is probed."""
        found: Object | None = container.get(f"{kind}Probe")
        return found

    def pieces(self, api: Client, pod: Object, container: Object, probe: Object, start: float) -> list[Piece]:
        """Return what a probe finds over the life of a container started at `start`."""
        from .runtime import process

        return process.pieces(api, pod, container, probe, start)

    def log(self, api: Client, pod: Object, container: Object, previous: bool) -> ContainerLog:
        """Return the log of a container that has been started, of the run before its last with `previous`.

        Raises StatusError where the node does not answer.
        """
        from .containerlog import ContainerLog

        return ContainerLog(api, pod, container, previous)
