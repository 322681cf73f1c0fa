"""Procedures, functions and triggers of MySQL: how they are written. What they do is routinerun.py's.

A body is parsed to nodes, tuples whose first item says what they are:

    ("block", label, declarations, statements)      ("if", [(condition, statements)], statements)
    ("case", value, [(test, statements)], statements or None)
    ("while" | "repeat" | "loop", label, condition, statements)
    ("leave", label) ("iterate", label) ("set", [(target, expression)]) ("return", expression)
    ("open", name) ("fetch", name, targets) ("close", name) ("signal", state, items) ("sql", text)

Declarations are ("var", names, type, default), ("cursor", name, query), ("condition", name, what) and
("handler", how, conditions, statement). Expressions and statements of SQL are texts.
"""

from __future__ import annotations

from typing import Any

from .errors import SqlError
from .words import Words

Node = tuple[Any, ...]


_LABELLED = ("BEGIN", "WHILE", "LOOP", "REPEAT")
_OTHERS = ("IF", "CASE", "LEAVE", "ITERATE", "RETURN", "OPEN", "CLOSE", "FETCH", "SET", "SIGNAL", "RESIGNAL")


class Body:
    """Parses the body of a routine. `kind`: PROCEDURE, FUNCTION or TRIGGER; `names`: its parameters; `settings`: the
    server's, which SET may be about, `statements`: the first words of SQL."""

    def __init__(self, words: Words, kind: str, names: list[str], settings: Any, statements: frozenset[str]):
        self.words, self.kind, self.settings, self.statements = words, kind, settings, statements
        self.names = [{each.lower() for each in names}]
        self.labels: list[str] = []

    def statement(self) -> Node:
        """Parse a statement, without the semicolon behind it."""
        words = self.words
        label = ""
        if words.peek(1) == ":" and words.peek() not in ("'", ""):
            label = words.name().lower()
            words.take()
        first = words.peek()
        if first in _LABELLED:
            self.labels.append(label)
            found: Node = getattr(self, f"_{first.lower()}")(label)
            self.labels.pop()
            return found
        if first in _OTHERS:
            found = getattr(self, f"_{first.lower()}")()
            return found
        if first not in self.statements:
            words.take()
            raise words.error()
        text = self._until(";")
        if self.kind != "PROCEDURE" and first in ("SELECT", "SHOW") and " INTO " not in f" {text.upper()} ":
            raise SqlError(1415, "0A000", f"Not allowed to return a result set from a {self.kind.lower()}")
        return "sql", text

    def _until(self, *ends: str) -> str:
        return self.words.until(*ends)

    def _several(self, *ends: str) -> list[Node]:
        """Parse statements up to one of these words."""
        found = []
        while self.words.peek() not in ends:
            if not self.words.peek():
                raise self.words.error()
            found.append(self.statement())
            self.words.need(";")
        return found

    def _label(self) -> None:
        if self.words.peek() not in (";", ""):
            self.words.name()

    # Blocks

    def _begin(self, label: str) -> Node:
        words = self.words
        words.take()
        self.names.append(set())
        declared = []
        while words.accept("DECLARE"):
            declared.append(self._declare())
            words.need(";")
        statements = self._several("END")
        words.take()
        self._label()
        self.names.pop()
        return "block", label, declared, statements

    def _declare(self) -> Node:
        words = self.words
        if words.peek() in ("CONTINUE", "EXIT", "UNDO") and words.peek(1) == "HANDLER":
            how = words.take()
            words.take()
            words.need("FOR")
            conditions = [self._condition()]
            while words.accept(","):
                conditions.append(self._condition())
            return "handler", how, conditions, self.statement()
        if words.peek(1) == "CURSOR":
            name = words.name().lower()
            words.take()
            words.need("FOR")
            return "cursor", name, self._until(";")
        if words.peek(1) == "CONDITION":
            name = words.name().lower()
            words.take()
            words.need("FOR")
            return "condition", name, self._condition()
        names = [words.name().lower()]
        while words.accept(","):
            names.append(words.name().lower())
        self.names[-1] |= set(names)
        type_ = self._until("DEFAULT", ";")
        return "var", names, type_, self._until(";") if words.accept("DEFAULT") else None

    def _condition(self) -> str:
        """Return a condition: SQLEXCEPTION, SQLWARNING, NOT FOUND, a state, a number or a name."""
        words = self.words
        if words.accept("SQLSTATE"):
            words.accept("VALUE")
            return words.name()
        if words.accept("NOT"):
            words.need("FOUND")
            return "NOT FOUND"
        word = words.peek()
        return words.name().lower() if word not in ("SQLEXCEPTION", "SQLWARNING") else words.take()

    # What decides

    def _if(self) -> Node:
        words = self.words
        words.take()
        cases = []
        condition = self._until("THEN")
        words.take()
        cases.append((condition, self._several("ELSEIF", "ELSE", "END")))
        while words.accept("ELSEIF"):
            condition = self._until("THEN")
            words.take()
            cases.append((condition, self._several("ELSEIF", "ELSE", "END")))
        other = self._several("END") if words.accept("ELSE") else []
        words.take()
        words.need("IF")
        return "if", cases, other

    def _case(self) -> Node:
        words = self.words
        words.take()
        value = self._until("WHEN") if words.peek() != "WHEN" else ""
        cases = []
        while words.accept("WHEN"):
            test = self._until("THEN")
            words.take()
            cases.append((test, self._several("WHEN", "ELSE", "END")))
        other = self._several("END") if words.accept("ELSE") else None
        words.take()
        words.need("CASE")
        return "case", value, cases, other

    def _while(self, label: str) -> Node:
        words = self.words
        words.take()
        condition = self._until("DO")
        words.take()
        statements = self._several("END")
        words.take()
        words.need("WHILE")
        self._label()
        return "while", label, condition, statements

    def _loop(self, label: str) -> Node:
        words = self.words
        words.take()
        statements = self._several("END")
        words.take()
        words.need("LOOP")
        self._label()
        return "loop", label, "", statements

    def _repeat(self, label: str) -> Node:
        words = self.words
        words.take()
        statements = self._several("UNTIL")
        words.take()
        condition = self._until("END")
        words.take()
        words.need("REPEAT")
        self._label()
        return "repeat", label, condition, statements

    # Others

    def _leave(self) -> Node:
        return "leave", self._target()

    def _iterate(self) -> Node:
        return "iterate", self._target()

    def _target(self) -> str:
        verb, name = self.words.take(), self.words.name()
        if name.lower() not in self.labels:
            raise SqlError(1308, "42000", f"{verb} with no matching label: {name}")
        return name.lower()

    def _return(self) -> Node:
        self.words.take()
        return "return", self._until(";")

    def _open(self) -> Node:
        self.words.take()
        return "open", self.words.name().lower()

    def _close(self) -> Node:
        self.words.take()
        return "close", self.words.name().lower()

    def _fetch(self) -> Node:
        words = self.words
        words.take()
        if words.accept("NEXT"):
            words.need("FROM")
        words.accept("FROM")
        name = words.name().lower()
        words.need("INTO")
        return "fetch", name, split_list(self._until(";"))

    def _set(self) -> Node:
        words = self.words
        start = words.at
        words.take()
        if words.peek() in ("NAMES", "CHARACTER", "PASSWORD", "TRANSACTION", "ROLE"):
            words.at = start
            return "sql", self._until(";")
        found = []
        while True:
            place = words.at
            target = self._until("=", ":=")
            words.take()
            found.append((target, self._until(",", ";") if words.peek() else ""))
            self._check_target(target, place)
            if not words.accept(","):
                return "set", found

    def _check_target(self, target: str, place: int) -> None:
        name = target.lower().strip("`")
        if "@" in target or "." in target or any(name in each for each in self.names):
            return
        if self.words.tokens[place].text.upper() not in ("GLOBAL", "SESSION", "LOCAL") and name not in self.settings:
            raise SqlError(1193, "HY000", f"Unknown system variable '{target}'")

    def _signal(self) -> Node:
        words = self.words
        words.take()
        state = self._condition()
        items = {}
        if words.accept("SET"):
            while True:
                name = words.take()
                words.need("=")
                items[name] = self._until(",", ";") if words.peek() else ""
                if not words.accept(","):
                    break
        return "signal", state, items

    def _resignal(self) -> Node:
        self.words.take()
        return ("resignal",)


def split_list(text: str) -> list[str]:
    """Return the items of a list whose commas stand outside of brackets."""
    words, found = Words(text), []
    while words.peek():
        found.append(words.until(","))
        words.accept(",")
    return found
