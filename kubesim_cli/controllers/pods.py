"""What all workload controllers ask of pods and do with them.

Kubernetes: pkg/controller/controller_utils.go, pkg/api/v1/pod/util.go.
"""

from __future__ import annotations

from ..machinery import conditions, timestamps
from ..machinery.errors import StatusError
from ..machinery.objects import clone
from ..machinery.pods import is_terminal
from .refs import controller_ref

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..apiserver.client import Client
    from ..machinery.types import Object

PACE = 500      # pods that one owner makes at once
CROWD = 20_000


def phase(pod: Object) -> str:
    """Return status.phase, "" where there is none yet."""
    return pod.get("status", {}).get("phase", "")


def ready_condition(pod: Object) -> Object | None:
    """Return the pod's condition Ready, or None."""
    return conditions.find(pod.get("status", {}).get("conditions"), "Ready")


def is_ready(pod: Object) -> bool:
    """Tell whether the pod's condition Ready is True."""
    ready = ready_condition(pod)
    return ready is not None and ready["status"] == "True"


def available_at(pod: Object, min_ready_seconds: int) -> float | None:
    """Return when a ready pod counts as available, in seconds since 1970 (0: it always does); None: not ready."""
    ready = ready_condition(pod)
    if ready is None or ready["status"] != "True":
        return None
    if not min_ready_seconds:
        return 0.0
    since = ready.get("lastTransitionTime")
    return timestamps.parse(since) + min_ready_seconds if since else None


def is_available(pod: Object, min_ready_seconds: int, now: float) -> bool:
    """Tell whether the pod has been ready for `min_ready_seconds`."""
    at = available_at(pod, min_ready_seconds)
    return at is not None and at <= now


def next_available(pods: list[Object], min_ready_seconds: int, now: float) -> float | None:
    """Return when the next of the ready pods becomes available, or None."""
    if not min_ready_seconds:
        return None
    times = (available_at(pod, min_ready_seconds) for pod in pods)
    return min((at for at in times if at is not None and at > now), default=None)


def is_active(pod: Object) -> bool:
    """Tell whether the pod has neither ended nor been told to."""
    return "deletionTimestamp" not in pod["metadata"] and not is_terminal(pod)


def is_terminating(pod: Object) -> bool:
    """Tell whether the pod was told to end and has not yet."""
    return "deletionTimestamp" in pod["metadata"] and not is_terminal(pod)


def from_template(template: Object, owner: Object) -> Object:
    """Return a new pod of a PodTemplateSpec with `owner` as its controller (GetPodFromTemplate)."""
    source = template.get("metadata") or {}
    meta: Object = {"generateName": prefix(owner["metadata"]["name"]), "ownerReferences": [controller_ref(owner)]}
    for field in ("labels", "annotations", "finalizers"):
        if source.get(field):
            meta[field] = clone(source[field])
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": clone(template["spec"])}


def prefix(name: str) -> str:
    """Return the generateName for the pods of a controller of that name."""
    return f"{name}-" if len(name) < 253 else name


def create(api: Client, owner: Object, pod: Object, component: str) -> Object | None:
    """Create `pod` and tell of it in an event about `owner`; None where the namespace is being deleted.

    Raises StatusError.
    """
    try:
        made = api.create("pods", pod, owner["metadata"]["namespace"])
    except StatusError as error:
        if namespace_terminating(error):
            return None
        api.record(owner, "Warning", "FailedCreate", f"Error creating: {error.message}", component)
        raise
    api.record(owner, "Normal", "SuccessfulCreate", f"Created pod: {made['metadata']['name']}", component)
    return made


def delete(api: Client, owner: Object, pod: Object, component: str) -> None:
    """Delete `pod` and tell of it in an event about `owner`. Raises StatusError, but not for a pod that is gone."""
    name = pod["metadata"]["name"]
    try:
        api.delete("pods", name, pod["metadata"]["namespace"])
    except StatusError as error:
        if error.reason == "NotFound":
            return
        api.record(owner, "Warning", "FailedDelete", f"Error deleting: {error.message}", component)
        raise failure(f"unable to delete pods: {error.message}") from error
    api.record(owner, "Normal", "SuccessfulDelete", f"Deleted pod: {name}", component)


def namespace_terminating(error: StatusError) -> bool:
    """Tell whether a create was refused because its namespace is being deleted."""
    details: Object = error.status.get("details") or {}
    causes = details.get("causes") or ()
    return any(cause.get("reason") == "NamespaceTerminating" for cause in causes)


def failure(message: str) -> StatusError:
    """Return an error of a controller's own; raised out of sync it has the key tried again later."""
    return StatusError(500, "InternalError", message)


def slow_start(count: int, function: Callable[[int], object]) -> StatusError | None:
    """Call `function(i)` for 0 <= i < count in batches of 1, 2, 4 ...; the batch after a failed one is not begun.

    Returns the first StatusError (slowStartBatch).
    """
    done, size = 0, 1
    while done < count:
        error = None
        for i in range(done, min(done + size, count)):
            try:
                function(i)
            except StatusError as raised:
                error = error or raised
        if error:
            return error
        done, size = done + size, size * 2
    return None


def earlier(*times: float | None) -> float | None:
    """Return the first of some times, None where there is none."""
    return min((time for time in times if time is not None), default=None)


def pace(wanted: int, mine: Sequence[Object], now: float) -> tuple[int, float]:
    """Return how many pods an owner of `mine` that wants so many may make now, and from when on it may make more.

    A real controller is held back by its client (kube-api-qps); here it makes PACE in a second, and far fewer where it
    wants a CROWD, which no cluster has room for.
    """
    if wanted <= PACE:
        return PACE, now
    newest = max((pod["metadata"]["creationTimestamp"] for pod in mine), default="")
    second = now // 1
    last = timestamps.parse(newest) if newest else second
    pause = 1.0 if wanted <= CROWD else max(1.0, len(mine) // 50)
    if last < second:
        return (PACE, second + pause) if second >= last + pause else (0, last + pause)
    made = sum(pod["metadata"]["creationTimestamp"] == newest for pod in mine) if newest else 0
    return max(PACE - made, 0), second + pause


def write_status(api: Client, resource: str, obj: Object, status: Object) -> None:
    """Store a new status of `obj`, unless it is the one it has."""
    if status != obj.get("status"):
        api.update_status(resource, {**obj, "status": status})


def compact(fields: Object, always: tuple[str, ...] = ()) -> Object:
    """Return `fields` as Go writes a struct: without None, and without zero values of any but the fields `always`."""
    return {name: value for name, value in fields.items() if value or (name in always and value is not None)}


def scaled(value: str | int | None, total: int, round_up: bool) -> int:
    """Resolve an IntOrString such as 2 or "25%" of `total` (intstr.GetScaledValueFromIntOrPercent)."""
    if isinstance(value, str):
        percent = int(value[:-1]) * total
        return -(-percent // 100) if round_up else percent // 100
    return value or 0
