"""What a file descriptor stands for: an open file, an end of a pipe, a device, or a container's output.

Nothing here waits. `read` returns None where a real one would block; a write always takes everything, and `full`
tells that the writer had better wait. What to wait for is `key`, which the kernel wakes up by.
"""

from __future__ import annotations

from .errors import Errno, Exhausted
from .files import Inode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..chance import Chance
    from .kernel import Kernel

PIPE_SIZE = 65536
MOST_CAPTURED = 16 << 20  # bytes that a command substitution gives
MOST_OUTPUT = 64 << 20    # bytes that a container says within SPAN simulated seconds
MOST_KEPT = 10 << 20      # bytes of a log that are kept (kubelet's containerLogMaxSize)
SPAN = 10.0
_HEAD = "<dI?"            # of a packed write: when, how many bytes, whether to stderr


class Open:
    """What several descriptors, of several processes, may share; `users` counts them."""

    __slots__ = ("users",)
    key: object = None
    full = False
    terminal = False

    def __init__(self) -> None:
        self.users = 0

    @property
    def room(self) -> object:
        """What a writer waits for that is `full`."""
        return self.key

    def read(self, kernel: Kernel, count: int) -> bytes | None:
        """Return up to so many bytes, b"" at the end, None where one has to wait."""
        raise Errno("EBADF")

    def write(self, kernel: Kernel, data: bytes) -> None:
        """Write all of it."""
        raise Errno("EBADF")

    def closed(self, kernel: Kernel) -> None:
        """The last user is gone."""


class OpenFile(Open):
    """An open regular file with its offset."""

    __slots__ = ("append", "inode", "offset", "readable", "writable")

    def __init__(self, inode: Inode, readable: bool, writable: bool, append: bool):
        super().__init__()
        self.inode, self.readable, self.writable, self.append, self.offset = inode, readable, writable, append, 0

    def read(self, kernel: Kernel, count: int) -> bytes:
        if not self.readable:
            raise Errno("EBADF")
        data = bytes(self.inode.data[self.offset:self.offset + count])
        self.offset += len(data)
        return data

    def write(self, kernel: Kernel, data: bytes) -> None:
        if not self.writable:
            raise Errno("EBADF")
        inode = self.inode
        at = len(inode.data) if self.append else self.offset
        inode.write(at, data, kernel.now)
        self.offset = at + len(data)
        if inode in kernel.waiting:
            kernel.wake(inode)

    def closed(self, kernel: Kernel) -> None:
        if kernel.locks:
            from .locks import release

            release(kernel, self, self.inode)


class OpenFolder(Open):
    """An open folder, which can only be held."""

    __slots__ = ("inode",)

    def __init__(self, inode: Inode):
        super().__init__()
        self.inode = inode

    def read(self, kernel: Kernel, count: int) -> bytes:
        raise Errno("EISDIR")

    closed = OpenFile.closed


class Pipe:
    """Bytes on their way from writers to readers."""

    __slots__ = ("data", "readers", "writers")

    def __init__(self) -> None:
        self.data, self.readers, self.writers = bytearray(), 1, 1


class PipeReader(Open):
    """The end of a pipe that is read from."""

    __slots__ = ("pipe",)

    def __init__(self, pipe: Pipe):
        super().__init__()
        self.pipe = pipe

    @property
    def key(self) -> object:  # type: ignore[override]
        return self.pipe

    def read(self, kernel: Kernel, count: int) -> bytes | None:
        data = self.pipe.data
        if not data:
            return None if self.pipe.writers else b""
        taken = bytes(data[:count])
        del data[:count]
        kernel.wake(self.pipe)
        return taken

    def closed(self, kernel: Kernel) -> None:
        self.pipe.readers -= 1
        kernel.wake(self.pipe)


class PipeWriter(Open):
    """The end of a pipe that is written to."""

    __slots__ = ("pipe",)

    def __init__(self, pipe: Pipe):
        super().__init__()
        self.pipe = pipe

    @property
    def key(self) -> object:  # type: ignore[override]
        return self.pipe

    @property
    def full(self) -> bool:  # type: ignore[override]
        return len(self.pipe.data) >= PIPE_SIZE and self.pipe.readers > 0

    def write(self, kernel: Kernel, data: bytes) -> None:
        if not self.pipe.readers:
            raise Errno("EPIPE")
        self.pipe.data += data
        kernel.wake(self.pipe)

    def closed(self, kernel: Kernel) -> None:
        self.pipe.writers -= 1
        kernel.wake(self.pipe)


class Capture(Open):
    """Keeps what is written, such as a command substitution's output."""

    __slots__ = ("data",)

    def __init__(self) -> None:
        super().__init__()
        self.data = bytearray()

    def write(self, kernel: Kernel, data: bytes) -> None:
        self.data += data
        if len(self.data) > MOST_CAPTURED:
            raise Exhausted("output")


class Lines:
    """What a container has said: (time, stream, bytes) of each write.

    `new`: what `store` has not put away yet; `kept`: that, packed, the oldest bytes of too much of it dropped.
    `count`: how many writes there were before those of `kept`.
    """

    __slots__ = ("count", "kept", "new")

    def __init__(self) -> None:
        self.new: list[tuple[float, str, bytes]] = []
        self.kept = bytearray()
        self.count = 0

    def store(self) -> None:
        """Put away what is new, in a form that is little to store."""
        if not self.new:
            return
        from struct import pack

        for at, stream, data in self.new:
            self.kept += pack(_HEAD, at, len(data), stream == "stderr") + data
        self.new.clear()
        if len(self.kept) > MOST_KEPT:
            start = dropped = 0
            for start, _, _ in self._packed():
                if len(self.kept) - start <= MOST_KEPT // 2:
                    break
                dropped += 1
            self.count += dropped
            del self.kept[:start]

    def _packed(self) -> Iterator[tuple[int, int, tuple[float, str, bytes]]]:
        from struct import calcsize, unpack_from

        size, place = calcsize(_HEAD), 0
        while place < len(self.kept):
            at, length, error = unpack_from(_HEAD, self.kept, place)
            end = place + size + length
            yield place, end, (at, "stderr" if error else "stdout", bytes(self.kept[place + size:end]))
            place = end

    def since(self, count: int = 0) -> tuple[list[tuple[float, str, bytes]], int]:
        """Return the writes after the first `count`, as far as they are there, and how many there were in all."""
        found = [*(each for _, _, each in self._packed()), *self.new] if self.kept else [*self.new]
        total = self.count + len(found)
        return found[max(count - self.count, 0):], total

    def take(self) -> list[tuple[float, str, bytes]]:
        """Return all that is there, which is no longer kept then."""
        found, self.count = self.since()
        self.new.clear()
        self.kept.clear()
        return found


class Log(Open):
    """A container's stdout or stderr."""

    __slots__ = ("lines", "since", "size", "stream")

    def __init__(self, stream: str, lines: Lines):
        super().__init__()
        self.stream, self.lines, self.size, self.since = stream, lines, 0, 0.0

    def write(self, kernel: Kernel, data: bytes) -> None:
        self.lines.new.append((kernel.now, self.stream, data))
        if kernel.now > self.since + SPAN:
            self.size, self.since = 0, kernel.now
        self.size += len(data)
        if self.size > MOST_OUTPUT:
            raise Exhausted("output")
        if self in kernel.waiting:
            kernel.wake(self)


class Data(Open):
    """Bytes to be read: a here-document, or what a caller pipes in. `ended`: no more will come."""

    __slots__ = ("data", "ended")

    def __init__(self, data: bytes, ended: bool = True):
        super().__init__()
        self.data, self.ended = bytearray(data), ended

    @property
    def key(self) -> object:  # type: ignore[override]
        return self

    def read(self, kernel: Kernel, count: int) -> bytes | None:
        taken = bytes(self.data[:count])
        del self.data[:count]
        return taken if taken or self.ended else None

    def feed(self, kernel: Kernel, data: bytes, ended: bool = False) -> None:
        """More has come."""
        self.data += data
        self.ended = self.ended or ended
        kernel.wake(self)


# The numbers of the devices that containers have.
DEVICES = {"full": (1, 7), "null": (1, 3), "random": (1, 8), "tty": (5, 0), "urandom": (1, 9), "zero": (1, 5)}


class Device(Open):
    """A character device: null, zero, full, random or urandom."""

    __slots__ = ("inode", "name", "random")

    def __init__(self, inode: Inode, random: Chance):
        super().__init__()
        self.inode, self.name, self.random = inode, inode.target, random

    def read(self, kernel: Kernel, count: int) -> bytes:
        if self.name == "null":
            return b""
        return self.random.bytes(min(count, 65536)) if self.name.endswith("random") else bytes(count)

    def write(self, kernel: Kernel, data: bytes) -> None:
        if self.name == "full":
            raise Errno("ENOSPC")
