"""Keeps claims that pods use from being deleted (pkg/controller/volume/pvcprotection)."""

from __future__ import annotations

from ..helpers.controller import Change, Controller, itself
from ..helpers.volumes import claim_keys
from ..machinery.objects import clone, split_key
from ..machinery.wellknown import PVC_PROTECTION_FINALIZER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..apiserver.client import Client
    from ..machinery.types import Key


def _pod_changed(change: Change) -> Iterable[Key]:
    """The claims of a pod that went or was force-deleted."""
    if change.new is not None and "deletionTimestamp" not in change.new["metadata"]:
        return ()
    return claim_keys(change.object)


class ClaimProtection(Controller):
    name = "persistentvolumeclaim-protection"
    watches = {"persistentvolumeclaims": itself, "pods": _pod_changed}

    def sync(self, api: Client, key: str) -> None:
        namespace, name = split_key(key)
        claim = api.find("persistentvolumeclaims", name, namespace)
        if claim is None:
            return
        finalizers = claim["metadata"].get("finalizers") or []
        going = "deletionTimestamp" in claim["metadata"]
        if (PVC_PROTECTION_FINALIZER in finalizers) != going or (going and _used(api, namespace, key)):
            return
        new = clone(claim)
        others = [each for each in finalizers if each != PVC_PROTECTION_FINALIZER]
        new["metadata"]["finalizers"] = others if going else [*others, PVC_PROTECTION_FINALIZER]
        api.update("persistentvolumeclaims", new, namespace)


def _used(api: Client, namespace: str, key: str) -> bool:
    """Tell whether a pod that was scheduled uses the claim."""
    return any(pod["spec"].get("nodeName") and key in claim_keys(pod) for pod in api.items("pods", namespace))
