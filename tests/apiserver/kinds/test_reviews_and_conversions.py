"""Reviews of access, requests for certificates, autoscaling/v1 <-> v2 and the mutating admission policies."""

import base64
import json
import types

import pytest

from kubesim_cli.apiserver.kinds import base
from kubesim_cli.apiserver.kinds.autoscaling.conversion import to_v1, to_v2
from kubesim_cli.machinery.errors import StatusError

SCALER = "autoscaling.alpha.kubernetes.io/"


def scaler(spec=None, status=None, **meta):
    return {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "web", **meta},
            "spec": {"scaleTargetRef": {"kind": "Deployment", "name": "web"}, "maxReplicas": 3, **(spec or {})},
            **({"status": status} if status else {})}


METRICS = [
    ({"type": "Resource", "resource": {"name": "memory", "target": {"type": "Utilization", "averageUtilization": 70}}},
     {"type": "Resource", "resource": {"name": "memory", "targetAverageUtilization": 70}}),
    ({"type": "Resource", "resource": {"name": "cpu", "target": {"type": "AverageValue", "averageValue": "250m"}}},
     {"type": "Resource", "resource": {"name": "cpu", "targetAverageValue": "250m"}}),
    ({"type": "ContainerResource", "containerResource": {
        "name": "cpu", "container": "app", "target": {"type": "Utilization", "averageUtilization": 60}}},
     {"type": "ContainerResource", "containerResource": {
         "name": "cpu", "container": "app", "targetAverageUtilization": 60}}),
    ({"type": "Pods", "pods": {"metric": {"name": "qps", "selector": {"matchLabels": {"a": "b"}}},
                               "target": {"type": "AverageValue", "averageValue": "5"}}},
     {"type": "Pods", "pods": {"metricName": "qps", "selector": {"matchLabels": {"a": "b"}},
                               "targetAverageValue": "5"}}),
    ({"type": "Object", "object": {"metric": {"name": "hits"}, "describedObject": {"kind": "Ingress", "name": "in"},
                                   "target": {"type": "Value", "value": "10"}}},
     {"type": "Object", "object": {"target": {"kind": "Ingress", "name": "in"}, "metricName": "hits",
                                   "targetValue": "10"}}),
    ({"type": "Object", "object": {"metric": {"name": "hits"}, "describedObject": {"kind": "Ingress", "name": "in"},
                                   "target": {"type": "AverageValue", "averageValue": "2"}}},
     {"type": "Object", "object": {"target": {"kind": "Ingress", "name": "in"}, "metricName": "hits",
                                   "averageValue": "2"}}),
    ({"type": "External", "external": {"metric": {"name": "queue", "selector": {"matchLabels": {"q": "1"}}},
                                       "target": {"type": "Value", "value": "30"}}},
     {"type": "External", "external": {"metricName": "queue", "metricSelector": {"matchLabels": {"q": "1"}},
                                       "targetValue": "30"}}),
    ({"type": "Odd"}, {"type": "Odd"}),
]


@pytest.mark.parametrize("new,old", METRICS)
def test_metrics_of_v2_live_in_an_annotation_of_v1(new, old):
    made = scaler({"metrics": [new]})
    v1 = to_v1(made)
    assert v1["apiVersion"] == "autoscaling/v1"
    assert json.loads(v1["metadata"]["annotations"][SCALER + "metrics"]) == [old]
    assert "metrics" not in v1["spec"] and "targetCPUUtilizationPercentage" not in v1["spec"]
    back = to_v2(v1)
    assert back["spec"] == made["spec"]
    assert "annotations" not in back["metadata"]


def test_the_cpu_target_is_a_field_of_v1_and_comes_first_in_v2():
    cpu = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}}
    memory = METRICS[0][0]
    v1 = to_v1(scaler({"minReplicas": 2, "metrics": [memory, cpu]}, annotations={"mine": "yes"}))
    assert v1["spec"] == {"scaleTargetRef": {"kind": "Deployment", "name": "web"}, "minReplicas": 2, "maxReplicas": 3,
                          "targetCPUUtilizationPercentage": 80}
    assert sorted(v1["metadata"]["annotations"]) == [SCALER + "metrics", "mine"]
    back = to_v2(v1)
    assert back["spec"]["metrics"] == [cpu, memory]
    assert back["metadata"]["annotations"] == {"mine": "yes"}


def test_status_and_behavior_survive_v1():
    behavior = {"scaleDown": {"stabilizationWindowSeconds": 60}}
    status = {"observedGeneration": 1, "lastScaleTime": "2024-01-01T00:00:00Z", "currentReplicas": 2,
              "desiredReplicas": 3,
              "currentMetrics": [
                  {"type": "Resource", "resource": {"name": "cpu", "current": {
                      "averageUtilization": 55, "averageValue": "110m"}}},
                  {"type": "Pods", "pods": {"metric": {"name": "qps"}, "current": {"averageValue": "4"}}}],
              "conditions": [{"type": "AbleToScale", "status": "True"}]}
    v1 = to_v1(scaler({"behavior": behavior}, status))
    assert v1["status"] == {"observedGeneration": 1, "lastScaleTime": "2024-01-01T00:00:00Z", "currentReplicas": 2,
                            "desiredReplicas": 3, "currentCPUUtilizationPercentage": 55}
    kept = {key.removeprefix(SCALER): json.loads(value) for key, value in v1["metadata"]["annotations"].items()}
    assert kept == {
        "current-metrics": [
            {"type": "Resource", "resource": {"name": "cpu", "currentAverageUtilization": 55,
                                              "currentAverageValue": "110m"}},
            {"type": "Pods", "pods": {"metricName": "qps", "currentAverageValue": "4"}}],
        "conditions": status["conditions"], "behavior": behavior}
    back = to_v2(v1)
    assert (back["spec"]["behavior"], back["status"]) == (behavior, status)


def test_an_annotation_that_is_no_json_is_dropped():
    back = to_v2({**scaler(annotations={SCALER + "metrics": "[{", SCALER + "behavior": ""}),
                  "apiVersion": "autoscaling/v1"})
    assert "metrics" not in back["spec"] and "behavior" not in back["spec"]
    assert "annotations" not in back["metadata"] and back["status"] == {"currentMetrics": None}


def test_v1_always_tells_its_replicas():
    assert to_v1(scaler())["status"] == {"currentReplicas": 0, "desiredReplicas": 0}


# The outermost of a certificate: two sequences and a string of bits.
CERTIFICATE = base64.b64encode(b"-----BEGIN CERTIFICATE-----\nMAYwADAAAwA=\n-----END CERTIFICATE-----\n").decode()
CSR = ("certificates.k8s.io", "CertificateSigningRequest")


def pem(body: str, title: str = "CERTIFICATE REQUEST") -> str:
    return base64.b64encode(f"-----BEGIN {title}-----\n{body}\n-----END {title}-----\n".encode()).decode()


REQUEST = pem(base64.b64encode(b"\x30\x00").decode())


def csr(status=None, **spec):
    return {"apiVersion": "certificates.k8s.io/v1", "kind": "CertificateSigningRequest",
            "spec": {"request": REQUEST, "signerName": "example.com/mine", "usages": ["client auth"], **spec},
            **({"status": status} if status else {})}


@pytest.mark.parametrize("spec,expected", [
    ({}, []),
    ({"request": "!"}, ['spec.request: Invalid value: "!": PEM block type must be CERTIFICATE REQUEST']),
    ({"request": pem("MAA=", "CERTIFICATE")}, ["spec.request: Invalid value: ..."]),
    ({"request": pem("*")}, ["spec.request: Invalid value: ..."]),
    ({"request": pem("AAA=")}, [
        f'spec.request: Invalid value: "{pem("AAA=")}": asn1: structure error: tags don\'t match']),
    ({"usages": []}, ["spec.usages: Required value"]),
    ({"usages": ["fun"]}, ['spec.usages[0]: Unsupported value: "fun": supported values: "any", "cert sign", ...']),
    ({"usages": ["any", "signing", "any"]}, ['spec.usages[2]: Duplicate value: "any"']),
    ({"signerName": ""}, ["spec.signerName: Required value"]),
    ({"signerName": "kubernetes.io/legacy-unknown"}, [
        'spec.signerName: Invalid value: "kubernetes.io/legacy-unknown": the legacy signerName is not allowed via '
        "this API version"]),
    ({"signerName": "example.com"}, [
        'spec.signerName: Invalid value: "example.com": must be a fully qualified domain and path of the form '
        "'example.com/signer-name'"]),
    ({"expirationSeconds": 599}, [
        "spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 600 seconds (10 minutes)"]),
    ({"expirationSeconds": 600}, []),
])
def test_what_is_wrong_with_a_request(desk, fits, spec, expected):
    found = desk(*CSR).errors(csr(**spec))
    assert fits(found, expected), found


def conditions(*types):
    return {"conditions": [{"type": type_, "status": "True"} for type_ in types]}


@pytest.mark.parametrize("status,expected", [
    (conditions("Approved", "Failed"), []),
    ({"conditions": [{}]}, [
        "status.conditions[0].type: Required value", "status.conditions[0].status: Required value"]),
    ({"conditions": [{"type": "Denied", "status": "False"}]}, [
        'status.conditions[0].status: Unsupported value: "False": supported values: "True"']),
    ({"conditions": [{"type": "Mine", "status": "No"}]}, [
        'status.conditions[0].status: Unsupported value: "No": supported values: "False", "True", "Unknown"']),
    (conditions("Approved", "Denied"), [
        'status.conditions: Invalid value: "Denied": Approved and Denied conditions are mutually exclusive']),
    (conditions("Denied", "Approved"), [
        'status.conditions: Invalid value: "Approved": Approved and Denied conditions are mutually exclusive']),
    (conditions("Failed", "Failed"), ['status.conditions[1].type: Duplicate value: "Failed"']),
])
def test_what_is_wrong_with_conditions(desk, status, expected):
    assert desk(*CSR).errors(csr(status)) == expected


@pytest.mark.parametrize("subresource,before,after,expected", [
    ("approval", {}, conditions("Approved"), []),
    ("status", {}, conditions("Failed"), []),
    ("status", {}, conditions("Approved"), [
        'status.conditions: Forbidden: updates may not add a condition of type "Approved"']),
    ("", {}, conditions("Denied"), [
        'status.conditions: Forbidden: updates may not add a condition of type "Denied"']),
    ("approval", conditions("Denied"), {}, [
        'status.conditions: Forbidden: updates may not remove a condition of type "Denied"']),
    ("status", conditions("Failed"), {}, [
        'status.conditions: Forbidden: updates may not remove a condition of type "Failed"']),
    ("status", {}, {"certificate": CERTIFICATE}, []),
    ("status", {}, {"certificate": "YQ=="}, [
        'status.certificate: Invalid value: "<certificate data>": must contain at least one CERTIFICATE PEM block']),
    ("status", {"certificate": "YQ=="}, {"certificate": "YQ=="}, []),
    ("approval", {}, {"certificate": CERTIFICATE}, [
        "status.certificate: Forbidden: updates may not set certificate content"]),
    ("status", {"certificate": "YQ=="}, {"certificate": "Yg=="}, [
        "status.certificate: Forbidden: updates may not modify existing certificate content"]),
])
def test_what_may_change_where(desk, subresource, before, after, expected):
    made = desk(*CSR)
    old, new = made.new(csr(before)), made.new(csr(after))
    ctx = base.Context(made.ctx.now, (1, 36), None, None, None, subresource)
    assert [str(error) for error in made.kind.validate_update(new, old, ctx)] == expected


class Roles:
    """A client of a cluster with one binding to `ann` in `default`, of a role that may read pods."""

    server = types.SimpleNamespace(settings=None)

    def __init__(self, role=True):
        self.role = role

    def items(self, kind, namespace=""):
        if kind.startswith("clusterrolebindings") or namespace != "default":
            return []
        return [{"kind": "RoleBinding", "metadata": {"name": "ann"}, "roleRef": {"kind": "Role", "name": "reader"},
                 "subjects": [{"kind": "User", "name": "ann"}]}]

    def find(self, kind, name, namespace=""):
        return {"rules": [{"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]},
                          {"verbs": ["get"], "nonResourceURLs": ["/healthz"]}]} if self.role else None


def review(kind, spec, user=None, role=True):
    ctx = base.Context(0, (1, 36), user, Roles(role), None)
    obj = {"kind": kind, "metadata": {"namespace": "default"}, "spec": spec}
    return base.load("authorization.k8s.io", kind).serve_create(obj, ctx)["status"]


PODS = {"verb": "get", "resource": "pods", "namespace": "default"}
PATH = {"verb": "get", "path": "/healthz"}
YES = {"allowed": True, "reason": 'RBAC: allowed by RoleBinding "ann/default" of Role "reader" to User "ann"'}


@pytest.mark.parametrize("kind", ["SubjectAccessReview", "LocalSubjectAccessReview"])
def test_reviews_answer(kind):
    assert review(kind, {"user": "ann", "resourceAttributes": PODS}) == YES
    assert review(kind, {"user": "bob", "resourceAttributes": PODS}) == {"allowed": False}
    assert review(kind, {"user": "ann", "resourceAttributes": {**PODS, "verb": "list"}}) == {"allowed": False}
    assert review(kind, {"groups": ["system:masters"], "resourceAttributes": PODS}) == {"allowed": True}
    assert review(kind, {"user": "ann", "resourceAttributes": PODS}, role=False) == {
        "allowed": False, "reason": 'RBAC: role.rbac.authorization.k8s.io "reader" not found'}


def test_a_review_of_oneself():
    assert review("SelfSubjectAccessReview", {"resourceAttributes": PODS}, {"name": "ann"}) == YES
    assert review("SelfSubjectAccessReview", {"nonResourceAttributes": PATH}, {"name": "bob"}) == {"allowed": False}
    assert review("SelfSubjectAccessReview", {"nonResourceAttributes": PATH}) == {"allowed": True}


NOTHING = ("spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes "
           "must be specified")
NOBODY = 'spec.user: Invalid value: "": at least one of user or group must be specified'
BOTH = ('spec.nonResourceAttributes: Invalid value: {"Path":"/healthz","Verb":"get"}: cannot be specified in '
        "combination with resourceAttributes")


@pytest.mark.parametrize("kind,spec,expected", [
    ("SelfSubjectAccessReview", {}, [NOTHING]),
    ("SelfSubjectAccessReview", {"resourceAttributes": PODS, "nonResourceAttributes": PATH}, [BOTH]),
    ("SubjectAccessReview", {}, [NOTHING, NOBODY]),
    ("SubjectAccessReview", {"user": "ann", "resourceAttributes": PODS, "nonResourceAttributes": PATH}, [BOTH]),
    ("LocalSubjectAccessReview", {"user": "ann", "resourceAttributes": {**PODS, "namespace": "other"}}, [
        'spec.resourceAttributes.namespace: Invalid value: "other": must match metadata.namespace']),
    ("LocalSubjectAccessReview", {"user": "ann", "nonResourceAttributes": PATH}, [
        "disallowed on this kind of request"]),
])
def test_what_is_wrong_with_a_review(kind, spec, expected):
    with pytest.raises(StatusError) as found:
        review(kind, spec)
    assert (found.value.code, found.value.reason) == (422, "Invalid")
    assert str(found.value).startswith('.authorization.k8s.io "" is invalid: ')
    assert all(words in str(found.value) for words in expected), str(found.value)


SELECTED = "spec.resourceAttributes"
REQUIREMENT = {"key": "a", "operator": "In", "values": ["b"]}


@pytest.mark.parametrize(("kind", "given", "said"), [
    ("fieldSelector", {}, ["requirements: Required value: when spec.resourceAttributes.fieldSelector is specified, "
                           "requirements or rawSelector is required"]),
    ("labelSelector", {"rawSelector": "a=b", "requirements": [REQUIREMENT]}, [
        'rawSelector: Invalid value: "a=b": may not specified at the same time as requirements']),
    ("fieldSelector", {"requirements": [{"operator": "Exists", "values": ["x"]}, {"key": "a", "operator": "NotIn"}]}, [
        "requirements[0].key: Required value: must be specified",
        "requirements[0].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
        "requirements[1].values: Required value: must be specified when `operator` is 'In' or 'NotIn'"]),
    ("labelSelector", {"requirements": [{"key": "a b", "operator": "In", "values": ["-"]}]}, [
        'requirements[0].key: Invalid value: "a b": name part',
        'requirements[0].values[0]: Invalid value: "-": a valid']),
    ("fieldSelector", {"requirements": [{"key": "a", "operator": "Newer"}]}, []),
    ("labelSelector", {"requirements": [{"key": "a", "operator": "Newer"}]}, []),
    ("labelSelector", {"requirements": [REQUIREMENT]}, []),
    ("fieldSelector", {"rawSelector": "a=b"}, [])])
def test_selectors_of_a_review(kind, given, said):
    spec = {"resourceAttributes": {**PODS, kind: given}}
    if not said:
        assert review("SelfSubjectAccessReview", spec, {"name": "ann"}) == YES
        return
    with pytest.raises(StatusError) as found:
        review("SelfSubjectAccessReview", spec, {"name": "ann"})
    assert str(found.value).count(SELECTED) - str(found.value).count("when " + SELECTED) == len(said)
    assert all(f"{SELECTED}.{kind}.{each}" in str(found.value) for each in said), str(found.value)


def test_a_review_of_rules():
    kind = "SelfSubjectRulesReview"
    with pytest.raises(StatusError, match="no namespace on request"):
        review(kind, {})
    assert review(kind, {"namespace": "default"}, {"name": "ann"}) == {
        "resourceRules": [{"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}],
        "nonResourceRules": [{"verbs": ["get"], "nonResourceURLs": ["/healthz"]}], "incomplete": False}
    assert review(kind, {"namespace": "default"}, {"name": "ann"}, role=False) == {
        "resourceRules": [], "nonResourceRules": [], "incomplete": False,
        "evaluationError": 'role.rbac.authorization.k8s.io "reader" not found'}


ADMISSION = "admissionregistration.k8s.io"
RULE = {"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"]}


@pytest.mark.parametrize("spec,expected", [
    ({"matchConstraints": {"resourceRules": [RULE]}}, []),
    ({}, ["spec.matchConstraints: Required value"]),
    ({"failurePolicy": "Maybe", "matchConstraints": {}}, [
        'spec.failurePolicy: Unsupported value: "Maybe": supported values: "Fail", "Ignore"',
        "spec.matchConstraints.resourceRules: Required value"]),
])
def test_a_mutating_policy(desk, spec, expected):
    made = desk(ADMISSION, "MutatingAdmissionPolicy")
    mutation = {"patchType": "JSONPatch", "jsonPatch": {"expression": "[JSONPatch{}]"}}
    policy = {"kind": "MutatingAdmissionPolicy", "spec": {"mutations": [mutation], "reinvocationPolicy": "Never",
                                                          **spec}}
    assert made.errors(policy) == expected
    stored = made.new(policy)
    assert "status" not in stored
    assert made.row(stored)[:3] == ["web", 1, "<unset>"]
    assert [column.name for column in made.kind.columns] == ["Name", "Mutations", "ParamKind", "Age"]


@pytest.mark.parametrize("spec,expected,cell", [
    ({"policyName": "p"}, [], "<unset>"),
    ({"policyName": "p", "paramRef": {"name": "c", "parameterNotFoundAction": "Deny"}}, [], "*/c"),
    ({}, ["spec.policyName: Required value"], "<unset>"),
])
def test_a_binding_of_a_mutating_policy_needs_no_actions(desk, spec, expected, cell):
    made = desk(ADMISSION, "MutatingAdmissionPolicyBinding")
    binding = {"kind": "MutatingAdmissionPolicyBinding", "spec": spec}
    assert made.errors(binding) == expected
    assert made.row(made.new(binding))[:3] == ["web", spec.get("policyName", ""), cell]
