"""What the server says to bodies that are no object of the resource they are sent to."""

from __future__ import annotations

import pytest

MAP = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"k": "v"}}


@pytest.fixture
def refused(api):
    """`refused(body)` sends a body to config maps; returns the message of the refusal."""
    return lambda body, resource="configmaps", **options: api.refused(
        api.admin.create, resource, body, "default", **options)


@pytest.mark.parametrize(("body", "what"), [([], "array"), ("a", "string"), (3, "number"), (1.5, "number"),
                                            (True, "bool")])
def test_a_body_that_is_no_object(refused, body, what):
    assert refused(body) == (
        f"couldn't get version/kind; json parse error: json: cannot unmarshal {what} into Go value of type struct "
        '{ APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }')


def test_a_body_without_kind_is_what_its_path_says(refused):
    assert refused({"metadata": {}}) == (
        'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required')


def test_another_version_of_the_kind(refused):
    assert refused({**MAP, "apiVersion": "v2"}) == (
        "the API version in the data (v2) does not match the expected API version (v1)")


def test_another_kind(refused):
    told = 'no kind "Secrt" is registered for version "v1" in scheme "kubernetes/pkg/api/legacyscheme/scheme.go:30"'
    assert refused({**MAP, "kind": "Secrt"}) == f'Secrt in version "v1" cannot be handled as a ConfigMap: {told}'
    assert refused({**MAP, "kind": "Secret"}) == ('Secret in version "v1" cannot be handled as a ConfigMap: converting '
                                                  "(v1.Secret) to (core.ConfigMap): unknown conversion")
    assert refused({**MAP, "apiVersion": "apps/v1"}).startswith(
        'ConfigMap in version "v1" cannot be handled as a ConfigMap: no kind "ConfigMap" is registered for version '
        '"apps/v1"')


def test_values_of_a_wrong_type(refused):
    assert refused({**MAP, "data": {"k": 1}}) == (
        'ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct '
        "field ConfigMap.data of type string")


def test_unknown_fields_are_refused_told_or_dropped(api, refused):
    odd = {**MAP, "dta": {}}
    assert refused(odd, field_validation="Strict") == (
        'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "dta"')
    assert api.warned == []
    assert "dta" not in api.admin.create("configmaps", odd, "default")
    assert api.warned == ['unknown field "dta"']
    api.admin.delete("configmaps", "a", "default")
    assert "dta" not in api.admin.create("configmaps", odd, "default", field_validation="Ignore")
    assert api.warned == ['unknown field "dta"']


def test_the_control_plane_is_taken_at_its_word(api):
    """A trusted request is not decoded."""
    assert api.trusted.create("configmaps", {**MAP, "dta": {}}, "default")["dta"] == {}
