"""Pods."""

from __future__ import annotations

from ....machinery.wellknown import MIRROR_POD_ANNOTATION_KEY
from ....releases.kubectl import does
from .containers import describe_containers, describe_resources
from .podtemplate import describe_scheduling_group, describe_spread_constraints
from .volumes import describe_volumes
from .writer import Writer, controlled_by, time_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object
    from . import Context

GROUP = ""


def describe(pod: Object, w: Writer, ctx: Context) -> None:
    meta, spec, status = pod["metadata"], pod["spec"], pod.get("status", {})
    w.line(0, "Name", meta["name"])
    w.line(0, "Namespace", meta.get("namespace", ""))
    if spec.get("priority") is not None:
        w.line(0, "Priority", spec["priority"])
    for label, key in (("Priority Class Name", "priorityClassName"), ("Runtime Class Name", "runtimeClassName"),
                       ("Service Account", "serviceAccountName")):
        if spec.get(key):
            w.line(0, label, spec[key])
    w.line(0, "Node", f"{spec['nodeName']}/{status.get('hostIP', '')}" if spec.get("nodeName") else "<none>")
    if status.get("startTime"):
        w.line(0, "Start Time", time_text(status["startTime"]))
    w.labels("Labels", meta.get("labels"))
    w.annotations("Annotations", meta.get("annotations"))
    _status(pod, w)
    profile = (spec.get("securityContext") or {}).get("seccompProfile")
    if profile:
        w.line(0, "SeccompProfile", profile["type"])
        if profile["type"] == "Localhost":
            w.line(0, "LocalhostProfile", profile.get("localhostProfile", ""))
    w.line(0, "IP", status.get("podIP", ""))
    ips = status.get("podIPs")
    w.write(0, "IPs:\n" if ips else "IPs:\t<none>\n")
    for ip in ips or ():
        w.line(1, "IP", ip.get("ip", ""))
    controlled_by(pod, w)
    if status.get("nominatedNodeName"):
        w.line(0, "NominatedNodeName", status["nominatedNodeName"])
    if spec.get("resources") is not None and does("PodResources", w.release):
        w.write(0, "Resources:\n")
        describe_resources(spec["resources"], w, 1)
    for title, key, statuses in (("Init Containers", "initContainers", "initContainerStatuses"),
                                 ("Containers", "containers", "containerStatuses"),
                                 ("Ephemeral Containers", "ephemeralContainers", "ephemeralContainerStatuses")):
        if spec.get(key) or key == "containers":
            describe_containers(title, spec.get(key), w, statuses=status.get(statuses), pod=pod)
    _conditions(spec, status, w)
    describe_volumes(spec.get("volumes"), w)
    w.line(0, "QoS Class", status.get("qosClass", ""))
    w.labels("Node-Selectors", spec.get("nodeSelector"))
    w.tolerations("Tolerations", spec.get("tolerations"))
    describe_spread_constraints(spec.get("topologySpreadConstraints"), w)
    describe_scheduling_group(spec, w)
    ctx.events(pod, any_kind=True, uid=(meta.get("annotations") or {}).get(MIRROR_POD_ANNOTATION_KEY))


def _status(pod: Object, w: Writer) -> None:
    meta, status = pod["metadata"], pod.get("status", {})
    phase = status.get("phase", "")
    ended = phase in ("Failed", "Succeeded") and does("EndedPodsDoNotTerminate", w.release)
    if meta.get("deletionTimestamp") and not ended:
        w.line(0, "Status", f"Terminating (lasts {w.age(meta['deletionTimestamp'])})")
        w.line(0, "Termination Grace Period", f"{meta.get('deletionGracePeriodSeconds', 0)}s")
    else:
        w.line(0, "Status", phase)
    for label, key in (("Reason", "reason"), ("Message", "message")):
        if status.get(key):
            w.line(0, label, status[key])


def _conditions(spec: Object, status: Object, w: Writer) -> None:
    conditions = status.get("conditions") or ()
    if spec.get("readinessGates"):
        w.write(0, "Readiness Gates:\n  Type\tStatus\n")
        for gate in spec["readinessGates"]:
            shown = next((c["status"] for c in conditions if c["type"] == gate["conditionType"]), "<none>")
            w.write(1, f"{gate['conditionType']} \t{shown} \n")
    if conditions:
        w.write(0, "Conditions:\n  Type\tStatus\n")
        for condition in conditions:
            w.write(1, f"{condition['type']} \t{condition['status']} \n")
