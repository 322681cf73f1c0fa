"""Objects and files of a shape that nobody writes on purpose, which a fuzz run (tests/fuzz) has found."""

from __future__ import annotations

import json

import pytest

CONFIG_MAP = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"k": "v"}}


@pytest.mark.parametrize("how", ["merge", "strategic"])
@pytest.mark.parametrize(("body", "told"), [
    ('{"apiVersion":5}', "configmap/a\n"),
    ('{"metadata":"x"}', "configmap/<unknown>\n"),
    ('{"metadata":{"name":5}}', "configmap/<unknown>\n"),
    ('{"kind":5}', "error: Object 'Kind' is missing in "
                   """'{"apiVersion":"v1","data":{"k":"v"},"kind":5,"metadata":{"name":"a"}}'\n"""),
    ('{"items":[5]}', "error: json: cannot unmarshal number into Go value of type map[string]interface {}\n"),
    ('{"items":5}', "error: json: cannot unmarshal number into Go struct field decodeList.items of type "
                    "[]json.RawMessage\n"),
])
def test_patches_that_leave_another_shape(terminal, how, body, told):
    done = terminal(f"kubectl patch --local -f - --type={how} -p '{body}' -o name", json.dumps(CONFIG_MAP))
    assert done.out + done.err == told


def test_a_spec_that_is_no_map_is_not_scaled(terminal):
    terminal.ok("kubectl create deployment d --image=i")
    obj = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}, "spec": "x"}
    terminal.environ["KUBESIM_KUBECTL_VERSION"] = "1.36"
    assert terminal("kubectl scale -f - --replicas=2", json.dumps(obj)).err == (
        "error: value cannot be set because .spec is not a map[string]interface{}\n")


def test_pods_without_containers_have_no_ports(terminal):
    obj = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "d", "labels": {"a": "b"}}, "spec": {}}
    assert terminal("kubectl expose -f -", json.dumps(obj)).err == (
        "error: couldn't find port via --port flag or introspection\n")


def test_objects_without_a_name(terminal):
    spec = {"containers": [{"name": "c", "env": [{"name": "A", "value": "b"}]}]}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {}, "spec": spec}
    assert terminal("kubectl set env -f - --list", json.dumps(pod)).out == "# Pod , container c\nA=b\n"
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "rules": []}
    assert terminal("kubectl auth reconcile -f -", json.dumps(role)).err == "error: resource name may not be empty\n"


def test_environment_of_exec_plug_ins_without_names(terminal, tmp_path):
    config = tmp_path / "config"
    config.write_text(json.dumps({"apiVersion": "v1", "kind": "Config", "users": [
        {"name": "u", "user": {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": "c",
                                        "interactiveMode": "Never", "env": [{}, {"name": "x"}]}}}]}))
    terminal.ok(f"kubectl config set-credentials u --exec-env=A=b --kubeconfig={config}")
    shown = terminal.ok(f"kubectl config view --kubeconfig={config} -o 'jsonpath={{.users[0].user.exec.env}}'")
    assert json.loads(shown) == [{"name": "", "value": ""}, {"name": "x", "value": ""}, {"name": "A", "value": "b"}]


def test_a_kind_that_is_a_number_in_a_kustomization(terminal):
    with open("kustomization.yaml", "w") as file:
        file.write("resources: [r.yaml]\n")
    with open("r.yaml", "w") as file:
        file.write("apiVersion: v1\nkind: 5\nmetadata: {name: x}\n")
    assert "kubesim failed" not in terminal("kubectl kustomize .").err


def test_any_text_may_be_a_seed(terminal):
    assert terminal.sim(["reset", "--seed", "\udc80"]).code == 0
    terminal.ok("kubectl create configmap x")


def refused(terminal, line, body):
    with open("body.json", "w") as file:
        json.dump(body, file)
    result = terminal(f"kubectl {line} -f body.json")
    assert result.code == 1, result
    return result.err.removeprefix("Error from server (BadRequest): ")


PATH = "/api/v1/namespaces/default/configmaps"


@pytest.mark.parametrize(("line", "body", "told"), [
    (f"create --raw={PATH}", {**CONFIG_MAP, "apiVersion": -1},
     "couldn't get version/kind; json parse error: json: cannot unmarshal number into Go struct field .apiVersion of "
     "type string\n"),
    (f"create --raw={PATH}", {**CONFIG_MAP, "kind": ["x"]},
     "couldn't get version/kind; json parse error: json: cannot unmarshal array into Go struct field .kind of type "
     "string\n"),
    (f"replace --raw={PATH}/a", {**CONFIG_MAP, "metadata": "x"},
     'ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal string into Go struct field '
     "ConfigMap.metadata of type v1.ObjectMeta\n"),
    ("replace --raw=/apis/apps/v1/namespaces/default/deployments/d/scale",
     {"apiVersion": "autoscaling/v1", "kind": "Scale", "spec": {"replicas": "x"}},
     'Scale in version "v1" cannot be handled as a Scale: json: cannot unmarshal string into Go struct field '
     "ScaleSpec.spec.replicas of type int32\n"),
    ("replace --raw=/api/v1/namespaces/default/finalize",
     {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"}, "spec": {"finalizers": "x"}},
     'Namespace in version "v1" cannot be handled as a Namespace: json: cannot unmarshal string into Go struct field '
     "NamespaceSpec.spec.finalizers of type []v1.FinalizerName\n"),
    ("replace --raw=/apis/apps/v1/namespaces/default/deployments/d/status",
     {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "other"}},
     "the name of the object (other) does not match the name on the URL (d)\n"),
])
def test_bodies_of_raw_requests(terminal, line, body, told):
    terminal.ok("kubectl create configmap a")
    terminal.ok("kubectl create deployment d --image=i")
    assert refused(terminal, line, body) == told


CRD = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "as.x.y"},
       "spec": {"group": "x.y", "scope": "Namespaced", "names": {"plural": "as", "kind": "A"}, "versions": [
           {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}}]}}


@pytest.mark.parametrize(("schema", "told"), [
    ({"items": {"properties": {"a": "x"}}}, "json: cannot unmarshal string into Go struct field "
     "JSONSchemaProps.spec.versions.schema.openAPIV3Schema.items.properties of type v1.JSONSchemaProps"),
    ({"items": [5]}, "json: cannot unmarshal number into Go struct field "
     "JSONSchemaProps.spec.versions.schema.openAPIV3Schema.items of type v1.JSONSchemaProps"),
    ({"additionalProperties": {"required": {}}}, "json: cannot unmarshal object into Go struct field "
     "JSONSchemaProps.spec.versions.schema.openAPIV3Schema.additionalProperties.required of type []string"),
    ({"additionalProperties": 5}, "boolean or JSON schema expected"),
])
def test_schemas_inside_of_schemas(terminal, schema, told):
    crd = json.loads(json.dumps(CRD))
    crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"].update(schema)
    assert refused(terminal, "create", crd).partition("CustomResourceDefinition: ")[2] == told + "\n"


def test_metadata_of_custom_resources(terminal):
    terminal.ok("kubectl create -f -", json.dumps(CRD))
    body = {"apiVersion": "x.y/v1", "kind": "A", "metadata": "x"}
    told = "json: cannot unmarshal string into Go struct field .metadata of type v1.ObjectMeta\n"
    assert refused(terminal, "create --raw=/apis/x.y/v1/namespaces/default/as", body).endswith(told)
    terminal.ok("kubectl create -f -", json.dumps({**body, "metadata": {"name": "a"}}))
    assert "cannot unmarshal" in terminal("""kubectl patch as a --type=merge -p '{"metadata":[]}'""").err
    assert terminal("""kubectl patch as a --type=merge -p '{"metadata":null}'""").code == 1


def test_fields_that_no_field_set_can_tell(terminal):
    """The server stores them all the same; server-side apply finds them wrong."""
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "s"}, "secrets": [{"name": "x"}]}
    terminal.ok("kubectl create -f -", json.dumps(account))
    terminal.ok("""kubectl patch sa s --type=json -p '[{"op":"remove","path":"/secrets/0/name"}]'""")
    done = terminal("kubectl apply --server-side -f -", json.dumps(account))
    assert done.err.startswith("Error from server: failed to create typed live object (default/s; /v1, "
                               "Kind=ServiceAccount): ")


def test_requests_for_certificates_without_a_request(terminal):
    csr = {"apiVersion": "certificates.k8s.io/v1", "kind": "CertificateSigningRequest", "metadata": {"name": "c"},
           "spec": {"signerName": "a.b/c", "usages": ["client auth"]}}
    assert "PEM block type must be CERTIFICATE REQUEST" in terminal("kubectl create -f -", json.dumps(csr)).err


def test_owners_with_odd_names_are_collected_after(terminal):
    refs = [{"apiVersion": "v1", "kind": "Config Map", "name": "a b/c", "uid": "u 1"}]
    obj = {**CONFIG_MAP, "metadata": {"name": "a", "ownerReferences": refs}}
    terminal.ok("kubectl create -f -", json.dumps(obj))
    terminal.ok("kubectl delete cm a")
    terminal.ok("kubectl get ns")


RC = {"apiVersion": "v1", "kind": "ReplicationController", "metadata": {"name": "r"}, "spec": {"selector": {"a": "b"}}}


def test_a_replication_controller_without_a_template(terminal):
    text = json.dumps(RC)
    assert "template:" in terminal.ok("kubectl set env -f - A=B --local -o yaml", text)
    assert "couldn't find port" in terminal("kubectl expose -f -", text).err


def test_lists_of_nothing(terminal):
    terminal.ok("kubectl create -f -", json.dumps(CONFIG_MAP))
    assert "kubesim failed" not in terminal("""kubectl patch cm a --dry-run=client -o yaml -p '{"items":[null]}'""").err
    assert terminal("""kubectl patch --local -f - -p '{"data":{"x":"y"}}' -o yaml""", json.dumps(
        {**CONFIG_MAP, "apiVersion": None})).code == 1


def test_bytes_that_are_no_base64_in_a_patch(terminal):
    terminal.ok("kubectl create -f -", json.dumps(CONFIG_MAP))
    assert "error decoding from json: illegal base64 data at input byte 1" in terminal(
        """kubectl patch cm a -p '{"binaryData":{"b":"x y"}}'""").err


def test_limits_that_no_float_holds(terminal):
    limits = {"type": "Container", "max": {"cpu": "9" * 400}, "min": {"cpu": "1m"}, "maxLimitRequestRatio": {"cpu": 2}}
    terminal.ok("kubectl create -f -", json.dumps({"apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": "l"},
                                                   "spec": {"limits": [limits]}}))


def test_a_volume_for_a_claim_without_a_name(terminal):
    terminal.ok("kubectl create -f -", json.dumps({
        "apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "v"}, "spec": {
            "capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/d"},
            "claimRef": {"namespace": "default"}}}))
    assert terminal.ok("kubectl get pv v -o name") == "persistentvolume/v\n"


def test_what_is_remembered_and_served_no_more_is_not_explained(terminal):
    terminal.ok("kubectl create -f -", json.dumps(CRD))
    terminal.ok("kubectl get as")
    terminal.ok("kubectl delete crd as.x.y")
    assert "kubesim failed" not in terminal("kubectl explain as.spec").err


@pytest.mark.parametrize(("transformer", "prefix"), [
    ('labels: [{pairs: {e: f}, fields: [{create: true}]}]', ""),
    ('namespace: x\nconfigurations: [c.yaml]', "namespace transformation failed: "),
])
def test_kustomize_changes_no_field_without_a_name(terminal, transformer, prefix):
    for name, text in (("kustomization.yaml", f"resources: [r.yaml]\n{transformer}\n"),
                       ("r.yaml", json.dumps(CONFIG_MAP)), ("c.yaml", "namespace: [{create: true}]\n")):
        with open(name, "w") as file:
            file.write(text)
    namespace = "x" if prefix else "[noNs]"
    assert terminal("kubectl kustomize .").err == (
        f"error: {prefix}considering field '' of object ConfigMap.v1.[noGrp]/a.{namespace}: cannot set or create an "
        "empty field name\n")


@pytest.mark.parametrize("tutorial", [
    "{", "[]", "steps: 5", "steps: [5]", "steps: [{}]", "steps: [{run: 5}]", "steps: [{run: ':', at: {}}]",
    "steps: [{run: ':', at: x}]", "steps: [{run: ':', stdout: 1.5}]", "start: []\nsteps: [{run: ':'}]",
    "uids: [x]\nsteps: [{run: ':'}]", "files: {a: []}\nsteps: [{run: ':'}]", "steps: [{run: ':', 5: x}]", "a: \x00",
])
def test_tutorials_of_another_shape(terminal, tutorial):
    with open("t.yaml", "w") as file:
        file.write(tutorial)
    result = terminal.sim(["verify", "t.yaml"])
    assert result.code == 2
    assert result.err.startswith("Error: t.yaml")
