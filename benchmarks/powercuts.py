"""python benchmarks/powercuts.py [--cuts N]: losses of power, simulated from what strace saw a command do.

Each stage (stages.py) is done, and then another write. After each system call the power is cut, and what disk.py says
may be left then is made, N times in all and at random. The store opens, holds what was acknowledged up to then and no
half transaction, and the next command works. Needs strace.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
from collections import Counter

import children
import stages
from common import scratch, tally
from disk import CALLS, UNKNOWN, Disk, parse

SECOND = stages.Step("create -f -", stages.documents("second1", "second2"))


class Recording:
    """What a stage's step, and another one after it, did to the disk."""

    def __init__(self, scene: stages.Scene):
        self.scene, self.home = scene, scene.home()
        self.states = [scene.before]
        self._traces = []
        self._disk = Disk(os.path.dirname(self.home))
        for step in (None, SECOND):
            child = scene.child(self.home, step, held=True)
            done, trace = children.traced(child, "-xx", "-s", "100000000", "-e", f"trace={','.join(CALLS + UNKNOWN)}")
            assert not done.code, done
            self._traces.append(trace)
            self.states.append(stages.objects(self.home))

    def cut(self, each: float, rng: random.Random, found: Counter[str]) -> None:
        """Cut the power about `each` times after every system call that changed anything."""
        scene, told = self.scene, 0
        for process, trace in enumerate(self._traces):
            for line in trace.splitlines():
                event = parse(line)
                if event is None or not self._disk.apply(str(process), *event[1:]):
                    continue
                found["moments"] += 1
                told = process + 1 if self._disk.told else process
                for _ in range(int(each + rng.random())):
                    home = scene.home()
                    scene.drop(home)
                    self._disk.left(rng, os.path.dirname(home))
                    found["cuts"] += 1
                    for fault in scene.faults(home, self.states[told:process + 2]):
                        found["faults"] += 1
                        print(f"     {fault}; after {line[:100]}", flush=True)
                    scene.drop(home)
            self._disk.told = b""


def main(cuts: int, seed: int = 1) -> bool:
    if not children.can_trace():
        print("skipped: cutting the power needs strace, and leave to trace")
        return True
    stages.warm()
    rng = random.Random(seed)
    good = True
    with scratch() as folder:
        for name, stage in stages.STAGES.items():
            found: Counter[str] = Counter()
            recording = Recording(stages.Scene(stage, folder))
            recording.cut(cuts / len(stages.STAGES) / 20, rng, found)
            good &= tally(name, found)
    return good


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cuts", type=int, default=1000)
    sys.exit(0 if main(parser.parse_args().cuts) else 1)
