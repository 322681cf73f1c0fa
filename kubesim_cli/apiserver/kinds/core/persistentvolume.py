"""PersistentVolume."""

from __future__ import annotations

from ....machinery.objects import dig
from ....machinery.wellknown import BETA_STORAGE_CLASS_ANNOTATION
from ....releases.gates import enabled
from ..base import AGE, NAME, Column, Kind
from ..columns import access_modes, storage_class

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Cell, Context


def _status_cell(obj: Object, ctx: Context) -> Cell:
    return "Terminating" if obj["metadata"].get("deletionTimestamp") else (obj.get("status") or {}).get("phase", "")


def _claim_cell(obj: Object, ctx: Context) -> Cell:
    spec = obj["spec"]
    claim = spec.get("claimRef")
    return f"{claim.get('namespace', '')}/{claim.get('name', '')}" if claim else ""


def _volume_attributes_class_cell(obj: Object, ctx: Context) -> Cell:
    return obj["spec"].get("volumeAttributesClassName") or "<unset>"


class PersistentVolume(Kind):
    columns = (NAME,
               Column("Capacity", lambda obj, ctx: dig(obj["spec"], "capacity", "storage", default="0")),
               Column("Access Modes", lambda obj, ctx: access_modes(obj["spec"].get("accessModes"))),
               Column("Reclaim Policy", lambda obj, ctx: obj["spec"].get("persistentVolumeReclaimPolicy", "")),
               Column("Status", _status_cell),
               Column("Claim", _claim_cell),
               Column("StorageClass", lambda obj, ctx: storage_class(obj) or ""),
               Column("VolumeAttributesClass", _volume_attributes_class_cell, since=(1, 29)),
               Column("Reason", lambda obj, ctx: (obj.get("status") or {}).get("reason", "")),
               AGE,
               Column("VolumeMode", lambda obj, ctx: obj["spec"].get("volumeMode") or "<unset>", 1))
    has_status = True

    def default(self, obj: Object, ctx: Context) -> None:
        spec = obj.setdefault("spec", {})
        spec.setdefault("persistentVolumeReclaimPolicy", "Retain")
        spec.setdefault("volumeMode", "Filesystem")
        host_path = spec.get("hostPath")
        if isinstance(host_path, dict):
            host_path.setdefault("type", "")
        if any(name in spec for name in ("iscsi", "rbd", "azureDisk", "scaleIO")):
            from .podspec.defaults import default_source

            default_source(spec)
        claim = spec.get("claimRef")
        if claim:
            claim.setdefault("kind", "PersistentVolumeClaim")
            claim.setdefault("apiVersion", "v1")
        if ctx.user is None:
            self.default_status(obj, ctx)

    def default_status(self, obj: Object, ctx: Context) -> None:
        from ....machinery import timestamps

        status = obj.setdefault("status", {})
        if not status.get("phase"):
            status["phase"] = "Pending"
            if enabled("PersistentVolumeLastPhaseTransitionTime", ctx.release):
                status["lastPhaseTransitionTime"] = timestamps.format(ctx.now)

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        from . import persistentvolume_validation

        return persistentvolume_validation.validate(obj, ctx.release)

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        from . import persistentvolume_validation

        return persistentvolume_validation.validate_update(obj, old, ctx.release)

    def warnings(self, obj: Object, old: Object | None, ctx: Context) -> list[str]:
        spec = obj["spec"]
        found = [f"metadata.annotations[{key}]: {text}" for key, text in _DEPRECATED_ANNOTATIONS.items()
                 if key in (obj["metadata"].get("annotations") or {})]
        if spec.get("persistentVolumeReclaimPolicy") == "Recycle":
            found.append("spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. "
                         "Instead, the recommended approach is to use dynamic provisioning.")
        return found + [f"spec.{shown}: {text}" for key, (shown, text) in _DEPRECATED_SOURCES.items() if spec.get(key)]


_DEPRECATED_ANNOTATIONS = {
    BETA_STORAGE_CLASS_ANNOTATION: 'deprecated since v1.8; use "storageClassName" attribute instead',
    "volume.beta.kubernetes.io/mount-options": 'deprecated since v1.31; use "mountOptions" attribute instead',
}
_DEPRECATED_SOURCES = {
    "cephfs": ("cephfs", "deprecated in v1.28, non-functional in v1.31+"),
    "photonPersistentDisk": ("photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"),
    "scaleIO": ("scaleIO", "deprecated in v1.16, non-functional in v1.22+"),
    "storageos": ("storageOS", "deprecated in v1.22, non-functional in v1.25+"),
    "glusterfs": ("glusterfs", "deprecated in v1.25, non-functional in v1.26+"),
    "rbd": ("rbd", "deprecated in v1.28, non-functional in v1.31+"),
}


KIND = PersistentVolume()
