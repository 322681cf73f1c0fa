"""PersistentVolume."""

from __future__ import annotations

from ....machinery.objects import dig
from ....machinery.wellknown import BETA_STORAGE_CLASS_ANNOTATION
from ..base import Column, Context, Kind, age
from ..columns import AGE, NAME, access_modes


class PersistentVolume(Kind):
    columns = (NAME, Column("Capacity"), Column("Access Modes"), Column("Reclaim Policy"), Column("Status"),
               Column("Claim"), Column("StorageClass"), Column("VolumeAttributesClass", since=(1, 29)),
               Column("Reason"), AGE, Column("VolumeMode", 1))
    has_status = True

    def cells(self, obj: dict, ctx: Context) -> list:
        meta, spec, status = obj["metadata"], obj["spec"], obj.get("status") or {}
        claim = spec.get("claimRef")
        return [meta["name"], dig(spec, "capacity", "storage", default="0"), access_modes(spec.get("accessModes")),
                spec.get("persistentVolumeReclaimPolicy", ""),
                "Terminating" if meta.get("deletionTimestamp") else status.get("phase", ""),
                f"{claim.get('namespace', '')}/{claim.get('name', '')}" if claim else "",
                storage_class(obj) or "", spec.get("volumeAttributesClassName") or "<unset>",
                status.get("reason", ""), age(obj, ctx.now), spec.get("volumeMode") or "<unset>"]

    def default(self, obj: dict, ctx: Context) -> None:
        spec = obj.setdefault("spec", {})
        spec.setdefault("persistentVolumeReclaimPolicy", "Retain")
        spec.setdefault("volumeMode", "Filesystem")
        host_path = spec.get("hostPath")
        if isinstance(host_path, dict):
            host_path.setdefault("type", "")
        claim = spec.get("claimRef")
        if claim:
            claim.setdefault("kind", "PersistentVolumeClaim")
            claim.setdefault("apiVersion", "v1")
        if ctx.user is None:
            self.default_status(obj, ctx)

    def default_status(self, obj: dict, ctx: Context) -> None:
        from ....machinery import timestamps

        status = obj.setdefault("status", {})
        if not status.get("phase"):
            status["phase"] = "Pending"
            if ctx.release >= (1, 29):
                status["lastPhaseTransitionTime"] = timestamps.format(ctx.now)

    def validate(self, obj: dict, ctx: Context) -> list:
        from . import persistentvolume_validation

        return persistentvolume_validation.validate(obj)

    def validate_update(self, obj: dict, old: dict, ctx: Context) -> list:
        from . import persistentvolume_validation

        return persistentvolume_validation.validate_update(obj, old)

    def warnings(self, obj: dict, old: dict | None, ctx: Context) -> list[str]:
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


def storage_class(obj: dict) -> str | None:
    """The class of a volume or claim: the old annotation, else spec.storageClassName (None: not set)."""
    annotations = obj["metadata"].get("annotations") or {}
    if BETA_STORAGE_CLASS_ANNOTATION in annotations:
        return annotations[BETA_STORAGE_CLASS_ANNOTATION]
    return obj["spec"].get("storageClassName")


KIND = PersistentVolume()
