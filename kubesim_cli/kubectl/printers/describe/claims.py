"""Claims for volumes: their own, and those that a volume or a StatefulSet makes of a template."""

from __future__ import annotations

from ....machinery import quantity
from ....machinery.wellknown import BETA_STORAGE_CLASS_ANNOTATION
from .writer import Writer, go_list, status_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Json, Object

_MODES = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}


def describe_claim(pvc: Object, w: Writer, whole: bool = True) -> None:
    """Write a claim; not `whole`: the template of one, which has no name and no status."""
    meta, spec, status = pvc.get("metadata") or {}, pvc["spec"], pvc.get("status") or {}
    if whole:
        w.line(0, "Name", meta["name"])
        w.line(0, "Namespace", meta.get("namespace", ""))
    w.line(0, "StorageClass", storage_class(pvc))
    if whole:
        status_line(pvc, status.get("phase", ""), w)
    volume = spec.get("volumeName", "")
    w.line(0, "Volume", volume)
    w.labels("Labels", meta.get("labels"))
    w.annotations("Annotations", meta.get("annotations"))
    if whole:
        w.line(0, "Finalizers", go_list(meta.get("finalizers")))
    capacity = (status.get("capacity") or {}).get("storage", "0")
    w.line(0, "Capacity", quantity.canonical(capacity) if volume else "")
    w.line(0, "Access Modes", access_modes(status.get("accessModes")) if volume else "")
    if spec.get("volumeMode") is not None:
        w.line(0, "VolumeMode", spec["volumeMode"])
    source = spec.get("dataSource")
    if source:
        w.write(0, "DataSource:\n")
        if source.get("apiGroup") is not None:
            w.line(1, "APIGroup", source["apiGroup"])
        w.line(1, "Kind", source["kind"])
        w.line(1, "Name", source["name"])


def storage_class(claim: Object) -> str:
    """Return the name of a claim's StorageClass, or "" (GetPersistentVolumeClaimClass)."""
    annotations = (claim.get("metadata") or {}).get("annotations") or {}
    name: str = annotations.get(BETA_STORAGE_CLASS_ANNOTATION, claim["spec"].get("storageClassName") or "")
    return name


def describe_claim_templates(templates: list[Json] | None, w: Writer) -> None:
    """Write a StatefulSet's volumeClaimTemplates."""
    if not templates:
        w.line(0, "Volume Claims", "<none>")
        return
    w.write(0, "Volume Claims:\n")
    for claim in templates:
        meta, spec = claim.get("metadata") or {}, claim["spec"]
        w.line(1, "Name", meta.get("name", ""))
        w.line(1, "StorageClass", storage_class(claim))
        w.labels("Labels", meta.get("labels"), "  ")
        w.labels("Annotations", meta.get("annotations"), "  ")
        capacity = ((spec.get("resources") or {}).get("requests") or {}).get("storage")
        w.line(1, "Capacity", "<default>" if capacity is None else quantity.canonical(capacity))
        w.line(1, "Access Modes", go_list(spec.get("accessModes")))


def access_modes(modes: list[Json] | None) -> str:
    """Return access modes as tables show them: `RWO,ROX` (GetAccessModesAsString)."""
    return ",".join([short for mode, short in _MODES.items() if mode in (modes or ())])
