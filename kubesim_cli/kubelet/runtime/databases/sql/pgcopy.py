"""COPY of PostgreSQL: rows as lines of text or of CSV, and back (src/backend/commands/copyto.c, copyfromparse.c)."""

from __future__ import annotations

from .errors import SqlError
from .words import Words

_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}


class Format:
    """`csv`, `header`, `by` what columns are parted, and what stands for NULL, as COPY's options say."""

    def __init__(self, words: Words):
        self.csv = self.header = False
        by = null = None
        while word := words.peek():
            words.at += 1
            if word == "CSV":
                self.csv = True
            elif word == "FORMAT":
                self.csv = words.name().lower() == "csv"
            elif word == "HEADER":
                self.header = words.peek() not in ("FALSE", "OFF", "0")
                words.accept("TRUE", "ON", "1", "FALSE", "OFF", "0")
            elif word in ("DELIMITER", "DELIMITERS"):
                words.accept("AS", "E")
                by = words.name().replace("\\t", "\t")
            elif word == "NULL":
                words.accept("AS")
                null = words.name()
        self.by = by or ("," if self.csv else "\t")
        self.null = null if null is not None else "" if self.csv else "\\N"

    def line(self, row: list[str | None]) -> str:
        """Return a row as a line."""
        return self.by.join(self.null if cell is None else self._cell(cell) for cell in row)

    def _cell(self, cell: str) -> str:
        if not self.csv:
            return "".join("\\" + each if each == self.by != "\t" else _ESCAPES.get(each, each) for each in cell)
        if cell == self.null or any(each in cell for each in (self.by, '"', "\n", "\r")):
            return '"' + cell.replace('"', '""') + '"'
        return cell

    def rows(self, lines: list[str]) -> list[list[str | None]]:
        """Return the rows of lines."""
        lines = lines[1:] if self.header else lines
        if not self.csv:
            return [[None if cell == self.null else _unescaped(cell) for cell in line.split(self.by)] for line in lines]
        return [self._read(line) for line in lines]

    def _read(self, line: str) -> list[str | None]:
        row: list[str | None] = []
        at = 0
        while at <= len(line):
            if line[at:at + 1] == '"':
                cell, at = "", at + 1
                while at < len(line) and not (line[at] == '"' and line[at + 1:at + 2] != '"'):
                    cell += line[at]
                    at += 2 if line[at] == '"' else 1
                if at >= len(line):
                    raise SqlError(0, "22P04", "unterminated CSV quoted field")
                row.append(cell)
                at = (line + self.by).index(self.by, at) + len(self.by)
            else:
                end = (line + self.by).index(self.by, at)
                cell = line[at:end]
                row.append(None if cell == self.null else cell)
                at = end + len(self.by)
        return row


def _unescaped(cell: str) -> str:
    if "\\" not in cell:
        return cell
    found, at = "", 0
    names = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}
    while at < len(cell):
        if cell[at] == "\\" and at + 1 < len(cell):
            at += 1
            found += names.get(cell[at], cell[at])
        else:
            found += cell[at]
        at += 1
    return found
