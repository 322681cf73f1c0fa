"""IPAddresses."""

from __future__ import annotations

from .writer import Writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object
    from . import Context

GROUP = "networking.k8s.io"


def describe(address: Object, w: Writer, ctx: Context) -> None:
    w.metadata(address, namespaced=False)
    parent = address["spec"].get("parentRef")
    if parent:
        w.write(0, "Parent Reference:\n")
        for label in ("Group", "Resource", "Namespace", "Name"):
            w.line(1, label, parent.get(label.lower(), ""))
    ctx.events(address)
