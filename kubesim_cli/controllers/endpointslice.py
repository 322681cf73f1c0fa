"""Keeps the EndpointSlices of services with a selector (staging/src/k8s.io/endpointslice/reconciler.go)."""

from __future__ import annotations

from ..helpers.controller import Change, Controller, itself
from ..machinery import timestamps
from ..machinery.objects import clone, join_key, split_key
from ..machinery.wellknown import LABEL_SERVICE_NAME, LABEL_TOPOLOGY_ZONE
from . import pods as podutil
from . import servicepods
from .refs import controller_ref

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from ..apiserver.client import Client
    from ..machinery.types import Key, Object

SLICES = "endpointslices.discovery.k8s.io"
MANAGED_BY, MANAGER = "endpointslice.kubernetes.io/managed-by", "endpointslice-controller.k8s.io"
MAX_ENDPOINTS = 100
_SHAPE = "Name:(*string){name} Protocol:(*v1.Protocol){protocol} Port:(*int32){port}"


def slices_of(api: Client, namespace: str, name: str, manager: str = MANAGER) -> list[Object]:
    """Return the slices that a controller keeps for a service."""
    return [each for each in api.slices(namespace, name) if each["metadata"]["labels"].get(MANAGED_BY) == manager]


def _slice_changed(change: Change) -> Iterable[Key]:
    """A slice that somebody else changed or deleted belongs to the service that its label names."""
    if change.type == "ADDED":
        return ()
    meta = change.object["metadata"]
    labels = meta.get("labels") or {}
    if labels.get(MANAGED_BY) != MANAGER or LABEL_SERVICE_NAME not in labels:
        return ()
    return (join_key(meta["namespace"], labels[LABEL_SERVICE_NAME]),)


class EndpointSlice(Controller):
    """Keys are services."""

    name = "endpointslice"

    def __init__(self) -> None:
        self.watches = {"services": itself, "pods": self._pod_changed, SLICES: _slice_changed}

    def _pod_changed(self, change: Change) -> Iterable[Key]:
        return servicepods.services_of_pod(self.manager.server.trusted, change)

    def sync(self, api: Client, key: str) -> None:
        namespace, name = split_key(key)
        service = api.find("services", name, namespace)
        if service is None or not servicepods.selected(service) or "deletionTimestamp" in service["metadata"]:
            return
        pods = sorted(servicepods.pods_of(api, service, terminating=True), key=servicepods.by_address)
        families = servicepods.families_of(service)
        for family in families:
            groups: dict[tuple[object, ...], tuple[list[Object], list[Object]]] = {}
            for pod in pods:
                ports = servicepods.in_hash_order(servicepods.ports_of(service, pod), _SHAPE)
                ip = servicepods.ip_of_family(pod, family)
                if ip and (ports or servicepods.is_headless(service)):
                    group = groups.setdefault(tuple(tuple(port.items()) for port in ports), (ports, []))
                    group[1].append(_endpoint(api, service, pod, ip))
            reconcile(api, service, list(groups.values()), _labels(service), MANAGER, family)
        drop_other_families(api, service, MANAGER, families)


def _labels(service: Object) -> Object:
    labels = {key: value for key, value in (service["metadata"].get("labels") or {}).items()
              if key not in (LABEL_SERVICE_NAME, MANAGED_BY, servicepods.HEADLESS)}
    if servicepods.is_headless(service):
        labels[servicepods.HEADLESS] = ""
    return labels


def _endpoint(api: Client, service: Object, pod: Object, ip: str) -> Object:
    ready, ending = podutil.is_ready(pod), "deletionTimestamp" in pod["metadata"]
    published = bool(service["spec"].get("publishNotReadyAddresses"))
    node = api.find("nodes", pod["spec"]["nodeName"])
    found = {"addresses": [ip],
             "conditions": {"ready": published or (ready and not ending), "serving": ready, "terminating": ending}}
    hostname = servicepods.hostname_of(service, pod)
    if hostname:
        found["hostname"] = hostname
    found["nodeName"] = pod["spec"]["nodeName"]
    found["targetRef"] = servicepods.reference(pod)
    zone = ((node or {}).get("metadata", {}).get("labels") or {}).get(LABEL_TOPOLOGY_ZONE)
    if zone:
        found["zone"] = zone
    return found


def reconcile(api: Client, owner: Object, groups: list[tuple[list[Object], list[Object]]], labels: Object,
              manager: str, family: str) -> None:
    """Make the slices of a service for a family of addresses say what `groups`, pairs (ports, endpoints), say: changed
    as little as can be.

    `owner` is the object that the slices belong to and are named after; `labels` are those to have besides the usual.
    """
    meta = owner["metadata"]
    labels = {**labels, MANAGED_BY: manager, LABEL_SERVICE_NAME: meta["name"]}
    known = [each for each in slices_of(api, meta["namespace"], meta["name"], manager) if each["addressType"] == family]
    wanted: list[tuple[list[Object], list[Object]]] = []
    for ports, endpoints in groups:
        wanted += _chunks(ports, endpoints, [each for each in known if (each.get("ports") or []) == ports])
    if not wanted:
        wanted.append(([], []))
    for ports, endpoints in wanted:
        match = next((each for each in known if (each.get("ports") or []) == ports), None) or next(iter(known), None)
        if match is not None:
            known.remove(match)
        _save(api, owner, match, ports, endpoints, labels, family)
    for each in known:
        api.delete(SLICES, each["metadata"]["name"], meta["namespace"])


def drop_other_families(api: Client, owner: Object, manager: str, families: Container[str]) -> None:
    """Delete the slices of addresses that a service has no longer."""
    meta = owner["metadata"]
    for each in slices_of(api, meta["namespace"], meta["name"], manager):
        if each["addressType"] not in families:
            api.delete(SLICES, each["metadata"]["name"], meta["namespace"])


def _chunks(ports: list[Object], endpoints: list[Object],
            known: list[Object]) -> list[tuple[list[Object], list[Object]]]:
    """Part endpoints into slices of at most MAX_ENDPOINTS, each left in the slice where it is."""
    by_address = {tuple(endpoint["addresses"]): endpoint for endpoint in endpoints}
    chunks = []
    for each in known:
        stays = [by_address.pop(tuple(old["addresses"])) for old in each.get("endpoints") or ()
                 if tuple(old["addresses"]) in by_address]
        chunks.append(stays)
    rest = list(by_address.values())
    for chunk in chunks:
        free = MAX_ENDPOINTS - len(chunk)
        chunk += rest[:free]
        rest = rest[free:]
    chunks += [rest[i:i + MAX_ENDPOINTS] for i in range(0, len(rest), MAX_ENDPOINTS)]
    return [(ports, chunk) for chunk in chunks if chunk]


def _save(api: Client, owner: Object, old: Object | None, ports: list[Object], endpoints: list[Object],
          labels: Object, family: str) -> None:
    namespace, name = owner["metadata"]["namespace"], owner["metadata"]["name"]
    if old is not None and (old.get("ports") or []) == ports and (old.get("endpoints") or []) == endpoints and (
            old["metadata"].get("labels") == labels):
        return
    stamp = {servicepods.LAST_CHANGE: timestamps.format(api.now)}
    if old is None:
        meta = {"generateName": f"{name}-", "namespace": namespace, "ownerReferences": [controller_ref(owner)]}
        new: Object = {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": family,
                       "metadata": meta}
    else:
        new = clone(old)
    new["metadata"]["labels"] = labels
    new["metadata"]["annotations"] = {**(new["metadata"].get("annotations") or {}), **stamp}
    new["ports"] = ports or None
    new["endpoints"] = endpoints or None
    if old is None:
        api.create(SLICES, new, namespace)
    else:
        api.update(SLICES, new, namespace)
