"""`kubesim sim uids`: decide which UIDs objects will get."""

from __future__ import annotations

import click

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..cluster.cluster import Cluster
    from .settings import Settings


@click.command("uids", short_help="Decide which UIDs objects will get.")
@click.argument("scripted", nargs=-1, metavar="RESOURCE/[NAMESPACE/]NAME=UID...")
@click.pass_obj
def uids(settings: Settings, scripted: tuple[str, ...]) -> None:
    """Give objects that do not exist yet the UIDs of your choice, so that a listing comes out with the very names a
    page prints (a volume is called pvc-UID after its claim). Without arguments: list what is still to come.

    \b
    kubesim sim uids pvc/storage-db-0=6dbe5870-6c5c-4761-b3e1-354437823255
    """
    cluster = settings.cluster()
    if not scripted:
        for target, listed in cluster.entropy.scripted.items():
            for uid in listed:
                click.echo(f"{target}={uid}")
        return
    cluster.hold()
    for entry in scripted:
        script(cluster, entry)
    cluster.commit()
    cluster.close()


def script(cluster: Cluster, entry: str) -> None:
    """Note one `RESOURCE/[NAMESPACE/]NAME=UID`; raises ClickException for what is not of that form."""
    target, _, uid = entry.partition("=")
    kind, *rest = target.split("/")
    res = cluster.client.discovery.find(kind)
    if res is None or not uid or len(rest) not in (1, 2):
        raise click.ClickException(f"{entry!r} is not RESOURCE/[NAMESPACE/]NAME=UID")
    if res.namespaced and len(rest) == 1:
        rest.insert(0, "default")
    cluster.entropy.script(res.name, "/".join(rest), uid)


COMMANDS = [uids]
