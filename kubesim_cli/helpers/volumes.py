"""Claims and volumes: which volume suits a claim, and what binding them writes.

Kubernetes: k8s.io/component-helpers/storage/volume/pv_helpers.go, pkg/controller/volume/persistentvolume/index.go.
"""

from __future__ import annotations

from ..machinery import quantity, selectors
from ..machinery.objects import clone, dig, join_key
from ..machinery.storage import is_default_class
from ..machinery.wellknown import (
    BETA_STORAGE_CLASS_ANNOTATION,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container
    from typing import Any

    from ..machinery.types import Object

BIND_COMPLETED = "pv.kubernetes.io/bind-completed"
BOUND_BY_CONTROLLER = "pv.kubernetes.io/bound-by-controller"
PROVISIONED_BY = "pv.kubernetes.io/provisioned-by"
SELECTED_NODE = "volume.kubernetes.io/selected-node"
STORAGE_PROVISIONER = "volume.kubernetes.io/storage-provisioner"
BETA_STORAGE_PROVISIONER = "volume.beta.kubernetes.io/storage-provisioner"
NO_PROVISIONER = "kubernetes.io/no-provisioner"
# On which node a volume's directory is, where there is more than one node: its pods go back there if they can.
HOME = "kubesim.io/node"

CLASSES = "storageclasses.storage.k8s.io"


def annotation(obj: Object, name: str) -> str | None:
    """Return an annotation of an object, or None."""
    return (obj["metadata"].get("annotations") or {}).get(name)


def annotated(obj: Object, **annotations: str) -> Object:
    """Return a copy of an object with annotations set; use ** with a dict, for their names have dots."""
    new = clone(obj)
    new["metadata"].setdefault("annotations", {}).update(annotations)
    return new


def class_of(obj: Object) -> str:
    """Return the class that a claim asks for or a volume has, "" where there is none."""
    beta = annotation(obj, BETA_STORAGE_CLASS_ANNOTATION)
    return beta if beta is not None else obj["spec"].get("storageClassName") or ""


def default_class(api: Any) -> Object | None:
    """Return the default StorageClass: of several the newest, then the first by name (GetDefaultClass)."""
    marked = [each for each in api.items(CLASSES) if is_default_class(each)]
    newest = max((each["metadata"]["creationTimestamp"] for each in marked), default="")
    return next((each for each in marked if each["metadata"]["creationTimestamp"] == newest), None)


def waits_for_consumer(api: Any, claim: Object) -> bool:
    """Tell whether the claim's class binds only once a pod that uses it is scheduled (IsDelayBindingMode)."""
    name = class_of(claim)
    found = api.find(CLASSES, name) if name else None
    return found is not None and found.get("volumeBindingMode") == "WaitForFirstConsumer"


def claim_keys(pod: Object) -> list[str]:
    """Return the keys of the PersistentVolumeClaims that a pod uses."""
    meta, found = pod["metadata"], []
    for volume in pod["spec"].get("volumes") or ():
        if "persistentVolumeClaim" in volume:
            found.append(join_key(meta["namespace"], volume["persistentVolumeClaim"]["claimName"]))
        elif "ephemeral" in volume:
            found.append(join_key(meta["namespace"], f"{meta['name']}-{volume['name']}"))
    return found


def is_bound(claim: Object) -> bool:
    """Tell whether a claim is bound completely (isPVCFullyBound)."""
    return bool(claim["spec"].get("volumeName")) and annotation(claim, BIND_COMPLETED) is not None


def bound_to(volume: Object, claim: Object) -> bool:
    """Tell whether a volume is bound, or reserved by name, to a claim (IsVolumeBoundToClaim)."""
    ref, meta = volume["spec"].get("claimRef"), claim["metadata"]
    if ref is None or (ref.get("namespace"), ref.get("name")) != (meta["namespace"], meta["name"]):
        return False
    return not ref.get("uid") or ref["uid"] == meta["uid"]


def _mode(obj: Object) -> str:
    return obj["spec"].get("volumeMode") or "Filesystem"


def _size(resources: Object | None) -> int:
    return quantity.value((resources or {}).get("storage", "0"))


def asked_size(claim: Object) -> int:
    """Return the bytes that a claim asks for."""
    return _size(dig(claim, "spec", "resources", "requests"))


def volume_size(volume: Object) -> int:
    """Return the bytes that a volume has."""
    return _size(volume["spec"].get("capacity"))


def fits_modes(claim: Object, volume: Object) -> bool:
    """Tell whether a volume has all the access modes that a claim asks for."""
    return set(claim["spec"].get("accessModes") or ()) <= set(volume["spec"].get("accessModes") or ())


def find_match(claim: Object, volumes: list[Object], *, delayed: bool = False,
               suits_node: Callable[[Object], bool] | None = None, excluded: Container[str] = ()) -> Object | None:
    """Return the volume that suits a claim best: the one reserved for it, else the smallest with the fewest modes.

    `delayed`: of the others none, for the scheduler decides. `suits_node(volume)` tells whether a volume can be used
    on the node in question; `excluded` are names of volumes that are spoken for.
    """
    selector = claim["spec"].get("selector")
    best = None
    for volume in volumes:
        meta, spec = volume["metadata"], volume["spec"]
        if (meta["name"] in excluded or "deletionTimestamp" in meta or volume_size(volume) < asked_size(claim)
                or _mode(volume) != _mode(claim) or not fits_modes(claim, volume)
                or spec.get("volumeAttributesClassName") != claim["spec"].get("volumeAttributesClassName")):
            continue
        if spec.get("claimRef") is not None:
            if bound_to(volume, claim):
                return volume if suits_node is None or suits_node(volume) else None
            continue
        if delayed or dig(volume, "status", "phase") != "Available" or class_of(volume) != class_of(claim):
            continue
        if selector is not None and not selectors.selector_matches(selector, meta.get("labels")):
            continue
        if suits_node is not None and not suits_node(volume):
            continue
        rank = (len(spec.get("accessModes") or ()), volume_size(volume))
        if best is None or rank < best[0]:
            best = rank, volume
    return best[1] if best else None


def mismatch(volume: Object, claim: Object) -> str:
    """Return why a volume does not suit a claim that asks for it by name, or "" (checkVolumeSatisfyClaim)."""
    if "deletionTimestamp" in volume["metadata"]:
        return f'the volume is marked for deletion "{volume["metadata"]["name"]}"'
    if volume_size(volume) < asked_size(claim):
        return "requested PV is too small"
    if class_of(volume) != class_of(claim):
        return "storageClassName does not match"
    if volume["spec"].get("volumeAttributesClassName") != claim["spec"].get("volumeAttributesClassName"):
        return "volumeAttributesClassName does not match"
    if _mode(volume) != _mode(claim):
        return "incompatible volumeMode"
    return "" if fits_modes(claim, volume) else "incompatible accessMode"


def reference(claim: Object) -> Object:
    """Return an ObjectReference to a claim."""
    meta = claim["metadata"]
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "name": meta["name"], "namespace": meta["namespace"],
            "resourceVersion": meta["resourceVersion"], "uid": meta["uid"]}


def reserved(volume: Object, claim: Object) -> Object:
    """Return a volume as it is bound to a claim: the very object where it already is (GetBindVolumeToClaim)."""
    new = volume
    if (volume["spec"].get("claimRef") or {}).get("uid") != claim["metadata"]["uid"] or not bound_to(volume, claim):
        new = clone(volume)
        new["spec"]["claimRef"] = reference(claim)
    if not bound_to(volume, claim) and annotation(volume, BOUND_BY_CONTROLLER) is None:
        new = annotated(new, **{BOUND_BY_CONTROLLER: "yes"})
    return new
