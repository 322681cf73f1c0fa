"""python benchmarks/kills.py [--random N] [--calls N]: commands that are killed, wherever they are.

SIGKILL at random moments, and at each system call of each stage (stages.py) before it is done, N of each; the latter
needs strace. After each kill the store opens, holds all of the command's transaction or nothing, and holds it where it
was acknowledged; the next command works.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter

import children
import stages
from common import scratch, tally


def at_random(times: int, scenes: dict[str, stages.Scene], seed: int = 1) -> Counter[str]:
    """Kill so many commands at random moments; returns how often what was found."""
    rng = random.Random(seed)
    found: Counter[str] = Counter()
    lasts = {}
    for name, scene in scenes.items():
        home = scene.home()
        start = time.perf_counter()
        scene.child(home).result()
        lasts[name] = time.perf_counter() - start
        scene.drop(home)
    while found["kills"] < times:
        name = rng.choice(list(scenes))
        scene = scenes[name]
        home = scene.home()
        child = scene.child(home)
        time.sleep(rng.uniform(0, 1.2 * lasts[name]))
        child.kill()
        _judge(name, scene, home, child.result(), found)
    return found


def at_calls(times: int, scenes: dict[str, stages.Scene], seed: int = 1) -> Counter[str]:
    """Kill before system calls are done, at each of them or at as many as are asked for."""
    places = [(name, *place[:2]) for name, scene in scenes.items() for place in scene.places()]
    random.Random(seed).shuffle(places)
    found: Counter[str] = Counter(places=len(places))
    for number in range(times):
        name, call, when = places[number % len(places)]
        scene = scenes[name]
        home = scene.home()
        done, _ = children.traced(scene.child(home, held=True), "-e", f"trace={call}",
                                  "-e", f"inject={call}:signal=SIGKILL:when={when}")
        _judge(f"{name}, {call} {when}", scene, home, done, found)
    return found


def _judge(name: str, scene: stages.Scene, home: str, done: children.Result, found: Counter[str]) -> None:
    """Count what a kill led to."""
    found["kills"] += done.code == -9
    told = bool(done.out)
    found["acknowledged"] += told
    for fault in scene.faults(home, [scene.after] if told else [scene.before, scene.after], done):
        found["faults"] += 1
        print(f"     {name}: {fault}")
    scene.drop(home)


def main(random_kills: int, call_kills: int) -> bool:
    stages.warm()
    with scratch() as folder:
        scenes = {name: stages.Scene(stage, folder) for name, stage in stages.STAGES.items()}
        good = tally("kills at random moments", at_random(random_kills, scenes))
        if children.can_trace():
            good &= tally("kills at system calls", at_calls(call_kills, scenes))
        elif call_kills:
            print("skipped: kills at system calls need strace, and leave to trace")
    return good


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--random", type=int, default=1000)
    parser.add_argument("--calls", type=int, default=1000)
    asked = parser.parse_args()
    sys.exit(0 if main(asked.random, asked.calls) else 1)
