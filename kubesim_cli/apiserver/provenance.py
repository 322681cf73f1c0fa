"""Managed fields that follow from a record of who of the control plane wrote an object (tracking.py keeps it).

What a command writes has its managedFields in the store like anywhere. What the control plane makes, which is the bulk,
has a *record* in their place, a line of text, `kube-controller-manager=1767225600 kubelet/status=1767225612`: who wrote
the object and who its status, and when last. The entries are made of the object when somebody asks for them, or writes
it otherwise. What is there since the cluster's start has no record; who made it follows from what it is. An empty list
says that a command's object has no managers.
"""

from __future__ import annotations

from ..machinery import timestamps
from ..machinery.objects import controller_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from ..machinery.schema import Schema
    from ..machinery.types import Json, Object

    _Written: TypeAlias = list[tuple[str, str, float]]  # manager, subresource, when

CONTROLLER_MANAGER, KUBELET, SCHEDULER = "kube-controller-manager", "kubelet", "kube-scheduler"
API_SERVER, KUBEADM = "kube-apiserver", "kubeadm"
_OF_KUBELET = ("CSINode", "Lease", "Node")
_OF_CONTROLLER_MANAGER = ("ControllerRevision", "Endpoints", "EndpointSlice", "PersistentVolume", "ReplicaSet",
                          "ServiceAccount")


def entries(obj: Object, has_status: bool, schema: Schema | None) -> list[Object]:
    """Return the managedFields of an object of the control plane's, as it is stored, by writing it once more in the
    steps in which it was written."""
    from . import apply, asmade

    meta = dict(obj["metadata"])
    record = meta.pop("managedFields", "")
    obj = {**obj, "metadata": meta}
    main_resets = apply.STATUS if has_status else None
    made: Object | None = None
    for manager, subresource, time in _parsed(record) if record else _since_the_start(obj):
        if made is not None and subresource:
            made, after = asmade.with_status(made, obj, manager, apply.zero(obj, schema).get("status") or {})
            apply.track_update(made, after, manager, obj["apiVersion"], subresource, time, schema, {"f:spec": {}})
            made = after
            continue
        for also, stage in asmade.stages(obj):
            stage = {**stage, "metadata": dict(stage["metadata"])}
            apply.track_update(made, stage, also or manager, obj["apiVersion"], "", time, schema, main_resets)
            made = stage
    found: list[Object] = made["metadata"].get("managedFields", []) if made is not None else []
    return found


def _parsed(record: str) -> _Written:
    found = []
    for part in record.split(" "):
        who, _, time = part.partition("=")
        manager, _, subresource = who.partition("/")
        found.append((manager, subresource, float(time)))
    return found


def _since_the_start(obj: Object) -> _Written:
    if "creationTimestamp" not in obj["metadata"]:  # it is computed, and stored nowhere
        return []
    created = timestamps.parse(obj["metadata"]["creationTimestamp"])
    found = [(_maker(obj), "", created)]
    if obj.get("status"):
        writer = KUBELET if obj["kind"] in ("Node", "Pod") else CONTROLLER_MANAGER
        found.append((writer, "status", max([created, *_times(obj["status"])])))
    return found


def _maker(obj: Object) -> str:
    """Return who made an object at the cluster's start (or in a store of which no records were kept)."""
    meta, kind = obj["metadata"], obj["kind"]
    owner = controller_of(obj)
    if kind == "Lease" and meta["namespace"] == "kube-system":
        return meta["name"] if meta["name"] in (CONTROLLER_MANAGER, SCHEDULER) else API_SERVER
    if kind in _OF_KUBELET or (owner and owner["kind"] == "Node"):
        return KUBELET
    if kind == "Event":
        component = obj.get("reportingComponent", "")
        return {"kubelet": KUBELET, "default-scheduler": SCHEDULER}.get(component, CONTROLLER_MANAGER)
    if meta["name"] == "kubernetes" or meta.get("labels", {}).get("kubernetes.io/bootstrapping"):
        return API_SERVER
    if owner or kind in _OF_CONTROLLER_MANAGER or meta["name"] == "kube-root-ca.crt":
        return CONTROLLER_MANAGER
    if meta.get("namespace", "").startswith("kube-") and not meta["name"].startswith(("extension-", "kube-apiserver-")):
        return KUBEADM
    return API_SERVER


def _times(value: Json) -> Iterator[float]:
    """Yield the times that stand in a status."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _times(each)
    elif isinstance(value, str) and len(value) == 20 and value[10] == "T" and value[19] == "Z":
        yield timestamps.parse(value)
