"""Ingresses as ingress-nginx on the first node serves them: a request goes to the service of its host and path.

Kubernetes: staging/src/k8s.io/api/networking/v1, IngressSpec; the controller's own words: kubernetes/ingress-nginx.
"""

from __future__ import annotations

from ..images.catalogue import BUILT_IN
from ..runtime.bin import http, tls
from ..runtime.chance import Chance
from ..runtime.kernel.errors import Errno
from ..runtime.kernel.network import Answered, connect
from .answering import request_on
from .proxy import usable_of
from .wiring import Wiring, wiring_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object

INGRESSES = "ingresses.networking.k8s.io"
PORTS = (80, 443)
_CONTROLLER = "ingress-nginx-controller"  # its image's description
REWRITE = "nginx.ingress.kubernetes.io/rewrite-target"
_PAGE = "<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n<center><h1>{0}</h1></center>\r\n<hr><center>nginx" \
    "</center>\r\n</body>\r\n</html>\r\n"
_TITLES = {404: "404 Not Found", 502: "502 Bad Gateway", 503: "503 Service Temporarily Unavailable",
           308: "308 Permanent Redirect"}


def is_served_by(pod: Object, port: int) -> bool:
    """Tell whether it is a controller of ingress-nginx that listens at a port of a pod."""
    return port in PORTS and any(BUILT_IN.file(container["image"]) == _CONTROLLER
                                 for container in pod["spec"]["containers"])


def answer(connection: Answered) -> None:
    """Hand a request over to the service that an ingress names for it."""
    message = request_on(connection, tls.PUBLIC if connection.remote[1] == 443 else "")
    if message is None:
        return
    wiring = wiring_of(connection)
    host = message.header("host").partition(":")[0].lower()
    path, question, query = message.first[1].partition("?")
    found = find(wiring, host, path)
    if found is None:
        _refuse(connection, 404)
        return
    ingress, backend, path = found
    if not connection.secure and any(host in (each.get("hosts") or ()) for each in ingress["spec"].get("tls") or ()):
        connection.answer(_error(308, [("Location", f"https://{host}{message.first[1]}")]))
        return
    address = _endpoint(wiring, ingress["metadata"]["namespace"], backend, connection)
    if address is None:
        _refuse(connection, 503)
        return
    try:
        upstream = connect(connection.kernel, connection.space, *address)
    except Errno:
        _refuse(connection, 502)
        return
    headers = [(key, value) for key, value in message.headers if key.lower() not in ("connection", "content-length")]
    scheme = "https" if connection.secure else "http"
    headers += [("X-Request-ID", f"{Chance(f'{connection.local} {connection.kernel.now}').bits(128):032x}"),
                ("X-Real-IP", connection.local[0]), ("X-Forwarded-For", connection.local[0]),
                ("X-Forwarded-Host", host), ("X-Forwarded-Port", str(connection.remote[1])),
                ("X-Forwarded-Proto", scheme), ("X-Forwarded-Scheme", scheme), ("X-Scheme", scheme)]
    if message.body:
        headers.append(("Content-Length", str(len(message.body))))
    connection.hand(upstream, http.request(message.first[0], path + question + query,
                                           [*headers, ("Connection", "close")], message.body))


def find(wiring: Wiring, host: str, path: str) -> tuple[Object, Object, str] | None:
    """Return (ingress, backend, path as the backend gets it) for a host and a path, None where no ingress has them.

    An exact host goes before a wildcard and that before none; among paths an exact one, then the longest.
    """
    best: tuple[tuple[int, int, int], Object, Object, str] | None = None
    fallback: tuple[Object, Object, str] | None = None
    for ingress in wiring.api.items(INGRESSES):
        spec = ingress["spec"]
        for rule in spec.get("rules") or ():
            nearness = _nearness(rule.get("host") or "", host)
            for entry in (rule.get("http") or {}).get("paths") or () if nearness else ():
                sent = _sent(ingress, entry, path)
                rank = nearness, int(entry.get("pathType") == "Exact"), len(entry.get("path") or "")
                if sent is not None and (best is None or rank > best[0]):
                    best = rank, ingress, entry["backend"], sent
        if spec.get("defaultBackend") and fallback is None:
            fallback = ingress, spec["defaultBackend"], path
    return best[1:] if best is not None else fallback


def _nearness(pattern: str, host: str) -> int:
    """Return how well a rule's host fits, 0 where it does not."""
    if not pattern:
        return 1
    if pattern.startswith("*."):
        return 2 if host.partition(".")[2] == pattern[2:] else 0
    return 3 if host == pattern.lower() else 0


def _sent(ingress: Object, entry: Object, path: str) -> str | None:
    """Return the path that goes on to the backend, None where a rule's path does not fit."""
    wanted = entry.get("path") or "/"
    rewrite = (ingress["metadata"].get("annotations") or {}).get(REWRITE)
    if rewrite:
        import re

        try:
            match = re.match(wanted, path, re.IGNORECASE)
        except re.error:
            return None
        if match is None:
            return None
        return re.sub(r"\$(\d)", lambda each: match.group(int(each[1])) or "" if int(each[1]) <= len(match.groups())
                      else "", rewrite)
    if entry.get("pathType") == "Exact":
        return path if path == wanted else None
    base = wanted.rstrip("/")
    return path if path == base or path.startswith(base + "/") else None


def _endpoint(wiring: Wiring, namespace: str, backend: Object, connection: Answered) -> tuple[str, int] | None:
    """Return the (address, port) of one of a backend's endpoints, None where there is none."""
    wanted = backend.get("service") or {}
    service = wiring.api.find("services", wanted.get("name", ""), namespace)
    port = wanted.get("port") or {}
    if service is None:
        return None
    entry = next((each for each in service["spec"].get("ports") or () if each["port"] == port.get("number")
                  or (port.get("name") and each.get("name") == port["name"])), None)
    if entry is None:
        return None
    found = usable_of([each for each in wiring.view.endpoints(service, entry.get("name") or "", "TCP") if each.port])
    if not found:
        return None
    chosen = Chance(f"{connection.local}").choice(sorted(found, key=lambda each: each.address))
    return chosen.address, chosen.port or 0


def _refuse(connection: Answered, code: int) -> None:
    connection.answer(_error(code, []))


def _error(code: int, headers: list[tuple[str, str]]) -> bytes:
    return http.answer(code, [("Content-Type", "text/html"), *headers], _PAGE.format(_TITLES[code]).encode())
