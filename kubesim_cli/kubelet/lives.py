"""What is known of a resident container's run without a look into the engine, and how that is found out."""

from __future__ import annotations

from .runtime.bounds import AGED, PATIENCE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..apiserver.client import Client
    from ..machinery.types import Object
    from .network.steady import Steady
    from .runtime.engine import Engine
    from .runtime.kernel.process import Space
    from .runtime.play import Course
    from .runtime.process import Outcome, Piece
    from .runtime.stopping import Stop

MOST_PATIENCE = 5.0  # who connects again and again is looked at by its age, but each so many seconds while not AGED
SEEN = 1 / 720  # of the age instead, where it shows in the cluster what is done
AHEAD = 400    # moments of who has asked others that are tried out ahead, for that is done again and again
PROBES = ("startup", "liveness", "readiness")
# Programs that talk with others: who has none of these, nor a script that nobody has read, needs nobody to be there.
CLIENTS = ("curl", "wget", "nc", "ncat", "netcat", "telnet", "mysql", "mysqladmin", "mysqldump", "mariadb",
           "mariadb-admin", "mariadb-dump", "psql", "pg_isready", "createdb", "redis-cli", "mongosh", "mongo", "cqlsh",
           "nodetool", "zkCli.sh", "rabbitmqctl", "agnhost", "ping", "nslookup", "getent", "dig ", "host ", "/dev/tcp/",
           "/dev/udp/", "traceroute", "kubectl", ".sh")
MEMBERS = frozenset(("cassandra", "zkServer.sh"))  # servers that talk with others of their kind


def may_live_on(api: Client, container: Object) -> bool:
    """Tell whether a container's words, or its probes', name a program that talks with others, or its image's own does;
    or a probe may write something."""
    words = [*(container.get("command") or ()), *(container.get("args") or ())]
    probes = [command for kind in PROBES
              if (command := ((container.get(f"{kind}Probe") or {}).get("exec") or {}).get("command"))]
    if any(_names_client(command) or _may_write(command) for command in probes):
        return True
    if not words:
        from .images import catalogue

        facts = catalogue.of(api).facts(container["image"])
        return facts is not None and bool(MEMBERS.intersection(facts.command))
    return _names_client(words)


def _may_write(command: list[str]) -> bool:
    from .runtime.probing import writes

    return any("/" in word or word.endswith(".sh") for word in command) or writes(" ".join(command))


def may_ask(words: str) -> bool:
    """Tell whether a text names a program that talks with others."""
    return any(each in words for each in CLIENTS)


def asking_probes(container: Object) -> list[list[str]]:
    """Return the commands of a container's probes that name a program that talks with others."""
    commands = [((container.get(f"{kind}Probe") or {}).get("exec") or {}).get("command") or [] for kind in PROBES]
    return [command for command in commands if _names_client(command)]


def _names_client(words: list[str]) -> bool:
    return may_ask(" ".join(words))


class Life:
    """One run of a resident container.

    `pod`: the key of its pod; `started`: when it was; `ends`: (when, exit code, reason, message), None where it does
    not end by itself; `until`: when one has to look again to know more, None: never; `pieces`: what its probes find, by
    their kind: (seconds after the start, whether it is good, message), each from then on; `opened`: how many
    connections it had made when it was last tried out ahead and was about to make another, or was looked at while it
    calls the API server for ever, else None;
    `asks`: what of the network that depends on, see network.steady; `sure`: as `until`, but for those probes that are
    run at their moments because they ask others.
    """

    __slots__ = ("asks", "ends", "opened", "pieces", "pod", "started", "sure", "until")

    def __init__(self, pod: str, started: float, ends: tuple[float, int, str, str] | None = None,
                 until: float | None = None, pieces: dict[str, list[tuple[float, bool, str]]] | None = None,
                 opened: int | None = None, asks: list[str] | None = None, sure: float | None = None):
        self.pod, self.started, self.ends, self.until, self.pieces = pod, started, ends, until, pieces or {}
        self.opened, self.asks, self.sure = opened, asks or [], sure

    def told(self) -> Object:
        """Return it as it is stored."""
        return {"pod": self.pod, "started": self.started, "ends": list(self.ends) if self.ends else None,
                "until": self.until, "opened": self.opened, "asks": self.asks, "sure": self.sure,
                "pieces": {kind: [list(each) for each in found] for kind, found in self.pieces.items()}}

    @classmethod
    def of(cls, told: Object) -> Life:
        """Return what was stored."""
        ends = told["ends"]
        return cls(told["pod"], told["started"], tuple(ends) if ends else None, told["until"],
                   {kind: [(each[0], each[1], each[2]) for each in found] for kind, found in told["pieces"].items()},
                   told.get("opened"), told.get("asks"), told.get("sure", told["until"]))

    def outcome(self) -> Outcome:
        """Return what becomes of the container."""
        from .runtime import process

        if self.ends is None:
            found = process.Outcome(None)
        else:
            at, code, reason, message = self.ends
            found = process.Outcome(max(at - self.started, 0.0), code, reason, message)
        found.began, found.until = self.started, self.until
        return found

    def found(self, kind: str) -> list[Piece]:
        """Return what a probe finds over its life."""
        from .runtime import process

        return [process.Piece(*each) for each in self.pieces.get(kind, [(0.0, True, "")])]


def foresee(life: Life, api: Client, engine: Engine, name: str, container: Object) -> str:
    """Work out what becomes of a container that runs in the engine now, while the cluster is as it is.

    `api`: a trusted client; `life` has what was known before, and is told what is known now.
    """
    _foresee(life, api, engine, name, container)
    life.sure = life.until
    hear(life, engine, name)
    return ""


def _foresee(life: Life, api: Client, engine: Engine, name: str, container: Object) -> None:
    """See foresee; of all but those probes that ask others."""
    inside, now = engine.containers[name], engine.kernel.now
    probes = {kind: probe for kind in PROBES if (probe := container.get(f"{kind}Probe"))}
    opened, life.opened = life.opened, None
    asked, life.asks = life.asks, []
    life.ends = life.until = None
    calls = inside.space.calls
    if not probes and ((_undisturbed(inside.space) and not calls) or not engine.is_busy(name)):
        return
    age = now - life.started
    patience = age * (SEEN if calls else PATIENCE) if age > AGED else min(age * PATIENCE, MOST_PATIENCE)
    if not probes and calls and _undisturbed(inside.space):
        life.opened, life.until = inside.space.net.opened, engine.due(name)
        if opened != life.opened:  # it has just called, else it may be about to
            life.until = max(life.until, now + patience)
        return
    if not probes and opened is not None and opened < inside.space.net.opened and patience:
        life.opened, life.until, life.asks = inside.space.net.opened, now + patience, asked  # it goes on as it did
        return

    from .network.steady import Steady
    from .runtime import probing, process

    network = Steady(api, engine, inside.space.net.name)

    def ahead() -> Course:
        return _ahead(engine, name, container, life.started, network, AHEAD if asked else None)

    course = ahead()
    outcome = process.lived(course)
    if outcome.ends is not None:
        life.ends = life.started + outcome.ends, outcome.code, outcome.reason, outcome.message
    elif course.touched or (course.main.status is None and course.engine.next() is not None
                            and not course.waits and not _undisturbed(course.inside.space)):
        life.until = max(course.kernel.now, now)
        if course.touched:
            life.opened = inside.space.net.opened
            # Else it has not been known to connect: something has changed; or it is about to call, which is to be seen.
            if opened is not None and not (calls and opened == life.opened):
                life.until = max(life.until, now + patience)
        elif network.asked or (inside.probers and age > AGED):
            life.until = max(life.until, now + patience)
    for kind, probe in probes.items():
        course = ahead()
        if probing.asks(inside, kind):
            course.run(probe["exec"]["command"], 1.0)  # what it asks the network is what it depends on
            continue
        made = process.probed(course, probe) if "exec" in probe else process.checked(course, probe, api.release)
        if course.reached and may_ask(probing.text_of(inside, probe["exec"]["command"])):
            begun = "startup" not in probes or any(each.succeeds and each.begins <= age
                                                   for each in life.found("startup"))
            probing.attend_asking(inside, container, kind, life.started, begun)
            continue
        since = age
        prober = probing.prober_of(course.inside, kind)
        if prober is not None:  # it has told of the past, too
            end = life.started + prober.memory["next"]
            if end > now and course.main.status is None:  # until then it has been played
                end = max(end, now + patience) if age > AGED else end
                life.until = end if life.until is None else min(end, life.until)
            since = made[0].begins if made else age
        _note(life, kind, since, [(piece.begins, piece.succeeds, piece.message) for piece in made])
    life.asks = sorted(network.asked)


def hear(life: Life, engine: Engine, name: str) -> None:
    """Tell a life what those probes of a container have found that ask others, and when they are made next."""
    inside, ends = engine.containers[name], [life.sure] if life.sure is not None else []
    for prober in inside.probers:
        memory = prober.memory
        if not memory.get("asks"):
            continue
        made: list[tuple[float, bool, str]] = [(*each,) for each in memory["found"]]
        _note(life, memory["kind"], made[0][0] if made else engine.kernel.now - life.started, made)
        if memory["over"]:
            continue
        if memory["child"] is not None:  # what it waits for may happen anywhere
            ends.append(engine.next() or engine.kernel.now)
        else:
            ends.append(engine.due(name) if prober.until is None else prober.until)
    life.until = min([each for each in ends if each < float("inf")], default=None)


def _note(life: Life, kind: str, since: float, made: list[tuple[float, bool, str]]) -> None:
    """Keep what a probe has found before, and tell what it finds since a time."""
    life.pieces[kind] = _merged([*(each for each in life.pieces.get(kind) or () if each[0] < since), *made])


def told_ahead(api: Client, engine: Engine, name: str, container: Object, grace: float, signal: str) -> Stop:
    """Return how a container ends that runs in the engine and is told to now."""
    from .network.steady import Steady
    from .runtime import stopping

    network = Steady(api, engine, engine.containers[name].space.net.name)
    return stopping.told(_ahead(engine, name, container, engine.kernel.now, network), container, grace, signal)


def _ahead(engine: Engine, name: str, container: Object, start: float, network: Steady,
           most: int | None = None) -> Course:
    """Return a container of the engine in a copy that can be played on, `most` moments; none of its probes asks others.
    """
    from .runtime import probing
    from .runtime.play import SOON, Course

    copy = engine.copy(name)
    copy.connect(network)
    copy.kernel.forgiving = False
    course = Course(copy, name, container, start)
    course.enter()
    probing.put_aside(course.inside)
    course.steady, course.inside.space.rounds = not course.inside.probers, 0
    course.most = most or course.most
    if course.inside.probers:  # which are looked at again soon
        course.most = SOON
    return course


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
