"""Runs a shell script in simulated time: what it prints and when, which files it makes, when it ends and how."""

from __future__ import annotations

from fnmatch import fnmatchcase

from . import syntax
from .bounds import Budget, Endless, Exit

STEPS = 20_000  # commands that are run before a script counts as endless
_TRUE = {("true",), (":",), ("[", "1", "]"), ("test", "1")}


class _Leave(Exception):
    """break or continue, `levels` loops up."""

    def __init__(self, levels: int):
        super().__init__(levels)
        self.levels = levels


class Break(_Leave):
    pass


class Continue(_Leave):
    pass


class World:
    """What a process sees of its surroundings; times are seconds since its container started.

    `files` maps paths to contents; a directory that is known completely is a path that ends in `/`.
    """

    def __init__(self, start: float = 0.0, hostname: str = "localhost", files: dict[str, str] | None = None,
                 resolves=None, unknown=None):
        self.start, self.hostname, self.files = start, hostname, files or {}
        self.resolves = resolves or (lambda host: 0.0)  # host name -> since when it is known, None: it is not
        self.unknown = unknown  # arguments -> (seconds, exit code) of a program that is not simulated; None: endless


_SYSTEM = ("/bin", "/dev", "/etc", "/home", "/lib", "/opt", "/proc", "/root", "/run", "/sbin", "/srv", "/sys", "/usr",
           "/var")


class Shell:
    """One process. `out` gets (time, text); `changes` gets (time, path, whether it exists from then on)."""

    def __init__(self, world: World, env: dict[str, str], until: float = float("inf")):
        self.world, self.until = world, until
        self.variables = dict(env)
        self.exported = set(env)
        self.arguments: list[str] = ["sh"]
        self.directory = "/"
        self.time = 0.0
        self.code = 0
        self.steps = 0
        self.budget = Budget()
        self.loops = 0        # how many loops are around what is run: break leaves none where there is none
        self.out: list[tuple[float, str]] = []
        self.changes: list[tuple[float, str, bool]] = []
        self.files: dict[str, str | None] = dict(world.files)  # content; None: removed
        self.background = 0.0  # when the last background job ends
        self.functions: dict[str, tuple] = {}
        self.strict = False   # set -e
        self.tested = 0       # how many conditions are being evaluated: set -e does not count in them

    # Surroundings

    def write(self, text: str) -> None:
        """Print something at this moment."""
        if text:
            self.budget.take(len(text))
            self.out.append((self.time, text))

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.time += seconds
        if self.time > self.until:
            raise Endless

    def path(self, name: str) -> str:
        """Return a file name as an absolute path."""
        import posixpath

        return posixpath.normpath(posixpath.join(self.directory, name))

    def exists(self, name: str) -> bool:
        """Tell whether a file is there now."""
        path = self.path(name)
        if path in self.files:
            return self.files[path] is not None
        if path + "/" in self.files or any(known.startswith(path + "/") and self.files[known] is not None
                                           for known in self.files):
            return True
        if any(known.endswith("/") and path.startswith(known) for known in self.files):
            return False
        return path in ("/", "/tmp") or path.startswith(_SYSTEM)

    def put(self, name: str, content: str | None) -> None:
        """Make a file, or remove it."""
        path = self.path(name)
        if path.startswith("/dev/"):
            return
        self.budget.take(len(content or ""))
        self.files[path] = content
        self.changes.append((self.time, path, content is not None))

    # Running

    def run(self, script: str) -> int:
        """Run a script to its end; returns the exit code. Raises Endless, or ShellSyntaxError."""
        around, self.loops = self.loops, 0
        try:
            self._run(syntax.parse(script))
        except Exit as end:
            self.code = end.code
        finally:
            self.loops = around
        return self.code

    def execute(self, argv: list[str], stdin: str = "") -> int:
        """Run one program or builtin; returns its exit code. Raises Exit and Endless."""
        from . import programs

        self.steps += 1
        if self.steps > STEPS:
            raise Endless
        function = self.functions.get(argv[0])
        if function is not None:
            saved, self.arguments = self.arguments, [self.arguments[0], *argv[1:]]
            self._run(function)
            self.arguments = saved
            return self.code
        program = programs.find(argv[0])
        if program is not None:
            return program(self, argv[1:], stdin)
        outcome = self.world.unknown(argv) if self.world.unknown is not None else None
        if outcome is None:
            raise Endless
        self.wait(outcome[0])
        return outcome[1]

    def _run(self, tree) -> None:
        self.budget.step()
        getattr(self, "_" + tree[0])(*tree[1:])

    def _list(self, commands: list) -> None:
        for command in commands:
            self._run(command)
            if self.code and self.strict and not self.tested and command[0] in ("simple", "pipe", "redirected"):
                raise Exit(self.code)

    def _test(self, condition) -> bool:
        """Run a condition; returns whether it holds."""
        self.tested += 1
        self._run(condition)
        self.tested -= 1
        return self.code == 0

    def _group(self, body) -> None:
        saved = dict(self.variables), self.directory
        try:
            self._run(body)
        except Exit as end:
            self.code = end.code
        self.variables, self.directory = saved

    def _not(self, command) -> None:
        self.code = 1 if self._test(command) else 0

    def _and(self, left, right) -> None:
        if self._test(left):
            self._run(right)

    def _or(self, left, right) -> None:
        if not self._test(left):
            self._run(right)

    def _if(self, branches, otherwise) -> None:
        for condition, body in branches:
            if self._test(condition):
                self._run(body)
                return
        self.code = 0
        if otherwise is not None:
            self._run(otherwise)

    def _while(self, condition, body) -> None:
        self._loop(condition, body, wanted=True)

    def _until(self, condition, body) -> None:
        self._loop(condition, body, wanted=False)

    def _loop(self, condition, body, wanted: bool) -> None:
        if wanted and self.until == float("inf") and _always(condition) and not _leaves(body):
            raise Endless
        code, before = 0, -1
        while True:
            if self._test(condition) != wanted or not self._body(body):
                break
            code = self.code
            if self.steps == before:
                raise Endless
            before = self.steps
        self.code = code

    def _for(self, name: str, words, body) -> None:
        values = [value for word in words for value in self.expand(word)]
        self.code = 0
        for value in values:
            self.variables[name] = value
            if not self._body(body):
                break

    def _body(self, body) -> bool:
        """Run a loop's body once; returns whether the loop goes on."""
        self.loops += 1
        try:
            self._run(body)
        except Continue as leave:
            if leave.levels > 1:
                raise Continue(leave.levels - 1) from None
        except Break as leave:
            if leave.levels > 1:
                raise Break(leave.levels - 1) from None
            return False
        finally:
            self.loops -= 1
        return True

    def _case(self, word, branches) -> None:
        value = self.text(word)
        self.code = 0
        for patterns, body in branches:
            if any(fnmatchcase(value, self.text(pattern)) for pattern in patterns):
                self._run(body)
                return

    def _background(self, command) -> None:
        """A job beside the script: it takes no time of it."""
        began, shown = self.time, len(self.out)
        try:
            self._run(command)
            self.background = max(self.background, self.time)
        except (Endless, Exit) as end:
            if isinstance(end, Endless):
                self.background = float("inf")
        self.time, self.code = began, 0
        late = self.out[shown:]
        self.out[shown:] = [entry for entry in late if entry[0] <= self.until]

    def _pipe(self, commands: list) -> None:
        stdin = ""
        for command in commands[:-1]:
            stdin = self.captured(lambda command=command, stdin=stdin: self._with_input(command, stdin))
        self._with_input(commands[-1], stdin)

    def _with_input(self, command, stdin: str) -> None:
        if command[0] == "simple":
            self._simple(command[1], command[2], stdin)
        else:
            self._run(command)

    def captured(self, function) -> str:
        """Return what a function makes the process print, instead of printing it."""
        saved, self.out = self.out, []
        try:
            function()
            return "".join(text for _, text in self.out)
        finally:
            self.out = saved

    def _redirected(self, command, redirections) -> None:
        self._to_files(redirections, lambda: self._run(command))

    def _simple(self, words, redirections, stdin: str = "") -> None:
        assignments = 0
        for word in words:
            name, value = _assignment(word)
            if not name:
                break
            assignments += 1
            self.variables[name] = "".join(self._part(part) for part in value)
        argv = [value for word in words[assignments:] for value in self.expand(word)]
        for operator, _, target in redirections:
            if operator == "<":
                stdin = self.files.get(self.path(self.text(target))) or ""

        def execute():
            self.code = self.execute(argv, stdin) if argv else 0

        self._to_files(redirections, execute)

    def _to_files(self, redirections, function) -> None:
        outputs = [(op, self.text(target)) for op, number, target in redirections
                   if op in (">", ">>", "&>") and number in ("", "1")]
        if not outputs:
            function()
            return
        text = self.captured(function)
        for operator, name in outputs:
            if name in ("/dev/stdout", "/dev/stderr", "/dev/tty", "/proc/1/fd/1"):
                self.write(text)
            else:
                before = self.files.get(self.path(name)) or "" if operator == ">>" else ""
                self.put(name, before + text)

    # Words

    def text(self, word) -> str:
        """Return a word as one text, expanded."""
        return "".join(self._part(part) for part in word)

    def expand(self, word) -> list[str]:
        """Return the fields that a word stands for."""
        fields = [""]
        quoted = any(part[2] for part in word)
        for kind, text, in_quotes in word:
            value = self._part((kind, text, in_quotes))
            if kind == "variable" and text in ("@", "*") and in_quotes and text == "@":
                fields = [fields[-1] + (self.arguments[1] if len(self.arguments) > 1 else ""), *self.arguments[2:]]
            elif kind == "text" or in_quotes:
                fields[-1] += value
            else:
                pieces = value.split()
                if pieces:
                    fields[-1] += pieces[0]
                    fields += pieces[1:]
        return fields if quoted or any(fields) else []

    def _part(self, part) -> str:
        value = self._value(*part[:2])
        self.budget.take(len(value))
        return value

    def _value(self, kind: str, text) -> str:
        if kind == "text":
            return text
        if kind == "arithmetic":
            return str(self.arithmetic(text))
        if kind == "command":
            def run():
                try:
                    self._run(syntax.parse(text))
                except Exit as end:
                    self.code = end.code

            return self.captured(run).rstrip("\n")
        return self._variable(text)

    def _variable(self, text: str) -> str:
        for operator in (":-", ":=", "-"):
            name, found, default = text.partition(operator)
            if found and name.replace("_", "").isalnum():
                return self._variable(name) or self.text(syntax._Lexer(default)._word() if default else [])
        special = {"?": str(self.code), "#": str(len(self.arguments) - 1), "$": "1", "!": "2",
                   "@": " ".join(self.arguments[1:]), "*": " ".join(self.arguments[1:])}
        if text in special:
            return special[text]
        if text.isdigit():
            return self.arguments[int(text)] if int(text) < len(self.arguments) else ""
        if text.startswith("#"):
            return str(len(self._variable(text[1:])))
        if text == "RANDOM":
            return str(int(self.time * 7919 + self.steps * 104729) % 32768)
        if text == "HOSTNAME":
            return self.variables.get(text, self.world.hostname)
        return self.variables.get(text, "")

    def arithmetic(self, text: str) -> int:
        """Return the value of $((text)), 64 bits wide; names are variables."""
        import re

        words = re.sub(r"\$?\{?([A-Za-z_]\w*|\?)\}?", lambda m: self._variable(m.group(1)) or "0", text)
        if not re.fullmatch(r"[\d\s+\-*/%()<>=!&|]*", words) or re.search(r"\*\*|<<|[\d)]\s*\(", words):
            return 0
        words = words.replace("&&", " and ").replace("||", " or ").replace("/", "//")
        try:
            return (int(eval(words, {"__builtins__": {}})) + (1 << 63)) % (1 << 64) - (1 << 63)
        except (SyntaxError, ZeroDivisionError, ValueError, TypeError, OverflowError):
            return 0


def _assignment(word) -> tuple[str, list]:
    """Return the name and the value's parts of a word such as `name=value`; the name is "" for any other word."""
    if not word or word[0][0] != "text" or word[0][2]:
        return "", []
    name, found, rest = word[0][1].partition("=")
    if not found or not name.replace("_", "a").isalnum() or name[0].isdigit():
        return "", []
    return name, [("text", rest, False), *word[1:]]


def _always(condition) -> bool:
    """Tell whether a loop's condition is the word true or the like."""
    if condition[0] == "list" and len(condition[1]) == 1 and condition[1][0][0] == "simple":
        return tuple(syntax.plain(word) for word in condition[1][0][1]) in _TRUE
    return False


def _leaves(tree) -> bool:
    """Tell whether anything in a tree may leave the loop around it."""
    if isinstance(tree, tuple) and tree and tree[0] == "simple":
        return bool(tree[1]) and syntax.plain(tree[1][0]) in ("break", "exit", "return", "exec", "set", "kill", "false")
    return isinstance(tree, (tuple, list)) and any(_leaves(each) for each in tree)
