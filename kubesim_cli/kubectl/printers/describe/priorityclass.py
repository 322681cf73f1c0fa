"""PriorityClasses."""

from __future__ import annotations

from .writer import Writer, format_labels

GROUP = "scheduling.k8s.io"


def describe(pc: dict, w: Writer, ctx) -> None:
    w.line(0, "Name", pc["metadata"]["name"])
    w.line(0, "Value", pc.get("value", 0))
    w.line(0, "GlobalDefault", "true" if pc.get("globalDefault") else "false")
    w.line(0, "PreemptionPolicy", pc.get("preemptionPolicy", ""))
    w.line(0, "Description", pc.get("description", ""))
    w.line(0, "Annotations", format_labels(pc["metadata"].get("annotations")))
    ctx.events(pc)
