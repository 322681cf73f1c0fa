"""Turns a shell program into operations: functions of the shell, in a list.

Words are worked out at once; what takes time is always an operation of its own (codes.py): a command substitution comes
before the command that uses its output.
"""

from __future__ import annotations

from . import ending, endless, expand, redirects, running, steps, subprocesses, syntax, tests
from .codes import Code
from .parser import Parser
from .syntax import Literal, Sequence, Simple, Substitution, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .codes import Operation
    from .expand import Guard
    from .shell import Shell
    from .syntax import Node, Redirect

_codes: dict[tuple[str, str, bool], Code] = {}


def compiled(text: str, dialect: str, whole: bool = False) -> Code:
    """Return a text's operations; raise ShellSyntaxError.

    `dialect`: dash, ash or bash. `whole`: the shell ends with it, so that its last command may take the shell's place.
    """
    code = _codes.get((text, dialect, whole))
    if code is None:
        if len(_codes) > 500:
            _codes.clear()
        code = Code(text, dialect, whole)
        compiler = Compiler(code)
        program, error = Parser(text, 1, dialect).program()
        if error is not None and not program.items:
            raise error
        if whole and error is None:
            compiler.final = ending.of_text(program, text, dialect)
        compiler.sequence(program, True)
        if error is not None:
            compiler.emit(steps.fails(error))
        compiler.end()
        _codes[text, dialect, whole] = code
    return code


class Compiler:
    """Writes operations. `checked`, an argument of many: a failure counts for set -e."""

    def __init__(self, code: Code):
        self.code, self.ops = code, code.ops
        self.loops: list[tuple[list[int], list[int], int]] = []  # breaks and continues to be filled in, depth
        self.depth = 0  # of the frame's stack
        self.goes_on = False  # whether something comes after what is written, other than by a loop
        self.final: set[int] = set()  # the commands that take their process's place, by id()

    # Writing

    def emit(self, operation: Operation) -> int:
        self.ops.append(operation)
        return len(self.ops) - 1

    def reserve(self) -> int:
        """Leave room for an operation that is written later."""
        return self.emit(None)  # type: ignore[arg-type]

    def jump(self, at: int, to: int) -> None:
        """Write a jump into the room that was left."""
        self.ops[at] = lambda sh: to

    def end(self) -> None:
        self.emit(lambda sh: sh.pop())

    def branch(self, at: int, to: int, when: bool) -> None:
        """Jump if the status is zero (`when` true) or not."""
        after = at + 1
        if when:
            self.ops[at] = lambda sh: after if sh.status else to
        else:
            self.ops[at] = lambda sh: to if sh.status else after

    def check(self) -> None:
        """After a command: set -e, and the ERR trap."""
        after = len(self.ops) + 1

        def check(sh: Shell) -> int:
            if sh.status and ("e" in sh.options or "ERR" in sh.traps):
                return steps.failure(sh, after)
            return after

        self.emit(check)

    # Lists

    def sequence(self, node: Sequence, checked: bool) -> None:
        for number, (item, background) in enumerate(node.items):
            if background:
                self.background(item)
            else:
                is_last, goes_on = number == len(node.items) - 1, self.goes_on
                self.goes_on = goes_on or not is_last
                self.and_or(item, checked)
                self.goes_on = goes_on

    def and_or(self, node: syntax.AndOr, checked: bool) -> None:
        goes_on, parts = self.goes_on, len(node.rest)
        self.goes_on = goes_on or bool(parts)
        self.pipeline(node.first, checked and not node.rest)
        for number, (operator, pipeline) in enumerate(node.rest):
            at, is_last = self.reserve(), number == parts - 1
            self.goes_on = goes_on or not is_last
            self.pipeline(pipeline, checked and is_last)
            self.branch(at, len(self.ops), operator == "||")
        self.goes_on = goes_on

    def background(self, item: syntax.AndOr) -> None:
        at = self.reserve()
        entry, after = self.apart(Sequence([(item, False)]), at, final=ending.of_job(item, self.code.dialect))
        self.ops[at] = subprocesses.background(self.code, entry, after)

    def apart(self, node: Node, at: int, lenient: bool = False, final: set[int] | None = None) -> tuple[int, int]:
        """Write what another process runs; return where that begins, and where the shell itself goes on.

        `final`: the commands in it that take the process's place, so that a signal to it is one to the command.
        """
        self.final |= final or set()
        loops, depth, goes_on = self.loops, self.depth, self.goes_on
        self.loops, self.depth, self.goes_on = [], 0, False
        entry = len(self.ops)
        if isinstance(node, Sequence):
            self.sequence(node, not lenient)
        else:
            self.command(node, not lenient)
        self.end()
        self.loops, self.depth, self.goes_on = loops, depth, goes_on
        return entry, len(self.ops)

    def pipeline(self, node: syntax.Pipeline, checked: bool) -> None:
        inner = checked and not node.negated
        if node.timed:
            self.emit(steps.timed(True, len(self.ops) + 1))
        if len(node.commands) == 1:
            self.command(node.commands[0], inner)
        else:
            at = self.reserve()
            entries = [self.apart(each, at, not inner, ending.of_process(each, self.code.dialect))[0]
                       for each in node.commands]
            self.ops[at] = subprocesses.start_pipeline(self.code, entries, len(self.ops))
            self.emit(subprocesses.await_pipeline(len(self.ops) + 1))
            if inner:
                self.check()
        if node.timed:
            self.emit(steps.timed(False, len(self.ops) + 1))
        if node.negated:
            self.emit(steps.negate(len(self.ops) + 1))

    # Commands

    def command(self, node: Node, checked: bool) -> None:
        if isinstance(node, Simple):
            self.simple(node, checked)
        elif isinstance(node, syntax.Group):
            self.sequence(node.body, checked)
        elif isinstance(node, syntax.If):
            self.if_(node, checked)
        elif isinstance(node, syntax.While):
            self.while_(node, checked)
        elif isinstance(node, syntax.For):
            self.for_(node, checked)
        elif isinstance(node, syntax.CFor):
            self.cfor(node, checked)
        elif isinstance(node, syntax.Case):
            self.case(node, checked)
        elif isinstance(node, syntax.Subshell):
            self.subshell(node, checked)
        elif isinstance(node, syntax.Function):
            self.function(node)
        elif isinstance(node, syntax.Redirected):
            self.redirected(node, checked)
        elif isinstance(node, (syntax.Condition, syntax.Compute)):
            self.test(node, checked)

    def words(self, words: list[Word]) -> None:
        """Run the command substitutions of words."""
        for word in words:
            for substitution, guards in expand.hoist(word):
                self.substitution(substitution, guards)

    def substitution(self, node: Substitution, guards: tuple[Guard, ...]) -> None:
        skip = self.reserve() if guards else -1
        simple = _single(node.program)
        if node.file:
            at = self.reserve()
            entry, after = self.apart(node.program, at)
            self.ops[at] = subprocesses.start_file(self.code, entry, node.slot, node.file, after)
            return
        at = self.reserve()
        entry, after = self.apart(node.program, at)
        start = subprocesses.start_substitution(self.code, entry, after)
        if simple is not None:
            start = subprocesses.start_direct([expand.fields(word) for word in simple.words], start, node.slot,
                                              simple.line, after)
        self.ops[at] = start
        self.emit(subprocesses.await_substitution(node.slot, after + 1))
        if skip >= 0:
            self.ops[skip] = steps.guard(guards, node.slot, skip + 1, len(self.ops))

    def redirects(self, redirects: list[Redirect]) -> None:
        self.words([each.target for each in redirects])

    def simple(self, node: Simple, checked: bool) -> None:
        name = _literal(node.words[0]) if node.words else ""
        if name in ("break", "continue") and self.loops and not node.redirects and self._leave(node, name):
            return
        words: list[Word] = []
        declared: list[tuple[int, syntax.Assignment]] = []
        for word in node.words:
            if isinstance(word, syntax.Assignment):
                declared.append((len(words), word))
                words.append(Word([]))
            else:
                words += self._braces(word)
        for assignment in (*node.assignments, *(each for _, each in declared)):
            self.assignment_words(assignment)
        self.words(words)
        self.redirects(node.redirects)
        at = self.reserve()
        self.ops[at] = running.simple(node, words, declared, at, id(node) in self.final, not checked)
        if self.goes_on and not self.loops:
            self.code.passed.add(at + 1)
        self.emit(running.await_child(at + 2))
        if checked:
            self.check()

    def _braces(self, word: Word) -> list[Word]:
        return expand.braces(word) if self.code.dialect == "bash" else [word]

    def assignment_words(self, node: syntax.Assignment) -> None:
        if node.subscript is not None:
            self.words([node.subscript])
        if isinstance(node.value, Word):
            self.words([node.value])
        else:
            for key, value in node.value:
                self.words([value] if key is None else [key, value])

    def _leave(self, node: Simple, name: str) -> bool:
        """Write a break or continue whose number is known."""
        count = 1
        if len(node.words) > 1:
            text = _literal(node.words[1])
            if not text.isdigit() or not int(text):
                return False
            count = int(text)
        breaks, continues, depth = self.loops[max(len(self.loops) - count, 0)]
        inside = depth + 1 if name == "continue" else depth
        at = self.reserve()

        def leave(sh: Shell) -> int:
            frame = sh.frames[-1]
            sh.unwind(frame, inside)
            sh.status = 0
            return at + 1

        self.ops[at] = leave
        (breaks if name == "break" else continues).append(self.reserve())
        return True

    def redirected(self, node: syntax.Redirected, checked: bool) -> None:
        self.redirects(node.redirects)
        at = self.reserve()
        self.depth += 1
        self.command(node.command, checked)
        self.depth -= 1
        pop = self.reserve()
        self.ops[pop] = redirects.pop_redirects(pop + 1)
        self.ops[at] = redirects.push_redirects(node.redirects, node.line, at + 1, pop + 1)
        if checked:
            self.check()

    def if_(self, node: syntax.If, checked: bool) -> None:
        outs = []
        goes_on = self.goes_on
        for condition, body in node.branches:
            self.goes_on = True
            self.sequence(condition, False)
            self.goes_on = goes_on
            at = self.reserve()
            self.sequence(body, checked)
            outs.append(self.reserve())
            self.branch(at, len(self.ops), False)
        if node.otherwise is not None:
            self.sequence(node.otherwise, checked)
        else:
            self.emit(steps.clear(len(self.ops) + 1))
        for at in outs:
            self.jump(at, len(self.ops))

    def _loop(self, body: Sequence, checked: bool) -> tuple[list[int], list[int]]:
        breaks: list[int] = []
        continues: list[int] = []
        self.loops.append((breaks, continues, self.depth))
        self.depth += 1
        self.sequence(body, checked)
        self.depth -= 1
        self.loops.pop()
        return breaks, continues

    def while_(self, node: syntax.While, checked: bool) -> None:
        self.emit(steps.enter(("while", 0), len(self.ops) + 1))
        again = len(self.ops)
        breaks: list[int] = []
        continues: list[int] = []
        self.loops.append((breaks, continues, self.depth))
        self.depth += 1
        self.sequence(node.condition, False)
        at = self.reserve()
        self.sequence(node.body, checked)
        self.depth -= 1
        self.loops.pop()
        back = self.reserve()
        if (names := endless.names(node)) is not None:
            self.ops[back] = steps.for_ever(again, names, endless.does_nothing(node, names))
        elif (names := endless.waits(node)) is not None:
            self.ops[back] = steps.waiting(again, names)
        else:
            self.ops[back] = steps.again(again)
        done = self.reserve()
        self.branch(at, done, bool(node.until))
        self.ops[done] = steps.leave_loop(done + 1)
        for each in continues:
            self.jump(each, again)
        for each in breaks:
            self.jump(each, done + 1)

    def for_(self, node: syntax.For, checked: bool) -> None:
        words = None
        if node.words is not None:
            words = [each for word in node.words for each in self._braces(word)]
            self.words(words)
        fields = None if words is None else [expand.fields(word) for word in words]
        begin = len(self.ops)

        def enter(sh: Shell) -> int:
            values = list(sh.positional) if fields is None else [each for field in fields for each in field(sh)]
            sh.frames[-1].stack.append(["for", values, 0])
            sh.status = 0
            return begin + 1

        self.emit(enter)
        at = self.reserve()
        breaks, continues = self._loop(node.body, checked)
        self.jump(self.reserve(), at)
        out, name = len(self.ops), node.name

        def following(sh: Shell) -> int:
            entry = sh.frames[-1].stack[-1]
            if entry[2] >= len(entry[1]):
                sh.frames[-1].stack.pop()
                return out
            sh.set(name, entry[1][entry[2]])
            entry[2] += 1
            return at + 1

        self.ops[at] = following
        for each in continues:
            self.jump(each, at)
        for each in breaks:
            self.jump(each, out)

    def cfor(self, node: syntax.CFor, checked: bool) -> None:
        self.words([node.first, node.condition, node.step])
        first, condition, step = (expand.number(word) for word in (node.first, node.condition, node.step))
        endless = not node.condition.parts
        begin = len(self.ops)

        def enter(sh: Shell) -> int:
            first(sh)
            sh.frames[-1].stack.append(("while", 0))
            return begin + 1

        self.emit(enter)
        at = self.reserve()
        breaks, continues = self._loop(node.body, checked)
        forward = len(self.ops)

        def go_on(sh: Shell) -> int:
            step(sh)
            return at

        self.emit(go_on)
        out = len(self.ops)

        def test(sh: Shell) -> int:
            if endless or condition(sh) != "0":
                return at + 1
            sh.frames[-1].stack.pop()
            return out

        self.ops[at] = test
        for each in continues:
            self.jump(each, forward)
        for each in breaks:
            self.jump(each, out)

    def case(self, node: syntax.Case, checked: bool) -> None:
        self.words([node.word])
        slot = -len(self.ops) - 1
        self.emit(steps.take_word(expand.text(node.word), slot, len(self.ops) + 1))
        outs, fall = [], -1
        for patterns, body, end in node.clauses:
            self.words(patterns)
            at = self.reserve()
            if fall >= 0:
                self.jump(fall, len(self.ops))
                fall = -1
            self.emit(steps.clear(len(self.ops) + 1))
            if body is not None:
                self.sequence(body, checked)
            leave = self.reserve()
            if end == ";&":
                fall = leave
            elif end == ";;&":
                self.jump(leave, len(self.ops))
            else:
                outs.append(leave)
            self.ops[at] = steps.matches([expand.pattern(word) for word in patterns], slot, at + 1, len(self.ops))
        if fall >= 0:
            outs.append(fall)
        self.emit(steps.clear(len(self.ops) + 1))
        for at in outs:
            self.jump(at, len(self.ops))

    def subshell(self, node: syntax.Subshell, checked: bool) -> None:
        at = self.reserve()
        entry, after = self.apart(node.body, at, not checked, ending.of_process(node.body, self.code.dialect))
        self.ops[at] = subprocesses.subshell(self.code, entry, after, id(node) in self.final)
        self.emit(running.await_child(after + 1))
        if checked:
            self.check()

    def function(self, node: syntax.Function) -> None:
        at = self.reserve()
        loops, depth, goes_on = self.loops, self.depth, self.goes_on
        self.loops, self.depth, self.goes_on = [], 0, False
        entry = len(self.ops)
        self.command(node.body, True)
        self.end()
        self.loops, self.depth, self.goes_on = loops, depth, goes_on
        after, code, name = len(self.ops), self.code, node.name

        def define(sh: Shell) -> int:
            sh.functions[name] = (code, entry)
            sh.status = 0
            return after

        self.ops[at] = define

    def test(self, node: Node, checked: bool) -> None:
        self.words(_test_words(node))
        at = self.reserve()
        self.ops[at] = (tests.condition(node, at + 1) if isinstance(node, syntax.Condition)
                        else tests.compute(expand.number(node.word), node.line, at + 1))
        if checked:
            self.check()


def _test_words(node: Node) -> list[Word]:
    if isinstance(node, syntax.Compute):
        return [node.word]
    found: list[Word] = []

    def walk(test: object) -> None:
        if isinstance(test, Word):
            found.append(test)
        elif isinstance(test, tuple):
            for each in test:
                walk(each)

    walk(node.test)
    return found


def _single(program: Sequence) -> Simple | None:
    """Return the only command of a substitution, if it is a plain one."""
    if len(program.items) != 1 or program.items[0][1]:
        return None
    item = program.items[0][0]
    if item.rest or item.first.negated or item.first.timed or len(item.first.commands) != 1:
        return None
    command = item.first.commands[0]
    if not isinstance(command, Simple) or command.assignments or command.redirects or not command.words:
        return None
    if any(isinstance(word, syntax.Assignment) or next(expand.hoist(word), None) for word in command.words):
        return None
    return command


def _literal(word: object) -> str:
    if isinstance(word, Word) and len(word.parts) == 1 and isinstance(word.parts[0], Literal):
        return str(word.parts[0].text)
    return ""
