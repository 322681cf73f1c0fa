"""What tables, views, sequences and types there are, as their owners have defined them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from .kinds import Kind


@dataclass
class Column:
    """`default`: an expression in the server's own SQL; `auto`: auto_increment, serial, always or by default."""

    name: str
    kind: Kind
    null: bool = True
    default: str | None = None
    auto: str = ""
    on_update: bool = False


@dataclass
class Index:
    """An index, `unique` or `primary`; `constraint`: it was made as a constraint."""

    name: str
    columns: list[str]
    unique: bool = False
    primary: bool = False
    constraint: bool = False


@dataclass
class Foreign:
    """A foreign key: `columns` refer to `refs` of a table."""

    name: str
    columns: list[str]
    schema: str
    table: str
    refs: list[str]
    on_delete: str = ""
    on_update: str = ""


@dataclass
class Check:
    """A check constraint: `text`, an expression."""

    name: str
    text: str


@dataclass
class Table:
    """A table; `next`: what its automatic column gets next."""

    schema: str
    name: str
    columns: list[Column] = field(default_factory=list)
    indexes: list[Index] = field(default_factory=list)
    foreigns: list[Foreign] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    next: int = 1
    comment: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Its schema and name."""
        return self.schema, self.name

    @property
    def place(self) -> str:
        """What sqlite calls it."""
        return f'"{self.schema}.{self.name}"'

    def column(self, name: str) -> Column | None:
        """Return a column by its name in any case."""
        return next((each for each in self.columns if each.name.lower() == name.lower()), None)

    def index(self, name: str) -> Index | None:
        """Return an index by its name in any case."""
        return next((each for each in self.indexes if each.name.lower() == name.lower()), None)

    @property
    def primary(self) -> Index | None:
        """The primary key."""
        return next((each for each in self.indexes if each.primary), None)

    @property
    def automatic(self) -> Column | None:
        """The column that gets a number of its own."""
        return next((each for each in self.columns if each.auto), None)

    def stored(self) -> dict[str, Any]:
        """Return it as JSON."""
        data = asdict(self)
        for column, each in zip(data["columns"], self.columns, strict=True):
            column["kind"] = each.kind.stored()
        return data

    @classmethod
    def read(cls, data: dict[str, Any]) -> Table:
        """Return what was stored."""
        return cls(data["schema"], data["name"],
                   [Column(**{**each, "kind": Kind.read(each["kind"])}) for each in data["columns"]],
                   [Index(**each) for each in data["indexes"]], [Foreign(**each) for each in data["foreigns"]],
                   [Check(**each) for each in data["checks"]], data["next"], data["comment"])


@dataclass
class View:
    """A view: the query, and its columns' names and kinds."""

    schema: str
    name: str
    text: str
    columns: list[tuple[str, Kind]]


@dataclass
class Sequence:
    """A sequence; `last`: what it gave last, None before."""

    schema: str
    name: str
    start: int = 1
    step: int = 1
    last: int | None = None


@dataclass
class Routine:
    """A procedure or a function (`kind`): `params` are (IN, OUT or INOUT; name; type), `traits` what is said of it."""

    schema: str
    kind: str
    name: str
    params: list[tuple[str, str, str]]
    returns: str
    body: str
    traits: str = ""


@dataclass
class Trigger:
    """A trigger: `timing` is BEFORE or AFTER, `event` INSERT, UPDATE or DELETE."""

    schema: str
    name: str
    timing: str
    event: str
    table: str
    body: str


@dataclass
class Catalog:
    """All of a server's (MySQL) or a database's (PostgreSQL)."""

    schemas: list[str] = field(default_factory=list)
    tables: dict[tuple[str, str], Table] = field(default_factory=dict)
    views: dict[tuple[str, str], View] = field(default_factory=dict)
    sequences: dict[tuple[str, str], Sequence] = field(default_factory=dict)
    types: dict[str, list[str]] = field(default_factory=dict)
    routines: dict[tuple[str, str, str], Routine] = field(default_factory=dict)  # by schema, kind and name in small
    triggers: dict[tuple[str, str], Trigger] = field(default_factory=dict)

    def referring(self, table: Table) -> list[tuple[Table, Foreign]]:
        """Return the foreign keys of tables that refer to a table."""
        return [(each, foreign) for each in self.tables.values() for foreign in each.foreigns
                if (foreign.schema, foreign.table) == table.key]
