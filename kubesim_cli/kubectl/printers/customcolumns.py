"""-o custom-columns=NAME:.metadata.name,... and custom-columns-file (kubectl pkg/cmd/get/customcolumn.go)."""

from __future__ import annotations

from ...go import tabwriter
from ...go.fmt import sprint
from ...machinery.jsonpath import JSONPath, JSONPathError, relaxed
from . import Printer, PrinterError, read_file
from .table import escape_terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.files import Files
    from ...machinery.types import Json, Object

_LINES = "Expected format is one line of space separated headers, one line of space separated column specs."


def for_spec(format_: str, value: str, no_headers: bool = False, files: Files | None = None) -> CustomColumnsPrinter:
    """Return the printer for `custom-columns` (a spec) or `custom-columns-file` (a path); raises PrinterError."""
    if not value:
        raise PrinterError("custom-columns format specified but no custom columns given")
    if format_ == "custom-columns-file":
        return CustomColumnsPrinter(_from_file(read_file(value, "error reading template", files)))
    columns = []
    for part in value.split(","):
        header, colon, path = part.partition(":")
        if not colon:
            raise PrinterError(f"unexpected custom-columns spec: {part}, expected <header>:<json-path-expr>")
        columns.append((header, path))
    return CustomColumnsPrinter(columns, no_headers)


def _from_file(text: str) -> list[tuple[str, str]]:
    lines = text.split("\n")
    if not text:
        raise PrinterError(f"invalid template, missing header line. {_LINES}")
    if len(lines) < 2 or (len(lines) == 2 and not lines[1]):
        raise PrinterError(f"invalid template, missing spec line. {_LINES}")
    headers, paths = lines[0].split(), lines[1].split()
    if len(headers) != len(paths):
        raise PrinterError(f"number of headers ({len(headers)}) and field specifications ({len(paths)}) don't match")
    return list(zip(headers, paths))


class CustomColumnsPrinter(Printer):
    """Prints a line per object; headers again only when a list follows a single object or the other way round."""

    KEPT = ("_after_list",)

    def __init__(self, columns: list[tuple[str, str]], no_headers: bool = False) -> None:
        try:
            self.columns = [(header, relaxed(path)) for header, path in columns]
        except JSONPathError as error:
            raise PrinterError(str(error)) from None
        self.no_headers = no_headers
        self._after_list: bool | None = None

    def print_obj(self, obj: Object) -> str:
        items = obj.get("items")
        is_list = type(items) is list
        lines = []
        if not self.no_headers and is_list != self._after_list:
            lines.append("\t".join([header for header, _ in self.columns]))
        self._after_list = is_list
        try:
            paths = [JSONPath(path) for _, path in self.columns]
            for item in items if is_list else [obj]:  # type: ignore[union-attr]
                lines.append("\t".join([_cell(path.find(item)) for path in paths]))
        except JSONPathError as error:
            raise PrinterError(str(error), _align(lines)) from None
        return _align(lines)


def _align(lines: list[str]) -> str:
    return tabwriter.align_text("".join([line + "\n" for line in lines]), remembered=[])


def _cell(found: list[list[Json]]) -> str:
    cells = [] if found and found[0] else ["<none>"]
    cells += [escape_terminal(sprint(value)) for values in found for value in values]
    return ",".join(cells)
