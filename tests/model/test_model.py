"""A few hundred operations of the model; run.py beside this file does as many as one has time for, from any seed."""

from __future__ import annotations

import os

import pytest
from model import run


@pytest.mark.parametrize("fresh", [False, True])
def test_all_is_as_it_must_be(fresh):
    seed = int.from_bytes(os.urandom(4), "big") if fresh else 8
    print(f"python tests/model/run.py --seed {seed} --operations 300")  # pytest tells it where the test fails
    assert run.run(seed, 300) == ""
