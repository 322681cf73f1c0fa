"""The grammar of the shell, as far as commands in manifests use it.

`parse` turns a script into nested tuples: ("simple", words, redirections), ("not", a), ("and", a, b), ("or", a, b),
("pipe", [a ...]), ("list", [a ...]), ("background", a), ("group", a), ("if", [(condition, body) ...], otherwise),
("while", condition, body), ("until", condition, body), ("for", name, words, body), ("case", word, [(patterns, body)
...]). A word is a list of parts (kind, text, quoted); the kinds are `text`, `variable`, `command` and `arithmetic`.
"""

from __future__ import annotations

_OPERATORS = (";;", "&&", "||", ">>", "<<", ">&", "<&", "&>", ";", "&", "|", "(", ")", "<", ">", "\n")
_CLOSING = {"then", "do", "done", "fi", "else", "elif", "esac", "}"}


class ShellSyntaxError(Exception):
    """The script is none, or uses what this shell does not know."""


class _Lexer:
    def __init__(self, text: str):
        self.text, self.at = text, 0

    def tokens(self) -> list:
        """Return operators as str and words as lists of parts."""
        found: list = []
        while self.at < len(self.text):
            char = self.text[self.at]
            if char in " \t\r" or self.text.startswith("\\\n", self.at):
                self.at += 2 if char == "\\" else 1
            elif char == "#" and (not found or self.text[self.at - 1] in " \t\n;"):
                while self.at < len(self.text) and self.text[self.at] != "\n":
                    self.at += 1
            else:
                operator = next((o for o in _OPERATORS if self.text.startswith(o, self.at)), None)
                if operator is not None:
                    self.at += len(operator)
                    found.append(operator)
                else:
                    found.append(self._word())
        return found

    def _word(self) -> list:
        parts: list = []
        while self.at < len(self.text):
            char = self.text[self.at]
            if char in " \t\r\n;&|<>()":
                break
            if char == "'":
                end = self._find("'", self.at + 1)
                parts.append(("text", self.text[self.at + 1:end], True))
                self.at = end + 1
            elif char == '"':
                self.at += 1
                parts.append(("text", "", True))
                while self._peek() != '"':
                    self._part(parts, '"$`\\', True)
                self.at += 1
            else:
                self._part(parts, " \t\r\n;&|<>()'\"$`\\", False)
        return parts

    def _peek(self) -> str:
        if self.at >= len(self.text):
            raise ShellSyntaxError("unterminated quoted string")
        return self.text[self.at]

    def _find(self, char: str, start: int) -> int:
        end = self.text.find(char, start)
        if end < 0:
            raise ShellSyntaxError("unterminated quoted string")
        return end

    def _part(self, parts: list, stops: str, quoted: bool) -> None:
        char = self._peek()
        if char == "\\":
            following = self.text[self.at + 1:self.at + 2]
            keeps = quoted and following not in '"$`\\\n'
            parts.append(("text", ("\\" if keeps else "") + following, True))
            self.at += 2
        elif char == "$":
            self._expansion(parts, quoted)
        elif char == "`":
            end = self._find("`", self.at + 1)
            parts.append(("command", self.text[self.at + 1:end], quoted))
            self.at = end + 1
        else:
            start = self.at
            while self.at < len(self.text) and self.text[self.at] not in stops:
                self.at += 1
            parts.append(("text", self.text[start:self.at], quoted))

    def _expansion(self, parts: list, quoted: bool) -> None:
        text = self.text
        if text.startswith("$((", self.at):
            end = self._matching(self.at + 3, 2)
            parts.append(("arithmetic", text[self.at + 3:end], quoted))
            self.at = end + 2
        elif text.startswith("$(", self.at):
            end = self._matching(self.at + 2, 1)
            parts.append(("command", text[self.at + 2:end], quoted))
            self.at = end + 1
        elif text.startswith("${", self.at):
            end = self._find("}", self.at)
            parts.append(("variable", text[self.at + 2:end], quoted))
            self.at = end + 1
        else:
            start = end = self.at + 1
            while end < len(text) and (text[end].isalnum() or text[end] == "_"):
                end += 1
            if end == start and text[start:start + 1] in ("?", "$", "#", "@", "*", "!", "-"):
                end += 1
            parts.append(("variable", text[start:end], quoted) if end > start else ("text", "$", quoted))
            self.at = end

    def _matching(self, start: int, depth: int) -> int:
        """Return where the closing parentheses of an expansion begin."""
        open_, at, quote = depth, start, ""
        while at < len(self.text):
            char = self.text[at]
            if quote:
                quote = "" if char == quote else quote
            elif char in "'\"":
                quote = char
            elif char == "(":
                open_ += 1
            elif char == ")":
                open_ -= 1
                if not open_:
                    return at - depth + 1
            at += 1
        raise ShellSyntaxError("unterminated expansion")


def plain(word) -> str:
    """Return an unquoted word's text, "" for anything else: what keywords are recognized by."""
    if isinstance(word, list) and len(word) == 1 and word[0][0] == "text" and not word[0][2]:
        return word[0][1]
    return ""


class _Parser:
    def __init__(self, text: str):
        self.tokens, self.at = _Lexer(text).tokens(), 0

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def next(self):
        token = self.peek()
        self.at += 1
        return token

    def expect(self, wanted: str) -> None:
        token = self.next()
        if token != wanted and plain(token) != wanted:
            raise ShellSyntaxError(f"expected {wanted}")

    def skip_lines(self) -> None:
        while self.peek() == "\n":
            self.at += 1

    def commands(self):
        """A sequence of commands, up to a closing keyword or the end."""
        found = []
        while True:
            while self.peek() in ("\n", ";"):
                self.at += 1
            token = self.peek()
            if token is None or token in (")", ";;") or plain(token) in _CLOSING:
                return ("list", found)
            command = self.and_or()
            if self.peek() == "&":
                self.at += 1
                command = ("background", command)
            found.append(command)

    def and_or(self):
        left = self.pipeline()
        while self.peek() in ("&&", "||"):
            operator = self.next()
            self.skip_lines()
            left = ("and" if operator == "&&" else "or", left, self.pipeline())
        return left

    def pipeline(self):
        if plain(self.peek()) == "!":
            self.at += 1
            return ("not", self.pipeline())
        commands = [self.command()]
        while self.peek() == "|":
            self.at += 1
            self.skip_lines()
            commands.append(self.command())
        return commands[0] if len(commands) == 1 else ("pipe", commands)

    def command(self):
        token = self.peek()
        if token == "(":
            self.at += 1
            body = self.commands()
            self.expect(")")
            return self.redirected(("group", body))
        compound = {"if": self.if_, "while": self.loop, "until": self.loop, "for": self.for_, "case": self.case,
                    "{": self.braces}.get(plain(token))
        return self.redirected(compound()) if compound is not None else self.simple()

    def redirected(self, command):
        redirections = self.redirections([])
        return ("redirected", command, redirections) if redirections else command

    def redirections(self, words: list) -> list:
        found = []
        while self.peek() in (">", ">>", "<", ">&", "<&", "&>"):
            operator = self.next()
            number = plain(words[-1]) if words else ""
            if number.isdigit() and operator != "&>":
                words.pop()
            target = self.next()
            if not isinstance(target, list):
                raise ShellSyntaxError("expected a file name")
            found.append((operator, number if number.isdigit() else "", target))
        return found

    def simple(self):
        words: list = []
        redirections: list = []
        while True:
            redirections += self.redirections(words)
            token = self.peek()
            if not isinstance(token, list):
                break
            words.append(self.next())
        if not words and not redirections:
            raise ShellSyntaxError(f"unexpected {token!r}")
        return ("simple", words, redirections)

    def braces(self):
        self.expect("{")
        body = self.commands()
        self.expect("}")
        return body

    def if_(self):
        branches = []
        self.expect("if")
        while True:
            condition = self.commands()
            self.expect("then")
            branches.append((condition, self.commands()))
            word = plain(self.next())
            if word == "fi":
                return ("if", branches, None)
            if word == "else":
                otherwise = self.commands()
                self.expect("fi")
                return ("if", branches, otherwise)
            if word != "elif":
                raise ShellSyntaxError("expected fi")

    def loop(self):
        kind = plain(self.next())
        condition = self.commands()
        self.expect("do")
        body = self.commands()
        self.expect("done")
        return (kind, condition, body)

    def for_(self):
        self.expect("for")
        name = plain(self.next())
        words = []
        if plain(self.peek()) == "in":
            self.at += 1
            while isinstance(self.peek(), list):
                words.append(self.next())
        while self.peek() in (";", "\n"):
            self.at += 1
        self.expect("do")
        body = self.commands()
        self.expect("done")
        return ("for", name, words, body)

    def case(self):
        self.expect("case")
        word = self.next()
        self.skip_lines()
        self.expect("in")
        branches = []
        while True:
            self.skip_lines()
            if plain(self.peek()) == "esac":
                self.at += 1
                return ("case", word, branches)
            if self.peek() == "(":
                self.at += 1
            patterns = [self.next()]
            while self.peek() == "|":
                self.at += 1
                patterns.append(self.next())
            self.expect(")")
            branches.append((patterns, self.commands()))
            if self.peek() == ";;":
                self.at += 1


def parse(script: str):
    """Return the tree of a script; raises ShellSyntaxError."""
    parser = _Parser(script)
    tree = parser.commands()
    if parser.peek() is not None:
        raise ShellSyntaxError(f"unexpected {parser.peek()!r}")
    return tree
