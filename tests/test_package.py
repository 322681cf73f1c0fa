"""What a wheel has to carry, which a checkout that is installed for editing has anyway."""

from __future__ import annotations

import ast
import pathlib
import re

ROOT = pathlib.Path(__file__).parents[1]
PACKAGE = ROOT / "kubesim_cli"


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
