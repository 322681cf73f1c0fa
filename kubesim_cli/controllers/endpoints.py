"""Keeps the Endpoints of services with a selector (pkg/controller/endpoint/endpoints_controller.go)."""

from __future__ import annotations

from ..helpers.controller import Change, Controller, itself
from ..machinery import timestamps
from ..machinery.objects import split_key
from ..releases.gates import enabled
from . import pods as podutil
from . import servicepods

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..apiserver.client import Client
    from ..machinery.types import Key, Object

MANAGED_BY = "endpoints.kubernetes.io/managed-by"
_SHAPE = "Name:(string){name} Port:(int32){port} Protocol:(v1.Protocol){protocol}"
OVER_CAPACITY, CAPACITY = "endpoints.kubernetes.io/over-capacity", 1000


class Endpoints(Controller):
    """Keys are services."""

    name = "endpoints"

    def __init__(self) -> None:
        self.watches = {"services": itself, "pods": self._pod_changed}

    def _pod_changed(self, change: Change) -> Iterable[Key]:
        return servicepods.services_of_pod(self.manager.server.trusted, change)

    def sync(self, api: Client, key: str) -> None:
        namespace, name = split_key(key)
        service = api.find("services", name, namespace)
        old = api.find("endpoints", name, namespace)
        if service is None:
            if old is not None:
                api.delete("endpoints", name, namespace)
            return
        if not servicepods.selected(service):
            return
        subsets, truncated = _subsets(service, servicepods.pods_of(api, service, terminating=False))
        labels = dict(service["metadata"].get("labels") or {})
        labels.pop(servicepods.HEADLESS, None)
        if servicepods.is_headless(service):
            labels[servicepods.HEADLESS] = ""
        if enabled("EndpointsManagedBy", api.release):
            labels[MANAGED_BY] = "endpoint-controller"
        _save(api, service, old, subsets, labels, truncated)


def _save(api: Client, service: Object, old: Object | None, subsets: list[Object], labels: Object,
          truncated: bool) -> None:
    name, namespace = service["metadata"]["name"], service["metadata"]["namespace"]
    known = (old or {}).get("metadata", {})
    if old is not None and (old.get("subsets") or []) == subsets and (known.get("labels") or {}) == labels and (
            truncated == (OVER_CAPACITY in (known.get("annotations") or {}))):
        return
    annotations = {**(known.get("annotations") or {}), servicepods.LAST_CHANGE: timestamps.format(api.now)}
    annotations.pop(OVER_CAPACITY, None)
    if truncated:
        annotations[OVER_CAPACITY] = "truncated"
    new: Object = {"apiVersion": "v1", "kind": "Endpoints",
                 "metadata": {**known, "name": name, "namespace": namespace, "annotations": annotations}}
    if labels:
        new["metadata"]["labels"] = labels
    else:
        new["metadata"].pop("labels", None)
    if subsets:
        new["subsets"] = subsets
    if old is None:
        api.create("endpoints", new, namespace)
    else:
        api.update("endpoints", new, namespace)


def _subsets(service: Object, pods: list[Object]) -> tuple[list[Object], bool]:
    """Return (subsets, whether some addresses were left out): addresses with the same ports stand together."""
    groups: dict[tuple[object, ...], Object] = {}
    pods = sorted(pods, key=servicepods.by_address)
    if len(pods) > CAPACITY:
        pods, truncated = sorted(pods, key=lambda pod: not podutil.is_ready(pod))[:CAPACITY], True
    else:
        truncated = False
    family = servicepods.families_of(service)[0]
    for pod in pods:
        ip = servicepods.ip_of_family(pod, family)
        if not ip:
            continue
        ports = servicepods.in_hash_order(servicepods.ports_of(service, pod), _SHAPE)
        if not ports and not servicepods.is_headless(service):
            continue
        address: Object = {"ip": ip}
        hostname = servicepods.hostname_of(service, pod)
        if hostname:
            address["hostname"] = hostname
        address.update(nodeName=pod["spec"]["nodeName"], targetRef=servicepods.reference(pod))
        told = [{field: value for field, value in port.items() if value != ""} for port in ports]
        group = groups.setdefault(tuple(tuple(port.items()) for port in told), {"ports": told})
        ready = service["spec"].get("publishNotReadyAddresses") or podutil.is_ready(pod)
        if ready:
            group.setdefault("addresses", []).append(address)
        elif pod["spec"].get("restartPolicy") != "Never" or podutil.phase(pod) != "Failed":
            group.setdefault("notReadyAddresses", []).append(address)
    found = []
    for group in groups.values():
        subset: Object = {field: group[field] for field in ("addresses", "notReadyAddresses") if field in group}
        if group["ports"]:
            subset["ports"] = group["ports"]
        found.append(subset)
    return found, truncated
