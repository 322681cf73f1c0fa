"""What encoding/json says about a text that is no JSON: a walk as that of its scanner (scanner.go)."""

from __future__ import annotations

from .fmt import quote

# Compiled on first use: a text that is JSON needs none of them.
_STRING = r'"(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*'
_NUMBER = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
_HEX = "[0-9a-fA-F]*"
_BLANKS = frozenset(" \t\r\n")
_END = "unexpected end of JSON input"


class JsonError(ValueError):
    """A text that is no JSON; `offset` counts bytes up to and with the wrong one, `at_end` tells a text cut short."""

    def __init__(self, words: str, offset: int, at_end: bool = False) -> None:
        super().__init__(words)
        self.offset, self.at_end = offset, at_end


def skip(text: str, position: int) -> int:
    """Return where the next character that is no blank stands, or the text's length."""
    while text[position:position + 1] in _BLANKS:
        position += 1
    return position


def unexpected(text: str, position: int, where: str) -> JsonError:
    """Return the error of a character that does not fit, or of a text that ends too early."""
    if position >= len(text):
        return JsonError(_END, len(text.encode("utf-8", "surrogatepass")), at_end=True)
    before = len(text[:position].encode("utf-8", "surrogatepass"))
    char = text[position]
    escaped = "\udc80" <= char <= "\udcff"  # a byte of what is no UTF-8
    char = chr(ord(char) - 0xDC00 if escaped else char.encode("utf-8", "surrogatepass")[0])  # Go looks at bytes
    shown = {"'": "\\'", '"': '"'}.get(char) or quote(char)[1:-1]
    return JsonError(f"invalid character '{shown}' {where}", before + 1)


def find_error(text: str, position: int) -> JsonError:
    """Walk over the text as Go's scanner does and return the first error."""
    open_: list[str] = []
    while True:
        position = skip(text, position)
        char = text[position:position + 1]
        if char in ("{", "["):
            open_.append(char)
            position = skip(text, position + 1)
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
            position = skip(text, position)
            if not open_:
                return JsonError(_END, position, at_end=True)
            char = text[position:position + 1]
            if char == ("}" if open_[-1] == "{" else "]"):
                open_.pop()
                position += 1
                continue
            if char != ",":
                where = "after object key:value pair" if open_[-1] == "{" else "after array element"
                return unexpected(text, position, where)
            position += 1
            if open_[-1] == "{":
                position, error = _key(text, skip(text, position))
                if error:
                    return error
            break


def _key(text: str, position: int) -> tuple[int, JsonError | None]:
    """Walk over `"key":`."""
    if text[position:position + 1] != '"':
        return position, unexpected(text, position, "looking for beginning of object key string")
    position, error = _scalar(text, position)
    if error:
        return position, error
    position = skip(text, position)
    if text[position:position + 1] != ":":
        return position, unexpected(text, position, "after object key")
    return position + 1, None


def _scalar(text: str, position: int) -> tuple[int, JsonError | None]:
    """Walk over a string, a number or a literal; returns its end and an error or None."""
    char = text[position:position + 1]
    if char == '"':
        return _string(text, position)
    for word in ("true", "false", "null"):
        if char == word[0]:
            for index, expected in enumerate(word):
                if text[position + index:position + index + 1] != expected:
                    return position, unexpected(text, position + index,
                                                 f"in literal {word} (expecting '{expected}')")
            return position + len(word), None
    if char == "-" or (char.isdigit() and char.isascii()):
        import re

        match = re.compile(_NUMBER).match(text, position)
        if not match:
            return position, unexpected(text, position + 1, "in numeric literal")
        end = match.end()
        if text[end:end + 1] == "." and "." not in match.group() and "e" not in match.group().lower():
            return end, unexpected(text, end + 1, "after decimal point in numeric literal")
        if text[end:end + 1] in ("e", "E") and "e" not in match.group().lower():
            end += 1 + (text[end + 1:end + 2] in ("+", "-"))
            return end, unexpected(text, end, "in exponent of numeric literal")
        return end, None
    return position, unexpected(text, position, "looking for beginning of value")


def _string(text: str, position: int) -> tuple[int, JsonError | None]:
    end = _end(_STRING, text, position)
    char = text[end:end + 1]
    if char == '"':
        return end + 1, None
    if char != "\\":
        return end, unexpected(text, end, "in string literal")
    if text[end + 1:end + 2] != "u":
        return end, unexpected(text, end + 1, "in string escape code")
    return end, unexpected(text, _end(_HEX, text, end + 2), "in \\u hexadecimal character escape")


def _end(pattern: str, text: str, position: int) -> int:
    """Return where the match of a pattern that also matches nothing ends."""
    import re

    match = re.compile(pattern).match(text, position)
    return match.end() if match else position
