"""python benchmarks/startup.py: what a command costs, and what the first use of a cluster adds.

`get sts,pods,pvc` on the tutorial's cluster: at most 1.7 times `python -c "import click"`, medians of 15 runs.
A fresh cluster on first use adds at most 30 ms.
"""

from __future__ import annotations

import sys

from common import ROOT, Home, clock, median, verdict


def first_use() -> float:
    with Home() as home:
        return home.seconds("get", "sts,pods,pvc")


def main() -> int:
    with Home() as home:
        home.run("sim", "clock", "freeze", "2024-01-01T00:00:00Z")
        home.run("apply", "-f", str(ROOT / "fixtures" / "sts-mariadb.yml"))
        home.run("sim", "clock", "advance", "5m6s")
        pairs = [(clock([sys.executable, "-c", "import click"]), home.seconds("get", "sts,pods,pvc"))
                 for _ in range(15)]
        click, get = (sorted(p[i] for p in pairs)[7] for i in (0, 1))
        with Home() as empty:
            empty.run("get", "sts,pods,pvc")
            used = median(lambda: empty.seconds("get", "sts,pods,pvc"))
        first = median(first_use)
    print(f'python -c "import click": {click * 1000:.1f} ms; get sts,pods,pvc: {get * 1000:.1f} ms')
    good = verdict("get sts,pods,pvc / import click", get / click, 1.7, "times")
    return 0 if verdict("first use of a cluster", (first - used) * 1000, 30, "ms") and good else 1


if __name__ == "__main__":
    sys.exit(main())
