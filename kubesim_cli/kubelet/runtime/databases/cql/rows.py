"""A table's rows: what is written into them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .selection import Placed, Selection
from .values import INTS, CqlError, key, parts, shown, taken, token

if TYPE_CHECKING:
    pass

Object = dict[str, Any]
_FILTERING = (
    "Cannot execute this query as it might involve data filtering and thus may have unpredictable performance. If you "
    "want to execute this query despite the performance unpredictability, use ALLOW FILTERING"
)
_ENDS = " ends"  # under this name a row has {column: the moment when its value is gone}


class Rows(Selection):
    """The rows of one table, as statements change them."""

    def insert(self, statement: Object) -> Object | None:
        """INSERT."""
        if "json" in statement:
            return self._insert_json(statement)
        names, values = statement["names"], statement["values"]
        if len(names) != len(values):
            raise CqlError("Unmatched column names/values")
        given = {name: self.worked(value, self.kind(name), name) for name, value in zip(names, values)}
        return self._write(given, statement)

    def _insert_json(self, statement: Object) -> Object | None:
        import json

        try:
            found = json.loads(statement["json"])
        except ValueError:
            raise CqlError(f"Could not decode JSON string as a map: {statement['json']}") from None
        return self._write({name: self._of_json(value, self.kind(name)) for name, value in found.items()}, statement)

    def _of_json(self, value: Any, kind: str) -> Any:
        if isinstance(value, dict):
            return [[name, each] for name, each in value.items()]
        return value

    def _write(self, given: Object, statement: Object) -> Object | None:
        missing = [each for each in self.table["partition"] if given.get(each) is None]
        if missing:
            raise CqlError(f"Some partition key parts are missing: {', '.join(missing)}")
        missing = [each for each in self.clustering if given.get(each) is None]
        if missing and not all(each in self.table["static"] or each in self.table["partition"] for each in given):
            raise CqlError(f"Some clustering keys are missing: {', '.join(missing)}")
        row = self._row(given)
        if statement.get("new") and row is not None:
            return self._applied(False, row)
        self._set(row if row is not None else self._new(given), given, statement["using"])
        return self._applied(True) if statement.get("new") else None

    def _applied(self, good: bool, row: Object | None = None) -> Object:
        columns = [["[applied]", "boolean"], *([name, kind] for name, kind in self.columns.items() if row is not None)]
        return {
            "columns": columns,
            "rows": [
                [str(good), *(shown(row.get(name), kind) for name, kind in self.columns.items() if row is not None)]
                if row is not None
                else [str(good)]
            ],
        }

    def _row(self, given: Object) -> Object | None:
        return next(
            (each for each in self.table["rows"] if all(each.get(name) == given.get(name) for name in self.keys)), None
        )

    def _new(self, given: Object) -> Object:
        row = {name: given[name] for name in self.keys if name in given}
        self.table["rows"].append(row)
        self.table["rows"].sort(key=self._order)
        return row

    def _order(self, row: Object) -> Any:
        place: list[Any] = [token([(row[name], self.columns[name]) for name in self.table["partition"]])]
        return [*place, *(Placed(key(row.get(name)), order == "DESC") for name, order in self.table["clustering"])]

    def _set(self, row: Object, given: Object, using: Object) -> None:
        for name, value in given.items():
            if value is None and name not in self.keys:
                row.pop(name, None)
            else:
                row[name] = value
            if "TTL" in using and name not in self.keys:
                row.setdefault(_ENDS, {})[name] = self.engine.now + using["TTL"]

    def update(self, statement: Object) -> Object | None:
        """UPDATE, which makes rows that are not there."""
        sets = [[name, how, value, self.kind(name)] for name, how, value in statement["sets"]]
        for name, _, _, _ in sets:
            if name in self.keys:
                raise CqlError(f"PRIMARY KEY part {name} found in SET part")
        out = None
        for given in self._named(statement["where"], False):
            row = self._row(given)
            if statement["if"] is not None:
                good = (
                    row is not None
                    if statement["if"] == "exists"
                    else row is not None and self._fits(row, statement["if"])
                )
                out = self._applied(good)
                if not good:
                    continue
            row = row if row is not None else self._new(given)
            self._set(
                row,
                {name: self._after(row.get(name), how, value, kind, name) for name, how, value, kind in sets},
                statement["using"],
            )
        return out

    def _after(self, before: Any, how: str, value: Any, kind: str, name: str) -> Any:
        """Return what an assignment makes of a value."""
        outer, inner = parts(kind)
        if how == "=":
            return self.worked(value, kind, name)
        if how == "at":
            place, new = value
            if outer == "map":
                at = taken(place, inner[0], name)
                pairs = [pair for pair in before or [] if pair[0] != at]
                made = self.worked(new, inner[1], name)
                return sorted([*pairs, [at, made]] if made is not None else pairs, key=lambda pair: key(pair[0]))
            items = list(before or [])
            if not 0 <= place.value < len(items):
                raise CqlError(f"List index {place.value} out of bound, list has size {len(items)}")
            items[place.value] = self.worked(new, inner[0], name)
            return items
        if kind in INTS:
            number = value.value
            if kind != "counter":
                raise CqlError(f"Invalid operation ({name} = {name} {how} {number}) for non counter column {name}")
            return (before or 0) + (number if how == "+" else -number)
        if outer == "map":
            if how == "-":
                gone = [taken(each, inner[0], name) for each in value["items"]]
                return [pair for pair in before or [] if pair[0] not in gone]
            more = taken(value, kind, name) or []
            names = [pair[0] for pair in more]
            return sorted(
                [*(pair for pair in before or [] if pair[0] not in names), *more], key=lambda pair: key(pair[0])
            )
        items = taken(value, kind, name) or []
        if how == "-":
            return [each for each in before or [] if each not in items]
        joined = [*items, *(before or [])] if how == "before" else [*(before or []), *items]
        return sorted({key(each): each for each in joined}.values(), key=key) if outer == "set" else joined

    def delete(self, statement: Object) -> Object | None:
        """DELETE of rows, of all of a partition, or of columns."""
        for name in statement["names"]:
            self.kind(name)
        out = None
        for given in self._named(statement["where"], True):
            hits = [row for row in self.table["rows"] if all(row.get(name) == value for name, value in given.items())]
            hits = [
                row
                for row in hits
                if self._fits(row, [each for each in statement["where"] if each[1] not in ("=", "IN")])
            ]
            if statement["if"] is not None:
                good = bool(hits) and (statement["if"] == "exists" or self._fits(hits[0], statement["if"]))
                out = self._applied(good)
                if not good:
                    continue
            for row in hits:
                if statement["names"]:
                    for name in statement["names"]:
                        row.pop(name, None)
                else:
                    self.table["rows"].remove(row)
        return out

    def truncate(self, statement: Object) -> None:
        """TRUNCATE."""
        self.table["rows"] = []
