"""What a PersistentVolume has to be (ValidatePersistentVolumeSpec and ValidatePersistentVolumeUpdate)."""

from __future__ import annotations

from ....machinery import field, names, quantity
from ... import internaltypes
from ..checks import IMMUTABLE, dns1123_label, dns1123_subdomain, label_selector_values, one_of, positive_quantity, said

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import FieldErrors, Object

ACCESS_MODES = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")
VOLUME_MODES = ("Block", "Filesystem")
_RECLAIM_POLICIES = ("Delete", "Recycle", "Retain")

# Volume sources in the order of their checks: name in the API -> (name in the complaint about a second one, name in
# complaints about its own fields, fields it must have).
_SOURCES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "hostPath": ("hostPath", "hostPath", ("path",)),
    "gcePersistentDisk": ("gcePersistentDisk", "persistentDisk", ("pdName",)),
    "awsElasticBlockStore": ("awsElasticBlockStore", "awsElasticBlockStore", ("volumeID",)),
    "glusterfs": ("glusterfs", "glusterfs", ("endpoints", "path")),
    "flocker": ("flocker", "flocker", ()),
    "nfs": ("nfs", "nfs", ("server", "path")),
    "rbd": ("rbd", "rbd", ("monitors", "image")),
    "quobyte": ("quobyte", "quobyte", ("registry", "volume")),
    "cephfs": ("cephFS", "cephfs", ("monitors",)),
    "iscsi": ("iscsi", "iscsi", ("targetPortal", "iqn")),
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
    "storageos": ("storageos", "storageos", ()),
    "csi": ("csi", "csi", ()),
}
_HOST_PATH_TYPES = ("", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket")


def access_modes(path: str, modes: list[str]) -> FieldErrors:
    """Errors of a list of access modes that is not empty."""
    errors = []
    for mode in modes:
        errors += one_of(path, mode, ACCESS_MODES)
    if "ReadWriteOncePod" in modes and any(m in ACCESS_MODES and m != "ReadWriteOncePod" for m in modes):
        errors.append(field.forbidden(path, "may not use ReadWriteOncePod with other access modes"))
    return errors


def validate(obj: Object) -> FieldErrors:
    """Return the FieldErrors of a PersistentVolume."""
    spec = obj["spec"]
    modes = spec.get("accessModes") or []
    errors = access_modes("spec.accessModes", modes) if modes else [field.required("spec.accessModes")]
    errors += _capacity(spec.get("capacity"))
    policy = spec.get("persistentVolumeReclaimPolicy")
    if policy:
        errors += one_of("spec.persistentVolumeReclaimPolicy", policy, _RECLAIM_POLICIES)
    affinity = spec.get("nodeAffinity")
    if affinity is not None:
        errors += _node_affinity(affinity)
    errors += _sources(spec)
    path = (spec.get("hostPath") or {}).get("path", "")
    if path.startswith("/") and not path.strip("/") and policy == "Recycle":
        errors.append(field.forbidden("spec.persistentVolumeReclaimPolicy",
                                      "may not be 'recycle' for a hostPath mount of '/'"))
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


def _capacity(capacity: Object | None) -> FieldErrors:
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
    path = "spec.nodeAffinity.required"
    required = affinity.get("required")
    if required is None:
        return [field.required(path, "must specify required node constraints")]
    terms = required.get("nodeSelectorTerms") or ()
    if not terms:
        return [field.required(f"{path}.nodeSelectorTerms", "must have at least one node selector term")]
    errors = []
    for i, term in enumerate(terms):
        for j, expression in enumerate(term.get("matchExpressions") or ()):
            errors += node_selector_requirement(f"{path}.nodeSelectorTerms[{i}].matchExpressions[{j}]", expression)
    return errors


def node_selector_requirement(path: str, expression: Object) -> FieldErrors:
    """Errors of one requirement of a node selector term (ValidateNodeSelectorRequirement)."""
    errors = []
    operator, values = expression.get("operator", ""), expression.get("values") or ()
    if operator in ("Gt", "Lt"):
        if len(values) != 1:
            errors.append(field.required(f"{path}.values",
                                         "must be specified single value when `operator` is 'Lt' or 'Gt'"))
    else:
        errors += label_selector_values(path, operator, values)
    errors += said(f"{path}.key", expression.get("key", ""), names.qualified_name(expression.get("key", "")))
    for i, value in enumerate(values):
        errors += said(f"{path}.values[{i}]", value, names.label_value(value))
    return errors


def _sources(spec: Object) -> FieldErrors:
    errors = []
    count = 0
    for name, (shown, path, needed) in _SOURCES.items():
        source = spec.get(name)
        if source is None:
            continue
        if count and shown:
            errors.append(field.forbidden(f"spec.{shown}", "may not specify more than 1 volume type"))
            continue
        count += 1
        missing = [field.required(f"spec.{path}.{key}") for key in needed if not source.get(key)]
        errors += missing
        if name == "nfs" and not source.get("path", "").startswith("/"):
            errors.append(field.invalid("spec.nfs.path", source.get("path", ""), "must be an absolute path"))
        if name in ("hostPath", "local") and not missing:
            errors += _path(f"spec.{path}", source)
        if name == "local" and spec.get("nodeAffinity") is None:
            errors.append(field.required("spec.nodeAffinity", "Local volume requires node affinity"))
        if name == "csi":
            errors += _csi(source)
    if not count:
        errors.append(field.required("spec", "must specify a volume type"))
    return errors


def _path(path: str, source: Object) -> FieldErrors:
    errors = []
    if ".." in source["path"].split("/"):
        errors.append(field.invalid(f"{path}.path", source["path"], "must not contain '..'"))
    if path.endswith("hostPath") and source.get("type") is not None:
        errors += one_of(f"{path}.type", source["type"], _HOST_PATH_TYPES)
    return errors


def driver_name(path: str, driver: str) -> FieldErrors:
    """Errors of a CSI driver's name (ValidateCSIDriverName)."""
    if not driver:
        return [field.required(path)]
    errors = [field.too_long(path, 63)] if len(driver) > 63 else []
    return errors + said(path, driver, names.dns1123_subdomain(driver.lower()))


def _csi(source: Object) -> FieldErrors:
    errors = driver_name("spec.csi.driver", source.get("driver", ""))
    if not source.get("volumeHandle"):
        errors.append(field.required("spec.csi.volumeHandle"))
    for name in ("controllerPublishSecretRef", "controllerExpandSecretRef", "nodePublishSecretRef",
                 "nodeExpandSecretRef"):
        ref = source.get(name)
        if ref is not None:
            for key, rule in (("name", dns1123_subdomain), ("namespace", dns1123_label)):
                path = f"spec.csi.{name}.{key}"
                errors += rule(path, ref[key]) if ref.get(key) else [field.required(path)]
    return errors


def validate_update(obj: Object, old: Object) -> FieldErrors:
    """Return the FieldErrors of a change of a PersistentVolume; its source and mode may not change."""
    errors = validate(obj)
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
