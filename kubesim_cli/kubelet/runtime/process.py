"""What becomes of a container: how long it runs, how it ends, and what its probes find meanwhile."""

from __future__ import annotations

from . import bounds, environment, programs, shell, syntax

# Images whose default command is a shell or says something and is gone: without a terminal they end at once, unless
# they are made to serve.
_SHELLS = {"alpine", "amazonlinux", "archlinux", "bash", "busybox", "centos", "debian", "fedora", "golang",
           "hello-world", "node", "openjdk", "opensuse", "oraclelinux", "perl", "php", "python", "rockylinux", "ruby",
           "ubuntu"}
MAX_PIECES = 1000  # of a container's life that are told apart
SHORT = 1.0  # seconds that a main container lives at least
OOM_CODE = KILLED_CODE = bounds.KILLED


class Outcome:
    """`ends`: seconds after the start, None: by itself never. `changes`: (time, path, exists) for its files.

    `trouble`: where the simulation failed at it, in what (see bounds.Ended).
    """

    __slots__ = ("changes", "code", "ends", "reason", "trouble")

    def __init__(self, ends: float | None, code: int = 0, reason: str = "", changes=(), trouble: str = ""):
        self.ends, self.code, self.changes, self.trouble = ends, code, changes, trouble
        self.reason = reason or ("Completed" if code == 0 else "Error")


ENDLESS = Outcome(None)


def image_name(image: str) -> str:
    """Return an image's name without registry, path, tag and digest."""
    return image.partition("@")[0].rpartition("/")[2].partition(":")[0]


def _ends_by_itself(container: dict) -> bool:
    """Tell whether a container ends with its image's own command."""
    if any(container.get(field) for field in ("ports", "livenessProbe", "readinessProbe", "startupProbe")):
        return False
    image = container["image"]
    return image_name(image) in _SHELLS and not image.endswith(("apache", "fpm", "fpm-alpine"))


def arguments(container: dict, env: dict[str, str]) -> list[str]:
    """Return the argument list a container runs with, [] for its image's own command."""
    command, args = container.get("command") or [], container.get("args") or []
    if not command and (not args or args[0].startswith("-")):
        return []
    return [environment.substitute(word, env) for word in (*command, *args)]


def outcome(api, pod: dict, container: dict, start: float, role: str) -> Outcome:
    """Return what becomes of a container started at `start`.

    `role`: main, job (a Job's main container: what is not known ends well), init (the same, and at once), sidecar or
    ephemeral.
    """
    finite = role in ("job", "init")
    least = SHORT if role in ("main", "job") else 0.0
    if not container.get("command") and not container.get("args"):
        if container.get("stdin") or role == "sidecar":
            return ENDLESS
        return Outcome(least) if finite or _ends_by_itself(container) else ENDLESS
    env, _ = environment.environment(api, pod, container)
    argv = arguments(container, env)
    if not argv:
        return Outcome(least) if finite else ENDLESS
    if container.get("stdin") and len(argv) == 1 and argv[0].endswith("sh"):
        return ENDLESS
    if argv[0].rpartition("/")[2] == "sleep" and len(argv) == 2:
        span = programs.seconds(argv[1])
        if span is not None:
            return ENDLESS if span == float("inf") else Outcome(max(span, least))
    if _out_of_memory(argv, container):
        return Outcome(SHORT, OOM_CODE, "OOMKilled")
    process = shell.Shell(environment.world(api, pod, container, start, _unknown(finite)), env)
    ended = _run(process, argv)
    if ended.code is None:
        return Outcome(None, changes=process.changes)
    if ended.killed and _memory_limit(container) is not None:
        return Outcome(max(process.time, SHORT), OOM_CODE, "OOMKilled", process.changes)
    return Outcome(max(process.time, least), ended.code, changes=process.changes, trouble=ended.trouble)


def _run(process: shell.Shell, argv: list[str]) -> bounds.Ended:
    """Run a program; one that is not understood goes on."""

    def execute() -> int:
        try:
            return process.execute(argv)
        except syntax.ShellSyntaxError:
            raise bounds.Endless from None

    return bounds.run(execute)


def _memory_limit(container: dict) -> str | None:
    return ((container.get("resources") or {}).get("limits") or {}).get("memory")


def _unknown(finite: bool):
    return (lambda argv: (0.0, 0)) if finite else None


def _out_of_memory(argv: list[str], container: dict) -> bool:
    """stress allocates what it is told to: more than the limit ends it."""
    from ...machinery import quantity

    limit = _memory_limit(container)
    words = " ".join(argv).split()
    if limit is None or "stress" not in words[0] or "--vm-bytes" not in words[:-1]:
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


def pieces(api, pod: dict, container: dict, probe: dict, result: Outcome, start: float) -> list[Piece]:
    """Return what a probe finds over a container's life; only `exec` can fail here."""
    command = (probe.get("exec") or {}).get("command")
    if not command:
        return [Piece(0.0, True)]
    found = []
    env, _ = environment.environment(api, pod, container)
    files = dict(environment.mounted_files(api, pod, container))
    for begins in sorted({0.0, *(time for time, _, _ in result.changes)})[:MAX_PIECES]:
        for time, path, exists in result.changes:
            if time <= begins:
                files[path] = "" if exists else None  # type: ignore[assignment]
        sees = environment.world(api, pod, container, start + begins, _unknown(True))
        sees.files = dict(files)
        process = shell.Shell(sees, env, until=probe.get("timeoutSeconds") or 1)
        code = _run(process, list(command)).code
        found.append(Piece(begins, code == 0, "".join(text for _, text in process.out)))
    return found


def verdicts(probe: dict, found: list[Piece], begin: float, at_first: bool) -> list[tuple[float, bool, str]]:
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
