import json
import pathlib

import pytest

from kubesim_cli.kubectl.printers import PrinterError
from kubesim_cli.kubectl.printers.output import for_output
from kubesim_cli.machinery.jsonpath import JSONPath, JSONPathError, relaxed

# What kubectl 1.32 answers: [template, stdout, error up to "Printing more information"].
RECORDED = json.loads(pathlib.Path(__file__).with_name("jsonpath_cases.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("template", "output", "error"), RECORDED["cases"])
def test_as_recorded(template, output, error):
    try:
        assert (for_output("jsonpath=" + template).print_obj(RECORDED["object"]), "") == (output, error)
    except PrinterError as failed:
        assert (str(failed).split(" Printing more information")[0].rstrip("\n"), failed.output) == (error, output)


def test_errors_while_executing_show_template_and_object():
    with pytest.raises(PrinterError) as failed:
        for_output("jsonpath={.a[3]}").print_obj({"a": [1], "b": None})
    assert str(failed.value) == (
        'error executing jsonpath "{.a[3]}": Error executing template: array index out of bounds: index 3, length 1. '
        "Printing more information for debugging the template:\n\ttemplate was:\n\t\t{.a[3]}\n"
        '\tobject given to jsonpath engine was:\n\t\tmap[string]interface {}{"a":[]interface {}{1}, '
        '"b":interface {}(nil)}\n\n\n')


def test_missing_keys_may_be_errors():
    printer = for_output("jsonpath={.a}{.items[*].b}", allow_missing_template_keys=False)
    assert printer.print_obj({"a": 1, "items": [{"b": 2}, {}]}) == "12"
    with pytest.raises(PrinterError, match="b is not found"):
        printer.print_obj({"a": 1, "items": [{}]})


def test_as_json():
    assert for_output("jsonpath-as-json={.a[*]}{.none}").print_obj({"a": [1, {"b": "<"}]}) == (
        '[\n    1,\n    {\n        "b": "\\u003c"\n    }\n]\n[]\n')


def test_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kind.txt").write_text('{.kind}{"\\n"}')
    assert for_output("jsonpath-file=kind.txt").print_obj({"kind": "Pod"}) == "Pod\n"
    with pytest.raises(PrinterError, match=r"template no\.txt, open no\.txt: no such file or directory$"):
        for_output("jsonpath-file=no.txt")
    with pytest.raises(PrinterError, match=r"^template format specified but no template given$"):
        for_output("jsonpath")


def test_wildcards_walk_maps_in_a_steady_order():
    assert JSONPath("{..name}{.a.*}").find({"a": {"c": 1, "b": {"name": "x"}}, "name": "y"}) == [
        ["y", "x"], [{"name": "x"}, 1]]


@pytest.mark.parametrize(("expression", "complete"), [
    ("a.b", "{.a.b}"), (".a.b", "{.a.b}"), ("{a.b}", "{.a.b}"), ("{.a.b}", "{.a.b}"), ("", ""), ("..a", "{..a}")])
def test_relaxed(expression, complete):
    assert relaxed(expression) == complete


def test_relaxed_refuses_half_braces():
    with pytest.raises(JSONPathError, match="unexpected path string"):
        relaxed("{.a")


@pytest.mark.parametrize("template", ["{range .x[*]}" * 60, "{['a','a']" + "['a','a']" * 30 + "}"])
def test_what_doubles_ends(template, monkeypatch):
    """A real kubectl takes as long as it takes."""
    data: dict = {}
    for _ in range(40):
        data = {"a": data}
    monkeypatch.setattr("kubesim_cli.machinery.jsonpath._MAX_STEPS", 10_000)
    with pytest.raises(JSONPathError, match="more than 10000 steps"):
        JSONPath(template).find(data)


@pytest.mark.parametrize("template", ["{range .x[*]}" * 5000, "{" + "[?(@" * 5000 + "[?(@.a)]" + ")]" * 5000 + "}",
                                      "{" + "['a'," * 3000 + "}"])
def test_what_is_too_deep_is_no_internal_error(template):
    with pytest.raises(JSONPathError):
        JSONPath(template).find({})


def test_recursive_descent_goes_as_deep_as_there_is_something():
    deep: list = []
    for _ in range(9000):
        deep = [deep]
    assert len(JSONPath("{..}").find(deep)[0]) == 9000
