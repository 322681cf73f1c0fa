"""The table of `kubectl get` (cli-runtime's HumanReadablePrinter), from a metav1.Table dict."""

from __future__ import annotations

from ...go import tabwriter
from . import Kept

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...machinery.types import Json, Object

_EVENTS = {"ADDED": "ADDED   ", "MODIFIED": "MODIFIED", "DELETED": "DELETED ", "ERROR": "ERROR   "}


class TablePrinter(Kept):
    """Prints tables of one resource one after another, as `get --watch` does: headers once, columns never shrink.

    `kind_prefix` (`pod`, `deployment.apps`) is put before names (--show-kind); `label_columns` are label keys (-L).
    """

    KEPT = ("_columns", "_widths")

    def __init__(self, *, wide: bool = False, no_headers: bool = False, show_labels: bool = False,
                 label_columns: Sequence[str] = (), with_namespace: bool = False, kind_prefix: str = "") -> None:
        self.wide, self.no_headers, self.show_labels = wide, no_headers, show_labels
        self.label_columns, self.with_namespace, self.kind_prefix = label_columns, with_namespace, kind_prefix
        self._columns: list[Json] | None = None
        self._widths: list[int] = []

    def print(self, table: Object, event: str = "") -> str:
        """Return the rows of `table` (columnDefinitions, rows of cells and object) as text.

        Headers come first unless they were printed before. `event` (ADDED, MODIFIED, DELETED) adds the EVENT column
        of --output-watch-events.
        """
        columns, rows = table["columnDefinitions"], table["rows"]
        if not rows:
            return ""
        shown = [i for i, column in enumerate(columns) if self.wide or not column.get("priority")]
        lines = []
        if not self.no_headers and columns != self._columns:
            lines.append(self._headers([columns[i]["name"] for i in shown], event))
        self._columns = columns
        name_at = -1
        if self.kind_prefix:
            name_at = next((i for i, c in enumerate(columns) if c.get("format") == "name" and c["type"] == "string"),
                           -1)
        labelled = self.show_labels or self.label_columns
        for row in rows:
            cells = row["cells"]
            line = [_text(cells[i]) for i in shown if i < len(cells)]
            if name_at in shown:
                at = shown.index(name_at)
                line[at] = f"{self.kind_prefix}/{line[at]}"
            if self.with_namespace or labelled:
                meta = (row.get("object") or {}).get("metadata") or {}
                if self.with_namespace:
                    line.insert(0, _text(meta.get("namespace")))
                if labelled:
                    line += [""] * (len(shown) - len(cells))
                    line += self._labels(meta.get("labels") or {})
            if event:
                line.insert(0, _EVENTS.get(event, event))
            lines.append("\t".join(line).replace("\v", "\t").split("\t"))  # tabs inside a cell end it, as in Go
        return tabwriter.align(lines, remembered=self._widths)

    def _headers(self, names: list[str], event: str) -> list[str]:
        if self.with_namespace:
            names.insert(0, "Namespace")
        if event:
            names.insert(0, "Event")
        names += [key.rpartition("/")[2] for key in self.label_columns]
        if self.show_labels:
            names.append("Labels")
        return [name.upper() for name in names]

    def _labels(self, labels: Object) -> list[str]:
        values = [_text(labels.get(key)) for key in self.label_columns]
        if self.show_labels:
            values.append(_text(",".join(sorted([f"{key}={value}" for key, value in labels.items()])) or "<none>"))
        return values


def _text(cell: Json) -> str:
    """One cell: cut at the first line end, terminal escapes made harmless."""
    if type(cell) is str and cell.isprintable():
        return cell
    if cell is None:
        return ""
    if type(cell) is int:
        return str(cell)
    if type(cell) is not str:
        from ...go.fmt import sprint

        return escape_terminal(sprint(cell))
    line = cell.partition("\n")[0].partition("\r")[0].partition("\f")[0]
    return escape_terminal(line) + ("..." if len(line) < len(cell) else "")


def escape_terminal(text: str) -> str:
    """Make terminal escape sequences visible (cli-runtime's EscapeTerminal)."""
    return text.replace("\x1b", "^[").replace("\r", "\\r")
