"""Programs that shells also have as commands of their own: /bin/echo, /usr/bin/test, /bin/kill ..."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..kernel.process import Process


def _builtin(process: Process) -> int:
    from ..sh.builtins import BUILTINS
    from ..sh.shell import Shell

    name = process.argv[0].rpartition("/")[2]
    sh = Shell(process, "ash" if process.space.shell == "ash" else "bash", process.argv[0], [])
    sh.interactive = True  # no line numbers in its messages
    return BUILTINS[name](sh, [name, *process.argv[1:]]) or 0


PROGRAMS = dict.fromkeys(("echo", "printf", "true", "false", "test", "[", "pwd", "kill"), _builtin)
