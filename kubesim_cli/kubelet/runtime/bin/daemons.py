"""Servers of which an image's description tells all that is known: what they say, where they listen, how they end.

A description's `servers` has them by name (images/description.py), each with

    ports, stream   what is listened on; where lines go, stdout or stderr
    lines           what is said at the start; then, `after` so many seconds, `ready`, and the ports are open
    needs, refusal  variables of which one has to be set, and what is said otherwise, before an exit with 1
    every, steady   a line that comes again each so many seconds
    answer, secure  the text that who asks by HTTP gets, on whatever path; the ports that speak TLS
    replies         {WORD: ANSWER}: what who sends a line with a word gets, and no other answer is given
    signals         {NAME: EXIT CODE} of those that end it, with the line `parting` before
    ends            the exit code of one that has nothing to do but to say its lines
    makes           objects that it has the API server create first, each a manifest with, as `path`, where
                    its kind is in the API: api/v1/secrets. In their texts {namespace} is that of the pod, {NAME} the
                    value of its argument --NAME, {random} something that nobody guesses; what is there stays as it is

In lines, %-directives are those of strftime; {hostname}, {address}, {pid}, {signal} and {words} (how signal(7) calls
it) are put in.
"""

from __future__ import annotations

from ...images import image
from ..dates import strftime
from ..kernel.errors import Errno
from ..kernel.network import Connection, Listener
from .web import serving

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object
    from ..kernel.process import Process

_WORDS = {"TERM": "Terminated", "INT": "Interrupt", "QUIT": "Quit", "WINCH": "Window changed"}


def server(process: Process) -> int | None:
    """Play one of a description's servers, by the name that it was started with."""
    described = _described(process)
    if process.memory is None:
        needs = described.get("needs")
        if needs and not any(process.env.get(name) for name in needs):
            _say(process, described, described.get("refusal") or [])
            return 1
        process.trapped = frozenset(described.get("signals") or ("TERM",))
        process.memory = {"makes": list(described.get("makes") or ()), "begun": False}
    if process.memory.get("makes") and not process.pending:
        from . import making

        if not making.go_on(process):
            return None
        if process.memory["failed"] and "ends" in described:
            process.write(f"{process.memory['failed']}\n", 2)
            return 1
    if process.memory.get("begun") is False and not process.pending:
        _say(process, described, described.get("lines") or [])
        if "ends" in described:
            return int(described["ends"])
        process.memory = {"ready": process.kernel.now + (described.get("after") or 0)}
    if process.pending:
        signal = process.pending[0]
        if "parting" in described:
            _say(process, described, [described["parting"]], signal)
        return int((described.get("signals") or {}).get(signal, 128 + 15))
    ready = process.memory.get("ready")
    if ready is not None:
        if process.kernel.now < ready:
            process.wait(until=ready)
            return None
        try:
            _open(process, described)
        except Errno as error:
            return process.complain(error.message)
    _rest(process, described)
    return None


def _described(process: Process) -> Object:
    known = image.of(process.space.tree.root.volume.image).servers
    found: Object = known.get(process.argv[0].rpartition("/")[2]) or {}
    return found


def _open(process: Process, described: Object) -> None:
    state = serving.start(process, serving.everywhere(*(described.get("ports") or ())),
                          dict.fromkeys(described.get("secure") or (), ""),
                          tuple(described.get("signals") or ("TERM",)))
    state["again"] = process.kernel.now + (described.get("every") or 0)
    _say(process, described, described.get("ready") or [])


def _rest(process: Process, described: Object) -> None:
    """Answer who asks, say the line that comes again, where it is time for that, and wait."""
    state, every = process.memory, described.get("every")
    if every and process is process.space.init:
        process.space.forever = True  # nobody need look ahead for long
    if every and process.kernel.now >= state["again"]:
        _say(process, described, [described.get("steady") or ""])
        state["again"] = process.kernel.now + every
    until = state["again"] if every else None
    if described.get("replies"):
        _reply(process, described["replies"], until)
    else:
        serving.serve(process, _page, until=until)


def _reply(process: Process, replies: dict[str, str], until: float | None) -> None:
    """Answer single words on all connections, and hang up; wait for more."""
    state, keys = process.memory, list[object]()
    for fd in state["listeners"]:
        listener = process.descriptor(fd)
        assert isinstance(listener, Listener)
        while (accepted := listener.accept()) is not None:
            process.install(state["next"], accepted)
            state["connections"][state["next"]] = ""
            state["next"] += 1
        keys.append(listener)
    for fd, text in list(state["connections"].items()):
        connection = process.fds[fd]
        assert isinstance(connection, Connection)
        data = connection.read(process.kernel, serving.CHUNK)
        text += (data or b"").decode("utf-8", "replace")
        if data is None and "\n" not in text and text.strip() not in replies:
            state["connections"][fd] = text
            keys.append(connection.key)
            continue
        try:
            connection.write(process.kernel, replies.get(text.strip(), "").encode())
        except Errno:
            pass  # who asked is gone
        process.close(fd)
        del state["connections"][fd]
    process.wait(*keys, until=until)


def _page(process: Process, request: serving.Request) -> serving.Answer:
    return serving.Answer(200, _described(process).get("answer") or "ok\n", type_="text/plain")


def _say(process: Process, described: Object, lines: list[str], signal: str = "") -> None:
    put = {"hostname": process.space.hostname, "address": process.space.net.address, "pid": str(process.pid),
           "signal": signal, "words": _WORDS.get(signal, signal)}
    for line in lines:
        for name, value in put.items():
            line = line.replace(f"{{{name}}}", value)
        text = strftime(line, process.kernel.now) if "%" in line else line
        process.write(f"{text}\n", 2 if described.get("stream") == "stderr" else 1)


PROGRAMS = {"@server": server}
