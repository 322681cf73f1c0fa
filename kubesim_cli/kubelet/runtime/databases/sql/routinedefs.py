"""CREATE and DROP of MySQL's procedures, functions and triggers, and what SHOW tells of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from .catalog import Routine, Table, Trigger
from .errors import SqlError
from .results import Result
from .routinecalls import body_of
from .routinerun import kind_of
from .words import Words

if TYPE_CHECKING:
    from .mysql import MySQL

_TRAITS = ("DETERMINISTIC", "NOT", "READS", "MODIFIES", "NO", "CONTAINS", "SQL", "LANGUAGE", "COMMENT")


def create(session: MySQL, words: Words, text: str) -> Result | None:
    """CREATE PROCEDURE, FUNCTION or TRIGGER, from what stands behind CREATE; None where it is none of these."""
    start = words.at
    replace = words.accept("OR") and words.accept("REPLACE")
    if words.accept("DEFINER"):
        words.need("=")
        words.name()
        if words.accept("@"):
            words.name()
        elif words.accept("("):
            words.need(")")
    kind = words.peek()
    if kind not in ("PROCEDURE", "FUNCTION", "TRIGGER"):
        words.at = start
        return None
    words.take()
    exists = words.accept("IF") and words.accept("NOT") and words.accept("EXISTS")
    schema, name = words.dotted()
    schema = session.schema_of(exp.table_(name, db=schema or None))
    catalog = session.data.catalog
    there = catalog.triggers.get((schema, name)) if kind == "TRIGGER" else catalog.routines.get(
        (schema, kind, name.lower()))
    made = _trigger(session, words, schema, name) if kind == "TRIGGER" else _routine(session, words, schema, kind, name)
    body_of(session, made)
    if there is not None and not replace:
        error = SqlError(1359, "HY000", f"Trigger '{schema}.{name}' already exists") if kind == "TRIGGER" else SqlError(
            1304, "42000", f"{kind} {name} already exists")
        if not exists:
            raise error
        return Result(notices=[("Note", error.code, error.message)])
    if isinstance(made, Trigger):
        catalog.triggers[schema, name] = made
    else:
        catalog.routines[schema, kind, name.lower()] = made
    session.data.changed.add(("", ""))
    session.wrote(text)
    return Result()


def _routine(session: MySQL, words: Words, schema: str, kind: str, name: str) -> Routine:
    params = []
    words.need("(")
    while not words.accept(")"):
        mode = words.take() if words.peek() in ("IN", "OUT", "INOUT") else "IN"
        own, type_ = words.name(), words.until(",", ")")
        kind_of(session, type_)
        params.append((mode, own, type_))
        words.accept(",")
    returns = ""
    if kind == "FUNCTION":
        words.need("RETURNS")
        start = words.at
        words.take()
        if words.accept("("):
            words.until(")")
            words.take()
        returns = words.text[words.tokens[start].start:words.tokens[words.at - 1].end + 1]
    traits = words.at
    while words.peek() in _TRAITS or (words.peek() and words.tokens[words.at - 1].text.upper() in (
            "COMMENT", "READS", "MODIFIES", "LANGUAGE")):
        words.at += 1
        while words.tokens[words.at - 1].text.upper() in ("SQL", "READS", "MODIFIES") and words.peek() in (
                "SQL", "DATA", "SECURITY", "INVOKER", "DEFINER"):
            words.at += 1
    told = words.text[words.tokens[traits].start:words.tokens[words.at - 1].end + 1] if words.at > traits else ""
    return Routine(schema, kind, name, params, returns, words.rest(), told)


def _trigger(session: MySQL, words: Words, schema: str, name: str) -> Trigger:
    timing, event = words.take(), words.take()
    if timing not in ("BEFORE", "AFTER") or event not in ("INSERT", "UPDATE", "DELETE"):
        words.at -= 2 if timing not in ("BEFORE", "AFTER") else 1
        raise words.error(session.maria)
    words.need("ON")
    where, table = words.dotted()
    node = exp.table_(table, db=where or schema)
    if not isinstance(session.find(node), Table):
        raise session.no_table(node)
    for each in ("FOR", "EACH", "ROW"):
        words.need(each)
    if words.accept("FOLLOWS", "PRECEDES"):
        words.name()
    return Trigger(schema, name, timing, event, table, words.rest())


def drop(session: MySQL, words: Words, text: str) -> Result | None:
    """DROP PROCEDURE, FUNCTION or TRIGGER, from what stands behind DROP; None where it is none of these."""
    kind = words.peek()
    if kind not in ("PROCEDURE", "FUNCTION", "TRIGGER"):
        return None
    words.take()
    exists = words.accept("IF") and words.accept("EXISTS")
    schema, name = words.dotted()
    schema = session.schema_of(exp.table_(name, db=schema or None))
    catalog = session.data.catalog
    if kind == "TRIGGER":
        gone: object = catalog.triggers.pop((schema, name), None)
    else:
        gone = catalog.routines.pop((schema, kind, name.lower()), None)
    if gone is None:
        error = SqlError(1360, "HY000", "Trigger does not exist") if kind == "TRIGGER" else SqlError(
            1305, "42000", f"{kind} {schema}.{name} does not exist")
        if not exists:
            raise error
        return Result(notices=[("Note", error.code, error.message)])
    session.data.changed.add(("", ""))
    session.wrote(text)
    return Result()


def text_of(session: MySQL, made: Routine | Trigger) -> str:
    """Return the statement that makes a routine, as SHOW CREATE and mysqldump have it."""
    definer = "CREATE DEFINER=`root`@`localhost` "
    if isinstance(made, Trigger):
        return (f"{definer}TRIGGER `{made.name}` {made.timing} {made.event} ON `{made.table}` FOR EACH ROW {made.body}"
                if not session.maria else
                f"{definer}TRIGGER {made.name} {made.timing} {made.event} ON {made.table} FOR EACH ROW {made.body}")
    params = ", ".join(f"{mode + ' ' if made.kind == 'PROCEDURE' else ''}{name} {type_}"
                       for mode, name, type_ in made.params)
    returns = f" RETURNS {made.returns}" if made.returns else ""
    traits = f"    {made.traits}\n" if made.traits else ""
    return f"{definer}{made.kind} `{made.name}`({params}){returns}\n{traits}{made.body}"


def shown(session: MySQL, words: Words, kind: str) -> Result:
    """SHOW CREATE PROCEDURE, FUNCTION or TRIGGER."""
    schema, name = words.dotted()
    schema = schema or session.database
    catalog = session.data.catalog
    made = catalog.triggers.get((schema, name)) if kind == "TRIGGER" else catalog.routines.get(
        (schema, kind, name.lower()))
    if made is None:
        raise SqlError(1360, "HY000", "Trigger does not exist") if kind == "TRIGGER" else SqlError(
            1305, "42000", f"{kind} {name} does not exist")
    mode = session.setting("sql_mode", "")
    tail = ["utf8mb3", "utf8mb3_general_ci", "latin1_swedish_ci"] if session.maria else [
        "utf8mb4", "utf8mb4_0900_ai_ci", "utf8mb4_0900_ai_ci"]
    title = "SQL Original Statement" if kind == "TRIGGER" else f"Create {kind.capitalize()}"
    return Result.table([kind.capitalize(), "sql_mode", title, "character_set_client", "collation_connection",
                         "Database Collation"], [[made.name, mode, text_of(session, made), *tail]])


def forget(session: MySQL) -> None:
    """Triggers go with their tables."""
    catalog = session.data.catalog
    for key, trigger in list(catalog.triggers.items()):
        if (trigger.schema, trigger.table) not in catalog.tables:
            del catalog.triggers[key]
