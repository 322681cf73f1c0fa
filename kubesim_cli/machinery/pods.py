"""Whether a pod has ended, and why a container has no log, which client, server and every component ask
(pkg/api/v1/pod/util.go)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .types import Object


FIELDS = ("initContainers", "containers", "ephemeralContainers")  # of a pod's spec that have containers
STATUSES = ("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses")
_PULLING = {"ErrImagePull": "image can't be pulled", "ImagePullBackOff": "trying and failing to pull image"}


def is_phase_terminal(phase: str | None) -> bool:
    """Tell whether status.phase says that no container will run again (IsPodPhaseTerminal)."""
    return phase in ("Succeeded", "Failed")


def is_terminal(pod: Object) -> bool:
    """Tell whether the pod has ended (IsPodTerminal)."""
    return is_phase_terminal((pod.get("status") or {}).get("phase"))


def why_no_log(pod: Object, name: str, previous: bool) -> str:
    """Return what a kubelet says of a pod's container that has no log, "" of one that has
    (pkg/kubelet/kubelet_pods.go, validateContainerLogStatus)."""
    from ..go.fmt import quote

    status = pod.get("status") or {}
    found: Object | None = next((each for field in STATUSES for each in status.get(field) or ()
                                 if each["name"] == name), None)
    told = f"container {quote(name)} in pod {quote(pod['metadata']['name'])}"
    if found is None:
        return f"{told} is not available"
    has_ended = "terminated" in (found.get("lastState") or {})
    if previous:
        return "" if has_ended else f"previous terminated {told} not found"
    waiting = (found.get("state") or {}).get("waiting")
    if waiting is None or has_ended:
        return ""
    reason = waiting.get("reason", "")
    return f"{told} is waiting to start: {_PULLING.get(reason, reason)}"
