"""What containers use of CPU and memory, as their nodes measure it: what their image needs at rest, and their load."""

from __future__ import annotations

from ..machinery import quantity
from . import stress
from .images.catalogue import Catalogue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..apiserver.client import Client
    from ..machinery.types import Object
    from .residents import Residents


def of(api: Client, pod: Object) -> dict[str, dict[str, str]]:
    """Return what a pod's containers use, cpu and memory by container. CPU is bounded by the container's limit.

    `api`: a trusted client. Only a resident container has a load: nobody asks others for anything.
    """
    known, those = Catalogue(api.server.tally.own_images), _residents(api)
    found = {}
    for container in pod["spec"]["containers"]:
        used = found[container["name"]] = known.usage(container["image"])
        load = those.load(pod, container) if those is not None else 0
        if "stress" in container["image"] or "stress" in "".join(container.get("command") or ()):
            cpu, memory = stress.asked(container) or (0, 0)
            load += cpu
            used["memory"] = str(quantity.value(used["memory"]) + memory)
        if load:
            total = quantity.milli(used["cpu"]) + load
            limit = ((container.get("resources") or {}).get("limits") or {}).get("cpu")
            used["cpu"] = f"{total if limit is None else min(total, quantity.milli(limit))}m"
    return found


def changes(api: Client) -> bool:
    """Tell whether what containers use may be another by itself before long: some have a load."""
    those = _residents(api)
    return those is not None and those.loaded


def _residents(api: Client) -> Residents | None:
    if not api.server.store.has_parts and api.server.runtime is None:
        return None
    from . import residents

    return residents.of(api)
