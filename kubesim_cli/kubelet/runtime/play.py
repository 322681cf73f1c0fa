"""A container played from its start, together with what shares volumes with it.

The kubelet looks at a container now and then and asks what has become of it. Nothing of it is kept from one look to the
next: it is played again, which gives the same, for its start decides everything. How far ahead is bounded by how much
is done: a container that has not ended by then goes on.
"""

from __future__ import annotations

from functools import partial
from heapq import heappop, heappush

from ...machinery import timestamps
from ...machinery.objects import controller_of
from . import bin as programs
from . import environment, taken
from .engine import Container, Engine, Mount, Spec, StartError
from .kernel.errors import Errno
from .kernel.files import ROOT, Tree, User, Volume
from .kernel.network import Routes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ...apiserver.client import Client
    from ...machinery.types import Object
    from .kernel.process import Find, Process, Program, Space

TURNS = 10_000    # moments at which something happens that are played at most
STEPS = 100_000   # operations of shells, and the like, that are
SOON = 300        # moments that are played when process 1 is seen to be in an endless loop
BEFORE = 3600.0   # seconds before its start that others which still run are played from
_GIVEN = ("configMap", "secret", "projected", "downwardAPI")  # volumes that the kubelet writes


class _Names(Routes):
    """What a pod sees of the network: which names are known by now. What is behind them is not played."""

    def __init__(self, engine: Engine, resolves: Callable[[str], float | None]):
        self._engine, self._resolves = engine, resolves

    def resolve(self, space: Space, name: str) -> list[str]:
        """Return an address, which leads nowhere, for a name that is known."""
        since = self._resolves(name)
        return ["0.0.0.0"] if since is not None and since <= self._engine.kernel.now else []


def _finder(finite: bool) -> Find:
    """Return how programs are found in a container. One that nobody knows: where the container lives by it, it goes on,
    or ends well where that is to end (`finite`); in what is run beside it, it ends well."""

    def unknown(process: Process) -> int | None:
        top = process
        while top.parent is not None:
            top = top.parent
        if finite or top is not top.space.init:
            return 0
        process.wait()
        return None

    def find(tree: Tree, user: User, cwd: str, path: str | None, name: str) -> Program:
        from .bin import network

        try:
            found = programs.find(tree, user, cwd, path, name)
        except Errno as error:
            if error.name != "ENOENT" or not name:
                raise
            return unknown
        return network.PROGRAMS.get(name.rpartition("/")[2], found)

    return find


def _user(pod: Object, container: Object) -> User:
    """Return who a container's processes are."""
    context = {**(pod["spec"].get("securityContext") or {}), **(container.get("securityContext") or {})}
    groups = list(context.get("supplementalGroups") or ())
    if "fsGroup" in context:
        groups.append(context["fsGroup"])
    return User(context.get("runAsUser") or 0, context.get("runAsGroup") or 0, tuple(groups))


def _is_finite(pod: Object, container: Object) -> bool:
    if any(container["name"] == each["name"] for each in pod["spec"].get("initContainers") or ()):
        return container.get("restartPolicy") != "Always"
    owner = controller_of(pod)
    return owner is not None and owner["kind"] == "Job"


def _shared(pod: Object, container: Object) -> set[str]:
    """Return the volumes that a container may share what it writes by."""
    given = {volume["name"] for volume in pod["spec"].get("volumes") or () if any(kind in volume for kind in _GIVEN)}
    return {mount["name"] for mount in container.get("volumeMounts") or ()} - given


class Play:
    """`container` is played from `start` on (seconds since 1970). `main`: its process 1.

    `pod`'s status tells when its other containers were started: those that share a volume with it are played, too; an
    init container's files are there for those after it. Raises StartError where the container's program cannot start.
    """

    main: Process

    def __init__(self, api: Client, pod: Object, container: Object, start: float):
        self.api, self.pod, self.container, self.start = api, pod, container, start
        self.turns = 0
        self._acts: list[tuple[float, int, Callable[[], object]]] = []
        others = self._others()
        self.engine = Engine(min([began for _, began, _ in others] + [start]))
        self.kernel = self.engine.kernel
        self.engine.connect(_Names(self.engine, environment.resolver(api, pod["metadata"]["namespace"])))
        for other, began, ended in others:
            self._act(began, partial(self._try, other))
            if ended is not None:
                self._act(ended, partial(self._stop, other["name"]))
        self._act(start, partial(self._launch, container))
        while container["name"] not in self.engine.containers:
            self.forward()
        main = self.inside.main
        assert main is not None
        self.main = main

    @property
    def inside(self) -> Container:
        """The container in the engine."""
        return self.engine.containers[self.container["name"]]

    # What it is put together from

    def _others(self) -> list[tuple[Object, float, float | None]]:
        """Return (container, start, end) of those that share a volume with it."""
        spec, status = self.pod["spec"], self.pod.get("status") or {}
        volumes = _shared(self.pod, self.container)
        if not volumes:
            return []
        states = {each["name"]: each["state"] for each in (*(status.get("initContainerStatuses") or ()),
                                                           *(status.get("containerStatuses") or ()))}
        found: list[tuple[Object, float, float | None]] = []
        for each in (*(spec.get("initContainers") or ()), *spec["containers"]):
            state = states.get(each["name"], {})
            times = state.get("running") or state.get("terminated") or {}
            if (each["name"] == self.container["name"] or not times.get("startedAt")
                    or not volumes & _shared(self.pod, each)):
                continue
            began, ended = timestamps.parse(times["startedAt"]), times.get("finishedAt")
            found.append((each, began, timestamps.parse(ended)) if ended else
                         (each, max(began, self.start - BEFORE), None))
        return found

    def _launch(self, container: Object) -> None:
        """Start a container; without a command that is known its process 1 only is there."""
        pod = self.pod
        env, _ = environment.environment(self.api, pod, container)
        limit = memory_limit(container)
        user = _user(pod, container)
        named = {volume["name"]: volume for volume in pod["spec"].get("volumes") or ()}
        mounts = []
        for mount in container.get("volumeMounts") or ():
            volume = named.get(mount["name"]) or {"name": mount["name"]}
            given = self._fill(volume)
            mounts.append(Mount(mount["mountPath"], mount["name"], mount.get("subPath") or "",
                                given or bool(mount.get("readOnly"))))
        now, finite = self.kernel.now, _is_finite(pod, container)
        spec = Spec(container["image"], environment.arguments(container, env) or ["kubesim-unknown"],
                    {"HOME": "/" if user.uid else "/root", **env},
                    pod["spec"].get("hostname") or pod["metadata"]["name"],
                    f"{pod['metadata'].get('uid')} {now}", user, container.get("workingDir") or "/", tuple(mounts),
                    None if limit is None else _bytes(limit), program=_finder(finite))
        tree = self.engine.start(container["name"], spec).space.tree
        for path in {"/dev/termination-log", container.get("terminationMessagePath") or "/dev/termination-log"}:
            try:
                tree.put(path, b"", 0o666, now=now)
            except Errno:
                continue
        taken.furnish(tree, container, now, finite)

    def _fill(self, volume: Object) -> bool:
        """Make a volume, where it is not there yet; return whether the kubelet is who writes it."""
        given = any(kind in volume for kind in _GIVEN)
        if volume["name"] not in self.engine.volumes:
            made = self.engine.volume(volume["name"])
            made.root.mode = 0o755 if given else 0o777
            group = (self.pod["spec"].get("securityContext") or {}).get("fsGroup")
            if group is not None:
                made.root.gid, made.root.mode = group, made.root.mode | 0o2070
            if given:
                self._write(made, volume)
        return given

    def _write(self, made: Volume, volume: Object) -> None:
        tree = Tree(made.root)
        for path, (content, mode) in environment.volume_files(self.api, self.pod, volume).items():
            tree.put("/" + path, content.encode("utf-8", "surrogateescape"), mode, now=self.kernel.now)

    # Playing

    def _act(self, time: float, act: Callable[[], object]) -> None:
        heappush(self._acts, (time, len(self._acts), act))

    def _try(self, container: Object) -> None:
        """Start another container, if it can be."""
        try:
            self._launch(container)
        except StartError:
            pass

    def _stop(self, name: str) -> None:
        if name in self.engine.containers:
            self.engine.kill(name)

    def due(self) -> float | None:
        """Return when the next thing happens, None where nothing does any more by itself."""
        due = self.engine.next()
        return due if not self._acts else self._acts[0][0] if due is None else min(due, self._acts[0][0])

    def forward(self) -> bool:
        """Let the next thing happen; return False where nothing does any more by itself."""
        due = self.engine.next()
        if self._acts and (due is None or self._acts[0][0] <= due):
            time, _, act = heappop(self._acts)
            self.kernel.run(time)
            act()
            return True
        if due is None:
            return False
        self.turns += 1
        self.kernel.run(due)
        return True

    def live(self) -> bool:
        """Let the next thing happen, unless process 1 has ended or there was enough of it; return whether it did."""
        most = SOON if self.inside.space.forever else TURNS
        return self.main.status is None and self.turns < most and self.kernel.worked < STEPS and self.forward()

    @property
    def seconds(self) -> float:
        """How long it has run."""
        return self.kernel.now - self.start

    @property
    def changes(self) -> int:
        """A number that is another one when a file has changed that the container may see."""
        return self.inside.space.tree.root.volume.changes + sum(each.changes for each in self.engine.volumes.values())

    # What is asked

    def run(self, argv: list[str], seconds: float) -> tuple[int | None, str]:
        """Run a program in the container, for so many seconds at most; return (exit code, output); None: not done."""
        kernel = self.kernel
        try:
            session = self.engine.execute(self.container["name"], argv)
        except StartError as error:
            return error.code, error.message
        end = kernel.now + seconds
        while session.code is None:
            due = self.engine.next()
            if due is None or due > end:
                break
            kernel.run(due)
        code = session.code
        if code is None:
            kernel.kill(session.process, "KILL")
        return code, b"".join(data for _, _, data in session.said.new).decode("utf-8", "replace")

    def message(self) -> str:
        """Return the termination message of a container that has ended: what stands in the file for that, or the end
        of its output where it failed and wants that (pkg/kubelet/kuberuntime, getTerminationMessage)."""
        container = self.container
        try:
            path = container.get("terminationMessagePath") or "/dev/termination-log"
            inode = self.inside.space.tree.lookup(path, "/", ROOT).inode
        except Errno:
            inode = None
        text = bytes(inode.data[:4096]).decode("utf-8", "replace") if inode is not None else ""
        if text or not self.main.status or container.get("terminationMessagePolicy") != "FallbackToLogsOnError":
            return text
        said = b"".join(data for _, _, data in self.inside.said.new).decode("utf-8", "replace")
        return "".join(said.splitlines(keepends=True)[-80:])[-2048:]


def memory_limit(container: Object) -> str | None:
    """Return a container's memory limit, a quantity."""
    limit: str | None = ((container.get("resources") or {}).get("limits") or {}).get("memory")
    return limit


def _bytes(limit: str) -> int:
    from ...machinery import quantity

    return quantity.value(limit)
