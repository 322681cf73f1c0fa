"""What the scripts of hack/ make of small inputs."""

import json
import zipfile

import apisource
import pytest
import update_internaltypes
import update_kustomize_fieldspecs
import update_kustomize_types
import update_rbac
import update_releases
import update_resources
import update_schema

RESOURCE = '''
class {kind}(res.NamespacedResourceG, m.{kind}):
    _api_info = res.ApiInfo(resource=res.ResourceDef('{group}', '{version}', '{kind}'), plural='{plural}', verbs=[])
'''
STATUS = '''
class {kind}Status(res.NamespacedSubResource, m.{kind}):
    _api_info = res.ApiInfo(resource=res.ResourceDef('{group}', '{version}', '{kind}'),
        parent=res.ResourceDef('{group}', '{version}', '{kind}'), plural='{plural}', verbs=['get'], action='status')
'''


def wheel(folder, minor: int, models: str, resources: str) -> None:
    with zipfile.ZipFile(folder / f"lightkube_models-1.{minor}.0.8-py3-none-any.whl", "w") as file:
        file.writestr("lightkube/models/core_v1.py", models)
        file.writestr("lightkube/resources/core_v1.py", resources)


def test_releases_of_fields_and_resources(tmp_path):
    pod = RESOURCE.format(kind="Pod", group="", version="v1", plural="pods")
    job = STATUS.format(kind="Job", group="batch", version="v1", plural="jobs")
    wheel(tmp_path, 28, "class A:\n  x: 'str' = None\n  from_: 'Optional[B]' = None\n"
          "class B:\n  y: 'int' = None\n", pod)
    wheel(tmp_path, 29, "class A:\n  x: 'str' = None\n", pod + job)
    wheel(tmp_path, 30, "class A:\n  x: 'str' = None\n  z: 'int' = None\n", job)
    assert update_releases.make(tmp_path) == {
        "releases": [28, 29, 30],
        "fields": {"core_v1.A": {"from": {"until": 29, "type": "Optional[B]"}, "z": {"since": 30}}},
        "definitions": {"core_v1.B": {"y": "int"}},
        "resources": {"batch/v1 jobs/status": {"since": 29}, "v1 pods": {"until": 30}}}


def test_no_wheels(tmp_path):
    with pytest.raises(FileNotFoundError):
        update_releases.make(tmp_path)


@pytest.fixture
def checkout(tmp_path):
    """A function that writes a file of a checkout; its root."""
    def write(path: str, text) -> None:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text if isinstance(text, str) else json.dumps(text), encoding="utf-8")

    write.root = tmp_path
    return write


def groups(*versions: str) -> dict:
    return {"groups": [{"name": "flowcontrol.apiserver.k8s.io", "versions": [{"version": name} for name in versions]}]}


def test_resources_with_an_older_beta(checkout):
    entry = {"name": "flowschemas", "kind": "FlowSchema", "storageVersionHash": "x"}
    checkout("api/discovery/apis.json", groups("v1", "v2alpha1"))
    checkout("api/discovery/api__v1.json", {"resources": [{"name": "pods", "kind": "Pod"},
                                                          {"name": "pods/resize", "kind": "Pod"}]})
    checkout("api/discovery/apis__flowcontrol.apiserver.k8s.io__v1.json", {"resources": [entry]})
    group = "flowcontrol.apiserver.k8s.io"
    made = update_resources.make(apisource.Checkout(checkout.root), {"resources": {
        f"{group}/v1 flowschemas": {"since": 29}, f"{group}/v1beta3 flowschemas": {"until": 32},
        "v1 pods/resize": {"since": 32}}})
    assert made["groups"] == [{"name": group, "versions": ["v1", "v1beta3", "v1beta2"]}]
    assert made["resources"][:3] == [
        {"groupVersion": "v1", "kind": "Pod", "name": "pods"},
        {"groupVersion": "v1", "kind": "Pod", "name": "pods/resize", "since": 32,
         "gate": "InPlacePodVerticalScaling"},
        {"groupVersion": f"{group}/v1", "kind": "FlowSchema", "name": "flowschemas", "since": 29}]
    assert {"groupVersion": f"{group}/v1beta3", "kind": "FlowSchema", "name": "flowschemas", "until": 32} in made[
        "resources"]


THING = """
package v1

type Mode string

type Thing struct {
	Name string `json:"name"`
	Count *int32 `json:"count,omitempty"`
	Mode Mode `json:"mode,omitempty"`
	Spec Spec `json:"spec"`
	Inner `json:",inline"`
	Raw []byte `json:"raw,omitempty"`
}

type Inner struct {
	Deep string `json:"deep,omitempty"`
}

type Spec struct {
}
"""


def test_a_definition_with_what_only_go_tells(checkout):
    checkout("staging/src/k8s.io/api/core/v1/types.go", THING)
    spec = {"$ref": "io.k8s.api.core.v1.Spec", "default": {}}
    definitions = {"io.k8s.api.core.v1.Spec": {"type": "object", "properties": {}}, "io.k8s.api.core.v1.Thing": {
        "type": "object", "properties": {
            "count": {"type": "integer", "format": "int32"}, "deep": {"type": "string"}, "mode": {"type": "string"},
            "name": {"type": "string", "default": ""}, "raw": {"type": "string", "format": "byte"}, "spec": spec}}}
    types = update_schema.GoTypes(checkout.root)
    made = update_schema.with_go_facts(definitions, "io.k8s.api.core.v1.Thing", types)["properties"]
    assert list(made.items()) == [
        ("name", {"type": "string", "x-go-always": True}),
        ("count", {"type": "integer", "format": "int32", "x-go-pointer": True}),
        ("mode", {"type": "string", "x-go-type": "v1.Mode"}),
        ("spec", spec),
        ("deep", {"type": "string", "x-go-inline": "Inner"}),
        ("raw", {"type": "string", "format": "byte"})]


def test_fields_that_came_and_went():
    definitions = {"io.k8s.api.core.v1.A": {"type": "object", "properties": {"new": {"type": "string"}}}}
    facts = {"fields": {"core_v1.A": {"new": {"since": 30}, "old": {"until": 31, "type": "Optional[List[B]]"},
                                      "later": {"until": 99, "type": "str"}}},
             "definitions": {"core_v1.B": {"x": "str"}}}
    update_schema.add_releases(definitions, facts, 36)
    assert definitions["io.k8s.api.core.v1.A"]["properties"] == {
        "new": {"type": "string", "x-since": 30},
        "old": {"items": {"$ref": "io.k8s.api.core.v1.B"}, "type": "array", "x-until": 31}}
    assert definitions["io.k8s.api.core.v1.B"]["properties"] == {"x": {"type": "string", "x-go-always": True}}


def test_openapi_without_words_and_with_enums(checkout):
    node = plain = update_schema.plain({"properties": {"description": {
        "allOf": [{"$ref": "#/components/schemas/io.k8s.api.core.v1.B"}], "description": "words", "default": {}}}})
    assert plain == {"properties": {"description": {"$ref": "io.k8s.api.core.v1.B", "default": {}}}}
    checkout("pkg/generated/openapi/zz_generated.openapi.go", (
        "func schema_k8sio_api_core_v1_A(ref) {\n" + "\t" * 5 + '"modes": {\n' + "\t" * 8
        + 'Enum: []interface{}{"X", "Y"},\n'))
    node = {"io.k8s.api.core.v1.A": {"properties": {"modes": {"type": "array", "items": {"type": "string"}}}}}
    update_schema.add_enums(node, update_schema.enums(checkout.root))
    assert node["io.k8s.api.core.v1.A"]["properties"]["modes"]["items"] == {"enum": ["X", "Y"], "type": "string"}


def test_roles_and_bindings():
    label = "rbac.authorization.k8s.io/aggregate-to-admin"
    assert update_rbac.role({"metadata": {"name": "edit", "labels": {label: "true"}}, "rules": [
        {"verbs": ["get"], "apiGroups": [""]}]}) == {
            "name": "edit", "rules": [{"apiGroups": [""], "verbs": ["get"]}], "aggregateTo": "admin"}
    assert update_rbac.role({"metadata": {"name": "admin"}, "rules": None, "aggregationRule": {
        "clusterRoleSelectors": [{"matchLabels": {label: "true"}}]}}) == {"name": "admin", "aggregate": "admin"}
    subject = {"apiGroup": "x", "kind": "User", "name": "u"}
    assert update_rbac.binding({"kind": "RoleBinding", "metadata": {"name": "b", "namespace": "n"}, "roleRef": {
        "kind": "ClusterRole", "name": "other"}, "subjects": [subject]}) == {
            "name": "b", "role": "other", "kind": "ClusterRole", "subjects": [{"kind": "User", "name": "u"}],
            "namespace": "n"}


def test_internal_types_under_their_go_names(checkout, monkeypatch):
    core, external = "k8s.io/kubernetes/pkg/apis/core", "k8s.io/api/core/v1"
    checkout("pkg/apis/core/types.go", 'package core\nimport (\n\t"k8s.io/apimachinery/pkg/api/resource"\n)\n'
             "type Mode string\ntype A struct {\n\tURL string\n\tMode *Mode\n\tParts []B\n}\n"
             "type B struct {\n\tSize resource.Quantity\n}\n")
    checkout("staging/src/k8s.io/api/core/v1/types.go", "package v1\ntype A struct {\n\tURL string `json:\"url\"`\n"
             "\tMode *Mode `json:\"mode\"`\n\tParts []B `json:\"pieces\"`\n}\n")
    checkout("staging/src/k8s.io/apimachinery/pkg/api/resource/quantity.go", "package resource\n")
    monkeypatch.setattr(update_internaltypes, "EXTERNAL", {core: external})
    monkeypatch.setattr(update_internaltypes, "ROOTS", {core: ("A",)})
    assert update_internaltypes.make(checkout.root) == {
        "A": [["URL", "s", "url"], ["Mode", "*s"], ["Parts", "[]B", "pieces"]], "B": [["Size", "q"]]}


def test_kustomize_field_specs(checkout):
    folder = "vendor/sigs.k8s.io/kustomize/api/internal/konfig/builtinpluginconsts"
    checkout(f"{folder}/a.go", "const sharedFieldSpecs = `\n- path: a/b\n  create: true\n  kind: K\n`\n")
    checkout(f"{folder}/b.go", "const templateLabelFieldSpecs = `\ntemplateLabels:` + sharedFieldSpecs\n")
    found = update_kustomize_fieldspecs.constants(checkout.root)
    assert [update_kustomize_fieldspecs.spec(entry) for entry in found["templateLabels"]] == [
        {"path": "a/b", "kind": "K", "create": True}]
    checkout("vendor/sigs.k8s.io/kustomize/kyaml/resid/gvk.go",
             'var orderFirst = []string{\n"Namespace", "Deployment",\n}\nvar orderLast = []string{\n"Hook",\n}\n')
    kinds = [{"kind": name} for name in ("Hook", "Sts", "Deployment", "Rs", "Namespace")]
    kinds.sort(key=update_kustomize_fieldspecs.by_kind(checkout.root))
    assert [entry["kind"] for entry in kinds] == ["Namespace", "Deployment", "Rs", "Sts", "Hook"]
    assert update_kustomize_fieldspecs.reference({"kind": "Secret", "fieldSpecs": [
        {"kind": "Pod", "path": "x"}, {"kind": "Job", "path": "y"}, {"kind": "Pod", "path": "z"},
        {"kind": "Pod", "path": "x"}]}) == {"kind": "Secret", "referrers": [
            {"kind": "Pod", "paths": ["x", "z"]}, {"kind": "Job", "paths": ["y"]}]}


def test_kustomize_types(checkout):
    checkout("vendor/sigs.k8s.io/kustomize/api/types/a.go", "package types\n"
             'import "sigs.k8s.io/kustomize/kyaml/resid"\ntype Order string\n'
             "type Kustomization struct {\n\tBase `json:\",inline\"`\n\tOrder Order `json:\"order\"`\n"
             "\tIds []*resid.Gvk `json:\"ids\"`\n\tMore map[string]string `json:\"more\"`\n\thidden int\n}\n"
             "type Base struct {\n\tName string `json:\"name\"`\n}\n")
    checkout("vendor/sigs.k8s.io/kustomize/kyaml/resid/a.go",
             "package resid\ntype Gvk struct {\n\tKind string `json:\"kind\"`\n}\n")
    assert update_kustomize_types.make(checkout.root) == {
        "Base": {"name": "string"}, "Gvk": {"kind": "string"},
        "Kustomization": {"+Base": "Base", "order": "Order=string", "ids": "[]*Gvk", "more": "{}string"}}


def test_which_release_a_checkout_is_of(checkout):
    with pytest.raises(FileNotFoundError):
        apisource.minor_of(checkout.root)
    checkout("CHANGELOG/CHANGELOG-1.9.md", "")
    checkout("CHANGELOG/CHANGELOG-1.36.md", "")
    assert apisource.minor_of(checkout.root) == 36
    checkout("vendor/modules.txt", "# sigs.k8s.io/kustomize/api v0.21.1\n# sigs.k8s.io/kustomize/api/more v1.0.0\n")
    assert apisource.vendored(checkout.root, "sigs.k8s.io/kustomize/api") == "sigs.k8s.io/kustomize/api v0.21.1"
    with pytest.raises(LookupError):
        apisource.vendored(checkout.root, "sigs.k8s.io/yaml")
