"""PriorityClasses."""

from __future__ import annotations

from .writer import Writer, format_labels

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object
    from . import Context

GROUP = "scheduling.k8s.io"


def describe(pc: Object, w: Writer, ctx: Context) -> None:
    w.line(0, "Name", pc["metadata"]["name"])
    w.line(0, "Value", pc.get("value", 0))
    w.line(0, "GlobalDefault", "true" if pc.get("globalDefault") else "false")
    w.line(0, "PreemptionPolicy", pc.get("preemptionPolicy", ""))
    w.line(0, "Description", pc.get("description", ""))
    w.line(0, "Annotations", format_labels(pc["metadata"].get("annotations")))
    ctx.events(pc)
