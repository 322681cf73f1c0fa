"""An APIService for every group and version that custom resources are served in.

Kubernetes: pkg/controlplane/controller/crdregistration/crdregistration_controller.go and the aggregator's autoregister.
"""

from __future__ import annotations

from ..apiserver.poststarthooks import API_SERVICES, AUTOMANAGED, local_api_service
from ..helpers.controller import Controller
from .customresourcedefinition import RESOURCE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..apiserver.client import Client


class CRDRegistrationController(Controller):
    name = "crdregistration"
    watches = {RESOURCE: lambda change: (change.object["spec"]["group"],)}

    def sync(self, api: Client, key: str) -> None:
        served = {version["name"] for crd in api.items(RESOURCE) if crd["spec"]["group"] == key
                  for version in crd["spec"]["versions"] if version["served"]}
        known = {service["spec"]["version"]: service for service in api.items(API_SERVICES)
                 if service["spec"].get("group") == key}
        for version in sorted(served - known.keys()):
            name = f"{version}.{key}"
            made = {"apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService",
                    "metadata": {"name": name, "labels": {AUTOMANAGED: "true"}},
                    **local_api_service(key, version, 1000, 100, api.now)}
            status = made.pop("status")
            api.update_status(API_SERVICES, {**api.create(API_SERVICES, made), "status": status})
        for version in sorted(known.keys() - served):
            if (known[version]["metadata"].get("labels") or {}).get(AUTOMANAGED) == "true":
                api.delete(API_SERVICES, f"{version}.{key}")
