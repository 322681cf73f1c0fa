"""python hack/coverage_table.py [DATA]: how much of each room the tests executed; DATA is `.coverage` otherwise.

Fails when a module of the package is under 80% and hack/uncovered.txt gives no reason, or when that list names a module
that does not exist or has reached 80%. `pytest -n 2 --cov=kubesim_cli --cov-report=` writes the data; processes that a
test starts are not measured.
"""

from __future__ import annotations

import argparse
import collections
import pathlib
import sys

ENOUGH = 80.0
REASONS = pathlib.Path(__file__).with_name("uncovered.txt")
PACKAGE = "kubesim_cli"


def measured(data: str) -> dict[str, tuple[int, int]]:
    """Read coverage's data; returns module path below the package -> (statements, missing ones)."""
    import coverage

    found = coverage.Coverage(data_file=data)
    found.load()
    modules = {}
    for file in found.get_data().measured_files():
        parts = pathlib.PurePath(file).parts
        if PACKAGE in parts:
            _, statements, _, missing, _ = found.analysis2(file)
            start = len(parts) - parts[::-1].index(PACKAGE)
            modules["/".join(parts[start:])] = len(statements), len(missing)
    return modules


def reasons(path: pathlib.Path) -> dict[str, str]:
    """Read the list of modules that may be under 80%: `PATH  REASON` a line; # begins a comment."""
    lines = (line.partition("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return {module: why.strip() for module, _, why in (line.partition(" ") for line in lines if line)}


def percent(statements: int, missing: int) -> float:
    """What share of the statements was executed; all of none."""
    return 100.0 * (statements - missing) / statements if statements else 100.0


def room(module: str) -> str:
    """The folder of a module, at most two deep."""
    return "/".join(module.split("/")[:-1][:2]) or "(top)"


def table(modules: dict[str, tuple[int, int]]) -> list[str]:
    """One line a room, and the sum."""
    sums: dict[str, list[int]] = collections.defaultdict(lambda: [0, 0, 0])
    for module, (statements, missing) in modules.items():
        for name in (room(module), "TOTAL"):
            sums[name] = [a + b for a, b in zip(sums[name], (1, statements, missing))]
    order = sorted(sums, key=lambda name: (name == "TOTAL", name))
    return [f"{'ROOM':32} MODULES  LINES  MISSING  COVERED",
            *(f"{name:32} {sums[name][0]:7}  {sums[name][1]:5}  {sums[name][2]:7}  {percent(*sums[name][1:]):6.1f}%"
              for name in order)]


def problems(modules: dict[str, tuple[int, int]], excused: dict[str, str]) -> list[str]:
    """What is wrong, one sentence each; the modules with most missing lines come first."""
    low = {name: counts for name, counts in modules.items() if percent(*counts) < ENOUGH}
    told = [f"{name}: {percent(*low[name]):.1f}%, {low[name][1]} lines are executed by no test"
            for name in sorted(low, key=lambda name: (-low[name][1], name)) if name not in excused]
    for name, why in excused.items():
        if name not in modules:
            told.append(f"{REASONS.name} names {name}, which does not exist")
        elif name not in low:
            told.append(f"{REASONS.name} names {name}, which has {percent(*modules[name]):.1f}%: take it off the list")
        elif not why:
            told.append(f"{REASONS.name} gives no reason for {name}")
    return told if modules else ["no module was measured"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", default=".coverage")
    modules = measured(parser.parse_args().data)
    print(*table(modules), sep="\n")
    wrong = problems(modules, reasons(REASONS))
    print(*wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
