"""python benchmarks/failures.py [--all] [--calls N] [-j N]: system calls that fail, by strace.

Each kind of system call (places.py) of each stage (stages.py), and of a read, with each error number: its first, its
last and one in between. `--all`: each single call; `--calls`: so many of them, drawn at random; `-j`: so many at once.
A write is there if and only if the command's exit code is 0, what is read is right or nothing, the command fails in
words of its own, and the next one works.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
from collections import Counter
from typing import NamedTuple

import children
import places
import stages
from common import scratch, tally

ERRORS = ("EIO", "ENOSPC", "EDQUOT", "EROFS", "EACCES", "EPERM", "EINTR", "ENOLCK", "ENOSYS", "EINVAL", "EMFILE",
          "ENOMEM")
READ = stages.Step("get configmaps -o json")
READ_IN = "a write over a torn tail"  # the stage before whose step something is read


class Failure(NamedTuple):
    stage: str
    read: bool  # whether it is the read that fails, and not the stage's own step
    place: places.Place
    error: str


class Failures:
    """What can fail, and what came of it."""

    def __init__(self, scenes: dict[str, stages.Scene], rng: random.Random, whole: bool):
        self._scenes = scenes
        self.places, self.kinds, self.failures = 0, 0, []
        for name, read in [*((name, False) for name in scenes), (READ_IN, True)]:
            found = scenes[name].places(READ if read else None)
            self.places += len(found) * len(ERRORS)
            self.kinds += len({place.kind for place in found}) * len(ERRORS)
            self.failures += [Failure(name, read, place, error) for error in ERRORS
                              for place in (found if whole else places.one_of_each(found, rng))]
        home = scenes[READ_IN].home()
        self._answer = children.run(home, *READ.words.split()).out
        scenes[READ_IN].drop(home)
        rng.shuffle(self.failures)

    def let(self, failure: Failure) -> Counter[str]:
        """Let a system call fail; returns how often what was found, and prints what is wrong."""
        name, read, (call, when, _), error = failure
        scene, found = self._scenes[name], Counter[str](runs=1)
        home = scene.home()
        done, trace = children.traced(scene.child(home, READ if read else None, held=True), "-e", f"trace={call}",
                                      "-e", f"inject={call}:error={error}:when={when}")
        found["failures"] += "INJECTED" in trace
        found["succeeded"] += not done.code
        faults = scene.faults(home, [scene.before if done.code or read else scene.after], done)
        if read and not done.code and done.out != self._answer:
            faults.append("a silent wrong answer")
        if done.code < 0 or done.code not in (0, 1):
            faults.append(f"exit code {done.code}")
        if done.code and not done.err.strip() and not (call == "write" and "write(2" in trace):
            faults.append("no word of why it failed")
        for fault in faults:
            found["faults"] += 1
            at = [line for line in trace.splitlines() if "INJECTED" in line]
            print(f"     {READ.words if read else name}, {call} {when} {error}: {fault} {at} {done}", flush=True)
        scene.drop(home)
        return found


_failures: Failures  # of the process that the others are forked from, so that nothing has to be pickled


def _let(number: int) -> Counter[str]:
    return _failures.let(_failures.failures[number])


def main(times: int | None, whole: bool, at_once: int, seed: int) -> bool:
    global _failures
    if not children.can_trace():
        print("skipped: failing system calls need strace, and leave to trace")
        return True
    stages.warm()
    with scratch() as folder:
        _failures = Failures({name: stages.Scene(stage, folder) for name, stage in stages.STAGES.items()},
                             random.Random(seed), whole or times is not None)
        found, count = Counter[str](places=_failures.places, kinds=_failures.kinds), len(_failures.failures[:times])
        with multiprocessing.get_context("fork").Pool(at_once) as pool:
            for each in pool.imap_unordered(_let, range(count), chunksize=8):
                found.update(each)
                if not found["runs"] % 2000:
                    print(f"     {found['runs']} of {count}", flush=True)
        return tally("system calls that fail", found)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--calls", type=int)
    parser.add_argument("-j", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    sys.exit(0 if main(asked.calls, asked.all, asked.j, asked.seed) else 1)
