"""What ${...} gives: values, defaults, what is cut off and replaced, slices, arrays."""

from __future__ import annotations

from . import arithmetic, patterns
from .syntax import Parameter, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .shell import Shell

    Text = Callable[[Shell], str]
    Values = Callable[[Shell], "list[str] | None"]


class ShellError(Exception):
    """Ends a shell that is not interactive: `message` is said, `code` its exit code."""

    def __init__(self, message: str, code: int = 0):
        super().__init__(message)
        self.message, self.code = message, code


def several(part: Parameter) -> str:
    """Return "@" or "*" where a parameter may be several values, else ""."""
    if part.length:
        return ""
    if part.name in ("@", "*"):
        return str(part.name)
    subscript = part.subscript
    if subscript is not None and len(subscript.parts) == 1 and getattr(subscript.parts[0], "text", "") in ("@", "*"):
        return str(subscript.parts[0].text)
    return ""


def values(part: Parameter, text: Callable[[Word], Text], pattern: Callable[[Word], Text]) -> Values:
    """Return the function that gives a parameter's values, None where it is not set.

    `text` and `pattern` compile the words within it.
    """
    plain = base(part, text)
    operator = part.operator
    if part.length:
        return _length(part, plain)
    if not operator:
        return _checked(part, plain)
    if operator in ("-", ":-", "=", ":=", "?", ":?", "+", ":+"):
        return _alternative(part, plain, text(part.word))
    checked = _checked(part, plain)
    change = _change(part, operator, text, pattern)
    if operator == ":":
        return _slice(part, checked, text)

    def changed(sh: Shell) -> list[str] | None:
        found = checked(sh)
        return None if found is None else [change(sh, each) for each in found]

    return changed


def base(part: Parameter, text: Callable[[Word], Text]) -> Values:
    """Return the function that gives a parameter's values before its operator, None where it is not set."""
    name = part.name
    multiple = several(part)
    if part.indirect:
        return _indirect(part, multiple)
    if name in ("@", "*"):
        return lambda sh: sh.positional
    if part.subscript is not None:
        if multiple:
            return lambda sh: sh.elements(name)
        key = text(part.subscript)

        def element(sh: Shell) -> list[str] | None:
            found = sh.element(name, key(sh))
            return None if found is None else [found]

        return element

    def scalar(sh: Shell) -> list[str] | None:
        found = sh.get(name)
        return None if found is None else [found]

    return scalar


def _indirect(part: Parameter, multiple: str) -> Values:
    name = part.name
    if multiple and part.subscript is not None:
        return lambda sh: sh.keys(name)
    if part.operator == "@" or name.endswith("*"):
        return lambda sh: sorted(each for each in sh.vars if each.startswith(name.rstrip("*")))

    def pointed(sh: Shell) -> list[str] | None:
        target = sh.get(name)
        found = sh.get(target) if target else None
        return None if found is None else [found]

    return pointed


def _checked(part: Parameter, base: Values) -> Values:
    """With set -u what is not set is an error."""
    if part.name in ("@", "*"):
        return base

    def checked(sh: Shell) -> list[str] | None:
        found = base(sh)
        if found is None and sh.option("u"):
            raise ShellError(f"{part.name}: {sh.words('unset')}")
        return found

    return checked


def _length(part: Parameter, base: Values) -> Values:
    multiple = part.name in ("@", "*") or (
        part.subscript is not None and getattr(part.subscript.parts[0], "text", "") in ("@", "*"))
    if multiple and part.subscript is not None:
        return lambda sh: [str(len(sh.elements(part.name) or ()))]
    if multiple:
        return lambda sh: [str(len(sh.positional))]
    base = _checked(part, base)
    return lambda sh: [str(len((base(sh) or [""])[0]))]


def _alternative(part: Parameter, base: Values, word: Text) -> Values:
    operator, name = part.operator, part.name
    colon, kind = operator[0] == ":", operator[-1]

    def choose(sh: Shell) -> list[str] | None:
        found = base(sh)
        usable = found is not None and (found != [] or name not in ("@", "*")) and (
            not colon or any(found) or len(found) > 1)
        if kind == "+":
            return [word(sh)] if usable else None
        if usable:
            return found
        value = word(sh)
        if kind == "=":
            sh.set(name, value)
        elif kind == "?":
            raise ShellError(f"{name}: {value or sh.words('null' if colon else 'unset?')}")
        return [value]

    return choose


def _change(part: Parameter, operator: str, text: Callable[[Word], Text],
            pattern: Callable[[Word], Text]) -> Callable[[Shell, str], str]:
    if operator in ("#", "##", "%", "%%"):
        cut = pattern(part.word)
        return lambda sh, value: _cut(value, cut(sh), operator)
    if operator[0] == "/":
        what = pattern(part.word)
        by = text(part.second) if part.second is not None else (lambda sh: "")
        return lambda sh, value: _replace(value, what(sh), by(sh), operator)
    if operator[0] in "^,":
        def case(sh: Shell, value: str) -> str:
            change = str.upper if operator[0] == "^" else str.lower
            return change(value) if len(operator) == 2 else change(value[:1]) + value[1:]

        return case
    if operator == "@":
        letter = part.word.parts[0].text if part.word and part.word.parts else ""
        return {"Q": lambda sh, value: "'" + value.replace("'", "'\\''") + "'", "U": lambda sh, value: value.upper(),
                "L": lambda sh, value: value.lower(), "u": lambda sh, value: value[:1].upper() + value[1:],
                }.get(letter, lambda sh, value: value)
    return lambda sh, value: value


def _slice(part: Parameter, base: Values, text: Callable[[Word], Text]) -> Values:
    first = text(part.word)
    count = text(part.second) if part.second is not None else None
    whole = several(part)

    def cut(sh: Shell) -> list[str] | None:
        found = base(sh)
        if found is None:
            return None
        start = arithmetic.evaluate(sh, first(sh))
        length = arithmetic.evaluate(sh, count(sh)) if count is not None else None
        if whole:
            if part.name in ("@", "*"):
                found = [sh.name, *found]
            many: list[str] = found[start:] if length is None else found[start:start + length]
            return many
        value = found[0]
        start = max(len(value) + start, 0) if start < 0 else start
        end = len(value) if length is None else start + length if length >= 0 else len(value) + length
        return [value[start:end]]

    return cut


def _cut(value: str, pattern: str, operator: str) -> str:
    if not patterns.special(pattern):
        text = patterns.unquote(pattern)
        if operator[0] == "#":
            return value[len(text):] if value.startswith(text) else value
        return value[:-len(text)] if text and value.endswith(text) else value
    expression = patterns.matcher(pattern)
    ends = range(len(value) + 1)
    if operator == "#":
        return next((value[end:] for end in ends if expression.fullmatch(value, 0, end)), value)
    if operator == "##":
        return next((value[end:] for end in reversed(ends) if expression.fullmatch(value, 0, end)), value)
    if operator == "%":
        return next((value[:start] for start in reversed(ends) if expression.fullmatch(value, start)), value)
    return next((value[:start] for start in ends if expression.fullmatch(value, start)), value)


def _replace(value: str, pattern: str, by: str, operator: str) -> str:
    if not pattern:
        return value
    if operator == "//" and not patterns.special(pattern):
        return value.replace(patterns.unquote(pattern), by)
    import re

    expression = patterns.translate(pattern)
    if operator == "/#":
        expression = r"\A" + expression
    elif operator == "/%":
        expression = f"(?:{expression})" + r"\Z"
    return re.sub(expression, lambda match: by, value, count=0 if operator == "//" else 1, flags=re.DOTALL)


def quoted(text: str) -> str:
    """Return a word that a shell reads as the text."""
    if text and all(char.isalnum() or char in "_-./:=@%+," for char in text):
        return text
    return "'" + text.replace("'", "'\\''") + "'"
