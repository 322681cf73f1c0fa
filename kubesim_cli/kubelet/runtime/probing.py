"""Exec probes that change something, or ask others: each is run at its moments in the container, by what stands for the
kubelet.

A probe that only looks need not be run (process.probed). One that writes is a *prober*: a process of the kernel that is
none of the container's, so that what it does has its place among all that happens, wherever the container is played.
So is, in the cluster's engine, one that reaches something outside of the container: what it finds is the answer of its
moment. It is made each time for an hour, then seldomer, unless what it asks says something else (`hasten`).
Kubernetes: pkg/kubelet/prober/worker.go.
"""

from __future__ import annotations

from ...machinery.streaming import StartError
from . import bounds
from .entry import EXEC, program_of
from .kernel.descriptors import Data, Lines, Log
from .kernel.errors import Errno
from .kernel.files import FILE, ROOT
from .kernel.process import Process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object
    from .engine import Container

SCRIPT = 64 << 10  # bytes of a script that are looked at
# What writes to a file, and the programs that do so or send signals.
_WRITES = (r">>?\s*(?!/dev/|[&>(=\s])|(?:^|[\s;&|(`'\"])(?:/\S*/)?(?:touch|rm|mv|cp|mkdir|rmdir|tee|ln|dd|truncate|"
           r"mktemp|install|chmod|chown|kill|pkill|killall|unlink|sed\s+-i)(?=[\s;'\"]|$)")


def writes(text: str) -> bool:
    """Tell whether a command's words change something."""
    import re

    return re.search(_WRITES, text, re.M) is not None


def text_of(inside: Container, command: list[str]) -> str:
    """Return the words of a command, and those of the scripts of the container that it names."""
    text = " ".join(command)
    for word in command:
        try:
            inode = inside.space.tree.find(word, inside.cwd, ROOT).inode if word[-3:] == ".sh" or "/" in word else None
        except Errno:
            continue
        if inode is not None and inode.kind == FILE and inode.data[:2] != b"\x7fE":
            text += "\n" + bytes(inode.data[:SCRIPT]).decode("utf-8", "replace")
    return text


def attend(inside: Container, container: Object, hook: Process | None) -> None:
    """Begin to run those probes of a container that change something, when its postStart `hook` is over.

    Where one does, its startup probe is run as well, for the others wait for that.
    """
    probes = {kind: probe for kind in ("startup", "liveness", "readiness")
              if (probe := container.get(f"{kind}Probe")) and "exec" in probe}
    chosen = [kind for kind, probe in probes.items() if writes(text_of(inside, probe["exec"].get("command") or []))]
    if chosen and "startup" in probes and "startup" not in chosen:
        chosen.insert(0, "startup")
    for kind in chosen:
        _begin_to_probe(inside, kind, probes[kind], inside.main.kernel.now, hook)  # type: ignore[union-attr]


def attend_asking(inside: Container, container: Object, kind: str, start: float, has_begun: bool) -> None:
    """Run a container's probe of a kind from now on, for it asks others.

    `start`: when the container was started, `has_begun`: its startup probe has been good.
    """
    if not has_begun and kind != "startup" and "exec" in container["startupProbe"] and not prober_of(inside, "startup"):
        _begin_to_probe(inside, "startup", container["startupProbe"], start)
    prober = _begin_to_probe(inside, kind, container[f"{kind}Probe"], start)
    prober.memory.update(asks=True, writes=writes(text_of(inside, prober.memory["command"])))
    inside.probers.sort(key=lambda each: each.memory["kind"] != "startup")


def _begin_to_probe(inside: Container, kind: str, probe: Object, start: float, hook: Process | None = None) -> Process:
    space = inside.space
    kernel = inside.main.kernel  # type: ignore[union-attr]
    prober = Process(kernel, space, probing, ["kubelet"], inside.env, inside.user, inside.cwd)
    del space.processes[prober.pid]
    space.next_pid -= 1
    period, delay = float(probe.get("periodSeconds") or 10), float(probe.get("initialDelaySeconds") or 0)
    prober.pid = 0
    prober.memory = {
        "kind": kind, "command": probe["exec"].get("command") or [], "timeout": probe.get("timeoutSeconds") or 1,
        "period": period, "next": delay + (period if kind == "liveness" else 0.0), "start": start,
        "hook": hook, "gate": prober_of(inside, "startup"), "child": None, "said": None, "over": False, "made": 0,
        "asks": False, "writes": True, "found": []}
    inside.probers.append(prober)
    kernel.schedule(prober)
    return prober


def probing(prober: Process) -> int | None:
    """The program of a prober. Its memory: `next`, the moment of the probe that is made next or being made, in seconds
    after `start`; `found`: (moment, whether it was good, message), without what was found before already."""
    memory, kernel = prober.memory, prober.kernel
    if prober.space.ended is not None or memory["over"] or memory.get("aside"):
        prober.wait()
        return None
    for before in (memory["hook"], memory["gate"]):
        if before is not None and not _is_past(before):
            prober.wait(before)
            return None
    child, now = memory["child"], kernel.now - memory["start"]
    if child is None:
        is_first = memory["gate"] is not None and not memory["made"]
        at = _tick(memory, memory["gate"].memory["next"] if is_first else now)
        if now < at - 1e-6:
            prober.wait(until=memory["start"] + at)
            return None
        child = _begin(prober)
        if child is None:
            return None
    if child.status is None:
        limit = memory["start"] + memory["next"] + memory["timeout"]
        if kernel.now < limit:
            prober.wait(child, until=limit)
            return None
        kernel.kill(child, "KILL")
        _note(prober, False, f'command "{" ".join(memory["command"])}" timed out')
    else:
        text = b"".join(data for _, _, data in memory["said"].take()).decode("utf-8", "replace")
        _note(prober, child.status == 0, text)
    return None


def _is_past(before: Process) -> bool:
    """Tell whether a hook has ended, or the startup probe has been good."""
    if before.program is probing:
        return bool(before.memory["over"])
    return before.status is not None


def _tick(memory: Object, since: float) -> float:
    """Return the next moment of a probe from a time on, and keep it."""
    late = since - memory["next"]
    if memory["kind"] == "readiness" and memory["gate"] is not None and not memory["made"]:
        memory["next"] = max(memory["next"], since)  # it is made at once when the container has started
    elif late > 1e-6:
        memory["next"] += -(-late // memory["period"]) * memory["period"]
    found: float = memory["next"]
    return found


def _begin(prober: Process) -> Process | None:
    """Start a probe's program; None where it cannot be: then the probe has failed."""
    memory, space, kernel = prober.memory, prober.space, prober.kernel
    try:
        program = program_of(space, prober.user, prober.cwd, prober.env, memory["command"][0])
    except StartError as error:
        _note(prober, False, f"{EXEC}{error.message}\r\n")
        return None
    said = memory["said"] = Lines()
    child: Process = kernel.spawn(space, program, memory["command"], dict(prober.env), prober.user, prober.cwd,
                                  {0: Data(b""), 1: Log("stdout", said), 2: Log("stderr", said)})
    memory["child"] = child
    kernel.start(child)
    return child


def _note(prober: Process, good: bool, text: str) -> None:
    memory, kernel = prober.memory, prober.kernel
    found = memory["found"]
    if not found or found[-1][1:] != [good, text]:
        found.append([memory["next"], good, text])
    memory["child"] = memory["said"] = None
    memory["made"] += 1
    if memory["kind"] == "startup" and good:
        memory["over"] = True
        kernel.wake(prober)
        prober.wait()
        return
    memory["next"] += memory["period"]
    since = kernel.now - memory["start"]
    if _asks(prober) and since > bounds.AGED:
        memory["next"] += since * bounds.PATIENCE // memory["period"] * memory["period"]
    prober.wait(until=memory["start"] + max(memory["next"], since))


def hasten(inside: Container, now: float) -> bool:
    """What a container's probes ask may say something else now: those that are not made each time are made soon.

    Tells whether there are such.
    """
    found = False
    for prober in inside.probers:
        memory = prober.memory
        early = memory["next"] + memory["start"] - now
        if _asks(prober) and memory["child"] is None and early >= memory["period"]:
            memory["next"] -= early // memory["period"] * memory["period"]
            prober.wait(until=memory["start"] + memory["next"])
            found = True
    return found


def put_aside(inside: Container) -> None:
    """Make no more of those probes that ask others: the container is a copy, and they are not there."""
    for prober in inside.probers:
        prober.memory["aside"] = _asks(prober)
    inside.probers = [each for each in inside.probers if not _asks(each)]


def asks(inside: Container, kind: str) -> bool:
    """Tell whether a container's probe of a kind is one that is run because it asks others."""
    prober = prober_of(inside, kind)
    return prober is not None and _asks(prober)


def leaves_traces(inside: Container) -> bool:
    """Tell whether a probe that asks others changes something in the container, too."""
    return any(_asks(each) and each.memory["writes"] for each in inside.probers)


def _asks(prober: Process) -> bool:
    return bool(prober.memory.get("asks"))


def prober_of(inside: Container, kind: str) -> Process | None:
    """Return what runs a container's probe of a kind, None where it is not run."""
    return next((each for each in inside.probers if each.memory["kind"] == kind), None)


def leave(inside: Container) -> None:
    """The container is told to end: only its readiness is still looked at."""
    for prober in inside.probers:
        if prober.memory["kind"] != "readiness":
            prober.memory["over"] = True
