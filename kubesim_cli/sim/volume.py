"""`kubesim sim volume`: the files that a claim keeps, from outside of any pod."""

from __future__ import annotations

import sys
from contextlib import contextmanager

import click

from ..cluster import outside
from ..machinery.streaming import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from ..cluster.outside import VolumeFiles
    from .settings import Settings


@click.group(short_help="Read and write the files of a claim's volume.")
def volume() -> None:
    """Look into the volume that is bound to a claim, and put files there."""


_namespace = click.option("-n", "--namespace", default="default", show_default=True, help="The claim's namespace.")


@contextmanager
def _opened(settings: Settings, namespace: str, claim: str) -> Iterator[VolumeFiles]:
    """Give the files of a claim's volume, and keep what has come of them."""
    with settings.opened(Refused) as cluster:
        yield outside.volume(cluster, namespace, claim)


@volume.command("ls")
@click.argument("claim")
@click.argument("path", default="/")
@_namespace
@click.pass_obj
def ls(settings: Settings, namespace: str, claim: str, path: str) -> None:
    """List what is in a folder of a claim's volume: mode, owner, group, size, name."""
    with _opened(settings, namespace, claim) as files:
        rows = files.listing(path)
    for row in rows:
        click.echo(row)


@volume.command("cat")
@click.argument("claim")
@click.argument("path")
@_namespace
@click.pass_obj
def cat(settings: Settings, namespace: str, claim: str, path: str) -> None:
    """Print a file of a claim's volume."""
    with _opened(settings, namespace, claim) as files:
        data = files.read(path)
    raw = getattr(sys.stdout, "buffer", None)
    click.echo(data if raw is not None else data.decode("utf-8", "replace"), nl=False)


@volume.command("put")
@click.argument("claim")
@click.argument("path")
@click.argument("file", type=click.File("rb"), default="-")
@_namespace
@click.pass_obj
def put(settings: Settings, namespace: str, claim: str, path: str, file: BinaryIO) -> None:
    """Write FILE (- for stdin) into a claim's volume, under PATH; folders above it are made."""
    data = file.read()
    with _opened(settings, namespace, claim) as files:
        files.write(path, data)


COMMANDS = [volume]
