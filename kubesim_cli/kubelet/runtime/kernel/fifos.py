"""Named pipes: who opens one waits until somebody has opened its other end (Linux' fs/pipe.c, fifo_open).

The kernel keeps what flows through each that somebody has open. An opening that has to wait is done again.
"""

from __future__ import annotations

from .descriptors import Open, Pipe, PipeReader, PipeWriter
from .errors import Blocked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .files import Inode
    from .kernel import Kernel
    from .process import Process


class Fifo(Pipe):
    """`opened`: how often each end was, reading and writing; `opening`: the processes that wait for the other end to be
    opened, with which end they open and how often the other one had been opened before."""

    __slots__ = ("opened", "opening")

    def __init__(self) -> None:
        super().__init__()
        self.readers = self.writers = 0
        self.opened = {"r": 0, "w": 0}
        self.opening: dict[Process, tuple[str, int]] = {}

    @property
    def users(self) -> int:
        """How many ends are open."""
        return self.readers + self.writers

    def end(self, how: str, count: int) -> None:
        """So many more have one of the ends open."""
        if how == "r":
            self.readers += count
        else:
            self.writers += count


class BothEnds(Open):
    """A named pipe that was opened for both, as by `exec 3<>PIPE`: it never comes to an end."""

    __slots__ = ("pipe",)

    def __init__(self, pipe: Fifo):
        super().__init__()
        self.pipe = pipe

    @property
    def key(self) -> object:  # type: ignore[override]
        return self.pipe

    def read(self, kernel: Kernel, count: int) -> bytes | None:
        return PipeReader.read(self, kernel, count)  # type: ignore[arg-type]

    def write(self, kernel: Kernel, data: bytes) -> None:
        PipeWriter.write(self, kernel, data)  # type: ignore[arg-type]

    def closed(self, kernel: Kernel) -> None:
        PipeReader.closed(self, kernel)  # type: ignore[arg-type]
        PipeWriter.closed(self, kernel)  # type: ignore[arg-type]


def opened(kernel: Kernel, process: Process, inode: Inode, how: str) -> Open:
    """Return a named pipe opened, see Process.open; raise Blocked where the process has to wait for the other end."""
    fifo = kernel.fifos.get(inode)
    if fifo is None or not fifo.users:
        for each in [each for each, known in kernel.fifos.items() if not known.users]:
            del kernel.fifos[each]
        fifo = kernel.fifos[inode] = Fifo()
    if how == "+":
        for end in "rw":
            fifo.end(end, 1)
            fifo.opened[end] += 1
        kernel.wake(fifo)
        return BothEnds(fifo)
    end, other = ("r", "w") if how == "r" else ("w", "r")
    if process in fifo.opening:
        if fifo.opened[other] == fifo.opening[process][1]:
            process.wait(fifo)
            raise Blocked
        del fifo.opening[process]
    else:
        fifo.end(end, 1)
        fifo.opened[end] += 1
        kernel.wake(fifo)
        if not (fifo.writers if end == "r" else fifo.readers):
            fifo.opening[process] = end, fifo.opened[other]
            process.wait(fifo)
            raise Blocked
    return PipeReader(fifo) if end == "r" else PipeWriter(fifo)


def forget(kernel: Kernel, process: Process) -> None:
    """A process has ended that may have waited for the other end of one."""
    for fifo in kernel.fifos.values():
        if process in fifo.opening:
            fifo.end(fifo.opening.pop(process)[0], -1)
            kernel.wake(fifo)
