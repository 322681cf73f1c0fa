"""Runs processes in simulated time.

One after the other, in the order in which they became ready, each until it waits or has done its turn; when none is
ready, time goes to the next timer. So the same start gives the same run, to the byte.
"""

from __future__ import annotations

from . import files, load
from .descriptors import Data, Device, Open, OpenFile, OpenFolder, Pipe, PipeReader, PipeWriter
from .errors import Blocked, Errno, Exhausted
from .made import Made
from .network import Routes
from .process import MOST_STEPS, NO_FILES, RESTED, Process, Space, Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections import deque as deque
    from heapq import heappop, heappush

    from .fifos import Fifo
    from .files import Inode, User
    from .process import Program
else:
    try:
        from _collections import deque  # collections itself takes a millisecond, a twentieth of an exec
        from _heapq import heappop, heappush
    except ImportError:
        from collections import deque
        from heapq import heappop, heappush

SIGNALS = {"HUP": 1, "INT": 2, "QUIT": 3, "ABRT": 6, "KILL": 9, "USR1": 10, "SEGV": 11, "USR2": 12, "PIPE": 13,
           "ALRM": 14, "TERM": 15, "CHLD": 17, "CONT": 18, "STOP": 19, "WINCH": 28}
_HARMLESS = ("CHLD", "CONT", "STOP", "WINCH")
NAMES = {number: name for name, number in SIGNALS.items()}
TURN = 20_000            # steps of a process until the next one has its turn
TURN_TIME = 0.02         # simulated seconds that such a turn takes: a busy loop sees time go by
FORK = 20                # steps that a new process counts
MOST_FORKS = 50_000      # of a container, as soon one after the other as steps are counted
MOST_PROCESSES = 512     # of a container
INFINITE = float("inf")
DEPTH = 12               # children that run at once within their parent's turn, one in the other


class Kernel:
    """`now` is simulated time; `waiting` tells which processes wait for what; `worked`: all steps so far.

    `fifos`: the named pipes that somebody has open; `locks`: of each file, which of its open files have locks on it,
    and whether these are exclusive.

    `forgiving`: a process at which the simulation fails is killed, and the failure noted in `faults`.
    """

    def __init__(self, now: float):
        self.now = now
        self.ready: deque[Process] = deque()
        self.timers: list[tuple[float, int, Process]] = []
        self.waiting: dict[object, list[Process]] = {}
        self.routes = Routes()
        self.ended: list[Space] = []  # containers that have ended and that nobody was told of
        self.fifos: dict[Inode, Fifo] = {}
        self.locks: dict[Inode, list[tuple[Open, bool]]] = {}
        self.sequence = 0
        self.worked = 0
        self.depth = 0
        self.current: Process | None = None  # whose turn it is
        self.forgiving = False
        self.faults: list[str] = []

    # Starting and ending

    def spawn(self, space: Space, program: Program, argv: list[str], env: dict[str, str], user: User, cwd: str,
              fds: dict[int, Open], parent: Process | None = None) -> Process:
        """Make a process that is ready to run; the first of a space is its PID 1."""
        if len(space.processes) >= MOST_PROCESSES:
            raise Errno("EAGAIN")
        if self.now > space.rested + RESTED:
            space.forks, space.rested = 0, self.now
        space.forks += 1
        if space.forks > MOST_FORKS:
            raise Exhausted("steps")
        process = Process(self, space, program, argv, env, user, cwd, parent)
        if parent is not None:
            parent.work(FORK)
            parent.children[process.pid] = process
            process.umask, process.ignored = parent.umask, parent.ignored
        if space.init is None:
            space.init = process
        if fds.__class__ is Table:
            fds.holders += 1
            process.fds = fds
        else:
            process.fds = Table(fds)
        return process

    def start(self, process: Process) -> None:
        """Let a new process run: at once, unless too many already do so within each other."""
        if self.depth < DEPTH:
            self._turn(process)
        else:
            self.schedule(process)

    def schedule(self, process: Process) -> None:
        """Let a new process run when it is its turn."""
        process.woken = True
        self.ready.append(process)

    def exit(self, process: Process, status: int) -> None:
        """End a process; with PID 1 all of its container end."""
        if process.status is not None:
            return
        process.status = status & 255
        if process.keys or process.until is not None:
            self._forget(process)
        if self.fifos:
            from .fifos import forget

            forget(self, process)
        table, process.fds = process.fds, NO_FILES
        table.holders -= 1  # type: ignore[attr-defined]
        if not table.holders:  # type: ignore[attr-defined]
            for what in table.values():
                what.users -= 1
                if not what.users:
                    what.closed(self)
        space = process.space
        space.processes.pop(process.pid, None)
        space.guests.discard(process.pid)  # what it leaves behind is process 1's
        for child in process.children.values():
            child.parent = space.init
        process.memory = None
        if process is space.init:
            space.ended = self.now
            self.ended.append(space)
            for each in list(space.processes.values()):
                self.exit(each, 128 + SIGNALS["KILL"])
        if process in self.waiting:
            self.wake(process)

    def kill(self, process: Process, signal: str, inside: bool = False) -> None:
        """Send a signal, "TERM": it is trapped, ignored, or ends the process. PID 1 is only ended by KILL.

        `inside`: one process of the container does it, of which PID 1 takes not even that.
        """
        if process.status is not None or (inside and signal == "KILL" and process.pid == 1):
            return
        if signal == "KILL":
            process.signal = signal
            self.exit(process, 128 + SIGNALS["KILL"])
        elif signal in process.trapped:
            process.pending.append(signal)
            self._rouse(process)
        elif signal not in process.ignored and signal not in _HARMLESS and process.pid != 1:
            process.signal = signal
            self.exit(process, 128 + SIGNALS[signal])

    # Waiting

    def suspend(self, process: Process, keys: tuple[object, ...], until: float | None) -> None:
        """See Process.wait; what counts is what a process said last."""
        if process.keys or process.until is not None:
            self._forget(process)
        process.keys, process.until, process.woken = keys, until, False
        for key in keys:
            self.waiting.setdefault(key, []).append(process)
        if until is not None:
            self.time(process, until)

    def time(self, process: Process, until: float) -> None:
        """Have a process go on at a time that it waits for."""
        self.sequence += 1
        heappush(self.timers, (until, self.sequence, process))

    def _forget(self, process: Process) -> None:
        for key in process.keys:
            those = self.waiting.get(key)
            if those is not None and process in those:
                those.remove(process)
                if not those:
                    del self.waiting[key]
        process.keys, process.until = (), None

    def _rouse(self, process: Process) -> None:
        if not process.woken and process.status is None:
            self._forget(process)
            process.woken = True
            self.ready.append(process)

    def wake(self, key: object) -> None:
        """Something has come of what processes wait for."""
        if key in self.waiting:
            for process in list(self.waiting[key]):
                self._rouse(process)

    # Running

    def _turn(self, process: Process) -> None:
        if process.status is not None:
            return
        self.depth += 1
        before, self.current = self.current, process
        worked = self.worked
        process.woken = True
        if self.now > process.rested + RESTED:
            process.steps, process.rested = 0, self.now
        try:
            status = process.program(process)
        except Blocked:
            return
        except Errno as error:
            status = 128 + SIGNALS["PIPE"] if error.name == "EPIPE" else process.complain(error.message)
        except (Exhausted, MemoryError, RecursionError) as limit:
            self._run_away(process, getattr(limit, "what", "memory"))
            return
        except Exception as problem:
            if not self.forgiving or getattr(problem, "fatal", False):
                raise
            self.note_fault(process, problem)
            self._run_away(process, "steps")
            return
        finally:
            self.depth -= 1
            self.current = before
            if not self.depth and self.worked > worked:
                load.note(process.space, self.now, self.worked - worked)
        if process.piped:
            process.piped = {}
        if status is not None:
            self.exit(process, status)

    def note_fault(self, process: Process, problem: Exception) -> str:
        """Note that the simulation has failed at a process; return in a few words how."""
        told = f"{type(problem).__name__}: {str(problem)[:200]}"
        self.faults.append(f"{process.argv[0]}: {told}")
        return told

    def _run_away(self, process: Process, what: str) -> None:
        """A process has hit a limit. It ends with all that wait for it, so that nobody takes a part for the whole.

        Out of memory where the container has no limit, only the process itself is killed, as by the node. In a
        container that lives on, one that does or says too much stands still: a real one would be at it for ever.
        """
        killed = 128 + SIGNALS["KILL"]
        space = process.space
        if self.forgiving and (what == "output" or process.steps > MOST_STEPS) and not space.is_guest(process):
            process.wait()
            return
        process.signal = "KILL"
        self.exit(process, killed)
        if what == "memory" and space.limit is None:
            return
        top = process
        while top.parent is not None and top.parent.status is None:
            top = top.parent
        if top is space.init:
            space.exhausted = what
        self.exit(top, killed)

    def next_turn(self) -> None:
        """Let the process that became ready first have its turn, within that of another one."""
        self._turn(self.ready.popleft())

    def rest(self, process: Process, steps: int) -> None:
        """A process has done its turn and goes on when the others had theirs and a little time has passed."""
        process.work(steps)
        process.wait(until=self.now + TURN_TIME)

    def next(self) -> float | None:
        """Return when something is to happen, None where nothing is."""
        self._drop_old_timers()
        return self.now if self.ready else self.timers[0][0] if self.timers else None

    def live_timers(self) -> list[tuple[float, int, Process]]:
        """Return the timers that a process still waits for, the next one first."""
        return sorted((each for each in self.timers if each[2].until == each[0] and each[2].status is None),
                      key=lambda each: each[:2])

    def _drop_old_timers(self) -> None:
        timers = self.timers
        while timers and (timers[0][2].until != timers[0][0] or timers[0][2].status is not None):
            heappop(timers)

    def run(self, until: float, stop: bool = False, most: float = INFINITE) -> None:
        """Let everything happen that happens up to a time; with `stop` only until a container ends.

        Where more steps than `most` are done, what is still to happen happens late, at that time.
        """
        most += self.worked
        ready, timers = self.ready, self.timers
        while True:
            while ready:
                self._turn(ready.popleft())
            if stop and self.ended:
                return
            self._drop_old_timers()
            if not timers or timers[0][0] > until or self.worked > most:
                break
            due, _, process = heappop(timers)
            if due > self.now:
                self.now = due
            self._forget(process)
            process.woken = True
            self._turn(process)
        self.now = max(self.now, until)

    # Files

    def pipe(self) -> tuple[PipeReader, PipeWriter]:
        """Return the two ends of a new pipe."""
        pipe = Pipe()
        return PipeReader(pipe), PipeWriter(pipe)

    def open(self, process: Process, path: str, how: str) -> Open:
        """See Process.open; raises what open(2) does."""
        space, user = process.space, process.user
        if path[:5] == "/dev/" and (number := _shared_descriptor(path)) is not None:
            return process.descriptor(number)
        place = space.tree.find(path, process.cwd, user)
        inode = place.inode
        if inode is None:
            if how == "r":
                raise Errno("ENOENT")
            inode = space.tree.create(place, files.FILE, 0o666 & ~process.umask, user, self.now)
        else:
            if how == "x":
                raise Errno("EEXIST")
            if inode.__class__ is Made and inode.kind != files.FOLDER:
                return inode.opened(how)
            if inode.kind == files.FOLDER:
                if how != "r":
                    raise Errno("EISDIR")
                return OpenFolder(inode)
            wanted = {"r": files.READ, "+": files.READ | files.WRITE}.get(how, files.WRITE)
            if not inode.allows(user, wanted):
                raise Errno("EACCES")
            if how != "r" and inode.kind == files.FILE and space.tree.is_sealed(place):
                raise Errno("EROFS")
            if inode.kind == files.DEVICE and inode.target == "tty":
                terminal = next((what for what in process.fds.values() if what.terminal), None)
                if terminal is None:
                    raise Errno("ENXIO")
                return terminal
            if inode.kind == files.DEVICE:
                return Device(inode, space.random)
            if inode.kind == files.FIFO:
                from .fifos import opened

                return opened(self, process, inode, how)
            if how == "w":
                inode.truncate(0, self.now)
        return OpenFile(inode, how in "r+", how != "r", how == "a")

    def null(self) -> Open:
        """Return /dev/null."""
        return Data(b"")


def _shared_descriptor(path: str) -> int | None:
    name = path[5:]
    if name in ("stdin", "stdout", "stderr"):
        return ("stdin", "stdout", "stderr").index(name)
    return int(name[3:]) if name[:3] == "fd/" and name[3:].isdigit() else None
