"""Binds claims to volumes, asks for new ones, and reclaims those that were released.

Kubernetes: pkg/controller/volume/persistentvolume/pv_controller.go. The two halves of its loop, for claims and for
volumes, are two controllers here.
"""

from __future__ import annotations

from ..helpers import volumes
from ..helpers.controller import Change, Controller, itself
from ..helpers.volumes import CLASSES, annotation, claim_keys
from ..machinery import timestamps
from ..machinery.objects import clone, dig, join_key, key_of, split_key
from ..machinery.pods import is_terminal
from ..machinery.wellknown import BETA_STORAGE_CLASS_ANNOTATION, HOSTPATH_PROVISIONER, LOCAL_PATH_PROVISIONER
from ..releases.gates import enabled
from . import hostpathprovisioner

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..apiserver.client import Client
    from ..machinery.types import Key, Object

COMPONENT = "persistentvolume-controller"
CLAIMS, VOLUMES = "persistentvolumeclaims", "persistentvolumes"
FIRST_RETRY, LAST_RETRY = 15.0, 1000.0  # seconds after which what failed to provision is tried again
ALL = "*"  # every claim that is not bound
# In-tree provisioners that CSI drivers stand in for.
_MIGRATED = {"aws-ebs": "ebs.csi.aws.com", "azure-disk": "disk.csi.azure.com", "azure-file": "file.csi.azure.com",
             "cinder": "cinder.csi.openstack.org", "gce-pd": "pd.csi.storage.gke.io",
             "portworx-volume": "pxd.portworx.com", "vsphere-volume": "csi.vsphere.vmware.com"}


def _claim_of(volume: Object) -> str:
    ref = volume["spec"].get("claimRef")
    return join_key(ref.get("namespace", ""), ref.get("name", "")) if ref else ""


def _set_phase(api: Client, volume: Object, phase: str, message: str = "") -> Object:
    """Set a volume's phase; returns the volume as it is stored then."""
    if dig(volume, "status", "phase") == phase:
        return volume
    status = {**(volume.get("status") or {}), "phase": phase}
    status.pop("message", None)
    if message:
        status["message"] = message
    if enabled("PersistentVolumeLastPhaseTransitionTime", api.release):
        status["lastPhaseTransitionTime"] = timestamps.format(api.now)
    return api.update_status(VOLUMES, {**volume, "status": status})


def _set_claim_status(api: Client, claim: Object, phase: str, volume: Object | None = None) -> bool:
    """Set a claim's phase and what follows from its volume; returns whether that changed anything."""
    old = claim.get("status") or {}
    status = {key: value for key, value in old.items()
              if key not in ("accessModes", "capacity", "currentVolumeAttributesClassName")}
    if volume is not None:
        status["accessModes"] = list(volume["spec"]["accessModes"])
        status["capacity"] = old["capacity"] if old.get("phase") == phase and "capacity" in old else {
            "storage": volume["spec"]["capacity"]["storage"]}
        if volume["spec"].get("volumeAttributesClassName"):
            status["currentVolumeAttributesClassName"] = volume["spec"]["volumeAttributesClassName"]
    status["phase"] = phase
    if status == old:
        return False
    api.update_status(CLAIMS, {**claim, "status": status})
    return True


def _bind(api: Client, volume: Object, claim: Object) -> None:
    """Write the binding to the volume, then to the claim."""
    bound = volumes.reserved(volume, claim)
    if bound is not volume:
        volume = api.update(VOLUMES, clone(bound))
    volume = _set_phase(api, volume, "Bound")
    wanted: dict[str, str] = {}
    new = claim
    if claim["spec"].get("volumeName") != volume["metadata"]["name"]:
        new = clone(claim)
        new["spec"]["volumeName"] = volume["metadata"]["name"]
        wanted[volumes.BOUND_BY_CONTROLLER] = "yes"
    wanted[volumes.BIND_COMPLETED] = "yes"
    missing = {name: value for name, value in wanted.items() if annotation(claim, name) is None}
    if missing:
        new = volumes.annotated(new, **missing)
    if new is not claim:
        claim = api.update(CLAIMS, new, claim["metadata"]["namespace"])
    _set_claim_status(api, claim, "Bound", volume)


class ClaimBinder(Controller):
    """Keys are claims, or ALL."""

    name = "persistentvolumeclaim-binder"

    def __init__(self) -> None:
        self.watches = {CLAIMS: itself, VOLUMES: self._volume_changed, CLASSES: lambda change: (ALL,)}

    @staticmethod
    def _volume_changed(change: Change) -> Iterable[Key]:
        found = {_claim_of(volume) for volume in (change.old, change.new) if volume is not None} - {""}
        free = change.new is not None and dig(change.new, "status", "phase") == "Available"
        return [*sorted(found), ALL] if free else sorted(found)

    def sync(self, api: Client, key: str) -> float | None:
        if key == ALL:
            for each in api.items(CLAIMS):
                if annotation(each, volumes.BIND_COMPLETED) is None:
                    self.manager.enqueue(self.name, key_of(each))
            return None
        namespace, name = split_key(key)
        claim = api.find(CLAIMS, name, namespace)
        if claim is None:
            return None
        if annotation(claim, volumes.BIND_COMPLETED) is not None:
            _sync_bound(api, claim)
        elif claim["spec"].get("volumeName"):
            _sync_asked(api, claim)
        elif api.server.tally.failing_classes and hostpathprovisioner.fails(api, volumes.class_of(claim)):
            return self._try(api, key, claim)
        else:
            _sync_unbound(api, claim)
        return None

    def _try(self, api: Client, key: str, claim: Object) -> float:
        """Look for a volume of a class that provisions nothing; return when that is tried again."""
        due, note = self.due(key), self.noted(key)
        if due is not None and api.now < due:
            self.note(key, note)
            return due
        _sync_unbound(api, claim)
        wait = min(note.get("wait", 0.0) * 2 or FIRST_RETRY, LAST_RETRY)
        self.note(key, {"wait": wait})
        return api.now + wait


def _sync_bound(api: Client, claim: Object) -> None:
    """syncBoundClaim: what was bound stays so, or is lost."""
    name = claim["spec"].get("volumeName", "")
    volume = api.find(VOLUMES, name) if name else None
    if volume is None:
        what = "its PersistentVolume" if name else "reference to PersistentVolume"
        _lose(api, claim, "ClaimLost", f"Bound claim has lost {what}. Data on the volume is lost!")
    elif volume["spec"].get("claimRef") is None or volume["spec"]["claimRef"].get("uid") == claim["metadata"]["uid"]:
        _bind(api, volume, claim)
    else:
        _lose(api, claim, "ClaimMisbound", "Two claims are bound to the same volume, this one is bound incorrectly")


def _lose(api: Client, claim: Object, reason: str, message: str) -> None:
    if dig(claim, "status", "phase") != "Lost":
        _set_claim_status(api, claim, "Lost")
        api.record(claim, "Warning", reason, message, COMPONENT)


def _sync_asked(api: Client, claim: Object) -> None:
    """The claim asks for a volume by name."""
    name = claim["spec"]["volumeName"]
    volume = api.find(VOLUMES, name)
    if volume is None:
        _set_claim_status(api, claim, "Pending")
    elif volume["spec"].get("claimRef") is None:
        problem = volumes.mismatch(volume, claim)
        if problem:
            api.record(claim, "Warning", "VolumeMismatch", f'Cannot bind to requested volume "{name}": {problem}',
                       COMPONENT)
            _set_claim_status(api, claim, "Pending")
        else:
            _bind(api, volume, claim)
    elif volumes.bound_to(volume, claim):
        _bind(api, volume, claim)
    else:
        api.record(claim, "Warning", "FailedBinding", f'volume "{name}" already bound to a different claim.', COMPONENT)
        _set_claim_status(api, claim, "Pending")


def _sync_unbound(api: Client, claim: Object) -> None:
    """Any volume will do: the best of those that are there, or a new one."""
    delayed = volumes.waits_for_consumer(api, claim)
    volume = volumes.find_match(claim, api.items(VOLUMES), delayed=delayed)
    if volume is not None:
        _bind(api, volume, claim)
        return
    if "storageClassName" not in claim["spec"] and annotation(claim, BETA_STORAGE_CLASS_ANNOTATION) is None:
        default = volumes.default_class(api)
        if default is not None:
            new = clone(claim)
            new["spec"]["storageClassName"] = default["metadata"]["name"]
            api.update(CLAIMS, new, claim["metadata"]["namespace"])
            return
    if delayed and annotation(claim, volumes.SELECTED_NODE) is None:
        _tell_waiting(api, claim)
    elif volumes.class_of(claim):
        _provision(api, claim)
        return
    else:
        api.record(claim, "Normal", "FailedBinding",
                   "no persistent volumes available for this claim and no storage class is set", COMPONENT)
    _set_claim_status(api, claim, "Pending")


def _tell_waiting(api: Client, claim: Object) -> None:
    """emitEventForUnboundDelayBindingClaim"""
    name, namespace = claim["metadata"]["name"], claim["metadata"]["namespace"]
    pods = [pod["metadata"]["name"] for pod in api.items("pods", namespace)
            if not pod["spec"].get("nodeName") and not is_terminal(pod)
            and join_key(namespace, name) in claim_keys(pod)]
    if not pods:
        api.record(claim, "Normal", "WaitForFirstConsumer", "waiting for first consumer to be created before binding",
                   COMPONENT)
        return
    plural = "s" if len(pods) > 1 else ""
    api.record(claim, "Normal", "WaitForPodScheduled", f"waiting for pod{plural} {','.join(pods)} to be scheduled",
               COMPONENT)


def _provision(api: Client, claim: Object) -> None:
    """provisionClaim: leave it to the provisioner that the claim's class names."""
    name = volumes.class_of(claim)
    wanted = api.find(CLASSES, name)
    if wanted is None:
        api.record(claim, "Warning", "ProvisioningFailed", f'{CLASSES.replace("classes", "class")} "{name}" not found',
                   COMPONENT)
        return
    provisioner = wanted["provisioner"]
    plugin = provisioner.removeprefix("kubernetes.io/")
    if plugin != provisioner:
        if plugin not in _MIGRATED:
            api.record(claim, "Warning", "ProvisioningFailed", f"no volume plugin matched name: {provisioner}",
                       COMPONENT)
            return
        provisioner = _MIGRATED[plugin]
    if annotation(claim, volumes.STORAGE_PROVISIONER) != provisioner:
        claim = api.update(CLAIMS, volumes.annotated(claim, **{
            volumes.BETA_STORAGE_PROVISIONER: provisioner, volumes.STORAGE_PROVISIONER: provisioner}),
            claim["metadata"]["namespace"])
    if enabled("PlainProvisionerWords", api.release):
        told = (f"Waiting for a volume to be created either by the external provisioner '{provisioner}' or manually "
                "by the system administrator. If volume creation is delayed, please verify that the provisioner is "
                "running and correctly registered.")
    else:
        told = (f'waiting for a volume to be created, either by external provisioner "{provisioner}" or manually '
                "created by system administrator")
    api.record(claim, "Normal", "ExternalProvisioning", told, COMPONENT)
    if provisioner == HOSTPATH_PROVISIONER:
        hostpathprovisioner.provision(api, claim, wanted)
    elif provisioner == LOCAL_PATH_PROVISIONER:
        from . import localpathprovisioner

        localpathprovisioner.provision(api, claim, wanted)


class VolumeBinder(Controller):
    """Keys are volumes."""

    name = "persistentvolume-binder"

    def __init__(self) -> None:
        self.watches = {VOLUMES: itself, CLAIMS: self._claim_changed}

    @staticmethod
    def _claim_changed(change: Change) -> Iterable[Key]:
        """A claim's volume; all volumes of a claim that is gone, for several may have been meant for it."""
        name = change.object["spec"].get("volumeName")
        return (name,) if name else ()

    def sync(self, api: Client, key: str) -> None:
        volume = api.find(VOLUMES, key)
        if volume is None:
            return
        ref = volume["spec"].get("claimRef")
        if ref is None or not ref.get("uid"):
            _set_phase(api, volume, "Available")
            return
        claim = api.find(CLAIMS, ref.get("name", ""), ref.get("namespace", ""))
        if claim is None or claim["metadata"]["uid"] != ref["uid"]:
            _release(api, volume)
        elif not claim["spec"].get("volumeName"):
            if (claim["spec"].get("volumeMode") or "Filesystem") != (volume["spec"].get("volumeMode") or "Filesystem"):
                _tell_mode(api, volume, claim)
            else:
                self.manager.enqueue(ClaimBinder.name, key_of(claim))
        elif claim["spec"]["volumeName"] == key:
            _set_phase(api, volume, "Bound")
        elif annotation(volume, volumes.PROVISIONED_BY) and _policy(volume) == "Delete":
            _release(api, volume)
        else:
            _unbind(api, volume)


def _policy(volume: Object) -> str:
    return volume["spec"].get("persistentVolumeReclaimPolicy", "Retain")


def _tell_mode(api: Client, volume: Object, claim: Object) -> None:
    api.record(volume, "Warning", "VolumeMismatch", "Cannot bind PersistentVolume to requested PersistentVolumeClaim "
               f'"{claim["metadata"]["name"]}" due to incompatible volumeMode.', COMPONENT)
    api.record(claim, "Warning", "VolumeMismatch", f'Cannot bind PersistentVolume "{volume["metadata"]["name"]}" to '
               "requested PersistentVolumeClaim due to incompatible volumeMode.", COMPONENT)


def _unbind(api: Client, volume: Object) -> None:
    """unbindVolume: the claim was met elsewhere; a volume that its maker reserved stays reserved."""
    new = clone(volume)
    if annotation(volume, volumes.BOUND_BY_CONTROLLER) is not None:
        del new["spec"]["claimRef"], new["metadata"]["annotations"][volumes.BOUND_BY_CONTROLLER]
        if not new["metadata"]["annotations"]:
            del new["metadata"]["annotations"]
    else:
        del new["spec"]["claimRef"]["uid"]
    _set_phase(api, api.update(VOLUMES, new), "Available")


def _release(api: Client, volume: Object) -> None:
    """The claim is gone: follow the reclaim policy."""
    if dig(volume, "status", "phase") not in ("Released", "Failed"):
        volume = _set_phase(api, volume, "Released")
    policy, host_path = _policy(volume), dig(volume, "spec", "hostPath", "path")
    if "deletionTimestamp" in volume["metadata"] or policy == "Retain":
        return
    if policy == "Recycle":
        if host_path is None and "nfs" not in volume["spec"]:
            _fail(api, volume, "VolumeFailedRecycle", "No recycler plugin found for the volume!")
            return
        api.record(volume, "Normal", "VolumeRecycled", "Volume recycled", COMPONENT)
        _unbind(api, volume)
        return
    provisioner = annotation(volume, volumes.PROVISIONED_BY)
    if provisioner in (HOSTPATH_PROVISIONER, LOCAL_PATH_PROVISIONER):
        hostpathprovisioner.delete(api, volume)
    elif provisioner is None or provisioner.startswith("kubernetes.io/"):
        if host_path is None:
            _fail(api, volume, "VolumeFailedDelete", "error getting deleter volume plugin for volume "
                  f'"{volume["metadata"]["name"]}": no deletable volume plugin matched')
        elif not host_path.startswith("/tmp/"):
            _fail(api, volume, "VolumeFailedDelete",
                  f"host_path deleter only supports /tmp/.+ but received provided {host_path}")
        else:
            api.delete(VOLUMES, volume["metadata"]["name"])


def _fail(api: Client, volume: Object, reason: str, message: str) -> None:
    if dig(volume, "status", "phase") != "Failed":
        api.record(_set_phase(api, volume, "Failed", message), "Warning", reason, message, COMPONENT)
