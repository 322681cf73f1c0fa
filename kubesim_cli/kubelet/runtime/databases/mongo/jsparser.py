"""Reads the language of MongoDB's shell, which is JavaScript, into trees: lists whose first item names the node.

What people type and keep in scripts is read: statements, functions, templates, destructuring of names; no classes,
generators or modules.
"""

from __future__ import annotations

from typing import Any

from .jstokens import Incomplete, Scanner, Token, Wrong, unescaped

Node = list[Any]

_LEVELS = (
    "??",
    "||",
    "&&",
    "|",
    "^",
    "&",
    "== != === !==",
    "< > <= >= instanceof in",
    "<< >> >>>",
    "+ -",
    "* / %",
    "**",
)
_BINARY = {mark: level for level, marks in enumerate(_LEVELS, 1) for mark in marks.split()}
_ASSIGN = ("=", "+=", "-=", "*=", "/=", "%=", "**=", "&&=", "||=", "??=")
_UNARY = ("!", "-", "+", "~", "typeof", "void", "delete", "await")
_WORDS = {"true": True, "false": False, "null": None}


class Parser:
    """Reads one text, or the tokens of a part of it."""

    def __init__(self, text: str, tokens: list[Token] | None = None):
        self.text = text
        self.at = 0
        if tokens is None:
            scanner = Scanner(text)
            scanner.scan(0)
            tokens = scanner.tokens
        self.tokens = tokens

    # Tokens

    def _peek(self) -> Any:
        return self.tokens[self.at][1] if self.tokens[self.at][0] in ("mark", "name") else None

    def _take(self, *marks: str) -> str:
        """Take the next token if it is one of some; return it, "" otherwise."""
        found = self._peek()
        if found in marks:
            self.at += 1
            return str(found)
        return ""

    def _want(self, mark: str) -> None:
        if not self._take(mark):
            self._wrong(f'Unexpected token, expected "{mark}"')

    def _wrong(self, message: str = "Unexpected token") -> None:
        kind, _, start, _, _ = self.tokens[self.at]
        if kind == "end":
            raise Incomplete
        raise Wrong(message, start)

    def _name(self) -> str:
        kind, what = self.tokens[self.at][:2]
        if kind != "name":
            self._wrong()
        self.at += 1
        return str(what)

    # Statements

    def program(self) -> list[Node]:
        """Return all statements."""
        out = []
        while self.tokens[self.at][0] != "end":
            out.append(self.statement())
        return out

    def _end(self) -> None:
        if not self._take(";") and self._peek() != "}" and not self.tokens[self.at][4]:
            self._wrong("Missing semicolon.")

    def _block(self) -> Node:
        self._want("{")
        out = []
        while not self._take("}"):
            out.append(self.statement())
        return ["block", out]

    def statement(self) -> Node:
        """Read a statement."""
        word = self._peek()
        if word == "{":
            return self._block()
        if self._take(";"):
            return ["block", []]
        reader = getattr(self, f"_read_{word}", None) if self.tokens[self.at][0] == "name" else None
        if word == "async" and self.tokens[self.at + 1][1] == "function":
            self.at += 1
            return self.statement()
        if reader is not None and not (word == "function" and self.tokens[self.at + 1][0] != "name"):
            self.at += 1
            found: Node = reader()
            return found
        value = self.expression()
        self._end()
        return ["expression", value]

    def _declared(self, kind: str) -> Node:
        made = []
        while True:
            target = self._pattern()
            value = self._assignment() if self._take("=") else ["undefined"]
            made.append([target, value])
            if not self._take(","):
                return ["declare", kind, made]

    def _read_var(self, kind: str = "var") -> Node:
        found = self._declared(kind)
        self._end()
        return found

    def _read_let(self) -> Node:
        return self._read_var("let")

    def _read_const(self) -> Node:
        return self._read_var("const")

    def _pattern(self) -> Node:
        """Read a name, {a, b: c} or [a, b]."""
        if self._take("{"):
            names = []
            while not self._take("}"):
                key = self._name()
                target = self._pattern() if self._take(":") else ["name", key]
                names.append([key, target, self._assignment() if self._take("=") else None])
                self._take(",")
            return ["object pattern", names]
        if self._take("["):
            items = []
            while not self._take("]"):
                items.append(self._pattern())
                self._take(",")
            return ["array pattern", items]
        return ["name", self._name()]

    def _read_function(self) -> Node:
        name = self._name()
        return ["declare", "var", [[["name", name], self._function(self.at - 2, name)]]]

    def _read_if(self) -> Node:
        self._want("(")
        condition = self.expression()
        self._want(")")
        good = self.statement()
        return ["if", condition, good, self.statement() if self._take("else") else ["block", []]]

    def _read_while(self) -> Node:
        self._want("(")
        condition = self.expression()
        self._want(")")
        return ["for", None, condition, None, self.statement()]

    def _read_do(self) -> Node:
        body = self.statement()
        self._want("while")
        self._want("(")
        condition = self.expression()
        self._want(")")
        self._take(";")
        return ["block", [["do", body, condition]]]

    def _read_for(self) -> Node:
        self._take("await")
        self._want("(")
        start: Node | None = None
        if not self._take(";"):
            kind = self._take("var", "let", "const")
            mark = self.at
            if kind:
                target = self._pattern()
            else:
                target = ["name", self._name()] if self.tokens[self.at][0] == "name" else ["name", ""]
            way = self._take("of", "in")
            if way:
                items = self.expression()
                self._want(")")
                return ["for each", way, kind, target, items, self.statement()]
            self.at = mark
            start = self._declared(kind) if kind else ["expression", self.expression()]
            self._want(";")
        condition = None if self._peek() == ";" else self.expression()
        self._want(";")
        step = None if self._peek() == ")" else self.expression()
        self._want(")")
        return ["for", start, condition, step, self.statement()]

    def _read_return(self) -> Node:
        value: Node = ["undefined"]
        if self._peek() not in (";", "}") and not self.tokens[self.at][4]:
            value = self.expression()
        self._end()
        return ["return", value]

    def _read_break(self) -> Node:
        self._end()
        return ["break"]

    def _read_continue(self) -> Node:
        self._end()
        return ["continue"]

    def _read_throw(self) -> Node:
        value = self.expression()
        self._end()
        return ["throw", value]

    def _read_try(self) -> Node:
        body, name, handler, last = self._block(), "", None, None
        if self._take("catch"):
            if self._take("("):
                name = self._name()
                self._want(")")
            handler = self._block()
        if self._take("finally"):
            last = self._block()
        return ["try", body, name, handler, last]

    def _read_switch(self) -> Node:
        self._want("(")
        value, cases = self.expression(), []
        self._want(")")
        self._want("{")
        while not self._take("}"):
            if not self._take("default"):
                self._want("case")
                test: Node | None = self.expression()
            else:
                test = None
            self._want(":")
            body = []
            while self._peek() not in ("case", "default", "}"):
                body.append(self.statement())
            cases.append([test, body])
        return ["switch", value, cases]

    # Expressions

    def expression(self) -> Node:
        """Read an expression, commas and all."""
        found = self._assignment()
        while self._take(","):
            found = ["comma", found, self._assignment()]
        return found

    def _assignment(self) -> Node:
        arrow = self._arrow()
        if arrow is not None:
            return arrow
        left = self._conditional()
        mark = self._take(*_ASSIGN)
        if mark:
            if left[0] not in ("name", "member", "index", "array", "object"):
                raise Wrong("Invalid left-hand side in assignment expression.", self.tokens[self.at - 1][2])
            return ["assign", mark[:-1], left, self._assignment()]
        return left

    def _arrow(self) -> Node | None:
        """Read an arrow function, if this is one."""
        start = self.at
        if self._peek() == "async" and self.tokens[self.at + 1][1] in ("(", "function"):
            self.at += 1
            if self._peek() == "function":
                return None
        if self.tokens[self.at][0] == "name" and self.tokens[self.at + 1][1] == "=>":
            names = [["name", self._name()]]
        elif self._peek() == "(" and self._closes():
            names = self._parameters()
        else:
            self.at = start
            return None
        self._want("=>")
        first = self.tokens[start][2]
        body = self._block() if self._peek() == "{" else ["return", self._assignment()]
        return ["function", "", names, body, self.text[first : self.tokens[self.at - 1][3]]]

    def _closes(self) -> bool:
        """Tell whether the bracket that opens here closes before an arrow."""
        depth, at = 0, self.at
        while self.tokens[at][0] != "end":
            what = self.tokens[at][1] if self.tokens[at][0] == "mark" else ""
            depth += (what in ("(", "[", "{")) - (what in (")", "]", "}"))
            if depth == 0:
                return bool(self.tokens[at + 1][1] == "=>")
            at += 1
        return False

    def _parameters(self) -> list[Node]:
        self._want("(")
        out: list[Node] = []
        while not self._take(")"):
            if self._take("..."):
                out.append(["rest", self._pattern()])
            else:
                target = self._pattern()
                out.append(["default", target, self._assignment()] if self._take("=") else target)
            if self._peek() != ")":
                self._want(",")
        return out

    def _function(self, start: int, name: str = "") -> Node:
        names, body = self._parameters(), self._block()
        return ["function", name, names, body, self.text[self.tokens[start][2] : self.tokens[self.at - 1][3]]]

    def _conditional(self) -> Node:
        condition = self._binary(0)
        if not self._take("?"):
            return condition
        good = self._assignment()
        self._want(":")
        return ["?", condition, good, self._assignment()]

    def _binary(self, least: int) -> Node:
        left = self._unary()
        while (mark := self._peek()) in _BINARY and _BINARY[mark] > least:
            self.at += 1
            right = self._binary(_BINARY[mark] - (mark == "**"))
            left = ["logic" if mark in ("&&", "||", "??") else "binary", mark, left, right]
        return left

    def _unary(self) -> Node:
        mark = self._take(*_UNARY)
        if mark:
            return self._unary() if mark == "await" else ["unary", mark, self._unary()]
        mark = self._take("++", "--")
        if mark:
            return ["step", mark[0], self._unary(), True]
        found = self._postfix(self._primary())
        if not self.tokens[self.at][4] and (mark := self._take("++", "--")):
            return ["step", mark[0], found, False]
        return found

    def _postfix(self, found: Node, calls: bool = True) -> Node:
        while True:
            if self._take("."):
                found = ["member", found, self._name(), False]
            elif self._take("?."):
                if self._peek() == "(":
                    found = ["call", found, self._arguments(), True]
                else:
                    found = ["member", found, self._name(), True]
            elif self._take("["):
                found = ["index", found, self.expression()]
                self._want("]")
            elif calls and self._peek() == "(":
                found = ["call", found, self._arguments(), False]
            else:
                return found

    def _arguments(self) -> list[Node]:
        self._want("(")
        return self._list(")")

    def _list(self, close: str) -> list[Node]:
        out: list[Node] = []
        while not self._take(close):
            out.append(["spread", self._assignment()] if self._take("...") else self._assignment())
            if self._peek() != close:
                self._want(",")
        return out

    def _primary(self) -> Node:
        kind, what, start, _, _ = self.tokens[self.at]
        if kind == "end":
            raise Incomplete
        self.at += 1
        if kind == "number":
            digits = what.replace("_", "")
            return [
                "value",
                int(digits, 16) if digits[:2] in ("0x", "0X") else int(digits) if digits.isdigit() else float(digits),
            ]
        if kind == "string":
            return ["value", unescaped(what[1:-1])]
        if kind == "regex":
            return [kind, what]
        if kind == "template":
            return [
                kind,
                [["value", each] if isinstance(each, str) else Parser(self.text, each).expression() for each in what],
            ]
        if kind == "name":
            if what in _WORDS:
                return ["value", _WORDS[what]]
            if what == "function" or (what == "async" and self._take("function")):
                return self._function(self.at - 1, "" if self._peek() == "(" else self._name())
            if what == "new":
                target = self._postfix(self._primary(), False)
                return ["new", target, self._arguments() if self._peek() == "(" else []]
            return ["name", what]
        if what == "(":
            found = self.expression()
            self._want(")")
            return found
        if what == "[":
            return ["array", self._list("]")]
        if what == "{":
            return self._object()
        raise Wrong("Unexpected token", start)

    def _object(self) -> Node:
        out: list[Node] = []
        while not self._take("}"):
            if self._take("..."):
                out.append(["spread", self._assignment()])
            else:
                out.append(self._property())
            if self._peek() != "}":
                self._want(",")
        return ["object", out]

    def _property(self) -> Node:
        kind, what = self.tokens[self.at][:2]
        start = self.at
        self.at += 1
        key: Node = ["value", what]
        if kind == "string":
            key = ["value", unescaped(what[1:-1])]
        elif what == "[" and kind == "mark":
            key = self._assignment()
            self._want("]")
        elif kind not in ("name", "number"):
            self.at = start
            self._wrong()
        if self._peek() == "(":
            return ["pair", key, self._function(start)]
        if kind == "name" and self._peek() in (",", "}"):
            return ["pair", key, ["name", what]]
        self._want(":")
        return ["pair", key, self._assignment()]
