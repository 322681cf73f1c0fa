"""EXPLAIN of MySQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlglot import exp

from .catalog import Table
from .definitions import Definitions
from .dialects import parse
from .results import Result

if TYPE_CHECKING:
    from .mysql import MySQL


def explain(session: MySQL, text: str) -> Result:
    """Run EXPLAIN of a statement: one line for each table that it reads."""
    node = parse(text.split(None, 1)[1], True, session.maria)
    if isinstance(node, exp.Query):
        Definitions(session).query(node)
    rows: list[list[Any]] = []
    for each in node.find_all(exp.Table):
        found = session.find(each)
        count = session.data.run(f"SELECT COUNT(*) FROM {found.place}")[0][0] if isinstance(found, Table) else None
        where = node.args.get("where")
        key = used = None
        if isinstance(found, Table) and where is not None:
            named = {column.name for column in where.find_all(exp.Column)}
            index = next((one for one in found.indexes if one.columns[0] in named), None)
            key, used = (index.name, index) if index is not None else (None, None)
        how = ("const" if used.unique else "ref") if used is not None else "ALL"
        rows.append([1, "SIMPLE", each.alias or each.name, *([] if session.maria else [None]), how, key, key,
                     "4" if key else None, "const" if key else None, 1 if how == "const" else count,
                     *([] if session.maria else ["100.00"]), "Using where" if where is not None and key is None else
                     "" if session.maria else None])
    if not rows:
        rows = [[1, "SIMPLE", None, *([] if session.maria else [None]), None, None, None, None, None, None,
                 *([] if session.maria else [None]), "No tables used"]]
    names = [
        "id",
        "select_type",
        "table",
        *([] if session.maria else ["partitions"]),
        "type",
        "possible_keys",
        "key",
        "key_len",
        "ref",
        "rows",
        *([] if session.maria else ["filtered"]),
        "Extra",
    ]
    return Result.table(names, rows, ("id", "rows", "filtered"))
