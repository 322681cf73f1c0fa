"""LoadBalancer services: their address stays pending, until a tunnel assigns one as `minikube tunnel` does.

The tunnel is open while a node has the annotation TUNNEL; a service's address is then its cluster IP.
"""

from __future__ import annotations

from ..helpers.controller import Change, Controller, itself
from ..helpers.nodes import TUNNEL
from ..machinery.objects import clone, dig, split_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..apiserver.client import Client
    from ..machinery.types import Key, Object


def is_open(node: Object | None) -> bool:
    """Tell whether the tunnel is open, by a node."""
    return node is not None and TUNNEL in (node["metadata"].get("annotations") or {})


def _tunnel(change: Change) -> Iterable[Key]:
    """The key of all services, when the tunnel is opened or closed."""
    return ("*",) if is_open(change.old) != is_open(change.new) else ()


class ServiceLoadBalancer(Controller):
    name = "service-load-balancer"
    watches = {"services": itself, "nodes": _tunnel}

    def sync(self, api: Client, key: str) -> None:
        if key == "*":
            services = api.items("services")
        else:
            namespace, name = split_key(key)
            found = api.find("services", name, namespace)
            services = [found] if found else []
        tunnel = any(map(is_open, api.items("nodes"))) if services else False
        for service in services:
            self._settle(api, service, tunnel)

    @staticmethod
    def _settle(api: Client, service: Object, tunnel: bool) -> None:
        """Give a service the tunnel's address, or take that away; an address that somebody else gave it stays."""
        spec = service["spec"]
        if spec.get("type") != "LoadBalancer" or spec.get("loadBalancerClass"):
            return
        given: Object = {"ingress": [{"ip": each, "ipMode": "VIP"} for each in spec.get("clusterIPs") or ()]}
        found = dig(service, "status", "loadBalancer", default={})
        if tunnel == (found == given):
            return
        if tunnel or found == given:
            changed = clone(service)
            changed.setdefault("status", {})["loadBalancer"] = given if tunnel else {}
            api.update_status("services", changed)
