"""`kubesim sim kind`: the command kind (sigs.k8s.io/kind, pkg/cmd/kind), for simulated clusters.

What kind says on its way goes to stderr, as in a terminal without colours: a line for each step that is done.
"""

from __future__ import annotations

import json

import click

from . import kindconfig, kubeadmconfig
from .machines import Machines, nodes_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from ..machinery.types import Object, Release

_UNKNOWN = {"ignore_unknown_options": True, "allow_extra_args": True}
VERSION = "0.33.0"  # whose source this follows
_BALANCER = "external-load-balancer"
SALUTATIONS = ("Have a nice day! 👋", "Thanks for using kind! 😊",
               "Not sure what to do next? 😅  Check out https://kind.sigs.k8s.io/docs/user/quick-start/",
               "Have a question, bug, or feature request? Let us know! https://kind.sigs.k8s.io/#community 🙂")


def _default_name(ctx: click.Context, param: click.Parameter, value: str | None) -> str:
    """OverrideDefaultName: KIND_CLUSTER_NAME counts where --name is not given."""
    return value if value is not None else ctx.obj.environ.get("KIND_CLUSTER_NAME") or "kind"


_NAME = click.option("--name", "-n", default=None, callback=_default_name, help="Which cluster, else kind.")
_KUBECONFIG = click.option("--kubeconfig", default="", help="The kubeconfig file that is written to.")


def _tell(text: str) -> None:
    if not click.get_current_context().find_root().meta.get("kind.quiet"):
        click.echo(text, err=True)


def _fail(text: str) -> NoReturn:
    _tell(f"ERROR: {text}")
    raise click.exceptions.Exit(1)


def _clusters(machines: Machines) -> list[str]:
    return [name.removeprefix("kind-") for name in machines.names() if name.startswith("kind-")]


def _nodes(machines: Machines, name: str) -> list[str]:
    """Return the names of a cluster's machines: several control planes have a load balancer before them."""
    with machines.open(f"kind-{name}") as cluster:
        nodes = nodes_of(cluster)
    names = [node["metadata"]["name"] for node in nodes]
    planes = [node for node in nodes if "node-role.kubernetes.io/control-plane" in node["metadata"]["labels"]]
    return [*names, f"{name}-{_BALANCER}"] if len(planes) > 1 else names


class _Kind(click.Group):
    """kind's own flags stand where they like (cobra's persistent flags)."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        quiet = [word for word in args if word in ("-q", "--quiet")]
        return super().parse_args(ctx, quiet[:1] + [word for word in args if word not in quiet])


@click.group("kind", cls=_Kind, short_help="Play the command kind.")
@click.version_option(VERSION, prog_name="kind", message="%(prog)s version %(version)s")
@click.option("--quiet", "-q", is_flag=True, help="Nothing on stderr.")
@click.option("--verbosity", "-v", type=int, default=0, help="Has no effect here.")
@click.pass_context
def kind(ctx: click.Context, quiet: bool, verbosity: int) -> None:
    """Play the command kind: `sim env` and `sim shell` put it on PATH.

    Nothing is started: nodes are simulated, and called as kind calls them, kind-control-plane, kind-worker and so on.
    """
    ctx.find_root().meta["kind.quiet"] = quiet
    ctx.obj = Machines(ctx.obj)


@kind.command("version")
@click.pass_obj
def version(machines: Machines) -> None:
    """Print kind's version."""
    click.echo(f"kind v{VERSION} go1.26.1 linux/amd64")


@kind.group("create")
def create() -> None:
    """Make a cluster."""


@create.command("cluster", context_settings=_UNKNOWN)
@click.option("--name", "-n", default="", help="Its name, KIND_CLUSTER_NAME, the config's or kind otherwise.")
@click.option("--image", default="", help="The image of its nodes, whose tag tells the release.")
@click.option("--config", default="", help="kind's own file; - is stdin.")
@click.option("--wait", default="0s", help="How long the control plane may take to be ready; here it is at once.")
@click.option("--retain", is_flag=True, help="Has no effect here.")
@_KUBECONFIG
@click.pass_obj
def create_cluster(machines: Machines, name: str, image: str, config: str, wait: str, retain: bool,
                   kubeconfig: str) -> None:
    """Make a cluster, and its context the current one."""
    patience = _seconds(wait)
    release = machines.release
    from ..releases.server import PATCH

    try:
        given = kindconfig.read(_text(config)) if config else {}
        found = kindconfig.complete(given, name or machines.environ.get("KIND_CLUSTER_NAME", ""), image,
                                    f"kindest/node:{PATCH[release]}")
        name = found["name"]
        if name in _clusters(machines):
            raise ValueError(f'node(s) already exist for a cluster with the name "{name}"')
        if len(name) > 50:
            _tell(f'cluster name "{name}" is probably too long, this might not work properly on some systems')
        kindconfig.check(found)
        images = sorted({str(node["image"]) for node in found["nodes"]})
        release = _release(str(found["nodes"][0]["image"])) or release
    except ValueError as problem:
        _fail(f"failed to create cluster: {problem}")
    _tell(f'Creating cluster "{name}" ...')
    for each in images:
        _done(f"Ensuring node image ({each.partition('@sha256:')[0]}) 🖼")
    _done("Preparing nodes " + " ".join("📦" for _ in found["nodes"]))
    _start(machines, found, release)
    if patience:
        _wait(patience)
    _salute(machines, name, kubeconfig)


def _seconds(wait: str) -> float:
    from ..go import duration

    try:
        return duration.parse(wait)
    except ValueError as why:
        _fail(f'invalid argument "{wait}" for "--wait" flag: {why}')


def _wait(seconds: float) -> None:
    """Tell how the wait for the control plane ends, which is ready, but not before now (waitforready.go)."""
    from ..go import duration

    step = f"Waiting ≤ {duration.format(round(seconds))} for control-plane = Ready ⏳"
    if seconds > 0:
        _done(step)
        _tell(" • Ready after 0s 💚")
    else:
        _tell(f" ✗ {step}")
        _tell(" • WARNING: Timed out waiting for Ready ⚠️")


def _text(path: str) -> str:
    """Return what is in a file, or comes on stdin; raises ValueError."""
    import os
    import sys

    try:
        if path == "-":
            return sys.stdin.read()
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError as why:
        raise ValueError(f"error reading file: open {path}: {os.strerror(why.errno or 0).lower()}") from None
    except UnicodeDecodeError:
        raise ValueError("unable to decode config: it is not UTF-8") from None


def _release(image: str) -> Release | None:
    """Return the release that a node's image tells, None where it tells none; raises ValueError."""
    from .. import releases

    tag = image.partition("@")[0].rpartition("/")[2].partition(":")[2]
    return releases.parse_release(tag) if tag[:1] == "v" else None


def _done(step: str) -> None:
    _tell(f" ✓ {step}")


def _start(machines: Machines, config: Object, release: Release) -> None:
    """Make the cluster of a config, and tell of the steps on the way."""
    from ..apiserver import settings
    from ..cluster import enabled
    from ..machinery.files import told
    from ..releases import gates

    roles = [node["role"] for node in config["nodes"]]
    if roles.count("control-plane") > 1:
        _done("Configuring the external load balancer ⚖️")
    _done("Writing configuration 📜")
    try:
        flags, gates_text = kubeadmconfig.flags_of(config, release)
        chosen_gates = gates.parse(gates_text, release)
        settings.check(flags)
        settings.check_nodes(flags, len(roles))
        enabled.check(flags.get("controllers", ""))
        described = kubeadmconfig.cluster_of(config, release)
    except (ValueError, OSError) as why:
        _tell(" ✗ Starting control-plane 🕹️")
        _fail(f"failed to create cluster: failed to init node with kubeadm: {told(why)}")
    context = f"kind-{config['name']}"
    machines.use(context, namespace="")
    machines.make(context, len(roles), release, kind=described, settings=flags, feature_gates=chosen_gates)
    _done("Starting control-plane 🕹️")
    if described["cni"]:
        _done("Installing CNI 🔌")
    _done("Installing StorageClass 💾")
    if roles.count("control-plane") > 1:
        _done("Joining more control-plane nodes 🎮")
    if "worker" in roles:
        _done("Joining worker nodes 🚜")


def _salute(machines: Machines, name: str, kubeconfig: str) -> None:
    from zlib import crc32

    sample = f"kubectl cluster-info --context kind-{name}"
    if kubeconfig:
        from shlex import quote

        _write(machines, name, kubeconfig)
        sample += f" --kubeconfig {quote(kubeconfig)}"
    _tell(f'Set kubectl context to "kind-{name}"\nYou can now use your cluster with:\n\n{sample}\n')
    _tell(SALUTATIONS[crc32(name.encode()) % len(SALUTATIONS)])


def _write(machines: Machines, name: str, path: str) -> None:
    """Write a cluster's kubeconfig to a file of its own."""
    from ..kubectl.printers.yaml import dump
    from ..machinery.files import told

    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(dump(_kubeconfig(machines, name)))
    except OSError as why:
        _fail(told(why))


@kind.group("delete")
def delete() -> None:
    """Delete clusters."""


@delete.command("cluster", context_settings=_UNKNOWN)
@_NAME
@_KUBECONFIG
@click.pass_obj
def delete_cluster(machines: Machines, name: str, kubeconfig: str) -> None:
    """Delete a cluster and its context."""
    _tell(f'Deleting cluster "{name}" ...')
    _remove(machines, name)


@delete.command("clusters", context_settings=_UNKNOWN)
@click.argument("names", nargs=-1)
@click.option("--all", "-A", "everything", is_flag=True)
@_KUBECONFIG
@click.pass_obj
def delete_clusters(machines: Machines, names: tuple[str, ...], everything: bool, kubeconfig: str) -> None:
    """Delete several clusters."""
    if not everything and not names:
        _fail("no cluster names provided")
    found = _clusters(machines) if everything else list(names)
    for name in found:
        _remove(machines, name)
    _tell(f"Deleted clusters: {_quoted(found)}")


def _remove(machines: Machines, name: str) -> None:
    if name in _clusters(machines):  # kind does not mind one that is not there
        nodes = _nodes(machines, name)
        machines.remove(f"kind-{name}")
        _tell(f"Deleted nodes: {_quoted(nodes)}")


def _quoted(names: list[str]) -> str:
    """Return names as Go's %q prints a slice."""
    return f"[{' '.join(json.dumps(name) for name in names)}]"


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
@click.option("--all-clusters", "-A", is_flag=True, help="Those of all clusters.")
@click.pass_obj
def get_nodes(machines: Machines, name: str, all_clusters: bool) -> None:
    """List the nodes of a cluster."""
    known = _clusters(machines)
    found = [node for each in known if all_clusters or each == name for node in _nodes(machines, each)]
    if found:
        click.echo("\n".join(found))
    else:
        _tell("No kind nodes for any cluster." if all_clusters else f'No kind nodes found for cluster "{name}".')


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
@_KUBECONFIG
@click.pass_obj
def export_kubeconfig(machines: Machines, name: str, kubeconfig: str) -> None:
    """Make a cluster's context the current one."""
    _kubeconfig(machines, name)
    if kubeconfig:
        _write(machines, name, kubeconfig)
    else:
        machines.use(f"kind-{name}")
    _tell(f'Set kubectl context to "kind-{name}"')


@kind.group("load")
def load_() -> None:
    """Bring images into a cluster."""


@load_.command("docker-image", context_settings=_UNKNOWN)
@click.argument("images", nargs=-1)
@click.option("--nodes", default="", help="Onto which nodes, with commas between them; here it is always all.")
@_NAME
@click.pass_obj
def load_docker_image(machines: Machines, images: tuple[str, ...], nodes: str, name: str) -> None:
    """Have images in a cluster, whatever is in them."""
    from ..cluster import images as of_cluster

    if not images:
        _fail("a list of image names is required")
    if name not in _clusters(machines):
        _fail(f'no nodes found for cluster "{name}"')
    there = [each for each in _nodes(machines, name) if not each.endswith(_BALANCER)]
    for node in filter(None, nodes.split(",")):
        if node not in there:
            _fail(f'unknown node: "{node}"')
    with machines.open(f"kind-{name}") as cluster:
        for image in dict.fromkeys(images):
            try:
                of_cluster.load(cluster, image)
            except of_cluster.Invalid as problem:
                _fail(str(problem))
            for node in nodes.split(",") if nodes else there:
                _tell(f'Image: "{image}" with ID "{of_cluster.image_digest(image)}" not yet present on node '
                      f'"{node}", loading...')


COMMANDS = [kind]
