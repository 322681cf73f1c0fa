"""mkfifo and mknod (coreutils; busybox' coreutils/mkfifo.c and mknod.c): named pipes. Devices are refused."""

from __future__ import annotations

from ..kernel.errors import Errno
from ..kernel.files import FIFO
from .operands import Arguments, each_of, find, missing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..kernel.process import Process, Program


def _make(process: Process, given: Arguments, path: str) -> None:
    text = given.values.get("m") or given.values.get("mode") or ""
    mode = int(text, 8) if text else 0o666 & ~process.umask
    process.space.tree.create(find(process, path, False), FIFO, mode, process.user, process.kernel.now)


def _mkfifo(process: Process) -> int:
    given = Arguments(process, "m")
    if not given.words:
        return missing(process)
    return each_of(process, given.words, lambda path: _make(process, given, path),
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

    def make(path: str) -> None:
        if kind != "p":
            raise Errno("EPERM")
        _make(process, given, path)

    return each_of(process, [path], make, "{0}")


PROGRAMS: dict[str, Program] = {"mkfifo": _mkfifo, "mknod": _mknod}
