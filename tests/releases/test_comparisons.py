"""Releases are compared in releases/ only: elsewhere a behaviour has a name, and a fact has its since and until."""

from __future__ import annotations

import ast
import pathlib

import pytest

PACKAGE = pathlib.Path(__file__).parents[2] / "kubesim_cli"
ELSEWHERE = ("releases", "go")  # go/ has versions of Go and of YAML, and imports nothing that knows of releases
ORDER = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
EQUAL = (ast.Eq, ast.NotEq)  # two that are the same release may be told so; a certain one may not


def is_release(node: ast.expr) -> bool:
    """Whether an operand is a release, as far as its name or form tells."""
    if isinstance(node, ast.Tuple):
        return len(node.elts) == 2 and all(isinstance(each, ast.Constant) and type(each.value) is int
                                           for each in node.elts)
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    return name in ("release", "OLDEST", "NEWEST") or name.endswith(("_release", "_SINCE", "_UNTIL")) or any(
        isinstance(each, ast.Constant) and each.value in ("x-since", "x-until") for each in ast.walk(node))


def comparisons(source: str) -> list[int]:
    """Return the lines that compare a release."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare):
            releases = [each for each in (node.left, *node.comparators) if is_release(each)]
            certain = any(isinstance(each, ast.Tuple) for each in releases)
            if releases and (isinstance(node.ops[0], ORDER) or (certain and isinstance(node.ops[0], EQUAL))):
                found.append(node.lineno)
    return found


def test_releases_are_compared_in_one_room_only():
    found = [f"{path.relative_to(PACKAGE)}:{line}" for path in sorted(PACKAGE.rglob("*.py"))
             if path.relative_to(PACKAGE).parts[0] not in ELSEWHERE
             for line in comparisons(path.read_text(encoding="utf-8"))]
    assert found == []


@pytest.mark.parametrize("line", [
    "ctx.release >= (1, 31)", "w.release < since", "release >= OBSERVED_SINCE", "version < _PREFERENCES_UNTIL",
    "(1, 30) <= version", "OLDEST <= asked", "raw.get('x-since', 0) <= minor", "ctx.release != (1, 28)"])
def test_what_compares_a_release(line):
    assert comparisons(line) == [1]


@pytest.mark.parametrize("line", [
    "release is None", "client.release == server.release",
    "len(rest) not in (1, 2)", "due <= until", "within(release, since)", "'x-since' not in raw"])
def test_what_does_not(line):
    assert comparisons(line) == []
