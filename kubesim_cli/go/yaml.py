"""YAML as sigs.k8s.io/yaml reads it: go-yaml v2's idea of YAML 1.1, turned into JSON values.

The text is scanned by ruamel.yaml; what scalars mean, how keys merge and what errors are called is go-yaml's
(vendor go.yaml.in/yaml/v2: resolve.go, decode.go; its scanner is a port of libyaml and words errors as that does).
"""

from __future__ import annotations

from . import plainyaml
from .fmt import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, TypeAlias

    Node: TypeAlias = list[Any]  # kind (scalar, sequence, mapping or alias), tag, plain, value, line
    Mapping: TypeAlias = dict[tuple[type, Any], Any]  # to Go, 1, 1.0 and true are different keys

_TRUE = frozenset(["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"])
_FALSE = frozenset(["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"])
_OLD_BOOLEANS = frozenset(word for word in _TRUE | _FALSE if word.lower() not in ("true", "false"))
_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_INFINITE = {".inf": "+Inf", ".Inf": "+Inf", ".INF": "+Inf", "+.inf": "+Inf", "+.Inf": "+Inf", "+.INF": "+Inf",
             "-.inf": "-Inf", "-.Inf": "-Inf", "-.INF": "-Inf", ".nan": "NaN", ".NaN": "NaN", ".NAN": "NaN"}
_TIMESTAMP = (r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
              r"([Tt][0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(\.[0-9]+)?(Z|[-+][0-9]{2}:[0-9]{2})"
              r"| [0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(\.[0-9]+)?)?")
_DIGITS = "0123456789"
_UTF8_FAULTS = {"unexpected end of data": "incomplete UTF-8 octet sequence",
                "invalid continuation byte": "invalid trailing UTF-8 octet"}
_TAG = "tag:yaml.org,2002:"
_KNOWN = frozenset(_TAG + name for name in ("str", "bool", "int", "float", "null", "timestamp"))


class YamlError(ValueError):
    """A text that is no YAML to go-yaml; the message is go-yaml's, from `yaml: ` on."""


def load(text: str, strict: bool = False, version3: bool = False, texts: tuple[tuple[str, ...], ...] = (),
         blank: Any = None) -> Any:
    """Return the first document of a YAML text as a JSON value, None where there is none.

    Raises YamlError; `strict`: also for keys that are given twice (yaml.UnmarshalStrict). `version3`: scalars are what
    go-yaml v3 takes them for, to which `yes` and `on` are strings. `texts` are paths of keys, which lead through the
    elements of sequences: the values of the mappings there are the texts that stand for them, `1e3` and `~` as well.
    `blank` is what stands for a scalar without any text.
    """
    try:
        try:
            document: Node | None = plainyaml.document(text)
        except plainyaml.NotPlain:
            document = _Parser(text).document()
        if document is None:
            return None
        for path in texts:
            document = _with_texts(document, path)
        decoder = _Decoder(strict, version3, blank)
        value = _jsonable(decoder.decode(document))
    except RecursionError:
        raise YamlError("yaml: exceeded max depth of 10000") from None
    if decoder.duplicates:
        raise YamlError("yaml: unmarshal errors:\n" + "\n".join(f"  {line}" for line in decoder.duplicates))
    return value


def text_of(data: bytes) -> str:
    """Return what a file holds as text; raises YamlError where its encoding is broken (yaml_parser_update_buffer)."""
    utf16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}.get(data[:2])
    try:
        return data[2:].decode(utf16) if utf16 else data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        if utf16:
            raise YamlError("yaml: incomplete UTF-16 character") from None
        raise YamlError("yaml: " + _UTF8_FAULTS.get(wrong.reason, "invalid leading UTF-8 octet")) from None


# Text to nodes.


class _Parser:
    """Builds the node tree of the first document from ruamel's events."""

    def __init__(self, text: str) -> None:
        self._anchors: dict[str, Node] = {}
        self._events = _events(text)

    def document(self) -> Node | None:
        for event in self._events:
            if type(event).__name__ == "DocumentStartEvent":
                node = self._node(next(self._events))
                next(self._events)
                return node
        return None

    def _node(self, event: Any) -> Node:
        kind = type(event).__name__
        line = event.start_mark.line
        if kind == "AliasEvent":
            if event.anchor not in self._anchors:
                raise YamlError(f"yaml: unknown anchor '{event.anchor}' referenced")
            return ["alias", "", False, (event.anchor, self._anchors[event.anchor]), line]
        tag = event.tag or ""
        if tag.startswith("!!"):
            tag = _TAG + tag[2:]
        if kind == "ScalarEvent":
            node = ["scalar", tag, event.implicit[0], event.value, line]
            self._anchor(event, node)
            return node
        children: list[Node] = []
        sequence = kind == "SequenceStartEvent"
        node = ["sequence" if sequence else "mapping", tag, False, children, line]
        self._anchor(event, node)
        for child in self._events:
            if type(child).__name__ in ("SequenceEndEvent", "MappingEndEvent"):
                break
            children.append(self._node(child))
        return node

    def _anchor(self, event: Any, node: Node) -> None:
        if event.anchor is not None:
            self._anchors[event.anchor] = node


def _events(text: str) -> Iterator[Any]:
    from ruamel.yaml.error import YAMLError

    from .yamlscanner import events

    try:
        yield from events(text)
    except YAMLError as error:
        raise YamlError("yaml: " + _problem(error, len(text))) from None


# ruamel's words for a problem -> libyaml's; the first that the problem begins with counts.
_WORDS = (
    ("found character", "found character that cannot start any token"),
    ("sequence entries are not allowed", "block sequence entries are not allowed in this context"),
    ("mapping keys are not allowed", "mapping keys are not allowed in this context"),
    ("mapping values are not allowed", "mapping values are not allowed in this context"),
    ("found unexpected document separator", "found unexpected document indicator"),
    ("found unknown escape", "found unknown escape character"),
    ("expected escape sequence of", "did not find expected hexdecimal number"),
    ("expected indentation indicator in the range", "found an indentation indicator equal to 0"),
    ("expected chomping or indentation", "did not find expected comment or line break"),
    ("expected a comment or a line break", "did not find expected comment or line break"),
    ("expected alphabetic or numeric", "did not find expected alphabetic or numeric character"),
    ("expected ' '", "did not find expected whitespace or line break"),
    ("expected '>'", "did not find the expected '>'"),
    ("expected URI escape", "did not find URI escaped octet"),
    ("expected URI", "did not find expected tag URI"),
    ("expected '<document start>'", "did not find expected <document start>"),
    ("found non-comment content", "did not find expected <document start>"),
    ("expected the node content", "did not find expected node content"),
    ("found undefined tag handle", "found undefined tag handle"),
    ("expected ',' or ']'", "did not find expected ',' or ']'"),
    ("expected ',' or '}'", "did not find expected ',' or '}'"),
    ("found duplicate YAML", "found duplicate %YAML directive"),
    ("found incompatible YAML", "found incompatible YAML document"),
    ("duplicate tag handle", "found duplicate %TAG directive"),
    ("special characters", "control characters are not allowed"),
)


def _problem(error: Exception, length: int) -> str:
    """Tell a ruamel error in a text of that length as go-yaml does, with the line it names (parser.fail)."""
    text = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    context = getattr(error, "context", None) or ""
    if text.startswith("expected <block end>"):
        text = "did not find expected '-' indicator" if "block collection" in context else "did not find expected key"
    else:
        text = next((word for start, word in _WORDS if text.startswith(start)), text)
    mark, context_mark = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    line = mark.line if mark else 0
    scanning = type(error).__name__ == "ScannerError"
    if mark and mark.column and mark.index == length and (not scanning or text == "could not find expected ':'"):
        line += 1  # the end of a text that does not end with a line stands on a line of its own
    if line:
        line += scanning
    elif context_mark:
        line = context_mark.line
    return f"line {line}: {text}" if line else text


def _with_texts(node: Node, path: tuple[str, ...]) -> Node:
    """Return a node whose scalars in the mapping at `path` are texts; what it shares with other places stays there."""
    kind, _, plain, value, line = node
    if kind == "alias":
        return _with_texts(value[1], path)
    if kind == "sequence" and path:
        value = [_with_texts(child, path) for child in value]
    elif kind == "mapping":
        value = [child if at % 2 == 0 or (path and value[at - 1][3] != path[0]) else
                 _with_texts(child, path[1:]) if path else _as_text(child) for at, child in enumerate(value)]
    return [kind, node[1], plain, value, line]


def _as_text(node: Node) -> Node:
    kind, _, _, value, line = node[3][1] if node[0] == "alias" else node
    return ["scalar", "", False, value, line] if kind == "scalar" else node


# Nodes to values.


class _Decoder:
    """Turns nodes into values, as go-yaml decodes into an empty interface: mappings keep their keys' types."""

    def __init__(self, strict: bool, version3: bool, blank: Any) -> None:
        self._strict, self._version3, self._blank = strict, version3, blank
        self._open: set[int] = set()  # aliases being expanded
        self._count = self._from_alias = self._depth = 0
        self.duplicates: list[str] = []

    def decode(self, node: Node) -> Any:
        self._count += 1
        if self._depth:
            self._from_alias += 1
            if self._from_alias > 100 and self._count > 1000 \
                    and self._from_alias / self._count > _allowed_ratio(self._count):
                raise YamlError("yaml: document contains excessive aliasing")
        kind, tag, plain, value, _ = node
        if kind == "scalar":
            if not tag and (not plain or (self._version3 and value in _OLD_BOOLEANS)):
                return value
            if not tag and not value:
                return self._blank
            if not tag and self._version3 and _guess(value)[0] == "timestamp":
                return _rfc3339(value)
            return _resolve(tag, value)
        if tag == _TAG + "null":
            return None
        if kind == "sequence":
            return [self.decode(child) for child in value]
        if kind == "mapping":
            mapping: Mapping = {}
            self._fill(node, mapping)
            return mapping
        return self._alias(node, lambda target: self.decode(target))

    def _alias(self, node: Node, decode: Callable[[Node], Any]) -> Any:
        name, target = node[3]
        if id(node) in self._open:
            raise YamlError(f"yaml: anchor '{name}' value contains itself")
        self._open.add(id(node))
        self._depth += 1
        value = decode(target)
        self._depth -= 1
        self._open.discard(id(node))
        return value

    def _fill(self, node: Node, mapping: Mapping) -> None:
        children = node[3]
        if self._version3:
            self._note_repeated(children[::2])
        for position in range(0, len(children), 2):
            key_node, value_node = children[position], children[position + 1]
            if key_node[0] == "scalar" and key_node[3] == "<<" and (key_node[2] or key_node[1] == _TAG + "merge"):
                self._merge(value_node, mapping)
                continue
            key = self.decode(key_node)
            if isinstance(key, (dict, list)):
                raise YamlError(f"yaml: invalid map key: {_go_syntax(key)}")
            key = (type(key), key)
            value = self.decode(value_node)
            if self._strict and key in mapping:
                self.duplicates.append(f"line {value_node[4] + 1}: key {_go_syntax(key[1])} already set in map")
                continue
            mapping[key] = value

    def _note_repeated(self, keys: list[Node]) -> None:
        """Note keys that are the same text (go-yaml v3 looks at keys before it decodes them)."""
        first: dict[str, int] = {}
        for kind, _, _, text, line in keys:
            if kind == "scalar" and text in first:
                self.duplicates.append(f"line {line + 1}: mapping key {_go_syntax(text)} already defined at line "
                                       f"{first[text] + 1}")
            elif kind == "scalar":
                first[text] = line

    def _merge(self, node: Node, mapping: Mapping) -> None:
        if node[0] == "sequence":
            for item in reversed(node[3]):
                self._merge_one(item, mapping)
        else:
            self._merge_one(node, mapping)

    def _merge_one(self, node: Node, mapping: Mapping) -> None:
        target = node[3][1] if node[0] == "alias" else node
        if target[0] != "mapping":
            raise YamlError("yaml: map merge requires map or sequence of maps as the value")
        self._count += 1
        if node[0] == "alias":
            self._alias(node, lambda mapping_node: self._fill(mapping_node, mapping))
        else:
            self._fill(target, mapping)


def _allowed_ratio(count: int) -> float:
    """Return how much of a document may come from aliases (allowedAliasRatio)."""
    low, high = 400_000, 4_000_000
    return 0.99 if count <= low else 0.10 if count >= high else 0.99 - 0.89 * (count - low) / (high - low)


def _resolve(tag: str, text: str) -> Any:
    """Return the value of a plain or tagged scalar (resolve.go)."""
    if tag == _TAG + "binary":
        return _binary(text)
    if (tag and tag not in _KNOWN) or tag == _TAG + "str":
        return text
    kind, value = _guess(text, tag)
    if tag and tag != _TAG + kind:
        if (tag, kind) == (_TAG + "float", "int"):
            return float(value)
        raise YamlError(f"yaml: cannot decode !!{kind} `{text}` as a !!{tag[len(_TAG):]}")
    return text if kind == "timestamp" else value


def _binary(text: str) -> str:
    import base64
    import binascii
    try:
        return base64.b64decode(text.replace("\n", "").replace("\r", ""), validate=True).decode("utf-8", "replace")
    except binascii.Error:
        raise YamlError("yaml: !!binary value contains invalid base64 data") from None


def _guess(text: str, tag: str = "") -> tuple[str, Any]:
    """Return what an untagged scalar is: (kind, value)."""
    first = text[:1]
    if first not in "yYnNtTfFoO~+-.0123456789" and first:
        return "str", text
    if text in _NULL:
        return "null", None
    if text in _TRUE or text in _FALSE:
        return "bool", text in _TRUE
    if text in _INFINITE:
        return "float", float(text.replace(".", "", 1))
    if first == ".":
        value = _number(text)
        return ("float", value) if value is not None else ("str", text)
    if first not in "+-0123456789":
        return "str", text
    if tag in ("", _TAG + "timestamp") and text[4:5] == "-" and _is_time(text):
        return "timestamp", text
    plain = text.replace("_", "")
    integer = _integer(plain)
    if integer is not None:
        return "int", integer
    if _is_float(plain):
        return "float", _finite(float(plain), text)
    return "str", text


def _integer(text: str) -> int | None:
    """Read an integer as strconv.ParseInt and ParseUint do with base 0, or binary; None where it is none."""
    digits = text.lstrip("+-")
    if not digits or len(text) - len(digits) > 1 or not digits.isascii() or not digits.isalnum():
        return None
    try:
        value = int(digits, 8 if digits[0] == "0" and digits[1:].isdigit() else 0)
    except ValueError:
        return None
    if text[0] == "-":
        return -value if value <= 1 << 63 else None
    return value if value < 1 << (63 if text[0] == "+" else 64) else None


def _is_float(text: str) -> bool:
    """Tell whether a text that begins with a sign or a digit is a float (resolve.go's yamlStyleFloat)."""
    rest = text[1:] if text[0] in "+-" else text
    after = rest.lstrip(_DIGITS)
    if after[:1] == ".":
        after = after[1:].lstrip(_DIGITS)
    digits = len(rest) - len(after)
    if after[:1] in ("e", "E"):
        power = after[2:] if after[1:2] in ("+", "-") else after[1:]
        after = "" if power and not power.strip(_DIGITS) else power or "e"
    return digits > (rest[:1] == ".") and not after


def _number(text: str) -> float | None:
    """Read what starts with a point as strconv.ParseFloat does."""
    try:
        return float(text) if text.isascii() and "_" not in text and text.strip() == text else None
    except ValueError:
        return None


def _finite(value: float, text: str) -> float | str:
    return text if value in (float("inf"), float("-inf")) else value


def _is_time(text: str) -> bool:
    """Tell whether a text is a date, or a date and time, that exists (time.Parse)."""
    import re
    from datetime import datetime

    if not re.fullmatch(_TIMESTAMP, text, re.ASCII):
        return False

    numbers = [int(part) for part in re.findall(r"[0-9]+", text.partition(".")[0])]
    year, month, day, hour, minute, second = [*numbers, 0, 0, 0][:6]
    try:
        datetime(year, month, day, hour, minute, second)
    except ValueError:
        return False
    return True


def _rfc3339(text: str) -> str:
    """Return a date or time as Go writes it to JSON."""
    date, _, clock = text.replace("T", " ").replace("t", " ").partition(" ")
    year, month, day = date.split("-")
    hour, minute, second = (clock.rstrip("Z")[:8] or "0:0:0").split(":")
    return f"{year}-{month:>02}-{day:>02}T{hour:>02}:{minute:>02}:{second[:2]:>02}" + (clock[8:] or "Z")


# Values to JSON values (yaml.YAMLToJSON).


def _jsonable(value: Any) -> Any:
    if type(value) is dict:
        return {_json_key(kind, key, item): _jsonable(item) for (kind, key), item in value.items()}
    if type(value) is list:
        return [_jsonable(item) for item in value]
    if type(value) is float:
        return json_number(value)
    if type(value) is int and value >= 1 << 63:
        return float(value)
    return value


def _json_key(kind: type, key: Any, value: Any) -> str:
    if kind is str:
        return str(key)
    if kind is bool:
        return "true" if key else "false"
    if kind is int and key < 1 << 63:
        return str(key)
    if kind is float:
        return _shortest(key)
    name, shown = ("uint64", hex(key)) if kind is int else ("%!s(<nil>)", "<nil>")
    raise YamlError(f"unsupported map key of type: {name}, key: {shown}, value: {_go_syntax(value)}")


def json_number(value: float) -> int | float:
    """Return a float as it comes out of Go's JSON: whole numbers are int64 again where they fit; raises YamlError."""
    if value != value or value in (float("inf"), float("-inf")):
        name = "NaN" if value != value else "+Inf" if value > 0 else "-Inf"
        raise YamlError(f"json: unsupported value: {name}")
    if value != int(value) or abs(value) >= 1e19:
        return value
    whole = int(value)
    if abs(whole) > 1 << 53:  # Go writes no more digits than it takes to tell the float
        from decimal import Decimal
        whole = int(Decimal(repr(value)))
    return whole if -(1 << 63) <= whole < 1 << 63 else value


def _shortest(value: float) -> str:
    """Write a float32 as strconv.FormatFloat(value, 'g', -1, 32) does; what is none, or too large, as YAML does."""
    from struct import pack, unpack
    single = unpack("f", pack("f", value))[0]
    if str(single) in ("inf", "-inf", "nan"):
        return str(single).replace("inf", ".inf").replace("nan", ".nan")
    digits = next(text for places in range(9)
                  if unpack("f", pack("f", float(text := f"{single:.{places}e}")))[0] == single)
    mantissa, _, exponent = digits.partition("e")
    if not -4 <= int(exponent) < 21:
        return f"{mantissa}e{exponent}"
    places = len(mantissa.lstrip("-").replace(".", "")) - 1 - int(exponent)
    return f"{float(digits):.{max(0, places)}f}"


def _go_syntax(value: Any) -> str:
    """Write a value as fmt's %#v does."""
    if isinstance(value, dict):
        inner = ", ".join(f"{_go_syntax(key[1])}:{_go_syntax(item)}" for key, item in value.items())
        return "map[interface {}]interface {}{" + inner + "}"
    if isinstance(value, list):
        return "[]interface {}{" + ", ".join(map(_go_syntax, value)) + "}"
    if value is None:
        return "interface {}(nil)"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quote(value)
    return str(value)
