"""kind's storage provisioner, Rancher's local-path-provisioner: a directory on the node of the first pod that uses it.

Its helper pods, which make and remove the directories, are not played.
"""

from __future__ import annotations

from ..helpers import volumes
from ..machinery.wellknown import LABEL_HOSTNAME, LOCAL_PATH_PROVISIONER
from .hostpathprovisioner import fails, volume_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..apiserver.client import Client
    from ..machinery.types import Object

FOLDER = "/var/local-path-provisioner"
_MODES = {"ReadWriteOnce", "ReadWriteOncePod"}


def provision(api: Client, claim: Object, storage_class: Object) -> None:
    """Make a volume for a claim, bound to it in advance, on the node that the scheduler has selected."""
    meta, name = claim["metadata"], f"pvc-{claim['metadata']['uid']}"
    if api.find("persistentvolumes", name) is not None:
        return
    component = _component(api)
    api.record(claim, "Normal", "Provisioning",
               f'External provisioner is provisioning volume for claim "{meta["namespace"]}/{meta["name"]}"', component)
    node = api.find("nodes", volumes.annotation(claim, volumes.SELECTED_NODE) or "")
    why = _refusal(api, claim, node)
    if node is None or why:
        api.record(claim, "Warning", "ProvisioningFailed", "failed to provision volume with StorageClass "
                   f'"{volumes.class_of(claim)}": {why}', component)
        return
    hostname = (node["metadata"].get("labels") or {}).get(LABEL_HOSTNAME, node["metadata"]["name"])
    volume = volume_for(claim, storage_class, {
        "local.path.provisioner/selected-node": node["metadata"]["name"],
        volumes.PROVISIONED_BY: LOCAL_PATH_PROVISIONER},
        {"path": f"{FOLDER}/{name}_{meta['namespace']}_{meta['name']}", "type": "DirectoryOrCreate"})
    volume["spec"]["nodeAffinity"] = {"required": {"nodeSelectorTerms": [{"matchExpressions": [
        {"key": LABEL_HOSTNAME, "operator": "In", "values": [hostname]}]}]}}
    api.create("persistentvolumes", volume, field_manager="local-path-provisioner")
    api.record(claim, "Normal", "ProvisioningSucceeded", f"Successfully provisioned volume {name}", component)


def _refusal(api: Client, claim: Object, node: Object | None) -> str:
    if node is None:
        return "configuration error, no node was specified"
    if not _MODES.issuperset(claim["spec"]["accessModes"]):
        return "NodePath only supports ReadWriteOnce and ReadWriteOncePod (1.22+) access modes"
    if fails(api, volumes.class_of(claim)):
        return "failed to create volume: no space left on device"
    return ""


def _component(api: Client) -> str:
    """Return the provisioner's event source, which names its pod."""
    from ..machinery.digest import sha256

    pods = [pod["metadata"]["name"] for pod in api.items("pods", "local-path-storage")]
    pod = pods[0] if pods else "local-path-provisioner"
    text = sha256(f"{LOCAL_PATH_PROVISIONER}/{pod}".encode()).hexdigest()
    return f"{LOCAL_PATH_PROVISIONER}_{pod}_{text[:8]}-{text[8:12]}-4{text[13:16]}-8{text[17:20]}-{text[20:32]}"
