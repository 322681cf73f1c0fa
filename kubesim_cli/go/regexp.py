"""Go's regular expressions (RE2 syntax, package regexp) as Python's."""

from __future__ import annotations

import re
from functools import lru_cache

_POSIX = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "ascii": r"\x00-\x7f", "blank": r"\t ", "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9", "graph": "!-~", "lower": "a-z", "print": " -~", "punct": r"!-/:-@\[-`{-~", "space": r"\t\n\v\f\r ",
    "upper": "A-Z", "word": "0-9A-Za-z_", "xdigit": "0-9A-Fa-f",
}
_REPEAT = r"(?:[*+?]|\{\d+(?:,\d*)?\})\??"


@lru_cache(maxsize=256)
def compile(pattern: str) -> re.Pattern[str]:
    """Return the Python pattern that matches what `pattern` matches in Go.

    Raises ValueError with the text of Go's error, as in "error parsing regexp: missing closing ): `(a`".
    """
    translated = _Translator(pattern).translate()
    try:
        return re.compile(translated, re.ASCII)
    except re.error as error:
        raise _wrong(f"invalid syntax: {error}", pattern) from None


def _wrong(what: str, text: str) -> ValueError:
    return ValueError(f"error parsing regexp: {what}: `{text}`")


class _Translator:
    def __init__(self, pattern: str) -> None:
        self.pattern, self.at = pattern, 0
        self.out: list[str] = []
        self.multiline = False
        self.depth = 0
        self.repeatable = False

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
        elif char in "*+?" or (char == "{" and re.match(r"\{\d+(,\d*)?\}", self.pattern[self.at:])):
            self._repeat()
        elif char == "{":
            self._emit(r"\{", 1)
        elif char == "$":
            self._emit(r"(?=\n|\Z)" if self.multiline else r"\Z", 1)
        else:
            self._emit(char, 1, char not in "|^")

    def _repeat(self) -> None:
        match = re.match(_REPEAT, self.pattern[self.at:])
        assert match is not None
        if self.out[-1:] in (["^"], [r"\Z"]):
            self.out[-1] = f"(?:{self.out[-1]})"  # Python repeats no bare anchor
        elif not self.repeatable:
            raise _wrong("missing argument to repetition operator", match[0].rstrip("?") or "?")
        following = re.match(_REPEAT, self.pattern[self.at + match.end():])
        if following:
            raise _wrong("invalid nested repetition operator", match[0] + following[0])
        self._emit(match[0], match.end())

    def _group(self) -> None:
        rest = self.pattern[self.at:]
        self.depth += 1
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
