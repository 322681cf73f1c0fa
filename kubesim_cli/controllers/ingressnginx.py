"""ingress-nginx: the ingresses of its classes get the address at which it serves them.

What serves them is kubelet/network/ingress.py, on the first node; this is the rest of the program that a cluster with
one of its classes is taken to run. Source: kubernetes/ingress-nginx, internal/ingress/status.
"""

from __future__ import annotations

from ..helpers.controller import Change, Controller, itself
from ..helpers.nodes import internal_ip
from ..machinery import timestamps
from ..machinery.objects import clone, key_of, split_key
from ..machinery.wellknown import ANNOTATION_INGRESS_CLASS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..apiserver.client import Client
    from ..machinery.types import Key, Object

INGRESSES, CLASSES = "ingresses.networking.k8s.io", "ingressclasses.networking.k8s.io"
CONTROLLER = "k8s.io/ingress-nginx"  # what its classes name
INTERVAL = 60.0                      # seconds from one look at addresses to the next, since its class is there
COMPONENT = "nginx-ingress-controller"


def _specified(change: Change) -> Iterable[Key]:
    old, new = change.old, change.new
    return () if new is None or (old is not None and old["spec"] == new["spec"]) else (key_of(new),)


class IngressNginx(Controller):
    """Keys are ingresses, and the name of a class: all that are of it."""

    name = "ingress-nginx"
    watches = {INGRESSES: _specified, CLASSES: itself}

    def sync(self, api: Client, key: str) -> float | None:
        namespace, name = split_key(key)
        if not namespace:
            for each in api.items(INGRESSES):
                self.manager.enqueue(self.name, key_of(each))
            return None
        ingress = api.find(INGRESSES, name, namespace)
        found = _class_of(api, ingress) if ingress is not None else None
        if ingress is None or found is None:
            return None
        began = max(timestamps.parse(each["metadata"]["creationTimestamp"]) for each in (ingress, found))
        addresses = [{"ip": address} for address in map(internal_ip, api.items("nodes")[:1]) if address]
        if (ingress.get("status") or {}).get("loadBalancer", {}).get("ingress") == addresses:
            return None
        due = _round(timestamps.parse(found["metadata"]["creationTimestamp"]), began)
        if self.due(key) is None:  # it has just come
            api.record(ingress, "Normal", "Sync", "Scheduled for sync", COMPONENT)
        if api.now < due:
            return due
        ingress = clone(ingress)
        ingress["status"] = {**(ingress.get("status") or {}), "loadBalancer": {"ingress": addresses}}
        api.update_status(INGRESSES, ingress)
        api.record(ingress, "Normal", "Sync", "Scheduled for sync", COMPONENT)
        return None


def _round(since: float, after: float) -> float:
    """Return when the first look is made after a time, where they are made at intervals `since` another."""
    return since + ((after - since) // INTERVAL + 1) * INTERVAL


def _class_of(api: Client, ingress: Object) -> Object | None:
    """Return an ingress's class where it is one of ingress-nginx, on nodes that run programs; None else."""
    name = ingress["spec"].get("ingressClassName") or (ingress["metadata"].get("annotations") or {}).get(
        ANNOTATION_INGRESS_CLASS)
    found = api.find(CLASSES, name) if name and api.server.tally.kubelet == "full" else None
    return found if found is not None and found["spec"].get("controller") == CONTROLLER else None
