"""Which pods stand behind a service, and on which ports: what Endpoints and EndpointSlices have in common.

Kubernetes: pkg/controller/endpoint, staging/src/k8s.io/endpointslice.
"""

from __future__ import annotations

from ..helpers.controller import Change
from ..machinery.objects import key_of
from ..machinery.pods import is_terminal
from . import pods as podutil

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..apiserver.client import Client
    from ..machinery.types import Object

LAST_CHANGE = "endpoints.kubernetes.io/last-change-trigger-time"
HEADLESS = "service.kubernetes.io/headless"


def selected(service: Object) -> bool:
    """Tell whether the controllers look after the service's endpoints."""
    return bool(service["spec"].get("selector")) and service["spec"].get("type") != "ExternalName"


def is_headless(service: Object) -> bool:
    return service["spec"].get("clusterIP") == "None"


def _relevant(pod: Object) -> tuple[object, ...]:
    """What the endpoints of a pod depend on."""
    meta, status = pod["metadata"], pod.get("status") or {}
    return (meta.get("labels"), status.get("podIP"), podutil.is_ready(pod), "deletionTimestamp" in meta,
            is_terminal(pod), pod["spec"].get("hostname"), pod["spec"].get("subdomain"))


def services_of_pod(api: Client, change: Change) -> list[str]:
    """Watch function's part: the services whose endpoints a change of a pod may change."""
    states = [pod for pod in (change.old, change.new) if pod is not None]
    if not any((pod.get("status") or {}).get("podIP") for pod in states):
        return []
    if len(states) == 2 and _relevant(states[0]) == _relevant(states[1]):
        return []
    labels = [pod["metadata"].get("labels") or {} for pod in states]
    return [key_of(service) for service in api.items("services", change.object["metadata"]["namespace"])
            if selected(service) and any(_matches(service["spec"]["selector"], each) for each in labels)]


def _matches(selector: Object, labels: Object) -> bool:
    return all(labels.get(key) == value for key, value in selector.items())


def pods_of(api: Client, service: Object, terminating: bool) -> list[Object]:
    """Return the pods behind a service that have an address; `terminating`: those that are ending, too."""
    selector, namespace = service["spec"]["selector"], service["metadata"]["namespace"]
    return [pod for pod in api.items("pods", namespace)
            if _matches(selector, pod["metadata"].get("labels") or {}) and (pod.get("status") or {}).get("podIP")
            and not is_terminal(pod)
            and (terminating or "deletionTimestamp" not in pod["metadata"])]


def ports_of(service: Object, pod: Object) -> list[Object]:
    """Return the EndpointPorts at which a service's ports are found on a pod; a named port it lacks is left out."""
    found = []
    for port in service["spec"].get("ports") or ():
        protocol = port.get("protocol") or "TCP"
        number = _number(port.get("targetPort", port["port"]), protocol, pod)
        if number is not None:
            entry = {"name": port.get("name", ""), "port": number, "protocol": protocol}
            if port.get("appProtocol"):
                entry["appProtocol"] = port["appProtocol"]
            found.append(entry)
    return found


def in_hash_order(ports: list[Object], shape: str) -> list[Object]:
    """Return EndpointPorts in the order of the hashes of their Go values, in which Kubernetes stores them.

    `shape` is how spew prints the fields before AppProtocol, with {name}, {port} and {protocol} for their values.
    """

    def key(port: Object) -> int:
        app = port.get("appProtocol") or "<nil>"
        text = shape.format(name=port.get("name", ""), port=port["port"], protocol=port["protocol"])
        return _fnv128a(f"(v1.EndpointPort){{{text} AppProtocol:(*string){app}}}".encode())

    return sorted(ports, key=key) if len(ports) > 1 else ports


def _fnv128a(data: bytes) -> int:
    """The 128-bit FNV-1a hash."""
    value = 0x6C62272E07BB014262B821756295C58D
    for byte in data:
        value = (value ^ byte) * 0x1000000000000000000013B & 2**128 - 1
    return value


def _number(target: str | int, protocol: str, pod: Object) -> int | None:
    if isinstance(target, int):
        return target
    sidecars = [c for c in pod["spec"].get("initContainers") or () if c.get("restartPolicy") == "Always"]
    for container in pod["spec"]["containers"] + sidecars:
        for port in container.get("ports") or ():
            if port.get("name") == target and (port.get("protocol") or "TCP") == protocol:
                return port["containerPort"]
    return None


def hostname_of(service: Object, pod: Object) -> str:
    """Return the name that DNS gives a pod of a headless service, "" where it gives none."""
    spec = pod["spec"]
    return spec["hostname"] if spec.get("hostname") and spec.get("subdomain") == service["metadata"]["name"] else ""


def reference(pod: Object) -> Object:
    """Return an endpoint's targetRef."""
    meta = pod["metadata"]
    return {"kind": "Pod", "name": meta["name"], "namespace": meta["namespace"], "uid": meta["uid"]}


def ip_of_family(pod: Object, family: str) -> str:
    """Return a pod's address of a family, "" where it has none."""
    status = pod["status"]
    for each in status.get("podIPs") or ({"ip": status["podIP"]},):
        if (":" in each["ip"]) == (family == "IPv6"):
            return str(each["ip"])
    return ""


def families_of(service: Object) -> list[str]:
    """Return the families of addresses that a service has endpoints of."""
    return service["spec"].get("ipFamilies") or ["IPv4"]


def by_address(pod: Object) -> tuple[str, str]:
    """Sort key: pods in the order of their addresses' texts."""
    return pod["status"]["podIP"], pod["metadata"]["uid"]
