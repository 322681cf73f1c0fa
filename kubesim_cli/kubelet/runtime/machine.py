"""Puts a container together: its files, its process 1, its output; and runs other programs in it."""

from __future__ import annotations

from . import bin as programs
from . import rootfs
from .chance import Chance
from .kernel.descriptors import Data, Lines, Log, Open
from .kernel.files import ROOT, Tree, User
from .kernel.kernel import Kernel
from .kernel.process import Process, Space

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .kernel.process import Find

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Container:
    """A container in a kernel. `lines`: its output, (time, stream, bytes)."""

    def __init__(self, kernel: Kernel, hostname: str, seed: object, shell: str = "dash", user: User = ROOT,
                 env: dict[str, str] | None = None, memory: int | None = None,
                 find: Find = programs.find):
        self.kernel, self.user = kernel, user
        self.volume = rootfs.build("example.com/tools")
        tree = Tree(self.volume.root)
        tree.put("/etc/hostname", hostname.encode() + b"\n", now=kernel.now)
        self.env = {"PATH": PATH, "HOSTNAME": hostname, "HOME": "/root", **(env or {})}
        self.space = Space(tree, hostname, find, Chance(str(seed)), kernel.now, memory, shell)
        self.log = Lines()
        self.main: Process | None = None

    def start(self, argv: list[str], stdin: Open | None = None, cwd: str = "/") -> Process:
        """Start its process 1; raises Errno where there is no such program."""
        self.main = self.spawn(argv, {0: stdin or Data(b""), 1: Log("stdout", self.log), 2: Log("stderr", self.log)},
                               cwd)
        return self.main

    def spawn(self, argv: list[str], fds: dict[int, Open], cwd: str = "/") -> Process:
        """Start another program in it."""
        program = self.space.program(self.space.tree, self.user, cwd, self.env.get("PATH"), argv[0])
        process = self.kernel.spawn(self.space, program, argv, dict(self.env), self.user, cwd, fds)
        self.kernel.schedule(process)
        return process

    @property
    def lines(self) -> list[tuple[float, str, bytes]]:
        """What its process 1 has said."""
        return self.log.new

    def output(self, stream: str = "") -> str:
        """Return what it has said."""
        return b"".join(data for _, which, data in self.lines if not stream or which == stream).decode("utf-8",
            "replace")
