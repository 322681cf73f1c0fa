import pytest

GROUP = "admissionregistration.k8s.io/v1"
RULES = [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"], "resources": ["configmaps"]}]


def policy(api, *validations, name="p", **spec):
    return api.create(GROUP, "ValidatingAdmissionPolicy", name, spec={
        "matchConstraints": {"resourceRules": RULES}, "validations": list(validations), **spec})


def bind(api, *actions, name="b", **spec):
    return api.create(GROUP, "ValidatingAdmissionPolicyBinding", name, spec={
        "policyName": "p", "validationActions": list(actions or ["Deny"]), **spec})


def make(api, name="c", namespace="default", **data):
    return api.create("v1", "ConfigMap", name, namespace, data=data)


PREFIX = 'configmaps "c" is forbidden: ValidatingAdmissionPolicy \'p\' with binding \'b\' denied request: '


def test_a_policy_binds_only_with_a_binding(api):
    policy(api, {"expression": "size(object.data) < 2"})
    make(api, "a", x="1", y="2")
    bind(api)
    assert api.refused(make, api, x="1", y="2") == PREFIX + "failed expression: size(object.data) < 2"
    make(api, x="1")
    assert api.refused(api.change, "configmaps", "c", {"data": {"z": "1"}}).startswith(PREFIX)


def test_messages_variables_and_reasons(api):
    policy(api, {"expression": "variables.count <= 1", "message": "too many", "reason": "Forbidden",
                 "messageExpression": "'has ' + string(variables.count) + ' keys'"},
           variables=[{"name": "count", "expression": "size(object.data)"}])
    bind(api)
    assert api.refused(make, api, x="1", y="2") == PREFIX + "has 2 keys"


def test_what_cannot_be_evaluated_is_refused_unless_ignored(api):
    policy(api, {"expression": "object.data.x == '1'"})
    bind(api)
    assert api.refused(make, api, y="1") == (
        PREFIX + "expression 'object.data.x == '1'' resulted in error: no such key: x")
    resource = "validatingadmissionpolicies.admissionregistration.k8s.io"
    api.change(resource, "p", {"spec": {"failurePolicy": "Ignore"}}, "")
    make(api, y="1")


def test_warnings(api):
    policy(api, {"expression": "has(object.metadata.labels)", "message": "needs labels"})
    bind(api, "Warn")
    make(api)
    assert api.warned == ["Validation failed for ValidatingAdmissionPolicy 'p' with binding 'b': needs labels"]


def test_conditions_and_selectors(api):
    api.create("v1", "Namespace", "strict", labels={"policy": "on"})
    policy(api, {"expression": "false"}, matchConditions=[
        {"name": "not-free", "expression": "object.metadata.name != 'free'"}])
    bind(api, matchResources={"namespaceSelector": {"matchLabels": {"policy": "on"}}})
    make(api)
    make(api, "free", "strict")
    assert "failed expression: false" in api.refused(make, api, "c", "strict")


def test_parameters(api):
    make(api, "limits", most="2")
    policy(api, {"expression": "size(object.data) <= int(params.data.most)"},
           paramKind={"apiVersion": "v1", "kind": "ConfigMap"})
    bind(api, paramRef={"name": "limits", "namespace": "default", "parameterNotFoundAction": "Deny"})
    make(api, "fine", a="1", b="2")
    assert "failed expression" in api.refused(make, api, a="1", b="2", c="3")
    api.trusted.delete("configmaps", "limits", "default")
    assert api.refused(make, api) == (
        PREFIX + "failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction")


def test_the_request_and_the_namespace(api):
    policy(api, {"expression": "request.userInfo.username == 'minikube-user' && request.operation == 'CREATE' && "
                               "namespaceObject.metadata.name == request.namespace && oldObject == null"})
    bind(api)
    make(api)


@pytest.mark.parametrize("spec,errors", [
    ({"validations": [{"expression": "object.x >"}]}, "Syntax error: mismatched input '<EOF>'"),
    ({"validations": [{"expression": "object.x"}]}, 'spec.validations[0].expression: Invalid value: "object.x": must '
                                                    "evaluate to bool but got dyn"),
    ({"validations": [{"expression": "params.x == 1"}]}, "undeclared reference to 'params' (in container '')"),
    ({"validations": [{"expression": "request.size == 1"}]}, "undefined field 'size'"),
    ({"validations": [{"expression": " "}]}, "spec.validations[0].expression: Required value: expression is not "
                                             "specified"),
    ({"validations": []}, "spec.validations: Required value: validations or auditAnnotations must contain at least one "
                          "item"),
    ({"validations": [{"expression": "true", "reason": "Bored"}]}, 'spec.validations[0].reason: Unsupported value: '
                                                                   '"Bored"'),
    ({"validations": [{"expression": "true"}], "matchConstraints": {}}, "spec.matchConstraints.resourceRules: "
                                                                        "Required"),
])
def test_policies_that_are_wrong(api, spec, errors):
    assert errors in api.refused(policy, api, **{"validations": [], **spec})


def test_bindings_that_are_wrong(api):
    assert api.refused(bind, api, "Deny", "Warn", paramRef={}) == (
        'ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io "b" is invalid: [spec.paramRef: Required '
        'value: one '
        "of name or selector must be specified, spec.paramRef.parameterNotFoundAction: Required value, "
        'spec.validationActions: Invalid value: ["Deny","Warn"]: must not contain both Deny and Warn (repeating the '
        'same '
        "validation failure information in the API response and headers serves no purpose)]")
