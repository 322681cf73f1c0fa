"""How much CPU a container has used of late, as who measures it every WINDOW seconds finds it.

`Space.load` is [number of a window of time, microseconds of CPU used in it, those of the window before]. What processes
do takes no simulated time, but is told as if each step took a microsecond, which is what a turn of a busy process does
take (kernel.TURN_TIME).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .process import Space

WINDOW = 15  # seconds; as in apiserver/metrics.py


def note(space: Space, now: float, microseconds: int) -> None:
    """Note that a container has used CPU."""
    window, load = int(now // WINDOW), space.load
    if load[0] == window:
        load[1] += microseconds
    else:
        space.load = [window, microseconds, load[1] if load[0] == window - 1 else 0]


def millicores(space: Space, now: float) -> int:
    """Return how much CPU a container has used in the last window that is over, in thousandths of a core."""
    number, last, before = space.load
    ago = int(now // WINDOW) - number
    return round((before, last)[ago] / WINDOW / 1000) if ago < 2 else 0


def is_loaded(space: Space, now: float) -> bool:
    """Tell whether that, or what is found next, is more than nothing."""
    return round(space.load[1] / WINDOW / 1000) > 0 if now // WINDOW == space.load[0] else millicores(space, now) > 0
