"""A fuzz run of kubesim: `python tests/fuzz/run.py [--cases N] [--seed N] [--area NAME]`.

No wrong input may end in a traceback or in `kubesim failed`, take more than 5 seconds or 500 MB, fail a control loop,
or keep the next command from working. Faults are told by the line of code that they come from, each with the first case
that met it, which `--seed N --only I` runs again by itself. `--area sweep` goes through every field of every kind in
turn, left out, emptied and retyped, with every verb that takes it; `--cases 0` is all of them.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import re
import sys
import tempfile
from unittest import mock

if __name__ == "__main__":
    sys.path[0] = str(pathlib.Path(__file__).parents[1])

from fuzz.bench import Bench
from fuzz.inputs import SWEEP, case

MEMORY = "/dev/shm"  # where files cost no time
RELEASES = ["1.28", "1.36", "1.32", "1.30"]  # a run takes one of them by its seed


def faults(seed: int, cases: range, area: str = "") -> dict[str, str]:
    """Run cases of a seed; returns the faults, by the place in the code, each with its first case."""
    found: dict[str, str] = {}
    before = os.getcwd()
    with (
        tempfile.TemporaryDirectory(dir=MEMORY if os.path.isdir(MEMORY) else None) as folder,
        mock.patch.dict(os.environ, {"KUBESIM_TRACEBACK": "1", "HOME": folder}),
        mock.patch("kubesim_cli.cluster.waiting.PATIENCE", 600.0),  # a day with all of these objects takes its time
    ):
        bench = Bench(folder, RELEASES[seed % len(RELEASES)])
        try:
            for number in cases:
                if number and number % 10_000 == 0:
                    print(f"{number} cases", flush=True)
                name, wrong = case(seed, number, area)
                if fault := bench.judge(wrong):
                    place = next(iter(re.findall(r"\(\S+:\d+ \S+\)", fault)), fault)
                    if place not in found:
                        again = f"--seed {seed} --only {number}" + (f" --area {area}" if area else "")
                        found[place] = f"{fault}\n  {name}, {again}: {_shown(wrong)}"
                        print(found[place].encode("utf-8", "backslashreplace").decode(), flush=True)
        finally:
            os.chdir(before)
    return found


def _shown(wrong: object) -> str:
    text = repr(wrong)
    return text if len(text) < 3000 else text[:3000] + "..."


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=8)
    parser.add_argument("--area", default="")
    parser.add_argument("--only", type=int, default=-1)
    args = parser.parse_args()
    cases = range(args.only, args.only + 1) if args.only >= 0 else range(args.cases or SWEEP)
    found = faults(args.seed, cases, args.area)
    print(f"seed {args.seed}, {len(cases)} cases, {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
