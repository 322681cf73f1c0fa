"""Pages for tests: read from a text, and replayed in this process."""

from __future__ import annotations

import os
import pathlib
import tempfile

import pytest

from kubesim_cli.main import execute
from kubesim_cli.sim.pages import checking
from kubesim_cli.sim.pages.outcome import Options, Report


@pytest.fixture
def replayed(tmp_path, monkeypatch):
    """Replay a page of that text: `replayed("...", "page.md", level="shape")` returns its Report."""
    monkeypatch.setenv("KUBESIM_HOME", str(tmp_path / "home"))

    def replay(text: str, name: str = "page.md", **options) -> Report:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return checking.check(str(path), execute, Options(**options))

    return replay


@pytest.fixture
def foreign():
    """A folder of somebody else's with a file in it, not below /tmp, for which a page has a folder of its own."""
    with tempfile.TemporaryDirectory(dir="/var/tmp", prefix="kubesim-test-") as folder:
        kept = pathlib.Path(folder, "kept")
        kept.write_text("as it was\n")
        yield folder
        assert kept.read_text() == "as it was\n"
        assert os.listdir(folder) == ["kept"]
