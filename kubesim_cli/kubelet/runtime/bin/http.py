"""What HTTP's clients and servers share: requests and answers, read as they come."""

from __future__ import annotations

REASONS = {200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 206: "Partial Content",
           301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified", 307: "Temporary Redirect",
           308: "Permanent Redirect", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
           405: "Method Not Allowed", 408: "Request Timeout", 409: "Conflict", 410: "Gone", 413: "Payload Too Large",
           415: "Unsupported Media Type", 418: "I'M A TEAPOT", 422: "Unprocessable Entity", 429: "Too Many Requests",
           500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable",
           504: "Gateway Timeout"}
_BODILESS = ("204", "304")


class Message:
    """A request or an answer: its first line's three parts, its headers, its body, and its `size` in bytes."""

    __slots__ = ("body", "first", "headers", "size")

    def __init__(self, first: tuple[str, str, str], headers: list[tuple[str, str]], body: bytes, size: int):
        self.first, self.headers, self.body, self.size = first, headers, body, size

    def header(self, name: str) -> str:
        """Return a header's value, "" where it is not there."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    @property
    def keeps_alive(self) -> bool:
        """Whether another message may follow on the connection."""
        wanted = self.header("connection").lower()
        return wanted != "close" and ("HTTP/1.0" not in (self.first[0], self.first[2]) or wanted == "keep-alive")


def parse(data: bytes, ended: bool, bodiless: bool = False) -> Message | None:
    """Return the first message that has come, None where more must follow. `ended`: no more will; `bodiless`: it is
    the answer to HEAD."""
    head, found, rest = data.partition(b"\r\n\r\n")
    if not found:
        return None
    lines = head.decode("latin-1").split("\r\n")
    first, second, third = (*lines[0].split(" ", 2), "", "")[:3]
    headers = [(key.strip(), value.strip()) for key, _, value in (line.partition(":") for line in lines[1:])]
    message = Message((first, second, third), headers, b"", len(head) + 4)
    length = message.header("content-length")
    if bodiless or (first.startswith("HTTP/") and second in _BODILESS):
        return message
    if message.header("transfer-encoding").lower() == "chunked":
        return _chunks(message, rest, ended)
    if length.isdigit():
        if len(rest) < int(length) and not ended:
            return None
        message.body = rest[:int(length)]
    elif first.startswith("HTTP/"):
        if not ended:
            return None
        message.body = rest
    message.size += len(message.body)
    return message


def _chunks(message: Message, rest: bytes, ended: bool) -> Message | None:
    at, body = 0, bytearray()
    while True:
        end = rest.find(b"\r\n", at)
        size = rest[at:end].partition(b";")[0].strip() if end >= 0 else b""
        try:
            length = int(size, 16)
        except ValueError:
            length = -1
        if length < 0 or len(rest) < end + length + 4:
            if not ended and (end < 0 or length >= 0):
                return None
            break
        body += rest[end + 2:end + 2 + length]
        at = end + length + 4
        if not length:
            break
    message.body = bytes(body)
    message.size += at
    return message


def request(method: str, path: str, headers: list[tuple[str, str]], body: bytes = b"", version: str = "1.1") -> bytes:
    """Return a request as bytes."""
    lines = [f"{method} {path} HTTP/{version}", *(f"{key}: {value}" for key, value in headers)]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body


def answer(code: int, headers: list[tuple[str, str]], body: bytes, with_body: bool = True, keep: bool = False,
           version: str = "1.1") -> bytes:
    """Return an answer as bytes. `keep`: the connection stays open."""
    lines = [f"HTTP/{version} {code} {REASONS.get(code, '')}", *(f"{key}: {value}" for key, value in headers)]
    given = {key.lower() for key, _ in headers}
    if "content-length" not in given and code not in (204, 304):
        lines.append(f"Content-Length: {len(body)}")
    if "connection" not in given:
        lines.append(f"Connection: {'keep-alive' if keep else 'close'}")
    return "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n" + (body if with_body else b"")


def split(url: str) -> tuple[str, str, int, str]:
    """Return (scheme, host, port, path) of a URL."""
    scheme, found, rest = url.partition("://")
    if not found:
        scheme, rest = "http", url
    authority, slash, path = rest.partition("/")
    if "?" in authority:
        authority, _, query = authority.partition("?")
        slash, path = "/", f"?{query}" + (f"/{path}" if slash and path else "")
    path = path.partition("#")[0]
    host, colon, port = authority.rpartition("@")[2].rpartition(":")
    if not colon or not port.isdigit():
        host, port = authority.rpartition("@")[2].rstrip(":"), ""
    default = {"https": 443, "telnet": 23, "ftp": 21}.get(scheme.lower(), 80)
    return scheme.lower(), host.strip("[]"), int(port or default), (slash or "/") + path


def place_of(url: str) -> tuple[str, str]:
    """Return the host of a URL, an IPv6 address in its brackets, and what stands for its port, as they are written."""
    authority = url.partition("://")[2] if "://" in url else url
    for mark in "/?#":
        authority = authority.partition(mark)[0]
    place = authority.rpartition("@")[2]
    host, bracket, rest = place.partition("]") if place[:1] == "[" else ("", "", place)
    name, _, port = rest.partition(":")
    return host + bracket + name, port


def parameters(query: str) -> list[tuple[str, str]]:
    """Return the names and values of a query or a form."""
    from urllib.parse import parse_qsl

    return parse_qsl(query, keep_blank_values=True)
