"""Reads words: quotes, expansions, and the bodies of here-documents."""

from __future__ import annotations

from .syntax import Arithmetic, Literal, Parameter, Sequence, ShellSyntaxError, Simple, Substitution, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .syntax import Node, Sequence

BLANK = " \t"
META = " \t\n;&|<>()"
NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789")
SPECIAL = frozenset("@*#?-$!")
_OPERATORS = (":-", ":=", ":?", ":+", "-", "=", "?", "+", "##", "#", "%%", "%", "//", "/#", "/%", "/", "^^", "^", ",,",
              ",", ":", "@")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "v": "\v",
            "\\": "\\", "'": "'", '"': '"', "?": "?"}
MOST_NESTED = 120


class WordReader:
    """`text` from `at` on, in `line`. What it does not know of commands is `sequence`, which parser.py gives."""

    def __init__(self, text: str, line: int = 1, dialect: str = "bash"):
        self.text, self.at, self.line, self.dialect = text, 0, line, dialect
        self.bash = dialect == "bash"
        self.more = dialect != "dash"  # $'...', <(...), &> and `function`, which busybox has, too
        self.slots = 0
        self.nested = 0
        self.document_body = False  # where double quotes are plain
        self.unended: tuple[str, bool] | None = None  # the end that a here-document lacks, whether tabs count

    def sequence(self, ends: tuple[str, ...]) -> Sequence:
        raise NotImplementedError

    def fail(self, message: str, token: str = "", incomplete: bool = False) -> ShellSyntaxError:
        return ShellSyntaxError(message, self.line, token, incomplete)

    def unclosed(self, message: str, closing: str) -> ShellSyntaxError:
        """The text ends before a quote or a bracket is closed."""
        return self.fail(message, closing, True)

    def peek(self, count: int = 1) -> str:
        return self.text[self.at:self.at + count]

    # Words

    def word(self, stops: str = META, quoted: bool = False, pattern: bool = False) -> Word:
        """Read a word up to one of `stops` (or the end).

        `quoted`: it stands within double quotes; `pattern`: parentheses of patterns may stand in it.
        """
        parts: list[Node] = []
        plain: list[str] = []
        text, size = self.text, len(self.text)

        def flush() -> None:
            if plain:
                parts.append(Literal("".join(plain), quoted))
                plain.clear()

        while self.at < size:
            char = text[self.at]
            if char in stops:
                if char in "<>" and self.more and text[self.at + 1:self.at + 2] == "(" and stops is META:
                    flush()
                    self.at += 2
                    inner_part = self._substitution(False)
                    parts.append(Substitution(inner_part.program, True, inner_part.slot, char))
                    continue
                if not (char == "(" and plain and plain[-1] in "?*+@!" and self.bash and stops is META):
                    break
                self._extended(plain)
                continue
            if char == "\\":
                self._backslash(parts, plain, flush, quoted, stops)
            elif char == "'" and not quoted:
                flush()
                end = text.find("'", self.at + 1)
                if end < 0:
                    raise self.unclosed("Unterminated quoted string", "'")
                parts.append(Literal(text[self.at + 1:end], True))
                self.line += text.count("\n", self.at, end)
                self.at = end + 1
            elif char == '"' and self.document_body:
                plain.append(char)
                self.at += 1
            elif char == '"':
                flush()
                self.at += 1
                if quoted:
                    continue
                inner = self.word('"', True)
                if self.peek() != '"':
                    raise self.unclosed("Unterminated quoted string", '"')
                self.at += 1
                parts += inner.parts or [Literal("", True)]
            elif char == "$":
                part = self._dollar(quoted)
                if part is None:
                    plain.append("$")
                else:
                    flush()
                    parts.append(part)
            elif char == "`":
                flush()
                parts.append(self._backquote(quoted))
            else:
                if char == "\n":
                    self.line += 1
                plain.append(char)
                self.at += 1
        flush()
        return Word(parts)

    def _extended(self, plain: list[str]) -> None:
        """Take over a pattern such as @(a|b) as it stands."""
        depth = 0
        while True:
            char = self.peek()
            if not char:
                raise self.unclosed("end of file unexpected", ")")
            plain.append(char)
            self.at += 1
            depth += (char == "(") - (char == ")")
            if not depth:
                return

    def _backslash(self, parts: list[Node], plain: list[str], flush, quoted: bool, stops: str) -> None:  # type: ignore[no-untyped-def]
        follows = self.text[self.at + 1:self.at + 2]
        self.at += 2
        if follows == "\n":
            self.line += 1
        elif not follows:
            plain.append("\\")
        elif quoted:
            if (follows in '$`"\\' and (follows != '"' or '"' in stops)) or (follows in stops and follows == "}"):
                plain.append(follows)
            else:
                plain.append("\\" + follows)
        else:
            flush()
            parts.append(Literal(follows, True))

    # Expansions

    def _dollar(self, quoted: bool) -> Node | None:
        text, at = self.text, self.at
        follows = text[at + 1:at + 2]
        if follows == "(":
            if text[at + 2:at + 3] == "(":
                found = self._arithmetic(quoted)
                if found is not None:
                    return found
            self.at += 2
            return self._substitution(quoted)
        if follows == "{":
            self.at += 2
            return self._braces(quoted)
        if follows == "'" and not quoted and self.more:
            return self._ansi()
        if follows == '"' and not quoted and self.bash:
            self.at += 1
            return Literal("", True)
        if follows and (follows in SPECIAL or follows.isdigit()):
            self.at += 2
            return Parameter(follows, None, "", None, None, False, False, quoted)
        end = at + 1
        while end < len(text) and text[end] in NAME:
            end += 1
        if end == at + 1:
            self.at += 1
            return None
        self.at = end
        return Parameter(text[at + 1:end], None, "", None, None, False, False, quoted)

    def _substitution(self, quoted: bool) -> Substitution:
        self.nested += 1
        if self.nested > MOST_NESTED:
            raise self.fail("nested too deeply")
        program = self.sequence((")",))
        if self.peek() != ")":
            raise self.unclosed('end of file unexpected (expecting ")")', ")")
        self.at += 1
        self.nested -= 1
        self.slots += 1
        if self.bash:
            _read_file(program)
        return Substitution(program, quoted, self.slots, "")

    def _backquote(self, quoted: bool) -> Substitution:
        end = self.at + 1
        inner = []
        while True:
            char = self.text[end:end + 1]
            if not char:
                raise self.unclosed("EOF in backquote substitution", "`")
            if char == "`":
                break
            if (char == "\\" and self.text[end + 1:end + 2] in ('$', '`', '\\')) or (
                    char == "\\" and quoted and self.text[end + 1:end + 2] == '"'):
                end += 1
                char = self.text[end]
            inner.append(char)
            end += 1
        reader = type(self)("".join(inner), self.line, self.dialect)
        reader.slots, reader.nested = self.slots, self.nested
        program = reader.sequence(())
        self.line += self.text.count("\n", self.at, end)
        self.at = end + 1
        self.slots = reader.slots + 1
        return Substitution(program, quoted, self.slots, "")

    def _arithmetic(self, quoted: bool) -> Arithmetic | None:
        """Read $((...)); None where it is a subshell within $( )."""
        end = self.balanced(self.at + 3)
        if end is None or self.text[end:end + 2] != "))":
            return None
        inner = self.inner(self.at + 3, end)
        self.at = end + 2
        return Arithmetic(inner, quoted)

    def balanced(self, start: int) -> int | None:
        """Return where the parenthesis that was opened before `start` closes."""
        depth, at, text = 0, start, self.text
        while at < len(text):
            char = text[at]
            if char == "(":
                depth += 1
            elif char == ")":
                if not depth:
                    return at
                depth -= 1
            elif char == "\\":
                at += 1
            elif char == "'":
                at = text.find("'", at + 1)
                if at < 0:
                    return None
            at += 1
        return None

    def inner(self, start: int, end: int, quoted: bool = True) -> Word:
        """Read a stretch of the text as if within double quotes."""
        reader = type(self)(self.text[start:end], self.line, self.dialect)
        reader.slots, reader.nested = self.slots, self.nested
        word = reader.word("", quoted)
        self.slots = reader.slots
        self.line += self.text.count("\n", start, end)
        return word

    def _braces(self, quoted: bool) -> Parameter:
        text = self.text
        length = indirect = False
        if self.peek() == "#" and text[self.at + 1:self.at + 2] not in ("}", "", ":", "%", "=", "+"):
            if text[self.at + 1:self.at + 2] in NAME or text[self.at + 1:self.at + 3] in ("@}", "*}", "?}", "$}",
                "!}", "#}"):
                length = True
                self.at += 1
        elif self.peek() == "!" and text[self.at + 1:self.at + 2] in NAME:
            indirect = True
            self.at += 1
        start = self.at
        if self.peek() in SPECIAL:
            self.at += 1
        else:
            while self.peek() and self.peek() in NAME:
                self.at += 1
        name = text[start:self.at]
        if not name:
            raise self.fail("Bad substitution")
        subscript = None
        if self.peek() == "[" and self.bash:
            self.at += 1
            subscript = self.word("]", False)
            self._expect("]")
        if self.peek() == "}":
            self.at += 1
            return Parameter(name, subscript, "", None, None, length, indirect, quoted)
        operator = next((each for each in _OPERATORS if text.startswith(each, self.at)), "")
        if not operator or length:
            raise self.fail("Bad substitution")
        self.at += len(operator)
        word = second = None
        if operator[0] == "/":
            word = self.word("/}", False)
            if self.peek() == "/":
                self.at += 1
                second = self.word("}", quoted)
        elif operator == ":":
            word = self.word(":}", True)
            if self.peek() == ":":
                self.at += 1
                second = self.word("}", True)
        elif operator[0] in "#%^,":
            word = self.word("}", False)
        else:
            word = self._alternative(quoted)
        self._expect("}")
        return Parameter(name, subscript, operator, word, second, length, indirect, quoted)

    def _alternative(self, quoted: bool) -> Word:
        """Read what stands after :- and its kin; within double quotes, quotes in it open and close again."""
        if not quoted:
            return self.word("}", False)
        parts: list[Node] = []
        while self.peek() not in ("}", ""):
            parts += self.word('}"', True).parts
            if self.peek() == '"':
                self.at += 1
        return Word(parts)

    def _expect(self, char: str) -> None:
        if self.peek() != char:
            raise self.unclosed("Missing '}'", "}")
        self.at += 1

    def _ansi(self) -> Literal:
        """Read $'...'."""
        out, at, text = [], self.at + 2, self.text
        while True:
            char = text[at:at + 1]
            if not char:
                raise self.unclosed("Unterminated quoted string", "'")
            if char == "'":
                break
            if char != "\\":
                out.append(char)
                at += 1
                continue
            found, at = escape(text, at + 1)
            out.append(found)
        self.at = at + 1
        return Literal("".join(out), True)

    # Here-documents

    def document(self, end: str, strip: bool, quoted: bool) -> Word:
        """Read lines up to `end`, from the beginning of a line on."""
        lines = []
        while self.at < len(self.text):
            stop = self.text.find("\n", self.at)
            stop = len(self.text) if stop < 0 else stop
            line = self.text[self.at:stop]
            self.at = min(stop + 1, len(self.text))
            self.line += 1
            if strip:
                line = line.lstrip("\t")
            if line == end:
                break
            lines.append(line + "\n")
        else:
            self.unended = end, strip
        body = "".join(lines)
        if quoted:
            return Word([Literal(body, True)])
        reader = type(self)(body, self.line - len(lines) - 1, self.dialect)
        reader.slots, reader.nested = self.slots, self.nested
        reader.document_body = True
        word = reader.word("", True)
        self.slots = reader.slots
        return word


def escape(text: str, at: int) -> tuple[str, int]:
    """Return what the escape sequence at `at`, behind its backslash, stands for, and where it ends ($'...')."""
    char = text[at:at + 1]
    if char in _ESCAPES:
        return _ESCAPES[char], at + 1
    if char in "01234567" and char:
        end = at
        while end < min(at + 3, len(text)) and text[end] in "01234567":
            end += 1
        return chr(int(text[at:end], 8) & 255), end
    if char in ("x", "u", "U"):
        end = at + 1
        most = {"x": 2, "u": 4, "U": 8}[char]
        while end < min(at + 1 + most, len(text)) and text[end] in "0123456789abcdefABCDEF":
            end += 1
        if end > at + 1:
            return chr(int(text[at + 1:end], 16)), end
    return "\\" + char, at + 1


def _read_file(program: Sequence) -> None:
    """$(<file), which only redirects, gives what the file has, as with cat."""
    if len(program.items) != 1 or program.items[0][1] or program.items[0][0].rest:
        return
    commands = program.items[0][0].first.commands
    command = commands[0]
    bare = len(commands) == 1 and isinstance(command, Simple) and not command.words and not command.assignments
    if bare and [each.operator for each in command.redirects] == ["<"]:
        command.words = [Word([Literal("cat", False)])]
