"""One record of comma-separated values, as Go's encoding/csv reads it by default."""

from __future__ import annotations

_BARE, _STRAY = 'bare " in non-quoted-field', 'extraneous or missing " in quoted-field'


def record(text: str) -> list[str]:
    """Return the fields of the first line that is not empty; quoted ones may go on over more lines.

    Raises ValueError with the words of csv.ParseError, `EOF` where there is no such line.
    """
    lines = _lines(text)
    first = next((number for number, line in enumerate(lines) if line != "\n"), -1)
    if first < 0:
        raise ValueError("EOF")
    return _Reader(lines, first).fields()


def _lines(text: str) -> list[str]:
    """Return lines with their ends, which are `\\n` now; a carriage return at the very end is one too many."""
    *whole, last = text.split("\n")
    lines = [line.removesuffix("\r") + "\n" for line in whole]
    return [*lines, last.removesuffix("\r")] if last else lines


class _Reader:
    def __init__(self, lines: list[str], number: int):
        self.lines, self.first, self.number = lines, number, number
        self.line, self.column = lines[number], 0  # what of the line is left begins at the column

    def fields(self) -> list[str]:
        found = []
        while True:
            quoted = self.line.startswith('"', self.column)
            found.append(self._quoted() if quoted else self._plain())
            if not self.line.startswith(",", self.column):
                return found
            self.column += 1

    def _plain(self) -> str:
        end = self.line.find(",", self.column)
        end = len(self.line.removesuffix("\n")) if end < 0 else end
        field = self.line[self.column:end]
        if '"' in field:
            raise self._wrong(self.column + field.index('"'), _BARE)
        self.column = end
        return field

    def _quoted(self) -> str:
        self.column += 1
        field = ""
        while True:
            quote = self.line.find('"', self.column)
            if quote < 0:
                field += self.line[self.column:]
                self.column = len(self.line)
                if self.number + 1 == len(self.lines):
                    raise self._wrong(self.column, _STRAY)
                self.number += 1
                self.line, self.column = self.lines[self.number], 0
                continue
            field += self.line[self.column:quote]
            self.column = quote + 1
            if self.line.startswith('"', self.column):
                field += '"'
                self.column += 1
            elif self.line[self.column:] in ("", "\n") or self.line[self.column] == ",":
                return field
            else:
                raise self._wrong(quote, _STRAY)

    def _wrong(self, column: int, what: str) -> ValueError:
        """Return the error at a column, which counts bytes."""
        bytes_before = len(self.line[:column].encode("utf-8", "surrogateescape"))
        record_line = f"record on line {self.first + 1}; " if self.number > self.first else ""
        return ValueError(f"{record_line}parse error on line {self.number + 1}, column {bytes_before + 1}: {what}")
