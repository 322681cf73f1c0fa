"""Pulling images onto nodes (pkg/kubelet/images/image_manager.go)."""

from __future__ import annotations

from ...releases.gates import enabled
from ..podstatus import INITIAL, PodWorker
from . import names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object

SHOWN = 1.5                  # seconds that ErrImagePull is seen before ImagePullBackOff
LOOK_TIME = 0.9              # seconds, as the events tell it, that pulling takes what is there already
RETRIES = (10.0, 30.0, 70.0, 150.0, 310.0, 610.0)  # seconds after the first try; nobody counts the later ones


def _pull_error(image: str, missing: str, release: tuple[int, int]) -> str:
    """Return the registry's words; `missing`: see catalogue.Catalogue.missing."""
    name = names.split(image)[0]
    if missing == "repository":
        error = (f"Error response from daemon: pull access denied for {name}, repository does not exist or may "
                 "require 'docker login': denied: requested access to the resource is denied")
    else:
        error = (f"Error response from daemon: manifest for {names.tagged(image)} not found: manifest unknown: "
                 "manifest unknown")
    return error if enabled("PlainPullErrors", release) else f"rpc error: code = Unknown desc = {error}"


def ensure(worker: PodWorker, container: Object, waiting: Object) -> Object | None:
    """Have a container's image on the node; returns the state `waiting` where that fails, else None.

    `waiting` is the container's state so far.
    """
    image, name, policy = container["image"], container["name"], container.get("imagePullPolicy") or "IfNotPresent"
    problem = names.invalid(image)
    if problem:
        message = f'Failed to apply default image tag "{image}": couldn\'t parse image name "{image}": {problem}'
        return _refuse(worker, name, waiting, "InvalidImageName", message, "InspectFailed")
    present = _is_present(worker, image) and not is_pulling(worker, name)  # a pull that has begun is gone on with
    if present and policy != "Always":
        secured = enabled("KubeletEnsureSecretPulledImages", worker.release)
        told = " and can be accessed by the pod" if secured else ""
        worker.event("Normal", "Pulled", f'Container image "{image}" already present on machine{told}', name)
        return None
    if policy == "Never":
        message = f'Container image "{image}" is not present with pull policy of Never'
        return _refuse(worker, name, waiting, "ErrImageNeverPull", message, "ErrImageNeverPull")
    missing = worker.runtime.missing(worker.api, image)
    if missing:
        return _fail(worker, container, waiting, missing)
    took = 0.0 if present else worker.runtime.pull_time(worker.api, image)
    if not _is_pulled(worker, name, image, took):
        return waiting or {"reason": INITIAL[0]}
    size = worker.runtime.image_size(worker.api, image)
    spent = _duration(took or LOOK_TIME)
    more = f". Image size: {size} bytes." if enabled("PulledTellsSize", worker.release) else ""
    told = f'Successfully pulled image "{image}" in {spent} ({spent} including waiting){more}'
    worker.event("Normal", "Pulled", told, name)
    if not _is_present(worker, image):
        worker.pulled.append(names.listed(image, size))
    return None


def is_pulling(worker: PodWorker, name: str) -> bool:
    """Tell whether the image of a container is on its way."""
    return f"{name} pulling" in worker.memory.instants


def _is_pulled(worker: PodWorker, name: str, image: str, took: float) -> bool:
    """Begin to pull, or tell whether that has been done, `took` seconds later."""
    key, begun = f"{name} pulling", worker.memory.instants
    if key not in begun:
        worker.event("Normal", "Pulling", f'Pulling image "{image}"', name)
        begun[key] = worker.now
    end = begun[key] + took
    if worker.now < end:
        worker.wake(end)
        return False
    del begun[key]
    return True


def _duration(seconds: float) -> str:
    """Return Go's text of some seconds, to the millisecond: 900ms, 1.25s."""
    if seconds < 1:
        return f"{round(seconds * 1000)}ms"
    return f"{seconds:.3f}".rstrip("0").rstrip(".") + "s"


def _refuse(worker: PodWorker, name: str, waiting: Object, reason: str, message: str, event: str) -> Object:
    if waiting.get("reason") != reason:
        worker.event("Warning", event, message, name)
        worker.event("Warning", "Failed", f"Error: {reason}", name)
    return {"reason": reason, "message": message}


def _fail(worker: PodWorker, container: Object, waiting: Object, missing: str) -> Object:
    """An image that cannot be pulled: an error, then back-off with a try now and then."""
    image, name = container["image"], container["name"]
    error = _pull_error(image, missing, worker.release)
    tried = worker.memory.instants
    if waiting.get("reason") not in ("ErrImagePull", "ImagePullBackOff"):
        tried[f"{name} pulled"] = worker.now
        _tell_failure(worker, image, name, error)
        worker.wake(worker.now + SHOWN)
        return {"reason": "ErrImagePull", "message": error}
    if waiting["reason"] == "ErrImagePull" and not worker.fired:
        worker.wake(worker.known_due or worker.now + SHOWN)
        return waiting
    if worker.fired:
        if waiting["reason"] == "ImagePullBackOff":
            _tell_failure(worker, image, name, error)
        worker.event("Normal", "BackOff", f'Back-off pulling image "{image}"', name)
        worker.event("Warning", "Failed", "Error: ImagePullBackOff", name)
    first = tried.get(f"{name} pulled", worker.starts_at())
    worker.wake(next((first + span for span in RETRIES if first + span > worker.now), None))
    message = f'Back-off pulling image "{image}"'
    if enabled("BackOffTellsWhy", worker.release):
        message += f": ErrImagePull: {error}"
    return {"reason": "ImagePullBackOff", "message": message}


def _tell_failure(worker: PodWorker, image: str, name: str, error: str) -> None:
    worker.event("Normal", "Pulling", f'Pulling image "{image}"', name)
    worker.event("Warning", "Failed", f'Failed to pull image "{image}": {error}', name)
    worker.event("Warning", "Failed", "Error: ErrImagePull", name)


def _is_present(worker: PodWorker, image: str) -> bool:
    """Tell whether a pod's node has an image."""
    wanted = names.tagged(image)
    there = (worker.node.get("status") or {}).get("images") or ()
    return any(wanted in (each.get("names") or ()) for each in (*worker.pulled, *there))
