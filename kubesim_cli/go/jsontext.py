"""JSON as the json package reads it and, without blanks, writes it, for what every command has to read.

The json package compiles regular expressions when it is imported, which takes as long as all the work of a `get`. Its
inner parts, in C, do without; where they are missing, or made otherwise than in CPython 3.10 to 3.14, it does the work.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    Parse = Callable[[str], Any]
    Scan = Callable[[str, int], tuple[Any, int]]
    Encode = Callable[[Any], str]

_WHITE = " \t\n\r"
_CONSTANTS = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}


class _Settings:
    """What json.JSONDecoder tells the scanner, which looks for these names."""

    strict, object_hook, object_pairs_hook = True, None, None

    def __init__(self, parse_float: Parse, parse_int: Parse, parse_constant: Parse):
        self.parse_float, self.parse_int, self.parse_constant = parse_float, parse_int, parse_constant


def _refuse(value: object) -> None:
    raise TypeError(f"{type(value).__name__} is no JSON")


try:
    from _json import encode_basestring
except ImportError:
    from json.encoder import encode_basestring
encode_string: Callable[[str], str] = encode_basestring


def _quick_encoder(sort_keys: bool) -> Encode:
    from _json import make_encoder

    # Without a dict of the containers that it is in: what holds itself is a RecursionError then, and no ValueError.
    chunks = make_encoder(None, _refuse, encode_string, None, ":", ",", sort_keys, False, True)

    def encode(value: Any) -> str:
        return "".join(chunks(value, 0))

    if encode(_SAMPLE) != _SAMPLE_TEXT:
        raise TypeError
    return encode


def _encoder(sort_keys: bool) -> Encode:
    try:
        return _quick_encoder(sort_keys)
    except (ImportError, TypeError):
        import json

        return json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, sort_keys=sort_keys).encode


def _with_errors(scan: Scan) -> Scan:
    def scan_with_errors(text: str, position: int) -> tuple[Any, int]:
        try:
            return scan(text, position)
        except SystemError:  # up to CPython 3.12 it looks for its error in json.decoder, and does not import that
            import json.decoder  # noqa: F401

            return scan(text, position)

    return scan_with_errors


def scanner(parse_float: Parse = float, parse_int: Parse = int,
            parse_constant: Parse = _CONSTANTS.__getitem__) -> Scan:
    """Return a function like json.JSONDecoder.raw_decode: (text, position) -> (value, where it ends).

    It raises ValueError, and StopIteration where no value begins. The arguments are as of json.JSONDecoder.
    """
    try:
        from _json import make_scanner

        settings: Any = _Settings(parse_float, parse_int, parse_constant)
        scan: Scan = make_scanner(settings)
        if scan(_SAMPLE_TEXT, 0)[1] == len(_SAMPLE_TEXT):
            return _with_errors(scan)
    except (ImportError, AttributeError, TypeError):
        pass
    import json

    decoder: Any = json.JSONDecoder(parse_float=parse_float, parse_int=parse_int, parse_constant=parse_constant)
    scan = decoder.scan_once
    return scan


_SAMPLE, _SAMPLE_TEXT = [{"a": "\xe9\n"}, -1, True, None], '[{"a":"\xe9\\n"},-1,true,null]'
_scan = scanner()
encode = _encoder(False)
encode_sorted = _encoder(True)


def value_at(text: str, position: int) -> Any:
    """Return the value that begins at a position of a text, whatever follows; raises ValueError."""
    try:
        return _scan(text, position)[0]
    except StopIteration:
        raise ValueError(f"no JSON value at character {position}") from None


def loads(text: str | bytes) -> Any:
    """Return the value that makes up the whole text, which is UTF-8 where it is bytes; raises ValueError."""
    text = (text if isinstance(text, str) else text.decode("utf-8", "surrogatepass")).strip(_WHITE)
    try:
        value, end = _scan(text, 0)
    except StopIteration:
        raise ValueError("no JSON value") from None
    if end != len(text):
        raise ValueError(f"more behind the JSON value, from character {end} on")
    return value


def copied(value: Any) -> Any:
    """Return a deep copy of a JSON value, its tuples as lists and the keys of its objects as strings."""
    return loads(encode(value))


_NOT_LOOKED = object()


def text_of(path: str) -> str:
    """Return the text of a data file of kubesim's own: UTF-8, whose lines end as they do everywhere but on Windows."""
    with open(path, "rb") as file:
        return file.read().decode("utf-8")


class Entries:
    """The entries of JSON objects that begin a line of a text, each decoded when it is asked for."""

    def __init__(self, text: str):
        self._text = text
        self._values: dict[str, Any] = {}

    def __getitem__(self, key: str) -> Any:
        """Return the value of a key; raises KeyError."""
        found = self._values.get(key, _NOT_LOOKED)
        if found is _NOT_LOOKED:
            begin = f'\n"{key}": '
            place = self._text.find(begin)
            if place < 0:
                raise KeyError(key)
            found = self._values[key] = value_at(self._text, place + len(begin))
        return found

    def __iter__(self) -> Iterator[str]:
        """Yield the keys."""
        for line in self._text.split("\n"):
            if line.startswith('"'):
                yield line[1:line.index('": ')]

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value of a key, or `default`."""
        try:
            return self[key]
        except KeyError:
            return default
