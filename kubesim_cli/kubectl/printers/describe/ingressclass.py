"""IngressClasses."""

from __future__ import annotations

from .writer import Writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object
    from . import Context

GROUP = "networking.k8s.io"


def describe(ic: Object, w: Writer, ctx: Context) -> None:
    w.metadata(ic, namespaced=False)
    w.line(0, "Controller", ic["spec"].get("controller", ""))
    parameters = ic["spec"].get("parameters")
    if parameters:
        w.write(0, "Parameters:\n")
        if parameters.get("apiGroup") is not None:
            w.line(1, "APIGroup", parameters["apiGroup"])
        w.line(1, "Kind", parameters["kind"])
        w.line(1, "Name", parameters["name"])
    ctx.events(ic)
