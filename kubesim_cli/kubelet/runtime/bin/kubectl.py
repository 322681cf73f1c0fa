"""kubectl in a container: its command line is played by kubesim's own kubectl (kubesim_cli/kubectl/guest), which talks
with the API server where a connection to it comes about. Its files and its environment are the container's.
"""

from __future__ import annotations

from ....machinery.guests import Call, Unreached
from ....machinery.streaming import StartError
from ...network import apiserver
from ...network.wiring import Wiring
from ..entry import EXEC, program_of
from ..kernel.errors import Blocked, Errno, Exhausted
from ..kernel.network import Answered
from . import dialing
from .guestfiles import STDIN, ContainerFiles, told
from .operands import MOST_INPUT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....apiserver.client import Client
    from ....machinery.types import Object
    from ...containerlog import ContainerLog
    from ..kernel.process import Process

TAKES = 0.1         # seconds from its start to its first request: a loop of nothing else sees time go by
STEPS = 10_000      # that a command line counts
LIMIT = 30.0        # seconds until client-go gives up to connect (net.Dialer of rest/transport)
INTERRUPTED = 2     # exit code of a program in Go that is told to end and is process 1
_API = "10.96.0.1"  # an address to ask for where the container is told of none
_SIGNALS = {"TERM": 15, "INT": 2, "HUP": 1}


def run(process: Process) -> int | None:
    """Play a command line; it is called again while it waits for its input, for a connection, or for the cluster."""
    if process.memory is None:
        process.trapped = frozenset(_SIGNALS)
        process.memory = {"dial": {}, "call": {}, "in": bytearray(), "reads": _reads_stdin(process.argv[1:]),
                          "begins": process.kernel.now + TAKES}
    memory = process.memory
    if process.pending:
        return INTERRUPTED if process.pid == 1 else 128 + _SIGNALS.get(process.pending[0], 15)
    while memory["reads"]:
        data = process.read()
        if data is None:
            return None
        memory["in"] += data
        if len(memory["in"]) > MOST_INPUT:
            raise Exhausted("memory")
        memory["reads"] = bool(data)
    if process.kernel.now < memory["begins"]:
        process.wait(until=memory["begins"])
        return None
    process.work(STEPS)
    api = _api(process)
    if api is None or api.server.kubectl is None:
        process.write("The connection to the server localhost:8080 was refused - did you specify the right host or "
                      "port?\n", 2)
        return 1
    call = Call(process.argv[1:], process.env, bytes(memory["in"]).decode("utf-8", "surrogateescape"),
                ContainerFiles(process), memory["call"], lambda fd, text: process.write(text, fd),
                lambda host, port: _reach(process, host, port), api.server,
                lambda pod, container, previous: _log(api, pod, container, previous),
                lambda pod, name, argv, stdin: _execute(process, api, pod, name, argv, stdin),
                lambda argv: _start(process, argv), lambda: memory["child"].status, _release(process))
    store = api.server.store
    before = store.revision
    try:
        code = api.server.kubectl(call)
    except Exception as problem:
        if isinstance(problem, (Blocked, Errno, Exhausted, MemoryError)) or getattr(problem, "fatal", False):
            raise
        process.write(f"kubesim failed: {process.kernel.note_fault(process, problem)}\n", 2)
        code = 1
    process.space.calls = process.space.calls or store.revision != before
    if code is None and call.until is not None:
        process.wait(*((memory["child"],) if "child" in memory else ()), until=call.until)
    return code


def _reads_stdin(words: list[str]) -> bool:
    own = words[:words.index("--")] if "--" in words else words
    if "delete" in own and not {"-i", "--interactive", "--interactive=true"}.isdisjoint(own):
        return True
    return any(word == "-" or word.endswith(("=-", *STDIN)) or (word.endswith("f-") and word[:1] == "-" != word[1:2])
               for word in own)


def _execute(process: Process, api: Client, pod: Object, name: str, argv: list[str], stdin: bool) -> None:
    """See Call.execute: a program in another container gets the streams of this one's process."""
    from ... import residents
    from ...streaming import running

    those, kernel = residents.of(api), process.kernel
    inside = those.enter(pod, running(pod, name))
    try:
        program = program_of(inside.space, inside.user, inside.cwd, inside.env, argv[0], True)
    except StartError as error:
        raise StartError(EXEC + error.message, error.code) from None
    fds = {fd: process.fds.get(fd) or kernel.null() for fd in (0, 1, 2)}
    if not stdin:
        fds[0] = kernel.null()
    child = kernel.spawn(inside.space, program, list(argv), dict(inside.env), inside.user, inside.cwd, fds)
    inside.space.guests.add(child.pid)
    process.memory["child"] = child
    kernel.start(child)
    those.touch(f"{pod['metadata']['uid']}/{name}")


def _start(process: Process, argv: list[str]) -> None:
    """See Call.start."""
    try:
        program = process.space.find(process, argv[0])
    except Errno as error:
        raise told(error, argv[0]) from None
    child = process.kernel.spawn(process.space, program, argv, dict(process.env), process.user, process.cwd,
                                 process.fds, process)
    process.memory["child"] = child
    process.kernel.start(child)
    process.children.pop(child.pid, None)


def _api(process: Process) -> Client | None:
    """Return a trusted client of the cluster; None where there is no network. What is only tried out ends here."""
    host = process.env.get("KUBERNETES_SERVICE_HOST") or _API
    try:
        process.kernel.routes.route(process.space, host, 443)
    except Errno:
        pass
    process.space.net.next_port()  # it has asked: who does so again and again is known by that (lives.foresee)
    routes = process.kernel.routes
    return routes.api if isinstance(routes, Wiring) else None


def _reach(process: Process, host: str, port: int) -> bool:
    """See Call.reach."""
    state = process.memory["dial"]
    try:
        connection = dialing.dial(process, state, host, port, LIMIT)
    except dialing.Failed as failure:
        where = f"{failure.address or host}:{port}"
        if failure.kind == dialing.UNKNOWN:
            raise Unreached(f"dial tcp: lookup {host}: no such host") from None
        if failure.kind == dialing.UNANSWERED:
            raise Unreached(f"dial tcp: lookup {host}: i/o timeout") from None
        if failure.kind == dialing.TIMEOUT:
            raise Unreached(f"dial tcp {where}: i/o timeout") from None
        raise Unreached(f"dial tcp {where}: connect: {failure.message.lower()}",
                        failure.kind == dialing.REFUSED) from None
    if connection is None:
        return False
    state.clear()
    is_server = isinstance(connection, Answered) and connection.answerer is apiserver.answer
    connection.closed(process.kernel)
    if not is_server:
        raise Unreached("EOF")
    return True


def _log(api: Client, pod: Object, container: Object, previous: bool) -> ContainerLog:
    from ...containerlog import ContainerLog

    return ContainerLog(api, pod, container, previous)


def _release(process: Process) -> str:
    """Return the release of kubectl that an image's tag names, where the image is kubectl's; "" where none."""
    from ....releases import parse_release
    from ...images import names

    repository, tag = names.split(process.space.tree.root.volume.image)[:2]
    if "kubectl" not in repository and "k8s" not in repository:
        return ""
    version = ".".join((tag or "").partition("-")[0].removeprefix("v").split(".")[:2])
    try:
        parse_release(version)
    except ValueError:
        return ""
    return version
