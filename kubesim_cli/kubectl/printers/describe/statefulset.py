"""StatefulSets."""

from __future__ import annotations

from ....machinery import selectors
from .claims import describe_claim_templates
from .podtemplate import describe_pod_template
from .workloads import pod_statuses, selector_text
from .writer import Writer, time_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object
    from . import Context

GROUP = "apps"


def describe(sts: Object, w: Writer, ctx: Context) -> None:
    meta, spec = sts["metadata"], sts["spec"]
    statuses = pod_statuses(sts, selectors.of_label_selector(spec.get("selector")), ctx)
    w.line(0, "Name", meta["name"])
    w.line(0, "Namespace", meta.get("namespace", ""))
    w.line(0, "CreationTimestamp", time_text(meta.get("creationTimestamp")))
    w.line(0, "Selector", selector_text(spec.get("selector")))
    w.labels("Labels", meta.get("labels"))
    w.annotations("Annotations", meta.get("annotations"))
    w.line(0, "Replicas", f"{spec.get('replicas', 0)} desired | {sts.get('status', {}).get('replicas', 0)} total")
    strategy = spec.get("updateStrategy") or {}
    w.line(0, "Update Strategy", strategy.get("type", ""))
    rolling = strategy.get("rollingUpdate") or {}
    if rolling.get("partition") is not None:
        w.line(1, "Partition", rolling["partition"])
        if rolling.get("maxUnavailable") is not None:
            w.line(1, "MaxUnavailable", rolling["maxUnavailable"])
    w.line(0, "Pods Status", statuses)
    describe_pod_template(spec.get("template", {}), w)
    describe_claim_templates(spec.get("volumeClaimTemplates"), w)
    ctx.events(sts)
