"""Columns of text as Go's text/tabwriter sets them (elastic tabstops), padded with spaces."""

from __future__ import annotations


def align(lines: list[list[str]], min_width: int = 6, padding: int = 3, remembered: list[int] | None = None) -> str:
    """Return `lines` (the cells of each) with every cell but a line's last padded to its column's width.

    A column is a run of neighbouring lines that have a cell after it; it is at least `min_width` wide and `padding`
    wider than its longest cell. The defaults are those of cli-runtime's GetNewTabWriter; describe uses 0 and 2.
    `remembered` (widths of an earlier call, changed in place) keeps columns from shrinking between calls.
    """
    out: list[str] = []
    _format(lines, 0, len(lines), [], min_width, padding, remembered, out)
    return "".join(out)


def align_text(text: str, min_width: int = 6, padding: int = 3, remembered: list[int] | None = None) -> str:
    """Align whole lines whose cells end with tabs; a form feed ends a line and all columns above it."""
    out = []
    for part in text.replace("\v", "\t").removesuffix("\n").split("\f") if text else ():
        lines = [line.split("\t") for line in part.split("\n")]
        out.append(align(lines, min_width, padding, remembered))
    return "".join(out)


def _format(lines: list[list[str]], first: int, last: int, widths: list[int], min_width: int, padding: int,
            remembered: list[int] | None, out: list[str]) -> None:
    column = len(widths)
    pending = at = first
    while at < last:
        if len(lines[at]) - 1 <= column:
            at += 1
            continue
        _write(lines, pending, at, widths, out)
        pending = at
        longest = 0
        while at < last and len(lines[at]) - 1 > column:
            size = len(lines[at][column])
            if size > longest:
                longest = size
            at += 1
        width = max(min_width, longest + padding)
        if remembered is not None:
            if len(remembered) <= column:
                remembered.append(width)
            width = remembered[column] = max(width, remembered[column])
        _format(lines, pending, at, [*widths, width], min_width, padding, remembered, out)
        pending = at
    _write(lines, pending, last, widths, out)


def _write(lines: list[list[str]], first: int, last: int, widths: list[int], out: list[str]) -> None:
    for line in lines[first:last]:
        out.extend(map(str.ljust, line, widths))
        out.append(line[-1])
        out.append("\n")
