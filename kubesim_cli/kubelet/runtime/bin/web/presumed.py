"""A program of which nothing is known serves where its container is said to: at the ports that it declares and that its
probes ask for. Whoever asks by HTTP or gRPC is told that all is well, with nothing in it."""

from __future__ import annotations

from . import serving

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object
    from ...kernel.process import Process

_SECURE = frozenset((443, 6443, 8443))
_GRPC = "application/grpc"


def ports(container: Object) -> dict[int, bool]:
    """Return the TCP ports that a container is said to serve at, and whether it is asked there over TLS."""
    found: dict[int, bool] = {}
    named: dict[str, int] = {}
    for port in container.get("ports") or ():
        if port.get("protocol", "TCP") == "TCP":
            name, number = port.get("name") or "", port["containerPort"]
            named[name] = number
            found[number] = number in _SECURE or name.startswith("https")
    places = [container.get(f"{kind}Probe") for kind in ("startup", "liveness", "readiness")]
    for place in (*places, *(container.get("lifecycle") or {}).values()):
        for kind in ("httpGet", "tcpSocket", "grpc"):
            action = (place or {}).get(kind) or {}
            asked = action.get("port")
            number = asked if isinstance(asked, int) else named.get(asked or "", 0)
            if number:
                found[number] = action["scheme"] == "HTTPS" if "scheme" in action else found.get(number, False)
    return found


def serve(process: Process) -> int | None:
    """Serve at the ports of the process's container that are free, until it is told to end."""
    if process.memory is None:
        taken, least = process.space.net.ports, 1024 if process.user.uid else 1  # see network.listen
        free = {port: secure for port, secure in process.space.serves.items() if port >= least and port not in taken}
        serving.start(process, serving.everywhere(*free), {port: "" for port, secure in free.items() if secure})
    if process.pending:
        return 0
    serving.serve(process, _page)
    return None


def _page(process: Process, request: serving.Request) -> serving.Answer:
    if request.header("content-type").startswith(_GRPC):
        return serving.Answer(200, "SERVING", type_=_GRPC)
    return serving.Answer(200)
