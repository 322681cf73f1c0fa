"""Ingresses."""

from __future__ import annotations

from ....machinery.errors import StatusError
from ....releases.kubectl import does
from .service import find_endpoints, format_endpoints
from .writer import Writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object
    from . import Context

GROUP = "networking.k8s.io"


def describe(ingress: Object, w: Writer, ctx: Context) -> None:
    meta, spec = ingress["metadata"], ingress["spec"]
    namespace = meta.get("namespace", "")
    points = (ingress.get("status", {}).get("loadBalancer") or {}).get("ingress") or ()
    addresses = {point.get("ip") or point.get("hostname", "") for point in points} - {""}
    w.line(0, "Name", meta["name"])
    w.labels("Labels", meta.get("labels"))
    w.line(0, "Namespace", namespace)
    w.line(0, "Address", ",".join(sorted(addresses)))
    w.line(0, "Ingress Class", "<none>" if spec.get("ingressClassName") is None else spec["ingressClassName"])
    default = _backend(spec["defaultBackend"], namespace, ctx) if spec.get("defaultBackend") else "<default>"
    w.line(0, "Default backend", default)
    if spec.get("tls"):
        w.write(0, "TLS:\n")
    for tls in spec.get("tls") or ():
        hosts = ",".join(tls.get("hosts") or ())
        w.write(1, f"{tls['secretName']} terminates {hosts}\n" if tls.get("secretName") else f"SNI routes {hosts}\n")
    w.write(0, "Rules:\n  Host\tPath\tBackends\n")
    w.write(1, "----\t----\t--------\n")
    rules = [rule for rule in spec.get("rules") or () if rule.get("http") is not None]
    for rule in rules:
        w.write(1, f"{rule.get('host') or '*'}\t\n")
        for path in rule["http"].get("paths") or ():
            w.write(2, f"\t{path.get('path', '')} \t{_backend(path['backend'], namespace, ctx)}\n")
    if not rules:
        w.write(1, f"*\t*\t{default}\n")
    w.annotations("Annotations", meta.get("annotations"))
    ctx.events(ingress)


def _backend(backend: Object, namespace: str, ctx: Context) -> str:
    service, resource = backend.get("service"), backend.get("resource")
    if resource is not None and service is None:
        group = "<none>" if resource.get("apiGroup") is None else resource["apiGroup"]
        return f"APIGroup: {group}, Kind: {resource['kind']}, Name: {resource['name']}"
    if service is None:
        return ""
    port = service.get("port") or {}
    shown = f"{service['name']}:{port.get('number') or port.get('name', '')}"
    try:
        endpoints = find_endpoints(namespace, service["name"], ctx)
    except StatusError as error:
        return f"{shown} (<error: {error}>)"
    try:
        ports = ctx.client.get("services", service["name"], namespace)["spec"].get("ports") or ()
    except StatusError as error:
        return f"{shown}{' ' if does('SpaceBeforeError', ctx.release) else ''}(<error: {error}>)"
    name = ""
    for candidate in ports:
        if (port.get("number") and port["number"] == candidate["port"]) or (
                port.get("name") and port["name"] == candidate.get("name")):
            name = candidate.get("name", "")
    return f"{shown} ({format_endpoints(endpoints, name, ctx.release)})"
