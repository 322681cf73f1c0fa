"""printf and echo."""

from __future__ import annotations

from ..kernel.errors import Exhausted
from .words import escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .shell import Shell

DIGITS = 7  # of a width that is still written


def echo(sh: Shell, argv: list[str]) -> int:
    """bash and ash know -n, -e and -E; dash only -n, and always reads escapes."""
    words = argv[1:]
    end, escapes = "\n", sh.dialect == "dash"
    while words and len(words[0]) > 1 and words[0][0] == "-" and not words[0][1:].strip("n" if sh.dialect == "dash"
        else "neE"):
        for letter in words.pop(0)[1:]:
            if letter == "n":
                end = ""
            else:
                escapes = letter == "e"
    text = " ".join(words)
    if escapes and "\\" in text:
        text, stopped = escaped(text)
        if stopped:
            end = ""
    sh.process.write(text + end)
    return 0


def escaped(text: str) -> tuple[str, bool]:
    """Return a text with its escapes read, and whether \\c ended it."""
    out, at = [], 0
    while at < len(text):
        char = text[at]
        if char != "\\":
            out.append(char)
            at += 1
            continue
        follows = text[at + 1:at + 2]
        if follows == "c":
            return "".join(out), True
        if follows == "0":
            end = at + 2
            while end < min(at + 5, len(text)) and text[end] in "01234567":
                end += 1
            out.append(chr(int(text[at + 2:end] or "0", 8) & 255))
            at = end
        elif follows and follows in "'\"?":
            out.append("\\" + follows)
            at += 2
        else:
            found, at = escape(text, at + 1)
            out.append(found)
    return "".join(out), False


def printf(sh: Shell, argv: list[str]) -> int:
    """printf [-v NAME] FORMAT [ARGUMENT ...]"""
    words = argv[1:]
    into = ""
    if words[:1] == ["-v"] and sh.bash and len(words) > 1:
        into, words = words[1], words[2:]
    if words[:1] == ["--"]:
        words = words[1:]
    if not words:
        sh.complain("printf: usage: printf [-v var] format [arguments]" if sh.bash
                    else "printf: usage: printf format [arg ...]")
        return 2
    text, status = _Printf(sh, words[0], words[1:]).text()
    if into:
        sh.set(into, text)
    else:
        sh.process.write(text)
    return status


class _Printf:
    def __init__(self, sh: Shell, form: str, words: list[str]):
        self.sh, self.form, self.words, self.status = sh, form, words, 0

    def text(self) -> tuple[str, int]:
        out: list[str] = []
        while True:
            before = len(self.words)
            if self._once(out) or not self.words or len(self.words) == before or len(out) > 1_000_000:
                return "".join(out), self.status

    def _once(self, out: list[str]) -> bool:
        form, at = self.form, 0
        while at < len(form):
            char = form[at]
            if char == "\\":
                if form[at + 1:at + 2] == "c":
                    return True
                if form[at + 1:at + 2] == "x" and self.sh.dialect == "dash":
                    out.append("\\x")
                    at += 2
                    continue
                found, at = escape(form, at + 1)
                out.append(found)
                continue
            if char != "%":
                out.append(char)
                at += 1
                continue
            rest, end = form[at:], at + 1
            while end < len(form) and form[end] in "-+ #0123456789.*":
                end += 1
            flags, kind = form[at + 1:end], form[end:end + 1]
            at = end + 1
            while kind and kind in "hlLqjzt" and kind != "q":
                kind, at = form[at:at + 1], at + 1
            if kind == "(" and self.sh.bash and (close := form.find(")T", at)) > 0:
                out.append(self._time(form[at:close]))
                at = close + 2
                continue
            while "*" in flags:
                flags = flags.replace("*", str(self._number(self._next() or "0")), 1)
            if any(len(number) > DIGITS for number in "".join(
                    char if char.isdigit() else " " for char in flags).split()):
                raise Exhausted("memory")
            if kind == "%":
                out.append("%")
            elif self._convert(out, flags, kind, rest):
                return True
        return False

    def _next(self) -> str | None:
        return self.words.pop(0) if self.words else None

    def _time(self, form: str) -> str:
        from ..dates import strftime

        word = self._next()
        now = self.sh.process.kernel.now
        return strftime(form or "%X", float(word) if word not in (None, "-1", "-2") else now)

    def _convert(self, out: list[str], flags: str, kind: str, rest: str) -> bool:
        """Write a word as a directive says; return whether to stop. `rest`: the format from the directive on."""
        word = self._next()
        if kind in ("s", "c", "b") or (kind == "q" and self.sh.bash):
            value, stopped = word or "", False
            if kind == "c":
                value = value[:1]
            elif kind == "b":
                value, stopped = escaped(value)
            elif kind == "q":
                value = "".join(char if char.isalnum() or char in "_-./:=@%+," else "\\" + char
                                for char in value) or "''"
            out.append(f"%{flags}s" % value)
            return stopped
        if kind in ("d", "i", "u", "o", "x", "X"):
            number = self._number(word or "0")
            out.append(f"%{flags}{'d' if kind in 'iu' else kind}" % (number if kind in "di"
                                                                     else number & 0xffffffffffffffff))
        elif kind and kind in "eEfFgG":
            try:
                real = float(word or 0)
            except ValueError:
                self._bad(word or "")
                real = 0.0
            out.append(f"%{flags}{kind}" % real)
        else:
            self.sh.complain({"dash": f"printf: %{kind}: invalid directive", "ash": f"{rest}: invalid format"}.get(
                self.sh.dialect, f"printf: `{kind}': invalid format character"))
            self.status = 2 if self.sh.dialect == "dash" else 1
            return True
        return False

    def _number(self, word: str) -> int:
        from .arithmetic import number

        if word[:1] in ("'", '"'):
            return ord(word[1]) if len(word) > 1 else 0
        text = word.strip()
        sign = -1 if text[:1] == "-" else 1
        digits = text[1:] if text[:1] in ("-", "+") else text
        found = number(digits) if digits and "#" not in digits else None
        if found is None:
            self._bad(word)
            import re

            match = re.match(r"\d+", digits)
            found = int(match.group()) if match else 0
        return sign * found

    def _bad(self, word: str) -> None:
        self.sh.complain(f"printf: {word}: " + ("invalid number" if self.sh.bash else
                                                 "expected numeric value" if not word[:1].isdigit()
                                                 else "not completely converted"))
        self.status = 1
