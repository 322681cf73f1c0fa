"""A shell process: its variables and frames, and the loop that takes it through its operations.

All of its state stands in `Shell`: which operation of which text comes next, loops, redirections, traps. So it can stop
at any operation, be copied for a subshell, and be stored.
"""

from __future__ import annotations

from ..kernel.errors import Blocked, Errno, Exhausted
from ..kernel.kernel import SIGNALS, TURN
from . import messages
from .arithmetic import ArithmeticError_
from .codes import DONE, EXEC, FRAME, Code
from .compiler import compiled
from .parameters import ShellError
from .syntax import ShellSyntaxError
from .values import Assoc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..kernel.descriptors import Capture, Open
    from ..kernel.process import Process

    Saved = list[tuple[int, Open | None]]
    Value = str | dict[Any, str]

MOST_FRAMES = 400
LONGEST = 16 << 20  # characters of a variable
_DYNAMIC = frozenset("@*#?$!-0") | {"RANDOM", "SECONDS", "LINENO", "EPOCHSECONDS", "BASHPID", "PPID", "FUNCNAME", "UID",
                                     "EUID", "BASH_VERSION", "SRANDOM", "EPOCHREALTIME", "HOSTTYPE", "OSTYPE"}
_OF_ASH = frozenset(("EPOCHREALTIME", "EPOCHSECONDS", "FUNCNAME", "RANDOM"))  # of these, what busybox has


class Frame:
    """A text or a function that is being run. `kind`: base, function, eval, source, trap or exit."""

    __slots__ = ("code", "kind", "lenient", "locals", "name", "pc", "positional", "saved", "stack", "status")

    def __init__(self, code: Code, pc: int, kind: str, lenient: bool):
        self.code, self.pc, self.kind, self.lenient = code, pc, kind, lenient
        self.stack: list[Any] = []               # loops' words and saved redirections
        self.positional: list[str] | None = None  # what to go back to
        self.locals: dict[str, Any] = {}
        self.saved: Saved = []
        self.status = 0
        self.name = ""


class Shell:
    """`dialect`: dash, ash or bash. `options`: letters of set, and pipefail."""

    def __init__(self, process: Process, dialect: str, name: str, positional: list[str]):
        self.process, self.dialect, self.name, self.positional = process, dialect, name, positional
        self.bash = dialect == "bash"
        self.vars: dict[str, Value] = dict(process.env)
        self.vars.setdefault("IFS", " \t\n")
        self.vars.setdefault("PWD", process.cwd)
        self.vars["OPTIND"] = "1"
        if self.bash:
            self.vars.setdefault("HOSTNAME", process.space.hostname)
        self.exported = set(process.env)
        self.readonly: set[str] = set()
        self.functions: dict[str, tuple[Code, int]] = {}
        self.options: set[str] = set()
        self.frames: list[Frame] = []
        self.status = 0
        self.substituted = 0          # of the last command substitution
        self.outputs: dict[int, str] = {}
        self.traps: dict[str, str] = {}
        self.child: Process | None = None
        self.children: list[Process] = []   # of the pipeline that is waited for
        self.captured: Capture | None = None
        self.pending: tuple[list[str], Saved] | None = None  # a builtin that waits
        self.memory: Any = None              # of that builtin
        self.jobs: dict[int, Process] = {}
        self.background = 0
        self.opened: list[int] = []  # descriptors of <(...) for the command that comes, and of the one before
        self.stale: list[int] = []
        self.command = False         # its text stood behind -c
        self.pid, self.line, self.started = process.pid, 1, process.kernel.now
        self.partial: tuple[int, Saved, list[str]] | None = None  # see redirects.redirect
        self.loop_depth = 0
        self.ending: int | None = None
        self.interactive = False
        self.lines = 0               # that it has read its commands from,
        self.ahead = bytearray()     # and what it has read of the next ones
        self.seed: Any = None
        self.hashed: tuple[object, dict[str, Any]] = (None, {})
        self._environment: dict[str, str] | None = None

    def fork(self, process: Process, code: Code, pc: int) -> Shell:
        """Return a copy for a subshell, which begins at an operation."""
        new = Shell.__new__(Shell)
        new.__dict__.update(self.__dict__)
        new.process = process
        new.vars = {name: value.__class__(value) if isinstance(value, dict) else value
                    for name, value in self.vars.items()}
        new.exported, new.readonly, new.functions = set(self.exported), set(self.readonly), dict(self.functions)
        new.options, new.outputs, new.positional = set(self.options), dict(self.outputs), list(self.positional)
        new.frames = [Frame(code, pc, "base", bool(self.frames) and self.frames[-1].lenient)]
        new.traps = {name: action for name, action in self.traps.items() if not action}
        new.child = new.captured = new.pending = new.memory = new.ending = new.partial = None
        new.children, new.jobs, new.opened, new.stale = [], {}, [], []
        new.interactive = False
        process.trapped = frozenset()
        process.memory = new
        return new

    # Variables

    def get(self, name: str) -> str | None:
        """Return a variable's or a special parameter's value."""
        value = self.vars.get(name)
        if value.__class__ is str:
            return value
        if value is not None:
            return value.get("0" if isinstance(value, Assoc) else 0)  # type: ignore[union-attr]
        if name in _DYNAMIC or name.isdigit():
            return self._special(name)
        return None

    def _special(self, name: str) -> str | None:
        process = self.process
        if name.isdigit():
            number = int(name)
            if not number:
                return self.name
            return self.positional[number - 1] if number <= len(self.positional) else None
        if name == "?":
            return str(self.status)
        if name == "#":
            return str(len(self.positional))
        if name == "$":
            return str(self.pid)
        if name == "!":
            return str(self.background) if self.background else None
        if name == "-":
            letters = "".join(sorted(each for each in self.options if len(each) == 1))
            return f"{letters}hB{'c' if self.command else ''}" if self.bash else letters
        if name in ("@", "*"):
            return " ".join(self.positional) if self.positional else None
        if name == "LINENO":
            return str(self.line)
        if name == "PPID":
            return str(process.parent.pid if process.parent else 0)
        if not self.bash and (self.dialect != "ash" or name not in _OF_ASH):
            return None
        if name in ("RANDOM", "SRANDOM"):
            return str((self.seed or process.space.random).bits(15 if name == "RANDOM" else 32))
        if name == "SECONDS":
            return str(int(process.kernel.now - self.started))
        if name == "EPOCHSECONDS":
            return str(int(process.kernel.now))
        if name == "EPOCHREALTIME":
            return f"{process.kernel.now:.6f}"
        if name == "FUNCNAME":
            return next((frame.name for frame in reversed(self.frames) if frame.kind == "function"), None)
        return {"BASHPID": str(process.pid), "UID": str(process.user.uid), "EUID": str(process.user.uid),
                "BASH_VERSION": "5.2.15(1)-release", "OSTYPE": "linux-gnu", "HOSTTYPE": "x86_64"}.get(name)

    def set(self, name: str, value: str) -> None:
        """Give a variable a value."""
        if name == "PATH":
            self.hashed = None, {}
        if name in self.readonly:
            raise ShellError(f"{name}: {self.words('readonly')}", 0 if not self.bash else 1)
        if len(value) > LONGEST:
            raise Exhausted("memory")
        if name == "RANDOM" and self.dialect != "dash":
            from ..chance import Chance

            self.seed = Chance(f"RANDOM {value}")
            return
        if name == "SECONDS" and self.bash:
            self.started = self.process.kernel.now - int(value or 0)
            return
        old = self.vars.get(name)
        if old is not None and old.__class__ is not str:
            self.set_element(name, "0", value)
            return
        self.vars[name] = value
        if name in self.exported or "a" in self.options:
            self.exported.add(name)
            self._environment = None

    def unset(self, name: str) -> None:
        """Take a variable away."""
        if name in self.readonly:
            raise ShellError(f"{name}: {self.words('readonly')}")
        self.vars.pop(name, None)
        self.exported.discard(name)
        self._environment = None

    def export(self, name: str) -> None:
        """Let children see a variable."""
        self.exported.add(name)
        self._environment = None

    def changed(self) -> None:
        """What children see has changed."""
        self._environment = None

    def environment(self) -> dict[str, str]:
        """Return what children see."""
        if self._environment is None:
            self._environment = {name: value for name, value in self.vars.items()
                                 if name in self.exported and isinstance(value, str)}
        return self._environment

    def key(self, name: str, key: str) -> Any:
        """Return what an element of an array is stored under."""
        if isinstance(self.vars.get(name), Assoc):
            return key
        from .arithmetic import evaluate

        number = evaluate(self, key)
        if number < 0:
            array = self.vars.get(name)
            number += max(array, default=-1) + 1 if isinstance(array, dict) else 1
        return number

    def element(self, name: str, key: str) -> str | None:
        """Return an element of an array."""
        array, at = self.vars.get(name), self.key(name, key)
        if isinstance(array, dict):
            return array.get(at)
        if array is None:
            array = str(self.status) if name == "PIPESTATUS" else self.get(name)
        return array if at == 0 else None

    def elements(self, name: str) -> list[str] | None:
        """Return an array's values in the order of their keys."""
        array = self.vars.get(name)
        if isinstance(array, Assoc):
            return list(array.values())
        if isinstance(array, dict):
            return [array[key] for key in sorted(array)]
        if array is None and name == "PIPESTATUS":
            return [str(self.status)]
        return None if array is None else [array]

    def keys(self, name: str) -> list[str]:
        """Return an array's keys."""
        array = self.vars.get(name)
        if isinstance(array, dict):
            return [str(key) for key in (array if isinstance(array, Assoc) else sorted(array))]
        return [] if array is None else ["0"]

    def set_element(self, name: str, key: str, value: str) -> None:
        """Give an element of an array a value."""
        if name in self.readonly:
            raise ShellError(f"{name}: {self.words('readonly')}")
        array = self.vars.get(name)
        if not isinstance(array, dict):
            array = self.vars[name] = {} if array is None else {0: array}
        array[self.key(name, key)] = value

    def ifs(self) -> str:
        """Return what unquoted expansions are split at."""
        value = self.vars.get("IFS", " \t\n")
        return value if isinstance(value, str) else " \t\n"

    def separator(self) -> str:
        """Return what "$*" is joined by."""
        return self.ifs()[:1]

    def option(self, name: str) -> bool:
        """Tell whether an option is set."""
        return name in self.options

    @property
    def refused(self) -> int:
        """The exit code of a command whose redirection has failed."""
        return 2 if self.dialect == "dash" else 1

    # Messages

    def words(self, key: str) -> str:
        """Return what this kind of shell says."""
        return messages.WORDS[self.dialect][key]

    def complain(self, message: str) -> None:
        """Say on stderr what is wrong, as this kind of shell does."""
        try:
            self.process.write(messages.prefix(self) + message + "\n", 2)
        except Errno:
            pass

    # Frames

    @property
    def may_leave(self) -> bool:
        """Whether a command may take the shell's place: nothing is left to be done, and no trap waits."""
        return len(self.frames) == 1 and not self.frames[0].stack and not any(self.traps.values())

    def code(self, text: str) -> Code:
        """Return the operations of a text; raise ShellSyntaxError."""
        return compiled(text, self.dialect)

    def push(self, code: Code, pc: int, kind: str, lenient: bool = False) -> Frame:
        """Begin a text or a function; when it is done, what called it goes on."""
        if len(self.frames) >= MOST_FRAMES:
            raise ShellError(self.words("deep"), 139)
        frame = Frame(code, pc, kind, lenient or (bool(self.frames) and self.frames[-1].lenient))
        self.frames.append(frame)
        return frame

    def pop(self) -> int:
        """End the frame; return what the loop is told."""
        frame = self.frames.pop()
        self.unwind(frame, 0)
        for name, value in frame.locals.items():
            if value is None:
                self.vars.pop(name, None)
                self.exported.discard(name)
            else:
                self.vars[name] = value
            self._environment = None
        if frame.positional is not None:
            self.positional = frame.positional
        self.restore(frame.saved)
        if frame.kind == "trap":
            self.status = frame.status
        if frame.kind == "exit":
            return DONE
        if frame.kind == "fatal":
            return self.finish(frame.status)
        if not self.frames:
            return self.finish(self.status)
        return FRAME

    def unwind(self, frame: Frame, depth: int) -> None:
        """Leave loops and redirections of a frame that are deeper than so many."""
        while len(frame.stack) > depth:
            entry = frame.stack.pop()
            if entry[0] == "redirects":
                self.restore(entry[1])

    def restore(self, saved: Saved) -> None:
        """Take redirections back."""
        process = self.process
        for fd, what in reversed(saved):
            if what is None:
                process.close(fd)
            else:
                process.install(fd, what)
                what.users -= 1

    def finish(self, status: int) -> int:
        """End the shell, after its EXIT trap."""
        self.status = self.ending = status & 255
        while self.frames:
            frame = self.frames.pop()
            self.unwind(frame, 0)
            self.restore(frame.saved)
            if frame.kind == "exit":
                return DONE
        action = self.traps.pop("EXIT", "")
        if not action:
            return DONE
        try:
            self.push(compiled(action, self.dialect), 0, "exit")
        except ShellSyntaxError as error:
            messages.syntax(self, error, action)
            return DONE
        return FRAME

    # Running

    def take_signal(self) -> bool:
        """Begin the action of a trapped signal, if one has come and nothing is being waited for."""
        if self.child is not None or self.children or self.pending is not None or self.partial is not None:
            return False
        if self.interactive and len(self.frames) == 1:
            return False  # interactive.ask takes it
        signal = self.process.pending.pop(0)
        if self.interactive and signal == "INT" and "INT" not in self.traps:
            from .interactive import failed

            self.status = 130
            failed(self)
            return True
        action = self.traps.get(signal)
        if not action:
            return False
        frame = self.push(compiled(action, self.dialect), 0, "trap")
        frame.status = self.status
        return True

    def set_trap(self, signal: str, action: str | None) -> None:
        """Set what a signal does: None the default, "" nothing."""
        if action is None:
            self.traps.pop(signal, None)
        else:
            self.traps[signal] = action
        process = self.process
        process.trapped = frozenset(name for name, what in self.traps.items() if what and name in SIGNALS)
        if self.interactive:
            process.trapped |= {"INT"}
        process.ignored = frozenset(name for name, what in self.traps.items() if not what and name in SIGNALS)


def run(process: Process) -> int | None:
    """The program of a process that is a shell."""
    sh: Shell = process.memory
    left = TURN
    while True:
        frame = sh.frames[-1]
        ops, pc = frame.code.ops, frame.pc
        try:
            while True:
                if process.pending:
                    frame.pc = pc
                    if sh.take_signal():
                        result = FRAME
                        break
                left -= 1
                if left < 0:
                    frame.pc = pc
                    process.kernel.rest(process, TURN)
                    return None
                result = ops[pc](sh)
                if result < 0:
                    break
                pc = result
        except Blocked:
            frame.pc = pc
            process.kernel.worked += TURN - left
            raise
        except (ShellError, ArithmeticError_, ShellSyntaxError) as error:
            result = _failed(sh, error)
        except RecursionError:
            result = _failed(sh, ShellError(sh.words("deep"), 139))
        if result == FRAME:
            continue
        process.kernel.worked += TURN - left
        if result == DONE:
            return sh.ending if sh.ending is not None else sh.status
        if result == EXEC:
            return process.program(process)
        frame.pc = pc
        return None


def _failed(sh: Shell, error: ShellError | ArithmeticError_ | ShellSyntaxError) -> int:
    """An error that ends a shell which is not interactive."""
    if isinstance(error, ShellSyntaxError):
        messages.syntax(sh, error)
        sh.status = 2
    else:
        sh.complain(messages.arithmetic(sh, error) if isinstance(error, ArithmeticError_) else error.message)
        sh.status = 1 if sh.bash else 2
    if sh.interactive:
        from .interactive import failed

        return failed(sh)
    if isinstance(error, ShellSyntaxError):
        return sh.finish(2)
    is_whole = sh.command and sh.process.pid == sh.pid
    plain = 127 if is_whole and not isinstance(error, ArithmeticError_) and "e" not in sh.options else 1
    return sh.finish(getattr(error, "code", 0) or (plain if sh.bash else 2))


def prompt(process: Process, dialect: str, name: str, positional: list[str]) -> int | None:
    """Make a process a shell that asks for each line."""
    from .interactive import code

    process.program = run
    sh = process.memory = Shell(process, dialect, name, positional)
    sh.interactive = True
    process.trapped = frozenset(("INT",))
    process.ignored = frozenset(("TERM", "QUIT"))
    sh.push(code(dialect), 0, "base")
    return run(process)


def read(process: Process, dialect: str, name: str, positional: list[str], letters: list[str]) -> int | None:
    """Make a process a shell that reads its commands from stdin; `letters`: see variables.options."""
    from .interactive import code
    from .variables import options

    process.program = run
    sh = process.memory = Shell(process, dialect, name, positional)
    if letters:
        options(sh, letters)
    sh.push(code(dialect), 0, "base")
    return run(process)


def begin(process: Process, dialect: str, text: str, name: str, positional: list[str],
          whole: bool = False) -> int | None:
    """Make a process a shell that runs a text; the rest is `run`. `whole`: see compiler.compiled."""
    process.program = run
    sh = process.memory = Shell(process, dialect, name, positional)
    sh.command = whole
    try:
        sh.push(compiled(text, dialect, whole), 0, "base")
    except ShellSyntaxError as error:
        messages.syntax(sh, error, text)
        return 2
    return None
