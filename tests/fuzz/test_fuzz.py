"""A few hundred wrong inputs; run.py beside this file runs as many as one has time for, from any seed."""

from __future__ import annotations

import signal

import pytest
from fuzz import run

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="the bound on time needs a Unix")


@pytest.mark.parametrize("seed", [8, 9])
def test_no_wrong_input_is_an_internal_error(seed, monkeypatch):
    monkeypatch.setattr(run, "SECONDS", 30)  # five are for a machine that does nothing else
    assert not run.faults(seed, 200)
