"""PersistentVolumeClaimResize: only what was provisioned by a class that allows it may grow."""

from __future__ import annotations

from ...machinery import quantity
from ...machinery.objects import dig
from ..kinds.columns import storage_class
from .refusal import forbidden

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .attributes import Attributes


def validate(a: Attributes) -> None:
    if a.operation != "UPDATE" or a.subresource or a.old is None:
        return
    path = ("spec", "resources", "requests", "storage")
    if quantity.compare(dig(a.obj, *path, default="0"), dig(a.old, *path, default="0")) <= 0:
        return
    if dig(a.old, "status", "phase") != "Bound":
        raise forbidden(a, "Only bound persistent volume claims can be expanded")
    name = storage_class(a.obj)
    found = a.ctx.client.find("storageclasses.storage.k8s.io", name) if name and name == storage_class(a.old) else None
    if not (found or {}).get("allowVolumeExpansion"):
        raise forbidden(a, "only dynamically provisioned pvc can be resized and the storageclass that "
                        "provisions the pvc must support resize")
