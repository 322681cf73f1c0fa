"""JSONPath in Kubernetes' dialect (client-go/util/jsonpath): `{range .items[*]}{.metadata.name}{"\\n"}{end}`."""

from __future__ import annotations

import re

from ..go.fmt import Byte, sprint, type_name, unescape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .types import Json

_MAX_STEPS = 20_000_000  # values that are walked; each range in a range that finds nothing doubles
_MISSING_STEPS = 10      # what it costs to look for the end of such a range

_MISSING = object()  # what `{range}` over nothing walks: a zero reflect.Value


class JSONPathError(Exception):
    """What parsing or evaluation complains of; `values` is what had been found by then."""

    def __init__(self, text: str, values: list[Json] | None = None) -> None:
        super().__init__(text)
        self.values = values or []


def relaxed(expression: str) -> str:
    """Return the complete form `{.a.b}` of `a.b`, `.a.b` or `{a.b}`, or raise JSONPathError."""
    if not expression:
        return ""
    match = re.fullmatch(r"\{\.?([^{}]+)\}|\.?([^{}]+)", expression)
    if not match:
        raise JSONPathError("unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' "
                            "or '{.name1.name2}'")
    return "{." + (match[1] or match[2]) + "}"


def field_names(expression: str) -> list[str | None]:
    """Return the steps of a path such as `spec.containers`, None for one that is no field; raises JSONPathError."""
    steps = _Parser("{." + expression + "}").parse()
    if len(steps) != 1:
        raise JSONPathError("must pass in 1 jsonpath string")
    return [name if evaluate is JSONPath._field else None for evaluate, name in steps[0]]


class JSONPath:
    """A parsed template. Raises JSONPathError when parsing and when evaluating."""

    def __init__(self, text: str, allow_missing_keys: bool = True) -> None:
        self.allow_missing_keys = allow_missing_keys
        try:
            self._steps = _Parser(text).parse()
        except RecursionError:
            raise JSONPathError("exceeded maximum depth") from None

    def find(self, data: Json) -> list[list[Json]]:
        """Return the values that each piece of the template finds in a JSON value (FindResults)."""
        self._begin_range = self._in_range = self._end_range = 0
        self._last_end = -1
        self._left = _MAX_STEPS
        try:
            return self._find(data, 0)
        except RecursionError:
            raise JSONPathError("exceeded maximum depth") from None

    def _find(self, data: Json, start: int) -> list[list[Json]]:
        found: list[list[Json]] = []
        at = start
        while at < len(self._steps):
            if data is _MISSING:
                self._spend(_MISSING_STEPS)
            results = self._walk([data], self._steps[at])
            if 0 < self._end_range <= self._in_range:
                self._end_range -= 1
                self._last_end = at
                break
            if self._begin_range:
                self._begin_range -= 1
                self._in_range += 1
                for value in results:
                    found += self._find(value, at + 1)
                if not results:  # still walked, to find where the range ends
                    self._find(_MISSING, at + 1)
                self._in_range -= 1
                at = max(at, self._last_end)
            else:
                found.append(results)
            at += 1
        return found

    def _walk(self, values: list[Json], nodes: list[Json]) -> list[Json]:
        for evaluate, argument in nodes:
            values = evaluate(self, values, argument)
            self._spend(len(values))
        return values

    def _spend(self, steps: int) -> None:
        self._left -= steps
        if self._left < 0:
            raise JSONPathError(f"more than {_MAX_STEPS} steps")

    def _text(self, values: list[Json], text: str) -> list[Json]:
        return [text]

    def _constant(self, values: list[Json], value: Json) -> list[Json]:
        return [value] * len(values)

    def _field(self, values: list[Json], name: str) -> list[Json]:
        found = [value[name] for value in values if type(value) is dict and name in value]
        if not found and values and not self.allow_missing_keys:
            raise JSONPathError(f"{name} is not found")
        return found

    def _array(self, values: list[Json], bounds: Json) -> list[Json]:
        first, last, step, derived = bounds
        found: list[Json] = []
        for value in values:
            if value is None:
                continue
            if type(value) is not list:
                raise JSONPathError(f"{type_name(value)} is not array or slice", values)
            size = len(value)
            start = 0 if first is None else first + size if first < 0 else first
            end = size if last is None else last
            if end < 0 or (end == 0 and derived):
                end += size
            if start == end:
                return found
            if not 0 <= start < size:
                raise JSONPathError(f"array index out of bounds: index {start}, length {size}", values)
            if not 0 <= end <= size:
                raise JSONPathError(f"array index out of bounds: index {end - 1}, length {size}", values)
            if start > end:
                raise JSONPathError(f"starting index {start} is greater than ending index {end}", values)
            if step is not None and step <= 0:
                raise JSONPathError("step must be > 0", values)
            found += value[start:end:step]
        return found

    def _wildcard(self, values: list[Json], _: Json) -> list[Json]:
        return [child for value in values for child in _children(value)]

    def _recursive(self, values: list[Json], _: Json) -> list[Json]:
        found, left = [], list(reversed(values))
        while left:
            value = left.pop()
            children = _children(value)
            if children:
                found.append(value)
                left += reversed(children)
        return found

    def _union(self, values: list[Json], members: list[Json]) -> list[Json]:
        try:
            return [value for nodes in members for value in self._walk(values, nodes)]
        except JSONPathError as error:
            raise JSONPathError(str(error), values) from None

    def _filter(self, values: list[Json], condition: Json) -> list[Json]:
        left, operator, right = condition
        found = []
        for value in values:
            if type(value) is not list:
                shown = "<invalid reflect.Value>" if value is _MISSING else sprint(value)
                raise JSONPathError(f"{shown} is not array or slice and cannot be filtered", values)
            for item in value:
                if operator == "exists":
                    try:
                        matches = self._walk([item], left)
                    except JSONPathError as error:
                        matches = error.values
                    if matches:
                        found.append(item)
                    continue
                try:
                    operands = [self._walk([item], left)]
                    if len(operands[0]) == 1:
                        operands.append(self._walk([item], right))
                except JSONPathError as error:
                    raise JSONPathError(str(error), values) from None
                if any(len(operand) > 1 for operand in operands):
                    raise JSONPathError("can only compare one element at a time", values)
                if all(operands) and _compare(operands[0][0], operator, operands[1][0], found):
                    found.append(item)
        return found

    def _identifier(self, values: list[Json], name: str) -> list[Json]:
        if name == "range":
            self._begin_range += 1
            return values
        if name == "end":
            if not self._in_range:
                raise JSONPathError("not in range, nothing to end")
            self._end_range += 1
            return []
        raise JSONPathError(f"unrecognized identifier {name}", values)


def _children(value: Json) -> list[Json]:
    if isinstance(value, dict):
        return [value[key] for key in sorted(value)]
    if isinstance(value, list):
        return value
    if isinstance(value, str):
        return [Byte(byte) for byte in value.encode("utf-8", "surrogateescape")]
    return []


_KINDS = {bool: "bool", int: "int", Byte: "uint", float: "float", str: "string"}


def _compare(left: Json, operator: str, right: Json, found: list[Json]) -> bool:
    """Compare as the comparison functions of Go's text/template did when client-go took them over."""
    if operator not in ("<", ">", "==", "!=", "<=", ">="):
        raise JSONPathError(f"unrecognized filter operator {operator}", found)
    kinds = [_KINDS.get(type(value)) for value in (left, right)]
    if None in kinds:
        raise JSONPathError("invalid type for comparison", found)
    if kinds[0] != kinds[1] and set(kinds) != {"int", "uint"}:
        raise JSONPathError("incompatible types for comparison", found)
    if operator in ("==", "!="):
        return bool(left == right) == (operator == "==")
    if kinds[0] == "bool":
        raise JSONPathError("invalid type for comparison", found)
    if operator == "<":
        return bool(left < right)
    if operator == ">":
        return bool(left > right)
    return bool(left <= right if operator == "<=" else left >= right)


_SPACES = " \t\r\n"
_TERMINATORS = _SPACES + ".,[]$@{}"


class _Parser:
    """Turns a template into steps, each a list of (method of JSONPath, argument)."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def parse(self) -> list[list[Json]]:
        steps = []
        while self.at < len(self.text):
            start = self.text.find("{", self.at)
            if start < 0:
                start = len(self.text)
            if start > self.at:
                steps.append([(JSONPath._text, self.text[self.at:start])])
            self.at = start + 1
            if start < len(self.text):
                steps.append(self._action())
        return steps

    def _action(self) -> list[Json]:
        nodes: list[Json] = []
        while True:
            rest = self.text[self.at:self.at + 3]
            char = rest[:1]
            if char == "}":
                self.at += 1
                return nodes
            if rest == "[?(":
                nodes.append((JSONPath._filter, self._filter_text()))
            elif rest[:2] == "..":
                if nodes and nodes[-1][0] is JSONPath._recursive:
                    raise JSONPathError("invalid multiple recursive descent")
                self.at += 2
                nodes.append((JSONPath._recursive, None))
                after = self.text[self.at:self.at + 1]
                if after == "_" or after.isalpha() or after.isdecimal():
                    nodes.append(self._field())
            elif not char or char in "\r\n":
                raise JSONPathError("unclosed action")
            elif char in " @$":
                self.at += 1
            elif char == "[":
                nodes += self._array()
            elif char in "\"'":
                nodes.append((JSONPath._text, self._quoted(char)))
            elif char == ".":
                self.at += 1
                nodes.append(self._field())
            elif char in "+-" or char.isdecimal():
                nodes.append((JSONPath._constant, self._number()))
            elif char == "_" or char.isalpha():
                word = self._until_terminator()
                if word in ("true", "false"):
                    nodes.append((JSONPath._constant, word == "true"))
                else:
                    nodes.append((JSONPath._identifier, word))
            else:
                shown = f" '{char}'" if char.isprintable() else ""
                raise JSONPathError(f"unrecognized character in action: U+{ord(char):04X}{shown}")

    def _until_terminator(self, escapes: bool = False) -> str:
        start = self.at
        while self.at < len(self.text) and self.text[self.at] not in _TERMINATORS:
            self.at += 2 if escapes and self.text[self.at] == "\\" else 1
        return self.text[start:self.at]

    def _field(self) -> tuple[Json, ...]:
        name = self._until_terminator(escapes=True)
        return (JSONPath._wildcard, None) if name == "*" else (JSONPath._field, name.replace("\\", ""))

    def _number(self) -> Json:
        match = re.compile(r"[+-]?[\d.]*").match(self.text, self.at)
        assert match
        self.at = match.end()
        try:
            return int(match[0])
        except ValueError:
            pass
        try:
            return float(match[0])
        except ValueError:
            raise JSONPathError(f"cannot parse number {match[0]}") from None

    def _array(self) -> list[Json]:
        match = re.compile(r"\[([^\]\n]*)\]").match(self.text, self.at)
        if not match:
            raise JSONPathError("unterminated array")
        self.at = match.end()
        text = ":" if match[1] == "*" else match[1]
        if "," in text:
            return [(JSONPath._union, [_inner(f"[{part.strip(' ')}]") for part in text.split(",")])]
        key = re.fullmatch("'([^']*)'", text)
        if key:
            return _inner("." + key[1])
        bounds = re.fullmatch(r"(-?\d*)(:-?\d*)?(:-?\d*)?", text, re.ASCII)
        if not bounds:
            raise JSONPathError(f"invalid array index {text}")
        first, last, step = map(_index, bounds.groups(""))
        derived = bounds[2] is None
        if derived:
            last = (first or 0) + 1
        return [(JSONPath._array, (first, last, step, derived))]

    def _filter_text(self) -> tuple[Json, ...]:
        """Scan `[?(...)]` and return its left side, operator and right side."""
        self.at += 3
        start, opened, closed, mark = self.at, False, False, ""
        while True:
            char = self.text[self.at:self.at + 1]
            self.at += 1
            if not char or char == "\n":
                raise JSONPathError("unterminated filter")
            if char in "\"'":
                if not opened:
                    opened, mark = True, char
                elif char == mark and self.text[self.at - 2] != "\\":
                    closed = True
            elif char == ")" and opened == closed:
                break
        text = self.text[start:self.at - 1]
        if self.text[self.at:self.at + 1] != "]":
            raise JSONPathError("unclosed array expect ]")
        self.at += 1
        match = re.fullmatch("([^!<>=]+)([!<>=]+)(.+?)", text)
        if not match:
            return _inner(text), "exists", []
        return _inner(match[1]), match[2], _inner(match[3])

    def _quoted(self, mark: str) -> str:
        start = self.at
        while True:
            self.at += 1
            char = self.text[self.at:self.at + 1]
            if not char or char == "\n":
                raise JSONPathError("unterminated quoted string")
            if char == mark and self.text[self.at - 1] != "\\":
                break
        self.at += 1
        text = self.text[start:self.at]
        try:
            return unescape(text[1:-1], mark)
        except ValueError as error:
            raise JSONPathError(f"unquote string {text} error {error}") from None


def _index(text: str) -> int | None:
    digits = text.lstrip(":")
    if digits == "-" or (digits and not -2 ** 63 <= int(digits) < 2 ** 63):
        raise JSONPathError(f"array index {digits} is not a number")
    return int(digits) if digits else None


def _inner(text: str) -> list[Json]:
    """Parse an action that stands inside another; only its first part counts, as in client-go."""
    return _Parser("{" + text + "}").parse()[0]
