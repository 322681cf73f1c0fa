"""The documents of OpenAPI."""

from __future__ import annotations

import json
import re

import pytest

CRD = """apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: foos.example.com}
spec:
  group: example.com
  names: {kind: Foo, plural: foos, listKind: Foolery}
  scope: Namespaced
  versions:
  - {name: v1, served: true, storage: true, subresources: {status: {}},
     schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {a: {type: integer}}}}}}}
"""
APPS = "/apis/apps/v1/namespaces/{namespace}/deployments"


def read(terminal, path):
    return json.loads(terminal.ok(f"kubectl get --raw /openapi/{path}"))


@pytest.fixture
def newer(terminal):
    terminal.environ["KUBESIM_KUBERNETES_VERSION"] = "1.36"
    terminal.ok("kubectl sim reset")
    terminal.ok("kubectl apply -f -", CRD)
    return terminal


@pytest.mark.parametrize("path", ["v2", "v3/api/v1", "v3/apis/apps/v1", "v3/apis/example.com/v1"])
def test_a_document_is_whole(newer, path):
    """Nothing is referred to that is not there, no operation has the name of another, and nothing is kubesim's own."""
    text = newer.ok(f"kubectl get --raw /openapi/{path}")
    found = json.loads(text)
    schemas = found["definitions"] if path == "v2" else found["components"]["schemas"]
    assert {name.rpartition("/")[2] for name in re.findall(r'"\$ref":"([^"]+)"', text)} <= set(schemas)
    named = [each["operationId"] for item in found["paths"].values() for each in item.values()
             if isinstance(each, dict)]
    assert len(set(named)) == len(named) > 5
    assert not re.search('"x-(go|since|until)', text)


def test_operations(newer):
    paths = read(newer, "v3/apis/apps/v1")["paths"]
    assert {method: each["operationId"] for method, each in paths[APPS].items() if method != "parameters"} == {
        "get": "listAppsV1NamespacedDeployment", "post": "createAppsV1NamespacedDeployment",
        "delete": "deleteAppsV1CollectionNamespacedDeployment"}
    assert paths[APPS]["get"]["responses"]["200"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/io.k8s.api.apps.v1.DeploymentList"}
    scale = paths[APPS + "/{name}/scale"]["get"]
    assert scale["operationId"] == "readAppsV1NamespacedDeploymentScale"
    assert scale["x-kubernetes-group-version-kind"] == {"group": "autoscaling", "version": "v1", "kind": "Scale"}
    assert [each["name"] for each in paths[APPS + "/{name}"]["parameters"]] == ["name", "namespace"]
    exec_ = read(newer, "v2")["paths"]["/api/v1/namespaces/{namespace}/pods/{name}/exec"]["post"]
    assert (exec_["operationId"], exec_["x-kubernetes-action"]) == ("connectCoreV1PostNamespacedPodExec", "connect")
    role = read(newer, "v2")["paths"]["/apis/rbac.authorization.k8s.io/v1/clusterroles"]["get"]
    assert (role["operationId"], role["tags"]) == ("listRbacAuthorizationV1ClusterRole", ["rbacAuthorization_v1"])


def test_structures(newer):
    spec = read(newer, "v3/apis/apps/v1")["components"]["schemas"]["io.k8s.api.apps.v1.DeploymentSpec"]
    assert spec["required"] == ["selector", "template"]
    assert spec["properties"]["strategy"] == {
        "default": {}, "x-kubernetes-patch-strategy": "retainKeys",
        "allOf": [{"$ref": "#/components/schemas/io.k8s.api.apps.v1.DeploymentStrategy"}]}
    old = read(newer, "v2")["definitions"]
    assert old["io.k8s.api.apps.v1.DeploymentSpec"]["properties"]["strategy"] == {
        "$ref": "#/definitions/io.k8s.api.apps.v1.DeploymentStrategy", "x-kubernetes-patch-strategy": "retainKeys"}
    assert old["io.k8s.apimachinery.pkg.util.intstr.IntOrString"] == {"format": "int-or-string", "type": "string"}
    assert old["io.k8s.api.apps.v1.Deployment"]["x-kubernetes-group-version-kind"] == [
        {"group": "apps", "version": "v1", "kind": "Deployment"}]


def test_custom_resources(newer):
    found = read(newer, "v3/apis/example.com/v1")["components"]["schemas"]
    assert found["com.example.v1.Foo"]["properties"]["spec"] == {
        "type": "object", "properties": {"a": {"type": "integer"}}}
    assert found["com.example.v1.Foo"]["properties"]["kind"] == {"type": "string"}
    assert found["com.example.v1.Foolery"]["properties"]["items"]["items"] == {
        "$ref": "#/components/schemas/com.example.v1.Foo"}


def test_a_release_has_its_own_fields(terminal):
    """1.28 knows nothing of a Job's managedBy; and of no group that is not served."""
    fields = read(terminal, "v3/apis/batch/v1")["components"]["schemas"]["io.k8s.api.batch.v1.JobSpec"]["properties"]
    assert "completions" in fields and "managedBy" not in fields
    assert terminal("kubectl get --raw /openapi/v3/apis/resource.k8s.io/v1").err == (
        "Error from server (NotFound): the server could not find the requested resource\n")
