"""Mirrors Endpoints that somebody made by hand as EndpointSlices (pkg/controller/endpointslicemirroring)."""

from __future__ import annotations

from ..helpers.controller import Controller, itself
from ..machinery.objects import split_key
from ..machinery.wellknown import LABEL_SKIP_MIRROR
from . import servicepods
from .endpointslice import SLICES, drop_other_families, reconcile, slices_of

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
        families: dict[str, list[tuple[list[Object], list[Object]]]] = {}
        for subset in endpoints.get("subsets") or ():
            ports = [{"name": "", "protocol": "TCP", **port} for port in subset.get("ports") or ()]
            found = [_endpoint(address, True) for address in subset.get("addresses") or ()]
            found += [_endpoint(address, False) for address in subset.get("notReadyAddresses") or ()]
            for family, there in (("IPv4", [each for each in found if ":" not in each["addresses"][0]]),
                                  ("IPv6", [each for each in found if ":" in each["addresses"][0]])):
                if there:
                    families.setdefault(family, []).append((ports, there))
        labels = {label: value for label, value in (endpoints["metadata"].get("labels") or {}).items()
                  if label != servicepods.HEADLESS}
        for family, groups in families.items() or (("IPv4", []),):
            reconcile(api, endpoints, groups, labels, MANAGER, family)
        drop_other_families(api, endpoints, MANAGER, families or ("IPv4",))


def _endpoint(address: Object, ready: bool) -> Object:
    found = {"addresses": [address["ip"]], "conditions": {"ready": ready}}
    found.update({field: address[field] for field in ("hostname", "nodeName", "targetRef") if field in address})
    return found
