"""The volumes of a pod (ValidateVolumes)."""

from __future__ import annotations

from .....machinery import field, names, quantity
from ...checks import dns1123_label, driver_name, one_of, said
from . import projected
from .rules import Rules, descending_path, file_mode, key_paths, no_backsteps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .....machinery.types import FieldErrors, Object

_HOST_PATH_TYPES = ("", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket")
_INITIATORS = {"iqn": r"iqn\.\d{4}-\d{2}\.([a-zA-Z0-9\-.]+)(:[^,;*&$|\s]+)$", "eui": "^eui.[a-zA-Z0-9]{16}$",
               "naa": "^naa.[a-zA-Z0-9]{32}$"}
ISCSI_TOO_LONG = ("Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if "
                  "iscsi.initiatorName is specified.")


def volumes(path: str, found: list[Object], pod_name: str, rules: Rules) -> tuple[dict[str, Object], FieldErrors]:
    """Return the valid volumes by name, and the errors of the others; `pod_name` is "" for a template."""
    errors: FieldErrors = []
    valid: dict[str, Object] = {}
    created = {f"{pod_name}-{volume.get('name', '')}" for volume in found if pod_name and "ephemeral" in volume}
    for i, volume in enumerate(found):
        at, name = f"{path}[{i}]", volume.get("name", "")
        wrong = _source(at, volume, name, pod_name, rules)
        wrong += dns1123_label(f"{at}.name", name) if name else [field.required(f"{at}.name")]
        if name in valid:
            wrong.append(field.duplicate(f"{at}.name", name))
        if wrong:
            errors += wrong
        else:
            valid[name] = volume
        claim = (volume.get("persistentVolumeClaim") or {}).get("claimName")
        if claim in created:
            errors.append(field.invalid(f"{at}.persistentVolumeClaim.claimName", claim,
                                        "must not reference a PVC that gets created for an ephemeral volume"))
    return valid, errors


def _source(path: str, volume: Object, name: str, pod_name: str, rules: Rules) -> FieldErrors:
    """validateVolumeSource, validatePersistentClaimVolumeSource, validateGlusterfsVolumeSource,
    validateRBDVolumeSource, validateCephFSVolumeSource, validateAzureFile, validateVsphereVolumeSource,
    validatePhotonPersistentDiskVolumeSource, validatePortworxVolumeSource, validateScaleIOVolumeSource."""
    errors: FieldErrors = []
    count = 0
    for kind, (shown, own_path, needed) in _SOURCES.items():
        source = volume.get(kind)
        if source is None:
            continue
        if count:
            errors.append(field.forbidden(f"{path}.{shown}", "may not specify more than 1 volume type"))
        else:
            count += 1
            at = f"{path}.{own_path}"
            errors += [field.required(f"{at}.{key}") for key in needed if not source.get(key)]
            check = CHECKS.get(kind)
            if check is not None:
                errors += check(at, source, rules)
        if kind == "iscsi" and source.get("initiatorName") is not None \
                and len(f"{name}:{source.get('targetPortal', '')}") > 64:
            errors.append(field.invalid(f"{path}.name", name, ISCSI_TOO_LONG))
        if kind == "ephemeral" and count == 1 and pod_name and name:
            claim = f"{pod_name}-{name}"
            errors += said(f"{path}.name", name,
                           [f'PVC name "{claim}": {text}' for text in names.dns1123_subdomain(claim)])
    if not count:
        errors.append(field.required(path, "must specify a volume type"))
    return errors


def _empty_dir(path: str, source: Object, rules: Rules) -> FieldErrors:
    if source.get("sizeLimit") is not None and quantity.compare(source["sizeLimit"], 0) < 0:
        return [field.forbidden(f"{path}.sizeLimit", "SizeLimit field must be a valid resource quantity")]
    return []


def _host_path(path: str, source: Object, rules: Rules) -> FieldErrors:
    """validateHostPathVolumeSource, validateHostPathType."""
    if not source.get("path"):
        return []
    errors = no_backsteps(f"{path}.path", source["path"])
    return errors if source.get("type") is None else errors + one_of(f"{path}.type", source["type"], _HOST_PATH_TYPES)


def _git_repo(path: str, source: Object, rules: Rules) -> FieldErrors:
    """validateGitRepoVolumeSource."""
    return descending_path(f"{path}.directory", source.get("directory", ""))


def _partition(path: str, source: Object, rules: Rules) -> FieldErrors:
    """validateGCEPersistentDiskVolumeSource, validateAWSElasticBlockStoreVolumeSource."""
    partition = source.get("partition", 0)
    return [] if 0 <= partition <= 255 else [field.invalid(f"{path}.partition", partition, names.in_range(1, 255))]


def _keys(path: str, source: Object, rules: Rules) -> FieldErrors:
    """validateSecretVolumeSource, validateConfigMapVolumeSource."""
    return file_mode(f"{path}.defaultMode", source.get("defaultMode")) + key_paths(f"{path}.items", source)


def _nfs(path: str, source: Object, rules: Rules) -> FieldErrors:
    """validateNFSVolumeSource."""
    where = source.get("path", "")
    return [] if where.startswith("/") else [field.invalid(f"{path}.path", where, "must be an absolute path")]


def _iscsi(path: str, source: Object, rules: Rules) -> FieldErrors:
    """validateISCSIVolumeSource."""
    errors = initiator(f"{path}.iqn", source["iqn"]) if source.get("iqn") else []
    errors += lun(path, source) + chap(path, source)
    if source.get("initiatorName") is not None:
        errors += initiator(f"{path}.initiatorname", source["initiatorName"])
    return errors


def lun(path: str, source: Object) -> FieldErrors:
    """Errors of an iSCSI volume's logical unit number."""
    number = source.get("lun", 0)
    return [] if 0 <= number <= 255 else [field.invalid(f"{path}.lun", number, names.in_range(0, 255))]


def chap(path: str, source: Object) -> FieldErrors:
    """Errors of an iSCSI volume that is asked for a secret that it does not name."""
    wanted = source.get("chapAuthDiscovery") or source.get("chapAuthSession")
    return [field.required(f"{path}.secretRef")] if wanted and source.get("secretRef") is None else []


def initiator(path: str, name: str,
              otherwise: str = "must be valid format starting with iqn, eui, or naa") -> FieldErrors:
    """Errors of a qualified name of iSCSI; `otherwise` is said of one that begins with no known word."""
    import re

    pattern = _INITIATORS.get(name[:3])
    if pattern is None:
        return [field.invalid(path, name, otherwise)]
    return [] if re.search(pattern, name) else [field.invalid(path, name, "must be valid format")]


def _secret_ref(path: str, source: Object, rules: Rules) -> FieldErrors:
    """validateCinderVolumeSource."""
    ref = source.get("secretRef")
    return [field.required(f"{path}.secretRef.name")] if ref is not None and not ref.get("name") else []


def _quobyte(path: str, source: Object, rules: Rules) -> FieldErrors:
    """validateQuobyteVolumeSource."""
    registry, pairs = source.get("registry", ""), "must be a host:port pair or multiple pairs separated by commas"
    errors = []
    if not registry:
        errors.append(field.required(f"{path}.registry", pairs))
    elif len(source.get("tenant", "")) >= 65:
        errors.append(field.required(f"{path}.tenant", "must be a UUID and may not exceed a length of 64 characters"))
    else:
        errors += [field.invalid(f"{path}.registry", registry, pairs)
                   for pair in registry.split(",") if ":" not in pair]
    return errors if source.get("volume") else [*errors, field.required(f"{path}.volume")]


def _flocker(path: str, source: Object, rules: Rules) -> FieldErrors:
    """validateFlockerVolumeSource."""
    name, uuid = source.get("datasetName", ""), source.get("datasetUUID", "")
    errors = []
    if not name and not uuid:
        errors.append(field.required(path, "one of datasetName and datasetUUID is required"))
    if name and uuid:
        errors.append(field.invalid(path, "resource",
                                    "datasetName and datasetUUID can not be specified simultaneously"))
    if "/" in name:
        errors.append(field.invalid(f"{path}.datasetName", name, "must not contain '/'"))
    return errors


def _fc(path: str, source: Object, rules: Rules) -> FieldErrors:
    """validateFCVolumeSource."""
    wwns, wwids, lun = source.get("targetWWNs") or [], source.get("wwids") or [], source.get("lun")
    at, errors = f"{path}.targetWWNs", []
    if not wwns and not wwids:
        errors.append(field.required(at, "must specify either targetWWNs or wwids, but not both"))
    if wwns and wwids:
        errors.append(field.invalid(at, wwns, "targetWWNs and wwids can not be specified simultaneously"))
    if not wwns:
        return errors
    if lun is None:
        errors.append(field.required(f"{path}.lun", "lun is required if targetWWNs is specified"))
    elif not 0 <= lun <= 255:
        errors.append(field.invalid(f"{path}.lun", lun, names.in_range(0, 255)))
    return errors


def _flex(path: str, source: Object, rules: Rules) -> FieldErrors:
    """validateFlexVolumeSource."""
    return [field.invalid(f"{path}.options[{key}]", key, "kubernetes.io and k8s.io namespaces are reserved")
            for key in sorted(source.get("options") or ())
            if f".{key.partition('/')[0].lower()}".endswith((".kubernetes.io", ".k8s.io"))]


def _azure_disk(path: str, source: Object, rules: Rules) -> FieldErrors:
    """validateAzureDisk."""
    errors = one_of(f"{path}.cachingMode", source.get("cachingMode", "None"), ("None", "ReadOnly", "ReadWrite"))
    kind, uri = source.get("kind"), source.get("diskURI", "")
    if kind is None:
        return errors
    errors += one_of(f"{path}.kind", kind, ("Dedicated", "Managed", "Shared"))
    if kind == "Managed" and not uri.startswith("/subscriptions/"):
        errors.append(field.not_supported(f"{path}.diskURI", uri, [
            "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}"]))
    if kind != "Managed" and not uri.startswith("https://"):
        errors.append(field.not_supported(f"{path}.diskURI", uri, [
            "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd"]))
    return errors


def _storage_os(path: str, source: Object, rules: Rules) -> FieldErrors:
    """validateStorageOSVolumeSource."""
    return storage_os_names(path, source) + _secret_ref(path, source, rules)


def storage_os_names(path: str, source: Object) -> FieldErrors:
    """Errors of the names in a StorageOS volume."""
    return [error for key in ("volumeName", "volumeNamespace") if source.get(key)
            for error in dns1123_label(f"{path}.{key}", source[key])]


def _csi(path: str, source: Object, rules: Rules) -> FieldErrors:
    """validateCSIVolumeSource."""
    errors = driver_name(f"{path}.driver", source.get("driver", ""))
    ref = source.get("nodePublishSecretRef")
    if ref is not None:
        name = ref.get("name", "")
        errors += said(f"{path}.name", name, names.dns1123_subdomain(name)) if name else [
            field.required(f"{path}.nodePublishSecretRef.name")]
    return errors


def _ephemeral(path: str, source: Object, rules: Rules) -> FieldErrors:
    """validateEphemeralVolumeSource, ValidatePersistentVolumeClaimTemplate, ValidateTemplateObjectMeta."""
    from .... import objectmeta
    from .. import persistentvolumeclaim_validation

    template = source.get("volumeClaimTemplate")
    if template is None:
        return []
    at, meta = f"{path}.volumeClaimTemplate", template.get("metadata") or {}
    errors = objectmeta.validate_annotations(meta.get("annotations"), f"{at}.metadata.annotations")
    errors += objectmeta.validate_labels(meta.get("labels"), f"{at}.metadata.labels")
    errors += [field.forbidden(f"{at}.metadata.{key}", "cannot be set") for key in meta
               if key not in ("annotations", "labels") and meta[key]]
    return errors + persistentvolumeclaim_validation.validate(template.get("spec") or {}, f"{at}.spec")


def _image(path: str, source: Object, rules: Rules) -> FieldErrors:
    """validateImageVolumeSource."""
    errors = [field.required(f"{path}.reference")] if rules.is_pod and not source.get("reference") else []
    return errors + pull_policy(f"{path}.pullPolicy", source.get("pullPolicy", ""))


def pull_policy(path: str, policy: str) -> FieldErrors:
    """Errors of an image's pull policy (validatePullPolicy)."""
    if policy in ("Always", "IfNotPresent", "Never"):
        return []
    allowed = ["Always", "IfNotPresent", "Never"]
    return [field.not_supported(path, policy, allowed)] if policy else [field.required(path)]


def _downward_api(path: str, source: Object, rules: Rules) -> FieldErrors:
    """validateDownwardAPIVolumeSource."""
    errors = file_mode(f"{path}.defaultMode", source.get("defaultMode"))
    for item in source.get("items") or ():
        errors += projected.downward_file(path, item)
    return errors


def _projected(path: str, source: Object, rules: Rules) -> FieldErrors:
    """validateProjectedVolumeSource."""
    return file_mode(f"{path}.defaultMode", source.get("defaultMode")) + projected.sources(path, source)


# In the order of the checks: name in the API -> (name in the complaint about a second one, name in complaints about its
# own fields, fields it must have).
_SOURCES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "emptyDir": ("emptyDir", "emptyDir", ()),
    "hostPath": ("hostPath", "hostPath", ("path",)),
    "gitRepo": ("gitRepo", "gitRepo", ("repository",)),
    "gcePersistentDisk": ("gcePersistentDisk", "persistentDisk", ("pdName",)),
    "awsElasticBlockStore": ("awsElasticBlockStore", "awsElasticBlockStore", ("volumeID",)),
    "secret": ("secret", "secret", ("secretName",)),
    "nfs": ("nfs", "nfs", ("server", "path")),
    "iscsi": ("iscsi", "iscsi", ("targetPortal", "iqn")),
    "glusterfs": ("glusterfs", "glusterfs", ("endpoints", "path")),
    "flocker": ("flocker", "flocker", ()),
    "persistentVolumeClaim": ("persistentVolumeClaim", "persistentVolumeClaim", ("claimName",)),
    "rbd": ("rbd", "rbd", ("monitors", "image")),
    "cinder": ("cinder", "cinder", ("volumeID",)),
    "cephfs": ("cephFS", "cephfs", ("monitors",)),
    "quobyte": ("quobyte", "quobyte", ()),
    "downwardAPI": ("downwarAPI", "downwardAPI", ()),
    "fc": ("fc", "fc", ()),
    "flexVolume": ("flexVolume", "flexVolume", ("driver",)),
    "configMap": ("configMap", "configMap", ("name",)),
    "azureFile": ("azureFile", "azureFile", ("secretName", "shareName")),
    "vsphereVolume": ("vsphereVolume", "vsphereVolume", ("volumePath",)),
    "photonPersistentDisk": ("photonPersistentDisk", "photonPersistentDisk", ("pdID",)),
    "portworxVolume": ("portworxVolume", "portworxVolume", ("volumeID",)),
    "azureDisk": ("azureDisk", "azureDisk", ("diskName", "diskURI")),
    "storageos": ("storageos", "storageos", ("volumeName",)),
    "projected": ("projected", "projected", ()),
    "scaleIO": ("scaleIO", "scaleIO", ("gateway", "system", "volumeName")),
    "csi": ("csi", "csi", ()),
    "ephemeral": ("ephemeral", "ephemeral", ("volumeClaimTemplate",)),
    "image": ("image", "image", ()),
}
CHECKS = {
    "emptyDir": _empty_dir, "hostPath": _host_path, "gitRepo": _git_repo, "gcePersistentDisk": _partition,
    "awsElasticBlockStore": _partition, "secret": _keys, "nfs": _nfs, "iscsi": _iscsi, "flocker": _flocker,
    "cinder": _secret_ref, "quobyte": _quobyte, "downwardAPI": _downward_api, "fc": _fc, "flexVolume": _flex,
    "configMap": _keys, "azureDisk": _azure_disk, "storageos": _storage_os, "projected": _projected, "csi": _csi,
    "ephemeral": _ephemeral, "image": _image,
}
