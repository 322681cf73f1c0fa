"""Admission webhooks: which of them a write is about, and what becomes of it where nothing answers.

Nothing is sent: a service with ready endpoints counts as one that allows the write as it is, and everything else as
one that cannot be reached, which its failurePolicy decides about.
Kubernetes: k8s.io/apiserver/pkg/admission/plugin/webhook, and the aggregator's resolver of cluster IPs (util/proxy).
"""

from __future__ import annotations

from ...machinery import errors
from . import policies
from .matching import matches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...machinery.types import Object
    from .attributes import Attributes


def dispatch(resource: str, a: Attributes) -> None:
    """Call the webhooks of a resource's configurations that are about a write. Raises StatusError."""
    if a.res.group == policies.GROUP:
        return
    for configuration in a.ctx.client.items(f"{resource}.{policies.GROUP}"):
        for hook in configuration.get("webhooks") or ():
            if not _concerns(hook, a):
                continue
            why = _unreachable(hook["clientConfig"], a)
            if why and hook["failurePolicy"] != "Ignore":
                raise errors.internal(f'failed calling webhook "{hook["name"]}": failed to call webhook: Post '
                                      f'"{_address(hook)}": {why}')


def _concerns(hook: Object, a: Attributes) -> bool:
    constraints = {**hook, "resourceRules": hook.get("rules")}
    if not hook.get("rules") or not matches(constraints, a):
        return False
    if not hook.get("matchConditions"):
        return True
    from ..kinds.admissionregistration.expressions import Policy

    matched, problem = Policy(hook, a.ctx.release).matches(policies.values(a))
    if not problem:
        return matched
    if hook["failurePolicy"] == "Ignore":
        return False
    raise errors.forbidden(a.res.name, a.obj["metadata"].get("name", ""), problem)


def _address(hook: Object) -> str:
    config = hook["clientConfig"]
    service = config.get("service")
    if service:
        path = service.get("path") or "/"
        host = f"https://{service['name']}.{service['namespace']}.svc:{service['port']}"
    else:
        from urllib.parse import urlsplit

        parts = urlsplit(config["url"])
        host, path = f"{parts.scheme}://{parts.netloc}", parts.path or "/"
    return f"{host}/{path.lstrip('/')}?timeout={hook['timeoutSeconds']}s"


def _unreachable(config: Object, a: Attributes) -> str:
    """Return why a webhook cannot be reached, "" where it can."""
    service = config.get("service")
    if not service:
        from urllib.parse import urlsplit

        parts = urlsplit(config["url"])
        return _unanswered(parts.hostname or "", parts.port or 443)
    name, namespace, port = service["name"], service["namespace"], service["port"]
    found = a.ctx.client.find("services", name, namespace)
    if found is None:
        return f'service "{name}" not found'
    spec = found["spec"]
    if spec.get("type") == "ExternalName":
        return _unanswered(spec["externalName"], port)
    if spec.get("clusterIP") == "None":
        return 'cannot route to service with ClusterIP "None"'
    if all(each["port"] != port for each in spec.get("ports") or ()):
        return f'no service port {port} found for service "{name}"'
    endpoints = a.ctx.client.find("endpoints", name, namespace)
    if endpoints and any(subset.get("addresses") for subset in endpoints.get("subsets") or ()):
        return ""
    return _unanswered(spec["clusterIP"], port)


def _unanswered(host: str, port: int) -> str:
    """How Go's net tells that nothing listens there, or that nobody knows the name."""
    from ipaddress import ip_address

    try:
        address = ip_address(host)
    except ValueError:
        return f"dial tcp: lookup {host}: no such host"
    shown = f"[{address}]" if address.version == 6 else str(address)
    return f"dial tcp {shown}:{port}: connect: connection refused"
