"""A few hundred wrong inputs; run.py beside this file runs as many as one has time for, from any seed."""

from __future__ import annotations

import os
import signal

import pytest
from fuzz import bench, run

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="the bound on time needs a Unix")


@pytest.mark.parametrize("fresh", [False, True])
def test_no_wrong_input_is_an_internal_error(fresh, monkeypatch):
    monkeypatch.setattr(bench, "SECONDS", 30)  # five are for a program that nobody counts the lines of
    seed = int.from_bytes(os.urandom(4), "big") if fresh else 8
    print(f"python tests/fuzz/run.py --seed {seed} --cases 300")  # pytest tells it where the test fails
    assert not run.faults(seed, range(300))
