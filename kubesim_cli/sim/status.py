"""`kubesim sim status` and `kubesim sim watch`: what runs where, a tree of nodes, workloads, pods, claims, volumes."""

from __future__ import annotations

import sys

import click

from .clock import Number
from .console import color_option, console, style_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.text import Text
    from rich.tree import Tree

    from ..cluster.cluster import Cluster
    from ..machinery.types import Object
    from .settings import Settings

# The kinds that pods belong to, from the outermost to the innermost, and the column that tells how they are.
_WORKLOADS = {"Deployment": ("deployments.apps", "Ready"), "StatefulSet": ("statefulsets.apps", "Ready"),
              "DaemonSet": ("daemonsets.apps", "Ready"), "CronJob": ("cronjobs.batch", "Schedule"),
              "Job": ("jobs.batch", "Completions"), "ReplicaSet": ("replicasets.apps", "Ready"),
              "ReplicationController": ("replicationcontrollers", "Ready")}
_LOOK = 0.5  # real seconds between two looks of `watch`


class _Shown:
    """What is shown of a cluster: the objects of one namespace, of all, or ("") of all but those of the system."""

    def __init__(self, cluster: Cluster, namespace: str, everything: bool):
        self._client, self._namespace, self._everything = cluster.client, namespace, everything
        self._owners: dict[str, Object] = {}  # workloads by UID
        self._ready: dict[str, str] = {}
        for resource, column in _WORKLOADS.values():
            for obj, cells in self._rows(resource):
                self._owners[obj["metadata"]["uid"]] = obj
                self._ready[obj["metadata"]["uid"]] = str(cells[column])
        self.pods = list(self._rows("pods"))
        self.claims = {(obj["metadata"]["namespace"], obj["metadata"]["name"]): obj
                       for obj, _ in self._rows("persistentvolumeclaims")}
        self.volumes = {obj["metadata"]["name"]: obj for obj in self._client.items("persistentvolumes")}
        self.nodes = list(self._rows("nodes"))

    def _rows(self, resource: str) -> Iterator[tuple[Object, Object]]:
        """Yield objects, each with what kubectl would show of it: cells by the names of their columns."""
        found = [obj for obj in self._client.items(resource) if self._shows(obj["metadata"].get("namespace", ""))]
        table = self._client.tabulate(resource, found)
        names = [column["name"] for column in table["columnDefinitions"]]
        for obj, row in zip(found, table["rows"]):
            yield obj, dict(zip(names, row["cells"]))

    def _shows(self, namespace: str) -> bool:
        if not namespace or self._everything:
            return True
        return namespace == self._namespace if self._namespace else not namespace.startswith("kube-")

    def workloads(self) -> list[Object]:
        """Return the workloads that belong to no other one."""
        return [obj for obj in self._owners.values() if self.owner(obj) is obj]

    def owner(self, obj: Object) -> Object:
        """Return the outermost workload that an object belongs to, or itself."""
        references = obj["metadata"].get("ownerReferences") or ()
        uid = next((reference["uid"] for reference in references if reference.get("controller")), "")
        return self.owner(self._owners[uid]) if uid in self._owners else obj

    def title(self, obj: Object) -> Text:
        """Return the line of a workload."""
        from rich.text import Text

        ready = self._ready[obj["metadata"]["uid"]]
        text = Text(f"{obj['kind'].lower()}/").append(obj["metadata"]["name"], "bold")
        return text.append(f"  {ready}", style_of(ready)).append(f"  {obj['metadata']['namespace']}", "dim")


def tree(cluster: Cluster, namespace: str = "", everything: bool = False) -> Tree:
    """Return what a cluster is, by node."""
    from rich.text import Text
    from rich.tree import Tree

    from ..machinery import timestamps
    from ..releases.server import PATCH

    shown = _Shown(cluster, namespace, everything)
    clock = "frozen" if cluster.clock.frozen else "running"
    root = Tree(Text(f"{timestamps.format(cluster.now)}, {clock}").append(
        f"  Kubernetes {PATCH[cluster.server.release]}", "dim"))
    for node, cells in shown.nodes:
        pods = [each for each in shown.pods if each[0]["spec"].get("nodeName") == node["metadata"]["name"]]
        status = str(cells["Status"])
        line = Text("node/").append(node["metadata"]["name"], "bold").append(f"  {status}", style_of(status))
        _pods(root.add(line), shown, pods)
    waiting = [each for each in shown.pods if not each[0]["spec"].get("nodeName")]
    if waiting:
        _pods(root.add("on no node"), shown, waiting)
    with_pods = {id(shown.owner(pod)) for pod, _ in shown.pods}
    idle = [obj for obj in shown.workloads() if id(obj) not in with_pods]
    if idle:
        branch = root.add("without pods")
        for obj in idle:
            branch.add(shown.title(obj))
    mounted = {key for pod, _ in shown.pods for key in _claims(pod)}
    loose = [shown.claims[key] for key in sorted(shown.claims.keys() - mounted)]
    volumes = [volume for volume in shown.volumes.values() if not volume["spec"].get("claimRef")]
    if loose or volumes:
        branch = root.add("not mounted")
        for claim in loose:
            _claim(branch, shown, claim)
        for volume in volumes:
            branch.add(_volume(volume))
    return root


def _pods(branch: Tree, shown: _Shown, pods: list[tuple[Object, Object]]) -> None:
    """Add pods below the workloads that they belong to."""
    from rich.text import Text

    branches: dict[int, Tree] = {}
    for pod, cells in pods:
        owner = shown.owner(pod)
        if owner is not pod and id(owner) not in branches:
            branches[id(owner)] = branch.add(shown.title(owner))
        ready, status = str(cells["Ready"]), str(cells["Status"])
        line = Text("pod/").append(pod["metadata"]["name"], "bold").append(f"  {ready}", style_of(ready))
        line.append(f" {status}", style_of(status)).append(f"  {cells['Age']}", "dim")
        if cells["Restarts"] not in ("0", 0):
            line.append(f"  restarted {cells['Restarts']}", "yellow")
        if owner is pod:
            line.append(f"  {pod['metadata']['namespace']}", "dim")
        under = branches.get(id(owner), branch).add(line)
        for key in _claims(pod):
            if key in shown.claims:
                _claim(under, shown, shown.claims[key])
            else:
                under.add(Text(f"claim/{key[1]}  not there", "red"))


def _claims(pod: Object) -> list[tuple[str, str]]:
    """Return (namespace, name) of the claims that a pod mounts."""
    found = []
    for volume in pod["spec"].get("volumes") or ():
        if "persistentVolumeClaim" in volume:
            found.append((pod["metadata"]["namespace"], volume["persistentVolumeClaim"]["claimName"]))
        elif "ephemeral" in volume:
            found.append((pod["metadata"]["namespace"], f"{pod['metadata']['name']}-{volume['name']}"))
    return found


def _claim(branch: Tree, shown: _Shown, claim: Object) -> None:
    from rich.text import Text

    phase = (claim.get("status") or {}).get("phase", "")
    line = Text("claim/").append(claim["metadata"]["name"], "bold").append(f"  {phase}", style_of(phase))
    under = branch.add(line)
    volume = shown.volumes.get(claim["spec"].get("volumeName", ""))
    if volume is not None:
        under.add(_volume(volume))


def _volume(volume: Object) -> Text:
    from rich.text import Text

    spec, phase = volume["spec"], (volume.get("status") or {}).get("phase", "")
    line = Text("volume/").append(volume["metadata"]["name"]).append(f"  {phase}", style_of(phase))
    return line.append(f"  {spec['capacity']['storage']} {spec.get('storageClassName', '')}".rstrip(), "dim")


def _options(command: Callable[..., None]) -> Callable[..., None]:
    for option in (click.option("-n", "--namespace", default="", help="Only what is in this one."),
                   click.option("-A", "--all-namespaces", "everything", is_flag=True, help="The system's, too."),
                   color_option):
        command = option(command)
    return command


@click.command("status", short_help="Show what runs where: nodes, pods, claims, volumes.")
@_options
@click.pass_obj
def status(settings: Settings, namespace: str, everything: bool, color: str | None) -> None:
    """Show what runs where: nodes, their workloads and pods, the pods' claims and these' volumes.

    What is in namespaces that begin with kube- is left out, unless -A or -n asks for it.
    """
    with settings.opened() as cluster:
        console(settings.environ, color).print(tree(cluster, namespace, everything))


@click.command("watch", short_help="Show what `sim status` shows, and keep it up to date.")
@_options
@click.option("--for", "seconds", type=Number(0), default=None, metavar="SECONDS",
              help="End after so many real seconds.")
@click.pass_obj
def watch(settings: Settings, namespace: str, everything: bool, color: str | None, seconds: float | None) -> None:
    """Show what `sim status` shows, and keep it up to date; q or Ctrl-C ends it.

    A frozen clock stays where it is: commands in another terminal move it. Without a terminal it is shown once.
    """
    import time
    from contextlib import nullcontext

    from rich.live import Live

    from ..kubectl.util.keyboard import Keyboard, Raw, can_be_raw

    screen = console(settings.environ, color)
    with settings.opened() as cluster:
        if not screen.is_terminal or not sys.stdout.isatty():
            screen.print(tree(cluster, namespace, everything))
            return
        end = float("inf") if seconds is None else time.monotonic() + seconds
        raw = Raw(sys.stdin, whole=False) if can_be_raw(sys.stdin) else nullcontext()
        keyboard = Keyboard(sys.stdin)
        with raw, Live(console=screen, auto_refresh=False, screen=True) as live:
            try:
                while True:
                    live.update(tree(cluster, namespace, everything), refresh=True)
                    cluster.commit()
                    left = end - time.monotonic()
                    if left <= 0 or (keyboard.read(min(_LOOK, left)) or b"").lower() == b"q":
                        break
                    if keyboard.ended:
                        time.sleep(max(0.0, min(_LOOK, left)))
                    cluster.refresh()
            except KeyboardInterrupt:
                pass
        screen.print(tree(cluster, namespace, everything))


COMMANDS = [status, watch]
