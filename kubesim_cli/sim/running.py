"""`kubesim sim run`: a program on a cluster of its own, in whatever language it is written."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import tempfile
from contextlib import contextmanager

import click

from .. import releases
from ..kubectl.kubeconfig import own_path
from ..machinery import timestamps
from .clock import Duration, Time
from .launchers import shim
from .loading import take_over
from .reset import reset
from .settings import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

START = "2024-01-01T00:00:00Z"
_SLEEP = """#!/bin/sh
for length; do
    case $length in *[smhd]) ;; *) length=${length}s ;; esac
    %s sim clock advance "$length" >/dev/null || exit
done
"""


def stage(folder: str, frozen: bool) -> str:
    """Write programs into a folder, and return what has to stand in front of PATH for them.

    They are kubectl and kubesim, and where the clock is `frozen`, a `sleep` that moves it and takes no time.
    """
    programs = shim(folder)
    if frozen and os.name != "nt":
        path = os.path.join(programs, "sleep")
        with open(path, "w", encoding="utf-8") as file:
            file.write(_SLEEP % shlex.quote(os.path.join(programs, "kubectl")))
        os.chmod(path, 0o700)
    return programs


@click.command("run", short_help="Run a program with a new cluster of its own.",
               context_settings={"ignore_unknown_options": False, "allow_interspersed_args": False})
@click.option("--frozen", is_flag=True, help=f"The clock stands still at {START}; `sleep` moves it, and takes no time.")
@click.option("--at", "at", type=Time(), default=None, help="The clock stands still at this time.")
@click.option("--tick", type=Duration(), default=0.0, metavar="DURATION",
              help="Each kubectl command moves a clock that stands still by that much, as `sim clock freeze --tick`.")
@click.option("--nodes", type=click.IntRange(1, 5000), default=1, show_default=True, help="How many nodes it has.")
@click.option("--seed", default=None, help="Where UIDs and name suffixes come from; otherwise KUBESIM_SEED, or chance.")
@click.option("--kubernetes-version", default=None, metavar="VERSION",
              help=f"The release to emulate, {releases.RANGE}.")
@click.option("--kubelet", type=click.Choice(("full", "stub")), default=None, help="As of `sim reset`.")
@click.option("--bare/--no-bare", default=None, help="As of `sim reset`.")
@click.option("--load", "loads", type=click.Path(exists=True, dir_okay=False), multiple=True,
              help="Objects that are there from the start, as `sim load` takes them.")
@click.option("--keep", is_flag=True, help="Keep the cluster, and tell on stderr where it is.")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@click.pass_context
def run(ctx: click.Context, frozen: bool, at: float | None, tick: float, nodes: int, seed: str | None,
        kubernetes_version: str | None, kubelet: str | None, bare: bool | None, loads: tuple[str, ...], keep: bool,
        command: tuple[str, ...]) -> None:
    """Run COMMAND with a new cluster of its own and a kubectl that talks to it; ends with its exit code.

    \b
    kubesim sim run --frozen --seed 1 -- ./deploy.sh --wait
    kubesim sim run -- bats test/
    KUBESIM_LOG=calls kubesim sim run -- sh -c 'kubectl create ns a && kubectl get ns'

    The cluster is gone when COMMAND ends. Whatever kubeconfig there is plays no part; HOME stays what it is.
    """
    outer: Settings = ctx.obj
    home = tempfile.mkdtemp(prefix="kubesim-")
    frozen = frozen or at is not None or bool(tick)
    environ = {**outer.environ, "KUBESIM_HOME": home, "KUBECONFIG": own_path({"KUBESIM_HOME": home}),
               "KUBESIM_KUBECONFIG": "1"}
    environ["PATH"] = stage(home, frozen) + os.pathsep + environ.get("PATH", "")
    try:
        inner = Settings(environ, outer.execute)
        inner.write_kubeconfig()
        with ctx.scope(cleanup=False):
            ctx.obj = inner
            ctx.invoke(reset, nodes=nodes, seed=seed or environ.get("KUBESIM_SEED"),
                       kubernetes_version=kubernetes_version, bare=bare, kubelet=kubelet, feature_gates="")
        if frozen:
            cluster = inner.cluster()
            cluster.set_clock(frozen=timestamps.parse(START) if at is None else at, tick=tick)
            cluster.commit()
            cluster.close()
        for path in loads:
            take_over(inner, path)
        code = _call(command, environ)
    finally:
        if keep:
            click.echo(f"the cluster is in KUBESIM_HOME={shlex.quote(home)}", err=True)
        else:
            shutil.rmtree(home, ignore_errors=True)
    ctx.exit(code)


def _call(command: tuple[str, ...], environ: dict[str, str]) -> int:
    """Run a program to its end; returns its exit code, as a shell tells it."""
    program = shutil.which(command[0], path=environ["PATH"])
    if program is None:
        click.echo(f"error: {command[0]}: command not found", err=True)
        return 127
    with _signals() as asked:
        try:
            process = subprocess.Popen([program, *command[1:]], env=environ)
        except OSError as error:
            click.echo(f"error: {command[0]}: {os.strerror(error.errno or 0)}", err=True)
            return 126
        asked.hand_on = process.send_signal
        asked.repeat()
        code = process.wait()
    return code if code >= 0 else 128 - code


class _Asked:
    """The signals that were to end this process, handed on to the program, which decides."""

    def __init__(self) -> None:
        self.hand_on: Callable[[int], object] | None = None
        self._early: list[int] = []  # before there was a program

    def take(self, number: int, frame: FrameType | None) -> None:
        """Handle a signal."""
        if self.hand_on is None:
            self._early.append(number)
        elif number != signal.SIGINT:  # Ctrl-C reaches it by itself
            self.hand_on(number)

    def repeat(self) -> None:
        """Hand on what came early."""
        for number in self._early:
            self.take(number, None)


@contextmanager
def _signals() -> Iterator[_Asked]:
    asked = _Asked()
    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = [signal.signal(number, asked.take) for number in numbers]
    try:
        yield asked
    finally:
        for number, handler in zip(numbers, before):
            signal.signal(number, handler)


COMMANDS = [run]
