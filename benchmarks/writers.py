"""python benchmarks/writers.py [--kills N]: many writers at once, and writers that are killed.

50 processes create 50 ConfigMaps at once: 50 are there. 200 times a process is killed (SIGKILL) at a random moment of
its writing: the store opens, and every write that was acknowledged is there.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import time

from common import KUBESIM, Home


def together(count: int) -> bool:
    with Home() as home:
        start = time.perf_counter()
        children = [subprocess.Popen([KUBESIM, "create", "configmap", f"c{i}"], env=home.environ,
                                     stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for i in range(count)]
        told = [child.communicate()[0] for child in children]
        took = time.perf_counter() - start
        names = home.run("get", "configmaps", "-o", "name").stdout.split()
        made = sum(name.startswith("configmap/c") for name in names)
        good = made == count and all("created" in text for text in told)
        print(f"{'ok  ' if good else 'MISS'} {count} writers at once: {made} ConfigMaps in {took:.1f} s", flush=True)
        return good


def killed(times: int) -> bool:
    rng = random.Random(1)
    lost = broken = acknowledged = 0
    with Home() as home:
        home.run("create", "configmap", "first")
        for i in range(times):
            child = subprocess.Popen([KUBESIM, "create", "configmap", f"k{i}", "--from-literal=a=b"], env=home.environ,
                                     stdout=subprocess.PIPE, text=True)
            time.sleep(rng.uniform(0.02, 0.25))
            child.send_signal(signal.SIGKILL)
            told = "created" in child.communicate()[0]
            acknowledged += told
            found = home.run("get", "configmap", f"k{i}", "--ignore-not-found", "-o", "name", check=False)
            broken += found.returncode != 0
            lost += told and not found.stdout
    good = not lost and not broken
    print(f"{'ok  ' if good else 'MISS'} {times} kills: {acknowledged} writes acknowledged, {lost} lost, "
          f"{broken} times the store did not open", flush=True)
    return good


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--writers", type=int, default=50)
    parser.add_argument("--kills", type=int, default=200)
    asked = parser.parse_args()
    results = together(asked.writers), killed(asked.kills)
    sys.exit(0 if all(results) else 1)
