"""Manifests: the objects in a text of YAML or JSON documents, as kubectl reads it.

Follows apimachinery's util/yaml/decoder.go (YAMLOrJSONDecoder) and cli-runtime's StreamVisitor.
"""

from __future__ import annotations

from ...go.json import type_word
from ..failures import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ...machinery.types import Json, Object

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


def read(data: bytes | str, source: str) -> Iterator[Object]:
    """Yield the objects in `data` in their order; empty documents and null are passed over.

    `source` is what errors call it. Raises Failure where the text does not parse or a document is no object.
    """
    for value in values(data, source):
        if not isinstance(value, dict):
            raise Failure(f'unable to decode "{source}": json: cannot unmarshal {type_word(value)} into Go value of '
                          "type unstructured.detector")
        yield value


def values(data: bytes | str, source: str, mixed: bool = True, **how: Any) -> Iterator[Json]:
    """Yield what the documents hold, be they objects or not, but no null. Raises Failure as `read` does.

    `mixed`: what begins with a brace and is no JSON may be YAML all the same, as it may to a kubectl since 1.33.
    `how` are arguments of `go.yaml.load`.
    """
    for value, _ in documents(data, source, mixed, **how):
        yield value


def documents(data: bytes | str, source: str, mixed: bool = True, **how: Any) -> Iterator[tuple[Json, str]]:
    """Yield each of the `values` and, where it was JSON, its text as it stands there, else ""."""
    for value, text in _values(data if isinstance(data, str) else _text(data), source, mixed, how):
        if value is not None:
            yield value, text


def _text(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark):].decode(encoding, "replace")
    return data.decode("utf-8", "replace")


def _values(text: str, source: str, mixed: bool, how: dict[str, Any]) -> Iterator[tuple[Json, str]]:
    """Yield the documents' values; what begins with a brace is read as JSON first, then, where `mixed`, as YAML."""
    position, problem = 0, ""
    if text.lstrip()[:1] == "{":
        from ...go.json import JsonError, OutOfRange, decode
        count = 0
        while text[position:].strip():
            start = position
            try:
                value, position = decode(text, position)
            except OutOfRange as why:
                raise Failure(f'unable to decode "{source}": {why}') from None
            except JsonError as why:
                problem = "unexpected EOF" if why.at_end else f"json: offset {why.offset}: {why}"
                if count > 1 or not mixed:
                    raise Failure(f"error parsing {source}: {problem if why.at_end or not mixed else why}") from None
                break
            count += 1
            yield value, text[start:position].lstrip(" \t\r\n")
        else:
            return
        position += _blank_line(text[position:])
    from ...go.yaml import YamlError, load
    for document in _documents(text[position:], source, problem, not how.get("version3")):
        if not document.replace("---\n", "").strip("\n"):  # nothing but a separator, which is not worth a parser
            problem = ""
            continue
        try:
            value = load(document, **how)
        except YamlError as why:
            raise Failure(f"error parsing {source}: {problem or f'error converting YAML to JSON: {why}'}") from None
        yield value, ""
        problem = ""


def _blank_line(text: str) -> int:
    """Return the length of the white space up to the first line end (consumeWhitespace)."""
    line, newline, _ = text.partition("\n")
    return len(line) + len(newline) if not line.strip() else len(line) - len(line.lstrip())


def _documents(text: str, source: str, problem: str, ended: bool) -> Iterator[str]:
    """Split at lines that begin with `---`, which may hold nothing else but a comment (YAMLReader). `ended`: the last
    line gets the end that it may lack."""
    text = text.replace("\r\n", "\n")
    start, at = 0, 0 if text.startswith("---") else text.find("\n---") + 1 or -1
    while at >= 0:
        end = text.find("\n", at) + 1 or len(text) + 1
        rest = text[at + 3:end - 1].strip()
        if rest and rest[0] != "#":
            raise Failure(f"error parsing {source}: {problem or f'invalid Yaml document separator: {rest}'}")
        if at > start:
            yield text[start:at]
            start = end
        at = end if text.startswith("---", end) else text.find("\n---", end) + 1 or -1
    if start <= len(text):
        yield text[start:] if not ended or text.endswith("\n") or start == len(text) else text[start:] + "\n"
