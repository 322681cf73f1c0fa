import pytest

GROUP = "admissionregistration.k8s.io/v1"


def apply_configuration(expression):
    return {"patchType": "ApplyConfiguration", "applyConfiguration": {"expression": expression}}


def json_patch(expression):
    return {"patchType": "JSONPatch", "jsonPatch": {"expression": expression}}


def policy(api, *mutations, name="p", resource="configmaps", group="", again="Never", **spec):
    rules = [{"apiGroups": [group], "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"],
              "resources": [resource]}]
    return api.create(GROUP, "MutatingAdmissionPolicy", name, spec={
        "matchConstraints": {"resourceRules": rules}, "mutations": list(mutations), "reinvocationPolicy": again,
        **spec})


def bind(api, name="b", to="p", **spec):
    return api.create(GROUP, "MutatingAdmissionPolicyBinding", name, spec={"policyName": to, **spec})


def make(api, name="c", namespace="default", labels=None, **data):
    return api.create("v1", "ConfigMap", name, namespace, data=data, labels=labels or {})


PREFIX = "policy 'p' with binding 'b' denied request: "


def test_an_apply_configuration_is_merged(api):
    policy(api, apply_configuration('Object{metadata: Object.metadata{labels: {"team": "a"}}}'))
    assert "team" not in make(api, "before")["metadata"].get("labels", {})
    bind(api)
    made = make(api, labels={"own": "1"}, x="1")
    assert made["metadata"]["labels"] == {"own": "1", "team": "a"}
    assert made["data"] == {"x": "1"}
    assert "f:team" not in str(made["metadata"]["managedFields"])
    changed = api.change("configmaps", "before", {"data": {"y": "2"}})
    assert changed["metadata"]["labels"] == {"team": "a"}


def test_lists_are_merged_by_their_keys_and_defaults_follow(api):
    policy(api, apply_configuration("""
        Object{spec: Object.spec{initContainers: [Object.spec.initContainers{name: "mesh", image: "mesh:1",
          restartPolicy: "Always"}], containers: object.spec.containers.map(c, Object.spec.containers{name: c.name,
          env: [Object.spec.containers.env{name: "A", value: "1"}]})}}"""), resource="pods")
    bind(api)
    spec = api.pod("a", container={"env": [{"name": "B", "value": "2"}]})["spec"]
    assert spec["initContainers"][0]["imagePullPolicy"] == "IfNotPresent"
    assert [each["name"] for each in spec["initContainers"][0]["volumeMounts"]] == [spec["volumes"][0]["name"]]
    assert spec["containers"][0]["env"] == [{"name": "B", "value": "2"}, {"name": "A", "value": "1"}]
    assert len(spec["volumes"]) == 1


def test_a_json_patch(api):
    policy(api, json_patch("""[
        JSONPatch{op: "test", path: "/data/x", value: "1"},
        JSONPatch{op: "add", path: "/metadata/labels/" + jsonpatch.escapeKey("a.io/b~c"), value: "yes"},
        JSONPatch{op: "add", path: "/data", value: Object.data{y: "2"}},
        JSONPatch{op: "copy", from: "/data/y", path: "/data/z"}]"""), failurePolicy="Fail")
    bind(api)
    # An invalid key: it is the kind's validation that sees what a policy has made.
    assert "metadata.labels: Invalid value: \"a.io/b~c\"" in api.refused(make, api, labels={"l": "1"}, x="1")
    assert make(api, x="2")["data"] == {"x": "2"}  # the test fails: nothing is changed


def test_params_variables_and_conditions(api):
    make(api, "params", team="blue")
    policy(api, json_patch("""[JSONPatch{op: "add", path: "/data/team", value: variables.team}]"""),
           variables=[{"name": "team", "expression": "params.data.team + '-' + request.operation"}],
           matchConditions=[{"name": "named", "expression": "object.metadata.name.startsWith('t')"}],
           paramKind={"apiVersion": "v1", "kind": "ConfigMap"})
    bind(api, paramRef={"name": "params", "namespace": "default", "parameterNotFoundAction": "Deny"})
    assert make(api, "t", x="1")["data"]["team"] == "blue-CREATE"
    assert "team" not in make(api, "other", x="1")["data"]
    api.trusted.delete("configmaps", "params", "default")
    assert api.refused(make, api, "t2") == (
        PREFIX + "failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction")


@pytest.mark.parametrize("again,found", [("Never", "1"), ("IfNeeded", "2")])
def test_reinvocation(api, again, found):
    policy(api, apply_configuration('Object{data: {"size": string(size(object.data.filter(k, k != "size")))}}'),
           again=again)
    bind(api)
    policy(api, apply_configuration('Object{data: Object.data{more: "x"}}'), name="q")
    bind(api, "c", "q")
    assert make(api, x="1")["data"] == {"x": "1", "size": found, "more": "x"}


@pytest.mark.parametrize("mutation,message", [
    (apply_configuration('Object{data: Object.data{x: object.data.none}}'),
     "expression 'Object{data: Object.data{x: object.data.none}}' resulted in error: no such key: none"),
    (apply_configuration('Object{data: Object.spec{x: "1"}}'),
     'type mismatch: unexpected type name "Object.spec", expected "Object.data", which matches field name path from '
     "root Object type"),
    (apply_configuration('Object{spec: Object.spec{x: "1"}}'),
     "error applying patch: failed to convert patch object to typed object: .spec: field not declared in schema"),
    (json_patch('[JSONPatch{op: "remove", path: "/data/none"}]'),
     "JSON Patch: error in remove for path: '/data/none': Unable to remove nonexistent key: none: missing value"),
])
def test_mutations_that_cannot_be_made(api, mutation, message):
    policy(api, mutation)
    bind(api)
    assert api.refused(make, api, x="1") == PREFIX + message
    api.change("mutatingadmissionpolicies.admissionregistration.k8s.io", "p", {"spec": {"failurePolicy": "Ignore"}}, "")
    assert make(api, x="1")["data"] == {"x": "1"}


def test_atomic_lists_are_not_replaced(api):
    policy(api, apply_configuration("""Object{spec: Object.spec{containers: [Object.spec.containers{name: "c",
        args: ["a"]}]}}"""), resource="pods")
    bind(api)
    assert api.refused(api.pod, "a") == (
        PREFIX + "error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: "
                 ".spec.containers[0].args")


def test_a_patch_that_no_longer_fits_the_type(api):
    policy(api, json_patch('[JSONPatch{op: "add", path: "/spec", value: 1}]'))
    bind(api)
    assert api.refused(make, api) == 'Internal error occurred: strict decoding error: unknown field "spec"'


@pytest.mark.parametrize("spec,message", [
    ({"mutations": []}, "spec.mutations: Required value: mutations must contain at least one item"),
    ({"reinvocationPolicy": ""}, "spec.reinvocationPolicy: Required value"),
    ({"reinvocationPolicy": "Often"}, 'spec.reinvocationPolicy: Unsupported value: "Often": supported values: '
                                      '"IfNeeded", "Never"'),
    ({"mutations": [{"patchType": "Merge"}]}, 'spec.mutations[0].patchType: Unsupported value: "Merge": supported '
                                              'values: "ApplyConfiguration", "JSONPatch"'),
    ({"mutations": [{"patchType": "JSONPatch"}]}, "spec.mutations[0].jsonPatch: Required value: must be specified when "
                                                  "patchType is JSONPatch"),
    ({"mutations": [{**json_patch("[JSONPatch{}]"), **apply_configuration("Object{}")}]},
     'spec.mutations[0].jsonPatch: Invalid value: "{jsonPatch}": must not be specified when patchType is '
     "ApplyConfiguration"),
    ({"mutations": [json_patch("Object{}")]}, "must evaluate to list(JSONPatch) but got Object"),
    ({"mutations": [apply_configuration("object.x")]}, "must evaluate to Object but got dyn"),
    ({"mutations": [apply_configuration("Thing{}")]}, "undeclared reference to 'Thing' (in container '')"),
    ({"mutations": [json_patch("[JSONPatch{op: 1}]")]}, "expected type of field 'op' is 'string' but provided type is "
                                                        "'int'"),
    ({"mutations": [json_patch("[JSONPatch{x: 1}]")]}, "undefined field 'x'"),
    ({"matchConditions": [{"name": "a", "expression": "Object{} == Object{}"}]}, "undeclared reference to 'Object'"),
    ({"matchConstraints": {"resourceRules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["DELETE"],
                                              "resources": ["pods"]}]}},
     'spec.matchConstraints.resourceRules.operations: Unsupported value: "DELETE": supported values: "*", "CONNECT", '
     '"CREATE", "UPDATE"'),
])
def test_policies_that_are_wrong(api, spec, message):
    assert message in api.refused(policy, api, apply_configuration("Object{}"), **spec)


def test_the_gate(start):
    api = start((1, 30))
    assert api.server.discovery.of_kind(GROUP, "MutatingAdmissionPolicy") is None
    make(api)
