"""A table's rows: which of them a WHERE finds, and what a SELECT makes of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .values import INTS, UUIDS, Call, CqlError, key, parts, shown, taken, token

if TYPE_CHECKING:
    from .engine import Engine

Object = dict[str, Any]
_FILTERING = (
    "Cannot execute this query as it might involve data filtering and thus may have unpredictable performance. If you "
    "want to execute this query despite the performance unpredictability, use ALLOW FILTERING"
)
_ENDS = " ends"  # under this name a row has {column: the moment when its value is gone}


class Selection:
    """The rows of one table."""

    def __init__(self, table: Object, space: str, name: str, engine: Engine):
        self.table, self.space, self.name, self.engine = table, space, name, engine
        self.columns: dict[str, str] = table["columns"]
        self.clustering = [each for each, _ in table["clustering"]]
        self.keys = [*table["partition"], *self.clustering]
        self._forget()

    def _forget(self) -> None:
        """Drop what has had its time."""
        now, kept = self.engine.now, []
        for row in self.table["rows"]:
            ends = row.get(_ENDS)
            for column in [each for each, when in (ends or {}).items() if when <= now]:
                row.pop(column, None)
                ends.pop(column)
            if not ends and _ENDS in row and row.pop(_ENDS) is not None and all(each in self.keys for each in row):
                continue
            kept.append(row)
        self.table["rows"] = kept

    def kind(self, column: str) -> str:
        """Return a column's type; raise CqlError where there is no such column."""
        if column not in self.columns:
            raise CqlError(f"Undefined column name {column} in table {self.space}.{self.name}")
        return self.columns[column]

    # Values

    def worked(self, value: Any, kind: str, column: str) -> Any:
        """Return what a column is set to: a constant, or what a function gives."""
        if isinstance(value, Call):
            made, of = self._called(value)
            if kind != of and not (kind in UUIDS and of in UUIDS):
                raise CqlError(
                    f"Type error: cannot assign result of function system.{value.name} (type {of}) to {column} "
                    f"(type {kind})"
                )
            return made
        return taken(value, kind, column)

    def _called(self, call: Call) -> tuple[Any, str]:
        bits, now = self.engine.bits, self.engine.now
        if call.name in ("uuid", "now"):
            text = f"{bits(128):032x}"
            if call.name == "now":
                ticks = int(now * 10_000_000) + 0x01B21DD213814000
                low, middle, high = ticks & 0xFFFFFFFF, ticks >> 32 & 0xFFFF, ticks >> 48 & 0xFFF
                return f"{low:08x}-{middle:04x}-1{high:03x}-{text[16:20]}-{text[20:]}", "timeuuid"
            return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}", "uuid"
        if call.name in ("currenttimestamp", "totimestamp", "current_timestamp"):
            return int(now * 1000), "timestamp"
        if call.name in ("currentdate", "todate", "current_date"):
            from ...dates import strftime

            return strftime("%Y-%m-%d", now), "date"
        raise CqlError(f"Unknown function '{call.name}'")

    def _named(self, where: list[list[Any]], partial: bool) -> list[Object]:
        """Return the keys that a WHERE of a change names; `partial`: clustering columns may be missing."""
        found: list[Object] = [{}]
        for name, operator, value in where:
            kind = self.kind(name)
            if name not in self.keys:
                raise CqlError(f"Non PRIMARY KEY columns found in where clause: {name} ")
            if operator == "=":
                found = [{**each, name: self.worked(value, kind, name)} for each in found]
            elif operator == "IN":
                found = [{**each, name: self.worked(one, kind, name)} for each in found for one in value]
        missing = [each for each in self.table["partition"] if each not in found[0]]
        if missing:
            raise CqlError(f"Some partition key parts are missing: {', '.join(missing)}")
        missing = [each for each in self.clustering if each not in found[0]]
        if missing and not partial:
            raise CqlError(f"Some clustering keys are missing: {', '.join(missing)}")
        return found

    # Reading

    def _fits(self, row: Object, where: list[list[Any]]) -> bool:
        for name, operator, value in where:
            have = row.get(name)
            kind = self.columns.get(name, "bigint")
            if operator == "IN":
                if have not in [self.worked(each, kind, name) for each in value]:
                    return False
                continue
            if operator.startswith("CONTAINS"):
                outer, inner = parts(kind)
                items = (
                    [pair[0 if operator.endswith("KEY") else 1] for pair in have or []]
                    if outer == "map"
                    else have or []
                )
                if self.worked(value, inner[0 if operator.endswith("KEY") else -1], name) not in items:
                    return False
                continue
            if name == "token":
                have = token([(row[each], self.columns[each]) for each in self.table["partition"]])
            wanted = self.worked(value, kind, name)
            if (
                have is None
                or not {
                    "=": have == wanted,
                    "!=": have != wanted,
                    "<": key(have) < key(wanted),
                    ">": key(have) > key(wanted),
                    "<=": key(have) <= key(wanted),
                    ">=": key(have) >= key(wanted),
                    "LIKE": False,
                }[operator]
            ):
                return False
        return True

    def _check(self, statement: Object) -> None:
        """Raise CqlError where a SELECT cannot be answered by its keys."""
        where = statement["where"]
        for name, _, value in where:
            if name != "token":
                kind = self.kind(name)
                if not isinstance(value, (list, Call)) and not parts(kind)[1]:
                    taken(value, kind, name)
        if statement["filtering"] or self.space.startswith("system"):
            return
        equal = {name for name, operator, _ in where if operator in ("=", "IN")}
        indexed = set(self.table["indexes"].values()) & {name for name, _, _ in where}
        for name, operator, _ in where:
            if name in self.table["partition"] and operator not in ("=", "IN"):
                raise CqlError(
                    "Only EQ and IN relation are supported on the partition key (unless you use the token() function)"
                    if not statement["filtering"]
                    else _FILTERING
                )
        named = [name for name, _, _ in where if name != "token"]
        if not named or (indexed and equal):
            return
        if any(each not in equal for each in self.table["partition"]) or any(each not in self.keys for each in named):
            raise CqlError(_FILTERING)
        used = [each for each in self.clustering if each in named]
        for at, each in enumerate(used):
            if self.clustering[at] != each:
                raise CqlError(
                    f'PRIMARY KEY column "{each}" cannot be restricted as preceding column "{self.clustering[at]}" is '
                    "not restricted"
                )

    def select(self, statement: Object) -> Object:
        """SELECT."""
        self._check(statement)
        rows = [row for row in self._visible() if self._fits(row, statement["where"])]
        if statement["order"]:
            rows = self._ordered(rows, statement)
        if "per" in statement:
            rows = self._per_partition(rows, statement["per"])
        columns = statement["columns"] or [[name, name] for name in self._all()]
        if statement["json"]:
            return self._json(rows, columns, statement["limit"])
        if statement["distinct"]:
            rows = self._per_partition(rows, 1)
        if any(isinstance(what, Call) and what.name in _AGGREGATES for what, _ in columns):
            return self._aggregated(rows, columns, statement)
        kinds = [self._kind_of(what) for what, _ in columns]
        return {
            "columns": [[title, kind] for (_, title), kind in zip(columns, kinds)],
            "rows": [
                [shown(self._of(row, what), kind) for (what, _), kind in zip(columns, kinds)]
                for row in rows[: statement["limit"]]
            ],
        }

    def _visible(self) -> list[Object]:
        """The rows that there are: one of static columns alone is one only while its partition has no other."""

        def place(row: Object) -> str:
            return repr([row[each] for each in self.table["partition"]])

        if not self.table["static"]:
            found: list[Object] = self.table["rows"]
            return found
        whole = {place(row) for row in self.table["rows"] if all(each in row for each in self.clustering)}
        return [
            row for row in self.table["rows"] if place(row) not in whole or all(each in row for each in self.clustering)
        ]

    def _all(self) -> list[str]:
        """The columns in the order of SELECT *: the key, then the others by name."""
        rest = sorted(each for each in self.columns if each not in self.keys)
        statics = [each for each in rest if each in self.table["static"]]
        return [*self.keys, *statics, *(each for each in rest if each not in statics)]

    def _kind_of(self, what: Any) -> str:
        if isinstance(what, str):
            return self.kind(what)
        if what.name in ("token", "ttl", "writetime", "count"):
            return "bigint"
        if what.name in ("totimestamp", "currenttimestamp"):
            return "timestamp"
        return (
            self.kind(what.arguments[0])
            if what.arguments and isinstance(what.arguments[0], str)
            else ("timeuuid" if what.name == "now" else "uuid" if what.name == "uuid" else "text")
        )

    def _of(self, row: Object, what: Any) -> Any:
        if isinstance(what, str):
            if what in self.table["static"]:
                first = (
                    each
                    for each in self.table["rows"]
                    if what in each and all(each.get(name) == row.get(name) for name in self.table["partition"])
                )
                found: Object = next(first, {})
                return found.get(what)
            return row.get(what)
        if what.name == "token":
            return token([(row[each], self.columns[each]) for each in what.arguments])
        if what.name == "ttl":
            ends = row.get(_ENDS, {}).get(what.arguments[0])
            return None if ends is None else int(ends - self.engine.now)
        if what.name == "writetime":
            return int(self.engine.now * 1_000_000)
        if what.name == "totimestamp" and isinstance(what.arguments[0], str):
            value = row.get(what.arguments[0])
            return None if value is None else _of_timeuuid(value)
        return self._called(what)[0]

    def _ordered(self, rows: list[Object], statement: Object) -> list[Object]:
        if not all(
            any(name == each and operator in ("=", "IN") for name, operator, _ in statement["where"])
            for each in self.table["partition"]
        ):
            raise CqlError("ORDER BY is only supported when the partition key is restricted by an EQ or an IN.")
        for name, _ in statement["order"]:
            self.kind(name)
            if name not in self.clustering:
                raise CqlError(
                    f"Order by is currently only supported on the clustered columns of the PRIMARY KEY, got {name}"
                )
        for name, order in reversed(statement["order"]):
            rows = sorted(rows, key=_by(name), reverse=order == "DESC")
        return rows

    def _per_partition(self, rows: list[Object], most: int) -> list[Object]:
        seen: dict[str, int] = {}
        out = []
        for row in rows:
            place = repr([row[each] for each in self.table["partition"]])
            seen[place] = seen.get(place, 0) + 1
            if seen[place] <= most:
                out.append(row)
        return out

    def _aggregated(self, rows: list[Object], columns: list[list[Any]], statement: Object) -> Object:
        groups: dict[str, list[Object]] = {}
        for row in rows:
            groups.setdefault(repr([row.get(each) for each in statement["group"]]), []).append(row)
        if not statement["group"] and not groups:
            groups[""] = []
        kinds = [self._kind_of(what) for what, _ in columns]
        out = []
        for members in groups.values():
            line = []
            for (what, _), kind in zip(columns, kinds):
                if isinstance(what, Call) and what.name in _AGGREGATES:
                    name = what.arguments[0] if what.arguments and isinstance(what.arguments[0], str) else ""
                    values = (
                        [row.get(name) for row in members if row.get(name) is not None] if name else [1] * len(members)
                    )
                    line.append(shown(_AGGREGATES[what.name](values, kind), kind))
                else:
                    line.append(shown(self._of(members[0], what) if members else None, kind))
            out.append(line)
        return {
            "columns": [[title, kind] for (_, title), kind in zip(columns, kinds)],
            "rows": out[: statement["limit"]],
        }

    def _json(self, rows: list[Object], columns: list[list[Any]], limit: int | None) -> Object:
        import json

        lines = []
        for row in rows[:limit]:
            found = {title: self._of(row, what) for what, title in columns}
            lines.append(
                [
                    json.dumps(
                        {
                            name: dict(value) if parts(self._kind_of(what))[0] == "map" and value else value
                            for (what, _), (name, value) in zip(columns, found.items())
                        },
                        ensure_ascii=False,
                    )
                ]
            )
        return {"columns": [["[json]", "text"]], "rows": lines}


def _by(name: str) -> Callable[[Object], Any]:
    return lambda row: key(row.get(name))


class Placed:
    """A key that may be ordered downwards."""

    def __init__(self, inside: Any, down: bool):
        self.inside, self.down = inside, down

    def __lt__(self, other: Placed) -> bool:
        return bool(other.inside < self.inside if self.down else self.inside < other.inside)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Placed) and self.inside == other.inside


def _mean(values: list[Any], kind: str) -> Any:
    if not values:
        return 0
    return sum(values) // len(values) if kind in INTS else sum(values) / len(values)


_AGGREGATES: dict[str, Any] = {
    "count": lambda values, kind: len(values),
    "sum": lambda values, kind: sum(values),
    "avg": _mean,
    "min": lambda values, kind: min(values, default=None),
    "max": lambda values, kind: max(values, default=None),
}


def _of_timeuuid(text: str) -> int:
    """Return the milliseconds that a timeuuid has in it."""
    low, middle, high = text.split("-")[:3]
    ticks = int(high[1:], 16) << 48 | int(middle, 16) << 32 | int(low, 16)
    return (ticks - 0x01B21DD213814000) // 10_000
