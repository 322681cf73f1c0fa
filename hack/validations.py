"""Write docs/validation.md: Kubernetes' validation functions, what holds each of them here, and the test of that.

    python hack/validations.py            # the page, from docstrings and from the lists in hack/inputs
    python hack/validations.py --record   # first which tests each validator refuses something in

A function of kubesim's holds the Kubernetes functions that its docstring names; where several files have a function of
that name, the one of the module's own API group is meant. inputs/validations.txt lists the functions of Kubernetes,
validations_left_out.txt says why some have no counterpart, validation_tests.txt names a test for each validator:
`MODULE:FUNCTION TEST`, the first in which it told an error (or gave an answer that is true, or none at all).
"""

from __future__ import annotations

import argparse
import ast
import collections
import pathlib
import re
import sys
from collections.abc import Iterator
from typing import Any

ROOT = pathlib.Path(__file__).parents[1]
PAGE = ROOT / "docs" / "validation.md"
INPUTS = pathlib.Path(__file__).with_name("inputs")
PLACES = ("apiserver/**/*.py", "machinery/names.py", "machinery/field.py")
TESTS = ("tests/apiserver/kinds", "tests/apiserver/customresources", "tests/apiserver/test_tokens.py",
         "tests/apiserver/test_request.py", "tests/apiserver/test_requestbody.py", "tests/machinery/test_names.py",
         "tests/apiserver/test_admissionpolicies.py", "tests/apiserver/test_mutatingadmissionpolicies.py",
         "tests/apiserver/test_paths.py", "tests/kubectl/test_metadata.py",
         "tests/controllers/test_storageversionmigrator.py")
# API groups whose functions are not in pkg/apis/<group>: part of the path that they are in.
OF_GROUP = {"apiextensions": "apiextensions-apiserver", "apiregistration": "kube-aggregator",
            "events": "apis/core/", "customresources": "apiextensions-apiserver"}
_NAME = re.compile("[a-z][A-Z]")  # what is no plain word
HEAD = """# Validation

What Kubernetes 1.36 refuses, function by function, where kubesim holds that, and a test in which it is refused.
`python hack/validations.py` writes this page from the docstrings, which name the functions that a validator follows,
and a test compares them. What is left out stands at the end of each part, with the reason.
"""


def listed() -> dict[str, list[str]]:
    """Return Kubernetes' files -> their functions, as inputs/validations.txt has them."""
    files: dict[str, list[str]] = {}
    for line in _lines("validations.txt"):
        if line.endswith(":"):
            files[line[:-1]] = found = []
        else:
            found.append(line)
    return files


def left_out() -> dict[str, str]:
    """Return functions -> why they are left out."""
    reasons, why = {}, ""
    for line in _lines("validations_left_out.txt"):
        if line.endswith(":"):
            why = line[:-1]
        else:
            reasons.update(dict.fromkeys(line.split(), why))
    return reasons


def _lines(name: str) -> Iterator[str]:
    path = INPUTS / name
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        if line and not line.startswith("#"):
            yield line


def named(path: pathlib.Path) -> Iterator[tuple[str, set[str]]]:
    """Yield (qualified name, words of its docstring) of a module's functions and classes, and ("", words) of itself."""
    def visit(node: ast.AST, prefix: str) -> Iterator[tuple[str, set[str]]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.ClassDef, ast.FunctionDef)):
                yield prefix + child.name, set(re.findall(r"\w+", ast.get_docstring(child) or ""))
                yield from visit(child, f"{prefix}{child.name}.")

    tree = ast.parse(path.read_text(encoding="utf-8"))
    yield "", set(re.findall(r"\w+", ast.get_docstring(tree) or ""))
    yield from visit(tree, "")


def holders() -> dict[tuple[str, str], list[str]]:
    """Return (Kubernetes' file, function) -> the `module:function`s that hold it."""
    files: dict[str, list[str]] = collections.defaultdict(list)
    for file, functions in listed().items():
        for function in functions:
            files[function].append(file)
    found: dict[tuple[str, str], list[str]] = collections.defaultdict(list)
    package = ROOT / "kubesim_cli"
    for path in sorted({path for place in PLACES for path in package.glob(place)}):
        module = path.relative_to(package).with_suffix("").as_posix()
        for name, words in named(path):
            for function in sorted(filter(_NAME.search, words & files.keys())):
                for file in _meant(module, files[function]):
                    found[file, function].append(f"{module}:{name}")
    return {of: [place for place in places if not place.endswith(":")] or places for of, places in found.items()}


def _meant(module: str, files: list[str]) -> list[str]:
    """Return those files that a module's docstring means, of all that have a function of the name."""
    parts = module.split("/")
    group = parts[2] if parts[1] == "kinds" and len(parts) > 3 else parts[1]
    own = [file for file in files if OF_GROUP.get(group, f"apis/{group}/") in file]
    return own or files


def recorded() -> dict[str, str]:
    """Return `module:function` -> its test."""
    return dict(line.split(" ", 1) for line in _lines("validation_tests.txt"))


def page() -> str:
    """Return the text of docs/validation.md."""
    held, reasons, tests = holders(), left_out(), recorded()
    counts: collections.Counter[str] = collections.Counter()
    parts = []
    for file, functions in listed().items():
        rows, out, missing = [], collections.defaultdict(list), []
        for function in functions:
            places = held.get((file, function))
            if places:
                rows.append(f"| `{function}` | {', '.join(map(_place, places))} | {_test(places, tests)} |")
            elif function in reasons:
                out[reasons[function]].append(f"`{function}`")
            else:
                missing.append(f"`{function}`")
        counts.update(held=len(rows), out=sum(map(len, out.values())), missing=len(missing))
        text = [f"## {file}\n"]
        if rows:
            text.append("\n".join(("| Kubernetes | kubesim | test |", "| --- | --- | --- |", *rows)) + "\n")
        text += [f"{why}: {', '.join(names)}.\n" for why, names in out.items()]
        if missing:
            text.append(f"Not there: {', '.join(missing)}.\n")
        parts.append("\n".join(text))
    total = sum(counts.values())
    summary = (f"Of {total} functions {counts['held']} are held, {counts['out']} are left out, {counts['missing']} "
               "are not there.\n")
    return "\n".join((HEAD, summary, *parts))


def _place(place: str) -> str:
    module, _, name = place.partition(":")
    return f"`{module.removeprefix('apiserver/').removeprefix('kinds/')}.py" + (f" {name}`" if name else "`")


def _test(places: list[str], tests: dict[str, str]) -> str:
    """Return the first test of a place; a module's is that of any of its functions."""
    found = next((test for place in places for held, test in tests.items()
                  if held == place or (place.endswith(":") and held.startswith(place))), "")
    return f"`{found.removeprefix('tests/').replace('::', ' ')}`" if found else "none"


class Recorder:
    """A pytest plugin: notes the first test in which a validator told something."""

    def __init__(self, wanted: set[str], modules: set[str]):
        """`wanted`: `module:function`s; of `modules` every function is."""
        self.wanted, self.modules, self.found = wanted, modules, dict[str, str]()
        self.test = ""
        self._package = str(ROOT / "kubesim_cli") + "/"
        self._names: dict[Any, str] = {}

    def pytest_runtest_call(self, item: Any) -> None:
        """Look on while a test runs; what comes before this one sets no profile."""
        self.test = item.nodeid.partition("[")[0]
        sys.setprofile(self.profile)

    def pytest_runtest_teardown(self) -> None:
        sys.setprofile(None)

    def profile(self, frame: Any, event: str, answer: Any) -> None:
        """Look at what a function returns (sys.setprofile)."""
        if event != "return":
            return
        code = frame.f_code
        place = self._names.get(code)
        if place is None:
            file = code.co_filename
            module = file.removeprefix(self._package).removesuffix(".py") if file.startswith(self._package) else ""
            place = f"{module}:{code.co_qualname}"
            self._names[code] = place = place if place in self.wanted or module in self.modules else ""
        if place and (answer or answer is None):
            self.found[place] = min(self.found.get(place, self.test), self.test)


def record() -> str:
    """Run the tests and return what inputs/validation_tests.txt has to be."""
    import pytest

    named_ones = {place for places in holders().values() for place in places}
    modules = {place[:-1] for place in named_ones if place.endswith(":")}
    plugin = Recorder(named_ones, modules)
    pytest.main(["-q", "-p", "no:cacheprovider", *(str(ROOT / name) for name in TESTS)], plugins=[plugin])
    return "\n".join(("# Validators and the first test in which each told something: hack/validations.py --record",
                      *(f"{place} {test}" for place, test in sorted(plugin.found.items())))) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--record", action="store_true", help="run the tests first, and note which refuse what")
    if parser.parse_args().record:
        (INPUTS / "validation_tests.txt").write_text(record(), encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
