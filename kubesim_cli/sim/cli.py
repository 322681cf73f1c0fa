"""`kubesim sim ...`: what real kubectl does not have."""

from __future__ import annotations

import os
import sys
from contextlib import redirect_stdout
from typing import TextIO, cast

import click

from .. import __version__
from ..cluster.cluster import StoreError
from ..machinery.modules import import_module
from ..releases import RANGE
from .settings import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .settings import Execute

# Where each command is: in its module's COMMANDS.
_MODULES = {
    "answer": "stubs",
    "clock": "clock",
    "curl": "curl",
    "doctor": "doctor",
    "env": "shell",
    "export": "exporting",
    "fail": "faults",
    "image": "images",
    "import": "exporting",
    "kind": "kind",
    "load": "loading",
    "minikube": "minikube",
    "node": "nodes",
    "record": "record",
    "redo": "undo",
    "reset": "reset",
    "run": "running",
    "shell": "shell",
    "snapshot": "snapshot",
    "stage": "stages",
    "status": "status",
    "timeline": "timeline",
    "tunnel": "nodes",
    "uids": "uids",
    "undo": "undo",
    "verify": "verify",
    "volume": "volume",
    "watch": "status",
}


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kubesim", message=f"%(prog)s %(version)s, Kubernetes {RANGE}")
def sim() -> None:
    """Move time, start over, put a kubectl on PATH: what only a simulated cluster can do."""


def whole() -> click.Group:
    """Return `kubesim sim` with all its commands."""
    return _with(_MODULES.values())


def _with(modules: Iterable[str]) -> click.Group:
    """Return `kubesim sim` with the commands of some modules."""
    for name in dict.fromkeys(modules):
        for command in import_module(f"kubesim_cli.sim.{name}").COMMANDS:
            sim.add_command(command)
    return sim


def main(args: list[str], execute: Execute | None = None) -> int:
    """Run `kubesim sim ARGS`; returns the exit code. `execute` is main.execute, for what plays kubectl commands.

    Where stdout takes nothing, that is an error, or a warning beside something that was done.
    """
    from ..machinery.streams import Forgiving, refusal

    settings, stdout = Settings(os.environ, execute, args), Forgiving(sys.stdout)
    with redirect_stdout(cast("TextIO", stdout)):
        code = _run(args, settings)
    if stdout.refused is not None:
        click.echo(f"{'Warning' if settings.acted else 'error'}: {refusal(stdout.refused)}", err=True)
        code = code or int(not settings.acted)
    return code


def _run(args: list[str], settings: Settings) -> int:
    """Run a command line to its end, and tell how it failed."""
    from ..kubectl.failures import Failure

    group = _with([_MODULES[args[0]]]) if args and args[0] in _MODULES else whole()
    try:
        # what ctx.exit() was given
        return group.main(args, prog_name="kubesim sim", standalone_mode=False, obj=settings) or 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (StoreError, Failure) as error:
        click.echo(f"error: {error}", err=True)
        return 1
    except click.Abort:
        return 130
