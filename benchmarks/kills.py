"""python benchmarks/kills.py [--random N] [--calls N]: commands that are killed, wherever they are.

SIGKILL at N random moments, and before system calls are done: the first, the last and one in between of each kind
(places.py) of each stage (stages.py), or N of all; the latter needs strace. After each kill the store opens, holds all
of the command's transaction or nothing, and holds it where it was acknowledged; the next command works.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter

import children
import places
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


def at_calls(times: int | None, scenes: dict[str, stages.Scene], seed: int = 1) -> Counter[str]:
    """Kill before system calls are done: one of each kind, or as many of all as are asked for."""
    rng, found = random.Random(seed), Counter[str]()
    chosen: list[tuple[str, places.Place]] = []
    for name, scene in scenes.items():
        there = scene.places()
        found.update(places=len(there), kinds=len({place.kind for place in there}))
        chosen += [(name, place) for place in (there if times is not None else places.one_of_each(there, rng))]
    rng.shuffle(chosen)
    for name, (call, when, _) in chosen[:times]:
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


def main(random_kills: int, call_kills: int | None) -> bool:
    stages.warm()
    with scratch() as folder:
        scenes = {name: stages.Scene(stage, folder) for name, stage in stages.STAGES.items()}
        good = tally("kills at random moments", at_random(random_kills, scenes))
        if children.can_trace():
            good &= tally("kills at system calls", at_calls(call_kills, scenes))
        elif call_kills != 0:
            print("skipped: kills at system calls need strace, and leave to trace")
    return good


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--random", type=int, default=1000)
    parser.add_argument("--calls", type=int)
    asked = parser.parse_args()
    sys.exit(0 if main(asked.random, asked.calls) else 1)
