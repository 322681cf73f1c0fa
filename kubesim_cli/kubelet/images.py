"""Pulling images (pkg/kubelet/images/image_manager.go), and what a container's image is called afterwards."""

from __future__ import annotations

from ..releases.gates import enabled
from .podstatus import PodWorker

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Object

SHOWN = 1.5                  # seconds that ErrImagePull is seen before ImagePullBackOff
PULL_TIME = 0.9              # seconds, as the events tell it
RETRIES = (10.0, 30.0, 70.0, 150.0, 310.0, 610.0)  # seconds after the first try; nobody counts the later ones


def digest(text: str) -> str:
    """Return 64 hex digits that are always the same for a text."""
    from ..machinery.digest import sha256

    return sha256(text.encode()).hexdigest()


def size(image: str) -> int:
    """Return an image's made-up size in bytes."""
    return 20_000_000 + int(digest(image)[:8], 16) % 180_000_000


def image_id(image: str) -> str:
    """Return status.imageID of a container with the image."""
    name, at, known = image.partition("@")
    repository = name if at or ":" not in name.rpartition("/")[2] else name.rpartition(":")[0]
    return f"docker-pullable://{repository}@{known or 'sha256:' + digest(image)}"


def tagged(image: str) -> str:
    """Return the image with the tag that it gets where it names none."""
    return image if "@" in image or ":" in image.rpartition("/")[2] else image + ":latest"


def listed(image: str) -> Object:
    """Return how a Node's status tells of an image."""
    return {"names": [image_id(image).partition("//")[2], tagged(image)], "sizeBytes": size(image)}


def _invalid(image: str) -> str:
    """Return why an image's name cannot be parsed, "" where it can (docker's reference grammar)."""
    import re

    name = image.partition("@")[0]
    path = name.rpartition(":")[0] if ":" in name.rpartition("/")[2] else name
    domain, slash, rest = path.partition("/")
    remote = rest if slash and ("." in domain or ":" in domain or domain == "localhost") else path
    if remote != remote.lower():
        library = "" if "/" in path else "library/"
        return f"invalid reference format: repository name ({library}{remote}) must be lowercase"
    tag = name[len(path) + 1:]
    if not re.fullmatch(r"[a-z0-9]+([._-]+[a-z0-9]+|/[a-z0-9]+)*", remote) or not re.fullmatch(r"[\w.-]{0,128}", tag):
        return "invalid reference format"
    return ""


def _pull_error(image: str, release: tuple[int, int]) -> str:
    repository = image.partition("@")[0].rpartition(":")[0] or image
    if "doesnotexist" in repository:
        error = (f"Error response from daemon: pull access denied for {repository}, repository does not exist or may "
                 "require 'docker login': denied: requested access to the resource is denied")
    else:
        error = f"Error response from daemon: manifest for {image} not found: manifest unknown: manifest unknown"
    return error if enabled("PlainPullErrors", release) else f"rpc error: code = Unknown desc = {error}"


def ensure(worker: PodWorker, container: Object, waiting: Object) -> Object | None:
    """Have a container's image on the node; returns the state `waiting` where that fails, else None.

    `waiting` is the container's state so far.
    """
    image, name, policy = container["image"], container["name"], container.get("imagePullPolicy") or "IfNotPresent"
    problem = _invalid(image)
    if problem:
        message = f'Failed to apply default image tag "{image}": couldn\'t parse image name "{image}": {problem}'
        return _refuse(worker, name, waiting, "InvalidImageName", message, "InspectFailed")
    if worker.runtime.is_missing(image) and policy != "Never":
        return _fail(worker, container, waiting)
    present = _is_present(worker, image)
    if present and policy != "Always":
        secured = enabled("KubeletEnsureSecretPulledImages", worker.release)
        told = " and can be accessed by the pod" if secured else ""
        worker.event("Normal", "Pulled", f'Container image "{image}" already present on machine{told}', name)
        return None
    if policy == "Never":
        message = f'Container image "{image}" is not present with pull policy of Never'
        return _refuse(worker, name, waiting, "ErrImageNeverPull", message, "ErrImageNeverPull")
    worker.event("Normal", "Pulling", f'Pulling image "{image}"', name)
    took = f"{PULL_TIME}s ({PULL_TIME}s including waiting)".replace("0.9s", "900ms")
    more = f". Image size: {size(image)} bytes." if enabled("PulledTellsSize", worker.release) else ""
    worker.event("Normal", "Pulled", f'Successfully pulled image "{image}" in {took}{more}', name)
    if not present:
        worker.pulled.append(listed(image))
    return None


def _refuse(worker: PodWorker, name: str, waiting: Object, reason: str, message: str, event: str) -> Object:
    if waiting.get("reason") != reason:
        worker.event("Warning", event, message, name)
        worker.event("Warning", "Failed", f"Error: {reason}", name)
    return {"reason": reason, "message": message}


def _fail(worker: PodWorker, container: Object, waiting: Object) -> Object:
    """An image that cannot be pulled: an error, then back-off with a try now and then."""
    image, name = container["image"], container["name"]
    error = _pull_error(image, worker.release)
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
    wanted = tagged(image)
    there = (worker.node.get("status") or {}).get("images") or ()
    return any(wanted in (each.get("names") or ()) for each in (*worker.pulled, *there))
