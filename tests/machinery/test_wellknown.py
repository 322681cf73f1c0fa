"""Each well-known name stands in one place."""

from __future__ import annotations

import ast
import pathlib

from kubesim_cli.machinery import pods, wellknown

PACKAGE = pathlib.Path(__file__).parents[2] / "kubesim_cli"
NAMES = {value for key, value in vars(wellknown).items() if key.isupper()}


def test_no_other_module_spells_them_out():
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.name == "wellknown.py" or "runtime" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and node.value in NAMES:
                found.append(f"{path.relative_to(PACKAGE)}:{node.lineno} {node.value}")
    assert found == []


def test_they_are_different():
    assert len(NAMES) == len([key for key in vars(wellknown) if key.isupper()])


def test_a_pod_has_ended_once_its_phase_says_so():
    assert [pods.is_phase_terminal(phase) for phase in ("Succeeded", "Failed", "Running", "Unknown", None)] == [
        True, True, False, False, False]
    assert pods.is_terminal({"status": {"phase": "Failed"}})
    assert not pods.is_terminal({"status": None})
    assert not pods.is_terminal({})
