"""Pages that tell facts of the code: the environment variables, the version, the files that the pages link to."""

from __future__ import annotations

import ast
import pathlib
import re

import pytest

from kubesim_cli import __version__

ROOT = pathlib.Path(__file__).parents[1]
PACKAGE = ROOT / "kubesim_cli"
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
# Read by the tests themselves, which the page tells too.
OF_THE_TESTS = {"GOLDEN_BASH", "HYPOTHESIS_PROFILE"}


def variables_read(source: str) -> set[str]:
    """The environment variables that a module reads: `environ.get("X")`, `environ["X"]`, `"X" in environ`, and
    `function(environ, "X")`."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(value=of, attr="get"), args=[ast.Constant(value=str(name)), *_]):
                pass
            case ast.Call(func=ast.Attribute(attr="getenv" as of), args=[ast.Constant(value=str(name)), *_]):
                pass
            case ast.Call(args=[of, ast.Constant(value=str(name))]):
                pass
            case ast.Subscript(value=of, slice=ast.Constant(value=str(name)), ctx=ast.Load()):
                pass
            case ast.Compare(left=ast.Constant(value=str(name)), comparators=[of]):
                pass
            case _:
                continue
        if of == "getenv" or (getattr(of, "attr", "") or getattr(of, "id", "")) in ("environ", "_environ"):
            found.add(name)
    return found


def test_what_reading_a_variable_looks_like():
    source = """a.environ.get("A"); environ["B"]; "C" not in b._environ; os.getenv("D"); f(a.environ, "E"); f(b, "x")"""
    assert variables_read(source) == {*"ABCDE"}


def test_the_settings_page_has_every_variable_that_is_read():
    sources = [path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")]
    read = {name for source in sources if "environ" in source or "getenv" in source for name in variables_read(source)}
    commands = (PACKAGE / "kubectl" / "cli" / "commands.json").read_text(encoding="utf-8")
    read |= set(re.findall(r'"alpha": "(\w+)"', commands))  # variables that turn on flags
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    told = {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}
    assert told - OF_THE_TESTS == read


def test_the_newest_heading_of_the_changelog_is_the_version():
    headings = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert next(name for name in headings if name != "Unreleased") == __version__


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_files_that_a_page_links_to_are_there(page):
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
