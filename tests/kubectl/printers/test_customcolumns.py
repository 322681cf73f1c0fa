import pytest

from kubesim_cli.kubectl.printers import GET_FORMATS, PrinterError
from kubesim_cli.kubectl.printers.output import for_output

ITEMS = [{"metadata": {"name": "back"}, "spec": {"images": ["httpd:2.4"], "limits": {"cpu": "1", "n": None}}},
         {"metadata": {"name": "front"}, "spec": {"images": ["nginx:1.27", "busybox"], "text": "a\nb\tc"}}]


def show(output, obj=None, **options):
    return for_output(output, allowed=GET_FORMATS, **options).print_obj(obj or {"kind": "List", "items": ITEMS})


@pytest.mark.parametrize(("spec", "printed"), [
    ("NAME:.metadata.name,IMAGES:.spec.images[*]", "NAME    IMAGES\nback    httpd:2.4\nfront   nginx:1.27,busybox\n"),
    ("NAME:metadata.name,L:{.spec.limits}", "NAME    L\nback    map[cpu:1 n:<nil>]\nfront   <none>\n"),
    ("N:.metadata.name, IMG:.spec.images", "N        IMG\nback    [httpd:2.4]\nfront   [nginx:1.27 busybox]\n"),
    (":.metadata.name", "\nback\nfront\n"), ("NAME:.metadata.name:x", "NAME\n<none>\n<none>\n"),
    ("NAME:", "NAME\n<none>\n<none>\n"),
    ("A:.metadata.name,T:.spec.text", "A       T\nback    <none>\nfront   a\nb       c\n"),
])
def test_columns(spec, printed):
    assert show("custom-columns=" + spec) == printed


def test_no_headers():
    assert show("custom-columns=N:.metadata.name", no_headers=True) == "back\nfront\n"


def test_headers_only_once():
    printer = for_output("custom-columns=N:.metadata.name", allowed=GET_FORMATS)
    assert printer.print_obj(ITEMS[0]) + printer.print_obj(ITEMS[1]) == "N\nback\nfront\n"


@pytest.mark.parametrize(("spec", "error"), [
    ("", "custom-columns format specified but no custom columns given"),
    ("=", "custom-columns format specified but no custom columns given"),
    ("=NAME", "unexpected custom-columns spec: NAME, expected <header>:<json-path-expr>"),
    ("=N:{.a", "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or "
               "'{.name1.name2}'"),
])
def test_wrong_specs(spec, error):
    with pytest.raises(PrinterError) as failed:
        show("custom-columns" + spec)
    assert str(failed.value) == error


def test_errors_come_after_what_was_printed():
    with pytest.raises(PrinterError) as failed:
        show("custom-columns=NAME:.metadata.name,BAD:.spec[")
    assert (str(failed.value), failed.value.output) == ("unterminated array", "NAME   BAD\n")
    with pytest.raises(PrinterError) as failed:
        show("custom-columns=NAME:.metadata.name,I:.spec.images[0:2]")
    assert str(failed.value) == "array index out of bounds: index 1, length 1"
    assert failed.value.output == "NAME   I\n"


@pytest.mark.parametrize(("text", "printed"), [
    ("NAME   IMAGE\n.metadata.name  .spec.images[0]\n", "NAME    IMAGE\nback    httpd:2.4\nfront   nginx:1.27\n"),
    ("", "error: invalid template, missing header line. Expected format is one line of space separated headers, one "
         "line of space separated column specs."),
    ("NAME\n", "error: invalid template, missing spec line. Expected format is one line of space separated headers, "
               "one line of space separated column specs."),
    ("A B\n.a", "error: number of headers (2) and field specifications (1) don't match"),
])
def test_files(text, printed, tmp_path):
    path = tmp_path / "columns.txt"
    path.write_text(text)
    try:
        assert show(f"custom-columns-file={path}") == printed
    except PrinterError as error:
        assert f"error: {error}" == printed
