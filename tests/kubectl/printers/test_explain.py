"""What `kubectl explain` prints of a schema. explain_cases.json was recorded from kubectl 1.32."""

from __future__ import annotations

import json
import os

import pytest

from kubesim_cli.kubectl.printers import PrinterError
from kubesim_cli.kubectl.printers.explain import Document, openapiv2, plaintext
from kubesim_cli.kubectl.printers.explain.descriptions import Descriptions

with open(os.path.join(os.path.dirname(__file__), "explain_cases.json"), encoding="utf-8") as file:
    RECORDED = json.load(file)


def explain(path, *, recursive=False, release=(1, 32), render=plaintext.render, schemas=None, group=""):
    schemas = schemas or RECORDED["schemas"]
    document = Document(schemas, release, lambda name: (schemas.get(name, {}).get("description", ""), {}))
    return render(document, schemas["x.v1.Pod"], group, "v1", "Pod", path, recursive)


@pytest.mark.parametrize(("args", "out", "err"), RECORDED["cases"], ids=[case[0] for case in RECORDED["cases"]])
def test_recorded(args, out, err):
    path, *flags = args.split()
    fields = path.split(".")[1:]
    if not err:
        assert explain(fields, recursive=bool(flags)) == out
        return
    with pytest.raises(PrinterError) as raised:
        explain(fields)
    assert (raised.value.output, f"{raised.value}\n") == (out, err)


def test_group():
    assert explain(["spec"], group="apps").startswith("GROUP:      apps\nKIND:       Pod\nVERSION:    v1\n\nFIELD: ")


def test_no_enums_before_they_came():
    shown = explain(["spec", "mode"], release=(1, 29))
    assert "FIELD: mode <string>\n\nDESCRIPTION:" in shown
    assert "enum" not in explain(["spec"], release=(1, 29))


def test_external_docs():
    field = {"type": "string", "externalDocs": {"url": "https://b.example"}}
    schemas = {"x.v1.Pod": {"description": "A pod.", "properties": {"a": field},
                            "externalDocs": {"url": "https://a.example", "description": "More"}}}
    assert explain([], release=(1, 36), schemas=schemas) == """\
KIND:       Pod
VERSION:    v1

DESCRIPTION:
    A pod.
    \n
EXTERNAL DOCS:
    More
    URL: https://a.example
FIELDS:
  a	<string>
    <no description>

    EXTERNAL DOCS:
      URL: https://b.example


"""
    assert "EXTERNAL" not in explain([], release=(1, 35), schemas=schemas)


@pytest.mark.parametrize(("limit", "text", "wrapped"), [
    (5, "aa bb cc", "aa bb\ncc"), (5, "abcdefgh ij", "abcdefgh\nij"), (5, "a abcdefgh", "a\nabcdefgh"),
    (5, " abcdefgh", " abcdefgh"), (5, "  abcde", "\nabcde"), (4, "aa  \nbb   ", "aa  \nbb"),
    (4, "aa\u00a0bb c", "aa\u00a0bb\nc"), (80, "", ""), (3, "\n\n", "\n\n"),
])
def test_wrap(limit, text, wrapped):
    assert plaintext.wrap(limit, text) == wrapped


# OpenAPI v2


def test_v2_kind():
    assert explain(["two"], render=openapiv2.render, schemas={"x.v1.Pod": {"properties": {
        "two": {"$ref": "x.Two", "description": "Field."}}}, "x.Two": {
            "description": "Kind:\n1. one\n   and more\n    code", "required": ["b"], "properties": {
                "b": {"type": "array", "items": {"type": "object", "additionalProperties": {"type": "string"}}},
                "a": {"type": "object", "description": "Any."}}}}) == """\
KIND:     Pod
VERSION:  v1

RESOURCE: two <Object>

DESCRIPTION:
     Field.

     Kind:
     1. one and more
         code

FIELDS:
   a	<map[string]>
     Any.

   b	<[]map[string]string> -required-

"""


def test_v2_primitive_in_a_list():
    schemas = {"x.v1.Pod": {"properties": {"many": {"type": "array", "description": "Many.", "items": {
        "$ref": "x.Quantity"}}}}, "x.Quantity": {"description": "One.", "oneOf": [{"type": "string"}]}}
    assert explain(["many", "beyond"], render=openapiv2.render, schemas=schemas, group="g") == """\
KIND:     Pod
VERSION:  g/v1

FIELD:    beyond <string>

DESCRIPTION:
     One.
"""
    assert explain(["many"], render=openapiv2.render, schemas=schemas) == """\
KIND:     Pod
VERSION:  v1

FIELD:    many <[]string>

DESCRIPTION:
     Many.

     One.
"""


def test_v2_anything():
    schemas = {"x.v1.Pod": {"properties": {"json": {"$ref": "x.JSON"}, "open": {
        "type": "object", "x-kubernetes-preserve-unknown-fields": True, "properties": {"a": {"type": "string"}}}}},
        "x.JSON": {}}
    for name in ("json", "open"):
        assert explain([name], render=openapiv2.render, schemas=schemas) == \
            "KIND:     Pod\nVERSION:  v1\n\nDESCRIPTION:\n     <empty>\n"


def test_v2_recursive():
    shown = explain(["spec", "items"], recursive=True, render=openapiv2.render)
    assert shown.partition("FIELDS:\n")[2] == """\
   children	<[]Object>
      children	<[]Object>
      name	<string>
      parent	<Object>
   name	<string>
   parent	<Object>
      children	<[]Object>
      name	<string>
      parent	<Object>
"""


def test_v2_missing_field():
    with pytest.raises(PrinterError, match=r'^field "no" does not exist$'):
        explain(["spec", "no", "such"], render=openapiv2.render)


# Documents


def test_fields_come_with_releases():
    definitions = {"x.A": {"properties": {"old": {"type": "string"}, "new": {"type": "string", "x-since": 33}}}}
    for release, names in (((1, 32), {"old"}), ((1, 33), {"old", "new"})):
        document = Document(definitions, release, lambda name: ("", {}))
        assert set(document.resolve({"$ref": "x.A"})["properties"]) == names


def test_custom_resources_have_the_fields_of_every_object():
    document = Document({}, (1, 32), lambda name: ("", {"kind": "What it is."}))
    schema = document.custom({"type": "object", "properties": {"inner": {
        "type": "object", "x-kubernetes-embedded-resource": True}}})
    assert set(schema["properties"]) == {"apiVersion", "kind", "metadata", "inner"}
    assert schema["properties"]["kind"]["description"] == "What it is."
    assert schema["properties"]["inner"]["required"] == ["kind", "apiVersion"]
    assert document.custom(None) == {"type": "object"}


def test_descriptions_of_the_library(tmp_path):
    for minor, text in ((30, "As it was."), (36, "As it is.\n\nMore.")):
        folder = tmp_path / f"v1.{minor}.0-local"
        folder.mkdir()
        (folder / "_definitions.json").write_text(json.dumps({"$defs": {
            "io.k8s.api.core.v1.Thing": {"description": text, "properties": {
                "$ref": {"description": "A field."}, "plain": {}}},
            "io.k8s.api.core.v1.Scalar": {}}}), encoding="utf-8")

    def describe(release):
        return Descriptions(str(tmp_path), release, {})("io.k8s.api.core.v1.Thing")

    assert describe((1, 37)) == describe((1, 36)) == ("As it is.\n\nMore.", {"$ref": "A field.", "plain": ""})
    assert describe((1, 35)) == describe((1, 30)) == ("As it was.", {"$ref": "A field.", "plain": ""})
    newest = Descriptions(str(tmp_path), (1, 36), {})
    assert newest("io.k8s.api.core.v1.Scalar") == newest("io.k8s.api.core.v1.Other") == ("", {})
    assert describe((1, 29)) == Descriptions(None, (1, 36), {})("io.k8s.api.core.v1.Thing") == ("", {})


def test_values_of_an_enum():
    definitions = {"io.k8s.api.core.v1.Thing": {"properties": {
        "mode": {"type": "string", "enum": ["b", "a"]}, "modes": {"items": {"type": "string", "enum": ["b"]}}}}}
    assert Descriptions(None, (1, 28), definitions)("io.k8s.api.core.v1.Thing") == (
        "", {"mode": 'Possible enum values:\n - `"a"`\n - `"b"`'})
