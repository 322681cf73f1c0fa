"""A terminal: what is typed is shown and handed on line by line, with the keys that a line discipline knows."""

from __future__ import annotations

from .descriptors import Open

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .descriptors import Lines
    from .kernel import Kernel
    from .process import Space

INTERRUPT, END, BACKSPACE, TAB, CLEAR, KILL_LINE, KILL_WORD, ESCAPE, DELETE = 3, 4, 8, 9, 12, 21, 23, 27, 127
HOME, LEFT, LAST, RIGHT, KILL_REST, NEXT, PREVIOUS = 1, 2, 5, 6, 11, 14, 16
_SEQUENCES = {b"[A": PREVIOUS, b"[B": NEXT, b"[C": RIGHT, b"[D": LEFT, b"[H": HOME, b"[F": LAST, b"[1~": HOME,
              b"[4~": LAST, b"OA": PREVIOUS, b"OB": NEXT, b"OC": RIGHT, b"OD": LEFT, b"OH": HOME, b"OF": LAST}
_FORWARD = b"[3~"  # the key Delete


class Terminal(Open):
    """`typed`: complete lines that nobody has read yet; `line`: the one being typed, `cursor`: where in it.

    `row`: what a program has written before it, such as its prompt; `shown`: what it shows, until it is taken.
    `history`: lines typed before, through which the arrows lead. `lines`: the log that keeps what it shows, where it is
    the terminal of a container's own process. `size`: columns and rows; `echo`: what is typed is shown.
    """

    __slots__ = ("at", "cursor", "echo", "ended", "escape", "history", "line", "lines", "row", "shown", "size", "space",
                 "typed")
    terminal = True

    def __init__(self, space: Space, lines: Lines | None = None):
        super().__init__()
        self.lines, self.size = lines, (80, 24)
        self.space, self.typed, self.line, self.shown, self.ended = space, bytearray(), bytearray(), bytearray(), False
        self.history: list[bytes] = []
        self.at = self.cursor = 0
        self.echo = True
        self.row, self.escape = bytearray(), bytearray()  # of a key that sends several bytes, those that have come

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
        _, line_end, last = data.rpartition(b"\n")
        if line_end:
            self.row.clear()
        self.row += last[-4096:]
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
        before = len(self.shown)
        for byte in data:
            if self.escape or byte == ESCAPE:
                self._escape(kernel, byte)
            else:
                self._key(kernel, byte)
        if not self.echo:
            del self.shown[before:]
        self._log(kernel)

    def _escape(self, kernel: Kernel, byte: int) -> None:
        """Take a byte of a key that sends several; those that mean nothing here are dropped."""
        self.escape.append(byte)
        if len(self.escape) == 1 or (len(self.escape) == 2 and byte in b"[O") or (
                len(self.escape) > 2 and byte < 0x40 and len(self.escape) < 16):
            return
        sequence = bytes(self.escape[1:])
        self.escape.clear()
        if sequence in _SEQUENCES:
            self._key(kernel, _SEQUENCES[sequence])
        elif sequence == _FORWARD:
            self._replace(self.cursor, self._beside(self.cursor, 1))

    def redraw(self, kernel: Kernel) -> None:
        """Show the line once more, with the prompt before it."""
        self.shown += b"\r" + self.row + self.line + b"\b" * _cells(self.line[self.cursor:])
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
        self.cursor, self.ended = 0, True
        kernel.wake(self)

    def _key(self, kernel: Kernel, key: int) -> None:
        if key in (10, 13):
            self.shown += b"\r\n"
            if self.echo and self.line.strip() and bytes(self.line) not in self.history[-1:]:
                self.history.append(bytes(self.line))
            self.typed += self.line + b"\n"
            self._begin()
            kernel.wake(self)
        elif key == INTERRUPT:
            self.shown += b"^C\r\n"
            self._begin()
            self._signal(kernel, "INT")
        elif key == END and self.cursor < len(self.line):
            self._replace(self.cursor, self._beside(self.cursor, 1))
        elif key == END:
            self.ended = not self.line
            self.typed += self.line
            self.line.clear()
            self.cursor = 0
            kernel.wake(self)
        elif key in (BACKSPACE, DELETE):
            self._replace(self._beside(self.cursor, -1), self.cursor)
        elif key == KILL_LINE:
            self._replace(0, self.cursor)
        elif key == KILL_REST:
            self._replace(self.cursor, len(self.line))
        elif key == KILL_WORD:
            kept = self.line[:self.cursor].rstrip(b" ").rpartition(b" ")
            self._replace(len(kept[0]) + len(kept[1]), self.cursor)
        elif key in (HOME, LAST, LEFT, RIGHT):
            self._move({HOME: 0, LAST: len(self.line)}.get(key, self._beside(self.cursor, 1 if key == RIGHT else -1)))
        elif key in (PREVIOUS, NEXT):
            self.at = max(0, min(len(self.history), self.at + (-1 if key == PREVIOUS else 1)))
            self._move(len(self.line))
            self._replace(0, len(self.line))
            self._insert(self.history[self.at] if self.at < len(self.history) else b"")
        elif key == CLEAR:
            self.shown += b"\x1b[H\x1b[2J"
            self.redraw(kernel)
        elif key == TAB or key >= 32:
            self._insert(bytes([key]))

    def _begin(self) -> None:
        """Another line is typed."""
        self.at, self.cursor = len(self.history), 0
        self.line.clear()
        self.row.clear()

    def _beside(self, at: int, step: int) -> int:
        """Return where the character beside a place in the line begins."""
        at += step
        while 0 < at < len(self.line) and self.line[at] & 0xc0 == 0x80:
            at += step
        return max(0, min(at, len(self.line)))

    def _move(self, to: int) -> None:
        if to < self.cursor:
            self.shown += b"\b" * _cells(self.line[to:self.cursor])
        else:
            self.shown += self.line[self.cursor:to]
        self.cursor = to

    def _insert(self, data: bytes) -> None:
        rest = bytes(self.line[self.cursor:])
        self.line[self.cursor:self.cursor] = data
        self.cursor += len(data)
        self.shown += data + rest + b"\b" * _cells(rest)

    def _replace(self, start: int, end: int) -> None:
        """Take a part of the line away."""
        gone, rest = _cells(self.line[start:end]), bytes(self.line[end:])
        self._move(end)
        del self.line[start:end]
        self.cursor = start
        self.shown += b"\b" * gone + rest + b"\x1b[K" + b"\b" * _cells(rest) if rest else b"\b \b" * gone

    def _signal(self, kernel: Kernel, signal: str) -> None:
        for process in list(self.space.processes.values()):
            if self in process.fds.values():
                kernel.kill(process, signal)


def _cells(data: bytes | bytearray) -> int:
    """Return how many characters there are."""
    return sum(byte & 0xc0 != 0x80 for byte in data)
