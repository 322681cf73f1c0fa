"""ServiceCIDRs: ready when they are there, held by a finalizer while addresses of theirs are in use
(pkg/controller/servicecidrs)."""

from __future__ import annotations

from ..helpers.controller import Change, Controller
from ..machinery import conditions, timestamps
from ..machinery.objects import clone
from .ipallocatorrepair import IP_ADDRESSES, MANAGED_BY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..apiserver.client import Client
    from ..machinery.types import Key, Object

SERVICE_CIDRS = "servicecidrs.networking.k8s.io"
FINALIZER = "networking.k8s.io/service-cidr-finalizer"
_STILL = "There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR"
_GRACE = 10.0  # seconds that the allocators have to hear of a deletion


def ready(message: str = "Kubernetes Service CIDR is ready") -> Object:
    """Return the condition of a range that addresses are taken from, without its time."""
    return {"type": "Ready", "status": "True", "reason": "", "message": message}


def _every_other(change: Change) -> Iterable[Key]:
    """What is deleted may have waited for another range to take over its addresses, or for an address to go."""
    return ("*",) if change.type == "DELETED" or change.resource == SERVICE_CIDRS else ()


def _itself_and_others(change: Change) -> Iterable[Key]:
    return change.object["metadata"]["name"], *_every_other(change)


class ServiceCIDRs(Controller):
    name = "service-cidr-controller"
    watches = {SERVICE_CIDRS: _itself_and_others, IP_ADDRESSES: _every_other}

    def sync(self, api: Client, key: str) -> float | None:
        ranges = api.items(SERVICE_CIDRS)
        if key == "*":
            for each in ranges:
                if "deletionTimestamp" in each["metadata"]:
                    self.manager.enqueue(self.name, each["metadata"]["name"])
            return None
        found = api.find(SERVICE_CIDRS, key)
        if found is None:
            return None
        meta = found["metadata"]
        finalizers = meta.get("finalizers") or []
        if "deletionTimestamp" in meta:
            if _in_use(found, ranges, api):
                self._tell(api, found, {**ready(_STILL), "status": "False", "reason": "Terminating"})
                return None
            due = timestamps.parse(meta["deletionTimestamp"]) + _GRACE
            if api.now < due:
                return due
            if FINALIZER in finalizers:
                changed = clone(found)
                changed["metadata"]["finalizers"] = [name for name in finalizers if name != FINALIZER]
                api.update(SERVICE_CIDRS, changed)
            return None
        if FINALIZER not in finalizers:
            changed = clone(found)
            changed["metadata"]["finalizers"] = [*finalizers, FINALIZER]
            found = api.update(SERVICE_CIDRS, changed)
        self._tell(api, found, ready())
        return None

    @staticmethod
    def _tell(api: Client, found: Object, condition: Object) -> None:
        """Set the condition where its status is another one (updateConditionIfNeeded)."""
        if conditions.status_of((found.get("status") or {}).get("conditions"), "Ready") != condition["status"]:
            changed = clone(found)
            conditions.set_condition(changed.setdefault("status", {}).setdefault("conditions", []), condition, api.now)
            api.update_status(SERVICE_CIDRS, changed)


def _in_use(found: Object, ranges: list[Object], api: Client) -> bool:
    """Whether an address that the allocator has given lies in this range and in no other (canDeleteCIDR)."""
    from ipaddress import ip_address, ip_network

    networks = {each["metadata"]["name"]: [ip_network(text) for text in each["spec"].get("cidrs") or ()]
                for each in ranges}
    own = networks.pop(found["metadata"]["name"])
    others = [network for each in networks.values() for network in each]

    if all(any(network[0] in other and network[-1] in other for other in others) for network in own):
        return False
    addresses = [ip_address(each["metadata"]["name"]) for each in api.items(IP_ADDRESSES)
                 if MANAGED_BY.items() <= (each["metadata"].get("labels") or {}).items()]
    return any(any(address in network for network in own) and not any(address in network for network in others)
               for address in addresses)
