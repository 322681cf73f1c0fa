"""The sources of a pod's volumes: what is wrong with each, in the server's words and order."""

import pytest

from kubesim_cli.apiserver.kinds.core.podspec.defaults import default_pod_spec
from kubesim_cli.apiserver.kinds.core.podspec.spec import validate_pod_spec
from kubesim_cli.releases.gates import GatedRelease

RELEASE = GatedRelease.of((1, 36), {"ClusterTrustBundleProjection": True, "PodCertificateRequest": True})


def errors(spec, metadata=None):
    """The errors of a spec that was taken through its defaults, without the path of the first volume."""
    spec = {"containers": [{"name": "c", "image": "i"}], **spec}
    default_pod_spec(spec, RELEASE)
    found = validate_pod_spec(spec, "spec", RELEASE, metadata or {"name": "p"})
    return [str(error).removeprefix("spec.volumes[0].") for error in found]


@pytest.mark.parametrize("source,expected", [
    ({"emptyDir": {"sizeLimit": "-1"}}, [
        "emptyDir.sizeLimit: Forbidden: SizeLimit field must be a valid resource quantity"]),
    ({"hostPath": {"path": "/a/../b", "type": ""}}, [
        'hostPath.path: Invalid value: "/a/../b": must not contain \'..\'']),
    ({"hostPath": {"path": "/a", "type": "Pipe"}}, [
        'hostPath.type: Unsupported value: "Pipe": supported values: "", "BlockDevice", "CharDevice", "Directory", '
        '"DirectoryOrCreate", "File", "FileOrCreate", "Socket"']),
    ({"gitRepo": {"repository": "r", "directory": "/abs"}}, [
        'gitRepo.directory: Invalid value: "/abs": must be a relative path']),
    ({"gcePersistentDisk": {"pdName": "d", "partition": 256}}, [
        "persistentDisk.partition: Invalid value: 256: must be between 1 and 255, inclusive"]),
    ({"secret": {"secretName": "s", "defaultMode": 512, "items": [{"key": "", "path": "../x"}]}}, [
        "secret.defaultMode: Invalid value: 512: must be a number between 0 and 0777 (octal), both inclusive",
        "secret.items[0].key: Required value",
        'secret.items[0].path: Invalid value: "../x": must not contain \'..\'']),
    ({"configMap": {"name": "m", "items": [{"key": "k", "path": "..x", "mode": -1}], "defaultMode": 420}}, [
        'configMap.items[0].path: Invalid value: "..x": must not start with \'..\'',
        "configMap.items[0].mode: Invalid value: -1: must be a number between 0 and 0777 (octal), both inclusive"]),
    ({"nfs": {"server": "s", "path": "rel"}}, ['nfs.path: Invalid value: "rel": must be an absolute path']),
    ({"iscsi": {"targetPortal": "t",
                "iqn": "abc",
                "lun": 256,
                "chapAuthSession": True,
                "initiatorName": "iqn.bad",
                "iscsiInterface": "default"}}, [
        'iscsi.iqn: Invalid value: "abc": must be valid format starting with iqn, eui, or naa',
        "iscsi.lun: Invalid value: 256: must be between 0 and 255, inclusive",
        "iscsi.secretRef: Required value",
        'iscsi.initiatorname: Invalid value: "iqn.bad": must be valid format']),
    ({"iscsi": {"targetPortal": "tttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt",
                "iqn": "iqn.2024-01.org.example:disk",
                "lun": 0,
                "initiatorName": "eui.0123456789abcdef",
                "iscsiInterface": "default"}}, [
        'name: Invalid value: "v": Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if '
        'iscsi.initiatorName is specified.']),
    ({"cinder": {"volumeID": "v", "secretRef": {}}}, ["cinder.secretRef.name: Required value"]),
    ({"quobyte": {}}, [
        "quobyte.registry: Required value: must be a host:port pair or multiple pairs separated by commas",
        "quobyte.volume: Required value"]),
    ({"quobyte": {"registry": "host",
                  "volume": "v",
                  "tenant": "ttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt"}}, [
        "quobyte.tenant: Required value: must be a UUID and may not exceed a length of 64 characters"]),
    ({"quobyte": {"registry": "a:1,b", "volume": "v"}}, [
        'quobyte.registry: Invalid value: "a:1,b": must be a host:port pair or multiple pairs separated by commas']),
    ({"flocker": {}}, ["flocker: Required value: one of datasetName and datasetUUID is required"]),
    ({"flocker": {"datasetName": "a/b", "datasetUUID": "u"}}, [
        'flocker: Invalid value: "resource": datasetName and datasetUUID can not be specified simultaneously',
        'flocker.datasetName: Invalid value: "a/b": must not contain \'/\'']),
    ({"fc": {}}, ["fc.targetWWNs: Required value: must specify either targetWWNs or wwids, but not both"]),
    ({"fc": {"targetWWNs": ["w"]}}, ["fc.lun: Required value: lun is required if targetWWNs is specified"]),
    ({"fc": {"targetWWNs": ["w"], "wwids": ["i"], "lun": 256}}, [
        'fc.targetWWNs: Invalid value: ["w"]: targetWWNs and wwids can not be specified simultaneously',
        "fc.lun: Invalid value: 256: must be between 0 and 255, inclusive"]),
    ({"flexVolume": {"driver": "d", "options": {"kubernetes.io/a": "", "x.k8s.io/b": "", "own.org/c": ""}}}, [
        'flexVolume.options[kubernetes.io/a]: Invalid value: "kubernetes.io/a": kubernetes.io and k8s.io namespaces '
        'are reserved',
        'flexVolume.options[x.k8s.io/b]: Invalid value: "x.k8s.io/b": kubernetes.io and k8s.io namespaces are '
        'reserved']),
    ({"azureDisk": {"diskName": "d",
                    "diskURI": "u",
                    "cachingMode": "Some",
                    "kind": "Managed",
                    "fsType": "ext4",
                    "readOnly": False}}, [
        'azureDisk.cachingMode: Unsupported value: "Some": supported values: "None", "ReadOnly", "ReadWrite"',
        'azureDisk.diskURI: Unsupported value: "u": supported values: '
        '"/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}"']),
    ({"azureDisk": {"diskName": "d",
                    "diskURI": "u",
                    "kind": "Shared",
                    "cachingMode": "ReadWrite",
                    "fsType": "ext4",
                    "readOnly": False}}, [
        'azureDisk.diskURI: Unsupported value: "u": supported values: '
        '"https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd"']),
    ({"storageos": {"volumeName": "A", "secretRef": {}}}, [
        'storageos.volumeName: Invalid value: "A": a lowercase RFC 1123 label must consist...',
        "storageos.secretRef.name: Required value"]),
    ({"csi": {"driver": "a_", "nodePublishSecretRef": {}}}, [
        'csi.driver: Invalid value: "a_": a lowercase RFC 1123 subdomain must consist...',
        "csi.nodePublishSecretRef.name: Required value"]),
    ({"csi": {"driver": "d.org", "nodePublishSecretRef": {"name": "A"}}}, [
        'csi.name: Invalid value: "A": a lowercase RFC 1123 subdomain must consist...']),
    ({"ephemeral": {}}, ["ephemeral.volumeClaimTemplate: Required value"]),
    ({"ephemeral": {"volumeClaimTemplate": {"metadata": {"name": "n", "labels": {"a b": ""}},
                                            "spec": {"accessModes": ["ReadWriteOnce"],
                                                     "resources": {"requests": {"storage": "0"}},
                                                     "volumeMode": "Filesystem"}}}}, [
        'ephemeral.volumeClaimTemplate.metadata.labels: Invalid value: "a b": name part must consist...',
        "ephemeral.volumeClaimTemplate.metadata.name: Forbidden: cannot be set",
        'ephemeral.volumeClaimTemplate.spec.resources[storage]: Invalid value: "0": must be greater than zero']),
    ({"image": {"pullPolicy": "Maybe"}}, [
        "image.reference: Required value",
        'image.pullPolicy: Unsupported value: "Maybe": supported values: "Always", "IfNotPresent", "Never"']),
    ({"downwardAPI": {"items": [{"path": "a"},
                                {"path": "b", "fieldRef": {"fieldPath": "spec.nodeName", "apiVersion": "v1"}},
                                {"path": "c", "resourceFieldRef": {"resource": "limits.cpu", "divisor": "0"}},
                                {"path": "d",
                                 "fieldRef": {"fieldPath": "metadata.name", "apiVersion": "v1"},
                                 "resourceFieldRef": {"resource": "limits.cpu", "divisor": "0"}}],
                      "defaultMode": 420}}, [
        "downwardAPI: Required value: one of fieldRef and resourceFieldRef is required",
        'downwardAPI.fieldRef.fieldPath: Unsupported value: "spec.nodeName": supported values: '
        '"metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"',
        "downwardAPI.resourceFieldRef.containerName: Required value",
        'downwardAPI: Invalid value: "resource": fieldRef and resourceFieldRef can not be specified simultaneously']),
    ({"projected": {"sources": [{"secret": {"items": [{"key": "k", "path": "a"}]},
                                 "configMap": {"name": "m", "items": [{"key": "k", "path": "a"}]}}],
                    "defaultMode": 420}}, [
        "projected.sources[0].secret.name: Required value",
        'projected: Invalid value: "m": conflicting duplicate paths',
        "projected.sources[0]: Forbidden: may not specify more than 1 volume type per source"]),
    ({"projected": {"sources": [{"serviceAccountToken": {"expirationSeconds": 60, "path": ""}},
                                {"serviceAccountToken": {"expirationSeconds": 8589934592, "path": "t"}},
                                {"downwardAPI": {"items": [{"path": "t",
                                                            "fieldRef": {"fieldPath": "metadata.name",
                                                                         "apiVersion": "v1"}},
                                                           {"path": "t",
                                                            "fieldRef": {"fieldPath": "metadata.uid",
                                                                         "apiVersion": "v1"}}]}}],
                    "defaultMode": 420}}, [
        "projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 60: may not specify a duration "
        "less than 10 minutes",
        "projected.path: Required value",
        "projected.sources[1].serviceAccountToken.expirationSeconds: Invalid value: 8589934592: may not specify a "
        "duration larger than 2^32 seconds",
        'projected: Invalid value: "t": conflicting duplicate paths']),
    ({"projected": {"sources": [{"clusterTrustBundle": {"name": "", "signerName": "s", "path": "p"}},
                                {"clusterTrustBundle": {"name": "A", "labelSelector": {}, "path": "p"}},
                                {"clusterTrustBundle": {"signerName": "", "path": ""}},
                                {"clusterTrustBundle": {"path": "q"}}],
                    "defaultMode": 420}}, [
        'projected.sources[0].clusterTrustBundle: Invalid value: {"name":"","signerName":"s","path":"p"}: only one '
        'of name and signerName may be used',
        'projected.sources[1].clusterTrustBundle.name: Invalid value: "A": not a valid clustertrustbundlename: a '
        'lowercase RFC 1123 subdomain must consist...',
        "projected.sources[1].clusterTrustBundle.labelSelector: Invalid value: {}: labelSelector must be unset if "
        "name is specified",
        'projected: Invalid value: "p": conflicting duplicate paths',
        "projected.sources[2].clusterTrustBundle.signerName: Required value: must be a valid signer name",
        "projected.sources[2].clusterTrustBundle.path: Required value",
        "projected.sources[3].clusterTrustBundle: Required value: either name or signerName must be specified"]),
    ({"projected": {"sources": [{"podCertificate": {"keyType": "DSA", "maxExpirationSeconds": 60}},
                                {"podCertificate": {"signerName": "kubernetes.io/x",
                                                    "keyType": "ED25519",
                                                    "maxExpirationSeconds": 90000,
                                                    "keyPath": "k",
                                                    "certificateChainPath": "k"}}],
                    "defaultMode": 420}}, [
        "projected.sources[0].podCertificate.signerName: Required value",
        'projected.sources[0].podCertificate.keyType: Unsupported value: "DSA": supported values: "RSA3072", '
        '"RSA4096", "ECDSAP256", "ECDSAP384", "ECDSAP521", "ED25519"',
        "projected.sources[0].podCertificate.maxExpirationSeconds: Invalid value: 60: if provided, "
        "maxExpirationSeconds must be >= 3600",
        "projected.sources[0].podCertificate: Required value: specify at least one of credentialBundlePath, keyPath, "
        "and certificateChainPath",
        "projected.sources[1].podCertificate.maxExpirationSeconds: Invalid value: 90000: if provided, "
        "maxExpirationSeconds must be <= 86400",
        'projected: Invalid value: "k": conflicting duplicate paths']),
    ({"emptyDir": {}, "hostPath": {"path": "/", "type": ""}}, [
        "hostPath: Forbidden: may not specify more than 1 volume type"]),
])
def test_what_is_wrong_with_a_source(fits, source, expected):
    found = errors({"volumes": [{"name": "v", **source}]})
    assert fits(found, expected), found


@pytest.mark.parametrize("source", [
    {"emptyDir": {"sizeLimit": "1Gi"}}, {"hostPath": {"path": "/a", "type": "File"}}, {"csi": {"driver": "d.org"}},
    {"gcePersistentDisk": {"pdName": "d", "partition": 255}}, {"fc": {"wwids": ["i"]}},
    {"iscsi": {"targetPortal": "t", "iqn": "iqn.2024-01.org.example:disk", "lun": 255}},
    {"quobyte": {"registry": "a:1,b:2", "volume": "v"}}, {"flocker": {"datasetUUID": "u"}},
    {"azureDisk": {"diskName": "d", "diskURI": "/subscriptions/x", "kind": "Managed"}},
    {"image": {"reference": "r"}}, {"flexVolume": {"driver": "d", "options": {"notkubernetes.io/a": ""}}},
    {"projected": {"sources": [{"serviceAccountToken": {"expirationSeconds": 600, "path": "t"}},
                               {"clusterTrustBundle": {"signerName": "a/b", "path": "p"}}]}},
    {"projected": {"sources": [{"podCertificate": {"signerName": "a/b", "keyType": "ED25519", "keyPath": "k",
                                                   "maxExpirationSeconds": 3600}}]}},
    {"downwardAPI": {"items": [{"path": "a", "fieldRef": {"fieldPath": "metadata.labels['x']"}},
                               {"path": "b", "resourceFieldRef": {"containerName": "c", "resource": "limits.cpu"}}]}}])
def test_sources_that_are_right(source):
    assert errors({"volumes": [{"name": "v", **source}], "serviceAccountName": "s"}) == []


def test_what_volumes_are_to_one_another():
    twice = errors({"volumes": [{"name": "v", "emptyDir": {}}, {"name": "v", "emptyDir": {}}, {"name": ""}]})
    assert twice == ['spec.volumes[1].name: Duplicate value: "v"', "spec.volumes[2].name: Required value"]
    claim = {"spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}
    assert errors({"volumes": [{"name": "e", "ephemeral": {"volumeClaimTemplate": claim}},
                               {"name": "c", "persistentVolumeClaim": {"claimName": "p-e"}}]}) == [
        'spec.volumes[1].persistentVolumeClaim.claimName: Invalid value: "p-e": must not reference a PVC that gets '
        "created for an ephemeral volume"]
    long = {"name": "e" * 63, "ephemeral": {"volumeClaimTemplate": claim}}
    assert errors({"volumes": [long]}, {"name": "p" * 200})[0].startswith(
        f'name: Invalid value: "{"e" * 63}": PVC name "{"p" * 200}-{"e" * 63}": must be no more than 253')
