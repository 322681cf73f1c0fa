"""`kubesim sim export` and `kubesim sim import`: manifests that go from one cluster to another."""

from __future__ import annotations

import click

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Object
    from .settings import Settings


@click.command("export", short_help="Print what was made as manifests for another cluster.")
@click.argument("resources", nargs=-1, metavar="[RESOURCE]...")
@click.option("-n", "--namespace", default="",
              help="Only what is in this namespace; otherwise all but what the system has.")
@click.option("-o", "--output", type=click.Choice(("yaml", "json")), default="yaml", show_default=True)
@click.pass_obj
def export(settings: Settings, resources: tuple[str, ...], namespace: str, output: str) -> None:
    """Print what was made in the cluster as manifests that another cluster takes, a real one included.

    What clusters make by themselves is left out: Pods of a Deployment, volumes that were provisioned, tokens. So is
    what they set: status, UIDs, managed fields, cluster IPs and node ports that nobody asked for, defaults.

    \b
    kubesim sim export > cluster.yaml
    kubectl --context kind-kind apply -f cluster.yaml
    kubesim sim export deployments services -n shop
    """
    from ..cluster import exporting

    with settings.opened() as cluster:
        names = []
        for word in resources:
            found = cluster.client.discovery.find(word)
            if found is None:
                raise click.ClickException(f'there is no resource "{word}"')
            names.append(found.name)
        made = exporting.objects(cluster, namespace, names)
    click.echo(_text(made, output), nl=False)


def _text(found: list[Object], output: str) -> str:
    from ..kubectl.printers import json, yaml

    if output == "json":
        return json.dump({"apiVersion": "v1", "kind": "List", "items": found})
    return "---\n".join(yaml.dump(obj) for obj in found)


@click.command("import", short_help="Apply manifests that come out of another cluster.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...",
                type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.pass_context
def import_(ctx: click.Context, files: tuple[str, ...]) -> None:
    """Apply manifests that may come out of another cluster as they are, cleaned as `export` does.

    Namespaces that are missing are made. `sim load` takes objects over with their status and ages instead.

    \b
    kubectl --context prod -n shop get deploy,svc,cm -o yaml > shop.yaml
    kubesim sim import shop.yaml
    """
    from ..cluster import exporting, loading
    from ..kubectl.resource import manifests

    settings: Settings = ctx.obj
    given: list[Object] = []
    for path in files:
        with click.open_file(path, "rb") as file:
            given += manifests.read(file.read(), "STDIN" if path == "-" else path)
    try:
        found = [*loading.items_of(given)]
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    with settings.opened() as cluster:
        cluster.begin()
        results = [*exporting.take_in(cluster, found)]
    for name, problem in results:
        click.echo(f"error: {name}: {problem}" if problem else f"{name} imported", err=bool(problem))
    if not results:
        click.echo("there is nothing to import", err=True)
    ctx.exit(int(any(problem for _, problem in results)))


COMMANDS = [export, import_]
