"""The kubelet's server for streams: exec, attach and port-forward into containers (pkg/kubelet/server).

A stream is named by what the cluster's engine calls it, and looked up there each time it is used: between two uses the
command may have committed, and others may have written. Nothing here waits. Who is at the other end writes, lets things
happen with `proceed`, and reads what has come of it; what a program does at this instant it has done when `write`
returns.
"""

from __future__ import annotations

from ..machinery.pods import FIELDS
from ..machinery.streaming import NotRunning, Refused, StartError
from . import residents
from .runtime.entry import EXEC
from .runtime.kernel.descriptors import Data
from .runtime.kernel.errors import Errno
from .runtime.kernel.network import LOOPBACK, Connection, connect
from .runtime.kernel.terminal import Terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..apiserver.client import Client
    from ..machinery.types import Object
    from .runtime.engine import Engine, Session
    from .runtime.kernel.descriptors import Open

    Move = Callable[["float | None"], bool]

KILLED = 137
AROUND = "curlimages/curl"  # the image whose files a program on the nodes' machine finds
INFINITE = float("inf")


class Stream:
    """What exec and attach share."""

    def __init__(self, api: Client, name: str, move: Move):
        """`move(until)` lets the cluster go to the next moment at which something happens in a container."""
        self._api, self._name, self._move = api, name, move

    @property
    def _engine(self) -> Engine:
        return residents.of(self._api).engine

    def _input(self) -> Open | None:
        """Return where what is typed goes, None where nobody reads any more."""
        raise NotImplementedError

    @property
    def code(self) -> int | None:
        """The exit code, None while the program runs."""
        raise NotImplementedError

    def read(self) -> list[tuple[str, bytes]]:
        """Return what was said since the last time: (`stdout` or `stderr`, bytes); a terminal has but stdout."""
        raise NotImplementedError

    def wanted(self) -> float | None:
        """Return until when something waits for what comes on stdin (seconds since 1970, infinite where it has no
        end), None where nothing does."""
        where = self._input()
        waiting = self._engine.kernel.waiting.get(where.key) if where is not None else None
        return max(INFINITE if each.until is None else each.until for each in waiting) if waiting else None

    def write(self, data: bytes) -> None:
        """Send bytes to stdin; on a terminal, type them."""
        self._api.server.begin()
        where, kernel = self._input(), self._engine.kernel
        if isinstance(where, Terminal):
            where.type(kernel, data)
        elif isinstance(where, Data):
            where.feed(kernel, data)
        self._react()

    def close_stdin(self) -> None:
        """Nothing more will come on stdin."""
        self._api.server.begin()
        where, kernel = self._input(), self._engine.kernel
        if isinstance(where, Terminal):
            where.hang_up(kernel)
        elif isinstance(where, Data):
            where.feed(kernel, b"", True)
        self._react()

    def resize(self, columns: int, rows: int) -> None:
        """The user's terminal has this size."""
        self._api.server.begin()
        where = self._input()
        if isinstance(where, Terminal):
            where.resize(self._engine.kernel, columns, rows)
            self._react()

    def _react(self) -> None:
        """Let the program do what it does at once."""
        those = residents.of(self._api)
        those.react()

    def proceed(self, until: float | None = None) -> bool:
        """Let time go on to the next moment at which something happens in a container, `until` (seconds since 1970)
        at most; return whether there was one. It moves the cluster's clock, and never sleeps."""
        return self.code is None and self._move(until)


class Execution(Stream):
    """A program that a user runs in a container, beside the container's own."""

    @property
    def _session(self) -> Session | None:
        return self._engine.sessions.get(self._name)

    def _input(self) -> Open | None:
        return self._session.stdin if self._session is not None else None

    @property
    def code(self) -> int | None:
        """The exit code, None while the program runs."""
        return self._session.code if self._session is not None else KILLED

    def read(self) -> list[tuple[str, bytes]]:
        """Return what was said since the last time: (`stdout` or `stderr`, bytes); a terminal has but stdout."""
        return self._session.take() if self._session is not None else []

    def close(self) -> None:
        """The user is gone: a terminal hangs up, any other program goes on for itself."""
        self._api.server.begin()
        session = self._session
        if session is not None:
            if session.code is None and session.terminal is not None:
                self._engine.kernel.kill(session.process, "HUP")
                self._react()
            self._engine.sessions.pop(self._name, None)


class Attachment(Stream):
    """The streams of a container's own program."""

    def __init__(self, api: Client, name: str, move: Move):
        super().__init__(api, name, move)
        self._seen = self._engine.containers[name].said.since()[1]

    def _input(self) -> Open | None:
        inside = self._engine.containers.get(self._name)
        return inside.stdin if inside is not None else None

    @property
    def code(self) -> int | None:
        """The exit code, None while the program runs."""
        inside = self._engine.containers.get(self._name)
        if inside is None or inside.main is None:
            return KILLED
        return inside.main.status

    def read(self) -> list[tuple[str, bytes]]:
        """Return what was said since the last time: (`stdout` or `stderr`, bytes); a terminal has but stdout."""
        inside = self._engine.containers.get(self._name)
        if inside is None:
            return []
        said, self._seen = inside.said.since(self._seen)
        return [(stream, data) for _, stream, data in said]

    def resize(self, columns: int, rows: int) -> None:
        """The user's terminal has this size; what stands on the line is shown again."""
        super().resize(columns, rows)
        where = self._input()
        if isinstance(where, Terminal):
            where.redraw(self._engine.kernel)

    def close(self) -> None:
        """The user is gone; the container goes on."""


class Dialed:
    """A connection from outside to a port of a pod."""

    def __init__(self, api: Client, name: str, move: Move):
        self._api, self._name, self._move = api, name, move

    @property
    def _end(self) -> Connection | None:
        return residents.of(self._api).engine.connections.get(self._name)

    def _react(self) -> None:
        those = residents.of(self._api)
        those.advance()
        those.touch()

    def write(self, data: bytes) -> None:
        """Send bytes; raise Refused where the other end is closed."""
        self._api.server.begin()
        end = self._end
        if end is None:
            raise Refused("Broken pipe")
        try:
            end.write(residents.of(self._api).engine.kernel, data)
        except Errno as error:
            raise Refused(error.message) from None
        self._react()

    def read(self) -> bytes | None:
        """Return what has come since the last time, b"" for nothing yet, None where nothing more will."""
        end = self._end
        data = end.read(residents.of(self._api).engine.kernel, 1 << 20) if end is not None else b""
        return b"" if data is None else data or None

    def proceed(self, until: float | None = None) -> bool:
        """See Stream.proceed."""
        return self._move(until)

    def close_writing(self) -> None:
        """Nothing more will be sent; what comes back is still read."""
        self._api.server.begin()
        end = self._end
        if end is not None:
            end.shutdown(residents.of(self._api).engine.kernel)
            self._react()

    def close(self) -> None:
        """Close this end."""
        self._api.server.begin()
        those = residents.of(self._api)
        end = those.engine.connections.pop(self._name, None)
        if end is not None:
            end.closed(those.engine.kernel)
            self._react()


def running(pod: Object, name: str) -> Object:
    """Return a container that runs; raise Refused."""
    for field in FIELDS:
        for status in (pod.get("status") or {}).get(f"{field[:-1]}Statuses") or ():
            if status["name"] == name and "running" in status["state"]:
                found: Object = next(each for each in pod["spec"][field] if each["name"] == name)
                return found
    raise Refused(f'container not found ("{name}")')


def execute(api: Client, pod: Object, name: str, argv: list[str], stdin: bool, tty: bool, move: Move) -> Execution:
    """Start a program in a pod's container; raise StartError or Refused. `api`: the control plane's client."""
    those = residents.of(api)
    those.enter(pod, running(pod, name))
    engine, place = those.engine, f"{pod['metadata']['uid']}/{name}"
    try:
        session = engine.execute(place, argv, stdin, tty, guest=True)
    except StartError as error:
        raise StartError(EXEC + error.message, error.code) from None
    key = f"{place}/{session.process.pid}"
    engine.sessions[key] = session
    found = Execution(api, key, move)
    found._react()
    return found


def attach(api: Client, pod: Object, name: str, move: Move) -> Attachment:
    """Connect with a container's own program, from now on; raise Refused."""
    residents.of(api).enter(pod, running(pod, name))
    return Attachment(api, f"{pod['metadata']['uid']}/{name}", move)


class Visit(Attachment):
    """A program on the machine that the nodes run on; it is gone when its streams are closed."""

    def close(self) -> None:
        """Nobody wants it any more."""
        self._api.server.begin()
        those = residents.of(self._api)
        if self._name in those.engine.containers:
            those.engine.remove(self._name)
            those.touch()


def visit(api: Client, argv: list[str], move: Move) -> Visit:
    """Start a program on the machine that the nodes run on; raise StartError. It finds no files of that machine."""
    from ..releases.makers import maker_of
    from .runtime.bin import find
    from .runtime.engine import Spec

    engine, name = residents.of(api).engine, f"host/{argv[0]}"
    residents.of(api).advance()
    if name in engine.containers:  # left by a command that was killed
        engine.remove(name)
    # A namespace of another name each time, so that connections to a Service go to other endpoints.
    engine.start(name, Spec(AROUND, argv, {"HOME": "/root"}, "host", f"{api.now}", net=f"host/{engine.kernel.worked}",
                            address=maker_of(api.items("nodes")).host, program=find))
    found = Visit(api, name, move)
    found._react()
    return found


def dial(api: Client, pod: Object, port: int, move: Move) -> Dialed:
    """Connect to a port of a pod, as from within it; raise Refused, NotRunning where it is there no more."""
    those, meta = residents.of(api), pod["metadata"]
    found = api.find("pods", meta["name"], meta["namespace"])
    space = those.reach(found) if found is not None and found["metadata"]["uid"] == meta["uid"] else None
    if space is None:
        raise NotRunning("container not running")
    try:
        end = connect(those.engine.kernel, space, LOOPBACK, port)
    except Errno as error:
        raise Refused(error.message) from None
    end.users += 1
    key = f"{pod['metadata']['uid']}/{end.local[1]}"
    those.engine.connections[key] = end
    made = Dialed(api, key, move)
    made._react()
    return made
