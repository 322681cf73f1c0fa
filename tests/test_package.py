"""What a wheel has to carry, which a checkout that is installed for editing has anyway, and what the repository has."""

from __future__ import annotations

import ast
import pathlib
import re
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).parents[1]
PACKAGE = ROOT / "kubesim_cli"
TOP = {".ci", ".github", ".gitignore", ".pre-commit-config.yaml", ".pre-commit-hooks.yaml", "CHANGELOG.md",
       "CONTRIBUTING.md", "LICENSE", "README.md", "SECURITY.md", "action.yml", "benchmarks", "bin", "docs", "fixtures",
       "hack", "kubesim_cli", "pyproject.toml", "tests"}


def test_every_data_file_is_packed():
    """Each file that is no Python matches a pattern of pyproject's package-data."""
    [line] = re.findall(r"^kubesim_cli = (\[.*\])$", (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.M)
    packed = {path for pattern in ast.literal_eval(line) for path in PACKAGE.glob(pattern)}
    files = {path for path in PACKAGE.rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")}
    assert files
    assert files <= packed


def test_every_folder_with_code_is_a_package():
    """setuptools packs packages; a folder without __init__.py works in a checkout only."""
    folders = {path.parent for path in PACKAGE.rglob("*.py")}
    assert {str(folder.relative_to(ROOT)) for folder in folders if not (folder / "__init__.py").exists()} == set()


@pytest.mark.skipif(not shutil.which("git") or not (ROOT / ".git").exists(), reason="no checkout")
def test_nothing_stands_at_the_top_by_mistake():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip(listed.stderr)  # somebody else's checkout
    assert {name.partition("/")[0] for name in listed.stdout.splitlines()} == TOP
