"""kubectl port-forward: (pkg/cmd/portforward)."""

from __future__ import annotations

from functools import partial

from ..machinery.errors import StatusError
from .failures import Failure, Usage
from .resource.scheme import CLIENT_GO
from .util import podcmd, remotecommand

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..machinery.types import Object
    from .context import Context


def run(ctx: Context) -> None:
    """kubectl port-forward TYPE/NAME [LOCAL_PORT:]REMOTE_PORT..."""
    args, texts = ctx.args, ctx.args[1:]
    if len(args) < 2:
        raise Usage("TYPE/NAME and list of ports are required for port-forward")
    timeout = podcmd.running_timeout(ctx.flags)
    obj = podcmd.select(ctx, args[:1], scheme=CLIENT_GO)[0].obj
    pod = podcmd.pod_of(ctx, obj, timeout)
    if obj["kind"] == "Service":
        by_name = partial(_service_port, obj)
        ports = [(port["port"], port.get("protocol")) for port in obj["spec"].get("ports") or ()]
        _refuse_udp(ports, texts, by_name)
        pairs = [_to_target(obj, pod, text, by_name) for text in texts]
    else:
        by_name = partial(_container_port, pod)
        ports = [(port["containerPort"], port.get("protocol")) for container in pod["spec"]["containers"]
                 for port in container.get("ports") or ()]
        _refuse_udp(ports, texts, by_name)
        pairs = [_to_number(text, by_name) for text in texts]
    pod = ctx.client.get("pods", pod["metadata"]["name"], pod["metadata"]["namespace"])
    phase = (pod.get("status") or {}).get("phase", "")
    if phase != "Running":
        raise Failure(f"unable to forward port because pod is not running. Current status={phase}")
    from .util import forwarding

    wanted = forwarding.ports([f"{local}:{remote}" if local != remote else remote for local, remote in pairs])
    where = forwarding.addresses(ctx.flags["address"])
    try:
        remotecommand.connect(ctx, pod, "portforward")
    except StatusError as error:
        raise Failure(f"error upgrading connection: {error.message}") from None
    forwarding.Forwarder(ctx, pod, where, wanted).run()


def _split(text: str) -> tuple[str, str]:
    """Return (local, remote) of LOCAL:REMOTE, or twice what stands first in any other text; raises Failure for none."""
    halves = text.split(":")
    local, remote = halves if len(halves) == 2 else (halves[0], halves[0])
    if not remote:
        raise Failure("remote port cannot be empty")
    return local, remote


def _number(remote: str, by_name: Callable[[str], int]) -> int:
    return int(remote) if remote.isdecimal() else by_name(remote)


def _refuse_udp(ports: list[tuple[int, str]], texts: list[str], by_name: Callable[[str], int]) -> None:
    """Refuse what stands for one of the (number, protocol) that are of UDP alone."""
    only_udp = {port for port, protocol in ports if protocol == "UDP"} - {
        port for port, protocol in ports if protocol == "TCP"}
    for _, remote in map(_split, texts):
        if _number(remote, by_name) in only_udp:
            raise Failure(f"UDP protocol is not supported for {remote}")


def _to_target(service: Object, pod: Object, text: str, by_name: Callable[[str], int]) -> tuple[str, str]:
    """Return (local, remote) with the pod's port in the place of the Service's; a name alone stands for its number."""
    local, number = _to_number(text, by_name)
    return local, str(_target_port(service, pod, int(number)))


def _to_number(text: str, by_name: Callable[[str], int]) -> tuple[str, str]:
    """Return (local, remote) with a number in the place of a name; a name that stands alone is that of both."""
    local, remote = _split(text)
    number = str(_number(remote, by_name))
    return (number if local == remote else local), number


def _service_port(service: Object, name: str) -> int:
    for port in service["spec"].get("ports") or ():
        if port.get("name") == name:
            number: int = port["port"]
            return number
    raise Failure(f"Service '{service['metadata']['name']}' does not have a named port '{name}'")


def _target_port(service: Object, pod: Object, number: int) -> int:
    """Return the pod's port behind a Service's; that of a headless Service is the same."""
    for port in service["spec"].get("ports") or ():
        if port["port"] == number:
            target = port.get("targetPort") or number
            if service["spec"].get("clusterIP") == "None":
                return number
            return _container_port(pod, target) if isinstance(target, str) else target
    raise Failure(f"Service {service['metadata']['name']} does not have a service port {number}")


def _container_port(pod: Object, name: str) -> int:
    for field in ("containers", "initContainers"):
        for container in pod["spec"].get(field) or ():
            for port in container.get("ports") or ():
                if port.get("name") == name:
                    number: int = port["containerPort"]
                    return number
    raise Failure(f"Pod '{pod['metadata']['name']}' does not have a named port '{name}'")
