"""Label and field selectors (k8s.io/apimachinery/pkg/labels and pkg/fields).

A label requirement is a tuple (key, operator, values). Operators are selection.Operator's texts: `=`, `==`, `!=`, `in`,
`notin`, `exists`, `!`, `gt`, `lt`. A list of requirements matches where all of them do; None matches nothing.
"""

from __future__ import annotations

from ..go.fmt import quote
from . import names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from .types import Object

    Requirement: TypeAlias = tuple[str, str, tuple[str, ...]]  # key, operator, values

_SYMBOLS = ("==", "!=", "=", "!", "(", ")", ",", ">", "<")
_SPECIAL = "=!(),><"
_BLANK = " \t\r\n"
_BINARY = {"in": "in", "=": "=", "==": "==", ">": "gt", "<": "lt", "notin": "notin", "!=": "!="}
_WORDS = {"gt": ">", "lt": "<", "in": " in ", "notin": " notin "}
_EXPECTED = "in, notin, =, ==, !=, gt, lt"
_END, _NAME, _ERROR = "end", "name", "error"


def parse(text: str) -> list[Requirement]:
    """Return the requirements of a selector such as `app=web,tier notin (a, b),!old`, sorted by key.

    ValueError with the message of labels.Parse where it cannot be read.
    """
    return _Parser(text).parse()


class _Parser:
    """The recursive descent of labels.Parser: tokens are pairs (kind, text), `kind` being the symbol itself."""

    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.position = 0

    def peek(self, as_value: bool = True) -> tuple[str, str]:
        kind, text = self.tokens[self.position]
        return (_NAME, text) if as_value and kind in ("in", "notin") else (kind, text)

    def next(self, as_value: bool = True) -> tuple[str, str]:
        token = self.peek(as_value)
        self.position += 1
        return token

    def parse(self) -> list[Requirement]:
        found = []
        while True:
            kind, text = self.peek()
            if kind == _END:
                break
            if kind not in (_NAME, "!"):
                raise ValueError(f"found '{text}', expected: !, identifier, or 'end of string'")
            try:
                found.append(self.requirement())
            except ValueError as error:
                raise ValueError(f"unable to parse requirement: {error}") from None
            kind, text = self.next()
            if kind == _END:
                break
            if kind != ",":
                raise ValueError(f"found '{text}', expected: ',' or 'end of string'")
            kind, text = self.peek()
            if kind not in (_NAME, "!"):
                raise ValueError(f"found '{text}', expected: identifier after ','")
        return sorted(found, key=_key)

    def requirement(self) -> Requirement:
        kind, key = self.next()
        absent = kind == "!"
        if absent:
            kind, key = self.next()
        if kind != _NAME:
            raise ValueError(f"found '{key}', expected: identifier")
        problems = names.qualified_name(key)
        if problems:
            raise ValueError(_invalid("<nil>", key, "; ".join(problems)))
        if absent:
            return requirement(key, "!", ())
        if self.peek()[0] in (_END, ","):
            return requirement(key, "exists", ())
        kind, text = self.next(as_value=False)
        if kind not in _BINARY:
            raise ValueError(f"found '{text}', expected: {_EXPECTED}")
        operator = _BINARY[kind]
        values = self.value_set() if operator in ("in", "notin") else self.exact_value()
        return requirement(key, operator, tuple(sorted(values)))

    def value_set(self) -> set[str]:
        kind, text = self.next()
        if kind != "(":
            raise ValueError(f"found '{text}' expected: '('")
        kind, text = self.peek()
        if kind == ")":
            self.next()
            return {""}
        if kind not in (_NAME, ","):
            raise ValueError(f"found '{text}', expected: ',', ')' or identifier")
        values = self.identifiers()
        if self.next()[0] != ")":
            raise ValueError(f"found '{text}', expected: ')'")
        return values

    def identifiers(self) -> set[str]:
        values: set[str] = set()
        while True:
            kind, text = self.next()
            following, following_text = self.peek()
            if kind == _NAME:
                values.add(text)
                if following == ")":
                    return values
                if following != ",":
                    raise ValueError(f"found '{following_text}', expected: ',' or ')'")
            elif kind == ",":
                if not values or following in (")", ","):
                    values.add("")
                if following == ")":
                    return values
            else:
                raise ValueError(f"found '{text}', expected: ',', or identifier")

    def exact_value(self) -> set[str]:
        if self.peek()[0] in (_END, ","):
            return {""}
        kind, text = self.next()
        if kind != _NAME:
            raise ValueError(f"found '{text}', expected: identifier")
        return {text}


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens = []
    at, end = 0, len(text)
    while at < end:
        if text[at] in _BLANK:
            at += 1
        elif text[at] in _SPECIAL:
            symbol = next(s for s in _SYMBOLS if text.startswith(s, at))
            tokens.append((symbol, symbol))
            at += len(symbol)
        else:
            start = at
            while at < end and text[at] not in _SPECIAL and text[at] not in _BLANK:
                at += 1
            word = text[start:at]
            tokens.append((word if word in ("in", "notin") else _NAME, word))
    tokens.append((_END, ""))
    return tokens


def _key(requirement: Requirement) -> str:
    return requirement[0]


def _invalid(path: str, value: str | tuple[str, ...], detail: str) -> str:
    from .field import show

    return f"{path}: Invalid value: {show(value if isinstance(value, str) else list(value))}: {detail}"


def requirement(key: str, operator: str, values: tuple[str, ...]) -> Requirement:
    """Return the requirement, checked as labels.NewRequirement does; ValueError with its message."""
    problems = []
    wrong_key = names.qualified_name(key)
    if wrong_key:
        problems.append(_invalid("key", key, "; ".join(wrong_key)))
    if operator in ("in", "notin"):
        if not values:
            problems.append(_invalid("values", values, "for 'in', 'notin' operators, values set can't be empty"))
    elif operator in ("=", "==", "!="):
        if len(values) != 1:
            problems.append(_invalid("values", values, "exact-match compatibility requires one single value"))
    elif operator in ("exists", "!"):
        if values:
            problems.append(_invalid("values", values, "values set must be empty for exists and does not exist"))
    else:
        if len(values) != 1:
            problems.append(_invalid("values", values, "for 'Gt', 'Lt' operators, exactly one value is required"))
        problems += [_invalid(f"values[{i}]", value, "for 'Gt', 'Lt' operators, the value must be an integer")
                     for i, value in enumerate(values) if _integer(value) is None]
    for i, value in enumerate(values):
        wrong_value = names.label_value(value)
        if wrong_value:
            problems.append(_invalid(f"values[{i}][{key}]", value, "; ".join(wrong_value)))
    if problems:
        raise ValueError(problems[0] if len(problems) == 1 else f"[{', '.join(problems)}]")
    return key, operator, values


def _integer(text: str) -> int | None:
    digits = text[1:] if text[:1] in ("-", "+") else text
    return int(text) if digits.isascii() and digits.isdecimal() else None


def matches(requirements: list[Requirement] | None, labels: Object | None) -> bool:
    """Tell whether labels meet all requirements; None as requirements meets nothing."""
    if requirements is None:
        return False
    labels = labels or {}
    for key, operator, values in requirements:
        value = labels.get(key)
        if operator in ("=", "==", "in"):
            met = value is not None and value in values
        elif operator in ("!=", "notin"):
            met = value is None or value not in values
        elif operator == "exists":
            met = value is not None
        elif operator == "!":
            met = value is None
        else:
            met = value is not None and _compares(value, operator, values[0])
        if not met:
            return False
    return True


def _compares(value: str, operator: str, limit: str) -> bool:
    left, right = _integer(value), _integer(limit)
    if left is None or right is None:
        return False
    return left > right if operator == "gt" else left < right


def format(requirements: list[Requirement]) -> str:
    """Return the selector's text: `app=web,tier in (a,b),!old`."""
    return ",".join(_format(*requirement) for requirement in requirements)


def _format(key: str, operator: str, values: tuple[str, ...]) -> str:
    if operator == "exists":
        return key
    if operator == "!":
        return "!" + key
    text = ",".join(sorted(values))
    if operator in ("in", "notin"):
        text = f"({text})"
    return f"{key}{_WORDS.get(operator, operator)}{text}"


_EXPRESSIONS = {"In": "in", "NotIn": "notin", "Exists": "exists", "DoesNotExist": "!"}


def of_label_selector(selector: Object | None) -> list[Requirement] | None:
    """Return the requirements of a metav1.LabelSelector (LabelSelectorAsSelector): None gives None, {} gives [].

    ValueError where the selector is not valid.
    """
    if selector is None:
        return None
    found = [requirement(key, "=", (value,)) for key, value in (selector.get("matchLabels") or {}).items()]
    for expression in selector.get("matchExpressions") or ():
        operator = expression.get("operator", "")
        if operator not in _EXPRESSIONS:
            raise ValueError(f"{quote(operator)} is not a valid label selector operator")
        found.append(requirement(expression.get("key", ""), _EXPRESSIONS[operator],
                                 tuple(expression.get("values") or ())))
    return sorted(found, key=_key)


def selector_matches(selector: Object | None, labels: Object | None) -> bool:
    """Tell whether a metav1.LabelSelector matches labels: None matches nothing, {} everything."""
    if selector is None:
        return False
    labels = labels or {}
    for key, value in (selector.get("matchLabels") or {}).items():
        if labels.get(key) != value:
            return False
    if not selector.get("matchExpressions"):
        return True
    return matches(of_label_selector({"matchExpressions": selector["matchExpressions"]}), labels)


def format_selector(selector: Object | None) -> str:
    """Return a metav1.LabelSelector as tables and describe show it (FormatLabelSelector); `<none>` where empty."""
    try:
        return format(of_label_selector(selector) or []) or "<none>"
    except ValueError:
        return "<error>"


def of_map(labels: Object | None) -> list[Requirement]:
    """Return the requirements that match exactly these labels (SelectorFromSet); nothing given matches everything."""
    return sorted(((key, "=", (value,)) for key, value in (labels or {}).items()), key=_key)


def parse_fields(text: str) -> list[tuple[str, str, str]]:
    """Return a field selector's terms (field, operator, value), operator `=` or `!=` (fields.ParseSelector).

    In a value, `\\\\`, `\\,` and `\\=` stand for the character itself. ValueError where it cannot be read.
    """
    terms = []
    for part in sorted(_split_terms(text)):
        if not part:
            continue
        at = next((i for i, char in enumerate(part) if char == "=" or part.startswith("!=", i)), None)
        if at is None:
            raise ValueError(f"invalid selector: '{text}'; can't understand '{part}'")
        width = 2 if part.startswith(("!=", "=="), at) else 1
        terms.append((part[:at], "!=" if part[at] == "!" else "=", _unescape(part[at + width:])))
    return terms


def _split_terms(text: str) -> list[str]:
    terms, start, escaped = [], 0, False
    for i, char in enumerate(text):
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif char == ",":
            terms.append(text[start:i])
            start = i + 1
    return [*terms, text[start:]]


def _unescape(text: str) -> str:
    out, escaped = [], False
    for char in text:
        if escaped:
            if char not in "\\,=":
                raise ValueError(f"invalid field selector: invalid escape sequence: \\{char}")
            out.append(char)
            escaped = False
        elif char == "\\":
            escaped = True
        elif char in ",=":
            raise ValueError(f"invalid field selector: unescaped character in value: {ord(char)}")
        else:
            out.append(char)
    if escaped:
        raise ValueError("invalid field selector: invalid escape sequence: \\")
    return "".join(out)


def fields_match(terms: list[tuple[str, str, str]], fields: dict[str, str]) -> bool:
    """Tell whether fields meet all terms; a field that is not there counts as empty."""
    return all((fields.get(field, "") == value) == (operator == "=") for field, operator, value in terms)
