"""Reads shell programs: the grammar of XCU 2.10, and what bash adds ([[ ]], (( )), arrays, function, &>, <<<)."""

from __future__ import annotations

from . import syntax
from .syntax import AndOr, Assignment, Literal, Pipeline, Redirect, Sequence, ShellSyntaxError, Simple, Word
from .words import BLANK, META, NAME, WordReader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .syntax import Node

RESERVED = ("!", "{", "}", "case", "do", "done", "elif", "else", "esac", "fi", "for", "if", "then", "until", "while",
             "[[", "function", "time", "select")
_REDIRECTS = ("&>>", "<<-", "<<<", "&>", "<<", ">>", "<&", ">&", "<>", ">|", "<", ">")
_UNARY = ("-a", "-b", "-c", "-d", "-e", "-f", "-g", "-h", "-k", "-L", "-n", "-N", "-o", "-O", "-p", "-r", "-s", "-S",
          "-t", "-u", "-v", "-w", "-x", "-z")
_BINARY = ("=", "==", "!=", "=~", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef")


class Parser(WordReader):
    """`Parser(text).program()` gives a Sequence; raises ShellSyntaxError."""

    def __init__(self, text: str, line: int = 1, dialect: str = "bash"):
        super().__init__(text, line, dialect)
        self.documents: list[tuple[Redirect, str, bool, bool]] = []

    def program(self) -> tuple[Sequence, ShellSyntaxError | None]:
        """Read all of it; where that fails, what stands on the lines before, which a shell runs before it sees it."""
        items: list[tuple[AndOr, bool]] = []
        try:
            while True:
                found = self.sequence((), True)
                items += found.items
                if self.at >= len(self.text):
                    return Sequence(items), None
                if not found.items:
                    raise self._unexpected()
        except ShellSyntaxError as error:
            return Sequence(items), error

    # Between the words

    def blanks(self) -> None:
        """Skip blanks, comments and escaped line ends."""
        text = self.text
        while self.at < len(text):
            char = text[self.at]
            if char in BLANK:
                self.at += 1
            elif char == "\\" and text[self.at + 1:self.at + 2] == "\n":
                self.at += 2
                self.line += 1
            elif char == "#" and (self.at == 0 or text[self.at - 1] in META):
                end = text.find("\n", self.at)
                self.at = len(text) if end < 0 else end
            else:
                break

    def newline(self) -> None:
        """Step over a line end, and read the here-documents that follow it."""
        self.at += 1
        self.line += 1
        pending, self.documents = self.documents, []
        for redirect, end, strip, quoted in pending:
            redirect.target = self.document(end, strip, quoted)

    def lines(self) -> None:
        """Skip blanks and line ends."""
        while True:
            self.blanks()
            if self.peek() != "\n":
                return
            self.newline()

    def token(self) -> str:
        """Return the operator or the plain word that comes, without taking it."""
        self.blanks()
        char = self.peek()
        if not char:
            return ""
        if char in "\n;&|()<>":
            return next((each for each in ("&&", "||", ";;&", ";;", ";&") if self.text.startswith(each, self.at)), char)
        end = self.at
        while end < len(self.text) and self.text[end] not in META:
            end += 1
        return self.text[self.at:end]

    def accept(self, token: str) -> bool:
        """Take a token if it comes."""
        if self.token() != token:
            return False
        self.at += len(token)
        return True

    def expect(self, token: str) -> None:
        """Take a token that must come."""
        self.lines()
        if not self.accept(token):
            raise self._unexpected(token)

    def _unexpected(self, wanted: str = "") -> ShellSyntaxError:
        found = self.token()
        told = "end of file" if not found else "newline" if found == "\n" else f'"{found}"'
        return self.fail(f"{told} unexpected" + (f' (expecting "{wanted}")' if wanted else ""), found, not found)

    # Lists

    def sequence(self, ends: tuple[str, ...], line: bool = False) -> Sequence:
        """Read commands up to one of the tokens `ends`, which is left. `line`: only those of a line."""
        items: list[tuple[AndOr, bool]] = []
        while True:
            self.lines()
            token = self.token()
            if not token or token in ends:
                break
            if token in (")", "}", ";;", ";&", ";;&", "do", "done", "then", "fi", "elif", "else", "esac", "&", ";"):
                raise self._unexpected()
            item = self.and_or()
            token = self.token()
            background = token == "&"
            if token in ("&", ";"):
                self.at += 1
            items.append((item, background))
            if line and self.token() == "\n":
                self.newline()
                break
            if token not in ("&", ";", "\n"):
                token = self.token()
                if token and token not in ends:
                    raise self._unexpected()
                break
        if self.documents and not self.token():
            self.at -= 1
            self.newline()
        return Sequence(items)

    def body(self, *ends: str) -> Sequence:
        """Read commands, at least one, up to a reserved word."""
        found = self.sequence(ends)
        if not found.items:
            raise self._unexpected()
        return found

    def and_or(self) -> AndOr:
        """Read pipelines with && and || between them."""
        first = self.pipeline()
        rest = []
        while (token := self.token()) in ("&&", "||"):
            self.at += 2
            self.lines()
            rest.append((token, self.pipeline()))
        return AndOr(first, rest)

    def pipeline(self) -> Pipeline:
        """Read commands with | between them."""
        negated = timed = False
        line = self.line
        while True:
            if self.bash and self.accept("time"):
                timed = True
                if self.token() == "-p":
                    self.accept("-p")
            elif self.accept("!"):
                negated = not negated
            else:
                break
        commands = [self.command()]
        while self.token() == "|":
            self.at += 1
            if self.bash and self.peek() == "&":
                self.at += 1
                commands[-1] = syntax.Redirected(commands[-1], [Redirect(2, ">&", Word([Literal("1", False)]))], line)
            self.lines()
            commands.append(self.command())
        return Pipeline(commands, negated, timed, line)

    # Commands

    def command(self) -> Node:
        """Read one command with its redirections."""
        line = self.line
        token = self.token()
        compound = self._compound(token)
        if compound is None:
            return self.simple(line)
        if isinstance(compound, syntax.Function):
            return compound
        redirects = []
        while (redirect := self.redirect()) is not None:
            redirects.append(redirect)
        return syntax.Redirected(compound, redirects, line) if redirects else compound

    def _compound(self, token: str) -> Node | None:
        line = self.line
        if token == "(":
            if self.bash and self.peek(2) == "((":
                end = self.balanced(self.at + 2)
                if end is not None and self.text[end:end + 2] == "))":
                    word = self.inner(self.at + 2, end)
                    self.at = end + 2
                    return syntax.Compute(word, line)
            self.at += 1
            body = self.body(")")
            self.expect(")")
            return syntax.Subshell(body)
        if token == "{":
            self.at += 1
            body = self.body("}")
            self.expect("}")
            return syntax.Group(body)
        if token == "if":
            return self._if()
        if token in ("while", "until"):
            self.at += 5
            condition = self.body("do")
            return syntax.While(condition, self._do(), token == "until")
        if token == "for":
            return self._for(line)
        if token == "case":
            return self._case(line)
        if token == "[[" and self.bash:
            self.at += 2
            test = self._either()
            self.expect("]]")
            return syntax.Condition(test, line)
        if token == "function" and self.more:
            self.at += 8
            self.blanks()
            name = self._name("-.:")
            self.blanks()
            if self.peek() == "(":
                self.at += 1
                self.expect(")")
            self.lines()
            return syntax.Function(name, self.command())
        if token in ("then", "do", "done", "fi", "elif", "else", "esac", "}", ")", ";;", "|", "&", ";", "&&", "||",
                     "\n", ""):
            raise self._unexpected()
        return self._function()

    def _function(self) -> Node | None:
        """Read `name() command`, if that is what comes."""
        end = self.at
        while end < len(self.text) and (self.text[end] in NAME or self.text[end] in "-.:"):
            end += 1
        name = self.text[self.at:end]
        while end < len(self.text) and self.text[end] in BLANK:
            end += 1
        if not name:
            return None
        close = end + 1
        while close < len(self.text) and self.text[close] in BLANK:
            close += 1
        if self.text[end:end + 1] != "(" or self.text[close:close + 1] != ")":
            return None
        self.at = close + 1
        self.lines()
        return syntax.Function(name, self.command())

    def _name(self, more: str = "") -> str:
        start = self.at
        while self.peek() and (self.peek() in NAME or self.peek() in more):
            self.at += 1
        return self.text[start:self.at]

    def _do(self) -> Sequence:
        self.expect("do")
        body = self.body("done")
        self.expect("done")
        return body

    def _if(self) -> Node:
        branches = []
        self.at += 2
        while True:
            condition = self.body("then")
            self.expect("then")
            branches.append((condition, self.body("elif", "else", "fi")))
            if not self.accept("elif"):
                break
        otherwise = self.body("fi") if self.accept("else") else None
        self.expect("fi")
        return syntax.If(branches, otherwise)

    def _for(self, line: int) -> Node:
        self.at += 3
        self.blanks()
        if self.bash and self.peek(2) == "((":
            end = self.balanced(self.at + 2)
            if end is None:
                raise self._unexpected()
            parts, start = [], self.at + 2
            for piece in self.text[start:end].split(";", 2):
                parts.append(self.inner(start, start + len(piece)))
                start += len(piece) + 1
            self.at = end + 2
            self.lines()
            self.accept(";")
            return syntax.CFor(*parts, self._do())
        name = self._name()
        if not name:
            raise self.fail("Bad for loop variable", self.token())
        self.lines()
        words = None
        if self.accept("in"):
            words = []
            while self.token() not in (";", "\n", ""):
                words.append(self.word())
        if self.token() == ";":
            self.at += 1
        return syntax.For(name, words, self._do(), line)

    def _case(self, line: int) -> Node:
        self.at += 4
        self.blanks()
        word = self.word()
        self.expect("in")
        clauses = []
        while True:
            self.lines()
            if self.accept("esac"):
                break
            self.accept("(")
            patterns = []
            while True:
                self.blanks()
                patterns.append(self.word())
                if not self.accept("|"):
                    break
            self.expect(")")
            body = self.sequence((";;", ";&", ";;&", "esac"))
            end = self.token()
            if end in (";;", ";&", ";;&"):
                self.at += len(end)
            elif end != "esac":
                raise self._unexpected()
            clauses.append((patterns, body if body.items else None, end))
        return syntax.Case(word, clauses, line)

    # [[ ... ]]

    def _either(self) -> tuple:  # type: ignore[type-arg]
        left = self._both()
        while self.accept("||"):
            left = ("or", left, self._both())
        return left

    def _both(self) -> tuple:  # type: ignore[type-arg]
        left = self._test()
        while self.accept("&&"):
            left = ("and", left, self._test())
        return left

    def _test(self) -> tuple:  # type: ignore[type-arg]
        self.lines()
        if self.accept("!"):
            return ("not", self._test())
        if self.accept("("):
            inner = self._either()
            self.expect(")")
            return inner
        token = self.token()
        if token in _UNARY:
            mark = self.at
            self.at += len(token)
            if self.token() not in (*_BINARY, "]]", "&&", "||"):
                return ("unary", token, self.word())
            self.at = mark
        left = self.word()
        operator = self.token()
        if operator in _BINARY or operator in ("<", ">"):
            self.at += len(operator)
            self.blanks()
            if operator == "=~":
                return ("binary", operator, left, self._regular())
            return ("binary", operator, left, self.word())
        return ("unary", "-n", left)

    def _regular(self) -> Word:
        """Read a regular expression, in which parentheses and | are plain."""
        parts: list[Node] = []
        depth = 0
        while self.peek() and (depth or self.peek() not in " \t\n"):
            char = self.peek()
            if char in "()|<>;& \t":
                depth += (char == "(") - (char == ")")
                parts.append(Literal(char, False))
                self.at += 1
            elif char == "\\":
                parts.append(Literal(self.peek(2), False))
                self.at += 2
            else:
                parts += self.word().parts
        return Word(parts)

    # Simple commands

    def simple(self, line: int) -> Simple:
        """Read assignments, words and redirections."""
        assignments: list[Assignment] = []
        words: list[Word] = []
        redirects: list[Redirect] = []
        while True:
            redirect = self.redirect()
            if redirect is not None:
                redirects.append(redirect)
                continue
            char = self.peek()
            if self.dialect == "ash" and self.peek(2) in ("&&", "||") and _is(words, 0, "[[") and (
                    not _is(words, -1, "]]")):
                words.append(Word([Literal(self.peek(2), True)]))
                self.at += 2
                continue
            if not char or char in "\n;&|()":
                if char == "(" and words:
                    raise self._unexpected()
                break
            if not words or _declares(words[0]):
                assignment = self.assignment()
                if assignment is not None:
                    (words if words else assignments).append(assignment)  # type: ignore[arg-type]
                    continue
            words.append(self.word())
        if not (assignments or words or redirects):
            raise self._unexpected()
        return Simple(assignments, words, redirects, line)

    def assignment(self) -> Assignment | None:
        """Read name=value, if that is what comes."""
        start = self.at
        name = self._name()
        if not name or name[0].isdigit():
            self.at = start
            return None
        subscript = None
        if self.bash and self.peek() == "[":
            close = self.text.find("]", self.at)
            if close < 0 or self.text[close + 1:close + 2] not in ("=", "+"):
                self.at = start
                return None
            subscript = self.inner(self.at + 1, close, False)
            self.at = close + 1
        append = self.bash and self.peek(2) == "+="
        if not append and self.peek() != "=":
            self.at = start
            return None
        self.at += 2 if append else 1
        if self.bash and self.peek() == "(":
            return Assignment(name, subscript, append, self._array())
        return Assignment(name, subscript, append, self.word())

    def _array(self) -> list[tuple[Word | None, Word]]:
        self.at += 1
        found: list[tuple[Word | None, Word]] = []
        while True:
            self.lines()
            if self.peek() == ")":
                self.at += 1
                return found
            if not self.peek():
                raise self._unexpected()
            key = None
            if self.peek() == "[":
                close = self.text.find("]=", self.at)
                if close > 0:
                    key = self.inner(self.at + 1, close, False)
                    self.at = close + 2
            found.append((key, self.word()))

    def redirect(self) -> Redirect | None:
        """Read a redirection, if that is what comes."""
        self.blanks()
        end = self.at
        while self.text[end:end + 1].isdigit():
            end += 1
        operator = next((each for each in _REDIRECTS if self.text.startswith(each, end)), None)
        if operator is None or (operator[0] == "&" and (not self.more or end != self.at)):
            return None
        if operator in ("<", ">") and self.text[end + 1:end + 2] == "(" and self.more and end == self.at:
            return None
        fd = int(self.text[self.at:end]) if end > self.at else 0 if operator[0] == "<" else 1
        self.at = end + len(operator)
        self.blanks()
        if operator in ("<<", "<<-"):
            return self._here(fd, operator == "<<-")
        if not self.peek() or self.peek() in "\n;&|()" or (self.peek() in "<>" and self.peek(2)[1:] != "("):
            raise self._unexpected()
        return Redirect(fd, operator, self.word())

    def _here(self, fd: int, strip: bool) -> Redirect:
        start = self.at
        word = self.word()
        raw = self.text[start:self.at]
        quoted = any(char in raw for char in "'\"\\")
        end = "".join(part.text for part in word.parts) if quoted else raw
        redirect = Redirect(fd, "<<", Word([]))
        self.documents.append((redirect, end, strip, quoted))
        return redirect


def _is(words: list[Word], at: int, text: str) -> bool:
    """Tell whether the first or the last of some words is what stands there."""
    parts = words[at].parts if words and isinstance(words[at], Word) else []
    return len(parts) == 1 and isinstance(parts[0], Literal) and (parts[0].text, parts[0].quoted) == (text, False)


def _declares(word: object) -> bool:
    """Tell whether assignments may follow a command's name: export x=1."""
    return (isinstance(word, Word) and len(word.parts) == 1 and isinstance(word.parts[0], Literal)
            and word.parts[0].text in ("export", "readonly", "local", "declare", "typeset"))
