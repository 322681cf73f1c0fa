"""A command line of kubectl that a process in a container has called: what kubelet and kubectl hand each other."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .files import Files
    from .types import Object


class Unreached(Exception):
    """No connection came about. The text is what Go says of it; `refused`: somebody is there, but not at the port."""

    def __init__(self, text: str, refused: bool = False):
        super().__init__(text)
        self.refused = refused


class Call:
    """`words`: the arguments, without the program's name; `env`, `stdin` (text) and `files`: the process's.

    `server`: the API server that its cluster has, which it may talk with once `reach(host, port)` says so: True,
    False where it has to be asked again later, when the process is called again; it raises Unreached. `log(pod,
    container, previous)` returns a container's log (kubelet.containerlog). `execute(pod, container's name, argv,
    stdin)` starts a program in a container, with the process's own streams; it raises StartError and Refused.
    `start(argv)` does so in the process's own container, and raises OSError. `ended()` returns the exit code of
    either, None while it runs. `write(fd, text)` writes to a descriptor. `memory` is JSON that is kept from one
    call of a command line that waits to the next; `until`: when that is to be, where nothing else says so.
    """

    __slots__ = ("ended", "env", "execute", "files", "log", "memory", "reach", "release", "server", "start", "stdin",
                 "until", "words", "write")

    def __init__(self, words: list[str], env: dict[str, str], stdin: str, files: Files, memory: dict[str, Any],
                 write: Callable[[int, str], None], reach: Callable[[str, int], bool], server: Any, log: Any,
                 execute: Callable[[Object, str, list[str], bool], None], start: Callable[[list[str]], None],
                 ended: Callable[[], int | None], release: str = ""):
        """`release`: the program's, as in `1.31`; "": the server's."""
        self.words, self.env, self.stdin, self.files, self.memory = words, env, stdin, files, memory
        self.write, self.reach, self.server, self.log, self.release = write, reach, server, log, release
        self.execute, self.start, self.ended = execute, start, ended
        self.until: float | None = None
