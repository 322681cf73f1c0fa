"""The operations that start other processes of the shell: subshells, pipelines, jobs, command substitutions."""

from __future__ import annotations

from ..kernel.descriptors import Capture
from ..kernel.errors import Errno
from ..kernel.process import Table
from . import builtins, messages
from .arithmetic import ArithmeticError_
from .codes import WAIT
from .parameters import ShellError
from .running import lookup

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..kernel.descriptors import Open
    from ..kernel.process import Process
    from .codes import Code, Operation
    from .expand import Fields
    from .shell import Shell

def spawn(sh: Shell, code: Code, entry: int, fds: dict[int, Open]) -> Process:
    """Start a subshell; it is not run yet."""
    process = sh.process
    try:
        child = process.kernel.spawn(process.space, process.program, process.argv, process.env, process.user,
                                     process.cwd, fds,
                                     process)
    except Errno:
        raise ShellError(sh.words("fork"), 2) from None
    sh.fork(child, code, entry)
    return child


def subshell(code: Code, entry: int, pending: int, last: bool) -> Operation:
    def start(sh: Shell) -> int:
        if last and sh.may_leave:
            return entry
        child = sh.child = spawn(sh, code, entry, sh.process.fds)
        sh.process.kernel.start(child)
        return pending

    return start


def background(code: Code, entry: int, after: int) -> Operation:
    def start(sh: Shell) -> int:
        process = sh.process
        fds = dict(process.fds)
        fds[0] = process.kernel.null()
        child = spawn(sh, code, entry, fds)
        sh.jobs[child.pid] = child
        sh.background, sh.status = child.pid, 0
        process.kernel.schedule(child)
        return after

    return start


def start_pipeline(code: Code, entries: list[int], pending: int) -> Operation:
    def start(sh: Shell) -> int:
        process, kernel = sh.process, sh.process.kernel
        reader: Open | None = None
        children = []
        for number, entry in enumerate(entries):
            fds = dict(process.fds)
            if reader is not None:
                fds[0] = reader
            if number < len(entries) - 1:
                reader, fds[1] = kernel.pipe()
            children.append(spawn(sh, code, entry, fds))
        sh.children = children
        for child in children:
            kernel.start(child)
        return pending

    return start


def await_pipeline(after: int) -> Operation:
    def wait(sh: Shell) -> int:
        for child in sh.children:
            if child.status is None:
                sh.process.wait(child)
                return WAIT
        statuses = [child.status or 0 for child in sh.children]
        for child in sh.children:
            if child.signal and not sh.bash:
                messages.killed(sh, child)
            sh.process.children.pop(child.pid, None)
        sh.children = []
        sh.status = statuses[-1]
        if "pipefail" in sh.options:
            sh.status = next((each for each in reversed(statuses) if each), 0)
        if sh.bash:
            sh.vars["PIPESTATUS"] = {number: str(each) for number, each in enumerate(statuses)}
        return after

    return wait


def start_substitution(code: Code, entry: int, pending: int) -> Operation:
    def start(sh: Shell) -> int:
        captured = sh.captured = Capture()
        child = sh.child = spawn(sh, code, entry, {**sh.process.fds, 1: captured})
        sh.process.kernel.start(child)
        return pending

    return start


def start_file(code: Code, entry: int, slot: int, kind: str, after: int) -> Operation:
    """<(...) and >(...): a pipe under the name of a descriptor, until the next command."""

    def start(sh: Shell) -> int:
        process = sh.process
        reader, writer = process.kernel.pipe()
        ours, theirs = (reader, writer) if kind == "<" else (writer, reader)
        fd = next(each for each in range(63, 0, -1) if each not in process.fds)
        child = spawn(sh, code, entry, {**process.fds, int(kind == "<"): theirs})
        process.install(fd, ours)
        sh.opened.append(fd)
        sh.outputs[slot] = f"/dev/fd/{fd}"
        process.kernel.schedule(child)
        return after

    return start


def start_direct(fields: list[Fields], general: Operation, slot: int, line: int, pending: int) -> Operation:
    """A substitution of one plain command: a builtin is called, a program started, without a subshell between."""

    def start(sh: Shell) -> int:
        argv = []
        try:
            for field in fields:
                argv += field(sh)
        except (ShellError, ArithmeticError_):
            return general(sh)
        name = argv[0] if argv else ""
        process = sh.process
        if not argv or name in sh.functions or name in builtins.CONTROLS or "x" in sh.options:
            return general(sh)
        sh.line = line
        captured = Capture()
        if name in builtins.PURE:
            before = process.fds
            process.fds = Table({**before, 1: captured})
            try:
                status = builtins.BUILTINS[name](sh, argv)
            finally:
                process.fds = before
            sh.status = sh.substituted = status or 0
            sh.outputs[slot] = captured_text(captured)
            return pending + 1
        if name in builtins.BUILTINS:
            return general(sh)
        try:
            program = lookup(sh, name)
        except Errno:
            return general(sh)
        child = process.kernel.spawn(process.space, program, argv, sh.environment(), process.user, process.cwd,
                                     {**process.fds, 1: captured}, process)
        process.kernel.start(child)
        if child.status is None:
            sh.child, sh.captured = child, captured
            return pending
        if child.signal and not sh.bash:
            messages.killed(sh, child)
        del process.children[child.pid]
        sh.outputs[slot] = captured_text(captured)
        sh.status = sh.substituted = child.status
        return pending + 1

    return start


def captured_text(captured: Capture) -> str:
    text = captured.data.decode("utf-8", "surrogateescape").rstrip("\n")
    return text.replace("\0", "") if "\0" in text else text


def await_substitution(slot: int, after: int) -> Operation:
    def wait(sh: Shell) -> int:
        child = sh.child
        assert child is not None and sh.captured is not None
        if child.status is None:
            sh.process.wait(child)
            return WAIT
        if child.signal and not sh.bash:
            messages.killed(sh, child)
        sh.process.children.pop(child.pid, None)
        sh.outputs[slot] = captured_text(sh.captured)
        sh.status = sh.substituted = child.status
        sh.child = sh.captured = None
        return after

    return wait
