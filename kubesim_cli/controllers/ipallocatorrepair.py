"""IPAddresses: each cluster IP that a Service has, has an object that says whose it is.

The real API server makes them while it allocates and repairs them later (pkg/registry/core/service/ipallocator and its
controller/repairip.go); here the repair does both. A key is an address, a blank and the Service's key.
"""

from __future__ import annotations

from ..apiserver.serviceranges import address_of, number_of
from ..helpers.controller import Change, Controller
from ..machinery.objects import key_of, split_key
from ..releases.gates import enabled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..apiserver.client import Client
    from ..machinery.types import Key, Object

IP_ADDRESSES = "ipaddresses.networking.k8s.io"
MANAGED_BY = {"ipaddress.kubernetes.io/managed-by": "ipallocator.k8s.io"}


def ip_address(ip: str, namespace: str, name: str) -> Object:
    """Return the IPAddress of a Service's cluster IP."""
    return {"kind": "IPAddress", "apiVersion": "networking.k8s.io/v1", "metadata": {"name": ip, "labels": {
        "ipaddress.kubernetes.io/ip-family": "IPv6" if ":" in ip else "IPv4", **MANAGED_BY}},
        "spec": {"parentRef": {"resource": "services", "namespace": namespace, "name": name}}}


def _cluster_ips(service: Object | None) -> set[str]:
    spec = service["spec"] if service else {}
    return {address_of(number_of(ip)) for ip in spec.get("clusterIPs") or () if ip != "None"}


def _allocated(change: Change) -> Iterable[Key]:
    """The addresses that a change of a Service took or let go."""
    return sorted(f"{ip} {key_of(change.object)}" for ip in _cluster_ips(change.old) ^ _cluster_ips(change.new))


class IPAllocatorRepair(Controller):
    name = "ipallocator-repair"
    watches = {"services": _allocated}

    def sync(self, api: Client, key: str) -> None:
        if not enabled("MultiCIDRServiceAllocator", api.release):
            return
        ip, _, service_key = key.partition(" ")
        namespace, name = split_key(service_key)
        taken = ip in _cluster_ips(api.find("services", name, namespace))
        wanted, there = ip_address(ip, namespace, name), api.find(IP_ADDRESSES, ip)
        if taken and there is None:
            api.create(IP_ADDRESSES, wanted)
        elif not taken and there is not None and there["spec"].get("parentRef") == wanted["spec"]["parentRef"]:
            api.delete(IP_ADDRESSES, ip)
