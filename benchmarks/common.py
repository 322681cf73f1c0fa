"""What the benchmarks share: a home for one measurement, and a stopwatch over whole commands."""

from __future__ import annotations

import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from typing import NamedTuple

ROOT = pathlib.Path(__file__).parents[1]
KUBESIM = str(pathlib.Path(sys.executable).with_name("kubesim"))


def scratch() -> tempfile.TemporaryDirectory[str]:
    """Return a folder for the time of a `with`, in memory where there is one: for what no disk's speed should bend."""
    return tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)


class Spent(NamedTuple):
    """What a command took: seconds of CPU and of wall time, and its peak memory."""

    cpu: float
    wall: float
    megabytes: float

    def __str__(self) -> str:
        return f"{self.wall * 1000:.1f} ({self.cpu * 1000:.1f})"


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
        self.close()

    def close(self) -> None:
        """Throw it away."""
        self._folder.cleanup()

    @property
    def cluster(self) -> str:
        """The folder of the cluster's store."""
        return os.path.join(self.path, "clusters", "minikube")

    def run(self, *args: str, check: bool = True, **rest) -> subprocess.CompletedProcess:
        """Run `kubesim ARGS` and return the finished process."""
        return subprocess.run([KUBESIM, *args], env=self.environ, check=check, capture_output=True, text=True, **rest)

    def spent(self, *args: str) -> Spent:
        """Return what one `kubesim ARGS` took; its output goes nowhere."""
        return spent([KUBESIM, *args], self.environ)


def spent(command: list[str], environ: Mapping[str, str] | None = None) -> Spent:
    """Return what one command took; its output goes nowhere."""
    start = time.perf_counter()
    child = subprocess.Popen(command, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE)
    told = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, child.args, stderr=told)
    return Spent(usage.ru_utime + usage.ru_stime, time.perf_counter() - start, usage.ru_maxrss / 1024)


def median(runs: Iterable[Spent]) -> Spent:
    """Return the medians of several runs, each for itself."""
    return Spent(*map(statistics.median, zip(*runs)))


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
