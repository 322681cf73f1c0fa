"""Keeps volumes that are bound from being deleted (pkg/controller/volume/pvprotection)."""

from __future__ import annotations

from ..helpers.controller import Controller, itself
from ..machinery.objects import clone, dig
from ..machinery.wellknown import PV_PROTECTION_FINALIZER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..apiserver.client import Client


class VolumeProtection(Controller):
    name = "persistentvolume-protection"
    watches = {"persistentvolumes": itself}

    def sync(self, api: Client, key: str) -> None:
        volume = api.find("persistentvolumes", key)
        if volume is None:
            return
        finalizers = volume["metadata"].get("finalizers") or []
        going = "deletionTimestamp" in volume["metadata"]
        if (PV_PROTECTION_FINALIZER in finalizers) != going or (going and dig(volume, "status", "phase") == "Bound"):
            return
        new = clone(volume)
        others = [each for each in finalizers if each != PV_PROTECTION_FINALIZER]
        new["metadata"]["finalizers"] = others if going else [*others, PV_PROTECTION_FINALIZER]
        api.update("persistentvolumes", new)
