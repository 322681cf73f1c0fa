"""StorageObjectInUseProtection: finalizers keep volumes, claims and classes while somebody uses them."""

from __future__ import annotations

from ...machinery.wellknown import PV_PROTECTION_FINALIZER, PVC_PROTECTION_FINALIZER
from ...releases.gates import enabled

_FINALIZERS = {"persistentvolumes": PV_PROTECTION_FINALIZER,
               "persistentvolumeclaims": PVC_PROTECTION_FINALIZER,
               "volumeattributesclasses": "kubernetes.io/vac-protection"}


def mutate(ctx, verb: str, res, subresource: str, obj: dict, old: dict | None) -> None:
    if verb != "create":
        return
    if res.plural == "volumeattributesclasses" and not enabled("VolumeAttributesClass", ctx.release):
        return
    meta, name = obj["metadata"], _FINALIZERS[res.plural]
    if name not in (meta.get("finalizers") or ()):
        meta["finalizers"] = [*(meta.get("finalizers") or ()), name]
