"""What a ValidatingAdmissionPolicy's status tells of its expressions."""

from __future__ import annotations

POLICIES = "validatingadmissionpolicies.admissionregistration.k8s.io"


def policy(validations, resources=("deployments",), **spec):
    rule = {"apiGroups": ["apps"], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": list(resources)}
    return {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicy",
            "metadata": {"name": "p"}, "spec": {"matchConstraints": {"resourceRules": [rule]}, "failurePolicy": "Fail",
                                                "validations": validations, **spec}}


def status(world, made):
    w = world("validatingadmissionpolicy-status", release=(1, 36))
    w.create(POLICIES, made, "")
    w.advance()
    return w.get(POLICIES, "p", "")["status"]


def test_expressions_that_fit(world):
    found = status(world, policy(
        [{"expression": "object.spec.replicas > variables.least && object.spec.template.spec.containers.all(c, "
                        "c.image.startsWith('a') && has(c.resources.limits) && c.resources.limits['cpu'] == '1')"},
         {"expression": "!has(object.metadata.labels) || object.metadata.labels['a'] == params.data.a"}],
        variables=[{"name": "least", "expression": "1"}], paramKind={"apiVersion": "v1", "kind": "ConfigMap"}))
    assert found == {"observedGeneration": 1, "typeChecking": {}}


def test_fields_that_there_are_not(world):
    found = status(world, policy([{"expression": "object.replicas > 1", "messageExpression": "string(object.nothing)"}],
                                 ["deployments", "replicasets"]))
    warnings = found["typeChecking"]["expressionWarnings"]
    assert [each["fieldRef"] for each in warnings] == ["spec.validations[0].expression",
                                                       "spec.validations[0].messageExpression"]
    told = "compilation failed: ERROR: <input>:1:7: undefined field 'replicas'\n | object.replicas > 1\n | ......^\n"
    assert warnings[0]["warning"] == f"apps/v1, Kind=Deployment: {told}\napps/v1, Kind=ReplicaSet: {told}"


def test_nothing_is_said_of_wildcards(world):
    assert status(world, policy([{"expression": "object.replicas > 1"}], ["*"]))["typeChecking"] == {}
