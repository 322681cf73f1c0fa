"""docs/modules.md is what hack/modules.py writes, and every module says what it is."""

from __future__ import annotations

import importlib.util
import pathlib

ROOT = pathlib.Path(__file__).parents[2]
_spec = importlib.util.spec_from_file_location("modules", ROOT / "hack" / "modules.py")
modules = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(modules)


def test_the_page_is_current():
    assert modules.PAGE.read_text(encoding="utf-8") == modules.page(), "run: python hack/modules.py"


def test_every_module_says_what_it_is():
    silent = [path.relative_to(ROOT).as_posix() for path in (ROOT / "kubesim_cli").rglob("*.py")
              if path.read_text(encoding="utf-8").strip() and not modules.first_line(path)]
    assert silent == []
