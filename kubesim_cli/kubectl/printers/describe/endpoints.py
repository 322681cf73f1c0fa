"""Endpoints."""

from __future__ import annotations

from .writer import Writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object
    from . import Context

GROUP = ""


def describe(endpoints: Object, w: Writer, ctx: Context) -> None:
    w.metadata(endpoints)
    w.write(0, "Subsets:\n")
    for subset in endpoints.get("subsets") or ():
        for label, key in (("Addresses", "addresses"), ("NotReadyAddresses", "notReadyAddresses")):
            w.line(1, label, ",".join([address["ip"] for address in subset.get(key) or ()]) or "<none>")
        if subset.get("ports"):
            w.write(1, "Ports:\n")
            w.columns(2, "Name", "Port", "Protocol")
            for port in subset["ports"]:
                w.write(2, f"{port.get('name') or '<unset>'}\t{port.get('port', 0)}\t{port.get('protocol', '')}\n")
        w.write(0, "\n")
    ctx.events(endpoints)
