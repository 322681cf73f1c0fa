"""Programs that images have and that nobody plays: the first of a container goes on, any other ends well.

Who comes by exec is told, and gets an exit code that says so: an answer that nobody knows is none.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..kernel.process import Process

UNPLAYED = 126  # exit code of what is there and cannot be run, as shells have it


def run(process: Process) -> int | None:
    """Print nothing to a container's log; what it would have printed is not known."""
    process.space.guessed = True
    if process.space.is_guest(process):
        process.complain("kubesim does not play this program")
        return UNPLAYED
    if process is not process.space.init:
        return 0
    process.wait()
    return None
