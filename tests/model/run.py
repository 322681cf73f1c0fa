"""A model of the API: `python tests/model/run.py [--operations N] [--seed N]`.

Users do random things to a cluster's API (create, update, patch, apply, delete, scale, statuses, labels, finalizers,
owners, nodes that stop, time that passes), and after each, or every few, it is looked whether all is true that must be:
see journal.py and invariants.py. The same seed does the same again.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import sys
import tempfile
import traceback
from unittest import mock

if __name__ == "__main__":
    sys.path[0] = str(pathlib.Path(__file__).parents[1])

from model import invariants
from model.world import Broken, World

RELEASES = [(1, 28), (1, 36), (1, 32), (1, 30)]  # a run takes one of them by its seed
MEMORY = "/dev/shm"  # where files cost no time


def run(seed: int, operations: int, verbose: bool = False) -> str:
    """Do as many operations; returns what is wrong, "" where nothing is."""
    with (
        tempfile.TemporaryDirectory(dir=MEMORY if os.path.isdir(MEMORY) else None) as folder,
        mock.patch.dict(os.environ, {"KUBESIM_TRACEBACK": "1"}),  # faults of control loops are raised
    ):
        world = World(folder, seed, RELEASES[seed % len(RELEASES)])
        try:
            for number in range(operations):
                name = world.step()
                if verbose:
                    print(number, name, flush=True)
            invariants.check_log(world)
            if world.problems:
                raise Broken("\n  ".join(world.problems))
        except Broken as broken:
            cause = "".join(traceback.format_exception(broken.__cause__)) if broken.__cause__ else ""
            return f"--seed {seed} --operations {world.done + 1}: {broken}\n{cause}"
        finally:
            world.cluster.close()
        if verbose or operations > 5000:
            print(f"{operations} operations, {world.refused} of them refused, {world.journal.revision} writes")
    return ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--operations", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=8)
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    wrong = run(args.seed, args.operations, args.verbose)
    print(wrong or f"seed {args.seed}: all is as it must be")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
