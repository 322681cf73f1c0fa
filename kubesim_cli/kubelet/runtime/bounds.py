"""What a simulated process may use, and what becomes of one that wants more or fails in a way of its own.

Everything that a container or a probe runs is run by `run` here. A process is simulated whole before its container
starts, so no bound stands for time: it is how much work the simulation does, the same on every machine.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

STEPS = 100_000        # pieces of a program that are run before it counts as endless
BYTES = 64 << 20       # of text that a process makes, in variables, files and output together
FAILED, KILLED = 2, 137
_MEMORY = 512 << 20    # bytes of memory beside what there was, where the system can be told


class Exit(Exception):
    """The process ends with `code`."""

    def __init__(self, code: int):
        super().__init__(code)
        self.code = code


class Endless(Exception):
    """The process does not end by itself, or not before the time that was asked about."""


class OutOfSteps(BaseException):
    """The process has used its steps. No Exception: nothing inside a process may catch it and go on."""


class OutOfMemory(BaseException):
    """The process wants more than it may have."""


class Budget:
    """What a process, with all that it starts, has left."""

    __slots__ = ("bytes", "steps")

    def __init__(self, steps: int | None = None, bytes_: int | None = None):
        self.steps, self.bytes = STEPS if steps is None else steps, BYTES if bytes_ is None else bytes_

    def step(self) -> None:
        """A piece of the program is run."""
        self.steps -= 1
        if self.steps < 0:
            raise OutOfSteps

    def take(self, count: int) -> None:
        """So many characters are made."""
        self.bytes -= count
        if self.bytes < 0:
            raise OutOfMemory


class Ended:
    """How a process ended. `code`: None where it goes on; `killed`: it wanted too much memory; `trouble`: in a few
    words what no real process does, and is a fault of the simulation: "" mostly.
    """

    __slots__ = ("code", "killed", "trouble")

    def __init__(self, code: int | None, killed: bool = False, trouble: str = ""):
        self.code, self.killed, self.trouble = code, killed, trouble


def run(process: Callable[[], int]) -> Ended:
    """Run a process that returns its exit code; whatever it raises is its own end and nobody else's."""
    lift = _limit_memory()
    try:
        return Ended(process() % 256)
    except Exit as end:
        return Ended(end.code % 256)
    except (Endless, OutOfSteps):
        return Ended(None)
    except (OutOfMemory, MemoryError):
        return Ended(FAILED, killed=True)
    except RecursionError:
        return Ended(FAILED)  # the stack of a real one overflows too
    except Exception as problem:
        return Ended(FAILED, trouble=f"{type(problem).__name__}: {str(problem)[:200]}")
    finally:
        lift()


def _limit_memory() -> Callable[[], None]:
    """Let this program's memory grow by so much and no more; returns what lifts that.

    Budgets hold on any system; this is for what they do not see, such as a single number of a billion digits.
    """
    if sys.platform != "linux":
        return lambda: None
    import resource

    before = resource.getrlimit(resource.RLIMIT_AS)
    wanted = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 + _MEMORY
    if before[0] != resource.RLIM_INFINITY:
        wanted = min(wanted, before[0])
    try:
        resource.setrlimit(resource.RLIMIT_AS, (wanted, before[1]))
    except (OSError, ValueError):
        return lambda: None
    return lambda: resource.setrlimit(resource.RLIMIT_AS, before)
