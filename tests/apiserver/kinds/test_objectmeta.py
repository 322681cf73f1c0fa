"""Metadata and names: what is refused of a new object's, and of a changed one's."""

from __future__ import annotations

import pytest

from kubesim_cli.apiserver import objectmeta
from kubesim_cli.machinery import names

META = {"name": "web", "namespace": "default", "uid": "u"}
OWNER = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "r", "uid": "u", "controller": True}


@pytest.mark.parametrize("meta,expected", [
    ({"annotations": {"a b": "x"}}, ['metadata.annotations: Invalid value: "a b": name part must consist...']),
    ({"annotations": {"a": "x" * 256 * 1024}}, ["metadata.annotations: Too long: may not be more than 262144 bytes"]),
    ({"ownerReferences": [OWNER, {**OWNER, "name": "s"}]}, [
        'metadata.ownerReferences: Invalid value: [{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"r"...']),
    ({"ownerReferences": [{"apiVersion": ""}]}, [
        'metadata.ownerReferences.apiVersion: Invalid value: "": version must not be empty',
        'metadata.ownerReferences.kind: Invalid value: "": must not be empty',
        'metadata.ownerReferences.name: Invalid value: "": must not be empty',
        'metadata.ownerReferences.uid: Invalid value: "": must not be empty']),
    ({"annotations": {"a.b/c": "x"}, "ownerReferences": [OWNER, {**OWNER, "controller": False}]}, []),
])
def test_new_metadata(fits, meta, expected):
    found = [str(error) for error in objectmeta.validate({**META, **meta}, True, "dns1123_subdomain")]
    assert fits(found, expected), found


@pytest.mark.parametrize("old,new,expected", [
    ({}, {"name": "other", "uid": "v"}, ['metadata.name: Invalid value: "other": field is immutable',
                                         'metadata.uid: Invalid value: "v": field is immutable']),
    ({"deletionTimestamp": "2024-01-01T00:00:00Z", "finalizers": ["a.b/c"]},
     {"deletionTimestamp": "2024-01-01T00:00:00Z", "finalizers": ["a.b/c", "a.b/d"]}, [
        "metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new "
        'finalizers []string{"a.b/d"}']),
    ({}, {"finalizers": ["orphan", "foregroundDeletion"]}, [
        'metadata.finalizers: Invalid value: ["orphan","foregroundDeletion"]: finalizer orphan and foregroundDeletion '
        "cannot be both set"]),
    ({}, {"labels": {"a": "b"}, "finalizers": ["a.b/c"]}, []),
])
def test_changed_metadata(old, new, expected):
    assert [str(error) for error in objectmeta.validate_update({**META, **new}, {**META, **old})] == expected


@pytest.mark.parametrize("rule,right,wrong", [
    (names.canonical_ip, ("10.0.0.1", "2001:db8::1"), ("2001:DB8::1", "10.0.0.01", "x")),
    (names.dns1123_subdomain_with_underscore, ("_a.b_c", "a"), ("a b", "", "A")),
    (names.wildcard_dns1123_subdomain, ("*.a.b", "*.a"), ("*", "a.b", "*.A", "a.*.b")),
    (names.http_header_name, ("X-Header", "a1"), ("a b", "", "a:b")),
])
def test_names(rule, right, wrong):
    assert [rule(name) for name in right] == [[]] * len(right)
    assert all(rule(name) for name in wrong)


JOB = {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i"}]}}}


@pytest.mark.parametrize("spec,expected", [
    ({"podReplacementPolicy": "Odd"}, [
        'spec.podReplacementPolicy: Unsupported value: "Odd": supported values: "Failed", "TerminatingOrFailed"']),
    ({"podReplacementPolicy": "TerminatingOrFailed", "podFailurePolicy": {"rules": [
        {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}]}}, [
        'spec.podReplacementPolicy: Unsupported value: "TerminatingOrFailed": supported values: "Failed"']),
    ({"podReplacementPolicy": "Failed"}, []),
])
def test_when_a_pod_is_replaced(desk, spec, expected):
    assert desk("batch", "Job").errors({"spec": {**JOB, **spec}}) == expected


@pytest.mark.parametrize("toleration,expected", [
    ({"operator": "Exists", "value": "x"}, ['value: Invalid value: "x": must be empty for operator `Exists`']),
    ({"operator": "Odd"}, ['operator: Unsupported value: "Odd": supported values: "Equal", "Exists"']),
    ({"key": "a", "value": "b c"}, ['value: Invalid value: "b c": a valid label must be an empty string or...']),
    ({"key": "a", "effect": "Odd"}, [
        'effect: Unsupported value: "Odd": supported values: "NoExecute", "NoSchedule"...']),
    ({}, []), ({"key": "a", "value": "b"}, []), ({"operator": "Exists"}, []),
])
def test_tolerations_of_devices(desk, fits, toleration, expected):
    request = {"name": "r", "exactly": {"deviceClassName": "c", "tolerations": [toleration]}}
    found = desk("resource.k8s.io", "ResourceClaim").errors({"spec": {"devices": {"requests": [request]}}})
    assert fits(found, [f"spec.devices.requests[0].exactly.tolerations[0].{text}" for text in expected]), found


def test_the_status_of_an_api(desk):
    at = desk("apiregistration.k8s.io", "APIService")

    def errors(word):
        return [str(error) for error in at.kind.validate_status({"status": {"conditions": [{"status": word}]}}, {},
                                                                at.ctx)]

    assert errors("True") == []
    assert errors("Odd") == ['status.conditions[0].status: Unsupported value: "Odd": supported values: "False", '
                             '"True", "Unknown"']


MAPS = {"x-kubernetes-list-type": "map", "type": "array"}
ITEM = {"type": "object", "required": ["k"], "properties": {"k": {"type": "string"}, "o": {"type": "object"}}}


@pytest.mark.parametrize("schema,expected", [
    ({**MAPS, "items": ITEM}, [
        "x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map"]),
    ({**MAPS, "x-kubernetes-list-map-keys": ["k", "k"], "items": ITEM}, [
        'x-kubernetes-list-map-keys: Invalid value: ["k","k"]: must not contain duplicate entries']),
    ({**MAPS, "x-kubernetes-list-map-keys": ["k"], "items": ITEM}, []),
])
def test_lists_that_are_maps(desk, schema, expected):
    versions = [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {
        "type": "object", "properties": {"l": schema}}}}]
    at = desk("apiextensions.k8s.io", "CustomResourceDefinition")
    found = at.errors({"metadata": {"name": "widgets.a.b"}, "spec": {
        "group": "a.b", "scope": "Cluster", "names": {"plural": "widgets", "kind": "Widget"}, "versions": versions}})
    assert found == [f"spec.validation.openAPIV3Schema.properties[l].{text}" for text in expected]


def test_what_stands_at_the_root_of_a_schema_with_a_status(desk):
    at = desk("apiextensions.k8s.io", "CustomResourceDefinition")

    def errors(**schema):
        versions = [{"name": "v1", "served": True, "storage": True, "subresources": {"status": {}},
                     "schema": {"openAPIV3Schema": {"type": "object", **schema}}}]
        return at.errors({"metadata": {"name": "widgets.a.b"}, "spec": {
            "group": "a.b", "scope": "Cluster", "names": {"plural": "widgets", "kind": "Widget"},
            "versions": versions}})

    assert errors(description="d", properties={"spec": {"type": "object"}}) == []
    found = errors(minProperties=1)
    assert len(found) == 1 and found[0].endswith(
        "fields are allowed at the root of the schema if the status subresource is enabled")


@pytest.mark.parametrize("schema", [
    {"x-kubernetes-int-or-string": True},
    {"x-kubernetes-int-or-string": True, "anyOf": [{"type": "integer"}, {"type": "string"}]},
    {"x-kubernetes-int-or-string": True, "allOf": [{"anyOf": [{"type": "integer"}, {"type": "string"}]}]}])
def test_numbers_or_texts(desk, schema):
    versions = [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {
        "type": "object", "properties": {"n": schema}}}}]
    at = desk("apiextensions.k8s.io", "CustomResourceDefinition")
    assert at.errors({"metadata": {"name": "widgets.a.b"}, "spec": {
        "group": "a.b", "scope": "Cluster", "names": {"plural": "widgets", "kind": "Widget"},
        "versions": versions}}) == []


def test_the_names_that_a_definition_was_given(desk):
    at = desk("apiextensions.k8s.io", "CustomResourceDefinition")
    names = {"plural": "Widgets", "singular": "widget", "kind": "Widget", "listKind": "WidgetList"}
    found = [str(error) for error in at.kind.validate_status({"status": {"acceptedNames": names}}, {}, at.ctx)]
    assert len(found) == 1 and found[0].startswith('status.acceptedNames.plural: Invalid value: "Widgets": a DNS-1035')
    assert at.kind.validate_status({"status": {"acceptedNames": {**names, "plural": "widgets"}}}, {}, at.ctx) == []


def test_keys_of_a_spread_in_older_releases(desk, container):
    constraint = {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway",
                  "matchLabelKeys": ["app", "a b"], "labelSelector": {"matchLabels": {"app": "web"}}}
    found = desk("", "Pod", (1, 30)).errors({"spec": {"containers": [container],
                                                      "topologySpreadConstraints": [constraint]}})
    at = "spec.topologySpreadConstraints[0].matchLabelKeys"
    assert found[0] == f'{at}[0]: Invalid value: "app": exists in both matchLabelKeys and labelSelector'
    assert found[1].startswith(f'{at}[1]: Invalid value: "a b": name part must consist')
