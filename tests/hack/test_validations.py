"""docs/validation.md is what hack/validations.py writes of the docstrings and its lists, and the lists hold."""

from __future__ import annotations

import ast
import importlib.util
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[2]
_spec = importlib.util.spec_from_file_location("validations", ROOT / "hack" / "validations.py")
validations = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(validations)


def test_the_page_is_current():
    assert validations.PAGE.read_text(encoding="utf-8") == validations.page(), "run: python hack/validations.py"


def test_every_function_is_held_or_left_out_for_a_reason():
    held, reasons = validations.holders(), validations.left_out()
    listed = {(file, function) for file, functions in validations.listed().items() for function in functions}
    assert {function for file, function in listed - held.keys()} == reasons.keys()


def test_the_tests_and_the_validators_are_there():
    places = {place for found in validations.holders().values() for place in found}
    modules = {place.partition(":")[0] for place in places}
    functions: dict[str, set[str]] = {}
    for place, test in validations.recorded().items():
        assert place.partition(":")[0] in modules, place
        file, _, name = test.partition("::")
        if file not in functions:
            tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
            functions[file] = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert name in functions[file], f"{test}: run python hack/validations.py --record"


def test_whose_functions_a_module_means():
    files = ["pkg/apis/core/validation/validation.go", "pkg/apis/storage/validation/validation.go"]
    assert validations._meant("apiserver/kinds/storage/csinode", files) == files[1:]
    assert validations._meant("apiserver/kinds/checks", files) == files


@pytest.mark.parametrize("answer,noted", [(["wrong"], True), ([], False), (None, True)])
def test_what_is_noted_of_a_validator(answer, noted):
    frame = sys._getframe()
    recorder = validations.Recorder({"m:f"}, set())
    recorder.test, recorder._names[frame.f_code] = "tests/a.py::test_b", "m:f"
    recorder.profile(frame, "return", answer)
    assert recorder.found == ({"m:f": "tests/a.py::test_b"} if noted else {})


def test_go_functions():
    source = "package x\nfunc ValidateA(a int) {\n}\nfunc (r T) method() {}\n// func comment\nfunc b() {}\n"
    spec = importlib.util.spec_from_file_location("update_validations", ROOT / "hack" / "update_validations.py")
    update = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(update)
    assert update.functions(source) == ["ValidateA", "b"]
