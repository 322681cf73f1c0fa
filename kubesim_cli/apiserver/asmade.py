"""Objects of the control plane as their makers sent them: without what admission, strategies and allocation add, which
is nobody's, and without what others wrote afterwards. provenance.py makes managed fields of it.

What a template asked for and admission would have given anyway, such as the default service account, is taken for the
latter: nothing tells them apart any more.
"""

from __future__ import annotations

from ..machinery.objects import controller_of
from ..machinery.wellknown import REVISION_ANNOTATION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeAlias

    from ..machinery.types import Object

    _Stages: TypeAlias = list[tuple[str, Object]]  # (who did this, "" for the maker; the object then)


def stages(obj: Object) -> _Stages:
    """Return what the object was when it was made and after each write of another manager, without its status."""
    obj = {key: value for key, value in obj.items() if key != "status"}
    stages_of = _STAGES.get(obj["kind"])
    return stages_of(obj) if stages_of else [("", obj)]


def with_status(made: Object, obj: Object, manager: str, zero: Object) -> tuple[Object, Object]:
    """Return the object `made` before a manager wrote its status first, and after it did last; `obj` has that status.

    `zero` is the status that Go's empty object has.
    """
    if manager == "kube-scheduler":
        made, after = {**made, "status": zero}, {**made, "status": _unschedulable(obj["status"])}
        return made, {**after, "metadata": _without(made["metadata"], "managedFields")}
    status_before, meta = _STATUS_BEFORE.get(obj["kind"]), {**made["metadata"]}
    meta.pop("managedFields", None)
    if _REVISION & (obj["metadata"].get("annotations") or {}).keys() and obj["kind"] == "Deployment":
        meta["annotations"] = obj["metadata"]["annotations"]  # which its controller writes with the status
    before = status_before(obj) if status_before else zero
    return {**made, "status": before}, {**made, "metadata": meta, "status": obj["status"]}


def _without(value: Object, *names: str) -> Object:
    return {key: item for key, item in value.items() if key not in names}


def _left(obj: Object, name: str, items: Iterable[object]) -> None:
    """Set a field to what is left of its items, in place, or drop it."""
    left = list(items)
    if left:
        obj[name] = left
    else:
        obj.pop(name, None)


def _pod(obj: Object) -> _Stages:
    meta, spec = dict(obj["metadata"]), _without(obj["spec"], "preemptionPolicy", "priority")
    owner = controller_of(obj)
    if not owner or owner["kind"] != "Node":  # the kubelet names the node of its mirror pods
        spec.pop("nodeName", None)
    if spec.get("serviceAccountName") == "default":
        spec = _without(spec, "serviceAccount", "serviceAccountName")
    _left(spec, "tolerations", [each for each in spec.get("tolerations") or () if each.get("tolerationSeconds") != 300])
    _left(spec, "volumes", [each for each in spec.get("volumes") or () if not _of_admission(each)])
    limited = "kubernetes.io/limit-ranger" in (meta.get("annotations") or {})
    if limited:
        meta["annotations"] = _without(meta["annotations"], "kubernetes.io/limit-ranger")
    for name in ("containers", "initContainers"):
        if name in spec:
            spec[name] = [_container(each, limited) for each in spec[name]]
    return [("", {**obj, "metadata": meta, "spec": spec})]


def _of_admission(volume: Object) -> bool:
    return bool(volume["name"].startswith("kube-api-access-"))


def _container(container: Object, limited: bool) -> Object:
    container = {**container, "resources": {}} if limited else dict(container)
    _left(container, "volumeMounts", [each for each in container.get("volumeMounts") or () if not _of_admission(each)])
    return container


def _pod_status_before(obj: Object) -> Object:
    """What the strategy and the binding to a node write, for which nobody is noted."""
    status = obj["status"]
    return {"phase": "Pending", "qosClass": status.get("qosClass"),
            "conditions": [_without(each, "observedGeneration") for each in status.get("conditions") or ()
                           if each["type"] == "PodScheduled"]}


_JOB_LABELS = ("controller-uid", "job-name", "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name")


def _unschedulable(status: Object) -> Object:
    """What the scheduler says of a pod that it finds no node for."""
    told = {"reason": "Unschedulable", "message": ""}
    found: Object = {"conditions": [{**told, **each} for each in status.get("conditions") or ()
                                    if each["type"] == "PodScheduled"]}
    if status.get("nominatedNodeName"):
        found["nominatedNodeName"] = status["nominatedNodeName"]
    return found


def _job(obj: Object) -> _Stages:
    spec = obj["spec"]
    if spec.get("manualSelector"):
        return [("", obj)]
    template = {**spec["template"], "metadata": _without_labels(spec["template"].get("metadata") or {}, _JOB_LABELS)}
    return [("", {**obj, "metadata": _without_labels(obj["metadata"], _JOB_LABELS),
                  "spec": {**_without(spec, "selector"), "template": template}})]


def _without_labels(meta: Object, names: tuple[str, ...]) -> Object:
    labels = _without(meta.get("labels") or {}, *names)
    return {**meta, "labels": labels} if labels else _without(meta, "labels")


def _volume(obj: Object) -> _Stages:
    """Claims and volumes: admission gives the default class and the protecting finalizer."""
    spec = _without(obj["spec"], "storageClassName") if obj["kind"] == "PersistentVolumeClaim" else obj["spec"]
    return [("", {**obj, "metadata": _without(obj["metadata"], "finalizers"), "spec": spec})]


def _service(obj: Object) -> _Stages:
    allocated = ("clusterIPs", "ipFamilies") if obj["metadata"]["name"] == "kubernetes" else (
        "clusterIPs", "ipFamilies", "ipFamilyPolicy")
    return [("", {**obj, "spec": _without(obj["spec"], *allocated)})]


def _namespace(obj: Object) -> _Stages:
    return [("", _without(obj, "spec"))]


_REVISION = {REVISION_ANNOTATION}


def _deployment(obj: Object) -> _Stages:
    meta = dict(obj["metadata"])
    annotations = _without(meta.pop("annotations", None) or {}, REVISION_ANNOTATION)
    return [("", {**obj, "metadata": {**meta, "annotations": annotations} if annotations else meta})]


_OF_KUBEADM = ("node-role.kubernetes.io/control-plane", "node.kubernetes.io/exclude-from-external-load-balancers",
               "kubeadm.alpha.kubernetes.io/cri-socket")


def _node(obj: Object) -> _Stages:
    """The kubelet registers the node; kubeadm, minikube's own kubectl and the controllers mark it."""

    def of_controllers(name: str) -> bool:
        return name == "node.alpha.kubernetes.io/ttl"

    def of_minikube(name: str) -> bool:
        return name.startswith("minikube.k8s.io/")

    def but(*others: Callable[[str], bool]) -> Object:
        meta = dict(obj["metadata"])
        for field in ("labels", "annotations"):
            left = {name: value for name, value in (meta.get(field) or {}).items()
                    if not any(other(name) for other in others)}
            meta.pop(field, None)
            if left:
                meta[field] = left
        spec = _without(obj["spec"], "podCIDR", "podCIDRs", "taints") if of_controllers in others else obj["spec"]
        return {**obj, "metadata": meta, "spec": spec}

    return [("", but(_OF_KUBEADM.__contains__, of_minikube, of_controllers)),
            ("kubeadm", but(of_minikube, of_controllers)), ("kubectl-label", but(of_controllers)),
            ("kube-controller-manager", obj)]


def _node_status_before(obj: Object) -> Object:
    """A node comes with its status; then the kubelet says again and again that it lives, and what images it has."""
    status = obj["status"]
    before = _without(status, "images")
    before["conditions"] = [
        {**each, "lastHeartbeatTime": None} if each["type"] != "Ready" else {"type": "Ready", **dict.fromkeys(
            ("lastHeartbeatTime", "lastTransitionTime", "message", "reason", "status"))}
        for each in status.get("conditions") or ()]
    return before


def _replica_set_status_before(obj: Object) -> Object:
    """Who counted replicas once goes on owning their number when there are none any more."""
    return {} if obj["metadata"].get("generation", 1) > 1 else {"replicas": 0}


def _status_of_server(obj: Object) -> Object:
    """Nothing but the server itself has written it."""
    status: Object = obj["status"]
    return status


_STAGES: dict[str, Callable[[Object], _Stages]] = {
    "Deployment": _deployment, "Job": _job, "Namespace": _namespace, "Node": _node, "PersistentVolume": _volume,
    "PersistentVolumeClaim": _volume, "Pod": _pod, "Service": _service}
_STATUS_BEFORE: dict[str, Callable[[Object], Object]] = {
    "Namespace": _status_of_server, "Node": _node_status_before, "Pod": _pod_status_before,
    "ReplicaSet": _replica_set_status_before, "Service": _status_of_server}
