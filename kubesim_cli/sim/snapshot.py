"""`kubesim sim snapshot`: a cluster as it is, under a name, to go back to."""

from __future__ import annotations

from contextlib import contextmanager

import click

from ..machinery import timestamps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..cluster.cluster import Cluster
    from .settings import Settings


@click.group("snapshot")
def snapshot() -> None:
    """Keep the cluster as it is under a name, and go back to it.

    A snapshot holds everything: objects, what runs in containers, the files of volumes, what the clock shows and what
    `kubesim sim` was told. Snapshots outlast `sim reset`.

    \b
    kubesim sim snapshot save before-upgrade
    kubesim sim snapshot diff before-upgrade
    kubesim sim snapshot restore before-upgrade
    """


@contextmanager
def _opened(settings: Settings) -> Iterator[Cluster]:
    from ..cluster.snapshots import Invalid

    cluster = settings.cluster()
    try:
        yield cluster
    except Invalid as why:
        raise click.ClickException(str(why)) from None
    finally:
        cluster.close()


@snapshot.command("save")
@click.argument("name")
@click.option("--replace", is_flag=True, help="Over a snapshot of the same name.")
@click.pass_obj
def save(settings: Settings, name: str, replace: bool) -> None:
    """Keep the cluster as it is now under NAME."""
    from ..cluster import snapshots

    with _opened(settings) as cluster:
        snapshots.save(cluster, name, replace)
    settings.did = True
    click.echo(f"snapshot {name} saved")


@snapshot.command("list")
@click.pass_obj
def list_(settings: Settings) -> None:
    """List the snapshots: what the clock showed, how many objects they hold, and their size."""
    from ..cluster import snapshots

    rows = [("NAME", "CLOCK", "OBJECTS", "SIZE")]
    with _opened(settings) as cluster:
        for name in snapshots.names(cluster):
            try:
                found = snapshots.load(cluster, name)
            except (snapshots.Invalid, OSError) as why:
                rows.append((name, "damaged" if isinstance(why, snapshots.Invalid) else "unreadable", "-", "-"))
                continue
            rows.append((name, timestamps.format(found.told["at"]), str(found.objects), f"{-(-found.size // 1024)}Ki"))
            found.close()
    widths = [max(len(row[at]) for row in rows) for at in range(4)]
    for row in rows if len(rows) > 1 else ():
        click.echo("   ".join(f"{cell:{width}}" for cell, width in zip(row, widths)).rstrip())
    if len(rows) == 1:
        click.echo("No snapshots found.", err=True)


@snapshot.command("show")
@click.argument("name")
@click.pass_obj
def show(settings: Settings, name: str) -> None:
    """Tell what is in a snapshot: its clock and release, and how many objects of which resource."""
    from ..cluster import snapshots

    with _opened(settings) as cluster:
        found = snapshots.load(cluster, name)
        click.echo(f"{'clock:':12}{timestamps.format(found.told['at'])}")
        click.echo(f"{'saved:':12}{timestamps.format(found.told['saved'])}")
        release = snapshots.release(found)
        if release:
            click.echo(f"{'release:':12}{release}")
        click.echo("objects:")
        for resource, count in found.counts():
            click.echo(f"  {count:6} {resource}")
        found.close()


@snapshot.command("diff")
@click.argument("name")
@click.argument("other", required=False)
@click.pass_context
def diff(ctx: click.Context, name: str, other: str | None) -> None:
    """Tell what has changed since a snapshot, or between it and OTHER; the exit code is 1 where anything has.

    Events are left out, and of metadata what changes with every write.
    """
    from ..cluster import snapshots

    any_ = False
    with _opened(ctx.obj) as cluster:
        for sign, resource, key, changes in snapshots.differences(cluster, name, other):
            any_ = True
            click.echo(click.style(f"{sign} {resource} {key}", fg={"+": "green", "-": "red"}.get(sign)))
            for each in changes:
                click.echo(f"    {each}")
    ctx.exit(int(any_))


@snapshot.command("restore")
@click.argument("name")
@click.pass_obj
def restore(settings: Settings, name: str) -> None:
    """Let the cluster be what it was when NAME was saved, its clock included; `sim undo` takes that back."""
    from ..cluster import snapshots

    with _opened(settings) as cluster:
        snapshots.restore(cluster, name)
    settings.forget_discovery()
    click.echo(f"snapshot {name} restored")


@snapshot.command("delete")
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.pass_obj
def delete(settings: Settings, names: tuple[str, ...]) -> None:
    """Remove snapshots."""
    from ..cluster import snapshots

    with _opened(settings) as cluster:
        for name in names:
            snapshots.delete(cluster, name)
            settings.did = True
            click.echo(f"snapshot {name} deleted")


COMMANDS = [snapshot]
