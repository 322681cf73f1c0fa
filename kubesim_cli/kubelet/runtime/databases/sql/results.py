"""What a statement gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .kinds import Kind, Value, shown


@dataclass
class Result:
    """`columns`: (name, is it a number, may it be NULL), None where the statement gives no rows; `tag`: PostgreSQL's
    word for what was done; `affected` and `info`: MySQL's; `notices`: (level, code, message); `delay`: seconds that it
    takes; `database`: that in use from now on; `copy`: lines of COPY; `kinds`: (name, what an array is of) of the
    columns' kinds, as far as they are known; `before`: what a procedure has shown."""

    columns: list[tuple[str, bool, bool]] | None = None
    rows: list[list[str | None]] = field(default_factory=list)
    tag: str = ""
    affected: int = 0
    info: str = ""
    notices: list[tuple[str, int, str]] = field(default_factory=list)
    delay: float = 0.0
    database: str | None = None
    copy: list[str] | None = None
    kinds: list[tuple[str, str]] = field(default_factory=list)
    before: list[Result] = field(default_factory=list)

    def fill(self, columns: list[tuple[str, Kind]], rows: list[tuple[Value, ...]], mysql: bool) -> None:
        """Take rows of values in."""
        kinds = [kind for _, kind in columns]
        self.kinds = [(kind.name, kind.of.name if kind.of else "") for kind in kinds]
        self.columns = [(name, kind.numeric, kind.null) for name, kind in columns]
        self.rows = [[shown(value, kind, mysql) for value, kind in zip(row, kinds, strict=True)] for row in rows]

    @classmethod
    def table(cls, names: list[str], rows: list[list[Any]], numbers: tuple[str, ...] = ()) -> Result:
        """Return rows of the server's own."""
        return cls([(name, name in numbers, False) for name in names],
                   [[None if each is None else str(each) for each in row] for row in rows], tag=f"SELECT {len(rows)}")

    def stored(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "columns": self.columns,
            "rows": self.rows,
            "tag": self.tag,
            "affected": self.affected,
            "info": self.info,
            "notices": self.notices,
            "database": self.database,
            "copy": self.copy,
            "kinds": self.kinds,
            "before": [each.stored() for each in self.before],
        }

    @classmethod
    def read(cls, data: dict[str, Any]) -> Result:
        """Return what was stored."""
        columns = data["columns"]
        return cls(
            None if columns is None else [(name, number, null) for name, number, null in columns],
            data["rows"],
            data["tag"],
            data["affected"],
            data["info"],
            [(level, code, text) for level, code, text in data["notices"]],
            database=data["database"],
            copy=data["copy"],
            before=[cls.read(each) for each in data.get("before") or ()],
        )
