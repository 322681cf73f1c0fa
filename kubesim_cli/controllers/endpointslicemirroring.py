"""Mirrors Endpoints that somebody made by hand as EndpointSlices (pkg/controller/endpointslicemirroring)."""

from __future__ import annotations

from ..helpers.controller import Controller, itself
from ..machinery.objects import split_key
from ..machinery.wellknown import LABEL_SKIP_MIRROR
from . import servicepods
from .endpointslice import SLICES, reconcile, slices_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..apiserver.client import Client
    from ..machinery.types import Object

MANAGER = "endpointslicemirroring-controller.k8s.io"


class EndpointSliceMirroring(Controller):
    """Keys are Endpoints, which are named like their services."""

    name = "endpointslice-mirroring"
    watches = {"endpoints": itself, "services": itself}

    def sync(self, api: Client, key: str) -> None:
        namespace, name = split_key(key)
        endpoints, service = api.find("endpoints", name, namespace), api.find("services", name, namespace)
        if (endpoints is None or service is None or service["spec"].get("selector")
                or (endpoints["metadata"].get("labels") or {}).get(LABEL_SKIP_MIRROR) == "true"):
            for each in slices_of(api, namespace, name, MANAGER):
                api.delete(SLICES, each["metadata"]["name"], namespace)
            return
        groups = []
        for subset in endpoints.get("subsets") or ():
            ports = [{"name": "", "protocol": "TCP", **port} for port in subset.get("ports") or ()]
            found = [_endpoint(address, True) for address in subset.get("addresses") or ()]
            found += [_endpoint(address, False) for address in subset.get("notReadyAddresses") or ()]
            groups.append((ports, found))
        labels = {label: value for label, value in (endpoints["metadata"].get("labels") or {}).items()
                  if label != servicepods.HEADLESS}
        reconcile(api, endpoints, groups, labels, MANAGER)


def _endpoint(address: Object, ready: bool) -> Object:
    found = {"addresses": [address["ip"]], "conditions": {"ready": ready}}
    found.update({field: address[field] for field in ("hostname", "nodeName", "targetRef") if field in address})
    return found
