"""ServiceCIDRs."""

from __future__ import annotations

from .writer import Writer, time_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object
    from . import Context

GROUP, SINCE = "networking.k8s.io", (1, 29)


def describe(cidr: Object, w: Writer, ctx: Context) -> None:
    w.metadata(cidr, namespaced=False)
    w.line(0, "CIDRs", ", ".join(cidr["spec"].get("cidrs") or ()))
    conditions = cidr.get("status", {}).get("conditions")
    if conditions:
        w.write(0, "Status:\n")
        w.write(0, "Conditions:\n")
        w.columns(1, "Type", "Status", "LastTransitionTime", "Reason", "Message")
        for c in conditions:
            w.write(1, f"{c['type']}\t{c['status']}\t{time_text(c.get('lastTransitionTime'))}\t{c.get('reason', '')}\t"
                       f"{c.get('message', '')}\n")
    ctx.events(cidr)
