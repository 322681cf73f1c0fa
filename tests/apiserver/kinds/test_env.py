"""Environment variables and where they come from: what is wrong, in the server's words and order."""

import pytest

from kubesim_cli.apiserver.kinds.core.podspec.defaults import default_pod_spec
from kubesim_cli.apiserver.kinds.core.podspec.spec import validate_pod_spec


@pytest.mark.parametrize("fields,expected", [
    ({"env": [{"name": ""}]}, ["env[0].name: Required value"]),
    ({"env": [{"name": "a=b"}]}, ['env[0].name: Invalid value: "a=b": a valid environment variable name...']),
    ({"env": [{"name": "A", "value": "x", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]}, [
        'env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty']),
    ({"env": [{"name": "A", "valueFrom": {}}]}, [
        'env[0].valueFrom: Invalid value: "": must specify one of: `fieldRef`, `resourceFieldRef`, '
        '`configMapKeyRef`, `secretKeyRef` or `fileKeyRef`']),
    ({"env": [{"name": "A",
               "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"},
                             "secretKeyRef": {"name": "s", "key": "k"}}}]}, [
        'env[0].valueFrom: Invalid value: "": may not have more than one field specified at a time']),
    ({"env": [{"name": "A", "valueFrom": {"fieldRef": {"apiVersion": "", "fieldPath": "metadata.name"}}}]}, []),
    ({"env": [{"name": "A", "valueFrom": {"fieldRef": {"apiVersion": "v2", "fieldPath": "metadata.name"}}}]}, [
        'env[0].valueFrom.fieldRef.fieldPath: Invalid value: "metadata.name": error converting fieldPath: '
        'unsupported pod version: v2']),
    ({"env": [{"name": "A", "valueFrom": {"fieldRef": {"apiVersion": "v1"}}}]}, [
        "env[0].valueFrom.fieldRef.fieldPath: Required value"]),
    ({"env": [{"name": "A", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.odd"}}}]}, [
        'env[0].valueFrom.fieldRef.fieldPath: Invalid value: "metadata.odd": error converting fieldPath: field label '
        'not supported: metadata.odd']),
    ({"env": [{"name": "A", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "spec['x']"}}}]}, [
        'env[0].valueFrom.fieldRef.fieldPath: Invalid value: "spec[\'x\']": error converting fieldPath: field label '
        'does not support subscript: spec[\'x\']']),
    ({"env": [{"name": "A",
               "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.labels['a b']"}}}]}, [
        'env[0].valueFrom.fieldRef: Invalid value: "a b": name part must consist...']),
    ({"env": [{"name": "A", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "spec.host"}}}]}, []),
    ({"env": [{"name": "A", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.labels"}}}]}, [
        'env[0].valueFrom.fieldRef.fieldPath: Unsupported value: "metadata.labels": supported values: '
        '"metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", '
        '"status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"']),
    ({"env": [{"name": "A", "valueFrom": {"resourceFieldRef": {}}}]}, [
        "env[0].valueFrom.resourceFieldRef.resource: Required value"]),
    ({"env": [{"name": "A", "valueFrom": {"resourceFieldRef": {"resource": "limits.gpu"}}}]}, [
        'env[0].valueFrom.resourceFieldRef.resource: Unsupported value: "limits.gpu": supported values: '
        '"limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", '
        '"requests.memory"']),
    ({"env": [{"name": "A", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu", "divisor": "2"}}}]}, [
        'env[0].valueFrom.resourceFieldRef.divisor: Invalid value: "limits.cpu": only divisor\'s values 1m and 1 are '
        'supported with the cpu resource']),
    ({"env": [{"name": "A", "valueFrom": {"resourceFieldRef": {"resource": "limits.memory", "divisor": "1m"}}}]}, [
        'env[0].valueFrom.resourceFieldRef.divisor: Invalid value: "limits.memory": only divisor\'s values 1, 1k, '
        '1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are supported with the memory resource']),
    ({"env": [{"name": "A",
               "valueFrom": {"resourceFieldRef": {"resource": "requests.ephemeral-storage",
                                                  "divisor": "3"}}}]}, [
        'env[0].valueFrom.resourceFieldRef.divisor: Invalid value: "requests.ephemeral-storage": only divisor\'s '
        'values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are supported with the local ephemeral '
        'storage resource']),
    ({"env": [{"name": "A",
               "valueFrom": {"resourceFieldRef": {"resource": "limits.hugepages-2Mi", "divisor": "3"}}}]}, [
        'env[0].valueFrom.resourceFieldRef.divisor: Invalid value: "limits.hugepages-2Mi": only divisor\'s values 1, '
        '1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are supported with the hugepages resource']),
    ({"env": [{"name": "A", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu", "divisor": "1m"}}}]}, []),
    ({"env": [{"name": "A", "valueFrom": {"configMapKeyRef": {}}}]}, [
        'env[0].valueFrom.configMapKeyRef.name: Invalid value: "": a lowercase RFC 1123 subdomain must consist...',
        "env[0].valueFrom.configMapKeyRef.key: Required value"]),
    ({"env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "A", "key": "a b"}}}]}, [
        'env[0].valueFrom.secretKeyRef.name: Invalid value: "A": a lowercase RFC 1123 subdomain must consist...',
        'env[0].valueFrom.secretKeyRef.key: Invalid value: "a b": a valid config key must consist of alphanumeric '
        'characters, \'-\', \'_\' or \'.\' (e.g. \'key.name\',  or \'KEY_NAME\',  or \'key-name\', regex used for '
        'validation is \'[-._a-zA-Z0-9]+\')']),
    ({"env": [{"name": "A", "valueFrom": {"fileKeyRef": {"volumeName": "v", "path": "p", "key": "K"}}}]}, [
        'env[0].valueFrom.fileKeyRef.volumeName: Invalid value: "v": referenced volume must be of type emptyDir']),
    ({"env": [{"name": "A", "valueFrom": {"fileKeyRef": {"volumeName": "", "path": "../p", "key": ""}}}]}, [
        "env[0].valueFrom.fileKeyRef.key: Required value",
        "env[0].valueFrom.fileKeyRef.volumeName: Required value",
        'env[0].valueFrom.fileKeyRef.path: Invalid value: "../p": must not contain \'..\'',
        'env[0].valueFrom.fileKeyRef.volumeName: Not found: ""']),
    ({"envFrom": [{}]}, ['envFrom: Invalid value: "": must specify one of: `configMapRef` or `secretRef`']),
    ({"envFrom": [{"configMapRef": {"name": "m"}, "secretRef": {"name": "s"}}]}, [
        'envFrom: Invalid value: "": may not have more than one field specified at a time']),
    ({"envFrom": [{"prefix": "=", "secretRef": {}}]}, [
        'envFrom[0].prefix: Invalid value: "=": a valid environment variable name...',
        "envFrom[0].secretRef.name: Required value"]),
    ({"envFrom": [{"configMapRef": {"name": "A"}}]}, [
        'envFrom[0].configMapRef.name: Invalid value: "A": a lowercase RFC 1123 subdomain must consist...']),
])
def test_what_is_wrong(fits, fields, expected):
    spec = {"containers": [{"name": "c", "image": "i", **fields}],
            "volumes": [{"name": "v", "hostPath": {"path": "/"}}]}
    default_pod_spec(spec, (1, 36))
    found = [str(error).removeprefix("spec.containers[0].")
             for error in validate_pod_spec(spec, "spec", (1, 36), {"name": "p"})]
    assert fits(found, expected), found
