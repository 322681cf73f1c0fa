"""Parse a template into trees (text/template/parse/parse.go)."""

from __future__ import annotations

import re

from ...go.fmt import Int, quote, unescape
from . import nodes
from .lexer import Token, tokens

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import NoReturn

    from ..types import Json

NAME = "output"  # what kubectl calls its template in messages


class ParseError(Exception):
    """Told as `template: output:LINE: ...`."""


def parse(text: str, functions: Collection[str]) -> dict[str, list[Json]]:
    """Return the trees (lists of nodes) of a template and what it defines, by name; its own name is `NAME`."""
    trees: dict[str, list[Json]] = {}
    source = _Source(text)
    parser = _Parser(source, functions, trees, NAME)
    try:
        parser.parse()
    except RecursionError:
        parser.fail("max expression depth exceeded")
    return trees


def _is_empty(tree: list[Json]) -> bool:
    return all(isinstance(node, nodes.Text) and not node.text.strip() for node in tree)


class _Source:
    """Tokens with look-ahead, shared by the trees of one text."""

    def __init__(self, text: str) -> None:
        self._tokens = tokens(text)
        self._pending: list[Token] = []
        self.latest = Token("eof", 0, "", 1)

    def next(self) -> Token:
        if self._pending:
            return self._pending.pop()
        self.latest = next(self._tokens, self.latest)
        return self.latest

    def push(self, *back: Token) -> None:
        """Give tokens back, the first to come last."""
        self._pending += back

    def peek(self) -> Token:
        token = self.next()
        self.push(token)
        return token

    def next_word(self) -> Token:
        """Return the next token that is no space."""
        token = self.next()
        return self.next() if token.kind == "space" else token

    def peek_word(self) -> Token:
        token = self.next_word()
        self.push(token)
        return token


_OPERANDS = {"bool", "char", "complex", ".", "field", "identifier", "number", "nil", "rawstring", "string", "variable",
             "("}


class _Parser:
    def __init__(self, source: _Source, functions: Collection[str], trees: dict[str, list[Json]], name: str) -> None:
        self.source, self.functions, self.trees, self.name = source, functions, trees, name
        self.variables = ["$"]
        self.range_depth = self.action_line = 0

    def fail(self, message: str) -> NoReturn:
        raise ParseError(f"template: {NAME}:{self.source.latest.line}: {message}")

    def unexpected(self, token: Token, context: str) -> NoReturn:
        if token.kind != "error":
            self.fail(f"unexpected {token} in {context}")
        extra = ""
        if self.action_line not in (0, token.line):
            extra = f" in action started at {NAME}:{self.action_line}"
            if token.value.endswith(" action"):
                extra = extra[len(" in action"):]
        self.fail(f"{token}{extra}")

    def expect(self, context: str, *kinds: str) -> Token:
        token = self.source.next_word()
        if token.kind not in kinds:
            self.unexpected(token, context)
        return token

    def parse(self) -> None:
        source, root = self.source, []
        while source.peek().kind != "eof":
            if source.peek().kind == "left":
                left = source.next()
                word = source.next_word()
                if word.kind == "define":
                    _Parser(source, self.functions, self.trees, "").definition()
                    continue
                source.push(word, left)
            node = self.text_or_action()
            if isinstance(node, nodes.Keyword) and node.word in ("end", "else"):
                self.fail(f"unexpected {node}")
            root.append(node)
        self.add(root)

    def add(self, tree: list[Json]) -> None:
        if self.name not in self.trees or _is_empty(self.trees[self.name]):
            self.trees[self.name] = tree
        elif not _is_empty(tree):
            self.fail(f"template: multiple definition of template {quote(self.name)}")

    def definition(self) -> None:
        context = "define clause"
        self.name = self.unquote(self.expect(context, "string", "rawstring"))
        self.expect(context, "right")
        self.body_until_end(context)

    def body_until_end(self, context: str) -> None:
        tree, end = self.item_list()
        if end.word != "end":
            self.fail(f"unexpected {end} in {context}")
        self.add(tree)

    def item_list(self) -> tuple[list[Json], nodes.Keyword]:
        found: list[Json] = []
        while self.source.peek_word().kind != "eof":
            node = self.text_or_action()
            if isinstance(node, nodes.Keyword) and node.word in ("end", "else"):
                return found, node
            found.append(node)
        self.fail("unexpected EOF")
        raise AssertionError

    def text_or_action(self) -> nodes.Node:
        token = self.source.next_word()
        if token.kind == "text":
            return nodes.Text(token.pos, token.value)
        if token.kind != "left":
            self.unexpected(token, "input")
        self.action_line = token.line
        node = self.action()
        self.action_line = 0
        return node

    def action(self) -> nodes.Node:
        token = self.source.next_word()
        kind = token.kind
        if kind in ("if", "range", "with"):
            return self.branch(kind)
        if kind in ("break", "continue"):
            after = self.source.next_word()
            if after.kind != "right":
                self.unexpected(after, f"{{{{{kind}}}}}")
            if not self.range_depth:
                self.fail(f"{{{{{kind}}}}} outside {{{{range}}}}")
            return nodes.Keyword(token.pos, kind)
        if kind == "end":
            return nodes.Keyword(self.expect("end", "right").pos, "end")
        if kind == "else":
            after = self.source.peek_word()
            if after.kind not in ("if", "with"):
                after = self.expect("else", "right")
            return nodes.Keyword(after.pos, "else")
        if kind in ("block", "template"):
            return self.template(kind)
        self.source.push(token)
        return nodes.Action(token.pos, self.pipeline("command", "right"))

    def branch(self, keyword: str) -> nodes.Branch:
        outer = len(self.variables)
        pipe = self.pipeline(keyword, "right")
        self.range_depth += keyword == "range"
        body, end = self.item_list()
        self.range_depth -= keyword == "range"
        otherwise = None
        if end.word == "else":
            if keyword in ("if", "with") and self.source.peek().kind == keyword:  # {{else if}}: one {{end}} for both
                self.source.next()
                otherwise = [self.branch(keyword)]
            else:
                otherwise, end = self.item_list()
                if end.word != "end":
                    self.fail(f"expected end; found {end}")
        del self.variables[outer:]
        return nodes.Branch(pipe.pos, keyword, pipe, body, otherwise)

    def template(self, keyword: str) -> nodes.Template:
        context = f"{keyword} clause"
        token = self.source.next_word()
        if token.kind not in ("string", "rawstring"):
            self.unexpected(token, context)
        name, pipe = self.unquote(token), None
        if keyword == "block":
            pipe = self.pipeline(context, "right")
            _Parser(self.source, self.functions, self.trees, name).body_until_end(context)
        else:
            after = self.source.next_word()
            if after.kind != "right":
                self.source.push(after)
                pipe = self.pipeline(context, "right")
        return nodes.Template(token.pos, name, pipe)

    def pipeline(self, context: str, end: str) -> nodes.Pipe:
        pipe = nodes.Pipe(self.source.peek_word().pos)
        self.declarations(pipe, context)
        while True:
            token = self.source.next_word()
            if token.kind == end:
                break
            if token.kind not in _OPERANDS:
                self.unexpected(token, context)
            self.source.push(token)
            pipe.commands.append(self.command())
        if not pipe.commands:
            self.fail(f"missing value for {context}")
        for i, command in enumerate(pipe.commands[1:], 2):
            if isinstance(command.args[0], (nodes.Constant, nodes.Dot, nodes.Nil)):
                self.fail(f"non executable command in pipeline stage {i}")
        return pipe

    def declarations(self, pipe: nodes.Pipe, context: str) -> None:
        source = self.source
        while source.peek_word().kind == "variable":
            variable = source.next_word()
            after = source.next()
            word = source.next() if after.kind == "space" else after
            if word.kind not in ("assign", "declare") and word.value != ",":
                source.push(word)
                if after is not word:
                    source.push(after)
                source.push(variable)
                return
            pipe.declared.append(variable.value)
            self.variables.append(variable.value)
            if word.value != ",":
                pipe.assigns = word.kind == "assign"
                return
            if context != "range" or len(pipe.declared) > 1:
                self.fail(f"too many declarations in {context}")
            if source.peek_word().kind not in ("variable", "right", ")"):
                self.fail("range can only initialize variables")

    def command(self) -> nodes.Command:
        command = nodes.Command(self.source.peek_word().pos)
        while True:
            self.source.peek_word()
            operand = self.operand()
            if operand is not None:
                command.args.append(operand)
            token = self.source.next()
            if token.kind == "space":
                continue
            if token.kind in ("right", ")"):
                self.source.push(token)
            elif token.kind != "pipe":
                self.unexpected(token, "operand")
            break
        if not command.args:
            self.fail("empty command")
        return command

    def operand(self) -> nodes.Node | None:
        node = self.term()
        if node is None or self.source.peek().kind != "field":
            return node
        if isinstance(node, (nodes.Constant, nodes.Dot, nodes.Nil)):
            while self.source.peek().kind == "field":
                self.source.next()
            self.fail(f"unexpected . after term {quote(str(node))}")
        if not isinstance(node, (nodes.Field, nodes.Variable)):
            node = nodes.Chain(self.source.peek().pos, node)
        elif self.source.peek().kind == "field":
            node = type(node)(self.source.peek().pos, node.names)
        while self.source.peek().kind == "field":
            node.names.append(self.source.next().value[1:])
        return node

    def term(self) -> nodes.Node | None:
        token = self.source.next_word()
        kind, pos, value = token.kind, token.pos, token.value
        if kind == "identifier":
            if value not in self.functions:
                self.fail(f"function {quote(value)} not defined")
            return nodes.Identifier(pos, value)
        if kind == ".":
            return nodes.Dot(pos)
        if kind == "nil":
            return nodes.Nil(pos)
        if kind == "variable":
            if value not in self.variables:
                self.fail(f"undefined variable {quote(value)}")
            return nodes.Variable(pos, [value])
        if kind == "field":
            return nodes.Field(pos, [value[1:]])
        if kind == "bool":
            return nodes.Constant(pos, value, value == "true")
        if kind in ("char", "complex", "number"):
            try:
                return nodes.Constant(pos, value, _number(value, kind))
            except ValueError as error:
                self.fail(str(error))
        if kind == "(":
            return self.pipeline("parenthesized pipeline", ")")
        if kind in ("string", "rawstring"):
            return nodes.Constant(pos, value, self.unquote(token))
        self.source.push(token)
        return None

    def unquote(self, token: Token) -> str:
        if token.kind == "rawstring":
            return token.value[1:-1].replace("\r", "")
        try:
            return unescape(token.value[1:-1], '"')
        except ValueError as error:
            self.fail(str(error))
            raise


def _number(text: str, kind: str) -> Json:
    """Return the value of an ideal constant, or raise ValueError."""
    if kind == "char":
        rune = unescape(text[1:-1], "'")
        if len(rune) != 1:
            raise ValueError(f"malformed character constant: {text}" if rune else "invalid syntax")
        return Int(ord(rune) - 0xDC00 if 0xDC80 <= ord(rune) <= 0xDCFF else ord(rune))
    if kind == "complex":
        return complex(text.replace("_", "").replace("i", "j"))
    if text.endswith("i"):
        return complex(0, _float(text[:-1]))
    digits = _INTEGER.fullmatch(text)
    if digits:
        plain = digits[2].replace("_", "").lower()
        base = {"0x": 16, "0o": 8, "0b": 2}.get(plain[:2], 8 if plain[0] == "0" else 10)
        value = int(digits[1] + (plain[2:] if plain[1:2] in ("x", "o", "b") else plain), base)
        if -2 ** 63 <= value < 2 ** 64:
            return Int(value)  # one of more than 63 bits fails when executed
    try:
        number = _float(text)
    except (ValueError, OverflowError):
        raise ValueError(f"illegal number syntax: {quote(text)}") from None
    if not any(char in text for char in ".eEpP"):
        raise ValueError(f"integer overflow: {quote(text)}")
    return number


_INTEGER = re.compile(r"([+-]?)(0[xX](?:_?[0-9a-fA-F])+|0[oO]?(?:_?[0-7])+|0[bB](?:_?[01])+|[1-9](?:_?[0-9])*|0)")


def _float(text: str) -> float:
    if text.lstrip("+-").lower().startswith("0x"):
        if "p" not in text.lower():
            raise ValueError("a hexadecimal float needs an exponent")
        return float.fromhex(text.replace("_", ""))
    value = float(text)
    if value - value != 0:
        raise ValueError("out of range")
    return value
