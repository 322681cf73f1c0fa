"""minikube's storage provisioner: a directory on the node for each claim, at once."""

from __future__ import annotations

from ..helpers import volumes
from ..machinery.objects import clone
from ..machinery.wellknown import HOSTPATH_PROVISIONER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..apiserver.client import Client
    from ..machinery.types import Object

FOLDER = "/tmp/hostpath-provisioner"


def _component(api: Client) -> tuple[str, str]:
    """Return (the provisioner's identity, its event source)."""
    from ..machinery.digest import sha256

    cluster = api.find("namespaces", "kube-system") or {"metadata": {"uid": ""}}
    text = sha256(f"{HOSTPATH_PROVISIONER}/{cluster['metadata']['uid']}".encode()).hexdigest()
    identity = f"{text[:8]}-{text[8:12]}-4{text[13:16]}-8{text[17:20]}-{text[20:32]}"
    return identity, f"{HOSTPATH_PROVISIONER}_minikube_{identity}"


def fails(api: Client, storage_class: str) -> bool:
    """Tell whether it was said that a class provisions nothing."""
    return any(each in ("*", storage_class) for each in api.server.tally.failing_classes)


def provision(api: Client, claim: Object, storage_class: Object) -> None:
    """Make a volume for a claim, bound to it in advance."""
    meta = claim["metadata"]
    name = f"pvc-{meta['uid']}"
    if api.find("persistentvolumes", name) is not None:
        return
    identity, component = _component(api)
    api.record(claim, "Normal", "Provisioning",
               f'External provisioner is provisioning volume for claim "{meta["namespace"]}/{meta["name"]}"', component)
    if fails(api, volumes.class_of(claim)):
        folder = f"{FOLDER}/{meta['namespace']}/{meta['name']}"
        api.record(claim, "Warning", "ProvisioningFailed", "failed to provision volume with StorageClass "
                   f'"{volumes.class_of(claim)}": mkdir {folder}: no space left on device', component)
        return
    volume = volume_for(claim, storage_class, {
        "hostPathProvisionerIdentity": identity, volumes.PROVISIONED_BY: HOSTPATH_PROVISIONER},
        {"path": f"{FOLDER}/{meta['namespace']}/{meta['name']}", "type": ""})
    api.create("persistentvolumes", volume, field_manager="storage-provisioner")
    api.record(claim, "Normal", "ProvisioningSucceeded", f"Successfully provisioned volume {name}", component)


def volume_for(claim: Object, storage_class: Object, annotations: Object, host_path: Object) -> Object:
    """Return the volume that a provisioner makes for a claim, of a folder on a node."""
    spec = claim["spec"]
    volume: Object = {
        "apiVersion": "v1", "kind": "PersistentVolume",
        "metadata": {"name": f"pvc-{claim['metadata']['uid']}", "annotations": annotations},
        "spec": {
            "accessModes": list(spec["accessModes"]), "capacity": {"storage": spec["resources"]["requests"]["storage"]},
            "claimRef": volumes.reference(claim), "hostPath": host_path,
            "persistentVolumeReclaimPolicy": storage_class.get("reclaimPolicy") or "Delete",
            "storageClassName": volumes.class_of(claim), "volumeMode": spec.get("volumeMode") or "Filesystem"}}
    if storage_class.get("mountOptions"):
        volume["spec"]["mountOptions"] = clone(storage_class["mountOptions"])
    return volume


def delete(api: Client, volume: Object) -> None:
    """Remove a volume that was released."""
    api.delete("persistentvolumes", volume["metadata"]["name"])
