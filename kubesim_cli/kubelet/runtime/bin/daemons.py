"""Servers of which an image's description tells all that is known: what they say, where they listen, how they end.

A description's `servers` has them by name (images/description.py), each with

    ports, stream   what is listened on; where lines go, stdout or stderr
    lines           what is said at the start; then, `after` so many seconds, `ready`, and the ports are open
    needs, refusal  variables of which one has to be set, and what is said otherwise, before an exit with 1
    every, steady   a line that comes again each so many seconds
    signals         {NAME: EXIT CODE} of those that end it, with the line `parting` before
    ends            the exit code of one that has nothing to do but to say its lines

In lines, %-directives are those of strftime; {hostname}, {address}, {pid}, {signal} and {words} (how signal(7) calls
it) are put in. Who connects gets no answer.
"""

from __future__ import annotations

from ...images import image
from ..dates import strftime
from ..kernel.network import Listener, listen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object
    from ..kernel.process import Process

_FIRST = 5  # descriptor of the first port
_WORDS = {"TERM": "Terminated", "INT": "Interrupt", "QUIT": "Quit", "WINCH": "Window changed"}


def server(process: Process) -> int | None:
    """Play one of a description's servers, by the name that it was started with."""
    known = image.of(process.space.tree.root.volume.image).servers
    described: Object = known.get(process.argv[0].rpartition("/")[2]) or {}
    state = process.memory
    if state is None:
        needs = described.get("needs")
        if needs and not any(process.env.get(name) for name in needs):
            _say(process, described, described.get("refusal") or [])
            return 1
        process.trapped = frozenset(described.get("signals") or ("TERM",))
        _say(process, described, described.get("lines") or [])
        if "ends" in described:
            return int(described["ends"])
        state = process.memory = {"ready": process.kernel.now + (described.get("after") or 0), "open": False,
                                  "next": 0.0}
    if process.pending:
        signal = process.pending[0]
        if "parting" in described:
            _say(process, described, [described["parting"]], signal)
        return int((described.get("signals") or {}).get(signal, 128 + 15))
    if not state["open"]:
        if process.kernel.now < state["ready"]:
            process.wait(until=state["ready"])
            return None
        _open(process, described)
        state.update(open=True, next=process.kernel.now + (described.get("every") or 0))
    _refuse_all(process)
    _rest(process, described)
    return None


def _open(process: Process, described: Object) -> None:
    for i, port in enumerate(described.get("ports") or ()):
        if port not in process.space.net.ports:
            process.install(_FIRST + i, listen(process, port))
    _say(process, described, described.get("ready") or [])


def _refuse_all(process: Process) -> None:
    """Hang up on whoever has connected."""
    for what in process.fds.values():
        if isinstance(what, Listener):
            while (connection := what.accept()) is not None:
                connection.closed(process.kernel)


def _rest(process: Process, described: Object) -> None:
    """Say the line that comes again, where it is time for that, and wait."""
    state, every = process.memory, described.get("every")
    if every and process.kernel.now >= state["next"]:
        _say(process, described, [described.get("steady") or ""])
        state["next"] = process.kernel.now + every
    keys = [what for what in process.fds.values() if isinstance(what, Listener)]
    process.wait(*keys, until=state["next"] if every else None)


def _say(process: Process, described: Object, lines: list[str], signal: str = "") -> None:
    put = {"hostname": process.space.hostname, "address": process.space.net.address, "pid": str(process.pid),
           "signal": signal, "words": _WORDS.get(signal, signal)}
    for line in lines:
        for name, value in put.items():
            line = line.replace(f"{{{name}}}", value)
        text = strftime(line, process.kernel.now) if "%" in line else line
        process.write(f"{text}\n", 2 if described.get("stream") == "stderr" else 1)


PROGRAMS = {"@server": server}
