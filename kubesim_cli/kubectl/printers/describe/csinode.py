"""CSINodes."""

from __future__ import annotations

from .writer import Writer, go_list, time_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object
    from . import Context

GROUP = "storage.k8s.io"


def describe(node: Object, w: Writer, ctx: Context) -> None:
    w.metadata(node, namespaced=False)
    w.line(0, "CreationTimestamp", time_text(node["metadata"].get("creationTimestamp")))
    w.write(0, "Spec:\n")
    drivers = node["spec"].get("drivers")
    if drivers is not None:
        w.write(1, "Drivers:\n")
    for driver in drivers or ():
        w.write(2, f"{driver['name']}:\n")
        w.line(3, "Node ID", driver["nodeID"])
        count = (driver.get("allocatable") or {}).get("count")
        if count is not None:
            w.write(3, "Allocatables:\n")
            w.line(4, "Count", count)
        if driver.get("topologyKeys") is not None:
            w.line(3, "Topology Keys", go_list(driver["topologyKeys"]))
    ctx.events(node)
