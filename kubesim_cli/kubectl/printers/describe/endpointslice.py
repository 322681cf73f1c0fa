"""EndpointSlices."""

from __future__ import annotations

from .writer import Writer, or_unset

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object
    from . import Context

GROUP = "discovery.k8s.io"


def describe(slice_: Object, w: Writer, ctx: Context) -> None:
    w.metadata(slice_)
    w.line(0, "AddressType", slice_.get("addressType", ""))
    ports, endpoints = slice_.get("ports"), slice_.get("endpoints")
    w.write(0, "Ports:\n" if ports else "Ports: <unset>\n")
    if ports:
        w.columns(1, "Name", "Port", "Protocol")
    for port in ports or ():
        w.write(1, f"{port.get('name') or '<unset>'}\t{or_unset(port.get('port'))}\t{port.get('protocol', '')}\n")
    w.write(0, "Endpoints:\n" if endpoints else "Endpoints: <none>\n")
    for endpoint in endpoints or ():
        w.line(1, "- Addresses", ", ".join(endpoint.get("addresses") or ()) or "<none>")
        w.write(2, "Conditions:\n")
        ready = (endpoint.get("conditions") or {}).get("ready")
        w.line(3, "Ready", "<unset>" if ready is None else str(ready).lower())
        w.line(2, "Hostname", or_unset(endpoint.get("hostname")))
        target = endpoint.get("targetRef")
        if target is not None:
            w.line(2, "TargetRef", f"{target.get('kind', '')}/{target.get('name', '')}")
        w.line(2, "NodeName", or_unset(endpoint.get("nodeName")))
        w.line(2, "Zone", or_unset(endpoint.get("zone")))
    ctx.events(slice_)
