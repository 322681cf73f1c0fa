"""A few hundred wrong inputs; run.py beside this file runs as many as one has time for."""

from __future__ import annotations

import random
import signal

import pytest
from fuzz.run import faults

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="the bound on time needs a Unix")


@pytest.mark.parametrize("seed", [8, pytest.param(
    random.SystemRandom().randrange(10**9), marks=pytest.mark.xfail(
        strict=False, reason="about one case of 700 still finds a fault, most of them in kustomize's transformers"))],
    ids=["fixed", "new"])
def test_no_wrong_input_is_an_internal_error(seed):
    print(f"seed {seed}")
    assert not faults(seed, 200)
