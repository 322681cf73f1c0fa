"""Paths to the fields of a CRD's schema."""

import pytest

from kubesim_cli.apiserver.kinds.apiextensions.fieldpaths import FieldPathError, find_field

TEXT = {"type": "string"}
SCHEMA = {"properties": {"spec": {"properties": {"size": TEXT, "a.b": TEXT, "it's": TEXT},
                                  "type": "object"},
                         "labels": {"additionalProperties": TEXT}}}


@pytest.mark.parametrize(("path", "brackets"), [
    (".spec.size", False), (".labels.any", False), (".spec['a.b']", True), (r"['spec']['it\'s']", True)])
def test_a_field(path, brackets):
    assert find_field(SCHEMA, path, brackets) == TEXT


@pytest.mark.parametrize(("path", "why"), [
    (".", "unexpected end of JSON path"), ("spec.size", "expected [ or . but got: spec"),
    (".spec['a.b']", "array notation is not allowed"), (".spec.other", "does not refer to a valid field"),
    (".spec.size.more", "does not refer to a valid field")])
def test_no_field(path, why):
    with pytest.raises(FieldPathError) as problem:
        find_field(SCHEMA, path)
    assert str(problem.value) == why
