"""StorageObjectInUseProtection: finalizers keep volumes, claims and classes while somebody uses them."""

from __future__ import annotations

from ...machinery.wellknown import PV_PROTECTION_FINALIZER, PVC_PROTECTION_FINALIZER
from ...releases.gates import enabled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .attributes import Attributes

_FINALIZERS = {"persistentvolumes": PV_PROTECTION_FINALIZER,
               "persistentvolumeclaims": PVC_PROTECTION_FINALIZER,
               "volumeattributesclasses": "kubernetes.io/vac-protection"}


def mutate(a: Attributes) -> None:
    if a.operation != "CREATE":
        return
    if a.res.plural == "volumeattributesclasses" and not enabled("VolumeAttributesClass", a.ctx.release):
        return
    meta, name = a.obj["metadata"], _FINALIZERS[a.res.plural]
    if name not in (meta.get("finalizers") or ()):
        meta["finalizers"] = [*(meta.get("finalizers") or ()), name]
