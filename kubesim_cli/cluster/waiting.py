"""Waiting for something in a cluster: on a running clock by sleeping, on a frozen one by going from timer to timer."""

from __future__ import annotations

from ..machinery.timestamps import LAST
from .loops import HOUSEKEEPING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from .cluster import Cluster

    Found = TypeVar("Found")

POLL = 0.1              # real seconds between two looks at what other processes did
PATIENCE = 24 * 3600.0  # simulated seconds that a wait without a timeout goes on for on a frozen clock


def wait(cluster: Cluster, check: Callable[[], Found], timeout: float | None) -> Found | None:
    """See Cluster.wait."""
    cluster.settle()
    clock = cluster.clock
    end = cluster.now + (timeout if timeout is not None else PATIENCE if clock.frozen else float("inf"))
    if clock.frozen:
        end = min(end, LAST)
    while True:
        found = check()
        if found or cluster.now >= end:
            return found or None
        if not clock.frozen:
            _doze(cluster, end)
            continue
        due = cluster.manager.next_due()
        if timeout is None and not _eventful(cluster):
            return None
        cluster.begin()
        target = end if due is None or due > end else due
        clock.freeze(target)
        if not cluster.manager.step(target):
            clock.reach(target)


def _eventful(cluster: Cluster) -> bool:
    """Whether any timer is left that somebody may be waiting for."""
    return any(name not in HOUSEKEEPING for name in cluster.store.timers.controllers())


def _doze(cluster: Cluster, end: float) -> None:
    """Sleep until the next timer, or a little, with the store unlocked; then look what happened."""
    shown, speed = cluster.clock.shown, cluster.clock.speed
    cluster.rest(max(0.0, min(POLL, (cluster.store.timers.first(end) - shown) / speed, (end - shown) / speed)))
