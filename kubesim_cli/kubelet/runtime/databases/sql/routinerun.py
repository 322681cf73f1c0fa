"""One call of a procedure, a function or a trigger of MySQL: each node of its body (routines.py) in turn.

A variable's value takes its place in the text of a statement before that is run, as a literal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlglot import exp

from .catalog import Table
from .compiler import Scope
from .definitions import Definitions
from .dialects import parse, projections
from .errors import SqlError
from .kinds import Kind, Value, shown, taken
from .results import Result
from .routines import Node, split_list
from .values import number_of
from .words import Token, Words

if TYPE_CHECKING:
    from .mysql import MySQL
    from .session import Session

MOST_TURNS = 100_000  # of loops, within one call
NO_DATA = "No data - zero rows fetched, selected, or processed"


class _Leave(Exception):
    """A block or a loop is left; `target`: its label, or the block."""

    def __init__(self, target: Any):
        super().__init__()
        self.target = target


class _Iterate(_Leave):
    """A loop goes on with its next turn."""


class Returned(Exception):
    """A function's value."""

    def __init__(self, value: Value):
        super().__init__()
        self.value = value


class _Block:
    """What a block has declared: variables with their kinds, handlers, cursors and conditions."""

    def __init__(self) -> None:
        self.values: dict[str, Value] = {}
        self.kinds: dict[str, Kind] = {}
        self.handlers: list[tuple[str, list[str], Node]] = []
        self.cursors: dict[str, str] = {}
        self.opened: dict[str, list[tuple[Value, ...]]] = {}
        self.conditions: dict[str, str] = {}


class Run:
    """One call. `old` and `new`: the row that a trigger is about, by columns; `results`: what it has shown."""

    def __init__(self, session: MySQL, schema: str, old: dict[str, Value] | None = None,
                 new: dict[str, Value] | None = None, table: Table | None = None):
        self.session, self.schema, self.old, self.new, self.table = session, schema, old, new, table
        self.blocks = [_Block()]
        self.results: list[Result] = []
        self.affected = self.last = self.turns = 0
        self.raised: SqlError | None = None

    # Variables

    def declare(self, name: str, type_: str, value: Value = None) -> None:
        """Declare a variable in the innermost block."""
        kind = kind_of(self.session, type_)
        self.blocks[-1].kinds[name.lower()] = kind
        self.blocks[-1].values[name.lower()] = taken(value, kind, True, name)

    def value(self, name: str) -> Value:
        """Return a variable's value."""
        return next(block.values[name.lower()] for block in reversed(self.blocks) if name.lower() in block.values)

    def assign(self, target: str, value: Value) -> None:
        """Give a variable, `@NAME` or NEW.COLUMN a value."""
        name = target.strip().strip("`").lower()
        if name.startswith("@") and not name.startswith("@@"):
            self.session.variables[name[1:].strip("`'")] = value
            return
        for block in reversed(self.blocks):
            if name in block.values:
                block.values[name] = taken(value, block.kinds[name], True, name)
                return
        prefix, _, column = name.partition(".")
        if prefix == "new" and self.new is not None and self.table is not None:
            found = self.table.column(column.strip("`"))
            if found is None:
                raise SqlError(1054, "42S22", f"Unknown column '{column}' in 'NEW'")
            self.new[found.name] = taken(value, found.kind, True, found.name)
            return
        text = shown(value, Kind("text"), True)
        self.inner(f"SET {target} = " + ("NULL" if value is None else str(value) if isinstance(value, int)
                                         else _quoted(text or "")))

    def _literal(self, token: Token, following: list[Token]) -> tuple[str, int] | None:
        """Return what stands for a name, and how many tokens it has; None where it is no variable."""
        name = token.text.lower()
        if name in ("new", "old") and len(following) > 1 and following[0].text == "." and self.table is not None:
            row = self.new if name == "new" else self.old
            column = self.table.column(following[1].text)
            if row is None or column is None:
                raise SqlError(1054, "42S22", f"Unknown column '{following[1].text}' in '{name.upper()}'")
            return _text(row[column.name], column.kind), 3
        for block in reversed(self.blocks):
            if name in block.values:
                return _text(block.values[name], block.kinds[name]), 1
        return None

    def filled(self, text: str) -> str:
        """Return a statement with values for variables; names of columns that are written stay."""
        tokens = Words(text).tokens
        first = tokens[0].text.upper() if tokens else ""
        found, end, at, depth, clause = "", 0, 0, 0, ""
        listed = first in ("INSERT", "REPLACE")  # until the list of columns is over
        while at < len(tokens):
            token = tokens[at]
            word = token.text.upper() if not token.quoted else ""
            depth += {"(": 1, ")": -1}.get(word, 0)
            if word in ("VALUES", "VALUE", "SELECT", "SET") and not depth:
                listed = False
            if word in ("SET", "UPDATE") and first in ("UPDATE", "INSERT", "REPLACE"):
                clause = "set"
            elif word in ("WHERE", "FROM"):
                clause = ""
            before = tokens[at - 1].text.upper() if at else ""
            after = tokens[at + 1].text if at + 1 < len(tokens) else ""
            is_name = token.quoted in ("", "tick") and (token.text[:1].isalpha() or token.text[:1] == "_")
            is_target = clause == "set" and not depth and after == "=" and before in ("SET", ",", "UPDATE")
            is_place = before in ("FROM", "INTO", "JOIN", "TABLE", "AS", ".", "@", "UPDATE") and at > 0
            got = None
            is_free = is_name and not listed and not is_target and not is_place and after != "("
            if is_free and (after != "." or word in ("NEW", "OLD")):
                got = self._literal(token, tokens[at + 1:at + 3])
            if got is None:
                at += 1
                continue
            found += text[end:token.start] + got[0]
            end = tokens[at + got[1] - 1].end + 1
            at += got[1]
        return found + text[end:]

    def evaluate(self, text: str) -> Value:
        """Return what an expression is worth."""
        node = parse(f"SELECT {self.filled(text)}", True, self.session.maria).expressions[0]
        found = Definitions(self.session).expr(node, Scope(clause="field list"))
        return self.session.data.run(f"SELECT {found.sql}")[0][0]

    def _true(self, text: str) -> bool:
        value = self.evaluate(text)
        return value is not None and bool(number_of(value))

    # Statements

    def inner(self, text: str, heading: str = "") -> Result:
        """Run a statement of SQL as part of this call."""
        session, words = self.session, Words(text)
        before, session.heading = session.heading, heading
        home, session.state["database"] = session.database, self.schema
        try:
            result = session._run(words.peek(), text, words)
        finally:
            session.heading = before
            session.state["database"] = home
        session.state["row_count"] = result.affected if result.columns is None else -1
        return result

    def run(self, node: Node) -> None:
        """Run a statement; where it fails, the handler that is declared for that."""
        what = node[0]
        if what in ("block", "if", "case", "while", "loop", "repeat"):
            getattr(self, f"_{what}" if what not in ("while", "repeat") else "_loop")(node)
            return
        try:
            getattr(self, f"_{what}")(node)
        except SqlError as error:
            self._handled(error)

    def _handled(self, error: SqlError) -> None:
        for at in range(len(self.blocks) - 1, -1, -1):
            block = self.blocks[at]
            for how, conditions, statement in block.handlers:
                if any(self.meets(error, each) for each in conditions):
                    before, self.raised = self.raised, error
                    inside, self.blocks = self.blocks, self.blocks[:at + 1]
                    handlers, block.handlers = block.handlers, []
                    try:
                        self.run(statement)
                    finally:
                        block.handlers, self.blocks, self.raised = handlers, inside, before
                    if how == "EXIT":
                        raise _Leave(block)
                    return
        raise error

    def meets(self, error: SqlError, condition: str) -> bool:
        """Tell whether an error is what a handler is for."""
        named = next((block.conditions[condition] for block in reversed(self.blocks)
                      if condition in block.conditions), condition)
        if named == "NOT FOUND":
            return error.state[:2] == "02"
        if named == "SQLWARNING":
            return error.state[:2] == "01"
        if named == "SQLEXCEPTION":
            return error.state[:2] not in ("00", "01", "02")
        return named in (error.state, str(error.code))

    def _block(self, node: Node) -> None:
        _, label, declared, statements = node
        block = _Block()
        self.blocks.append(block)
        try:
            for each in declared:
                if each[0] == "var":
                    value = self.evaluate(each[3]) if each[3] is not None else None
                    for name in each[1]:
                        self.declare(name, each[2], value)
                elif each[0] == "cursor":
                    block.cursors[each[1]] = each[2]
                elif each[0] == "condition":
                    block.conditions[each[1]] = each[2]
                else:
                    block.handlers.append(each[1:])
            for each in statements:
                self.run(each)
        except _Leave as leave:
            if leave.target is not block and (not label or leave.target != label):
                raise
        finally:
            self.blocks.pop()

    def _if(self, node: Node) -> None:
        chosen = next((statements for condition, statements in node[1] if self._true(condition)), node[2])
        for each in chosen:
            self.run(each)

    def _case(self, node: Node) -> None:
        _, value, cases, other = node
        for test, statements in cases:
            if self._true(f"({value}) = ({test})" if value else test):
                chosen = statements
                break
        else:
            if other is None:
                raise SqlError(1339, "20000", "Case not found for CASE statement")
            chosen = other
        for each in chosen:
            self.run(each)

    def _loop(self, node: Node) -> None:
        what, label, condition, statements = node
        while what != "while" or self._true(condition):
            self.turns += 1
            if self.turns > MOST_TURNS:
                raise SqlError(1317, "70100", "Query execution was interrupted")
            try:
                for each in statements:
                    self.run(each)
            except _Leave as leave:
                if not label or leave.target != label:
                    raise
                if not isinstance(leave, _Iterate):
                    return
            if what == "repeat" and self._true(condition):
                return

    def _leave(self, node: Node) -> None:
        raise _Leave(node[1])

    def _iterate(self, node: Node) -> None:
        raise _Iterate(node[1])

    def _return(self, node: Node) -> None:
        raise Returned(self.evaluate(node[1]))

    def _set(self, node: Node) -> None:
        for target, text in node[1]:
            self.assign(target, self.evaluate(text))

    def _signal(self, node: Node) -> None:
        state = next((block.conditions[node[1]] for block in reversed(self.blocks) if node[1] in block.conditions),
                     node[1])
        items = {name: self.evaluate(text) for name, text in node[2].items()}
        kind = {"01": (1642, "Unhandled user-defined warning condition"), "02": (1643,
                "Unhandled user-defined not found condition")}.get(state[:2], (
                    1644, "Unhandled user-defined exception condition"))
        raise SqlError(int(items.get("MYSQL_ERRNO") or kind[0]), state, str(items.get("MESSAGE_TEXT") or kind[1]))

    def _resignal(self, node: Node) -> None:
        if self.raised is None:
            raise SqlError(1645, "0K000", "RESIGNAL when handler not active")
        raise self.raised

    def _cursor(self, name: str) -> _Block:
        for block in reversed(self.blocks):
            if name in block.cursors:
                return block
        raise SqlError(1324, "42000", f"Undefined CURSOR: {name}")

    def _open(self, node: Node) -> None:
        block = self._cursor(node[1])
        if node[1] in block.opened:
            raise SqlError(1325, "24000", "Cursor is already open")
        block.opened[node[1]] = self.rows(block.cursors[node[1]])

    def _close(self, node: Node) -> None:
        if self._cursor(node[1]).opened.pop(node[1], None) is None:
            raise SqlError(1326, "24000", "Cursor is not open")

    def _fetch(self, node: Node) -> None:
        rows = self._cursor(node[1]).opened.get(node[1])
        if rows is None:
            raise SqlError(1326, "24000", "Cursor is not open")
        if not rows:
            raise SqlError(1329, "02000", NO_DATA)
        row = rows.pop(0)
        if len(row) != len(node[2]):
            raise SqlError(1328, "HY000", "Incorrect number of FETCH variables")
        for target, value in zip(node[2], row, strict=True):
            self.assign(target, value)

    def rows(self, text: str) -> list[tuple[Value, ...]]:
        """Return the rows of a query; a decimal keeps its digits."""
        node = parse(self.filled(text), True, self.session.maria)
        found = Definitions(self.session).query(node)
        kinds = [kind for _, kind in found.columns]
        return [tuple(shown(value, kind, True) if kind.family == "decimal" else value
                      for value, kind in zip(row, kinds, strict=True)) for row in self.session.data.run(found.sql)]

    def _sql(self, node: Node) -> None:
        text = node[1]
        first = Words(text).peek()
        if first == "CALL":
            result = self.session.called(text, self)
        elif first == "SELECT" and (found := into(text)) is not None:
            rows = self.rows(found[0])
            self.affected += len(rows)
            self.last = len(rows)
            if not rows:
                raise_no_data(self)
                return
            give(rows, found[1], self.assign)
            return
        else:
            result = self.inner(self.filled(text), text)
            names = projections(text, True) if first == "SELECT" and result.columns else []
            for at, name in enumerate(names):
                if result.columns and any(name.lower() in block.values for block in self.blocks):
                    result.columns[at] = (name, result.columns[at][1], True)
        if result.columns is not None:
            self.results.append(result)
        else:
            self.affected += result.affected
            self.last = result.affected
        self.results += result.before if first == "CALL" else []


def raise_no_data(run: Run) -> None:
    """A SELECT INTO has found nothing: that is only a warning where no handler is for it."""
    error = SqlError(1329, "02000", NO_DATA)
    if any(run.meets(error, each) for block in run.blocks for _, conditions, _ in block.handlers
           for each in conditions):
        raise error
    run.session.warnings.append(("Warning", 1329, NO_DATA))


def into(text: str) -> tuple[str, list[str]] | None:
    """Return a SELECT without its INTO, and the variables of that; None where it has none."""
    tokens, depth = Words(text).tokens, 0
    for at, token in enumerate(tokens):
        depth += {"(": 1, ")": -1}.get(token.text, 0) if not token.quoted else 0
        if depth or token.quoted or token.text.upper() != "INTO":
            continue
        end = at + 1
        while end < len(tokens) and (tokens[end].text in ("@", ",") or tokens[end - 1].text in ("@", ",")
                                     or end == at + 1):
            end += 1
        names = text[tokens[at + 1].start:tokens[end - 1].end + 1]
        if names.upper().startswith(("OUTFILE", "DUMPFILE")):
            return None
        return text[:token.start] + text[tokens[end - 1].end + 1:], split_list(names)
    return None


def give(rows: list[tuple[Value, ...]], targets: list[str], assign: Any) -> None:
    """Give variables the values of the only row."""
    if rows and len(rows[0]) != len(targets):
        raise SqlError(1222, "21000", "The used SELECT statements have a different number of columns")
    if len(rows) > 1:
        raise SqlError(1172, "42000", "Result consisted of more than one row")
    for target, value in zip(targets, rows[0], strict=True):
        assign(target, value)


def kind_of(session: Session, type_: str) -> Kind:
    """Return the kind that a type's words name."""
    text = type_.split(" CHARSET ")[0].split(" CHARACTER SET ")[0].split(" COLLATE ")[0]
    node = parse(f"CREATE TABLE x (a {text})", True, session.maria)
    found = node.find(exp.ColumnDef)
    assert found is not None
    return Definitions(session).column_of(Table("", "x"), found).kind


def _text(value: Value, kind: Kind) -> str:
    told = shown(value, kind, True)
    return "NULL" if told is None else told if kind.numeric else _quoted(told)


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
