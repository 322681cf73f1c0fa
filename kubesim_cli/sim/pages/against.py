"""The same page on a real cluster, with the real kubectl, in a namespace that is made for it: what differs is told."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import time
from dataclasses import dataclass, field

from .. import stage
from ..launchers import is_ours
from . import scratch
from .bash import Bash
from .compare import Comparison
from .model import Command, Listing, Shown
from .names import Names
from .onlooker import READERS
from .outcome import Options, Outcome, Report, text_of
from .outside import why_outside
from .programs import HARMLESS, WATCH

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...machinery.types import Object

PATIENCE = 60.0  # seconds in which a real cluster may come to show what the simulated one has shown
_LOOK = 2.0      # seconds between two looks
# Folders of the user's home in which kubectl keeps what servers have told, and programs that give it credentials these.
_CACHE, _OF_CREDENTIALS = ".kube/cache", (".kube", ".config", ".cache", ".aws", ".azure")


class Unusable(Exception):
    """There is no real kubectl, or no real cluster behind the context."""


@dataclass
class Compared:
    """A page on both clusters: `left_out` are (command, why), `differing` (command, the lines that differ)."""

    same: int = 0
    left_out: list[tuple[Command, str]] = field(default_factory=list)
    differing: list[tuple[Command, list[str]]] = field(default_factory=list)


def real_kubectl(environ: Mapping[str, str]) -> str:
    """Return the path of the first kubectl in PATH that is none of kubesim's; raises Unusable."""
    for folder in filter(os.path.isabs, environ.get("PATH", "").split(os.pathsep)):
        for name in ("kubectl.exe", "kubectl") if os.name == "nt" else ("kubectl",):
            path = os.path.join(folder, name)
            if os.path.isfile(path) and os.access(path, os.X_OK) and not is_ours(path):
                return path
    raise Unusable("there is no kubectl in PATH but kubesim's own")


class RealCluster:
    """A real cluster behind a context of the user's own kubeconfig. Raises Unusable."""

    def __init__(self, context: str, environ: Mapping[str, str]):
        before = stage.was(environ) or environ  # what `sim env` has set would lead to the simulated one
        self._environ = {**environ, "KUBECONFIG": before.get("KUBECONFIG") or ""}
        self.kubectl, self.context = real_kubectl(environ), context
        text = self.call("config", "view", "--minify", "--flatten", "--raw", "-o", "json", f"--context={context}")
        self.config: Object = json.loads(text)
        self.server = str(self.config["clusters"][0]["cluster"].get("server", ""))

    def call(self, *words: str) -> str:
        """Run the real kubectl with the user's own kubeconfig; returns stdout."""
        done = subprocess.run([self.kubectl, *words], env=self._environ, capture_output=True, text=True, check=False,
                              stdin=subprocess.DEVNULL)
        if done.returncode:
            raise Unusable(done.stderr.strip() or f"{self.kubectl} ended with {done.returncode}")
        return done.stdout

    def writable(self) -> list[str]:
        """Return the folders of the user's that a call of kubectl has to write to."""
        users = [each.get("user") or {} for each in self.config.get("users") or ()]
        names = _OF_CREDENTIALS if any({"exec", "auth-provider"} & set(user) for user in users) else (_CACHE,)
        return [os.path.join(self._environ.get("HOME", ""), name) for name in names]

    def stage(self, folder: str, namespace: str, allow: tuple[str, ...]) -> dict[str, str]:
        """Write a kubeconfig whose namespace is the page's, and the programs that it may run; returns the environment.

        kubectl itself has the user's HOME and PATH: programs that give it credentials need them.
        """
        programs, home = os.path.join(folder, "bin"), os.path.join(folder, "home")
        os.makedirs(programs)
        scratch.make(home)
        config = os.path.join(folder, "config")
        self.config["contexts"][0]["context"]["namespace"] = namespace
        with open(os.open(config, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
            json.dump(self.config, file)
        keep = " ".join(f"{name}={shlex.quote(self._environ.get(name, ''))}" for name in ("HOME", "PATH"))
        with open(os.path.join(programs, "kubectl"), "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\n{keep} KUBECONFIG={shlex.quote(config)} exec {shlex.quote(self.kubectl)} \"$@\"\n")
        os.chmod(os.path.join(programs, "kubectl"), 0o700)
        for name in sorted({*HARMLESS, *allow}):
            found = shutil.which(name)
            if found and not os.path.lexists(os.path.join(programs, name)):
                os.symlink(found, os.path.join(programs, name))
        keep_names = {name: value for name, value in self._environ.items() if not name.startswith(("KUBE", "BASH"))}
        return {**keep_names, "HOME": home, "PATH": programs + os.pathsep + home + scratch.PROGRAMS, "COLUMNS": "80",
                "TMPDIR": home + scratch.TEMPORARY, "LC_ALL": "C.UTF-8", "TERM": "dumb"}


def left_out(report: Report) -> list[tuple[Command, str]]:
    """Return the commands that ran in the simulated cluster and will not run in a real one, and why."""
    return [(outcome.command, why) for outcome in report.outcomes if outcome.state != "left out"
            if (why := _why_not(outcome))]


def _why_not(outcome: Outcome) -> str:
    if outcome.command.inside or outcome.command.left_out.startswith("opens a container"):
        return "is typed in a container"
    if WATCH.match(outcome.ran):
        return "watches until it is stopped"
    return why_outside(outcome.ran)


def compare(report: Report, cluster: RealCluster, options: Options) -> Compared:
    """Run a page on a real cluster, in a namespace that is there for that alone. Raises Unusable."""
    import tempfile

    namespace = f"kubesim-{os.urandom(4).hex()}"
    cluster.call("create", "namespace", namespace, f"--context={cluster.context}")
    try:
        with tempfile.TemporaryDirectory(prefix="kubesim-", ignore_cleanup_errors=True) as folder:
            return run(report, cluster, namespace, folder, options)
    finally:
        cluster.call("delete", "namespace", namespace, "--wait=false", f"--context={cluster.context}")


def run(report: Report, cluster: RealCluster, namespace: str, folder: str, options: Options) -> Compared:
    """Run a page's commands, as they ran in the simulated cluster, in a namespace of a real one that is there for them.

    `folder`: where the page's files and its shell are.
    """
    compared, names = Compared(), Names()
    work = os.path.join(folder, "work")
    os.makedirs(work)
    before = os.getcwd()
    environ = cluster.stage(folder, namespace, options.allow)
    confined = [work, environ["HOME"], *filter(os.path.isdir, cluster.writable())]
    bash = Bash(environ, work, folder, confined)
    outcomes = iter(report.outcomes)
    try:
        os.chdir(work)
        for item in report.page.items:
            if isinstance(item, Shown):
                scratch.write(folder, os.path.join(folder, "home"), item.name, text_of(item, options))
            elif isinstance(item, Command):
                outcome = next(outcomes)
                if outcome.state == "left out":
                    continue
                why = _why_not(outcome)
                if why:
                    compared.left_out.append((item, why))
                    continue
                differing = _differing(outcome, bash, names, namespace, options)
                if differing:
                    compared.differing.append((item, differing))
                else:
                    compared.same += 1
                if not bash.alive:
                    bash.end()
                    bash = Bash(bash.environ, work, folder, confined)
    finally:
        os.chdir(before)
        bash.end()
    return compared


def _differing(outcome: Outcome, bash: Bash, names: Names, namespace: str, options: Options) -> list[str]:
    """Run a command, one that only reads until it shows the same, and return how what both clusters print differs."""
    end = time.monotonic() + min(PATIENCE, options.timeout)
    listing = Listing(outcome.output.rstrip("\n").split("\n"), 0, similar=True)
    while True:
        home = bash.environ["HOME"]
        text = scratch.to_scratch(names.to_here(outcome.ran), home, [given for _, given in options.maps])
        code, output, _, _ = bash.run(text, options.timeout, False)
        output = scratch.to_page(output, home)
        tried = names.copy()
        comparison = Comparison(listing, "shape", tried, 0.0, lambda row: None)
        verdict = comparison.judge(listing.lines, output.replace(namespace, "default"))
        differing = [] if verdict.equal else verdict.diff
        if bool(code) != bool(outcome.code):
            differing = [f"-exit code {outcome.code}", f"+exit code {code}", *differing]
        if not differing or not READERS.match(outcome.ran) or time.monotonic() + _LOOK > end:
            names.adopt(tried)
            return differing
        time.sleep(_LOOK)
