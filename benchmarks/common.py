"""What the benchmarks share: a home for one measurement, and a stopwatch over whole commands."""

from __future__ import annotations

import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping

ROOT = pathlib.Path(__file__).parents[1]
KUBESIM = str(pathlib.Path(sys.executable).with_name("kubesim"))


def scratch() -> tempfile.TemporaryDirectory[str]:
    """Return a folder for the time of a `with`, in memory where there is one: for what no disk's speed should bend."""
    return tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)


class Home:
    """A KUBESIM_HOME of its own, gone at the end of the `with`."""

    def __init__(self, **environ: str):
        self._folder = tempfile.TemporaryDirectory()
        self.path = os.path.join(self._folder.name, "home")
        keep = {k: v for k, v in os.environ.items() if not k.startswith("KUBE")}
        self.environ = {**keep, "KUBESIM_HOME": self.path, **environ}

    def __enter__(self) -> Home:
        return self

    def __exit__(self, *_) -> None:
        self._folder.cleanup()

    def run(self, *args: str, check: bool = True, **rest) -> subprocess.CompletedProcess:
        """Run `kubesim ARGS` and return the finished process."""
        return subprocess.run([KUBESIM, *args], env=self.environ, check=check, capture_output=True, text=True, **rest)

    def seconds(self, *args: str) -> float:
        """Return the wall time of one `kubesim ARGS`."""
        start = time.perf_counter()
        self.run(*args)
        return time.perf_counter() - start


def median(measure, runs: int = 15) -> float:
    """Return the median of `runs` calls of `measure()`."""
    return statistics.median(measure() for _ in range(runs))


def clock(command: list[str], environ=None) -> float:
    """Return the wall time of one command."""
    start = time.perf_counter()
    subprocess.run(command, env=environ, check=True, capture_output=True)
    return time.perf_counter() - start


def peak_megabytes() -> float:
    """Return the peak memory of the largest child process so far."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def verdict(name: str, value: float, limit: float, unit: str) -> bool:
    """Print one figure beside its limit; returns whether it holds."""
    good = value <= limit
    print(f"{'ok  ' if good else 'MISS'} {name}: {value:.4g} {unit} (limit {limit:.4g})", flush=True)
    return good


def tally(name: str, found: Mapping[str, int]) -> bool:
    """Print what was counted; returns whether there were no `faults`."""
    good = not found.get("faults")
    print(f"{'ok  ' if good else 'MISS'} {name}: " + ", ".join(f"{count} {what}" for what, count in found.items()),
          flush=True)
    return good
