"""Commands that a text program starts: awk's, and those of find -exec. They are processes of the container.

The library calls back for each; the process that plays the text program waits meanwhile, within its own turn. So a
command that would have to wait for something cannot be played, and says so.
"""

from __future__ import annotations

from ..kernel.descriptors import Capture, Data
from ..kernel.errors import Errno

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..kernel.process import Process

RUNNER = "run-for-text-program"  # the library's name for this
STEPS = 500  # that a command counts
_FINDS = ("-exec", "-execdir", "-ok", "-okdir")


class Unplayed(Exception):
    """A command would have to wait for something."""


def of_find(words: list[str]) -> list[str]:
    """Return find's arguments so that the library starts its commands by RUNNER."""
    return [each for word in words for each in ((word, RUNNER) if word in _FINDS else (word,))]


def play(process: Process, argv: list[str], data: bytes) -> tuple[bytes, bytes, int]:
    """Return (stdout, stderr, exit code) of a command that a process starts, and that reads `data`; raise Unplayed."""
    process.work(STEPS)
    kernel, space, name = process.kernel, process.space, process.argv[0].rpartition("/")[2]
    try:
        program = space.find(process, argv[0])
    except Errno as error:
        return b"", f"{name}: {argv[0]}: {error.message}\n".encode(), 127 if error.name == "ENOENT" else 126
    out, err = Capture(), Capture()
    child = kernel.spawn(space, program, argv, dict(process.env), process.user, process.cwd,
                         {0: Data(data), 1: out, 2: err}, process)
    kernel.start(child)
    while child.status is None and kernel.ready:
        kernel.next_turn()
    process.children.pop(child.pid, None)
    if child.status is None:
        kernel.kill(child, "KILL")
        raise Unplayed(f"a command that takes time cannot be started here: {' '.join(argv)}")
    return bytes(out.data), bytes(err.data), child.status
