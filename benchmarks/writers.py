"""python benchmarks/writers.py [--writers N] [--creates N]: many writers at once, and how the lock is handed over.

50 processes create 50 ConfigMaps at once: 50 are there. 64 creates by 16 processes take at most 1.5 times as long as
the same one after the other.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import threading
import time

from common import KUBESIM, Home, verdict

PROCESSES = 16


def together(count: int) -> bool:
    with Home() as home:
        start = time.perf_counter()
        children = [subprocess.Popen([KUBESIM, "create", "configmap", f"c{i}"], env=home.environ,
                                     stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for i in range(count)]
        told = [child.communicate()[0] for child in children]
        took = time.perf_counter() - start
        names = home.run("get", "configmaps", "-o", "name").stdout.split()
        made = sum(name.startswith("configmap/c") for name in names)
        good = made == count and all("created" in text for text in told)
        print(f"{'ok  ' if good else 'MISS'} {count} writers at once: {made} ConfigMaps in {took:.1f} s", flush=True)
        return good


def _creates(home: Home, names: list[str]) -> None:
    for name in names:
        home.run("create", "configmap", name)


def handed_over(count: int, runs: int = 3) -> bool:
    """Compare creates of many processes with as many of one, in runs that take turns."""
    ratios = []
    for _ in range(runs):
        with Home() as home:
            home.run("create", "configmap", "first")
            start = time.perf_counter()
            _creates(home, [f"a{i}" for i in range(count)])
            alone = time.perf_counter() - start
            writers = [threading.Thread(target=_creates, args=(home, [f"b{i}" for i in range(k, count, PROCESSES)]))
                       for k in range(PROCESSES)]
            start = time.perf_counter()
            for writer in writers:
                writer.start()
            for writer in writers:
                writer.join()
            ratios.append((time.perf_counter() - start) / alone)
            names = home.run("get", "configmaps", "-o", "name").stdout.split()
            assert sum(name.startswith(("configmap/a", "configmap/b")) for name in names) == 2 * count
    return verdict(f"{count} creates by {PROCESSES} processes / by one", statistics.median(ratios), 1.5, "times")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--writers", type=int, default=50)
    parser.add_argument("--creates", type=int, default=64)
    asked = parser.parse_args()
    results = together(asked.writers), handed_over(asked.creates)
    sys.exit(0 if all(results) else 1)
