"""python benchmarks/startup.py: what a command costs, and what the first use of a cluster adds.

On the tutorial's cluster, beside the start of a real kubectl (`kubectl version --client`, where one is on PATH): `get
sts,pods,pvc` at most 0.48 of it, `apply` at most 1.0, `scale` and `create` at most 0.85; where there is none, `get` at
most 1.0 times `python -c "import click"`. Medians of 15 runs that take turns. A fresh cluster on first use adds at most
30 ms. `exec POD -- cat FILE` takes at most 1.6 times what `get pod POD` does.

What counts is wall time, on a quiet machine. On one that is not, the CPU time (user and system) beside it tells more.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from common import ROOT, Home, Spent, median, spent, verdict

STS = str(ROOT / "fixtures" / "sts-mariadb.yml")
RUNS = 15
# Verb -> (the command, at most so many starts of kubectl); `{n}` is the run's number.
VERBS = {
    "get": (["get", "sts,pods,pvc"], 0.48),
    "apply": (["apply", "-f", STS], 1.0),
    "scale": (["scale", "sts/sts-mariadb", "--replicas={m}"], 0.85),
    "create": (["create", "configmap", "c{n}", "--from-literal=a=b"], 0.85),
}


def real_kubectl() -> str | None:
    """Return a real kubectl's path."""
    for folder in os.get_exec_path():
        path = shutil.which("kubectl", path=folder)
        if path:
            with open(path, "rb") as file:
                if b"kubesim" not in file.read(4096):
                    return path
    return None


def first_use() -> Spent:
    with Home() as home:
        return home.spent("get", "sts,pods,pvc")


def beside(name: str, took: Spent, base: Spent, limit: float) -> bool:
    """Print what something takes as a share of what else takes; returns whether it holds."""
    return verdict(f"{name} ({took.cpu / base.cpu:.3g} of its CPU)", took.wall / base.wall, limit, "times")


def verbs(base: list[str], limits: dict[str, float]) -> bool:
    """Print what each verb takes, as a share of what `base` does."""
    with Home() as home:
        home.run("sim", "clock", "freeze", "2024-01-01T00:00:00Z")
        home.run("apply", "-f", STS)
        home.run("sim", "clock", "advance", "5m6s")
        taken: dict[str, list[Spent]] = {"base": [], **{verb: [] for verb in limits}}
        for n in range(RUNS + 1):
            taken["base"].append(spent(base))
            for verb in limits:
                taken[verb].append(home.spent(*(word.format(n=n, m=n % 3 + 1) for word in VERBS[verb][0])))
    start, *rest = (median(times[1:]) for times in taken.values())  # the first reads the files from the disk
    print(f"wall (CPU), ms: {' '.join(base[-2:])} {start}; "
          + "; ".join(f"{verb} {took}" for verb, took in zip(limits, rest)))
    results = [beside(f"{verb} / {base[-2]}", took, start, limit) for (verb, limit), took in zip(limits.items(), rest)]
    return all(results)


def exec_beside_get() -> bool:
    """Print what a program in a container takes, as a share of `get` of its pod."""
    with Home() as home:
        home.run("sim", "clock", "freeze", "2024-01-01T00:00:00Z")
        home.run("run", "a", "--image=busybox", "--command", "--", "sh", "-c", "echo hi > /f; sleep infinity")
        home.run("sim", "clock", "advance", "30s")
        home.run("exec", "a", "--", "cat", "/f")
        pairs = [(home.spent("get", "pod", "a"), home.spent("exec", "a", "--", "cat", "/f")) for _ in range(RUNS)]
    got, ran = map(median, zip(*pairs))
    return beside("exec / get pod", ran, got, 1.6)


def main() -> int:
    kubectl = real_kubectl()
    if kubectl:
        version = subprocess.run([kubectl, "version", "--client"], capture_output=True, text=True, check=True).stdout
        print(f"kubectl: {version.splitlines()[0].rpartition(' ')[2]}")
        good = verbs([kubectl, "version", "--client"], {verb: limit for verb, (_, limit) in VERBS.items()})
    else:
        good = verbs([sys.executable, "-c", "import click"], {"get": 1.0})
    with Home() as empty:
        empty.run("get", "sts,pods,pvc")
        used = median(empty.spent("get", "sts,pods,pvc") for _ in range(RUNS))
    good = exec_beside_get() and good
    first = median(first_use() for _ in range(RUNS))
    name = f"first use of a cluster ({(first.cpu - used.cpu) * 1000:.3g} ms of CPU)"
    return 0 if verdict(name, (first.wall - used.wall) * 1000, 30, "ms") and good else 1


if __name__ == "__main__":
    sys.exit(main())
