"""How net/http reads the answer to a request, with its errors and within bounds."""

from __future__ import annotations

from .fmt import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

MOST_OF_HEAD = 10 * 1024 * 1024  # http.Transport's bound
MOST_OF_BODY = 64 * 1024 * 1024
_HEADERS = (b"content-encoding", b"content-length", b"location", b"transfer-encoding")
_BROKEN = "net/http: HTTP/1.x transport connection broken: "


class Answer:
    """The status, the headers that matter by their names in lower case, and the body, which `body` reads."""

    __slots__ = ("_stream", "code", "headers", "status")

    def __init__(self, stream: BinaryIO):
        """Read the head of an answer. Raises ValueError in Go's words."""
        self._stream = stream
        lines = _Lines(stream)
        try:
            while True:
                line = lines.next()
                if not line:
                    raise EOFError("EOF")
                self.code, self.status = _status(line.decode("latin-1").rstrip("\r\n"))
                self.headers = _headers(lines)
                if not 100 <= self.code < 200 or self.code == 101:
                    break
            self._check()
        except EOFError as end:
            raise ValueError(str(end)) from None
        except ValueError as error:
            raise ValueError(f"{_BROKEN}{error}") from None

    def header(self, name: str) -> str:
        """Return the first value of a header, "" where there is none."""
        return (self.headers.get(name) or [""])[0]

    def _check(self) -> None:
        coding, lengths = self.header("transfer-encoding"), self.headers.get("content-length") or []
        if coding:
            if coding.lower() != "chunked":
                raise ValueError(f"unsupported transfer encoding: {quote(coding)}")
        elif len(set(lengths)) > 1:
            told = " ".join(map(quote, lengths))
            raise ValueError(f"http: message cannot contain multiple Content-Length headers; got [{told}]")
        elif lengths and not (lengths[0].isascii() and lengths[0].isdigit()):
            raise ValueError(f"bad Content-Length {quote(lengths[0])}")

    def body(self) -> bytes:
        """Read the body. Raises ValueError in Go's words, also where it is longer than MOST_OF_BODY."""
        if self.code in (204, 304):
            return b""
        if self.header("transfer-encoding"):
            found = _chunks(self._stream)
        elif self.header("content-length"):
            found = _exactly(self._stream, _bounded(int(self.header("content-length"))))
        else:
            found = self._stream.read(MOST_OF_BODY + 1)
            _bounded(len(found))
        return _inflated(found) if self.header("content-encoding").lower() == "gzip" else found


class _Lines:
    """The lines of a head, of MOST_OF_HEAD bytes together."""

    def __init__(self, stream: BinaryIO):
        self.stream, self.left = stream, MOST_OF_HEAD

    def next(self) -> bytes:
        """Return the next with its end, b"" where there is none; raises ValueError."""
        line = self.stream.readline(self.left + 1)
        self.left -= len(line)
        if self.left < 0 or (line and line[-1:] != b"\n"):
            self.refuse(line)
        return line

    def refuse(self, line: bytes) -> None:
        """Raise what there is to say of a line that is not whole, or too much."""
        if self.left < 0:
            raise ValueError(f"net/http: server response headers exceeded {MOST_OF_HEAD} bytes; aborted")
        raise ValueError("unexpected EOF")


def _text(line: bytes) -> str:
    return line.decode("latin-1").strip(" \t\r\n")


def _status(line: str) -> tuple[int, str]:
    """Return (status code, `404 Not Found`); raises ValueError."""
    version, space, status = line.partition(" ")
    if not space:
        raise ValueError(f"malformed HTTP response {quote(line)}")
    status = status.lstrip(" ")
    code = status.partition(" ")[0]
    if len(code) != 3 or not (code.isascii() and code.isdigit()):
        raise ValueError(f"malformed HTTP status code {quote(code)}")
    if len(version) != 8 or not version.startswith("HTTP/") or version[6] != "." or not (
            version[5] + version[7]).isdigit():
        raise ValueError(f"malformed HTTP version {quote(version)}")
    return int(code), status


def _headers(lines: _Lines) -> dict[str, list[str]]:
    """Read the headers; those that nobody asks for are passed over, as there may be very many."""
    found: dict[str, list[list[str]]] = {}  # of each value the lines that it stands on
    last: list[str] | None = None
    readline, blanks = lines.stream.readline, b" \t"
    while True:
        line = readline(lines.left + 1)
        lines.left -= len(line)
        if lines.left < 0 or line[-1:] != b"\n":
            lines.refuse(line)
        if line in (b"\r\n", b"\n"):
            return {name: [" ".join(filter(None, parts)) for parts in values] for name, values in found.items()}
        if line[:1] in blanks:
            if last is not None:
                last.append(_text(line))
            continue
        name, colon, value = line.partition(b":")
        if not colon:
            raise ValueError(f"malformed MIME header: missing colon: {quote(_text(line))}" if line else
                             "unexpected EOF")
        elif (name := name.lower()) in _HEADERS:
            last = [_text(value)]
            found.setdefault(name.decode(), []).append(last)
        else:
            last = None


def _bounded(size: int) -> int:
    if size > MOST_OF_BODY:
        raise ValueError(f"the answer is longer than {MOST_OF_BODY} bytes")
    return size


def _exactly(stream: BinaryIO, size: int) -> bytes:
    found = stream.read(size)
    if len(found) < size:
        raise ValueError("unexpected EOF")
    return found


def _chunks(stream: BinaryIO) -> bytes:
    found = bytearray()
    while True:
        line = stream.readline(4096)
        if not line.endswith(b"\n"):
            raise ValueError("unexpected EOF" if len(line) < 4096 else "header line too long")
        digits = line.partition(b";")[0].strip()
        if any(digit not in b"0123456789abcdefABCDEF" for digit in digits) or not digits:
            raise ValueError("invalid byte in chunk length" if digits else "empty hex number for chunk length")
        if len(digits) > 16:
            raise ValueError("http chunk length too large")
        size = int(digits, 16)
        if not size:
            return bytes(found)
        _bounded(len(found) + size)
        found += _exactly(stream, size)
        if _exactly(stream, 2) != b"\r\n":
            raise ValueError("malformed chunked encoding")


def _inflated(found: bytes) -> bytes:
    import zlib

    inflater = zlib.decompressobj(31)
    try:
        text = inflater.decompress(found, MOST_OF_BODY + 1)
    except zlib.error:
        raise ValueError("gzip: invalid header") from None
    _bounded(len(text))
    if not inflater.eof:
        raise ValueError("unexpected EOF")
    return text
