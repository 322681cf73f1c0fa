"""What a container has said, as its node would have it on disk.

Nothing is kept of it: the container is played again from its start, which says the same to the byte. That holds where
all it says is known, and where it has done what its pod's status says of it; else `Unknown`.
"""

from __future__ import annotations

from ..machinery import timestamps
from .runtime import environment
from .runtime.play import Play
from .runtime.process import SHORT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..apiserver.client import Client
    from ..machinery.types import Object

MOST = 400_000         # moments of its life that are played
WORK = 10_000_000      # steps that its programs do
_FIELDS = ("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses")


class Unknown(Exception):
    """What the container has said cannot be told; the message says why, as in `it ...`."""


class ContainerLog:
    """The log of a pod's container, the run before its last with `previous`. It has been started at least once."""

    def __init__(self, api: Client, pod: Object, container: Object, previous: bool = False):
        self.api, self.container = api, container
        self.ended: float | None = None
        self._open: dict[str, bytes] = {}  # by stream, what has no end of line yet
        self._seen = 0
        self._play: Play | None = None
        self.follow(pod)
        times = self._times(previous)
        env, _ = environment.environment(api, pod, container)
        if times and times.get("startedAt") and environment.arguments(container, env):
            self._play = Play(api, pod, container, timestamps.parse(times["startedAt"]))
        if times and times.get("finishedAt"):
            self.ended = timestamps.parse(times["finishedAt"])

    def follow(self, pod: Object) -> None:
        """The pod's status is another one now."""
        status = pod.get("status") or {}
        self._status: Object = next(each for field in _FIELDS for each in status.get(field) or ()
                                    if each["name"] == self.container["name"])

    def _times(self, previous: bool) -> Object | None:
        """Return when the run began and ended, None where there is none."""
        last: Object | None = (self._status.get("lastState") or {}).get("terminated")
        state = self._status.get("state") or {}
        return last if previous or "waiting" in state else state.get("running") or state.get("terminated")

    def lines(self, until: float) -> list[tuple[float, bytes]]:
        """Return the lines that have come up to a time, and were not returned before, each with its moment.

        A line has its line feed, but for a last one of a container that has ended. Raises Unknown.
        """
        play = self._play
        if play is None:
            return []
        if self.ended is not None:
            until = min(until, self.ended)
        while play.main.status is None:
            due = play.due()
            if due is None or due > until:
                break
            if play.turns > MOST or play.kernel.worked > WORK:
                raise Unknown("it has done too much since its start to be played again")
            play.forward()
        if play.main.status is not None and play.kernel.now + SHORT < until and self.ended is None:
            raise Unknown("what it does depends on what was not played")
        if play.inside.space.guessed:
            raise Unknown("it has run a program whose output is not known")
        return self._taken(play)

    def _taken(self, play: Play) -> list[tuple[float, bytes]]:
        found = []
        said = play.inside.said.new
        for at, stream, data in said[self._seen:]:
            *whole, rest = (self._open.get(stream, b"") + data).split(b"\n")
            found += [(at, line + b"\n") for line in whole]
            self._open[stream] = rest
        self._seen = len(said)
        if play.main.status is not None:
            found += [(play.kernel.now, rest) for rest in self._open.values() if rest]
            self._open = {}
        return found
