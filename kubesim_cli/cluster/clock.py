"""The cluster's clock: simulated time, in seconds since 1970."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .state import ClusterState


class Clock:
    """Time in a cluster. `now` is the instant that the cluster has lived up to; nobody else sets it.

    What the clock shows is another thing: it runs on between commands, and the cluster lives up to it when the next one
    comes. It runs with the wall clock, at an offset from it, or stands frozen; which of them stands in `state`.
    """

    def __init__(self, state: ClusterState, wall: Callable[[], float]):
        self._state, self._wall = state, wall
        self._now = self.shown
        self.horizon = 0.0  # how far time is let pass before anybody can look again; behind `now` where that is now

    @property
    def now(self) -> float:
        """The instant that the cluster has lived up to."""
        return self._now

    @property
    def shown(self) -> float:
        """What the clock shows, whether or not the cluster has lived up to it."""
        frozen = self._state.frozen_at
        return frozen if frozen is not None else self._wall() + self._state.clock_offset

    @property
    def wall(self) -> float:
        """What the wall clock shows."""
        return self._wall()

    @property
    def frozen(self) -> bool:
        """Whether time stands still between commands."""
        return self._state.frozen_at is not None

    @property
    def offset(self) -> float:
        """Seconds that a running clock is ahead of the wall clock."""
        return self._state.clock_offset

    def freeze(self, at: float) -> None:
        """Have the clock stand still at a time. The cluster has yet to live up to it."""
        self._state.set_clock(frozen_at=at)

    def run(self, offset: float) -> None:
        """Let the clock run at `offset` seconds from the wall clock. The cluster has yet to live up to it."""
        self._state.set_clock(offset=offset)

    def show(self, at: float) -> None:
        """Have the clock show a time, frozen there if it stands, else running on."""
        if self.frozen:
            self.freeze(at)
        else:
            self.run(self.offset_of(at))

    def offset_of(self, at: float) -> float:
        """Return at how many seconds from the wall clock it would show a time."""
        return at - self._wall()

    def reach(self, at: float) -> None:
        """The cluster has lived up to a time."""
        self._now = max(self._now, at)

    def stand_at(self, at: float) -> None:
        """The cluster lives on from a time, which may be before `now`: whatever falls due then comes first."""
        self._now = at
