"""What is known of a resident container's run without a look into the engine, and how that is found out."""

from __future__ import annotations

from .runtime import process
from .runtime.kernel.network import ANY, Routes
from .runtime.play import Course

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Object
    from .runtime.engine import Engine
    from .runtime.kernel.network import Answerer, Reply
    from .runtime.kernel.process import Space
    from .runtime.process import Piece

PROBES = ("startup", "liveness", "readiness")


class Life:
    """One run of a resident container.

    `pod`: the key of its pod; `started`: when it was; `ends`: (when, exit code, reason, message), None where it does
    not end by itself; `until`: when one has to look again to know more, None: never; `pieces`: what its probes find, by
    their kind: (seconds after the start, whether it is good, message), each from then on.
    """

    __slots__ = ("ends", "pieces", "pod", "started", "until")

    def __init__(self, pod: str, started: float, ends: tuple[float, int, str, str] | None = None,
                 until: float | None = None, pieces: dict[str, list[tuple[float, bool, str]]] | None = None):
        self.pod, self.started, self.ends, self.until, self.pieces = pod, started, ends, until, pieces or {}

    def told(self) -> Object:
        """Return it as it is stored."""
        return {"pod": self.pod, "started": self.started, "ends": list(self.ends) if self.ends else None,
                "until": self.until, "pieces": {kind: [list(each) for each in found]
                                                for kind, found in self.pieces.items()}}

    @classmethod
    def of(cls, told: Object) -> Life:
        """Return what was stored."""
        ends = told["ends"]
        return cls(told["pod"], told["started"], tuple(ends) if ends else None, told["until"],
                   {kind: [(each[0], each[1], each[2]) for each in found] for kind, found in told["pieces"].items()})

    def outcome(self) -> process.Outcome:
        """Return what becomes of the container."""
        if self.ends is None:
            found = process.Outcome(None)
        else:
            at, code, reason, message = self.ends
            found = process.Outcome(max(at - self.started, 0.0), code, reason, message)
        found.began, found.until = self.started, self.until
        return found

    def found(self, kind: str) -> list[process.Piece]:
        """Return what a probe finds over its life."""
        return [process.Piece(*each) for each in self.pieces.get(kind) or [(0.0, True, "")]]


class Contact(Exception):
    """What is tried out ahead would reach something that is outside of it."""


class _Fenced(Routes):
    """The network of a copy that is played ahead: nothing may leave it."""

    def __init__(self, routes: Routes):
        self._routes = routes

    def resolve(self, space: Space, name: str) -> list[str]:
        """Ask who knows."""
        return self._routes.resolve(space, name)

    def query(self, space: Space, server: str, name: str, type_: str) -> Reply | None:
        """Ask who knows."""
        return self._routes.query(space, server, name, type_)

    def route(self, space: Space, address: str, port: int) -> tuple[Space, int] | Answerer | None:
        """Stay inside the container; raise Contact else."""
        if address.startswith("127.") or address in ("::1", ANY, space.net.address):
            return space, port
        raise Contact


class _Ahead(Course):
    """A resident container in a copy of the engine, which is played on until something would leave it."""

    def __init__(self, engine: Engine, name: str, container: Object, start: float, routes: Routes):
        super().__init__(engine, name, container, start)
        self.touched = False
        self.engine.connect(_Fenced(routes))
        self.enter()

    def forward(self) -> bool:
        try:
            return not self.touched and super().forward()
        except Contact:
            self.touched = True
            return False

    def run(self, argv: list[str], seconds: float) -> tuple[int | None, str]:
        try:
            return super().run(argv, seconds)
        except Contact:
            self.touched = True
            return 0, ""

    @property
    def open(self) -> bool:
        """Whether more may happen than was played."""
        return self.main.status is None and (self.touched or (
            not _undisturbed(self.inside.space) and self.engine.next() is not None))


def foresee(life: Life, engine: Engine, name: str, container: Object) -> None:
    """Work out what becomes of a container that runs in the engine now."""
    inside, now = engine.containers[name], engine.kernel.now
    probes = {kind: probe for kind in PROBES
              if ((probe := container.get(f"{kind}Probe") or {}).get("exec") or {}).get("command")}
    life.ends = life.until = None
    if not probes and (engine.next() is None or _undisturbed(inside.space)):
        return

    def ahead() -> _Ahead:
        return _Ahead(engine.copy(), name, container, life.started, engine.kernel.routes)

    course = ahead()
    outcome = process.lived(course)
    if outcome.ends is not None:
        life.ends = life.started + outcome.ends, outcome.code, outcome.reason, outcome.message
    elif course.open:
        life.until = max(course.kernel.now, now)
    for kind, probe in probes.items():
        found = [each for each in life.pieces.get(kind) or () if each[0] < now - life.started]
        found += [(piece.begins, piece.succeeds, piece.message) for piece in process.probed(
            ahead(), probe["exec"]["command"], probe.get("timeoutSeconds") or 1)]
        life.pieces[kind] = _merged(found)


def _undisturbed(space: Space) -> bool:
    """Tell whether a container's process 1 is in a loop for ever, and nothing is on its way that may end it."""
    for each in space.processes.values():
        top = each
        while top.parent is not None:
            top = top.parent
        if each.pending or top is not space.init:
            return False
    return space.forever


def _merged(pieces: list[tuple[float, bool, str]]) -> list[tuple[float, bool, str]]:
    """Leave out what says the same as what stands before it."""
    return [each for at, each in enumerate(pieces) if not at or pieces[at - 1][1:] != each[1:]]


def before(pieces: list[Piece], seconds: float) -> list[tuple[float, bool, str]]:
    """Return what a probe found until so many seconds after the start."""
    return _merged([(each.begins, each.succeeds, each.message) for each in pieces if each.begins < seconds])
