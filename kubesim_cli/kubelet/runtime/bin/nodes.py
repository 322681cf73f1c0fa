"""mkfifo and mknod (coreutils; busybox' coreutils/mkfifo.c and mknod.c): named pipes. Devices are refused."""

from __future__ import annotations

from ..kernel.errors import Errno
from ..kernel.files import FIFO
from .operands import Arguments, each_of, find, missing
from .permissions import changed_mode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..kernel.process import Process, Program


def _mode(process: Process, given: Arguments) -> int | None:
    """Return the mode of what is made, None where the option's is none, which has been said then."""
    text = given.values.get("m", given.values.get("mode"))
    if text is None:
        return 0o666 & ~process.umask
    mode = changed_mode(0o666, text, False, process.umask)
    if mode is None:
        process.complain(f"invalid mode '{text}'" if process.space.shell == "ash" else "invalid mode")
    return mode


def _make(process: Process, path: str, mode: int) -> None:
    process.space.tree.create(find(process, path, False), FIFO, mode, process.user, process.kernel.now)


def _mkfifo(process: Process) -> int:
    given = Arguments(process, "m")
    if not given.words:
        return missing(process)
    mode = _mode(process, given)
    if mode is None:
        return 1
    return each_of(process, given.words, lambda path: _make(process, path, mode),
                   "{0}" if process.space.shell == "ash" else "cannot create fifo '{0}'")


def _mknod(process: Process) -> int:
    given = Arguments(process, "m")
    if len(given.words) < 2:
        return missing(process)
    path, kind = given.words[:2]
    if kind not in ("p", "b", "c", "u"):
        return process.complain(f"invalid device type '{kind}'")
    if kind != "p" and len(given.words) < 4:
        return process.complain("Special files require major and minor device numbers.")

    mode = _mode(process, given)
    if mode is None:
        return 1

    def make(path: str) -> None:
        if kind != "p":
            raise Errno("EPERM")
        _make(process, path, mode)

    return each_of(process, [path], make, "{0}")


PROGRAMS: dict[str, Program] = {"mkfifo": _mkfifo, "mknod": _mknod}
