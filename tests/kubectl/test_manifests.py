"""Manifests are read as kubectl reads them. The expectations come from a real kubectl (label --local -o json)."""

import itertools
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubesim_cli.go import json as gojson
from kubesim_cli.go.yaml import YamlError, load
from kubesim_cli.kubectl.failures import Failure
from kubesim_cli.kubectl.printers.yaml import dump
from kubesim_cli.kubectl.resource import manifests


def read(data):
    return list(manifests.read(data, "f.yaml"))


@pytest.mark.parametrize(("text", "value"), [
    ("yes", True), ("Off", False), ("y", True), ("~", None), ("", None), ("tRue", "tRue"),
    ("010", 8), ("08", 8), ("0x1F", 31), ("0b11", 3), ("-0b11", -3), ("0o17", 15), ("1_000", 1000), ("+1", 1),
    ("1e3", 1000), ("2.0", 2), ("1.50", 1.5), (".5", 0.5), ("1e-7", 1e-7), ("0.", 0), ("1e", "1e"), ("1:30", "1:30"),
    ("2020-01-01", "2020-01-01"), ("2001-12-14t21:59:43.10Z", "2001-12-14t21:59:43.10Z"),
    ("18446744073709551615", 18446744073709551615.0), ("9007199254740993", 9007199254740993),
    ("!!str 12", "12"), ("!!int '12'", 12), ("!!float 1", 1), ("!!binary aGVsbG8=", "hello"), ("!foo bar", "bar"),
    ("! 12", "12"), ("\"\\x41\\u00e9\"", "Aé"), ("'it''s'", "it's"), ("a\n  b\n\n  c", "a b\nc"), ("x\ty", "x\ty"),
    ("http://x.y:80", "http://x.y:80"), ("x#c", "x#c"), ("x #c", "x"),
    ("[a:b, {b, c: 1}]", ["a:b", {"b": None, "c": 1}]),
    ("[b: c, d]", [{"b": "c"}, "d"]), ("|\n x\n\n\n", "x\n"), ("|+\n x\n", "x\n\n"), (">-\n x\n y\n\n z", "x y\nz"),
])
def test_scalars(text, value):
    assert load(f"a: {text}\n") == {"a": value}


@pytest.mark.parametrize(("text", "value"), [
    ("1: x", {"1": "x"}), ("yes: x", {"true": "x"}), ("1.5: x", {"1.5": "x"}), ("0.1: x", {"0.1": "x"}),
    ("1e30: x", {"1e+30": "x"}), (".inf: x", {".inf": "x"}), ("2020-01-01: x", {"2020-01-01": "x"}),
    ("a: 1\na: 2", {"a": 2}), ("? a\n: b", {"a": "b"}),
    ("a: &x {b: 1}\nc: {<<: *x, b: 2}", {"a": {"b": 1}, "c": {"b": 2}}),
    ("a: &x {b: 1}\nc: {b: 2, <<: *x}", {"a": {"b": 1}, "c": {"b": 1}}),  # go-yaml's own order of merging
    ("a: &x {b: 1}\ne: &y {b: 3, f: 4}\nc: {<<: [*x, *y]}",
     {"a": {"b": 1}, "e": {"b": 3, "f": 4}, "c": {"b": 1, "f": 4}}),
])
def test_mappings(text, value):
    assert load(text) == value


@pytest.mark.parametrize(("text", "problem"), [
    ("a: b\nc:\n  d: e\n f: g\n", "line 3: did not find expected key"),
    ("a:\n\tb: c\n", "line 2: found character that cannot start any token"),
    ("a: b: c\n", "mapping values are not allowed in this context"),
    ("x:\n  a: [1, 2\n", "line 2: did not find expected ',' or ']'"),
    ("x:\n  a: {b: 1\n", "line 2: did not find expected ',' or '}'"),
    ("a: [1", "line 1: did not find expected ',' or ']'"),
    ("- a\nb", "line 3: could not find expected ':'"),
    ("a: !<x", "did not find the expected '>'"),
    ("x:\n  a: 'x\n", "line 3: found unexpected end of stream"),
    ("x:\n  a: \"\\q\"\n", "line 2: found unknown escape character"),
    ("x:\n  a: \"\\ud800\"\n", "line 2: found invalid Unicode character escape code"),
    ("x:\n  a: \"\\UFFFFFFFF\"\n", "line 2: found invalid Unicode character escape code"),
    ("x:\n  a: - b\n", "line 2: block sequence entries are not allowed in this context"),
    ("x:\n  a: %x\n", "line 2: found character that cannot start any token"),
    ("x:\n  a: |0\n    x\n", "line 2: found an indentation indicator equal to 0"),
    ("x:\n  a: !<x\n", "line 2: did not find the expected '>'"),
    ("x:\n  a: !e!x 5\n", "line 1: found undefined tag handle"),
    ("a: *x\n", "unknown anchor 'x' referenced"),
    ("a: &x [*x]\n", "anchor 'x' value contains itself"),
    ("a: &x [b]\nc: {<<: *x}\n", "map merge requires map or sequence of maps as the value"),
    ("a: !!int x\n", "cannot decode !!str `x` as a !!int"),
    ("? [a]\n: b\n", 'invalid map key: []interface {}{"a"}'),
    ("%YAML 1.2\n---\na: b\n", "found incompatible YAML document"),
])
def test_what_go_yaml_calls_an_error(text, problem):
    with pytest.raises(YamlError) as refused:
        load(text)
    assert str(refused.value) == f"yaml: {problem}"


def test_alias_bombs_are_refused():
    levels = "abcdefgh"
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n" for before, name in itertools.pairwise(levels))
    with pytest.raises(YamlError, match="document contains excessive aliasing"):
        load(bomb)


def test_duplicate_keys_matter_to_strict_readers():
    with pytest.raises(YamlError) as refused:
        load("a: 1\nb: 2\na: 3\n", strict=True)
    assert str(refused.value) == 'yaml: unmarshal errors:\n  line 3: key "a" already set in map'


@pytest.mark.parametrize(("data", "values"), [
    ("a: 1\n---\nb: 2\n", [{"a": 1}, {"b": 2}]),
    ("---\na: 1\n--- # more\n---\n# nothing\n---\nnull\n---\nb: 2", [{"a": 1}, {"b": 2}]),
    ("", []), ("# nothing here\n", []), ("a: 1\r\n---\r\nb: 2\r\n", [{"a": 1}, {"b": 2}]),
    (b"\xef\xbb\xbfa: 1\n", [{"a": 1}]), ("a: 1\n".encode("utf-16"), [{"a": 1}]),
    ('{"a":1}{"b":2}\n{"c":3}', [{"a": 1}, {"b": 2}, {"c": 3}]),
    ('{"a":1}\n---\nb: 2\n', [{"a": 1}, {"b": 2}]),
    ('{"a": {"b": 1,}}', [{"a": {"b": 1}}]),  # no JSON, but YAML
    ('{"a":2.0,"b":1e3,"c":99999999999999999999}', [{"a": 2.0, "b": 1000.0, "c": 1e20}]),
    ('{"a":"\\ud800"}', [{"a": "\ufffd"}]),
])
def test_documents(data, values):
    assert read(data) == values


@pytest.mark.parametrize(("text", "problem"), [
    ("a: 1\n--- b\n", "error parsing f.yaml: invalid Yaml document separator: b"),
    ("a: 1\n---\nb:\n  c: d\n e: f\n",
     "error parsing f.yaml: error converting YAML to JSON: yaml: line 2: did not find expected key"),
    ("- a\n", 'unable to decode "f.yaml": json: cannot unmarshal array into Go value of type unstructured.detector'),
    ("5", 'unable to decode "f.yaml": json: cannot unmarshal number into Go value of type unstructured.detector'),
    ('{"a":1', "error parsing f.yaml: unexpected EOF"),
    ('{"a" 1}', "error parsing f.yaml: json: offset 6: invalid character '1' after object key"),
    ('{"a":"\\q"}', "error parsing f.yaml: json: offset 8: invalid character 'q' in string escape code"),
    ('{"a":1}{"b":2}\nc: [', "error parsing f.yaml: invalid character 'c' looking for beginning of value"),
    ("a: .nan", "error parsing f.yaml: error converting YAML to JSON: json: unsupported value: NaN"),
    ("~: x", "error parsing f.yaml: error converting YAML to JSON: unsupported map key of type: %!s(<nil>), "
             'key: <nil>, value: "x"'),
])
def test_texts_that_kubectl_refuses(text, problem):
    with pytest.raises(Failure) as refused:
        read(text)
    assert str(refused.value) == problem


@pytest.mark.parametrize(("text", "words", "offset"), [
    ("", "unexpected end of JSON input", 0),
    ('{"a":[1 2]}', "invalid character '2' after array element", 9),
    ('{"a":tru}', "invalid character '}' in literal true (expecting 'e')", 9),
    ('{"a":01}', "invalid character '1' after object key:value pair", 7),
    ('{"a":1.}', "invalid character '}' after decimal point in numeric literal", 8),
    ('{"a":-}', "invalid character '}' in numeric literal", 7),
    ('{"a":1e}', "invalid character '}' in exponent of numeric literal", 8),
    ('{"a":"\x01"}', "invalid character '\\x01' in string literal", 7),
    ('{"a":"\\u12x4"}', "invalid character 'x' in \\u hexadecimal character escape", 11),
    ('{"a":1,}', "invalid character '}' looking for beginning of object key string", 8),
    ('[1,]', "invalid character ']' looking for beginning of value", 4),
    ('{} x', "invalid character 'x' after top-level value", 4),
    ('{"é":NaN}', "invalid character 'N' looking for beginning of value", 7),
])
def test_json_errors(text, words, offset):
    with pytest.raises(gojson.JsonError) as refused:
        gojson.loads(text)
    assert (str(refused.value), refused.value.offset) == (words, offset)


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ufeff"), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2**63, 2**63 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4), max_leaves=12)


@given(VALUES)
def test_what_is_printed_as_yaml_is_read_again(value):
    assert load(dump({"value": value})) == {"value": value}


@given(VALUES)
def test_json_comes_back(value):
    assert gojson.loads(json.dumps(value)) == value


@given(st.text("{}[],:\"'\\-+.eE01truUefalsn \n\t\r#|>&*!%@?x~=<é\x85\ufeff", max_size=30) | st.text(max_size=20))
def test_any_text_is_read_or_refused(text):
    try:
        for value in read(text):
            json.dumps(value)
    except Failure as refused:
        assert str(refused)


def test_separators_alone_are_not_parsed(monkeypatch):
    """50,000 of them took eleven seconds."""
    monkeypatch.setattr("kubesim_cli.go.yaml.load", lambda text, **_: pytest.fail(f"{text!r} is parsed"))
    assert list(manifests.values("---\n" * 1000 + "\n\n---\n---\n", "f")) == []


def test_what_only_looks_like_separators_is_parsed():
    assert list(manifests.values("- -\n---\n---\na: 1\n---\n- ---\n", "f")) == [[[None]], {"a": 1}, ["---"]]
    with pytest.raises(Failure, match="invalid Yaml document separator"):
        list(manifests.values("------\n", "f"))


def test_no_plug_ins_are_looked_for(monkeypatch):
    """ruamel.yaml does so for each document, which takes half of its time."""
    import glob

    monkeypatch.setattr(glob, "glob", lambda pattern: pytest.fail("looks for plug-ins"))
    assert list(manifests.values("a: 1\n", "f")) == [{"a": 1}]


LISTED = '{"kind":"List","apiVersion":"v1","items":[%s]}'
META = "json: cannot unmarshal %s into Go struct field metadataOnlyObject.metadata of type v1.ObjectMeta"


@pytest.mark.parametrize("line", ["create", "apply", "apply --server-side", "replace", "delete", "get", "label a=b",
                                  "annotate a=b", "diff", "set image c=d", "expose --port=80", "label --local a=b"])
@pytest.mark.parametrize(("item", "told"), [
    ('{"apiVersion":"v1","kind":"ConfigMap","metadata":"x"}', 'unable to decode "f.json": ' + META % "string"),
    ('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":5}}', "json: cannot unmarshal number into Go struct "
     "field ObjectMeta.metadata.name of type string"),
    ('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"labels":5}}', "json: cannot unmarshal number into Go struct "
     "field ObjectMeta.metadata.labels of type map[string]string"),
    ('{"apiVersion":"v1","kind":[],"metadata":{"name":"a"}}', None),
    ('{"apiVersion":"v1","kind":{},"metadata":{"name":"a"}}', None),
    ('{"apiVersion":5,"kind":"ConfigMap","metadata":{"name":"a"}}', None), ("null", None), ("5", None),
])
def test_items_of_lists_are_looked_at_as_single_documents_are(terminal, line, item, told):
    with open("f.json", "w", encoding="utf-8") as file:
        file.write(LISTED % item)
    result = terminal(f"kubectl {line} -f f.json")
    assert result.code >= 1
    assert "kubesim failed" not in result.err
    assert told is None or told in result.err or "error validating data: ValidationError(" in result.err


@pytest.mark.parametrize("meta", ["", ',"metadata":null', ',"metadata":{}'])
def test_metadata_may_be_missing_or_null(terminal, meta):
    with open("f.json", "w", encoding="utf-8") as file:
        file.write(f'{{"apiVersion":"v1","kind":"ConfigMap"{meta}}}')
    assert '"a": "b"' in terminal.ok("kubectl label --local -f f.json a=b -o json")
    assert '"a": "b"' in terminal.ok("kubectl annotate --local -f f.json a=b -o json")
    assert '"annotations": {}\n' in terminal.ok("kubectl annotate --local -f f.json a- -o json")  # as left by the last
    for verb in ("create", "apply", "apply --server-side", "replace", "delete"):
        result = terminal(f"kubectl {verb} -f f.json")
        assert result.code == 1
        assert "name" in result.err


@pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 400, "1e400"])
def test_numbers_that_no_float_holds(terminal, number):
    with open("f.json", "w", encoding="utf-8") as file:
        file.write(f'{{"apiVersion":"v1","kind":"ConfigMap","metadata":{{"name":"a"}},"n":{number}}}')
    told = f"json: cannot unmarshal number {number} into Go value of type float64"
    assert terminal("kubectl label --local -f f.json a=b") == (1, "", f'error: unable to decode "f.json": {told}\n')
    patched = terminal(f"kubectl patch ns default --type=merge -p '{{\"x\":{number}}}'")
    assert patched.code == 1
    assert told in patched.err


@pytest.mark.parametrize(("spec", "told"), [
    ('{"template":"x"}', "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.template of type "
     "v1.PodTemplateSpec"),
    ('{"template":{"spec":{"containers":[{"image":5}]}}}', "json: cannot unmarshal number into Go struct field "
     "Container.spec.template.spec.containers.image of type string"),
    ('"x"', "json: cannot unmarshal string into Go struct field Deployment.spec of type v1.DeploymentSpec")])
def test_verbs_of_typed_objects_refuse_what_does_not_fit_its_type(terminal, spec, told):
    with open("f.json", "w", encoding="utf-8") as file:
        file.write(f'{{"apiVersion":"apps/v1","kind":"Deployment","metadata":{{"name":"a"}},"spec":{spec}}}')
    for verb in ("image --local c=d", "env --local A=B", "resources --local --limits=cpu=1", "selector --local a=b",
                 "serviceaccount --local sa"):
        words = verb.split()
        assert terminal(f"kubectl set {words[0]} -f f.json {' '.join(words[1:])} -o yaml") == (
            1, "", f'error: unable to decode "f.json": {told}\n')


@pytest.mark.parametrize("spec", ["null", "{}", '{"template":null}', '{"template":{"spec":{"containers":[null]}}}'])
def test_verbs_of_typed_objects_take_what_is_missing_for_empty(terminal, spec):
    with open("f.json", "w", encoding="utf-8") as file:
        file.write(f'{{"apiVersion":"apps/v1","kind":"Deployment","metadata":{{"name":"a"}},"spec":{spec}}}')
    for line in ("set image --local c=d", "set env --local A=B", "set resources --local --limits=cpu=1"):
        assert "kubesim failed" not in terminal(f"kubectl {line} -f f.json -o yaml").err


@pytest.mark.parametrize(("hard", "told"), [
    ('{"pods":"64 Mi"}', "quantities must match the regular expression"),
    ('{"pods":true}', "quantities must match the regular expression")])
def test_what_only_the_types_refuse_in_a_server_side_apply(terminal, hard, told):
    with open("f.json", "w", encoding="utf-8") as file:
        file.write(f'{{"apiVersion":"v1","kind":"ResourceQuota","metadata":{{"name":"a"}},"spec":{{"hard":{hard}}}}}')
    result = terminal("kubectl apply --server-side -f f.json")
    assert result.code == 1
    assert result.err.startswith("Error from server: failed to convert new object (default/a; /v1, Kind=ResourceQuota) "
                                 "to proper version: unable to convert unstructured object to /v1, "
                                 f"Kind=ResourceQuota: {told}")


@pytest.mark.parametrize("item, told", [
    ("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, dta: {}}",
     'ValidationError(ConfigMap): unknown field "dta" in io.k8s.api.core.v1.ConfigMap'),
    ("{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{ports: [{}, null]}]}}",
     '[ValidationError(Pod.spec.containers[0].ports[0]): missing required field "containerPort" in '
     "io.k8s.api.core.v1.ContainerPort, ValidationError(Pod.spec.containers[0].ports): unknown object type "
     '"nil" in Pod.spec.containers[0].ports[1], ValidationError(Pod.spec.containers[0]): missing required field "name" '
     "in io.k8s.api.core.v1.Container]"),
    ("{apiVersion: v1, kind: Pod, metadata: {name: a, labels: [b]}, spec: {hostNetwork: 5, containers: []}}",
     "[ValidationError(Pod.metadata.labels): invalid type for io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta.labels: "
     'got "array", expected "map", ValidationError(Pod.spec.hostNetwork): invalid type for '
     'io.k8s.api.core.v1.PodSpec.hostNetwork: got "number", expected "boolean"]')])
def test_the_fields_of_a_lists_items_are_checked_by_kubectl(terminal, item, told):
    other = "{apiVersion: v1, kind: ConfigMap, metadata: {name: b}}"
    text = f"apiVersion: v1\nkind: List\nitems: [{other}, {item}]\n"
    refused = terminal("kubectl apply -f -", text)
    assert (refused.code, refused.out) == (1, "")
    assert refused.err == (f'error: error validating "STDIN": error validating data: {told}; if you choose to ignore '
                           "these errors, turn validation off with --validate=false\n")
    assert "configmap/b created" in terminal("kubectl apply --validate=false -f -", text).out


def test_a_kind_in_small_letters_reaches_the_server(terminal):
    refused = terminal("kubectl create -f -", "apiVersion: v1\nkind: configmap\nmetadata: {name: a}\n")
    assert refused.err == ('Error from server (BadRequest): error when creating "STDIN": configmap in version "v1" '
                           'cannot be handled as a ConfigMap: no kind "configmap" is registered for version "v1" in '
                           'scheme "kubernetes/pkg/api/legacyscheme/scheme.go:30"\n')


@pytest.mark.parametrize(("text", "problem"), [  # expectations: kubectl 1.32
    ('{"a": 1} // c\n', "json: offset 10: invalid character '/' looking for beginning of value"),
    ('{"a": 1}\n---\nb: 1\n', "json: offset 11: invalid character '-' in numeric literal"),
    ('{"a": 1,}', "json: offset 9: invalid character '}' looking for beginning of object key string"),
    ("{a: 1}", "json: offset 2: invalid character 'a' looking for beginning of object key string"),
    ('{"a": 1', "unexpected EOF"),
])
def test_what_begins_like_json_is_json_to_old_releases(text, problem):
    with pytest.raises(Failure, match="^" + re.escape(f"error parsing f: {problem}") + "$"):
        list(manifests.values(text, "f", mixed=False))
    assert list(manifests.values('{"a": 1}\n{"b": 2}', "f", mixed=False)) == [{"a": 1}, {"b": 2}]
    assert list(manifests.values("a: {b: 1}", "f", mixed=False)) == [{"a": {"b": 1}}]
