"""Regular expressions in linear time: Thompson's automaton, run as Pike's machine and as a DFA that is made as it runs.

Python's engine goes back and tries again, which takes for ever on patterns such as `^(a+)+$`. Here a text is gone
through once, whatever the pattern, as Go's package regexp does it (https://swtch.com/~rsc/regexp/regexp2.html).
Patterns come as regexp.py has translated them, in the part of Python's syntax that it writes.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    # A step, with places relative to it: ("char", test), ("split", here first, then here), ("jump", there, 0),
    # ("if", what the position has to be like, 0) or ("match", 0, 0)
    Step: TypeAlias = tuple[str, object, int]
    Code: TypeAlias = list[Step]

_STATES = 2_000        # of the DFA, before it is begun anew
# What a position in a text may be like.
_BEGIN, _END, _LINE_BEGIN, _LINE_END, _EDGE, _INSIDE = 1, 2, 4, 8, 16, 32
_ASSERTIONS = {r"\A": _BEGIN, r"\Z": _END, r"\b": _EDGE, r"\B": _INSIDE, r"(?=\n|\Z)": _LINE_END}
_TOKEN = re.compile(r"""(?P<eol>\(\?=\\n\|\\Z\)) | \((?P<group>\?P<\w+>|\?(?P<flags>[a-zA-Z]*):|\?(?P<all>[a-zA-Z]+)\)|)
    | (?P<repeat>[*+?]|\{(?P<least>\d+)(?P<comma>,?)(?P<most>\d*)\})(?P<lazy>\??)
    | (?P<class>\[\^?(?:\\.|[^\\\]])*\]) | (?P<escape>\\(?:x..|u.{4}|U.{8}|[0-7]{1,3}|.)) | (?P<char>.)""",
                    re.VERBOSE | re.DOTALL)
_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}


class TooLarge(ValueError):
    """A pattern's repetitions, written out, are too many."""


class _Group:
    """A group that is being read: what was read of it, and how it goes on."""

    __slots__ = ("alternatives", "flags", "sequence")

    def __init__(self, flags: int):
        self.flags = flags
        self.alternatives: list[Code] = []
        self.sequence: list[Code] = []

    def code(self) -> Code:
        code = _joined(self.sequence)
        for before in reversed(self.alternatives):
            code = [("split", 1, len(before) + 2), *before, ("jump", len(code) + 1, 0), *code]
        return code


def _joined(sequence: list[Code]) -> Code:
    return [step for code in sequence for step in code]


def _compiled(pattern: str, most: int) -> Code:
    groups = [_Group(re.ASCII)]
    for token in _TOKEN.finditer(pattern):
        group = groups[-1]
        text = token[0]
        if token["all"] is not None:
            group.flags |= _flags(token["all"])
        elif token["eol"] is not None or text in _ASSERTIONS:
            group.sequence.append([("if", _ASSERTIONS[text], 0)])
        elif token["group"] is not None:
            groups.append(_Group(group.flags | _flags(token["flags"] or "")))
        elif token["repeat"] is not None:
            group.sequence.append(_repeated(group.sequence.pop(), token, most))
        elif text == "|":
            group.alternatives.append(_joined(group.sequence))
            group.sequence = []
        elif text == ")":
            groups.pop()
            groups[-1].sequence.append(group.code())
        elif text == "^":
            group.sequence.append([("if", _LINE_BEGIN if group.flags & re.MULTILINE else _BEGIN, 0)])
        else:
            group.sequence.append([("char", re.compile(text, group.flags).match, 0)])
    return [*groups[0].code(), ("match", 0, 0)]


def _flags(letters: str) -> int:
    flags = 0
    for letter in letters:
        flags |= _FLAGS.get(letter, 0)
    return flags


def _repeated(code: Code, token: re.Match[str], limit: int) -> Code:
    sign, lazy = token["repeat"], bool(token["lazy"])
    least = {"*": 0, "?": 0, "+": 1}.get(sign[0])
    most: int | None = 1 if sign == "?" else None
    if least is None:
        least = int(token["least"])
        most = int(token["most"]) if token["most"] else None if token["comma"] else least
    if len(code) * max(least, most or 0) > limit:
        raise TooLarge
    if most is None:
        if least:
            return code * (least - 1) + [*code, _split(-len(code), 1, lazy)]
        return [_split(1, len(code) + 2, lazy), *code, ("jump", -len(code) - 1, 0)]
    optional: Code = []
    each = len(code) + 1
    for left in range(most - least, 0, -1):
        optional += [_split(1, left * each, lazy), *code]
    return code * least + optional


def _split(first: int, then: int, lazy: bool) -> Step:
    return ("split", then, first) if lazy else ("split", first, then)


class Automaton:
    """A pattern, ready to be looked for."""

    def __init__(self, pattern: str, most: int):
        """Raises TooLarge where there are more than `most` steps in it, its repetitions written out."""
        self._code = _compiled(pattern, most)
        if len(self._code) > most:
            raise TooLarge
        wanted = {step[1] for step in self._code if step[0] == "if"}
        self._looks_around = bool(wanted - {_BEGIN, _END})
        self._forget()

    def _forget(self) -> None:
        self._numbers: dict[frozenset[int], int] = {}
        self._sets: list[frozenset[int]] = []
        self._moves: dict[tuple[int, int, str], int] = {}  # state, position, character -> state; -1: it matches
        self._number(frozenset((0,)))

    def _number(self, places: frozenset[int]) -> int:
        number = self._numbers.get(places)
        if number is None:
            number = self._numbers[places] = len(self._sets)
            self._sets.append(places)
        return number

    def _position(self, text: str, at: int) -> int:
        """Return what a position in a text is like."""
        kind = (_BEGIN | _LINE_BEGIN if at == 0 else 0) | (_END | _LINE_END if at == len(text) else 0)
        if self._looks_around:
            before, after = text[at - 1:at] if at else "", text[at:at + 1]
            kind |= (_LINE_BEGIN if before == "\n" else 0) | (_LINE_END if after == "\n" else 0)
            kind |= _EDGE if _is_word(before) != _is_word(after) else _INSIDE
        return kind

    def _closure(self, start: int, position: int, seen: set[int]) -> list[int]:
        """Return the places with a test or a match that are reached without a character, the likeliest first."""
        found, stack = [], [start]
        while stack:
            place = stack.pop()
            if place in seen:
                continue
            seen.add(place)
            kind, first, then = self._code[place]
            if kind == "split":
                stack += (place + then, place + first)  # type: ignore[operator]
            elif kind == "jump":
                stack.append(place + first)  # type: ignore[operator]
            elif kind != "if":
                found.append(place)
            elif first & position:  # type: ignore[operator]
                stack.append(place + 1)
        return found

    def matches(self, text: str) -> bool:
        """Tell whether the pattern is found anywhere in a text."""
        state = 0
        for at, char in enumerate((*text, "")):
            position = self._position(text, at)
            following = self._moves.get((state, position, char))
            if following is None:
                if len(self._sets) > _STATES:
                    places = self._sets[state]
                    self._forget()
                    state = self._number(places)
                following = self._moves[state, position, char] = self._move(state, position, char)
            if following < 0:
                return True
            state = following
        return False

    def _move(self, state: int, position: int, char: str) -> int:
        seen: set[int] = set()
        places = {0}  # the pattern may begin at the next character too
        for start in self._sets[state]:
            for place in self._closure(start, position, seen):
                kind, test, _ = self._code[place]
                if kind == "match":
                    return -1
                if char and test(char):  # type: ignore[operator]
                    places.add(place + 1)
        return self._number(frozenset(places))

    def find(self, text: str, begin: int = 0) -> tuple[int, int] | None:
        """Return where the pattern is first found from `begin` on, as (start, end), or None.

        Of several matches that start there the one that a search with going back would find first.
        """
        threads: list[tuple[int, int]] = []  # place, start; the likeliest first
        found = None
        for at in range(begin, len(text) + 1):
            position = self._position(text, at)
            if found is None:
                threads.append((0, at))
            elif not threads:
                break
            seen: set[int] = set()
            following = []
            char = text[at:at + 1]
            for thread, start in threads:
                for place in self._closure(thread, position, seen):
                    kind, test, _ = self._code[place]
                    if kind == "match":
                        found = start, at
                        break
                    if char and test(char):  # type: ignore[operator]
                        following.append((place + 1, start))
                else:
                    continue
                break
            threads = following
        return found


def _is_word(char: str) -> bool:
    return char.isascii() and (char.isalnum() or char == "_")
