"""VolumeAttributesClasses."""

from __future__ import annotations

from .writer import Writer, format_labels

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ....machinery.types import Object
    from . import Context

GROUP, SINCE = "storage.k8s.io", (1, 30)


def describe(vac: Object, w: Writer, ctx: Context) -> None:
    w.line(0, "Name", vac["metadata"]["name"])
    w.line(0, "Annotations", format_labels(vac["metadata"].get("annotations")))
    w.line(0, "DriverName", vac.get("driverName", ""))
    w.line(0, "Parameters", format_labels(vac.get("parameters")))
    ctx.events(vac)
