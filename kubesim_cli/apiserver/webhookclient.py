"""Webhooks as the API server reaches them: where, and why one cannot be reached (k8s.io/apiserver/pkg/util/webhook).

Nothing is sent: a service with ready endpoints counts as one that answers, and everything else as one that cannot be
reached. Kubernetes: the aggregator's resolver of cluster IPs (util/proxy).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..machinery.types import Object
    from .client import Client


def address(config: Object, seconds: int) -> str:
    """Return the URL that a webhook of a clientConfig is sent to, with its timeout."""
    service = config.get("service")
    if service:
        path = service.get("path") or "/"
        host = f"https://{service['name']}.{service['namespace']}.svc:{service['port']}"
    else:
        from urllib.parse import urlsplit

        parts = urlsplit(config["url"])
        host, path = f"{parts.scheme}://{parts.netloc}", parts.path or "/"
    return f"{host}/{path.lstrip('/')}?timeout={seconds}s"


def unreachable(config: Object, client: Client) -> str:
    """Return why the webhook of a clientConfig cannot be reached, "" where it can."""
    service = config.get("service")
    if not service:
        from urllib.parse import urlsplit

        parts = urlsplit(config["url"])
        return _unanswered(parts.hostname or "", parts.port or 443)
    name, namespace, port = service["name"], service["namespace"], service["port"]
    found = client.find("services", name, namespace)
    if found is None:
        return f'service "{name}" not found'
    spec = found["spec"]
    if spec.get("type") == "ExternalName":
        return _unanswered(spec["externalName"], port)
    if spec.get("clusterIP") == "None":
        return 'cannot route to service with ClusterIP "None"'
    if all(each["port"] != port for each in spec.get("ports") or ()):
        return f'no service port {port} found for service "{name}"'
    endpoints = client.find("endpoints", name, namespace)
    if endpoints and any(subset.get("addresses") for subset in endpoints.get("subsets") or ()):
        return ""
    return _unanswered(spec["clusterIP"], port)


def _unanswered(host: str, port: int) -> str:
    """How Go's net tells that nothing listens there, or that nobody knows the name."""
    from ipaddress import ip_address

    try:
        found = ip_address(host)
    except ValueError:
        return f"dial tcp: lookup {host}: no such host"
    shown = f"[{found}]" if found.version == 6 else str(found)
    return f"dial tcp {shown}:{port}: connect: connection refused"
