"""JSON as Go's encoding/json reads it, with its words for what is wrong (scanner.go)."""

from __future__ import annotations

import json
import re

_SPACE = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_END = "unexpected end of JSON input"


class JsonError(ValueError):
    """A text that is no JSON; `offset` counts bytes up to and with the wrong one, `at_end` tells a text cut short."""

    def __init__(self, words: str, offset: int, at_end: bool = False):
        super().__init__(words)
        self.offset, self.at_end = offset, at_end


def loads(text: str):
    """Return the value that makes up the whole text (json.Unmarshal); raises JsonError."""
    value, end = decode(text, 0)
    end = _skip(text, end)
    if end < len(text):
        raise _unexpected(text, end, "after top-level value")
    return value


def decode(text: str, position: int):
    """Return the value at `position` and where it ends (json.Decoder); raises JsonError, also for no value at all."""
    position = _skip(text, position)
    try:
        value, end = _decoder.raw_decode(text, position)
    except RecursionError:
        raise JsonError("exceeded max depth", len(text)) from None
    except ValueError:
        raise _find_error(text, position) from None
    if "\\ud" in text or "\\uD" in text:
        value = _without_surrogates(value)
    return value, end


def _integer(digits: str):
    value = int(digits)
    return value if -1 << 63 <= value < 1 << 63 else float(value)


def _no_constant(name: str):
    raise ValueError(name)


_decoder = json.JSONDecoder(parse_int=_integer, parse_constant=_no_constant)


def _without_surrogates(value):
    """Replace halves of UTF-16 pairs, as Go does."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
    return [_without_surrogates(item) for item in value] if isinstance(value, list) else value


def _skip(text: str, position: int) -> int:
    return _SPACE.match(text, position).end()  # type: ignore[union-attr]


def _unexpected(text: str, position: int, where: str) -> JsonError:
    if position >= len(text):
        return JsonError(_END, len(text.encode("utf-8", "surrogatepass")), at_end=True)
    before = len(text[:position].encode("utf-8", "surrogatepass"))
    char = chr(text[position].encode("utf-8", "surrogatepass")[0])  # Go looks at bytes
    shown = {"'": "\\'", '"': '"'}.get(char) or (
        char if char.isprintable() and char != "\\" else repr(char)[1:-1])
    return JsonError(f"invalid character '{shown}' {where}", before + 1)


def _find_error(text: str, position: int) -> JsonError:
    """Walk over the text as Go's scanner does and return the first error."""
    open_: list[str] = []
    while True:
        position = _skip(text, position)
        char = text[position:position + 1]
        if char in ("{", "["):
            open_.append(char)
            position = _skip(text, position + 1)
            if text[position:position + 1] != ("}" if char == "{" else "]"):
                if char == "{":
                    position, error = _key(text, position)
                    if error:
                        return error
                continue
        else:
            position, error = _scalar(text, position)
            if error:
                return error
        # A value has ended, or an empty collection is about to: close what closes.
        while True:
            position = _skip(text, position)
            if not open_:
                return JsonError(_END, position, at_end=True)
            char = text[position:position + 1]
            if char == ("}" if open_[-1] == "{" else "]"):
                open_.pop()
                position += 1
                continue
            if char != ",":
                where = "after object key:value pair" if open_[-1] == "{" else "after array element"
                return _unexpected(text, position, where)
            position += 1
            if open_[-1] == "{":
                position, error = _key(text, _skip(text, position))
                if error:
                    return error
            break


def _key(text: str, position: int):
    """Walk over `"key":`."""
    if text[position:position + 1] != '"':
        return position, _unexpected(text, position, "looking for beginning of object key string")
    position, error = _scalar(text, position)
    if error:
        return position, error
    position = _skip(text, position)
    if text[position:position + 1] != ":":
        return position, _unexpected(text, position, "after object key")
    return position + 1, None


def _scalar(text: str, position: int):
    """Walk over a string, a number or a literal; returns its end and an error or None."""
    char = text[position:position + 1]
    if char == '"':
        return _string(text, position)
    for word in ("true", "false", "null"):
        if char == word[0]:
            for index, expected in enumerate(word):
                if text[position + index:position + index + 1] != expected:
                    return position, _unexpected(text, position + index,
                                                 f"in literal {word} (expecting '{expected}')")
            return position + len(word), None
    if char == "-" or (char.isdigit() and char.isascii()):
        match = _NUMBER.match(text, position)
        if not match:
            return position, _unexpected(text, position + 1, "in numeric literal")
        end = match.end()
        if text[end:end + 1] == "." and "." not in match.group() and "e" not in match.group().lower():
            return end, _unexpected(text, end + 1, "after decimal point in numeric literal")
        if text[end:end + 1] in ("e", "E") and "e" not in match.group().lower():
            end += 1 + (text[end + 1:end + 2] in ("+", "-"))
            return end, _unexpected(text, end, "in exponent of numeric literal")
        return end, None
    return position, _unexpected(text, position, "looking for beginning of value")


def _string(text: str, position: int):
    end = _STRING.match(text, position).end()  # type: ignore[union-attr]
    char = text[end:end + 1]
    if char == '"':
        return end + 1, None
    if char != "\\":
        return end, _unexpected(text, end, "in string literal")
    if text[end + 1:end + 2] != "u":
        return end, _unexpected(text, end + 1, "in string escape code")
    digits = re.compile("[0-9a-fA-F]*").match(text, end + 2)
    return end, _unexpected(text, digits.end(), "in \\u hexadecimal character escape")  # type: ignore[union-attr]
