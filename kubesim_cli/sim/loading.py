"""`kubesim sim load`: objects of another cluster, as they are."""

from __future__ import annotations

import click

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .settings import Settings


def take_over(settings: Settings, path: str) -> list[str]:
    """Load what a file holds, `-` for stdin; returns KIND/NAME of each object. Raises ClickException, Failure."""
    from ..cluster import loading
    from ..kubectl.resource import manifests

    with click.open_file(path, "rb") as file:
        objects = [*manifests.read(file.read(), "STDIN" if path == "-" else path)]
    with settings.opened(ValueError) as cluster:
        return loading.load(cluster, objects)


@click.command("load", short_help="Take objects of another cluster over, with status and ages.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...",
                type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.pass_obj
def load(settings: Settings, files: tuple[str, ...]) -> None:
    """Take objects over as they are: with status, ages, UIDs and owners.

    \b
    kubectl --context prod get deploy,rs,pods,nodes -o yaml > prod.yaml
    kubesim sim load prod.yaml

    FILE holds what `kubectl get -o yaml` or `-o json` prints, of several kinds if you like; - is stdin. What is there
    by the same name is replaced; namespaces that are missing are made, and so are definitions of kinds that are not
    known, which let everything through. A frozen clock goes on to the last moment that the objects tell of. Nothing
    happens to what was loaded until it is changed, or something that it depends on.
    """
    for path in files:
        for name in take_over(settings, path):
            click.echo(f"{name} loaded")


COMMANDS = [load]
