"""Compiles words into functions of a shell: to one text, to fields, or to a pattern.

Nothing here waits: the outputs of command substitutions are there before (`Shell.outputs`, by their slot); `hoist`
tells which are needed. So a word is worked out in one go.
"""

from __future__ import annotations

from ..kernel.errors import Exhausted
from . import arithmetic, parameters, patterns
from .syntax import Arithmetic, Literal, Parameter, Substitution, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .parameters import Text
    from .shell import Shell
    from .syntax import Node

    Fields = Callable[[Shell], list[str]]
    Guard = Callable[[Shell], bool]


def hoist(word: Word, guards: tuple[Guard, ...] = ()) -> Iterator[tuple[Substitution, tuple[Guard, ...]]]:
    """Yield the command substitutions of a word with what has to be true for each to be run."""
    for part in word.parts:
        if isinstance(part, Substitution):
            yield part, guards
        elif isinstance(part, Arithmetic):
            yield from hoist(part.word, guards)
        elif isinstance(part, Parameter):
            if part.subscript is not None:
                yield from hoist(part.subscript, guards)
            inner = (*guards, _needs(part)) if part.operator[-1:] in ("-", "=", "?", "+") and part.operator else guards
            for each in (part.word, part.second):
                if each is not None:
                    yield from hoist(each, inner)


def _needs(part: Parameter) -> Guard:
    colon, wants_set = part.operator[0] == ":", part.operator[-1] == "+"
    bare = Parameter(part.name, part.subscript, "", None, None, False, part.indirect, True)
    base = parameters.base(bare, text)

    def needs(sh: Shell) -> bool:
        found = base(sh)
        return bool((found is not None and (not colon or any(found))) == wants_set)

    return needs


MOST_FIELDS = 500_000  # that one expansion is split into
LONGEST = 4 << 20  # characters of a word

# To one text

def text(word: Word) -> Text:
    """Compile a word whose value is not split: an assignment's, a redirection's, a here-document."""
    if not word.parts:
        return _constant("")
    functions = [part_text(part, number == 0) for number, part in enumerate(word.parts)]
    if len(functions) == 1:
        return functions[0]

    def joined(sh: Shell) -> str:
        value = "".join([function(sh) for function in functions])
        if len(value) > LONGEST:
            raise Exhausted("memory")
        return value

    return joined


def _constant(value: str) -> Text:
    return lambda sh: value


def part_text(part: Node, first: bool) -> Text:
    """Compile a part of a word to its text; `first`: it begins the word."""
    if isinstance(part, Literal):
        if first and not part.quoted and part.text[:1] == "~":
            return lambda sh: tilde(sh, part.text)
        return _constant(part.text)
    if isinstance(part, Substitution):
        slot = part.slot
        return lambda sh: sh.outputs.get(slot, "")
    if isinstance(part, Arithmetic):
        return number(part.word)
    assert isinstance(part, Parameter)
    if part.subscript is None and not (part.operator or part.length or part.indirect) and part.name not in "@*":
        return _plain(part.name)
    found = parameters.values(part, text, pattern)
    separate = parameters.several(part)

    def joined(sh: Shell) -> str:
        values = found(sh)
        if not values:
            return ""
        if len(values) == 1:
            return values[0]
        return (" " if separate == "@" else sh.separator()).join(values)

    return joined


def _plain(name: str) -> Text:
    """$name is what there is most of."""

    def value(sh: Shell) -> str:
        found = sh.vars.get(name)
        if found.__class__ is not str:
            found = sh.get(name)
            if found is None:
                if sh.option("u"):
                    raise parameters.ShellError(f"{name}: {sh.words('unset')}")
                return ""
        return found

    return value


def number(word: Word) -> Text:
    """Compile an arithmetic expression to its value as a text."""
    if len(word.parts) == 1 and isinstance(word.parts[0], Literal):
        try:
            compute = arithmetic.compiled(word.parts[0].text)
        except arithmetic.ArithmeticError_ as error:
            problem = error

            def fails(sh: Shell) -> str:
                raise problem

            return fails
        return lambda sh: str(compute(sh))
    expression = text(word)
    return lambda sh: str(arithmetic.evaluate(sh, expression(sh)))


def tilde(sh: Shell, value: str) -> str:
    """Return a text that begins with ~ as a path."""
    name, slash, rest = value.partition("/")
    if name == "~":
        home = sh.get("HOME")
        return value if home is None else home + slash + rest
    return value


# To a pattern

def pattern(word: Word) -> Text:
    """Compile a word that is a pattern: what is quoted in it stands for itself."""
    functions = []
    for number, part in enumerate(word.parts):
        function = part_text(part, number == 0)
        functions.append(_quoting(function) if part.quoted else function)
    if len(functions) == 1:
        return functions[0]
    return lambda sh: "".join([function(sh) for function in functions])


def _quoting(function: Text) -> Text:
    return lambda sh: patterns.quote(function(sh))


# To fields

def constant(word: Word) -> str | None:
    """Return the only argument that a word always becomes, None where that depends."""
    if not word.parts:
        return None
    for at, part in enumerate(word.parts):
        if not isinstance(part, Literal) or (not part.quoted and (
                patterns.special(part.text) or "\\" in part.text or (not at and part.text[:1] == "~"))):
            return None
    return "".join(part.text for part in word.parts)


class _Builder:
    """Collects fields. A field is a list of (text, quoted), None before it has begun."""

    __slots__ = ("current", "done")

    def __init__(self) -> None:
        self.done: list[list[tuple[str, bool]]] = []
        self.current: list[tuple[str, bool]] | None = None

    def add(self, value: str, quoted: bool) -> None:
        if self.current is None:
            self.current = []
        self.current.append((value, quoted))

    def close(self) -> None:
        if self.current is not None:
            self.done.append(self.current)
            self.current = None

    def split(self, value: str, separators: str) -> None:
        """Add an unquoted expansion (XCU 2.6.5)."""
        if not value:
            return
        white = "".join(char for char in separators if char in " \t\n")
        if white != separators:
            self._split_hard(value, separators, white)
            return
        words = value.split() if white == " \t\n" and value.isascii() else _on(value, white)
        if len(words) > MOST_FIELDS:
            raise Exhausted("memory")
        if value[0] in white:
            self.close()
        for number, each in enumerate(words):
            if number:
                self.close()
            self.add(each, False)
        if value[-1] in white:
            self.close()

    def _split_hard(self, value: str, separators: str, white: str) -> None:
        at, size = 0, len(value)
        while at < size:
            start = at
            while at < size and value[at] not in separators:
                at += 1
            if at > start:
                self.add(value[start:at], False)
            if at == size:
                break
            hard = False
            while at < size and value[at] in separators and not (hard and value[at] not in white):
                hard = hard or value[at] not in white
                at += 1
            if hard and self.current is None:
                self.add("", False)
            self.close()


def _on(value: str, white: str) -> list[str]:
    if not white:
        return [value]
    for char in white[1:]:
        value = value.replace(char, white[0])
    return [each for each in value.split(white[0]) if each]


def fields(word: Word) -> Fields:
    """Compile a word of a command: it becomes no, one or several arguments."""
    multiple = False
    unquoted = False
    for part in word.parts:
        if isinstance(part, Literal):
            unquoted = unquoted or (not part.quoted and (
                patterns.special(part.text) or "\\" in part.text))
        elif not part.quoted:
            unquoted = True
        elif (isinstance(part, Parameter) and parameters.several(part) == "@") or (isinstance(part, Parameter)
            and part.word is not None and any(
                isinstance(each, Parameter) and parameters.several(each) == "@" for each in part.word.parts)):
            multiple = True
    if not word.parts:
        return lambda sh: []
    if not (multiple or unquoted):
        whole = text(word)
        return lambda sh: [whole(sh)]
    if len(word.parts) == 1 and _plainly_split(word.parts[0]):
        return _split(part_text(word.parts[0], True))
    builders = [_field_part(part, number == 0) for number, part in enumerate(word.parts)]

    def build(sh: Shell) -> list[str]:
        builder = _Builder()
        for each in builders:
            each(sh, builder)
        builder.close()
        return _found(sh, builder)

    return build


def _found(sh: Shell, builder: _Builder) -> list[str]:
    """Return the fields that were built, patterns replaced by the files that they match."""
    found: list[str] = []
    for field in builder.done:
        if not sh.option("f") and any(not quoted and patterns.special(value) for value, quoted in field):
            wanted = "".join([patterns.quote(value) if quoted else value for value, quoted in field])
            matched = patterns.paths(sh.process, wanted)
            if matched or "nullglob" in sh.options:
                found += matched
                continue
        found.append("".join([value for value, _ in field]))
        if len(found[-1]) > LONGEST:
            raise Exhausted("memory")
    return found


def _plainly_split(part: Node) -> bool:
    """Tell whether a part alone is a text that is split: $x, $(...), $((...))."""
    if isinstance(part, Parameter):
        return not (part.operator or parameters.several(part))
    return isinstance(part, (Substitution, Arithmetic))


def _split(function: Text) -> Fields:
    """What is most often split, and may be long: one expansion, at blanks."""

    def split(sh: Shell) -> list[str]:
        value, separators = function(sh), sh.ifs()
        if separators == " \t\n" and value.isascii() and not ("*" in value or "?" in value or "[" in value):
            return value.split()
        builder = _Builder()
        builder.split(value, separators)
        builder.close()
        return _found(sh, builder)

    return split


def _field_part(part: Node, first: bool) -> Callable[[Shell, _Builder], None]:
    if isinstance(part, Parameter):
        several = parameters.several(part)
        inner: list[Node] = part.word.parts if part.word is not None and part.operator[-1:] in ("-", "+", "=") else []
        if not several and part.quoted and len(inner) == 1 and isinstance(inner[0], Parameter) \
                and parameters.several(inner[0]) == "@":
            several = "@"  # "${x+"$@"}"
        if several:
            return _many(part, several)
        if not part.quoted and part.operator[-1:] in ("-", "+") and part.operator and part.word is not None:
            return _alternative(part)
    function = part_text(part, first)
    if part.quoted or isinstance(part, Literal):
        quoted = part.quoted
        return lambda sh, builder: builder.add(function(sh), quoted)
    return lambda sh, builder: builder.split(function(sh), sh.ifs())


def _alternative(part: Parameter) -> Callable[[Shell, _Builder], None]:
    """${x:-"a b" c}: quotes in the word hold."""
    needs = _needs(part)
    inner = [_field_part(each, False) for each in part.word.parts]
    keep = part.operator[-1] == "-"
    own = part_text(Parameter(part.name, part.subscript, "", None, None, False, part.indirect, False), False)

    def add(sh: Shell, builder: _Builder) -> None:
        if needs(sh):
            for each in inner:
                each(sh, builder)
        elif keep:
            builder.split(own(sh), sh.ifs())

    return add


def _many(part: Parameter, several: str) -> Callable[[Shell, _Builder], None]:
    found = parameters.values(part, text, pattern)
    if part.name not in ("@", "*") and part.subscript is None:
        inner = parameters.values(part.word.parts[0], text, pattern)
        needs, keeps = _needs(part), part.operator[-1] != "+"
        own = found

        def found(sh: Shell) -> list[str] | None:
            return inner(sh) if needs(sh) else own(sh) if keeps else []

    def add(sh: Shell, builder: _Builder) -> None:
        values = found(sh) or []
        if part.quoted and several == "*":
            builder.add(sh.separator().join(values), True)
            return
        for number, value in enumerate(values):
            if number:
                builder.close()
            if part.quoted:
                builder.add(value, True)
            else:
                builder.split(value, sh.ifs())

    return add


# Braces

def braces(word: Word) -> list[Word]:
    """Return the words that bash's {a,b} and {1..3} make of one."""
    for number, part in enumerate(word.parts):
        if not isinstance(part, Literal) or part.quoted or "{" not in part.text:
            continue
        found = _brace(part.text)
        if found is None:
            continue
        before, choices, after = found
        words = []
        for choice in choices:
            parts = [*word.parts[:number], Literal(before + choice + after, False), *word.parts[number + 1:]]
            words += braces(Word(parts))
        return words
    return [word]


def _brace(value: str) -> tuple[str, list[str], str] | None:
    start = value.find("{")
    while start >= 0:
        depth, commas, end = 0, [start], -1
        for at in range(start, len(value)):
            char = value[at]
            depth += (char == "{") - (char == "}")
            if char == "," and depth == 1:
                commas.append(at)
            if not depth:
                end = at
                break
        if end > 0:
            inner = value[start + 1:end]
            if len(commas) > 1:
                commas.append(end)
                choices = [value[comma + 1:commas[number + 1]] for number, comma in enumerate(commas[:-1])]
                return value[:start], choices, value[end + 1:]
            series = _series(inner)
            if series is not None:
                return value[:start], series, value[end + 1:]
        start = value.find("{", start + 1)
    return None


def _series(inner: str) -> list[str] | None:
    parts = inner.split("..")
    if len(parts) not in (2, 3) or not all(parts):
        return None
    try:
        step = abs(int(parts[2])) or 1 if len(parts) == 3 else 1
        first, last = int(parts[0]), int(parts[1])
        width = max(len(each) for each in parts[:2]) if any(each.lstrip("-")[:1] == "0" and len(each) > 1
                                                            for each in parts[:2]) else 0
        numbers = range(first, last + 1, step) if first <= last else range(first, last - 1, -step)
        return [str(each).zfill(width) for each in numbers[:100_000]]
    except ValueError:
        if len(parts[0]) == len(parts[1]) == 1:
            a, b = ord(parts[0]), ord(parts[1])
            return [chr(each) for each in (range(a, b + 1) if a <= b else range(a, b - 1, -1))]
        return None
