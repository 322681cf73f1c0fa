import json
import pathlib

import pytest

from kubesim_cli.go.fmt import Int
from kubesim_cli.kubectl.printers import PrinterError
from kubesim_cli.kubectl.printers.output import for_output
from kubesim_cli.machinery.gotemplate.printf import sprintf

# What kubectl 1.32 answers: [template, stdout before the error, error].
RECORDED = json.loads(pathlib.Path(__file__).with_name("gotemplate_cases.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("template", "output", "error"), RECORDED["cases"])
def test_as_recorded(template, output, error):
    try:
        assert (for_output("go-template=" + template).print_obj(RECORDED["object"]), "") == (output, error)
    except PrinterError as failed:
        assert (str(failed), failed.output.split("Error executing template:")[0]) == (error, output)


def execute(template, obj, **options):
    return for_output("go-template", template=template, **options).print_obj(obj)


def test_errors_print_what_there_was():
    with pytest.raises(PrinterError) as failed:
        execute("{{.kind}}: {{index .l 7}}", {"kind": "Pod", "l": ["<"], "n": None})
    message = ('template: output:1:13: executing "output" at <index .l 7>: error calling index: index out of range: 7')
    assert str(failed.value) == f'error executing template "{{{{.kind}}}}: {{{{index .l 7}}}}": {message}'
    assert failed.value.output == (
        f"Pod: Error executing template: {message}. Printing more information for debugging the template:\n"
        "\ttemplate was:\n\t\t{{.kind}}: {{index .l 7}}\n"
        '\traw data was:\n\t\t{"kind":"Pod","l":["\\u003c"],"n":null}\n'
        "\tobject given to template engine was:\n\t\tmap[kind:Pod l:[<] n:<nil>]\n\n")


# Where kubectl 1.36 (Go 1.25) differs from the 1.32 of the recorded cases.
@pytest.mark.parametrize(("template", "output"), [
    ("{{range 3}}{{.}},{{end}}", "0,1,2,"), ("{{range $i := .n}}{{$i}}{{end}}", "01"),
    ("{{range 0}}x{{else}}y{{end}}", "y")])
def test_range_over_integers(template, output):
    assert execute(template, {"n": 2}) == output


@pytest.mark.parametrize(("template", "types"), [
    ("{{eq 1 .a}}", "int and string"), ("{{lt .n 1.5}}", "int64 and float64"), ("{{gt .a 3}}", "string and int"),
    ("{{eq .l .a}}", "[]interface {} and string")])
def test_incompatible_types(template, types):
    with pytest.raises(PrinterError) as failed:
        execute(template, {"a": "x", "n": 1, "l": []})
    assert str(failed.value).endswith(f"incompatible types for comparison: {types}")


def test_missing_keys_may_be_errors():
    assert execute("{{.a}}", {}) == "<no value>"
    with pytest.raises(PrinterError, match=r'map has no entry for key "a"$'):
        execute("{{.a}}", {}, allow_missing_template_keys=False)


def test_endless_recursion_ends():
    with pytest.raises(PrinterError, match=r"exceeded maximum template depth \(100000\)"):
        execute('{{define "r"}}{{template "r"}}{{end}}{{template "r"}}', {})


def test_printf_takes_operands_of_any_type():
    assert sprintf("%v %T %5t|%c", [[Int(1), 2, None], Int(3), True, Int(0x2603)]) == "[1 2 <nil>] int  true|☃"


@pytest.mark.parametrize(("format_", "text"), [
    ("%1000000000d", "%!(NOVERB)%!(EXTRA int=1)"), ("%.1000000000f no more", "%!(NOVERB)%!(EXTRA int=1)"),
    ("%010000010d", "%!(NOVERB)%!(EXTRA int=1)"), ("%" + "9" * 5000 + "d", "%!(NOVERB)%!(EXTRA int=1)"),
    ("a%20000000d%d", "a%!(NOVERB)%!(EXTRA int=1)"),
])
def test_widths_that_go_does_not_read(format_, text):
    assert sprintf(format_, [Int(1)]) == text


def test_widths_are_read_as_far_as_go_reads_them():
    """It looks whether there is too much before it takes in a digit."""
    assert len(sprintf("%9999999d", [Int(1)])) == 9_999_999


def test_a_range_over_a_number_came_with_go_1_24():
    assert execute("{{range 3}}x{{end}}", {}, release=(1, 33)) == "xxx"
    with pytest.raises(PrinterError, match="range can't iterate over 3"):
        execute("{{range 3}}x{{end}}", {}, release=(1, 32))


@pytest.mark.parametrize("template", ["{{range 1000000000}}{{end}}", "{{range 100000}}{{range 1000}}x{{end}}{{end}}"])
def test_a_template_takes_so_many_steps_and_no_more(template, monkeypatch):
    from kubesim_cli.machinery.gotemplate import execute as module

    monkeypatch.setattr(module, "_MAX_STEPS", 1000)
    with pytest.raises(PrinterError, match="more than 1000 steps"):
        execute(template, {})


def test_a_template_prints_so_much_and_no_more(monkeypatch):
    from kubesim_cli.machinery.gotemplate import execute as module

    monkeypatch.setattr(module, "_MAX_OUTPUT", 1000)
    with pytest.raises(PrinterError, match="more than 1000 characters"):
        execute('{{range 20}}{{printf "%100d" 1}}{{end}}', {})


@pytest.mark.parametrize(("template", "told"), [
    ("{{slice .s .n}}", "interface {}"), ("{{slice .s 0 $.n}}", "interface {}"),
    ("{{range .l}}{{slice $.s .}}{{end}}", "interface {}"),
    ("{{range $x := .l}}{{slice $.s $x}}{{end}}", "interface {}"),
    ("{{$n := .n}}{{slice .s $n}}", "float64"), ("{{slice .s (index .l 0)}}", "float64"),
    ("{{.n | slice .s}}", "float64")])
def test_slice_does_not_look_into_elements(template, told):
    """text/template's slice does not, as index does (indirectInterface)."""
    with pytest.raises(PrinterError) as failed:
        execute(template, {"s": "text", "n": 1.0, "l": [1.0]})
    assert f"error calling slice: cannot index slice/array with type {told}" in str(failed.value)
