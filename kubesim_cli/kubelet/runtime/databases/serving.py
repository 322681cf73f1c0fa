"""A database server as a process: it makes its data, listens, answers statements, writes files, and ends at a signal.

What it holds in memory is made from its files where it is not there (held.py). A statement's answer is sent when what
it has changed is in the files.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..kernel import shown
from ..kernel.errors import Errno
from ..kernel.files import ROOT, User
from ..kernel.network import Connection, Listener, listen
from . import wire
from .held import Held

if TYPE_CHECKING:
    from ..kernel.process import Process
    from .sql.errors import SqlError
    from .sql.session import Server, Session

Ask = Callable[[dict[str, Any]], dict[str, Any]]  # hands a document to the server, as its own clients do

FIRST = 6          # descriptor of the first connection
LISTENER = 5
MOST_STATEMENT = 4 << 20


class Backend:
    """What is the server's own. One object for all processes: what a process knows is in `process.memory`."""

    folder = ""
    port = 0
    signals: frozenset[str] = frozenset(("TERM", "INT", "QUIT"))
    user = ""

    def configure(self, process: Process) -> int | None:
        """Read options; fill `process.memory`. An exit code where it cannot start."""
        raise NotImplementedError

    def is_made(self, process: Process) -> bool:
        """Whether there is data already."""
        raise NotImplementedError

    def make(self, process: Process) -> None:
        """Make the first data."""
        raise NotImplementedError

    def load(self, process: Process) -> Server:
        """Return what the files hold."""
        raise NotImplementedError

    def save(self, process: Process, server: Server) -> None:
        """Write what has changed; raises Errno."""
        raise NotImplementedError

    def socket(self, process: Process) -> str:
        """Return the path of its socket; the file there tells clients the port."""
        raise NotImplementedError

    def ready(self, process: Process) -> None:
        """Say that it is."""
        raise NotImplementedError

    def login(self, process: Process, server: Server, hello: dict[str, Any], peer: str) -> dict[str, Any]:
        """Return the state of a new session; raise SqlError."""
        raise NotImplementedError

    def session(self, server: Server, number: int, state: dict[str, Any]) -> Session:
        """Return a session."""
        raise NotImplementedError

    def ask(self, process: Process, session: Session, message: dict[str, Any]) -> dict[str, Any] | None:
        """Answer what is no statement; None where the connection becomes something else."""
        return {"error": [0, "08P01", "protocol error"]}

    def full(self, server: Server) -> list[Any]:
        """Return the error of a volume that is full."""
        raise NotImplementedError

    def greet(self, process: Process, fd: int) -> tuple[dict[str, Any], bytes]:
        """Return the state of a connection in the server's real protocol, and what is said to whoever comes."""
        return {}, b""

    def speak(self, state: dict[str, Any], data: bytearray, ask: Ask) -> tuple[bytes, bool]:
        """Take what has come in the real protocol; return what is sent back, and whether the connection goes on."""
        return b"", False

    def idle(self, process: Process, server: Server) -> tuple[list[object], float | None]:
        """Do what the server does by itself; return what to wait for beside its clients."""
        return [], None

    def parting(self, process: Process, signal: str) -> int:
        """Say that it ends; return the exit code."""
        return 0


def run(process: Process, backend: Backend) -> int | None:
    """Play a server."""
    if process.memory is None:
        process.memory = {"phase": "new", "held": Held(), "sessions": {}, "foreign": {}, "next": FIRST, "later": [],
                          "number": 7, "until": 0.0, "child": None}
        code = backend.configure(process)
        if code is not None:
            return code
        process.trapped = backend.signals
    memory = process.memory
    if process.pending:
        remove(process, backend.socket(process))
        return backend.parting(process, process.pending[0])
    if memory["phase"] == "new":
        made = backend.is_made(process)
        memory["until"] = process.kernel.now + memory["starting" if made else "making"]
        memory["phase"] = "starting" if made else "making"
    if process.kernel.now < memory["until"]:
        process.wait(until=memory["until"])
        return None
    if memory["phase"] == "making":
        backend.make(process)
        memory["phase"] = "scripts"
    if memory["phase"] == "scripts":
        if not _scripts(process, backend):
            return None
        memory["phase"] = "starting"
    if memory["phase"] == "starting":
        process.close(LISTENER)
        try:
            process.install(LISTENER, listen(process, memory["port"], memory.get("bind", "0.0.0.0")))
        except Errno as error:
            return process.complain(f"could not bind to port {memory['port']}: {error.message}")
        memory["phase"] = "ready"
        shown.listens(process)
        _open_socket(process, backend)
        backend.ready(process)
    _serve(process, backend)
    return None


def server_of(process: Process, backend: Backend) -> Server:
    """Return what the server holds."""
    held: Held = process.memory["held"]
    if held.held is None:
        held.held = backend.load(process)
        held.held.sessions = process.memory["sessions"]
    server: Server = held.held
    return server


def _scripts(process: Process, backend: Backend) -> bool:
    """Run what stands in /docker-entrypoint-initdb.d; return whether all has run. Scripts are programs beside the
    server, which meanwhile answers clients of its own container."""
    memory = process.memory
    folder = "/docker-entrypoint-initdb.d"
    if "queue" not in memory:
        try:
            place = process.space.tree.lookup(folder, "/", ROOT)
            memory["queue"] = [name for name in process.space.tree.entries(place) if not name.startswith(".")]
        except Errno:
            memory["queue"] = []
    while memory["queue"] or memory["child"] is not None:
        child = memory["child"]
        if child is not None:
            if child.status is None:
                _serve(process, backend, child)
                return False
            memory["child"] = None
            continue
        name = memory["queue"].pop(0)
        path = f"{folder}/{name}"
        if name.endswith(".sql"):
            say_running(process, path)
            run_script(process, backend, process.read_file(path).decode("utf-8", "replace"))
        elif name.endswith(".sh"):
            say_running(process, path)
            process.install(LISTENER, listen(process, memory["port"], "127.0.0.1"))
            _open_socket(process, backend)
            program = process.space.find(process, "bash")
            env = {**process.env, **memory.get("script_env", {})}
            child = memory["child"] = process.kernel.spawn(
                process.space, program, ["bash", path], env, process.user, "/", process.fds, process
            )
            for fd in [fd for fd in child.fds if fd > 2]:
                child.close(fd)
            process.kernel.start(child)
    return True


def _open_socket(process: Process, backend: Backend) -> None:
    process.space.tree.put(backend.socket(process), str(process.memory["port"]).encode(), 0o777, now=process.kernel.now)


def say_running(process: Process, path: str) -> None:
    """Say which script runs."""
    process.write(f"{process.argv[0].rpartition('/')[2]}: running {path}\n")


def run_script(process: Process, backend: Backend, text: str) -> None:
    """Run statements of a file as the administrator; what fails is said."""
    from .sql.dialects import split
    from .sql.errors import SqlError

    server = server_of(process, backend)
    session = backend.session(server, 1, dict(process.memory["boss"]))
    found, rest = split(text, session.mysql)
    for statement in [*found, rest.strip()]:
        session.now = process.kernel.now
        try:
            if statement:
                process.work(200)
                session.execute(statement)
        except SqlError as error:
            process.write(f"ERROR: {error.message}\n", 2)
    backend.save(process, server)


def _serve(process: Process, backend: Backend, *more: object) -> None:
    """Answer whoever has asked, and wait."""
    memory = process.memory
    now = process.kernel.now
    _answer_late(process, now)
    listener = process.fds.get(LISTENER)
    keys: list[object] = [*more]
    if isinstance(listener, Listener):
        keys.append(listener)
        while (connection := listener.accept()) is not None:
            process.install(memory["next"], connection)
            memory["foreign"][memory["next"]], said = backend.greet(process, memory["next"])
            _write(process, memory["next"], said)
            memory["next"] += 1
    for fd in sorted(fd for fd in process.fds if fd >= FIRST):
        connection = process.fds[fd]  # type: ignore[assignment]
        if isinstance(connection, Connection) and _answer(process, backend, fd, connection):
            keys.append(connection.key)
    until = min((each[0] for each in memory["later"]), default=None)
    if memory["phase"] == "ready":
        own, due = backend.idle(process, server_of(process, backend)) if memory.get("busy") else ([], None)
        keys += own
        until = due if until is None else until if due is None else min(until, due)
    process.wait(*keys, until=until)


def _answer_late(process: Process, now: float) -> None:
    """Send the answers that took their time."""
    due = [each for each in process.memory["later"] if each[0] <= now]
    process.memory["later"] = [each for each in process.memory["later"] if each[0] > now]
    for _, fd, data in due:
        _write(process, fd, data)


def _write(process: Process, fd: int, data: bytes) -> None:
    if fd in process.fds:
        try:
            process.descriptor(fd).write(process.kernel, data)
        except Errno:
            hang_up(process, fd)


def hang_up(process: Process, fd: int) -> None:
    """A client is gone: its transaction, too."""
    memory = process.memory
    memory["sessions"].pop(fd, None)
    memory["foreign"].pop(fd, None)
    server = memory["held"].held
    if server is not None:
        server.transactions.pop(fd, None)
    process.close(fd)


def _answer(process: Process, backend: Backend, fd: int, connection: Connection) -> bool:
    """Answer what has come on a connection; return whether it is still open."""
    memory = process.memory
    if any(each[1] == fd for each in memory["later"]):
        return True
    state = memory["foreign"].get(fd, {})
    if "got" in state or connection.incoming.data[:2] not in (b"", b'{"'):
        return _spoken(process, backend, fd, connection)
    for line in wire.lines(connection):
        message = wire.unpack(line)
        if message is None or (fd not in memory["sessions"] and "hello" not in message):
            hang_up(process, fd)
            return False
        process.work(100 + len(line) // 16)
        answer, delay = _answered(process, backend, fd, message, connection.peer)
        if answer is None:
            continue
        data = wire.pack(answer)
        process.work(len(data) // 16)
        if delay:
            memory["later"].append([process.kernel.now + delay, fd, data])
        else:
            _write(process, fd, data)
        if "denied" in answer:
            hang_up(process, fd)
            return False
    if fd in process.fds and not connection.incoming.writers and not connection.incoming.data:
        hang_up(process, fd)
    return fd in process.fds


def _spoken(process: Process, backend: Backend, fd: int, connection: Connection) -> bool:
    """Answer a real client in its own protocol; return whether the connection is still open."""
    memory, delays = process.memory, [0.0]

    def ask(message: dict[str, Any]) -> dict[str, Any]:
        process.work(100)
        answer, delay = _answered(process, backend, fd, message, connection.peer)
        delays[0] += delay
        if "q" in message:
            last = memory["sessions"][fd].get("last_id") if message["q"][:6].upper() == "INSERT" else 0
            return {**(answer or {}), "last": last}
        return answer or {}

    state = memory["foreign"][fd]
    got: bytearray = state.setdefault("got", bytearray())
    while more := connection.read(process.kernel, 1 << 20):
        got += more
    said, goes_on = backend.speak(state, got, ask)
    process.work(len(said) // 16)
    if delays[0]:
        memory["later"].append([process.kernel.now + delays[0], fd, said])
    else:
        _write(process, fd, said)
    if not goes_on or not connection.incoming.writers:
        hang_up(process, fd)
    return fd in process.fds


def _answered(process: Process, backend: Backend, fd: int, message: dict[str, Any],
              peer: str) -> tuple[dict[str, Any] | None, float]:
    from .sql.errors import SqlError

    memory = process.memory
    server = server_of(process, backend)
    try:
        if "hello" in message:
            state = backend.login(process, server, message["hello"], peer)
            state.update(since=process.kernel.now, variables={}, settings={})
            memory["sessions"][fd] = state
            return {"ok": {"version": server.version, "maria": server.maria, "number": fd + 2}}, 0.0
        state = memory["sessions"][fd]
        session = backend.session(server, fd, state)
        session.now = process.kernel.now
        if "q" not in message:
            return backend.ask(process, session, message), 0.0
        state["text"] = message["q"][:1000]
        if "copy_lines" in message:
            state["copy_lines"] = message["copy_lines"]
        result = session.execute(message["q"])
        process.work(20 * session.data.steps)
        backend.save(process, server)
        memory["busy"] = memory.get("busy") or bool(server.asked_replica)
        return result.stored() | {"delay": result.delay}, result.delay
    except SqlError as error:
        return told(error, "hello" in message), 0.0
    except Errno:
        memory["held"].held = None  # what is not in the files has not happened
        return {"error": backend.full(server)}, 0.0


def told(error: SqlError, denied: bool) -> dict[str, Any]:
    """Return an error as a message."""
    found: dict[str, Any] = {
        "error": [error.code, error.state, error.message, error.detail, error.hint, error.position]
    }
    if denied:
        found["denied"] = True
    return found


# Files

def owner(process: Process, name: str) -> User:
    """Return who the server's files belong to: who runs it, or, of root, the image's own user."""
    if process.user.uid:
        return process.user
    from ..accounts import names

    for uid, known in names(process, "passwd").items():
        if known == name:
            return User(uid, uid)
    return ROOT


def put(process: Process, path: str, data: bytes, name: str) -> None:
    """Write a file of the server's; raises Errno."""
    tree, user, now = process.space.tree, owner(process, name), process.kernel.now
    make_folders(process, path.rpartition("/")[0], user)
    place = tree.find(path, "/", process.user)
    inode = place.inode or tree.create(place, "f", 0o640, process.user, now)
    if process.user.uid == 0:
        inode.uid, inode.gid = user.uid, user.gid
    elif not inode.allows(process.user, 2):
        raise Errno("EACCES")
    before = bytes(inode.data)
    try:
        inode.truncate(0, now)
        inode.write(0, data, now)
    except Errno:
        inode.truncate(0, now)
        inode.write(0, before, now)
        raise


def make_folders(process: Process, path: str, owner: User) -> None:
    """Make a folder with those above it, as the process's user; they belong to `owner`."""
    tree, at = process.space.tree, ""
    for name in path.split("/"):
        if name:
            at += "/" + name
            place = tree.find(at, "/", process.user)
            if place.inode is None:
                made = tree.create(place, "d", 0o750, process.user, process.kernel.now)
                made.uid, made.gid = owner.uid, owner.gid


def files(process: Process, folder: str) -> list[str]:
    """Return the names in a folder, [] where there is none."""
    try:
        return list(process.space.tree.entries(process.space.tree.lookup(folder, "/", process.user)))
    except Errno:
        return []


def remove(process: Process, path: str) -> None:
    """Take a file, or a folder with what is in it, away."""
    tree = process.space.tree
    try:
        for each, _ in sorted(tree.walk(path, ROOT), reverse=True):
            tree.remove(tree.find(each, "/", ROOT, False), ROOT, process.kernel.now)
    except Errno:
        pass
