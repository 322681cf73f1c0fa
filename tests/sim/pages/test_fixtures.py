"""The pages of fixtures/pages, which are also a guide for users, are true."""

from __future__ import annotations

import os
import pathlib
import shutil

import pytest

from kubesim_cli.main import execute
from kubesim_cli.sim.pages import checking
from kubesim_cli.sim.pages.outcome import Options

PAGES = sorted((pathlib.Path(__file__).parents[3] / "fixtures" / "pages").iterdir())


@pytest.mark.skipif(os.name == "nt" or not shutil.which("bash"), reason="needs bash")
@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_page_is_true(path, monkeypatch, tmp_path):
    monkeypatch.setenv("KUBESIM_HOME", str(tmp_path))
    report = checking.check(str(path), execute, Options())
    assert [(outcome.command.line, outcome.why, outcome.verdict and outcome.verdict.diff)
            for outcome in report.bad] == []
    assert report.count("left out") == 0
    assert report.count("equal") >= 5
