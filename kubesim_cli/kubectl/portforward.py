"""kubectl port-forward: everything up to the forwarding itself."""

from __future__ import annotations

from .failures import Failure, Usage
from .resource.scheme import CLIENT_GO
from .util import podcmd

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .context import Context


def run(ctx: Context) -> None:
    """kubectl port-forward TYPE/NAME [LOCAL_PORT:]REMOTE_PORT..."""
    args = ctx.args
    if len(args) < 2:
        raise Usage("TYPE/NAME and list of ports are required for port-forward")
    timeout = podcmd.running_timeout(ctx.flags)
    obj = podcmd.select(ctx, args[:1], scheme=CLIENT_GO)[0].obj
    pod = podcmd.pod_of(ctx, obj, timeout)
    for text in args[1:]:
        remote = text.rpartition(":")[2]
        if not remote:
            raise Failure("remote port cannot be empty")
        if obj["kind"] == "Service":
            _service_port(obj, remote)
        elif not remote.isdecimal():
            _container_port(pod, remote)
    phase = (pod.get("status") or {}).get("phase", "")
    if phase != "Running":
        raise Failure(f"unable to forward port because pod is not running. Current status={phase}")
    raise podcmd.not_yet("forward ports to one")


def _service_port(service: dict, remote: str) -> None:
    name = service["metadata"]["name"]
    ports = service["spec"].get("ports") or ()
    found = [port for port in ports if remote in (str(port["port"]), port.get("name"))]
    if not found and remote.isdecimal():
        raise Failure(f"Service {name} does not have a service port {remote}")
    if not found:
        raise Failure(f"Service '{name}' does not have a named port '{remote}'")
    if all(port.get("protocol") == "UDP" for port in found):
        raise Failure(f"UDP protocol is not supported for {remote}")


def _container_port(pod: dict, remote: str) -> None:
    for container in pod["spec"]["containers"]:
        for port in container.get("ports") or ():
            if port.get("name") == remote:
                return
    raise Failure(f"Pod '{pod['metadata']['name']}' does not have a named port '{remote}'")
