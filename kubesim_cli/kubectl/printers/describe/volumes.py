"""Volume sources, those of pods and those of PersistentVolumes."""

from __future__ import annotations

from ....machinery import quantity
from ....releases.kubectl import does
from .claims import describe_claim
from .writer import Writer, go_list, shorten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Json, Object

# Source -> (Type, fields). A field is (label, key, what stands for a missing one). Where a PersistentVolume's source of
# the same name has other fields, it is listed under `pv/`.
_TEXT, _FLAG, _NUMBER, _LIST, _MAP, _REF = "", "false", "0", "[]", "map[]", "nil"
_ISCSI = ("ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)", (
    ("TargetPortal:", "targetPortal", _TEXT), ("IQN:", "iqn", _TEXT), ("Lun:", "lun", _NUMBER),
    ("ISCSIInterface", "iscsiInterface", _TEXT), ("FSType:", "fsType", _TEXT), ("ReadOnly:", "readOnly", _FLAG),
    ("Portals:", "portals", _LIST), ("DiscoveryCHAPAuth:", "chapAuthDiscovery", _FLAG),
    ("SessionCHAPAuth:", "chapAuthSession", _FLAG), ("SecretRef:", "secretRef", _REF),
    ("InitiatorName:", "initiatorName", "<none>")))
_GLUSTERFS = "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)"
_SCALEIO = "ScaleIO (a persistent volume backed by a block device in ScaleIO)"
_SCALEIO_FIELDS = (
    ("Gateway:", "gateway", _TEXT), ("System:", "system", _TEXT), ("Protection Domain:", "protectionDomain", _TEXT),
    ("Storage Pool:", "storagePool", _TEXT), ("Storage Mode:", "storageMode", _TEXT),
    ("VolumeName:", "volumeName", _TEXT))
_AZURE_FILE = "AzureFile (an Azure File Service mount on the host and bind mount to the pod)"
_SOURCES = {
    "hostPath": ("HostPath (bare host directory volume)", (
        ("Path:", "path", _TEXT), ("HostPathType:", "type", "<none>"))),
    "gcePersistentDisk": ("GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)", (
        ("PDName:", "pdName", _TEXT), ("FSType:", "fsType", _TEXT), ("Partition:", "partition", _NUMBER),
        ("ReadOnly:", "readOnly", _FLAG))),
    "awsElasticBlockStore": ("AWSElasticBlockStore (a Persistent Disk resource in AWS)", (
        ("VolumeID:", "volumeID", _TEXT), ("FSType:", "fsType", _TEXT), ("Partition:", "partition", _NUMBER),
        ("ReadOnly:", "readOnly", _FLAG))),
    "gitRepo": ("GitRepo (a volume that is pulled from git when the pod is created)", (
        ("Repository:", "repository", _TEXT), ("Revision:", "revision", _TEXT))),
    "secret": ("Secret (a volume populated by a Secret)", (
        ("SecretName:", "secretName", _TEXT), ("Optional:", "optional", _FLAG))),
    "configMap": ("ConfigMap (a volume populated by a ConfigMap)", (
        ("Name:", "name", _TEXT), ("Optional:", "optional", _FLAG))),
    "nfs": ("NFS (an NFS mount that lasts the lifetime of a pod)", (
        ("Server:", "server", _TEXT), ("Path:", "path", _TEXT), ("ReadOnly:", "readOnly", _FLAG))),
    "iscsi": _ISCSI,
    "glusterfs": (_GLUSTERFS, (
        ("EndpointsName:", "endpoints", _TEXT), ("Path:", "path", _TEXT), ("ReadOnly:", "readOnly", _FLAG))),
    "pv/glusterfs": (_GLUSTERFS, (
        ("EndpointsName:", "endpoints", _TEXT), ("EndpointsNamespace:", "endpointsNamespace", "<unset>"),
        ("Path:", "path", _TEXT), ("ReadOnly:", "readOnly", _FLAG))),
    "persistentVolumeClaim": (
        "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)", (
            ("ClaimName:", "claimName", _TEXT), ("ReadOnly:", "readOnly", _FLAG))),
    "rbd": ("RBD (a Rados Block Device mount on the host that shares a pod's lifetime)", (
        ("CephMonitors:", "monitors", _LIST), ("RBDImage:", "image", _TEXT), ("FSType:", "fsType", _TEXT),
        ("RBDPool:", "pool", _TEXT), ("RadosUser:", "user", _TEXT), ("Keyring:", "keyring", _TEXT),
        ("SecretRef:", "secretRef", _REF), ("ReadOnly:", "readOnly", _FLAG))),
    "quobyte": ("Quobyte (a Quobyte mount on the host that shares a pod's lifetime)", (
        ("Registry:", "registry", _TEXT), ("Volume:", "volume", _TEXT), ("ReadOnly:", "readOnly", _FLAG))),
    "azureDisk": ("AzureDisk (an Azure Data Disk mount on the host and bind mount to the pod)", (
        ("DiskName:", "diskName", _TEXT), ("DiskURI:", "diskURI", _TEXT), ("Kind: ", "kind", _TEXT),
        ("FSType:", "fsType", _TEXT), ("CachingMode:", "cachingMode", _TEXT), ("ReadOnly:", "readOnly", _FLAG))),
    "vsphereVolume": ("vSphereVolume (a Persistent Disk resource in vSphere)", (
        ("VolumePath:", "volumePath", _TEXT), ("FSType:", "fsType", _TEXT),
        ("StoragePolicyName:", "storagePolicyName", _TEXT))),
    "cinder": ("Cinder (a Persistent Disk resource in OpenStack)", (
        ("VolumeID:", "volumeID", _TEXT), ("FSType:", "fsType", _TEXT), ("ReadOnly:", "readOnly", _FLAG),
        ("SecretRef:", "secretRef", _REF))),
    "photonPersistentDisk": ("PhotonPersistentDisk (a Persistent Disk resource in photon platform)", (
        ("PdID:", "pdID", _TEXT), ("FSType:", "fsType", _TEXT))),
    "portworxVolume": ("PortworxVolume (a Portworx Volume resource)", (("VolumeID:", "volumeID", _TEXT),)),
    "local": ("LocalVolume (a persistent volume backed by local storage on a node)", (("Path:", "path", _TEXT),)),
    "cephfs": ("CephFS (a CephFS mount on the host that shares a pod's lifetime)", (
        ("Monitors:", "monitors", _LIST), ("Path:", "path", _TEXT), ("User:", "user", _TEXT),
        ("SecretFile:", "secretFile", _TEXT), ("SecretRef:", "secretRef", _REF), ("ReadOnly:", "readOnly", _FLAG))),
    "storageos": ("StorageOS (a StorageOS Persistent Disk resource)", (
        ("VolumeName:", "volumeName", _TEXT), ("VolumeNamespace:", "volumeNamespace", _TEXT),
        ("FSType:", "fsType", _TEXT), ("ReadOnly:", "readOnly", _FLAG))),
    "azureFile": (_AZURE_FILE, (
        ("SecretName:", "secretName", _TEXT), ("ShareName:", "shareName", _TEXT), ("ReadOnly:", "readOnly", _FLAG))),
    "pv/azureFile": (_AZURE_FILE, (
        ("SecretName:", "secretName", _TEXT), ("SecretNamespace:", "secretNamespace", _TEXT),
        ("ShareName:", "shareName", _TEXT), ("ReadOnly:", "readOnly", _FLAG))),
    "flexVolume": (
        "FlexVolume (a generic volume resource that is provisioned/attached using an exec based plugin)", (
            ("Driver:", "driver", _TEXT), ("FSType:", "fsType", _TEXT), ("SecretRef:", "secretRef", _REF),
            ("ReadOnly:", "readOnly", _FLAG), ("Options:", "options", _MAP))),
    "flocker": ("Flocker (a Flocker volume mounted by the Flocker agent)", (
        ("DatasetName:", "datasetName", _TEXT), ("DatasetUUID:", "datasetUUID", _TEXT))),
    "image": ("Image (a container image or OCI artifact)", (
        ("Reference:", "reference", _TEXT), ("PullPolicy:", "pullPolicy", _TEXT))),
    "csi": ("CSI (a Container Storage Interface (CSI) volume source)", (
        ("Driver:", "driver", _TEXT), ("FSType:", "fsType", _TEXT), ("ReadOnly:", "readOnly", _FLAG))),
    "pv/csi": ("CSI (a Container Storage Interface (CSI) volume source)", (
        ("Driver:", "driver", _TEXT), ("FSType:", "fsType", _TEXT), ("VolumeHandle:", "volumeHandle", _TEXT),
        ("ReadOnly:", "readOnly", _FLAG))),
}


def describe_volumes(volumes: list[Json] | None, w: Writer, indent: str = "") -> None:
    """Write the volumes of a pod; `indent` is that of a pod template's parts."""
    if not volumes:
        w.write(0, f"{indent}Volumes:\t<none>\n")
        return
    w.write(0, f"{indent}Volumes:\n")
    for volume in volumes:
        w.write(1, f"{' ' if indent else ''}{volume['name']}:\n")
        describe_source(volume, w)


def describe_source(volume: Object, w: Writer, persistent: bool = False) -> None:
    """Write the source that a volume, or a PersistentVolume's spec, has."""
    name = next((key for key in volume if key in _SOURCES or key in _SPECIAL), None)
    if name is None or (name == "image" and not does("ImageVolumes", w.release)):
        w.write(1, "<unknown>\n")
        return
    source = volume[name] or {}
    if name in _SPECIAL:
        _SPECIAL[name](source, w, persistent)
        return
    type_, fields = _SOURCES.get(f"pv/{name}" if persistent else name) or _SOURCES[name]
    w.write(2, f"Type:\t{type_}\n" + "".join([f"    {label}\t{_value(source.get(key), default)}\n"
                                             for label, key, default in fields]))
    if name == "csi":
        _attributes(source.get("volumeAttributes"), w)


def _value(value: Json, default: str) -> str:
    if value is None:
        return default
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return go_list(value)
    if isinstance(value, dict) and default == _REF:
        fields = [f"{label}:{value[key]}," for label, key in (("Name", "name"), ("Namespace", "namespace"))
                  if key in value]
        return f"&{'SecretReference' if 'namespace' in value else 'LocalObjectReference'}{{{''.join(fields)}}}"
    if isinstance(value, dict):
        return "map[" + " ".join([f"{key}:{value[key]}" for key in sorted(value)]) + "]"
    return str(value)


def _attributes(attributes: Object | None, w: Writer) -> None:
    w.write(2, "VolumeAttributes:\t")
    if not attributes:
        w.end_line("<none>")
    for i, (key, value) in enumerate(sorted((attributes or {}).items())):
        if i:
            w.write(2, "")
            w.write(2, "\t")
        w.write(2, f"{shorten(f'{key}={value}', 140)}\n")


def _empty_dir(source: Object, w: Writer, persistent: bool) -> None:
    limit = source.get("sizeLimit")
    shown = quantity.canonical(limit) if limit is not None and quantity.compare(limit, "0") > 0 else "<unset>"
    w.write(2, f"Type:\tEmptyDir (a temporary directory that shares a pod's lifetime)\n"
               f"    Medium:\t{source.get('medium', '')}\n    SizeLimit:\t{shown}\n")


def _projected(source: Object, w: Writer, persistent: bool) -> None:
    w.write(2, "Type:\tProjected (a volume that contains injected data from multiple sources)\n")
    for item in source.get("sources") or ():
        for key, label, old in (("secret", "SecretName", "SecretOptionalName"),
                                ("configMap", "ConfigMapName", "ConfigMapOptional")):
            if key in item:
                optional = item[key].get("optional")
                shown = f"Optional:\t{_value(bool(optional), '')}"
                if not does("ProjectedOptional", w.release):  # a pointer was printed: its address where it was set
                    shown = f"{old}:\t{'<nil>' if optional is None else '0xc000000000'}"
                w.write(2, f"{label}:\t{item[key].get('name', '')}\n    {shown}\n")
        if "downwardAPI" in item:
            w.write(2, "DownwardAPI:\ttrue\n")
        if "serviceAccountToken" in item:
            w.line(2, "TokenExpirationSeconds", item["serviceAccountToken"].get("expirationSeconds", 0))


def _downward_api(source: Object, w: Writer, persistent: bool) -> None:
    w.write(2, "Type:\tDownwardAPI (a volume populated by information about the pod)\n    Items:\n")
    for item in source.get("items") or ():
        if "fieldRef" in item:
            w.write(3, f"{item['fieldRef']['fieldPath']} -> {item['path']}\n")
        if "resourceFieldRef" in item:
            w.write(3, f"{item['resourceFieldRef']['resource']} -> {item['path']}\n")


def _ephemeral(source: Object, w: Writer, persistent: bool) -> None:
    w.write(2, "Type:\tEphemeralVolume (an inline specification for a volume that gets created and deleted with the "
               "pod)\n")
    if source.get("volumeClaimTemplate"):
        describe_claim(source["volumeClaimTemplate"], w.nested(2), whole=False)


def _fc(source: Object, w: Writer, persistent: bool) -> None:
    lun = source.get("lun")
    w.write(2, f"Type:\tFC (a Fibre Channel disk)\n    TargetWWNs:\t{', '.join(source.get('targetWWNs') or ())}\n"
               f"    LUN:\t{'<none>' if lun is None else lun}\n    FSType:\t{source.get('fsType', '')}\n"
               f"    ReadOnly:\t{_value(source.get('readOnly'), 'false')}\n")


def _scale_io(source: Object, w: Writer, persistent: bool) -> None:
    reference = source.get("secretRef") or {}
    secret = (f"    SecretName:\t{reference.get('name', '')}\n"
              f"    SecretNamespace:\t{reference.get('namespace', '')}\n") if persistent else ""
    fields = "".join([f"    {label}\t{_value(source.get(key), default)}\n" for label, key, default in _SCALEIO_FIELDS])
    w.write(2, f"Type:\t{_SCALEIO}\n{fields}{secret}    FSType:\t{source.get('fsType', '')}\n"
               f"    ReadOnly:\t{_value(source.get('readOnly'), 'false')}\n")


_SPECIAL = {"emptyDir": _empty_dir, "projected": _projected, "downwardAPI": _downward_api, "ephemeral": _ephemeral,
            "fc": _fc, "scaleIO": _scale_io}
