"""What the descriptions of workloads share: the pods of a controller."""

from __future__ import annotations

from ....machinery import selectors
from ....machinery.objects import controller_of
from .events import list_all

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ....machinery.types import Object
    from . import Context

_COUNTED = {"Running": "Running", "Pending": "Waiting", "Succeeded": "Succeeded", "Failed": "Failed"}


def pod_statuses(owner: Object, requirements: list[tuple[Any, ...]] | None, ctx: Context) -> str:
    """Return `1 Running / 0 Waiting / 0 Succeeded / 0 Failed` of the pods that `owner` controls."""
    counts = dict.fromkeys(_COUNTED.values(), 0)
    if requirements is not None:
        for pod in list_all(ctx.client, "pods", owner["metadata"].get("namespace", ""), chunk_size=ctx.chunk_size,
                            label_selector=selectors.format(requirements)):
            controller = controller_of(pod)
            phase = pod.get("status", {}).get("phase")
            if controller and controller["uid"] == owner["metadata"].get("uid") and phase in _COUNTED:
                counts[_COUNTED[phase]] += 1
    return " / ".join([f"{count} {name}" for name, count in counts.items()])


def selector_text(selector: Object | None) -> str:
    """Return a metav1.LabelSelector in the form of a command line, "" where it selects everything."""
    return selectors.format(selectors.of_label_selector(selector) or [])
