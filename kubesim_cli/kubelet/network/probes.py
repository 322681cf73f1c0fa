"""What the kubelet's probes over the network find: by HTTP, TCP and gRPC (pkg/probe/{http,tcp,grpc}).

A probe comes from the pod's node and goes to the pod itself: no service, policy or name has a part in it.
"""

from __future__ import annotations

from ..images import image
from ..runtime.bin import http, tls
from ..runtime.kernel.descriptors import Pipe
from ..runtime.kernel.network import EPHEMERAL, Connection
from ..runtime.unknown import is_unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object
    from ..runtime.kernel.kernel import Kernel
    from ..runtime.kernel.process import Space

_SHOWN = 1 << 10   # bytes of a page that a message tells
_GRPC = "/grpc.health.v1.Health/Check"
KINDS = ("httpGet", "tcpSocket", "grpc")


def check(kernel: Kernel, space: Space, container: Object, probe: Object, version: str = "1.34") -> tuple[bool, str]:
    """Probe a container; return (whether it is well, what the event or the log says of it).

    `probe` has one of KINDS, or is a lifecycle handler with one. The kernel lives on until there is an answer, or
    timeoutSeconds are over. `version`: minor version of the kubelet. A container is taken to be well in which a program
    runs that is not played, or whose image is described as `healthy`.
    """
    if space.guessed or (space.init is not None and is_unknown(space.init)) or (
            image.of(space.tree.root.volume.image).healthy):
        return True, ""
    limit = float(probe.get("timeoutSeconds") or 1)
    if "httpGet" in probe:
        return _http(kernel, space, container, probe["httpGet"], limit, version)
    if "tcpSocket" in probe:
        target = probe["tcpSocket"]
        port = port_of(container, target.get("port"))
        if port is None:
            return False, f"couldn't find port: {target.get('port')}"
        connection = _connect(kernel, space, port)
        if connection is None:
            return False, f"dial tcp {target.get('host') or space.net.address}:{port}: connect: connection refused"
        connection.closed(kernel)
        return True, ""
    return _grpc(kernel, space, probe["grpc"], limit)


def port_of(container: Object, port: object) -> int | None:
    """Return the number of a port of a container, which may be named; None where there is none."""
    if isinstance(port, int):
        return port
    for each in container.get("ports") or ():
        if each.get("name") == port:
            return int(each["containerPort"])
    text = str(port)
    return int(text) if text.isdigit() else None


def _connect(kernel: Kernel, space: Space, port: int) -> Connection | None:
    net = space.net
    listener = net.ports.get(port)
    if listener is None or listener.host.startswith("127."):
        return None
    there, back = Pipe(), Pipe()
    node = (net.address.rpartition(".")[0] + ".1", EPHEMERAL + 1)
    listener.waiting.append(Connection(there, back, (net.address, port), node))
    kernel.wake(listener)
    return Connection(back, there, node, (net.address, port))


def _asked(kernel: Kernel, connection: Connection, request: bytes, secure: bool, limit: float) -> http.Message | str:
    """Return the answer to a request, or why there is none: EOF, reset, timeout, plain."""
    deadline, got, ended = kernel.now + limit, bytearray(), False
    greeted = not secure
    connection.write(kernel, tls.hello("") if secure else request)
    while True:
        while (data := connection.read(kernel, 65536)):
            got += data
        ended = data == b""
        if not greeted and got:
            if not tls.is_greeting(got):
                return "plain"
            found = tls.split_greeting(got)
            if found is not None:
                greeted, got[:] = True, found[2]
                connection.write(kernel, request)
                continue
        message = http.parse(bytes(got), ended) if greeted else None
        if message is not None:
            return message
        if ended:
            return "EOF"
        due = kernel.next()
        if due is None or due > deadline:
            kernel.run(deadline)
            return "timeout"
        kernel.run(due)


def send(kernel: Kernel, space: Space, container: Object, action: Object, version: str) -> None:
    """Send the request of a hook, `action` as in httpGet, and wait for no answer."""
    port = port_of(container, action.get("port"))
    connection = _connect(kernel, space, port) if port is not None else None
    if connection is not None:
        secure, request = _url(space, action, port or 0)[0] == "https", _request(space, action, port or 0, version)
        connection.write(kernel, tls.hello("") + request if secure else request)


def _url(space: Space, action: Object, port: int) -> tuple[str, str, str]:
    """Return the scheme, the host and the path that a request is for."""
    path = action.get("path") or "/"
    return ((action.get("scheme") or "HTTP").lower(), f"{action.get('host') or space.net.address}:{port}",
            path if path.startswith("/") else "/" + path)


def _request(space: Space, action: Object, port: int, version: str) -> bytes:
    _, host, path = _url(space, action, port)
    headers = {"Host": host, "User-Agent": f"kube-probe/{version}", "Accept": "*/*", "Connection": "close"}
    headers.update({each["name"]: each.get("value", "") for each in action.get("httpHeaders") or ()})
    return http.request("GET", path, [each for each in headers.items() if each[1]])


def _http(kernel: Kernel, space: Space, container: Object, action: Object, limit: float,
          version: str) -> tuple[bool, str]:
    port = port_of(container, action.get("port"))
    if port is None:
        return False, f"couldn't find port: {action.get('port')}"
    scheme, host, path = _url(space, action, port)
    url = f"{scheme}://{host}{path}"
    connection = _connect(kernel, space, port)
    if connection is None:
        return False, f'Get "{url}": dial tcp {host}: connect: connection refused'
    found = _asked(kernel, connection, _request(space, action, port, version), scheme == "https", limit)
    connection.closed(kernel)
    if isinstance(found, str):
        why = {"EOF": "EOF", "plain": "http: server gave HTTP response to HTTPS client"}.get(
            found, "context deadline exceeded (Client.Timeout exceeded while awaiting headers)")
        return False, f'Get "{url}": {why}'
    code = int(found.first[1]) if found.first[1].isdigit() else 0
    if 200 <= code < 400:
        return True, found.body[:_SHOWN].decode("utf-8", "replace")
    return False, f"HTTP probe failed with statuscode: {code}"


def _grpc(kernel: Kernel, space: Space, action: Object, limit: float) -> tuple[bool, str]:
    port = int(action.get("port") or 0)
    shown = f"{limit:g}s"
    connection = _connect(kernel, space, port)
    if connection is None:
        return False, (f'timeout: failed to connect service "{space.net.address}:{port}" within {shown}: '
                       "context deadline exceeded")
    found = _asked(kernel, connection, http.request("POST", _GRPC, [("Content-Type", "application/grpc"),
                                                                     ("Connection", "close")]), False, limit)
    connection.closed(kernel)
    if found == "timeout":  # nobody of ours speaks more of gRPC than a connection tells
        return True, ""
    if isinstance(found, str) or found.header("content-type") != "application/grpc":
        return False, ("error: this server does not implement the grpc health protocol (grpc.health.v1.Health): "
                       "unknown service grpc.health.v1.Health")
    status = found.body.decode("utf-8", "replace")
    return (True, "") if status == "SERVING" else (False, f'service unhealthy (responded with "{status}")')
