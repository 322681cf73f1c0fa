import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from kubesim_cli.kubectl import printers
from kubesim_cli.kubectl.printers import json as json_printer
from kubesim_cli.kubectl.printers import kyaml, yaml
from kubesim_cli.kubectl.printers.output import for_output

TEXT = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\x7f\ufeff"),
               max_size=30) | st.sampled_from(
    ["yes", "1e3", "0x1F", "12:30", "2020-01-01", "- a", "a: b", "a #b", "\n", "a\n\n", " x", "x ", "~", "word " * 30,
     "017"])
TEXT = TEXT.filter(lambda text: text != "=")  # go-yaml writes it plain, and ruamel has no value for it
SCALARS = (st.none() | st.booleans() | st.integers(-2 ** 53, 2 ** 53)
           | st.floats(-2 ** 53, 2 ** 53) | TEXT)
OBJECTS = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
                       max_leaves=15)


@pytest.mark.filterwarnings("ignore::ruamel.yaml.error.MantissaNoDotYAML1_1Warning")
@settings(max_examples=60, deadline=None)
@given(OBJECTS)
def test_what_is_printed_reads_back_the_same(value):
    assert json.loads(json_printer.dump(value)) == value
    reader = YAML(typ="safe", pure=True)
    reader.version = (1, 1)
    assert reader.load(yaml.dump(value)) == value
    assert reader.load(kyaml.dump({"v": value})) == {"v": value}


# What kubectl 1.32 prints of each string as the value of `a:`.
@pytest.mark.parametrize(("text", "printed"), [
    ("plain text", "plain text"), ("", '""'), ("123", '"123"'), ("0x1F", '"0x1F"'), ("0o17", '"0o17"'), ("08", '"08"'),
    ("1_000", '"1_000"'), ("yes", '"yes"'), ("y", '"y"'), ("No", '"No"'), ("nO", "nO"), ("~", '"~"'),
    ("null", '"null"'),
    ("1e3", '"1e3"'), ("1e999", "1e999"), (".5", '".5"'), ("1.", '"1."'), ("12:30", '"12:30"'), ("1:2:3", '"1:2:3"'),
    ("2020-01-01", '"2020-01-01"'), ("2020-13-01", "2020-13-01"), ("2020-01-01T00:00:00Z", '"2020-01-01T00:00:00Z"'),
    ("- a", "'- a'"), ("-", "'-'"), ("-a", "-a"), ("--- x", "'--- x'"), ("a: b", "'a: b'"), ("a:", "'a:'"),
    ("a:b", "a:b"), ("a #b", "'a #b'"), ("a#b", "a#b"), ("'q'", "'''q'''"), ('"dq"', "'\"dq\"'"), ("[x]", "'[x]'"),
    ("%d", "'%d'"), ("? q", "'? q'"), ("?q", "?q"), ("<<", "<<"), ("=", "="), ("  lead", "'  lead'"),
    ("trail ", "'trail '"), ("tab\there", '"tab\\there"'), ("é", "é"), ("😀", '"\\U0001F600"'),
    ("0xffffffffffffffffff", "0xffffffffffffffffff"), ("18446744073709551615", '"18446744073709551615"'),
    ("nl\nhere", "|-\n  nl\n  here"), ("nl\n", "|\n  nl"), ("a\n\n", "|+\n  a\n"), ("\nlead", "|2-\n\n  lead"),
    (" x\ny\n", "|2\n   x\n  y"), ("tr \nx", '"tr \\nx"'), ("x\n y ", '"x\\n y "'),
    ("word " * 20 + "end", "word word word word word word word word word word word word word word word word\n"
     "  word word word word end"),
    ("x" * 90 + " y", "x" * 90 + "\n  y"),
])
def test_yaml_strings(text, printed):
    assert yaml.dump({"a": text}) == f"a: {printed}\n"


@pytest.mark.parametrize(("number", "printed"), [(1.0, "1"), (1.5, "1.5"), (1e21, "1e+21"), (1e-7, "1e-07"),
                                                 (1234567.5, "1.2345675e+06"), (123456.5, "123456.5")])
def test_yaml_numbers(number, printed):
    assert yaml.dump({"a": number}) == f"a: {printed}\n"


def test_json_numbers_and_escapes():
    assert json_printer.dump([1.0, 1e-7, 1e20, 1e21, "<&>\u2028"], 0) == (
        '[1,1e-7,100000000000000000000,1e+21,"\\u003c\\u0026\\u003e\\u2028"]')


def test_yaml_lists_and_nesting():
    assert yaml.dump({"b": [[1, {"x": 1, "a": []}], {}, ["y"]], "a10": 1, "a9": 2}) == (
        'a9: 2\na10: 1\nb:\n- - 1\n  - a: []\n    x: 1\n- {}\n- - "y"\n')


def test_long_keys():
    key = "k" * 129
    assert yaml.dump({key: [1], "a": {key: {"b": 1}}}) == f"a:\n  ? {key}\n  : b: 1\n? {key}\n: - 1\n"


def test_kyaml():
    obj = {"a": [1, "x"], "b": [{"c": 1}, {"d": [[]]}], "yes": None, "t": "  lead\nx"}
    assert kyaml.dump(obj) == """\
---
{
  a: [
    1,
    "x",
  ],
  b: [{
    c: 1,
  }, {
    d: [[]],
  }],
  "t": "\\
    \\  lead\\n\\
     x\\
    ",
  "yes": null,
}
"""


POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "managedFields": [{}]}}


def test_managed_fields_are_left_out():
    assert "managedFields" not in for_output("yaml").print_obj({"items": [POD]})
    assert "managedFields" in for_output("json", show_managed_fields=True).print_obj(POD)
    assert POD["metadata"]["managedFields"]


def test_yaml_documents_are_parted():
    printer = for_output("YAML")
    assert not printer.print_obj(POD).startswith("---")
    assert printer.print_obj(POD).startswith("---\napiVersion: v1\n")


def test_names():
    deployment = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "lab"}}
    assert for_output("name").print_obj({"kind": "List", "items": [POD, deployment]}) == (
        "pod/web\ndeployment.apps/lab\n")


def test_unknown_formats():
    with pytest.raises(printers.PrinterError) as failed:
        for_output("xml")
    assert str(failed.value) == ('unable to match a printer suitable for the output format "xml", allowed formats are: '
                                 "go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,"
                                 "name,template,templatefile,yaml")
    with pytest.raises(printers.PrinterError, match=r"custom-columns,custom-columns-file,.*,wide,yaml$"):
        for_output("jsonpath={.kind}", template="{{.kind}}", allowed=printers.GET_FORMATS)
    with pytest.raises(printers.PrinterError):
        for_output("kyaml", release=(1, 33))


@pytest.mark.parametrize("printer", [json_printer, yaml])
def test_a_long_list_is_printed_in_pieces_that_are_the_same_text(printer):
    items = [{"name": f"pod-{i}", "spec": {f"field-{n}": [n, "<&>"] for n in range(60)}} for i in range(300)]
    pieces = list(printer.pieces({"items": items, "kind": "List"}))
    assert "".join(pieces) == printer.dump({"items": items, "kind": "List"}) and 1 < len(pieces) < 1000
    assert json.loads(json_printer.dump(items)) == items
