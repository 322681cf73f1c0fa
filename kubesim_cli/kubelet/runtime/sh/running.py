"""The operations that run simple commands: functions, builtins, and other programs."""

from __future__ import annotations

from ..kernel.errors import Errno
from . import builtins, control, expand, messages
from .assignments import assigner, declaration, put_back, temporary
from .codes import EXEC, FRAME, WAIT
from .parameters import ShellError
from .redirects import drop, redirect, redirection
from .syntax import Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..kernel.process import Program
    from . import syntax
    from .codes import Operation
    from .shell import Saved, Shell

def simple(node: syntax.Simple, words: list[Word], declared: list[tuple[int, syntax.Assignment]], at: int, last: bool,
           lenient: bool) -> Operation:
    """Compile a simple command; the operation behind it waits for what it started."""
    assign = [assigner(each) for each in node.assignments]
    openers = [redirection(each) for each in node.redirects]
    line, pending, after = node.line, at + 1, at + 2
    declarations = {number: declaration(each) for number, each in declared}
    fields = [declarations.get(number) or expand.fields(word) for number, word in enumerate(words)]
    fields = [field for number, field in enumerate(fields) if number in declarations or words[number].parts]
    substitutes = any(True for word in (*(each.value for each in node.assignments if isinstance(each.value, Word)),)
                      for _ in expand.hoist(word))
    single = fields[0] if len(fields) == 1 else None
    constants = [each for each in map(expand.constant, words) if each is not None]
    fixed = constants if constants and len(constants) == len(words) and not declared else None
    names = [each.name for each in node.assignments]

    def command(sh: Shell) -> int:
        sh.line = line
        waited = sh.partial
        if (sh.opened or sh.stale) and waited is None:
            _close_stale(sh)
        argv: list[str]
        if waited is not None:
            argv = waited[2]
        elif fixed is not None:
            argv = fixed[:]
        elif single is not None:
            argv = single(sh)
        else:
            argv = []
            for field in fields:
                argv += field(sh)
        if "x" in sh.options and argv and waited is None:
            _trace(sh, argv)
        saved: Saved = []
        if not argv:
            if openers and not redirect(sh, openers, saved):
                sh.status = sh.refused
                return after
            for each in assign:
                each(sh)
            if "x" in sh.options:
                _trace(sh, [f"{each}={sh.get(each) or ''}" for each in names], "+ ")
            sh.restore(saved)
            sh.status = sh.substituted if substitutes else 0
            return after
        name = argv[0]
        if openers and not redirect(sh, openers, saved, argv):
            sh.status = sh.refused
            if name in builtins.SPECIAL and not sh.bash:
                return sh.finish(sh.status)
            return after
        kept = temporary(sh, assign, names) if assign else None
        found = sh.functions.get(name) if sh.functions else None
        if found is not None:
            frame = sh.push(found[0], found[1], "function", lenient)
            sh.frames[-2].pc = after
            frame.name, frame.positional, frame.saved = name, sh.positional, saved
            if kept:
                frame.locals.update(kept)
            sh.positional = argv[1:]
            return FRAME
        decides = CONTROL.get(name)
        if kept is not None and not sh.bash and name in builtins.SPECIAL:
            kept = None  # they stay
        if decides is not None:
            if kept:
                put_back(sh, kept)
            return decides(sh, argv, saved, after, lenient)
        builtin = builtins.BUILTINS.get(name)
        if builtin is None or not builtins.has(sh, name):
            return external(sh, argv, saved, kept, last, pending)
        return run_builtin(sh, builtin, argv, saved, kept, pending, after)

    return command


def _close_stale(sh: Shell) -> None:
    """Close the descriptors of <(...) that the command before had."""
    for fd in sh.stale:
        sh.process.close(fd)
    sh.stale, sh.opened = sh.opened, []


def run_builtin(sh: Shell, builtin: Callable[[Shell, list[str]], int | None], argv: list[str], saved: Saved,
                kept: dict[str, object] | None, pending: int, after: int) -> int:
    """Call a builtin; what it cannot finish yet, `await_child` goes on with."""
    try:
        status = builtin(sh, argv)
    except Errno as error:
        if error.name == "EPIPE":
            sh.restore(saved)
            return sh.finish(141)
        sh.complain(f"{argv[0]}: {'write error: ' if argv[0] in ('echo', 'printf') else ''}{error.message}")
        status = 1
    if status is None:
        sh.pending = (argv, saved)
        return pending
    sh.status = status
    if kept:
        put_back(sh, kept)
    if saved:
        sh.restore(saved)
    out = sh.process.fds.get(1)
    if out is not None and out.full:
        sh.pending = (["true" if not status else "false"], [])
        return pending
    return after


def _trace(sh: Shell, argv: list[str], each_line: str = "") -> None:
    from .parameters import quoted

    words = [quoted(each) for each in argv] if sh.bash and not each_line else argv
    try:
        sh.process.write("".join(f"+ {word}\n" for word in words) if each_line else "+ " + " ".join(words) + "\n", 2)
    except Errno:
        pass


def external(sh: Shell, argv: list[str], saved: Saved, kept: dict[str, object] | None, last: bool, pending: int) -> int:
    """Start another program; the operation that follows waits for it."""
    process = sh.process
    environment = sh.environment()
    if kept:
        environment = dict(environment)
        put_back(sh, kept)
    try:
        program = lookup(sh, argv[0])
    except Errno as error:
        sh.status = not_found(sh, argv[0], error)
        sh.restore(saved)
        return pending + 1
    if last and sh.may_leave:
        drop(sh, saved)
        process.program, process.argv, process.env, process.memory = program, argv, environment, None
        return EXEC
    try:
        child = process.kernel.spawn(process.space, program, argv, environment, process.user, process.cwd, process.fds,
                                     process)
    except Errno:
        sh.restore(saved)
        raise ShellError(sh.words("fork"), 2) from None
    if saved:
        sh.restore(saved)
    if pending in sh.frames[-1].code.passed:
        process.space.passing.add(child.pid)
    process.kernel.start(child)
    if child.status is None:
        sh.child = child
        return pending
    sh.status = child.status
    if child.signal:
        messages.killed(sh, child)
    del process.children[child.pid]
    return pending + 1


def lookup(sh: Shell, name: str) -> Program:
    """Return the program of a name; it is remembered, as shells do, until a program comes or goes."""
    space = sh.process.space
    known, table = sh.hashed
    if known is not space.tree.found:
        table = {}
        sh.hashed = space.tree.found, table
    found = table.get(name)
    if found is None:
        found = space.find(sh.process, name, sh.get("PATH") or "/nowhere")
        if "/" not in name:
            table[name] = found
    return found


def not_found(sh: Shell, name: str, error: Errno) -> int:
    """Say that there is no such program; return 127, or 126 where it may not be run."""
    if error.name == "ENOENT":
        why = "No such file or directory" if sh.bash and "/" in name else sh.words("not found")
        sh.complain(f"{name}: {why}")
        return 127
    sh.complain(f"{name}: {error.message}")
    return 126


def await_child(after: int) -> Operation:
    """Wait for the program or the builtin that the operation before has started."""

    def wait(sh: Shell) -> int:
        child = sh.child
        if child is not None:
            if child.status is None:
                sh.process.wait(child)
                return WAIT
            sh.status = child.status
            if child.signal:
                messages.killed(sh, child)
            sh.process.children.pop(child.pid, None)
            sh.child = None
            return after
        if sh.pending is None:
            return after
        argv, saved = sh.pending
        if sh.process.choked():
            return WAIT
        status = builtins.BUILTINS[argv[0]](sh, argv)
        if status is None:
            return WAIT
        sh.status, sh.pending = status, None
        sh.restore(saved)
        return after

    return wait


def _through(sh: Shell, argv: list[str], saved: Saved, after: int, lenient: bool) -> int:
    """command NAME and builtin NAME: past the functions."""
    words = argv[1:]
    while words and words[0] in ("-p", "--"):
        words = words[1:]
    if not words:
        return control.then(sh, saved, 0, after)
    if words[0] in ("-v", "-V"):
        return control.then(sh, saved, builtins.about(sh, ["command", *words]), after)
    decides = CONTROL.get(words[0])
    if decides is not None:
        return decides(sh, words, saved, after, lenient)
    builtin = builtins.BUILTINS.get(words[0])
    if builtin is None:
        return external(sh, words, saved, None, False, after - 1)
    return run_builtin(sh, builtin, words, saved, None, after - 1, after)


CONTROL: dict[str, control.Control] = {**control.CONTROL, "command": _through, "builtin": _through}
