"""What is wrong on a page is told: some of the changes of benchmarks/mutations.py, which makes them all."""

from __future__ import annotations

import pathlib
import random
import shutil

import pytest

from kubesim_cli.sim.pages.confined import version

pytestmark = pytest.mark.skipif(not version() or not shutil.which("bash"), reason="slow without forks")
PAGES = ("deployments.md", "services.md", "storage.md")


@pytest.fixture
def mutations(monkeypatch):
    monkeypatch.syspath_prepend(pathlib.Path(__file__).parents[3] / "benchmarks")
    import mutations

    return mutations


def test_changes_of_several_kinds_are_told(mutations):
    kinds = {}
    for page in PAGES:
        for change in mutations.changes(str(mutations.PAGES / page)):
            kinds.setdefault(change.kind, []).append(change)
    drawn = random.Random(1)
    assert len(kinds) >= 10
    chosen = [drawn.choice(kinds[kind]) for kind in drawn.sample(sorted(kinds), 6)]
    assert [change for change, told in mutations.survivors(chosen, 2) if not told] == []


def test_a_change_is_one_line_of_the_page(mutations):
    path = str(mutations.PAGES / "services.md")
    lines = pathlib.Path(path).read_text(encoding="utf-8").split("\n")
    for change in mutations.changes(path):
        made = change.applied("\n".join(lines)).split("\n")
        assert made[:change.line - 1] == lines[:change.line - 1]
        assert made != lines and made[len(made) - len(lines) + change.line:] == lines[change.line:]
