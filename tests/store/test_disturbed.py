"""Commands that are disturbed, in short: benchmarks/ has the long forms."""

from __future__ import annotations

import pathlib
import subprocess
import sys

import pytest

BENCHMARKS = pathlib.Path(__file__).parents[2] / "benchmarks"


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork")
@pytest.mark.parametrize("line", ["kills.py --random 5 --calls 10", "failures.py --calls 15 --files 1",
                                  "powercuts.py --cuts 20", "damage.py --bytes 10",
                                  "histories.py --processes 4 --commands 40"])
def test_nothing_acknowledged_is_lost_and_nothing_is_half_done(line):
    script, *words = line.split()
    done = subprocess.run([sys.executable, str(BENCHMARKS / script), *words], capture_output=True, text=True)
    assert done.returncode == 0 and not done.stderr, done
    if "skipped" in done.stdout:
        pytest.skip(done.stdout.strip().splitlines()[-1])
