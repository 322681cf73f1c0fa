"""`kubesim sim node` and `kubesim sim tunnel`: what minikube's own command does to its machines and its network."""

from __future__ import annotations

import click

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .settings import Settings


def _annotate(settings: Settings, node: str, annotation: str, value: str | None) -> None:
    """Set or drop (None) an annotation of a node, and let the cluster react."""
    from ..machinery.errors import StatusError

    cluster = settings.cluster()
    cluster.catch_up()
    try:
        cluster.client.patch("nodes", node, {"metadata": {"annotations": {annotation: value}}}, "merge")
    except StatusError as error:
        raise click.ClickException(error.message) from None
    cluster.commit()
    cluster.close()


@click.group("node")
def node() -> None:
    """Stop a node's machine, or start it again."""


@node.command("stop")
@click.argument("name")
@click.pass_obj
def stop(settings: Settings, name: str) -> None:
    """Stop a node: it is NotReady once its lease has run out, and its pods are evicted after their toleration time."""
    from ..helpers.nodes import STOPPED

    _annotate(settings, name, STOPPED, "true")


@node.command("start")
@click.argument("name")
@click.pass_obj
def start(settings: Settings, name: str) -> None:
    """Start a stopped node."""
    from ..helpers.nodes import STOPPED

    _annotate(settings, name, STOPPED, None)


@click.group("tunnel")
def tunnel() -> None:
    """Give LoadBalancer services addresses, as `minikube tunnel` does, or take them back."""


@tunnel.command("open")
@click.pass_obj
def open_(settings: Settings) -> None:
    """Assign addresses from now on."""
    from ..helpers.nodes import TUNNEL, node_name

    _annotate(settings, node_name(0), TUNNEL, "open")


@tunnel.command("close")
@click.pass_obj
def close(settings: Settings) -> None:
    """Take the addresses back: services are pending again."""
    from ..helpers.nodes import TUNNEL, node_name

    _annotate(settings, node_name(0), TUNNEL, None)


COMMANDS = [node, tunnel]
