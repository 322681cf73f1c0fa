"""Storage version migrations: what they must be, and that they end."""

from __future__ import annotations

import json

import pytest

MIGRATION = """
apiVersion: storagemigration.k8s.io/v1
kind: StorageVersionMigration
metadata: {name: %s}
spec: {resource: {resource: %s, group: "%s"}}
"""
AT = "2024-01-01T00:00:00Z"


@pytest.fixture
def newest(terminal):
    terminal.environ["KUBESIM_KUBERNETES_VERSION"] = "1.37"
    terminal.ok("kubectl sim reset --bare")
    terminal.ok(f"kubectl sim clock freeze {AT}")
    return terminal


def test_a_migration_ends(newest):
    newest.ok("kubectl apply -f -", MIGRATION % ("apps", "deployments", "apps"))
    assert newest.ok("kubectl get storageversionmigrations").splitlines() == [
        "NAME   RESOURCE           STATUS", "apps   deployments.apps   Succeeded"]
    status = json.loads(newest.ok("kubectl get storageversionmigration apps -o json"))["status"]
    assert status["resourceVersion"].isdecimal()
    assert [(found["type"], found["reason"]) for found in status["conditions"]] == [
        ("Running", "StorageVersionMigrationInProgress"), ("Succeeded", "StorageVersionMigrationSucceeded")]


def test_a_resource_that_does_not_come(newest):
    newest.ok("kubectl apply -f -", MIGRATION % ("m", "widgets", "example.com"))
    path = "kubectl get storageversionmigration m -o jsonpath='{.status.conditions[*].type}'"
    assert newest.ok(path) == "Running"
    newest.advance("61s")
    assert newest.ok(path) == "Running Failed"
    assert newest.ok("kubectl get storageversionmigration m -o jsonpath='{.status.conditions[1].message}'") == (
        "migration encountered unhandled error: resource does not exist in discovery")


def test_what_is_refused(newest):
    result = newest("kubectl apply -f -", MIGRATION % ("m", "''", "A"))
    assert "* spec.resource.resource: Required value: resource is required to be set\n" in result.err
    assert '* spec.resource.group: Invalid value: "A": a lowercase RFC 1123 subdomain must' in result.err
    newest.ok("kubectl apply -f -", MIGRATION % ("m", "pods", ""))
    assert "spec: Invalid value" in newest("kubectl apply -f -", MIGRATION % ("m", "nodes", "")).err


@pytest.mark.parametrize("status,old,expected", [
    ({"resourceVersion": "01"}, {}, ['resourceVersion: Invalid value: "01": resource version is not well formed: 01']),
    ({"resourceVersion": "2"}, {"resourceVersion": "1"}, ['resourceVersion: Invalid value: "2": field is immutable']),
    ({"resourceVersion": "2"}, {}, []),
    ({}, {"conditions": [{"type": "Succeeded", "status": "True"}]}, [
        "conditions: Invalid value: null: Success condition cannot be set to false once it is true"]),
    ({}, {"conditions": [{"type": "Failed", "status": "True"}]}, [
        "conditions: Invalid value: null: Failed condition cannot be set to false once it is true"]),
])
def test_its_status(status, old, expected):
    from kubesim_cli.apiserver.kinds.storagemigration.storageversionmigration import KIND

    found = [str(error) for error in KIND.validate_status({"status": status}, {"status": old}, None)]
    assert found == [f"status.{text}" for text in expected]


def test_both_ends_at_once():
    from kubesim_cli.apiserver.kinds.storagemigration.storageversionmigration import KIND

    ends = [{"type": end, "status": "True", "lastTransitionTime": AT, "reason": "R"} for end in ("Succeeded", "Failed")]
    found = [str(error) for error in KIND.validate_status({"status": {"conditions": ends}}, {}, None)]
    assert len(found) == 1
    assert found[0].endswith("Both success and failed conditions cannot be true at the same time")


def test_the_gate(newest):
    newest.ok("kubectl sim reset --bare --feature-gates StorageVersionMigrator=false")
    assert "doesn't have a resource type" in newest("kubectl get storageversionmigrations").err


@pytest.mark.parametrize("release, version", [
    ("1.30", "v1alpha1"), ("1.34", "v1alpha1"), ("1.35", "v1beta1"), ("1.36", "v1beta1"), ("1.37", "v1")])
def test_the_version_that_the_gate_serves(terminal, release, version):
    for gate in ("StorageVersionMigrator=true", "StorageVersionMigrator=false"):
        terminal.ok(f"kubectl sim reset --bare --kubernetes-version {release} --feature-gates {gate}")
        served = [line for line in terminal.ok("kubectl api-versions").splitlines() if "storagemigration" in line]
        assert served == ([f"storagemigration.k8s.io/{version}"] if "true" in gate else [])


def test_a_migration_in_the_beta_version_ends(terminal):
    terminal.ok("kubectl sim reset --bare --kubernetes-version 1.36 --feature-gates StorageVersionMigrator=true")
    beta = MIGRATION.replace("k8s.io/v1", "k8s.io/v1beta1")
    terminal.ok("kubectl apply --server-side -f -", beta % ("apps", "deployments", "apps"))
    assert terminal.ok("kubectl get storageversionmigrations apps --no-headers").split() == [
        "apps", "deployments.apps", "Succeeded"]
    assert terminal("kubectl apply -f -", beta % ("b", "A", "")).err.startswith(
        'The StorageVersionMigration "b" is invalid: spec.resource.resource: Invalid value: "A"')
