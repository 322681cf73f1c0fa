"""The operations that run commands: functions, builtins, other programs, subshells, pipelines, substitutions."""

from __future__ import annotations

from ..kernel.descriptors import Capture
from ..kernel.errors import Errno
from ..kernel.process import Table
from . import builtins, expand, messages, patterns
from .compiler import EXEC, FRAME, WAIT
from .parameters import ShellError
from .shell import run
from .syntax import Literal, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..kernel.descriptors import Open
    from ..kernel.process import Process, Program
    from . import syntax
    from .compiler import Code, Operation
    from .expand import Fields, Guard
    from .parameters import Text
    from .shell import Saved, Shell
    from .syntax import Redirect

    Opener = Callable[[Shell, Saved], None]


# Redirections

def redirection(node: Redirect) -> Opener:
    """Compile a redirection: a function that makes it and notes what was there before."""
    fd, operator = node.fd, node.operator
    target = expand.text(node.target)

    def move(sh: Shell, saved: Saved, fd: int, what: Open | None) -> None:
        process = sh.process
        before = process.fds.get(fd)
        if before is not None:
            before.users += 1
        saved.append((fd, before))
        if what is None:
            process.close(fd)
        else:
            process.install(fd, what)

    def document(sh: Shell, saved: Saved) -> None:
        from ..kernel.descriptors import Data

        text = target(sh) + ("\n" if operator == "<<<" else "")
        move(sh, saved, fd, Data(text.encode("utf-8", "surrogateescape")))

    def duplicate(sh: Shell, saved: Saved) -> None:
        name = target(sh)
        if name == "-":
            move(sh, saved, fd, None)
        elif name.isdigit():
            what = sh.process.fds.get(int(name))
            if what is None:
                raise Redirected(f"{name}: Bad file descriptor")
            move(sh, saved, fd, what)
        else:
            both(sh, saved)

    def both(sh: Shell, saved: Saved) -> None:
        what = _open(sh, target(sh), "a" if operator == "&>>" else "w")
        move(sh, saved, 1, what)
        move(sh, saved, 2, what)

    how = {"<": "r", ">>": "a", "<>": "+"}.get(operator, "w")

    def plain(sh: Shell, saved: Saved) -> None:
        move(sh, saved, fd, _open(sh, target(sh), "n" if how == "w" and operator == ">" and "C" in sh.options else how))

    if operator in ("<<", "<<<"):
        return document
    if operator in (">&", "<&"):
        return duplicate
    return both if operator in ("&>", "&>>") else plain


def _open(sh: Shell, path: str, how: str) -> Open:
    try:
        return sh.process.open(path, "x" if how == "n" else how)
    except Errno as error:
        raise Redirected(messages.unopened(sh, path, error.message, how != "r")) from None


class Redirected(Exception):
    """A redirection that failed; `message` says why."""

    def __init__(self, message: str):
        super().__init__(message)
        self.message = message


def redirect(sh: Shell, openers: list[Opener], saved: Saved) -> bool:
    """Make redirections; where one fails, say so, take back those made, and return False."""
    try:
        for opener in openers:
            opener(sh, saved)
    except (Redirected, Errno) as error:
        sh.restore(saved)
        sh.complain(error.message)
        return False
    return True


def push_redirects(nodes: list[Redirect], line: int, into: int, after: int) -> Operation:
    openers = [redirection(node) for node in nodes]

    def push(sh: Shell) -> int:
        saved: Saved = []
        sh.line = line
        if not redirect(sh, openers, saved):
            sh.status = 1 if sh.bash else 2
            return after
        sh.frames[-1].stack.append(("redirects", saved))
        return into

    return push


def pop_redirects(after: int) -> Operation:
    def pop(sh: Shell) -> int:
        sh.restore(sh.frames[-1].stack.pop()[1])
        return after

    return pop


# Simple commands

def assigner(node: syntax.Assignment) -> Callable[[Shell], None]:
    """Compile an assignment."""
    name = node.name
    if isinstance(node.value, Word):
        text = expand.text(node.value)
        if len(node.value.parts) > 0 and isinstance(node.value.parts[0],
                                                    Literal) and ":~" in str(node.value.parts[0].text):
            plain = text
            text = lambda sh: ":".join(expand.tilde(sh, each) for each in plain(sh).split(":"))  # noqa: E731
        if node.subscript is not None:
            key = expand.text(node.subscript)

            def element(sh: Shell) -> None:
                at = key(sh)
                before = (sh.element(name, at) or "") if node.append else ""
                sh.set_element(name, at, before + text(sh))

            return element
        if node.append:
            return lambda sh: sh.set(name, (sh.get(name) or "") + text(sh))
        return lambda sh: sh.set(name, text(sh))
    items = [(None if key is None else expand.text(key), expand.text(value) if key else None,
              [expand.fields(each) for each in expand.braces(value)]) for key, value in node.value]

    def array(sh: Shell) -> None:
        from .shell import Assoc

        values: list[tuple[str | None, str]] = []
        for key, single, many in items:
            if key is not None and single is not None:
                values.append((key(sh), single(sh)))
            else:
                values += [(None, value) for field in many for value in field(sh)]
        old = sh.vars.get(name)
        if not node.append or not isinstance(old, dict):
            start = {0: old} if node.append and isinstance(old, str) else {}
            sh.vars[name] = Assoc() if isinstance(old, Assoc) else start
        found = sh.vars[name]
        assert isinstance(found, dict)
        following = -1 if isinstance(found, Assoc) else max(found, default=-1)
        for at, value in values:
            if at is None:
                following += 1
                found[following] = value
            else:
                sh.set_element(name, at, value)
                if not isinstance(found, Assoc):
                    following = int(sh._key(name, at))

    return array


def simple(node: syntax.Simple, words: list[Word], declared: list[tuple[int, syntax.Assignment]], at: int, last: bool,
           lenient: bool) -> Operation:
    """Compile a simple command; the operation behind it waits for what it started."""
    assign = [assigner(each) for each in node.assignments]
    openers = [redirection(each) for each in node.redirects]
    line, pending, after = node.line, at + 1, at + 2
    declarations = {number: _declaration(each) for number, each in declared}
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
        if sh.opened or sh.stale:
            _close_stale(sh)
        argv: list[str]
        if fixed is not None:
            argv = fixed[:]
        elif single is not None:
            argv = single(sh)
        else:
            argv = []
            for field in fields:
                argv += field(sh)
        if "x" in sh.options and argv:
            _trace(sh, argv)
        saved: Saved = []
        if not argv:
            if openers and not redirect(sh, openers, saved):
                sh.status = 1 if sh.bash else 2
                return after
            for each in assign:
                each(sh)
            if "x" in sh.options:
                _trace(sh, [f"{each}={sh.get(each) or ''}" for each in names], "+ ")
            sh.restore(saved)
            sh.status = sh.substituted if substitutes else 0
            return after
        name = argv[0]
        if openers and not redirect(sh, openers, saved):
            sh.status = 1 if sh.bash else 2
            if name in builtins.SPECIAL and not sh.bash:
                return sh.finish(sh.status)
            return after
        kept = _temporary(sh, assign, names) if assign else None
        found = sh.functions.get(name) if sh.functions else None
        if found is not None:
            frame = sh.push(found[0], found[1], "function", lenient)
            sh.frames[-2].pc = after
            frame.name, frame.positional, frame.saved = name, sh.positional, saved
            if kept:
                frame.locals.update(kept)
            sh.positional = argv[1:]
            return FRAME
        control = builtins.CONTROL.get(name)
        if kept is not None and not sh.bash and name in builtins.SPECIAL:
            kept = None  # they stay
        if control is not None:
            if kept:
                _put_back(sh, kept)
            return control(sh, argv, saved, after, lenient)
        builtin = builtins.BUILTINS.get(name)
        if builtin is None or (name in builtins.BASH_ONLY and not sh.bash):
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
        _put_back(sh, kept)
    if saved:
        sh.restore(saved)
    out = sh.process.fds.get(1)
    if out is not None and out.full:
        sh.pending = (["true" if not status else "false"], [])
        return pending
    return after


def _declaration(node: syntax.Assignment) -> Fields:
    """An argument of export, local and their kin: its value is not split. An array is assigned before."""
    if not isinstance(node.value, Word) or node.subscript is not None:
        assign = assigner(node)

        def array(sh: Shell) -> list[str]:
            sh.memory = (sh.memory or []) + [assign]
            return [node.name]

        return array
    text = expand.text(node.value)
    sign = "+=" if node.append else "="
    return lambda sh: [f"{node.name}{sign}{text(sh)}"]


def _temporary(sh: Shell, assign: list[Callable[[Shell], None]], names: list[str]) -> dict[str, object]:
    """Make the assignments before a command; return what was there."""
    before: dict[str, object] = {name: sh.vars.get(name) for name in names}
    exported = {name: name in sh.exported for name in names}
    for each in assign:
        each(sh)
    for name in names:
        sh.export(name)
    before[""] = exported
    return before


def _put_back(sh: Shell, kept: dict[str, object]) -> None:
    exported = kept.pop("", {})
    for name, value in kept.items():
        if value is None:
            sh.vars.pop(name, None)
        else:
            sh.vars[name] = value  # type: ignore[assignment]
        if not exported.get(name):  # type: ignore[attr-defined]
            sh.exported.discard(name)
    sh._environment = None


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
        _put_back(sh, kept)
    try:
        program = lookup(sh, argv[0])
    except Errno as error:
        sh.status = not_found(sh, argv[0], error)
        sh.restore(saved)
        return pending + 1
    if last and not sh.traps and len(sh.frames) == 1 and not sh.frames[0].stack:
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
    process.kernel.start(child)
    if child.status is None:
        sh.child = child
        return pending
    sh.status = child.status
    if child.signal:
        messages.killed(sh, child)
    del process.children[child.pid]
    return pending + 1


def drop(sh: Shell, saved: Saved) -> None:
    """Let redirections stay."""
    for _, what in saved:
        if what is not None:
            what.users -= 1
            if not what.users:
                what.closed(sh.process.kernel)


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


# Other processes

def spawn(sh: Shell, code: Code, entry: int, fds: dict[int, Open]) -> Process:
    """Start a subshell; it is not run yet."""
    process = sh.process
    try:
        child = process.kernel.spawn(process.space, run, process.argv, process.env, process.user, process.cwd, fds,
                                     process)
    except Errno:
        raise ShellError(sh.words("fork"), 2) from None
    sh.fork(child, code, entry)
    return child


def subshell(code: Code, entry: int, pending: int) -> Operation:
    def start(sh: Shell) -> int:
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
        for field in fields:
            argv += field(sh)
        name = argv[0] if argv else ""
        process = sh.process
        if not argv or name in sh.functions or name in builtins.CONTROL or "x" in sh.options:
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
            sh.outputs[slot] = _text(captured)
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
        del process.children[child.pid]
        sh.outputs[slot] = _text(captured)
        sh.status = sh.substituted = child.status
        return pending + 1

    return start


def _text(captured: Capture) -> str:
    text = captured.data.decode("utf-8", "surrogateescape").rstrip("\n")
    return text.replace("\0", "") if "\0" in text else text


def await_substitution(slot: int, after: int) -> Operation:
    def wait(sh: Shell) -> int:
        child = sh.child
        assert child is not None and sh.captured is not None
        if child.status is None:
            sh.process.wait(child)
            return WAIT
        sh.process.children.pop(child.pid, None)
        sh.outputs[slot] = _text(sh.captured)
        sh.status = sh.substituted = child.status
        sh.child = sh.captured = None
        return after

    return wait


# Small ones

def guard(guards: tuple[Guard, ...], slot: int, into: int, after: int) -> Operation:
    def test(sh: Shell) -> int:
        if all(each(sh) for each in guards):
            return into
        sh.outputs[slot] = ""
        return after

    return test


def negate(after: int) -> Operation:
    def turn(sh: Shell) -> int:
        sh.status = int(not sh.status)
        return after

    return turn


def timed(begins: bool, after: int) -> Operation:
    def note(sh: Shell) -> int:
        stack, now = sh.frames[-1].stack, sh.process.kernel.now
        if begins:
            stack.append(("time", now))
        else:
            span = now - stack.pop()[1]
            minutes, seconds = divmod(span, 60)
            sh.process.write(f"\nreal\t{int(minutes)}m{seconds:.3f}s\nuser\t0m0.000s\nsys\t0m0.000s\n", 2)
        return after

    return note


def take_word(text: Text, slot: int, after: int) -> Operation:
    def take(sh: Shell) -> int:
        sh.outputs[slot] = text(sh)
        return after

    return take


def matches(wanted: list[Text], slot: int, into: int, after: int) -> Operation:
    def test(sh: Shell) -> int:
        word = sh.outputs[slot]
        for each in wanted:
            pattern = each(sh)
            if pattern == word or patterns.matcher(pattern).fullmatch(word):
                return into
        return after

    return test
