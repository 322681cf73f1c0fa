"""Calls of MySQL's procedures and functions, and the triggers of rows that change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .catalog import Routine, Table, Trigger
from .errors import SqlError
from .kinds import Kind, Value, taken
from .results import Result
from .routinerun import NO_DATA, Returned, Run, give, into, kind_of
from .routines import Body, Node
from .words import STATEMENTS, Words

if TYPE_CHECKING:
    from .mysql import MySQL

MOST_DEPTH = 20  # calls within each other


def select_into(session: MySQL, text: str) -> Result | None:
    """Run a SELECT ... INTO @variables; None where the text is none."""
    found = into(text)
    if found is None:
        return None
    run = Run(session, session.database)
    rows = run.rows(found[0])
    if not rows:
        session.warnings.append(("Warning", 1329, NO_DATA))
    else:
        give(rows, found[1], run.assign)
    return Result(affected=len(rows))


def call(session: MySQL, text: str, outer: Run | None = None) -> Result:
    """Run CALL name(arguments)."""
    words = Words(text)
    words.take()
    schema, name = words.dotted()
    args = []
    if words.accept("("):
        while not words.accept(")"):
            args.append(words.until(",", ")"))
            words.accept(",")
    schema = schema or (outer.schema if outer is not None else session.database)
    routine = session.data.catalog.routines.get((schema, "PROCEDURE", name.lower()))
    if routine is None:
        raise SqlError(1305, "42000", f"PROCEDURE {schema}.{name} does not exist")
    if len(args) != len(routine.params):
        raise wrong_count(routine, len(args))
    asking = outer or Run(session, schema)
    run = Run(session, schema)
    for (mode, own, type_), arg in zip(routine.params, args, strict=True):
        if mode != "IN" and not _is_variable(arg, outer):
            place = routine.params.index((mode, own, type_)) + 1
            raise SqlError(1414, "42000", f"OUT or INOUT argument {place} for routine {schema}.{routine.name} is not a "
                                          "variable or NEW pseudo-variable in BEFORE trigger")
        run.declare(own, type_, None if mode == "OUT" else asking.evaluate(arg))
    enter(session, routine, run)
    for (mode, own, _), arg in zip(routine.params, args, strict=True):
        if mode != "IN":
            asking.assign(arg, run.value(own))
    return Result(affected=run.affected if session.maria else run.last, before=run.results)


def _is_variable(arg: str, outer: Run | None) -> bool:
    return arg.lstrip().startswith("@") or (outer is not None and any(
        arg.strip().lower() in block.values for block in outer.blocks))


def wrong_count(routine: Routine, count: int) -> SqlError:
    """Return the error of a call with too many or too few arguments."""
    where = f"{routine.kind} {routine.schema}.{routine.name}"
    return SqlError(1318, "42000", f"Incorrect number of arguments for {where}; expected {len(routine.params)}, "
                                   f"got {count}")


def called(session: MySQL, routine: Routine, count: int) -> tuple[str, Kind]:
    """Return a function's schema and the kind of what it gives; raise SqlError where it takes not so many arguments."""
    if count != len(routine.params):
        raise wrong_count(routine, count)
    return routine.schema, kind_of(session, routine.returns)


def enter(session: MySQL, routine: Routine | Trigger, run: Run) -> Value:
    """Run a body; return what it returns."""
    session.calls += 1
    try:
        if session.calls > MOST_DEPTH:
            raise SqlError(1456, "HY000", f"Recursive limit {MOST_DEPTH} (as set by the max_sp_recursion_depth "
                                          f"variable) was exceeded for routine {routine.name}")
        run.run(body_of(session, routine))
    except Returned as found:
        return found.value
    finally:
        session.calls -= 1
    return None


def apply(session: MySQL, schema: str, name: str, args: tuple[Value, ...]) -> Value:
    """Return what a function gives."""
    routine = session.data.catalog.routines[schema, "FUNCTION", name]
    run = Run(session, schema)
    for (_, own, type_), value in zip(routine.params, args, strict=True):
        run.declare(own, type_, value)
    session.silent += 1
    try:
        found = enter(session, routine, run)
    finally:
        session.silent -= 1
    return taken(found, kind_of(session, routine.returns), True, routine.name)


def fire(session: MySQL, table: Table, timing: str, event: str, old: list[Value], new: list[Value]) -> list[Value]:
    """Run the triggers of a table; return the new row, which those before a change may have changed."""
    names = [each.name for each in table.columns]
    was = dict(zip(names, old, strict=True)) if old else None
    becomes = dict(zip(names, new, strict=True)) if new else None
    for trigger in session.data.catalog.triggers.values():
        if (trigger.schema, trigger.table, trigger.timing, trigger.event) == (*table.key, timing, event):
            session.silent += 1
            try:
                enter(session, trigger, Run(session, table.schema, was, becomes, table))
            finally:
                session.silent -= 1
    return [becomes[name] for name in names] if becomes is not None else []


def body_of(session: MySQL, routine: Routine | Trigger) -> Node:
    """Return what the body of a routine says."""
    from . import mysqlsystem

    words = Words(routine.body)
    names = [each[1] for each in routine.params] if isinstance(routine, Routine) else []
    kind = routine.kind if isinstance(routine, Routine) else "TRIGGER"
    found = Body(words, kind, names, mysqlsystem.settings(session, True), STATEMENTS).statement()
    if words.peek():
        raise words.error(session.maria)
    return found
