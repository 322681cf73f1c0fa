"""curl's options, as far as they matter to a request and its answer."""

from __future__ import annotations

from ..kernel.errors import Errno

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..kernel.process import Process

_VALUED = {
    "X": "request", "H": "header", "d": "data", "o": "output", "w": "write-out", "u": "user", "A": "user-agent",
    "e": "referer", "b": "cookie", "c": "cookie-jar", "m": "max-time", "T": "upload-file", "F": "form", "x": "proxy",
    "r": "range", "C": "continue-at", "E": "cert", "K": "config", "D": "dump-header", "y": "speed-time",
    "Y": "speed-limit", "z": "time-cond", "Q": "quote", "U": "proxy-user", "h": "help", "P": "ftp-port",
    "t": "telnet-option"}
_LONG_VALUED = {*_VALUED.values(), "connect-timeout", "data-raw", "data-binary", "data-ascii", "data-urlencode", "json",
                "url", "retry", "retry-delay", "retry-max-time", "resolve", "connect-to", "cacert", "capath", "key",
                "interface", "max-redirs", "oauth2-bearer", "noproxy", "limit-rate", "output-dir", "unix-socket",
                "ciphers", "cert-type", "key-type", "tls-max", "keepalive-time", "dns-servers", "expect100-timeout"}
_FLAGS = {
    "s": "silent", "S": "show-error", "f": "fail", "L": "location", "i": "include", "I": "head", "k": "insecure",
    "v": "verbose", "G": "get", "O": "remote-name", "0": "http1.0", "4": "ipv4", "6": "ipv6", "N": "no-buffer",
    "g": "globoff", "#": "progress-bar", "J": "remote-header-name", "R": "remote-time", "n": "netrc", "a": "append",
    "q": "disable", "Z": "parallel", "j": "junk-session-cookies", "M": "manual", "V": "version", "p": "proxytunnel"}
_LONG_FLAGS = {*_FLAGS.values(), "compressed", "fail-with-body", "http1.1", "http2", "http2-prior-knowledge",
               "retry-connrefused", "retry-all-errors", "no-progress-meter", "create-dirs", "path-as-is",
               "no-keepalive", "tcp-nodelay", "tlsv1", "tlsv1.2", "tlsv1.3", "location-trusted", "no-location",
               "ssl-reqd", "raw", "fail-early", "post301", "post302", "basic", "anyauth", "remote-name-all",
               "trace-time"}


class Wrong(Exception):
    """The command line cannot be understood."""

    def __init__(self, text: str, code: int = 2):
        super().__init__(text)
        self.code = code


class Options:
    """What the command line asks for."""

    def __init__(self) -> None:
        self.urls: list[str] = []
        self.values: dict[str, list[str]] = {}
        self.flags: set[str] = set()
        self.body = b""

    def last(self, name: str) -> str:
        """Return an option's value, "" where it is not given."""
        return (self.values.get(name) or [""])[-1]

    def _seconds(self, name: str) -> float | None:
        text = self.last(name)
        try:
            return float(text) or None if text else None
        except ValueError:
            raise Wrong(f"option --{name}: expected a proper numerical parameter") from None

    @property
    def method(self) -> str:
        """The request's method."""
        if self.explicit:
            return self.last("request")
        if "head" in self.flags:
            return "HEAD"
        if "upload-file" in self.values:
            return "PUT"
        return "POST" if self.body and "get" not in self.flags else "GET"

    @property
    def explicit(self) -> bool:
        """Whether the method was named."""
        return bool(self.last("request"))

    @property
    def limit(self) -> float | None:
        """Seconds that all may take."""
        return self._seconds("max-time")

    @property
    def connect_limit(self) -> float | None:
        """Seconds that connecting may take."""
        return self._seconds("connect-timeout")

    @property
    def retries(self) -> int:
        """How often to try again."""
        return int(self._seconds("retry") or 0)

    @property
    def retry_delay(self) -> float | None:
        """Seconds between tries; None: each time twice as long."""
        return self._seconds("retry-delay")

    retry_refused = property(lambda self: "retry-connrefused" in self.flags)
    retry_all = property(lambda self: "retry-all-errors" in self.flags)
    insecure = property(lambda self: "insecure" in self.flags)
    verbose = property(lambda self: "verbose" in self.flags)
    follows = property(lambda self: bool(self.flags & {"location", "location-trusted"}))
    head_shown = property(lambda self: bool(self.flags & {"include", "head"}))
    fails = property(lambda self: bool(self.flags & {"fail", "fail-with-body"}))
    fails_with_body = property(lambda self: "fail-with-body" in self.flags)
    speaks = property(lambda self: "silent" not in self.flags or "show-error" in self.flags)
    meter = property(lambda self: not self.flags & {"silent", "no-progress-meter", "progress-bar"})
    version = property(lambda self: "1.0" if "http1.0" in self.flags else "1.1")
    form = property(lambda self: self.last("write-out"))
    cacert = property(lambda self: self.last("cacert"))
    dumps = property(lambda self: self.last("dump-header"))

    def shows_meter(self, process: Process) -> bool:
        """Tell whether the progress meter is shown: unless the answer is printed on a terminal."""
        out = process.fds.get(1)
        target = self.last("output") or ("file" if "remote-name" in self.flags else "")
        return bool(self.meter) and not (out is not None and out.terminal and target in ("", "-"))

    def target(self, done: dict[str, Any]) -> str:
        """Return the file that an answer goes to, "" for stdout."""
        named = self.last("output")
        if not named and "remote-name" in self.flags:
            named = done["path"].partition("?")[0].rpartition("/")[2]
        folder = self.last("output-dir")
        return f"{folder}/{named}" if folder and named not in ("", "-") else named if named != "-" else ""

    def resolved(self, host: str, port: int) -> str:
        """Return the address that --resolve or --connect-to gives a host, "" where none does."""
        for entry in self.values.get("resolve", ()):
            name, _, rest = entry.lstrip("+").partition(":")
            number, _, address = rest.partition(":")
            if name in (host, "*") and number == str(port):
                return address.strip("[]").partition(",")[0]
        return ""

    def headers(self, body: bytes) -> list[tuple[str, str]]:
        """Return the request's headers but Host, in curl's order; one without a value is left out."""
        own = [(key.strip(), value.strip()) for key, _, value in (
            each.partition(":") for each in self.values.get("header", ()) if ":" in each)]
        own += [(each.rstrip(";").strip(), "") for each in self.values.get("header", ()) if ":" not in each]
        given = {key.lower() for key, _ in own}
        found: list[tuple[str, str]] = []
        if self.last("user"):
            from base64 import b64encode

            found.append(("Authorization", "Basic " + b64encode(self.last("user").encode()).decode()))
        if self.last("oauth2-bearer"):
            found.append(("Authorization", f"Bearer {self.last('oauth2-bearer')}"))
        found += [("User-Agent", self.last("user-agent") or "curl/8.5.0"), ("Accept", "*/*")]
        if "range" in self.values:
            found.append(("Range", f"bytes={self.last('range')}"))
        if "referer" in self.values:
            found.append(("Referer", self.last("referer")))
        if "cookie" in self.values and "=" in self.last("cookie"):
            found.append(("Cookie", self.last("cookie")))
        if "compressed" in self.flags:
            found.append(("Accept-Encoding", "deflate, gzip"))
        if "json" in self.values:
            found = [each for each in found if each[0] != "Accept"]
            found += [("Content-Type", "application/json"), ("Accept", "application/json")]
        found = [each for each in found if each[0].lower() not in given] + own
        if body and "get" not in self.flags:
            if "content-length" not in given:
                found.append(("Content-Length", str(len(body))))
            if "content-type" not in given and "json" not in self.values and "upload-file" not in self.values:
                kind = "multipart/form-data; boundary=" + BOUNDARY if "form" in self.values else (
                    "application/x-www-form-urlencoded")
                found.append(("Content-Type", kind))
        return found


BOUNDARY = "------------------------d74496d66958873e"


def options_of(process: Process, words: list[str]) -> Options:
    """Return what the words of a command line mean; raises Wrong."""
    given, words = Options(), list(words)
    order: list[tuple[str, str]] = []
    while words:
        word = words.pop(0)
        if word.startswith("--") and len(word) > 2:
            name = word[2:]
            if name in _LONG_VALUED:
                if not words:
                    raise Wrong(f"option {word}: requires parameter")
                order.append((name, words.pop(0)))
            elif name in _LONG_FLAGS or (name[:3] == "no-" and name[3:] in _LONG_FLAGS):
                _switch(given, name)
            else:
                raise Wrong(f"option {word}: is unknown")
        elif word.startswith("-") and len(word) > 1:
            rest = word[1:]
            while rest:
                letter, rest = rest[0], rest[1:]
                if letter in _VALUED:
                    if not rest and not words:
                        raise Wrong(f"option -{letter}: requires parameter")
                    order.append((_VALUED[letter], rest or words.pop(0)))
                    rest = ""
                elif letter in _FLAGS:
                    given.flags.add(_FLAGS[letter])
                else:
                    raise Wrong(f"option {word}: is unknown")
        else:
            given.urls.append(word)
    parts: list[bytes] = []
    for name, value in order:
        given.values.setdefault(name, []).append(value)
        if name == "url":
            given.urls.append(value)
        elif name.startswith("data") or name == "json":
            parts.append(_data(process, name, value))
    given.body = (b"" if "json" in given.values else b"&").join(parts)
    if "form" in given.values:
        given.body = _multipart(process, given.values["form"])
    if "upload-file" in given.values:
        given.body = _read(process, given.last("upload-file"))
    if "get" in given.flags and given.body:
        query = given.body.decode("utf-8", "replace")
        given.urls = [f"{url}{'&' if '?' in url else '?'}{query}" for url in given.urls]
        given.body = b""
    return given


def _switch(given: Options, name: str) -> None:
    if name in _LONG_FLAGS:
        given.flags.add(name)
    else:
        given.flags.discard(name[3:])


def _read(process: Process, path: str) -> bytes:
    try:
        return process.read_file("/dev/stdin" if path == "-" else path)
    except Errno:
        raise Wrong(f"(26) Failed to open {path}", 26) from None


def _data(process: Process, name: str, value: str) -> bytes:
    if name == "data-urlencode":
        from urllib.parse import quote

        key, found, text = value.partition("=")
        if not found:
            key, text = "", value
        return (f"{key}=" if key else "").encode() + quote(text, safe="").encode()
    if value.startswith("@") and name != "data-raw":
        content = _read(process, value[1:])
        return content if name in ("data-binary", "json") else content.replace(b"\r", b"").replace(b"\n", b"")
    return value.encode("utf-8", "surrogateescape")


def _multipart(process: Process, fields: list[str]) -> bytes:
    parts = []
    for field in fields:
        name, _, value = field.partition("=")
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"'
        if value.startswith("@"):
            path = value[1:].partition(";")[0]
            head += f'; filename="{path.rpartition("/")[2]}"\r\nContent-Type: application/octet-stream'
            parts.append(f"{head}\r\n\r\n".encode() + _read(process, path) + b"\r\n")
        else:
            parts.append(f"{head}\r\n\r\n{value}\r\n".encode())
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
