"""Go's regular expressions (RE2 syntax, package regexp), looked for by Python's engine or by one of our own."""

from __future__ import annotations

import re
from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .automaton import Automaton

_POSIX = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "ascii": r"\x00-\x7f", "blank": r"\t ", "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9", "graph": "!-~", "lower": "a-z", "print": " -~", "punct": r"!-/:-@\[-`{-~", "space": r"\t\n\v\f\r ",
    "upper": "A-Z", "word": "0-9A-Za-z_", "xdigit": "0-9A-Fa-f",
}
_TRIES = 1_000_000   # steps that Python's engine may need at the worst
MAX_STEPS = 1_000_000  # of a pattern, its repetitions written out
_MAX_REPEAT, _MAX_DEPTH = 1000, 1000  # of RE2
_REPEAT = r"(?:[*+?]|\{\d+(?:,\d*)?\})\??"


@lru_cache(maxsize=256)
def compile(pattern: str) -> Pattern:
    """Return `pattern`, ready to be looked for.

    Raises ValueError with the text of Go's error, as in "error parsing regexp: missing closing ): `(a`".
    """
    translator = _Translator(pattern)
    translated = translator.translate()
    python = None
    try:
        python = re.compile(translated, re.ASCII)
    except re.error as error:
        raise _wrong(f"invalid syntax: {error}", pattern) from None
    except (RecursionError, OverflowError):  # deeper than Python's parser goes
        pass
    made = Pattern(pattern, translated, python, translator.choices, translator.loops)
    if translator.longest * len(translated) > MAX_STEPS:
        made.automaton()  # which is refused here rather than when it is needed
    return made


class Pattern:
    """A regular expression. Whatever it is, it is looked for in a time that grows as the text does.

    Python's engine is the faster one where it cannot go astray: `choices` are the places where it may go on in two
    ways, `loops` those where it may in as many as the text is long; None: one stands in another.
    """

    def __init__(self, text: str, translated: str, python: re.Pattern[str] | None, choices: int, loops: int | None):
        self._text, self._translated, self._python = text, translated, python
        self._choices, self._loops = choices, loops
        self._made: Automaton | None = None

    def _engine(self, text: str) -> re.Pattern[str] | None:
        """Return Python's engine, None where it might take too long."""
        if self._loops is None or self._choices > 20:
            return None
        if not text and r"\B" in self._translated:  # which Python before 3.14 does not find in an empty text
            return None
        worst: int = 2 ** self._choices * max(len(text), 2) ** min(self._loops + 1, 64)
        return self._python if worst <= _TRIES else None

    def automaton(self) -> Automaton:
        """Return the engine that takes linear time. Raises ValueError where it would be too large."""
        if self._made is None:
            from .automaton import Automaton, TooLarge

            try:
                self._made = Automaton(self._translated, MAX_STEPS)
            except TooLarge:
                raise _wrong("expression too large", self._text) from None
        return self._made

    def matches(self, text: str) -> bool:
        """Tell whether it is found anywhere in a text."""
        engine = self._engine(text)
        return engine.search(text) is not None if engine else self.automaton().matches(text)

    def find_all(self, text: str, limit: int = -1) -> list[str]:
        """Return what it matches in a text, from left to right, at most `limit` times where that is not negative.

        As in Go, nothing is no match right behind another one.
        """
        engine = self._engine(text)
        found: list[str] = []
        at, behind = 0, -1
        while at <= len(text) and (limit < 0 or len(found) < limit):
            if engine:
                match = engine.search(text, at)
                span = match.span() if match else None
            else:
                span = self.automaton().find(text, at)
            if span is None:
                break
            if span[0] < span[1] or span[0] != behind:
                found.append(text[span[0]:span[1]])
            behind = span[1]
            at = span[1] if span[1] > span[0] else span[1] + 1
        return found


def _wrong(what: str, text: str) -> ValueError:
    return ValueError(f"error parsing regexp: {what}: `{text}`")


class _Inside:
    """What stands in a group: whether there is a choice, and how often something is repeated by numbers."""

    __slots__ = ("choice", "count", "end")

    def __init__(self) -> None:
        self.choice, self.count, self.end = False, 1, -1

    def add(self, inner: _Inside) -> None:
        self.choice = self.choice or inner.choice
        self.count = max(self.count, inner.count)


class _Translator:
    def __init__(self, pattern: str) -> None:
        self.pattern, self.at = pattern, 0
        self.out: list[str] = []
        self.multiline = False
        self.depth = 0
        self.repeatable = False
        self.choices = 0  # see Pattern
        self.loops: int | None = 0
        self._groups = [_Inside()]
        self._ended = _Inside()  # the last group

    @property
    def longest(self) -> int:
        """How often the numbers in it repeat a part at most."""
        return self._groups[0].count

    def translate(self) -> str:
        while self.at < len(self.pattern):
            self._next(self.pattern[self.at])
        if self.depth:
            raise _wrong("missing closing )", self.pattern)
        return "".join(self.out)

    def _emit(self, text: str, length: int, repeatable: bool = True) -> None:
        self.out.append(text)
        self.at += length
        self.repeatable = repeatable

    def _next(self, char: str) -> None:
        if char == "\\":
            self._escape(in_class=False)
        elif char == "[":
            self._class()
        elif char == "(":
            self._group()
        elif char == ")":
            if not self.depth:
                raise _wrong("unexpected )", self.pattern)
            self.depth -= 1
            self._emit(char, 1)
            self._ended = self._groups.pop()
            self._ended.end = self.at
            self._groups[-1].add(self._ended)
        elif char in "*+?" or (char == "{" and re.match(r"\{\d+(,\d*)?\}", self.pattern[self.at:])):
            self._repeat()
        elif char == "{":
            self._emit(r"\{", 1)
        elif char == "$":
            self._emit(r"(?=\n|\Z)" if self.multiline else r"\Z", 1)
        else:
            if char == "|":
                self.choices += 1
                self._groups[-1].choice = True
            self._emit(char, 1, char not in "|^")

    def _repeat(self) -> None:
        match = re.match(_REPEAT, self.pattern[self.at:])
        assert match is not None
        if self.out and self.out[-1] in ("^", r"\Z", r"\A", r"\b", r"\B"):
            self.out[-1] = f"(?:{self.out[-1]})"  # Python repeats none of those alone
        elif not self.repeatable:
            raise _wrong("missing argument to repetition operator", match[0].rstrip("?") or "?")
        following = re.match(_REPEAT, self.pattern[self.at + match.end():])
        if following:
            raise _wrong("invalid nested repetition operator", match[0] + following[0])
        self._count(match[0])
        self._emit(match[0], match.end())

    def _count(self, repeat: str) -> None:
        """Take in how often something is repeated: what it costs, and whether that is too often."""
        inner = self._ended if self._ended.end == self.at else _Inside()
        numbers = [int(number) for number in re.findall(r"\d+", repeat)]
        if numbers and (max(numbers) * inner.count > _MAX_REPEAT or numbers[0] > numbers[-1]):
            raise _wrong("invalid repeat count", repeat)
        outer = self._groups[-1]
        outer.count = max(outer.count, inner.count * max([1, *numbers]))
        if repeat[0] == "?" or numbers in ([0, 1], [1], [0]):
            self.choices += 1
        elif inner.choice:
            self.loops = None
        elif repeat[0] in "*+" or "," in repeat:
            self.loops = None if self.loops is None else self.loops + 1
        outer.choice = outer.choice or len(set(numbers)) != 1 or "," in repeat

    def _group(self) -> None:
        rest = self.pattern[self.at:]
        self.depth += 1
        if self.depth >= _MAX_DEPTH:
            raise _wrong("expression nests too deeply", self.pattern)
        self._groups.append(_Inside())
        if not rest.startswith("(?"):
            self._emit("(", 1, False)
            return
        flags = re.match(r"\(\?([imsU]*)(?:-([imsU]+))?([:)])", rest)
        name = re.match(r"\(\?P?<(\w+)>", rest)
        if name:
            self._emit(f"(?P<{name[1]}>", name.end(), False)
        elif flags is None:
            raise _wrong("invalid or unsupported Perl syntax", rest[:4] if rest.startswith("(?<") else rest[:3])
        elif flags[3] == ":":
            kept = flags[1].replace("U", "")
            self._emit(f"(?{kept}:" if kept else "(?:", flags.end(), False)
        else:
            self._flags(flags)

    def _flags(self, flags: re.Match[str]) -> None:
        """Flags for the rest of a group, which Python knows only at the start of the pattern."""
        self.depth -= 1
        self._groups.pop()
        self.multiline = self.multiline or "m" in flags[1]
        kept = flags[1].replace("U", "")
        if kept:
            self.out.insert(0, f"(?{kept})")
        self.at += flags.end()

    def _class(self) -> None:
        start = self.at
        self._emit("[", 1)
        if self.pattern[self.at:self.at + 1] == "^":
            self._emit("^", 1)
        first = True
        while True:
            char = self.pattern[self.at:self.at + 1]
            if not char:
                raise _wrong("missing closing ]", self.pattern[start:])
            if char == "]" and not first:
                self._emit("]", 1)
                return
            first = False
            posix = re.match(r"\[:(\^?)(\w+):\]", self.pattern[self.at:])
            if posix:
                if posix[2] not in _POSIX:
                    raise _wrong("invalid character class range", posix[0])
                self._emit(_POSIX[posix[2]], posix.end())
            elif char == "\\":
                self._escape(in_class=True)
            else:
                self._emit("\\" + char if char in "[]&~|" else char, 1)

    def _escape(self, in_class: bool) -> None:
        rest = self.pattern[self.at:]
        char = rest[1:2]
        if not char:
            raise _wrong("trailing backslash at end of expression", "")
        code = re.match(r"\\x\{([0-9A-Fa-f]+)\}", rest)
        prop = re.match(r"\\([pP])(?:\{(\^?)(\w+)\}|(\w))", rest)
        if code:
            self._emit(re.escape(chr(int(code[1], 16))), code.end())
        elif prop:
            ranges = _property(prop[3] or prop[4], (prop[1] == "P") != bool(prop[2]))
            self._emit(ranges if in_class else f"[{ranges}]", prop.end())
        elif char == "Q" and not in_class:
            quoted, _, _ = rest[2:].partition(r"\E")
            self._emit(re.escape(quoted), min(len(rest), len(quoted) + 4))
        elif char == "z" and not in_class:
            self._emit(r"\Z", 2)
        elif char in "123456789CEGKLNTUVXYZceghijklmopquyz" or (in_class and char in "AbB"):
            raise _wrong("invalid escape sequence", rest[:2])
        else:
            self._emit(rest[:2], 2)


@lru_cache(maxsize=16)
def _property(name: str, negated: bool) -> str:
    """Return the inside of a character class for a Unicode category such as L or Lu."""
    from sys import maxunicode
    from unicodedata import category

    ranges, start = [], None
    for code in range(maxunicode + 2):
        inside = code <= maxunicode and category(chr(code)).startswith(name) != negated
        if inside and start is None:
            start = code
        elif not inside and start is not None:
            ranges.append(f"\\U{start:08x}-\\U{code - 1:08x}")
            start = None
    if not ranges:
        raise _wrong("invalid character class range", rf"\p{{{name}}}")
    return "".join(ranges)
