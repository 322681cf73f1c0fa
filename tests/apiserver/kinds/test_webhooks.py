"""Webhook configurations: what is wrong with them, in the server's words and order, and what is filled in."""

import pytest

GROUP, KIND = "admissionregistration.k8s.io", "ValidatingWebhookConfiguration"
RIGHT = {"name": "a.b.c", "sideEffects": "None", "admissionReviewVersions": ["v1"],
         "clientConfig": {"url": "https://a.b"}}


@pytest.mark.parametrize("hook,expected", [
    ({"name": ""}, ["webhooks[0].name: Required value"]),
    ({"name": "a.b"}, [
        'webhooks[0].name: Invalid value: "a.b": should be a domain with at least three segments separated by dots']),
    ({"name": "A.b.c"}, ['webhooks[0].name: Invalid value: "A.b.c": a lowercase RFC 1123 subdomain must consist...']),
    ({"rules": [{}]}, [
        "webhooks[0].rules[0].operations: Required value",
        "webhooks[0].rules[0].apiGroups: Required value",
        "webhooks[0].rules[0].apiVersions: Required value",
        "webhooks[0].rules[0].resources: Required value"]),
    ({"sideEffects": "Some", "failurePolicy": "Retry", "matchPolicy": "Fuzzy", "timeoutSeconds": 31}, [
        'webhooks[0].failurePolicy: Unsupported value: "Retry": supported values: "Fail", "Ignore"',
        'webhooks[0].matchPolicy: Unsupported value: "Fuzzy": supported values: "Equivalent", "Exact"',
        'webhooks[0].sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun"',
        "webhooks[0].timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds"]),
    ({"sideEffects": None, "timeoutSeconds": 0}, [
        "webhooks[0].sideEffects: Required value: must specify one of None, NoneOnDryRun",
        "webhooks[0].timeoutSeconds: Invalid value: 0: the timeout value must be between 1 and 30 seconds"]),
    ({"namespaceSelector": {"matchLabels": {"a b": ""}},
      "objectSelector": {"matchExpressions": [{"key": "a", "operator": "Is"}]}}, [
        'webhooks[0].namespaceSelector.matchLabels: Invalid value: "a b": name part must consist...',
        'webhooks[0].objectSelector.matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator']),
    ({"admissionReviewVersions": []}, [
        "webhooks[0].admissionReviewVersions: Required value: must specify one of v1, v1beta1"]),
    ({"admissionReviewVersions": ["v2", "v2", "V"]}, [
        'webhooks[0].admissionReviewVersions[1]: Invalid value: "v2": duplicate version',
        'webhooks[0].admissionReviewVersions[2]: Invalid value: "V": a DNS-1035 label must...',
        'webhooks[0].admissionReviewVersions: Invalid value: ["v2","v2","V"]: must include at least one of v1, '
        'v1beta1']),
    ({"clientConfig": {}}, ["webhooks[0].clientConfig: Required value: exactly one of url or service is required"]),
    ({"clientConfig": {"url": "https://a", "service": {"name": "s", "namespace": "n"}}}, [
        "webhooks[0].clientConfig: Required value: exactly one of url or service is required"]),
    ({"clientConfig": {"url": "http://u:p@a/x?q=1#f"}}, [
        'webhooks[0].clientConfig.url: Invalid value: "http": \'https\' is the only allowed URL scheme; desired '
        'format: https://host[/path]',
        'webhooks[0].clientConfig.url: Invalid value: "u:p": user information is not permitted in the URL',
        'webhooks[0].clientConfig.url: Invalid value: "f": fragments are not permitted in the URL',
        'webhooks[0].clientConfig.url: Invalid value: "q=1": query parameters are not permitted in the URL']),
    ({"clientConfig": {"url": "https:///p"}}, [
        'webhooks[0].clientConfig.url: Invalid value: "": host must be specified; desired format: https://host[/path]']),
    ({"clientConfig": {"url": "https://[a"}}, [
        "webhooks[0].clientConfig.url: Required value: url must be a valid URL: Invalid IPv6 URL; desired format: "
        "https://host[/path]"]),
    ({"clientConfig": {"service": {"namespace": "", "name": ""}}}, [
        "webhooks[0].clientConfig.service.name: Required value",
        "webhooks[0].clientConfig.service.namespace: Required value"]),
    ({"clientConfig": {"service": {"namespace": "n", "name": "s", "port": 0}}}, [
        "webhooks[0].clientConfig.service.port: Invalid value: 0: port is not valid: must be between 1 and 65535, "
        "inclusive"]),
    ({"clientConfig": {"service": {"namespace": "n", "name": "s", "path": "//"}}}, [
        'webhooks[0].clientConfig.service.path: Invalid value: "//": segment[0] may not be empty']),
    ({"clientConfig": {"service": {"namespace": "n", "name": "s", "path": "a//B/"}}}, [
        'webhooks[0].clientConfig.service.path: Invalid value: "a//B/": must start with a \'/\'',
        'webhooks[0].clientConfig.service.path: Invalid value: "a//B/": segment[0] may not be empty',
        'webhooks[0].clientConfig.service.path: Invalid value: "a//B/": segment[1] may not be empty',
        'webhooks[0].clientConfig.service.path: Invalid value: "a//B/": segment[2]: a lowercase RFC 1123 subdomain '
        'must consist...']),
])
def test_what_is_wrong(desk, fits, hook, expected):
    found = desk(GROUP, KIND).errors({"kind": KIND, "webhooks": [{**RIGHT, **hook}]})
    assert fits(found, expected), found


def test_names_are_told_apart(desk):
    assert desk(GROUP, KIND).errors({"kind": KIND, "webhooks": [dict(RIGHT), dict(RIGHT)]}) == [
        'webhooks[1].name: Duplicate value: "a.b.c"']


@pytest.mark.parametrize("path", ["/", "", "/a", "/a/b/", "/a.b"])
def test_paths_that_are_right(desk, path):
    service = {"namespace": "n", "name": "s", "path": path}
    assert desk(GROUP, KIND).errors({"kind": KIND, "webhooks": [{**RIGHT, "clientConfig": {"service": service}}]}) == []


def test_defaults(desk):
    filled = {"failurePolicy": "Fail", "matchPolicy": "Equivalent", "timeoutSeconds": 10, "namespaceSelector": {},
              "objectSelector": {}, "rules": [{"scope": "*"}],
              "clientConfig": {"service": {"name": "s", "port": 443}}}
    for kind, more in ((KIND, {}), ("MutatingWebhookConfiguration", {"reinvocationPolicy": "Never"})):
        made = desk(GROUP, kind).new({"kind": kind, "webhooks": [
            {"rules": [{}], "clientConfig": {"service": {"name": "s"}}}]})
        assert made["webhooks"] == [{**filled, **more}]


RULE = {"operations": ["CREATE"], "apiGroups": ["*"], "apiVersions": ["*"], "resources": ["*"]}


@pytest.mark.parametrize("rule,expected", [
    ({"operations": ["*", "CREATE"]}, [
        'operations: Invalid value: ["*","CREATE"]: if \'*\' is present, must not specify other operations']),
    ({"operations": ["PATCH"]}, [
        'operations[0]: Unsupported value: "PATCH": supported values: "*", "CONNECT", "CREATE", "DELETE", "UPDATE"']),
    ({"apiGroups": ["*", "apps"], "apiVersions": ["*", ""]}, [
        'apiGroups: Invalid value: ["*","apps"]: if \'*\' is present, must not specify other API groups',
        'apiVersions: Invalid value: ["*",""]: if \'*\' is present, must not specify other API versions',
        "apiVersions[1]: Required value"]),
    ({"resources": ["pods/*", "pods/log", "*/scale", "a/scale", ""], "scope": "Odd"}, [
        "resources[1]: Invalid value: \"pods/log\": if 'pods/*' is present, must not specify pods/log",
        "resources[3]: Invalid value: \"a/scale\": if '*/scale' is present, must not specify a/scale",
        "resources[4]: Required value",
        'scope: Unsupported value: "Odd": supported values: "*", "Cluster", "Namespaced"']),
    ({"resources": ["*/*", "pods"]}, [
        'resources: Invalid value: ["*/*","pods"]: if \'*/*\' is present, must not specify other resources']),
    ({"resources": ["*", "pods"]}, [
        'resources: Invalid value: ["*","pods"]: if \'*\' is present, must not specify other resources without '
        "subresources"]),
    ({"operations": ["CREATE", "UPDATE"], "resources": ["*", "*/scale"], "scope": "Cluster"}, []),
])
def test_rules(desk, rule, expected):
    hook = {"name": "a.b.c", "sideEffects": "None", "admissionReviewVersions": ["v1"],
            "clientConfig": {"url": "https://a"}, "rules": [{**RULE, **rule}]}
    found = desk("admissionregistration.k8s.io", "ValidatingWebhookConfiguration").errors({
        "kind": "ValidatingWebhookConfiguration", "webhooks": [hook]})
    assert found == [f"webhooks[0].rules[0].{text}" for text in expected]


def policy_errors(desk, **spec):
    return desk("admissionregistration.k8s.io", "ValidatingAdmissionPolicy").errors({
        "kind": "ValidatingAdmissionPolicy", "spec": {
            "matchConstraints": {"resourceRules": [RULE]}, "validations": [{"expression": "true"}], **spec}})


@pytest.mark.parametrize("kind,expected", [
    ({}, ["apiVersion: Required value", "kind: Required value"]),
    ({"apiVersion": "a/b/c", "kind": "X"}, [
        'apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c']),
    ({"apiVersion": "A/", "kind": "x_y"}, [
        'apiVersion: Invalid value: "A": a lowercase RFC 1123 subdomain must consist...',
        'apiVersion: Invalid value: "A/": version must be specified',
        'kind: Invalid value: "x_y": may have mixed case, but should otherwise match: a DNS-1035 label must...']),
    ({"apiVersion": "rules.example.com/1", "kind": "X"}, [
        'apiVersion: Invalid value: "1": a DNS-1035 label must consist...']),
    ({"apiVersion": "v1", "kind": "ConfigMap"}, []),
])
def test_kinds_of_parameters(desk, fits, kind, expected):
    found = policy_errors(desk, paramKind=kind)
    assert fits(found, [f"spec.paramKind.{text}" for text in expected]), found


def test_names_of_resources_and_audit_annotations(desk, fits):
    rules = [{**RULE, "resourceNames": ["a", "a", "b/c"], "resources": []}]
    assert policy_errors(desk, matchConstraints={"resourceRules": rules}) == [
        'spec.matchConstraints.resourceRules[0].resourceNames[1]: Duplicate value: "a"',
        'spec.matchConstraints.resourceRules[0].resourceNames[2]: Invalid value: "b/c": may not contain \'/\'',
        "spec.matchConstraints.resourceRules[0].resources: Required value"]
    audits = [{"key": "k", "valueExpression": "'x'"}, {"key": "k", "valueExpression": "'y'"},
              {"key": "a b", "valueExpression": f"'{'z' * 5120}'"}]
    found = policy_errors(desk, auditAnnotations=audits)
    assert fits(found, [
        'spec.auditAnnotations[1].key: Duplicate value: "k"',
        'spec.auditAnnotations[2].key: Invalid value: "web/a b": name part must consist...',
        "spec.auditAnnotations[2].valueExpression: Required value: must not exceed 5120 bytes in length"]), found
    many = [{"key": f"k{i}", "valueExpression": "'x'"} for i in range(21)]
    assert policy_errors(desk, auditAnnotations=many)[0].endswith("must not have more than 20 auditAnnotations")


def test_the_status_of_a_policy(desk):
    at = desk("admissionregistration.k8s.io", "ValidatingAdmissionPolicy")
    status = {"typeChecking": {"expressionWarnings": [{"fieldRef": " ", "warning": ""}]}, "conditions": [{
        "type": "Ready", "status": "True", "reason": "", "lastTransitionTime": "2024-01-01T00:00:00Z"}]}
    at_warning = "status.typeChecking.expressionWarnings[0]"
    assert [str(error) for error in at.kind.validate_status({"status": status}, {}, at.ctx)] == [
        f"{at_warning}.warning: Required value", f"{at_warning}.fieldRef: Required value",
        "status.conditions[0].reason: Required value"]


def test_variables(desk):
    wrong = [{"name": " ", "expression": ""}, {"name": "a-b", "expression": "1 +"}]
    assert policy_errors(desk, variables=wrong)[:3] == [
        "spec.variables[0].name: Required value: name is not specified",
        "spec.variables[0].expression: Required value: expression is not specified",
        'spec.variables[1].name: Invalid value: "a-b": must be a valid CEL identifier']
    assert policy_errors(desk, variables=[{"name": "a", "expression": "1 + 1"}]) == []
