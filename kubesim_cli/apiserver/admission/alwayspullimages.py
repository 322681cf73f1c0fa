"""AlwaysPullImages: every image is pulled anew, so that nobody runs what others may pull."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .attributes import Attributes


def mutate(a: Attributes) -> None:
    if a.subresource not in ("", "ephemeralcontainers"):
        return
    spec = a.obj["spec"]
    for key in ("initContainers", "containers", "ephemeralContainers"):
        for container in spec.get(key) or ():
            container["imagePullPolicy"] = "Always"
    for volume in spec.get("volumes") or ():
        if volume.get("image"):
            volume["image"]["pullPolicy"] = "Always"
