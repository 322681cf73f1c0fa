"""What the kubelet asks of a container runtime: containers are started, watched, entered, killed and removed.

One engine plays all containers of a cluster, for they share volumes and talk with each other, so that what happens in
them has one order. It stands still between commands: `freeze` is its state as records and blobs, `thaw` brings it back.
Kubernetes: the CRI (staging/src/k8s.io/cri-api/pkg/apis/runtime/v1/api.proto).
"""

from __future__ import annotations

from ...machinery.streaming import StartError
from . import bin as programs
from . import capabilities, rootfs
from .chance import Chance
from .entry import INIT, program_of, refused
from .freeze import Store
from .kernel.descriptors import Data, Lines, Log, Open
from .kernel.errors import Errno
from .kernel.files import ROOT, Inode, Tree, User, Volume
from .kernel.kernel import INFINITE, Kernel
from .kernel.made import VOLUME, Made
from .kernel.network import Connection, Net, Routes
from .kernel.process import Process, Space
from .kernel.terminal import Terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, TypeVar

    from .freeze import Records
    from .kernel.process import Find

    T = TypeVar("T")

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Mount:
    """`volume` by its name, or the file or folder `sub_path` of it, at `path` of a container. `source`: where its node
    has it, for messages."""

    __slots__ = ("path", "read_only", "source", "sub_path", "volume")

    def __init__(self, path: str, volume: str, sub_path: str = "", read_only: bool = False, source: str = ""):
        self.path, self.volume, self.sub_path, self.read_only = path, volume, sub_path, read_only
        self.source = source


class Spec:
    """What a container is to be; `argv`: its entry point with its arguments, `seed`: what its chance comes from,
    `program`: how programs are found in it, `net`: the name of the network namespace that it shares ("": one of its
    own) and `address` its address, `cpu` thousandths of a core that it may use, `capable` its
    capabilities, `serves`: see Space."""

    __slots__ = ("address", "argv", "capable", "cpu", "cwd", "env", "hostname", "image", "memory", "mounts", "net",
                 "program", "seed", "serves", "stdin", "terminal", "user")

    def __init__(self, image: str, argv: list[str], env: dict[str, str] | None = None, hostname: str = "localhost",
                 seed: str = "", user: User = ROOT, cwd: str = "/", mounts: tuple[Mount, ...] = (),
                 memory: int | None = None, stdin: bool = False, terminal: bool = False,
                 address: str = "127.0.0.1", program: Find = programs.find, net: str = "",
                 cpu: int | None = None, capable: int = capabilities.DEFAULT,
                 serves: dict[int, bool] | None = None):
        self.capable, self.serves = capable, serves or {}
        self.cpu, self.address, self.program, self.net = cpu, address, program, net
        self.image, self.argv, self.hostname, self.seed, self.user, self.cwd = image, argv, hostname, seed, user, cwd
        self.env = {"PATH": PATH, "HOSTNAME": hostname, **(env or {})}
        self.mounts, self.memory, self.stdin, self.terminal = mounts, memory, stdin, terminal


class Container:
    """A container that was started. `said`: its log; `before`: that of the run before, None where there was none.

    `probers`: what runs probes in it that change something (probing.py).
    """

    __slots__ = ("before", "cwd", "env", "main", "probers", "said", "space", "stdin", "user")

    def __init__(self, space: Space, user: User, env: dict[str, str], cwd: str = "/"):
        self.space, self.user, self.env, self.cwd = space, user, env, cwd
        self.said = Lines()
        self.before: Lines | None = None
        self.main: Process | None = None
        self.stdin: Open | None = None
        self.probers: list[Process] = []


class Session:
    """A program that was started in a container beside its own: exec, a probe. `said`: what it has said."""

    __slots__ = ("process", "said", "stdin", "terminal")

    def __init__(self, process: Process, stdin: Open, terminal: Terminal | None, said: Lines):
        self.process, self.stdin, self.terminal, self.said = process, stdin, terminal, said

    @property
    def code(self) -> int | None:
        """Its exit code, None while it runs."""
        return self.process.status

    def output(self, stream: str = "stdout") -> bytes:
        """Return what it has said."""
        return b"".join(data for _, which, data in self.said.new if which == stream)

    def take(self) -> list[tuple[str, bytes]]:
        """Return what it has said since the last time, each with its stream."""
        if self.terminal is not None:
            shown = self.terminal.take()
            return [("stdout", shown)] if shown else []
        return [(stream, data) for _, stream, data in self.said.take()]


class Ended:
    """A container that has ended: when, with which code, and OOMKilled, Error or Completed."""

    __slots__ = ("at", "code", "container", "reason")

    def __init__(self, container: str, at: float, code: int, reason: str):
        self.container, self.at, self.code, self.reason = container, at, code, reason


class Engine:
    """`containers`, `volumes`, `sessions` and `connections` from outside, by names that the kubelet gives them."""

    def __init__(self, now: float):
        self.kernel = Kernel(now)
        self.containers: dict[str, Container] = {}
        self.volumes: dict[str, Volume] = {}
        self.sessions: dict[str, Session] = {}
        self.connections: dict[str, Connection] = {}
        self._store = Store()

    def connect(self, routes: Routes) -> None:
        """Say what names and addresses lead to; it is not stored."""
        self.kernel.routes = routes

    # Volumes

    def volume(self, name: str, capacity: int | None = None) -> Volume:
        """Return a volume, which is made where there is none yet."""
        found = self.volumes.get(name)
        if found is None:
            found = self.volumes[name] = Volume(name, capacity)
            found.root.mtime = self.kernel.now
        return found

    def remove_volume(self, name: str) -> None:
        """Forget a volume with its files."""
        self.volumes.pop(name, None)

    # Containers

    def net(self, name: str, address: str) -> Net:
        """Return the network namespace of a name, which is made where no container that runs has it."""
        for container in self.containers.values():
            if container.space.net.name == name and container.space.ended is None:
                return container.space.net
        return Net(address, name)

    def start(self, name: str, spec: Spec) -> Container:
        """Start a container; raise StartError where its program cannot be."""
        now = self.kernel.now
        tree = Tree(rootfs.build(spec.image).root)
        tree.put("/etc/hostname", f"{spec.hostname}\n".encode(), now=now)
        for mount in spec.mounts:
            self._mount(tree, mount)
        try:
            tree.make_folders(spec.cwd, now=now)
        except Errno:
            raise StartError(f"Cannot mkdir: {spec.cwd} is not a directory", 128) from None
        space = Space(tree, spec.hostname, spec.program, Chance(f"{spec.seed}/{name}"), now, spec.memory,
                      rootfs.shell(spec.image), spec.cpu)
        space.capable, space.serves = spec.capable, spec.serves
        space.shown, space.users = rootfs.shown(spec.image)
        Made.mount(space)
        space.exact = programs.find
        space.net = self.net(spec.net, spec.address) if spec.net else Net(spec.address, name)
        container = Container(space, spec.user, spec.env, spec.cwd)
        fds, _ = self._files(container, container.said, spec.stdin, spec.terminal)
        container.stdin = fds[0]
        try:
            container.main = self._spawn(container, spec.argv, fds, spec.cwd)
        except StartError as error:
            raise refused(error.message) from None
        self.containers[name] = container
        return container

    def _mount(self, tree: Tree, mount: Mount) -> None:
        try:
            tree.mount(mount.path, self._mounted(mount), mount.read_only)
        except Errno as error:
            raise refused(f'{INIT}error mounting "{mount.source or mount.volume}" to rootfs at "{mount.path}": '
                          f"{error.message.lower()}: unknown") from None

    def _mounted(self, mount: Mount) -> Inode:
        volume = self.volume(mount.volume)
        if not mount.sub_path:
            return volume.root
        tree = Tree(volume.root)
        try:
            return tree.lookup(f"/{mount.sub_path}", "/", ROOT).inode  # type: ignore[return-value]
        except Errno:
            return tree.make_folders(f"/{mount.sub_path}", now=self.kernel.now)

    def _files(self, container: Container, said: Lines, stdin: bool, terminal: bool) -> tuple[dict[int, Open],
        Terminal | None]:
        if terminal:
            screen = Terminal(container.space, said if said is container.said else None)
            return {0: screen, 1: screen, 2: screen}, screen
        return {0: Data(b"", not stdin), 1: Log("stdout", said), 2: Log("stderr", said)}, None

    def _spawn(self, container: Container, argv: list[str], fds: dict[int, Open], cwd: str,
               guest: bool = False) -> Process:
        space = container.space
        program = program_of(space, container.user, cwd, container.env, argv[0], guest)
        env = {**container.env, "TERM": "xterm"} if fds[0].terminal else dict(container.env)
        process = self.kernel.spawn(container.space, program, argv, env, container.user, cwd, fds)
        if guest:
            space.guests.add(process.pid)
        self.kernel.schedule(process)
        return process

    def execute(self, name: str, argv: list[str], stdin: bool = False, terminal: bool = False,
                guest: bool = False) -> Session:
        """Start a program in a container that runs; raise StartError where it cannot be.

        `guest`: a user does it, for whom only those programs are there that are known (see Space).
        """
        container = self.containers[name]
        said = Lines()
        fds, screen = self._files(container, said, stdin, terminal)
        return Session(self._spawn(container, argv, fds, container.cwd, guest), fds[0], screen, said)

    def share(self, names: list[str]) -> None:
        """Let containers see each other's processes, and that of their sandbox, which is process 1."""
        from .kernel import shown

        spaces = [self.containers[name].space for name in names if name in self.containers]
        spaces = [space for space in spaces if space.ended is None]
        pids = next((space.pids for space in spaces if space.pids.shared), None)
        if pids is None:
            pause = Space(Tree(Volume("pause").root), "", programs.find, Chance(""), self.kernel.now)
            pids = pause.pids
            pids.shared = True
            pause.init = Process(self.kernel, pause, shown.resting, ["/pause"], {}, ROOT)
            pause.init.memory = pause.init  # it is there as long as its pod
        for space in spaces:
            if space.pids is not pids:
                space.join(pids)

    def kill(self, name: str, signal: str = "KILL") -> None:
        """Send a container's process 1 a signal."""
        main = self.containers[name].main
        assert main is not None
        self.kernel.kill(main, signal)

    def remove(self, name: str) -> None:
        """Forget a container with its own files; it is killed if it still runs."""
        if self.containers[name].space.ended is None:
            self.kill(name)
        del self.containers[name]

    # Time

    def next(self) -> float | None:
        """Return when something is to happen in a container, None where nothing is."""
        return self.kernel.next()

    def is_guests(self) -> bool:
        """Tell whether it is a user's program to which something is to happen next."""
        kernel = self.kernel
        process = kernel.ready[0] if kernel.ready else kernel.timers[0][2] if kernel.timers else None
        return process is not None and process.space.is_guest(process)

    def advance(self, until: float, most: float = INFINITE) -> list[Ended]:
        """Let containers live up to a time, or to the moment at which some end: those are returned. `most`: see run."""
        self.kernel.run(until, True, most)
        ended, self.kernel.ended = self.kernel.ended, []
        names = {id(container.space): name for name, container in self.containers.items()}
        return [self._ended(names[id(space)], space) for space in ended if id(space) in names]

    def _ended(self, name: str, space: Space) -> Ended:
        code = space.init.status if space.init is not None and space.init.status is not None else 255
        reason = "OOMKilled" if space.exhausted == "memory" else "Error" if code else "Completed"
        return Ended(name, space.ended or self.kernel.now, code, reason)

    def absorb(self, other: Engine) -> None:
        """Take over what another engine plays, which has come to the same time. Volumes that both have are the same."""
        kernel, theirs = self.kernel, other.kernel
        for name, container in other.containers.items():
            for process in (*container.space.processes.values(), *container.probers):
                process.kernel = kernel
            net = container.space.net
            mine = container.space.net = next((each.space.net for each in self.containers.values()
                                               if each.space.net.name == net.name and each.space.ended is None), net)
            for port, listener in net.ports.items():
                listener.net = mine
                mine.ports.setdefault(port, listener)
            for port, socket in net.udp.items():
                mine.udp.setdefault(port, socket)
            self.containers[name] = container
        kernel.ready.extend(theirs.ready)
        for due, _, process in sorted(theirs.timers, key=lambda timer: timer[:2]):
            if process.until == due and process.status is None:
                kernel.time(process, due)
        for key, processes in theirs.waiting.items():
            kernel.waiting.setdefault(key, []).extend(processes)
        kernel.ended += theirs.ended
        self.volumes.update(other.volumes)

    # State

    def freeze(self) -> tuple[Records, dict[str, bytes]]:
        """Return the state as records and blobs."""
        for lines in [each for container in self.containers.values() for each in (container.said, container.before)]:
            if lines is not None:
                lines.store()
        for session in self.sessions.values():
            session.said.store()
        self.kernel.timers = self.kernel.live_timers()
        return _frozen(self._store, self.kernel, self.volumes, self.containers, self.sessions, self.connections)

    @classmethod
    def thaw(cls, records: Records, blobs: Mapping[str, bytes]) -> Engine:
        """Return the engine that was frozen; raise ValueError where it is of another version."""
        store = Store()
        state: dict[str, Any] = store.thaw(records, blobs)
        engine = cls(0.0)
        engine.kernel, engine.volumes, engine._store = state["kernel"], state["volumes"], store
        engine.containers = {name: _made(Container, values) for name, values in state["containers"].items()}
        engine.sessions = {name: _made(Session, values) for name, values in state["sessions"].items()}
        engine.connections = state["connections"]
        return engine

    def _around(self, name: str) -> dict[str, Container]:
        """Return a container with those that it lives with: of its network namespace, or on the same volumes."""
        found = {name: self.containers[name]}
        rest = {key: each for key, each in self.containers.items() if key != name}
        while True:
            volumes = {id(each) for container in found.values() for each in _volumes(container)}
            nets = {id(container.space.net) for container in found.values()}
            new = {key: each for key, each in rest.items() if id(each.space.net) in nets
                   or not volumes.isdisjoint(map(id, _volumes(each)))}
            if not new:
                return found
            found |= new
            rest = {key: each for key, each in rest.items() if key not in new}

    def is_busy(self, name: str) -> bool:
        """Tell whether something will happen by itself in a container, or in those that it lives with."""
        return self.due(name) < INFINITE

    def due(self, name: str) -> float:
        """Return when the next of that is; INFINITE where nothing will."""
        spaces = {id(each.space) for each in self._around(name).values()}
        kernel = self.kernel
        moments = [kernel.now for each in kernel.ready if id(each.space) in spaces and each.status is None]
        moments += [due for due, _, each in kernel.timers
                    if each.until == due and id(each.space) in spaces and each.status is None]
        return min(moments, default=INFINITE)

    def copy(self, name: str) -> Engine:
        """Return another engine that has a container, and those that it lives with, as they are here; it may be played
        ahead. Their logs begin anew."""
        chosen, kernel = self._around(name), self.kernel
        spaces = {id(each.space) for each in chosen.values()}
        own = Kernel(kernel.now)
        own.sequence = kernel.sequence
        own.ready.extend(each for each in kernel.ready if id(each.space) in spaces)
        own.timers = [each for each in kernel.live_timers() if id(each[2].space) in spaces]
        for key, processes in kernel.waiting.items():
            those = [each for each in processes if id(each.space) in spaces]
            if those:
                own.waiting[key] = those
        volumes = {id(each) for container in chosen.values() for each in _volumes(container)}
        own.fifos = {inode: each for inode, each in kernel.fifos.items() if id(inode.volume) in volumes}
        own.locks = {inode: each for inode, each in kernel.locks.items() if id(inode.volume) in volumes}
        instead: dict[int, Any] = {id(kernel): own}
        for container in chosen.values():
            instead |= {id(each): Lines() for each in (container.said, container.before) if each is not None}
        sessions = {key: each for key, each in self.sessions.items() if id(each.process.space) in spaces}
        return Engine.thaw(*_frozen(Store(), own, {volume.name: volume for each in chosen.values()
                                                   for volume in _volumes(each)[1:]}, chosen, sessions, {}, instead))

    def marks(self) -> dict[str, object]:
        """Return for each container what is another value when something was done that may change what becomes of it.

        What users run beside it does not count while it runs, but for the files that it has written.
        """
        return {name: ([volume.changes for volume in _volumes(each)], each.space.ended,
                       [(pid, process.until, process.steps, process.status, tuple(process.pending))
                        for pid, process in each.space.processes.items() if not each.space.is_guest(process)])
                for name, each in self.containers.items()}

    def listening(self) -> dict[str, list[int]]:
        """Return the ports at which containers listen, by their network namespace."""
        return {each.space.net.name: sorted(each.space.net.ports) for each in self.containers.values()
                if each.space.net.ports}

    @classmethod
    def salvage(cls, now: float, records: Records, blobs: Mapping[str, bytes]) -> Engine:
        """Return an engine that has no more than the volumes of one of another version."""
        engine = cls(now)
        engine.volumes = engine._store.thaw(records, blobs, "volumes")
        return engine


def _frozen(store: Store, kernel: Kernel, volumes: dict[str, Volume], containers: dict[str, Container],
            sessions: dict[str, Session], connections: dict[str, Connection],
            instead: dict[int, Any] | None = None) -> tuple[Records, dict[str, bytes]]:
    return store.freeze({
        "kernel": kernel, "volumes": volumes,
        "containers": {name: [getattr(each, slot) for slot in Container.__slots__]
                       for name, each in containers.items()},
        "sessions": {name: [getattr(each, slot) for slot in Session.__slots__] for name, each in sessions.items()},
        "connections": connections}, instead)


def _volumes(container: Container) -> list[Volume]:
    """Return the volumes that a container sees, its own layer first."""
    tree = container.space.tree
    return list(dict.fromkeys([tree.root.volume, *(each.volume for each in tree.mounts.values()
                                                   if each.volume is not VOLUME)]))


def _made(kind: type[T], values: list[Any]) -> T:
    """Return an object with the values of its slots."""
    made = kind.__new__(kind)
    for slot, value in zip(kind.__slots__, values):  # type: ignore[attr-defined]
        setattr(made, slot, value)
    return made
