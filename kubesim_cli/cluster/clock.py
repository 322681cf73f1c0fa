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
        if frozen is not None:
            return frozen
        wall = self._wall()
        return wall + self._state.clock_offset(wall)

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
        return self._state.clock_offset(self._wall())

    @property
    def tick(self) -> float:
        """Seconds by which a frozen clock moves with each command of kubectl's."""
        return self._state.clock_tick

    @property
    def speed(self) -> float:
        """How many times as fast as the wall clock a running clock runs."""
        return self._state.clock_speed

    def freeze(self, at: float, tick: float | None = None) -> None:
        """Have the clock stand still at a time; `tick` as above, None: as it is.

        The cluster has yet to live up to it.
        """
        self._state.freeze_clock(at, self.tick if tick is None else tick)

    def run(self, offset: float, speed: float | None = None) -> None:
        """Let the clock run on from `offset` seconds ahead of the wall clock; `speed` as above, None: as it is.

        The cluster has yet to live up to it.
        """
        self._state.run_clock(offset, self.speed if speed is None else speed, self._wall())

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
