"""Tables as kubectl prints them, and as pages show them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

_HEADER = re.compile(r"%?[A-Z][A-Za-z0-9()/%._-]*(?: [A-Z(][A-Za-z0-9()/%._-]*)*")
# Old pages have these columns' names together.
_TOGETHER = {"ACCESSMODES": "ACCESS MODES", "RECLAIMPOLICY": "RECLAIM POLICY"}
ELIDED = "..."  # columns that the page leaves out
# Columns that kubectl's tables have got since its 1.7: a page that does not tell its release may lack them.
LATER = frozenset(("ALLOWVOLUMEEXPANSION", "CLASS", "LIMIT", "NOMINATED NODE", "READINESS GATES", "RECLAIMPOLICY",
                   "RECLAIM POLICY", "REQUEST", "STATUS", "STORAGECLASS", "TIMEZONE", "TYPE", "VOLUMEATTRIBUTESCLASS",
                   "VOLUMEBINDINGMODE"))
# And fields of `kubectl describe`; it has told Labels of all but Ingresses before.
LATER_FIELDS = frozenset(("Ingress Class", "IP Families", "IP Family Policy", "IPs", "Internal Traffic Policy",
                          "Labels", "Service Account", "  Node-Selectors", "  Tolerations"))
# And labels that the control plane gives.
LATER_LABELS = ("apps.kubernetes.io/pod-index=", "batch.kubernetes.io/", "kubernetes.io/metadata.name=")


@dataclass
class Table:
    """A header and rows. `place` is the index of the header among the lines, `rows` has (index, cells)."""

    place: int
    columns: list[str]
    starts: list[int]
    rows: list[tuple[int, list[str]]] = field(default_factory=list)

    def only(self, columns: list[str]) -> Table | None:
        """Return the table with some of its columns, None where it lacks one of them."""
        if not set(columns) <= set(self.columns):
            return None
        places = [self.columns.index(name) for name in columns]
        return Table(self.place, columns, [self.starts[place] for place in places],
                     [(line, [cells[place] for place in places]) for line, cells in self.rows])


def header(line: str) -> tuple[list[str], list[int]] | None:
    """Return the columns of a header and where each begins; None where a line is none."""
    if not line or line[0].isspace():
        return None
    if line == "NAME":  # a page may leave out the other columns
        return [line], [0]
    apart = r"\S+" if line.endswith(" COMMAND") else r"\S+(?: \S+)*"  # ps has single blanks between its columns
    cells = [(found.group(), found.start()) for found in re.finditer(apart, line)]
    names = [_TOGETHER.get(name, name) for name, _ in cells]
    if len(cells) < 2 or names[0].upper() != names[0] or not all(
            _HEADER.fullmatch(name) or name == ELIDED for name in names):
        return None
    upper = sum(name.split("(")[0].upper() == name.split("(")[0] for name in names)
    return (names, [start for _, start in cells]) if upper == len(names) else None


def tables(lines: list[str]) -> list[Table]:
    """Return the tables in an output: each from its header to the next empty line or header."""
    found: list[Table] = []
    current: Table | None = None
    for place, line in enumerate(lines):
        if not line.strip():
            current = None
            continue
        columns = header(line)
        if columns:
            current = Table(place, *columns)
            found.append(current)
        elif current is not None:
            cells = row(line, current)
            if cells is not None:
                current.rows.append((place, cells))
    return [table.only([name for name in table.columns if name != ELIDED]) or table for table in found]


def row(line: str, table: Table) -> list[str] | None:
    """Return the cells of a row; None where a line does not fit the table."""
    count = len(table.columns)
    starts = table.starts
    if "PID" in table.columns and table.columns[-1] == "COMMAND":  # as ps aligns them: numbers on the right
        parts = line.split(None, count - 1)
        return parts if len(parts) == count else None
    line = _narrow(line)
    parts = [part for part in re.split(r"\s{2,}|\t", line.strip()) if part]
    if len(parts) == count and not line[0].isspace():
        return parts
    if count > 1 and len(line) > starts[1] and all(
            start == 0 or start >= len(line) or line[start - 1] == " " for start in starts):
        ends = [*starts[1:], len(line)]
        cells = [line[start:end].strip() for start, end in zip(starts, ends)]
        if cells[0] or starts[0] != 0:
            return cells
    parts = line.split()
    return parts if len(parts) == count else None


def _narrow(line: str) -> str:
    """Pad what takes two columns on a terminal, so that places are columns."""
    if line.isascii():
        return line
    return "".join(char + ("\0" if unicodedata.east_asian_width(char) in "WF" else "") for char in line)


def render(cells: list[str], table: Table) -> str:
    """Return a row of other cells in a table's own layout."""
    line = ""
    for start, cell in zip(table.starts, cells):
        line = line.ljust(start) if len(line) < start or not line else line + "   "
        line += cell
    return line.rstrip()
