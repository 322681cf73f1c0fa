"""A terminal: what is typed is shown and handed on line by line, with the keys that a line discipline knows."""

from __future__ import annotations

from .descriptors import Open

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .descriptors import Lines
    from .kernel import Kernel
    from .process import Space

INTERRUPT, END, BACKSPACE, DELETE, KILL_LINE, KILL_WORD = 3, 4, 8, 127, 21, 23
_UP, _DOWN = b"\x1b[A", b"\x1b[B"


class Terminal(Open):
    """`typed`: complete lines that nobody has read yet; `line`: the one being typed; `shown`: what it shows, until it
    is taken. `history`: lines typed before, through which the arrows lead. `lines`: the log that keeps what it shows,
    where it is the terminal of a container's own process. `size`: columns and rows."""

    __slots__ = ("at", "ended", "history", "line", "lines", "shown", "size", "space", "typed")
    terminal = True

    def __init__(self, space: Space, lines: Lines | None = None):
        super().__init__()
        self.lines, self.size = lines, (80, 24)
        self.space, self.typed, self.line, self.shown, self.ended = space, bytearray(), bytearray(), bytearray(), False
        self.history: list[bytes] = []
        self.at = 0

    @property
    def key(self) -> object:  # type: ignore[override]
        return self

    def read(self, kernel: Kernel, count: int) -> bytes | None:
        """Return what was typed, a line at most."""
        if not self.typed:
            if self.ended:
                self.ended = False
                return b""
            return None
        end = min(self.typed.find(b"\n") + 1 or len(self.typed), count)
        taken = bytes(self.typed[:end])
        del self.typed[:end]
        return taken

    def write(self, kernel: Kernel, data: bytes) -> None:
        """Show something."""
        self.shown += data.replace(b"\n", b"\r\n")
        self._log(kernel)

    def _log(self, kernel: Kernel) -> None:
        if self.lines is not None and self.shown:
            self.lines.new.append((kernel.now, "stdout", self.take()))

    def take(self) -> bytes:
        """Return what is shown since the last time."""
        taken = bytes(self.shown)
        self.shown.clear()
        return taken

    def type(self, kernel: Kernel, data: bytes) -> None:
        """Somebody types."""
        at = 0
        while at < len(data):
            if data[at:at + 3] in (_UP, _DOWN):
                self._recall(-1 if data[at:at + 3] == _UP else 1)
                at += 3
                continue
            self._key(kernel, data[at])
            at += 1
        self._log(kernel)

    def resize(self, kernel: Kernel, columns: int, rows: int) -> None:
        """The window has another size; who has the terminal open is told."""
        if (columns, rows) != self.size:
            self.size = columns, rows
            self._signal(kernel, "WINCH")

    def hang_up(self, kernel: Kernel) -> None:
        """Nothing more will be typed."""
        self.typed += self.line
        self.line.clear()
        self.ended = True
        kernel.wake(self)

    def _key(self, kernel: Kernel, key: int) -> None:
        if key in (10, 13):
            self.shown += b"\r\n"
            if self.line.strip() and bytes(self.line) not in self.history[-1:]:
                self.history.append(bytes(self.line))
            self.at = len(self.history)
            self.typed += self.line + b"\n"
            self.line.clear()
            kernel.wake(self)
        elif key == INTERRUPT:
            self.shown += b"^C\r\n"
            self.line.clear()
            self._signal(kernel, "INT")
        elif key == END:
            if self.line:
                self.typed += self.line
                self.line.clear()
            else:
                self.ended = True
            kernel.wake(self)
        elif key in (BACKSPACE, DELETE):
            self._erase(1)
        elif key == KILL_LINE:
            self._erase(len(self.line))
        elif key == KILL_WORD:
            kept = self.line.rstrip(b" ").rpartition(b" ")
            self._erase(len(self.line) - len(kept[0]) - len(kept[1]))
        else:
            self.line.append(key)
            self.shown.append(key)

    def _erase(self, count: int) -> None:
        for _ in range(min(count, len(self.line))):
            last = self.line.pop()
            while last & 0xc0 == 0x80 and self.line:  # the bytes of one character
                last = self.line.pop()
            self.shown += b"\b \b"

    def _recall(self, step: int) -> None:
        self.at = max(0, min(len(self.history), self.at + step))
        self._erase(len(self.line))
        self.line += self.history[self.at] if self.at < len(self.history) else b""
        self.shown += self.line

    def _signal(self, kernel: Kernel, signal: str) -> None:
        for process in list(self.space.processes.values()):
            if self in process.fds.values():
                kernel.kill(process, signal)
