"""What becomes of a container when its simulation runs away, or fails in a way of its own.

What a process may use is bounded inside the simulation, by how much is done and never by time, so that it is the same
on every machine (kernel/process.py, play.py). This is for what those bounds do not see.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    T = TypeVar("T")

FAILED, KILLED = 2, 137
PATIENCE = 0.05  # who connects again and again is looked at by its age,
AGED = 3600.0    # from an age on that counts
_MEMORY = 1 << 30  # bytes of memory beside what there was, where the system can be told


def guarded(play: Callable[[], T], failed: Callable[[str], T]) -> T:
    """Return what `play` does; where it fails, `failed(trouble)`.

    `trouble`: in a few words what no real process does, and is a fault of the simulation; "" where it is only too big.
    """
    lift = _limit_memory()
    try:
        return play()
    except (MemoryError, RecursionError):
        return failed("")
    except Exception as problem:
        if getattr(problem, "fatal", False):  # no fault of the simulation, but of what holds its files
            raise
        return failed(f"{type(problem).__name__}: {str(problem)[:200]}")
    finally:
        lift()


def within(play: Callable[[], T]) -> T:
    """Return what `play` does, which minds by itself what fails, within the bound on memory."""
    lift = _limit_memory()
    try:
        return play()
    finally:
        lift()


def _limit_memory() -> Callable[[], None]:
    """Let this program's memory grow by so much and no more, where the system does that; returns what lifts it."""
    if sys.platform != "linux":
        return lambda: None
    import resource

    def limit(most: int, hard: int) -> None:
        try:
            resource.setrlimit(resource.RLIMIT_AS, (most, hard))
        except (OSError, ValueError):
            pass

    try:
        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        with open("/proc/self/statm", "rb", buffering=0) as file:
            wanted = int(file.read().split()[0]) * resource.getpagesize() + _MEMORY
    except (OSError, ValueError):
        return lambda: None
    limit(wanted if soft == resource.RLIM_INFINITY else min(wanted, soft), hard)
    return lambda: limit(soft, hard)
