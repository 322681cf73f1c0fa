"""python benchmarks/failures.py [--calls N]: system calls that fail, by strace.

Each system call of each stage (stages.py), and of a read, with each error number, or N of them. A write is there if and
only if the command's exit code is 0, what is read is right or nothing, the command fails in words of its own, and the
next one works.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter

import children
import stages
from common import scratch, tally

ERRORS = ("EIO", "ENOSPC", "EDQUOT", "EROFS", "EACCES", "EPERM", "EINTR", "ENOLCK", "ENOSYS", "EINVAL", "EMFILE",
          "ENOMEM")


READ = stages.Step("get configmaps -o json")


def at_calls(times: int, scenes: dict[str, stages.Scene], seed: int = 1) -> Counter[str]:
    """Let system calls fail, as many as are asked for; returns how often what was found."""
    places = [(name, step, *place, error) for name, scene in scenes.items() for step in (None, READ)
              if step is None or name == "a write over a torn tail" for place in scene.places(step) for error in ERRORS]
    answer = children.run(home := scenes["a write"].home(), *READ.words.split()).out
    scenes["a write"].drop(home)
    random.Random(seed).shuffle(places)
    found: Counter[str] = Counter(places=len(places))
    for name, step, call, when, error in places[:times]:
        scene = scenes[name]
        home = scene.home()
        done, trace = children.traced(scene.child(home, step, held=True), "-e", f"trace={call}",
                                      "-e", f"inject={call}:error={error}:when={when}")
        found["failures"] += "INJECTED" in trace
        found["succeeded"] += not done.code
        faults = scene.faults(home, [scene.before if done.code or step else scene.after], done)
        if step and not done.code and done.out != answer:
            faults.append("a silent wrong answer")
        if done.code < 0 or done.code not in (0, 1):
            faults.append(f"exit code {done.code}")
        if done.code and not done.err.strip() and not (call == "write" and "write(2" in trace):
            faults.append("no word of why it failed")
        for fault in faults:
            found["faults"] += 1
            at = [line for line in trace.splitlines() if "INJECTED" in line]
            print(f"     {READ.words if step else name}, {call} {when} {error}: {fault} {at} {done}", flush=True)
        scene.drop(home)
    return found


def main(times: int) -> bool:
    if not children.can_trace():
        print("skipped: failing system calls need strace, and leave to trace")
        return True
    stages.warm()
    with scratch() as folder:
        scenes = {name: stages.Scene(stage, folder) for name, stage in stages.STAGES.items()}
        return tally("system calls that fail", at_calls(times, scenes))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=4000)
    sys.exit(0 if main(parser.parse_args().calls) else 1)
