"""Pages for tests: read from a text, and replayed in this process."""

from __future__ import annotations

import pytest

from kubesim_cli.main import execute
from kubesim_cli.sim import verify
from kubesim_cli.sim.pages.outcome import Options, Report


@pytest.fixture
def replayed(tmp_path, monkeypatch):
    """Replay a page of that text: `replayed("...", "page.md", level="shape")` returns its Report."""
    monkeypatch.setenv("KUBESIM_HOME", str(tmp_path / "home"))

    def replay(text: str, name: str = "page.md", **options) -> Report:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return verify.check(str(path), execute, Options(**options))

    return replay
