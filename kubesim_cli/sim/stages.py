"""`kubesim sim stage`: what becomes of objects when, in kwok's Stage documents."""

from __future__ import annotations

import click

from ..machinery.errors import StatusError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Json
    from .settings import Settings


@click.group("stage", short_help="Say what becomes of objects when, in kwok's Stages.")
def stage() -> None:
    """Say what becomes of objects when, in kwok's Stage documents (kwok.x-k8s.io/v1alpha1).

    A Stage has a selector (matchLabels, matchAnnotations, matchExpressions over paths such as .status.phase), a delay
    (durationMilliseconds, durationFrom, jitterDurationMilliseconds), a weight, and what comes next: statusTemplate,
    patches, finalizers, event, delete. They are objects of the cluster as well: `kubectl get stages`.

    \b
    kubesim sim stage apply pod-fails.yaml
    kubesim sim stage list
    kubesim sim stage delete pod-fails
    """


@stage.command("apply")
@click.argument("files", nargs=-1, required=True, metavar="FILE...",
                type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.pass_obj
def apply(settings: Settings, files: tuple[str, ...]) -> None:
    """Add the Stages of some files, or change them; - is stdin. Documents of other kinds are refused."""
    from ..cluster import stages
    from ..kubectl.resource import manifests

    documents: list[Json] = []
    for path in files:
        with click.open_file(path, "rb") as file:
            documents += manifests.read(file.read(), "STDIN" if path == "-" else path)
    with settings.opened(stages.Invalid, StatusError) as cluster:
        made = stages.apply(cluster, documents)
    for name in made:
        click.echo(f"stage {name} applied")


@stage.command("list")
@click.pass_obj
def list_(settings: Settings) -> None:
    """List the Stages: which kind of objects they are about, and what they do."""
    from ..cluster import stages

    rows = [("NAME", "KIND", "DELAY", "NEXT"), *stages.listed(settings.cluster())]
    widths = [max(len(row[at]) for row in rows) for at in range(4)]
    for row in rows if len(rows) > 1 else ():
        click.echo("   ".join(f"{cell:{width}}" for cell, width in zip(row, widths)).rstrip())
    if len(rows) == 1:
        click.echo("No stages found.", err=True)


@stage.command("delete")
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.pass_obj
def delete(settings: Settings, names: tuple[str, ...]) -> None:
    """Remove Stages: what they were about lives on as ever."""
    from ..cluster import stages

    with settings.opened(StatusError) as cluster:
        for name in names:
            if not stages.delete(cluster, name):
                raise click.ClickException(f'there is no stage "{name}"')
    for name in names:
        click.echo(f"stage {name} deleted")


COMMANDS = [stage]
