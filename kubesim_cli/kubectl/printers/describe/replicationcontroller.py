"""ReplicationControllers."""

from __future__ import annotations

from ....machinery import selectors
from .podtemplate import describe_pod_template
from .workloads import pod_statuses
from .writer import Writer, conditions, format_labels

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object
    from . import Context

GROUP = ""


def describe(rc: Object, w: Writer, ctx: Context) -> None:
    meta, spec = rc["metadata"], rc["spec"]
    w.line(0, "Name", meta["name"])
    w.line(0, "Namespace", meta.get("namespace", ""))
    w.line(0, "Selector", format_labels(spec.get("selector")))
    w.labels("Labels", meta.get("labels"))
    w.annotations("Annotations", meta.get("annotations"))
    w.line(0, "Replicas", f"{rc.get('status', {}).get('replicas', 0)} current / {spec.get('replicas', 0)} desired")
    w.line(0, "Pods Status", pod_statuses(rc, selectors.of_map(spec.get("selector")), ctx))
    describe_pod_template(spec.get("template"), w)
    conditions(rc, w)
    ctx.events(rc)
