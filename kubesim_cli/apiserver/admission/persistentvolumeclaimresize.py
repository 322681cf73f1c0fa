"""PersistentVolumeClaimResize: only what was provisioned by a class that allows it may grow."""

from __future__ import annotations

from ...machinery import quantity
from ...machinery.objects import dig
from ..kinds.core.persistentvolume import storage_class
from .refusal import forbidden


def validate(ctx, verb: str, res, subresource: str, obj: dict, old: dict | None) -> None:
    if verb != "update" or subresource or old is None:
        return
    path = ("spec", "resources", "requests", "storage")
    if quantity.compare(dig(obj, *path, default="0"), dig(old, *path, default="0")) <= 0:
        return
    if dig(old, "status", "phase") != "Bound":
        raise forbidden(res, obj, "Only bound persistent volume claims can be expanded")
    name = storage_class(obj)
    found = ctx.client.find("storageclasses.storage.k8s.io", name) if name and name == storage_class(old) else None
    if not (found or {}).get("allowVolumeExpansion"):
        raise forbidden(res, obj, "only dynamically provisioned pvc can be resized and the storageclass that "
                        "provisions the pvc must support resize")
