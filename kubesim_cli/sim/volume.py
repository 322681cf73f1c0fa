"""`kubesim sim volume`: the files that a claim keeps, from outside of any pod."""

from __future__ import annotations

import sys

import click

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO, TypeVar

    from ..cluster.cluster import Cluster, VolumeFiles
    from .settings import Settings

    T = TypeVar("T")


@click.group()
def volume() -> None:
    """Look into the volume that is bound to a claim, and put files there."""


_namespace = click.option("-n", "--namespace", default="default", show_default=True, help="The claim's namespace.")


def _open(settings: Settings, namespace: str, claim: str) -> tuple[Cluster, VolumeFiles]:
    from ..machinery.streaming import Refused

    cluster = settings.cluster()
    cluster.catch_up()
    try:
        return cluster, cluster.volume(namespace, claim)
    except Refused as why:
        raise click.ClickException(str(why)) from None


def _done(cluster: Cluster, act: Callable[[], T]) -> T:
    """Do something with a volume's files, and keep what has come of it."""
    from ..machinery.streaming import Refused

    try:
        found = act()
    except Refused as why:
        raise click.ClickException(str(why)) from None
    cluster.commit()
    cluster.close()
    return found


@volume.command("ls")
@click.argument("claim")
@click.argument("path", default="/")
@_namespace
@click.pass_obj
def ls(settings: Settings, namespace: str, claim: str, path: str) -> None:
    """List what is in a folder of a claim's volume: mode, owner, group, size, name."""
    cluster, files = _open(settings, namespace, claim)
    for row in _done(cluster, lambda: files.listing(path)):
        click.echo(row)


@volume.command("cat")
@click.argument("claim")
@click.argument("path")
@_namespace
@click.pass_obj
def cat(settings: Settings, namespace: str, claim: str, path: str) -> None:
    """Print a file of a claim's volume."""
    cluster, files = _open(settings, namespace, claim)
    data = _done(cluster, lambda: files.read(path))
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
    cluster, files = _open(settings, namespace, claim)
    _done(cluster, lambda: files.write(path, data))


COMMANDS = [volume]
