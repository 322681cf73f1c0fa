"""Golden tests: what a real cluster answered, step by step. known.json lists the steps that still differ."""

from __future__ import annotations

import importlib.util
import json
import pathlib

import pytest

_spec = importlib.util.spec_from_file_location("replay", pathlib.Path(__file__).with_name("replay.py"))
replay = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(replay)

KNOWN = json.loads(pathlib.Path(__file__).with_name("known.json").read_text(encoding="utf-8"))


@pytest.mark.skipif(not replay.HAVE_BASH, reason="the recordings are bash")
@pytest.mark.parametrize("path", sorted(replay.SCENARIOS.glob("*.yaml")), ids=lambda path: path.stem)
def test_scenario(path):
    """Every step comes out as recorded, but for those known to differ, and those do differ."""
    assert replay.differences(replay.load(path)) == KNOWN.get(path.stem, [])


def test_known_differences_name_scenarios():
    assert set(KNOWN) <= {path.stem for path in replay.SCENARIOS.glob("*.yaml")}
