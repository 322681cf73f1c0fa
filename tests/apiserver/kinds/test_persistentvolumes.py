"""What the sources of a PersistentVolume must be, each by itself."""

from __future__ import annotations

import pytest

SPEC = {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"]}
RANGE = "must be between 0 and 255, inclusive"
ISCSI = {"targetPortal": "1.2.3.4", "iqn": "iqn.2015-02.example.com:test", "lun": 0}


@pytest.mark.parametrize("source,expected", [
    ({"gcePersistentDisk": {"pdName": "d", "partition": 256}}, [
        "spec.persistentDisk.partition: Invalid value: 256: must be between 1 and 255, inclusive"]),
    ({"glusterfs": {"endpoints": "e", "path": "p", "endpointsNamespace": ""}}, [
        'spec.glusterfs.endpointsNamespace: Invalid value: "": if the endpointnamespace is set, it must be a valid '
        "namespace name"]),
    ({"glusterfs": {"endpoints": "e", "path": "p", "endpointsNamespace": "A"}}, [
        'spec.glusterfs.endpointsNamespace: Invalid value: "A": a lowercase RFC 1123 label must consist...']),
    ({"flocker": {}}, ["spec.flocker: Required value: one of datasetName and datasetUUID is required"]),
    ({"nfs": {"server": "s", "path": "p"}}, ['spec.nfs.path: Invalid value: "p": must be an absolute path']),
    ({"quobyte": {"registry": "", "volume": ""}}, [
        "spec.quobyte.registry: Required value: must be a host:port pair or multiple pairs separated by commas",
        "spec.quobyte.volume: Required value"]),
    ({"iscsi": {"lun": 300, "chapAuthSession": True}}, [
        "spec.iscsi.targetPortal: Required value", "spec.iscsi.iqn: Required value",
        f"spec.iscsi.lun: Invalid value: 300: {RANGE}", "spec.iscsi.secretRef: Required value"]),
    ({"iscsi": {**ISCSI, "iqn": "x", "secretRef": {}, "initiatorName": "y"}}, [
        'spec.iscsi.iqn: Invalid value: "x": must be valid format',
        "spec.iscsi.secretRef.name: Required value",
        'spec.iscsi.initiatorname: Invalid value: "y": must be valid format starting with iqn, eui, or naa']),
    ({"iscsi": {**ISCSI, "targetPortal": "p" * 64, "initiatorName": ISCSI["iqn"]}}, [
        f'spec.iscsi.targetportal: Invalid value: "{"p" * 64}": Total length of <volume name>:<iscsi.targetPortal> '
        "must be under 64 characters if iscsi.initiatorName is specified."]),
    ({"cinder": {"volumeID": "v", "secretRef": {}}}, [
        "spec.cinder.secretRef.name: Required value", "spec.cinder.secretRef.namespace: Required value"]),
    ({"fc": {"targetWWNs": ["w"]}}, ["spec.fc.lun: Required value: lun is required if targetWWNs is specified"]),
    ({"flexVolume": {"driver": "d", "options": {"a.k8s.io/x": "y"}}}, [
        'spec.flexVolume.options[a.k8s.io/x]: Invalid value: "a.k8s.io/x": kubernetes.io and k8s.io namespaces are '
        "reserved"]),
    ({"azureFile": {"secretName": "s", "shareName": "h", "secretNamespace": ""}}, [
        "spec.azureFile.secretNamespace: Required value"]),
    ({"azureDisk": {"diskName": "d", "diskURI": "u", "cachingMode": "Odd", "kind": "Shared"}}, [
        'spec.azureDisk.cachingMode: Unsupported value: "Odd": supported values: "None", "ReadOnly", "ReadWrite"',
        'spec.azureDisk.diskURI: Unsupported value: "u": supported values: "https://{account-name}.blob.core...']),
    ({"storageos": {"volumeName": "A", "secretRef": {"name": "s"}}}, [
        'spec.storageos.volumeName: Invalid value: "A": a lowercase RFC 1123 label must consist...',
        "spec.storageos.secretRef.namespace: Required value"]),
    ({"local": {"path": "/a/../b"}}, [
        'spec.local.path: Invalid value: "/a/../b": must not contain \'..\'',
        "spec.nodeAffinity: Required value: Local volume requires node affinity"]),
])
def test_what_is_wrong_with_a_source(desk, fits, source, expected):
    found = desk("", "PersistentVolume").errors({"metadata": {"name": "v"}, "spec": {**SPEC, **source}})
    assert fits(found, expected), found


@pytest.mark.parametrize("source", [
    {"iscsi": {**ISCSI, "initiatorName": ISCSI["iqn"], "secretRef": {"name": "s"}}},
    {"glusterfs": {"endpoints": "e", "path": "p", "endpointsNamespace": "a"}},
    {"cinder": {"volumeID": "v", "secretRef": {"name": "s", "namespace": "a"}}},
    {"azureFile": {"secretName": "s", "shareName": "h", "secretNamespace": "a"}},
    {"azureDisk": {"diskName": "d", "diskURI": "https://a.blob.core.windows.net/c/d.vhd", "kind": "Shared"}},
    {"storageos": {"volumeName": "a", "secretRef": {"name": "s", "namespace": "a"}}},
    {"nfs": {"server": "s", "path": "/p"}}, {"fc": {"wwids": ["w"]}}, {"flocker": {"datasetName": "d"}},
    {"quobyte": {"registry": "h:1,i:2", "volume": "v"}},
])
def test_sources_that_are_right(desk, source):
    assert desk("", "PersistentVolume").errors({"spec": {**SPEC, **source}}) == []


def test_the_nodes_of_a_volume(desk, fits):
    affinity = {"required": {"nodeSelectorTerms": [{"matchFields": [
        {"key": "spec.x", "operator": "Exists"}, {"key": "metadata.name", "operator": "In", "values": ["n"]}]}]}}
    found = desk("", "PersistentVolume").errors({"spec": {**SPEC, "local": {"path": "/x"}, "nodeAffinity": affinity}})
    at = "spec.nodeAffinity.required.nodeSelectorTerms[0].matchFields[0]"
    assert found == [f'{at}.operator: Invalid value: "Exists": not a valid selector operator',
                     f'{at}.key: Invalid value: "spec.x": not a valid field selector key']


def test_volumes_within_an_attachment(desk, fits):
    def errors(inline):
        return desk("storage.k8s.io", "VolumeAttachment").errors({"spec": {
            "attacher": "d.org", "nodeName": "n", "source": {"inlineVolumeSpec": inline}}})

    inline = "in the context of inline volumes"
    at = "spec.source.inlineVolumeSpec"
    wrong = {"claimRef": {"name": "c"}, "capacity": {"storage": "1Gi"}, "persistentVolumeReclaimPolicy": "Delete",
             "nodeAffinity": {}, "local": {"path": "/x"}, "storageClassName": "s", "volumeMode": "Block"}
    assert errors(wrong) == [
        f"{at}.claimRef: Forbidden: may not be specified {inline}",
        f"{at}.capacity: Forbidden: may not be specified {inline}",
        f"{at}.csi: Required value: has to be specified {inline}",
        f"{at}.accessModes: Required value",
        f"{at}.persistentVolumeReclaimPolicy: Forbidden: may only be Retain {inline}",
        f"{at}.nodeAffinity: Forbidden: may not be specified {inline}",
        f"{at}.nodeAffinity: Required value: Local volume requires node affinity",
        f"{at}.storageClassName: Forbidden: may not be specified {inline}",
        f"{at}.volumeMode: Forbidden: may not specify volumeMode other than Filesystem {inline}"]
    assert errors({"csi": {"driver": "d.org", "volumeHandle": "h"}, "accessModes": ["ReadWriteOnce"]}) == []
