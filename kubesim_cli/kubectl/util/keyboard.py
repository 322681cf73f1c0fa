"""The user's side of a session in a container: what is typed or piped in, and the terminal it is typed on.

Kubernetes: staging/src/k8s.io/kubectl/pkg/util/term (term.go, resize.go) and k8s.io/client-go's detachable readers.
"""

from __future__ import annotations

import os

from ..failures import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

CHUNK = 65536
_NAMED = {"@": 0, "[": 27, "\\": 28, "]": 29, "^": 30, "_": 31}


def file_number(stream: TextIO) -> int | None:
    """Return the descriptor behind a stream, None where it is none of the system's."""
    try:
        return stream.fileno()
    except (AttributeError, OSError, ValueError):
        return None


def can_be_raw(stream: TextIO) -> bool:
    """Tell whether a stream is a terminal that can hand on each key as it is typed."""
    if os.name == "nt" or not stream.isatty():
        return False
    return file_number(stream) is not None


class Raw:
    """Has a terminal hand on each key and show nothing by itself, and brings it back to what it was, also when the
    process is asked to end. `whole`: it makes nothing of Ctrl-C and of line ends either."""

    def __init__(self, stream: TextIO, whole: bool = True):
        self._fd, self._whole = stream.fileno(), whole

    def __enter__(self) -> None:
        import signal
        import termios
        import tty

        def end(number: int, frame: object) -> None:
            raise SystemExit(128 + number)

        self._before = termios.tcgetattr(self._fd)
        self._previous = []
        for name in ("SIGTERM", "SIGHUP"):
            try:
                self._previous.append((getattr(signal, name), signal.signal(getattr(signal, name), end)))
            except ValueError:  # not the main thread
                break
        (tty.setraw if self._whole else tty.setcbreak)(self._fd, termios.TCSANOW)

    def __exit__(self, *error: object) -> None:
        import signal
        import termios

        termios.tcsetattr(self._fd, termios.TCSANOW, self._before)
        for number, previous in self._previous:
            signal.signal(number, previous)


def size(stream: TextIO) -> tuple[int, int] | None:
    """Return a terminal's (columns, rows), None where it has none."""
    fd = file_number(stream)
    try:
        found = os.get_terminal_size(fd) if fd is not None else (0, 0)
    except OSError:
        return None
    return (found[0], found[1]) if found[0] else None


def detach_keys(text: str) -> bytes:
    """Return the bytes of a sequence such as `ctrl-p,ctrl-q` (moby/term's ToBytes); raises Failure."""
    codes = bytearray()
    for key in text.split(","):
        if len(key) == 1:
            codes += key.encode()
            continue
        letter = key[5:] if key.startswith("ctrl-") else ""
        if len(letter) == 1 and "a" <= letter <= "z":
            codes.append(ord(letter) - 96)
        elif letter in _NAMED and letter:
            codes.append(_NAMED[letter])
        else:
            raise Failure(f"could not bind detach keys: Unknown character: '{key}'")
    return bytes(codes)


class Keyboard:
    """What comes in by a stream. `ended`: nothing more will; `detached`: because the keys for that were typed."""

    def __init__(self, stream: TextIO, detach: bytes = b""):
        self._stream, self._detach = stream, detach
        self._fd = file_number(stream)
        self._matched = 0  # bytes of the sequence that leads away that were typed last
        self.ended = self.detached = False
        self._reader: _Reader | None = None

    def read(self, timeout: float | None) -> bytes | None:
        """Return what has come, b"" at the end, None where nothing has within so many seconds (None: however long)."""
        if self.ended:
            return b""
        data = self._come(timeout)
        if not data:
            self.ended = data is not None
            return data
        return self._passed(data) if self._detach else data

    def _come(self, timeout: float | None) -> bytes | None:
        if self._fd is None:
            return self._stream.read().encode("utf-8", "surrogateescape")
        if os.name == "nt":
            if self._reader is None:
                self._reader = _Reader(self._fd)
            return self._reader.read(timeout)
        import select

        if not select.select([self._fd], [], [], timeout)[0]:
            return None
        try:
            return os.read(self._fd, CHUNK)
        except OSError:  # a terminal that was closed
            return b""

    def _passed(self, data: bytes) -> bytes | None:
        """Return what is not part of the sequence that leads away (moby/term's escape proxy), None where nothing is."""
        passed = bytearray()
        for byte in data:
            if byte == self._detach[self._matched]:
                self._matched += 1
                if self._matched == len(self._detach):
                    self.ended = self.detached = True
                    break
                continue
            passed += self._detach[:self._matched]
            self._matched = 0
            if byte == self._detach[0]:
                self._matched = 1
            else:
                passed.append(byte)
        return bytes(passed) or (b"" if self.detached else None)


class _Reader:
    """Reads a descriptor in a thread of its own, where the system cannot tell whether there is something to read."""

    def __init__(self, fd: int):
        from queue import SimpleQueue
        from threading import Thread

        self._come: SimpleQueue[bytes] = SimpleQueue()
        Thread(target=self._read, args=(fd,), daemon=True).start()

    def _read(self, fd: int) -> None:
        data = b"."
        while data:
            try:
                data = os.read(fd, CHUNK)
            except OSError:
                data = b""
            self._come.put(data)

    def read(self, timeout: float | None) -> bytes | None:
        """See Keyboard.read."""
        from queue import Empty

        try:
            return self._come.get(timeout=timeout)
        except Empty:
            return None
