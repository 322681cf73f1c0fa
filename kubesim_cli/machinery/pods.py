"""Whether a pod has ended, which client, server and every component ask (pkg/api/v1/pod/util.go)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .types import Object


FIELDS = ("initContainers", "containers", "ephemeralContainers")  # of a pod's spec that have containers


def is_phase_terminal(phase: str | None) -> bool:
    """Tell whether status.phase says that no container will run again (IsPodPhaseTerminal)."""
    return phase in ("Succeeded", "Failed")


def is_terminal(pod: Object) -> bool:
    """Tell whether the pod has ended (IsPodTerminal)."""
    return is_phase_terminal((pod.get("status") or {}).get("phase"))
