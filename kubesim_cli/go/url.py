"""What net/url makes of the text of a http or https URL, with its errors."""

from __future__ import annotations

from .fmt import quote

_HEX = "0123456789abcdefABCDEF"
_USER = "-._:~!$&'()*+,;=%@"
_HOST = "-_.~!$&'()*+,;=:[]<>\""
_PATH = "-_.~!$&'()*+,;=:@/[]%"


class URL:
    """The parts of a URL: `host` with its port as messages tell it, `target` what a request asks the server for."""

    __slots__ = ("host", "password", "scheme", "target", "user")

    def __init__(self, text: str):
        """Raises ValueError, told as `parse "http://[::1": missing ']' in host`."""
        try:
            self._parse(text)
        except ValueError as error:
            raise ValueError(f"parse {quote(text)}: {error}") from None

    def _parse(self, text: str) -> None:
        if any(char < " " or char == "\x7f" for char in text):
            raise ValueError("net/url: invalid control character in URL")
        text, _, fragment = text.partition("#")
        check_escapes(fragment)
        self.scheme, _, rest = text.partition("://")
        rest, question, query = rest.partition("?")
        authority, slash, path = rest.partition("/")
        userinfo, at, host = authority.rpartition("@")
        if any(not (_is_plain(char) or char in _USER) for char in userinfo):
            raise ValueError("net/url: invalid userinfo")
        self.user: str | None = None
        self.password = ""
        if at:
            name, _, password = userinfo.partition(":")
            self.user, self.password = _unescaped(name), _unescaped(password)
        self.host = _host(host)
        self.target = f"{_escaped_path(slash + path) or '/'}{question}{query}"

    @property
    def name(self) -> str:
        """The host without its port and brackets."""
        if self.host.startswith("["):
            return self.host[1:].partition("]")[0]
        return self.host.partition(":")[0]

    @property
    def port(self) -> int | None:
        """The port that is given; larger ones than there are, too."""
        digits = self.host[self.host.rfind(":") + 1:] if ":" in self.host.rpartition("]")[2] else ""
        return int(digits) if digits else None


def joined(base: URL, text: str) -> str:
    """Return the text of what a redirect's Location means (ResolveReference)."""
    from urllib.parse import quote as percent
    from urllib.parse import urljoin

    whose = "" if base.user is None else f"{percent(base.user, safe='')}:{percent(base.password, safe='')}@"
    return urljoin(f"{base.scheme}://{whose}{base.host}{base.target}", text)


def _host(text: str) -> str:
    """A host as Go holds it; raises ValueError."""
    name, port = text, ""
    if text.startswith("["):
        end = text.rfind("]")
        if end < 0:
            raise ValueError("missing ']' in host")
        name, port = text[:end + 1], text[end + 1:]
    elif ":" in text:
        at = text.rfind(":")
        name, port = text[:at], text[at:]
    if port and not (port[0] == ":" and all("0" <= digit <= "9" for digit in port[1:])):
        raise ValueError(f"invalid port {quote(port)} after host")
    zone = name.find("%25") if name.startswith("[") else -1
    check_escapes(name if zone < 0 else name[:zone], of_host=True)
    for char in name:
        if not (_is_plain(char) or char in _HOST or char == "%" or ord(char) >= 0x80):
            raise ValueError(f"invalid character {quote(char)} in host name")
    return _unescaped(name) + port


def check_escapes(text: str, of_host: bool = False) -> None:
    """Raises ValueError for a `%` that no two hexadecimal digits follow; in a host only those above ASCII may stand."""
    at = text.find("%")
    while at >= 0:
        code = text[at:at + 3]
        if len(code) < 3 or code[1] not in _HEX or code[2] not in _HEX or (of_host and int(code[1], 16) < 8):
            raise ValueError(f"invalid URL escape {quote(code)}")
        at = text.find("%", at + 3)


def _unescaped(text: str) -> str:
    from urllib.parse import unquote

    check_escapes(text)
    return unquote(text)


def _escaped_path(path: str) -> str:
    """A path as it is asked for: as it is given where that is well written, else escaped anew."""
    check_escapes(path)
    if all(_is_plain(char) or char in _PATH for char in path):
        return path
    from urllib.parse import quote as percent
    from urllib.parse import unquote_to_bytes

    return percent(unquote_to_bytes(path), safe="$&+,/:;=@-_.~")


def _is_plain(char: str) -> bool:
    return char.isascii() and char.isalnum()
