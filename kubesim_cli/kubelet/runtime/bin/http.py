"""What HTTP's clients and servers share: requests and answers, read as they come."""

from __future__ import annotations

REASONS = {200: "OK", 201: "Created", 204: "No Content", 301: "Moved Permanently", 302: "Found", 304: "Not Modified",
           400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
           500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable"}


class Message:
    """A request or an answer: its first line's three parts, its headers and its body."""

    __slots__ = ("body", "first", "headers")

    def __init__(self, first: tuple[str, str, str], headers: list[tuple[str, str]], body: bytes):
        self.first, self.headers, self.body = first, headers, body

    def header(self, name: str) -> str:
        """Return a header's value, "" where it is not there."""
        return next((value for key, value in self.headers if key.lower() == name), "")


def parse(data: bytes, ended: bool) -> Message | None:
    """Return the message that has come, None where more must follow. `ended`: no more will."""
    head, found, body = data.partition(b"\r\n\r\n")
    if not found:
        return None
    lines = head.decode("latin-1").split("\r\n")
    first, second, third = (*lines[0].split(" ", 2), "", "")[:3]
    headers = [(key, value.strip()) for key, _, value in (line.partition(":") for line in lines[1:])]
    message = Message((first, second, third), headers, body)
    length = message.header("content-length")
    if length.isdigit():
        if len(body) < int(length) and not ended:
            return None
        message.body = body[:int(length)]
    elif first.startswith("HTTP/") and not ended:
        return None
    return message


def request(method: str, path: str, headers: list[tuple[str, str]], body: bytes = b"") -> bytes:
    """Return a request as bytes."""
    lines = [f"{method} {path} HTTP/1.1", *(f"{key}: {value}" for key, value in headers)]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def answer(code: int, headers: list[tuple[str, str]], body: bytes, with_body: bool = True) -> bytes:
    """Return an answer as bytes."""
    lines = [f"HTTP/1.1 {code} {REASONS.get(code, '')}", *(f"{key}: {value}" for key, value in headers),
             f"Content-Length: {len(body)}", "Connection: close"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + (body if with_body else b"")


def split(url: str) -> tuple[str, str, int, str]:
    """Return (scheme, host, port, path) of a URL."""
    scheme, found, rest = url.partition("://")
    if not found:
        scheme, rest = "http", url
    authority, slash, path = rest.partition("/")
    if "?" in authority:
        authority, _, query = authority.partition("?")
        slash, path = "/", f"?{query}"
    host, colon, port = authority.rpartition("@")[2].rpartition(":")
    if not colon or not port.isdigit():
        host, port = authority, ""
    default = 443 if scheme == "https" else 80
    return scheme, host.strip("[]"), int(port or default), (slash or "/") + path
