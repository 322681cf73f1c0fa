"""`kubesim sim node` and `kubesim sim tunnel`: what happens to the machines of a cluster, and to its network."""

from __future__ import annotations

from contextlib import contextmanager

import click

from ..cluster import nodes
from ..machinery.errors import StatusError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..cluster.cluster import Cluster
    from .settings import Settings


@contextmanager
def _changing(settings: Settings) -> Iterator[Cluster]:
    """Open the cluster for a change, which is committed at the end."""
    try:
        with settings.opened() as cluster:
            yield cluster
    except ValueError as why:
        raise click.ClickException(str(why)) from None
    except StatusError as error:
        more = "; `kubectl get nodes` tells which there are, `kubesim sim node add` makes more"
        raise click.ClickException(error.message + (more if error.reason == "NotFound" else "")) from None


def _pairs(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    for each in values:
        if each.find("=") < 1:
            raise click.BadParameter(f"{each!r} is not NAME=VALUE")
    return dict(each.split("=", 1) for each in values)


@click.group("node", short_help="Stop, start, add and remove nodes, or let them run short.")
def node() -> None:
    """Lose nodes and get them back, add and remove some, let one run out of memory or disk.

    \b
    kubesim sim node stop minikube-m02              # NotReady after 40 s, its pods are evicted 5 min later
    kubesim sim node start minikube-m02
    kubesim sim node add --label disk=ssd
    kubesim sim node pressure minikube memory
    """


@node.command("stop")
@click.argument("name")
@click.pass_obj
def stop(settings: Settings, name: str) -> None:
    """Stop a node: it is NotReady once its lease has run out, and its pods are evicted after their toleration time.

    They stay Terminating until the node comes back or is removed, for nobody tells that their containers have ended.
    """
    with _changing(settings) as cluster:
        nodes.stop(cluster, name)
    click.echo(f"node {name} stopped")


@node.command("start")
@click.argument("name")
@click.pass_obj
def start(settings: Settings, name: str) -> None:
    """Start a stopped node."""
    with _changing(settings) as cluster:
        nodes.start(cluster, name)
    click.echo(f"node {name} started")


@node.command("add")
@click.argument("name", default="")
@click.option("--label", "labels", multiple=True, callback=_pairs, metavar="NAME=VALUE", help="A label of it.")
@click.option("--resource", "resources", multiple=True, callback=_pairs, metavar="NAME=QUANTITY",
              help="What it has otherwise than the other nodes, as in memory=16Gi, cpu=8 or pods=10.")
@click.pass_obj
def add(settings: Settings, name: str, labels: dict[str, str], resources: dict[str, str]) -> None:
    """Add a node, minikube-m02 and so on where no NAME is given."""
    with _changing(settings) as cluster:
        made = nodes.add(cluster, name, labels, resources)
    click.echo(f"node {made} added")


@node.command("remove")
@click.argument("name")
@click.pass_obj
def remove(settings: Settings, name: str) -> None:
    """Take a node away for good, its machine included; its pods are gone about a minute later."""
    with _changing(settings) as cluster:
        nodes.remove(cluster, name)
    click.echo(f"node {name} removed")


@node.command("pressure")
@click.argument("name")
@click.argument("resources", nargs=-1, type=click.Choice(nodes.SHORT_OF))
@click.option("--pods", type=click.IntRange(1), default=None, help="How many pods have to go until it is over.")
@click.option("--off", is_flag=True, help="It is over; the node's conditions hold for five minutes more.")
@click.pass_obj
def pressure(settings: Settings, name: str, resources: tuple[str, ...], pods: int | None, off: bool) -> None:
    """Let a node be short of memory, disk or pid.

    Its condition tells so, a taint keeps pods away, and its kubelet evicts one pod every ten seconds: those first that
    use more memory than they asked for, then those of lower priority. Critical pods stay.

    \b
    kubesim sim node pressure minikube-m02 memory            # until --off
    kubesim sim node pressure minikube-m02 memory --pods 2   # over when two pods are gone
    kubesim sim node pressure minikube-m02 --off
    """
    if off == bool(resources):
        raise click.UsageError("either what the node is short of or --off has to be given")
    with _changing(settings) as cluster:
        nodes.press(cluster, name, resources, pods)
    click.echo(f"node {name} is short of {', '.join(resources)}" if resources else f"node {name} is short of nothing")


@click.group("tunnel", short_help="Give LoadBalancer services addresses, or take them back.")
def tunnel() -> None:
    """Give LoadBalancer services addresses, as `minikube tunnel` does, or take them back."""


@tunnel.command("open")
@click.pass_obj
def open_(settings: Settings) -> None:
    """Assign addresses from now on."""
    _tunnel(settings, "open")


@tunnel.command("close")
@click.pass_obj
def close(settings: Settings) -> None:
    """Take the addresses back: services are pending again."""
    _tunnel(settings, None)


def _tunnel(settings: Settings, state: str | None) -> None:
    with _changing(settings) as cluster:
        nodes.tunnel(cluster, state)


COMMANDS = [node, tunnel]
