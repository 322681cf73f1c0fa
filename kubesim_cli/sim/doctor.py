"""`kubesim sim doctor`: what is wrong with the cluster on disk, what is lost, and a repair into a new folder."""

from __future__ import annotations

import os

import click

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .settings import Settings


@click.command("doctor", short_help="Tell what is wrong with the cluster on disk, and repair it.")
@click.option("--repair", metavar="DIR", type=click.Path(), help="Write what can be saved into a new folder.")
@click.pass_context
def doctor(ctx: click.Context, repair: str | None) -> None:
    """Tell what is wrong with the cluster on disk, what is lost, and what the simulation failed in.

    Nothing is changed; exit code 1 means damage.
    """
    from ..cluster.damage import diagnose
    from ..cluster.state import troubles_in
    from ..machinery import timestamps

    settings: Settings = ctx.obj
    if repair == "":
        raise click.UsageError("--repair needs the name of a new folder")
    found = diagnose(settings.folder)
    if not found.exists:
        click.echo(f"{settings.folder}: no cluster yet")
        return
    if found.index is not None:
        click.echo(f"{settings.folder}: store format {found.index.format}, {found.objects} objects, "
                   f"revision {found.index.revision}")
    for title, lines in (("wrong", found.wrong), ("lost", found.lost), ("doubtful", found.doubtful),
                         ("note", found.notes)):
        for line in lines:
            click.echo(f"{title}: {line}")
    for trouble in troubles_in(found.index.meta) if found.index is not None else ():
        click.echo(f"trouble: {trouble['loop']} at {trouble['key']}: {trouble['what']} "
                   f"({timestamps.format(trouble['at'])}, x{trouble['count']})")
    if not found.wrong:
        click.echo("nothing is damaged")
    if repair is not None:
        found.repair(repair)
        settings.did = True
        click.echo(f"{found.objects} objects are saved in {repair}; to use them, move {settings.folder} away and "
                   f"{os.path.abspath(repair)} into its place")
    ctx.exit(1 if found.wrong else 0)


COMMANDS = [doctor]
