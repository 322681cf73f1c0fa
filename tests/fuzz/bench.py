"""Where the cases of a fuzz run are tried: a cluster that is made anew for each, and the bounds that hold for each."""

from __future__ import annotations

import contextlib
import io
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import traceback
from typing import TYPE_CHECKING
from unittest import mock

from fuzz.damage import OBJECTS

from kubesim_cli.cluster.cluster import Cluster
from kubesim_cli.kubectl.cli.commands import flags_of
from kubesim_cli.kubectl.context import wanted_release
from kubesim_cli.kubectl.kubeconfig import load
from kubesim_cli.main import execute, told
from kubesim_cli.sim.cli import main as sim

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from fuzz.damage import Case

SECONDS = 5  # of the processor's time; on a busy machine a clock on the wall tells nothing
WAIT = 120  # seconds on the wall, for what waits and does nothing
MEGABYTES = 500
START = 1_704_067_200.0
LATER = 100.0  # simulated seconds for which a cluster lives on after a case


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
        (self.folder / "bin").mkdir()
        for name in ("sh", "true", "false", "cp", "cat"):
            (self.folder / "bin" / name).symlink_to(shutil.which(name) or name)
        self.environ = {
            "KUBESIM_HOME": str(self.home),
            "HOME": str(self.folder),
            "PATH": str(self.folder / "bin"),  # of programs that do no harm, whatever they are called with
            "KUBE_EDITOR": "true",
            "KUBECTL_EXTERNAL_DIFF": "true",
            "USER": "u",
            "SHELL": "/bin/sh",
            "KUBESIM_TRACEBACK": "1",  # faults of control loops are raised, though a cluster survives them
            "KUBESIM_KUBERNETES_VERSION": release,
        }
        self.run(["sim", "reset", "--seed", "fuzz"])  # the same UIDs in each run
        self.live(START)
        for obj in OBJECTS:
            self.run(["create", "--validate=false", "-f", "-"], json.dumps(obj))
        self.live(START + LATER)
        shutil.copytree(self.home, self.ready)
        self.log = next(self.home.glob("clusters/*/objects.jsonl"))
        self.size = self.log.stat().st_size

    def live(self, until: float) -> None:
        """Let the cluster live up to a time."""
        folder = load(self.environ, flags_of("")).store_path()
        cluster = Cluster(folder, wanted_release(self.environ), lambda: START, lambda seconds: None)
        cluster.catch_up()
        cluster.set_clock(frozen=max(until, cluster.now))
        cluster.commit()
        cluster.close()

    def run(self, words: list[str], stdin: str = "", environ: dict[str, str] | None = None) -> tuple[int, str]:
        """Run a command line; returns the exit code and what it printed."""
        streams = io.StringIO(stdin), io.StringIO(), io.StringIO()
        words = [possible(word) for word in words]
        surroundings = {**self.environ, **{name: possible(value) for name, value in (environ or {}).items()}}
        if words[:1] != ["sim"]:
            code = execute(words, surroundings, streams)
        else:
            with (
                mock.patch.dict(os.environ, surroundings, clear=True),
                contextlib.redirect_stdout(streams[1]),
                contextlib.redirect_stderr(streams[2]),
            ):
                code = sim(words[1:])
        return code, streams[1].getvalue() + streams[2].getvalue()

    def process(self, words: list[str], streams: str, environ: dict[str, str]) -> None:
        """Run a command line as a process whose streams are redirected in a shell's words."""
        command = ["/bin/sh", "-c", f'exec "$@" {streams}', "sh", sys.executable, "-m", "kubesim_cli", *words]
        quiet = {name: value for name, value in self.environ.items() if name != "KUBESIM_TRACEBACK"}
        done = subprocess.run(
            command, env={**quiet, **environ}, capture_output=True, check=False, stdin=subprocess.DEVNULL
        )
        printed = (done.stdout + done.stderr).decode("utf-8", "replace")
        if "kubesim failed" in printed or "Traceback" in printed or "Exception ignored" in printed:
            raise RuntimeError(printed)

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
        try:
            with bounded():
                if wrong.streams:
                    self.process(wrong.words, " ".join(map(placed, wrong.streams.split(" "))), environ)
                for words in [wrong.words, *wrong.then] if not wrong.streams else ():
                    if fault := self.fault([placed(word) for word in words], wrong.stdin, environ):
                        return fault
                if self.log.exists() and self.log.stat().st_size != self.size and wrong.words[0] != "sim":
                    self.live(START + 2 * LATER)
                    # What may be asked of each cluster is answered in the next one too.
                    code, printed = self.run(["get", "ns", "kube-system", "-o", "name"])
                    if (code, printed) != (0, "namespace/kube-system\n"):
                        return f"afterwards: {printed}"
        except TooLong as problem:
            return f"no answer after {SECONDS} s {_where(problem)}"
        except Exception as problem:
            return f"{type(problem).__name__}: {problem} {_where(problem)}"
        finally:
            self.restore()
        return ""

    def fault(self, words: list[str], stdin: str, environ: dict[str, str]) -> str:
        """Run one command line of a case; returns what it did wrong."""
        try:
            self.run(words, stdin, environ)
        except Exception as problem:
            if "kubesim failed" in told(problem):
                return f"{type(problem).__name__}: {problem} {_where(problem)} of {' '.join(words)[:200]}"
        return ""


def possible(word: str) -> str:
    """Return a word as a process may be given it: without NULs and surrogates that stand for no byte."""
    return "".join(char for char in word if char != "\0" and not "\ud800" <= char < "\udc80")


@contextlib.contextmanager
def bounded() -> Iterator[None]:
    """Raise TooLong after SECONDS of work or a long WAIT, and have MemoryError raised where MEGABYTES are exceeded."""
    for number, timer, seconds in (
        (signal.SIGPROF, signal.ITIMER_PROF, SECONDS),
        (signal.SIGALRM, signal.ITIMER_REAL, WAIT),
    ):
        signal.signal(number, _too_long)
        signal.setitimer(timer, seconds)
    try:
        with _little_memory() if sys.platform == "linux" else contextlib.nullcontext():
            yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)


@contextlib.contextmanager
def _little_memory() -> Iterator[None]:
    import resource

    pages = pathlib.Path("/proc/self/statm").read_text().split()
    unused = (int(pages[0]) - int(pages[1])) * resource.getpagesize()  # reserved, but held by nobody
    limits = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MEGABYTES * 1_000_000 + unused, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, limits)


def _where(problem: BaseException) -> str:
    """Return the innermost line of the package in a traceback."""
    frames = [f for f in traceback.extract_tb(problem.__traceback__) if "kubesim_cli" in f.filename]
    return (
        f"({frames[-1].filename.rpartition('kubesim_cli/')[2]}:{frames[-1].lineno} {frames[-1].name})" if frames else ""
    )
