"""The test suite of kubectx and kubens (github.com/ahmetb/kubectx), with kubesim as their kubectl.

    python benchmarks/kubectx.py CHECKOUT [--bats PROGRAM] [--kubectl REAL]

CHECKOUT is a clone of that repository, PROGRAM bats (github.com/bats-core/bats-core). With the path of a real kubectl
the suite is run with that as well: what fails there counts as no fault here. Without it 27 of 31 have to pass, as they
did with kubectl 1.32; the other four are about words and folders of kubectx in Go, and the suite runs the scripts.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

EXPECTED = 27


def run(command: list[str], **environ: str) -> dict[str, bool]:
    """Run bats; returns whether each test has passed, by its number and name."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("KUBE")}
    done = subprocess.run(command, env={**variables, **environ}, text=True, stdout=subprocess.PIPE, check=False)
    return {name: not failed for failed, name in re.findall(r"^(not )?ok (\d+ .*)$", done.stdout, re.MULTILINE)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkout", type=pathlib.Path)
    parser.add_argument("--bats", default="bats")
    parser.add_argument("--kubectl", type=pathlib.Path)
    options = parser.parse_args()
    bats = shutil.which(options.bats)
    if bats is None:
        parser.error(f"{options.bats} is not found: --bats PROGRAM")
    suite = [bats, "--tap", str(options.checkout / "test")]
    ours = run([sys.executable, "-m", "kubesim_cli", "sim", "run", "--", *suite])
    print(f"kubesim: {sum(ours.values())} of {len(ours)} pass")
    if options.kubectl is None:
        for name, passed in ours.items():
            if not passed:
                print(f"  fails: {name}")
        return int(sum(ours.values()) < EXPECTED)
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(options.kubectl.resolve(), os.path.join(folder, "kubectl"))
        theirs = run(suite, PATH=folder + os.pathsep + os.environ["PATH"])
    print(f"{options.kubectl}: {sum(theirs.values())} of {len(theirs)} pass")
    worse = [name for name, passed in theirs.items() if passed and not ours.get(name)]
    for name in worse:
        print(f"  fails with kubesim alone: {name}")
    return int(bool(worse) or not ours)


if __name__ == "__main__":
    sys.exit(main())
