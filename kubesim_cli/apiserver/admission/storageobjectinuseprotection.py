"""StorageObjectInUseProtection: finalizers keep volumes, claims and classes while somebody uses them."""

from __future__ import annotations

from ...machinery.wellknown import PV_PROTECTION_FINALIZER, PVC_PROTECTION_FINALIZER

_FINALIZERS = {"persistentvolumes": PV_PROTECTION_FINALIZER,
               "persistentvolumeclaims": PVC_PROTECTION_FINALIZER,
               "volumeattributesclasses": "kubernetes.io/vac-protection"}
_CLASSES_SINCE = (1, 34)


def mutate(ctx, verb: str, res, subresource: str, obj: dict, old: dict | None) -> None:
    if verb != "create" or (res.plural == "volumeattributesclasses" and ctx.release < _CLASSES_SINCE):
        return
    meta, name = obj["metadata"], _FINALIZERS[res.plural]
    if name not in (meta.get("finalizers") or ()):
        meta["finalizers"] = [*(meta.get("finalizers") or ()), name]
