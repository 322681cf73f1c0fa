"""The pod template of a workload; `kubectl rollout history --revision` shows one alone."""

from __future__ import annotations

from ....machinery import selectors
from ....releases.kubectl import does
from .containers import describe_containers
from .volumes import describe_volumes
from .writer import Writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Json, Object


def describe_pod_template(template: Object | None, w: Writer) -> None:
    """Write a PodTemplateSpec."""
    w.write(0, "Pod Template:\n")
    if template is None:
        w.write(1, "<unset>")
        return
    meta, spec = template.get("metadata") or {}, template.get("spec") or {}
    w.labels("  Labels", meta.get("labels"))
    if meta.get("annotations"):
        w.annotations("  Annotations", meta["annotations"])
    if spec.get("serviceAccountName"):
        w.line(1, "Service Account", spec["serviceAccountName"])
    if spec.get("initContainers"):
        describe_containers("Init Containers", spec["initContainers"], w, "  ")
    describe_containers("Containers", spec.get("containers"), w, "  ")
    describe_volumes(spec.get("volumes"), w, "  ")
    describe_spread_constraints(spec.get("topologySpreadConstraints"), w, "  ")
    if spec.get("priorityClassName"):
        w.line(1, "Priority Class Name", spec["priorityClassName"])
    if does("TemplateNodeSelectors", w.release):
        w.labels("  Node-Selectors", spec.get("nodeSelector"))
        w.tolerations("  Tolerations", spec.get("tolerations"))
    describe_scheduling_group(spec, w, "  ")


def describe_spread_constraints(constraints: list[Json] | None, w: Writer, indent: str = "") -> None:
    """Write topology spread constraints, one a line."""
    if not constraints:
        return
    texts = []
    for constraint in sorted(constraints, key=lambda constraint: constraint["topologyKey"]):
        text = (f"{constraint['topologyKey']}:{constraint['whenUnsatisfiable']} when max skew {constraint['maxSkew']} "
                "is exceeded")
        if constraint.get("labelSelector") is not None:
            text += f" for selector {selectors.format_selector(constraint['labelSelector'])}"
        texts.append(text)
    w.lines("Topology Spread Constraints", texts, indent)


def describe_scheduling_group(spec: Object, w: Writer, indent: str = "") -> None:
    """Write the pod group a pod is scheduled with."""
    group = spec.get("schedulingGroup")
    if group and does("SchedulingGroups", w.release):
        w.write(0, f"{indent}SchedulingGroup:\n")
        w.line(1, "PodGroupName", group.get("podGroupName", ""))
