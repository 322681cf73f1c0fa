"""Which nodes a DaemonSet's pods belong on, and how they get there.

Kubernetes: pkg/controller/daemon/util/daemonset_util.go and daemon_controller.go.
"""

from __future__ import annotations

from ...helpers import nodeaffinity, taints
from ...machinery.objects import clone
from ...machinery.wellknown import CONTROLLER_REVISION_HASH_LABEL_KEY, DEPRECATED_TEMPLATE_GENERATION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object

GENERATION_LABEL = "pod-template-generation"
_TOLERATED = (("not-ready", "NoExecute"), ("unreachable", "NoExecute"), ("disk-pressure", "NoSchedule"),
              ("memory-pressure", "NoSchedule"), ("pid-pressure", "NoSchedule"), ("unschedulable", "NoSchedule"))


def tolerations(spec: Object) -> list[Object]:
    """Return a PodSpec's tolerations and those that every daemon pod has (AddOrUpdateDaemonPodTolerations)."""
    found = list(spec.get("tolerations") or ())
    network = (("network-unavailable", "NoSchedule"),) if spec.get("hostNetwork") else ()
    for name, effect in _TOLERATED + network:
        new = {"key": f"node.kubernetes.io/{name}", "operator": "Exists", "effect": effect}
        same = [old for old in found if _same_target(old, new)]
        if same:
            found[found.index(same[0])] = new
        else:
            found.append(new)
    return found


def _same_target(a: Object, b: Object) -> bool:
    """Toleration.MatchToleration."""
    return all((a.get(field) or default) == (b.get(field) or default) for field, default in (
        ("key", ""), ("effect", ""), ("operator", "Equal"), ("value", "")))


def should_run(ds: Object, node: Object) -> tuple[bool, bool]:
    """Return whether a daemon pod should be started on a node, and whether one there may go on running."""
    spec = ds["spec"]["template"]["spec"]
    if spec.get("nodeName") not in (None, "", node["metadata"]["name"]):
        return False, False
    if not nodeaffinity.required_matches(spec, node):
        return False, False
    bad, tolerated = node["spec"].get("taints"), tolerations(spec)
    if taints.untolerated(bad, tolerated) is None:
        return True, True
    return False, taints.untolerated(bad, tolerated, ("NoExecute",)) is None


def generation(ds: Object) -> str | None:
    """Return the template's generation as the deprecated annotation has it."""
    text = (ds["metadata"].get("annotations") or {}).get(DEPRECATED_TEMPLATE_GENERATION, "")
    return text if text.removeprefix("-").isdecimal() else None


def template(ds: Object, hash_: str) -> Object:
    """Return the template of new pods, still without a node (CreatePodTemplate)."""
    made = clone(ds["spec"]["template"])
    labels = made.setdefault("metadata", {}).setdefault("labels", {})
    number = generation(ds)
    if number is not None:
        labels[GENERATION_LABEL] = number
    labels[CONTROLLER_REVISION_HASH_LABEL_KEY] = hash_
    made["spec"]["tolerations"] = tolerations(made["spec"])
    return made


def send_to(pod: Object, node: str) -> None:
    """Have a new pod, in place, scheduled to that node and no other (ReplaceDaemonSetPodNodeNameNodeAffinity)."""
    affinity = pod["spec"].setdefault("affinity", {}).setdefault("nodeAffinity", {})
    term = {"matchFields": [{"key": "metadata.name", "operator": "In", "values": [node]}]}
    affinity["requiredDuringSchedulingIgnoredDuringExecution"] = {"nodeSelectorTerms": [term]}


def target(pod: Object) -> str | None:
    """Return the node that a daemon pod is on or meant for (GetTargetNodeName)."""
    if pod["spec"].get("nodeName"):
        return pod["spec"]["nodeName"]
    named = nodeaffinity.only_nodes(pod["spec"])
    return next(iter(named)) if named and len(named) == 1 else None


def is_updated(ds: Object, pod: Object, hash_: str) -> bool:
    """Tell whether a pod was made of the present template (IsPodUpdated)."""
    labels = pod["metadata"].get("labels") or {}
    number = generation(ds)
    return (labels.get(CONTROLLER_REVISION_HASH_LABEL_KEY) == hash_
            or (number is not None and labels.get(GENERATION_LABEL) == number))


def age_order(pod: Object) -> tuple[bool, str, str]:
    """Sort key: scheduled pods first, the oldest of them first (podByCreationTimestampAndPhase)."""
    return not pod["spec"].get("nodeName"), pod["metadata"]["creationTimestamp"], pod["metadata"]["name"]
