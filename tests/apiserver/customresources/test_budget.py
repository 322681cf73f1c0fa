"""What the rules of a definition may cost, by estimate."""

from __future__ import annotations

import pytest

from kubesim_cli.apiserver.customresources import budget
from kubesim_cli.apiserver.customresources.expressed import with_meta
from kubesim_cli.apiserver.customresources.sizes import smallest

ADVICE = ("(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings "
          "are declared)")
WHERE = "spec.validation.openAPIV3Schema"
NESTED = "self.all(a, self.all(b, self.all(c, a + b + c >= 0)))"
NUMBERS = {"type": "array", "items": {"type": "integer"}}
STRING = {"type": "string"}


def spec(schema):
    """A definition whose version has a property `f` of this schema."""
    return {"group": "example.com", "scope": "Namespaced", "names": {"plural": "widgets", "kind": "Widget"},
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {
                "type": "object", "properties": {"f": schema}}}}]}


def define(api, schema):
    return api.create("apiextensions.k8s.io/v1", "CustomResourceDefinition", "widgets.example.com", spec=spec(schema))


def with_rule(schema, rule, **more):
    return {**schema, "x-kubernetes-validations": [{"rule": rule, **more}]}


def refused(api, schema):
    text = api.refused(define, api, schema)
    return text.removeprefix('CustomResourceDefinition.apiextensions.k8s.io "widgets.example.com" is invalid: ')


def test_a_rule_that_costs_too_much_is_forbidden_and_told_what_helps(api):
    rule = f"{WHERE}.properties[f].x-kubernetes-validations[0].rule"
    assert refused(api, with_rule(NUMBERS, NESTED)) == (
        f"[{rule}: Forbidden: estimated rule cost exceeds budget by factor of more than 100x {ADVICE}, "
        f"{rule}: Forbidden: contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 "
        f"schema, {WHERE}: Forbidden: x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema "
        f"exceeds budget by factor of more than 100x {ADVICE}]")
    define(api, with_rule({**NUMBERS, "maxItems": 100}, NESTED))


def test_each_rule_counts_as_often_as_its_values_may_stand_there(api):
    text = with_rule({**STRING, "maxLength": 100}, "self.matches('[a-z]+')")
    assert refused(api, {"type": "array", "items": text}) == (
        f"{WHERE}.properties[f].items.x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget "
        f"by factor of 8.7x {ADVICE}")
    assert refused(api, {"type": "object", "additionalProperties": {"type": "array", "maxItems": 9, "items": text}})
    define(api, {"type": "array", "maxItems": 1000, "items": text})


def test_rules_that_cost_too_much_together_are_named_with_the_dearest_first(api):
    """Of those of a hundredth of the limit at least, the first four."""
    texts = {f"t{i}": with_rule({**STRING, "maxLength": 1_250_000 * i}, "self.matches('12345678901234567890')")
             for i in range(1, 9)}
    every = {"type": "object", "properties": texts, "x-kubernetes-validations": []}
    whole = with_rule({"type": "array", "maxItems": 5, "items": every}, "true")
    words = refused(api, whole).split(", spec.")
    dear = [word for word in words if "contributed" in word]
    assert [word.split("properties[t")[1][0] for word in dear] == ["8", "7", "6", "5"]
    assert words[-1].endswith(f"exceeds budget by factor of 4.5x {ADVICE}]")


def test_messages_count_once_whatever_they_stand_in(api):
    joined = " + ".join(f"self[{i}]" for i in range(8))
    place = f"{WHERE}.properties[f].x-kubernetes-validations[0].messageExpression"
    assert refused(api, with_rule({"type": "array", "items": STRING}, "true", messageExpression=joined)) == (
        f"{place}: Forbidden: estimated messageExpression cost exceeds budget by factor of 1.101006x {ADVICE}")
    texts = {"type": "array", "items": {**STRING, "maxLength": 100}}
    define(api, {"type": "array", "items": with_rule(texts, "true", messageExpression=joined)})


def test_a_schema_that_is_as_it_was_keeps_its_dear_rules(api, monkeypatch):
    """As long as all of its rules together are not too dear."""
    dear = with_rule({**NUMBERS, "maxItems": 150}, NESTED)
    monkeypatch.setattr(budget, "PER_RULE", 10**9)
    define(api, dear)
    monkeypatch.undo()
    name = "customresourcedefinitions.apiextensions.k8s.io", "widgets.example.com"
    assert api.change(*name, {"metadata": {"labels": {"a": "b"}}})["metadata"]["labels"] == {"a": "b"}
    changed = spec({**dear, "minItems": 1})
    assert "estimated rule cost exceeds budget by factor of 3.0x" in api.refused(api.change, *name, {"spec": changed})


@pytest.mark.parametrize(("schema", "size"), [
    ({"type": "integer"}, 1), ({"type": "boolean"}, 4), (STRING, 2), ({"type": "string", "format": "date"}, 12),
    ({"type": "array", "items": STRING}, 2), ({"type": "object", "additionalProperties": STRING}, 2),
    ({"x-kubernetes-int-or-string": True}, 1),
    ({"type": "object", "required": ["a"], "properties": {"a": STRING, "b": STRING}}, 2 + 1 + 2 + 4),
    ({"type": "object", "required": ["a"], "properties": {"a": {**STRING, "default": "x"}}}, 2),
])
def test_how_small_values_may_be(schema, size):
    assert smallest(schema) == size


def test_a_whole_object_has_a_name():
    assert set(with_meta({"type": "object"})["properties"]) == {"apiVersion", "kind", "metadata"}


@pytest.mark.parametrize(("rule", "more", "place", "words"), [
    ("self.x", {}, "rule", "compilation failed: ERROR: <input>:1:5: type 'string' does not support field selection"),
    ("self", {}, "rule", "cel expression must evaluate to a bool"),
    ("true", {"messageExpression": "self.x"}, "messageExpression", "messageExpression compilation failed: ERROR: "),
    ("true", {"messageExpression": "1"}, "messageExpression", "messageExpression must evaluate to a string"),
    ("true", {"optionalOldSelf": True}, "optionalOldSelf", "may not be set if oldSelf is not used in rule"),
])
def test_what_cannot_be_a_rule(api, rule, more, place, words):
    told = refused(api, with_rule({**STRING, "maxLength": 9}, rule, **more))
    assert f"{WHERE}.properties[f].x-kubernetes-validations[0].{place}: Invalid value: " in told
    assert words in told


def test_no_rule_looks_at_the_old_value_of_what_has_no_place_of_its_own(api):
    items = {"type": "array", "maxItems": 3, "items": with_rule({**STRING, "maxLength": 9}, "self == oldSelf")}
    assert "oldSelf cannot be used on the uncorrelatable portion of the schema within" in refused(api, items)
