"""libyaml's scanner, where ruamel.yaml's differs from it: tabs, colons in flow collections, block indentation.

Only yaml.py imports this module, when there is YAML to read. Follows go-yaml v2's scannerc.go. It overrides methods of
ruamel.yaml's pure Scanner that are no public API: pyproject.toml pins the versions that this was tested with.
"""

from __future__ import annotations

from ruamel.yaml import YAML
from ruamel.yaml.parser import ParserError
from ruamel.yaml.scanner import Scanner, ScannerError
from ruamel.yaml.tokens import ScalarToken

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

BREAKS = "\r\n\x85\u2028\u2029"
ENDS = "\0 \t" + BREAKS


class GoScanner(Scanner):
    """Scans as go-yaml v2 does."""

    ESCAPE_REPLACEMENTS = {char: text for char, text in Scanner.ESCAPE_REPLACEMENTS.items() if char != "/"}

    def stale_possible_simple_keys(self) -> None:
        """Forget what can be no key any more. The keys stand in the order of their places, so that the first that may
        still be one ends the search: what nests deeply has very many."""
        reader, keys = self.reader, self.possible_simple_keys
        while keys:
            level, key = next(iter(keys.items()))
            if key.line == reader.line and reader.index - key.index <= 1024:
                return
            if key.required:
                raise ScannerError("while scanning a simple key", key.mark, "could not find expected ':'",
                                   reader.get_mark())
            del keys[level]

    def next_possible_simple_key(self) -> int | None:
        for key in self.possible_simple_keys.values():
            number: int = key.token_number
            return number
        return None

    def check_value(self) -> bool:
        return bool(self.flow_level) or self.reader.peek(1) in ENDS

    def check_plain(self) -> bool:
        char, after = self.reader.peek(), self.reader.peek(1)
        if char not in ENDS + "-?:,[]{}#&*!|>'\"%@`":
            return True
        return (char == "-" and after not in " \t") or (char in "?:" and not self.flow_level and after not in ENDS)

    def scan_anchor(self, TokenClass: Any) -> Any:
        start = self.reader.get_mark()
        what = "alias" if self.reader.peek() == "*" else "anchor"
        self.reader.forward()
        length = 0
        while (char := self.reader.peek(length)).isascii() and (char.isalnum() or char in "_-"):
            length += 1
        name = self.reader.prefix(length)
        self.reader.forward(length)
        if not name or self.reader.peek() not in ENDS + "?:,]}%@`":
            raise ScannerError(f"while scanning an {what}", start,
                               "did not find expected alphabetic or numeric character", self.reader.get_mark())
        return TokenClass(name, start, self.reader.get_mark())

    def scan_directive_name(self, start_mark: Any) -> str:
        name: str = super().scan_directive_name(start_mark)
        if name not in ("YAML", "TAG"):
            raise ScannerError("while scanning a directive", start_mark, "found unknown directive name",
                               self.reader.get_mark())
        return name

    def scan_yaml_directive_value(self, start_mark: Any) -> tuple[int, int]:
        version: tuple[int, int] = super().scan_yaml_directive_value(start_mark)
        if version != (1, 1):
            raise ParserError(None, None, "found incompatible YAML document", start_mark)
        return version

    def scan_to_next_token(self) -> None:
        """Pass over space and comments; tabs count as space in flow collections and after a token."""
        reader = self.reader
        while True:
            if reader.index == 0 and reader.peek() == "\ufeff":
                reader.forward()
            space = " \t" if self.flow_level or not self.allow_simple_key else " "
            while reader.peek() in space:
                reader.forward()
            if reader.peek() == "#":
                while reader.peek() not in "\0" + BREAKS:
                    reader.forward()
            if not self.scan_line_break():
                return
            if not self.flow_level:
                self.allow_simple_key = True

    def scan_flow_scalar_non_spaces(self, double: Any, start_mark: Any) -> list[str]:
        try:
            chunks: list[str] = super().scan_flow_scalar_non_spaces(double, start_mark)
        except (ValueError, OverflowError):  # beyond the last character
            chunks = ["\ud800"]
        if any("\ud800" <= char <= "\udfff" for chunk in chunks for char in chunk):
            raise ScannerError("while parsing a quoted scalar", start_mark,
                               "found invalid Unicode character escape code", self.reader.get_mark())
        return chunks

    def scan_plain(self) -> ScalarToken:
        reader = self.reader
        start = end = reader.get_mark()
        chunks: list[str] = []
        blank, broken = "", False
        while not (reader.column == 0 and reader.prefix(3) in ("---", "...") and reader.peek(3) in ENDS):
            if reader.peek() == "#":
                break
            length = self._plain_length()
            if length:
                chunks += [blank, reader.prefix(length)]
                reader.forward(length)
                end = reader.get_mark()
            if reader.peek() not in ENDS or reader.peek() == "\0":
                broken = broken and not length
                break
            blank, broken = self._plain_blank(start)
            if not self.flow_level and reader.column < self.indent + 1:
                break
        self.allow_simple_key = broken
        return ScalarToken("".join(chunks), True, start, end)

    def _plain_length(self) -> int:
        peek, length = self.reader.peek, 0
        while True:
            char = peek(length)
            if char in ENDS or (char == ":" and peek(length + 1) in ENDS) or (self.flow_level and char in ",?[]{}"):
                return length
            length += 1

    def _plain_blank(self, start: Any) -> tuple[str, bool]:
        """Pass over space and line breaks; return what they fold to and whether there were breaks."""
        reader, spaces = self.reader, ""
        breaks: list[str] = []
        while reader.peek() in ENDS and reader.peek() != "\0":
            if reader.peek() not in " \t":
                breaks.append(self.scan_line_break())
                continue
            if breaks and reader.peek() == "\t" and reader.column < self.indent + 1:
                raise ScannerError("while scanning a plain scalar", start,
                                   "found a tab character that violates indentation", reader.get_mark())
            spaces += reader.peek()
            reader.forward()
        if not breaks:
            return spaces, False
        if breaks[0] == "\n":
            return "".join(breaks[1:]) or " ", True
        return "".join(breaks), True

    def scan_block_scalar_indentation(self) -> tuple[list[str], int, Any]:
        breaks: list[str] = []
        widest, end = 0, self.reader.get_mark()
        while True:
            while self.reader.peek() == " ":
                self.reader.forward()
            widest = max(widest, self.reader.column)
            self._refuse_tab(end)
            if self.reader.peek() not in BREAKS:
                return breaks, max(widest, 1), end
            breaks.append(self.scan_line_break())
            end = self.reader.get_mark()

    def scan_block_scalar_breaks(self, indent: int) -> tuple[list[str], Any]:
        breaks: list[str] = []
        end = self.reader.get_mark()
        while True:
            while self.reader.column < indent and self.reader.peek() == " ":
                self.reader.forward()
            if self.reader.column < indent:
                self._refuse_tab(end)
            if self.reader.peek() not in BREAKS:
                return breaks, end
            breaks.append(self.scan_line_break())
            end = self.reader.get_mark()

    def _refuse_tab(self, start: Any) -> None:
        if self.reader.peek() == "\t":
            raise ScannerError("while scanning a block scalar", start,
                               "found a tab character where an indentation space is expected", self.reader.get_mark())


class _Yaml(YAML):
    """Looks for no plug-ins, which would take half of the time of a small document."""

    def official_plug_ins(self) -> list[str]:
        return []


def events(text: str) -> Iterator[Any]:
    """Yield ruamel's events of a text; raises ruamel's YAMLError."""
    yaml = _Yaml(typ="safe", pure=True)
    yaml.Scanner = GoScanner
    yaml.version = (1, 1)
    yield from yaml.parse(text)
