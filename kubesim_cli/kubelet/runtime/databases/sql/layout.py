"""How clients print what a statement gives: mysql's tables and psql's."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .errors import SqlError
    from .results import Result


def width(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(each) else 2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text
    )


def _padded(text: str, size: int, right: bool) -> str:
    fill = " " * (size - width(text))
    return fill + text if right else text + fill


def _plural(count: int, one: str) -> str:
    return f"{count} {one}{'' if count == 1 else 's'}"


# mysql

def mysql_table(result: Result, names: bool = True) -> str:
    """Return the table that mysql draws."""
    columns = result.columns or []
    sizes = []
    for at, (name, _, null) in enumerate(columns):
        cells = [4 if row[at] is None else width(row[at] or "") for row in result.rows]
        sizes.append(max([width(name) if names else 0, 4 if null else 0, *cells]))
    line = "+" + "+".join("-" * (size + 2) for size in sizes) + "+\n"
    out = [line]
    if names:
        out.append(
            "|"
            + "|".join(f" {_padded(name, size, False)} " for (name, _, _), size in zip(columns, sizes, strict=True))
            + "|\n"
        )
        out.append(line)
    for row in result.rows:
        out.append("|" + "|".join(
            f" {_padded('NULL' if cell is None else cell, size, number)} "
            for cell, (_, number, _), size in zip(row, columns, sizes, strict=True)) + "|\n")
    return "".join([*out, line])


def _escaped(cell: str) -> str:
    return cell.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\0", "\\0")


def mysql_lines(result: Result, names: bool = True, raw: bool = False) -> str:
    """Return rows with a tab between cells, as mysql writes into a pipe."""
    rows = [[name for name, _, _ in result.columns or []]] if names and result.rows else []
    cells = [["NULL" if cell is None else cell if raw else _escaped(cell) for cell in row] for row in result.rows]
    return "".join("\t".join(row) + "\n" for row in [*rows, *cells])


def mysql_vertical(result: Result) -> str:
    r"""Return what \G shows."""
    columns = result.columns or []
    size = max((width(name) for name, _, _ in columns), default=0)
    out = []
    for at, row in enumerate(result.rows, 1):
        out.append(f"{'*' * 27} {at}. row {'*' * 27}\n")
        out += [f"{_padded(name, size, True)}: {'NULL' if cell is None else cell}\n"
                for (name, _, _), cell in zip(columns, row, strict=True)]
    return "".join(out)


def mysql_summary(result: Result, maria: bool) -> str:
    """Return the line that mysql says at last, and what it is told beside it."""
    took = f" ({result.delay:.{3 if maria else 2}f} sec)"
    warned = sum(1 for level, _, _ in result.notices if level in ("Warning", "Note", "Error"))
    warnings = f", {_plural(warned, 'warning')}" if warned else ""
    if result.columns is not None:
        count = len(result.rows)
        return (f"{_plural(count, 'row')} in set" if count else "Empty set") + f"{warnings}{took}\n"
    info = f"{result.info}\n" if result.info else ""
    return f"Query OK, {_plural(result.affected, 'row')} affected{warnings}{took}\n{info}"


# psql

def psql_table(result: Result, title: str = "", null: str = "", footer: str | None = None) -> str:
    """Return the table that psql draws; cells with several lines have `+` at the end of each but the last."""
    columns = result.columns or []
    cells = [[(null if cell is None else cell.expandtabs()).split("\n") for cell in row]
             for row in result.rows]
    sizes = [
        max([width(name), *(width(line) for row in cells for line in row[at])])
        for at, (name, _, _) in enumerate(columns)
    ]
    total = sum(sizes) + 3 * len(sizes) - 1
    out = [" " * max(0, (total - width(title)) // 2) + title + "\n"] if title else []
    out.append("|".join(f" {_centred(name, size)} " for (name, _, _), size in zip(columns, sizes, strict=True)) + "\n")
    out.append("+".join("-" * (size + 2) for size in sizes) + "\n")
    for row in cells:
        high = max((len(lines) for lines in row), default=1)
        for at in range(high):
            parts = []
            for number, (lines, size) in enumerate(zip(row, sizes, strict=True)):
                more = at < len(lines) - 1
                text = _padded(lines[at] if at < len(lines) else "", size, columns[number][1])
                last = number == len(sizes) - 1
                parts.append(
                    f" {text.rstrip() if last and not more and not columns[number][1] and text.strip() else text}"
                    + ("+" if more else "" if last else " ")
                )
            out.append("|".join(parts) + "\n")
    if not columns:
        out = ["--\n"]
    out.append(f"({_plural(len(result.rows), 'row')})\n" if footer is None else footer)
    return "".join(out) + "\n"


def _centred(text: str, size: int) -> str:
    left = (size - width(text)) // 2
    return " " * left + text + " " * (size - width(text) - left)


def psql_lines(result: Result, by: str = "|", names: bool = True, footer: bool = True) -> str:
    """Return rows without a table (-A)."""
    rows = [[name for name, _, _ in result.columns or []]] if names else []
    out = [by.join(row) + "\n" for row in rows]
    out += [by.join(cell or "" for cell in row) + "\n" for row in result.rows]
    return "".join(out) + (f"({_plural(len(result.rows), 'row')})\n" if footer else "")


def psql_bare(result: Result) -> str:
    """Return rows without names and count (-t)."""
    columns = result.columns or []
    sizes = [max([width(name), *(width(row[at] or "") for row in result.rows)])  # the names count, though not shown
             for at, (name, _, _) in enumerate(columns)]
    return "".join("|".join(f" {_padded(cell or '', size, number)} " for cell, (_, number, _), size in
                            zip(row, columns, sizes, strict=True)).rstrip() + "\n" for row in result.rows) + "\n"


def psql_expanded(result: Result) -> str:
    r"""Return what \x shows."""
    columns = result.columns or []
    size = max((width(name) for name, _, _ in columns), default=0)
    most = max((width(cell or "") for row in result.rows for cell in row), default=0)
    out = []
    for at, row in enumerate(result.rows, 1):
        head = f"-[ RECORD {at} ]"
        crossing = "-" * (size + 1 - width(head)) + "+" if width(head) <= size + 1 else ""
        out.append((head + crossing).ljust(size + 3 + most, "-") + "\n")
        out += [f"{_padded(name, size, False)} | {cell or ''}".rstrip() + "\n" for (name, _, _), cell in
                zip(columns, row, strict=True)]
    return "".join(out) + "\n" if out else "(0 rows)\n\n"


def psql_error(error: SqlError, text: str) -> str:
    """Return an error of a statement: with the line that it is in, a mark under the place, and what may help."""
    out = f"ERROR:  {error.message}\n"
    if error.position >= 0:
        start = text.rfind("\n", 0, error.position) + 1
        head = f"LINE {text.count(chr(10), 0, error.position) + 1}: "
        out += f"{head}{text[start:].partition(chr(10))[0]}\n{' ' * (len(head) + error.position - start)}^\n"
    if error.detail:
        out += f"DETAIL:  {error.detail}\n"
    return out + (f"HINT:  {error.hint}\n" if error.hint else "")
