"""Makes the claims of pods' generic ephemeral volumes (pkg/controller/volume/ephemeral)."""

from __future__ import annotations

from ..helpers.controller import Change, Controller, itself
from ..machinery.errors import StatusError
from ..machinery.objects import clone, split_key
from .refs import controller_ref

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..apiserver.client import Client
    from ..machinery.types import Key


def _pod_came(change: Change) -> Iterable[Key]:
    pod = change.new
    if change.type != "ADDED" or pod is None or not any("ephemeral" in v for v in pod["spec"].get("volumes") or ()):
        return ()
    return itself(change)


class EphemeralVolume(Controller):
    name = "ephemeral-volume"
    watches = {"pods": _pod_came}

    def sync(self, api: Client, key: str) -> None:
        namespace, name = split_key(key)
        pod = api.find("pods", name, namespace)
        if pod is None or "deletionTimestamp" in pod["metadata"]:
            return
        for volume in pod["spec"].get("volumes") or ():
            claim_name = f"{name}-{volume['name']}"
            if "ephemeral" not in volume or api.find("persistentvolumeclaims", claim_name, namespace) is not None:
                continue
            template = volume["ephemeral"]["volumeClaimTemplate"]
            meta = {"name": claim_name, "ownerReferences": [controller_ref(pod)]}
            for field in ("labels", "annotations"):
                if (template.get("metadata") or {}).get(field):
                    meta[field] = clone(template["metadata"][field])
            claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": meta,
                     "spec": clone(template["spec"])}
            try:
                api.create("persistentvolumeclaims", claim, namespace)
            except StatusError as error:
                api.record(pod, "Warning", "FailedBinding",
                           f"ephemeral volume {volume['name']}: create PVC {claim_name}: {error.message}",
                           "ephemeral_volume")
                raise
