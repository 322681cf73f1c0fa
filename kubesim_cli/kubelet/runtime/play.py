"""A container played from its start, together with what shares volumes with it.

The kubelet looks at a container now and then and asks what has become of it. Nothing of it is kept from one look to the
next: it is played again, which gives the same, for its start decides everything. How far ahead is bounded by how much
is done: a container that has not ended by then goes on.
"""

from __future__ import annotations

from functools import partial
from heapq import heappop, heappush

from ...machinery import timestamps
from ...machinery.pods import FIELDS
from ...machinery.streaming import StartError
from ..network.routes import ClusterRoutes
from .engine import Container, Engine
from .entry import EXEC
from .kernel.kernel import INFINITE
from .kernel.network import ANY, Routes
from .sandbox import Sandbox, is_given, message, volumes_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ...apiserver.client import Client
    from ...machinery.types import Object
    from .kernel.network import Answerer, Reply
    from .kernel.process import Process, Space

TURNS = 10_000    # moments at which something happens that are played at most
STEPS = 100_000   # operations of shells, and the like, that are
FAR = 100_000     # seconds in which nothing but probes happens are as good as for ever
SOON = 300        # moments that are played when process 1 is seen to be in an endless loop
BEFORE = 3600.0   # seconds before its start that others which still run are played from


class Contact(Exception):
    """What is tried out ahead would reach something that is outside of it."""


class Fenced(Routes):
    """The network of containers that are only tried out: names are known, but nothing may leave them.

    `alone`: their pod has no other containers, which may be listening. `pod`: the name of the network whose containers
    are tried out; what others try beside them fails ("": there are no others). `silent`: they may not even ask.
    """

    def __init__(self, routes: Routes, alone: bool = False, pod: str = "", silent: bool = False):
        self._routes, self._alone, self._pod, self._silent = routes, alone, pod, silent

    def _ask(self) -> Routes:
        if self._silent:
            raise Contact
        return self._routes

    def resolve(self, space: Space, name: str) -> list[str]:
        """Ask who knows."""
        return self._ask().resolve(space, name)

    def query(self, space: Space, server: str, name: str, type_: str) -> Reply | None:
        """Ask who knows."""
        return self._ask().query(space, server, name, type_)

    def route(self, space: Space, address: str, port: int,
              protocol: str = "TCP") -> tuple[Space, int] | Answerer | None:
        """Stay inside the container; raise Contact else."""
        if is_near(space, address) and (self._alone or port in space.net.bound(protocol)):
            return space, port
        if self._pod and space.net.name != self._pod:
            return None
        raise Contact

    def alive(self, space: Space, address: str) -> bool:
        """Ask who knows."""
        return is_near(space, address) or self._ask().alive(space, address)


def is_near(space: Space, address: str) -> bool:
    """Tell whether an address is that of the pod itself."""
    return address.startswith("127.") or address in ("::1", ANY, space.net.address)


def _nobody(pod: Object) -> Space | None:
    """Nobody is reached by what is only tried out."""
    return None


def _shared(pod: Object, container: Object) -> set[str]:
    """Return the volumes that a container may share what it writes by."""
    return {volume["name"] for volume in volumes_of(pod, container) if not is_given(volume)}


def _together(pod: Object, container: Object, start: float,
            beside: Engine | None) -> list[tuple[Object, float, float | None]]:
    """Return (container, start, end) of it, and of those that share a volume with it, or with one that does."""
    spec, status = pod["spec"], pod.get("status") or {}
    volumes = _shared(pod, container)
    if not volumes:
        return [(container, start, None)]
    states = {each["name"]: each["state"] for field in FIELDS
              for each in status.get(f"{field[:-1]}Statuses") or ()}
    rest = [container if each["name"] == container["name"] else each
            for field in FIELDS for each in spec.get(field) or ()]
    if container not in rest:
        rest.append(container)
    taken = [container]
    while new := [each for each in rest if each not in taken and volumes & _shared(pod, each)]:
        taken += new
        volumes = volumes.union(*(_shared(pod, each) for each in new))
    found: list[tuple[Object, float, float | None]] = []
    for each in rest:
        if each is container:
            found.append((each, start, None))
            continue
        state = states.get(each["name"], {})
        times = state.get("running") or state.get("terminated") or {}
        known = beside is not None and f"{pod['metadata'].get('uid')}/{each['name']}" in (
            beside.containers)
        if each not in taken or known or not times.get("startedAt"):
            continue
        began, ended = timestamps.parse(times["startedAt"]), times.get("finishedAt")
        found.append((each, began, timestamps.parse(ended)) if ended else
                     (each, max(began, start - BEFORE), None))
    return found


class Course:
    """What becomes of a container, `name` in an engine, that was started at `start`.

    `inside`: the container in the engine, `main`: its process 1. `touched`: it would reach something outside of the
    engine now, where that is fenced; nothing more can be known of it then; `reached`: a program that was run in it was
    about to. `steady`: the network stays as it is while it is played, so that a loop that waits for it need not be
    followed.
    """

    inside: Container
    main: Process

    def __init__(self, engine: Engine, name: str, container: Object, start: float):
        self.engine, self.kernel, self.name, self.container, self.start = engine, engine.kernel, name, container, start
        self.turns, self._worked, self.touched, self.reached = 0, self.kernel.worked, False, False
        self.steady = False
        self.most = TURNS

    def enter(self) -> None:
        """The container is there."""
        self.inside = self.engine.containers[self.name]
        assert self.inside.main is not None
        self.main = self.inside.main

    def due(self) -> float | None:
        """Return when the next thing happens, None where nothing does any more by itself."""
        return self.engine.next()

    def forward(self) -> bool:
        """Let the next thing happen; return False where nothing does any more by itself."""
        due = self.engine.next()
        if due is None or self.touched:
            return False
        self.turns += 1
        return self._to(due)

    def go(self, time: float, most: float) -> None:
        """Let what happens up to a time happen; where more than `most` steps are done, the rest happens late."""
        self._to(time, most)

    def _to(self, time: float, most: float = INFINITE) -> bool:
        try:
            self.kernel.run(time, most=most)
        except Contact:
            self.touched = True
        return not self.touched

    def live(self) -> bool:
        """Let the next thing happen, unless process 1 has ended or there was enough of it; return whether it did."""
        if self.waits:
            return False
        most = SOON if self.inside.space.forever or self._is_left_to_probes() else self.most
        return self.main.status is None and self.turns < most and (
            self.kernel.worked - self._worked < STEPS and self.forward())

    @property
    def waits(self) -> bool:
        """Whether nothing but another answer of the network leads on: a whole round of its loop has not (the first that
        ends here has begun before)."""
        return self.steady and self.inside.space.rounds > 1

    def _is_left_to_probes(self) -> bool:
        """Tell whether nothing happens any more but probes."""
        return bool(self.inside.probers) and not self.kernel.ready and all(
            process.pid == 0 or due - self.kernel.now > FAR
            for due, _, process in self.kernel.timers if process.until == due)

    def live_to(self, time: float, most: float) -> None:
        """Let it live up to a time, unless process 1 ends before, or more than `most` steps are done."""
        worked = self.kernel.worked
        while (self.main.status is None and (due := self.due()) is not None and due <= time
               and self.kernel.worked - worked < most and self.forward()):
            pass
        if self.main.status is None and not self.touched:
            self._to(time)

    @property
    def seconds(self) -> float:
        """How long it has run."""
        return self.kernel.now - self.start

    @property
    def changes(self) -> int:
        """A number that is another one when a file has changed that the container may see, or who listens in it."""
        tree = self.inside.space.tree
        files = sum(volume.changes for volume in {tree.root.volume, *(each.volume for each in tree.mounts.values())})
        return files + sum(self.inside.space.net.ports)

    # What is asked

    def run(self, argv: list[str], seconds: float) -> tuple[int | None, str]:
        """Run a program in the container, for so many seconds at most; return (exit code, output); None: not done.

        Where it would reach something outside (`reached`), what comes of it is not known, and taken to be good.
        """
        kernel = self.kernel
        try:
            session = self.engine.execute(self.name, argv)
        except StartError as error:
            return error.code, f"{EXEC}{error.message}\r\n"
        end = kernel.now + seconds
        while session.code is None:
            due = self.engine.next()
            if due is None or due > end or not self._to(due):
                break
        code = session.code
        if self.touched:
            self.reached = True
            return 0, ""
        if code is None:
            kernel.kill(session.process, "KILL")
        return code, b"".join(data for _, _, data in session.said.new).decode("utf-8", "replace")

    def message(self) -> str:
        """Return the termination message of the container, which has ended."""
        return message(self.inside, self.container)


class Play(Course):
    """A container is played from its start, at `start` (seconds since 1970).

    `pod`'s status tells when its other containers were started: those that share a volume with it are played, too; an
    init container's files are there for those after it. Raises StartError where the container's program cannot start.

    `beside`: the engine of what is not played again; it lends its volumes. `silent`, `alone`: see Fenced.
    """

    def __init__(self, api: Client, pod: Object, container: Object, start: float, beside: Engine | None = None,
                 silent: bool = False, alone: bool = False):
        those = _together(pod, container, start, beside)
        super().__init__(Engine(min(began for _, began, _ in those)), "", container, start)
        self._acts: list[tuple[float, int, Callable[[], object]]] = []
        count = sum(len(pod["spec"].get(field) or ()) for field in FIELDS)
        self.engine.connect(Fenced(ClusterRoutes(api, self.kernel, _nobody), alone or count == 1, silent=silent))
        self.sandbox = Sandbox(self.engine, api, pod)
        self.name = self.sandbox.name(container)
        if beside is not None:
            self.engine.volumes.update(beside.volumes)
        for each, began, ended in those:
            self._act(began, partial(self.sandbox.start if each is container else self._try, each))
            if ended is not None:
                self._act(ended, partial(self._stop, self.sandbox.name(each)))
        while self.name not in self.engine.containers:
            self.forward()
        self.enter()

    # Playing

    def _act(self, time: float, act: Callable[[], object]) -> None:
        heappush(self._acts, (time, len(self._acts), act))

    def _try(self, container: Object) -> None:
        """Start another container, if it can be."""
        try:
            self.sandbox.start(container)
        except StartError:
            pass

    def _stop(self, name: str) -> None:
        if name in self.engine.containers:
            self.engine.kill(name)

    def due(self) -> float | None:
        """Return when the next thing happens, None where nothing does any more by itself."""
        due = self.engine.next()
        return due if not self._acts else self._acts[0][0] if due is None else min(due, self._acts[0][0])

    def go(self, time: float, most: float) -> None:
        if self._acts:
            self.forward()
        else:
            super().go(time, most)

    def forward(self) -> bool:
        """Let the next thing happen; return False where nothing does any more by itself."""
        due = self.engine.next()
        if self._acts and (due is None or self._acts[0][0] <= due):
            time, _, act = heappop(self._acts)
            if not self._to(time):
                return False
            act()
            return True
        return super().forward()
