"""Small operations: of loops, conditions, case and time, and what set -e does after a command."""

from __future__ import annotations

from ..kernel import load
from ..kernel.kernel import TURN_TIME
from . import patterns
from .codes import FRAME, WAIT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .codes import Operation
    from .expand import Guard
    from .parameters import Text
    from .shell import Shell
    from .syntax import ShellSyntaxError

SPIN = 1.0  # seconds that pass at once in a loop that does nothing


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


def fails(error: ShellSyntaxError) -> Operation:
    def fails(sh: Shell) -> int:
        raise error

    return fails


def clear(after: int) -> Operation:
    def clear(sh: Shell) -> int:
        sh.status = 0
        return after

    return clear


def enter(entry: tuple[str, int], after: int) -> Operation:
    def enter(sh: Shell) -> int:
        sh.frames[-1].stack.append([*entry])
        return after

    return enter


def again(to: int) -> Operation:
    """Remember the body's status, which is the loop's."""
    def again(sh: Shell) -> int:
        sh.frames[-1].stack[-1][1] = sh.status
        return to

    return again


def for_ever(to: int, names: frozenset[str], idle: bool) -> Operation:
    """The same, in a loop that only a function of the shell, or an option, could end (see endless.py).

    `idle`: it does nothing but use the processor: then its rounds need not be made.
    """
    def again(sh: Shell) -> int:
        process, entry = sh.process, sh.frames[-1].stack[-1]
        space, now = process.space, process.kernel.now
        if not {"e", "u"} & sh.options and names.isdisjoint(sh.functions):
            space.forever = space.forever or process is space.init
            if idle and (len(entry) < 3 or now < entry[2]):
                if len(entry) < 3:
                    entry.append(now + SPIN)
                    load.note(space, now, int(SPIN * 1e6))
                process.wait(until=entry[2])
                return WAIT
        entry[1:] = (sh.status,)
        return to

    return again


def waiting(to: int, names: frozenset[str]) -> Operation:
    """The same, in a loop that ends when the network says something else, unless commands are functions.

    A round takes some time: asking does.
    """
    def again(sh: Shell) -> int:
        process, entry = sh.process, sh.frames[-1].stack[-1]
        now = process.kernel.now
        if entry[2:] == [now]:
            process.wait(until=now + TURN_TIME)
            return WAIT
        entry[1:] = sh.status, now
        if process is process.space.init and names.isdisjoint(sh.functions):
            process.space.rounds += 1
        return to

    return again


def leave_loop(after: int) -> Operation:
    def leave(sh: Shell) -> int:
        sh.status = sh.frames[-1].stack.pop()[1]
        return after

    return leave


def failure(sh: Shell, after: int) -> int:
    """A command has failed: run the ERR trap, and end with set -e, unless a condition has asked."""
    frame = sh.frames[-1]
    if frame.lenient:
        return after
    action = sh.traps.get("ERR")
    fatal = "e" in sh.options
    if action and frame.kind not in ("trap", "fatal"):
        frame.pc = after
        trap = sh.push(sh.code(action), 0, "fatal" if fatal else "trap")
        trap.status = sh.status
        return FRAME
    return sh.finish(sh.status) if fatal else after
