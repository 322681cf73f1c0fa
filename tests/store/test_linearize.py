"""The judge of concurrent histories, in benchmarks/."""

from __future__ import annotations

import pathlib

import pytest


@pytest.mark.parametrize("history, right", [
    ([(0, 1, "create", None, (5, "a")), (0.5, 2, "get", None, None), (3, 4, "get", None, (5, "a")),
      (3, 5, "delete", None, None), (4.5, 6, "create", None, "AlreadyExists")], True),
    ([(0, 1, "create", None, (5, "a")), (1.5, 2, "get", None, None)], False),
    ([(0, 1, "create", None, (5, "a")), (1.5, 9, "patch", None, (6, "b")), (2, 3, "get", None, (6, "b")),
      (4, 5, "get", None, (5, "a"))], False),
    ([(0, 1, "create", None, (5, "a")), (2, 3, "patch", None, (6, "b")), (4, 5, "replace", 5, (7, "c"))], False),
    ([(0, 1, "create", None, (5, "a")), (2, 4.5, "patch", None, (7, "b")), (4, 5, "replace", 5, (6, "c"))], True),
    ([(0, 1, "create", None, (5, "a")), (2, 3, "delete", None, None), (4, 5, "create", None, (4, "b"))], False),
], ids=["right", "a lost write", "back to an older value", "an outdated replace", "the other order",
        "revisions go back"])
def test_histories_are_told_apart(monkeypatch, history, right):
    monkeypatch.syspath_prepend(pathlib.Path(__file__).parents[2] / "benchmarks")
    from histories import step
    from linearize import Operation, linearizable

    assert linearizable([Operation(*each) for each in history], step, (0, "")) is right
