"""IPAddresses."""

from __future__ import annotations

from .writer import Writer

GROUP = "networking.k8s.io"


def describe(address: dict, w: Writer, ctx) -> None:
    w.metadata(address, namespaced=False)
    parent = address["spec"].get("parentRef")
    if parent:
        w.write(0, "Parent Reference:\n")
        for label in ("Group", "Resource", "Namespace", "Name"):
            w.line(1, label, parent.get(label.lower(), ""))
    ctx.events(address)
