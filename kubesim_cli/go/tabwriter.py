"""Columns of text as Go's text/tabwriter sets them (elastic tabstops), padded with spaces."""

from __future__ import annotations


def align(lines: list[list[str]], min_width: int = 6, padding: int = 3, remembered: list[int] | None = None) -> str:
    """Return `lines` (the cells of each) with every cell but a line's last padded to its column's width.

    A column is a run of neighbouring lines that have a cell after it; it is at least `min_width` wide and `padding`
    wider than its longest cell. The defaults are those of cli-runtime's GetNewTabWriter; describe uses 0 and 2.
    `remembered` (widths of an earlier call, changed in place) keeps columns from shrinking between calls.
    """
    out: list[str] = []
    for first, last, widths in _blocks(lines, min_width, padding, remembered):
        _write(lines, first, last, widths, out)
    return "".join(out)


def align_text(text: str, min_width: int = 6, padding: int = 3, remembered: list[int] | None = None) -> str:
    """Align whole lines whose cells end with tabs; a form feed ends a line and all columns above it."""
    out = []
    for part in text.replace("\v", "\t").removesuffix("\n").split("\f") if text else ():
        lines = [line.split("\t") for line in part.split("\n")]
        out.append(align(lines, min_width, padding, remembered))
    return "".join(out)


def _blocks(lines: list[list[str]], min_width: int, padding: int,
            remembered: list[int] | None) -> list[tuple[int, int, list[int]]]:
    """Return the runs of lines (first, behind the last) that have their columns in common, with the columns' widths."""
    done: list[tuple[int, int, list[int]]] = []
    left: list[tuple[int, int, list[int]]] = [(0, len(lines), [])]  # those that may have one column more
    column = 0
    while left:
        runs, left = left, []
        for at, last, widths in runs:
            while at < last:
                first, longest, has = at, 0, len(lines[at]) - 1 > column
                while at < last and (len(lines[at]) - 1 > column) == has:
                    longest = max(longest, len(lines[at][column])) if has else 0
                    at += 1
                if not has:
                    done.append((first, at, widths))
                    continue
                width = max(min_width, longest + padding)
                if remembered is not None:
                    if len(remembered) <= column:
                        remembered.append(width)
                    width = remembered[column] = max(width, remembered[column])
                left.append((first, at, [*widths, width]))
        column += 1
    return sorted(done)


def _write(lines: list[list[str]], first: int, last: int, widths: list[int], out: list[str]) -> None:
    for line in lines[first:last]:
        out.extend(map(str.ljust, line, widths))
        out.append(line[-1])
        out.append("\n")
