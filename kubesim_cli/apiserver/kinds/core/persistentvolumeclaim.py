"""PersistentVolumeClaim."""

from __future__ import annotations

from ....machinery.objects import dig
from ....machinery.wellknown import BETA_STORAGE_CLASS_ANNOTATION
from ..base import AGE, NAME, Column, Kind
from ..columns import access_modes, storage_class

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object
    from ..base import Cell, Context


def _status_cell(obj: Object, ctx: Context) -> Cell:
    return "Terminating" if obj["metadata"].get("deletionTimestamp") else (obj.get("status") or {}).get("phase", "")


def _capacity_cell(obj: Object, ctx: Context) -> Cell:
    return dig(obj.get("status") or {}, "capacity", "storage", default="0") if obj["spec"].get("volumeName", "") else ""


def _access_modes_cell(obj: Object, ctx: Context) -> Cell:
    return access_modes((obj.get("status") or {}).get("accessModes")) if obj["spec"].get("volumeName", "") else ""


def _volume_attributes_class_cell(obj: Object, ctx: Context) -> Cell:
    return obj["spec"].get("volumeAttributesClassName") or "<unset>"


class PersistentVolumeClaim(Kind):
    columns = (NAME,
               Column("Status", _status_cell),
               Column("Volume", lambda obj, ctx: obj["spec"].get("volumeName", "")),
               Column("Capacity", _capacity_cell),
               Column("Access Modes", _access_modes_cell),
               Column("StorageClass", lambda obj, ctx: storage_class(obj) or ""),
               Column("VolumeAttributesClass", _volume_attributes_class_cell, since=(1, 29)),
               AGE,
               Column("VolumeMode", lambda obj, ctx: obj["spec"].get("volumeMode") or "<unset>", 1))
    has_status = True

    def default(self, obj: Object, ctx: Context) -> None:
        spec = obj.setdefault("spec", {})
        spec.setdefault("volumeMode", "Filesystem")
        spec.setdefault("resources", {})
        obj.setdefault("status", {}).setdefault("phase", "Pending")

    def default_status(self, obj: Object, ctx: Context) -> None:
        obj["status"] = {"phase": "Pending"}

    def prepare_create(self, obj: Object, ctx: Context) -> None:
        _settle_data_sources(obj["spec"], None)

    def prepare_update(self, obj: Object, old: Object, ctx: Context) -> None:
        _settle_data_sources(obj["spec"], old["spec"])

    def validate(self, obj: Object, ctx: Context) -> FieldErrors:
        """ValidatePersistentVolumeClaim."""
        from . import persistentvolumeclaim_validation

        return persistentvolumeclaim_validation.validate(obj["spec"], "spec")

    def validate_update(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        from . import persistentvolumeclaim_validation

        return persistentvolumeclaim_validation.validate_update(obj, old, ctx.release)

    def validate_status(self, obj: Object, old: Object, ctx: Context) -> FieldErrors:
        from . import persistentvolumeclaim_validation

        return persistentvolumeclaim_validation.validate_status(obj, ctx.release)

    def warnings(self, obj: Object, old: Object | None, ctx: Context) -> list[str]:
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


def _settle_data_sources(spec: Object, old: Object | None) -> None:
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
