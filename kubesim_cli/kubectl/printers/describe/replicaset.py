"""ReplicaSets."""

from __future__ import annotations

from ....machinery import selectors
from ....machinery.errors import StatusError
from .podtemplate import describe_pod_template
from .workloads import pod_statuses
from .writer import Writer, conditions, controlled_by

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object
    from . import Context

GROUP = "apps"


def describe(rs: Object, w: Writer, ctx: Context) -> None:
    meta, spec = rs["metadata"], rs["spec"]
    w.line(0, "Name", meta["name"])
    w.line(0, "Namespace", meta.get("namespace", ""))
    w.line(0, "Selector", selectors.format_selector(spec.get("selector")))
    w.labels("Labels", meta.get("labels"))
    w.annotations("Annotations", meta.get("annotations"))
    controlled_by(rs, w)
    w.line(0, "Replicas", f"{rs.get('status', {}).get('replicas', 0)} current / {spec.get('replicas', 0)} desired")
    try:
        w.line(0, "Pods Status", pod_statuses(rs, selectors.of_label_selector(spec.get("selector")), ctx))
    except StatusError as error:
        w.line(0, "Pods Status", f"error in fetching pods: {error}")
    describe_pod_template(spec.get("template", {}), w)
    conditions(rs, w)
    ctx.events(rs)
