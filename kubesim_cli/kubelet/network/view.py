"""Objects of the API by what the network asks for: an address, a port, the endpoints of a service."""

from __future__ import annotations

from ...helpers.nodes import internal_ips
from ...machinery.objects import dig
from ...machinery.wellknown import LABEL_SERVICE_NAME

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...apiserver.client import Client
    from ...machinery.types import Object
    from ...releases.makers import Maker

SLICES = "endpointslices.discovery.k8s.io"


class Endpoint:
    """One address of a service's port: `port` (None: the slice names none) with its `name` and protocol."""

    __slots__ = ("address", "endpoint", "name", "port", "protocol")

    def __init__(self, endpoint: Object, address: str, port: Object):
        self.endpoint, self.address = endpoint, address
        self.port: int | None = port.get("port")
        self.name, self.protocol = port.get("name") or "", port.get("protocol") or "TCP"

    @property
    def ready(self) -> bool:
        """Whether it gets connections; unknown counts as yes."""
        return (self.endpoint.get("conditions") or {}).get("ready") is not False

    @property
    def ending(self) -> bool:
        """Whether it is ending but serves still: the last resort of kube-proxy."""
        found = self.endpoint.get("conditions") or {}
        return bool(found.get("serving") and found.get("terminating"))


class View:
    """What the API holds now. It is put together when it is first asked and whenever something was written."""

    def __init__(self, api: Client):
        self.api = api
        self._revision = -1

    def _look(self) -> View:
        revision = self.api.server.store.revision
        if revision != self._revision:
            self._revision = revision
            self._gather()
        return self

    @property
    def maker(self) -> Maker:
        """What made the cluster."""
        from ...releases.makers import maker_of

        return maker_of(self.api.items("nodes"))

    def _gather(self) -> None:
        api = self.api
        self._services: dict[str, Object] = {}
        self._node_ports: dict[tuple[int, str], tuple[Object, Object]] = {}
        self._pods: dict[str, Object] = {}
        self._host_ports: dict[tuple[str, int, str], Object] = {}
        self._on_host: dict[str, list[Object]] = {}
        self._slices: dict[tuple[str, str], list[Object]] = {}
        nodes = api.items("nodes")
        self._nodes = {ip: node for node in nodes for ip in internal_ips(node)}
        for service in api.items("services"):
            for address in _addresses(service):
                self._services.setdefault(address, service)
            for port in service["spec"].get("ports") or ():
                if port.get("nodePort"):
                    self._node_ports[port["nodePort"], port.get("protocol") or "TCP"] = service, port
        for pod in api.items("pods"):
            status = pod.get("status") or {}
            ips = [each["ip"] for each in status.get("podIPs") or ()] or [status.get("podIP")]
            if not ips[0] or status.get("phase") in ("Succeeded", "Failed"):
                continue
            if pod["spec"].get("hostNetwork"):
                for held in ips:
                    self._on_host.setdefault(held, []).append(pod)
                continue
            self._pods.update(dict.fromkeys(ips, pod))
            for container in pod["spec"]["containers"]:
                for port in container.get("ports") or ():
                    if port.get("hostPort"):
                        for host in status.get("hostIPs") or ({"ip": status.get("hostIP", "")},):
                            self._host_ports[host["ip"], port["hostPort"], port.get("protocol") or "TCP"] = pod
        for each in api.items(SLICES):
            owner = (each["metadata"].get("labels") or {}).get(LABEL_SERVICE_NAME)
            if owner:
                self._slices.setdefault((each["metadata"]["namespace"], owner), []).append(each)

    def service_at(self, address: str) -> Object | None:
        """Return the service with a cluster IP, an external IP or a load balancer's address."""
        return self._look()._services.get(address)

    def node_port(self, port: int, protocol: str = "TCP") -> tuple[Object, Object] | None:
        """Return (service, its port) of a node port."""
        return self._look()._node_ports.get((port, protocol))

    def node_at(self, address: str) -> Object | None:
        """Return the node with an address."""
        return self._look()._nodes.get(address)

    def pod_at(self, address: str) -> Object | None:
        """Return the pod that has an address of its own."""
        return self._look()._pods.get(address)

    def host_port(self, address: str, port: int, protocol: str = "TCP") -> tuple[Object, int] | None:
        """Return (pod, its port) that a port of a node leads to by a container's hostPort."""
        pod = self._look()._host_ports.get((address, port, protocol))
        if pod is None:
            return None
        return pod, next(each["containerPort"] for container in pod["spec"]["containers"]
                         for each in container.get("ports") or () if each.get("hostPort") == port)

    def pods_on_host(self, address: str) -> list[Object]:
        """Return the pods in the network of the node with an address."""
        return self._look()._on_host.get(address, [])

    def endpoints(self, service: Object, port: str | None = None, protocol: str = "") -> Iterator[Endpoint]:
        """Yield a service's endpoints, ready or not, of all its ports or of the one of a name."""
        meta = service["metadata"]
        for each in self._look()._slices.get((meta["namespace"], meta["name"]), ()):
            ports: list[Object] = each.get("ports") or [{}]
            for entry in ports:
                if (port is not None and (entry.get("name") or "") != port) or (
                        protocol and (entry.get("protocol") or "TCP") != protocol):
                    continue
                for endpoint in each.get("endpoints") or ():
                    for address in endpoint["addresses"]:
                        yield Endpoint(endpoint, address, entry)

    def endpoint_at(self, address: str) -> Iterator[tuple[str, str, Object]]:
        """Yield (namespace, service, endpoint) of all endpoints with an address."""
        for (namespace, name), slices in self._look()._slices.items():
            for each in slices:
                for endpoint in each.get("endpoints") or ():
                    if address in endpoint["addresses"]:
                        yield namespace, name, endpoint


def cluster_ips(service: Object) -> list[str]:
    """Return the cluster IPs of a service, the first one first."""
    return service["spec"].get("clusterIPs") or [service["spec"].get("clusterIP", "")]


def heard_of(old: Object | None, new: Object | None) -> list[str]:
    """Return what the network says something else of when one of cluster.NETWORK has changed: services,
    `namespace/name`, and addresses; "" for all of them."""
    obj = new or old or {}
    meta, kind = obj["metadata"], obj["kind"]
    if kind == "Namespace":  # policies tell them by their labels, and nothing else of them matters
        changed = old is not None and new is not None and old["metadata"].get("labels") != meta.get("labels")
        return [""] if changed else []
    if kind == "NetworkPolicy":
        return [""]
    if kind == "Pod":
        if old is not None and new is not None and old["metadata"].get("labels") != meta.get("labels"):
            return [""]  # policies tell pods by them
        return sorted({address for pod in (old, new) if (address := ((pod or {}).get("status") or {}).get("podIP"))}
                      if _reached(old) != _reached(new) else ())
    if kind == "Service":
        return [f"{meta['namespace']}/{meta['name']}",
                *sorted({address for each in (old, new) if each is not None for address in _addresses(each)})]
    owner = (meta.get("labels") or {}).get(LABEL_SERVICE_NAME)
    return [f"{meta['namespace']}/{owner}"] if owner else []


def _reached(pod: Object | None) -> object:
    """Return what the network knows of a pod."""
    if pod is None:
        return None
    return _ips(pod), (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed")


def _ips(pod: Object | None) -> list[str]:
    return [each["ip"] for each in ((pod or {}).get("status") or {}).get("podIPs") or ()]


def _addresses(service: Object) -> Iterator[str]:
    spec = service["spec"]
    if spec.get("clusterIP") not in (None, "", "None"):
        yield from cluster_ips(service)
    yield from spec.get("externalIPs") or ()
    for entry in dig(service, "status", "loadBalancer", "ingress", default=None) or ():
        if entry.get("ip"):
            yield entry["ip"]
