"""`kubesim sim kind`: the command kind, as far as pages use it, for simulated clusters.

What kind says on its way goes to stderr; its nodes are called here as minikube's are.
"""

from __future__ import annotations

import json
import re

import click

from .. import __version__
from .machines import Machines, nodes_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn, TextIO

    from ..machinery.types import Object, Release

_UNKNOWN = {"ignore_unknown_options": True, "allow_extra_args": True}
_NAMES = "^[a-z0-9.-]+$"
_NAME = click.option("--name", "-n", default="kind", show_default=True, help="Which cluster.")


def _tell(text: str) -> None:
    click.echo(text, err=True)


def _fail(text: str) -> NoReturn:
    _tell(f"ERROR: {text}")
    raise click.exceptions.Exit(1)


def _clusters(machines: Machines) -> list[str]:
    return [name.removeprefix("kind-") for name in machines.names() if name.startswith("kind-")]


@click.group("kind", short_help="Play the command kind.")
@click.version_option(__version__, prog_name="kind", message="kind as kubesim %(version)s plays it")
@click.pass_context
def kind(ctx: click.Context) -> None:
    """Play the command kind: `sim env` and `sim shell` put it on PATH.

    Nothing is started: nodes are simulated, and called minikube, minikube-m02 and so on.
    """
    ctx.obj = Machines(ctx.obj)


@kind.group("create")
def create() -> None:
    """Make a cluster."""


@create.command("cluster", context_settings=_UNKNOWN)
@click.option("--name", "-n", default="", help="Its name, kind otherwise.")
@click.option("--image", default="", help="The image of its nodes, whose tag tells the release.")
@click.option("--config", type=click.File(encoding="utf-8"), default=None, help="kind's own file; - is stdin.")
@click.pass_obj
def create_cluster(machines: Machines, name: str, image: str, config: TextIO | None) -> None:
    """Make a cluster, and its context the current one."""
    described = _described(config)
    name = name or str(described.get("name") or "kind")
    if not re.fullmatch(_NAMES, name):
        _fail(f"failed to create cluster: '{name}' is not a valid cluster name, cluster names must match `{_NAMES}`")
    if name in _clusters(machines):
        _fail(f'failed to create cluster: node(s) already exist for a cluster with the name "{name}"')
    nodes = described.get("nodes") or [{}]
    image = image or str(nodes[0].get("image") or "")
    _tell(f'Creating cluster "{name}" ...')
    release = _release(image)
    context = f"kind-{name}"
    machines.use(context, namespace="")
    machines.make(context, len(nodes), release)
    _tell(f'Set kubectl context to "{context}"\nYou can now use your cluster with:\n\n'
          f"kubectl cluster-info --context {context}")


def _described(config: TextIO | None) -> Object:
    """Return what a file of kind's says; ends where it is none."""
    if config is None:
        return {}
    from ..go.yaml import load

    try:
        found = load(config.read())
    except UnicodeDecodeError:
        _fail("failed to create cluster: unable to decode config: it is not UTF-8")
    except ValueError as problem:
        _fail(f"failed to create cluster: unable to decode config: {problem}")
    if found is None:
        return {}
    if not isinstance(found, dict) or not str(found.get("apiVersion", "")).startswith("kind.x-k8s.io/"):
        _fail("failed to create cluster: unknown apiVersion or kind of the config")
    nodes = found.get("nodes") or []
    if not isinstance(nodes, list) or not all(isinstance(node, dict) for node in nodes):
        _fail("failed to create cluster: unable to decode config: nodes is no list of nodes")
    return found


def _release(image: str) -> Release | None:
    """Return the release that a node's image tells, None where it tells none."""
    from .. import releases

    tag = image.partition("@")[0].rpartition("/")[2].partition(":")[2]
    try:
        return releases.parse_release(tag) if tag[:1] == "v" else None
    except ValueError as problem:
        _fail(f"failed to create cluster: {problem}")


@kind.group("delete")
def delete() -> None:
    """Delete clusters."""


@delete.command("cluster", context_settings=_UNKNOWN)
@_NAME
@click.pass_obj
def delete_cluster(machines: Machines, name: str) -> None:
    """Delete a cluster and its context."""
    _tell(f'Deleting cluster "{name}" ...')
    _remove(machines, name)


@delete.command("clusters", context_settings=_UNKNOWN)
@click.argument("names", nargs=-1)
@click.option("--all", "-A", "everything", is_flag=True)
@click.pass_obj
def delete_clusters(machines: Machines, names: tuple[str, ...], everything: bool) -> None:
    """Delete several clusters."""
    found = _clusters(machines) if everything else list(names)
    for name in found:
        _remove(machines, name)
    _tell(f"Deleted clusters: {json.dumps(found)}")


def _remove(machines: Machines, name: str) -> None:
    context = f"kind-{name}"
    if context in machines.names():  # kind does not mind one that is not there
        with machines.open(context) as cluster:
            nodes = [node["metadata"]["name"] for node in nodes_of(cluster)]
        machines.remove(context)
        _tell(f"Deleted nodes: {json.dumps(nodes)}")


@kind.group("get")
def get() -> None:
    """Tell of clusters, their nodes and their kubeconfig."""


@get.command("clusters")
@click.pass_obj
def get_clusters(machines: Machines) -> None:
    """List the clusters."""
    names = _clusters(machines)
    if names:
        click.echo("\n".join(names))
    else:
        _tell("No kind clusters found.")


@get.command("nodes")
@_NAME
@click.pass_obj
def get_nodes(machines: Machines, name: str) -> None:
    """List the nodes of a cluster."""
    if f"kind-{name}" not in machines.names():
        _tell(f'No kind nodes found for cluster "{name}".')
        return
    with machines.open(f"kind-{name}") as cluster:
        click.echo("\n".join(node["metadata"]["name"] for node in nodes_of(cluster)))


@get.command("kubeconfig", context_settings=_UNKNOWN)
@_NAME
@click.pass_obj
def get_kubeconfig(machines: Machines, name: str) -> None:
    """Print a cluster's kubeconfig."""
    from ..kubectl.printers.yaml import dump

    click.echo(dump(_kubeconfig(machines, name)), nl=False)


def _kubeconfig(machines: Machines, name: str) -> Object:
    context = f"kind-{name}"
    if context not in machines.names():
        _fail(f"could not locate any control plane nodes for cluster named '{name}'. Use the --name option to select "
              "a different cluster")
    server = machines.settings(context).kubeconfig.server
    return {"apiVersion": "v1", "clusters": [{"cluster": {"server": server}, "name": context}],
            "contexts": [{"context": {"cluster": context, "user": context}, "name": context}],
            "current-context": context, "kind": "Config", "users": [{"name": context, "user": {}}]}


@kind.group("export")
def export() -> None:
    """Make a cluster's context the current one."""


@export.command("kubeconfig", context_settings=_UNKNOWN)
@_NAME
@click.pass_obj
def export_kubeconfig(machines: Machines, name: str) -> None:
    """Make a cluster's context the current one."""
    _kubeconfig(machines, name)
    machines.use(f"kind-{name}")
    _tell(f'Set kubectl context to "kind-{name}"')


@kind.group("load")
def load_() -> None:
    """Bring images into a cluster."""


@load_.command("docker-image", context_settings=_UNKNOWN)
@click.argument("images", nargs=-1, required=True)
@_NAME
@click.pass_obj
def load_docker_image(machines: Machines, images: tuple[str, ...], name: str) -> None:
    """Have images in a cluster, whatever is in them."""
    from ..cluster import images as of_cluster

    if f"kind-{name}" not in machines.names():
        _fail(f'no nodes found for cluster "{name}"')
    with machines.open(f"kind-{name}") as cluster:
        for image in images:
            try:
                of_cluster.load(cluster, image)
            except of_cluster.Invalid as problem:
                _fail(str(problem))
            _tell(f'Image: "{image}" loaded into the nodes of "{name}"')


COMMANDS = [kind]
