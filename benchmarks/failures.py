"""python benchmarks/failures.py [--all] [--calls N] [--files N] [-j N]: system calls that fail, by strace.

Each kind of system call (places.py) of each stage (stages.py), and of a read, with each error number: its first, its
last and one in between. So do the first of each kind and all of that name behind it, as on a disk that is and stays
full. `--all`: each single call; `--calls`: so many of them, drawn at random; `-j`: so many at once.

Then files that do not grow beyond a size, so that writes end in their middle: `--files` sizes of each stage.

A write is there if and only if the command's exit code is 0, what is read is right or nothing, the command fails in
words of its own, and the next one works.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
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
LASTING = ("EIO", "ENOSPC")
READ = stages.Step("get configmaps -o json")
READ_IN = "a write over a torn tail"  # the stage before whose step something is read
TOLD = 1000  # bytes that the words of a command need, which go to files, too


class Failure(NamedTuple):
    stage: str
    read: bool  # whether it is the read that fails, and not the stage's own step
    place: places.Place
    error: str
    lasting: bool = False  # whether all calls of that name fail from there on


class Failures:
    """What can fail, and what came of it."""

    def __init__(self, scenes: dict[str, stages.Scene], rng: random.Random, whole: bool):
        self._scenes = scenes
        self.places, self.kinds = 0, 0
        self.failures: list[Failure] = []
        for name, read in [*((name, False) for name in scenes), (READ_IN, True)]:
            found = scenes[name].places(READ if read else None)
            kinds = {place.kind: place for place in reversed(found)}
            self.places += len(found) * len(ERRORS)
            self.kinds += len(kinds) * len(ERRORS)
            self.failures += [Failure(name, read, place, error) for error in ERRORS
                              for place in (found if whole else places.one_of_each(found, rng))]
            self.failures += [Failure(name, read, place, error, True) for error in LASTING
                              for place in kinds.values() if place.call != "write"]  # who cannot write tells nothing
        home = scenes[READ_IN].home()
        self._answer = children.run(home, *READ.words.split()).out
        scenes[READ_IN].drop(home)
        rng.shuffle(self.failures)

    def sizes(self, times: int, rng: random.Random) -> list[tuple[str, int]]:
        """Return stages, each with as many sizes beyond which no file is to grow in it: half of them are such that the
        log is what meets them."""
        found = []
        for name, scene in self._scenes.items():
            home = scene.home()
            log = os.path.join(stages.folder(home), "objects.jsonl")
            before = os.path.getsize(log) if os.path.exists(log) else 0
            scene.child(home).result()
            low, high = sorted((before, os.path.getsize(log)))
            scene.drop(home)
            found += [(name, rng.randint(max(TOLD, least), max(TOLD, high) + 200))
                      for number in range(times) for least in (low - 100 if number % 2 else 0,)]
        return found

    def let(self, failure: Failure) -> Counter[str]:
        """Let a system call fail; returns how often what was found, and prints what is wrong."""
        name, read, (call, when, _), error, lasting = failure
        scene = self._scenes[name]
        home = scene.home()
        done, trace = children.traced(scene.child(home, READ if read else None, held=True), "-e", f"trace={call}",
                                      "-e", f"inject={call}:error={error}:when={when}{'+' if lasting else ''}")
        faults = scene.faults(home, [scene.before if done.code or read else scene.after], done)
        if read and not done.code and done.out != self._answer:
            faults.append("a silent wrong answer")
        if done.code and not done.err.strip() and not (call == "write" and "write(2" in trace):
            faults.append("no word of why it failed")
        at = [line for line in trace.splitlines() if "INJECTED" in line]
        scene.drop(home)
        found = self._counted(f"{READ.words if read else name}, {call} {when}{'+' if lasting else ''} {error}", done,
                              faults, at)
        found["failures"] = bool(at)
        return found

    def limit(self, name: str, size: int) -> Counter[str]:
        """Let no file grow beyond a size."""
        scene = self._scenes[name]
        home = scene.home()
        done = scene.child(home, limit=size).result()
        faults = scene.faults(home, [scene.before if done.code else scene.after], done)
        if done.code and not done.err.strip():
            faults.append("no word of why it failed")
        scene.drop(home)
        return self._counted(f"{name}, no file beyond {size} bytes", done, faults, [])

    def _counted(self, what: str, done: children.Result, faults: list[str], at: list[str]) -> Counter[str]:
        if done.code not in (0, 1):
            faults.append(f"exit code {done.code}")
        for fault in faults:
            print(f"     {what}: {fault} {at} {done}", flush=True)
        return Counter(runs=1, succeeded=not done.code, faults=len(faults))


_failures: Failures  # of the process that the others are forked from, so that nothing has to be pickled


def _let(number: int) -> Counter[str]:
    return _failures.let(_failures.failures[number])


def _limit(where: tuple[str, int]) -> Counter[str]:
    return _failures.limit(*where)


def main(times: int | None, sizes: int, whole: bool, at_once: int, seed: int) -> bool:
    global _failures
    if not children.can_trace():
        print("skipped: failing system calls need strace, and leave to trace")
        return True
    stages.warm()
    rng = random.Random(seed)
    with scratch() as folder:
        _failures = Failures({name: stages.Scene(stage, folder) for name, stage in stages.STAGES.items()}, rng,
                             whole or times is not None)
        found, count = Counter[str](places=_failures.places, kinds=_failures.kinds), len(_failures.failures[:times])
        limited = Counter[str]()
        with multiprocessing.get_context("fork").Pool(at_once) as pool:
            for each in pool.imap_unordered(_let, range(count), chunksize=8):
                found.update(each)
                if not found["runs"] % 2000:
                    print(f"     {found['runs']} of {count}", flush=True)
            for each in pool.imap_unordered(_limit, _failures.sizes(sizes, rng), chunksize=8):
                limited.update(each)
        good = tally("system calls that fail", found)
        return tally("files that do not grow", limited) and good


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--calls", type=int)
    parser.add_argument("--files", type=int, default=100)
    parser.add_argument("-j", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    sys.exit(0 if main(asked.calls, asked.files, asked.all, asked.j, asked.seed) else 1)
