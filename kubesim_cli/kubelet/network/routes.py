"""The cluster's network for the kernel: what names, addresses and ports lead to, for each container as it sees them."""

from __future__ import annotations

from ...helpers.nodes import internal_ip, number_of
from ..runtime.chance import Chance
from ..runtime.kernel.errors import Errno
from ..runtime.kernel.network import LOOPBACK, Reply
from . import apiserver, ingress, outside
from .dns import SERVICE, SERVICE_NAMESPACE, Zone, is_address
from .policies import allows
from .proxy import Proxy, usable_of
from .wiring import Wiring

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ...apiserver.client import Client
    from ...machinery.types import Object
    from ..runtime.kernel.kernel import Kernel
    from ..runtime.kernel.network import Answerer
    from ..runtime.kernel.process import Space

    Reach = Callable[[Object], "Space | None"]

DNS_PORT = 53
_PODS = ("10.244.0.0", 16)


class ClusterRoutes(Wiring):
    """`reach(pod)` gives a container of a pod that runs, so that it can be connected to; None where none does."""

    def __init__(self, api: Client, kernel: Kernel, reach: Reach):
        super().__init__(api)
        self.kernel, self.reach = kernel, reach
        self.zone, self.proxy = Zone(self.view), Proxy(self.view)

    # Names

    def resolve(self, space: Space, name: str) -> list[str]:
        """Return the addresses of a whole name, as the cluster's DNS knows it."""
        for type_ in ("A", "AAAA"):
            found = [each.data for each in self.zone.query(name, type_, self.kernel.now).answers if each.type == type_]
            if found:
                return found
        return []

    def query(self, space: Space, server: str, name: str, type_: str) -> Reply | None:
        """See Routes.query. The nodes' own name server knows only what is outside the cluster."""
        space.talks = True
        if server == self.view.maker.host:
            return outside.query(name.lower(), type_)
        if not self._dns_answers(space, server):
            return None
        reply = self.zone.query(name, type_, self.kernel.now)
        if len(reply.answers) > 1 and all(each.type in ("A", "AAAA") for each in reply.answers):
            space.net.asked += 1  # CoreDNS gives several addresses in turns
            reply.answers = Chance(f"{space.net.name}/{space.net.asked}").sample(reply.answers, len(reply.answers))
        return reply

    def _dns_answers(self, space: Space, server: str) -> bool:
        """Tell whether a name server's address leads to a CoreDNS that is ready and may be asked."""
        service = self.api.find("services", SERVICE, SERVICE_NAMESPACE)
        if service is None:
            return server == self.api.server.service_ranges.of_dns  # a cluster without kube-dns answers all the same
        pods = [each.address for each in usable_of(list(self.view.endpoints(service, "dns", "UDP")))]
        if server != service["spec"].get("clusterIP"):
            pods = [each for each in pods if each == server]
        source = self.view.pod_at(space.net.address)
        return any(allows(self.view, (source, space.net.address), (self.view.pod_at(pod), pod), DNS_PORT, "UDP")
                   for pod in pods)

    # Connections

    def route(self, space: Space, address: str, port: int,
              protocol: str = "TCP") -> tuple[Space, int] | Answerer | None:
        """See Routes.route: services first, then policies, then what has the address."""
        net = space.net
        if address in ("::1", "::"):
            return space, port
        if not is_address(address) and not self._has_ipv6(address):
            raise Errno("ENETUNREACH")
        if protocol == "UDP" and port == DNS_PORT and self._dns_answers(space, address):
            return None  # it hears, and what it answers is asked by `query`
        if address.startswith("127.") or address in ("0.0.0.0", net.address):
            led = self._led_by_machine(port, protocol) if net.address == self.view.maker.host else None
            if led is None:
                return self._near(space, port, protocol)
            address, port = led
        chosen = self.proxy.destination(net, address, port, protocol)
        if chosen is None:
            return None
        there, port_there = chosen
        if there == net.address:
            return self._near(space, port_there, protocol)
        node = self.view.node_at(there)
        mapped = self.view.host_port(there, port_there, protocol) if node is not None else None
        pod = mapped[0] if mapped is not None else self.view.pod_at(there)
        port_there = mapped[1] if mapped is not None else port_there
        if not allows(self.view, (self.view.pod_at(net.address), net.address),
                      (pod, pod["status"]["podIP"] if pod is not None else there), port_there, protocol):
            return None
        if pod is not None:
            return ingress.answer if ingress.is_served_by(pod, port_there) else self._in_pod(pod, port_there)
        if node is not None:
            return self._on_node(node, there, port_there, protocol)
        return self._elsewhere(there, port_there) if protocol == "TCP" else None

    def _led_by_machine(self, port: int, protocol: str) -> tuple[str, int] | None:
        """Return the address and port of a node that a port of the machine which nodes run on leads to."""
        kind = self.api.server.tally.kind
        if kind is None:
            return None
        from ...helpers.kindnodes import published

        led = published(kind, port, protocol)
        node = self.api.find("nodes", led[0]) if led is not None else None
        return (internal_ip(node), led[1]) if led is not None and node is not None else None

    def _has_ipv6(self, address: str) -> bool:
        """Tell whether an IPv6 address is one of the cluster's, where it has any."""
        if ":" not in address:
            return False
        view = self.view
        return (view.pod_at(address) or view.node_at(address) or view.service_at(address)) is not None or any(
            address in each for each in self.api.server.service_ranges.of.values())

    def _near(self, space: Space, port: int, protocol: str) -> tuple[Space, int]:
        """A container of the own pod, which may not be there yet."""
        pod = self.view.pod_at(space.net.address)
        if port not in space.net.bound(protocol) and pod is not None:
            self.reach(pod)
        return space, port

    def _in_pod(self, pod: Object, port: int) -> tuple[Space, int]:
        space = self.reach(pod)
        if space is None:
            raise Errno("ECONNREFUSED")
        return space, port

    def _on_node(self, node: Object, address: str, port: int, protocol: str) -> tuple[Space, int] | Answerer:
        if protocol == "TCP" and port == self.view.maker.port and self.api.items("nodes")[0] is node:
            return apiserver.answer
        for pod in self.view.pods_on_host(address):
            space = self.reach(pod)
            if space is not None and port in space.net.bound(protocol):
                return space, port
        if protocol == "TCP" and port in ingress.PORTS and self.api.items(ingress.INGRESSES):
            return ingress.answer
        raise Errno("ECONNREFUSED")

    def _elsewhere(self, address: str, port: int) -> Answerer | None:
        """An address that nobody in the cluster has."""
        known = outside.answers_at(address, port)
        if known:
            return outside.answer
        if known is False:
            raise Errno("ECONNREFUSED")
        if any(address in each for each in self.api.server.service_ranges.of.values()):
            return None  # a service that is not there: packets leave for nowhere
        if ":" in address:
            raise Errno("EHOSTUNREACH")
        number = number_of(address)
        for base, bits in (_PODS, self.view.maker.network):
            if number >> 32 - bits == number_of(base) >> 32 - bits:
                raise Errno("EHOSTUNREACH")
        raise Errno("ENETUNREACH")

    def alive(self, space: Space, address: str) -> bool:
        """See Routes.alive: pods, nodes and what is known outside answer; services, which are no machines, do not."""
        if super().alive(space, address):
            return True
        space.talks = True
        if address == self.view.maker.host:
            return True
        pod = self.view.pod_at(address)
        there = pod is not None or self.view.node_at(address) is not None or (
            outside.answers_at(address, 0) is not None)
        return there and allows(self.view, (self.view.pod_at(space.net.address), space.net.address),
                                (pod, address), 0, "ICMP")

    def seen_as(self, space: Space, address: str, port: int) -> str:
        """See Routes.seen_as: what comes in by a node, comes from the node."""
        if address.startswith("127."):
            return LOOPBACK
        if self.view.node_at(address) is not None and self.view.node_at(space.net.address) is None:
            found = self.view.node_port(port)
            if found is not None and found[0]["spec"].get("externalTrafficPolicy") != "Local":
                return address
        return space.net.address
