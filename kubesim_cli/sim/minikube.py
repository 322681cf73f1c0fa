"""`kubesim sim minikube`: the command minikube, as far as pages use it, for simulated machines."""

from __future__ import annotations

import os
import re

import click

from .. import __version__
from .machines import Machines, grid, nodes_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from typing import NoReturn

    from ..cluster.cluster import Cluster
    from ..machinery.types import Object
    from .settings import Settings

# Which object tells that an addon is there; those of addons.json can be had, the others are a fresh cluster's.
_ADDONS = {"default-storageclass": ("storageclasses.storage.k8s.io", "", "standard"),
           "ingress": ("deployments.apps", "ingress-nginx", "ingress-nginx-controller"),
           "metrics-server": ("deployments.apps", "kube-system", "metrics-server"),
           "storage-provisioner": ("pods", "kube-system", "storage-provisioner")}
_UNKNOWN = {"ignore_unknown_options": True, "allow_extra_args": True}  # drivers, memory and the like
_ANY_RELEASE = ("", "stable", "latest")
_NAMES = "[a-zA-Z0-9][a-zA-Z0-9_.-]+"  # of profiles
_NOT_FOUND = {"GUEST": 85, "SVC": 115, "MK": 10}  # exit codes, by minikube's kinds of reasons


class _Profiled(click.Group):
    """-p may stand anywhere before `--`, as minikube's global flags may."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        end = args.index("--") if "--" in args else len(args)
        found, rest, words = [], [], iter(args[:end])
        for word in words:
            if word in ("-p", "--profile"):
                found += ["-p", next(words, "")]
            elif word.startswith("--profile="):
                found += ["-p", word.partition("=")[2]]
            else:
                rest.append(word)
        return super().parse_args(ctx, [*found, *rest, *args[end:]])

    def resolve_command(self, ctx: click.Context,
                        args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args and self.get_command(ctx, args[0]) is None:
            _exit("MK", "UNIMPLEMENTED", f"minikube {args[0]} is not played by kubesim", code=1)
        return super().resolve_command(ctx, args)


class _Profile:
    """What a command is about: one cluster among the machines."""

    def __init__(self, settings: Settings, name: str):
        self.settings, self.machines = settings, Machines(settings)
        self.name = name or next((name for name in [self.machines.current] if not name.startswith("kind-")), "") \
            or "minikube"

    def require(self) -> None:
        """End with minikube's words where there is no such cluster."""
        if self.name not in self.machines.names():
            _say(f'Profile "{self.name}" not found. Run "minikube profile list" to view all profiles.')
            _say(f'To start a cluster, run: "minikube start{_flag(self.name)}"', "  - ")
            raise click.exceptions.Exit(_NOT_FOUND["GUEST"])

    def open(self) -> AbstractContextManager[Cluster]:
        """Open the cluster, which has to be there; what is done is committed."""
        self.require()
        return self.machines.open(self.name)


def _flag(name: str) -> str:
    return "" if name == "minikube" else f" -p {name}"


def _say(text: str, mark: str = "* ") -> None:
    click.echo(mark + text)


def _exit(kind: str, reason: str, text: str, code: int = 0) -> NoReturn:
    click.echo(f"\nX Exiting due to {kind}_{reason}: {text}\n", err=True)
    raise click.exceptions.Exit(code or _NOT_FOUND[kind])


@click.group("minikube", short_help="Play the command minikube.", cls=_Profiled)
@click.option("-p", "profile", default="", metavar="NAME", help="Which cluster; otherwise the current context's.")
@click.pass_context
def minikube(ctx: click.Context, profile: str) -> None:
    """Play the command minikube: `sim env` and `sim shell` put it on PATH.

    Nothing is started: nodes are simulated. What asks for a machine, a driver or a browser is not played, or left out.
    """
    ctx.obj = _Profile(ctx.obj, profile)


@minikube.command("start", context_settings=_UNKNOWN)
@click.option("--nodes", "-n", type=click.IntRange(1, 5000), default=None, help="How many nodes a new cluster has.")
@click.option("--kubernetes-version", default="", metavar="VERSION", help="The release of a new cluster.")
@click.option("--namespace", default="default", help="The namespace of its context.")
@click.option("--addons", multiple=True, help="Addons to enable.")
@click.option("--cpus", type=click.IntRange(2), default=None, help="How many CPUs each node of a new cluster has.")
@click.option("--memory", default="", metavar="MEGABYTES", help="How much memory, in megabytes or as in 4g.")
@click.pass_obj
def start(profile: _Profile, nodes: int | None, kubernetes_version: str, namespace: str,
          addons: tuple[str, ...], cpus: int | None, memory: str) -> None:
    """Make a cluster current, and make it if there is none; start the nodes that are stopped."""
    from .. import releases
    from ..cluster import nodes as of_cluster
    from ..helpers.nodes import kubelet_runs
    from ..releases.server import PATCH

    try:
        release = None if kubernetes_version in _ANY_RELEASE else releases.parse_release(kubernetes_version)
    except ValueError as error:
        _exit("MK", "USAGE", str(error), 14)
    machines, name = profile.machines, profile.name
    known = machines.made(name)
    if not known and not re.fullmatch(_NAMES, name):
        _exit("MK", "USAGE", f"Profile name '{name}' is not valid: letters, digits, '_', '.' and '-' are, two or more, "
              "and a letter or digit first", 14)
    _say(f"kubesim {__version__} plays minikube: no machine is started")
    machines.use(name, namespace)
    if not known and (nodes or release or name != "minikube"):
        machines.make(name, nodes or 1, release)
    with machines.open(name) as cluster:
        for node in nodes_of(cluster):
            if not kubelet_runs(node):
                of_cluster.start(cluster, node["metadata"]["name"])
        if not known and (resources := _resources(cpus, memory)):
            of_cluster.equip(cluster, resources)
        if known and release and release != cluster.server.release:
            _say(f"The cluster has Kubernetes {PATCH[cluster.server.release]} and keeps it: `minikube delete` comes "
                 "before another one", "! ")
        if known and nodes and nodes != len(nodes_of(cluster)):
            _say("The cluster keeps its nodes: `minikube node add` and `minikube node delete` change them", "! ")
        role = "existing" if known else "new"
        _say(f'Starting "{name}" primary control-plane node in {role} "{name}" cluster')
        _say(f"Preparing Kubernetes {PATCH[cluster.server.release]} ...")
        for addon in addons:
            _enable(cluster, addon)
        there = ", ".join(sorted((addon for addon in _ADDONS if _enabled(cluster, addon)), reverse=True))
    _say(f"Enabled addons: {there}")
    _say(f'Done! kubectl is now configured to use "{name}" cluster and "{namespace}" namespace by default')


def _resources(cpus: int | None, memory: str) -> dict[str, str]:
    """Return what a node has by minikube's flags; of a memory that is no number (max), nothing."""
    found = {"cpu": str(cpus)} if cpus else {}
    if size := re.fullmatch(r"(\d+)(?:([mg])b?)?", memory, re.I):
        found["memory"] = f"{size[1]}{'Gi' if size[2] in ('g', 'G') else 'Mi'}"
    return found


@minikube.command("status", context_settings=_UNKNOWN)
@click.pass_context
def status(ctx: click.Context) -> None:
    """Tell which nodes run; the exit code is 0 where all do."""
    from ..helpers.nodes import kubelet_runs

    profile: _Profile = ctx.obj
    configured = "Configured" if profile.machines.current == profile.name else "Misconfigured"
    code = 0
    with profile.open() as cluster:
        for index, node in enumerate(nodes_of(cluster)):
            state = "Running" if kubelet_runs(node) else "Stopped"
            code |= 0 if state == "Running" else 3
            rows = [node["metadata"]["name"], f"type: {'Worker' if index else 'Control Plane'}", f"host: {state}",
                    f"kubelet: {state}", *([] if index else [f"apiserver: {state}", f"kubeconfig: {configured}"])]
            click.echo("\n".join(rows) + "\n")
    ctx.exit(code | (0 if configured == "Configured" else 4))


@minikube.command("stop", context_settings=_UNKNOWN)
@click.pass_obj
def stop(profile: _Profile) -> None:
    """Stop all nodes. Unlike a real one, the API server still answers."""
    from ..cluster import nodes

    with profile.open() as cluster:
        names = [node["metadata"]["name"] for node in nodes_of(cluster)]
        for name in reversed(names):
            _say(f'Stopping node "{name}"  ...')
            nodes.stop(cluster, name)
    _say(f"{len(names)} node{'s' * (len(names) != 1)} stopped.")


@minikube.command("delete", context_settings=_UNKNOWN)
@click.option("--all", "everything", is_flag=True, help="Delete all clusters that are minikube's.")
@click.pass_obj
def delete(profile: _Profile, everything: bool) -> None:
    """Throw the cluster away, and its context."""
    names = [name for name in profile.machines.names() if not name.startswith("kind-")]
    if not everything:
        profile.require()
        names = [profile.name]
    for name in names:
        _say(f'Deleting "{name}" in kubesim ...')
        profile.machines.remove(name)
        _say(f'Removed all traces of the "{name}" cluster.')


@minikube.command("ip")
@click.option("--node", "-n", "wanted", default="", help="Of which node; otherwise the first.")
@click.pass_obj
def ip(profile: _Profile, wanted: str) -> None:
    """Print a node's address."""
    from ..helpers.nodes import internal_ip

    with profile.open() as cluster:
        for node in nodes_of(cluster):
            if wanted in ("", node["metadata"]["name"]):
                click.echo(internal_ip(node))
                return
    _exit("GUEST", "NODE_RETRIEVE", f"Could not find node {wanted}", 80)


@minikube.command("version", context_settings=_UNKNOWN)
@click.option("--short", is_flag=True, help="The version alone.")
def version(short: bool) -> None:
    """Tell what plays minikube."""
    click.echo(f"kubesim {__version__}" if short else f"minikube version: kubesim {__version__}")


@minikube.command("service", context_settings=_UNKNOWN)
@click.argument("name")
@click.option("--namespace", "-n", default="default", show_default=True)
@click.option("--url", "only_url", is_flag=True, help="The URL alone.")
@click.option("--https", is_flag=True, help="URLs of https.")
@click.pass_obj
def service(profile: _Profile, name: str, namespace: str, only_url: bool, https: bool) -> None:
    """Print where a service is reached from outside; `list` shows all. `kubesim sim curl` reaches it."""
    from ..helpers.nodes import internal_ip

    head = ["NAMESPACE", "NAME", "TARGET PORT", "URL"]
    with profile.open() as cluster:
        address = internal_ip(nodes_of(cluster)[0])
        if name == "list":
            every = cluster.client.items("services")
            click.echo(grid([head, *(row for each in every for row in _rows(each, address, https))]), nl=False)
            return
        found = cluster.client.find("services", name, namespace)
    if found is None:
        _exit("SVC", "NOT_FOUND", f"Service '{name}' was not found in '{namespace}' namespace.\nYou may select another "
              f"namespace by using 'minikube service {name} -n <namespace>'. Or list out all the services using "
              "'minikube service list'")
    rows = _rows(found, address, https)
    urls = [row[3] for row in rows if row[3]]
    if only_url:
        click.echo("".join(url + "\n" for url in urls), nl=False)
    else:
        click.echo(grid([head, *rows]), nl=False)
    if not urls:
        _say(f"service {namespace}/{name} has no node port")
    elif not only_url:
        _say(f"No browser reaches a simulated service; this does: kubesim sim curl {urls[0]}")


def _rows(found: Object, address: str, https: bool) -> list[list[str]]:
    meta, spec = found["metadata"], found["spec"]
    ports = [port for port in spec.get("ports") or () if port.get("nodePort")]
    if not ports:
        return [[meta["namespace"], meta["name"], "No node port", ""]]
    scheme = "https" if https else "http"
    return [[meta["namespace"], meta["name"],
             f"{port['name']}/{port['port']}" if port.get("name") else str(port["port"]),
             f"{scheme}://{address}:{port['nodePort']}"] for port in ports]


@minikube.command("tunnel", context_settings=_UNKNOWN)
@click.option("--cleanup", is_flag=True, help="Take the addresses back.")
@click.pass_obj
def tunnel(profile: _Profile, cleanup: bool) -> None:
    """Give LoadBalancer services addresses. It stays open when this has ended; --cleanup closes it."""
    from ..cluster import nodes
    from ..helpers.nodes import TUNNEL

    with profile.open() as cluster:
        nodes.annotate(cluster, nodes_of(cluster)[0]["metadata"]["name"], {TUNNEL: None if cleanup else "open"})
    _say("Tunnel closed" if cleanup else "Tunnel successfully started")


@minikube.command("dashboard", context_settings=_UNKNOWN)
def dashboard() -> None:
    """Is not played: there is no server that a browser could talk to."""
    _exit("MK", "UNIMPLEMENTED", "a simulated cluster has no dashboard; `kubesim sim watch` shows what there is", 1)


@minikube.command("kubectl", context_settings=_UNKNOWN)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def kubectl(ctx: click.Context, words: tuple[str, ...]) -> None:
    """Run kubectl."""
    profile: _Profile = ctx.obj
    assert profile.settings.execute is not None
    ctx.exit(profile.settings.execute(["--context", profile.name, *words], {**os.environ, "KUBECONFIG": ""}))


@minikube.command("profile")
@click.argument("name", default="")
@click.pass_obj
def profile_(profile: _Profile, name: str) -> None:
    """Print the current cluster, make NAME the current one, or `list` all."""
    machines = profile.machines
    if name == "list":
        rows = [["Profile", "VM Driver", "Version", "Nodes", "Active Profile"]]
        for each in machines.names():
            with machines.open(each) as cluster:
                from ..releases.server import PATCH

                rows.append([each, "kubesim", PATCH[cluster.server.release], str(len(nodes_of(cluster))),
                             "*" if each == machines.current else ""])
        click.echo(grid(rows), nl=False)
    elif name:
        _Profile(profile.settings, name).require()
        machines.use(name)
        _say(f"minikube profile was successfully set to {name}")
    else:
        _say(profile.name)


@minikube.group("image")
def image() -> None:
    """Bring images into the cluster."""


@image.command("load", context_settings=_UNKNOWN)
@click.argument("images", nargs=-1, required=True)
@click.pass_obj
def image_load(profile: _Profile, images: tuple[str, ...]) -> None:
    """Have images in the cluster, whatever is in them."""
    from ..cluster import images as of_cluster

    with profile.open() as cluster:
        for name in images:
            try:
                of_cluster.load(cluster, name)
            except of_cluster.Invalid as problem:
                _exit("GUEST", "IMAGE_LOAD", str(problem), 80)


@minikube.group("node")
def node() -> None:
    """Add, remove and list nodes."""


@node.command("list")
@click.pass_obj
def node_list(profile: _Profile) -> None:
    """Print the nodes and their addresses."""
    from ..helpers.nodes import internal_ip

    with profile.open() as cluster:
        for each in nodes_of(cluster):
            click.echo(f"{each['metadata']['name']}\t{internal_ip(each)}")


@node.command("add", context_settings=_UNKNOWN)
@click.pass_obj
def node_add(profile: _Profile) -> None:
    """Add a worker."""
    from ..cluster import nodes

    with profile.open() as cluster:
        try:
            name = nodes.add(cluster)
        except ValueError as why:
            _exit("GUEST", "NODE_ADD", f"failed to add node: {why}", 80)
    _say(f"Adding node {name} to cluster {profile.name} as [worker]")
    _say(f"Successfully added {name} to {profile.name}!")


@node.command("delete", context_settings=_UNKNOWN)
@click.argument("name")
@click.pass_obj
def node_delete(profile: _Profile, name: str) -> None:
    """Remove a node."""
    from ..cluster import nodes

    with profile.open() as cluster:
        if cluster.client.find("nodes", name) is None:
            _exit("GUEST", "NODE_DELETE", f"deleting node: retrieve: Could not find node {name}", 80)
        _say(f"Deleting node {name} from cluster {profile.name}")
        nodes.remove(cluster, name)
    _say(f"Node {name} was successfully deleted.")


@minikube.group("addons")
def addons() -> None:
    """Which addons there are, and which are enabled."""


@addons.command("list", context_settings=_UNKNOWN)
@click.pass_obj
def addons_list(profile: _Profile) -> None:
    """List the addons that can be had."""
    with profile.open() as cluster:
        rows = [[name, profile.name, "enabled" if _enabled(cluster, name) else "disabled"] for name in _ADDONS]
    click.echo(grid([["ADDON NAME", "PROFILE", "STATUS"], *rows]), nl=False)


@addons.command("enable", context_settings=_UNKNOWN)
@click.argument("name")
@click.pass_obj
def addons_enable(profile: _Profile, name: str) -> None:
    """Make the objects of an addon."""
    with profile.open() as cluster:
        _enable(cluster, name)
    _say(f"The '{name}' addon is enabled")


@addons.command("disable", context_settings=_UNKNOWN)
@click.argument("name")
@click.pass_obj
def addons_disable(profile: _Profile, name: str) -> None:
    """Delete the objects of an addon."""
    with profile.open() as cluster:
        for resource, obj in reversed(_objects(name)):
            namespace = obj["metadata"].get("namespace", "")
            if cluster.client.find(resource, obj["metadata"]["name"], namespace) is not None:
                cluster.client.delete(resource, obj["metadata"]["name"], namespace)
    _say(f"\"The '{name}' addon is disabled")


def _enabled(cluster: Cluster, addon: str) -> bool:
    resource, namespace, name = _ADDONS[addon]
    return cluster.client.find(resource, name, namespace) is not None


def _enable(cluster: Cluster, addon: str) -> None:
    if addon in _ADDONS and _enabled(cluster, addon):
        return
    for resource, obj in _objects(addon):
        namespace = obj["metadata"].get("namespace", "")
        if cluster.client.find(resource, obj["metadata"]["name"], namespace) is None:
            cluster.client.create(resource, obj, namespace)


def _objects(addon: str) -> list[tuple[str, Object]]:
    """Return an addon's objects, each with its resource."""
    import json

    with open(os.path.join(os.path.dirname(__file__), "addons.json"), encoding="utf-8") as file:
        data = json.load(file)
    if addon not in data:
        _exit("MK", "ADDON_ENABLE", f"addon '{addon}' is not simulated; `minikube addons list` shows which are", 10)
    return [(resource, obj) for resource, obj in data[addon]]


COMMANDS = [minikube]
