"""What becomes of a container: how long it runs, how it ends, and what its probes find meanwhile."""

from __future__ import annotations

from ..images import catalogue
from . import bounds, environment, taken

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...apiserver.client import Client
    from ...machinery.types import Object, Release
    from ..images.description import Facts
    from .engine import Engine
    from .play import Course

KINDS = ("startup", "liveness", "readiness")  # of probes
CHECKS = 40       # probes over the network, or that change something, that are made; the last's finding stays
WORK = 1_000_000  # steps that are played for them
MAX_PIECES = 200  # of a container's life that are told apart
SHORT = 1.0  # seconds that a main container lives at least
RUN_AWAY = ("steps", "output")  # who had too much of these would be at it for ever
OOM_CODE = KILLED_CODE = bounds.KILLED
START_ERROR = "ContainerCannotRun"  # reason of a container that could not be started
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class Outcome:
    """`ends`: seconds after the start, None: by itself never. `message`: its termination message.

    `trouble`: where the simulation failed at it, in what (see bounds.guarded). `began`: when it was started, `until`:
    when one has to look again, where that is known (see kubelet.lives).
    """

    __slots__ = ("began", "code", "ends", "message", "reason", "trouble", "until")

    def __init__(self, ends: float | None, code: int = 0, reason: str = "", message: str = "", trouble: str = ""):
        self.ends, self.code, self.message, self.trouble = ends, code, message, trouble
        self.reason = reason or ("Completed" if code == 0 else "Error")
        self.began: float | None = None
        self.until: float | None = None


ENDLESS = Outcome(None)


def outcome(api: Client, pod: Object, container: Object, start: float, role: str) -> Outcome:
    """Return what becomes of a container started at `start`.

    `role`: main, job (a Job's main container: what is not known ends well), init (the same, and at once), sidecar or
    ephemeral. The pod's status tells which other containers run beside it, and since when.
    """
    finite = role in ("job", "init")
    least = SHORT if role in ("main", "job") else 0.0
    env, _ = environment.environment(api, pod, container)
    facts = catalogue.of(api).facts(container["image"])
    if facts is None and not container.get("command") and not container.get("args"):
        if container.get("stdin") or role == "sidecar":
            return ENDLESS
        return Outcome(least) if finite or taken.ends_by_itself(container) else ENDLESS
    if facts is not None and serves(container, facts, env):
        return ENDLESS
    argv = environment.arguments(api, container, env)
    if not argv:
        return Outcome(least) if finite else ENDLESS
    if container.get("stdin") and len(argv) == 1 and argv[0].endswith("sh"):
        return ENDLESS
    if argv[0].rpartition("/")[2] == "sleep" and len(argv) == 2:
        span = seconds(argv[1])
        if span is not None:
            return ENDLESS if span == float("inf") else Outcome(max(span, least))
    if _out_of_memory(argv, container):
        return Outcome(SHORT, OOM_CODE, "OOMKilled")
    return bounds.guarded(lambda: _played(api, pod, container, start, least),
                          lambda trouble: Outcome(least, bounds.FAILED, trouble=trouble))


def start_problem(api: Client, pod: Object, container: Object, start: float,
                  beside: Engine | None) -> tuple[str, int]:
    """Return why a container's program cannot be started at `start`, "" where it can, and its exit code then.

    `beside`: an engine with files that it may see. What goes on by its image's own command, or sleeps, can be.
    """
    env, _ = environment.environment(api, pod, container)
    argv, facts = environment.arguments(api, container, env), catalogue.of(api).facts(container["image"])
    if not argv or (facts is not None and serves(container, facts, env)):
        return "", 0
    if argv[0] == "sleep" and "workingDir" not in container and (facts is None or not facts.bare):
        return "", 0
    return bounds.guarded(lambda: _refused(api, pod, container, start, beside), lambda trouble: ("", 0))


def _refused(api: Client, pod: Object, container: Object, start: float, beside: Engine | None) -> tuple[str, int]:
    from ...machinery.streaming import StartError
    from .engine import Engine
    from .play import Play
    from .sandbox import Sandbox

    try:
        if beside is None:
            Play(api, pod, container, start)
        else:
            engine = Engine(start)
            engine.volumes.update(beside.volumes)
            Sandbox(engine, api, pod).start(container)
    except StartError as error:
        return error.message, error.code
    return "", 0


def serves(container: Object, facts: Facts, env: dict[str, str]) -> bool:
    """Tell whether a container plainly goes on: by its image's own command, which has all that it needs."""
    args = container.get("args")
    if not facts.runs or container.get("command") or (args and not args[0].startswith("-")):
        return False
    if any(_overlap(mount["mountPath"], folder) for mount in container.get("volumeMounts") or ()
           for folder in facts.config):
        return False
    return not facts.needs or any(env.get(name) for name in facts.needs)


def _overlap(path: str, folder: str) -> bool:
    path = path.rstrip("/")
    return f"{path}/".startswith(f"{folder}/") or folder.startswith(f"{path}/")


def _played(api: Client, pod: Object, container: Object, start: float, least: float) -> Outcome:
    from ...machinery.streaming import StartError
    from .play import Play

    try:
        return lived(Play(api, pod, container, start), least)
    except StartError as error:
        return Outcome(0.0, error.code, START_ERROR, error.message)


def lives_on(api: Client, pod: Object, container: Object, start: float, probes: list[list[str]]) -> bool:
    """Tell whether a container, started at `start`, cannot be played again and again: it, or one of its `probes`,
    commands, will ask for something outside of its pod, or a probe of it writes."""
    from ...machinery.streaming import StartError
    from .play import Play

    def tried(command: list[str] | None) -> bool:
        try:
            play = Play(api, pod, container, start, silent=True, alone=command is not None)
        except StartError:
            return False
        if play.inside.probers:
            return True
        if command is None:
            lived(play)
        else:
            play.kernel.run(start)
            if not play.touched and play.main.status is None:
                play.run(command, 1.0)
        return play.touched

    trials = [None, *probes]
    def guarded(command: list[str] | None) -> bool:
        return bounds.guarded(lambda: tried(command), lambda trouble: False)

    return any(guarded(each) for each in trials)


def lived(course: Course, least: float = 0.0) -> Outcome:
    """Return what becomes of a container that is played on; it lives at least so many seconds."""
    from .sandbox import memory_limit

    while course.live():
        pass
    code, exhausted = course.main.status, course.inside.space.exhausted
    if course.touched:
        found = Outcome(None)
        found.until = course.kernel.now
        return found
    if code is None or exhausted in RUN_AWAY:
        return ENDLESS
    if exhausted and memory_limit(course.container) is not None:
        return Outcome(max(course.seconds, SHORT), OOM_CODE, "OOMKilled")
    return Outcome(max(course.seconds, least), code, message=course.message())


def seconds(text: str) -> float | None:
    """Return a duration as sleep reads it, None where it is none."""
    unit = _UNITS.get(text[-1:], 0)
    try:
        span = float(text[:-1]) * unit if unit else float(text)
    except ValueError:
        return None
    return span if span >= 0 else None


def _out_of_memory(argv: list[str], container: Object) -> bool:
    """stress allocates what it is told to: more than the limit ends it."""
    from ...machinery import quantity

    limit = ((container.get("resources") or {}).get("limits") or {}).get("memory")
    words = " ".join(argv).split()
    if limit is None or not words or "stress" not in words[0] or "--vm-bytes" not in words[:-1]:
        return False
    asked = words[words.index("--vm-bytes") + 1].rstrip("B")
    try:
        return quantity.compare(asked + "i" if asked[-1:] in "KMG" else asked, limit) > 0
    except ValueError:
        return False


# Probes


class Piece:
    """A span of a container's life, from `begins` on, in which a probe always finds the same."""

    __slots__ = ("begins", "message", "succeeds")

    def __init__(self, begins: float, succeeds: bool, message: str = ""):
        self.begins, self.succeeds, self.message = begins, succeeds, message


def pieces(api: Client, pod: Object, container: Object, probe: Object, start: float) -> list[Piece]:
    """Return what a probe finds over a container's life, as far as that is known of the container alone."""
    return explored(api, pod, container, probe, start)[0]


def explored(api: Client, pod: Object, container: Object, probe: Object, start: float) -> tuple[list[Piece], bool]:
    """Return what a probe finds over a container's life, and whether it then asks something outside of the pod: what it
    finds from there on the container alone does not tell."""
    if not (probe.get("exec") or {}).get("command"):
        if _plainly_answers(api, pod, container, probe):
            return [Piece(0.0, True)], False
        return bounds.guarded(lambda: (_checked(api, pod, container, probe, start), False),
                              lambda trouble: ([Piece(0.0, False, trouble)], False))
    return bounds.guarded(lambda: _probed(api, pod, container, probe, start),
                          lambda trouble: ([Piece(0.0, False, trouble)], False))


def _probed(api: Client, pod: Object, container: Object, probe: Object, start: float) -> tuple[list[Piece], bool]:
    from ...machinery.streaming import StartError
    from .play import Play

    try:
        play = Play(api, pod, container, start, silent=True)
    except StartError as error:
        return [Piece(0.0, False, error.message)], False
    play.kernel.run(start)
    return probed(play, probe), play.reached


def _plainly_answers(api: Client, pod: Object, container: Object, probe: Object) -> bool:
    """Tell whether a probe over the network need not be made: nobody knows what runs there, or it is known to serve."""
    facts = catalogue.of(api).facts(container["image"])
    env, _ = environment.environment(api, pod, container)
    if not environment.arguments(api, container, env):
        return True
    if facts is None:
        return False
    if facts.healthy:
        return True
    action = probe.get("httpGet") or {}
    return action.get("path") in ("/", "", None) and action.get("port") in facts.ports and serves(container, facts, env)


def _checked(api: Client, pod: Object, container: Object, probe: Object, start: float) -> list[Piece]:
    from ...machinery.streaming import StartError
    from .play import Play

    try:
        play = Play(api, pod, container, start)
    except StartError as error:
        return [Piece(0.0, False, error.message)]
    play.kernel.run(start)
    return checked(play, probe, api.release)


def checked(course: Course, probe: Object, release: Release) -> list[Piece]:
    """Probe a container over the network at each time when its kubelet would, for a while, where it is played on."""
    from ..network.probes import check
    from .play import Contact

    period, found = float(probe.get("periodSeconds") or 10), list[Piece]()
    at = float(probe.get("initialDelaySeconds") or 0)
    begins = course.seconds
    at += max(0.0, -(-(begins - at) // period)) * period
    worked = course.kernel.worked
    while len(found) < CHECKS and course.kernel.worked - worked < WORK:
        course.live_to(course.start + at, WORK)
        if course.main.status is not None or course.touched:
            break
        try:
            good, message = check(course.kernel, course.inside.space, course.container, probe,
                                  f"{release[0]}.{release[1]}")
        except Contact:
            break
        found.append(Piece(at if found else begins, good, message))
        at += period * max(1.0, (course.seconds - at) // period + 1)
    return found or [Piece(begins, True)]


def probed(course: Course, probe: Object) -> list[Piece]:
    """Probe a container that is played on: now, and whenever a file of it has changed, until it would reach something
    outside.

    What a probe finds that is run at its moments (probing.py) is what it has found there since the start.
    """
    from .probing import prober_of

    kind = next((kind for kind in KINDS if course.container.get(f"{kind}Probe") is probe), "")
    prober = prober_of(course.inside, kind)
    if prober is not None:
        most = prober.memory["made"] + CHECKS
        while prober.memory["made"] < most and course.live():
            pass
        return [Piece(*each) for each in prober.memory["found"]]
    command, timeout = probe["exec"]["command"], probe.get("timeoutSeconds") or 1
    found: list[Piece] = []
    while len(found) < MAX_PIECES:
        begins = course.seconds
        code, text = course.run(command, timeout)
        if course.reached:
            return found
        if code is None:
            text = f'command "{" ".join(command)}" timed out'
        found.append(Piece(begins, code == 0, text))
        seen = course.changes
        while course.changes == seen:
            if not course.live():
                return found
    return found


def failure(probe: Object, found: list[Piece], begin: float, after: float) -> tuple[float, str] | None:
    """Return (time, message) of the first probe later than `after` that fails, None where none does.

    Times are seconds after the start; probes are made from `begin` or initialDelaySeconds on.
    """
    period = float(probe.get("periodSeconds") or 10)
    first = max(begin, float(probe.get("initialDelaySeconds") or 0))
    after += 1e-6  # what was told of is not the next
    for i, piece in enumerate(found):
        if piece.succeeds:
            continue
        since = max(piece.begins, first)
        if since <= after:
            since = after
        time = first + -(-(since - first) // period) * period
        if i + 1 == len(found) or time < found[i + 1].begins:
            return time, piece.message
    return None


def verdicts(probe: Object, found: list[Piece], begin: float, at_first: bool) -> list[tuple[float, bool, str]]:
    """Return when a probe's verdict changes: (time, whether it is good, message of the last probe).

    The verdict is `at_first` until then. It turns good after successThreshold and bad after failureThreshold probes in
    a row; the first one is made at `begin` or after initialDelaySeconds.
    """
    delay, period = float(probe.get("initialDelaySeconds") or 0), float(probe.get("periodSeconds") or 10)
    first = max(begin, delay)
    state, changes = at_first, []
    merged: list[Piece] = []
    for piece in found:
        if not merged or merged[-1].succeeds != piece.succeeds:
            merged.append(piece)
    for i, piece in enumerate(merged):
        if piece.succeeds == state:
            continue
        needed = (probe.get("successThreshold") or 1) if piece.succeeds else (probe.get("failureThreshold") or 3)
        since = max(piece.begins, first)
        number = -(-(since - first) // period) + needed - 1
        time = first + number * period
        if i + 1 == len(merged) or time < merged[i + 1].begins:
            state = piece.succeeds
            changes.append((time, state, piece.message))
    return changes
