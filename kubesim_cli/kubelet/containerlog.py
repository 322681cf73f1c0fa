"""What a container has said, as its node would have it on disk.

Of a resident container the engine has it (residents.py). Nothing is kept of any other: it is played again from its
start, which says the same to the byte. That holds where all it says is known, and where it has done what its pod's
status says of it.
"""

from __future__ import annotations

from ..machinery import timestamps
from ..machinery.streaming import StartError
from .runtime import bounds, environment
from .runtime.play import Play
from .runtime.process import RUN_AWAY, SHORT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..apiserver.client import Client
    from ..machinery.types import Object
    from .runtime.kernel.descriptors import Lines

WORK = 10_000_000      # steps of its life that are played, and RESTED more for each second, as of a loop that looks at
RESTED = 50            # something and sleeps: a week of one that tells the time each second, but no
MOST = 40_000_000      # more than these
SECOND = 0.999999
SPAN = 3600.0          # seconds after which what it has said is put away, and the oldest of too much is dropped
_FIELDS = ("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses")
PARTIAL = 16 << 10      # bytes of a line that is shown before it has ended


class ContainerLog:
    """The log of a pod's container, the run before its last with `previous`. It has been started at least once.

    `ended`: when the run did, None where it goes on. `why`: why its lines cannot be told.
    """

    def __init__(self, api: Client, pod: Object, container: Object, previous: bool = False):
        self.api, self.container = api, container
        self.ended: float | None = None
        self.why = ""
        self._open: dict[str, bytes] = {}  # by stream, what has no end of line yet
        self._seen = 0
        self._play: Play | None = None
        status = self._found(pod)
        times = _times(status, previous)
        self._id, self._uid = status.get("containerID"), pod["metadata"].get("uid", "")
        self._began = timestamps.parse(times["startedAt"]) if times and times.get("startedAt") else 0.0
        if times and times.get("finishedAt"):
            self.ended = timestamps.parse(times["finishedAt"])
        if self._resident() is not None:
            return
        env, _ = environment.environment(api, pod, container)
        if times and times.get("startedAt") and environment.arguments(api, container, env):
            try:
                self._play = Play(api, pod, container, timestamps.parse(times["startedAt"]))
            except StartError:
                pass  # it never ran

    def _resident(self) -> tuple[Lines, float | None] | None:
        if not self.api.server.store.has_parts and self.api.server.runtime is None:
            return None
        from . import residents

        return residents.of(self.api).said(self._uid, self.container["name"], self._began)

    def _found(self, pod: Object) -> Object:
        status = pod.get("status") or {}
        return next((each for field in _FIELDS for each in status.get(field) or ()
                     if each["name"] == self.container["name"]), {})

    @staticmethod
    def chosen(lines: list[tuple[float, bytes]], tail: int, since: float) -> list[tuple[float, bytes]]:
        """Return the last `tail` of some lines (negative: all), of these what came since a moment."""
        if tail >= 0:
            lines = lines[len(lines) - min(tail, len(lines)):]
        return [line for line in lines if line[0] >= since]

    @staticmethod
    def stamped(at: float, line: bytes) -> bytes:
        """Return a line with its moment before it."""
        return f"{timestamps.format(at)[:-1]}.{int(at % 1 * 1e9):09d}Z ".encode() + line

    def runs(self, pod: Object) -> bool:
        """Tell whether the run goes on by the pod's status; when it has ended is known then."""
        status = self._found(pod)
        if status.get("containerID") == self._id and "running" in (status.get("state") or {}):
            return True
        if self.ended is None:
            ended = _times(status, status.get("containerID") != self._id) or {}
            if ended.get("finishedAt"):
                self.ended = timestamps.parse(ended["finishedAt"])
        return False

    def lines(self, until: float) -> list[tuple[float, bytes]] | None:
        """Return the lines that have come up to a time, and were not returned before, each with its moment.

        A line has its line feed, but for a last one of a container that has ended. None: it cannot be told (`why`).
        """
        play = self._play
        if play is None:
            resident = self._resident()
            if resident is None:
                return []
            lines, ended = resident
            said, self._seen = lines.since(self._seen)
            return self._whole(said, ended)
        if self.ended is not None:
            until = min(until, self.ended)
        why = bounds.guarded(lambda: _lived(play, until), str)
        if not why and until == self.ended:  # which is told in whole seconds: what ends by itself does in this one
            why = bounds.guarded(lambda: _lived(play, until + SECOND), str)
        ended = play.inside.space.ended
        is_over = ended is not None and self.ended is None and ended + SHORT < until
        if not why and is_over and play.inside.space.exhausted not in RUN_AWAY:
            why = "its status tells another life"
        if not why and play.inside.space.guessed:
            why = "a program has run in it that kubesim does not play"
        self.why = why
        return None if why else self._taken(play)

    def _taken(self, play: Play) -> list[tuple[float, bytes]]:
        said, self._seen = play.inside.said.since(self._seen)
        ended = play.inside.space.ended
        if ended is None and self.ended is not None:
            said = [each for each in said if each[0] <= self.ended]
        return self._whole(said, ended)

    def _whole(self, said: list[tuple[float, str, bytes]], ended: float | None) -> list[tuple[float, bytes]]:
        """Return whole lines; what has no end of line is kept for the next time, unless the container has ended."""
        found = []
        for at, stream, data in said:
            *whole, rest = (self._open.get(stream, b"") + data).split(b"\n")
            found += [(at, line + b"\n") for line in whole]
            while len(rest) > PARTIAL:  # a runtime does not wait for ever for the end of a line
                found.append((at, rest[:PARTIAL]))
                rest = rest[PARTIAL:]
            self._open[stream] = rest
        if ended is not None:
            found += [(ended, rest) for rest in self._open.values() if rest]
            self._open = {}
        return found


def _lived(play: Play, until: float) -> str:
    """Let a container live up to a time; return why that cannot be done, "" where it was."""
    while play.main.status is None and not play.touched and (due := play.due()) is not None and due <= until:
        most = min(WORK + RESTED * play.seconds, MOST) - play.kernel.worked
        if most < 0:
            return "it has done too much since its start to be played again"
        play.go(min(until, due + SPAN), most)
        play.inside.said.store()
    return ""


def _times(status: Object, previous: bool) -> Object | None:
    """Return when a run began and ended, None where there is none."""
    last: Object | None = (status.get("lastState") or {}).get("terminated")
    state = status.get("state") or {}
    return last if previous or "waiting" in state else state.get("running") or state.get("terminated")
