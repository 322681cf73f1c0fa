"""Where connections to services go, as kube-proxy has it (pkg/proxy/iptables, pkg/proxy/topology.go)."""

from __future__ import annotations

from ..runtime.chance import Chance
from ..runtime.kernel.errors import Errno
from .view import Endpoint, View, cluster_ips

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object
    from ..runtime.kernel.network import Net


class Proxy:
    """Chooses endpoints: by chance, each connection anew, where no affinity holds."""

    def __init__(self, view: View):
        self.view = view

    def destination(self, net: Net, address: str, port: int, protocol: str = "TCP") -> tuple[str, int] | None:
        """Return the (address, port) that a connection goes to; the same where no service has them.

        Raises ECONNREFUSED where a service has no endpoints or not the port. None: packets are dropped.
        """
        service = self.view.service_at(address)
        if service is not None:
            entry = next((each for each in service["spec"].get("ports") or ()
                          if each["port"] == port and (each.get("protocol") or "TCP") == protocol), None)
            if entry is None:
                raise Errno("ECONNREFUSED")
            policy = "internalTrafficPolicy" if address in cluster_ips(service) else "externalTrafficPolicy"
            return self._choose(net, service, entry, policy, self._node_of(net), ":" in address)
        node = self.view.node_at(address)
        if node is not None:
            found = self.view.node_port(port, protocol)
            if found is not None:
                return self._choose(net, *found, "externalTrafficPolicy", node["metadata"]["name"], ":" in address)
        return address, port

    def _node_of(self, net: Net) -> str:
        pod = self.view.pod_at(net.address)
        if pod is not None:
            return str(pod["spec"].get("nodeName", ""))
        node = self.view.node_at(net.address)
        return node["metadata"]["name"] if node is not None else ""

    def _choose(self, net: Net, service: Object, port: Object, policy: str, node: str,
                ipv6: bool) -> tuple[str, int] | None:
        there = self.view.endpoints(service, port.get("name") or "", port.get("protocol") or "TCP")
        found = [each for each in there if each.port and (":" in each.address) == ipv6]
        usable = usable_of(found)
        if not usable:
            raise Errno("ECONNREFUSED")
        if service["spec"].get(policy) == "Local":
            usable = usable_of([each for each in found if each.endpoint.get("nodeName") in (None, node)])
            if not usable:
                return None
        usable.sort(key=lambda each: each.address)
        who = f"{net.address}/{service['metadata'].get('uid')}"
        if service["spec"].get("sessionAffinity") != "ClientIP":
            who += f"/{net.name}/{net.opened}"
        chosen = Chance(who).choice(usable)
        assert chosen.port is not None
        return chosen.address, chosen.port


def usable_of(endpoints: list[Endpoint]) -> list[Endpoint]:
    """Return the endpoints that get connections: the ready ones; without any, those that are ending but still serve."""
    return [each for each in endpoints if each.ready] or [each for each in endpoints if each.ending]
