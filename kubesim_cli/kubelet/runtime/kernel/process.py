"""A process: its arguments, environment, user, descriptors, and the program that it runs.

A program is a function of the process that is called until it returns an exit code. Where it has to wait it says for
what (`wait`) and returns None, and is called again when that has come. What it must remember meanwhile stands in
`memory`; nothing stands on Python's stack. So a process is data: it can be copied (fork) and stored, and goes on in
another kubesim command.
"""

from __future__ import annotations

from ..capabilities import DEFAULT
from .descriptors import Open
from .errors import Blocked, Errno, Exhausted
from .files import Tree, User
from .network import Net

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..chance import Chance
    from .kernel import Kernel

    Program = Callable[["Process"], "int | None"]
    Find = Callable[[Tree, User, str, "str | None", str], Program]

CHUNK = 65536
MOST_STEPS = 1_500_000  # of a process within RESTED simulated seconds
RESTED = 10.0
MOST_PIPED = 12 << 20  # bytes of a named pipe that are read as a whole
_PIPED = 100           # the first descriptor of such a pipe


class Pids:
    """A namespace of the numbers of processes: the `next` one, and the containers that have it. `shared`: they are the
    containers of a pod with shareProcessNamespace, and its sandbox."""

    __slots__ = ("next", "shared", "spaces")

    def __init__(self, spaces: list[Space], shared: bool = False):
        self.next, self.spaces, self.shared = 1, spaces, shared


class Space:
    """What the processes of a container share: files, names, limits, and the numbers of its processes.

    `program`: gives what plays the program of a name; see bin.find. `forever`: its process 1 is in a loop that it
    does not leave by itself (see sh/endless.py), `rounds`: how many rounds it has made of loops that it leaves when
    the network says something else. `guessed`: a program was run in it whose output is not known. `serves`: the
    ports at which it is said to serve, and which speak TLS; `settings`: what it has set of /proc/sys; `passing`:
    the processes that a script goes on after. `guests`: the processes that users started in it, for whom `exact`
    finds programs: one that is not known is not there. `talks`: it has asked for something outside of its network
    namespace, `calls`: it has written to the API server, so that what it does shows in the cluster. `load`: see
    load.py. `shown`, `users`: see shown.py.
    """

    __slots__ = ("calls", "capable", "cpu", "ended", "exact", "exhausted", "forever", "forks", "guessed", "guests",
                 "hostname", "init", "limit", "load", "net", "passing", "pids", "processes", "program", "random",
                 "rested", "rounds", "serves", "settings", "shell", "shown", "started", "talks", "tree", "users")

    def __init__(self, tree: Tree, hostname: str, program: Find, random: Chance, started: float,
                 limit: int | None = None, shell: str = "dash", cpu: int | None = None):
        self.tree, self.hostname, self.program, self.random, self.started = tree, hostname, program, random, started
        self.limit, self.shell = limit, shell  # bytes of memory; what /bin/sh is
        self.cpu = cpu  # thousandths of a core that it may use
        self.capable = DEFAULT  # its capabilities, as a mask
        self.forever = self.guessed = False
        self.guests: set[int] = set()
        self.passing: set[int] = set()
        self.serves: dict[int, bool] = {}
        self.settings: dict[str, str] = {}
        self.calls = self.talks = False
        self.rounds = 0
        self.load = [0, 0, 0]
        self.exact = program
        self.exhausted = ""  # what its process 1 had too much of, when that ended it
        self.net = Net()
        self.ended: float | None = None  # when its process 1 did
        self.forks, self.rested = 0, started  # new processes, and since when they are counted
        self.pids = Pids([self])
        self.shown: dict[str, Any] = {}
        self.users: dict[str, int] = {}
        self.processes: dict[int, Process] = {}
        self.init: Process | None = None

    @property
    def next_pid(self) -> int:
        """The number that the next process gets."""
        return self.pids.next

    @next_pid.setter
    def next_pid(self, number: int) -> None:
        self.pids.next = number

    @property
    def seen(self) -> dict[int, Process]:
        """The processes that those of the container see, by number: of a pod's all where it says so."""
        if not self.pids.shared:
            return self.processes
        return {pid: each for space in self.pids.spaces if space.ended is None for pid, each in space.processes.items()}

    def join(self, pids: Pids) -> None:
        """Be in another namespace of numbers, in which the processes get new ones."""
        offset = pids.next - 1
        moved = {pid + offset: each for pid, each in self.processes.items()}
        for pid, each in moved.items():
            each.pid = pid
            each.children = {child + offset: there for child, there in each.children.items()}
        self.processes, self.guests = moved, {pid + offset for pid in self.guests}
        pids.next = self.pids.next + offset
        pids.spaces.append(self)
        self.pids = pids

    def find(self, process: Process, name: str, path: str | None = None) -> Program:
        """Return the program of a name or a path; `path`: PATH, where it is not that of the process."""
        find = self.program
        if self.guests and self.is_guest(process):
            find = self.exact
        return find(self.tree, process.user, process.cwd, path or process.env.get("PATH"), name)

    def is_guest(self, process: Process) -> bool:
        """Tell whether a process belongs to what a user has started."""
        top = process
        while top.parent is not None:
            top = top.parent
        return top.pid in self.guests


class Table(dict):  # type: ignore[type-arg]
    """A table of descriptors. Processes share it until one of them changes it; `holders` counts them."""

    __slots__ = ("holders",)

    def __init__(self, fds: dict[int, Open]):
        super().__init__(fds)
        self.holders = 1
        for what in fds.values():
            what.users += 1


NO_FILES = Table({})


class Process:
    """`status` is None while it runs, then its exit code, or 128 and the signal that ended it. `piped`: by their paths
    the named pipes that it reads as a whole (read_file) in this turn: its descriptor, 0 at the end, and what has come.
    """

    __slots__ = ("argv", "children", "cwd", "env", "fds", "ignored", "kernel", "keys", "memory", "parent", "pending",
                 "pid", "piped", "program", "rested", "signal", "space", "status", "steps", "trapped", "umask", "until",
                 "user", "woken")

    def __init__(self, kernel: Kernel, space: Space, program: Program, argv: list[str], env: dict[str, str],
                 user: User, cwd: str = "/", parent: Process | None = None):
        self.kernel, self.space, self.program, self.argv, self.env = kernel, space, program, argv, env
        self.user, self.cwd, self.parent, self.umask = user, cwd, parent, 0o022
        self.fds: dict[int, Open] = NO_FILES
        self.memory: Any = None
        self.children: dict[int, Process] = {}
        self.pending: list[str] = []
        self.ignored: frozenset[str] = frozenset()
        self.trapped: frozenset[str] = frozenset()
        self.status: int | None = None
        self.signal = ""  # that ended it
        self.keys: tuple[object, ...] = ()
        self.until: float | None = None
        self.piped: dict[str, tuple[int, bytearray]] = {}
        self.woken = False
        self.steps, self.rested = 0, kernel.now
        self.pid = space.next_pid
        space.next_pid += 1
        space.processes[self.pid] = self

    # Waiting

    def wait(self, *keys: object, until: float | None = None) -> None:
        """Be called again when one of the keys is woken, at a time, or when a signal has come that is trapped."""
        self.kernel.suspend(self, keys, until)

    # Descriptors

    def own_table(self) -> dict[int, Open]:
        """Return the table of descriptors for a change."""
        table = self.fds
        if table.holders > 1:  # type: ignore[attr-defined]
            table.holders -= 1  # type: ignore[attr-defined]
            table = self.fds = Table(table)
        return table

    def install(self, fd: int, what: Open) -> None:
        """Let a descriptor stand for something; what it stood for is closed."""
        what.users += 1
        self.close(fd)
        self.own_table()[fd] = what

    def close(self, fd: int) -> None:
        """Close a descriptor, if it is open."""
        if fd in self.fds:
            what = self.own_table().pop(fd)
            what.users -= 1
            if not what.users:
                what.closed(self.kernel)

    def descriptor(self, fd: int) -> Open:
        """Return what a descriptor stands for."""
        try:
            return self.fds[fd]
        except KeyError:
            raise Errno("EBADF") from None

    def read(self, fd: int = 0, count: int = CHUNK) -> bytes | None:
        """Return bytes, b"" at the end; None, and wait for more, where there are none yet."""
        what = self.descriptor(fd)
        data = what.read(self.kernel, count)
        if data is None:
            self.wait(what.key)
        else:
            self.work(1 + (len(data) >> 10))
        return data

    def write(self, data: bytes | str, fd: int = 1) -> None:
        """Write all of it."""
        if data:
            self.descriptor(fd).write(self.kernel, data.encode("utf-8", "surrogateescape")
                                      if isinstance(data, str) else data)

    def work(self, steps: int) -> None:
        """Count what is done without a rest; with too much of it the process has run away."""
        self.steps += steps
        self.kernel.worked += steps
        if self.steps > MOST_STEPS:
            raise Exhausted("steps")

    def choked(self, fd: int = 1) -> bool:
        """Tell whether to stop writing, and wait, for the pipe is full."""
        what = self.fds.get(fd)
        if what is None or not what.full:
            return False
        self.wait(what.room)
        return True

    def complain(self, message: str) -> int:
        """Say on stderr what went wrong, as `program: message`; return 1."""
        try:
            self.write(f"{self.argv[0].rpartition('/')[2]}: {message}\n", 2)
        except Errno:
            pass
        return 1

    # Files

    def open(self, path: str, how: str = "r") -> Open:
        """Open a file. `how`: r, w (emptied or made), a (appended), x (must be new) or + (read and written)."""
        return self.kernel.open(self, path, how)

    def read_file(self, path: str) -> bytes:
        """Return a whole file; raise Blocked where it is a named pipe of which there is more to come."""
        if path in self.piped:
            return self._read_pipe(path)
        what = self.open(path)
        if self.kernel.fifos and getattr(what, "pipe", None) in self.kernel.fifos.values():
            fd = next(each for each in range(_PIPED, 1 << 20) if each not in self.fds)
            self.install(fd, what)
            self.piped[path] = fd, bytearray()
            return self._read_pipe(path)
        parts = []
        while data := what.read(self.kernel, 1 << 20):
            parts.append(data)
            if len(parts) > 256:
                raise Exhausted("memory")
        return b"".join(parts)

    def _read_pipe(self, path: str) -> bytes:
        fd, come = self.piped[path]
        while fd:
            data = self.read(fd)
            if data is None:
                raise Blocked
            come += data
            if len(come) > MOST_PIPED:
                raise Exhausted("memory")
            if not data:
                self.close(fd)
                fd = 0
                self.piped[path] = 0, come
        return bytes(come)
