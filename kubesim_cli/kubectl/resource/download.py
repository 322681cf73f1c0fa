"""Reading a manifest from a URL (resource.readHttpWithRetries over Go's net/http)."""

from __future__ import annotations

from ...go.fmt import quote
from ...go.url import URL, joined
from ..failures import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket

    from ...go.http import Answer

_ATTEMPTS, _PAUSE = 3, 0.5
_REDIRECTS = 10
_TIMEOUT = 30
_PORTS = {"http": 80, "https": 443}


def check(name: str) -> None:
    """Raises Failure for the text of a URL that is none."""
    try:
        URL(name)
    except ValueError as error:
        raise Failure(f"the URL passed to filename {quote(name)} is not valid: {error}") from None


def read(name: str) -> bytes:
    """Return what a URL holds. Raises Failure, after three attempts where the server did not answer, or with 5xx."""
    import time

    problem = Failure("")
    for attempt in range(_ATTEMPTS):
        if attempt:
            time.sleep(_PAUSE)
        try:
            with _Exchange(name) as answer:
                if answer.code == 200:
                    return answer.body()
                problem = Failure(f"unable to read URL {quote(name)}, server reported {answer.status}, "
                                  f"status code={answer.code}")
                if not 500 <= answer.code < 600:
                    break
        except Failure as error:
            problem = error
        except (ValueError, OSError) as error:  # amid the body
            raise Failure(f"error parsing {name}: {_told(error)}") from None
    raise problem


class _Exchange:
    """One request and its answer, redirects included; a context manager for the time in which the body is read."""

    def __init__(self, name: str):
        self.name = name
        self.socket: socket.socket | None = None

    def __enter__(self) -> Answer:
        """Raises Failure."""
        url = URL(self.name)
        try:
            for _ in range(_REDIRECTS):
                answer = self._ask(url)
                location = answer.header("location")
                if answer.code not in (301, 302, 303, 307, 308) or not location:
                    return answer
                url = _redirected(url, location)
                self.__exit__()
            raise ValueError(f"stopped after {_REDIRECTS} redirects")
        except ConnectionRefusedError:
            raise Failure(f"The connection to the server {url.host} was refused - did you specify the right host or "
                          "port?", prefix="") from None
        except (ValueError, OSError) as error:
            raise Failure(f"Unable to connect to the server: {_told(error)}", prefix="") from None

    def __exit__(self, *raised: object) -> None:
        if self.socket is not None:
            self.socket.close()

    def _ask(self, url: URL) -> Answer:
        """Raises ValueError and OSError."""
        from ...go.http import Answer

        target = url.target
        connection, proxied = _connect(url)
        self.socket = connection
        if proxied:
            target = f"{url.scheme}://{url.host}{target}"
        lines = [f"GET {target} HTTP/1.1", f"Host: {url.host}", "User-Agent: Go-http-client/1.1"]
        if url.user is not None:
            from base64 import b64encode

            lines.append(f"Authorization: Basic {b64encode(f'{url.user}:{url.password}'.encode()).decode()}")
        connection.sendall("\r\n".join([*lines, "Accept-Encoding: gzip", "Connection: close", "", ""]).encode())
        return Answer(connection.makefile("rb"))


def _redirected(url: URL, location: str) -> URL:
    """Return where a redirect leads; raises ValueError, also where that is no http."""
    scheme, colon, _ = location.partition(":")
    if colon and scheme.isalnum() and scheme.lower() not in _PORTS:
        raise ValueError(f"unsupported protocol scheme {quote(scheme.lower())}")
    try:
        return URL(joined(url, location) if not location.startswith("http") else location)
    except ValueError as error:
        raise ValueError(f"failed to parse Location header {quote(location)}: {error}") from None


def _connect(url: URL) -> tuple[socket.socket, bool]:
    """Return (connection, whether it is to a proxy that wants the whole URL); raises ValueError and OSError."""
    import http.client
    from urllib.request import getproxies, proxy_bypass

    port = _PORTS[url.scheme] if url.port is None else url.port
    if not url.host:
        raise ValueError("http: no Host in request URL")
    if port > 65535:
        raise ValueError(f"dial tcp: address {port}: invalid port")
    name = url.name or "localhost"
    proxy = "" if proxy_bypass(name) else getproxies().get(url.scheme, "")
    try:
        if proxy:
            through = URL(proxy if "://" in proxy else f"http://{proxy}")
            server: tuple[str, int] = (through.name, through.port or _PORTS.get(through.scheme, 80))
        else:
            server = (name, port)
        kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
        connection = kind(*server, timeout=_TIMEOUT)
        if proxy and url.scheme == "https":
            connection.set_tunnel(name, port)
        connection.connect()
    except (http.client.HTTPException, UnicodeError) as error:
        raise ValueError(f"dial tcp: lookup {name}: no such host" if isinstance(error, UnicodeError)
                         else str(error)) from None
    except OSError as error:
        raise _dialled(error, name, port) from None
    return connection.sock, bool(proxy) and url.scheme == "http"


def _dialled(error: OSError, name: str, port: int) -> Exception:
    """Return the error of a connection that could not be made, in Go's words; a refused one as it is."""
    import socket
    import ssl

    if isinstance(error, ssl.SSLCertVerificationError):
        return ValueError(f"tls: failed to verify certificate: x509: {error.verify_message}")
    if isinstance(error, ssl.SSLError):
        if error.reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST"):
            return ValueError("http: server gave HTTP response to HTTPS client")
        return ValueError(f"tls: {(error.reason or str(error)).lower().replace('_', ' ')}")
    if isinstance(error, socket.gaierror):
        return ValueError(f"dial tcp: lookup {name}: no such host")
    if isinstance(error, TimeoutError):
        return ValueError(f"dial tcp {name}:{port}: i/o timeout")
    if isinstance(error, ConnectionRefusedError) or not error.strerror:
        return error
    return ValueError(f"dial tcp {name}:{port}: connect: {error.strerror.lower()}")


def _told(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "i/o timeout"
    return str(getattr(error, "strerror", None) or error).lower() if isinstance(error, OSError) else str(error)
