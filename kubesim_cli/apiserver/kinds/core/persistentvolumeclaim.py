"""PersistentVolumeClaim."""

from __future__ import annotations

from ....machinery.objects import dig
from ....machinery.wellknown import BETA_STORAGE_CLASS_ANNOTATION
from ..base import Column, Context, Kind, age
from ..columns import AGE, NAME, access_modes
from .persistentvolume import storage_class


class PersistentVolumeClaim(Kind):
    columns = (NAME, Column("Status"), Column("Volume"), Column("Capacity"), Column("Access Modes"),
               Column("StorageClass"), Column("VolumeAttributesClass", since=(1, 29)), AGE, Column("VolumeMode", 1))
    has_status = True

    def cells(self, obj: dict, ctx: Context) -> list:
        meta, spec, status = obj["metadata"], obj["spec"], obj.get("status") or {}
        bound = spec.get("volumeName", "")
        return [meta["name"], "Terminating" if meta.get("deletionTimestamp") else status.get("phase", ""), bound,
                dig(status, "capacity", "storage", default="0") if bound else "",
                access_modes(status.get("accessModes")) if bound else "", storage_class(obj) or "",
                spec.get("volumeAttributesClassName") or "<unset>", age(obj, ctx.now),
                spec.get("volumeMode") or "<unset>"]

    def default(self, obj: dict, ctx: Context) -> None:
        spec = obj.setdefault("spec", {})
        spec.setdefault("volumeMode", "Filesystem")
        spec.setdefault("resources", {})
        obj.setdefault("status", {}).setdefault("phase", "Pending")

    def default_status(self, obj: dict, ctx: Context) -> None:
        obj["status"] = {"phase": "Pending"}

    def prepare_create(self, obj: dict, ctx: Context) -> None:
        _settle_data_sources(obj["spec"], None)

    def prepare_update(self, obj: dict, old: dict, ctx: Context) -> None:
        _settle_data_sources(obj["spec"], old["spec"])

    def validate(self, obj: dict, ctx: Context) -> list:
        from . import persistentvolumeclaim_validation

        return persistentvolumeclaim_validation.validate(obj["spec"], "spec")

    def validate_update(self, obj: dict, old: dict, ctx: Context) -> list:
        from . import persistentvolumeclaim_validation

        return persistentvolumeclaim_validation.validate_update(obj, old, ctx.release)

    def warnings(self, obj: dict, old: dict | None, ctx: Context) -> list[str]:
        from ....machinery import quantity

        found = []
        if BETA_STORAGE_CLASS_ANNOTATION in (obj["metadata"].get("annotations") or {}):
            found.append(f"metadata.annotations[{BETA_STORAGE_CLASS_ANNOTATION}]: "
                         'deprecated since v1.8; use "storageClassName" attribute instead')
        for part in ("requests", "limits"):
            amount = dig(obj, "spec", "resources", part, "storage", default="0")
            if quantity.milli(amount) % 1000:
                found.append(f'spec.resources.{part}[storage]: fractional byte value "{amount}" is invalid, '
                             "must be an integer")
        return found


def _settle_data_sources(spec: dict, old: dict | None) -> None:
    """Make dataSource and dataSourceRef say the same (KEP 1495)."""
    source, ref = spec.get("dataSource"), spec.get("dataSourceRef")
    known = old and (old.get("dataSource") or old.get("dataSourceRef"))
    if source and not known and ref is None and (source.get("kind"), source.get("apiGroup") or "") not in (
            ("PersistentVolumeClaim", ""), ("VolumeSnapshot", "snapshot.storage.k8s.io")):
        source = None
        del spec["dataSource"]
    if source and ref is None:
        spec["dataSourceRef"] = dict(source)
    elif ref and not source and not ref.get("namespace"):
        spec["dataSource"] = {key: ref[key] for key in ("apiGroup", "kind", "name") if key in ref}


KIND = PersistentVolumeClaim()
