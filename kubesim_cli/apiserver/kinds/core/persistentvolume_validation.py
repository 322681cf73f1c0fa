"""What a PersistentVolume has to be (ValidatePersistentVolumeSpec and ValidatePersistentVolumeUpdate)."""

from __future__ import annotations

from ....machinery import field, quantity
from ... import internaltypes
from ..checks import (
    IMMUTABLE,
    VOLUME_MODES,
    access_modes,
    dns1123_label,
    dns1123_subdomain,
    driver_name,
    one_of,
    positive_quantity,
)
from .podspec import volumes
from .podspec.rules import Rules, no_backsteps
from .podspec.scheduling import node_selector

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object, Release

_RECLAIM_POLICIES = ("Delete", "Recycle", "Retain")


def validate(obj: Object, release: Release) -> FieldErrors:
    """Return the FieldErrors of a PersistentVolume (ValidatePersistentVolume)."""
    spec, rules = obj["spec"], Rules(release)
    errors = _modes("spec", spec)
    errors += _capacity(spec.get("capacity"))
    policy = spec.get("persistentVolumeReclaimPolicy")
    if policy:
        errors += one_of("spec.persistentVolumeReclaimPolicy", policy, _RECLAIM_POLICIES)
    affinity = spec.get("nodeAffinity")
    if affinity is not None:
        errors += _node_affinity(affinity)
    errors += _source(spec, "spec", obj["metadata"].get("name", ""), rules)
    errors += _recycled("spec", spec)
    if spec.get("storageClassName"):
        errors += dns1123_subdomain("spec.storageClassName", spec["storageClassName"])
    if spec.get("volumeMode") is not None:
        errors += one_of("spec.volumeMode", spec["volumeMode"], VOLUME_MODES)
    attributes = spec.get("volumeAttributesClassName")
    if attributes is not None:
        at = "spec.volumeAttributesClassName"
        errors += dns1123_subdomain(at, attributes) if attributes else [
            field.required(at, "an empty string is disallowed")]
        if not spec.get("csi"):
            errors.append(field.required("spec.csi", "has to be specified when using volumeAttributesClassName"))
    return errors


def validate_inline(spec: Object, path: str, release: Release) -> FieldErrors:
    """Return the FieldErrors of the spec of a volume that has no object of its own, as a VolumeAttachment may hold."""
    inline = "in the context of inline volumes"
    not_at_all = f"may not be specified {inline}"
    errors = [field.forbidden(f"{path}.{key}", not_at_all) for key in ("claimRef", "capacity") if spec.get(key)]
    if spec.get("csi") is None:
        errors.append(field.required(f"{path}.csi", f"has to be specified {inline}"))
    errors += _modes(path, spec)
    if spec.get("persistentVolumeReclaimPolicy", "Retain") != "Retain":
        errors.append(field.forbidden(f"{path}.persistentVolumeReclaimPolicy", f"may only be Retain {inline}"))
    if spec.get("nodeAffinity") is not None:
        errors.append(field.forbidden(f"{path}.nodeAffinity", not_at_all))
    errors += _source({**spec, "nodeAffinity": None}, path, "", Rules(release))
    errors += _recycled(path, spec)
    if spec.get("storageClassName"):
        errors.append(field.forbidden(f"{path}.storageClassName", not_at_all))
    if spec.get("volumeMode", "Filesystem") != "Filesystem":
        errors.append(field.forbidden(f"{path}.volumeMode",
                                      f"may not specify volumeMode other than Filesystem {inline}"))
    return errors


def _modes(path: str, spec: Object) -> FieldErrors:
    modes = spec.get("accessModes") or []
    return access_modes(f"{path}.accessModes", modes) if modes else [field.required(f"{path}.accessModes")]


def _recycled(path: str, spec: Object) -> FieldErrors:
    where = (spec.get("hostPath") or {}).get("path", "")
    if where.startswith("/") and not where.strip("/") and spec.get("persistentVolumeReclaimPolicy") == "Recycle":
        return [field.forbidden(f"{path}.persistentVolumeReclaimPolicy",
                                "may not be 'recycle' for a hostPath mount of '/'")]
    return []


def _capacity(capacity: Object | None) -> FieldErrors:
    """validateBasicResource."""
    errors = [] if capacity else [field.required("spec.capacity")]
    if not capacity or "storage" not in capacity or len(capacity) > 1:
        errors.append(field.not_supported("spec.capacity", capacity or None, ["storage"]))
    for name, amount in (capacity or {}).items():
        path = f"spec.capacity[{name}]"
        if quantity.value(amount) < 0:
            errors.append(field.invalid(path, quantity.value(amount), "must be a valid resource quantity"))
        errors += positive_quantity(path, amount)
    return errors


def _node_affinity(affinity: Object) -> FieldErrors:
    """validateVolumeNodeAffinity."""
    path, required = "spec.nodeAffinity.required", affinity.get("required")
    if required is None:
        return [field.required(path, "must specify required node constraints")]
    return node_selector(path, required)


def _source(spec: Object, path: str, name: str, rules: Rules) -> FieldErrors:
    """Return the FieldErrors of the source in a spec at `path`, of which there must be one; `name`: the volume's
    (validateRBDPersistentVolumeSource, validateCephFSPersistentVolumeSource, validateFlexPersistentVolumeSource,
    validateScaleIOPersistentVolumeSource)."""
    errors: FieldErrors = []
    count = 0
    for kind, (shown, own_path, needed) in _SOURCES.items():
        source = spec.get(kind)
        if source is None:
            continue
        if count and shown:
            errors.append(field.forbidden(f"{path}.{shown}", "may not specify more than 1 volume type"))
            continue
        count += 1
        at = f"{path}.{own_path}"
        errors += [field.required(f"{at}.{key}") for key in needed if not source.get(key)]
        if kind == "iscsi":
            errors += _iscsi(at, source, name)
        elif kind in _CHECKS:
            errors += _CHECKS[kind](at, source, rules)
        if kind == "local" and spec.get("nodeAffinity") is None:
            errors.append(field.required(f"{path}.nodeAffinity", "Local volume requires node affinity"))
    return errors if count else [field.required(path, "must specify a volume type")]


def _iscsi(path: str, source: Object, name: str) -> FieldErrors:
    """validateISCSIPersistentVolumeSource."""
    portal = source.get("targetPortal", "")
    errors = [] if portal else [field.required(f"{path}.targetPortal")]
    if source.get("initiatorName") is not None and len(f"{name}:{portal}") > 64:
        errors.append(field.invalid(f"{path}.targetportal", portal, volumes.ISCSI_TOO_LONG))
    if source.get("iqn"):
        errors += volumes.initiator(f"{path}.iqn", source["iqn"], "must be valid format")
    else:
        errors.append(field.required(f"{path}.iqn"))
    errors += volumes.lun(path, source) + volumes.chap(path, source) + _secret_ref(path, source, ("name",))
    if source.get("initiatorName") is not None:
        errors += volumes.initiator(f"{path}.initiatorname", source["initiatorName"])
    return errors


def _secret_ref(path: str, source: Object, needed: tuple[str, ...] = ("name", "namespace")) -> FieldErrors:
    ref = source.get("secretRef")
    return [field.required(f"{path}.secretRef.{key}") for key in needed if ref is not None and not ref.get(key)]


def _cinder(path: str, source: Object, rules: Rules) -> FieldErrors:
    """validateCinderPersistentVolumeSource."""
    return _secret_ref(path, source)


def _glusterfs(path: str, source: Object, rules: Rules) -> FieldErrors:
    """validateGlusterfsPersistentVolumeSource."""
    namespace, at = source.get("endpointsNamespace"), f"{path}.endpointsNamespace"
    if namespace is None:
        return []
    return dns1123_label(at, namespace) if namespace else [
        field.invalid(at, namespace, "if the endpointnamespace is set, it must be a valid namespace name")]


def _azure_file(path: str, source: Object, rules: Rules) -> FieldErrors:
    """validateAzureFilePV."""
    return [field.required(f"{path}.secretNamespace")] if source.get("secretNamespace") == "" else []


def _storage_os(path: str, source: Object, rules: Rules) -> FieldErrors:
    """validateStorageOSPersistentVolumeSource."""
    return volumes.storage_os_names(path, source) + _secret_ref(path, source)


def _local(path: str, source: Object, rules: Rules) -> FieldErrors:
    """validateLocalVolumeSource."""
    return no_backsteps(f"{path}.path", source.get("path", ""))


def _csi(path: str, source: Object, rules: Rules) -> FieldErrors:
    """validateCSIPersistentVolumeSource, validatePVSecretReference."""
    errors = driver_name(f"{path}.driver", source.get("driver", ""))
    if not source.get("volumeHandle"):
        errors.append(field.required(f"{path}.volumeHandle"))
    for name in ("controllerPublishSecretRef", "controllerExpandSecretRef", "nodePublishSecretRef",
                 "nodeExpandSecretRef"):
        ref = source.get(name)
        if ref is not None:
            for key, rule in (("name", dns1123_subdomain), ("namespace", dns1123_label)):
                at = f"{path}.{name}.{key}"
                errors += rule(at, ref[key]) if ref.get(key) else [field.required(at)]
    return errors


# In the order of the checks: name in the API -> (name in the complaint about a second one, name in complaints about its
# own fields, fields it must have).
_SOURCES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "hostPath": ("hostPath", "hostPath", ("path",)),
    "gcePersistentDisk": ("gcePersistentDisk", "persistentDisk", ("pdName",)),
    "awsElasticBlockStore": ("awsElasticBlockStore", "awsElasticBlockStore", ("volumeID",)),
    "glusterfs": ("glusterfs", "glusterfs", ("endpoints", "path")),
    "flocker": ("flocker", "flocker", ()),
    "nfs": ("nfs", "nfs", ("server", "path")),
    "rbd": ("rbd", "rbd", ("monitors", "image")),
    "quobyte": ("quobyte", "quobyte", ()),
    "cephfs": ("cephFS", "cephfs", ("monitors",)),
    "iscsi": ("iscsi", "iscsi", ()),
    "cinder": ("cinder", "cinder", ("volumeID",)),
    "fc": ("fc", "fc", ()),
    "flexVolume": ("", "flexVolume", ("driver",)),
    "azureFile": ("azureFile", "azureFile", ("secretName", "shareName")),
    "vsphereVolume": ("vsphereVolume", "vsphereVolume", ("volumePath",)),
    "photonPersistentDisk": ("photonPersistentDisk", "photonPersistentDisk", ("pdID",)),
    "portworxVolume": ("portworxVolume", "portworxVolume", ("volumeID",)),
    "azureDisk": ("azureDisk", "azureDisk", ("diskName", "diskURI")),
    "scaleIO": ("scaleIO", "scaleIO", ("gateway", "system", "volumeName")),
    "local": ("local", "local", ("path",)),
    "storageos": ("storageos", "storageos", ("volumeName",)),
    "csi": ("csi", "csi", ()),
}
_OF_PODS = ("hostPath", "gcePersistentDisk", "awsElasticBlockStore", "flocker", "nfs", "quobyte", "fc", "flexVolume",
            "azureDisk")
_CHECKS = {**{kind: volumes.CHECKS[kind] for kind in _OF_PODS}, "glusterfs": _glusterfs, "cinder": _cinder,
           "azureFile": _azure_file, "storageos": _storage_os, "local": _local, "csi": _csi}


def validate_update(obj: Object, old: Object, release: Release) -> FieldErrors:
    """Return the FieldErrors of a change of a PersistentVolume; its source and mode may not change
    (validatePvNodeAffinity)."""
    errors = validate(obj, release)
    spec, before = obj["spec"], old["spec"]
    new_source = {key: spec[key] for key in _SOURCES if key in spec}
    old_source = {key: before[key] for key in _SOURCES if key in before}
    csi = new_source.get("csi")
    if csi and "controllerExpandSecretRef" not in (old_source.get("csi") or {"controllerExpandSecretRef": None}):
        new_source["csi"] = {key: value for key, value in csi.items() if key != "controllerExpandSecretRef"}
    if new_source != old_source:
        difference = internaltypes.diff(old_source, new_source, "PersistentVolumeSource")
        errors.append(field.forbidden("spec.persistentvolumesource",
                                      f"spec.persistentvolumesource is immutable after creation\n{difference}"))
    if spec.get("volumeMode") != before.get("volumeMode"):
        errors.append(field.invalid("volumeMode", spec.get("volumeMode"), IMMUTABLE))
    if before.get("nodeAffinity") is not None \
            and spec.get("nodeAffinity") != before["nodeAffinity"]:
        shown = internaltypes.internal(spec.get("nodeAffinity"), "VolumeNodeAffinity")
        errors.append(field.invalid("nodeAffinity", shown,
                                    IMMUTABLE + ", except for updating from beta label to GA"))
    if before.get("volumeAttributesClassName") is not None and spec.get("volumeAttributesClassName") is None:
        errors.append(field.forbidden("spec.volumeAttributesClassName",
                                      "update from non-nil value to nil is forbidden"))
    return errors
