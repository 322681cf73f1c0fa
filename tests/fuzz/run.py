"""A fuzz run of kubesim: `python tests/fuzz/run.py [--cases N] [--seed N] [--area NAME]`.

No wrong input may end in a traceback or in `kubesim failed`, take more than 5 seconds, or keep the next command from
working. Faults are told by the line of code that they come from, each with the first case that met it, which
`--seed N --only I` runs again by itself.
"""

from __future__ import annotations

import argparse
import io
import os
import pathlib
import random
import shutil
import signal
import sys
import tempfile
import traceback
from typing import TYPE_CHECKING

if __name__ == "__main__":
    sys.path[0] = str(pathlib.Path(__file__).parents[1])

from fuzz.inputs import OBJECTS, Case, case

from kubesim_cli.main import execute, told

if TYPE_CHECKING:
    from types import FrameType

SECONDS = 5


class TooLong(BaseException):
    """A command that has not answered in time."""


def _too_long(number: int, frame: FrameType | None) -> None:
    raise TooLong


class Bench:
    """A home with a cluster that holds the valid objects; each case gets it as it was, and an empty working folder."""

    def __init__(self, folder: str, release: str):
        self.folder = pathlib.Path(folder)
        self.home, self.ready, self.work = self.folder / "home", self.folder / "ready", self.folder / "work"
        self.work.mkdir()
        os.chdir(self.work)
        self.environ = {
            "KUBESIM_HOME": str(self.home),
            "HOME": str(self.folder),
            "PATH": "/usr/bin:/bin",
            "KUBE_EDITOR": "true",
            "KUBECTL_EXTERNAL_DIFF": "true",
            "USER": "u",
            "KUBESIM_KUBERNETES_VERSION": release,
        }
        import json

        from kubesim_cli.cluster.cluster import Cluster
        from kubesim_cli.kubectl.cli.commands import flags_of
        from kubesim_cli.kubectl.context import wanted_release
        from kubesim_cli.kubectl.kubeconfig import load

        cluster = Cluster(
            load(self.environ, flags_of("")).store_path(),
            wanted_release(self.environ),
            lambda: 1_704_067_200.0,
            lambda seconds: None,
        )
        cluster.catch_up()
        cluster.set_clock(frozen=1_704_067_200.0)
        cluster.commit()
        cluster.close()
        for obj in OBJECTS:
            self.run(["create", "-f", "-"], json.dumps(obj))
        shutil.copytree(self.home, self.ready)

    def run(self, words: list[str], stdin: str = "", environ: dict[str, str] | None = None) -> tuple[int, str]:
        """Run a command line; returns the exit code and what it printed."""
        streams = io.StringIO(stdin), io.StringIO(), io.StringIO()
        code = execute(words, {**self.environ, **(environ or {})}, streams)
        return code, streams[1].getvalue() + streams[2].getvalue()

    def restore(self) -> None:
        """Make the home and the working folder what they were before the first case."""
        shutil.rmtree(self.home)
        shutil.copytree(self.ready, self.home)
        shutil.rmtree(self.work)
        self.work.mkdir()
        os.chdir(self.work)

    def judge(self, wrong: Case) -> str:
        """Run a case; returns its fault in a line, or "" where there is none."""
        for name, text in wrong.files.items():
            path = self.work / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
        names = sorted(wrong.files)

        def placed(word: str) -> str:
            for name in names:
                word = word.replace(f"@{name}", str(self.work / name)) if word.endswith(f"@{name}") else word
            return word

        environ = {name: placed(value) for name, value in wrong.environ.items()}
        signal.setitimer(signal.ITIMER_REAL, SECONDS)
        try:
            self.run([placed(word) for word in wrong.words], wrong.stdin, environ)
            code, printed = self.run(["get", "ns", "default", "-o", "name"])
            if (code, printed) != (0, "namespace/default\n"):
                return f"afterwards: {printed}"
        except TooLong as problem:
            return f"no answer after {SECONDS} s {_where(problem)}"
        except Exception as problem:
            return (
                ""
                if "kubesim failed" not in told(problem)
                else f"{type(problem).__name__}: {problem} {_where(problem)}"
            )
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            self.restore()
        return ""


def _where(problem: BaseException) -> str:
    """Return the innermost line of the package in a traceback."""
    frames = [f for f in traceback.extract_tb(problem.__traceback__) if "kubesim_cli" in f.filename]
    return (
        f"({frames[-1].filename.rpartition('kubesim_cli/')[2]}:{frames[-1].lineno} {frames[-1].name})" if frames else ""
    )


def faults(seed: int, count: int, area: str = "", only: int = -1) -> dict[str, str]:
    """Run `count` cases of a seed; returns the faults, by the place in the code, each with its first case."""
    found: dict[str, str] = {}
    signal.signal(signal.SIGALRM, _too_long)
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(folder, "1.36" if seed % 2 else "")
        try:
            for number in range(count) if only < 0 else [only]:
                name, wrong = case(random.Random(f"{seed}/{number}"), area)
                if fault := bench.judge(wrong):
                    place = fault[fault.rfind("(") :]
                    if place not in found:
                        found[place] = f"{fault}\n  {name}, seed {seed}, case {number}: {_shown(wrong)}"
                        print(found[place].encode("utf-8", "backslashreplace").decode(), flush=True)
        finally:
            os.chdir(before)
    return found


def _shown(wrong: Case) -> str:
    text = repr(tuple(wrong))
    return text if len(text) < 3000 else text[:3000] + "..."


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=8)
    parser.add_argument("--area", default="")
    parser.add_argument("--only", type=int, default=-1)
    args = parser.parse_args()
    found = faults(args.seed, args.cases, args.area, args.only)
    print(f"seed {args.seed}, {args.cases} cases, {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
