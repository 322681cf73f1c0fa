"""python benchmarks/against.py KUBESIM [CASE]...: this checkout against another kubesim, in runs that take turns.

KUBESIM is the other one's program, as in `../old/.venv/bin/kubesim`, and installed alike (an editable install starts
later). Each figure is the median of 31 pairs of runs, the one run after the other, so that whatever else the
machine does meets both. It is the CPU time (user and system), which that bends least; the wall time is told beside it.
Worse by more than 3% and by more than 1 ms is a MISS.
"""

from __future__ import annotations

import sys

import common
from common import ROOT, Home, Spent, median

STS = str(ROOT / "fixtures" / "sts-mariadb.yml")


def _tutorial(home: Home) -> None:
    home.run("sim", "clock", "freeze", "2024-01-01T00:00:00Z")
    home.run("apply", "-f", STS)
    home.run("sim", "clock", "advance", "5m6s")


def _busy(home: Home) -> None:
    home.run("sim", "reset", "--nodes", "10")
    home.run("sim", "clock", "freeze", "2024-01-01T00:00:00Z")
    home.run("create", "deployment", "web", "--image=nginx", "--replicas=500")
    home.run("sim", "clock", "advance", "1m")


def _frozen(home: Home) -> None:
    home.run("sim", "clock", "freeze", "2024-01-01T00:00:00Z")


# Name -> (what sets the stage, the commands that are measured, runs): `{n}` is the run's number.
CASES = {
    "get sts,pods,pvc": (_tutorial, [["get", "sts,pods,pvc"]], 31),
    "apply of what is there": (_tutorial, [["apply", "-f", STS]], 31),
    "create configmap": (_tutorial, [["create", "configmap", "c{n}", "--from-literal=a=b"]], 31),
    "scale": (_tutorial, [["scale", "sts/sts-mariadb", "--replicas={m}"]], 31),
    "get pods (500)": (_busy, [["get", "pods"]], 31),
    "get pods -o yaml (500)": (_busy, [["get", "pods", "-o", "yaml"]], 31),
    "30 ordered replicas": (None, [["sim", "reset"], ["sim", "clock", "freeze", "2024-01-01T00:00:00Z"],
                                   ["apply", "-f", STS], ["scale", "sts/sts-mariadb", "--replicas=30"],
                                   ["sim", "clock", "advance", "5m"]], 31),
    "300 pods": (None, [["sim", "reset", "--nodes", "10"], ["sim", "clock", "freeze", "2024-01-01T00:00:00Z"],
                        ["create", "deployment", "web", "--image=nginx", "--replicas=300"],
                        ["sim", "clock", "advance", "1m"]], 31),
}


def _run(program: str, home: Home, commands: list[list[str]], n: int) -> Spent:
    common.KUBESIM = program
    runs = [home.spent(*(word.format(n=n, m=n % 5 + 1) for word in words)) for words in commands]
    return Spent(sum(run.cpu for run in runs), sum(run.wall for run in runs), max(run.megabytes for run in runs))


def measure(name: str, old: str, new: str) -> bool:
    """Print one figure of both; returns whether the new one holds."""
    stage, commands, runs = CASES[name]
    with Home() as before, Home() as after:
        for program, home in ((old, before), (new, after)):
            common.KUBESIM = program
            if stage:
                stage(home)
            _run(program, home, commands, 0)  # the first run also reads the files from the disk
        pairs = [(_run(old, before, commands, n), _run(new, after, commands, n)) for n in range(1, runs + 1)]
    was, now = map(median, zip(*pairs))
    good = now.cpu <= was.cpu * 1.03 or now.cpu <= was.cpu + 0.001
    word = "ok  " if good else "MISS"
    print(f"{word} {name}: {was.cpu * 1000:.1f} -> {now.cpu * 1000:.1f} ms ({(now.cpu / was.cpu - 1) * 100:+.1f} %), "
          f"{was.wall * 1000:.1f} -> {now.wall * 1000:.1f} of wall time", flush=True)
    return good


def main() -> int:
    new, names = common.KUBESIM, sys.argv[2:] or list(CASES)
    if len(sys.argv) < 2 or not CASES.keys() >= set(names):
        print(__doc__, *CASES, sep="\n")
        return 2
    results = [measure(name, sys.argv[1], new) for name in names]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
