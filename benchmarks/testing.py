"""What a cluster costs a test suite: made, asked, and brought to a ready StatefulSet; and 1,000 tests through pytest.

    python benchmarks/testing.py [--rounds N] [--tests N]

Times are medians in milliseconds, by the clock and of CPU, in one process that has done each thing once before. The
limits are held against CPU, which other programs of the machine change less; nothing here waits for anything else.
"""

from __future__ import annotations

import argparse
import functools
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

from kubesim_cli.testing import Cluster

STATEFULSET = pathlib.Path(__file__).parents[1] / "fixtures" / "sts-mariadb.yml"
LIMITS = {"new cluster": 1.5, "get": 1.5, "apply to ready": 25.0}  # milliseconds, on a stub node
SUITE = f"""
import pytest

@pytest.mark.parametrize("n", range({{tests}}))
def test(kubesim, n):
    assert kubesim.kubectl("get pods").exit_code == 0
    assert kubesim.apply({str(STATEFULSET)!r}).stdout == "statefulset.apps/sts-mariadb created\\n"
"""


def measure(kubelet: str, rounds: int) -> dict[str, tuple[float, float]]:
    """Return the medians of each step, by the clock and of CPU."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in LIMITS}

    def timed(name: str, do, *arguments):
        start, cpu = time.perf_counter(), time.process_time()
        result = do(*arguments)
        found[name].append((time.perf_counter() - start, time.process_time() - cpu))
        return result

    def ready(cluster: Cluster) -> None:
        cluster.apply(STATEFULSET)
        cluster.until(lambda: cluster.get("sts/sts-mariadb")["status"].get("readyReplicas") == 1)

    for _ in range(rounds + 1):
        with timed("new cluster", functools.partial(Cluster, kubelet=kubelet)) as cluster:
            timed("get", cluster.kubectl, "get pods")
            timed("apply to ready", ready, cluster)
    return {name: (1000 * statistics.median(wall for wall, _ in times[1:]),
                   1000 * statistics.median(cpu for _, cpu in times[1:])) for name, times in found.items()}


def suite(tests: int) -> tuple[float, float]:
    """Return the seconds that so many tests take in one process of pytest, by the clock and of CPU."""
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "test_all.py").write_text(SUITE.format(tests=tests))
        start, before = time.perf_counter(), os.times()
        subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", folder], cwd=folder, check=True,
                       stdout=subprocess.DEVNULL)
        after = os.times()
        cpu = after.children_user + after.children_system - before.children_user - before.children_system
        return time.perf_counter() - start, cpu


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--tests", type=int, default=1000)
    options = parser.parse_args()
    return int(not measured(options.rounds, options.tests))


def measured(rounds: int, tests: int) -> bool:
    """Measure, tell the figures beside their limits, and return whether they keep to them."""
    stub, full = (measure(kubelet, rounds) for kubelet in ("stub", "full"))
    for name, limit in LIMITS.items():
        told = "".join(f"{node}: {wall:6.2f} ms, {cpu:6.2f} of CPU   " for node, (wall, cpu) in (
            ("stub node", stub[name]), ("full node", full[name])))
        print(f"{name:16} {told}(limit {limit})")
    wall, cpu = suite(tests)
    limit = max(3.0, 15 * tests / 1000)  # few tests are no more than the start of pytest
    print(f"{tests} tests with a cluster each: {wall:.1f} s, {cpu:.1f} of CPU  (limit {limit:g})")
    return cpu <= limit and all(stub[name][1] <= limit for name, limit in LIMITS.items())


if __name__ == "__main__":
    sys.exit(main())
