"""Whether the servers that APIServices name can be reached.

Kubernetes: kube-aggregator/pkg/controllers/status, remote/remote_available_controller.go and
local/local_available_controller.go. Nothing is asked of them: one that has an endpoint that is ready answers.
"""

from __future__ import annotations

from ..apiserver.poststarthooks import API_SERVICES, local_available
from ..helpers.controller import Change, Controller, itself
from ..machinery import conditions
from ..machinery.objects import clone, key_of, split_key
from ..machinery.wellknown import LABEL_SERVICE_NAME
from ..releases import gates

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..apiserver.client import Client
    from ..machinery.types import Key, Object

SLICES = "endpointslices.discovery.k8s.io"


def _of_slice(change: Change) -> Iterable[Key]:
    meta = change.object["metadata"]
    name = (meta.get("labels") or {}).get(LABEL_SERVICE_NAME)
    return (f"{meta['namespace']}/{name}",) if name else ()


class APIServiceAvailabilityController(Controller):
    """Its keys are the names of APIServices, and `namespace/name` of services that some may name."""

    name = "apiservice-availability"
    watches = {API_SERVICES: itself, SLICES: _of_slice, "services": lambda change: (key_of(change.object),)}

    def sync(self, api: Client, key: str) -> None:
        namespace, name = split_key(key)
        if not namespace:
            found = api.find(API_SERVICES, name)
            if found is not None:
                _sync(api, found)
            return
        for found in api.items(API_SERVICES):
            service = found["spec"].get("service") or {}
            if (service.get("namespace"), service.get("name")) == (namespace, name):
                _sync(api, found)


def _sync(api: Client, found: Object) -> None:
    if "service" in found["spec"]:
        problem = _problem(api, found["spec"])
        reason, message = problem or ("Passed", "all checks passed")
        condition = {"type": "Available", "status": "False" if problem else "True", "reason": reason,
                     "message": message}
    else:
        condition = local_available(api.now)
    status = clone(found.get("status") or {})
    known = status["conditions"] = list(status.get("conditions") or ())
    if conditions.set_condition(known, condition, api.now):
        api.update_status(API_SERVICES, {**found, "status": status})


def _problem(api: Client, spec: Object) -> tuple[str, str] | None:
    """Return reason and message where the server of an APIService cannot be reached."""
    wanted = spec["service"]
    namespace, name, number = wanted["namespace"], wanted["name"], wanted["port"]
    of_service = f'service/{name} in "{namespace}"'
    service = api.find("services", name, namespace)
    if service is None:
        return "ServiceNotFound", f"{of_service} is not present"
    if service["spec"]["type"] == "ExternalName":
        host = service["spec"]["externalName"]
        return _unanswered(spec, f"{host}:{number}", f"lookup {host}: no such host")
    port = next((port for port in service["spec"].get("ports") or () if port["port"] == number), None)
    slices = [each for each in api.items(SLICES, namespace) if _service_of(each) == name]
    ready = port is not None and any(_serves(each, port.get("name", "")) for each in slices)
    if service["spec"]["type"] != "ClusterIP":
        address = f"{service['spec'].get('clusterIP')}:{number}"
        return None if ready else _unanswered(spec, address, f"{address}: connect: connection refused")
    word = "endpointslices" if gates.enabled("AvailabilityOfSlices", api.release) else "endpoints"
    if port is None:
        return "ServicePortError", f"{of_service} is not listening on port {number}"
    if not slices:
        return "EndpointsNotFound", f"cannot find {word} for {of_service}"
    if not ready:
        return "MissingEndpoints", f'{word} for {of_service} have no addresses with port name "{port.get("name", "")}"'
    return None


def _service_of(endpoint_slice: Object) -> str | None:
    found: str | None = (endpoint_slice["metadata"].get("labels") or {}).get(LABEL_SERVICE_NAME)
    return found


def _serves(endpoint_slice: Object, port_name: str) -> bool:
    """Whether an endpoint is ready, and the port is one of its (hasAvailableEndpoint)."""
    ready = any((endpoint.get("conditions") or {}).get("ready", True)
                for endpoint in endpoint_slice.get("endpoints") or ())
    return ready and any(port.get("name") == port_name and port.get("port") is not None
                         for port in endpoint_slice.get("ports") or ())


def _unanswered(spec: Object, host: str, why: str) -> tuple[str, str]:
    url = f"https://{host}/apis/{spec['group']}/{spec['version']}"
    return "FailedDiscoveryCheck", f'failing or missing response from {url}: Get "{url}": dial tcp {why}'
