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
    from .settings import Execute

# Where the commands are: each module's COMMANDS.
_MODULES = (
    "clock",
    "curl",
    "doctor",
    "exporting",
    "faults",
    "images",
    "kind",
    "loading",
    "minikube",
    "nodes",
    "record",
    "reset",
    "running",
    "shell",
    "snapshot",
    "stages",
    "status",
    "stubs",
    "timeline",
    "uids",
    "undo",
    "verify",
    "volume",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kubesim", message=f"%(prog)s %(version)s, Kubernetes {RANGE}")
@click.pass_context
def sim(ctx: click.Context) -> None:
    """Move time, start over, put a kubectl on PATH: what only a simulated cluster can do."""
    ctx.obj = Settings(os.environ, *ctx.obj)


def whole() -> click.Group:
    """Return `kubesim sim` with all its commands."""
    for name in _MODULES:
        for command in import_module(f"kubesim_cli.sim.{name}").COMMANDS:
            sim.add_command(command)
    return sim


def main(args: list[str], execute: Execute | None = None) -> int:
    """Run `kubesim sim ARGS`; returns the exit code. `execute` is main.execute, for what plays kubectl commands."""
    from ..kubectl.failures import Failure
    from ..machinery.streams import Forgiving

    try:
        with redirect_stdout(cast("TextIO", Forgiving(sys.stdout))):
            # what ctx.exit() was given
            return whole().main(args, prog_name="kubesim sim", standalone_mode=False, obj=(execute, args)) or 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (StoreError, Failure) as error:
        click.echo(f"error: {error}", err=True)
        return 1
    except click.Abort:
        return 130
