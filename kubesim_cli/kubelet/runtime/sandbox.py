"""A pod in an engine: what its containers are put together from, and by which names the engine has them.

A container is called UID/NAME, by its pod's. So is a volume that dies with the pod; one that a claim is bound to is
called pv/VOLUME, and what a node has on its disk is one volume, node/NODE.
"""

from __future__ import annotations

from ...helpers import volumes
from ...machinery.objects import controller_of
from ...machinery.streaming import StartError
from ..images import catalogue, image
from ..network import podfiles
from . import capabilities, environment, given, taken
from .bin.web import presumed
from .engine import Container, Engine, Mount, Session, Spec
from .kernel import settings
from .kernel.errors import Errno
from .kernel.files import ROOT, Tree, User
from .kernel.network import LOOPBACK
from .unknown import UNKNOWN, find_finite, find_lasting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...apiserver.client import Client
    from ...machinery.types import Object
    from .kernel.files import Volume

GIVEN = ("configMap", "secret", "projected", "downwardAPI")  # volumes that the kubelet writes
KEPT = ("persistentVolumeClaim", "ephemeral", "hostPath")    # volumes that may outlive the pod
_PLUGINS = {"configMap": "configmap", "secret": "secret", "projected": "projected", "downwardAPI": "downward-api",
            "emptyDir": "empty-dir"}


def user_of(pod: Object, container: Object, inside: image.Image) -> User:
    """Return who a container's processes are; `inside`: its image, whose /etc/group counts by the Merge policy."""
    own = inside.user
    context = {**(pod["spec"].get("securityContext") or {}), **(container.get("securityContext") or {})}
    groups = list(context.get("supplementalGroups") or ())
    if "fsGroup" in context:
        groups.append(context["fsGroup"])
    uid, _, gid = own.partition(":")
    if "runAsUser" in context:
        uid, gid = context["runAsUser"], ""
    if context.get("supplementalGroupsPolicy") != "Strict":
        names = {name for name, known in inside.users.items() if known == int(uid)}
        groups += [gid_ for gid_, *members in inside.groups.values() if names & {*members} and gid_ not in groups]
    return User(int(uid), int(context.get("runAsGroup") or gid or 0), tuple(groups))


def container_user(api: Client, pod: Object, container: Object) -> Object:
    """Return who a container runs as, as containerd tells it: the primary group is among the others."""
    user = user_of(pod, container, image.of(catalogue.of(api).key(container["image"])))
    return {"linux": {"uid": user.uid, "gid": user.gid, "supplementalGroups": [
        user.gid, *(group for group in user.groups if group != user.gid)]}}


def user_problem(api: Client, pod: Object, container: Object) -> str:
    """Return why a container must not run that is not to be root, "" where it may (verifyRunAsNonRoot)."""
    context = {**(pod["spec"].get("securityContext") or {}), **(container.get("securityContext") or {})}
    inside = image.of(catalogue.of(api).key(container["image"]))
    if not context.get("runAsNonRoot") or (not inside.is_known and "runAsUser" not in context):
        return ""
    meta = pod["metadata"]
    who = f'(pod: "{meta["name"]}_{meta["namespace"]}({meta["uid"]})", container: {container["name"]})'
    if "runAsUser" in context:
        return "" if context["runAsUser"] else f"container's runAsUser breaks non-root policy {who}"
    return "" if inside.user.partition(":")[0] != "0" else (
        f"container has runAsNonRoot and image will run as root {who}")


def is_finite(pod: Object, container: Object) -> bool:
    """Tell whether a container is to end: one of a Job, or one that others wait for."""
    if any(container["name"] == each["name"] for each in pod["spec"].get("initContainers") or ()):
        return container.get("restartPolicy") != "Always"
    owner = controller_of(pod)
    return owner is not None and owner["kind"] == "Job"


def volumes_of(pod: Object, container: Object) -> list[Object]:
    """Return the volumes that a container mounts."""
    named = {volume["name"]: volume for volume in pod["spec"].get("volumes") or ()}
    return [named[mount["name"]] for mount in container.get("volumeMounts") or () if mount["name"] in named]


def is_given(volume: Object) -> bool:
    """Tell whether the kubelet is who writes a volume."""
    return any(kind in volume for kind in GIVEN)


def keeps(pod: Object, container: Object) -> bool:
    """Tell whether a container may write what outlives its pod."""
    read_only = {mount["name"] for mount in container.get("volumeMounts") or () if mount.get("readOnly")}
    return any(kind in volume for volume in volumes_of(pod, container) if volume["name"] not in read_only
               for kind in KEPT)


class Sandbox:
    """A pod in an engine."""

    def __init__(self, engine: Engine, api: Client, pod: Object):
        self.engine, self.api, self.pod = engine, api, pod
        self.uid: str = pod["metadata"].get("uid", "")
        self.hooks: dict[str, Session | StartError] = {}  # postStart hooks that were started, by container

    def name(self, container: Object) -> str:
        """Return how the engine calls a container."""
        return f"{self.uid}/{container['name']}"

    def start(self, container: Object, idle: bool = False) -> Container:
        """Start a container now; raise StartError where its program cannot be.

        Without a command that is known, or where it is to be `idle`, its process 1 only is there.
        """
        pod, now = self.pod, self.engine.kernel.now
        services = podfiles.service_variables(self.api, pod, now)
        env, _ = environment.environment(self.api, pod, container, services)
        env.update((name, value) for name, value in services.items() if name not in env)
        limit = memory_limit(container)
        key = catalogue.of(self.api).key(container["image"])
        inside = image.of(key)
        user = user_of(pod, container, inside)
        named = {volume["name"]: volume for volume in pod["spec"].get("volumes") or ()}
        mounts = [self._mount(named.get(mount["name"]) or {"name": mount["name"]}, mount)
                  for mount in container.get("volumeMounts") or ()]
        finite = is_finite(pod, container)
        argv = [] if idle else environment.arguments(self.api, container, env)
        spec = Spec(key, argv or [UNKNOWN], {"HOME": "/" if user.uid else "/root", **inside.env, **env},
                    pod["spec"].get("hostname") or pod["metadata"]["name"], f"{self.uid} {now}", user,
                    container.get("workingDir") or inside.workdir, tuple(mounts),
                    None if limit is None else _bytes(limit), bool(container.get("stdin")), bool(container.get("tty")),
                    (pod.get("status") or {}).get("podIP") or LOOPBACK,
                    find_finite if finite and not idle else find_lasting,
                    f"node/{pod['spec'].get('nodeName')}" if self._shares_node() else self.uid, _cpu_limit(container),
                    capabilities.of(container), presumed.ports(container))
        made = self.engine.start(self.name(container), spec)
        tree, made.space.settings = made.space.tree, settings.of_pod(pod)
        self._tell_network(tree)
        for path in {"/dev/termination-log", container.get("terminationMessagePath") or "/dev/termination-log"}:
            try:
                tree.put(path, b"", 0o666, now=now)
            except Errno:
                continue
        if not inside.is_known:
            taken.furnish(tree, container, now, finite)
        self._hook(container)
        if any("exec" in (container.get(f"{kind}Probe") or {}) for kind in ("startup", "liveness", "readiness")):
            from .probing import attend

            hook = self.hooks.get(container["name"])
            attend(made, container, hook.process if isinstance(hook, Session) else None)
        return made

    def _tell_network(self, tree: Tree) -> None:
        """Write what the kubelet mounts into every container."""
        pod, now = self.pod, self.engine.kernel.now
        shared = self._shares_node()
        node = self.api.find("nodes", pod["spec"].get("nodeName", "")) if shared else None
        tree.put("/etc/resolv.conf", podfiles.resolv_conf(self.api, pod).encode(), now=now)
        tree.put("/etc/hosts", podfiles.hosts(pod, node).encode(), now=now)

    def _shares_node(self) -> bool:
        return bool(self.pod["spec"].get("hostNetwork"))

    def _hook(self, container: Object) -> None:
        """Start a container's postStart hook, as far as it is a program."""
        command = (((container.get("lifecycle") or {}).get("postStart") or {}).get("exec") or {}).get("command")
        if command:
            try:
                self.hooks[container["name"]] = self.engine.execute(self.name(container), command)
            except StartError as error:
                self.hooks[container["name"]] = error

    # Volumes

    def _mount(self, volume: Object, mount: Object) -> Mount:
        name, path = self.place(volume)
        sub_path = "/".join(part.strip("/") for part in (path, mount.get("subPath") or "") if part.strip("/"))
        if name not in self.engine.volumes:
            self._make(name, volume)
        if (volume.get("hostPath") or {}).get("type") in ("File", "FileOrCreate"):
            tree = Tree(self.engine.volumes[name].root)
            tree.make_folders(path.rpartition("/")[0], now=self.engine.kernel.now)
            if tree.find(path, "/", ROOT).inode is None:
                tree.put(path, b"", now=self.engine.kernel.now)
        return Mount(mount["mountPath"], name, sub_path, is_given(volume) or bool(mount.get("readOnly")),
                     self._source(volume))

    def _source(self, volume: Object) -> str:
        """Return where a node has a volume."""
        if "hostPath" in volume:
            return str(volume["hostPath"]["path"])
        plugin = next((plugin for kind, plugin in _PLUGINS.items() if kind in volume), "csi")
        return f"/var/lib/kubelet/pods/{self.uid}/volumes/kubernetes.io~{plugin}/{volume['name']}"

    def place(self, volume: Object) -> tuple[str, str]:
        """Return how the engine calls a volume, and the folder of that which is meant ("": all of it)."""
        node = self.pod["spec"].get("nodeName", "")
        if "hostPath" in volume:
            return f"node/{node}", volume["hostPath"]["path"]
        bound = self._bound(volume)
        return place_of(bound, node) if bound is not None else (f"{self.uid}/{volume['name']}", "")

    def _bound(self, volume: Object) -> Object | None:
        """Return the PersistentVolume behind a pod's volume, None where there is none."""
        namespace = self.pod["metadata"]["namespace"]
        if "persistentVolumeClaim" in volume:
            name = volume["persistentVolumeClaim"]["claimName"]
        elif "ephemeral" in volume:
            name = f"{self.pod['metadata']['name']}-{volume['name']}"
        else:
            return None
        claim = self.api.find("persistentvolumeclaims", name, namespace)
        bound = (claim or {}).get("spec", {}).get("volumeName")
        return self.api.find("persistentvolumes", bound) if bound else None

    def _make(self, name: str, volume: Object) -> None:
        made = make_volume(self.engine, name, self._bound(volume))
        if name.startswith("node/"):
            return
        group = (self.pod["spec"].get("securityContext") or {}).get("fsGroup")
        if group is not None:
            made.root.gid, made.root.mode = group, made.root.mode | 0o2070
        if is_given(volume):
            self._write(made, volume)

    def _write(self, made: Volume, volume: Object) -> None:
        group = (self.pod["spec"].get("securityContext") or {}).get("fsGroup")
        given.write(made, environment.volume_files(self.api, self.pod, volume), group, self.engine.kernel.now)

    def refresh(self) -> None:
        """Write those volumes anew that tell of what has changed."""
        for volume in self.pod["spec"].get("volumes") or ():
            made = self.engine.volumes.get(f"{self.uid}/{volume['name']}")
            if made is not None and is_given(volume):
                self._write(made, volume)


def place_of(bound: Object, node: str) -> tuple[str, str]:
    """Return how the engine calls a PersistentVolume, and the folder of that which is meant ("": all of it).

    What is provisioned is a volume of its own; any other folder of a node is that."""
    path = (bound["spec"].get("hostPath") or bound["spec"].get("local") or {}).get("path", "")
    if path and volumes.annotation(bound, volumes.PROVISIONED_BY) is None:
        return f"node/{node}", path
    return f"pv/{bound['metadata']['name']}", ""


def make_volume(engine: Engine, name: str, bound: Object | None) -> Volume:
    """Return a volume of the engine, which is made where it is not there; `bound`: the PersistentVolume that it is."""
    if name in engine.volumes:
        return engine.volumes[name]
    own = bound is not None and name.startswith("pv/")
    made = engine.volume(name, volumes.volume_size(bound) if bound is not None and own else None)
    if not name.startswith("node/"):
        made.root.mode = 0o777
    return made


def memory_limit(container: Object) -> str | None:
    """Return a container's memory limit, a quantity."""
    limit: str | None = ((container.get("resources") or {}).get("limits") or {}).get("memory")
    return limit


def _cpu_limit(container: Object) -> int | None:
    """Return a container's CPU limit in thousandths of a core."""
    limit = ((container.get("resources") or {}).get("limits") or {}).get("cpu")
    if limit is None:
        return None
    from ...machinery import quantity

    return quantity.milli(limit)


def _bytes(limit: str) -> int:
    from ...machinery import quantity

    return quantity.value(limit)


def message(inside: Container, container: Object) -> str:
    """Return the termination message of a container that has ended: what stands in the file for that, or the end of
    its output where it failed and wants that (pkg/kubelet/kuberuntime, getTerminationMessage)."""
    try:
        path = container.get("terminationMessagePath") or "/dev/termination-log"
        inode = inside.space.tree.lookup(path, "/", ROOT).inode
    except Errno:
        inode = None
    text = bytes(inode.data[:4096]).decode("utf-8", "replace") if inode is not None else ""
    failed = inside.main is not None and inside.main.status
    if text or not failed or container.get("terminationMessagePolicy") != "FallbackToLogsOnError":
        return text
    said = b"".join(data for _, _, data in inside.said.since()[0]).decode("utf-8", "replace")
    return "".join(said.splitlines(keepends=True)[-80:])[-2048:]
