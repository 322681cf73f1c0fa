"""DaemonSets."""

from __future__ import annotations

from ....machinery import selectors
from .podtemplate import describe_pod_template
from .workloads import pod_statuses, selector_text
from .writer import Writer, format_labels

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object
    from . import Context

GROUP = "apps"
_COUNTS = (("Desired Number of Nodes Scheduled", "desiredNumberScheduled"),
           ("Current Number of Nodes Scheduled", "currentNumberScheduled"),
           ("Number of Nodes Scheduled with Up-to-date Pods", "updatedNumberScheduled"),
           ("Number of Nodes Scheduled with Available Pods", "numberAvailable"),
           ("Number of Nodes Misscheduled", "numberMisscheduled"))


def describe(daemon: Object, w: Writer, ctx: Context) -> None:
    meta, spec, status = daemon["metadata"], daemon["spec"], daemon.get("status", {})
    statuses = pod_statuses(daemon, selectors.of_label_selector(spec.get("selector")), ctx)
    w.line(0, "Name", meta["name"])
    w.line(0, "Namespace", meta.get("namespace", ""), since=(1, 33))
    w.line(0, "Selector", selector_text(spec.get("selector")))
    w.line(0, "Node-Selector", format_labels(spec["template"].get("spec", {}).get("nodeSelector")))
    w.labels("Labels", meta.get("labels"))
    w.annotations("Annotations", meta.get("annotations"))
    for label, key in _COUNTS:
        w.write(0, f"{label}: {status.get(key, 0)}\n")
    w.line(0, "Pods Status", statuses)
    describe_pod_template(spec.get("template"), w)
    ctx.events(daemon)
